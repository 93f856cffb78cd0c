"""The search in one region: from its streets to beats of about equal measured load."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.assignment import Assignment
from reso_geo.districting.borders.search import BorderSearch
from reso_geo.districting.local_search import BalanceSearch, even_objective
from reso_geo.districting.objective import Balance, Compactness
from reso_geo.districting.starts import above_zero
from reso_geo.districting.state import SearchState
from reso_geo.parallel import MANY_SEGMENTS, side_by_side
from reso_geo.partition.best_first import polished
from reso_geo.partition.construct.barrier_sides import SideSearch, cut_by_sides, few_crossings
from reso_geo.partition.construct.initial import compact_start, cost_of, refined
from reso_geo.partition.construct.power_diagram import balanced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.evaluator import Evaluator
    from reso_geo.districting.params import SearchRules
    from reso_geo.districting.region import Region

__all__ = ["RegionCut", "RegionSearch"]

_SEED_STEP, _TRY_STEP = 1_000_003, 10_007
"""Primes that keep the seeds of several first cuts apart."""


@dataclass(frozen=True)
class RegionCut:
    """What a search ended with.

    Attributes
    ----------
    labels
        int64, shape (s,): beat of each segment.
    ended
        False when time was up before the search had ended.
    """

    labels: NDArray[np.int64]
    ended: bool


class RegionSearch:
    """Cuts one connected region.

    Parameters
    ----------
    region
        The streets.
    evaluator
        Measures beats.
    count
        Number of beats.
    rules
        What the search goes by.
    """

    def __init__(
        self, region: Region, evaluator: Evaluator, count: int, rules: SearchRules
    ) -> None:
        self._region, self._evaluator, self._count, self._rules = region, evaluator, count, rules
        self._params = rules.params.construct
        self._weight = above_zero(region.load_s)
        self._equal = np.full(count, 1.0 / count)
        self._few = 1 < count <= min(len(region.xy), self._params.at_once)
        self._rough = self._params.rough(count)
        self._search = rules.tolerance, self._params

    def quick(self) -> NDArray[np.int64]:
        """Return a first cut into equal beats, and learn from it what each segment really asks.

        Returns
        -------
        ndarray of int64, shape (s,)
            Beat of each segment.
        """
        rules = self._rules
        labels = compact_start(
            self._region, self._weight, self._equal, rules.tolerance, rules.seed, self._rough
        )
        state = self._state(labels, self._equal)
        self._weight = above_zero(state.weight_s)
        return state.assignment.labels()

    def equal(self) -> RegionCut:
        """Cut into beats of equal load that keep to their side of a barrier where they can.

        Returns
        -------
        RegionCut
            Its beats, numbered in no order.
        """
        state, ended = self._even()
        if len(self._region) <= self._rules.params.best_first.most_segments:
            return RegionCut(self._searched_through(state.assignment.labels()), ended)
        return RegionCut(state.assignment.labels(), ended)

    def _even(self) -> tuple[SearchState, bool]:
        """Even out a first cut, and up to two others where a beat stays beyond the tolerance."""
        rules, few, starts = self._rules, self._few, self._params.starts
        along, balance = few and bool(self._region.barred.any()), rules.params.balance
        effort = 1.0 if few else balance.many_effort
        done: list[tuple[bool, float, int, SearchState]] = []
        for number in range(starts if few else 1):
            seed = rules.seed + number * _SEED_STEP
            sided = along and number < starts - 1
            state = self._along_barriers(seed) if sided else self._compact(seed)
            ended = BalanceSearch(state, balance.near_first, effort, last=few).run()
            even = bool(np.abs(state.off).max() <= rules.tolerance)
            done.append((not even, state.cost(even_objective(rules)), number, state))
            if even or not ended:
                break
            self._weight = above_zero(state.weight_s)
        return min(done)[-1], ended

    def unequal(self, labels: NDArray[np.int64], share: NDArray[np.float64]) -> RegionCut:
        """Cut into beats of wanted shares, each about where it was in an equal cut.

        Parameters
        ----------
        labels
            int64, shape (s,): from `quick`.
        share
            float64, shape (k,): wanted share of the load of each beat, sum one.

        Returns
        -------
        RegionCut
            Its beats, in the numbers of `labels`.
        """
        if self._count <= len(self._region.xy):
            labels = refined(self._region, labels, self._weight, share, self._search)
        state = self._state(labels, share)
        ended = BalanceSearch(state).run()
        return RegionCut(state.assignment.labels(), ended)

    def _state(self, labels: NDArray[np.int64], share: NDArray[np.float64]) -> SearchState:
        assignment = Assignment(self._region, labels, len(share))
        return SearchState(assignment, self._evaluator, share, self._rules)

    def _compact(self, seed: int) -> SearchState:
        """Cut compactly by what is known of the load; a few beats again by what was learned."""
        region, share, params = self._region, self._equal, self._params
        best = replace(params, tries=params.best_of)
        labels = compact_start(region, self._weight, share, self._rules.tolerance, seed, best)
        labels = self._bordered(region, labels)
        first = self._state(labels, share)
        return self._relearned(first, region) if self._few else first

    def _relearned(self, first: SearchState, region: Region) -> SearchState:
        """Cut again, over the ways that a region leaves open, by what was learned of the load."""
        share, weight = self._equal, above_zero(first.weight_s)
        search = BorderSearch(region, weight, share, self._rules)
        again = search.run(first.assignment.labels(), self._rules.params.borders.again)
        even = even_objective(self._rules)
        return min((first, self._state(again, share)), key=lambda state: state.cost(even))

    def _along_barriers(self, first: int) -> SearchState:
        """Cut by sides, with the crossings that several first cuts lie on; refine the best."""
        region, count, weight, share = self._region, self._count, self._weight, self._equal
        tolerance, params = self._search

        def cut(number: int) -> tuple[float, int, NDArray[np.int64], NDArray[np.bool_]]:
            if number and self._rules.late:
                return np.inf, number, region.segment[:0], region.shut
            seed = first + number * _TRY_STEP
            labels = compact_start(region, weight, share, tolerance, seed, self._rough)
            search = SideSearch(params.side_slack * tolerance, tolerance, seed, params)
            open_ = few_crossings(region, weight, labels)
            labels = cut_by_sides(open_, weight, count, search)
            cost = cost_of(region, labels, weight, share, self._search)
            return cost, number, labels, open_.shut

        found = side_by_side(cut, range(params.best_of), worth=len(region) >= MANY_SEGMENTS)
        _, _, labels, shut = min(found, key=lambda one: one[:2])
        region = replace(region, shut=shut)
        return self._relearned(self._state(self._bordered(region, labels), share), region)

    def _bordered(self, region: Region, labels: NDArray[np.int64]) -> NDArray[np.int64]:
        """Move the borders of a first cut onto streets that everybody knows."""
        search = BorderSearch(region, self._weight, self._equal, self._rules)
        full = Assignment(region, labels, self._count).labels()
        return search.run(full, self._rules.params.borders.sweeps)

    def _searched_through(self, labels: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the best of what small moves lead to from here and from some other starts."""
        rules, region, share = self._rules, self._region, self._equal
        params = rules.params.best_first
        cost = Compactness(region, self._evaluator, share, Balance(rules.tolerance))
        starts = [labels]
        if self._count <= len(region.xy):
            draw = np.random.default_rng(rules.seed)
            for _ in range(params.starts_a_segment * len(region)):
                base = draw.choice(len(region.xy), self._count, replace=False)
                first = np.zeros(self._count)
                target = share * self._weight.sum()
                spread = balanced(region, (base, first), self._weight, target, params.spread_rounds)
                starts.append(Assignment(region, spread.labels, self._count).labels())
        return polished(region, starts, self._count, cost, rules)
