"""One area in every file format: PBF, XML, Overpass JSON and OSMnx graphs lead to the same streets.

Each real source is rewritten as every other kind. What still differs is named where it is tested:

- the start of a ring that no street touches: a graph has no first point;
- a graph that OSMnx simplified has lost the rings that no street touches, and keeps the junctions
  where only a closed way meets a street; sidewalks and twins are then told on shorter pieces;
- a graph for walking holds every street in both directions: it has lost its one-ways, so that no
  carriageway can be told from its twin, and both count;
- a graph that OSMnx simplified by default merges ways of different classes into one edge, and does
  not say how much of it is of which class;
- a graph has no relations: squares drawn as relations are compared between files alone.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import osmnx as ox
import pytest
import shapely
from drawing import same
from osmium.osm.mutable import Node, Relation, Way

from reso_geo import StreetNetwork, load_network
from reso_geo.osm import NODE_TAGS, WAY_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import networkx as nx

    from reso_geo.settings import PatrolSettings

# A file and the part of it that is taken: west, south, east, north.
AREAS = {
    "monaco.osm.pbf": (7.0, 43.0, 8.0, 44.0),
    "liechtenstein.osm.pbf": (9.505, 47.13, 9.53, 47.16),
    "anjou_walk.overpass.json": (-73.62, 45.595, -73.55, 45.603),
}
SAME = 0.005


@dataclass(frozen=True)
class Extract:
    """Points (id: longitude, latitude, tags) and streets (id, points, tags) of a real source.

    Squares are relations: id, tags, and members that are ways.
    """

    nodes: dict[int, tuple[float, float, dict[str, str]]]
    ways: list[tuple[int, list[int], dict[str, str]]]
    squares: tuple[tuple[int, dict[str, str], tuple[int, ...]], ...] = ()

    def overpass(self, path: Path) -> Path:
        """Write what Overpass answers to ``way[highway]; (._; >;); out;``."""
        elements: list[dict[str, Any]] = []
        for node, (lon, lat, tags) in self.nodes.items():
            tagged = {"tags": tags} if tags else {}
            elements.append({"type": "node", "id": node, "lat": lat, "lon": lon, **tagged})
        for way, nodes, tags in self.ways:
            elements.append({"type": "way", "id": way, "nodes": nodes, "tags": tags})
        path.write_text(json.dumps({"version": 0.6, "elements": elements}), encoding="utf-8")
        return path

    def osm(self, path: Path) -> Path:
        """Write OSM XML or PBF."""
        with osmium.SimpleWriter(str(path), overwrite=True) as writer:
            for node, (lon, lat, tags) in sorted(self.nodes.items()):
                writer.add_node(Node(id=node, location=(lon, lat), tags=tags, version=1))
            for way, nodes, tags in self.ways:
                writer.add_way(Way(id=way, nodes=nodes, tags=tags, version=1))
            for square, tags, members in self.squares:
                parts = [("w", member, "outer") for member in members]
                writer.add_relation(Relation(id=square, members=parts, tags=tags, version=1))
        return path


def squares_of(path: Path) -> tuple[tuple[int, dict[str, str], tuple[int, ...]], ...]:
    """Read the relations of a PBF file that are streets; an Overpass answer here has none."""
    if path.suffix == ".json":
        return ()
    relations: Any = osmium.FileProcessor(str(path), osmium.osm.RELATION)
    return tuple(
        (square.id, dict(square.tags), tuple(m.ref for m in square.members if m.type == "w"))
        for square in relations
        if square.tags.get("type") == "multipolygon" and "highway" in square.tags
    )


def streets_of(
    path: Path,
    box: tuple[float, float, float, float],
    keys: tuple[str, ...] = ("highway",),
    members: frozenset[int] = frozenset(),
) -> Extract:
    """Read the streets in a box of a PBF file or an Overpass answer, without the own reader.

    Some ways are read whatever their tags: the members of squares.
    """
    nodes: dict[int, tuple[float, float, dict[str, str]]] = {}
    ways: list[tuple[int, list[int], dict[str, str]]] = []
    if path.suffix == ".json":
        for e in json.loads(path.read_bytes())["elements"]:
            if e["type"] == "node":
                nodes[e["id"]] = (e["lon"], e["lat"], e.get("tags", {}))
            elif e["type"] == "way":
                ways.append((e["id"], e["nodes"], e["tags"]))
    else:
        found: Any
        for found in osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY):
            tags = dict(found.tags)
            if found.is_node():
                nodes[found.id] = (found.location.lon, found.location.lat, tags)
            elif found.id in members or not tags.keys().isdisjoint(keys):
                ways.append((found.id, [node.ref for node in found.nodes], tags))
    west, south, east, north = box
    inside = {
        node
        for node, (lon, lat, _) in nodes.items()
        if west <= lon <= east and south <= lat <= north
    }
    kept = sorted(way for way in ways if inside.issuperset(way[1]))
    used = sorted({node for _, run, _ in kept for node in run})
    return Extract({node: nodes[node] for node in used}, kept)


@dataclass(frozen=True)
class Area:
    """One area in every file format; `raw` is OSMnx's graph of it, not simplified."""

    whole: StreetNetwork
    folder: Path
    raw: nx.MultiDiGraph[int]

    def through(self, ending: str) -> StreetNetwork:
        """Load it from the file with an ending."""
        return load_network(self.folder / f"area{ending}")

    def through_osmnx(self, graph: nx.MultiDiGraph[int]) -> StreetNetwork:
        """Load it from a graph as OSMnx saves it."""
        path = self.folder / "graph.graphml"
        ox.save_graphml(graph, path)
        return load_network(path)


