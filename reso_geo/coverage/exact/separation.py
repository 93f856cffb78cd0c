"""Cuts: sets of junctions that a fractional tour visits too little.

A tour crosses the border of a set an even number of times, and of a set with something to do both
inside and outside at least twice. So the deadhead over the border of a set must be at least

- one, where an odd number of required segments crosses it (odd cuts: Edmonds and Johnson 1973),
- two, where none does and required pieces lie on both sides (connectivity: Corberan and Sanchis
  1994 for the rural postman, Corberan, Plana and Sanchis 2007 for the windy one).

Violated sets are looked for among the components that are left above a few thresholds, and, where
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
from reso_geo.network import components

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Cut", "CutFinder"]

_THRESHOLDS = (1e-6, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9)
_SLACK = 1e-4
_WHOLE = 1.0 - 1e-6
_SCALE = 10**6
"""Flows are whole numbers: a copy is this many."""


@dataclass(frozen=True)
class Cut:
    """A border with the least deadhead over it.

    Attributes
    ----------
    edge
        int64: edges over the border.
    least
        Copies of them that any tour makes.
    """

    edge: NDArray[np.int64]
    least: int


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
        self._required = required
        degree = np.bincount(np.concatenate((u, v)), minlength=node_count)
        self.odd: NDArray[np.bool_] = degree % 2 == 1
        self._busy = degree > 0
        self._busy[base] = True
        label = components(node_count, u, v)
        piece, place = np.unique(label, return_inverse=True)
        # Pieces with something to do come first, so that they can be the ends of flows.
        idle = np.bincount(place, weights=self._busy, minlength=len(piece)) == 0
        number = np.empty(len(piece), dtype=np.int64)
        number[np.argsort(idle, kind="stable")] = np.arange(len(piece))
        self._piece = number[place]
        self._pieces = int((~idle).sum())

    def first(self) -> list[Cut]:
        """Return the cuts to start from: nested sets around odd junctions and required pieces."""
        found: dict[bytes, Cut] = {}
        odd = moats(
            self.odd.astype(np.int64), (self._u, self._v), self._cost, lambda held: held % 2 == 1
        )
        for side in odd:
            found.setdefault(side.tobytes(), self._cut(side, 1))
        ends = self._piece[self._u], self._piece[self._v]
        busy = (np.arange(int(self._piece.max()) + 1) < self._pieces).astype(np.int64)
        apart = moats(busy, ends, self._cost, lambda held: (held > 0) & (held < self._pieces))
        for pieces in apart:
            side = pieces[self._piece]
            found.setdefault(side.tobytes(), self._cut(side, 2))
        return list(found.values())

    def violated(self, copies: NDArray[np.float64]) -> list[Cut]:
        """Find cuts that some deadhead breaks.

        Parameters
        ----------
        copies
            float64, shape (m,): how often each edge is travelled besides its first pass.

        Returns
        -------
        list of Cut
            Empty only when no cut of the two kinds is broken by more than a thousandth.
        """
        found: dict[bytes, Cut] = {}
        for side, least in self._by_threshold(copies):
            found.setdefault(side.tobytes(), self._cut(side, least))
        if not found:
            for side, least in (*self._between_pieces(copies), *self._between_odd(copies)):
                found.setdefault(side.tobytes(), self._cut(side, least))
        return list(found.values())

    def _cut(self, side: NDArray[np.bool_], least: int) -> Cut:
        return Cut(np.flatnonzero(side[self._u] != side[self._v]), least)

    def _by_threshold(self, copies: NDArray[np.float64]) -> Iterator[tuple[NDArray[np.bool_], int]]:
        """Try the components that edges above a threshold form, with and without required ones."""
        own = np.arange(len(copies)) < self._required
        for threshold in _THRESHOLDS:
            strong = copies > threshold
            yield from self._broken(copies, strong, self.odd, 1)
            if self._pieces > 1:
                yield from self._broken(copies, strong | own, self._busy, 2)

    def _broken(
        self,
        copies: NDArray[np.float64],
        edges: NDArray[np.bool_],
        mark: NDArray[np.bool_],
        least: int,
    ) -> Iterator[tuple[NDArray[np.bool_], int]]:
        """Return the components of some edges that have too little over their border."""
        label = components(self._n, self._u[edges], self._v[edges])
        count = int(label.max()) + 1
        marks = np.bincount(label, weights=mark, minlength=count)
        wanting = marks % 2 == 1 if least == 1 else (marks > 0) & (marks < mark.sum())
        one, two = label[self._u], label[self._v]
        across = one != two
        over = np.bincount(
            np.concatenate((one[across], two[across])),
            weights=np.tile(copies[across], 2),
            minlength=count,
        )
        for piece in np.flatnonzero(wanting & (over < least - _SLACK)):
            yield label == piece, least

    def _between_pieces(
        self, copies: NDArray[np.float64]
    ) -> Iterator[tuple[NDArray[np.bool_], int]]:
        """Find the least deadhead between required pieces."""
        if self._pieces == 1:
            return
        count = int(self._piece.max()) + 1
        flows = _Flows(count, self._piece[self._u], self._piece[self._v], copies)
        for value, side in flows.cut_tree(list(range(self._pieces))):
            if value < 2.0 - 10 * _SLACK:
                yield side[self._piece], 2

    def _between_odd(self, copies: NDArray[np.float64]) -> Iterator[tuple[NDArray[np.bool_], int]]:
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
                    yield around[point], 1


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
