"""Values with their uncertainty: figures, and the dates of a season."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date

from reso_geo.errors import SettingsError
from reso_geo.i18n import Phrase
from reso_geo.records import FieldCheck

__all__ = ["LEVELS", "SURFACES", "Range", "SeasonDates"]

LEVELS = ("low", "central", "high")
SURFACES = ("paved", "compacted", "ground", "slippery", "unknown")
"""What a way can be made of; `reso_geo.osm` tells which tag is which."""

_LEAP_YEAR = 2024
_DAYS = 366


@dataclass(frozen=True)
class Range:
    """A value with its uncertainty and where it comes from.

    Attributes
    ----------
    low, central, high
        The figures, ``0 < low <= central <= high``.
    unit
        In words, for people.
    source
        Where the figures come from.
    assumption
        True when no citable source gives them.
    adopted_by, adopted_on
        Of a cadence: who adopted it, and when; empty where nobody is named.
    shifts
        From how many observed shifts it was measured; 0 where nobody measured.

    Raises
    ------
    SettingsError
        When a figure is not finite and positive, or the three are out of order.

    Examples
    --------
    >>> Range(3.6, 4.0, 4.5, "km/h", "a study").at("low")
    3.6
    """

    low: float
    central: float
    high: float
    unit: str
    source: str
    assumption: bool = False
    adopted_by: str = ""
    adopted_on: str = ""
    shifts: int = 0

    def __post_init__(self) -> None:
        """Check the figures once."""
        check = FieldCheck("Range", SettingsError)
        for level in LEVELS:
            if not isinstance(getattr(self, level), float):
                check.number(level, getattr(self, level))
        if not 0 < self.low <= self.central <= self.high < math.inf:
            figures = f"{self.low:g}, {self.central:g}, {self.high:g}"
            raise SettingsError(Phrase("settings.order", {"figures": figures}))
        for name in ("adopted_by", "adopted_on"):
            check.text(name, getattr(self, name))
        check.number("shifts", self.shifts, 0, whole=True)
        _check_origin(check, self)

    def at(self, level: str) -> float:
        """Return one of the three figures.

        Parameters
        ----------
        level
            ``low``, ``central`` or ``high``.

        Returns
        -------
        float
            The figure.
        """
        return {"low": self.low, "central": self.central, "high": self.high}[level]


@dataclass(frozen=True)
class SeasonDates:
    """First and last day of a yearly season, with its uncertainty and where it comes from.

    Attributes
    ----------
    low, central, high
        First and last day, month-day such as ``04-01``; the shortest, the usual and the longest
        season. It runs over the new year where the last day comes before the first.
    unit
        In words, for people.
    source
        Where the dates come from.
    assumption
        True when no citable source gives them.

    Raises
    ------
    SettingsError
        When a date is none, or a shorter season does not lie within the longer one.

    Examples
    --------
    >>> dates = ("04-01", "10-31")
    >>> season = SeasonDates(dates, dates, dates, "month-day", "a custom")
    >>> season.holds(date(2025, 10, 31)), season.holds(date(2025, 11, 1)), season.all_year
    (True, False, False)
    """

    low: tuple[str, str]
    central: tuple[str, str]
    high: tuple[str, str]
    unit: str
    source: str
    assumption: bool = False

    def __post_init__(self) -> None:
        """Check the dates once."""
        low, central, high = (_checked_days(level, self.at(level)) for level in LEVELS)
        if not low <= central <= high:
            raise SettingsError(Phrase("settings.season_order"))
        _check_origin(FieldCheck("SeasonDates", SettingsError), self)

    def at(self, level: str) -> tuple[str, str]:
        """Return the season at one of the three levels.

        Parameters
        ----------
        level
            ``low``, ``central`` or ``high``.

        Returns
        -------
        tuple of two str
            First and last day.
        """
        return {"low": self.low, "central": self.central, "high": self.high}[level]

    def holds(self, day: date) -> bool:
        """Return whether a day lies in the usual (central) season.

        Parameters
        ----------
        day
            Of any year.

        Returns
        -------
        bool
            True from the first to the last day, both included.
        """
        return _number_of(f"{day:%m-%d}") in _days_of(self.central)

    @property
    def all_year(self) -> bool:
        """True when the usual season never ends."""
        return len(_days_of(self.central)) == _DAYS


def _check_origin(check: FieldCheck, value: Range | SeasonDates) -> None:
    """Check the words beside the figures."""
    check.text("unit", value.unit)
    check.text("source", value.source)
    check.flag("assumption", value.assumption)


def _checked_days(level: str, season: object) -> frozenset[int]:
    """Return the days of a season that somebody wrote."""
    try:
        if isinstance(season, tuple):
            return _days_of(season)
    except ValueError:
        pass
    return FieldCheck("SeasonDates", SettingsError).refuse(
        level, season, Phrase("settings.two_days")
    )


def _number_of(text: str) -> int:
    """Return the number of a day in a leap year."""
    if not re.fullmatch(r"\d\d-\d\d", text):
        message = f"{text!r} is no month-day such as 04-01"
        raise ValueError(message)
    month, day = (int(part) for part in text.split("-"))
    return date(_LEAP_YEAR, month, day).timetuple().tm_yday


def _days_of(season: tuple[str, str]) -> frozenset[int]:
    if len(season) != 2 or not all(isinstance(day, str) for day in season):  # noqa: PLR2004 - first, last
        message = f"a season has a first and a last day, got {season!r}"
        raise ValueError(message)
    first, last = (_number_of(day) for day in season)
    if first <= last:
        return frozenset(range(first, last + 1))
    return frozenset(range(1, _DAYS + 1)) - frozenset(range(last + 1, first))
