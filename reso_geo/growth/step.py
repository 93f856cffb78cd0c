"""rebalance_plan: one step from a plan, valid or not, to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.demand import place_anchors
from reso_geo.errors import UsageError
from reso_geo.growth.change import change_between
from reso_geo.growth.history import as_edited, history_of
from reso_geo.growth.restore import restored
from reso_geo.i18n import Phrase, listed
from reso_geo.partition import CutRequest
from reso_geo.plan import Ancestor, Given, Plan, build_plan, current_plan, evaluation_context
from reso_geo.plan.balance import leaving_phrase
from reso_geo.plan_check import OF_THE_CUT, EditedPlan, read_edited_plan
from reso_geo.rebalance import RebalanceRequest, continuity_of, rebalance
from reso_geo.records import Shown, hearer, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reso_geo.growth.change import PlanChange
    from reso_geo.growth.history import PlanHistory
    from reso_geo.partition import Partition
    from reso_geo.plan import Beat, EvaluationContext
    from reso_geo.rebalance import PlanContinuity, Rebalanced

__all__ = ["RebalancedPlan", "rebalance_plan", "worth_of", "yard_for"]

_ANCHOR = 10.0
"""With ``keep="anchors"``, a segment with an anchor counts as many times a mean segment's load."""


@dataclass(frozen=True, repr=False)
class RebalancedPlan(Shown):
    """A plan that comes from another one.

    Attributes
    ----------
    plan
        The new plan, ready to be saved, drawn and reported.
    continuity
        What kept its post.
    since_first
        What kept its post since the first plan of a ladder; of a single step, `continuity`.
    found
        Its beats, who left and who is new.
    returned
        Ids of beats that an earlier plan of the ladder had, the last one had not, and this one has
        again.
    change
        Streets, residents and anchors that have another beat.
    wrong
        What was wrong with the plan that it comes from.
    """

    plan: Plan
    continuity: PlanContinuity
    since_first: PlanContinuity
    found: Rebalanced
    returned: tuple[str, ...]
    change: PlanChange
    wrong: tuple[Phrase, ...]

    def summary(self) -> Phrase:
        """Return the new plan and what kept its post, in one sentence.

        Returns
        -------
        Phrase
            For people.
        """
        kept, moved = self.continuity.load_share, self.continuity.moved_km
        values = {"plan": self.plan.summary(), "share": 100.0 * kept, "km": moved}
        return Phrase("growth.facts", values)


