"""Files for people: each is whole or not there, and a disk that refuses is told in one line."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reso_geo.atomic_files import write_aside, write_together
from reso_geo.errors import OutputError, UsageError
from reso_geo.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["day_drawn", "is_date", "output_file", "output_folder"]

_EPOCH = "SOURCE_DATE_EPOCH"
_LIBRARIES = ("lxml", "pyogrio")
"""Libraries that have errors of their own for what the disk refuses."""
_FULL = re.compile(r"\bfull\b|ENOSPC")


def is_date(text: str) -> bool:
    """Return whether a text is YYYY-MM-DD, with or without a time behind it.

    Parameters
    ----------
    text
        Anyone's.

    Returns
    -------
    bool
        True for a day that there is.

    Examples
    --------
    >>> is_date("2026-02-28"), is_date("2026-02-30"), is_date("28/02/2026")
    (True, False, False)
    """
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return re.match(r"\d{4}-\d{2}-\d{2}(T|$)", text) is not None


def day_drawn(date: str | None = None) -> str:
    """Return the day that a page or a paper says it was drawn on; no plan stores it.

    Parameters
    ----------
    date
        YYYY-MM-DD; None for that of the environment's ``SOURCE_DATE_EPOCH`` (seconds since 1970,
        as builds that can be reproduced set it), or else today.

    Returns
    -------
    str
        YYYY-MM-DD.

    Raises
    ------
    UsageError
        When the date is none.

    Examples
    --------
    >>> day_drawn("2026-06-01")
    '2026-06-01'
    """
    if date is not None:
        if not is_date(date):
            raise UsageError(Phrase("plan.bad_date", {"value": date}))
        return date[:10]
    seconds = os.environ.get(_EPOCH, "")
    if not seconds:
        return f"{datetime.now().astimezone():%Y-%m-%d}"
    try:
        return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%d}"
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(Phrase("plan.bad_epoch", {"value": seconds})) from error


@contextmanager
def output_file(path: Path, refusal: str = "output.unwritable") -> Iterator[Path]:
    """Return a path to write to; it becomes `path` only when the block ends well.

    Parameters
    ----------
    path
        The file to make or replace.
    refusal
        Key of the sentence, with ``path`` and ``why``, for what the disk refuses.

    Yields
    ------
    Path
        See `reso_geo.atomic_files.write_aside`.

    Raises
    ------
    OutputError
        When the file cannot be written; the old one then stands unchanged.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "note.txt"
    >>> with output_file(path) as aside:
    ...     _ = aside.write_text("whole")
    >>> path.read_text()
    'whole'
    """
    try:
        with write_aside(path) as aside:
            yield aside
    except Exception as error:
        why = _refused(error)
        if why is None:
            raise
        raise OutputError(Phrase(refusal, {"path": path, "why": why})) from error


def _refused(error: Exception) -> OSError | None:
    """Return what the system refused, also where a library tells it in words of its own."""
    before: BaseException | None = error
    while before is not None:  # who cleans up after a refusal may fail over it in turn
        if isinstance(before, OSError):
            return before
        before = before.__context__
    text, library = str(error), type(error).__module__.partition(".")[0]
    if not isinstance(error, sqlite3.Error) and library not in _LIBRARIES:
        return None
    return OSError(errno.ENOSPC if _FULL.search(text) else errno.EIO, text)


@contextmanager
def output_folder(folder: Path) -> Iterator[Path]:
    """Return a folder to write to; its files move into `folder` only when the block ends well.

    Parameters
    ----------
    folder
        Where the files go; made where it is missing. Files of the same names are replaced.

    Yields
    ------
    Path
        See `reso_geo.atomic_files.write_together`.

    Raises
    ------
    OutputError
        When one of them cannot be written; what stood there then stands unchanged.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp()) / "new"
    >>> with output_folder(folder) as aside, output_file(aside / "note.txt") as note:
    ...     _ = note.write_text("whole")
    >>> [path.name for path in folder.iterdir()]
    ['note.txt']
    """
    try:
        with write_together(folder) as aside:
            yield aside
    except OutputError as error:
        message = error.message
        own = folder / str(message.values["path"]).rpartition(os.sep)[2]
        values = {**message.values, "path": own}
        raise OutputError(Phrase(message.key, values)) from error
    except OSError as error:
        values = {"path": _own(error, folder), "why": error}
        raise OutputError(Phrase("output.unwritable", values)) from error


def _own(error: OSError, folder: Path) -> Path:
    """Return the user's own path of what the system refused in a folder."""
    name = str(error.filename2 or error.filename or "").rpartition(os.sep)[2]
    return folder / name if name and (folder / name).exists() else folder
