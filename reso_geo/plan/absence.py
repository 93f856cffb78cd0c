"""cover_absence: who takes over the streets of absent posts, and what that costs each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

from reso_geo.assess import LIMITED, judged_streets, needs_of
from reso_geo.choices import meant
from reso_geo.coverage import travel_graph
from reso_geo.errors import InfeasibleError, UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.partition import neighbouring_beats
from reso_geo.plan.absence_assignment import Handover, hand_over
from reso_geo.plan.current import current_plan
from reso_geo.plan.plan import Plan
from reso_geo.records import Record, hearer, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from reso_geo.assess import Needs, Verdict
    from reso_geo.coverage import Effort, TravelGraph
    from reso_geo.plan.parts import Beat

__all__ = ["Absence", "CoveringBeat", "cover_absence"]


@dataclass(frozen=True)
class CoveringBeat:
    """A beat that takes streets over, or keeps its own with fewer posts.

    Attributes
    ----------
    beat
        As the plan has it.
    every_weeks
        The cadence that fits before, see `reso_geo.assess.Verdict`; None where none does.
    km
        Length of the required segments that it takes; 0 for one that keeps its own.
    during
        The verdict on all that it then holds, with the posts that are there.
    posts
        How many of its posts are there.
    """

    beat: Beat
    every_weeks: float | None
    km: float
    during: Verdict
    posts: int

    @property
    def fits(self) -> bool:
        """True when time is enough during the absence, by central values."""
        return self.during.margin is not None and self.during.margin >= 0.0


@dataclass(frozen=True, eq=False)
class Absence(Record):
    """Who covers the streets of absent posts.

    Attributes
    ----------
    plan
        The plan, unchanged.
    absent
        Ids of the beats whose posts are absent, all of them or some.
    first, last
        The days of the absence, both included; None where not said.
    segments
        int64, shape (k,): the required segments of these beats that they do not keep, ascending;
        read-only.
    taken_by
        int64, shape (k,): index of the beat that takes each, -1 for one that nobody can reach;
        read-only.
    takers
        The beats that take any, and those that keep a post, in the order of the plan.
    warnings
        What the planner should know.
    """

    plan: Plan
    absent: tuple[str, ...]
    first: date | None
    last: date | None
    segments: NDArray[np.int64]
    taken_by: NDArray[np.int64]
    takers: tuple[CoveringBeat, ...]
    warnings: tuple[Phrase, ...]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        self.segments.flags.writeable = False
        self.taken_by.flags.writeable = False


def cover_absence(
    plan: Plan,
    absent: str | Sequence[str],
    first: date | None = None,
    last: date | None = None,
    progress: Callable[[str], object] | bool | None = None,  # noqa: FBT001 - as in `make_plan`
    effort: Effort = LIMITED,
    *,
    posts_away: Mapping[str, int] | None = None,
) -> Absence:
    """Share the streets of absent posts among their neighbours; the plan stays as it is.

    Neighbours are the beats that meet the absent ones. Street by street, the one with the largest
    share of its time to spare takes what lies nearest to its base and meets what it holds already.
    Each is then toured again with what it took, and judged.

    A beat that keeps some of its posts keeps the streets nearest to its base that fit in their
    time. The rest goes street by street to whoever has the largest share of time to spare: its
    neighbours, and its own posts where they have no more to spare than these.

    Parameters
    ----------
    plan
        A complete plan.
    absent
        Ids or names of beats, in any case.
    first, last
        The days of the absence, both included; None where not known.
    progress
        Called with the key of each stage as it begins; True for a line each on standard error.
    effort
        Where the final depth of the tours stops.
    posts_away
        How many posts of an absent beat are away; all of them where none is named.

    Returns
    -------
    Absence
        Each street with its taker, and the cadence of each taker before and during.

    Raises
    ------
    UsageError
        When the plan has no such beat, none is named, it has not so many posts, or the days are the
        wrong way round.
    InfeasibleError
        When nobody is left, or nobody can reach any of the streets.

    Examples
    --------
    >>> from reso_geo import load_network, make_plan, read_boundary
    >>> from reso_geo.atomic_files import data_file
    >>> boundary = read_boundary(str(data_file("sample/sector.geojson")))
    >>> network = load_network(data_file("sample/sample.osm.pbf"), boundary)
    >>> plan = make_plan(network, officers=3)
    >>> away = cover_absence(plan, [plan.beats[0].beat_id])
    >>> bool((away.taken_by > 0).all())
    True
    """
    begin = hearer(progress) or (lambda _: None)
    plan = current_plan(kind_of("plan", plan, Plan, "plan"))
    absent = [absent] if isinstance(absent, str) else absent
    ids = plan.partition.beat_id
    _check(absent, ids, first, last)
    away = [at for at, beat_id in enumerate(ids) if beat_id in set(absent)]
    posts = _posts_there(plan, away, posts_away or {})
    takers = [at for at in _neighbours(plan, away) if posts[at]]
    if not takers:
        raise InfeasibleError(Phrase("absence.nobody", {"absent": listed(sorted(set(absent)))}))
    begin("progress.absence")
    network, mode, season = plan.network, plan.request.mode, plan.request.season
    per_week = np.zeros(len(network))
    for at in range(len(plan.beats)):
        spread = plan.calls_of(at)
        per_week += 0.0 if spread is None else spread
    needs = needs_of(network, plan.settings, mode, season, plan.load.stop_s, per_week)
    graph = travel_graph(network, plan.times, mode)
    given = _handover(plan, away, takers, posts, needs, graph)
    found = hand_over(network, given)
    taken_by = np.where(found >= 0, np.array(takers)[found], -1)
    moved = network.required[given.streets] & (taken_by != plan.partition.beat_of[given.streets])
    segments, taken_by = given.streets[moved], taken_by[moved]
    if len(segments) and (taken_by < 0).all():
        raise InfeasibleError(Phrase("absence.unreached_all", {"absent": listed(sorted(absent))}))
    begin("progress.measure")
    told = tuple(
        _taker(plan, (at, posts[at]), segments, taken_by, needs, graph, effort)
        for at in takers
        if at in away or (taken_by == at).any()
    )
    names = tuple(ids[at] for at in away)
    warnings = _warnings(plan, told, segments[taken_by < 0], (first, last))
    return Absence(plan, names, first, last, segments, taken_by, told, warnings)


def _check(
    absent: Sequence[str], ids: tuple[str, ...], first: date | None, last: date | None
) -> None:
    unknown = sorted(set(absent) - set(ids))
    if unknown or not absent:
        values = {
            "unknown": listed(unknown) or "-",
            "known": listed(ids, len(ids)),
            "meant": meant(unknown, ids),
        }
        raise UsageError(Phrase("absence.unknown", values))
    if first is not None and last is not None and first > last:
        values = {"first": first.isoformat(), "last": last.isoformat()}
        raise UsageError(Phrase("absence.wrong_way", values))


def _posts_there(plan: Plan, away: list[int], posts_away: Mapping[str, int]) -> list[int]:
    """Return how many posts of each beat are there."""
    posts = [beat.posts for beat in plan.beats]
    for at in away:
        beat = plan.beats[at]
        gone = posts_away.get(beat.beat_id, beat.posts)
        if not 1 <= gone <= beat.posts:
            values = {"beat": beat.beat_id, "posts": beat.posts, "away": gone}
            raise UsageError(Phrase("absence.bad_posts", values))
        posts[at] -= gone
    return posts


def _neighbours(plan: Plan, away: list[int]) -> list[int]:
    """Return the absent beats and those that meet them, in the order of the plan."""
    pairs = neighbouring_beats(plan.network, plan.partition)
    met = {at for pair in pairs if set(pair) & set(away) for at in pair} - set(away)
    left = set(range(len(plan.beats))) - set(away)
    return sorted((met or left) | set(away))


def _handover(
    plan: Plan,
    away: list[int],
    takers: list[int],
    posts: list[int],
    needs: Needs,
    graph: TravelGraph,
) -> Handover:
    """Return what is shared: all streets of absent beats but those that the posts there keep."""
    held = np.flatnonzero(np.isin(plan.partition.beat_of, away))
    street_s = needs.load.total_s[held]
    # What the absent beats walk in between goes with their streets, as a share.
    whole_s = sum(plan.beats[at].load_s for at in away)
    weight_s = street_s * (whole_s / max(float(street_s.sum()), 1e-9))
    walk_s = dijkstra(graph.matrix, indices=plan.partition.base[takers]) * graph.tick_s
    walk_s = np.minimum(walk_s[:, graph.u[held]], walk_s[:, graph.v[held]])
    available_s = np.array([plan.settings.available_s("central") * posts[at] for at in takers])
    needed_s = np.array([plan.beats[at].load_s for at in takers])
    own = [plan.partition.segments_of(at) for at in takers]
    kept = np.zeros(len(held), dtype=bool)
    for who, at in enumerate(takers):
        if at in away:
            mine = np.flatnonzero(plan.partition.beat_of[held] == at)
            near = mine[np.argsort(walk_s[who, mine], kind="stable")]
            near = near[np.cumsum(weight_s[near]) <= available_s[who]]
            kept[near] = True
            own[who], needed_s[who] = held[near], weight_s[near].sum()
    return Handover(
        streets=held[~kept],
        weight_s=weight_s[~kept],
        own=tuple(own),
        needed_s=needed_s,
        available_s=available_s,
        walk_s=walk_s[:, ~kept],
    )


def _taker(
    plan: Plan,
    who: tuple[int, int],
    moved: NDArray[np.int64],
    taken_by: NDArray[np.int64],
    needs: Needs,
    graph: TravelGraph,
    effort: Effort,
) -> CoveringBeat:
    """Judge what a beat then holds; `who`: which, and how many of its posts are there."""
    (at, posts), network = who, plan.network
    beat, taken = plan.beats[at], moved[taken_by == at]
    own = np.flatnonzero((plan.partition.beat_of == at) & network.required)
    both = np.union1d(np.setdiff1d(own, moved), taken)
    during = judged_streets(graph, needs, both, int(plan.partition.base[at]), effort, posts)
    before = beat.figures(plan.request.mode).every_weeks
    return CoveringBeat(beat, before, float(network.length_m[taken].sum() / 1000.0), during, posts)


def _warnings(
    plan: Plan,
    takers: tuple[CoveringBeat, ...],
    unreached: NDArray[np.int64],
    days: tuple[date | None, date | None],
) -> tuple[Phrase, ...]:
    said = tuple(
        Phrase(
            "absence.stays",
            {"beat": taker.beat.beat_id, "posts": taker.beat.posts, "there": taker.posts},
        )
        for taker in takers
        if taker.posts < taker.beat.posts
    )
    short = [taker.beat.beat_id for taker in takers if not taker.fits]
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
