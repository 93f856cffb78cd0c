"""Small regions, searched through: descents from many first cuts, then on from the cheapest seen.

A village of a few streets has so few cuts that it would be a pity to miss a better one.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.assignment import Assignment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.objective import Compactness
    from reso_geo.districting.params import SearchRules
    from reso_geo.districting.region import Region

__all__ = ["polished"]


def polished(
    region: Region,
    starts: Sequence[NDArray[np.int64]],
    count: int,
    cost: Compactness,
    rules: SearchRules,
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
    rules
        When it ends, and how much is tried until then.

    Returns
    -------
    ndarray of int64, shape (s,)
        The cheapest cut that was found, connected, its beats numbered as they first appear.
    """
    search = _BestFirst(region, count, cost, rules)
    first = sorted({search.seen(start) for start in starts})
    for total, key in first[: rules.params.best_first.descents]:
        search.descend(total, key)
    search.go_on()
    return np.frombuffer(search.best[1], dtype=np.int64).copy()


class _BestFirst:
    """The cuts seen so far by their labels, each with what it costs, and those not yet left."""

    def __init__(self, region: Region, count: int, cost: Compactness, rules: SearchRules) -> None:
        self.best: tuple[float, bytes] = (np.inf, b"")
        self._region, self._count, self._cost, self._rules = region, count, cost, rules
        self._known: dict[bytes, float] = {}
        self._queue: list[tuple[float, bytes]] = []
        self._waiting: list[bytes] = []
        self._left: set[bytes] = set()

    def seen(self, labels: NDArray[np.int64]) -> tuple[float, bytes]:
        """Return what a cut costs, and its key; a cut that is new waits to be left."""
        named = _named(labels)
        key = named.tobytes()
        if key not in self._known:
            total = self._known[key] = self._cost.cost(named)
            heapq.heappush(self._queue, (total, key))
            self._waiting.append(key)
            if not self.best[1] or total < self.best[0]:
                self.best = total, key
        return self._known[key], key

    def descend(self, total: float, key: bytes) -> None:
        """Go to the cheapest cut that one move leads to, as long as it is cheaper."""
        while key not in self._left and not self._rules.late:
            near = self._leave(key)
            if near[0] >= total:
                return
            total, key = near

    def go_on(self) -> None:
        """Search from the cheapest cut not yet expanded, now and then any, until nothing helps."""
        draw, params = np.random.default_rng(0), self._rules.params.best_first
        idle = turn = 0
        while self._queue and self._waiting and idle < params.patience and not self._rules.late:
            turn += 1
            key = self._any(draw) if turn % params.stray == 0 else heapq.heappop(self._queue)[1]
            if key not in self._left:
                before = self.best
                self._leave(key)
                idle = 0 if self.best < before else idle + 1

    def _any(self, draw: np.random.Generator) -> bytes:
        waiting, place = self._waiting, int(draw.integers(len(self._waiting)))
        waiting[place], waiting[-1] = waiting[-1], waiting[place]
        return waiting.pop()

    def _leave(self, key: bytes) -> tuple[float, bytes]:
        """Return the cheapest of all cuts that one move leads to."""
        self._left.add(key)
        labels = np.frombuffer(key, dtype=np.int64)
        near = [self.seen(moved) for moved in _moves(self._region, labels, self._count)]
        return min(near, default=(np.inf, key))


def _named(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Assign beats numbers in the order in which they first appear: the same cut looks the same."""
    _, first, beat = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[beat]


def _moves(region: Region, labels: NDArray[np.int64], count: int) -> Iterator[NDArray[np.int64]]:
    """Return every cut that one move leads to: a segment, with what would fall off, goes over."""
    assignment = Assignment(region, labels, count)
    for segment in range(len(region)):
        for beat in assignment.beats_at(segment):
            for group in _groups(assignment, segment):
                moved = labels.copy()
                moved[group] = beat
                yield moved


def _groups(assignment: Assignment, segment: int) -> list[list[int]]:
    """Return what can leave a beat together with a segment so that the rest is connected.

    The segment with one side of it or the other; only those that leave the beat a required segment.
    """
    side = assignment.side_of(segment)
    groups = [[segment, *side]]
    if side:
        groups.append([segment, *assignment.other_side(segment, side)])
    needed = assignment.needed[assignment.beat_of[segment]]
    return [g for g in groups if sum(assignment.required[s] for s in g) < needed]
