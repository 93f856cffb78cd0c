"""make_plan: from streets and a request to a plan with all its figures."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess import Verdict, far_seconds, judge, needs_of
from reso_geo.coverage import TravelGraph, travel_graph
from reso_geo.demand import (
    Anchors,
    Bases,
    Counts,
    far_note,
    no_anchors,
    place_anchors,
    stop_seconds,
)
from reso_geo.errors import UsageError
from reso_geo.naming import describe_beats, name_beats
from reso_geo.network import StreetNetwork, components, extent_of, project_shapes
from reso_geo.partition import (
    LockedBeats,
    Partition,
    cut_beats,
    district_beats,
    lock_beats,
    no_locks,
    start_beats,
    starts_of,
)
from reso_geo.plan.record import Beat, ModeFigures, Plan, PlanRequest
from reso_geo.tiling import share_inside, tile
from reso_geo.travel import MODES, travel_notes, travel_times
from reso_geo.words import Phrase, listed
from reso_geo.workload import BeatLoad, StreetLoad, measure_load

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import shapely
    from numpy.typing import NDArray

    from reso_geo.boundaries import Boundary
    from reso_geo.settings import PatrolSettings

__all__ = ["balance_why", "make_plan"]

_MUCH_BEYOND = 0.05


def make_plan(  # noqa: PLR0913 - all that one plan is made of
    network: StreetNetwork,
    settings: PatrolSettings,
    request: PlanRequest,
    boundary: Boundary | None = None,
    anchors: Anchors | None = None,
    people: NDArray[np.float64] | None = None,
    progress: Callable[[str], None] | None = None,
    *,
    counts: Counts | None = None,
    bases: Bases | None = None,
    earlier: Plan | None = None,
    lock: Sequence[str] = (),
) -> Plan:
    """Cut beats and work out all their figures.

    Parameters
    ----------
    network
        From `reso_geo.load_network`, with the same boundary and settings.
    settings
        All assumptions.
    request
        Posts, mode, season, seed.
    boundary
        The cities; None for the extent of the streets.
    anchors
        Places to visit; None for none.
    people
        float64, shape (m,): residents along each segment, from `reso_geo.demand`; None where not
        known.
    progress
        Called with the key of each stage as it begins.
    counts
        Calls counted along each segment; None for none. Beats are balanced and judged with their
        load; the plan keeps it for each beat, not for a segment.
    bases
        Places where patrols start; None to start each beat in the middle of its load.
    earlier
        A plan on the same streets, which locked beats come from; None for none.
    lock
        Ids of its beats that stay exactly as they are.

    Returns
    -------
    Plan
        Ready to be saved, drawn and reported.

    Raises
    ------
    InfeasibleError
        When no such plan exists.
    UsageError
        When the request contradicts itself or the boundary.

    Examples
    --------
    >>> from reso_geo import CutRequest, load_network, load_settings
    >>> from reso_geo.files import data_file
    >>> settings = load_settings()
    >>> network = load_network(data_file("sample/sample.osm.pbf"))
    >>> plan = make_plan(network, settings, PlanRequest(CutRequest(officers=4)))
    >>> len(plan.beats)
    4
    """
    begin = progress or (lambda _: None)
    boundary = boundary or extent_of(network)
    anchors = no_anchors() if anchors is None else anchors
    at = place_anchors(network, anchors)
    stop_s = stop_seconds(network, anchors, at)
    per_week = None if counts is None else counts.per_week
    times = travel_times(network, settings, request.season)
    graphs = {mode: travel_graph(network, times, mode) for mode in MODES}
    needs = {
        mode: needs_of(network, settings, mode, request.season, stop_s, per_week) for mode in MODES
    }
    load = needs[request.mode].load["central"]
    kept_s = load.without_counts().total_s
    begin("progress.cut")
    walk = graphs["foot"]
    starts = None if bases is None else starts_of(network, walk, kept_s, bases)
    base_at = None if starts is None else starts.base_at
    locked = _locked(network, earlier, lock)
    partition = cut_beats(network, graphs[request.mode], load, request.cut, base_at, locked)
    partition = start_beats(network, walk, kept_s, partition, starts)
    begin("progress.measure")
    loads, figures = {}, {}
    for mode, graph in graphs.items():
        loads[mode] = _measure(network, partition, graph, needs[mode].load["central"])
        figures[mode] = [
            _figures(
                beat,
                judge(
                    needs[mode], beat, posts, far_seconds(graph, needs[mode], beat.segments, base)
                ),
            )
            for beat, posts, base in zip(
                loads[mode], partition.posts.tolist(), partition.base.tolist(), strict=True
            )
        ]
    begin("progress.tile")
    cities = project_shapes(boundary, network.crs)
    shapes = tile(network, partition, cities)
    beats = _beats(network, partition, loads[request.mode], figures, people)
    beats = _told(beats, network, partition, shapes, () if boundary.kind == "extent" else cities)
    beats = _kept(beats, earlier, locked)
    if request.supervisors is not None:
        beats = _districted(beats, network, partition, request)
    if counts is not None:
        beats = _counted(beats, loads[request.mode], counts, load)
    warnings = [*boundary.notes, *network.notes]
    warnings += travel_notes(network, settings, request.season)
    warnings += [*partition.warnings, *_beyond(network, partition, shapes)]
    empty = sorted(set(range(len(network.cities))) - set(network.city[network.required].tolist()))
    warnings += [Phrase("partition.empty_city", {"city": network.cities[c]}) for c in empty]
    far = far_note(anchors, at)
    warnings += [*((far,) if far else ()), *(() if counts is None else counts.notes)]
    plan = Plan(
        network=network,
        boundary=boundary,
        settings=settings,
        request=request,
        partition=partition,
        load=load.without_counts(),
        times=times,
        beats=beats,
        shapes=shapes,
        anchors=anchors,
        created=request.created or network.source.timestamp,
        warnings=tuple(warnings),
        counts_weeks=None if counts is None else counts.weeks,
    )
    why = (*balance_why(plan), *partition.balance_why)
    return replace(plan, partition=replace(partition, balance_why=why))


def _locked(network: StreetNetwork, earlier: Plan | None, lock: Sequence[str]) -> LockedBeats:
    """Take the locked beats from the plan that holds them."""
    if not lock:
        return no_locks()
    if earlier is None:
        raise UsageError(Phrase("partition.lock_needs_plan"))
    if not np.array_equal(earlier.network.segment_id, network.segment_id):
        raise UsageError(Phrase("partition.lock_other_streets"))
    return lock_beats(earlier.partition, lock)


def _kept(beats: tuple[Beat, ...], earlier: Plan | None, locked: LockedBeats) -> tuple[Beat, ...]:
    """Say which beats are locked; they keep their names."""
    names = {beat.beat_id: beat.name for beat in earlier.beats} if earlier else {}
    return tuple(
        replace(beat, locked=True, name=names[beat.beat_id])
        if beat.beat_id in locked.beat_id
        else beat
        for beat in beats
    )


def _measure(
    network: StreetNetwork, partition: Partition, graph: TravelGraph, load: StreetLoad
) -> list[BeatLoad]:
    """Measure all beats side by side: most of it is a solver that lets others run."""

    def measured(beat: int) -> BeatLoad:
        own = np.flatnonzero((partition.beat_of == beat) & network.required)
        return measure_load(graph, load, own, int(partition.base[beat]), "final")

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            return list(pool.map(measured, range(len(partition.beat_id))))
        finally:
            # After an interrupt, what has not begun is not begun.
            pool.shutdown(cancel_futures=True)


def _beyond(
    network: StreetNetwork, partition: Partition, shapes: tuple[shapely.MultiPolygon, ...]
) -> list[Phrase]:
    """Name the beats whose streets run far across their city's line, since none is ever cut."""
    beyond = 1.0 - share_inside(network, partition, shapes)
    return [
        Phrase(
            "plan.beyond_line",
            {"beat": partition.beat_id[beat], "share": 100.0 * float(beyond[beat])},
        )
        for beat in np.flatnonzero(beyond > _MUCH_BEYOND).tolist()
    ]


