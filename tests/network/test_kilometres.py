"""Kilometres of three real networks: beside OSMnx's, and by class and reason, all adding up.

The tables hold what each rule of the design does to the three extracts of ../shared. A change of a
rule moves them: read the difference before writing new figures.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import osmnx as ox
import pytest
from pyproj import Geod

from reso_geo import StreetNetwork, load_network
from reso_geo.network import build_network
from reso_geo.osm import NO_WAY, read_ways

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.settings import PatrolSettings

NETWORKS = ("monaco", "liechtenstein", "heidelberg")

# Required: segments and kilometres by class.
REQUIRED = {
    "monaco": {
        "footway": (92, 2.82),
        "living_street": (1, 0.05),
        "path": (1, 0.11),
        "pedestrian": (105, 3.12),
        "primary": (49, 2.1),
        "residential": (511, 21.22),
        "secondary": (193, 7.78),
        "tertiary": (162, 6.78),
        "unclassified": (1, 0.01),
    },
    "liechtenstein": {
        "cycleway": (122, 18.69),
        "footway": (110, 16.53),
        "living_street": (18, 1.05),
        "path": (38, 17.76),
        "pedestrian": (11, 0.78),
        "primary": (273, 27.17),
        "residential": (2289, 210.1),
        "secondary": (331, 39.48),
        "tertiary": (184, 20.66),
        "unclassified": (402, 52.31),
    },
    "heidelberg": {
        "cycleway": (13, 3.96),
        "footway": (395, 13.81),
        "living_street": (1045, 51.52),
        "path": (382, 66.06),
        "pedestrian": (403, 15.51),
        "primary": (596, 126.18),
        "residential": (7117, 520.05),
        "secondary": (952, 106.21),
        "tertiary": (1075, 105.73),
        "unclassified": (695, 50.51),
    },
}

# Travelled, not required: segments and kilometres by reason.
TRAVELLED = {
    "monaco": {
        "area_across": (217, 9.18),
        "area_line": (52, 1.92),
        "area_outline": (33, 1.38),
        "car_tunnel": (3, 0.33),
        "driveway": (60, 1.93),
        "indoor": (79, 1.99),
        "link": (30, 1.2),
        "no_foot": (57, 5.68),
        "other_class": (6, 0.1),
        "parking_aisle": (32, 0.93),
        "service": (345, 10.95),
        "sidewalk": (1026, 22.34),
        "steps": (349, 5.93),
        "twin": (162, 3.38),
        "unnamed_path": (1140, 25.28),
        "unreachable": (72, 3.56),
    },
    "liechtenstein": {
        "driveway": (82, 4.86),
        "link": (6, 0.15),
        "no_foot": (20, 8.92),
        "other_class": (3, 0.84),
        "parking_aisle": (113, 6.24),
        "service": (649, 42.61),
        "sidewalk": (33, 1.21),
        "steps": (97, 1.71),
        "track": (1337, 389.28),
        "twin": (29, 0.5),
        "unnamed_path": (995, 214.94),
        "unreachable": (132, 49.6),
    },
    "heidelberg": {
        "area_across": (524, 23.11),
        "area_line": (23, 1.36),
        "area_outline": (128, 6.63),
        "car_tunnel": (2, 0.14),
        "drawn_twice": (1, 0.01),
        "driveway": (570, 23.54),
        "indoor": (213, 2.51),
        "link": (177, 5.28),
        "no_foot": (117, 5.01),
        "other_class": (18, 1.97),
        "parking_aisle": (937, 32.77),
        "service": (2601, 109.34),
        "sidewalk": (952, 37.64),
        "steps": (1454, 19.66),
        "track": (7326, 1716.77),
        "twin": (611, 30.49),
        "unnamed_path": (9416, 490.39),
        "unreachable": (576, 32.72),
    },
}

# Closed to foot and bicycle: kilometres by reason.
CLOSED = {
    "monaco": {
        "construction": 1.18,
        "no_access": 1.64,
        "not_a_street": 0.88,
        "private": 2.19,
    },
    "liechtenstein": {
        "no_access": 15.2,
        "not_a_street": 0.07,
        "private": 1.01,
    },
    "heidelberg": {
        "construction": 4.49,
        "motorway": 81.45,
        "no_access": 36.51,
        "not_a_street": 0.13,
        "private": 113.7,
    },
}


@pytest.fixture(scope="module", params=NETWORKS)
def extract(request: pytest.FixtureRequest, shared_data: Path) -> Path:
    return shared_data / "networks" / f"{request.param}.osm.pbf"


@pytest.fixture(scope="module")
def network(extract: Path) -> StreetNetwork:
    return load_network(extract)


def counted(keys: np.ndarray, length_m: np.ndarray) -> dict[str, tuple[int, float]]:
    """Return the segments and kilometres by key."""
    km: Counter[str] = Counter()
    for key, metres in zip(keys.tolist(), length_m.tolist(), strict=True):
        km[key] += metres / 1000.0
    return {key: (number, round(km[key], 2)) for key, number in Counter(keys.tolist()).items()}


def test_each_rule_gives_the_segments_and_kilometres_of_the_table(
    extract: Path, network: StreetNetwork
) -> None:
    name, needed = extract.name.partition(".")[0], network.required
    assert counted(network.highway[needed], network.length_m[needed]) == REQUIRED[name]
    assert counted(network.why[~needed], network.length_m[~needed]) == TRAVELLED[name]
    closed: Counter[str] = Counter()
    for dropped in network.dropped:
        closed[dropped.why] += 0.0 if dropped.travelled else dropped.km
    assert {why: round(km, 2) for why, km in closed.items() if km} == CLOSED[name]


def test_required_and_dropped_are_all_the_streets_of_the_file(
    extract: Path, network: StreetNetwork, defaults: PatrolSettings
) -> None:
    travelled_km = sum(d.km for d in network.dropped if d.travelled)
    # Without the rule of areas, which draws lines across them and leaves out what runs twice.
    lines = build_network(read_ways(extract, replace(defaults.streets, areas=())))
    whole_km = lines.length_m.sum() / 1000.0 + sum(d.km for d in lines.dropped)
    assert network.required_km + travelled_km == pytest.approx(network.length_m.sum() / 1000.0)
    file_km, geod, way = 0.0, Geod(ellps="WGS84"), Any
    ways = osmium.FileProcessor(str(extract)).with_locations()
    for way in ways.with_filter(osmium.filter.KeyFilter("highway")):
        if way.is_way():
            points = [node for node in way.nodes if node.location.valid()]
            file_km += geod.line_length([p.lon for p in points], [p.lat for p in points]) / 1000.0
    # Only what is drawn twice alike is less: under a thousandth.
    assert file_km * 0.999 < whole_km < file_km + 1e-6


def test_classes_that_are_never_required_are_not(network: StreetNetwork) -> None:
    never = ("track", "steps", "service", "motorway", "trunk", "construction")
    assert not np.isin(network.highway[network.required], never).any()
    paths = network.required & np.isin(network.highway, ("footway", "path", "cycleway"))
    assert (network.name[paths] != "").all()
    assert network.foot[network.required].all()
    twins = network.why == "twin"
    assert ((network.twin_of >= 0) == twins).all()
    assert network.required[network.twin_of[twins]].all()


def test_unreachable_pieces_hold_less_than_a_hundredth_of_the_required_length_each(
    network: StreetNetwork, defaults: PatrolSettings
) -> None:
    label = network.foot_component
    gone = network.why == "unreachable"
    assert not np.isin(label[gone], label[network.required]).any()
    required_m = 1000.0 * network.required_km
    kept = np.unique(label[network.required])
    for stretch in kept:
        held_m = network.length_m[(label == stretch) & (network.why == "")].sum()
        twins_m = network.length_m[(label == stretch) & np.isin(network.why, ("twin", "sidewalk"))]
        assert held_m + twins_m.sum() >= defaults.streets.least_component_share * required_m


@pytest.mark.parametrize("extract", ["monaco", "liechtenstein"], indirect=True)
def test_total_length_is_that_of_osmnx_on_the_same_ways(
    extract: Path, defaults: PatrolSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # OSMnx knows no areas: their outlines are streets to it.
    ways = read_ways(extract, replace(defaults.streets, areas=()))
    ours_km = build_network(ways).length_m.sum() / 1000.0
    usable = ways.foot | (ways.bike_forward != NO_WAY) | (ways.bike_backward != NO_WAY)
    ids = set(ways.way_id[usable].tolist())
    xml = tmp_path / "ways.osm"
    with osmium.BackReferenceWriter(str(xml), ref_src=str(extract)) as writer:
        for way in osmium.FileProcessor(str(extract), osmium.osm.WAY):
            if way.id in ids:
                writer.add_way(way)
    # Each way in one direction only, so that the sum is the undirected length.
    monkeypatch.setattr(ox.settings, "all_oneway", True)
    graph = ox.graph_from_xml(xml, simplify=False, retain_all=True)
    osmnx_km = sum(length for *_, length in graph.edges(data="length")) / 1000.0
    # OSMnx measures on a sphere: about a thousandth less than the ellipsoid at these latitudes.
    assert ours_km == pytest.approx(osmnx_km, rel=0.005)
    assert ours_km > osmnx_km
