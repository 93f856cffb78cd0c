"""ReducedGraph: a beat's required segments and the paths around them, as a graph of their own.

Whenever a tour leaves the required junctions it comes back to one of them, and on the way it may as
well take a shortest path. So the rest of the city can be replaced by the shortest paths between
those required junctions that have a path out, and no tour gets dearer. Junctions where such paths
only pass through are then taken out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

from reso_geo.coverage.graph import TravelGraph
from reso_geo.coverage.graph_reduction import Edge, reduced
from reso_geo.coverage.traversals import Traversals, over_links

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

__all__ = ["ReducedGraph", "ReducedGraphs", "near_graph", "reduced_graph"]

_HUBS = 12
_GROUP = 24
"""Searches with one limit."""


@dataclass(frozen=True)
class ReducedGraph:
    """A small graph that holds a shortest tour through the required segments.

    Attributes
    ----------
    graph
        Its segments: first the required ones, then edges that stand for paths.
    required
        How many of its segments are required.
    base
        Its junction where tours start and end.
    segment
        int64, shape (required,): the required segments in the whole graph.
    edge
        The path of every other segment: junctions of the whole graph from u to v.
    """

    graph: TravelGraph
    required: int
    base: int
    segment: NDArray[np.int64]
    edge: tuple[tuple[int, ...], ...]

    @property
    def columns(self) -> int:
        """Number of directions in which its segments can be passed; one each where symmetric."""
        return len(self.graph.u) * (1 if self.graph.symmetric else 2)

    def expanded(self, whole: TravelGraph, steps: Traversals) -> Traversals:
        """Return traversals of the small graph as those of the whole graph.

        Parameters
        ----------
        whole
            The graph that this one was taken from.
        steps
            What is passed here.

        Returns
        -------
        Traversals
            The same in segments of the whole graph.
        """
        own = steps.segment < self.required
        tail: list[int] = []
        head: list[int] = []
        for segment, forward in zip(
            steps.segment[~own].tolist(), steps.forward[~own].tolist(), strict=True
        ):
            path = self.edge[segment - self.required]
            path = path if forward else path[::-1]
            tail.extend(path[:-1])
            head.extend(path[1:])
        over = over_links(whole, np.array(tail, dtype=np.int64), np.array(head, dtype=np.int64))
        return Traversals(
            np.concatenate((self.segment[steps.segment[own]], over.segment)),
            np.concatenate((steps.forward[own], over.forward)),
            np.concatenate((steps.patrol[own], over.patrol)),
        )


class ReducedGraphs:
    """The paths around some required segments, worked out when they are first asked for.

    Parameters
    ----------
    graph
        The mode's travel graph.
    segments
        int64, shape (k,): required segments in ascending order, all in the base's component.
    base
        Junction where tours start and end.
    """

    def __init__(self, graph: TravelGraph, segments: NDArray[np.int64], base: int) -> None:
        self.graph, self.base = graph, base
        self._segments = segments

    @cached_property
    def _all(self) -> ReducedGraph:
        return reduced_graph(self.graph, self._segments, self.base)

    def nested(self, segments: NDArray[np.int64]) -> tuple[ReducedGraph, ...]:
        """Return the small graph around all the segments or some of them.

        Parameters
        ----------
        segments
            int64: in ascending order.

        Returns
        -------
        tuple of ReducedGraph
            The smallest first, each taken from the next one, the last one from the whole graph.
        """
        near = self._all
        if len(segments) == len(self._segments):
            return (near,)
        some = np.searchsorted(self._segments, segments)
        return reduced_graph(near.graph, some, near.base), near


def reduced_graph(whole: TravelGraph, segments: NDArray[np.int64], base: int) -> ReducedGraph:
    """Return the graph around some required segments as a part of the whole.

    Parameters
    ----------
    whole
        The mode's travel graph.
    segments
        int64, shape (k,): required segments, all in the base's component.
    base
        Junction where the tour starts and ends.

    Returns
    -------
    ReducedGraph
        With a shortest tour as short as in the whole graph.
    """
    link = whole.links
    stop = np.zeros(whole.node_count, dtype=bool)
    stop[whole.u[segments]] = stop[whole.v[segments]] = stop[base] = True
    leaving = stop[link.a] != stop[link.b]
    ends = np.concatenate((link.a[leaving], link.b[leaving]))
    border = np.unique(ends[stop[ends]])
    path = _path_links(whole, np.flatnonzero(stop), border, base)
    kept = np.union1d(path, np.flatnonzero(stop[link.a] & stop[link.b]))
    return _as_graph(whole, segments, base, reduced(whole, kept, segments, stop))


def near_graph(
    whole: TravelGraph, segments: NDArray[np.int64], base: int, links: NDArray[np.int64]
) -> ReducedGraph:
    """Return the graph of some required segments and of what else may be travelled.

    Parameters
    ----------
    whole
        The mode's travel graph.
    segments
        int64, shape (k,): required segments.
    base
        Junction where the tour starts and ends.
    links
        int64: the links that it may use, each once.

    Returns
    -------
    ReducedGraph
        Its tours are tours of the whole, the shortest ones perhaps not.
    """
    stop = np.zeros(whole.node_count, dtype=bool)
    stop[whole.u[segments]] = stop[whole.v[segments]] = stop[base] = True
    return _as_graph(whole, segments, base, reduced(whole, links, segments, stop))


def _path_links(
    whole: TravelGraph, stops: NDArray[np.int64], border: NDArray[np.int64], base: int
) -> NDArray[np.int64]:
    """Return the links of one shortest path from each border junction to each other one."""
    if not len(border):
        return np.empty(0, dtype=np.int64)
    matrix = whole.matrix
    back = matrix if whole.symmetric else matrix.T.tocsr()
    # No shortest path between two stops is longer than the path over the base.
    reach = sum(float(dijkstra(w, indices=base)[stops].max()) for w in (matrix, back))
    leave, come = (dijkstra(w, indices=border, min_only=True, limit=reach) for w in (matrix, back))
    ball = np.flatnonzero((leave + come <= reach) & np.isfinite(leave + come))
    place = np.full(whole.node_count, -1, dtype=np.int64)
    place[ball] = np.arange(len(ball))
    near, ends = matrix[ball][:, ball], place[border]
    # Whoever goes away from the border pays at once for coming back (Hart et al. 1968): a search
    # with a limit leaves out what is too far away, and nothing changes between two of its ends.
    near.data += np.repeat(-come[ball], np.diff(near.indptr)) + come[ball][near.indices]
    found = [
        _tree_steps(dijkstra(near, indices=some, return_predecessors=True, limit=limit)[1], ends)
        for some, limit in _by_limit(near, ends, reach, symmetric=whole.symmetric)
    ]
    step = np.unique(np.concatenate(found))
    return np.unique(whole.links.between(ball[step // len(ball)], ball[step % len(ball)]))


def _by_limit(
    near: csr_array, ends: NDArray[np.int64], reach: float, *, symmetric: bool
) -> Iterator[tuple[NDArray[np.int64], float]]:
    """Group the ends of paths by what the farthest other end is within, by way of a few hubs."""
    hubs = ends[:: max(len(ends) // _HUBS, 1)]
    onward = dijkstra(near, indices=hubs, limit=reach)[:, ends]
    toward = onward if symmetric else dijkstra(near.T.tocsr(), indices=hubs, limit=reach)[:, ends]
    over = np.full((len(ends), len(ends)), reach)
    for there, back in zip(toward, onward, strict=True):
        np.minimum(over, there[:, None] + back, out=over)
    limit = over.max(axis=1)
    for some in np.array_split(np.argsort(limit, kind="stable"), len(ends) // _GROUP + 1):
        yield ends[some], float(limit[some[-1]])


def _tree_steps(before: NDArray[np.int32], targets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Follow every search back from all targets; each step (tail times n plus head) once."""
    count = before.shape[1]
    spot = (np.arange(len(before))[:, None] * count + targets).ravel()
    seen = np.zeros(before.size, dtype=bool)
    used = np.zeros(before.size, dtype=bool)
    while len(spot):
        seen[spot] = True
        previous = before.ravel()[spot].astype(np.int64)
        spot, previous = spot[previous >= 0], previous[previous >= 0]
        used[spot] = True
        spot = np.unique(spot - spot % count + previous)
        spot = spot[~seen[spot]]
    spot = np.flatnonzero(used)
    return np.unique(before.ravel()[spot].astype(np.int64) * count + spot % count)


