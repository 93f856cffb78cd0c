"""Refine beats: even them from where they start."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.assignment import Assignment
from reso_geo.districting.diagnostics import Diagnostic, blocked_beats
from reso_geo.districting.local_search import BalanceSearch
from reso_geo.districting.state import SearchState
from reso_geo.partition.carriageways import with_twins
from reso_geo.partition.components import region_of
from reso_geo.partition.partition import trading_groups
from reso_geo.partition.result import CutResult

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from numpy.typing import NDArray

    from reso_geo.districting.evaluator import Evaluator
    from reso_geo.districting.params import SearchRules
    from reso_geo.districting.problem import DistrictingProblem
    from reso_geo.network import StreetNetwork
    from reso_geo.partition.partition import Partition

__all__ = ["attachment_of", "even_from_bases", "refine_beats"]


def refine_beats(
    problem: DistrictingProblem,
    evaluator: Evaluator,
    partition: Partition,
    rules: SearchRules,
    kept: Collection[str] = (),
) -> CutResult:
    """Even out beats once their bases are known: see `even_from_bases`.

    Parameters
    ----------
    problem
        Streets, how they are travelled and what they ask.
    evaluator
        Measures beats.
    partition
        Connected beats of the problem's network, with their bases: see `start_beats`.
    rules
        What the search goes by.
    kept
        Ids of beats that stay exactly as they are.

    Returns
    -------
    CutResult
        The same beats with the same bases; why the balance is not better, and whether time was up.
    """

    def search(state: SearchState, _: NDArray[np.int64]) -> bool:
        few = state.assignment.count <= rules.params.construct.at_once
        return BalanceSearch(state, None if few else 1.0).run()

    return even_from_bases(problem, evaluator, partition, rules, kept, search)


def even_from_bases(
    problem: DistrictingProblem,
    evaluator: Evaluator,
    partition: Partition,
    rules: SearchRules,
    kept: Collection[str],
    search: Callable[[SearchState, NDArray[np.int64]], bool],
) -> CutResult:
    """Even out beats, each measured from its own base.

    The streets that are patrolled more often than the others are walked to from the base, so that
    the load of a beat depends on where that is. A first search measures beats from their middle as
    the crow flies, which is found at once; this is for what comes after it. No beat gives away all
    the streets where it starts. Small places, which a cut searches through, stay as they are. Both
    sides of a street come into one beat last.

    Parameters
    ----------
    problem, evaluator, partition, rules, kept
        As for `refine_beats`.
    search
        Trades among the beats of one region, given measured and by their places in the partition,
        int64, shape (c,); says whether it ended in time.

    Returns
    -------
    CutResult
        As for `refine_beats`.
    """
    network, total_s = problem.network, problem.load.total_s
    annexed = {
        attachment_of(
            network, np.setdiff1d(partition.segments_of(beat), own), int(partition.base[beat])
        ): own
        for beat, own in partition.annexed.items()
    }
    beat_of, found, ended = partition.beat_of.copy(), [], True
    apart = np.concatenate([np.empty(0, dtype=np.int64), *annexed.values()])
    for beats in trading_groups(network, partition, kept):
        if len(beats) == 1:
            continue
        own = np.setdiff1d(np.flatnonzero(np.isin(beat_of, beats)), apart)
        beat_s = float(total_s[own].sum()) / len(beats)
        region = region_of(network, total_s, own, annexed, rules.params, beat_s)
        labels = np.searchsorted(beats, beat_of[own])
        posts = partition.posts[beats]
        if len(own) > rules.params.best_first.most_segments or len(np.unique(posts)) > 1:
            start = partition.base[beats].tolist()
            assignment = Assignment(region, labels, len(beats))
            state = SearchState(assignment, evaluator, posts / posts.sum(), rules, start)
            ended &= search(state, beats)
            names = [partition.beat_id[beat] for beat in beats.tolist()]
            found += blocked_beats(state, names, network.segment_id)
            labels = assignment.labels()
        beat_of[own] = beats[with_twins(network, region, labels, len(beats))]
    now: dict[int, list[NDArray[np.int64]]] = {}
    for segment, own in annexed.items():
        beat_of[own] = beat_of[segment]
        now.setdefault(int(beat_of[segment]), []).append(own)
    annexed_now = {beat: np.sort(np.concatenate(parts)) for beat, parts in sorted(now.items())}
    if not ended:
        found.append(Diagnostic("cut_stopped", seconds=rules.time_limit_s))
    return CutResult(replace(partition, beat_of=beat_of, annexed=annexed_now), tuple(found))


def attachment_of(network: StreetNetwork, own: NDArray[np.int64], base: int) -> int:
    """Return the segment that parts which joined a beat stay with: one where the beat starts.

    Parameters
    ----------
    network
        The streets.
    own
        int64: segments of the beat, without those parts.
    base
        Junction that it starts from, -1 where that is not known.

    Returns
    -------
    int
        One to cover, where there is any.
    """
    required = own[network.required[own]]
    near = required[(network.u[required] == base) | (network.v[required] == base)]
    return int(next(some for some in (near, required, own) if len(some))[0])
