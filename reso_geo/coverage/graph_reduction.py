"""Reduction: take out junctions where a path only passes through, and edges that lead nowhere."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from reso_geo.coverage.graph import TravelGraph

__all__ = ["Edge", "reduced"]

_THROUGH = 2


@dataclass(frozen=True)
class Edge:
    """A path that nothing is to be done along.

    Attributes
    ----------
    path
        Junctions from one end to the other.
    there, back
        Ticks along it and back, infinite where closed.
    required
        True for a required segment: it may serve as a path, but stays.
    """

    path: tuple[int, ...]
    there: float
    back: float
    required: bool = False

    def turned(self) -> Edge:
        """Return the same edge from the other end."""
        return Edge(self.path[::-1], self.back, self.there, self.required)

    def serves(self, other: Edge) -> bool:
        """Return whether this edge is never dearer.

        Parameters
        ----------
        other
            A edge with the same ends, from the same one on.

        Returns
        -------
        bool
            True when both of its directions cost at most as much.
        """
        return self.there <= other.there and self.back <= other.back


class _Edges:
    """Edges by their ends, changed in place."""

    def __init__(self) -> None:
        self.at: dict[int, dict[int, Edge]] = {}
        self._next = 0

    def add(self, edge: Edge) -> None:
        """Add a edge unless another one serves as well; drop those that it serves better than."""
        one, two = edge.path[0], edge.path[-1]
        if not edge.required:
            for number, other in list(self.at.get(one, {}).items()):
                rival = other if other.path[0] == one else other.turned()
                if rival.path[-1] != two:
                    continue
                if rival.serves(edge):
                    return
                if not other.required and edge.serves(rival):
                    self.drop(number, other)
        for end in (one, two):
            self.at.setdefault(end, {})[self._next] = edge
        self._next += 1

    def drop(self, number: int, edge: Edge) -> None:
        """Remove an edge."""
        for end in (edge.path[0], edge.path[-1]):
            self.at[end].pop(number, None)

    def reduce(self, node: int) -> list[int]:
        """Remove a junction if paths only pass through it; return the junctions to look at next."""
        here = list(self.at.get(node, {}).items())
        if len(here) > _THROUGH:
            return []
        for number, edge in here:
            self.drop(number, edge)
        del self.at[node]
        edges = [edge if edge.path[0] == node else edge.turned() for _, edge in here]
        ends = [edge.path[-1] for edge in edges]
        if len(edges) == _THROUGH and ends[0] != ends[1]:
            into, out = edges[0].turned(), edges[1]
            there, back = into.there + out.there, into.back + out.back
            if min(there, back) < math.inf:
                self.add(Edge(into.path + out.path[1:], there, back))
        return ends


def reduced(
    whole: TravelGraph,
    links: NDArray[np.int64],
    segments: NDArray[np.int64],
    stop: NDArray[np.bool_],
) -> list[Edge]:
    """Turn links into as few edges as hold the same shortest paths between stops.

    Parameters
    ----------
    whole
        The mode's travel graph.
    links
        int64: links that paths may use.
    segments
        int64: required segments, which may be used as well.
    stop
        bool, shape (n,): junctions that stay.

    Returns
    -------
    list of Edge
        Without the required segments.
    """
    edges = _Edges()
    for u, v, there, back in zip(
        whole.u[segments].tolist(),
        whole.v[segments].tolist(),
        whole.forward[segments].tolist(),
        whole.backward[segments].tolist(),
        strict=True,
    ):
        if u != v:
            edges.add(Edge((u, v), there, back, required=True))
    link = whole.links
    for a, b, there, back in zip(
        link.a[links].tolist(),
        link.b[links].tolist(),
        link.there[links].tolist(),
        link.back[links].tolist(),
        strict=True,
    ):
        edges.add(Edge((a, b), there, back))
    todo = [node for node in edges.at if not stop[node]]
    while todo:
        node = todo.pop()
        if node in edges.at:
            todo.extend(end for end in edges.reduce(node) if not stop[end])
    left = {
        n: edge
        for edges_there in edges.at.values()
        for n, edge in edges_there.items()
        if not edge.required
    }
    return [left[number] for number in sorted(left)]