def _as_graph(
    whole: TravelGraph, segments: NDArray[np.int64], base: int, edges: list[Edge]
) -> ReducedGraph:
    """Join required segments and edges, and number their junctions again."""
    u = np.concatenate((whole.u[segments], np.array([x.path[0] for x in edges], dtype=np.int64)))
    v = np.concatenate((whole.v[segments], np.array([x.path[-1] for x in edges], dtype=np.int64)))
    there, back = (
        np.concatenate((cost[segments], np.array(lane_cost, dtype=np.float64)))
        for cost, lane_cost in (
            (whole.forward, [x.there for x in edges]),
            (whole.backward, [x.back for x in edges]),
        )
    )
    patrol = np.arange(len(u)) < len(segments)
    node, place = np.unique(np.concatenate((u, v, [base])), return_inverse=True)
    fill = np.zeros(len(edges))
    graph = TravelGraph(
        mode=whole.mode,
        tick_s=whole.tick_s,
        node_count=len(node),
        u=place[: len(u)],
        v=place[len(u) : -1],
        forward=there,
        backward=back,
        patrol_forward=np.where(
            patrol, np.concatenate((whole.patrol_forward[segments], fill)), there
        ),
        patrol_backward=np.where(
            patrol, np.concatenate((whole.patrol_backward[segments], fill)), back
        ),
    )
    return ReducedGraph(
        graph, len(segments), int(place[-1]), segments, tuple(x.path for x in edges)
    )
