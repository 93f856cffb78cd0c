"""Cuts: sets of junctions that a fractional tour visits too little.

A tour crosses the border of a set an even number of times, and of a set with something to do both
inside and outside at least twice. So the deadhead over the border of a set must be at least

- one, where an odd number of required segments crosses it (odd cuts: Edmonds and Johnson 1973),
- two, where none does and required parts lie on both sides (connectivity: Corberan and Sanchis
  1994 for the rural postman, Corberan, Plana and Sanchis 2007 for the windy one).

Violated sets are looked for among those that strong edges connect at any threshold, and, where
those give none, exactly: by minimum cuts between parts and between odd junctions, once what no
such cut divides is shrunk (Gusfield 1990; Padberg and Rao 1982).
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.coverage.exact.moats import moats
from reso_geo.coverage.exact.set_tree import set_tree
from reso_geo.network import components

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["CutFinder", "Cuts"]

_SLACK = 1e-4
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
        part, place = np.unique(label, return_inverse=True)
        # Parts with something to do come first, so that they can be the ends of flows.
        idle = np.bincount(place, weights=busy, minlength=len(part)) == 0
        number = np.empty(len(part), dtype=np.int64)
        number[np.argsort(idle, kind="stable")] = np.arange(len(part))
        self._piece = number[place]
        self._groups, self._parts = len(part), int((~idle).sum())
        self._ends = self._piece[self._u], self._piece[self._v]
        self._has_work = (np.arange(self._groups) < self._parts).astype(np.int64)

    def first(self) -> Cuts:
        """Return the cuts to start from: nested sets around odd junctions and required parts."""
        odd = moats(
            self.odd.astype(np.int64), (self._u, self._v), self._cost, lambda held: held % 2 == 1
        )
        every = self._parts
        apart = moats(
            self._has_work, self._ends, self._cost, lambda held: (held > 0) & (held < every)
        )
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
        odd = _least_cuts((self._u, self._v, copies), self.odd.astype(np.int64), 1)
        apart = _least_cuts((*self._ends, copies), self._has_work, 2)
        return self._cuts(
            np.unique(self._stacked(odd), axis=0), np.unique(self._of_pieces(apart), axis=0)
        )

    def _stacked(self, sides: list[NDArray[np.bool_]]) -> NDArray[np.bool_]:
        return np.array(sides, dtype=bool).reshape(-1, self._n)

    def _of_pieces(self, sides: list[NDArray[np.bool_]]) -> NDArray[np.bool_]:
        """Return sets of parts as sets of junctions."""
        return np.array(sides, dtype=bool).reshape(-1, self._groups)[:, self._piece]

    def _cuts(self, odd: NDArray[np.bool_], apart: NDArray[np.bool_]) -> Cuts:
        """Return the borders of odd sets, and of sets between required parts."""
        side = np.concatenate((odd, apart))
        row, edge = np.nonzero(side[:, self._u] != side[:, self._v])
        return Cuts(np.repeat((1.0, 2.0), (len(odd), len(apart))), row, edge)

    def _odd_sets(self, copies: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return the odd sets that are connected above some threshold and have too little over."""
        tree = set_tree(self._n, self._u, self._v, copies)
        odd = tree.held(self.odd.astype(np.int64)) % 2 == 1
        return tree.sides(np.flatnonzero(odd & (tree.over < 1.0 - _SLACK)))

    def _piece_sets(self, copies: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return the same of sets with required parts both in them and out of them."""
        if self._parts == 1:
            return self._of_pieces([])
        tree = set_tree(self._groups, *self._ends, copies)
        busy = tree.held(self._has_work)
        apart = (busy > 0) & (busy < self._parts) & (tree.over < 2.0 - _SLACK)
        return tree.sides(np.flatnonzero(apart))[:, self._piece]


def _least_cuts(
    edges: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
    mark: NDArray[np.int64],
    least: int,
) -> list[NDArray[np.bool_]]:
    """Find sets with too little over their border by minimum cuts.

    Between nodes with an odd number of marks where one copy is needed, with any where two are. What
    no such cut divides is shrunk to a point first.
    """
    u, v, copies = edges
    point = _held(len(mark), edges, float(least))
    count = int(point.max()) + 1
    held = np.bincount(point, weights=mark, minlength=count)
    ends = np.flatnonzero(held % 2 == 1 if least == 1 else held > 0)
    if len(ends) < 2:  # noqa: PLR2004 - a cut lies between two
        return []
    flows = _Flows(count, (point[u], point[v], copies), least - 10 * _SLACK)
    return [
        side[point] for side in flows.cuts(ends.tolist()) if least > 1 or side[ends].sum() % 2 == 1
    ]


def _held(
    count: int,
    edges: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
    least: float,
) -> NDArray[np.int64]:
    """Label what no cut of less than some copies divides, as far as one search shows.

    The search goes on where most leads to from all that it has seen: then what leads to the end of
    an edge, as the edge is met, is less than no cut between its ends (Nagamochi and Ibaraki 1992).
    """
    near: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    for one, two, copy in zip(*(each.tolist() for each in edges), strict=True):
        if one != two and copy > 0.0:
            near[one].append((two, copy))
            near[two].append((one, copy))
    seen, leads = [False] * count, [0.0] * count
    tails, heads = [], []
    heap = [(0.0, node) for node in range(count)]
    while heap:
        _, node = heapq.heappop(heap)
        if seen[node]:
            continue
        seen[node] = True
        for other, copy in near[node]:
            if not seen[other]:
                leads[other] += copy
                heapq.heappush(heap, (-leads[other], other))
                if leads[other] >= least:
                    tails.append(node)
                    heads.append(other)
    return components(count, np.array(tails, dtype=np.int64), np.array(heads, dtype=np.int64))


class _Flows:
    """Minimum cuts between the nodes of an undirected graph, as far as they are small."""

    def __init__(
        self,
        count: int,
        edges: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
        most: float,
    ) -> None:
        self._most = round(most * _SCALE)
        self._near: list[list[tuple[int, int]]] = [[] for _ in range(count)]
        # Arcs stand in pairs, there and back: the other one's number differs in the last bit.
        self._capacity: list[int] = []
        for u, v, copies in zip(*(each.tolist() for each in edges), strict=True):
            whole = round(copies * _SCALE)
            if whole > 0 and u != v:
                self._near[u].append((v, len(self._capacity)))
                self._near[v].append((u, len(self._capacity) + 1))
                self._capacity += (whole, whole)

    def cuts(self, ends: list[int]) -> Iterator[NDArray[np.bool_]]:
        """Return a minimum cut for each end but the first, where it is small; the least too."""
        towards = dict.fromkeys(ends, ends[0])
        for place, end in enumerate(ends[1:], start=1):
            side = self._side(end, towards[end])
            if side is None:
                continue
            yield side
            for other in ends[place + 1 :]:
                if side[other] and towards[other] == towards[end]:
                    towards[other] = end

    def _side(self, source: int, sink: int) -> NDArray[np.bool_] | None:
        """Return the source's side of a minimum cut; None where it is no small one."""
        left, total = self._capacity.copy(), 0
        while total < self._most:
            reached = self._reached(left, source, sink)
            if sink not in reached:
                side = np.zeros(len(self._near), dtype=bool)
                side[list(reached)] = True
                return side
            path, here = [], sink
            while here != source:
                here, arc = reached[here]
                path.append(arc)
            flow = min(left[arc] for arc in path)
            for arc in path:
                left[arc] -= flow
                left[arc ^ 1] += flow
            total += flow
        return None

    def _reached(self, left: list[int], source: int, sink: int) -> dict[int, tuple[int, int]]:
        """Return where more can flow to until the sink is met: from where, and by which arc."""
        reached = {source: (source, -1)}
        queue = [source]
        for node in queue:
            for other, arc in self._near[node]:
                if left[arc] and other not in reached:
                    reached[other] = node, arc
                    queue.append(other)
            if sink in reached:
                break
        return reached
