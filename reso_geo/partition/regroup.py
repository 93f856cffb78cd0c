"""Groups of equal load in a small graph: connected, compact, cities whole where loads allow.

A search by simulated annealing over connected partitions. One step hands a node across a line
between two groups, or hands one each way, or melts two neighbouring groups and cuts a random
spanning tree of them where the halves come closest (the recombination of DeFord, Duchin and
Solomon, "Recombination: a family of Markov chains for redistricting", 2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from reso_geo.network import components

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Units", "regroup"]

_RUNS = 6
_STEPS, _STEPS_PER_UNIT = 700, 8
_HOT, _COLD = 4.0, 0.05
_EVEN = 0.02
"""A deviation from the mean load that nobody notices: what it leaves free goes to the shape."""
_BORDER, _SPLIT = 10.0, 1.0
_MELT, _EXCHANGE = 0.15, 0.55


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
        """Give the number of units."""
        return len(self.load_s)

    def uneven(self, group: NDArray[np.int64], count: int) -> NDArray[np.float64]:
        """Give how far the load of each group is from the mean, as a share of it.

        Parameters
        ----------
        group
            int64, shape (n,).
        count
            Number of groups.

        Returns
        -------
        ndarray of float64, shape (count,)
            Zero for all where there is no load.
        """
        load = np.bincount(group, weights=self.load_s, minlength=count)
        mean = load.mean()
        return load / mean - 1.0 if mean > 0.0 else np.zeros(count)

    def splits(self, group: NDArray[np.int64], count: int) -> int:
        """Count how often a line between groups cuts through a city.

        Parameters
        ----------
        group
            int64, shape (n,).
        count
            Number of groups.

        Returns
        -------
        int
            Groups of each city beyond the first, added up.
        """
        own = self.city >= 0
        return len(np.unique(self.city[own] * count + group[own])) - len(np.unique(self.city[own]))

    def cut(self, group: NDArray[np.int64]) -> float:
        """Give the share of all borders that lies between groups.

        Parameters
        ----------
        group
            int64, shape (n,).

        Returns
        -------
        float
            From 0 to 1.
        """
        whole = float(self.border.sum())
        apart = group[self.one] != group[self.two]
        return float(self.border[apart].sum()) / whole if whole else 0.0

    def cost(self, group: NDArray[np.int64], count: int) -> float:
        """Weigh balance, cities and shape against each other.

        Parameters
        ----------
        group
            int64, shape (n,).
        count
            Number of groups.

        Returns
        -------
        float
            Lower is better.
        """
        uneven = float(((self.uneven(group, count) / _EVEN) ** 2).sum())
        return uneven + _SPLIT * self.splits(group, count) + _BORDER * self.cut(group)


def regroup(units: Units, count: int, seed: int) -> NDArray[np.int64]:
    """Group the nodes of a connected graph into connected groups of nearly equal load.

    Of all groupings found whose worst group is within 2 % (of the mean load) of the best one's,
    the one that cuts the fewest cities and then the least border.

    Parameters
    ----------
    units
        At least `count` of them, all connected.
    count
        Number of groups, at least one.
    seed
        Of the search.

    Returns
    -------
    ndarray of int64, shape (n,)
        Group of each unit.

    Examples
    --------
    >>> row = np.arange(5)
    >>> units = Units(np.ones(6), np.zeros(6, dtype=np.int64), row, row + 1, np.ones(5))
    >>> group = regroup(units, 3, seed=0)
    >>> sorted(np.bincount(group).tolist()), (np.diff(group) != 0).sum()
    ([2, 2, 2], 2)
    """
    found = []
    for run in range(_RUNS if 1 < count < len(units) else 1):
        rng = np.random.default_rng((seed, run))
        found += _anneal(units, _grow(units, count, rng), count, rng)
    worst = [float(np.abs(units.uneven(group, count)).max()) for group in found]
    even = [group for group, off in zip(found, worst, strict=True) if off <= min(worst) + _EVEN]
    return min(even, key=lambda group: _rank(units, group, count))


def _rank(units: Units, group: NDArray[np.int64], count: int) -> tuple[float, ...]:
    worst = float(np.abs(units.uneven(group, count)).max())
    return units.splits(group, count), round(units.cut(group), 6), worst


def _grow(units: Units, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Grow groups from random seeds, always the lightest that still can."""
    near: list[list[int]] = [[] for _ in range(len(units))]
    for a, b in zip(units.one.tolist(), units.two.tolist(), strict=True):
        near[a].append(b)
        near[b].append(a)
    group = np.full(len(units), -1, dtype=np.int64)
    group[rng.choice(len(units), count, replace=False)] = np.arange(count)
    load = np.bincount(group[group >= 0], weights=units.load_s[group >= 0], minlength=count)
    while (group < 0).any():
        for lightest in np.argsort(load, kind="stable").tolist():
            own = np.flatnonzero(group == lightest).tolist()
            free = sorted({b for a in own for b in near[a] if group[b] < 0})
            if free:
                taken = free[int(rng.integers(len(free)))]
                group[taken] = lightest
                load[lightest] += units.load_s[taken]
                break
    return group


