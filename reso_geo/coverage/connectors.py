"""Connectors: the shortest paths that connect separate parts together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.coverage.simple_edges import Links

__all__ = ["Connectors"]

_REACH_LINKS = 8.0
"""How far the first search goes, in median links; most neighbouring parts lie within it."""


class Connectors:
    """Finds connectors over one set of links, again and again.

    Parameters
    ----------
    node_count
        Number of junctions, n.
    links
        Neighbouring junctions.
    cost
        float64, shape (e,): what each counts for.
    component
        int64, shape (n,): component of each junction.
    """

    def __init__(
        self,
        node_count: int,
        links: Links,
        cost: NDArray[np.float64],
        component: NDArray[np.int64],
    ) -> None:
        ends = (np.concatenate((links.a, links.b)), np.concatenate((links.b, links.a)))
        self._links, self._cost, self._component = links, cost, component
        self._ways = csr_array(coo_array((np.tile(cost, 2), ends), shape=(node_count, node_count)))
        self._first = np.searchsorted(links.a, np.arange(node_count + 1))
        self._reach = max(1.0, _REACH_LINKS * float(np.median(cost))) if len(cost) else 1.0

    def tree(self, part: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the links of the shortest paths that connect parts as a tree.

        The minimum spanning tree of the parts by travel cost, from one search that starts at all
        of them at once (Mehlhorn 1988).

        Parameters
        ----------
        part
            int64, shape (n,): the part of each junction, -1 for a junction of none.

        Returns
        -------
        ndarray of int64
            Links, each once; parts in different components stay apart.
        """
        sources = np.flatnonzero(part >= 0)
        connectors = len(np.unique(part[sources])) - len(np.unique(self._component[sources]))
        reach = self._reach
        while True:
            links, found = self._tree_within(part, sources, reach)
            if found == connectors:
                return links
            reach *= 4.0

    def _tree_within(
        self, part: NDArray[np.int64], sources: NDArray[np.int64], reach: float
    ) -> tuple[NDArray[np.int64], int]:
        """Return the links of the tree that a search up to a cost finds, and their number."""
        link = self._links
        cost, before, source = dijkstra(
            self._ways, indices=sources, min_only=True, return_predecessors=True, limit=reach
        )
        reached = np.flatnonzero(source >= 0)
        near = np.full(len(part), -1, dtype=np.int64)
        near[reached] = part[source[reached]]
        across = self._links_from(reached)
        one, two = near[link.a[across]], near[link.b[across]]
        apart = (one != two) & (two >= 0)
        across, one, two = across[apart], one[apart], two[apart]
        total = cost[link.a[across]] + self._cost[across] + cost[link.b[across]]
        low, high = np.minimum(one, two), np.maximum(one, two)
        count = int(part.max()) + 1
        order = np.lexsort((across, total, low * count + high))
        chosen = order[np.flatnonzero(np.diff((low * count + high)[order], prepend=-1))]
        # A cost of zero would read as "no path": one tick more changes no order.
        # Before SciPy 1.17 the tree takes indices of 32 bits only.
        ends = low[chosen].astype(np.int32), high[chosen].astype(np.int32)
        table = csr_array((total[chosen] + 1.0, ends), shape=(count, count))
        tree = minimum_spanning_tree(table).tocoo()
        pair = (low * count + high)[chosen]
        wanted = np.minimum(tree.row, tree.col) * np.int64(count) + np.maximum(tree.row, tree.col)
        bridge = across[chosen[np.searchsorted(pair, wanted)]]
        tail, head = self._paths_back(np.concatenate((link.a[bridge], link.b[bridge])), before)
        return np.unique(np.concatenate((bridge, link.between(tail, head)))), tree.nnz

    def _links_from(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the links whose lower end is one of some junctions, all ascending."""
        first, count = self._first[nodes], self._first[nodes + 1] - self._first[nodes]
        before = np.cumsum(count) - count
        return np.repeat(first - before, count) + np.arange(count.sum())

    @staticmethod
    def _paths_back(
        ends: NDArray[np.int64], before: NDArray[np.int32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Follow the search from some junctions back to where it started."""
        tails, heads = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
        here = np.unique(ends)
        while len(here := here[before[here] >= 0]):
            previous = before[here].astype(np.int64)
            tails.append(previous)
            heads.append(here)
            here = np.unique(previous)
        return np.concatenate(tails), np.concatenate(heads)
