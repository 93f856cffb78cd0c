"""What stands in a cell: numbers in French and English habits, texts, days."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, time
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.i18n import Phrase
from reso_geo.tables.days import day_of_cell
from reso_geo.tables.fault import Fault, is_blank, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reso_geo.tables.kinds import InputColumn

__all__ = ["Marks", "marks_of", "number_of", "text_of"]

_SPACES = " \u00a0\u202f\u2009'\u2019"
"""What may stand between thousands: blanks, and the apostrophe of Switzerland."""
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_SPACED = re.compile(rf"[+-]?\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?:[.,]\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_DOTTED = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}", re.ASCII)


@dataclass(frozen=True)
class Marks:
    """Which decimal marks the numbers of a file use beyond doubt."""

    point: bool
    comma: bool


def marks_of(cells: Iterable[object]) -> Marks:
    """See which decimal marks are used beyond doubt, as in ``1,5`` but not in ``1,500``.

    Parameters
    ----------
    cells
        The cells of all columns of numbers.

    Returns
    -------
    Marks
        Both, one or none.

    Examples
    --------
    >>> marks_of(["1,5", "1,500", 7])
    Marks(point=False, comma=True)
    """
    texts = {_bare(cell) for cell in cells if isinstance(cell, str)}
    plain = {text for text in texts if not _GROUPED.fullmatch(text) and not _DOTTED.fullmatch(text)}
    point = any("." in text and _NUMBER.fullmatch(text) for text in plain)
    comma = any("," in text and _NUMBER.fullmatch(_pointed(text)) for text in plain)
    return Marks(point or any(_GROUPED.fullmatch(t) and "." in t for t in texts), comma)


def number_of(cell: object, column: InputColumn, marks: Marks) -> float | Fault:
    """Read a number.

    Parameters
    ----------
    cell
        As the file gives it.
    column
        A column of numbers.
    marks
        From `marks_of`; they settle whether ``1,500`` is one and a half or fifteen hundred.

    Returns
    -------
    float or Fault
        A finite number within the limits of the column, or why there is none.

    Examples
    --------
    >>> from reso_geo.tables.kinds import InputColumn
    >>> minutes = InputColumn("minutes", "minutes", within=(0.0, 1440.0))
    >>> number_of("12,5", minutes, Marks(point=False, comma=True))
    12.5
    """
    if isinstance(cell, Fault):
        return cell
    low, high = column.within or (-math.inf, math.inf)
    value = _value(cell, low, high, marks)
    if isinstance(value, str):
        return Fault("" if is_blank(cell) else shown(cell), Phrase(f"table.why.{value}"))
    if not column.degrees and not low <= value <= high:
        return Fault(
            shown(cell), Phrase("table.why.range", {"low": f"{low:.15g}", "high": f"{high:.15g}"})
        )
    if column.whole and not value.is_integer():
        return Fault(shown(cell), Phrase("table.why.not_whole"))
    return value


def _value(cell: object, low: float, high: float, marks: Marks) -> float | str:
    """Return a finite number, or the last part of the key that says what is wrong."""
    if is_blank(cell):
        return "blank"
    if isinstance(cell, date | time | np.datetime64):
        return "date"
    if isinstance(cell, bool | np.bool_):
        return "not_number"
    if isinstance(cell, int | float | np.integer | np.floating):
        value: float | None = float(cell)
    else:
        text = _bare(str(cell))
        value = _parsed(text, low, high, marks)
        if value is None and _GROUPED.fullmatch(text):
            return "ambiguous"
        if value is None and _DOTTED.fullmatch(text):
            return "dots"
    return value if value is not None and math.isfinite(value) else "not_number"


def _parsed(text: str, low: float, high: float, marks: Marks) -> float | None:
    # Beside decimal commas alone, a point may mark thousands.
    if _DOTTED.fullmatch(text) and marks.comma and not marks.point:
        return None if low <= float(text.replace(".", "")) <= high else float(text)
    if not _GROUPED.fullmatch(text):
        text = _pointed(text)
        return float(text) if _NUMBER.fullmatch(text) else None
    whole = float(text.replace(",", ""))
    if "." in text or text.count(",") > 1:
        return whole
    if not low <= whole <= high or (marks.comma and not marks.point):
        return float(text.replace(",", "."))
    return whole if marks.point and not marks.comma else None


def _bare(text: str) -> str:
    """Remove blanks between thousands, and around."""
    text = text.strip().replace("\u2212", "-")
    if _SPACED.fullmatch(text):
        return text.translate(dict.fromkeys(map(ord, _SPACES)))
    return text


def _pointed(text: str) -> str:
    return text.replace(",", ".") if "." not in text else text


def text_of(cell: object, column: InputColumn) -> str | Fault:
    """Read a text.

    Parameters
    ----------
    cell
        As the file gives it.
    column
        A column of text.

    Returns
    -------
    str or Fault
        The text without blanks around it, or why it cannot be used.

    Examples
    --------
    >>> from reso_geo.tables.kinds import InputColumn
    >>> text_of(12.0, InputColumn("name", "nom"))
    '12'
    >>> text_of("Ã‰cole", InputColumn("name", "nom")).why.key
    'table.why.mojibake'
    """
    if isinstance(cell, Fault):
        return cell
    if is_blank(cell):
        return Fault("", Phrase("table.why.blank")) if column.filled else ""
    if column.day:
        return day_of_cell(cell)
    return _clean(f"{cell:.15g}" if isinstance(cell, float | np.floating) else str(cell))


def _clean(text: str) -> str | Fault:
    """Return a text without blanks around it, unless accents in it were lost on the way."""
    if "\ufffd" in text or _SURROGATE.search(text):
        return Fault(shown(text), Phrase("table.why.lost_letters"))
    meant = _garbled(text)
    if meant is not None:
        return Fault(shown(text), Phrase("table.why.mojibake", {"meant": shown(meant)}))
    return text.strip()


def _garbled(text: str) -> str | None:
    """Return what was meant by UTF-8 that was once read as Windows text; None when it was not."""
    if text.isascii():
        return None
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None
