"""What matters: how far the chance moves from one end of each assumption to the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess.odds import DRAWS, odds_of, verdict_of
from reso_geo.settings import ranges_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from reso_geo.assess.odds import Factors, Odds
    from reso_geo.assess.time_budget import Needs, TimeParts
    from reso_geo.settings import PatrolSettings

_OF_WAYS = ("foot_", "bike_", "winter_", "steepest_", "cadence.")
"""Settings that change the time on the way; all others only what is made of it."""

__all__ = ["Matter", "chances_at_ends", "matters_of", "odds_with", "to_measure"]


@dataclass(frozen=True)
class Matter:
    """One assumption at either end of its range, all others drawn.

    Attributes
    ----------
    setting
        Its key, as in the settings file; the paces of a mode are one.
    chance_low, chance_high
        The chance at its low and at its high end.
    """

    setting: str
    chance_low: float
    chance_high: float

    @property
    def move(self) -> float:
        """How far the chance moves."""
        return abs(self.chance_high - self.chance_low)


def odds_with(parts: TimeParts, factors: Factors, posts: int) -> Odds:
    """Compare the time that a beat asks with that of its posts.

    Parameters
    ----------
    parts
        What the beat asks.
    factors
        What the draws make of it.
    posts
        How many posts hold it.

    Returns
    -------
    Odds
        Over all draws.
    """
    time, available_s = parts.drawn(factors), posts * factors.post_s
    weeks, shares = time.weeks(available_s), time.cadence_shares(available_s)
    return odds_of(time.total_s, available_s, weeks, shares, DRAWS)


def matters_of(needs: Needs, parts: TimeParts, posts: int) -> tuple[Matter, ...]:
    """Find how far each assumption moves a chance.

    Parameters
    ----------
    needs
        In the mode and season of the beat.
    parts
        What the beat asks.
    posts
        How many posts hold it.

    Returns
    -------
    tuple of Matter
        The largest move first; without assumptions that have no part in it.
    """
    found = [Matter(key, low, high) for key, low, high in chances_at_ends(needs, parts, posts)]
    return tuple(sorted(found, key=lambda each: -each.move))


def chances_at_ends(
    needs: Needs, parts: TimeParts, posts: int
) -> Iterator[tuple[str, float, float]]:
    """Compute the chance with each assumption held at its low and at its high end.

    Parameters
    ----------
    needs
        In the mode and season of the beat.
    parts
        What the beat asks.
    posts
        How many posts hold it.

    Yields
    ------
    tuple of (str, float, float)
        Key, chance at the low end, at the high end; without assumptions that have no part in it.
    """
    way_s = parts.way_s(needs.factors)

    def left_s(key: str, held: Factors) -> NDArray[np.float64]:
        moving_s = held.talk * (parts.way_s(held) if key.startswith(_OF_WAYS) else way_s)
        return posts * held.post_s - moving_s - parts.stop_s - parts.counted_s * held.call

    for key, ends in needs.ends.items():
        low, high = (left_s(key, each) for each in ends)
        if not np.array_equal(low, high):
            yield key, float((low >= 0.0).mean()), float((high >= 0.0).mean())


def to_measure(matters: Sequence[Matter], settings: PatrolSettings) -> str | None:
    """Find the assumption that decides on its own.

    Parameters
    ----------
    matters
        The largest move first.
    settings
        With the thresholds, and which ranges were measured.

    Returns
    -------
    str or None
        The key of the first that nobody measured and that carries the chance across both
        thresholds within its own range; None where none does.
    """
    ranges = ranges_of(settings)
    for each in matters:
        ends = {verdict_of(c, settings.odds) for c in (each.chance_low, each.chance_high)}
        if ends == {"yes", "no"} and not ranges[each.setting].shifts:
            return each.setting
    return None
