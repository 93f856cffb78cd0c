"""cut_beats: posts to cities, beats to pieces, balance on load with deadhead."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.errors import InfeasibleError, UsageError
from reso_geo.partition.base import base_of
from reso_geo.partition.record import Partition, broken_beats, held_segments
from reso_geo.partition.search import Cutter
from reso_geo.partition.seats import sainte_lague
from reso_geo.words import Phrase
from reso_geo.workload import measure_load

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reso_geo.coverage import TravelGraph
    from reso_geo.network import StreetNetwork
    from reso_geo.partition.request import CutRequest
    from reso_geo.workload import StreetLoad

__all__ = ["cut_beats"]


def cut_beats(
    network: StreetNetwork,
    graph: TravelGraph,
    load: StreetLoad,
    request: CutRequest,
    base_at: Callable[[NDArray[np.int64]], int] | None = None,
) -> Partition:
    """Cut the streets into connected beats of equal load, deadhead included.

    Each city is cut on its own. A balanced network Voronoi diagram gives connected, compact cells
    (see `reso_geo.partition.voronoi`); then segments move across the lines between beats, as far
    as the measured load of each beat asks, and the loads are measured again.

    Parameters
    ----------
    network
        Segments placed in cities.
    graph
        The travel graph of the plan's mode.
    load
        Street loads in that mode.
    request
        Posts and tolerance.
    base_at
        Gives the junction that a beat is measured from, by its required segments (int64); None for
        the middle of its load as the crow flies.

    Returns
    -------
    Partition
        Every held segment in exactly one beat, every beat connected; based where it was measured
        from (see `reso_geo.partition.start_beats`).

    Raises
    ------
    InfeasibleError
        When there are more beats than required segments, or fewer than cities.
    UsageError
        When the seats name an unknown city or do not sum to the officers.
    """
    held = held_segments(network)
    if request.beats > int(network.required.sum()):
        values = {"beats": request.beats, "segments": int(network.required.sum())}
        raise InfeasibleError(Phrase("partition.more_beats_than_segments", values))
    zones = _zones(network, held, cross=request.cross_cities)
    at = base_at or partial(base_of, network, load.total_s)
    required = [segments[network.required[segments]] for _, segments in zones]

    def load_of(zone: int) -> float:
        own = required[zone]
        return measure_load(graph, load, own, at(own)).load_s

    counts = _beats_per_zone(network, request, zones, required, load_of)
    deadline = time.monotonic() + request.time_limit_s
    cutter = Cutter(network, graph, load, request, deadline, at)
    for (city, segments), beats in zip(zones, counts, strict=True):
        cutter.cut_zone(city, segments, beats)
    partition = cutter.partition()
    broken = broken_beats(network, partition)
    if broken:
        message = f"beats {broken} are not connected"
        raise RuntimeError(message)
    return partition


def _zones(
    network: StreetNetwork, held: NDArray[np.bool_], *, cross: bool
) -> list[tuple[int, NDArray[np.int64]]]:
    """Give the cities that have streets to cover, with the segments that they hold."""
    if cross:
        return [(-1, np.flatnonzero(held))]
    return [
        (city, np.flatnonzero(held & (network.city == city)))
        for city in range(len(network.cities))
        if (network.required & (network.city == city)).any()
    ]


def _beats_per_zone(
    network: StreetNetwork,
    request: CutRequest,
    zones: list[tuple[int, NDArray[np.int64]]],
    required: list[NDArray[np.int64]],
    load_of: Callable[[int], float],
) -> list[int]:
    if request.cross_cities:
        return [request.beats]
    names = [network.cities[city] for city, _ in zones]
    if request.seats is not None:
        return _given_seats(request, names)
    if request.beats < len(zones):
        raise InfeasibleError(
            Phrase(
                "partition.fewer_posts_than_cities",
                {"beats": request.beats, "cities": len(zones), "names": ", ".join(names)},
            )
        )
    if len(zones) == 1:
        return [request.beats]
    loads = [load_of(zone) for zone in range(len(zones))]
    counts = sainte_lague(loads, request.beats, [len(own) for own in required])
    if sum(counts) < request.beats:
        values = {"beats": request.beats, "segments": sum(len(own) for own in required)}
        raise InfeasibleError(Phrase("partition.more_beats_than_segments", values))
    return counts


def _given_seats(request: CutRequest, names: list[str]) -> list[int]:
    seats = dict(request.seats or {})
    unknown = sorted(set(seats) - set(names))
    missing = sorted(set(names) - set(seats))
    if unknown or missing:
        names_off = {"unknown": ", ".join(unknown) or "-", "missing": ", ".join(missing) or "-"}
        raise UsageError(Phrase("partition.seats_names", names_off))
    if sum(seats.values()) != request.officers:
        values: dict[str, object] = {"sum": sum(seats.values()), "officers": request.officers}
        raise UsageError(Phrase("partition.seats_sum", values))
    for name in names:
        if seats[name] < 1 or seats[name] % request.officers_per_beat:
            raise UsageError(Phrase("partition.seats_city", {"city": name, "posts": seats[name]}))
    return [seats[name] // request.officers_per_beat for name in names]
