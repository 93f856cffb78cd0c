"""measure_plan: from beats over the streets to a plan with all its figures.

Who cuts, rebalances or edits by hand comes here with a partition; what it asks of the posts is
worked out in one place.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess import Needs, Verdict, far_seconds, judge, needs_of, set_aside_of
from reso_geo.coverage import TravelGraph, travel_graph
from reso_geo.demand import Anchors, Counts, far_note, place_anchors, stop_seconds
from reso_geo.districting import DistrictingProblem
from reso_geo.i18n import Phrase, listed
from reso_geo.naming import describe_beats, name_beats
from reso_geo.network import StreetNetwork, on_limit, project_shapes
from reso_geo.plan.figures import ModeFigures
from reso_geo.plan.holds import beat_keys
from reso_geo.plan.plan import Beat, Plan
from reso_geo.tiling import share_inside, tile
from reso_geo.travel import MODES, TravelTimes, travel_notes, travel_times
from reso_geo.workload import BeatLoad, StreetLoad, measure_load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import shapely
    from numpy.typing import NDArray

    from reso_geo.boundaries import Boundary
    from reso_geo.demand import Bases, Nearest
    from reso_geo.partition import Partition
    from reso_geo.plan.request import PlanRequest
    from reso_geo.settings import PatrolSettings

__all__ = ["Yardstick", "measure_plan", "mode_figures", "yardstick"]

_MUCH_BEYOND = 0.05


@dataclass(frozen=True)
class Yardstick:
    """What beats over some streets are measured with.

    Attributes
    ----------
    network
        The streets.
    settings
        All assumptions.
    request
        Mode, season, tolerance.
    anchors
        Places to visit.
    at
        The segment of each.
    counts
        Calls along each segment, None where none were counted.
    times
        Seconds per segment in the season.
    graphs
        Ways to travel, by mode.
    needs
        What verdicts are computed from, by mode.
    """

    network: StreetNetwork
    settings: PatrolSettings
    request: PlanRequest
    anchors: Anchors
    at: Nearest
    counts: Counts | None
    times: TravelTimes
    graphs: Mapping[str, TravelGraph]
    needs: Mapping[str, Needs]

    @property
    def load(self) -> StreetLoad:
        """Street load in the plan's mode, counts included."""
        return self.needs[self.request.mode].load["central"]

    def problem(self, bases: Bases | None = None) -> DistrictingProblem:
        """Return the streets as they are cut among beats.

        Parameters
        ----------
        bases
            Places where patrols start; None to start each beat in the middle of its load.

        Returns
        -------
        DistrictingProblem
            In canonical order.
        """
        graph, walk = self.graphs[self.request.mode], self.graphs["foot"]
        return DistrictingProblem.of(self.network, graph, self.load, walk=walk, bases=bases)


def yardstick(
    network: StreetNetwork,
    settings: PatrolSettings,
    request: PlanRequest,
    anchors: Anchors,
    counts: Counts | None = None,
) -> Yardstick:
    """Prepare what beats are measured with.

    Parameters
    ----------
    network
        The streets.
    settings
        All assumptions.
    request
        Mode and season.
    anchors
        Places to visit.
    counts
        Calls counted along each segment; None for none.

    Returns
    -------
    Yardstick
        For both modes.
    """
    at = place_anchors(network, anchors)
    stop_s = stop_seconds(network, anchors, at)
    per_week = None if counts is None else counts.per_week
    times = travel_times(network, settings, request.season)
    graphs = {mode: travel_graph(network, times, mode) for mode in MODES}
    needs = {
        mode: needs_of(network, settings, mode, request.season, stop_s, per_week) for mode in MODES
    }
    return Yardstick(network, settings, request, anchors, at, counts, times, graphs, needs)


