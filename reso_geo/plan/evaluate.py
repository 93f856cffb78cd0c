"""measure_beats: what beats over the streets ask of their posts, by mode."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess import Needs, Verdict, far_seconds, judge, needs_of, set_aside_of
from reso_geo.coverage import TravelGraph, travel_graph
from reso_geo.demand import Anchors, Counts, place_anchors, stop_seconds
from reso_geo.plan.holds import beat_keys
from reso_geo.plan.parts import ModeFigures
from reso_geo.plan.plan import Beat
from reso_geo.travel import MODES, TravelTimes, travel_times
from reso_geo.workload import BeatLoad, StreetLoad, measure_load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reso_geo.demand import Nearest
    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition
    from reso_geo.plan.request import PlanRequest
    from reso_geo.settings import PatrolSettings

__all__ = ["Yardstick", "measure_beats", "mode_figures", "yardstick"]


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


def measure_beats(
    yard: Yardstick,
    partition: Partition,
    people: NDArray[np.float64] | None,
    known: Mapping[str, Beat],
) -> tuple[Beat, ...]:
    """Measure and judge beats.

    Parameters
    ----------
    yard
        From `yardstick`.
    partition
        Beats over the streets, each with a required segment and a base.
    people
        float64, shape (m,): residents along each segment; None where not known.
    known
        Beats by id, measured before: one whose figures were measured with just what they would be
        now (see `beat_keys`) is not measured again.

    Returns
    -------
    tuple of Beat
        In the order of the partition; one that was measured has its id for a name.
    """
    network, keys = yard.network, _keys(yard, partition)
    found = {
        beat: known[beat_id]
        for beat, (beat_id, key) in enumerate(zip(partition.beat_id, keys, strict=True))
        if beat_id in known and known[beat_id].measured_with == key
    }
    fresh = [beat for beat in range(len(keys)) if beat not in found]
    loads, figures, limits = {}, {}, yard.settings.set_aside.limits
    for mode, graph in yard.graphs.items():
        loads[mode] = _measure(network, partition, graph, yard.needs[mode].load["central"], fresh)
        figures[mode] = {
            beat: mode_figures(
                network,
                own,
                _verdict(yard, mode, partition, beat, own),
                graph.tour_key(own.segments, int(partition.base[beat]), limits),
            )
            for beat, own in loads[mode].items()
        }
    load = loads[yard.request.mode]
    for beat in fresh:
        each = _beat(yard, partition, beat, load[beat], figures, people)
        found[beat] = replace(each, measured_with=keys[beat])
    return tuple(found[beat] for beat in range(len(keys)))


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
