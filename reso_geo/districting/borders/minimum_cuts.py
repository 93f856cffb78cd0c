"""Minimum cuts between pairs of beats, all pairs side by side, at one price on load after another.

Each cut is between what surely belongs to the one and to the other beat (an alpha-beta swap;
Boykov, Veksler and Zabih 2001, section 4). A price on load (a Lagrange multiplier) is moved until
about the wanted load is on each side. The pairs have nothing to do with each other, but one maximum
flow over all of them takes less time than many small ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.network import sink_side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from reso_geo.districting.borders.costs import MeetingCosts

__all__ = ["PairedStreets", "cuts_at_prices"]

_UNIT = 1000
"""Capacities are whole numbers of thousandths."""
_MOST = 2**29
"""What no border outweighs; sums of two still fit into 32 bits."""
_FIRST_STEP, _WIDER = 4.0, 2.5
"""By how much the price changes first, and by how much more each time until it is between two."""
_MOST_PRICES = 6
_LEAST_STEP = 1e-3


@dataclass(frozen=True)
class PairedStreets:
    """Streets that pairs of beats may divide, and what each side of the border costs them.

    Attributes
    ----------
    place
        int64, shape (k,): what each is among the segments of all pairs, ascending.
    pair
        int64, shape (k,): number of the pair that each belongs to, from zero on, ascending.
    weight
        float64, shape (k,): what each counts for, in mean loads.
    pull
        float64, shape (k,): what it costs more in the second beat of its pair than in the first.
    meetings
        What it costs to part those that meet, by their places here.
    """

    place: NDArray[np.int64]
    pair: NDArray[np.int64]
    weight: NDArray[np.float64]
    pull: NDArray[np.float64]
    meetings: MeetingCosts

    def sums(self, value: NDArray[np.float64], count: int) -> NDArray[np.float64]:
        """Return the sum of a value over the segments of each pair.

        Parameters
        ----------
        value
            float64, shape (k,): of each segment.
        count
            Number of pairs.

        Returns
        -------
        ndarray of float64, shape (count,)
            By pair.
        """
        sums: NDArray[np.float64] = np.bincount(self.pair, value, count).astype(float)
        return sums

    def costs(self, second: NDArray[np.bool_], count: int) -> NDArray[np.float64]:
        """Return what the border of each pair and the walks to its segments cost.

        Parameters
        ----------
        second
            bool, shape (k,): segments that the second beat holds.
        count
            Number of pairs.

        Returns
        -------
        ndarray of float64, shape (count,)
            By pair.
        """
        meetings = self.meetings
        parted = second[meetings.first] != second[meetings.second]
        border = np.bincount(self.pair[meetings.first], meetings.cost * parted, count)
        return border + self.sums(self.pull * second, count)

    def rest(self, left: NDArray[np.bool_], second: NDArray[np.bool_]) -> PairedStreets:
        """Return what is left to divide once some segments are settled.

        Parameters
        ----------
        left
            bool, shape (k,): those that are not.
        second
            bool, shape (k,): of the others, which the second beat holds.

        Returns
        -------
        PairedStreets
            Parting one from its settled neighbours is part of its pull now.
        """
        meetings = self.meetings
        toward = np.where(second, -1.0, 1.0)
        pull = self.pull.copy()
        for inner, outer in (
            (meetings.first, meetings.second),
            (meetings.second, meetings.first),
        ):
            edge = left[inner] & ~left[outer]
            cost = meetings.cost[edge] * toward[outer[edge]]
            pull += np.bincount(inner[edge], cost, len(pull))
        own = np.flatnonzero(left)
        among = meetings.among(own, len(left))
        return PairedStreets(self.place[own], self.pair[own], self.weight[own], pull[own], among)


def cuts_at_prices(
    given: PairedStreets,
    fixed: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    wanted: NDArray[np.float64],
    near: NDArray[np.float64],
) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Divide streets at one price on load after another, until the second has what is wanted.

    The dearer load is in the second, the less it holds, and nothing that it did not hold before:
    what two prices agree on is settled for all prices between them (Gallo, Grigoriadis and Tarjan
    1989).

    Parameters
    ----------
    given
        All streets of the pairs, with their places from zero on.
    fixed
        bool, shape (k,) each: those that stay in the first, and in the second.
    wanted
        float64, shape (n,): weight that the second of each pair should hold.
    near
        float64, shape (n,): weight by which it may be off that; the search of a pair ends there.

    Yields
    ------
    tuple of ndarray of bool, shapes (k,) and (n,)
        Which segments the second holds, and the pairs whose search goes on, which those are of.
    """
    count, settled = len(wanted), fixed[1].copy()
    now = given.rest(~(fixed[0] | fixed[1]), settled)
    price = _prices_without_borders(now, wanted - given.sums(given.weight * settled, count))
    low, high = np.full(count, -np.inf), np.full(count, np.inf)
    step = _FIRST_STEP
    for _ in range(_MOST_PRICES):
        searched = np.bincount(now.pair, minlength=count) > 0
        if not searched.any():
            return
        side = _cut(now.pull + price[now.pair] * now.weight, now.meetings)
        second = settled.copy()
        second[now.place[side]] = True
        yield second, searched
        over = given.sums(given.weight * second, count) - wanted
        low, high = np.where(over > 0.0, price, low), np.where(over > 0.0, high, price)
        settled = np.where((over <= 0.0)[given.pair], second, settled)
        open_ = (np.abs(over) > near) & (high - low >= _LEAST_STEP)
        too_much = (over > 0.0)[now.pair]
        now = now.rest((side == too_much) & open_[now.pair], ~too_much)
        price = _next_prices(low, high, step)
        step *= _WIDER


def _next_prices(
    low: NDArray[np.float64], high: NDArray[np.float64], step: float
) -> NDArray[np.float64]:
    """Return the middle between the prices of each pair, beyond the one where there is one."""
    between = np.isfinite(low) & np.isfinite(high)
    beyond = np.where(np.isfinite(low), low + step, high - step)
    prices = beyond.copy()
    prices[between] = (low[between] + high[between]) / 2.0
    return prices


def _prices_without_borders(
    given: PairedStreets, wanted: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the price at which the second of each pair holds what is wanted if borders are free.

    Zero for a pair with nothing to divide.
    """
    price = -given.pull / given.weight
    order = np.lexsort((-price, given.pair))
    held = np.cumsum(given.weight[order])
    start = np.searchsorted(given.pair, np.arange(len(wanted) + 1))
    prices = np.zeros(len(wanted))
    for pair, (first, last) in enumerate(pairwise(start.tolist())):
        if last > first:
            before = held[first] - given.weight[order[first]]
            place = first + np.searchsorted(held[first:last], before + wanted[pair])
            prices[pair] = price[order[min(place, last - 1)]]
    return prices


def _cut(more: NDArray[np.float64], meetings: MeetingCosts) -> NDArray[np.bool_]:
    """Return what the second beats hold at the least cost, and of equal costs as much as can be."""
    between = np.rint(meetings.cost * _UNIT)
    more = np.clip(np.rint(more * _UNIT), -_MOST, _MOST)
    return sink_side(more, (meetings.first, meetings.second), between, between)