def _anneal(
    units: Units, group: NDArray[np.int64], count: int, rng: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Improve a grouping; give the best of the run, and the one with the best balance."""
    cost = units.cost(group, count)
    best, lowest = group, cost
    even, flattest = group, float(np.abs(units.uneven(group, count)).max())
    steps = _STEPS + _STEPS_PER_UNIT * len(units)
    for heat in np.geomspace(_HOT, _COLD, steps).tolist():
        changed = _propose(units, group, rng)
        if changed is None:
            continue
        new_cost = units.cost(changed, count)
        if new_cost > cost and rng.random() >= np.exp((cost - new_cost) / heat):
            continue
        group, cost = changed, new_cost
        if cost < lowest:
            best, lowest = group, cost
        worst = float(np.abs(units.uneven(group, count)).max())
        if worst < flattest:
            even, flattest = group, worst
    return [best, even]


def _propose(
    units: Units, group: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64] | None:
    """Give a grouping one step away; None where the step leads nowhere."""
    lines = np.flatnonzero(group[units.one] != group[units.two])
    if not len(lines):
        return None
    line = int(lines[rng.integers(len(lines))])
    ends = int(units.one[line]), int(units.two[line])
    node, beyond = ends if rng.integers(2) else ends[::-1]
    here, there = int(group[node]), int(group[beyond])
    kind = rng.random()
    if kind < _MELT:
        return _melt(units, group, here, there, rng)
    changed = _hand_over(units, group, node, there)
    if changed is None or kind > _EXCHANGE:
        return changed
    back = _between(units, changed, there, here)
    back = back[back != node]
    return _hand_over(units, changed, int(rng.choice(back)), here) if len(back) else None


def _between(units: Units, group: NDArray[np.int64], inner: int, outer: int) -> NDArray[np.int64]:
    """Give the units of one group that have a neighbour in another."""
    one, two = group[units.one], group[units.two]
    first = units.one[(one == inner) & (two == outer)]
    return np.unique(np.concatenate((first, units.two[(two == inner) & (one == outer)])))


def _hand_over(
    units: Units, group: NDArray[np.int64], node: int, there: int
) -> NDArray[np.int64] | None:
    """Give a unit to a neighbouring group, with all that would hang in the air without it."""
    here = group[node]
    changed = group.copy()
    changed[node] = there
    left = np.flatnonzero(changed == here)
    if not len(left):
        return None
    inside = (changed[units.one] == here) & (changed[units.two] == here)
    label = components(len(units), units.one[inside], units.two[inside])[left]
    if label.min() < label.max():
        load = np.bincount(label, weights=units.load_s[left])
        size = np.bincount(label)
        kept = max(np.unique(label).tolist(), key=lambda part: (load[part], size[part], -part))
        changed[left[label != kept]] = there
    return changed


def _melt(
    units: Units, group: NDArray[np.int64], here: int, there: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Cut a random spanning tree of two groups where the loads of its halves come closest."""
    own = np.flatnonzero((group == here) | (group == there))
    place = np.full(len(units), -1)
    place[own] = np.arange(len(own))
    inside = (place[units.one] >= 0) & (place[units.two] >= 0)
    ends = place[units.one[inside]], place[units.two[inside]]
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
