"""Plan: an adopted partition with everything needed to recompute it, assembled from the parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess import Verdict, judge, needs_of
from reso_geo.coverage import TravelGraph, travel_graph
from reso_geo.demand import Anchors, no_anchors, place_anchors, stop_seconds
from reso_geo.errors import UsageError
from reso_geo.naming import name_beats
from reso_geo.network import StreetNetwork, extent_of, project_shapes
from reso_geo.partition import CutRequest, Partition, cut_beats
from reso_geo.tiling import tile
from reso_geo.travel import MODES, SEASONS, TravelTimes, travel_times
from reso_geo.words import Phrase, listed
from reso_geo.workload import BeatLoad, StreetLoad, measure_load, street_load

if TYPE_CHECKING:
    from collections.abc import Callable

    import shapely

    from reso_geo.boundaries import Boundary
    from reso_geo.settings import PatrolSettings

__all__ = ["Beat", "ModeFigures", "Plan", "PlanRequest", "balance_why", "make_plan"]


@dataclass(frozen=True)
class ModeFigures:
    """One beat in one mode, in the plan's season.

    Attributes
    ----------
    pass_s, deadhead_s, lower_bound_s
        One pass of all required segments, the part of it that covers nothing new, and what no tour
        can beat. None where no legal tour exists.
    exact
        True when tour and bound meet.
    verdict, margin, every_weeks, reasons
        See `reso_geo.assess.Verdict`.
    """

    pass_s: float | None
    deadhead_s: float | None
    lower_bound_s: float
    exact: bool
    verdict: str
    margin: float
    every_weeks: float | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Beat:
    """One beat of a plan.

    Attributes
    ----------
    beat_id
        Unique; stays while its post stays.
    name
        From its streets.
    city
        Name of its city; empty when it may cross city lines.
    district
        Group of beats under one supervisor; empty where there are none.
    posts
        How many posts hold it.
    residents
        Residents, None where not known.
    street_km
        Length of its required segments.
    load_s
        Seconds per week in the plan's mode, deadhead included.
    locked
        True when a new cut must keep it.
    foot, bike
        Figures by mode.
    """

    beat_id: str
    name: str
    city: str
    district: str
    posts: int
    residents: int | None
    street_km: float
    load_s: float
    locked: bool
    foot: ModeFigures
    bike: ModeFigures

    def figures(self, mode: str) -> ModeFigures:
        """Give the figures of a mode.

        Parameters
        ----------
        mode
            ``foot`` or ``bike``.

        Returns
        -------
        ModeFigures
            In the plan's season.
        """
        return self.foot if mode == "foot" else self.bike


@dataclass(frozen=True)
class PlanRequest:
    """What the planner asks for.

    Attributes
    ----------
    cut
        Posts, seats, tolerance, seed.
    mode
        The mode that the load is balanced in: ``foot`` or ``bike``.
    season
        ``summer`` or ``winter``.
    created
        Date of the plan (ISO 8601); None takes the date of the extract.

    Raises
    ------
    UsageError
        When the mode or the season is not known.
    """

    cut: CutRequest
    mode: str = "foot"
    season: str = "summer"
    created: str | None = None

    def __post_init__(self) -> None:
        """Check the words once."""
        for value, known in ((self.mode, MODES), (self.season, SEASONS)):
            if value not in known:
                raise UsageError(
                    Phrase("plan.unknown_word", {"value": value, "known": ", ".join(known)})
                )


@dataclass(frozen=True)
class Plan:
    """A partition with its figures, and what they were computed from.

    Attributes
    ----------
    network
        The streets.
    boundary
        The cities, in EPSG:4326.
    settings
        All assumptions.
    request
        What was asked for.
    partition
        Which beat holds each segment.
    load
        Street load in the plan's mode.
    times
        Seconds per segment in the plan's season.
    beats
        Figures of each beat, in the order of the partition.
    shapes
        Polygon of each beat, in the network's CRS.
    anchors
        Places to visit.
    created
        Date of the plan (ISO 8601), empty where not known.
    warnings
        What the planner should know.
    """

    network: StreetNetwork
    boundary: Boundary
    settings: PatrolSettings
    request: PlanRequest
    partition: Partition
    load: StreetLoad
    times: TravelTimes
    beats: tuple[Beat, ...]
    shapes: tuple[shapely.MultiPolygon, ...]
    anchors: Anchors
    created: str
    warnings: tuple[Phrase, ...]

    @property
    def balance(self) -> tuple[float, float]:
        """Largest and smallest load per post, as a share of the mean."""
        loads = np.array([beat.load_s / beat.posts for beat in self.beats])
        return float(loads.max() / loads.mean()), float(loads.min() / loads.mean())

    @property
    def provisional(self) -> bool:
        """True when the outlines are generalised, so that streets near a line may change city."""
        return self.boundary.provisional


def make_plan(
    network: StreetNetwork,
    settings: PatrolSettings,
    request: PlanRequest,
    boundary: Boundary | None = None,
    anchors: Anchors | None = None,
    progress: Callable[[str], None] | None = None,
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
    progress
        Called with the key of each stage as it begins.

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
    times = travel_times(network, settings, request.season)
    graphs = {mode: travel_graph(network, times, mode) for mode in MODES}
    load = street_load(network, times, settings, request.mode, stop_s)
    begin("progress.cut")
    partition = cut_beats(network, graphs[request.mode], load, request.cut)
    begin("progress.measure")
    loads, figures = {}, {}
    for mode, graph in graphs.items():
        needs = needs_of(network, settings, mode, request.season, stop_s)
        loads[mode] = _measure(network, partition, graph, needs.load["central"])
        figures[mode] = [
            _figures(beat, judge(needs, beat, int(posts)))
            for beat, posts in zip(loads[mode], partition.posts, strict=True)
        ]
    begin("progress.tile")
    shapes = tile(network, partition, project_shapes(boundary, network.crs))
    beats = _beats(network, partition, loads[request.mode], figures)
    far = anchors.name[at < 0]
    warnings = [*boundary.notes, *partition.warnings]
    if len(far):
        warnings.append(
            Phrase("demand.far_anchor", {"count": len(far), "names": listed(far.tolist())})
        )
    plan = Plan(
        network=network,
        boundary=boundary,
        settings=settings,
        request=request,
        partition=partition,
        load=load,
        times=times,
        beats=beats,
        shapes=shapes,
        anchors=anchors,
        created=request.created or network.source.timestamp,
        warnings=tuple(warnings),
    )
    return replace(plan, partition=replace(partition, balance_why=balance_why(plan)))


def _measure(
    network: StreetNetwork, partition: Partition, graph: TravelGraph, load: StreetLoad
) -> list[BeatLoad]:
    return [
        measure_load(
            graph,
            load,
            np.flatnonzero((partition.beat_of == beat) & network.required),
            int(partition.base[beat]),
        )
        for beat in range(len(partition.beat_id))
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
) -> tuple[Beat, ...]:
    names = name_beats(network, partition)
    return tuple(
        Beat(
            beat_id=partition.beat_id[beat],
            name=names[beat],
            city=network.cities[city] if city >= 0 else "",
            district="",
            posts=int(partition.posts[beat]),
            residents=None,
            street_km=float(network.length_m[loads[beat].segments].sum() / 1000.0),
            load_s=loads[beat].load_s,
            locked=False,
            foot=figures["foot"][beat],
            bike=figures["bike"][beat],
        )
        for beat, city in enumerate(partition.city.tolist())
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
    for city in dict.fromkeys(beat.city for beat in plan.beats):
        own = np.array([beat.city == city for beat in plan.beats])
        missed = own & (np.abs(off) > tolerance)
        if not missed.any():
            continue
        inside = np.abs(per_post[own] / per_post[own].mean() - 1.0).max()
        few_posts = inside <= tolerance and not own.all()
        values = {
            "city": city,
            "posts": sum(beat.posts for beat in plan.beats if beat.city == city),
            "share": 100.0 * float(per_post[own].mean() / per_post.mean()),
            "beats": listed(plan.beats[b].beat_id for b in np.flatnonzero(missed)),
        }
        phrases.append(Phrase("plan.why_city" if few_posts else "plan.why_beats", values))
    return tuple(phrases)
