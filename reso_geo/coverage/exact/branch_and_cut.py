"""The final depth: improve a tour and its bound until they meet, or the effort is spent.

First a linear relaxation with odd cuts and connectivity cuts, separated on its fractional solutions
(Ghiani and Laporte 2000 on foot; Corberan, Plana and Sanchis 2007 for the windy case). On street
networks it is often whole already. Else the same programme is solved with whole copies, and any
set that its solutions leave apart is cut off, until the best one holds together.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.coverage.exact.relaxation import Relaxation
from reso_geo.coverage.exact.separation import CutFinder
from reso_geo.coverage.rural_postman import choose_links
from reso_geo.coverage.windy_postman import direct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.coverage.graph import TravelGraph
    from reso_geo.coverage.traversals import Traversals

__all__ = ["Effort", "glance", "improve"]

_WHOLE = 1e-6
_PATIENCE = 25
_LEAST_GAIN = 3e-5
_TIDY_ROUNDS = 10
_LEAST_ROUNDS = 4
_TRUST = (0.06, 0.1, 0.3, 0.5, 0.8)
_FIRST_TRUST = 0.6


@dataclass(frozen=True)
class Effort:
    """How long the final depth may search.

    Attributes
    ----------
    rounds
        Most rounds of fractional cuts.
    budget
        Most rounds times the square of the columns, since that is about how a round's cost grows:
        a graph as large as a town gets a few rounds or none.
    edges
        Most edges of a graph that is searched with whole copies at all.
    gap
        A search with whole copies begins only where tour and bound are farther apart than this
        share of the tour.
    nodes
        Most nodes of each such search.
    turns
        Most such searches.
    stop
        The search ends where tour and bound are no farther apart than this share of the tour; zero
        for the shortest tour.
    seconds
        Most seconds in all. Infinite by default: then the same beat has the same tour everywhere.
    """

    rounds: int = 250
    budget: int = 100_000_000
    edges: int = 350
    gap: float = 0.005
    nodes: int = 10
    turns: int = 2
    stop: float = 0.0
    seconds: float = math.inf

    def near(self, cost: float, bound: float) -> bool:
        """Return whether a tour is near enough to its bound.

        Parameters
        ----------
        cost, bound
            Ticks.

        Returns
        -------
        bool
            True where no search for a better one is asked for.
        """
        return cost * (1.0 - self.stop) <= bound

    def rounds_for(self, columns: int) -> int:
        """Return how many rounds of cuts a programme is worth.

        Parameters
        ----------
        columns
            Of the programme: one for each edge on foot, two by bike.

        Returns
        -------
        int
            None at all where not even one could be afforded: the tour and the bound of the fast
            depth stand then.
        """
        rounds = min(self.rounds, self.budget // max(columns, 1) ** 2)
        return max(rounds, _LEAST_ROUNDS) if rounds else 0


@dataclass
class _Incumbent:
    """The best tour so far (None: the one that was given) and the best bound, in ticks."""

    cost: float
    bound: float
    steps: Traversals | None = None

    @property
    def closed(self) -> bool:
        """True when no tour is cheaper by a whole tick."""
        return self.bound > self.cost - 1.0 + _WHOLE


def improve(
    graph: TravelGraph, required: int, base: int, cost: float, effort: Effort
) -> tuple[Traversals | None, float]:
    """Look for a tour that costs less than a known one, and for what no tour can beat.

    Parameters
    ----------
    graph
        A small graph in one component, its first segments required; from
        `reso_geo.coverage.reduced_graph`.
    required
        How many segments are required.
    base
        Junction where the tour starts and ends.
    cost
        Ticks of the known tour, infinite for none.
    effort
        Where to stop.

    Returns
    -------
    steps : Traversals or None
        A better tour, None when none was found.
    bound : float
        No tour costs less, in ticks; the cost of the best one when it is proven.
    """
    search = _BranchAndCut(graph, required, base, _Incumbent(cost, 0.0), effort)
    search.run()
    return search.answer


def glance(
    graph: TravelGraph, required: int, base: int, cost: float
) -> tuple[Traversals | None, float]:
    """Look once where a relaxation travels for a tour that costs less than a known one.

    The relaxation has the cuts that a search starts from, and no more: most of what the fast depth
    lacks is in them, since they tell which parts are better connected on the way to others.

    Parameters
    ----------
    graph
        A graph whose first segments are required.
    required
        How many segments are required.
    base
        Junction where the tour starts and ends.
    cost
        Ticks of the known tour, infinite for none.

    Returns
    -------
    steps : Traversals or None
        A better tour, None when none was found.
    bound : float
        No tour in this graph costs less, in ticks.
    """
    search = _BranchAndCut(graph, required, base, _Incumbent(cost, 0.0), Effort())
    search.glance()
    return search.answer


class _BranchAndCut:
    """One run of `improve` or `glance`."""

    def __init__(
        self, graph: TravelGraph, required: int, base: int, state: _Incumbent, effort: Effort
    ) -> None:
        self.state = state
        self._graph, self._required, self._base, self._effort = graph, required, base, effort
        self._deadline = time.monotonic() + effort.seconds
        self._cuts = CutFinder(
            graph.node_count,
            (graph.u, graph.v),
            np.minimum(graph.forward, graph.backward),
            required,
            base,
        )
        self._relaxation = Relaxation(graph, required)
        # The last relaxation: its cost, its solution and the copies in it.
        self._relaxed, self._values = 0.0, np.empty(0)
        self._copies = np.zeros(len(graph.u))

    @property
    def answer(self) -> tuple[Traversals | None, float]:
        """The best tour and bound, as `improve` returns them."""
        return self.state.steps, self.state.cost if self.state.closed else self.state.bound

    def glance(self) -> None:
        """Solve one relaxation and go where it goes."""
        self._start()
        if self._relax():
            self._round_off(_FIRST_TRUST)

    def run(self) -> None:
        """Cut, round off, and search with whole copies what is still apart."""
        self._start()
        if not self._fractional() or self._enough():
            return
        self._round_off(*_TRUST)
        apart = self.state.cost - self.state.bound
        if apart <= self._effort.gap * self.state.cost or len(self._copies) > self._effort.edges:
            return
        if math.isfinite(self.state.cost):
            self._relaxation.narrow(self.state.cost - self._relaxed + 1.0)
        self._relaxation.make_whole(self._cuts.odd)
        self._branch()

    def _start(self) -> None:
        first = self._cuts.first()
        if len(first):
            self._relaxation.add(first)

    def _enough(self) -> bool:
        """Return whether tour and bound are as near to each other as is asked for."""
        return self.state.closed or self._effort.near(self.state.cost, self.state.bound)

    def _left(self) -> float:
        return self._deadline - time.monotonic()

    def _fractional(self) -> bool:
        """Raise the bound by cuts; False when no tour exists at all or the best is found."""
        idle, last = 0, 0.0
        rounds = self._effort.rounds_for(self._relaxation.columns)
        for turn in range(rounds):
            if not self._relax() or self._enough():
                return False
            cuts = self._cuts.violated(self._copies)
            if not len(cuts):
                return not self._accept(self._values)
            idle += 1
            if self._relaxed > last * (1.0 + _LEAST_GAIN):
                idle, last = 0, self._relaxed
            if idle > _PATIENCE or self._left() < 0:
                return True
            if turn % _TIDY_ROUNDS == _TIDY_ROUNDS - 1:
                self._relaxation.drop_idle()
            self._relaxation.add(cuts)
        return True

    def _relax(self) -> bool:
        """Solve the relaxation; False when no tour exists at all."""
        outcome = self._relaxation.solve()
        if not len(outcome.values):
            self.state.bound = self.state.cost = math.inf
            return False
        self.state.bound = max(self.state.bound, outcome.bound - _WHOLE * outcome.bound * 1e-3)
        self._relaxed, self._values = outcome.bound, outcome.values
        self._copies = self._relaxation.copies(outcome.values)
        return True

    def _accept(self, values: NDArray[np.float64]) -> bool:
        """Keep a connected solution as the new best, if its copies are whole."""
        copies = self._relaxation.copies(values)
        whole = np.rint(copies).astype(np.int64)
        extra = np.repeat(np.arange(len(whole)), whole)
        own = np.arange(self._required)
        fractional = np.abs(copies - whole).max(initial=0.0) > _WHOLE * 100
        if fractional or self._graph.odd(np.concatenate((own, extra))).any():
            return False
        # The programme may ride half there and half back; the best directions are found again.
        graph = self._graph
        steps = direct(graph, own, graph.links.between(graph.u[extra], graph.v[extra]))
        if steps is not None:
            self._keep(steps)
        return self._enough()

    def _round_off(self, *trusts: float) -> None:
        """Choose links again, cheaper where the relaxation travels them."""
        graph, links = self._graph, self._graph.links
        used = np.zeros(len(links.a))
        moving = np.flatnonzero(graph.u != graph.v)
        np.add.at(used, links.between(graph.u[moving], graph.v[moving]), self._copies[moving])
        own = np.arange(self._required)
        for trust in trusts:
            cost = np.ceil(links.likely * (1.0 - trust * np.clip(used, 0.0, 1.0)))
            chosen, _ = choose_links(graph, graph.weighted(cost), own, self._base)
            steps = direct(graph, own, chosen)
            if steps is not None:
                self._keep(steps)

    def _keep(self, steps: Traversals) -> None:
        cost = float(steps.cost(self._graph).sum())
        if cost < self.state.cost:
            self.state.cost, self.state.steps = cost, steps

    def _branch(self) -> None:
        """Solve with whole copies, cut off what falls apart, until the best one holds."""
        for _ in range(self._effort.turns):
            if self._left() <= 0 or self._enough():
                return
            outcome = self._relaxation.solve_whole(
                self._effort.nodes, self._left(), self.state.cost
            )
            self.state.bound = max(self.state.bound, min(outcome.bound, self.state.cost))
            broken = False
            for values in outcome.found:
                cuts = self._cuts.violated(np.rint(self._relaxation.copies(values)))
                broken = len(cuts) > 0
                if broken:
                    self._relaxation.add(cuts)
                else:
                    self._accept(values)
            # The last one is the best: if it holds together, or there is none, all is said.
            if not broken:
                return
