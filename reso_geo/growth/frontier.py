"""The frontier: how much keeps its post at each tolerance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.growth.history import as_edited, history_of
from reso_geo.growth.step import worth_of, yard_for
from reso_geo.plan import Plan, current_plan
from reso_geo.plan_check import EditedPlan
from reso_geo.rebalance import RebalanceRequest, continuity_of, rebalance
from reso_geo.records import hearer, kind_of
from reso_geo.workload import measure_load

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from reso_geo.partition import Partition
    from reso_geo.plan import EvaluationContext

__all__ = ["TOLERANCES", "FrontierPoint", "frontier"]

TOLERANCES = (0.02, 0.03, 0.05, 0.075, 0.10, 0.15, 0.20)


@dataclass(frozen=True)
class FrontierPoint:
    """What one tolerance buys.

    Attributes
    ----------
    tolerance
        How far a load per post may be from the mean, as a share of it.
    load_share
        Share of street load that keeps its post.
    bound, reachable
        What loads allow at most, and what neighbours allow by an estimate.
    moved_km
        Streets to cover that change hands.
    max_over_mean, min_over_mean
        Largest and smallest load per post as measured at the fast depth, over their mean.
    """

    tolerance: float
    load_share: float
    bound: float
    reachable: float
    moved_km: float
    max_over_mean: float
    min_over_mean: float


def frontier(
    edited: EditedPlan | Plan,
    request: RebalanceRequest,
    tolerances: Sequence[float] = TOLERANCES,
    progress: Callable[[str, float], object] | bool | None = None,  # noqa: FBT001 - as elsewhere
) -> tuple[FrontierPoint, ...]:
    """Rebalance a plan at several tolerances, and say what each keeps.

    Parameters
    ----------
    edited
        From `reso_geo.read_edited_plan`: any plan, valid or not. Or a plan in memory.
    request
        Posts, locks, who leaves; its own tolerance is one of those that are tried.
    tolerances
        The others.
    progress
        Called with the key of the stage and the share of it that is done.

    Returns
    -------
    tuple of FrontierPoint
        One a tolerance, the strictest first. Beats that keep a stricter tolerance keep a looser
        one too: where they keep more streets than those that were searched for it, they stand.

    Raises
    ------
    InfeasibleError
        When no such plan exists.
    UsageError
        When the request names beats that there are not, or residents where none are known.
    """
    tell = hearer(progress) or (lambda *_: None)
    if not isinstance(edited, EditedPlan):
        edited = as_edited(current_plan(kind_of("edited", edited, Plan, "plan_or_edited")), Path())
    kind_of("request", request, RebalanceRequest, "rebalance_request")
    history = history_of(edited)
    context = yard_for(edited, history, request)
    problem = context.problem()
    worth_s = worth_of(context, request.keep, history.people)
    kept_s = context.load.without_counts().total_s
    points: list[FrontierPoint] = []
    best: tuple[float, Partition] | None = None
    bound = reachable = 0.0
    every = sorted({*tolerances, request.tolerance})
    for number, tolerance in enumerate(every):
        tell("progress.frontier", number / len(every))
        asked = replace(request, tolerance=tolerance)
        made = rebalance(problem, history.beats[-1], asked, worth_s).partition
        share = continuity_of(edited.network, kept_s, history.beats[-1], made, tolerance).load_share
        if best is None or share > best[0]:
            best = share, made
        kept = continuity_of(edited.network, kept_s, history.beats[-1], best[1], tolerance)
        # What a stricter tolerance allows, by the posts of its beats, a looser one allows too.
        bound, reachable = max(bound, kept.bound), max(reachable, kept.reachable)
        per_post = _loads(context, best[1]) / best[1].posts
        points.append(
            FrontierPoint(
                tolerance,
                kept.load_share,
                bound,
                reachable,
                kept.moved_km,
                float(per_post.max() / per_post.mean()),
                float(per_post.min() / per_post.mean()),
            )
        )
    tell("progress.frontier", 1.0)
    return tuple(points)


def _loads(context: EvaluationContext, made: Partition) -> NDArray[np.float64]:
    """Measure beats, seconds per week, shape (k,)."""
    network, graph = context.network, context.graphs[context.request.mode]
    loads_s = []
    for beat, base in enumerate(made.base.tolist()):
        own = made.segments_of(beat)
        required = own[network.required[own]]
        loads_s.append(measure_load(graph, context.load, required, base).load_s)
    return np.array(loads_s)
