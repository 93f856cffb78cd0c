"""cover_absence: who takes over the streets of absent posts, and what that costs each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

from reso_geo.assess import LIMITED, judged_streets, needs_of
from reso_geo.coverage import travel_graph
from reso_geo.errors import InfeasibleError, UsageError
from reso_geo.partition import neighbouring_beats
from reso_geo.plan.handover import Handover, hand_over
from reso_geo.plan.sector import counts_of_beat
from reso_geo.words import Phrase, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from reso_geo.assess import Needs, Verdict
    from reso_geo.coverage import Effort, TravelGraph
    from reso_geo.plan.record import Beat, Plan

__all__ = ["Absence", "Taker", "cover_absence"]


@dataclass(frozen=True)
class Taker:
    """A beat that takes streets over.

    Attributes
    ----------
    beat
        As the plan has it.
    every_weeks
        The cadence that fits before, see `reso_geo.assess.Verdict`; None where none does.
    km
        Length of the required segments that it takes.
    during
        The verdict on its own streets and these together, with its own posts.
    """

    beat: Beat
    every_weeks: float | None
    km: float
    during: Verdict


@dataclass(frozen=True)
class Absence:
    """Who covers the streets of absent posts.

    Attributes
    ----------
    plan
        The plan, unchanged.
    absent
        Ids of the beats whose posts are absent.
    first, last
        The days of the absence, both included; None where not said.
    segments
        int64, shape (k,): the required segments of these beats, ascending; read-only.
    taken_by
        int64, shape (k,): index of the beat that takes each, -1 for one that nobody can reach;
        read-only.
    takers
        The beats that take any, in the order of the plan.
    warnings
        What the planner should know.
    """

    plan: Plan
    absent: tuple[str, ...]
    first: date | None
    last: date | None
    segments: NDArray[np.int64]
    taken_by: NDArray[np.int64]
    takers: tuple[Taker, ...]
    warnings: tuple[Phrase, ...]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        self.segments.flags.writeable = False
        self.taken_by.flags.writeable = False


def cover_absence(
    plan: Plan,
    absent: Sequence[str],
    first: date | None = None,
    last: date | None = None,
    progress: Callable[[str], None] | None = None,
    effort: Effort = LIMITED,
) -> Absence:
    """Share the streets of absent posts among their neighbours; the plan stays as it is.

    Neighbours are the beats that meet the absent ones. Street by street, the one with the largest
    share of its time to spare takes what lies nearest to its base and meets what it holds already.
    Each is then toured anew with what it took, and judged.

    Parameters
    ----------
    plan
        A complete plan.
    absent
        Ids of beats; all posts of each are absent.
    first, last
        The days of the absence, both included; None where not known.
    progress
        Called with the key of each stage as it begins.
    effort
        Where the final depth of the tours stops.

    Returns
    -------
    Absence
        Each street with its taker, and the cadence of each taker before and during.

    Raises
    ------
    UsageError
        When the plan has no such beat, none is named, or the days are the wrong way round.
    InfeasibleError
        When nobody is left, or nobody can reach any of the streets.

    Examples
    --------
    >>> from reso_geo import CutRequest, PlanRequest, load_network, load_settings, make_plan
    >>> from reso_geo.files import data_file
    >>> network = load_network(data_file("sample/sample.osm.pbf"))
    >>> plan = make_plan(network, load_settings(), PlanRequest(CutRequest(officers=3)))
    >>> away = cover_absence(plan, [plan.beats[0].beat_id])
    >>> bool((away.taken_by > 0).all())
    True
    """
    begin = progress or (lambda _: None)
    ids = plan.partition.beat_id
    _check(absent, ids, first, last)
    away = [at for at, beat_id in enumerate(ids) if beat_id in set(absent)]
    takers = _neighbours(plan, away)
    if not takers:
        raise InfeasibleError(Phrase("absence.nobody", {"absent": listed(sorted(set(absent)))}))
    begin("progress.absence")
    network, mode, season = plan.network, plan.request.mode, plan.request.season
    per_week = np.zeros(len(network))
    for at, beat in enumerate(plan.beats):
        spread = counts_of_beat(plan, beat, network.required & (plan.partition.beat_of == at))
        per_week += 0.0 if spread is None else spread
    needs = needs_of(network, plan.settings, mode, season, plan.load.stop_s, per_week)
    graph = travel_graph(network, plan.times, mode)
    held = np.flatnonzero(np.isin(plan.partition.beat_of, away))
    given = _handover(plan, away, takers, held, needs, graph)
    found = hand_over(network, given)
    needed = network.required[held]
    segments = held[needed]
    taken_by = np.where(found >= 0, np.array(takers)[found], -1)[needed]
    if (taken_by < 0).all():
        raise InfeasibleError(Phrase("absence.unreached_all", {"absent": listed(sorted(absent))}))
    begin("progress.measure")
    told = tuple(
        _taker(plan, at, segments[taken_by == at], needs, graph, effort)
        for at in takers
        if (taken_by == at).any()
    )
    names = tuple(ids[at] for at in away)
    warnings = _warnings(plan, told, segments[taken_by < 0], (first, last))
    return Absence(plan, names, first, last, segments, taken_by, told, warnings)


def _check(
    absent: Sequence[str], ids: tuple[str, ...], first: date | None, last: date | None
) -> None:
    unknown = sorted(set(absent) - set(ids))
    if unknown or not absent:
        values = {"unknown": listed(unknown) or "-", "known": listed(ids, len(ids))}
        raise UsageError(Phrase("absence.unknown", values))
    if first is not None and last is not None and first > last:
        values = {"first": first.isoformat(), "last": last.isoformat()}
        raise UsageError(Phrase("absence.wrong_way", values))


def _neighbours(plan: Plan, away: list[int]) -> list[int]:
    """Give the beats that meet the absent ones, in the order of the plan."""
    pairs = neighbouring_beats(plan.network, plan.partition)
    met = {at for pair in pairs if set(pair) & set(away) for at in pair} - set(away)
    left = set(range(len(plan.beats))) - set(away)
    return sorted(met or left)


def _handover(
    plan: Plan,
    away: list[int],
    takers: list[int],
    held: NDArray[np.int64],
    needs: Needs,
    graph: TravelGraph,
) -> Handover:
    street_s = needs.load["central"].total_s[held]
    # What the absent beats walk in between goes with their streets, as a share.
    whole_s = sum(plan.beats[at].load_s for at in away)
    base = plan.partition.base[takers]
    walk_s = dijkstra(graph.ways, indices=base) * graph.tick_s
    available_s = plan.settings.available_s("central")
    return Handover(
        streets=held,
        weight_s=street_s * (whole_s / max(float(street_s.sum()), 1e-9)),
        own=tuple(plan.partition.segments_of(at) for at in takers),
        needed_s=np.array([plan.beats[at].load_s for at in takers]),
        available_s=np.array([available_s * plan.beats[at].posts for at in takers]),
        walk_s=np.minimum(walk_s[:, graph.u[held]], walk_s[:, graph.v[held]]),
    )


def _taker(
    plan: Plan,
    at: int,
    taken: NDArray[np.int64],
    needs: Needs,
    graph: TravelGraph,
    effort: Effort,
) -> Taker:
    beat, network = plan.beats[at], plan.network
    own = np.flatnonzero((plan.partition.beat_of == at) & network.required)
    both = np.union1d(own, taken)
    during = judged_streets(graph, needs, both, int(plan.partition.base[at]), effort, beat.posts)
    before = beat.figures(plan.request.mode).every_weeks
    return Taker(beat, before, float(network.length_m[taken].sum() / 1000.0), during)


def _warnings(
    plan: Plan,
    takers: tuple[Taker, ...],
    unreached: NDArray[np.int64],
    days: tuple[date | None, date | None],
) -> tuple[Phrase, ...]:
    said: tuple[Phrase, ...] = ()
    short = [taker.beat.beat_id for taker in takers if taker.during.margin < 0.0]
    if short:
        said += (Phrase("absence.short", {"beats": listed(short)}),)
    if len(unreached):
        ids = listed(plan.network.segment_id[unreached], 20)
        said += (Phrase("absence.unreached", {"count": len(unreached), "ids": ids}),)
    season = plan.request.season
    if any(day is not None and plan.settings.season_on(day) != season for day in days):
        said += (Phrase("absence.season", {"season": Phrase(f"assess.{season}")}),)
    if any(beat.counts_load_s for beat in plan.beats):
        said += (Phrase("assess.counts_spread"),)
    return said
