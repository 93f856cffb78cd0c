"""TravelGraph: one mode's ways as an undirected graph that answers T-joins and nearest pieces.

Between two junctions only the cheapest segment counts, in its cheaper direction; for walking that
is the real cost, for a bicycle a lower bound of it. Costs are whole ticks of the travel
times, about half a millisecond each.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from pymatching import Matching
from scipy.sparse import coo_array, csc_array, csr_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree

from reso_geo.network import components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.travel import TravelTimes

__all__ = ["TravelGraph", "travel_graph"]

_MOST_WEIGHT = 2**24 - 1
"""PyMatching keeps whole weights exact up to this."""
_FIRST_REACH_MS = 300_000.0
"""How far a search for the nearest pieces goes at first; most lie within five minutes."""


@dataclass(frozen=True)
class TravelGraph:
    """One mode's ways between junctions, parallel ones merged, loops left out.

    Attributes
    ----------
    mode
        ``foot`` or ``bike``.
    tick_s
        Seconds of one tick, the unit of all costs.
    node_count
        Number of junctions of the network.
    a, b
        int64, shape (e,): ends of each edge, ``a < b``.
    segment
        int64, shape (e,): the segment that stands for it.
    cost_ms
        int64, shape (e,): transit in the cheaper direction.
    u, v
        int64, shape (m,): ends of every segment of the network.
    forward_ms, backward_ms
        float64, shape (m,): transit of every segment, infinite where not open.
    patrol_forward_ms, patrol_backward_ms
        float64, shape (m,): patrol of every segment, likewise.
    """

    mode: str
    tick_s: float
    node_count: int
    a: NDArray[np.int64]
    b: NDArray[np.int64]
    segment: NDArray[np.int64]
    cost_ms: NDArray[np.int64]
    u: NDArray[np.int64]
    v: NDArray[np.int64]
    forward_ms: NDArray[np.float64]
    backward_ms: NDArray[np.float64]
    patrol_forward_ms: NDArray[np.float64]
    patrol_backward_ms: NDArray[np.float64]

    @cached_property
    def component(self) -> NDArray[np.int64]:
        """Component of each junction in this mode, shape (n,)."""
        return components(self.node_count, self.a, self.b)

    @cached_property
    def edge_at(self) -> dict[tuple[int, int], int]:
        """The edge between two junctions, lower one first."""
        return {
            pair: e for e, pair in enumerate(zip(self.a.tolist(), self.b.tolist(), strict=True))
        }

    @cached_property
    def _unit_ms(self) -> int:
        """Coarsest rounding of weights; 1 keeps every cost exact."""
        return int(np.ceil(self.cost_ms.max(initial=1) / _MOST_WEIGHT))

    @cached_property
    def _matching(self) -> Matching:
        count = len(self.a)
        rows = np.column_stack((self.a, self.b)).ravel()
        check = csc_array(
            (np.ones(2 * count, dtype=np.uint8), rows, np.arange(0, 2 * count + 1, 2)),
            shape=(self.node_count, count),
        )
        return Matching.from_check_matrix(check, weights=np.round(self.cost_ms / self._unit_ms))

    @cached_property
    def _adjacency(self) -> csr_array:
        ends = (np.concatenate((self.a, self.b)), np.concatenate((self.b, self.a)))
        costs = np.concatenate((self.cost_ms, self.cost_ms)).astype(np.float64)
        return csr_array(coo_array((costs, ends), shape=(self.node_count, self.node_count)))

    def t_join(self, odd: NDArray[np.bool_]) -> tuple[NDArray[np.int64], int]:
        """Give the cheapest edges that make every odd junction even.

        A minimum-weight T-join, exact: Edmonds and Johnson 1973, solved on the sparse graph itself
        as a minimum-weight perfect matching (PyMatching, Higgott and Gidney 2025).

        Parameters
        ----------
        odd
            bool, shape (n,): the junctions of odd degree, an even number in each component.

        Returns
        -------
        edges : ndarray of int64
            Edges of the join, each once.
        proven_ms : int
            No join costs less than this; it is the join's own cost unless a single segment takes
            over two hours, when weights have to be rounded.

        Raises
        ------
        RuntimeError
            When the answer fails the recheck of its parity.
        """
        if not odd.any():
            return np.empty(0, dtype=np.int64), 0
        pairs = np.sort(self._matching.decode_to_edges_array(odd.astype(np.uint8)), axis=1)
        edges = np.array([self.edge_at[a, b] for a, b in pairs.tolist()], dtype=np.int64)
        ends = np.concatenate((self.a[edges], self.b[edges]))
        if not np.array_equal(np.bincount(ends, minlength=self.node_count) % 2 == 1, odd):
            message = "the T-join does not make every junction even"
            raise RuntimeError(message)
        cost = int(self.cost_ms[edges].sum())
        slack = 0 if self._unit_ms == 1 else self._unit_ms * self.node_count
        return edges, max(cost - slack, 0)

    def connect(self, piece: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the edges of the shortest paths that tie pieces together as a tree.

        The minimum spanning tree of the pieces by travel cost, from one search that starts at all
        of them at once (Mehlhorn 1988).

        Parameters
        ----------
        piece
            int64, shape (n,): the piece of each junction, -1 for a junction of none.

        Returns
        -------
        ndarray of int64
            Edges, each once; pieces in different components stay apart.
        """
        sources = np.flatnonzero(piece >= 0)
        ties = len(np.unique(piece[sources])) - len(np.unique(self.component[sources]))
        limit_ms = _FIRST_REACH_MS
        while True:
            edges, found = self._tree(piece, sources, limit_ms)
            if found == ties:
                return edges
            limit_ms *= 4.0

    def _tree(
        self, piece: NDArray[np.int64], sources: NDArray[np.int64], limit_ms: float
    ) -> tuple[NDArray[np.int64], int]:
        """Give the edges of the tree that a search up to a cost finds, and how many ties it has."""
        cost, before, source = dijkstra(
            self._adjacency,
            indices=sources,
            min_only=True,
            return_predecessors=True,
            limit=limit_ms,
        )
        near = np.where(source >= 0, piece[np.maximum(source, 0)], -1)
        one, two = near[self.a], near[self.b]
        between = np.flatnonzero((one != two) & (one >= 0) & (two >= 0))
        total = cost[self.a[between]] + self.cost_ms[between] + cost[self.b[between]]
        low, high = np.minimum(one, two)[between], np.maximum(one, two)[between]
        order = np.lexsort((between, total, high, low))
        _, best = np.unique(np.column_stack((low, high))[order], axis=0, return_index=True)
        chosen = order[best]
        count = int(piece.max()) + 1
        # A cost of zero would read as "no arc": one tick more changes no order.
        table = csr_array((total[chosen] + 1.0, (low[chosen], high[chosen])), shape=(count, count))
        tree = minimum_spanning_tree(table).tocoo()
        bridge = {
            (a, b): e for a, b, e in zip(low[chosen], high[chosen], between[chosen], strict=True)
        }
        found: set[int] = set()
        for a, b in zip(tree.row, tree.col, strict=True):
            edge = bridge[min(a, b), max(a, b)]
            found.add(int(edge))
            for end in (self.a[edge], self.b[edge]):
                found.update(self._path_back(int(end), before))
        return np.array(sorted(found), dtype=np.int64), tree.nnz

    def _path_back(self, end: int, before: NDArray[np.int32]) -> list[int]:
        path = []
        while before[end] >= 0:
            previous = int(before[end])
            path.append(self.edge_at[min(end, previous), max(end, previous)])
            end = previous
        return path


