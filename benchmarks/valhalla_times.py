"""Door-to-door times beside Valhalla's, at equal pace, over random pairs of junctions.

Both start and end on the same junctions (those that Valhalla reaches within a metre) and look for
the shortest way: Valhalla with `shortest`, its penalties at zero and the paces of the settings; it
still adds waits at crossings, slows down on poor surfaces and hard trails, and knows no pushing. On
foot there are bars (medians within 3 %, 95 % of the pairs within 15 %, else exit 1); in both modes
the difference is taken apart. The bike is compared once more with the way that Valhalla would ride
by its own taste, which avoids stairs, gravel and traffic.

    python benchmarks/valhalla_times.py [FILE.osm.pbf] [--pairs 500] [--seed 0]
"""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from pyproj import Transformer
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from valhalla_peer import (
    RESO_GEO,
    VALHALLA,
    PeerError,
    choice_behind,
    closed_nodes,
    open_peer,
    source_file,
    ways_of,
)

from reso_geo import load_network, load_settings
from reso_geo.osm import RIDE, understand
from reso_geo.travel import travel_times

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from reso_geo import StreetNetwork
    from reso_geo.settings import PatrolSettings

MEDIAN_BAR, P95_BAR, LEAST_JOINED = 0.03, 0.15, 0.98
SAME_PLACE_M = 1.0
WORST, LEAST_SHARE = 5, 0.0005
COSTING = {"foot": "pedestrian", "bike": "bicycle"}
NO_PENALTY: dict[str, object] = {
    "shortest": True, "use_ferry": 0, "use_hills": 1, "maneuver_penalty": 0, "gate_cost": 0,
    "gate_penalty": 0, "private_access_penalty": 0, "destination_only_penalty": 0,
    "service_penalty": 0, "service_factor": 1, "country_crossing_cost": 0,
}  # fmt: skip
ON_FOOT: dict[str, object] = {
    "walkway_factor": 1, "sidewalk_factor": 1, "alley_factor": 1, "driveway_factor": 1,
    "step_penalty": 0, "elevator_penalty": 0, "max_hiking_difficulty": 6,
}  # fmt: skip


class Arcs(NamedTuple):
    """One mode's directed ways between junctions, the quickest of parallel ones."""

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    seconds: NDArray[np.float64]
    length_m: NDArray[np.float64]
    pushed: NDArray[np.bool_]
    segment: NDArray[np.int64]


class Trip(NamedTuple):
    """One pair, as both see it; no edges where Valhalla cannot follow its own route."""

    pair: tuple[int, int]
    ours_s: float
    arcs: list[int]
    theirs_s: float
    theirs_m: float
    edges: list[dict[str, Any]]


def arcs_of(network: StreetNetwork, settings: PatrolSettings, mode: str) -> Arcs:
    """Lay out both directions of every segment that is open to the mode."""
    forward_s, backward_s = travel_times(network, settings).transit_s(mode)
    tail, head = np.concatenate((network.u, network.v)), np.concatenate((network.v, network.u))
    seconds = np.concatenate((forward_s, backward_s))
    use = np.concatenate((network.bike_forward, network.bike_backward))
    segment = np.tile(np.arange(len(network)), 2)
    order = np.lexsort((seconds, head, tail))
    order = order[np.isfinite(seconds[order]) & (tail[order] != head[order])]
    pairs = np.column_stack((tail, head))[order]
    _, first = np.unique(pairs, axis=0, return_index=True)
    kept = order[first]
    pushed = (use[kept] != RIDE) & (mode == "bike")
    return Arcs(
        tail[kept], head[kept], seconds[kept], network.length_m[segment[kept]], pushed,
        segment[kept],
    )  # fmt: skip


