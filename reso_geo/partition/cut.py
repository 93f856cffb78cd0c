"""cut_beats: posts to cities, beats to pieces, balance on load with deadhead."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.errors import InfeasibleError, UsageError
from reso_geo.partition.record import Partition, broken_beats, held_segments
from reso_geo.partition.search import Cutter, base_of
from reso_geo.partition.seats import sainte_lague
from reso_geo.words import Phrase
from reso_geo.workload import measure_load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from reso_geo.coverage import TravelGraph
    from reso_geo.network import StreetNetwork
    from reso_geo.workload import StreetLoad

__all__ = ["CutRequest", "cut_beats"]


@dataclass(frozen=True)
class CutRequest:
    """What the planner asks for.

    Attributes
    ----------
    officers
        Posts in all.
    officers_per_beat
        Posts of each beat; the number of beats is `officers` divided by it.
    seats
        Posts of each city by name; None shares them by load (Sainte-Laguë).
    cross_cities
        True when a beat may cross city lines.
    tolerance
        How far the load per post may be from the mean, as a share of it.
    time_limit_s
        After this many seconds the best cut so far is returned.
    seed
        Of all that is drawn by chance.

    Raises
    ------
    UsageError
        When a figure is out of range, or the posts do not fill whole beats.
    """

    officers: int
    officers_per_beat: int = 1
    seats: Mapping[str, int] | None = None
    cross_cities: bool = False
    tolerance: float = 0.05
    time_limit_s: float = 600.0
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the figures once."""
        if self.officers < 1:
            raise UsageError(Phrase("partition.no_officers", {"officers": self.officers}))
        if self.officers_per_beat < 1 or self.officers % self.officers_per_beat:
            raise UsageError(
                Phrase(
                    "partition.no_whole_beats",
                    {"officers": self.officers, "per_beat": self.officers_per_beat},
                )
            )
        if not 0.0 < self.tolerance < 1.0:
            raise UsageError(Phrase("partition.bad_tolerance", {"tolerance": self.tolerance}))
        if not self.time_limit_s > 0.0:
            raise UsageError(Phrase("partition.bad_time_limit", {"limit": self.time_limit_s}))

    @property
    def beats(self) -> int:
        """Number of beats."""
        return self.officers // self.officers_per_beat


def cut_beats(
    network: StreetNetwork,
    graph: TravelGraph,
    load: StreetLoad,
    request: CutRequest,
    progress: Callable[[str, float], None] | None = None,
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
    progress
        Called with the name of the city and the share of it that is done.

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
        name = network.cities[city] if city >= 0 else ""
        cutter.cut_zone(city, segments, beats)
        if progress is not None:
            progress(name, 1.0)
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
