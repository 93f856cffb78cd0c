"""Refine rebalanced beats: each gets its base, and those that are off from there trade again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.partition import even_from_bases, keep_bases
from reso_geo.rebalance.territory import FREE, Territory
from reso_geo.rebalance.transfers import TransferSearch

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from reso_geo.districting.evaluator import Evaluator
    from reso_geo.districting.params import SearchRules
    from reso_geo.districting.problem import DistrictingProblem
    from reso_geo.districting.state import SearchState
    from reso_geo.partition import CutResult, Partition
    from reso_geo.rebalance.params import RebalanceParams
    from reso_geo.rebalance.request import OldBeats

__all__ = ["RebalanceRefiner"]


class RebalanceRefiner:
    """Refines the beats that a rebalance has made.

    Parameters
    ----------
    problem
        Streets, how they are travelled and what they ask.
    evaluator
        Measures beats.
    old
        The beats that there were.
    worth_s
        float64, shape (m,): what it counts for that a segment keeps its beat, in seconds of load.
    params
        Figures that the search goes by.
    """

    def __init__(
        self,
        problem: DistrictingProblem,
        evaluator: Evaluator,
        old: OldBeats,
        worth_s: NDArray[np.float64],
        params: RebalanceParams,
    ) -> None:
        self._problem, self._evaluator = problem, evaluator
        self._old, self._worth_s, self._params = old, worth_s, params

    def refined(self, made: Partition, rules: SearchRules, kept: Collection[str]) -> CutResult:
        """Assign beats their bases, and even out from there with little changing hands.

        Parameters
        ----------
        made
            Connected beats.
        rules
            What the search goes by.
        kept
            Ids of beats that stay exactly as they are.

        Returns
        -------
        CutResult
            The same beats with their bases.
        """
        problem = self._problem
        known = self._known(made)
        based = keep_bases(problem.network, problem.walk, problem.kept_s, made, known)

        def search(state: SearchState, beats: NDArray[np.int64]) -> bool:
            territory = self._territory(state, based, beats)
            return TransferSearch(state, territory, self._params).refine()

        return even_from_bases(problem, self._evaluator, based, rules, kept, search)

    def _known(self, made: Partition) -> dict[str, tuple[int, str]]:
        """Return the bases that were given, and those of beats that have kept all their streets."""
        old, known = self._old, {}
        now = {beat_id: beat for beat, beat_id in enumerate(made.beat_id)}
        for beat, beat_id in enumerate(old.beat_id):
            if beat_id not in now:
                continue
            own = np.flatnonzero(old.beat_of == beat)
            name = old.base_name[beat]
            if name or np.array_equal(own, made.segments_of(now[beat_id])):
                known[beat_id] = int(old.base[beat]), name
        return known

    def _territory(
        self, state: SearchState, made: Partition, beats: NDArray[np.int64]
    ) -> Territory:
        """Return whose the streets of some beats were, all of these staying."""
        old, region = self._old, state.assignment.region
        place = {made.beat_id[beat]: at for at, beat in enumerate(beats.tolist())}
        number = np.array([*(place.get(name, FREE) for name in old.beat_id), FREE])
        posts = made.posts[beats]
        return Territory(
            region=region,
            held=state.assignment.labels(),
            home=number[old.beat_of[region.segment]],
            worth_s=self._worth_s[region.segment],
            share=posts / posts.sum(),
            base=made.base[beats],
            fixed=np.ones(len(beats), dtype=bool),
            stays=len(beats),
        )
