"""Cells of a CSV file as a spreadsheet of a language opens it."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from reso_geo.errors import PlanError
from reso_geo.files import write_aside
from reso_geo.words import Phrase, decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["number_cell", "text_cell", "write_rows"]

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_SEPARATOR = {"fr": ";", "en": ","}


def write_rows(
    path: Path, lang: str, heads: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write a table, whole or not at all.

    Parameters
    ----------
    path
        The ``.csv`` file to make or replace: UTF-8 with a mark.
    lang
        ``fr`` for semicolons between cells, ``en`` for commas.
    heads
        Of the columns.
    rows
        Cells as `text_cell` and `number_cell` give them.

    Raises
    ------
    PlanError
        When the file cannot be written.
    """
    try:
        with (
            write_aside(path) as aside,
            aside.open("w", encoding="utf-8-sig", newline="") as stream,
        ):
            table = csv.writer(stream, delimiter=_SEPARATOR[lang])
            table.writerow(heads)
            table.writerows(rows)
    except OSError as error:
        raise PlanError(Phrase("report.unwritable", {"path": path, "why": error})) from error


def text_cell(value: str) -> str:
    """Keep a spreadsheet from taking a text for a formula.

    Parameters
    ----------
    value
        Anyone's text.

    Returns
    -------
    str
        With an apostrophe before what a formula may begin with.
    """
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def number_cell(lang: str, value: float | None) -> str:
    """Write a number without thousands separators, so that a spreadsheet reads it as one.

    Parameters
    ----------
    lang
        ``fr`` or ``en``.
    value
        Any finite number; None where not known.

    Returns
    -------
    str
        With two decimals; empty for None.
    """
    return (
        ""
        if value is None
        else decimal(lang, value, 2)
        .replace("\u00a0", "")
        .replace("," if lang == "en" else "\u00a0", "")
    )
