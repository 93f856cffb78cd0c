"""Assignment: the beats of one region while a search changes them, and what would fall apart."""

from __future__ import annotations

from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.region import Region

__all__ = ["Assignment"]

_REACH_BEATS = 6.0
"""Walks are looked at as far as this many beats are wide: no move reaches farther."""


class Assignment:
    """The mutable state of a search over one region.

    Parameters
    ----------
    region
        The streets.
    labels
        int64, shape (s,): a connected start.
    count
        Number of beats; those without a required segment get one.

    Attributes
    ----------
    beat_of
        Beat of each segment.
    at
        Segments at each junction.
    required
        Whether patrol must pass each segment.
    needed
        How many such segments each beat holds.
    """

    def __init__(self, region: Region, labels: NDArray[np.int64], count: int) -> None:
        self.region = region
        self.beat_of: list[int] = labels.tolist()
        self.count = count
        self._u: list[int] = region.u.tolist()
        self._v: list[int] = region.v.tolist()
        self.at = region.at
        self.required: list[bool] = region.required.tolist()
        self._barred: list[bool] = region.barred.tolist()
        self._own: list[set[int]] = [set() for _ in range(count)]
        self._sorted: list[NDArray[np.int64] | None] = [None] * count
        self.needed = [0] * count
        for segment, beat in enumerate(self.beat_of):
            self._own[beat].add(segment)
            self.needed[beat] += self.required[segment]
        self._fill_empty()
        self._base: dict[int, int] = {}
        self._walks: dict[int, NDArray[np.float64]] = {}
        width = float(np.hypot(*np.ptp(region.xy, axis=0))) / np.sqrt(count)
        self._reach_m = _REACH_BEATS * width + 1.0

    def labels(self) -> NDArray[np.int64]:
        """Return the beat of each segment, shape (s,)."""
        return np.array(self.beat_of, dtype=np.int64)

    def own(self, beat: int) -> NDArray[np.int64]:
        """Return the segments of a beat, by their place in the region.

        Parameters
        ----------
        beat
            Which one.

        Returns
        -------
        ndarray of int64
            Ascending; read-only.
        """
        own = self._sorted[beat]
        if own is None:
            own = self._sorted[beat] = np.array(sorted(self._own[beat]), dtype=np.int64)
            own.flags.writeable = False
        return own

    def set_base(self, beat: int, junction: int) -> None:
        """Describe where a beat is walked from.

        Parameters
        ----------
        beat
            Which one.
        junction
            Of the region.
        """
        if junction != self._base.get(beat):
            self._base[beat] = junction
            self._walks.pop(beat, None)

    def _base_of(self, beat: int) -> int:
        if beat not in self._base:
            self._base[beat] = self.region.middle_junction(self.own(beat), self.region.load_s)
        return self._base[beat]

    def at_base(self, beat: int) -> list[int]:
        """Return one segment of a beat that surely stays: one to cover where it is walked from.

        Parameters
        ----------
        beat
            Which one.

        Returns
        -------
        list of int
            Its place in the region.
        """
        near = [s for s in self.at[self._base_of(beat)] if self.beat_of[s] == beat]
        return [s for s in near if self.required[s]][:1] or near[:1] or self.own(beat)[:1].tolist()

    def walks_m(self, beat: int) -> NDArray[np.float64]:
        """Return the walk from a beat's base to every junction of the region.

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
            walk = dijkstra(self.region.matrix, indices=self._base_of(beat), limit=self._reach_m)
            self._walks[beat] = np.minimum(walk, self._reach_m)
        return self._walks[beat]

    @cached_property
    def mean_walk_m(self) -> float:
        """Mean walk from the base of a beat to its load when first asked for, in metres."""
        region = self.region
        walked = 0.0
        for beat in range(self.count):
            own, walk = self.own(beat), self.walks_m(beat)
            walked += float((walk[region.u[own]] + walk[region.v[own]]) @ region.load_s[own]) / 2.0
        return max(walked / max(float(region.load_s.sum()), 1e-9), 1.0)

    def neighbours_of(self, beat: int) -> list[int]:
        """Return the beats that meet one at a junction.

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
        found = {self.beat_of[near] for node in nodes for near in self.at[node]}
        return sorted(found - {beat})

    def give(self, segment: int, beat: int) -> None:
        """Assign a segment to a beat, whatever falls apart.

        Parameters
        ----------
        segment
            Place in the region.
        beat
            Which one.
        """
        old, needed = self.beat_of[segment], self.required[segment]
        self._sorted[old] = self._sorted[beat] = None
        self._own[old].remove(segment)
        self._own[beat].add(segment)
        self.needed[old] -= needed
        self.needed[beat] += needed
        self.beat_of[segment] = beat

    def side_of(self, segment: int) -> list[int]:
        """Return what would be cut off its beat if a segment left: the smaller side, or nothing.

        Searches from both ends in turn, so that a loop is found in about its own length and a dead
        end in about its own size.

        Parameters
        ----------
        segment
            Place in the region.

        Returns
        -------
        list of int
            Segments, ascending; empty when the beat is connected without it.
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
                for near in self.at[node]:
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
        """Return the rest of a segment's beat, without the segment and a side of it.

        Parameters
        ----------
        segment
            Place in the region.
        side
            From `side_of`.

        Returns
        -------
        list of int
            Segments, ascending.
        """
        return sorted(self._own[self.beat_of[segment]] - {segment, *side})

    def ends(self, segment: int) -> tuple[int, int]:
        """Return the junctions at the ends of a segment.

        Parameters
        ----------
        segment
            Place in the region.

        Returns
        -------
        tuple of int
            Its u and v.
        """
        return self._u[segment], self._v[segment]

    def beats_at(self, segment: int) -> list[int]:
        """Return the other beats that a segment meets.

        Parameters
        ----------
        segment
            Place in the region.

        Returns
        -------
        list of int
            Ascending.
        """
        ends = (self._u[segment], self._v[segment])
        found = {self.beat_of[near] for node in ends for near in self.at[node]}
        return sorted(found - {self.beat_of[segment]})

    def group(self, segment: int, giver: int) -> list[int]:
        """Return a segment with the side that would fall off; never the side of the giver's base.

        Parameters
        ----------
        segment
            Place in the region.
        giver
            Its beat.

        Returns
        -------
        list of int
            What leaves together.
        """
        side = self.side_of(segment)
        base = self._base_of(giver)
        if any(base in (self._u[s], self._v[s]) for s in side):
            side = self.other_side(segment, side)
        return [segment, *side]

    def touches(self, segment: int, beat: int, *, over_barriers: bool = False) -> bool:
        """Return whether a segment meets a beat where segments may change hands.

        Parameters
        ----------
        segment
            Place in the region.
        beat
            Which one.
        over_barriers
            True where segments may change hands across a barrier.

        Returns
        -------
        bool
            Whether it does.
        """
        return any(
            self.beat_of[near] == beat and (over_barriers or not self._barred[near])
            for node in (self._u[segment], self._v[segment])
            for near in self.at[node]
        )

    def border(self, giver: int, taker: int, *, over_barriers: bool = False) -> list[int]:
        """Return the segments of one beat that touch another, all looked at at once.

        Parameters
        ----------
        giver, taker
            Beats.
        over_barriers
            As for `touches`.

        Returns
        -------
        list of int
            Segments of the giver, ascending; see `touches`.
        """
        region, own, other = self.region, self.own(giver), self.own(taker)
        if not over_barriers:
            other = other[~region.barred[other]]
        there = np.zeros(len(region.xy), dtype=bool)
        there[region.u[other]] = there[region.v[other]] = True
        found: list[int] = own[there[region.u[own]] | there[region.v[own]]].tolist()
        return found

    def _fill_empty(self) -> None:
        """Assign every beat without a required segment one from the beat that has most."""
        for beat in range(self.count):
            if not self.needed[beat]:
                rich = max(range(self.count), key=lambda b: (self.needed[b], -b))
                self._hand_over(beat)
                self._split_one(rich, beat)

    def _hand_over(self, beat: int) -> None:
        """Assign all segments of a beat to its neighbours."""
        own = sorted(self._own[beat])
        while own:
            rest = []
            for s in own:
                near = sorted(
                    self.beat_of[n]
                    for node in (self._u[s], self._v[s])
                    for n in self.at[node]
                    if self.beat_of[n] != beat
                )
                if near:
                    self.give(s, near[0])
                else:
                    rest.append(s)
            own = rest

    def _split_one(self, rich: int, beat: int) -> None:
        """Cut a small connected part with a required segment off a beat with two or more."""
        own = sorted(self._own[rich])
        total = self.needed[rich]
        best: list[int] = []
        for s in own:
            if not self.required[s]:
                continue
            side = self.side_of(s)
            for group in ([s, *side], [s, *self.other_side(s, side)] if side else []):
                needed = sum(self.required[g] for g in group)
                if 0 < needed < total and (not best or len(group) < len(best)):
                    best = group
            if len(best) == 1:
                break
        for s in best:
            self.give(s, beat)
