"""Sides of barriers: cut one by one, so that few beats lie on two of them.

A motorway, a railway or a river divides a region into sides that only bridges, tunnels and level
crossings join. The load of a side is seldom a whole number of beats. What is left of it goes, over
one crossing, into a beat of the next side, from the outermost side inwards: then at most one beat
for each crossing lies on both of its sides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.params import ConstructParams
from reso_geo.districting.region import part_of
from reso_geo.partition.construct.initial import compact_start

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.region import Region

__all__ = ["SideSearch", "cut_by_sides", "few_crossings"]

_ROUNDING = 1e-9
"""What sums of floats may differ by."""


@dataclass(frozen=True)
class SideSearch:
    """How to cut by sides.

    Attributes
    ----------
    slack
        How far the mean load of beats on one side may be from that of all, as a share of it.
    tolerance, seed, params
        As for `compact_start`.
    """

    slack: float
    tolerance: float
    seed: int
    params: ConstructParams = ConstructParams()


def few_crossings(region: Region, weight: NDArray[np.float64], labels: NDArray[np.int64]) -> Region:
    """Keep open only as many crossings as join the sides to a tree.

    Parameters
    ----------
    region
        The streets.
    weight
        float64, shape (s,): what each segment counts for.
    labels
        int64, shape (s,): a first cut; crossings stay open where its cells lie on both sides most.

    Returns
    -------
    Region
        The same streets, with the other crossings shut.
    """
    one, two = region.side[region.u], region.side[region.v]
    sides, count = int(region.side.max()) + 1, int(labels.max()) + 1
    held = np.bincount(labels * sides + one, weight, count * sides)
    both = np.minimum(held[labels * sides + one], held[labels * sides + two])
    order = np.lexsort((region.cost_m, -both))
    order = order[(region.barred & (one != two))[order]]
    root = np.arange(sides)
    shut = region.barred.copy()
    for crossing in order.tolist():
        low, high = sorted((root[one[crossing]], root[two[crossing]]))
        if low != high:
            root[root == high] = low
            shut[crossing] = False
    return replace(region, shut=shut)


def cut_by_sides(
    region: Region, weight: NDArray[np.float64], count: int, search: SideSearch
) -> NDArray[np.int64]:
    """Cut a region into equal cells, side by side.

    Parameters
    ----------
    region
        The streets; open crossings join the sides as a tree, as from `few_crossings`.
    weight
        float64, shape (s,): what each segment counts for, positive.
    count
        Cells.
    search
        How.

    Returns
    -------
    ndarray of int64, shape (s,)
        Label of the connected part of each segment, from 0 on.
    """
    for stricter in (search.slack, search.slack / 4.0, 0.0):
        cutting = _Sides(region, weight * (count / weight.sum()), replace(search, slack=stricter))
        if cutting.cut(count) <= search.slack + _ROUNDING:
            return cutting.labels
    share = np.full(count, 1.0 / count)
    return compact_start(region, weight, share, search.tolerance, search.seed, search.params)


class _Sides:
    """The cut of one region, from its outermost sides inwards; loads are counted in cells."""

    def __init__(self, region: Region, load: NDArray[np.float64], search: SideSearch) -> None:
        self._region, self._load, self._search = region, load, search
        self.labels = np.zeros(len(region), dtype=np.int64)
        self._made = 0
        self._rest: dict[int, NDArray[np.int64]] = {}

    def cut(self, count: int) -> float:
        """Cut all sides; give how far the load per beat of the innermost is from one."""
        order, inwards = self._order()
        for side, own in order:
            load = self._load[own].copy()
            for place, segment in enumerate(own.tolist()):
                load[place] += self._load[self._rest.get(segment, own[:0])].sum()
            total = float(load.sum())
            if side not in inwards:
                beats = count - self._made
                if beats > 0:
                    self._take(own, load, beats)
                return abs(total / beats - 1.0) if beats > 0 else np.inf
            whole = round(total)
            if whole and abs(total / whole - 1.0) <= self._search.slack:
                self._take(own, load, whole)
            else:
                self._pass_on(own, load, inwards[side])
        return 0.0

    def _order(self) -> tuple[list[tuple[int, NDArray[np.int64]]], dict[int, int]]:
        """Return the sides with their segments, the innermost last, and each other one's crossing.

        The innermost has most load. A crossing counts to the inner of its two sides.
        """
        region = self._region
        one, two = region.side[region.u], region.side[region.v]
        at: dict[int, list[int]] = {}
        for crossing in np.flatnonzero(region.barred & ~region.shut & (one != two)).tolist():
            at.setdefault(int(one[crossing]), []).append(crossing)
            at.setdefault(int(two[crossing]), []).append(crossing)
        home = one.copy()
        order, inwards = [int(np.argmax(np.bincount(one, self._load)))], {}
        for side in order:
            for crossing in at.get(side, []):
                other = int(one[crossing] + two[crossing]) - side
                if other != order[0] and other not in inwards:
                    inwards[other] = crossing
                    home[crossing] = side
                    order.append(other)
        return [(side, np.flatnonzero(home == side)) for side in reversed(order)], inwards

    def _take(self, own: NDArray[np.int64], load: NDArray[np.float64], beats: int) -> None:
        """Cut a side into whole cells."""
        self._give(own, self._cells(own, load, beats))
        self._made += beats

    def _pass_on(self, own: NDArray[np.int64], load: NDArray[np.float64], crossing: int) -> None:
        """Cut the whole cells out of a side; what is left lies at its crossing inwards."""
        beats = int(load.sum())
        if not beats:
            left = [own, *(self._rest[s] for s in own.tolist() if s in self._rest)]
            self._rest[crossing] = np.concatenate(left)
            return
        lacking = beats + 1 - load.sum()
        labels = self._cells(np.append(own, crossing), np.append(load, lacking), beats + 1)
        last = labels == labels[-1]
        labels = np.where(labels > labels[-1], labels - 1, labels)
        kept, left = own[~last[:-1]], own[last[:-1]]
        self._give(kept, labels[:-1][~last[:-1]])
        self._made += beats
        carried = [self._rest[s] for s in left.tolist() if s in self._rest]
        self._rest[crossing] = np.concatenate([left, *carried])

    def _cells(
        self, own: NDArray[np.int64], load: NDArray[np.float64], count: int
    ) -> NDArray[np.int64]:
        order = np.argsort(own, kind="stable")
        search, share = self._search, np.full(count, 1.0 / count)
        labels = np.empty(len(own), dtype=np.int64)
        labels[order] = compact_start(
            part_of(self._region, own[order]),
            load[order],
            share,
            search.tolerance,
            search.seed,
            search.params,
        )
        return labels

    def _give(self, own: NDArray[np.int64], labels: NDArray[np.int64]) -> None:
        """Assign segments their cells, and each rest that of its crossing."""
        self.labels[own] = self._made + labels
        for segment, number in zip(own.tolist(), labels.tolist(), strict=True):
            if segment in self._rest:
                self.labels[self._rest[segment]] = self._made + number
