"""Anyone's text in a report, and cells of a CSV file as a spreadsheet of a language opens it."""

from __future__ import annotations

import csv
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from reso_geo.i18n import decimal
from reso_geo.output_files import output_file

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.report.tables.table import Cell, Column, Table

__all__ = ["number_cell", "text_cell", "visible", "write_csv"]

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Also the wide signs of Asian keyboards, which some spreadsheets take for the narrow ones."""
_MONTH = (
    "janv?(ier|uary)?|f[eé]vr?(ier)?|feb(ruary)?|mars?|march|avr(il)?|apr(il)?|mai|may|juin|june?"
    "|juil(let)?|july?|ao[uû]t|aug(ust)?|sept?(embre|ember)?|oct(obre|ober)?|nov(embre|ember)?"
    "|d[eé]c(embre|ember)?"
)
_NUMBER_OR_DATE = re.compile(
    r"[$€.,]?\s*\d[\d.,:/%$€\s-]*(e[+-]?\d+)?"
    rf"|(\d+[\s./-]*)?({_MONTH})\.?[\s./-]*\d+|\d+[\s./-]*({_MONTH})\.?|true|false|vrai|faux",
    re.IGNORECASE,
)
_BREAKS = "\t\n\v\f\r\x85\u2028\u2029"
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of the text after them, beyond the name that they stand in."""
_LOST = "\ufffd"
_SEPARATOR = {"fr": ";", "en": ","}


def write_csv(table: Table, path: Path, lang: str) -> None:
    """Write a table as a spreadsheet of the language opens it, whole or not at all.

    Parameters
    ----------
    table
        What to write; numbers get two decimals.
    path
        The ``.csv`` file to make or replace: UTF-8 with a mark.
    lang
        ``fr`` for semicolons between cells and decimal commas, ``en`` for commas and points.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    table = table.for_people
    with (
        output_file(path) as aside,
        aside.open("w", encoding="utf-8-sig", newline="") as stream,
    ):
        writer = csv.writer(stream, delimiter=_SEPARATOR[lang])
        writer.writerow(table.heads(lang))
        for row in table.rows:
            pairs = zip(table.columns, row, strict=True)
            writer.writerow([_cell(column, value, lang) for column, value in pairs])


def _cell(column: Column[Any], value: Cell, lang: str) -> str:
    shown = column.shown(value, lang)
    if isinstance(shown, str):
        return shown if column.kind == "day" else text_cell(shown)
    return str(shown) if isinstance(shown, int) else number_cell(lang, shown)


def visible(text: str) -> str:
    r"""Write a text so that all of its signs are seen and none acts on what stands around it.

    Parameters
    ----------
    text
        Anyone's text.

    Returns
    -------
    str
        On one line; a sign that no XML file may hold, that has no shape or that turns the direction
        of the text becomes U+FFFD.

    Examples
    --------
    >>> visible("a\nb\x00")
    'a b\ufffd'
    """
    return "".join(
        " " if sign in _BREAKS else _LOST if sign in _TURNING or _hidden(sign) else sign
        for sign in text
    )


def _hidden(sign: str) -> bool:
    """Return whether a sign is a control character, half of one, or none."""
    return unicodedata.category(sign) in ("Cc", "Cs") or sign in "\ufffe\uffff"


def text_cell(value: str) -> str:
    """Keep a spreadsheet from taking a text for a formula, a number or a date.

    Parameters
    ----------
    value
        Anyone's text.

    Returns
    -------
    str
        With an apostrophe before what it would take for one: ``=1+1``, ``00012``, ``1E5``,
        ``MARS1``.

    Examples
    --------
    >>> text_cell("BRO-01"), text_cell("1E5"), text_cell("MAR-01")
    ('BRO-01', "'1E5", "'MAR-01")
    """
    text = "".join(_LOST if _hidden(sign) and sign not in _BREAKS else sign for sign in value)
    acts = text.startswith(_FORMULA_STARTS) or _NUMBER_OR_DATE.fullmatch(text.strip())
    return f"'{text}" if acts else text


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
