"""Relaxation: the rural postman as a linear programme, and with whole copies.

On foot a column is the number of deadhead copies of an edge. By bike two columns count how often
an edge is ridden there and back besides its first pass, one whether that pass is turned, and what
leaves a junction must equal what enters it. Whole copies
and even junctions make the choice an exact one: its best directions are a minimum-cost flow, whose
corners are whole by themselves (Win 1989), so only the copies are asked to be whole.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.coverage.lp_model import Outcome, Programme

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.coverage.exact.separation import Cuts
    from reso_geo.coverage.graph import TravelGraph

__all__ = ["Relaxation"]

_MOST_COPIES = 2.0
_IDLE_PRICE = 1e-9


class Relaxation:
    """The programme of a small graph whose first segments are required.

    Parameters
    ----------
    graph
        From `reso_geo.coverage.reduced_graph`.
    required
        How many segments are required.
    """

    def __init__(self, graph: TravelGraph, required: int) -> None:
        self._graph = graph
        self._edges = len(graph.u)
        if graph.symmetric:
            self._build_undirected(required)
        else:
            self._build_directed(required)
        self._fixed_rows = self._programme.rows

    def _build_undirected(self, required: int) -> None:
        graph = self._graph
        self.constant = float(graph.patrol_forward[:required].sum())
        # A required edge is never travelled three times: two of them would hold nothing together.
        most = np.where(np.arange(self._edges) < required, 1.0, _MOST_COPIES)
        self._edge = np.arange(self._edges)
        self._column_of = self._edge[None]
        self._programme = Programme(graph.forward, np.zeros(self._edges), most)

    def _build_directed(self, required: int) -> None:
        graph, count = self._graph, np.arange(self._edges)
        self.constant = float(graph.least_patrol[:required].sum())
        # Rides, there and back; and first passes, which run the way that is cheaper to patrol, or
        # are turned.
        up = (graph.patrol_forward <= graph.patrol_backward)[:required]
        extra = np.abs(graph.patrol_forward[:required] - graph.patrol_backward[:required])
        edge = np.concatenate((count, count, count[:required]))
        ahead = np.concatenate((count >= 0, count < 0, ~up))
        step = np.repeat((1.0, 2.0), (2 * self._edges, required))
        cost = np.concatenate((graph.forward, graph.backward, extra))
        tail, head = (
            np.where(ahead == forward, graph.u[edge], graph.v[edge]) for forward in (True, False)
        )
        passed = np.bincount(head[2 * self._edges :], minlength=graph.node_count) - np.bincount(
            tail[2 * self._edges :], minlength=graph.node_count
        )
        kept = np.flatnonzero(np.isfinite(cost))
        self._edge = edge[kept[kept < 2 * self._edges]]
        self._column_of = np.full(2 * self._edges, -1, dtype=np.int64)
        self._column_of[kept[: len(self._edge)]] = np.arange(len(self._edge))
        self._column_of = self._column_of.reshape(2, -1)
        most = np.where(step == 1.0, np.inf, 1.0)
        self._programme = Programme(cost[kept], np.zeros(len(kept)), most[kept])
        column = np.flatnonzero((tail != head)[kept])
        kept = kept[column]
        entries = (
            np.concatenate((tail[kept], head[kept])),
            np.concatenate((column, column)),
            np.concatenate((step[kept], -step[kept])),
        )
        self._programme.add_rows(entries, -passed.astype(float), -passed.astype(float))

    @property
    def columns(self) -> int:
        """Number of columns that count copies or rides."""
        return len(self._edge)

    def copies(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the deadhead copies of each edge.

        Parameters
        ----------
        values
            float64: a solution of the programme.

        Returns
        -------
        ndarray of float64, shape (m,)
            How often each edge is travelled besides the first pass of a required one.
        """
        total: NDArray[np.float64] = np.zeros(self._edges)
        np.add.at(total, self._edge, values[: len(self._edge)])
        return total

    def add(self, cuts: Cuts) -> None:
        """Add a row for the deadhead that each cut needs.

        Parameters
        ----------
        cuts
            At least one, from `reso_geo.coverage.exact.separation.CutFinder`.
        """
        column = self._column_of[:, cuts.edge]
        row = np.broadcast_to(cuts.row, column.shape)[column >= 0]
        entries = row, column[column >= 0], np.ones(len(row))
        self._programme.add_rows(entries, cuts.least, np.full(len(cuts), np.inf))

    def drop_idle(self) -> None:
        """Remove cuts that bind nothing in the last solution."""
        price = self._programme.row_duals()
        idle = np.flatnonzero(np.abs(price) < _IDLE_PRICE)
        self._programme.drop_rows(idle[idle >= self._fixed_rows])

    def solve(self) -> Outcome:
        """Solve with fractional copies; costs with the patrol of all required segments."""
        outcome = self._programme.solve()
        return replace(outcome, bound=outcome.bound + self.constant)

    def narrow(self, slack: float) -> None:
        """Close the columns that no tour within some ticks of the last bound uses.

        Parameters
        ----------
        slack
            Ticks; a column whose reduced cost exceeds it would make any tour dearer than that.
        """
        dear = np.flatnonzero(self._programme.reduced_costs() > slack)
        self._programme.close_columns(dear[dear < len(self._edge)])

    def make_whole(self, odd: NDArray[np.bool_]) -> None:
        """Require whole copies and even junctions from now on.

        Parameters
        ----------
        odd
            bool, shape (n,): where an odd number of required segments ends.
        """
        graph, count, programme = self._graph, self._edges, self._programme
        if graph.symmetric:
            copy = np.arange(count)
        else:
            copy = programme.columns + np.arange(count)
            programme.add_columns(np.zeros(count), np.zeros(count), np.full(count, np.inf))
            entries = (
                np.concatenate((self._edge, np.arange(count))),
                np.concatenate((np.arange(len(self._edge)), copy)),
                np.concatenate((np.ones(len(self._edge)), -np.ones(count))),
            )
            programme.add_rows(entries, np.zeros(count), np.zeros(count))
        pair = programme.columns + np.arange(graph.node_count)
        nothing = np.zeros(graph.node_count)
        programme.add_columns(nothing, nothing, np.full(graph.node_count, np.inf))
        turning = np.flatnonzero(graph.u != graph.v)
        entries = (
            np.concatenate((graph.u[turning], graph.v[turning], np.arange(graph.node_count))),
            np.concatenate((copy[turning], copy[turning], pair)),
            np.concatenate((np.ones(2 * len(turning)), np.full(graph.node_count, -2.0))),
        )
        programme.add_rows(entries, -odd.astype(float), -odd.astype(float))
        programme.make_whole(np.concatenate((copy, pair)))

    def solve_whole(self, nodes: int, seconds: float, worth: float) -> Outcome:
        """Search with whole copies for a cheap solution.

        Parameters
        ----------
        nodes
            Most nodes of the search tree.
        seconds
            Most seconds; infinite for no limit.
        worth
            Ticks, the patrol of required segments included: solutions that cost this or more are of
            no use.

        Returns
        -------
        Outcome
            Costs with the patrol of all required segments; without values when none was found.
        """
        outcome = self._programme.solve_whole(nodes, seconds, worth - self.constant)
        return replace(outcome, bound=outcome.bound + self.constant)
