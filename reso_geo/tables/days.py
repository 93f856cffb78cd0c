"""Days in cells: as spreadsheets keep them, as French and ISO habits write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import numpy as np

from reso_geo.i18n import Phrase
from reso_geo.tables.fault import Fault, shown

__all__ = ["DAY_FIRST", "day_of_cell", "is_day_number", "refuse_two_readings"]

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", re.ASCII)
_MONTHS = (
    "janv jan", "fevr févr fev feb", "mars mar", "avr apr", "mai may", "juin jun", "juil jul",
    "aout août aug", "sept sep", "oct", "nov", "dec déc",
)  # fmt: skip
_NAMED = re.compile(r"(\d{1,2})(?:er|ier|st|nd|rd|th)?[- ]+([^\W\d_]{3,})\.?[- ]+(\d{4})")
_MONTHS_OF_YEAR = 12
_EPOCH = date(1899, 12, 30)
_NUMBERS = range(20_000, 80_000)
"""Days of 1954 to 2119, as spreadsheets number them."""


def day_of_cell(cell: object) -> str | Fault:
    """Read a day.

    Parameters
    ----------
    cell
        As the file gives it, not blank.

    Returns
    -------
    str or Fault
        ``YYYY-MM-DD``, or why it is no day with one reading. Of two figures before a year, the
        first is the day, as in French.

    Examples
    --------
    >>> day_of_cell("01/07/2025"), day_of_cell(45839), day_of_cell("1er juillet 2025")
    ('2025-07-01', '2025-07-01', '2025-07-01')
    """
    if isinstance(cell, np.datetime64):
        cell = cell.astype("datetime64[us]").item()
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return cell.isoformat()
    text = " ".join(str(cell).split())
    if is_day_number(cell):
        return (_EPOCH + timedelta(days=int(float(text)))).isoformat()
    why = "no_day"
    found: tuple[int, int, int] | None = None
    if match := _ISO.fullmatch(text):
        found = int(match[1]), int(match[2]), int(match[3])
    elif match := DAY_FIRST.fullmatch(text):
        found, why = (int(match[3]), int(match[2]), int(match[1])), "month_first"
    elif (match := _NAMED.fullmatch(text.casefold())) and (month := _month(match[2])):
        found = int(match[3]), month, int(match[1])
    if found is None:
        return Fault(shown(cell), Phrase("table.why.no_day"))
    try:
        return date(*found).isoformat()
    except ValueError:
        return Fault(shown(cell), Phrase(f"table.why.{why}"))


def refuse_two_readings(cell: object, day: str | Fault) -> str | Fault:
    """Refuse a day that an English table may mean month first.

    Parameters
    ----------
    cell
        As the file gives it.
    day
        From `day_of_cell`.

    Returns
    -------
    str or Fault
        The day, unless its first two figures may each be the month.

    Examples
    --------
    >>> refuse_two_readings("13/07/2025", "2025-07-13")
    '2025-07-13'
    >>> refuse_two_readings("01/07/2025", "2025-07-01").why.key
    'table.why.no_day'
    """
    match = DAY_FIRST.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if match is None or int(match[1]) > _MONTHS_OF_YEAR or match[1] == match[2]:
        return day
    return Fault(shown(cell), Phrase("table.why.no_day"))


def _month(word: str) -> int | None:
    """Return the number of the month that a word begins as; None for none."""
    months = (n for n, names in enumerate(_MONTHS, 1) if word.startswith(tuple(names.split())))
    return next(months, None)


def is_day_number(cell: object) -> bool:
    """Return whether a cell holds the number of a day, as spreadsheets count them.

    Parameters
    ----------
    cell
        As the file gives it.

    Returns
    -------
    bool
        True for whole numbers of the days of 1954 to 2119.

    Examples
    --------
    >>> is_day_number(45839), is_day_number("2025")
    (True, False)
    """
    if isinstance(cell, bool | np.bool_):
        return False
    text = str(cell).strip()
    return bool(re.fullmatch(r"\d{5}(?:\.0+)?", text, re.ASCII)) and int(float(text)) in _NUMBERS
