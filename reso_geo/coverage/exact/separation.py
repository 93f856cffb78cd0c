"""Cuts: sets of junctions that a fractional tour visits too little.

A tour crosses the border of a set an even number of times, and of a set with something to do both
inside and outside at least twice. So the deadhead over the border of a set must be at least

- one, where an odd number of required segments crosses it (odd cuts: Edmonds and Johnson 1973),
- two, where none does and required pieces lie on both sides (connectivity: Corberan and Sanchis
  1994 for the rural postman, Corberan, Plana and Sanchis 2007 for the windy one).

Violated sets are looked for among those that strong edges connect at any threshold, and, where
those give none, exactly: by minimum cuts between pieces and, once everything joined by a whole
copy is shrunk, between odd junctions (Gusfield 1990; Padberg and Rao 1982).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from reso_geo.coverage.exact.moats import moats
from reso_geo.coverage.exact.set_tree import set_tree
from reso_geo.network import components

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["CutFinder", "Cuts"]

_SLACK = 1e-4
_WHOLE = 1.0 - 1e-6
_SCALE = 10**6
"""Flows are whole numbers: a copy is this many."""


@dataclass(frozen=True)
class Cuts:
    """Borders, each with the least deadhead over it.

    Attributes
    ----------
    least
        float64, shape (r,): copies over each border that any tour makes.
    row, edge
        int64, shape (k,): edge by edge, whose border it crosses; rows ascending.
    """

    least: NDArray[np.float64]
    row: NDArray[np.int64]
    edge: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of borders."""
        return len(self.least)


