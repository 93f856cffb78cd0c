"""Files that are no source of streets, or a damaged or a dangerous one, get one line."""

from __future__ import annotations

import json
import shutil
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawing import TOWN, draw

from reso_geo import load_network
from reso_geo.atomic_files import data_file
from reso_geo.errors import NetworkError

if TYPE_CHECKING:
    from pathlib import Path


def refusal(path: Path) -> str:
    """Return the one line that loading must fail with, soon."""
    began = time.monotonic()
    with pytest.raises(NetworkError) as caught:
        load_network(path)
    assert time.monotonic() - began < 5.0
    message = str(caught.value)
    assert path.name in message
    assert len(message.splitlines()) == 1
    assert caught.value.message.say("fr") != message
    assert caught.value.exit_code == 2
    return message


BAD = {
    "empty.osm.pbf": b"",
    "spaces.osm": b"   \n",
    "portal.json": b"<!DOCTYPE html><html><body>Please log in</body></html>",
    "portal.osm.pbf": b"\n<html><head></head></html>",
    "noise.osm.pbf": np.random.default_rng(0).bytes(4096),
    "noise.osm": np.random.default_rng(1).bytes(4096),
    "noise.json": np.random.default_rng(2).bytes(4096),
    "noise.graphml": np.random.default_rng(3).bytes(4096),
    "header.osm.pbf": b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x10" + bytes(200),
    "table.csv": b"a,b\n1,2\n",
    "cut.osm": b'<?xml version="1.0"?><osm version="0.6"><node id="1" lat="49" lon=',
    "other.osm": b'<?xml version="1.0"?><gpx version="1.1"></gpx>',
    "cut.json": b'{"elements": [{"type": "node", "id": 1, "lat": 49.4',
    "deep.json": b'{"elements": ' + b"[" * 100_000,
    "no_elements.json": b'{"version": 0.6}',
    "nothing.json": b'{"elements": []}',
    "list.json": b'{"elements": [1, 2, null]}',
    "object.json": b'{"elements": {"a": 1}}',
    "null.json": b'{"elements": null}',
    "geo.json": b'{"type": "FeatureCollection", "features": []}',
    "no_nodes.json": b'{"elements": [{"type": "way", "id": 1, "tags": {"highway": "path"}}]}',
    "far_id.json": b'{"elements": [{"type": "node", "id": 1, "lat": 1, "lon": 1}, {"type": "node",'
    b'"id": 2, "lat": 1, "lon": 2}, {"type": "way", "id": 99999999999999999999, "nodes": [1, 2],'
    b'"tags": {"highway": "path"}}]}',
    "text_id.json": b'{"elements": [{"type": "node", "id": "a", "lat": 1, "lon": 1}, {"type":'
    b'"node", "id": "b", "lat": 1, "lon": 2}, {"type": "way", "id": 1, "nodes": ["a", "b"],'
    b'"tags": {"highway": "path"}}]}',
    "tags.json": b'{"elements": [{"type": "node", "id": 1, "lat": 1, "lon": 1}, {"type": "node",'
    b'"id": 2, "lat": 1, "lon": 2}, {"type": "way", "id": 3, "nodes": [1, 2],'
    b'"tags": {"highway": "path", "name": 5}}]}',
    "class.json": b'{"elements": [{"type": "node", "id": 1, "lat": 1, "lon": 1}, {"type": "node",'
    b'"id": 2, "lat": 1, "lon": 2}, {"type": "way", "id": 3, "nodes": [1, 2],'
    b'"tags": {"highway": ["path"]}}]}',
    "swapped.json": b'{"elements": [{"type": "node", "id": 1, "lat": 1, "lon": 1}, {"type": "node",'
    b'"id": 2, "lat": 100, "lon": 2}, {"type": "way", "id": 3, "nodes": [1, 2],'
    b'"tags": {"highway": "path"}}]}',
    "nan.json": b'{"elements": [{"type": "node", "id": 1, "lat": NaN, "lon": 1}, {"type": "node",'
    b'"id": 2, "lat": 10, "lon": 2}, {"type": "way", "id": 3, "nodes": [1, 2],'
    b'"tags": {"highway": "path"}}]}',
    "garbage.graphml": b"<graphml>this is no graph",
    "empty.graphml": b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"></graphml>',
    "plain.graphml": b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph '
    b'edgedefault="directed"><node id="1"/><node id="2"/><edge source="1" target="2"/>'
    b"</graph></graphml>",
    "words.graphml": b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph '
    b'edgedefault="directed"><node id="a"/><node id="b"/><edge source="a" target="b"/>'
    b"</graph></graphml>",
    "wkt.graphml": b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="g" for="edge" '
    b'attr.name="geometry" attr.type="string"/><graph edgedefault="directed"><node id="1"/>'
    b'<node id="2"/><edge source="1" target="2"><data key="g">LINESTRING (1 2, x)</data></edge>'
    b"</graph></graphml>",
    "hyper.graphml": b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph '
    b'edgedefault="directed"><node id="1"/><hyperedge/></graph></graphml>',
}


