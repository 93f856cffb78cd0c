"""Boundary moves: segments go from one beat to a neighbour, and no beat ever falls apart.

Which segments go are those with the shortest walk from the receiver's base and the longest from the
giver's. A segment that holds a dead end takes the dead end with it.
"""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from reso_geo.districting.assignment import Assignment

__all__ = ["give_one", "shift"]


def shift(
    assignment: Assignment,
    giver: int,
    taker: int,
    amount_s: float,
    load_s: NDArray[np.float64],
    dearer_m: NDArray[np.float64] | None = None,
) -> list[int]:
    """Move segments from one beat to a neighbour until about an amount of load has moved.

    Parameters
    ----------
    assignment
        The beats, changed in place.
    giver, taker
        Beats.
    amount_s
        Load to move, seconds per week.
    load_s
        float64, shape (s,): what each segment counts for.
    dearer_m
        float64, shape (s,): metres by which each segment counts as farther than it is; infinite
        for one that must not go of itself. None for none.

    Returns
    -------
    list of int
        Segments moved.
    """
    pull, own = _pull(assignment, giver, taker, dearer_m), assignment.own(giver)
    weigh = dict(zip(own.tolist(), load_s[own].tolist(), strict=True))
    queue = [(pull[s], s) for s in assignment.border(giver, taker)]
    heapq.heapify(queue)
    gone: list[int] = []
    moved, left = 0.0, assignment.needed[giver]
    while queue and moved < amount_s:
        farther, segment = heapq.heappop(queue)
        if math.isinf(farther):
            break
        if assignment.beat_of[segment] != giver or not assignment.touches(segment, taker):
            continue
        group = assignment.group(segment, giver)
        weight = sum(weigh[s] for s in group)
        needed = sum(assignment.required[s] for s in group)
        if needed >= left or moved + weight / 2.0 > amount_s:
            continue
        for s in group:
            assignment.give(s, taker)
            for node in assignment.ends(s):
                for near in assignment.at[node]:
                    if assignment.beat_of[near] == giver:
                        heapq.heappush(queue, (pull[near], near))
        gone.extend(group)
        moved += weight
        left -= needed
    return gone


def give_one(
    assignment: Assignment, giver: int, taker: int, amount_s: float, load_s: NDArray[np.float64]
) -> list[int]:
    """Move the one segment, with what hangs on it, whose load is nearest to an amount.

    Parameters
    ----------
    assignment
        The beats, changed in place.
    giver, taker
        Beats.
    amount_s
        Load to move, seconds per week.
    load_s
        float64, shape (s,): what each segment counts for.

    Returns
    -------
    list of int
        Segments moved; empty when none would bring the two nearer to what is wanted.
    """
    best, least, own = [], amount_s, assignment.own(giver)
    weigh = dict(zip(own.tolist(), load_s[own].tolist(), strict=True))
    for segment in assignment.border(giver, taker):
        group = assignment.group(segment, giver)
        off = abs(sum(weigh[s] for s in group) - amount_s)
        if off < least and sum(assignment.required[s] for s in group) < assignment.needed[giver]:
            best, least = group, off
    for segment in best:
        assignment.give(segment, taker)
    return best


def _pull(
    assignment: Assignment, giver: int, taker: int, dearer_m: NDArray[np.float64] | None
) -> dict[int, float]:
    """Return how much nearer each of the giver's segments is to the taker's base than to its own.

    Negative where it is nearer.
    """
    own = assignment.own(giver)
    nearer = assignment.walks_m(taker) - assignment.walks_m(giver)
    pull = nearer[assignment.region.u[own]] + nearer[assignment.region.v[own]]
    if dearer_m is not None:
        pull = pull + dearer_m[own]
    return dict(zip(own.tolist(), pull.tolist(), strict=True))
