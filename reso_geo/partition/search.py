"""The search: every zone cut into beats of about equal measured load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.errors import InfeasibleError
from reso_geo.partition.balance import BalanceSearch
from reso_geo.partition.base import base_of
from reso_geo.partition.ids import beat_ids
from reso_geo.partition.meter import Meter
from reso_geo.partition.moves import Scratch
from reso_geo.partition.piece import part_of
from reso_geo.partition.record import Partition
from reso_geo.partition.sides import sides_of
from reso_geo.partition.start import MOST_AT_ONCE, compact_start, refined
from reso_geo.partition.zones import Zone, zone_of
from reso_geo.words import Phrase, listed

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reso_geo.coverage import TravelGraph
    from reso_geo.network import StreetNetwork
    from reso_geo.partition.piece import Piece
    from reso_geo.partition.request import CutRequest
    from reso_geo.workload import StreetLoad

__all__ = ["Cutter"]


class Cutter:
    """Collects the beats of one zone after another.

    Parameters
    ----------
    network
        The streets.
    graph
        The travel graph of the plan's mode.
    load
        Street loads in that mode.
    request
        Tolerance and seed.
    deadline
        On the clock of `time.monotonic`.
    base_at
        Gives the junction that a beat is measured from, by its required segments.
    """

    def __init__(
        self,
        network: StreetNetwork,
        graph: TravelGraph,
        load: StreetLoad,
        request: CutRequest,
        deadline: float,
        base_at: Callable[[NDArray[np.int64]], int],
    ) -> None:
        self._network = network
        self._graph = graph
        self._load = load
        self._total_s = load.total_s
        self._request = request
        self._deadline = deadline
        self._base_at = base_at
        self._beat_of = np.full(len(network), -1, dtype=np.int64)
        self._city: list[int] = []
        self._joined: dict[int, list[NDArray[np.int64]]] = {}
        self._why: list[Phrase] = []
        self._warnings: list[Phrase] = []

    def cut_zone(self, city: int, segments: NDArray[np.int64], beats: int) -> None:
        """Cut one zone into its beats, numbered from west to east.

        Parameters
        ----------
        city
            Index of the city, -1 for all of them together.
        segments
            int64: what the zone holds.
        beats
            How many it gets.

        Raises
        ------
        InfeasibleError
            When the zone has fewer required segments than beats.
        """
        zone = zone_of(self._network, self._total_s, segments, beats)
        local = np.full(len(self._network), -1, dtype=np.int64)
        used = 0
        for piece, share in zip(zone.pieces, zone.beats, strict=True):
            local[piece.segment] = used + self._cut_piece(piece, share, zone)
            used += share
        if used < beats:
            values = {"beats": beats, "segments": int(self._network.required[segments].sum())}
            raise InfeasibleError(Phrase("partition.more_beats_than_segments", values))
        for part, gate in zip(zone.joined, zone.gateway, strict=True):
            local[part] = local[gate]
        number = self._numbers(local, used)
        first = len(self._city)
        placed = local >= 0
        self._beat_of[placed] = first + number[local[placed]]
        self._city.extend([city] * used)
        for part in zone.joined:
            self._joined.setdefault(int(self._beat_of[part[0]]), []).append(part)

    def _numbers(self, local: NDArray[np.int64], count: int) -> NDArray[np.int64]:
        """Give each beat its number: by its middle, west to east, then south to north."""
        network = self._network
        spots = []
        for beat in range(count):
            own = np.flatnonzero((local == beat) & network.required)
            base = network.node_xy[base_of(network, self._total_s, own)]
            spots.append((float(base[0]), float(base[1]), beat))
        number = np.empty(count, dtype=np.int64)
        number[[beat for _, _, beat in sorted(spots)]] = np.arange(count)
        return number

    def _cut_piece(self, piece: Piece, count: int, zone: Zone) -> NDArray[np.int64]:
        """Cut a connected piece into beats of about equal measured load."""
        if count == 1:
            return np.zeros(len(piece.segment), dtype=np.int64)
        share = np.full(count, 1.0 / count)
        tolerance = self._request.tolerance
        joined: dict[int, NDArray[np.int64]] = {}
        for part, gate in zip(zone.joined, zone.gateway, strict=True):
            joined[gate] = np.concatenate((joined.get(gate, part[:0]), part))
        meter = Meter(self._network, self._graph, self._load, self._base_at, joined)
        weight = self._first_weight(piece, meter, share)
        for _ in range(2):
            group, counts = sides_of(piece, weight, count, 0.3 * tolerance)
            places = [np.flatnonzero(group == number) for number in range(len(counts))]
            searches = []
            for own, beats in zip(places, counts, strict=True):
                searches.append(self._begin(part_of(piece, own), weight[own], meter, beats))
                weight[own] = searches[-1].weight_s + 1e-6
            load = np.bincount(group, weight) / weight.sum() * count
            if np.abs(load / counts - 1.0).max() <= 0.5 * tolerance:
                break
        cell = np.empty(len(piece), dtype=np.int64)
        for number, (own, search) in enumerate(zip(places, searches, strict=True)):
            if not search.run(self._deadline):
                values = {"limit": float(self._request.time_limit_s)}
                self._warnings.append(Phrase("partition.time_limit", values))
            cell[own] = sum(counts[:number]) + search.cells()
        return cell

    def _begin(
        self, piece: Piece, weight: NDArray[np.float64], meter: Meter, count: int
    ) -> BalanceSearch:
        """Cut what no beat may leave, and measure it."""
        share = np.full(count, 1.0 / count)
        tolerance = self._request.tolerance
        cell = compact_start(piece, weight, share, tolerance, self._request.seed)
        first = BalanceSearch(Scratch(piece, cell, count), meter, share, tolerance)
        first.measure()
        if not 1 < count <= min(MOST_AT_ONCE, len(piece.xy)):
            return first
        cell = refined(piece, first.cells(), first.weight_s + 1e-6, share, tolerance)
        second = BalanceSearch(Scratch(piece, cell, count), meter, share, tolerance)
        second.measure()
        return min((first, second), key=lambda search: search.badness())

    def _first_weight(
        self, piece: Piece, meter: Meter, share: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Estimate what each segment asks, deadhead included, from a first quick cut."""
        weight = piece.load_s + 1e-6
        cell = compact_start(
            piece, weight, share, self._request.tolerance, self._request.seed, tries=1
        )
        search = BalanceSearch(
            Scratch(piece, cell, len(share)), meter, share, self._request.tolerance
        )
        search.measure()
        return search.weight_s + 1e-6

    def partition(self) -> Partition:
        """Give what was cut."""
        network = self._network
        beats = len(self._city)
        joined = {b: np.sort(np.concatenate(parts)) for b, parts in sorted(self._joined.items())}
        ids = beat_ids(network.cities, self._city)
        for beat, segments in joined.items():
            values = {
                "beat": ids[beat],
                "count": len(segments),
                "km": float(network.length_m[segments].sum() / 1000.0),
                "ids": listed(network.segment_id[segments], 20),
            }
            self._warnings.append(Phrase("partition.joined", values))
        base = np.array(
            [
                self._base_at(np.flatnonzero((self._beat_of == b) & network.required))
                for b in range(beats)
            ]
        )
        return Partition(
            beat_of=self._beat_of,
            beat_id=ids,
            city=np.array(self._city, dtype=np.int64),
            posts=np.full(beats, self._request.officers_per_beat, dtype=np.int64),
            base=base,
            joined=joined,
            warnings=tuple(self._warnings),
        )