class Comparison:
    """One network beside Valhalla, in one mode."""

    def __init__(
        self,
        actor: Any,  # noqa: ANN401 - Valhalla's
        network: StreetNetwork,
        settings: PatrolSettings,
        mode: str,
        *,
        by_taste: bool = False,
    ) -> None:
        self.actor, self.mode = actor, mode
        self.network, self.count = network, len(network.node_id)
        self.arcs = arcs_of(network, settings, mode)
        pace = settings.foot_transit_kmh if mode == "foot" else settings.bike_transit_kmh
        self.pace_m_s = pace.central / 3.6
        speed = {"foot": "walking_speed", "bike": "cycling_speed"}[mode]
        options = NO_PENALTY | {speed: pace.central} | (ON_FOOT if mode == "foot" else {})
        options["shortest"] = not by_taste
        self.costing: dict[str, object] = {
            "costing": COSTING[mode],
            "costing_options": {COSTING[mode]: options},
        }
        to_degrees = Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
        self.lon, self.lat = to_degrees.transform(network.node_xy[:, 0], network.node_xy[:, 1])

    def graph(self) -> csr_array:
        """Return the arcs as a sparse matrix of seconds."""
        ends = (self.arcs.tail, self.arcs.head)
        return csr_array((self.arcs.seconds, ends), shape=(self.count, self.count))

    def spot(self, junction: int) -> dict[str, float]:
        """Name a junction to Valhalla."""
        return {"lon": float(self.lon[junction]), "lat": float(self.lat[junction]), "radius": 0}

    def draw(self, pairs: int, seed: int) -> list[tuple[int, int]]:
        """Draw pairs of junctions that both systems reach, each in its largest network."""
        label = connected_components(self.graph(), directed=True, connection="strong")[1]
        inside = np.flatnonzero(label == np.bincount(label).argmax())
        chosen: list[int] = []
        for junction in np.random.default_rng(seed).permutation(inside).tolist():
            answer = self.actor.locate({"locations": [self.spot(junction)], **self.costing})[0]
            near = answer.get("edges") or []
            if near and self._distance_m(junction, near[0]) <= SAME_PLACE_M:
                chosen.append(junction)
            if len(chosen) == 2 * pairs:
                break
        return list(zip(chosen[0::2], chosen[1::2], strict=False))

    def _distance_m(self, junction: int, edge: Mapping[str, float]) -> float:
        north_m = (edge["correlated_lat"] - self.lat[junction]) * 111_000.0
        east_m = (edge["correlated_lon"] - self.lon[junction]) * 111_000.0
        return float(np.hypot(north_m, east_m * np.cos(np.radians(self.lat[junction]))))

    def trips(self, pairs: list[tuple[int, int]]) -> list[Trip]:
        """Ask both for every pair; a pair that Valhalla cannot join is left out."""
        sources = [a for a, _ in pairs]
        seconds, before = dijkstra(self.graph(), indices=sources, return_predecessors=True)
        place = {
            ends: arc
            for arc, ends in enumerate(
                zip(self.arcs.tail.tolist(), self.arcs.head.tolist(), strict=True)
            )
        }
        found = []
        for row, (a, b) in enumerate(pairs):
            path = path_back(before[row], a, b, place)
            trip = self.ask((a, b), float(seconds[row, b]), path)
            if trip is not None:
                found.append(trip)
        return found

    def ask(self, pair: tuple[int, int], ours_s: float, path: list[int]) -> Trip | None:
        """Ask Valhalla for one pair, edge by edge."""
        spots = [self.spot(junction) for junction in pair]
        try:
            route = self.actor.route(
                {"locations": spots, "directions_type": "none", **self.costing}
            )["trip"]
        except PeerError:
            return None
        leg, summary = route["legs"][0], route["summary"]
        edges = self._edges(leg["shape"])
        return Trip(pair, ours_s, path, summary["time"], summary["length"] * 1000.0, edges)

    def _edges(self, shape: str) -> list[dict[str, Any]]:
        """Return Valhalla's edges along its own route; none where it cannot walk its drawing."""
        asked = {"encoded_polyline": shape, "shape_match": "edge_walk", **self.costing}
        try:
            edges: list[dict[str, Any]] = self.actor.trace_attributes(asked)["edges"]
        except PeerError:
            return []
        return edges


