"""Thinning: take out junctions where a path only passes through, and lanes that lead nowhere."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from reso_geo.coverage.graph import TravelGraph

__all__ = ["Lane", "thinned"]

_THROUGH = 2


@dataclass(frozen=True)
class Lane:
    """A path that nothing is to be done along.

    Attributes
    ----------
    path
        Junctions from one end to the other.
    there, back
        Ticks along it and back, infinite where closed.
    required
        True for a required segment: it may serve as a way, but stays.
    """

    path: tuple[int, ...]
    there: float
    back: float
    required: bool = False

    def turned(self) -> Lane:
        """Return the same lane from the other end."""
        return Lane(self.path[::-1], self.back, self.there, self.required)

    def serves(self, other: Lane) -> bool:
        """Return whether this lane is never dearer.

        Parameters
        ----------
        other
            A lane with the same ends, from the same one on.

        Returns
        -------
        bool
            True when both of its directions cost at most as much.
        """
        return self.there <= other.there and self.back <= other.back


class _Lanes:
    """Lanes by their ends, changed in place."""

    def __init__(self) -> None:
        self.at: dict[int, dict[int, Lane]] = {}
        self._next = 0

    def add(self, lane: Lane) -> None:
        """Add a lane unless another one serves as well; drop those that it serves better than."""
        one, two = lane.path[0], lane.path[-1]
        if not lane.required:
            for number, other in list(self.at.get(one, {}).items()):
                rival = other if other.path[0] == one else other.turned()
                if rival.path[-1] != two:
                    continue
                if rival.serves(lane):
                    return
                if not other.required and lane.serves(rival):
                    self.drop(number, other)
        for end in (one, two):
            self.at.setdefault(end, {})[self._next] = lane
        self._next += 1

    def drop(self, number: int, lane: Lane) -> None:
        """Take a lane out."""
        for end in (lane.path[0], lane.path[-1]):
            self.at[end].pop(number, None)

    def thin(self, node: int) -> list[int]:
        """Take out a junction if paths only pass through it; give the junctions to look at next."""
        here = list(self.at.get(node, {}).items())
        if len(here) > _THROUGH:
            return []
        for number, lane in here:
            self.drop(number, lane)
        del self.at[node]
        lanes = [lane if lane.path[0] == node else lane.turned() for _, lane in here]
        ends = [lane.path[-1] for lane in lanes]
        if len(lanes) == _THROUGH and ends[0] != ends[1]:
            into, out = lanes[0].turned(), lanes[1]
            there, back = into.there + out.there, into.back + out.back
            if min(there, back) < math.inf:
                self.add(Lane(into.path + out.path[1:], there, back))
        return ends


def thinned(
    whole: TravelGraph,
    links: NDArray[np.int64],
    segments: NDArray[np.int64],
    stop: NDArray[np.bool_],
) -> list[Lane]:
    """Turn links into as few lanes as hold the same shortest paths between stops.

    Parameters
    ----------
    whole
        The mode's ways.
    links
        int64: links that paths may use.
    segments
        int64: required segments, which may be used as well.
    stop
        bool, shape (n,): junctions that stay.

    Returns
    -------
    list of Lane
        Without the required segments.
    """
    lanes = _Lanes()
    for u, v, there, back in zip(
        whole.u[segments].tolist(),
        whole.v[segments].tolist(),
        whole.forward[segments].tolist(),
        whole.backward[segments].tolist(),
        strict=True,
    ):
        if u != v:
            lanes.add(Lane((u, v), there, back, required=True))
    link = whole.links
    for a, b, there, back in zip(
        link.a[links].tolist(),
        link.b[links].tolist(),
        link.there[links].tolist(),
        link.back[links].tolist(),
        strict=True,
    ):
        lanes.add(Lane((a, b), there, back))
    todo = [node for node in lanes.at if not stop[node]]
    while todo:
        node = todo.pop()
        if node in lanes.at:
            todo.extend(end for end in lanes.thin(node) if not stop[end])
    left = {n: lane for ways in lanes.at.values() for n, lane in ways.items() if not lane.required}
    return [left[number] for number in sorted(left)]
