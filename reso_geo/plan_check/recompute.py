"""The plan after an edit, with all its figures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.i18n import Phrase, listed
from reso_geo.partition import Partition, annexed_beats, keep_bases
from reso_geo.plan import (
    DRAFT,
    Given,
    build_plan,
    evaluation_context,
    spread_counts,
    spread_people,
    tour_depth,
)
from reso_geo.plan_check.problems import annexed_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reso_geo.coverage import Depth
    from reso_geo.demand import Counts
    from reso_geo.partition import CutRequest
    from reso_geo.plan import EvaluationContext, Plan
    from reso_geo.plan_check.findings import EditedPlan

__all__ = ["OF_THE_CUT", "counts_of", "people_of", "recomputed", "unchanged_beats"]

OF_THE_CUT = frozenset(
    {
        DRAFT,
        "plan.beats_apart",
        "plan.beats_empty",
        "plan.beats_gap",
        "plan.beats_overlap",
        "plan.beyond_line",
        "plan.neighbourhoods",
        "plan.neighbourhoods_split",
        "partition.joined",
        "partition.joined_by_lock",
        "partition.empty_city",
        "check.estimated",
        "plan_file.tours_ignored",
        "plan_file.tours_unread",
    }
)
"""Warnings that hold for one partition; all others come from the inputs and stay."""


def recomputed(
    edited: EditedPlan, *, full: bool = False, progress: Callable[..., object] | None = None
) -> tuple[Plan, tuple[str, ...]]:
    """Work out the figures of an edited plan.

    A beat with the same streets, posts and visits as when the plan was adopted keeps its figures.
    Residents and counted calls are known for beats only: those of a beat that lost or won streets
    are shared out by the length of its streets, and said to be an estimate.

    Parameters
    ----------
    edited
        From `read_edited_plan`, with a beat for every segment and a street for every beat.
    full
        True to measure every beat again, at the final depth: a draft is one no more.
    progress
        Called with the key of each stage as it begins.

    Returns
    -------
    tuple of (Plan, tuple of str)
        The plan, and the ids of the beats that were measured.
    """
    plan, network = edited.plan, edited.network
    same = unchanged_beats(edited)
    known = {} if full else {b.beat_id: b for b in plan.beats if b.beat_id in same}
    request = replace(plan.request, cut=_cut(edited))
    counts = counts_of(edited)
    draft = plan.draft and not full
    depth: Depth = "fast" if draft else "final"
    context = evaluation_context(
        network, plan.settings, request, plan.anchors, counts, extra_s=plan.extra_s, depth=depth
    )
    partition = _partition(edited, context, same)
    locked = [row.beat_id for row in edited.beats if row.locked]
    names = {row.beat_id: row.name for row in edited.beats if row.name}
    given = Given(
        people=people_of(edited),
        known=known,
        tours=() if full else plan.tours,
        names=names,
        spelt=names,
        districts={row.beat_id: row.district for row in edited.beats},
        locked=locked,
        notes=(
            *(phrase for phrase in plan.warnings if phrase.key not in OF_THE_CUT),
            *tour_depth(depth),
        ),
        diagnostics=annexed_beats(
            network, edited.beat_of, edited.beat_id, partition.annexed, locked
        ),
        more=_estimated(edited, same),
        before=plan,
        lineage=plan.lineage,
        inputs=plan.inputs,
    )
    after = build_plan(context, plan.boundary, partition, given, progress)
    return after, tuple(each for each in edited.beat_id if each not in known)


def unchanged_beats(edited: EditedPlan) -> frozenset[str]:
    """Return the beats that ask of their posts what they asked when the plan was adopted.

    Parameters
    ----------
    edited
        From `read_edited_plan`.

    Returns
    -------
    frozenset of str
        Ids of beats with the same streets, required ones among them, posts and visits.
    """
    plan, network = edited.plan, edited.network
    if edited.anchors_edited:
        return frozenset()
    required = plan.network.required, network.required
    same = set()
    for beat, row in enumerate(edited.beats):
        if row.beat_id not in plan.partition.beat_id:
            continue
        old = plan.partition.beat_id.index(row.beat_id)
        before, now = plan.partition.segments_of(old), np.flatnonzero(edited.beat_of == beat)
        streets = np.array_equal(before, now) and np.array_equal(required[0][now], required[1][now])
        if streets and row.posts == plan.partition.posts[old]:
            same.add(row.beat_id)
    return frozenset(same)


def _cut(edited: EditedPlan) -> CutRequest:
    """Return the request that the edited plan answers: its posts as they are now."""
    cut, before = edited.plan.request.cut, edited.plan.partition
    posts = {row.beat_id: row.posts for row in edited.beats}
    if posts == dict(zip(before.beat_id, before.posts.tolist(), strict=True)):
        return cut
    several = {beat_id: count for beat_id, count in posts.items() if count > 1}
    officers = sum(posts.values())
    return replace(cut, officers=officers, officers_per_beat=1, posts=several or None, seats=None)


def _partition(edited: EditedPlan, context: EvaluationContext, same: frozenset[str]) -> Partition:
    """Return the beats their bases: the one they had, or the middle of their load as it is now."""
    plan, network = edited.plan, edited.network
    load_s = context.load.without_counts().total_s
    annexed = annexed_now(network, plan, edited.beats, edited.beat_of)
    bare = Partition(
        beat_of=edited.beat_of.copy(),
        beat_id=edited.beat_id,
        city=np.array([row.city for row in edited.beats], dtype=np.int64),
        posts=np.array([row.posts for row in edited.beats], dtype=np.int64),
        base=np.full(len(edited.beats), -1, dtype=np.int64),
        annexed=annexed,
    )
    was = plan.partition
    known = {
        beat_id: (int(base), name)
        for beat_id, base, name in zip(was.beat_id, was.base, was.base_name, strict=True)
        if name or beat_id in same
    }
    return keep_bases(network, context.graphs["foot"], load_s, bare, known)


def people_of(edited: EditedPlan) -> NDArray[np.float64] | None:
    """Spread the residents of each adopted beat over its streets by length.

    Parameters
    ----------
    edited
        From `read_edited_plan`.

    Returns
    -------
    ndarray of float64, shape (m,)
        Residents along each segment: an estimate. None where they are not known.
    """
    return spread_people(edited.plan, edited.network.required)


def counts_of(edited: EditedPlan) -> Counts | None:
    """Spread the calls of each adopted beat over its streets in whole numbers, none lost.

    Parameters
    ----------
    edited
        From `read_edited_plan`.

    Returns
    -------
    Counts
        An estimate; None where none were counted.
    """
    return spread_counts(edited.plan, edited.network.required)


def _estimated(edited: EditedPlan, same: frozenset[str]) -> tuple[Phrase, ...]:
    plan = edited.plan
    known = plan.counts_weeks is not None or any(b.residents is not None for b in plan.beats)
    moved = [row.beat_id for row in edited.beats if row.beat_id not in same]
    earlier = tuple(phrase for phrase in plan.warnings if phrase.key == "check.estimated")
    if not known or not (moved or earlier):
        return ()
    return (*earlier, *((Phrase("check.estimated", {"beats": listed(moved)}),) if moved else ()))
