"""Relations of a source: found by name, number or level, whole, or refused."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest
from boundary_files import (
    CITIES,
    EAST,
    NODES,
    WAYS,
    WEST,
    WEST_TAGS,
    _Relations,
    agglomeration,
    geopackage,
    osm_xml,
    refusal,
)

from reso_geo.boundaries import read_boundary

if TYPE_CHECKING:
    from pathlib import Path

EAST_TAGS = WEST_TAGS | {"name": "East", "type": "multipolygon", "name:fr": "Côté-Est"}
RELATIONS = {1: ((10, 11, 13), WEST_TAGS), 2: ((10, 12), EAST_TAGS)}


def overpass(path: Path, relations: _Relations, form: str) -> Path:
    """Write an Overpass answer whose lines stand in ``members``, ``ways`` or ``nodes``."""

    def points(way: int) -> list[dict[str, float]]:
        return [{"lon": NODES[node][0], "lat": NODES[node][1]} for node in WAYS[way]]

    elements: list[dict[str, object]] = []
    for number, (ways, tags) in relations.items():
        members: list[dict[str, object]] = [{"type": "node", "ref": 1, "role": "admin_centre"}]
        for way in ways:
            member: dict[str, object] = {"type": "way", "ref": way, "role": "outer"}
            members.append(member | ({"geometry": points(way)} if form == "members" else {}))
        elements.append({"type": "relation", "id": number, "members": members, "tags": tags})
    if form != "members":
        for way, nodes in WAYS.items():
            lines = {"geometry": points(way)} if form == "ways" else {"nodes": nodes}
            elements.append({"type": "way", "id": way, **lines})
    if form == "nodes":
        for node, (lon, lat) in NODES.items():
            elements.append({"type": "node", "id": node, "lon": lon, "lat": lat})
    path.write_text(json.dumps({"version": 0.6, "elements": elements}), encoding="utf-8")
    return path


# --- relations of a source


def test_a_name_finds_its_relation_in_any_of_its_languages(tmp_path: Path) -> None:
    source = osm_xml(tmp_path / "s.osm", RELATIONS)
    boundary = read_boundary("osm:cote est", source)
    assert boundary.names == ("East",)
    assert boundary.kind == "precise"
    assert boundary.origin == "OpenStreetMap relation r2"
    assert boundary.shapes[0].equals(EAST)


def test_a_number_finds_its_relation_and_exclaves_are_kept(tmp_path: Path) -> None:
    boundary = read_boundary("OSM:r1", osm_xml(tmp_path / "s.osm", RELATIONS))
    assert boundary.names == ("West",)
    assert len(boundary.shapes[0].geoms) == 2


def test_a_level_gives_a_city_per_relation(tmp_path: Path) -> None:
    boundary = read_boundary("osm:admin_level=8", osm_xml(tmp_path / "s.osm", RELATIONS))
    assert boundary.names == ("West", "East")
    assert not boundary.notes


def test_relations_of_one_name_are_told_apart(tmp_path: Path) -> None:
    twins = {number: (ways, WEST_TAGS) for number, (ways, _) in RELATIONS.items()}
    source = osm_xml(tmp_path / "s.osm", twins)
    assert read_boundary("osm:admin_level=8", source).names == ("West (r1)", "West (r2)")
    said = refusal("osm:West", source)
    assert "osm:r1" in said
    assert "osm:r2" in said


@pytest.mark.parametrize("lost", ["way", "node", "closing"])
def test_a_cut_relation_is_refused_or_left_out_with_a_note(tmp_path: Path, lost: str) -> None:
    nodes = {number: at for number, at in NODES.items() if lost != "node" or number != 5}
    ways = {number: line for number, line in WAYS.items() if lost != "way" or number != 12}
    if lost == "closing":
        ways[12] = (2, 5, 6)
    source = osm_xml(tmp_path / "s.osm", RELATIONS, nodes, ways)
    said = refusal("osm:East", source)
    assert "East (r2)" in said
    assert "larger extract" in said
    level = read_boundary("osm:admin_level=8", source)
    assert level.names == ("West",)
    assert "East (r2)" in str(level.notes[0])


def test_a_level_that_is_not_there_gets_those_that_are(tmp_path: Path) -> None:
    said = refusal("osm:admin_level=6", osm_xml(tmp_path / "s.osm", RELATIONS))
    assert "8 (2)" in said


def test_an_unknown_name_or_number_is_refused(tmp_path: Path) -> None:
    source = osm_xml(tmp_path / "s.osm", RELATIONS)
    assert "East" in refusal("osm:Eest", source)
    assert "r99" in refusal("osm:r99", source)


@pytest.mark.parametrize("request_", ["osm:", "osm:boundary=police", "osm: admin_level=x"])
def test_a_request_that_makes_no_sense_gets_the_three_forms(tmp_path: Path, request_: str) -> None:
    assert "osm:r1234" in refusal(request_, osm_xml(tmp_path / "s.osm", RELATIONS))


def test_without_a_source_it_is_refused() -> None:
    assert "street source" in refusal("osm:West")


def test_xml_is_recognised_whatever_its_extension(tmp_path: Path) -> None:
    assert read_boundary("osm:r2", osm_xml(tmp_path / "s.xml", RELATIONS)).names == ("East",)


@pytest.mark.parametrize("form", ["members", "ways", "nodes"])
def test_an_overpass_answer_gives_the_same_shapes(tmp_path: Path, form: str) -> None:
    source = overpass(tmp_path / "s.json", RELATIONS, form)
    drawn = read_boundary("osm:admin_level=8", source)
    expected = read_boundary("osm:admin_level=8", osm_xml(tmp_path / "s.osm", RELATIONS))
    assert drawn.names == expected.names
    for one, other in zip(drawn.shapes, expected.shapes, strict=True):
        assert one.equals(other)


def test_an_overpass_answer_without_the_lines_is_refused(tmp_path: Path) -> None:
    source = overpass(tmp_path / "s.json", RELATIONS, "none")
    document = json.loads(source.read_text())
    document["elements"] = document["elements"][:2]
    source.write_text(json.dumps(document))
    assert "not whole" in refusal("osm:West", source)


@pytest.mark.parametrize(
    "content",
    [
        '{"elements": 5}',
        '{"elements": [{"type": "way"}]}',
        "{",
        '{"remark": "timeout"}',
        '{"elements": [{"type": ["way"], "id": 1}]}',
    ],
)
def test_a_broken_answer_is_refused(tmp_path: Path, content: str) -> None:
    source = tmp_path / "s.json"
    source.write_text(content)
    assert "cannot be read" in refusal("osm:West", source)


@pytest.mark.parametrize(
    "member",
    [
        5,
        {"type": "way"},
        {"type": "way", "ref": 1, "geometry": [{"lon": 1, "lat": 2}]},
        {"type": "way", "ref": 1, "geometry": [{"lon": math.nan, "lat": 2}, {"lon": 1, "lat": 2}]},
        {"type": "way", "ref": 1, "geometry": [{"lon": "a", "lat": 2}, {"lon": 1, "lat": 2}]},
        {"type": "way", "ref": 1, "geometry": 7},
    ],
)
def test_odd_members_are_refused(tmp_path: Path, member: object) -> None:
    relation = {"type": "relation", "id": 1, "tags": WEST_TAGS, "members": [member]}
    source = tmp_path / "s.json"
    source.write_text(json.dumps({"elements": [relation]}))
    assert "cannot be read" in refusal("osm:West", source)


def test_formats_without_relations_are_refused_by_name(tmp_path: Path) -> None:
    graph = tmp_path / "s.graphml"
    graph.write_text("<?xml version='1.0'?><graphml></graphml>")
    plan = geopackage(tmp_path / "plan.gpkg", [WEST], ["A"])
    for source in (graph, plan):
        assert source.name in refusal("osm:West", source)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("s.osm", b"<html><body>404</body></html>"),
        ("s.osm.pbf", b"<html><body>404</body></html>"),
        ("s.osm.pbf", b"\x00\x00\x00\x0d\x0a\x09OSMHeader"),
        ("s.osm", b"<osm version='0.6'><relation id='1'>"),
        ("s.txt", b"nothing"),
    ],
)
def test_a_broken_source_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    source = tmp_path / name
    source.write_bytes(content)
    assert name in refusal("osm:West", source)


def test_the_order_of_the_ways_in_a_source_changes_no_boundary(tmp_path: Path) -> None:
    ways = dict(reversed(WAYS.items()))
    turned = read_boundary("osm:r1", osm_xml(tmp_path / "t.osm", RELATIONS, ways=ways))
    assert turned == read_boundary("osm:r1", osm_xml(tmp_path / "s.osm", RELATIONS))


def test_a_missing_source_is_refused(tmp_path: Path) -> None:
    assert "does not exist" in refusal("osm:West", tmp_path / "s.osm.pbf")


# --- built-in places in a source


def test_the_precise_relation_wins(tmp_path: Path) -> None:
    boundary = read_boundary("brossard", agglomeration(tmp_path / "s.osm"))
    assert boundary.kind == "precise"
    assert boundary.names == ("Brossard",)
    assert boundary.origin == "OpenStreetMap relation r2812764"


def test_a_city_whose_number_is_not_known_is_found_by_name_and_place(tmp_path: Path) -> None:
    source = agglomeration(tmp_path / "s.osm")
    assert read_boundary("Saint-Bruno", source).kind == "precise"
    elsewhere = RELATIONS | {1: (RELATIONS[1][0], WEST_TAGS | {"name": "Saint-Hubert"})}
    far = osm_xml(tmp_path / "far.osm", elsewhere)
    assert read_boundary("Saint-Hubert", far).provisional


def test_the_agglomeration_is_precise_when_all_its_cities_are(tmp_path: Path) -> None:
    boundary = read_boundary("agglomération", agglomeration(tmp_path / "s.osm"))
    assert boundary.kind == "precise"
    assert boundary.names == CITIES


def test_it_is_generalised_as_a_whole_when_one_is_missing(tmp_path: Path) -> None:
    source = agglomeration(tmp_path / "s.osm", without=["Saint-Lambert"])
    boundary = read_boundary("agglomération", source)
    assert boundary.provisional
    assert boundary.names == CITIES
    assert "Saint-Lambert" in str(boundary.notes[0])


def test_a_source_without_relations_leaves_the_outline(tmp_path: Path) -> None:
    graph = tmp_path / "s.graphml"
    graph.write_text("<?xml version='1.0'?><graphml></graphml>")
    assert read_boundary("Longueuil", graph).provisional
