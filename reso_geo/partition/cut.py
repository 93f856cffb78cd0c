"""cut_beats: posts to cities, beats to pieces, balance on load with deadhead."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.errors import InfeasibleError, UsageError
from reso_geo.partition.record import Partition, broken_beats, held_segments
from reso_geo.partition.search import Cutter, base_of
from reso_geo.partition.seats import sainte_lague
from reso_geo.words import Phrase
from reso_geo.workload import measure_load

if TYPE_CHECKING:
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

    Returns
    -------
    Partition
        Every held segment in exactly one beat, every beat connected.

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
    counts = _beats_per_zone(network, graph, load, request, zones)
    cutter = Cutter(network, graph, load, request, time.monotonic() + request.time_limit_s)
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
    graph: TravelGraph,
    load: StreetLoad,
    request: CutRequest,
    zones: list[tuple[int, NDArray[np.int64]]],
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
    required = [segments[network.required[segments]] for _, segments in zones]
    loads = [
        measure_load(graph, load, own, base_of(network, load.total_s, own)).load_s
        for own in required
    ]
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
