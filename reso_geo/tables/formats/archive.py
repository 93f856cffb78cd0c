"""Workbooks as archives: whether one may be unfolded, and its XML read element by element."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING
from xml.etree.ElementTree import iterparse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from reso_geo.tables.grid import TableFile

__all__ = ["BROKEN", "ROW_NUMBERS", "check_archive", "elements_of", "is_true"]

BROKEN = (
    ArithmeticError, AttributeError, EOFError, LookupError, NotImplementedError, OSError,
    RuntimeError, SyntaxError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What readers of damaged workbooks end in; broken XML is a `SyntaxError` for each of them."""
ROW_NUMBERS = 1_048_576
"""Rows of the largest sheet."""
_MOST_BYTES = 200_000_000
_MOST_RATIO = 100
_HEAD = 4096


def check_archive(file: TableFile) -> list[str]:
    """Look at an archive before anything in it is unfolded; a workbook never declares entities.

    Parameters
    ----------
    file
        One whose first bytes say that it is a zip archive.

    Returns
    -------
    list of str
        The names of its members. One that is damaged or unfolds too far is refused.
    """
    problem = "broken_xlsx"
    names: list[str] = []
    try:
        with zipfile.ZipFile(file.path) as archive:
            names = archive.namelist()
            problem = _danger(archive) or ""
    except BROKEN:
        pass
    if problem:
        file.refuse(problem)
    return names


def _danger(archive: zipfile.ZipFile) -> str | None:
    members = archive.infolist()
    unfolded = sum(member.file_size for member in members)
    folded = sum(member.compress_size for member in members)
    if unfolded > _MOST_BYTES or unfolded > _MOST_RATIO * max(folded, 1):
        return "too_large"
    for member in members:
        if member.filename.endswith((".xml", ".rels")):
            with archive.open(member) as stream:
                if b"<!DOCTYPE" in stream.read(_HEAD):
                    return "broken_xlsx"
    return None


def elements_of(
    archive: zipfile.ZipFile, part: str, names: tuple[str, ...]
) -> Iterator[tuple[str, Element]]:
    """Read the elements of some names, each as it ends, and forget it.

    Parameters
    ----------
    archive
        A workbook.
    part
        The member to read.
    names
        Of elements, without their namespace.

    Yields
    ------
    tuple of str and Element
        Its name, and the element with its attributes and children.
    """
    with archive.open(part.lstrip("/")) as stream:
        for _, element in iterparse(stream):  # noqa: S314 - as above
            name = element.tag.rpartition("}")[2]
            if name in names:
                yield name, element
                element.clear()


def is_true(value: str | None) -> bool:
    """Return whether an attribute of a workbook is set.

    Parameters
    ----------
    value
        As it is written; None where it is not.

    Returns
    -------
    bool
        True for ``1`` and ``true``.

    Examples
    --------
    >>> is_true("1"), is_true(None)
    (True, False)
    """
    return value in {"1", "true"}
