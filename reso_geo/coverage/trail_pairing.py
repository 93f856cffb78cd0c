"""Pairing: which way to leave a junction after each way in, so that closed trails become one."""

from __future__ import annotations

import heapq
import itertools
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.network import components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.coverage.graph import TravelGraph
    from reso_geo.coverage.traversals import Traversals

__all__ = ["paired", "tails_and_heads"]

_SAME_WAY_BACK = 1.0
"""Turning round on the spot counts as half a turn and this much more, in radians."""
_DIGITS = 6
"""Turns that agree to this many digits of a radian are equal: the row decides, not rounding."""


def tails_and_heads(
    graph: TravelGraph, segment: NDArray[np.int64], forward: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each traversal starts and where it arrives.

    Parameters
    ----------
    graph
        The mode's travel graph.
    segment, forward
        Shape (k,): what is passed, and whether from u to v.

    Returns
    -------
    tuple of two ndarray of int64, shape (k,)
        Junctions.
    """
    u, v = graph.u[segment], graph.v[segment]
    return np.where(forward, u, v), np.where(forward, v, u)


def paired(
    graph: TravelGraph, steps: Traversals, bearing: NDArray[np.float64], *, free: bool
) -> list[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
    """Order traversals into as few closed trails as are connected, turning little.

    Parameters
    ----------
    graph
        The mode's travel graph.
    steps
        Rows that are even at every junction (or, not free, leave it as often as they enter it).
    bearing
        float64, shape (m, 2): direction of each segment as one leaves u and as one arrives at v,
        in radians.
    free
        True when a row may be passed in either direction.

    Returns
    -------
    list of tuple
        For each trail the rows in order, and whether each is passed from u to v.
    """
    trails = _Trails(graph, steps, bearing, free=free)
    trails.merge()
    return trails.ordered()


class _Trails:
    """Rows with two ends each: end 2r is where row r starts as given, 2r + 1 where it arrives."""

    def __init__(
        self, graph: TravelGraph, steps: Traversals, bearing: NDArray[np.float64], *, free: bool
    ) -> None:
        segment, forward = steps.segment, steps.forward
        self._free, self._forward = free, forward
        junction = np.empty(2 * len(segment), dtype=np.int64)
        junction[::2], junction[1::2] = tails_and_heads(graph, segment, forward)
        # Direction in which one looks when leaving the junction over this end.
        leave_u, leave_v = bearing[segment, 0], bearing[segment, 1] + np.pi
        look = np.empty(2 * len(segment))
        look[::2], look[1::2] = np.where(forward, (leave_u, leave_v), (leave_v, leave_u))
        self._partner = [-1] * len(look)
        order = np.argsort(junction, kind="stable")
        cuts = np.flatnonzero(np.diff(junction[order])) + 1
        self._groups: list[list[int]] = [group.tolist() for group in np.split(order, cuts)]
        self._turns = _turns(self._groups, look, np.repeat(segment, 2))
        for group in self._groups:
            self._pair(group)
            while self._straightened(group):
                pass

    def _turn(self, one: int, two: int) -> float:
        """Return how far one turns between arriving over one end and leaving over another."""
        return self._turns[(one, two) if one < two else (two, one)]

    def _may_meet(self, one: int, two: int) -> bool:
        """Return whether one may arrive over one end and leave over the other."""
        return one != two and (self._free or one % 2 != two % 2)

    def _tie(self, one: int, two: int) -> None:
        self._partner[one], self._partner[two] = two, one

    def _pair(self, group: list[int]) -> None:
        """Pair the ends at one junction, least turn first."""
        pairs = sorted(
            (self._turn(one, two), one, two)
            for one, two in itertools.combinations(group, 2)
            if self._may_meet(one, two)
        )
        for _, one, two in pairs:
            if self._partner[one] < 0 and self._partner[two] < 0:
                self._tie(one, two)

    def _straightened(self, group: list[int]) -> bool:
        """Exchange two pairs where that turns less; nobody then turns round who need not."""
        for one, two in itertools.combinations(group, 2):
            if two != self._partner[one] and self._may_meet(one, two):
                other, another = self._partner[one], self._partner[two]
                if self._extra(one, two) < 0.0:
                    self._tie(one, two)
                    self._tie(other, another)
                    return True
        return False

    def _extra(self, one: int, two: int) -> float:
        """Return how much more one turns when two ends meet, and those that they met so far."""
        other, another = self._partner[one], self._partner[two]
        new = self._turn(one, two) + self._turn(other, another)
        return round(new - self._turn(one, other) - self._turn(two, another), _DIGITS)

    def merge(self) -> None:
        """Exchange pairs of different trails at a junction, least extra turning first."""
        ends = np.arange(len(self._partner))
        pairs = np.concatenate((ends ^ 1, self._partner)).astype(np.int64)
        trail: list[int] = components(len(ends), np.tile(ends, 2), pairs).tolist()
        members: dict[int, list[int]] = {}
        for end, own in enumerate(trail):
            members.setdefault(own, []).append(end)
        heap = [change for at in range(len(self._groups)) for change in self._changes(at, trail)]
        heapq.heapify(heap)
        while heap:
            _, one, two, other, another, at = heapq.heappop(heap)
            known = self._partner[one] == other and self._partner[two] == another
            if known and trail[one] != trail[two]:
                short, long = sorted((trail[one], trail[two]), key=lambda each: len(members[each]))
                members[long] += members[short]
                for end in members.pop(short):
                    trail[end] = long
                self._tie(one, two)
                self._tie(other, another)
                for change in self._changes(at, trail):
                    heapq.heappush(heap, change)

    def _changes(self, at: int, trail: list[int]) -> list[tuple[float, int, int, int, int, int]]:
        """Return the exchanges at a junction that join two trails.

        Each is the extra turning, the two ends to pair, those that they are paired with now, and
        the junction's group.
        """
        return [
            (self._extra(one, two), one, two, self._partner[one], self._partner[two], at)
            for one, two in itertools.combinations(self._groups[at], 2)
            if trail[one] != trail[two] and self._may_meet(one, two)
        ]

    def ordered(self) -> list[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
        """Follow each trail once round."""
        seen = [False] * len(self._forward)
        trails = []
        for row in range(len(seen)):
            ends = []
            here = 2 * row
            while not seen[here // 2]:
                seen[here // 2] = True
                ends.append(here)
                here = self._partner[here ^ 1]
            if ends:
                end = np.array(ends, dtype=np.int64)
                rows = end // 2
                trails.append((rows, self._forward[rows] == (end % 2 == 0)))
        return trails


def _turns(
    groups: list[list[int]], look: NDArray[np.float64], segment: NDArray[np.int64]
) -> dict[tuple[int, int], float]:
    """Return how far one turns between each two ends at a junction, the lower one first."""
    pairs = [pair for group in groups for pair in itertools.combinations(group, 2)]
    one, two = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    turn = np.round(np.abs((look[one] - look[two]) % (2.0 * np.pi) - np.pi), _DIGITS)
    return dict(
        zip(pairs, (turn + _SAME_WAY_BACK * (segment[one] == segment[two])).tolist(), strict=True)
    )