def rebalance_plan(
    edited: EditedPlan | Plan | str | PathLike[str],
    request: RebalanceRequest | None = None,
    *,
    date: str | None = None,
    progress: Callable[[str], object] | bool | None = None,
    history: PlanHistory | None = None,
    officers: int | None = None,
) -> RebalancedPlan:
    """Make a balanced plan out of an older one, with as little as possible changing hands.

    Parameters
    ----------
    edited
        From `reso_geo.read_edited_plan`: any plan, valid or not. Or a plan in memory, or the path
        of one.
    request
        Posts, locks, who leaves; None for `officers` posts.
    date
        Of the new plan, YYYY-MM-DD; None for that of the older one.
    progress
        Called with the key of each stage as it begins; True for a line each on standard error.
    history
        What is remembered of a ladder, the older plan included; None for that plan alone.
    officers
        Posts in all, where `request` says nothing.

    Returns
    -------
    RebalancedPlan
        With what kept its post.

    Raises
    ------
    InfeasibleError
        When no such plan exists; names the ids, and the nearest that can be asked for.
    UsageError
        When an argument is of another kind, the request names beats that there are not, or
        residents where none are known.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from reso_geo import RebalanceRequest, load_network, make_plan, read_boundary
    >>> from reso_geo import read_edited_plan, save_plan
    >>> from reso_geo.atomic_files import data_file
    >>> boundary = read_boundary(str(data_file("sample/sector.geojson")))
    >>> network = load_network(data_file("sample/sample.osm.pbf"), boundary)
    >>> plan = make_plan(network, officers=2)
    >>> path = Path(tempfile.mkdtemp()) / "plan.gpkg"
    >>> _ = save_plan(plan, path)
    >>> grown = rebalance_plan(read_edited_plan(path), RebalanceRequest(officers=3))
    >>> len(grown.plan.beats)
    3
    """
    hear, request = hearer(progress), _request(request, officers)
    if isinstance(edited, Plan):
        edited = as_edited(current_plan(edited), Path())
    elif isinstance(edited, str | PathLike):
        edited = read_edited_plan(edited)
    edited = kind_of("edited", edited, EditedPlan, "plan_or_path")
    history = history_of(edited) if history is None else history
    (hear or (lambda _: None))("progress.rebalance")
    plan, network, old = edited.plan, edited.network, history.beats[-1]
    context = yard_for(edited, history, request, date)
    found = _search(context, history, request)
    cut = _cut(plan.request.cut, request, found.partition)
    context = replace(context, request=replace(context.request, cut=cut))
    partition = found.partition
    kept_s = context.load.without_counts().total_s
    known = network, kept_s, old, partition, request.tolerance, history.people
    continuity = continuity_of(*known)
    first = continuity
    if len(history.beats) > 1:
        first = continuity_of(network, kept_s, history.beats[0], *known[3:])
    returned = tuple(name for name in partition.beat_id if name not in {*old.beat_id, *found.new})
    rows = {row.beat_id: row for row in edited.beats}
    given = Given(
        people=history.people,
        known=_known(edited, partition),
        tours=edited.plan.tours,
        names=history.names,
        districts=_districts(edited, continuity),
        locked=[name for name, row in rows.items() if row.locked or name in request.lock],
        notes=_kept_notes(plan),
        diagnostics=found.diagnostics,
        more=_more_notes(plan, found, returned),
        before=plan,
        returned=returned,
        lineage=_lineage(plan, continuity),
        inputs=plan.inputs,
    )
    after = build_plan(context, plan.boundary, partition, given)
    change = change_between(edited, after, history.people, returned)
    wrong = tuple(problem.what for problem in edited.problems)
    return RebalancedPlan(after, continuity, first, found, returned, change, wrong)


def _request(request: object, officers: int | None) -> RebalanceRequest:
    """Return what is asked for, said in one way only."""
    if request is None and officers is not None:
        return RebalanceRequest(officers)
    if officers is not None:
        raise UsageError(Phrase("plan.request_twice", {"parts": "officers"}))
    return kind_of("request", request, RebalanceRequest, "rebalance_request")


def yard_for(
    edited: EditedPlan, history: PlanHistory, request: RebalanceRequest, date: str | None = None
) -> EvaluationContext:
    """Return what the beats of a step are measured with.

    Parameters
    ----------
    edited
        The present plan.
    history
        What is remembered, that plan included.
    request
        Posts and tolerance.
    date
        Of the new plan, YYYY-MM-DD; None for that of the present one.

    Returns
    -------
    EvaluationContext
        By the settings, mode and season of the present plan.
    """
    plan = edited.plan
    asked = replace(
        plan.request,
        cut=_cut(plan.request.cut, request, None),
        created=plan.request.created if date is None else date,
    )
    return evaluation_context(
        edited.network, plan.settings, asked, plan.anchors, history.counts, extra_s=plan.extra_s
    )


def _search(
    context: EvaluationContext, history: PlanHistory, request: RebalanceRequest
) -> Rebalanced:
    worth_s, problem = worth_of(context, request.keep, history.people), context.problem()
    if history.restore:
        return restored(problem, context.load, history.beats, request, worth_s)
    return rebalance(problem, history.beats[-1], request, worth_s)