def measure_plan(
    yard: Yardstick,
    boundary: Boundary,
    partition: Partition,
    people: NDArray[np.float64] | None = None,
    known: Mapping[str, Beat] | None = None,
    names: Mapping[str, str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Plan:
    """Work out all figures of a partition.

    Parameters
    ----------
    yard
        From `yardstick`.
    boundary
        The cities.
    partition
        Beats over the streets, each with a required segment and a base.
    people
        float64, shape (m,): residents along each segment; None where not known.
    known
        Beats by id, measured before: one whose figures were measured with just what they would be
        now (see `beat_keys`) is not measured again; None for none.
    names
        Names of beats by id that are kept; None for none.
    progress
        Called with the key of each stage as it begins.

    Returns
    -------
    Plan
        Without districts, locks and reasons for its balance, which who asks knows.
    """
    begin = progress or (lambda _: None)
    network, request = yard.network, yard.request
    begin("progress.measure")
    keys = _keys(yard, partition)
    found = {
        beat_id: known[beat_id]
        for beat_id, key in zip(partition.beat_id, keys, strict=True)
        if known and beat_id in known and known[beat_id].measured_with == key
    }
    fresh = [b for b, beat_id in enumerate(partition.beat_id) if beat_id not in found]
    loads, figures, limits = {}, {}, yard.settings.set_aside.limits
    for mode, graph in yard.graphs.items():
        needs = yard.needs[mode]
        loads[mode] = _measure(network, partition, graph, needs.load["central"], fresh)
        figures[mode] = {
            beat: mode_figures(
                network,
                own,
                _verdict(yard, mode, partition, beat, own),
                graph.tour_key(own.segments, int(partition.base[beat]), limits),
            )
            for beat, own in loads[mode].items()
        }
    begin("progress.tile")
    cities = project_shapes(boundary, network.crs)
    shapes = tile(network, partition, cities)
    load = loads[request.mode]
    beats = tuple(
        found[beat_id]
        if beat not in load
        else replace(
            _beat(yard, partition, beat, load[beat], figures, people), measured_with=keys[beat]
        )
        for beat, beat_id in enumerate(partition.beat_id)
    )
    lines = () if boundary.kind == "extent" else cities
    beats = _told(beats, network, partition, shapes, lines, names)
    warnings = [*boundary.notes, *network.notes]
    warnings += travel_notes(network, yard.settings, request.season)
    warnings += [*partition.warnings, *_set_aside(beats)]
    if boundary.kind != "extent":
        warnings += _beyond(network, boundary, partition, shapes)
    empty = sorted(set(range(len(network.cities))) - set(network.city[network.required].tolist()))
    warnings += [Phrase("partition.empty_city", {"city": network.cities[c]}) for c in empty]
    far = far_note(yard.anchors, yard.at)
    counts = yard.counts
    warnings += [*((far,) if far else ()), *(() if counts is None else counts.notes)]
    return Plan(
        network=network,
        boundary=boundary,
        settings=yard.settings,
        request=request,
        partition=partition,
        load=yard.load.without_counts(),
        times=yard.times,
        beats=beats,
        shapes=shapes,
        anchors=yard.anchors,
        created=request.created or network.source.timestamp,
        warnings=tuple(warnings),
        counts_weeks=None if counts is None else counts.weeks,
    )


def _keys(yard: Yardstick, partition: Partition) -> tuple[str, ...]:
    """Return the digest of all that the figures of each beat depend on."""
    counts, required = yard.counts, yard.network.required
    counted: list[tuple[int | None, float | None]] = [(None, None)] * len(partition.beat_id)
    if counts is not None:
        own = (required & (partition.beat_of == b) for b in range(len(partition.beat_id)))
        counted = [(int(counts.n[each].sum()), counts.weeks) for each in own]
    judged = yard.settings, yard.request.mode, yard.request.season
    return beat_keys(yard.network, judged, partition, yard.load.stop_s, counted)


def _measure(
    network: StreetNetwork,
    partition: Partition,
    graph: TravelGraph,
    load: StreetLoad,
    beats: list[int],
) -> dict[int, BeatLoad]:
    """Measure beats side by side: most of it is a solver that lets others run."""

    def measured(beat: int) -> BeatLoad:
        own = np.flatnonzero((partition.beat_of == beat) & network.required)
        return measure_load(graph, load, own, int(partition.base[beat]), "final")

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            return dict(zip(beats, pool.map(measured, beats), strict=True))
        finally:
            # After an interrupt, what has not begun is not begun.
            pool.shutdown(cancel_futures=True)


def _verdict(yard: Yardstick, mode: str, partition: Partition, beat: int, own: BeatLoad) -> Verdict:
    needs, base = yard.needs[mode], int(partition.base[beat])
    far_s = far_seconds(yard.graphs[mode], needs, own.segments, base)
    return judge(needs, own, int(partition.posts[beat]), far_s)


def _beyond(
    network: StreetNetwork,
    boundary: Boundary,
    partition: Partition,
    shapes: tuple[shapely.MultiPolygon, ...],
) -> list[Phrase]:
    """Name the beats whose streets run far across their city's line, since none is ever cut."""
    beyond = 1.0 - share_inside(network, partition, shapes, on_limit(network, boundary))
    return [
        Phrase(
            "plan.beyond_line",
            {"beat": partition.beat_id[beat], "share": 100.0 * float(beyond[beat])},
        )
        for beat in np.flatnonzero(beyond > _MUCH_BEYOND).tolist()
    ]


def _set_aside(beats: tuple[Beat, ...]) -> list[Phrase]:
    """Find by mode which beats have streets out of reach that are set aside, with their metres."""
    said = []
    for mode in MODES:
        parts = [(beat, beat.figures(mode).set_aside) for beat in beats]
        metres = {beat.beat_id: sum(part.m for part in aside) for beat, aside in parts if aside}
        if metres:
            where = listed(f"{beat_id} {math.ceil(m)} m" for beat_id, m in metres.items())
            values = {"m": sum(metres.values()), "count": len(metres), "where": where}
            said.append(Phrase(f"plan.set_aside_{mode}", values))
    return said


def mode_figures(
    network: StreetNetwork, beat: BeatLoad, verdict: Verdict, toured_with: str = ""
) -> ModeFigures:
    """Put what a beat asks in one mode and the verdict on it together.

    Parameters
    ----------
    network
        The streets.
    beat
        Its tours.
    verdict
        From `reso_geo.assess.judge`.
    toured_with
        Digest of all that its tour depends on; empty where nobody is to use it again.

    Returns
    -------
    ModeFigures
        In the mode and season that both were made in.
    """
    once = beat.once
    return ModeFigures(
        pass_s=once.pass_s if beat.legal else None,
        deadhead_s=once.deadhead_s if beat.legal else None,
        lower_bound_s=once.lower_bound_s,
        exact=beat.legal and once.exact,
        verdict=verdict.verdict,
        margin=verdict.margin,
        every_weeks=verdict.every_weeks,
        reasons=verdict.reasons,
        toured_with=toured_with,
        reserve=verdict.reserve,
        set_aside=set_aside_of(network, beat),
    )


def _beat(
    yard: Yardstick,
    partition: Partition,
    beat: int,
    own: BeatLoad,
    figures: Mapping[str, Mapping[int, ModeFigures]],
    people: NDArray[np.float64] | None,
) -> Beat:
    """Assign a beat its figures; a beat is the smallest place where a plan tells of counts."""
    network, counts, city = yard.network, yard.counts, int(partition.city[beat])
    counted_s = float(yard.load.counted_s[own.segments].sum())
    return Beat(
        beat_id=partition.beat_id[beat],
        name=partition.beat_id[beat],
        city=network.cities[city] if city >= 0 else "",
        district="",
        posts=int(partition.posts[beat]),
        residents=None if people is None else round(float(people[own.segments].sum())),
        street_km=float(network.length_m[own.segments].sum() / 1000.0),
        load_s=own.load_s,
        locked=False,
        foot=figures["foot"][beat],
        bike=figures["bike"][beat],
        counts=None if counts is None else int(counts.n[own.segments].sum()),
        counts_load_s=None if counts is None else counted_s,
    )


def _told(
    beats: tuple[Beat, ...],
    network: StreetNetwork,
    partition: Partition,
    shapes: tuple[shapely.MultiPolygon, ...],
    cities: tuple[shapely.MultiPolygon, ...],
    kept: Mapping[str, str] | None,
) -> tuple[Beat, ...]:
    """Return the beats their names, and say in words where they lie."""
    names = name_beats(network, partition, kept)
    around = describe_beats(network, partition, shapes, cities)
    return tuple(
        replace(beat, name=name, description_fr=where.say("fr"), description_en=where.say("en"))
        for beat, name, where in zip(beats, names, around, strict=True)
    )