def _figures(beat: BeatLoad, verdict: Verdict) -> ModeFigures:
    once = beat.once
    found = bool(np.isfinite(once.pass_s))
    return ModeFigures(
        pass_s=once.pass_s if found else None,
        deadhead_s=once.deadhead_s if found else None,
        lower_bound_s=once.lower_bound_s,
        exact=once.exact,
        verdict=verdict.verdict,
        margin=verdict.margin,
        every_weeks=verdict.every_weeks,
        reasons=verdict.reasons,
    )


def _beats(
    network: StreetNetwork,
    partition: Partition,
    loads: list[BeatLoad],
    figures: dict[str, list[ModeFigures]],
    people: NDArray[np.float64] | None,
) -> tuple[Beat, ...]:
    return tuple(
        Beat(
            beat_id=partition.beat_id[beat],
            name=partition.beat_id[beat],
            city=network.cities[city] if city >= 0 else "",
            district="",
            posts=int(partition.posts[beat]),
            residents=None if people is None else round(float(people[loads[beat].segments].sum())),
            street_km=float(network.length_m[loads[beat].segments].sum() / 1000.0),
            load_s=loads[beat].load_s,
            locked=False,
            foot=figures["foot"][beat],
            bike=figures["bike"][beat],
        )
        for beat, city in enumerate(partition.city.tolist())
    )