def _cut(cut: CutRequest, request: RebalanceRequest, made: Partition | None) -> CutRequest:
    """Return the request that the new plan answers."""
    size = cut.officers_per_beat
    several = None
    if made is not None:
        posts = dict(zip(made.beat_id, made.posts.tolist(), strict=True))
        several = {name: count for name, count in posts.items() if count != size} or None
    return CutRequest(
        officers=request.officers,
        officers_per_beat=size if made is not None else 1,
        posts=several,
        cross_cities=cut.cross_cities,
        tolerance=request.tolerance,
        time_limit_s=request.time_limit_s,
        seed=request.seed,
        params=request.params.cut,
    )


def worth_of(
    context: EvaluationContext, keep: str, people: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Return what it counts for that a segment keeps its beat, in seconds of load, all as much.

    Parameters
    ----------
    context
        What beats are measured with.
    keep
        ``load``, ``residents`` or ``anchors``.
    people
        float64, shape (m,): residents along each segment; None where they are not known.

    Returns
    -------
    ndarray of float64, shape (m,)
        Sums to the street load, but for anchors, each of which counts as much as ten segments.

    Raises
    ------
    UsageError
        When residents are to be kept and none are known.
    """
    load_s = context.load.total_s
    if keep == "residents":
        if people is None:
            raise UsageError(Phrase("rebalance.no_residents"))
        return people * float(load_s.sum()) / max(float(people.sum()), 1e-9)
    if keep == "anchors":
        place = place_anchors(context.network, context.anchors).index
        extra = np.bincount(place[place >= 0], minlength=len(load_s)).astype(np.float64)
        return load_s + _ANCHOR * float(load_s[context.network.required].mean()) * extra
    return load_s


def _known(edited: EditedPlan, made: Partition) -> dict[str, Beat]:
    """Return the beats that may ask what they asked in the older plan, with the same streets."""
    plan = edited.plan
    if edited.anchors_edited or not np.array_equal(plan.network.required, edited.network.required):
        return {}
    before = {name: at for at, name in enumerate(plan.partition.beat_id)}
    return {
        beat_id: plan.beats[at]
        for beat, beat_id in enumerate(made.beat_id)
        if (at := before.get(beat_id, -1)) >= 0
        and np.array_equal(made.segments_of(beat), plan.partition.segments_of(at))
    }


def _districts(edited: EditedPlan, continuity: PlanContinuity) -> dict[str, str]:
    """Keep beats in their districts; a new one joins that of whose streets it has most of."""
    known = {row.beat_id: row.district for row in edited.beats}
    found = dict(known)
    for share in continuity.lineage:
        if share.from_id:
            found.setdefault(share.beat_id, known.get(share.from_id, ""))
    return found


def _lineage(plan: Plan, continuity: PlanContinuity) -> tuple[Ancestor, ...]:
    before = plan.lineage or tuple(Ancestor(name, "", 1.0, 0) for name in plan.partition.beat_id)
    step = 1 + max(row.step for row in before)
    rows = (
        Ancestor(share.beat_id, share.from_id, share.load_share, step)
        for share in continuity.lineage
    )
    return (*before, *rows)


def _kept_notes(plan: Plan) -> tuple[Phrase, ...]:
    """Return what the older plan says of its inputs, which are those of the new one."""
    kept = (phrase for phrase in plan.warnings if phrase.key not in OF_THE_CUT)
    return tuple(phrase for phrase in kept if not phrase.key.startswith("rebalance."))


def _more_notes(plan: Plan, found: Rebalanced, returned: tuple[str, ...]) -> tuple[Phrase, ...]:
    """Return which figures are estimates, who left and why, and who is back."""
    notes = []
    if plan.counts_weeks is not None or any(beat.residents is not None for beat in plan.beats):
        notes.append(Phrase("check.estimated", {"beats": listed(found.partition.beat_id)}))
    back = [Phrase("rebalance.returned", {"beats": listed(returned)})] if returned else []
    return (*notes, *map(leaving_phrase, found.left), *back)
