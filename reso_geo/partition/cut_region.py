"""The search in one region: from its streets to beats of about equal measured load."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.assignment import Assignment
from reso_geo.districting.local_search import BalanceSearch, even_objective
from reso_geo.districting.border_search import BorderSearch
from reso_geo.districting.objective import Balance, Compactness
from reso_geo.districting.state import SearchState
from reso_geo.parallel import MANY_SEGMENTS, side_by_side
from reso_geo.partition.best_first import MOST_POLISHED, polished
from reso_geo.partition.construct.barrier_sides import SideSearch, cut_by_sides, few_crossings
from reso_geo.partition.construct.initial import (
    MOST_AT_ONCE,
    StartEffort,
    compact_start,
    cost_of,
    refined,
)
from reso_geo.partition.construct.power_diagram import balanced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.evaluator import Evaluator
    from reso_geo.districting.region import Region

__all__ = ["RegionCut", "RegionSearch", "SearchLimits"]

_SIDE_SLACK = 0.3
"""Sides of barriers may be off by this share of the tolerance; the beats in them still even out."""
_STARTS_A_SEGMENT = 20
"""First cuts from which a small place is searched through, for each of its segments."""
_SPREAD_ROUNDS = 4
_TRIES = 4
_MOST_ROUGH = 32
"""What is only learned from, not kept, may be rough; of more beats too rough to learn from."""
_STARTS = 3
_EFFORT_OF_MANY = 0.25
"""Many beats are evened once more, from their bases: see `reso_geo.partition.refine`."""
_NEAR = 0.8
"""Part of the tolerance: what is evened once more, from its bases, needs no more."""
_SEED_STEP, _TRY_STEP = 1_000_003, 10_007


@dataclass(frozen=True)
class SearchLimits:
    """Where a search stops.

    Attributes
    ----------
    tolerance
        How far the load of a beat may be from its target, as a share of it.
    deadline
        On the clock of `time.monotonic`; the best so far is kept.
    seed
        Of the first cuts.
    """

    tolerance: float
    deadline: float
    seed: int


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
    limits
        Where to stop.
    """

    def __init__(
        self, region: Region, evaluator: Evaluator, count: int, limits: SearchLimits
    ) -> None:
        self._region, self._evaluator, self._count, self._limits = region, evaluator, count, limits
        self._weight = region.load_s + 1e-6
        self._equal = np.full(count, 1.0 / count)
        self._few = 1 < count <= min(len(region.xy), MOST_AT_ONCE)
        self._rough = StartEffort(moves=2, diagrams=4) if count <= _MOST_ROUGH else StartEffort()

    def quick(self) -> NDArray[np.int64]:
        """Return a first cut into equal beats, and learn from it what each segment really asks.

        Returns
        -------
        ndarray of int64, shape (s,)
            Beat of each segment.
        """
        limits = self._limits
        labels = compact_start(
            self._region, self._weight, self._equal, limits.tolerance, limits.seed, self._rough
        )
        state = self._state(labels, self._equal)
        self._weight = state.weight_s + 1e-6
        return state.assignment.labels()

    def equal(self) -> RegionCut:
        """Cut into beats of equal load that keep to their side of a barrier where they can.

        Returns
        -------
        RegionCut
            Its beats, numbered in no order.
        """
        state, ended = self._even()
        if len(self._region) <= MOST_POLISHED:
            return RegionCut(self._searched_through(state.assignment.labels()), ended)
        return RegionCut(state.assignment.labels(), ended)

    def _even(self) -> tuple[SearchState, bool]:
        """Even out a first cut, and up to two others where a beat stays beyond the tolerance."""
        limits, few = self._limits, self._few
        along = few and bool(self._region.barred.any())
        effort = 1.0 if few else _EFFORT_OF_MANY
        done: list[tuple[bool, float, int, SearchState]] = []
        for number in range(_STARTS if few else 1):
            seed = limits.seed + number * _SEED_STEP
            sided = along and number < _STARTS - 1
            state = self._along_barriers(seed) if sided else self._compact(seed)
            ended = BalanceSearch(state, _NEAR, effort, last=few).run(limits.deadline)
            even = bool(np.abs(state.off).max() <= limits.tolerance)
            done.append((not even, state.cost(even_objective(limits.tolerance)), number, state))
            if even or not ended:
                break
            self._weight = state.weight_s + 1e-6
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
            labels = refined(self._region, labels, self._weight, share, self._limits.tolerance)
        state = self._state(labels, share)
        ended = BalanceSearch(state).run(self._limits.deadline)
        return RegionCut(state.assignment.labels(), ended)

    def _state(self, labels: NDArray[np.int64], share: NDArray[np.float64]) -> SearchState:
        assignment = Assignment(self._region, labels, len(share))
        return SearchState(assignment, self._evaluator, share, self._limits.tolerance)

    def _compact(self, seed: int) -> SearchState:
        """Cut compactly by what is known of the load; a few beats again by what was learned."""
        region, share, tolerance = self._region, self._equal, self._limits.tolerance
        labels = compact_start(region, self._weight, share, tolerance, seed, StartEffort(_TRIES))
        labels = BorderSearch(region, self._weight, share, tolerance).run(labels, 3)
        first = self._state(labels, share)
        return self._relearned(first, region) if self._few else first

    def _relearned(self, first: SearchState, region: Region) -> SearchState:
        """Cut again, over the ways that a region leaves open, by what was learned of the load."""
        share, tolerance = self._equal, self._limits.tolerance
        weight = first.weight_s + 1e-6
        again = BorderSearch(region, weight, share, tolerance).run(first.assignment.labels(), 2)
        even = even_objective(tolerance)
        return min((first, self._state(again, share)), key=lambda state: state.cost(even))

    def _along_barriers(self, first: int) -> SearchState:
        """Cut by sides, with the crossings that several first cuts lie on; refine the best."""
        region, count, weight, share = self._region, self._count, self._weight, self._equal
        tolerance = self._limits.tolerance

        def cut(number: int) -> tuple[float, int, NDArray[np.int64], NDArray[np.bool_]]:
            if number and time.monotonic() > self._limits.deadline:
                return np.inf, number, region.segment[:0], region.shut
            seed = first + number * _TRY_STEP
            labels = compact_start(region, weight, share, tolerance, seed, self._rough)
            search = SideSearch(_SIDE_SLACK * tolerance, tolerance, seed)
            open_ = few_crossings(region, weight, labels)
            labels = cut_by_sides(open_, weight, count, search)
            return cost_of(region, labels, weight, share, tolerance), number, labels, open_.shut

        found = side_by_side(cut, range(_TRIES), worth=len(region) >= MANY_SEGMENTS)
        _, _, labels, shut = min(found, key=lambda one: one[:2])
        labels = BorderSearch(replace(region, shut=shut), weight, share, tolerance).run(labels, 3)
        return self._relearned(self._state(labels, share), replace(region, shut=shut))

    def _searched_through(self, labels: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the best of what small moves lead to from here and from some other starts."""
        limits, region, share = self._limits, self._region, self._equal
        cost = Compactness(region, self._evaluator, share, Balance(limits.tolerance))
        starts = [labels]
        if self._count <= len(region.xy):
            draw = np.random.default_rng(limits.seed)
            for _ in range(_STARTS_A_SEGMENT * len(region)):
                base = draw.choice(len(region.xy), self._count, replace=False)
                first = np.zeros(self._count)
                spread = balanced(
                    region, (base, first), self._weight, share * self._weight.sum(), _SPREAD_ROUNDS
                )
                starts.append(Assignment(region, spread.labels, self._count).labels())
        return polished(region, starts, self._count, cost, limits.deadline)
