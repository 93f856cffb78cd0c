"""Small street networks, how they are cut, and what must hold of every cut."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
from drawing import Street, bare

from reso_geo import load_settings
from reso_geo.coverage import travel_graph
from reso_geo.districting import DistrictingProblem
from reso_geo.districting.assignment import Assignment
from reso_geo.districting.canonical_order import Order
from reso_geo.districting.evaluator import Measure
from reso_geo.districting.params import SearchRules
from reso_geo.districting.state import SearchState
from reso_geo.partition import Partition, broken_beats, cut_beats, held_segments
from reso_geo.partition.components import region_of
from reso_geo.travel import travel_times
from reso_geo.workload import street_load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo import CutRequest, StreetNetwork
    from reso_geo.coverage import TravelGraph
    from reso_geo.districting.region import Region
    from reso_geo.partition import CutResult, LockedBeats
    from reso_geo.workload import StreetLoad


def held(beat_of: Sequence[int], city: Sequence[int] = ()) -> Partition:
    """Return beats that hold the given segments."""
    count = max(beat_of) + 1
    return Partition(
        beat_of=np.array(beat_of, dtype=np.int64),
        beat_id=tuple(f"X-{beat + 1:02d}" for beat in range(count)),
        city=np.array(city or [0] * count, dtype=np.int64),
        posts=np.ones(count, dtype=np.int64),
        base=np.zeros(count, dtype=np.int64),
        annexed={},
    )


def streets(
    pairs: Sequence[tuple[int, int]],
    xy: NDArray[np.float64],
    city: Sequence[int] | None = None,
    required: Sequence[bool] | None = None,
) -> StreetNetwork:
    """Make a network of straight streets between numbered junctions, in metres."""
    needed = required or [True] * len(pairs)
    length = [max(float(np.hypot(*(xy[a] - xy[b]))), 1.0) for a, b in pairs]
    drawn = [Street(a, b, m, r) for (a, b), m, r in zip(pairs, length, needed, strict=True)]
    cities = ("A", "B", "C")[: max(city or [0]) + 1]
    return replace(
        bare(drawn, len(xy)),
        node_xy=xy.astype(np.float64),
        cities=cities,
        city=np.array(city or [0] * len(pairs), dtype=np.int64),
    )


def grid(rows: int, columns: int, city: Sequence[int] | None = None) -> StreetNetwork:
    """Make a grid of blocks of 100 m.

    0---1---2
    |   |   |
    3---4---5
    """
    place = {(r, c): r * columns + c for r, c in product(range(rows), range(columns))}
    pairs = [(place[r, c], place[r, c + 1]) for r, c in place if c + 1 < columns]
    pairs += [(place[r, c], place[r + 1, c]) for r, c in place if r + 1 < rows]
    xy = np.array([(100.0 * c, -100.0 * r) for r, c in place])
    return streets(pairs, xy, city)


def two_cities(rows: int, columns: int, line_m: float) -> StreetNetwork:
    """Make a grid of a city A in the west and a city B from a line on."""
    whole = grid(rows, columns)
    city = (whole.node_xy[whole.u, 0] >= line_m).astype(int).tolist()
    return grid(rows, columns, city)


def path(count: int) -> StreetNetwork:
    """Make a row of streets of 100 m."""
    xy = np.column_stack((100.0 * np.arange(count + 1), np.zeros(count + 1)))
    return streets([(n, n + 1) for n in range(count)], xy)


def star(count: int) -> StreetNetwork:
    """Make streets of 100 m that all meet in one junction."""
    turn = 2 * np.pi * np.arange(count) / count
    tips = 100.0 * np.column_stack((np.cos(turn), np.sin(turn)))
    return streets([(0, n + 1) for n in range(count)], np.vstack(((0.0, 0.0), tips)))


def beside(one: StreetNetwork, other: StreetNetwork, east_m: float) -> StreetNetwork:
    """Put a network to the east of another; no street joins them."""
    xy = np.vstack((one.node_xy, other.node_xy + np.array([east_m, 0.0])))
    first = len(one.node_id)
    pairs = [*_pairs(one, 0), *_pairs(other, first)]
    return streets(pairs, xy)


def bridged(one: StreetNetwork, ends: tuple[int, int], flag: int) -> StreetNetwork:
    """Join two junctions by a street that crosses a barrier."""
    annexed = streets([*_pairs(one, 0), ends], one.node_xy.copy())
    crosses = np.zeros(len(annexed), dtype=np.uint8)
    crosses[-1] = flag
    return replace(annexed, crossed=crosses)


def _pairs(network: StreetNetwork, first: int) -> list[tuple[int, int]]:
    ends = zip((network.u + first).tolist(), (network.v + first).tolist(), strict=True)
    return list(ends)


def on_foot(
    network: StreetNetwork, stop_s: NDArray[np.float64] | None = None
) -> tuple[StreetNetwork, TravelGraph, StreetLoad]:
    """Return a network with its travel graph and its loads on foot by the default settings."""
    rules = load_settings()
    times = travel_times(network, rules)
    graph = travel_graph(network, times, "foot")
    return network, graph, street_load(network, times, rules, "foot", stop_s)


@dataclass
class Scales:
    """A stub that measures a beat as so many seconds a segment, from its first junction."""

    network: StreetNetwork
    each_s: float = 60.0
    work: int = 0

    def look_ahead(self, asked: object) -> None:
        """Nothing is worth measuring ahead."""

    def measure(self, own: np.ndarray, base: int | None = None) -> Measure:
        """Measure a beat."""
        self.work += len(own)
        load_s = self.each_s * len(own)
        at = int(self.network.u[own[0]]) if base is None else base
        return Measure(load_s, np.full(len(own), self.each_s), at, len(own))


def region_on(network: StreetNetwork) -> Region:
    """Return all streets of a connected network, each of which asks a minute."""
    return region_of(network, np.full(len(network), 60.0), np.arange(len(network)))


def state_on(network: StreetNetwork, beats: list[int], tolerance: float = 0.05) -> SearchState:
    """Return beats measured by a stub."""
    count = max(beats) + 1
    assignment = Assignment(region_on(network), np.array(beats, dtype=np.int64), count)
    share = np.full(count, 1.0 / count)
    return SearchState(assignment, Scales(network), share, SearchRules(tolerance))


def as_drawn(network: StreetNetwork, graph: TravelGraph, load: StreetLoad) -> DistrictingProblem:
    """Return the problem of a network whose streets keep the order in which they were drawn."""
    order = Order(np.arange(len(network)), np.arange(len(network.node_id)))
    return DistrictingProblem(network, graph, graph, load, order)


def searched(
    network: StreetNetwork,
    request: CutRequest,
    locked: LockedBeats | None = None,
    stop_s: NDArray[np.float64] | None = None,
) -> CutResult:
    """Cut a network on foot, and return what was found out too."""
    return cut_beats(DistrictingProblem.of(*on_foot(network, stop_s)), request, locked)


def cut(
    network: StreetNetwork,
    request: CutRequest,
    locked: LockedBeats | None = None,
    stop_s: NDArray[np.float64] | None = None,
) -> Partition:
    """Cut a network on foot."""
    return searched(network, request, locked, stop_s).partition


def beats_are_sound(network: StreetNetwork, partition: Partition) -> None:
    """Check with networkx, apart from the cutter, that beats hold all streets and are connected."""
    held = held_segments(network)
    assert (partition.beat_of[held] >= 0).all()
    assert (partition.beat_of[~held] == -1).all()
    assert len(set(partition.beat_id)) == len(partition.beat_id)
    for beat in range(len(partition.beat_id)):
        own = np.flatnonzero(partition.beat_of == beat)
        own = np.setdiff1d(own, partition.annexed.get(beat, []))
        assert network.required[own].any()
        graph = nx.Graph(zip(network.u[own].tolist(), network.v[own].tolist(), strict=True))
        assert nx.is_connected(graph)
    assert not broken_beats(network, partition)


def beat_of_segment(network: StreetNetwork, partition: Partition) -> dict[str, str]:
    """Return the id of the beat of every held segment by the segment's id."""
    held = np.flatnonzero(partition.beat_of >= 0).tolist()
    return {network.segment_id[s]: partition.beat_id[partition.beat_of[s]] for s in held}


def shuffled(
    network: StreetNetwork, graph: TravelGraph, load: StreetLoad, draw: np.random.Generator
) -> tuple[StreetNetwork, TravelGraph, StreetLoad]:
    """Return the same streets with their rows, and those of their junctions, in another order."""
    rows, nodes = draw.permutation(len(network)), draw.permutation(len(network.node_id))
    place = np.argsort(nodes)
    columns: dict[str, Any] = {}
    for f in fields(network):
        value = getattr(network, f.name)
        if isinstance(value, np.ndarray):
            columns[f.name] = value[nodes if f.name.startswith("node_") else rows]
    columns |= {"u": place[columns["u"]], "v": place[columns["v"]]}
    twin = columns["twin_of"]
    columns["twin_of"] = np.where(twin >= 0, np.argsort(rows)[twin], -1)
    costs = ("forward", "backward", "patrol_forward", "patrol_backward")
    return (
        replace(network, **columns),
        replace(
            graph,
            u=place[graph.u[rows]],
            v=place[graph.v[rows]],
            **{name: getattr(graph, name)[rows] for name in costs},
        ),
        load.sorted_by(rows),
    )
