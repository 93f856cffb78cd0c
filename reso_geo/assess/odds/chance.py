"""Odds: in how many draws the posts of a beat have time enough, and with how much to spare."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.records import Record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.settings import OddsRules

__all__ = ["TENTH", "VERDICTS", "Odds", "odds_of", "percentiles", "verdict_of", "with_chance"]

VERDICTS = ("yes", "borderline", "no")
TENTH = 0.1
"""From the 10th to the 90th percentile: what is told as a range."""
_PER_CENT, _EXACT = 100, 1e-9


@dataclass(frozen=True, eq=False)
class Odds(Record):
    """How likely the posts of a beat have time enough.

    Attributes
    ----------
    margins
        float64, shape (draws,): share of the time available that is left in each draw.
    needed_s, available_s
        Seconds per week, the 10th and the 90th percentile of the draws.
    weeks
        The cadence that fits, likewise; infinite where visits and calls leave no time.
    cadence_shares
        float64, shape (draws,): the share of all cadences asked for that fits in each draw, above
        one where more would; 0 where visits and calls leave no time.
    """

    margins: NDArray[np.float64]
    needed_s: tuple[float, float]
    available_s: tuple[float, float]
    weeks: tuple[float, float]
    cadence_shares: NDArray[np.float64]

    @property
    def enough(self) -> NDArray[np.bool_]:
        """In which draws the time is enough, shape (draws,)."""
        return self.margins >= 0.0

    @property
    def chance(self) -> float:
        """Share of the draws in which it is."""
        return float(np.count_nonzero(self.enough) / len(self.margins))

    def reserve(self, chance: float) -> float:
        """Return the share of the time that is left with a chance: what a reader is told.

        Parameters
        ----------
        chance
            Above 0 and at most 1.

        Returns
        -------
        float
            So many draws leave that much or more: 0 or more exactly when `chance` is reached.
        """
        return with_chance(self.margins, chance)

    def cadence_share(self, chance: float) -> float:
        """Return the share of all cadences asked for that fits with a chance.

        Parameters
        ----------
        chance
            Above 0 and at most 1.

        Returns
        -------
        float
            In whole per cent, rounded down: 1 or more exactly when `chance` is reached.
        """
        fits = _PER_CENT * with_chance(self.cadence_shares, chance)
        return math.floor(fits + _EXACT) / _PER_CENT


def with_chance(figures: NDArray[np.float64], chance: float) -> float:
    """Return the largest figure that a share of the draws reaches.

    Parameters
    ----------
    figures
        One a draw.
    chance
        The share, above 0 and at most 1.

    Returns
    -------
    float
        One of the figures.
    """
    place = len(figures) - math.ceil(chance * len(figures))
    return float(np.partition(figures, place)[place])


def percentiles(figures: NDArray[np.float64], shares: tuple[float, ...]) -> tuple[float, ...]:
    """Return the figures that shares of the draws do not exceed, infinite ones among them.

    Parameters
    ----------
    figures
        One a draw.
    shares
        Each above 0 and at most 1.

    Returns
    -------
    tuple of float
        As many, each one of the figures.
    """
    places = [math.ceil(share * len(figures)) - 1 for share in shares]
    found: list[float] = np.partition(figures, places)[places].tolist()
    return tuple(found)


def odds_of(
    needed_s: NDArray[np.float64],
    available_s: NDArray[np.float64],
    weeks: NDArray[np.float64],
    cadence_shares: NDArray[np.float64],
    count: int,
) -> Odds:
    """Compare the time that is needed and the time there is, draw by draw.

    Parameters
    ----------
    needed_s, available_s
        Seconds per week, one a draw or one for all.
    weeks, cadence_shares
        The cadence that fits, likewise, and as a share of that asked for.
    count
        How many draws there are.

    Returns
    -------
    Odds
        Of all draws.
    """
    needed, available, often, shares = (
        np.broadcast_to(each, count) for each in (needed_s, available_s, weeks, cadence_shares)
    )
    return Odds(
        margins=(available - needed) / available,
        needed_s=_low_high(needed),
        available_s=_low_high(available),
        weeks=_low_high(often),
        cadence_shares=shares,
    )


def _low_high(figures: NDArray[np.float64]) -> tuple[float, float]:
    low, high = percentiles(figures, (TENTH, 1.0 - TENTH))
    return low, high


def verdict_of(chance: float, rules: OddsRules) -> str:
    """Return the verdict for a chance.

    Parameters
    ----------
    chance
        Of having time enough.
    rules
        The thresholds.

    Returns
    -------
    str
        One of `VERDICTS`.
    """
    if chance >= rules.yes_from:
        return "yes"
    return "no" if chance <= rules.no_up_to else "borderline"
