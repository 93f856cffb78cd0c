"""The same streets through every reader give the same network; a bad file gets one line."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import osmnx as ox
import pytest
from drawing import TIMESTAMP, TOWN, Drawing, draw, ends_of, load, same, segment

from reso_geo import load_network
from reso_geo.network import components

if TYPE_CHECKING:
    from pathlib import Path

HOME = {"highway": "residential", "name": "Home Street"}
ONE_WAY = {"highway": "residential", "name": "One Way", "oneway": "yes"}


@pytest.mark.parametrize("ending", [".osm", ".osm.pbf"])
def test_every_format_of_the_same_streets_gives_the_same_network(ending: str) -> None:
    same(load(TOWN), load(TOWN, ending=ending))


def test_source_is_named_with_its_digest_and_date(tmp_path: Path) -> None:
    for ending in (".json", ".osm", ".osm.pbf"):
        source = load_network(TOWN.write(tmp_path / f"town{ending}")).source
        assert source.name == f"town{ending}"
        assert len(source.sha256) == 64
        assert source.timestamp == TIMESTAMP


def test_overpass_geometry_inside_the_ways_gives_the_same_network(tmp_path: Path) -> None:
    answer = TOWN.overpass()
    place = {e["id"]: e for e in answer["elements"] if e["type"] == "node"}
    ways = [e for e in answer["elements"] if e["type"] == "way"]
    for way in ways:
        way["geometry"] = [{k: place[n][k] for k in ("lat", "lon")} for n in way["nodes"]]
    path = tmp_path / "inside.json"
    path.write_text(json.dumps(answer | {"elements": ways}))
    same(load_network(path), load(TOWN))


def test_way_that_occurs_twice_in_an_overpass_answer_counts_once(tmp_path: Path) -> None:
    answer = TOWN.overpass()
    path = tmp_path / "twice.json"
    path.write_text(json.dumps(answer | {"elements": answer["elements"] * 2}))
    same(load_network(path), load(TOWN))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_order_of_the_elements_in_a_file_changes_nothing(tmp_path: Path, seed: int) -> None:
    answer = TOWN.overpass()
    elements = answer["elements"]
    order = np.random.default_rng(seed).permutation(len(elements))
    path = tmp_path / "shuffled.json"
    path.write_text(json.dumps(answer | {"elements": [elements[i] for i in order]}))
    same(load_network(path), load(TOWN))


@pytest.fixture
def osmnx_walk(tmp_path: Path) -> Path:
    """Save the two-way streets of a drawing as OSMnx does for walking: both directions, merged."""
    town = draw(
        """
        A---B---C---D
        |   |   |   |
        E---F---G   H
        |       |    \\
        I---J---K     L
        """,
        {"DCBA": {"highway": "tertiary", "name": "Grand'Rue"},
         "EFG": {"highway": "footway"}},
        step_m=25.0,
    )  # fmt: skip
    town.write(tmp_path / "town.osm")
    graph = ox.graph_from_xml(
        tmp_path / "town.osm", bidirectional=True, simplify=False, retain_all=True
    )
    ox.save_graphml(ox.simplify_graph(graph), tmp_path / "town.graphml")
    return tmp_path


def test_osmnx_graph_gives_the_same_streets_as_the_file_it_was_made_from(
    osmnx_walk: Path,
) -> None:
    graph, plain = (load_network(osmnx_walk / f"town.{kind}") for kind in ("graphml", "osm"))
    assert graph.required_km == pytest.approx(plain.required_km, rel=0.005)
    assert graph.length_m.sum() == pytest.approx(plain.length_m.sum(), rel=0.005)
    joins = [components(len(n.node_id), n.u, n.v).max() for n in (graph, plain)]
    assert joins == [0, 0]
    assert set(graph.node_id.tolist()) <= set(plain.node_id.tolist())


def test_segment_of_an_osmnx_graph_is_named_way_and_ends_and_key(osmnx_walk: Path) -> None:
    network = load_network(osmnx_walk / "town.graphml")
    assert len(set(network.segment_id)) == len(network)
    for name, u, v in zip(network.segment_id, network.u, network.v, strict=True):
        way, ends = name.split(":")
        assert way.isdigit()
        assert ends in {f"{network.node_id[u]}-{network.node_id[v]}-{key}" for key in (0, 1)}


def test_steps_of_a_graph_that_was_not_simplified_are_joined_as_ways_are(tmp_path: Path) -> None:
    bend = draw(
        """
        A--B--C
              |
        X     D--E
        |
        Y--Z
        """,
        {"CBA": HOME, "CD": HOME, "DE": HOME | {"name": "Next Street"}, "XYZ": ONE_WAY},
        step_m=50.0,
    )
    bend.write(tmp_path / "bend.osm")
    graph = ox.graph_from_xml(tmp_path / "bend.osm", simplify=False, retain_all=True)
    ox.save_graphml(graph, tmp_path / "bend.graphml")
    network = load_network(tmp_path / "bend.graphml")
    assert ends_of(network) == ends_of(load(bend)) == ["AD", "DE", "XZ"]
    assert network.segment_id[segment(network, "AD")] == "1:68-65-0"
    assert network.oneway[segment(network, "XZ")] == 1
    assert network.required_km == pytest.approx(load(bend).required_km, abs=1e-9)


def test_planner_is_told_what_an_osmnx_graph_has_lost(osmnx_walk: Path) -> None:
    lost = [note.say("en") for note in load_network(osmnx_walk / "town.graphml").notes]
    assert "town.graphml: no street of this graph is one-way" in lost[0]

    footway = {"highway": "footway"}
    town = draw("A--B--C D--E", {"AB": HOME, "BC": footway, "DE": ONE_WAY}, step_m=50.0)
    town.write(osmnx_walk / "mixed.osm")
    graph = ox.graph_from_xml(osmnx_walk / "mixed.osm", simplify=False, retain_all=True)
    for name, simple, merged in (
        ("raw", graph, 0),
        ("kept", ox.simplify_graph(graph, edge_attrs_differ=["highway", "oneway"]), 0),
        ("merged", ox.simplify_graph(graph), 1),
    ):
        ox.save_graphml(simple, osmnx_walk / f"{name}.graphml")
        notes = load_network(osmnx_walk / f"{name}.graphml").notes
        assert len(notes) == merged, name
    assert "1 edge of the graph (0.3 km) merges streets of several classes" in notes[0].say("en")


def test_two_way_street_of_an_osmnx_graph_runs_as_its_way_was_drawn(osmnx_walk: Path) -> None:
    network = load_network(osmnx_walk / "town.graphml")
    street = segment(network, "BC")
    assert chr(network.node_id[network.u[street]]) == "C"
    assert network.segment_id[street] == f"1:{ord('C')}-{ord('B')}-0"


def test_one_way_of_an_osmnx_drive_graph_stays_one_way(tmp_path: Path) -> None:
    town = draw("A--B--C", {"AB": {"highway": "primary", "oneway": "yes"}}, step_m=50.0)
    town.write(tmp_path / "town.osm")
    ox.save_graphml(
        ox.graph_from_xml(tmp_path / "town.osm", simplify=False), tmp_path / "t.graphml"
    )
    network = load_network(tmp_path / "t.graphml")
    assert network.oneway[segment(network, "AB")] == 1
    assert network.oneway[segment(network, "BC")] == 0
    assert len(network) == 2


@pytest.mark.parametrize("ending", [".json", ".osm", ".osm.pbf"])
def test_way_that_leaves_the_extract_keeps_the_stretches_inside(ending: str) -> None:
    street = {"highway": "residential", "name": "Long Road"}
    town = draw("A--B--C--D--E--F", {"ABCDEF": street}, step_m=10.0, missing="C")
    network = load(town, ending=ending)
    assert ends_of(network) == ["AB", "DF"]
    assert network.length_m.sum() == pytest.approx(90.0, rel=1e-3)
    assert len(set(network.segment_id)) == 2


def test_nulls_in_an_overpass_geometry_cut_the_way(tmp_path: Path) -> None:
    answer = draw("A--B--C--D--E", {"ABCDE": {"highway": "residential"}}).overpass()
    *nodes, way = answer["elements"]
    way["geometry"] = [{"lat": n["lat"], "lon": n["lon"]} for n in nodes]
    way["geometry"][2] = None
    path = tmp_path / "nulls.json"
    path.write_text(json.dumps({"elements": [way]}))
    assert ends_of(load_network(path)) == ["AB", "DE"]


def test_way_with_one_point_left_is_no_street() -> None:
    town = draw("A--B--C", {"ABC": {"highway": "residential"}}, missing="AB")
    town = Drawing(
        {**town.spots, "X": (500.0, 0.0), "Y": (600.0, 0.0)},
        [*town.ways, ("XY", {"highway": "residential"})],
        missing=town.missing,
    )
    assert ends_of(load(town)) == ["XY"]


def test_name_is_stripped_of_the_blanks_around_it() -> None:
    network = load(draw("A--B", {"AB": {"highway": "residential", "name": "  Main Street "}}))
    assert network.name.tolist() == ["Main Street"]


@pytest.mark.parametrize("ending", [".json", ".osm.pbf"])
def test_name_of_any_shape_is_one_clean_line(ending: str) -> None:
    name = "Rue\n\t\u202edes\u200b Lilas\x07 " + "e\u0301" * 5
    network = load(draw("A--B", {"AB": {"highway": "residential", "name": name}}), ending=ending)
    assert network.name.tolist() == ["Rue des Lilas " + "é" * 5]


def test_endless_name_is_cut_to_two_hundred_characters() -> None:
    name = "Saint " * 2000
    network = load(draw("A--B", {"AB": {"highway": "residential", "name": name}}))
    assert 190 <= len(network.name[0]) <= 200


def test_real_extracts_give_streets_to_cover(shared_data: Path) -> None:
    for name in ("plateau_drive.overpass.json", "outremont_bike.graphml", "monaco.osm.pbf"):
        network = load_network(shared_data / "networks" / name)
        assert network.required_km > 10
        assert len(set(network.segment_id)) == len(network)


HILL = replace(
    draw("A---B---C", step_m=25.0),
    ele={"A": "10", "B": "12,5 m", "C": "up there", "Z": "no street"},
    spots={"A": (0.0, 0.0), "B": (100.0, 0.0), "C": (200.0, 0.0), "Z": (300.0, 0.0)},
)


@pytest.mark.parametrize("ending", [".json", ".osm", ".osm.pbf"])
def test_junctions_have_the_elevation_of_their_tag_and_the_rest_is_counted(ending: str) -> None:
    network = load(HILL, ending=ending)
    known = dict(zip(network.node_id.tolist(), network.node_ele_m.tolist(), strict=True))
    assert (known[ord("A")], known[ord("B")]) == (10.0, 12.5)
    assert math.isnan(known[ord("C")])
    (note,) = network.notes
    assert "1 elevation (" in str(note)


def test_osmnx_graph_with_elevations_gives_them_to_its_junctions(osmnx_walk: Path) -> None:
    graph = ox.load_graphml(osmnx_walk / "town.graphml")
    for node, data in graph.nodes(data=True):
        data["elevation"] = float(node)
    ox.save_graphml(graph, osmnx_walk / "high.graphml")
    network = load_network(osmnx_walk / "high.graphml")
    np.testing.assert_array_equal(network.node_ele_m, network.node_id)
    assert not any("elevation" in note.say("en") for note in network.notes)


def test_source_without_elevations_knows_none() -> None:
    network = load(TOWN)
    assert np.isnan(network.node_ele_m).all()
    assert network.notes == ()
