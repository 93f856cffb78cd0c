"""Small regions, searched through: all moves are made from the cheapest cut not yet left.

A village of a few streets has so few cuts that it would be a pity to miss a better one.
"""

from __future__ import annotations

import heapq
import time
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.assignment import Assignment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.objective import CutCost
    from reso_geo.districting.region import Region

__all__ = ["MOST_POLISHED", "polished"]

_PATIENCE = 150
"""Cuts to go on from after the best one before the search ends."""
_STRAY = 4
"""Every so many times, the search goes on from any cut, not from the cheapest."""
MOST_POLISHED = 26
"""Segments of the largest region that is searched through."""


def polished(
    region: Region, starts: Sequence[NDArray[np.int64]], count: int, cost: CutCost, deadline: float
) -> NDArray[np.int64]:
    """Move segments between beats of equal shares, from the cheapest cut seen on, till all is seen.

    Parameters
    ----------
    region
        The streets.
    starts
        int64, shape (s,) each: beat of each segment, in several cuts; beats are connected and have
        a required segment.
    count
        Number of beats.
    cost
        What cuts cost.
    deadline
        On the clock of `time.monotonic`; the best so far is given then.

    Returns
    -------
    ndarray of int64, shape (s,)
        The cheapest cut that was found, connected, its beats numbered as they first appear.
    """
    draw = np.random.default_rng(0)
    best, least = _named(starts[0]), np.inf
    queue: list[tuple[float, bytes]] = []
    seen: set[bytes] = set()
    waiting: list[bytes] = []
    gone: set[bytes] = set()

    def note(labels: NDArray[np.int64]) -> bool:
        nonlocal best, least
        named = _named(labels)
        key = named.tobytes()
        if key in seen:
            return False
        seen.add(key)
        total = cost.total(named)
        heapq.heappush(queue, (total, key))
        waiting.append(key)
        if total < least:
            best, least = named, total
            return True
        return False

    def following(turn: int) -> bytes:
        if turn % _STRAY == 0:
            place = int(draw.integers(len(waiting)))
            waiting[place], waiting[-1] = waiting[-1], waiting[place]
            return waiting.pop()
        return heapq.heappop(queue)[1]

    for start in starts:
        note(start)
    idle = turn = 0
    while queue and waiting and idle < _PATIENCE and time.monotonic() < deadline:
        turn += 1
        key = following(turn)
        if key in gone:
            continue
        gone.add(key)
        labels = np.frombuffer(key, dtype=np.int64)
        better = [note(near) for near in _moves(region, labels, count)]
        idle = 0 if any(better) else idle + 1
    return best


def _named(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Assign beats numbers in the order in which they first appear: the same cut looks the same."""
    _, first, beat = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[beat]


def _moves(region: Region, labels: NDArray[np.int64], count: int) -> Iterator[NDArray[np.int64]]:
    """Return every cut that one move leads to: a segment, with what would fall off, goes over."""
    assignment = Assignment(region, labels, count)
    for segment in range(len(region)):
        for beat in assignment.beats_at(segment):
            for group in assignment.groups(segment):
                moved = labels.copy()
                moved[group] = beat
                yield moved