@pytest.mark.parametrize("name", BAD)
def test_file_that_is_no_street_source_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(BAD[name])
    assert refusal(path)


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    assert "Check the path" in refusal(tmp_path / "absent.osm.pbf")
    folder = tmp_path / "folder.osm.pbf"
    folder.mkdir()
    assert "folder" in refusal(folder)


def test_file_with_the_ending_of_another_kind_is_refused(tmp_path: Path) -> None:
    TOWN.write(tmp_path / "town.osm")
    TOWN.write(tmp_path / "town.json")
    shutil.copy(tmp_path / "town.osm", tmp_path / "town.osm.pbf")
    shutil.copy(tmp_path / "town.json", tmp_path / "town.graphml")
    assert refusal(tmp_path / "town.osm.pbf")
    assert refusal(tmp_path / "town.graphml")


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_pbf_cut_inside_a_block_is_refused(tmp_path: Path, share: float) -> None:
    whole = data_file("sample/sample.osm.pbf").read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(whole[: int(len(whole) * share)])
    assert "damaged" in refusal(path)


@pytest.mark.parametrize("seed", range(5))
def test_pbf_with_flipped_bytes_is_refused_or_read_but_never_crashes(
    tmp_path: Path, seed: int
) -> None:
    content = bytearray(TOWN.write(tmp_path / "whole.osm.pbf").read_bytes())
    dice = np.random.default_rng(seed)
    for place in dice.integers(100, len(content), 8):
        content[place] = dice.integers(256)
    path = tmp_path / "flipped.osm.pbf"
    path.write_bytes(content)
    assert refusal(path)


@pytest.mark.parametrize("name", ["laughs.osm", "laughs.graphml"])
def test_xml_with_entities_is_refused_at_once(tmp_path: Path, name: str) -> None:
    root = "osm" if name.endswith("osm") else "graphml"
    lols = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(12))
    path = tmp_path / name
    path.write_text(f'<?xml version="1.0"?><!DOCTYPE {root} [{lols}]><{root}>&l11;</{root}>')
    assert refusal(path)


def test_xml_that_asks_for_another_file_does_not_get_it(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("swordfish")
    path = tmp_path / "curious.osm"
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        '<osm version="0.6"><node id="1" lat="49" lon="8"/><way id="1"><nd ref="1"/>'
        '<tag k="highway" v="path"/><tag k="name" v="&x;"/></way></osm>'
    )
    assert "swordfish" not in refusal(path)


@pytest.mark.parametrize("elements", [[], TOWN.overpass()["elements"]])
def test_overpass_answer_that_ran_out_of_time_is_refused(
    tmp_path: Path, elements: list[object]
) -> None:
    remark = 'runtime error: Query timed out in "query" at line 3 after 25 seconds.'
    path = tmp_path / "late.json"
    path.write_text(json.dumps({"elements": elements, "remark": remark}))
    assert "timed out" in refusal(path)


@pytest.mark.parametrize("ending", [".json", ".osm", ".osm.pbf"])
def test_source_without_a_street_is_refused(tmp_path: Path, ending: str) -> None:
    town = draw("A--B", {"AB": {"waterway": "river"}})
    assert "no street" in refusal(town.write(tmp_path / f"river{ending}"))


@pytest.mark.parametrize("ending", [".json", ".osm", ".osm.pbf"])
def test_source_with_only_motorways_is_refused(tmp_path: Path, ending: str) -> None:
    town = draw("A--B--C", {"ABC": {"highway": "motorway"}})
    assert "no street open" in refusal(town.write(tmp_path / f"fast{ending}"))
