"""A start for the search: many beats cut group by group, each group from the best of some tries.

A few dozen cells balance well at once; more are cut into groups of that size first. Bases begin in
the blocks of a recursive bisection by weight, then move to the middles of their cells (Lloyd).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.params import ConstructParams
from reso_geo.districting.region import apart_share, part_of
from reso_geo.parallel import MANY_SEGMENTS, side_by_side
from reso_geo.partition.construct.power_diagram import balanced, offsets_of, walk_inside

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.region import Region
    from reso_geo.partition.construct.power_diagram import Diagram

__all__ = ["blocks", "compact_start", "cost_of", "refined"]


def compact_start(
    region: Region,
    weight: NDArray[np.float64],
    share: NDArray[np.float64],
    tolerance: float,
    seed: int,
    params: ConstructParams = ConstructParams(),
) -> NDArray[np.int64]:
    """Cut a region into connected, compact cells of about the wanted weights.

    Parameters
    ----------
    region
        The streets.
    weight
        float64, shape (s,): what each segment counts for, positive.
    share
        float64, shape (k,): wanted share of the weight of each part, positive, sum one.
    tolerance
        How far off a part may be, as a share of its wanted weight: it costs as much as all walks
        twice as long.
    seed
        Of the directions of the first cuts.
    params
        How much goes into it.

    Returns
    -------
    ndarray of int64, shape (s,)
        Cell of each segment; cells can be empty where there are hardly more segments than cells.
    """
    draw = np.random.default_rng(seed)
    return _start(region, weight, share, (tolerance, params), draw)


def _start(
    region: Region,
    weight: NDArray[np.float64],
    share: NDArray[np.float64],
    search: tuple[float, ConstructParams],
    draw: np.random.Generator,
) -> NDArray[np.int64]:
    count = len(share)
    if count == 1 or len(region) <= count:
        return np.minimum(np.arange(len(region)), count - 1)
    if count > len(region.xy):
        share = share[: len(region.xy)]
        return _start(region, weight, share / share.sum(), search, draw)
    most = search[1].at_once
    if count <= most:
        return _best_of(region, weight, share, search, draw)
    bounds = np.linspace(0, count, -(-count // most) + 1).round().astype(np.int64)
    groups = np.add.reduceat(share, bounds[:-1])
    group = _best_of(region, weight, groups, search, draw)
    labels = np.empty(len(region), dtype=np.int64)
    for number, (first, last) in enumerate(pairwise(bounds.tolist())):
        own = np.flatnonzero(group == number)
        inner = share[first:last] / share[first:last].sum()
        labels[own] = first + _start(part_of(region, own), weight[own], inner, search, draw)
    return labels


def _best_of(
    region: Region,
    weight: NDArray[np.float64],
    share: NDArray[np.float64],
    search: tuple[float, ConstructParams],
    draw: np.random.Generator,
) -> NDArray[np.int64]:
    """Return the best cells of some tries."""
    params = search[1]
    firsts = [blocks(region, weight, share, draw, params.turn_rad) for _ in range(params.tries)]

    def moved(first: NDArray[np.int64]) -> tuple[float, NDArray[np.int64]]:
        begin = _middles(region, first, weight, None), np.zeros(len(share))
        return _lloyd(region, begin, weight, share, search)

    found = side_by_side(moved, firsts, worth=len(region) >= MANY_SEGMENTS)
    return min(found, key=lambda one: one[0])[1]


def _lloyd(
    region: Region,
    begin: tuple[NDArray[np.int64], NDArray[np.float64]],
    weight: NDArray[np.float64],
    share: NDArray[np.float64],
    search: tuple[float, ConstructParams],
) -> tuple[float, NDArray[np.int64]]:
    """Move bases to the middles of their balanced cells again and again; give the best cells."""
    target = share * weight.sum()
    base, offset = begin
    best, least = np.zeros(len(region), dtype=np.int64), np.inf
    for _ in range(search[1].moves):
        found = balanced(region, (base, offset), weight, target, search[1].diagrams)
        cost = _cost_of(region, found, weight, target, search)
        if cost < least:
            best, least = found.labels, cost
        base = _middles(region, found.labels, weight, found.base)
        offset = offsets_of(region, found.labels, base)
    return least, best


def refined(
    region: Region,
    labels: NDArray[np.int64],
    weight: NDArray[np.float64],
    share: NDArray[np.float64],
    search: tuple[float, ConstructParams],
) -> NDArray[np.int64]:
    """Cut again from where some cells are, now that weights are known better.

    Parameters
    ----------
    region
        The streets.
    labels
        int64, shape (s,): connected cells, none empty.
    weight
        float64, shape (s,): what each segment counts for, positive.
    share
        float64, shape (k,): wanted share of the weight of each part, positive, sum one.
    search
        Tolerance and figures, as for `compact_start`.

    Returns
    -------
    ndarray of int64, shape (s,)
        Cell of each segment, in the numbers of `labels`.
    """
    base = _middles(region, labels, weight, np.zeros(len(share), dtype=np.int64))
    begin = base, offsets_of(region, labels, base)
    return _lloyd(region, begin, weight, share, search)[1]


def cost_of(
    region: Region,
    labels: NDArray[np.int64],
    weight: NDArray[np.float64],
    share: NDArray[np.float64],
    search: tuple[float, ConstructParams],
) -> float:
    """Return what some cells cost: their walks, more where they are uneven or cut by barriers.

    Parameters
    ----------
    region
        The streets.
    labels
        int64, shape (s,): connected cells, none empty.
    weight
        float64, shape (s,): what each segment counts for, positive.
    share
        float64, shape (k,): wanted share of the weight of each part, positive, sum one.
    search
        Tolerance and figures, as for `compact_start`.

    Returns
    -------
    float
        To be compared among cuts of the same region.
    """
    base = _middles(region, labels, weight, np.zeros(len(share), dtype=np.int64))
    walk = walk_inside(region, labels, base)
    return _cost(region, np.minimum(*walk), labels, weight, share * weight.sum(), search)


def _cost_of(
    region: Region,
    diagram: Diagram,
    weight: NDArray[np.float64],
    target: NDArray[np.float64],
    search: tuple[float, ConstructParams],
) -> float:
    walk = np.minimum(diagram.walk_m[region.u], diagram.walk_m[region.v])
    return _cost(region, walk, diagram.labels, weight, target, search)


def _cost(
    region: Region,
    walk_m: NDArray[np.float64],
    labels: NDArray[np.int64],
    weight: NDArray[np.float64],
    target: NDArray[np.float64],
    search: tuple[float, ConstructParams],
) -> float:
    walk = float((walk_m * weight).sum())
    tolerance, params = search
    off = np.bincount(labels, weight, len(target)) / target - 1.0
    cut = apart_share(region, labels, weight, len(target)) >= params.cut_share
    return walk * float((1.0 + np.square(off / tolerance).mean()) * (1.0 + cut.mean()))


def blocks(
    region: Region,
    weight: NDArray[np.float64],
    share: NDArray[np.float64],
    draw: np.random.Generator,
    turn_rad: float,
) -> NDArray[np.int64]:
    """Bisect a region by weight again and again, across its longer side; no regard to ways.

    Parameters
    ----------
    region
        The streets.
    weight
        float64, shape (s,): what each segment counts for, positive.
    share
        float64, shape (k,): wanted share of each block, at most as many as there are segments.
    draw
        Turns each cut a little.
    turn_rad
        Standard deviation of the angle, in radians.

    Returns
    -------
    ndarray of int64, shape (s,)
        Block of each segment, none empty.
    """
    block = np.empty(len(region), dtype=np.int64)
    stack = [(np.arange(len(region)), 0, len(share))]
    while stack:
        own, first, last = stack.pop()
        if last - first == 1:
            block[own] = first
            continue
        half = (first + last) // 2
        turn = draw.normal(0.0, turn_rad)
        order = own[np.argsort(_along(region, own, weight, turn), kind="stable")]
        wanted = share[first:half].sum() / share[first:last].sum()
        total = np.cumsum(weight[order])
        cut = int(np.searchsorted(total, wanted * total[-1]))
        cut = min(max(cut, half - first), len(own) - (last - half))
        stack += [(order[:cut], first, half), (order[cut:], half, last)]
    return block


def _along(
    region: Region,
    own: NDArray[np.int64],
    weight: NDArray[np.float64],
    turn: float,
) -> NDArray[np.float64]:
    """Return the place of segments along the axis of their largest spread, turned by an angle."""
    spot = region.middle[own]
    away = spot - np.average(spot, axis=0, weights=weight[own])
    pull, (east, north) = weight[own], away.T
    across = (pull * east * north).sum()
    spread = [[(pull * east * east).sum(), across], [across, (pull * north * north).sum()]]
    _, axes = np.linalg.eigh(np.array(spread))
    axis = axes[:, 1] * np.sign(axes[np.argmax(np.abs(axes[:, 1])), 1])
    angle = np.arctan2(axis[1], axis[0]) + turn
    along: NDArray[np.float64] = np.cos(angle) * east + np.sin(angle) * north
    return along


def _middles(
    region: Region,
    labels: NDArray[np.int64],
    weight: NDArray[np.float64],
    old: NDArray[np.int64] | None,
) -> NDArray[np.int64]:
    """Assign each part the junction in the middle of its weight; no two the same."""
    order = np.argsort(labels, kind="stable")
    count = int(labels.max()) + 1 if old is None else len(old)
    bounds = np.searchsorted(labels[order], np.arange(count + 1))
    base: list[int] = []
    taken: set[int] = set()
    for number in range(count):
        own = order[bounds[number] : bounds[number + 1]]
        spot = region.middle_junction(own, weight) if len(own) else -1
        if (spot < 0 or spot in taken) and old is not None:
            spot = int(old[number])
        if spot < 0 or spot in taken:
            spot = next(node for node in range(len(region.xy)) if node not in taken)
        taken.add(spot)
        base.append(spot)
    return np.array(base, dtype=np.int64)
