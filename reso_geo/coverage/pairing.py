"""Pairing: which way to leave a junction after each way in, so that closed trails become one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.coverage.graph import TravelGraph
    from reso_geo.coverage.passage import Passage

__all__ = ["paired"]

_SAME_WAY_BACK = 1.0
"""Turning round on the spot counts as half a turn and this much more, in radians."""


def paired(
    graph: TravelGraph, passage: Passage, bearing: NDArray[np.float64], *, free: bool
) -> list[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
    """Order passages into as few closed trails as hang together, turning little.

    Parameters
    ----------
    graph
        The mode's ways.
    passage
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
    trails = _Trails(graph, passage, bearing, free=free)
    trails.merge()
    return trails.ordered()


class _Trails:
    """Rows with two ends each: end 2r is where row r starts as given, 2r + 1 where it arrives."""

    def __init__(
        self, graph: TravelGraph, passage: Passage, bearing: NDArray[np.float64], *, free: bool
    ) -> None:
        segment, forward = passage.segment, passage.forward
        self._free, self._forward = free, forward
        u, v = graph.u[segment], graph.v[segment]
        self._junction = np.empty(2 * len(segment), dtype=np.int64)
        self._junction[::2] = np.where(forward, u, v)
        self._junction[1::2] = np.where(forward, v, u)
        # Direction in which one looks when leaving the junction over this end.
        leave_u, leave_v = bearing[segment, 0], bearing[segment, 1] + np.pi
        self._look = np.empty(2 * len(segment))
        self._look[::2] = np.where(forward, leave_u, leave_v)
        self._look[1::2] = np.where(forward, leave_v, leave_u)
        self._segment = np.repeat(segment, 2)
        self._partner = np.full(2 * len(segment), -1, dtype=np.int64)
        order = np.argsort(self._junction, kind="stable")
        starts = np.flatnonzero(np.diff(self._junction[order], prepend=-1))
        self._groups = (
            [group.tolist() for group in np.split(order, starts[1:])] if len(order) else []
        )
        for group in self._groups:
            self._pair(group)

    def _turn(self, one: int, two: int) -> float:
        """Give how far one turns between arriving over one end and leaving over another."""
        turn = abs((self._look[one] - self._look[two]) % (2.0 * np.pi) - np.pi)
        same = self._segment[one] == self._segment[two]
        return float(turn) + (_SAME_WAY_BACK if same else 0.0)

    def _may_meet(self, one: int, two: int) -> bool:
        """Tell whether one may arrive over one end and leave over the other."""
        return one != two and (self._free or one % 2 != two % 2)

    def _pair(self, group: list[int]) -> None:
        """Pair the ends at one junction, least turn first."""
        pairs = sorted(
            (self._turn(one, two), one, two)
            for place, one in enumerate(group)
            for two in group[place + 1 :]
            if self._may_meet(one, two)
        )
        for _, one, two in pairs:
            if self._partner[one] < 0 and self._partner[two] < 0:
                self._partner[one], self._partner[two] = two, one

    def _labels(self) -> NDArray[np.int64]:
        """Give each end the number of its trail: rows and pairs both hold ends together."""
        label = np.full(len(self._partner), -1, dtype=np.int64)
        count = 0
        for first in range(len(label)):
            here = first
            while label[here] < 0:
                label[here] = label[here ^ 1] = count
                here = int(self._partner[here ^ 1])
            count += here == first
        return label

    def merge(self) -> None:
        """Exchange pairs of different trails at a junction, least extra turning first."""
        label = self._labels()
        root = list(range(int(label.max(initial=-1)) + 1))

        def top(x: int) -> int:
            while root[x] != x:
                root[x] = root[root[x]]
                x = root[x]
            return x

        meetings = [group for group in self._groups if len({int(label[end]) for end in group}) > 1]
        while True:
            best = [
                change
                for group in meetings
                for change in self._changes(group, [top(int(label[end])) for end in group])
            ]
            if not best:
                return
            for _, one, two in sorted(best):
                other, another = int(self._partner[one]), int(self._partner[two])
                if top(int(label[one])) == top(int(label[two])):
                    continue
                root[top(int(label[one]))] = top(int(label[two]))
                self._partner[one], self._partner[two] = two, one
                self._partner[other], self._partner[another] = another, other

    def _changes(self, group: list[int], trail: list[int]) -> list[tuple[float, int, int]]:
        """Give the exchanges here that join two trails: extra turning, and two ends to pair."""
        if len(set(trail)) == 1:
            return []
        found = []
        for place, one in enumerate(group):
            for spot in range(place + 1, len(group)):
                two = group[spot]
                other, another = int(self._partner[one]), int(self._partner[two])
                if trail[place] == trail[spot] or not self._may_meet(one, two):
                    continue
                extra = (
                    self._turn(one, two)
                    + self._turn(other, another)
                    - self._turn(one, other)
                    - self._turn(two, another)
                )
                found.append((extra, one, two))
        return found

    def ordered(self) -> list[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
        """Follow each trail once round."""
        seen = np.zeros(len(self._forward), dtype=bool)
        trails = []
        for row in range(len(seen)):
            ends = []
            here = 2 * row
            while not seen[here // 2]:
                seen[here // 2] = True
                ends.append(here)
                here = int(self._partner[here ^ 1])
            if ends:
                end = np.array(ends, dtype=np.int64)
                rows = end // 2
                trails.append((rows, self._forward[rows] == (end % 2 == 0)))
        return trails
