"""The built-in sample keeps its promises."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import osmium
import pytest
import shapely
from places import ROOT
from shapely.geometry import LineString, shape
from shapely.ops import polygonize

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = ROOT / "data" / "sample"
FILES = ["sample.osm.pbf", "boundaries.geojson", "sector.geojson", "anchors.geojson", "README.md"]


class Reader(osmium.SimpleHandler):
    """Keep what the tests look at."""

    def __init__(self) -> None:
        super().__init__()
        self.spots: dict[int, tuple[float, float]] = {}
        self.ways: dict[int, tuple[dict[str, str], list[int]]] = {}
        self.limits: list[tuple[dict[str, str], list[int]]] = []

    def node(self, node: osmium.osm.Node) -> None:
        """Keep where a node lies."""
        self.spots[node.id] = (node.location.lon, node.location.lat)

    def way(self, way: osmium.osm.Way) -> None:
        """Keep a way's tags and nodes."""
        self.ways[way.id] = (dict(way.tags), [ref.ref for ref in way.nodes])

    def relation(self, relation: osmium.osm.Relation) -> None:
        """Keep a city limit's tags and members."""
        if relation.tags.get("boundary") == "administrative":
            self.limits.append((dict(relation.tags), [member.ref for member in relation.members]))

    def streets(self) -> list[tuple[dict[str, str], list[int]]]:
        """Ways one may walk or ride, cut at shared nodes and way ends."""
        open_ways = [
            (tags, refs)
            for tags, refs in self.ways.values()
            if "highway" in tags and not tags["highway"].startswith("motorway")
        ]
        use = Counter(ref for _, refs in open_ways for ref in set(refs))
        cuts = {ref for _, refs in open_ways for ref in (refs[0], refs[-1])}
        cuts |= {ref for ref, count in use.items() if count > 1}
        pieces = []
        for tags, refs in open_ways:
            start = 0
            for k in range(1, len(refs)):
                if refs[k] in cuts:
                    pieces.append((tags, refs[start : k + 1]))
                    start = k
        return pieces

    def line(self, refs: list[int]) -> LineString:
        """Draw a list of nodes."""
        return LineString([self.spots[ref] for ref in refs])


@pytest.fixture(scope="module")
def sample() -> Reader:
    reader = Reader()
    reader.apply_file(str(SAMPLE / "sample.osm.pbf"))
    return reader


def features(name: str) -> list[dict]:
    return json.loads((SAMPLE / name).read_text(encoding="utf-8"))["features"]


def test_file_is_under_one_megabyte() -> None:
    assert (SAMPLE / "sample.osm.pbf").stat().st_size < 1_000_000


@pytest.mark.parametrize("bridge", [True, False])
def test_streets_that_cross_at_the_same_level_share_a_node(sample: Reader, bridge: bool) -> None:  # noqa: FBT001
    pieces = [refs for tags, refs in sample.streets() if ("layer" in tags) == bridge]
    lines = [sample.line(refs) for refs in pieces]
    left, right = shapely.STRtree(lines).query(lines, predicate="intersects")
    for i, j in zip(left, right, strict=True):
        if i < j:
            shared = shapely.MultiPoint(
                [sample.spots[ref] for ref in set(pieces[i]) & set(pieces[j])]
            )
            meeting = lines[i].intersection(lines[j])
            assert not shared.is_empty, (pieces[i], pieces[j])
            assert shapely.hausdorff_distance(meeting, shared) < 1e-7


def test_segment_count_is_that_of_a_small_agglomeration(sample: Reader) -> None:
    assert 6000 < len(sample.streets()) < 10000


def test_only_the_island_is_apart(sample: Reader) -> None:
    group: dict[int, int] = {}

    def root(ref: int) -> int:
        while group.setdefault(ref, ref) != ref:
            group[ref] = group[group[ref]]
            ref = group[ref]
        return ref

    for _, refs in sample.streets():
        group[root(refs[0])] = root(refs[-1])
    length: Counter[int] = Counter()
    for _, refs in sample.streets():
        length[root(refs[0])] += sample.line(refs).length
    (_, _), (_, island) = length.most_common()
    assert island < 0.01 * length.total()


def test_nodes_are_all_apart(sample: Reader) -> None:
    assert len(set(sample.spots.values())) == len(sample.spots)


def test_relations_are_the_five_cities(sample: Reader) -> None:
    cities = {item["properties"]["name"]: shape(item["geometry"]) for item in features(FILES[1])}
    assert len(cities) == len(sample.limits) == 5
    for tags, members in sample.limits:
        rings = list(polygonize([sample.line(sample.ways[ref][1]) for ref in members]))
        assert len(rings) == 1
        assert rings[0].equals(cities[tags["name"]])


def test_cities_tile_without_gap_or_overlap() -> None:
    cities = [shape(item["geometry"]) for item in features("boundaries.geojson")]
    assert shapely.coverage_is_valid(cities)
    whole = shapely.union_all(cities)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert whole.area == pytest.approx(sum(city.area for city in cities))


def test_sector_lies_in_the_english_city() -> None:
    (sector,) = features("sector.geojson")
    city = next(item for item in features(FILES[1]) if item["properties"]["name"] == "Greenhaven")
    inside = shape(sector["geometry"]).intersection(shape(city["geometry"]))
    assert inside.area > 0.999 * shape(sector["geometry"]).area


def test_anchors_stand_in_the_cities() -> None:
    whole = shapely.union_all([shape(item["geometry"]) for item in features(FILES[1])])
    places = features("anchors.geojson")
    assert 30 <= len(places) <= 40
    for place in places:
        values = place["properties"]
        assert whole.contains(shape(place["geometry"]))
        assert 0.5 <= values["visits_per_week"] <= 3
        assert 10 <= values["minutes"] <= 45
        assert values["name"]
        assert values["kind"]


def test_script_writes_the_same_bytes(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "make_sample.py"
    subprocess.run([sys.executable, str(script), "--out", str(tmp_path)], check=True)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes(), name