@pytest.fixture(scope="module", autouse=True)
def _all_tags() -> Iterator[None]:
    """Let OSMnx keep every tag that decides something."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ox.settings, "useful_tags_way", list(WAY_TAGS))
        patch.setattr(ox.settings, "useful_tags_node", list(NODE_TAGS))
        yield


@pytest.fixture(scope="module", params=AREAS)
def area(
    request: pytest.FixtureRequest,
    shared_data: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Area:
    folder = tmp_path_factory.mktemp("formats")
    extract = streets_of(shared_data / "networks" / request.param, AREAS[request.param])
    extract.overpass(folder / "area.json")
    extract.osm(folder / "area.osm")
    extract.osm(folder / "area.osm.pbf")
    raw = ox.graph_from_xml(folder / "area.osm", simplify=False, retain_all=True)
    return Area(load_network(folder / "area.osm.pbf"), folder, raw)


def test_pbf_xml_and_overpass_of_one_area_are_the_same_to_the_last_figure(area: Area) -> None:
    for ending in (".osm", ".json"):
        same(area.through(ending), area.whole)


def test_pbf_written_from_real_objects_is_the_same_as_the_real_file(
    shared_data: Path, tmp_path: Path
) -> None:
    for name in AREAS:
        source = shared_data / "networks" / name
        keys = ("highway", "railway", "waterway")
        squares = squares_of(source)
        members = frozenset(way for _, _, ways in squares for way in ways)
        extract = streets_of(source, (-180.0, -90.0, 180.0, 90.0), keys, members)
        whole = replace(extract, squares=squares).osm(tmp_path / "whole.osm.pbf")
        # Land and places are not among these objects.
        same(load_network(whole, basemap=False), load_network(source, basemap=False))


def ends(network: StreetNetwork, s: int) -> tuple[str, ...]:
    """Name a segment by its way and its ends, whichever way it runs; a ring by its way alone."""
    way = network.segment_id[s].partition(":")[0]
    u, v = network.node_id[network.u[s]], network.node_id[network.v[s]]
    return (way, "ring") if u == v else (way, *sorted((str(u), str(v))))


def described(network: StreetNetwork) -> Counter[tuple[object, ...]]:
    """Count the segments by all that does not depend on where a ring starts."""
    columns = zip(
        network.length_m.round(3).tolist(), network.highway, network.name, network.surface,
        network.why, network.foot.tolist(), network.required.tolist(),
        (network.twin_of >= 0).tolist(), (network.oneway != 0).tolist(), strict=True,
    )  # fmt: skip
    return Counter((ends(network, s), *row) for s, row in enumerate(columns))


def test_raw_osmnx_graph_gives_the_same_segments_as_its_source(area: Area) -> None:
    graph = area.through_osmnx(area.raw)
    assert described(graph) == described(area.whole)
    assert graph.required_km == pytest.approx(area.whole.required_km, abs=1e-6)
    assert pieces_on_foot(graph) == pieces_on_foot(area.whole)
    # Lines across squares are no edges of the graph, and have no keys.
    edges = [segment_id for segment_id in graph.segment_id if not segment_id.startswith("area/")]
    keys = {segment_id.rpartition("-")[2] for segment_id in edges}
    assert keys <= {"0", "1", "2", "3"}


def pieces_on_foot(network: StreetNetwork) -> list[tuple[int, float]]:
    """Return the size of each piece that foot can walk: segments and metres."""
    label = network.foot_component
    at = label[label >= 0]
    count = np.bincount(at)
    length_m = np.bincount(at, weights=network.length_m[label >= 0]).round(2)
    return sorted((int(n), float(m)) for n, m in zip(count, length_m, strict=True) if n)


def junction_pieces(network: StreetNetwork) -> dict[int, int]:
    """Return the piece, on foot, of each junction that foot can reach."""
    label = network.foot_component
    walked = np.flatnonzero(label >= 0)
    ids = np.concatenate((network.node_id[network.u[walked]], network.node_id[network.v[walked]]))
    return dict(zip(ids.tolist(), np.tile(label[walked], 2).tolist(), strict=True))


def check_connected_alike(one: StreetNetwork, other: StreetNetwork) -> None:
    """Check that two junctions are connected in one network when they are in the other."""
    a, b = junction_pieces(one), junction_pieces(other)
    common = a.keys() & b.keys()
    assert len(common) > 0.9 * min(len(a), len(b))
    pairs = {(a[node], b[node]) for node in common}
    assert len(pairs) == len({x for x, _ in pairs}) == len({y for _, y in pairs})
    for network, pieces in ((one, a), (other, b)):
        alone = set(pieces.values()) - {pieces[node] for node in common}
        for s in np.flatnonzero(np.isin(network.foot_component, list(alone))):
            assert network.u[s] == network.v[s], f"{network.segment_id[s]} is no ring"


def test_osmnx_graph_simplified_where_no_tag_changes_gives_the_same_streets(area: Area) -> None:
    simple = ox.simplify_graph(area.raw, node_attrs_include=["barrier"], edge_attrs_differ=WAY_TAGS)
    graph = area.through_osmnx(simple)
    assert graph.required_km == pytest.approx(area.whole.required_km, rel=SAME)
    assert graph.length_m.sum() == pytest.approx(area.whole.length_m.sum(), rel=SAME)
    check_connected_alike(graph, area.whole)
    lost_m = area.whole.length_m.sum() - graph.length_m.sum()
    assert lost_m == pytest.approx(lone_rings_m(area.whole), abs=0.1)


def lone_rings_m(network: StreetNetwork) -> float:
    """Measure rings that no other street touches, and the lines that lead to such squares."""
    across = np.array([segment_id.startswith("area/") for segment_id in network.segment_id])
    ends = np.concatenate((network.u[~across], network.v[~across]))
    touched = np.bincount(ends, minlength=len(network.node_id))
    ring = (network.u == network.v) & (touched[network.u] == 2)
    rings = network.u[ring]
    ring |= across & (np.isin(network.u, rings) | np.isin(network.v, rings))
    return float(network.length_m[ring].sum())


def test_osmnx_graph_for_walking_counts_both_carriageways_and_nothing_else(
    area: Area, defaults: PatrolSettings
) -> None:
    walking = ox.graph_from_xml(
        area.folder / "area.osm", bidirectional=True, simplify=False, retain_all=True
    )
    graph = area.through_osmnx(walking)
    assert not graph.oneway.any()
    # A component is dropped by what twins leave of it: the source is read without that rule.
    streets = replace(defaults.streets, twin_distance_m=0.0)
    path = area.folder / "area.osm.pbf"
    both = load_network(path, settings=replace(defaults, streets=streets))
    assert graph.required_km == pytest.approx(both.required_km, abs=1e-6)
    assert graph.length_m.sum() == pytest.approx(area.whole.length_m.sum(), rel=1e-9)
    check_connected_alike(graph, area.whole)


def steps(
    network: StreetNetwork, segments: np.ndarray
) -> dict[frozenset[tuple[float, ...]], float]:
    """Return the metres of each step, from one point to the next, of some segments."""
    found = {}
    for line in network.geometry[segments]:
        at = shapely.get_coordinates(line).round(2).tolist()
        for a, b in itertools.pairwise(map(tuple, at)):
            found[frozenset((a, b))] = float(np.hypot(a[0] - b[0], a[1] - b[1]))
    return found


def test_osmnx_graph_simplified_by_default_differs_where_it_merged_classes(area: Area) -> None:
    simple = ox.simplify_graph(area.raw, track_merged=True)
    mixed = set()
    for u, v, data in simple.edges(data=True):
        parts = [area.raw.get_edge_data(*pair)[0] for pair in data.pop("merged_edges", [])]
        kinds = {tuple(str(part.get(tag)) for tag in WAY_TAGS) for part in parts}
        if len(kinds) > 1:
            mixed.add(frozenset((u, v)))
    graph = area.through_osmnx(simple)
    pairs = zip(graph.node_id[graph.u].tolist(), graph.node_id[graph.v].tolist(), strict=True)
    merged = np.array([frozenset(pair) in mixed for pair in pairs])
    apart = steps(graph, np.flatnonzero(merged)).keys()
    rest = [
        sum(m for step, m in steps(n, np.flatnonzero(n.required)).items() if step not in apart)
        for n in (graph, area.whole)
    ]
    assert rest[0] == pytest.approx(rest[1], rel=SAME)
    assert abs(graph.required_km - area.whole.required_km) * 1000.0 < graph.length_m[merged].sum()
