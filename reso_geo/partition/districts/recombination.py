"""Groups of equal load in a small graph: connected, compact, cities whole where loads allow.

A search by simulated annealing over connected partitions. One step hands a node across a line
between two groups, or hands one each way, or melts two neighbouring groups and cuts a random
spanning tree of them where the halves come closest (the recombination of DeFord, Duchin and
Solomon, "Recombination: a family of Markov chains for redistricting", 2021).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from reso_geo.districting.params import DistrictParams

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Units", "regroup"]


@dataclass(frozen=True)
class Units:
    """What is grouped: the nodes of a connected graph.

    Attributes
    ----------
    load_s
        float64, shape (n,).
    city
        int64, shape (n,): groups had better not cut through one; -1 belongs to none.
    one, two
        int64, shape (e,): neighbours, each pair once.
    border
        float64, shape (e,): how much of a border they share.
    """

    load_s: NDArray[np.float64]
    city: NDArray[np.int64]
    one: NDArray[np.int64]
    two: NDArray[np.int64]
    border: NDArray[np.float64]

    def __len__(self) -> int:
        """Return the number of units."""
        return len(self.load_s)

    @cached_property
    def near(self) -> tuple[tuple[int, ...], ...]:
        """Neighbours of each unit."""
        found: list[list[int]] = [[] for _ in range(len(self))]
        for a, b in zip(self.one.tolist(), self.two.tolist(), strict=True):
            found[a].append(b)
            found[b].append(a)
        return tuple(tuple(sorted(units)) for units in found)

    def lumps(self, count: int) -> float:
        """Return the mean square of the units' loads, each as a share of a group's mean load.

        Parameters
        ----------
        count
            Number of groups.

        Returns
        -------
        float
            Zero where nothing asks anything.
        """
        mean = float(self.load_s.sum()) / count
        return float(np.square(self.load_s / mean).mean()) if mean > 0.0 else 0.0

    @cached_property
    def _mean_border(self) -> float:
        return float(self.border.mean()) if len(self.border) else 1.0

    @cached_property
    def _places(self) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
        """Units that lie in a city, the place of that city, and the number of cities."""
        own = np.flatnonzero(self.city >= 0)
        cities, place = np.unique(self.city[own], return_inverse=True)
        return own, place.astype(np.int64), len(cities)

    def weigh(self, group: NDArray[np.int64], count: int) -> Scale:
        """Return how good a grouping is.

        Parameters
        ----------
        group
            int64, shape (n,).
        count
            Number of groups.

        Returns
        -------
        Scale
            Its balance, cities and shape.
        """
        load = np.bincount(group, weights=self.load_s, minlength=count)
        mean = float(load.sum()) / count
        uneven = load / mean - 1.0 if mean > 0.0 else np.zeros(count)
        own, place, cities = self._places
        seen = np.zeros(cities * count, dtype=bool)
        seen[place * count + group[own]] = True
        apart = group[self.one] != group[self.two]
        return Scale(
            worst=float(np.abs(uneven).max()),
            uneven=float(uneven @ uneven),
            splits=int(seen.sum()) - cities,
            border=float(self.border[apart].sum()) / self._mean_border,
        )


@dataclass(frozen=True)
class Scale:
    """How good a grouping is; less of anything is better.

    Attributes
    ----------
    worst
        How far the group farthest from the mean load is from it, as a share of the mean.
    uneven
        These shares of all groups, squared and added up.
    splits
        Groups of each city beyond the first, added up.
    border
        Length of the lines between groups, in mean borders of two neighbours.
    """

    worst: float
    uneven: float
    splits: int
    border: float

    def cost(self, params: DistrictParams) -> float:
        """Return what the search brings down.

        Parameters
        ----------
        params
            What each part counts for.

        Returns
        -------
        float
            Zero for nothing to bring down.
        """
        shape = params.split * self.splits + params.border * self.border
        return self.uneven / params.even**2 + shape


def regroup(
    units: Units, count: int, seed: int, params: DistrictParams = DistrictParams()
) -> NDArray[np.int64]:
    """Group the nodes of a connected graph into connected groups of nearly equal load.

    Of all groupings found whose worst group is about as good as the best one's (`params.even`),
    the one that cuts the fewest cities and then the least border.

    Parameters
    ----------
    units
        At least `count` of them, all connected.
    count
        Number of groups, at least one.
    seed
        Of the search.
    params
        How much is tried, and what counts.

    Returns
    -------
    ndarray of int64, shape (n,)
        Group of each unit.

    Examples
    --------
    >>> row = np.arange(5)
    >>> units = Units(np.ones(6), np.zeros(6, dtype=np.int64), row, row + 1, np.ones(5))
    >>> group = regroup(units, 3, seed=0)
    >>> np.bincount(group).tolist(), int((np.diff(group) != 0).sum())
    ([2, 2, 2], 2)
    """
    found = []
    for run in range(params.runs if 1 < count < len(units) else 1):
        rng = np.random.default_rng((seed, run))
        found += _anneal(units, _grow(units, count, rng), count, rng, params)
    scales = [units.weigh(group, count) for group in found]
    good = min(scale.worst for scale in scales) + params.even
    *_, place = min(
        (scale.splits, scale.border, scale.worst, place)
        for place, scale in enumerate(scales)
        if scale.worst <= good
    )
    return found[place]


def _grow(units: Units, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Grow groups from random seeds, always the lightest that still can."""
    group = np.full(len(units), -1, dtype=np.int64)
    group[rng.choice(len(units), count, replace=False)] = np.arange(count)
    load = np.bincount(group[group >= 0], weights=units.load_s[group >= 0], minlength=count)
    while (group < 0).any():
        for lightest in np.argsort(load, kind="stable").tolist():
            own = np.flatnonzero(group == lightest).tolist()
            free = sorted({b for a in own for b in units.near[a] if group[b] < 0})
            if free:
                taken = free[int(rng.integers(len(free)))]
                group[taken] = lightest
                load[lightest] += units.load_s[taken]
                break
    return group


