"""Which way load should flow between the beats of a search, and what each way costs."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.partition.piece import parts
from reso_geo.rebalance.flow import Arc, cheapest_flow
from reso_geo.rebalance.land import loads_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reso_geo.partition.tally import Tally
    from reso_geo.rebalance.land import Land

__all__ = ["chains_of", "meeting_pairs", "wanted_between"]

_LEAST_FLOW = 0.001
_OVER_BARRIER = 1.0
_HOP = 0.02


def wanted_between(
    tally: Tally, land: Land, low_s: NDArray[np.float64], high_s: NDArray[np.float64]
) -> tuple[NDArray[np.float64], dict[tuple[int, int], float]]:
    """Give what should flow between neighbours so that the least leaves the beat it was with.

    Parameters
    ----------
    tally
        The beats, measured.
    land
        What they held before.
    low_s, high_s
        float64, shape (c,): the range of each.

    Returns
    -------
    tuple of (ndarray of float64, dict of (int, int) to float)
        The load of each beat, shape (c,), and the load that giver and taker should move.
    """
    cell, weight_s = tally.scratch.cells(), tally.weight_s
    arcs = _arcs(tally, land, cell)
    load = loads_of(cell, weight_s, land.count)
    flow = cheapest_flow(load, low_s, high_s, arcs)[1]
    pairs: dict[tuple[int, int], float] = {}
    for arc, amount in zip(arcs, flow.tolist(), strict=True):
        pair = (arc.giver, arc.taker)
        pairs[pair] = pairs.get(pair, 0.0) + amount
    least = _LEAST_FLOW * float(tally.target_s.mean())
    return load, {pair: amount for pair, amount in pairs.items() if amount > least}


def chains_of(flows: Mapping[tuple[int, int], float]) -> list[tuple[tuple[int, ...], float]]:
    """Take flows apart into chains from who has too much to who can take it.

    Parameters
    ----------
    flows
        Load by giver and taker.

    Returns
    -------
    list of (tuple of int, float)
        Beats in a row, and the load that each hands on to the next.

    Examples
    --------
    >>> chains_of({(0, 1): 5.0, (1, 2): 3.0})
    [((0, 1), 5.0)]
    """
    left = dict(flows)
    spare: dict[int, float] = {}
    for (giver, taker), amount in left.items():
        spare[giver] = spare.get(giver, 0.0) + amount
        spare[taker] = spare.get(taker, 0.0) - amount
    chains = []
    for start in sorted(spare, key=lambda beat: (-spare[beat], beat)):
        row, amount = [start], spare[start]
        while amount > 0.0:
            ways = [(f, b) for (a, b), f in left.items() if a == row[-1] and b not in row]
            if not ways or (len(row) > 1 and spare[row[-1]] < 0.0):
                break
            flow, taker = max(ways, key=lambda way: (way[0], -way[1]))
            row, amount = [*row, taker], min(amount, flow)
        if len(row) > 1:
            chains.append((tuple(row), amount))
            for pair in pairwise(row):
                left[pair] = max(0.0, left[pair] - amount)
    return chains


def _arcs(tally: Tally, land: Land, cell: NDArray[np.int64]) -> list[Arc]:
    """Give the ways between neighbours: for what comes home, what is another's, and its own."""
    weight = tally.weight_s
    own = np.bincount(cell[land.home == cell], weight[land.home == cell], land.count)
    coming, others = _loose(tally, land, cell)
    arcs = []
    for (giver, taker), barred in meeting_pairs(land, cell).items():
        over = _HOP + (_OVER_BARRIER if barred else 0.0)
        ways = (
            (coming.get((giver, taker), 0.0), over - 1.0 + _HOP),
            (others.get((giver, taker), 0.0), over),
            (float(own[giver]), over + 1.0),
        )
        arcs += [Arc(giver, taker, cost, most) for most, cost in ways if most > 0.0]
    return arcs


def _loose(
    tally: Tally, land: Land, cell: NDArray[np.int64]
) -> tuple[dict[tuple[int, int], float], dict[tuple[int, int], float]]:
    """Give what a beat holds of others' next to each neighbour: the neighbour's, and the rest.

    Only what hangs together with the neighbour without a street of the beat's own.
    """
    scratch, weight = tally.scratch, tally.weight_s
    coming: dict[tuple[int, int], float] = {}
    others: dict[tuple[int, int], float] = {}
    away = np.flatnonzero(land.home != cell)
    part = parts(land.piece, away, cell[away])
    order = np.argsort(part, kind="stable")
    bounds = np.flatnonzero(np.diff(part[order], prepend=-1, append=-2)).tolist()
    for first, last in pairwise(bounds):
        own = away[order[first:last]].tolist()
        giver = int(cell[own[0]])
        whole = sum(weight[s] for s in own)
        for taker in sorted({b for s in own for b in scratch.beats_at(s)}):
            home = sum(weight[s] for s in own if land.home[s] == taker)
            pair = (giver, taker)
            coming[pair] = coming.get(pair, 0.0) + float(home)
            others[pair] = others.get(pair, 0.0) + float(whole - home)
    return coming, others


def meeting_pairs(land: Land, cell: NDArray[np.int64]) -> dict[tuple[int, int], bool]:
    """Give who may hand streets to whom: beats that meet, and whether only across a barrier.

    Parameters
    ----------
    land
        The streets.
    cell
        int64, shape (s,): beat of each.

    Returns
    -------
    dict of (int, int) to bool
        Giver and taker, ascending.
    """
    piece, count = land.piece, land.count
    node = np.concatenate((piece.u, piece.v))
    spot = np.unique(node * count + np.tile(cell, 2))
    free = np.unique((node * count + np.tile(cell, 2))[~np.tile(piece.barred, 2)])
    at: dict[int, list[int]] = {}
    for place in spot.tolist():
        at.setdefault(place // count, []).append(place % count)
    open_ = set(free.tolist())
    pairs: dict[tuple[int, int], bool] = {}
    for where, beats in at.items():
        for giver in beats:
            for taker in beats:
                if giver != taker:
                    barred = where * count + taker not in open_
                    pairs[giver, taker] = pairs.get((giver, taker), True) and barred
    return dict(sorted(pairs.items()))