def path_back(
    before: NDArray[np.int32], start: int, end: int, place: Mapping[tuple[int, int], int]
) -> list[int]:
    """Return the arcs of a shortest path."""
    path = []
    while end != start:
        previous = int(before[end])
        path.append(place[previous, end])
        end = previous
    return path


def show(name: str, trips: list[Trip], asked: int) -> bool:
    """Print how far both are apart; tell whether that keeps the bars of the foot."""
    ours, theirs = np.array([t.ours_s for t in trips]), np.array([t.theirs_s for t in trips])
    off = ours / theirs - 1.0
    ratio = float(np.median(ours) / np.median(theirs) - 1.0)
    middle, p95 = float(np.median(np.abs(off))), float(np.percentile(np.abs(off), 95))
    print(f"\n{name}: {len(trips)} of {asked} pairs joined by both")
    print(
        f"  median time      reso_geo {np.median(ours):.0f} s, Valhalla {np.median(theirs):.0f} s"
    )
    print(f"  medians apart    {ratio:+.2%}")
    print(f"  pairs apart      median {middle:.2%}, signed {np.median(off):+.2%}")
    print(f"  95th percentile  {p95:.2%}, largest {np.abs(off).max():.2%}")
    joined = len(trips) >= LEAST_JOINED * asked
    return joined and max(abs(ratio), middle) <= MEDIAN_BAR and p95 <= P95_BAR


def slow_seconds(trip: Trip, comparison: Comparison) -> tuple[Counter[str], float]:
    """Return the seconds that Valhalla adds to its metres at pace: by kind of way, and waits."""
    slow: Counter[str] = Counter()
    before_s = wait_s = all_waits_s = 0.0
    for edge in trip.edges:
        end = edge["end_node"]
        moving_s = end["elapsed_time"] - before_s - wait_s
        kind = edge["use"] if edge["use"] in ("steps", "elevator") else edge["surface"]
        if comparison.mode == "foot":
            kind = "hard trail" if edge.get("sac_scale") else "rounding"
        slow[kind] += moving_s - edge["length"] * 1000.0 / comparison.pace_m_s
        before_s, wait_s = end["elapsed_time"], end.get("transition_time", 0.0)
        all_waits_s += wait_s
    return slow, all_waits_s


def take_apart(comparison: Comparison, trips: list[Trip]) -> None:
    """Print what the difference of all pairs together is made of, as shares of Valhalla's time."""
    arcs = comparison.arcs
    slow: Counter[str] = Counter()
    ours_s = theirs_s = push_s = waits_s = 0.0
    traced = [trip for trip in trips if trip.edges]
    for trip in traced:
        more, wait_s = slow_seconds(trip, comparison)
        slow.update(more)
        waits_s += wait_s
        ours_s += trip.ours_s
        theirs_s += trip.theirs_s
        pushed = [arc for arc in trip.arcs if arcs.pushed[arc]]
        push_s += float((arcs.seconds[pushed] - arcs.length_m[pushed] / comparison.pace_m_s).sum())
    parts = {"reso_geo pushes the bike": push_s, "Valhalla waits at crossings": -waits_s}
    parts |= {f"Valhalla slows down: {kind}": -more_s for kind, more_s in slow.most_common()}
    rest = ours_s - theirs_s - sum(parts.values())
    apart = ours_s / theirs_s - 1.0
    print(f"  together         {apart:+.2%} over {len(traced)} traced pairs, of which")
    for name, part_s in [*parts.items(), ("another way (more or fewer metres)", rest)]:
        if abs(part_s) >= LEAST_SHARE * theirs_s:
            print(f"    {name:<44}{part_s / theirs_s:>+8.2%}")