def _anneal(
    units: Units,
    group: NDArray[np.int64],
    count: int,
    rng: np.random.Generator,
    params: DistrictParams,
) -> list[NDArray[np.int64]]:
    """Improve a grouping; give the best of the run, and the one with the best balance."""
    scale = units.weigh(group, count)
    cost = lowest = scale.cost(params)
    best = group
    even, flattest = group, scale.worst
    hot = max(params.hot, params.lump * units.lumps(count) / params.even**2)
    heats = np.geomspace(hot, params.cold, round(params.steps * math.sqrt(len(units))))
    for heat, chance in zip(heats.tolist(), rng.random(len(heats)).tolist(), strict=True):
        changed = _propose(units, group, rng, params)
        if changed is None:
            continue
        new = units.weigh(changed, count)
        after = new.cost(params)
        if after > cost and chance >= math.exp((cost - after) / heat):
            continue
        group, scale, cost = changed, new, after
        if cost < lowest:
            best, lowest = group, cost
        if scale.worst < flattest:
            even, flattest = group, scale.worst
    return [best, even]


def _propose(
    units: Units, group: NDArray[np.int64], rng: np.random.Generator, params: DistrictParams
) -> NDArray[np.int64] | None:
    """Return a grouping one step away; None where the step leads nowhere."""
    lines = np.flatnonzero(group[units.one] != group[units.two])
    if not len(lines):
        return None
    line = int(lines[rng.integers(len(lines))])
    ends = int(units.one[line]), int(units.two[line])
    node, beyond = ends if rng.integers(2) else ends[::-1]
    here, there = int(group[node]), int(group[beyond])
    kind = rng.random()
    if kind < params.melt:
        return _melt(units, group, here, there, rng)
    changed = _hand_over(units, group, node, there)
    if changed is None or kind > params.exchange:
        return changed
    back = _between(units, changed, there, here)
    back = back[back != node]
    return _hand_over(units, changed, int(rng.choice(back)), here) if len(back) else None


def _between(units: Units, group: NDArray[np.int64], inner: int, outer: int) -> NDArray[np.int64]:
    """Return the units of one group that have a neighbour in another."""
    one, two = group[units.one], group[units.two]
    first = units.one[(one == inner) & (two == outer)]
    return np.unique(np.concatenate((first, units.two[(two == inner) & (one == outer)])))


def _hand_over(
    units: Units, group: NDArray[np.int64], node: int, there: int
) -> NDArray[np.int64] | None:
    """Assign a unit to a neighbouring group, with all that would hang in the air without it."""
    parts = _parts_without(units.near, group.tolist(), node)
    if not parts:
        return None
    changed = group.copy()
    changed[node] = there
    if len(parts) > 1:
        load_s = units.load_s
        kept = max(parts, key=lambda part: (sum(load_s[sorted(part)]), len(part), -min(part)))
        for part in parts:
            if part is not kept:
                changed[sorted(part)] = there
    return changed


def _parts_without(
    near: tuple[tuple[int, ...], ...], group: list[int], node: int
) -> list[set[int]]:
    """Return the parts that a group falls into without one of its units.

    A group that stays in one region is one part, of which perhaps only some units are given.
    """
    own = group[node]
    left = {unit for unit in near[node] if group[unit] == own}
    parts: list[set[int]] = []
    while left:
        start = min(left)
        part, waiting = {start, node}, [start]
        left.discard(start)
        while waiting and (left or parts):
            for unit in near[waiting.pop()]:
                if group[unit] == own and unit not in part:
                    part.add(unit)
                    waiting.append(unit)
                    left.discard(unit)
        parts.append(part - {node})
    return parts


def _melt(
    units: Units, group: NDArray[np.int64], here: int, there: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Cut a random spanning tree of two groups where the loads of its halves come closest."""
    own = np.flatnonzero((group == here) | (group == there))
    place = np.full(len(units), -1)
    place[own] = np.arange(len(own))
    inside = (place[units.one] >= 0) & (place[units.two] >= 0)
    # Before SciPy 1.17 the tree takes indices of 32 bits only.
    first, second = place[units.one[inside]], place[units.two[inside]]
    ends = first.astype(np.int32), second.astype(np.int32)
    weight = rng.random(int(inside.sum())) + 1.0
    shape = (len(own), len(own))
    tree = minimum_spanning_tree(coo_array((weight, ends), shape=shape).tocsr())
    order, parent = breadth_first_order(tree, 0, directed=False)
    below = units.load_s[own].copy()
    for child in order[:0:-1].tolist():
        below[parent[child]] += below[child]
    off = np.abs(2.0 * below[order[1:]] - below[0])
    top = int(order[1:][np.argmin(off)])
    branch = np.zeros(len(own), dtype=bool)
    branch[top] = True
    for child in order[1:].tolist():
        branch[child] |= branch[parent[child]]
    changed = group.copy()
    changed[own] = np.where(branch, there, here)
    return changed