class CutFinder:
    """Finds violated sets in a small graph.

    Parameters
    ----------
    node_count
        Number of junctions, n.
    ends
        Two arrays of int64, shape (m,): ends of the edges.
    cost
        float64, shape (m,): of a copy of each edge.
    required
        Edges below this index are required.
    base
        Junction that the tour must visit.
    """

    def __init__(
        self,
        node_count: int,
        ends: tuple[NDArray[np.int64], NDArray[np.int64]],
        cost: NDArray[np.float64],
        required: int,
        base: int,
    ) -> None:
        self._n = node_count
        self._u, self._v = ends
        self._cost = cost
        u, v = self._u[:required], self._v[:required]
        degree = np.bincount(np.concatenate((u, v)), minlength=node_count)
        self.odd: NDArray[np.bool_] = degree % 2 == 1
        busy = degree > 0
        busy[base] = True
        label = components(node_count, u, v)
        piece, place = np.unique(label, return_inverse=True)
        # Pieces with something to do come first, so that they can be the ends of flows.
        idle = np.bincount(place, weights=busy, minlength=len(piece)) == 0
        number = np.empty(len(piece), dtype=np.int64)
        number[np.argsort(idle, kind="stable")] = np.arange(len(piece))
        self._piece = number[place]
        self._groups, self._pieces = len(piece), int((~idle).sum())

    def first(self) -> Cuts:
        """Return the cuts to start from: nested sets around odd junctions and required pieces."""
        odd = moats(
            self.odd.astype(np.int64), (self._u, self._v), self._cost, lambda held: held % 2 == 1
        )
        ends = self._piece[self._u], self._piece[self._v]
        busy = (np.arange(self._groups) < self._pieces).astype(np.int64)
        apart = moats(busy, ends, self._cost, lambda held: (held > 0) & (held < self._pieces))
        return self._cuts(self._stacked(list(odd)), self._of_pieces(list(apart)))

    def violated(self, copies: NDArray[np.float64]) -> Cuts:
        """Find cuts that some deadhead breaks.

        Parameters
        ----------
        copies
            float64, shape (m,): how often each edge is travelled besides its first pass.

        Returns
        -------
        Cuts
            Empty only when no cut of the two kinds is broken by more than a thousandth.
        """
        cuts = self._cuts(self._odd_sets(copies), self._piece_sets(copies))
        if len(cuts):
            return cuts
        odd, apart = list(self._between_odd(copies)), list(self._between_pieces(copies))
        return self._cuts(np.unique(self._stacked(odd), axis=0), np.unique(self._of_pieces(apart), axis=0))

    def _stacked(self, sides: list[NDArray[np.bool_]]) -> NDArray[np.bool_]:
        return np.array(sides, dtype=bool).reshape(-1, self._n)

    def _of_pieces(self, sides: list[NDArray[np.bool_]]) -> NDArray[np.bool_]:
        """Return sets of pieces as sets of junctions."""
        return np.array(sides, dtype=bool).reshape(-1, self._groups)[:, self._piece]

    def _cuts(self, odd: NDArray[np.bool_], apart: NDArray[np.bool_]) -> Cuts:
        """Return the borders of odd sets, and of sets between required pieces."""
        side = np.concatenate((odd, apart))
        row, edge = np.nonzero(side[:, self._u] != side[:, self._v])
        return Cuts(np.repeat((1.0, 2.0), (len(odd), len(apart))), row, edge)

    def _odd_sets(self, copies: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return the odd sets that are connected above some threshold and have too little over."""
        tree = set_tree(self._n, self._u, self._v, copies)
        odd = tree.held(self.odd.astype(np.int64)) % 2 == 1
        return tree.sides(np.flatnonzero(odd & (tree.over < 1.0 - _SLACK)))

    def _piece_sets(self, copies: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return the same of sets with required pieces both in them and out of them."""
        if self._pieces == 1:
            return self._of_pieces([])
        tree = set_tree(self._groups, self._piece[self._u], self._piece[self._v], copies)
        busy = tree.held((np.arange(self._groups) < self._pieces).astype(np.int64))
        apart = (busy > 0) & (busy < self._pieces) & (tree.over < 2.0 - _SLACK)
        return tree.sides(np.flatnonzero(apart))[:, self._piece]

    def _between_pieces(self, copies: NDArray[np.float64]) -> Iterator[NDArray[np.bool_]]:
        """Find the least deadhead between required pieces."""
        if self._pieces == 1:
            return
        flows = _Flows(self._groups, self._piece[self._u], self._piece[self._v], copies)
        for value, side in flows.cut_tree(list(range(self._pieces))):
            if value < 2.0 - 10 * _SLACK:
                yield side

    def _between_odd(self, copies: NDArray[np.float64]) -> Iterator[NDArray[np.bool_]]:
        """Find the least deadhead around odd sets, each whole copy shrunk to a point."""
        whole = copies >= _WHOLE
        point = components(self._n, self._u[whole], self._v[whole])
        count = int(point.max()) + 1
        odd = np.bincount(point, weights=self.odd, minlength=count) % 2 == 1
        one, two = point[self._u], point[self._v]
        part = copies > _SLACK / 10
        group = components(count, one[part], two[part])
        for number in np.unique(group[odd]):
            nodes = np.flatnonzero(group == number)
            place = np.full(count, -1, dtype=np.int64)
            place[nodes] = np.arange(len(nodes))
            inside = part & (group[one] == number)
            ends = place[np.flatnonzero(odd & (group == number))].tolist()
            flows = _Flows(len(nodes), place[one[inside]], place[two[inside]], copies[inside])
            for value, side in flows.cut_tree(ends):
                if value < 1.0 - 10 * _SLACK and side[ends].sum() % 2 == 1:
                    around = np.zeros(count, dtype=bool)
                    around[nodes] = side
                    yield around[point]


class _Flows:
    """Minimum cuts between the nodes of an undirected graph."""

    def __init__(
        self,
        count: int,
        u: NDArray[np.int64],
        v: NDArray[np.int64],
        capacity: NDArray[np.float64],
    ) -> None:
        whole = np.rint(capacity * _SCALE).astype(np.int32)
        kept = (whole > 0) & (u != v)
        ends = (np.concatenate((u[kept], v[kept])), np.concatenate((v[kept], u[kept])))
        self._capacity = csr_array(coo_array((np.tile(whole[kept], 2), ends), shape=(count, count)))
        self._capacity.sum_duplicates()

    def cut_tree(self, ends: list[int]) -> Iterator[tuple[float, NDArray[np.bool_]]]:
        """Return one minimum cut for each end but the first; the least of all is among them."""
        towards = dict.fromkeys(ends, ends[0])
        for place, end in enumerate(ends[1:], start=1):
            value, side = self._least(end, towards[end])
            yield value, side
            for other in ends[place + 1 :]:
                if side[other] and towards[other] == towards[end]:
                    towards[other] = end

    def _least(self, source: int, sink: int) -> tuple[float, NDArray[np.bool_]]:
        answer = maximum_flow(self._capacity, source, sink)
        left = self._capacity - answer.flow
        left.eliminate_zeros()
        reached = breadth_first_order(csr_array(left), source, return_predecessors=False)
        side = np.zeros(self._capacity.shape[0], dtype=bool)
        side[reached] = True
        return answer.flow_value / _SCALE, side
