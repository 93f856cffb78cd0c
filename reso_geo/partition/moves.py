"""Boundary moves: segments change beats one by one, and no beat ever falls apart.

Which segments go are those with the shortest walk from the receiver's base and the longest from the
giver's. A segment that holds a dead end takes the dead end with it.
"""

from __future__ import annotations

import heapq
from collections import deque
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

from reso_geo.partition.piece import apart_share, part_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.partition.piece import Piece

__all__ = ["Scratch"]

_REACH_BEATS = 6.0
"""Walks are looked at as far as this many beats are wide."""


class Scratch:
    """The mutable state of a search over one piece.

    Parameters
    ----------
    piece
        The streets.
    cell
        int64, shape (s,): a connected start.
    count
        Number of beats; those without a required segment get one.
    """

    def __init__(self, piece: Piece, cell: NDArray[np.int64], count: int) -> None:
        self.piece = piece
        self.beat_of: list[int] = cell.tolist()
        self.count = count
        self.over_barriers = False
        self._u: list[int] = piece.u.tolist()
        self._v: list[int] = piece.v.tolist()
        self._at: list[list[int]] = [[] for _ in range(len(piece.xy))]
        for segment, (a, b) in enumerate(zip(self._u, self._v, strict=True)):
            self._at[a].append(segment)
            if b != a:
                self._at[b].append(segment)
        self._required: list[bool] = piece.required.tolist()
        self._barred: list[bool] = piece.barred.tolist()
        self._own: list[set[int]] = [set() for _ in range(count)]
        self._needed = [0] * count
        for segment, beat in enumerate(self.beat_of):
            self._own[beat].add(segment)
            self._needed[beat] += self._required[segment]
        self._fill_empty()
        self._base = [piece.middle_junction(self.own(b), piece.load_s) for b in range(count)]
        self._walks: dict[int, NDArray[np.float64]] = {}
        width = float(np.hypot(*np.ptp(piece.xy, axis=0))) / np.sqrt(count)
        self._reach_m = _REACH_BEATS * width + 1.0

    def cells(self) -> NDArray[np.int64]:
        """Give the beat of each segment, shape (s,)."""
        return np.array(self.beat_of, dtype=np.int64)

    def own(self, beat: int) -> NDArray[np.int64]:
        """Give the segments of a beat, by their place in the piece.

        Parameters
        ----------
        beat
            Which one.

        Returns
        -------
        ndarray of int64
            Ascending.
        """
        return np.array(sorted(self._own[beat]), dtype=np.int64)

    def set_base(self, beat: int, junction: int) -> None:
        """Say where a beat is walked from.

        Parameters
        ----------
        beat
            Which one.
        junction
            Of the piece.
        """
        if junction != self._base[beat]:
            self._base[beat] = junction
            self._walks.pop(beat, None)

    def walks_m(self, beat: int) -> NDArray[np.float64]:
        """Give the walk from a beat's base to every junction of the piece.

        Parameters
        ----------
        beat
            Which one.

        Returns
        -------
        ndarray of float64, shape (n,)
            Metres; what lies beyond the reach of any beat counts as lying there.
        """
        if beat not in self._walks:
            walk = dijkstra(self.piece.ways, indices=self._base[beat], limit=self._reach_m)
            self._walks[beat] = np.minimum(walk, self._reach_m)
        return self._walks[beat]

    def apart_share(self, beat: int) -> float:
        """Give the share of a beat's load that lies across a barrier from its largest part.

        Parameters
        ----------
        beat
            Which one.

        Returns
        -------
        float
            Zero when nothing does.
        """
        own = self.own(beat)
        if not self.piece.barred[own].any():
            return 0.0
        part = part_of(self.piece, own)
        return float(apart_share(part, np.zeros(len(own), dtype=np.int64), part.load_s, 1)[0])

    def neighbours(self) -> list[tuple[int, int]]:
        """Give the pairs of beats that meet at a junction, lower first."""
        cell = self.cells()
        ends = np.concatenate((self.piece.u, self.piece.v))
        held = np.unique(ends * self.count + np.concatenate((cell, cell)))
        node, beat = np.divmod(held, self.count)
        pairs: set[tuple[int, int]] = set()
        bounds = np.flatnonzero(np.diff(node, prepend=-1, append=-1))
        for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            pairs.update(combinations(beat[first:last].tolist(), 2))
        return sorted(pairs)

    def neighbours_of(self, beat: int) -> list[int]:
        """Give the beats that meet one at a junction.

        Parameters
        ----------
        beat
            Which one.

        Returns
        -------
        list of int
            Ascending.
        """
        nodes = {node for s in self._own[beat] for node in (self._u[s], self._v[s])}
        found = {self.beat_of[near] for node in nodes for near in self._at[node]}
        return sorted(found - {beat})

    def _give(self, segment: int, beat: int) -> None:
        old, needed = self.beat_of[segment], self._required[segment]
        self._own[old].remove(segment)
        self._own[beat].add(segment)
        self._needed[old] -= needed
        self._needed[beat] += needed
        self.beat_of[segment] = beat

    def side_of(self, segment: int) -> list[int]:
        """Give what would be cut off its beat if a segment left: the smaller side, or nothing.

        Searches from both ends in turn, so that a loop is found in about its own length and a dead
        end in about its own size.

        Parameters
        ----------
        segment
            Place in the piece.

        Returns
        -------
        list of int
            Segments, ascending; empty when the beat would hang together without it.
        """
        beat = self.beat_of[segment]
        starts = (self._u[segment], self._v[segment])
        if starts[0] == starts[1]:
            return []
        seen_nodes = ({starts[0]}, {starts[1]})
        seen_segments: tuple[set[int], set[int]] = (set(), set())
        queues = (deque(starts[:1]), deque(starts[1:]))
        while True:
            for side in (0, 1):
                if not queues[side]:
                    return sorted(seen_segments[side])
                node = queues[side].popleft()
                for near in self._at[node]:
                    if near == segment or self.beat_of[near] != beat:
                        continue
                    seen_segments[side].add(near)
                    other = self._u[near] + self._v[near] - node
                    if other in seen_nodes[1 - side]:
                        return []
                    if other not in seen_nodes[side]:
                        seen_nodes[side].add(other)
                        queues[side].append(other)

    def other_side(self, segment: int, side: list[int]) -> list[int]:
        """Give the rest of a segment's beat, without the segment and a side of it.

        Parameters
        ----------
        segment
            Place in the piece.
        side
            From `side_of`.

        Returns
        -------
        list of int
            Segments, ascending.
        """
        return sorted(self._own[self.beat_of[segment]] - {segment, *side})

    def put_back(self, segments: list[int], beat: int) -> None:
        """Undo a `shift`: give segments back to the beat that they came from.

        Parameters
        ----------
        segments
            What the shift moved.
        beat
            Where they came from.
        """
        for segment in segments:
            self._give(segment, beat)

    def restore(self, cells: NDArray[np.int64]) -> None:
        """Go back to an earlier state of all segments.

        Parameters
        ----------
        cells
            int64, shape (s,): from `cells`.
        """
        for segment in np.flatnonzero(self.cells() != cells).tolist():
            self._give(segment, int(cells[segment]))

    def shift(self, giver: int, taker: int, amount_s: float, load_s: list[float]) -> list[int]:
        """Move segments from one beat to a neighbour until about an amount of load has moved.

        Parameters
        ----------
        giver, taker
            Beats.
        amount_s
            Load to move, seconds per week.
        load_s
            What each segment counts for.

        Returns
        -------
        list of int
            Segments moved.
        """
        pull = self._pull(giver, taker)
        queue = [(pull[s], s) for s in self._own[giver] if self._touches(s, taker)]
        heapq.heapify(queue)
        gone: list[int] = []
        moved, left = 0.0, self._needed[giver]
        while queue and moved < amount_s:
            _, segment = heapq.heappop(queue)
            if self.beat_of[segment] != giver or not self._touches(segment, taker):
                continue
            group = self._group(segment, giver)
            weight = sum(load_s[s] for s in group)
            needed = sum(self._required[s] for s in group)
            if needed >= left or moved + weight / 2.0 > amount_s:
                continue
            for s in group:
                self._give(s, taker)
                for node in (self._u[s], self._v[s]):
                    for near in self._at[node]:
                        if self.beat_of[near] == giver:
                            heapq.heappush(queue, (pull[near], near))
            gone.extend(group)
            moved += weight
            left -= needed
        return gone

    def give_one(self, giver: int, taker: int, amount_s: float, load_s: list[float]) -> list[int]:
        """Move the one segment, with what hangs on it, whose load is nearest to an amount.

        Parameters
        ----------
        giver, taker
            Beats.
        amount_s
            Load to move, seconds per week.
        load_s
            What each segment counts for.

        Returns
        -------
        list of int
            Segments moved; empty when none would bring the two nearer to what is wanted.
        """
        best, least = [], amount_s
        for segment in sorted(self._own[giver]):
            if not self._touches(segment, taker):
                continue
            group = self._group(segment, giver)
            off = abs(sum(load_s[s] for s in group) - amount_s)
            if off < least and sum(self._required[s] for s in group) < self._needed[giver]:
                best, least = group, off
        for segment in best:
            self._give(segment, taker)
        return best

    def _group(self, segment: int, giver: int) -> list[int]:
        """Give a segment with the side that would fall off; never the side of the giver's base."""
        side = self.side_of(segment)
        base = self._base[giver]
        if any(base in (self._u[s], self._v[s]) for s in side):
            side = self.other_side(segment, side)
        return [segment, *side]

    def _touches(self, segment: int, beat: int) -> bool:
        """Tell whether a segment meets a beat where segments may change hands."""
        return any(
            self.beat_of[near] == beat and (self.over_barriers or not self._barred[near])
            for node in (self._u[segment], self._v[segment])
            for near in self._at[node]
        )

    def _pull(self, giver: int, taker: int) -> dict[int, float]:
        """Give how much nearer each of the giver's segments is to the taker's base than to its own.

        Negative where it is nearer.
        """
        own = self.own(giver)
        nearer = self.walks_m(taker) - self.walks_m(giver)
        pull = nearer[self.piece.u[own]] + nearer[self.piece.v[own]]
        return dict(zip(own.tolist(), pull.tolist(), strict=True))

    def _fill_empty(self) -> None:
        """Give every beat without a required segment one from the beat that has most."""
        for beat in range(self.count):
            if not self._needed[beat]:
                rich = max(range(self.count), key=lambda b: (self._needed[b], -b))
                self._hand_over(beat)
                self._split_one(rich, beat)

    def _hand_over(self, beat: int) -> None:
        """Give all segments of a beat to its neighbours."""
        own = sorted(self._own[beat])
        while own:
            rest = []
            for s in own:
                near = sorted(
                    self.beat_of[n]
                    for node in (self._u[s], self._v[s])
                    for n in self._at[node]
                    if self.beat_of[n] != beat
                )
                if near:
                    self._give(s, near[0])
                else:
                    rest.append(s)
            own = rest

    def _split_one(self, rich: int, beat: int) -> None:
        """Cut a small connected part with a required segment off a beat with two or more."""
        own = sorted(self._own[rich])
        total = self._needed[rich]
        best: list[int] = []
        for s in own:
            if not self._required[s]:
                continue
            side = self.side_of(s)
            for group in ([s, *side], [s, *self.other_side(s, side)] if side else []):
                needed = sum(self._required[g] for g in group)
                if 0 < needed < total and (not best or len(group) < len(best)):
                    best = group
            if len(best) == 1:
                break
        for s in best:
            self._give(s, beat)
