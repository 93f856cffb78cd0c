"""A plan whose figures are those of its own settings, streets and beats."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from reso_geo.assess import with_known
from reso_geo.demand import Counts
from reso_geo.plan.build import Given, build_plan
from reso_geo.plan.evaluate import enough_of, judged_figures
from reso_geo.plan.evaluation_context import evaluation_context
from reso_geo.plan.tours import tour_beats
from reso_geo.travel import MODES, SEASONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from reso_geo.i18n import Phrase
    from reso_geo.plan.evaluation_context import EvaluationContext
    from reso_geo.plan.parts import Beat, ModeFigures
    from reso_geo.plan.plan import Plan
    from reso_geo.workload import BeatLoad

__all__ = [
    "current_plan",
    "judged_again",
    "measured_again",
    "spread_counts",
    "spread_people",
    "yard_of",
]


def current_plan(plan: Plan) -> Plan:
    """Measure again what was measured with other assumptions than the plan has.

    Parameters
    ----------
    plan
        Whose settings, season, mode, streets, anchors or beats may have been replaced.

    Returns
    -------
    Plan
        The same one where all its figures hold. Residents and calls, which are known for beats
        only, are spread over their streets by length.
    """
    if not plan.outdated:
        return plan
    known = {beat.beat_id: beat for at, beat in enumerate(plan.beats) if at not in plan.outdated}
    return measured_again(plan, yard_of(plan), plan.warnings, known)


def measured_again(
    plan: Plan,
    context: EvaluationContext,
    notes: tuple[Phrase, ...],
    known: Mapping[str, Beat] | None = None,
    progress: Callable[[str], object] | None = None,
) -> Plan:
    """Measure the beats of a plan in another context.

    Parameters
    ----------
    plan
        Whose beats, names, districts, locks and posts stay.
    context
        What they are measured with.
    notes
        What the planner should know, before what is found here.
    known
        Beats by id that need not be measured again where nothing differs; None for none.
    progress
        Called with the key of each stage as it begins.

    Returns
    -------
    Plan
        Residents and calls, which are known for beats only, are spread over their streets by
        length. Tours that are the same are not looked for again.
    """
    given = Given(
        people=spread_people(plan, plan.network.required),
        known=known or {},
        tours=plan.tours,
        spelt={beat.beat_id: beat.name for beat in plan.beats},
        districts={beat.beat_id: beat.district for beat in plan.beats},
        locked=[beat.beat_id for beat in plan.beats if beat.locked],
        notes=notes,
        before=plan,
        lineage=plan.lineage,
        inputs=plan.inputs,
    )
    return build_plan(context, plan.boundary, plan.partition, given, progress)


def yard_of(plan: Plan) -> EvaluationContext:
    """Return what the beats of a plan are measured with.

    Parameters
    ----------
    plan
        A complete plan.

    Returns
    -------
    EvaluationContext
        Calls, which are known for beats only, are spread over their streets.
    """
    counts = spread_counts(plan, plan.network.required)
    times = None if plan.outdated else plan.times
    return evaluation_context(
        plan.network,
        plan.settings,
        plan.request,
        plan.anchors,
        counts,
        times,
        extra_s=plan.extra_s,
        depth="fast" if plan.draft else "final",
    )


def judged_again(plan: Plan) -> Plan:
    """Judge the beats of a plan that was judged by another rule, with the tours that it has.

    Parameters
    ----------
    plan
        Whose passes are right, and whose verdicts are not. Where it keeps no tours they are looked
        for at the fast depth, and timed as the plan has them.

    Returns
    -------
    Plan
        The same but for its verdicts and all that stands beside them; one with a beat that has
        nothing to cover stays as it is.
    """
    own = plan.request.season
    context = replace(yard_of(plan), depth="fast")
    yards = context, context.in_season(next(each for each in SEASONS if each != own))
    held = plan.partition.beat_of[plan.network.required]
    if set(range(len(plan.beats))) - set(held.tolist()):
        return plan
    numbers, beats, enough = range(len(plan.beats)), list(plan.beats), []
    for mode in MODES:
        loads: dict[int, BeatLoad] = {}
        for yard, end in zip(yards, ("", "_other"), strict=True):
            found = tour_beats(yard, mode, plan.partition, numbers, plan.kept_tours, loads)
            loads = {at: load for at, (load, _) in found.items()}
            if not end:
                loads = {
                    at: _as_known(load, plan.beats[at].figures(mode)) for at, load in loads.items()
                }
            enough.append(enough_of(yard, mode, plan.partition, loads))
            for at, load in loads.items():
                judged = judged_figures(yard, mode, plan.partition, at, load)
                if not end:
                    judged = _with_passes(judged, plan.beats[at].figures(mode))
                figures: dict[str, Any] = {f"{mode}{end}": judged}
                beats[at] = replace(beats[at], **figures)
    return replace(plan, beats=tuple(beats), enough=tuple(enough))


def _as_known(load: BeatLoad, known: ModeFigures) -> BeatLoad:
    """Return what a beat asks by the pass that is known of it, where that is shorter."""
    if known.pass_s is None or known.deadhead_s is None:
        return load
    return with_known(load, known.pass_s, known.deadhead_s, known.lower_bound_s)


def _with_passes(judged: ModeFigures, known: ModeFigures) -> ModeFigures:
    """Return figures with the passes that were known before."""
    kept = ("pass_s", "deadhead_s", "lower_bound_s", "exact", "toured_with", "set_aside")
    return replace(judged, **{name: getattr(known, name) for name in kept})


def spread_people(plan: Plan, required: NDArray[np.bool_]) -> NDArray[np.float64] | None:
    """Spread the residents of each beat, and of what waits, over its streets by length.

    Parameters
    ----------
    plan
        A complete plan.
    required
        bool, shape (m,): streets that are to be covered now; the others get none.

    Returns
    -------
    ndarray of float64, shape (m,)
        Residents along each segment: an estimate. None where they are not known.
    """
    if any(beat.residents is None for beat in plan.beats):
        return None
    people = np.zeros(len(plan.network))
    for number, beat in enumerate(plan.beats):
        own, share = _shares(plan, required, plan.partition.beat_of == number)
        people[own] = share * (beat.residents or 0)
    if plan.waiting_residents and (waiting := plan.unserved).any():
        own, share = _shares(plan, required, waiting)
        people[own] = share * plan.waiting_residents
    return people


def spread_counts(plan: Plan, required: NDArray[np.bool_]) -> Counts | None:
    """Spread the calls of each beat over its streets in whole numbers, none lost.

    Parameters
    ----------
    plan
        A complete plan.
    required
        bool, shape (m,): streets that are to be covered now; the others get none.

    Returns
    -------
    Counts
        An estimate; None where none were counted.
    """
    if plan.counts_weeks is None:
        return None
    n = np.zeros(len(plan.network), dtype=np.int64)
    for number, beat in enumerate(plan.beats):
        own, share = _shares(plan, required, plan.partition.beat_of == number)
        n[own] = np.diff(np.rint(np.cumsum(share) * (beat.counts or 0)), prepend=0.0)
    return Counts(n, plan.counts_weeks, 0, 0, ())


def _shares(
    plan: Plan, required: NDArray[np.bool_], held: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return which of the streets held are still to cover, and each one's share."""
    own = np.flatnonzero(held & plan.network.required)
    still = own[required[own]]
    own = still if len(still) else own
    length_m = plan.network.length_m[own]
    return own, length_m / length_m.sum()