class Causes:
    """Finds the streets of a pair on foot that only one of both may use."""

    def __init__(self, path: Path, comparison: Comparison) -> None:
        self.comparison, self.rules = comparison, load_settings().streets
        self.tags = {way.way_id: way.tags for way in ways_of(path)}
        project = Transformer.from_crs("EPSG:4326", comparison.network.crs, always_xy=True)
        self.closed = shapely.points(np.column_stack(project.transform(*closed_nodes(path).T)))

    def of(self, trip: Trip) -> str:
        """Describe what sets the two routes apart."""
        metres = self._only_theirs(trip) + self._only_ours(trip)
        said = [f"{what} {length_m:.0f} m" for what, length_m in metres.most_common()]
        if nodes := self._closed_nodes(trip):
            said.append(f"only reso_geo: {nodes} closed nodes")
        slow_s = sum(slow_seconds(trip, self.comparison)[0].values())
        return ", ".join([*said, f"Valhalla slows down {slow_s:.0f} s"])

    def _only_theirs(self, trip: Trip) -> Counter[str]:
        found: Counter[str] = Counter()
        for edge in trip.edges:
            tags = self.tags.get(edge["way_id"])
            if tags and not understand(tags, self.rules).foot:
                choice = choice_behind(tags, "foot", VALHALLA)
                name = choice.code if choice else "unexplained"
                found[f"only Valhalla: {name}"] += edge["length"] * 1000.0
        return found

    def _only_ours(self, trip: Trip) -> Counter[str]:
        arcs, network = self.comparison.arcs, self.comparison.network
        found: Counter[str] = Counter()
        for arc in trip.arcs:
            segment = arcs.segment[arc]
            along = 1 if arcs.tail[arc] == network.u[segment] else -1
            way_id = int(str(network.segment_id[segment]).split(":", maxsplit=1)[0])
            choice = choice_behind(self.tags[way_id], "foot", RESO_GEO)
            if choice and (choice.code != "oneway" or network.oneway[segment] == -along):
                found[f"only reso_geo: {choice.code}"] += arcs.length_m[arc]
        return found

    def _closed_nodes(self, trip: Trip) -> int:
        lines = self.comparison.network.geometry[self.comparison.arcs.segment[trip.arcs]]
        on = shapely.distance(shapely.union_all(lines), self.closed) < SAME_PLACE_M
        return int(on.sum())


def show_worst(causes: Causes, trips: list[Trip]) -> None:
    """Print the pairs that differ most, and why."""
    print("  largest differences:")
    worst = sorted(trips, key=lambda trip: -abs(trip.ours_s / trip.theirs_s - 1.0))
    for trip in worst[:WORST]:
        a, b = (int(causes.comparison.network.node_id[end]) for end in trip.pair)
        print(
            f"    {trip.ours_s / trip.theirs_s - 1.0:+.1%} from node {a} to {b}: {causes.of(trip)}"
        )


def main() -> None:
    """Print the tables; exit 1 where the foot misses a bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", default="")
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    path, settings = source_file(arguments.file), load_settings()
    network = load_network(path)
    with open_peer(path) as actor:
        on_foot = Comparison(actor, network, settings, "foot")
        pairs = on_foot.draw(arguments.pairs, arguments.seed)
        trips = on_foot.trips(pairs)
        passed = show("foot", trips, len(pairs))
        take_apart(on_foot, trips)
        show_worst(Causes(path, on_foot), trips)
        said = "kept" if passed else "MISSED"
        print(f"  bars {said}: medians {MEDIAN_BAR:.0%}, 95th percentile {P95_BAR:.0%}")
        for name, by_taste in (("bike, the shortest way", False), ("bike, by taste", True)):
            by_bike = Comparison(actor, network, settings, "bike", by_taste=by_taste)
            pairs = by_bike.draw(arguments.pairs, arguments.seed)
            trips = by_bike.trips(pairs)
            show(name, trips, len(pairs))
            take_apart(by_bike, trips)
    raise SystemExit(0 if passed else 1)


if __name__ == "__main__":
    main()