def travel_graph(network: StreetNetwork, times: TravelTimes, mode: str) -> TravelGraph:
    """Build the graph of a mode.

    Parameters
    ----------
    network
        Segments between junctions.
    times
        Seconds per segment.
    mode
        ``foot`` or ``bike``.

    Returns
    -------
    TravelGraph
        Ready for `reso_geo.cover`; build it once for many beats.
    """
    forward, backward = (s / times.tick_s for s in times.transit_s(mode))
    patrol_forward, patrol_backward = (s / times.tick_s for s in times.patrol_s(mode))
    cost = np.minimum(forward, backward)
    open_ways = np.flatnonzero(np.isfinite(cost) & (network.u != network.v))
    low = np.minimum(network.u, network.v)[open_ways]
    high = np.maximum(network.u, network.v)[open_ways]
    order = np.lexsort((network.segment_id[open_ways].astype(str), cost[open_ways], high, low))
    _, first = np.unique(np.column_stack((low, high))[order], axis=0, return_index=True)
    chosen = order[first]
    segment = open_ways[chosen]
    return TravelGraph(
        mode=mode,
        tick_s=times.tick_s,
        node_count=len(network.node_id),
        a=low[chosen],
        b=high[chosen],
        segment=segment,
        cost_ms=cost[segment].astype(np.int64),
        u=network.u,
        v=network.v,
        forward_ms=forward,
        backward_ms=backward,
        patrol_forward_ms=patrol_forward,
        patrol_backward_ms=patrol_backward,
    )