def _told(
    beats: tuple[Beat, ...],
    network: StreetNetwork,
    partition: Partition,
    shapes: tuple[shapely.MultiPolygon, ...],
    cities: tuple[shapely.MultiPolygon, ...],
) -> tuple[Beat, ...]:
    """Give the beats their names, and say in words where they lie."""
    names = name_beats(network, partition)
    around = describe_beats(network, partition, shapes, cities)
    return tuple(
        replace(beat, name=name, description_fr=where.say("fr"), description_en=where.say("en"))
        for beat, name, where in zip(beats, names, around, strict=True)
    )


def _districted(
    beats: tuple[Beat, ...], network: StreetNetwork, partition: Partition, request: PlanRequest
) -> tuple[Beat, ...]:
    """Group the beats under supervisors: D1 to Dn, from west to east."""
    load_s = np.array([beat.load_s for beat in beats])
    count = request.supervisors or 1
    district = district_beats(network, partition, load_s, count, request.cut.seed)
    return tuple(
        replace(beat, district=f"D{number + 1}")
        for beat, number in zip(beats, district.tolist(), strict=True)
    )


def _counted(
    beats: tuple[Beat, ...], loads: list[BeatLoad], counts: Counts, load: StreetLoad
) -> tuple[Beat, ...]:
    """Add what was counted in each beat: the smallest place where a plan tells of it."""
    return tuple(
        replace(
            beat,
            counts=int(counts.n[measured.segments].sum()),
            counts_load_s=float(load.counted_s[measured.segments].sum()),
        )
        for beat, measured in zip(beats, loads, strict=True)
    )


def balance_why(plan: Plan) -> tuple[Phrase, ...]:
    """Say which beats miss the tolerance, and what holds them there.

    Parameters
    ----------
    plan
        With its beats.

    Returns
    -------
    tuple of Phrase
        Empty when every load per post is within the tolerance of the mean.
    """
    per_post = np.array([beat.load_s / beat.posts for beat in plan.beats])
    tolerance = plan.request.cut.tolerance
    off = per_post / per_post.mean() - 1.0
    phrases = []
    for group in _tradeable(plan):
        missed = group[np.abs(off[group]) > tolerance]
        if not len(missed):
            continue
        inside = np.abs(per_post[group] / per_post[group].mean() - 1.0).max()
        few_posts = inside <= tolerance and len(group) < len(plan.beats)
        values = {
            "city": plan.beats[group[0]].city or listed(plan.network.cities),
            "posts": sum(plan.beats[beat].posts for beat in group),
            "share": 100.0 * float(per_post[group].mean() / per_post.mean()),
            "beats": listed(plan.beats[beat].beat_id for beat in missed),
        }
        phrases.append(Phrase("plan.why_city" if few_posts else "plan.why_beats", values))
    return tuple(phrases)


def _tradeable(plan: Plan) -> list[NDArray[np.int64]]:
    """Group the beats among which streets can change hands: one city, one connected piece."""
    network, partition = plan.network, plan.partition
    joined = np.concatenate([np.empty(0, dtype=np.int64), *partition.joined.values()])
    groups: dict[tuple[int, int], list[int]] = {}
    for city in np.unique(partition.city).tolist():
        beats = np.flatnonzero(partition.city == city)
        own = np.setdiff1d(np.flatnonzero(np.isin(partition.beat_of, beats)), joined)
        label = components(len(network.node_id), network.u[own], network.v[own])
        for beat in beats.tolist():
            first = own[np.argmax(partition.beat_of[own] == beat)]
            groups.setdefault((city, int(label[network.u[first]])), []).append(beat)
    return [np.array(group, dtype=np.int64) for group in groups.values()]
