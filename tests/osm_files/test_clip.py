"""A source is clipped while it is read, and its streets are kept beside the plan."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import pytest
import shapely
from drawing import Drawing, degrees, draw, ends_of, same
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from reso_geo import StreetNetwork, load_network, load_settings, read_boundary
from reso_geo.atomic_files import data_file
from reso_geo.boundaries import Boundary, BoundingBox, sweep
from reso_geo.cli import main
from reso_geo.cli.console import Output
from reso_geo.errors import BoundaryError, NetworkError
from reso_geo.i18n import Phrase
from reso_geo.network import CityStreets, load_streets, save_streets, streets_key
from reso_geo.osm import read_ways
from reso_geo.osm_files import block_reader
from reso_geo.plan_file import load_plan

if TYPE_CHECKING:
    from pathlib import Path

GEOD = Geod(ellps="WGS84")
SAMPLE = data_file("sample/sample.osm.pbf")
CITIES = str(data_file("sample/boundaries.geojson"))
# Steps of 1 km: A to D in town; the side streets at K and P decide where the road is cut.
ROAD = draw(
    """
    A-B-C-D-E-F-G-H-I-J-K-L-M-N-O-P-Q
    |                   |         |
    R                   S         T
    """,
    {
        "ABCD": {"highway": "residential", "name": "Main"},
        "DEFGHIJK": {"highway": "tertiary", "name": "Road"},
        "KLMNO": {"highway": "tertiary", "name": "Road"},
        "OPQ": {"highway": "tertiary", "name": "Road"},
    },
    step_m=500.0,
)
ROAD = replace(ROAD, ele={"A": "100", "C": "105.5", "D": "110 m", "K": "92,5", "P": "80"})


def around(*spots: str, margin_m: float = 200.0, drawing: Drawing = ROAD) -> Boundary:
    """Return a town around some points of a drawing."""
    east, north = np.array([drawing.spots[spot] for spot in spots]).T
    corners = [
        degrees(east.min() - margin_m, north.min() - margin_m),
        degrees(east.max() + margin_m, north.max() + margin_m),
    ]
    box = shapely.box(*corners[0], *corners[1])
    return Boundary(("Town",), (shapely.MultiPolygon([box]),), "precise", "by hand")


def whole(path: Path, folder: Path) -> Path:
    """Write a PBF as an Overpass answer, which is read whole before it is clipped."""
    elements: list[dict[str, Any]] = []
    for entity in osmium.FileProcessor(str(path)):
        if entity.is_node():
            tags = dict(entity.tags)
            elements.append(
                {
                    "type": "node",
                    "id": entity.id,
                    "lon": entity.lon,
                    "lat": entity.lat,
                    "tags": tags,
                }
            )
        elif entity.is_relation():
            members = [{"type": "way", "ref": m.ref} for m in entity.members if m.type == "w"]
            tags = dict(entity.tags)
            elements.append({"type": "relation", "id": entity.id, "members": members, "tags": tags})
        else:
            nodes = [node.ref for node in entity.nodes]
            elements.append(
                {"type": "way", "id": entity.id, "nodes": nodes, "tags": dict(entity.tags)}
            )
    out = folder / "whole.json"
    out.write_text(json.dumps({"elements": elements}), encoding="utf-8")
    return out


@pytest.mark.parametrize("large_bytes", [0, 1 << 28])
@pytest.mark.parametrize("spots", ["AR", "AD", "BD", "DK", "KS", "PT", "PQ"])
def test_clipping_while_reading_changes_no_street_of_a_drawing(
    tmp_path: Path, spots: str, large_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reso_geo.osm.clip._LARGE_BYTES", large_bytes)
    boundary = around(*spots, margin_m=400.0)
    clipped = load_network(ROAD.write(tmp_path / "road.osm.pbf"), boundary)
    read_whole = load_network(ROAD.write(tmp_path / "road.json"), boundary)
    same(clipped, read_whole, but=frozenset({"source"}))
    xml = load_network(ROAD.write(tmp_path / "road.osm"), boundary)
    same(xml, clipped, but=frozenset({"source"}))
    told = {chr(node) for node in clipped.node_id[np.isfinite(clipped.node_ele_m)].tolist()}
    assert told == {chr(node) for node in clipped.node_id.tolist()} & set(ROAD.ele)
    assert told


def test_streets_up_to_five_kilometres_around_the_boundary_are_kept_whole(tmp_path: Path) -> None:
    network = load_network(ROAD.write(tmp_path / "road.osm.pbf"), around("A", "R"))
    # D lies 3 km east of the town and K 10 km: the road between them is not cut at 5 km.
    assert ends_of(network) == ["AD", "AR", "DK"]
    beyond = ["KP", "KS", "PQ", "PT"]
    assert ends_of(load_network(tmp_path / "road.osm.pbf")) == [*ends_of(network), *beyond]


def test_far_ways_are_not_even_collected(tmp_path: Path) -> None:
    path = ROAD.write(tmp_path / "road.osm.pbf")
    rules = load_settings().streets
    lon, lat = degrees(*ROAD.spots["A"])
    near = read_ways(path, rules, BoundingBox(lon - 0.001, lat - 0.001, lon + 0.001, lat + 0.001))
    # Main street and its side street come near; the road meets main street.
    assert near.name.tolist() == ["Main", "Road", "AR"]
    assert len(read_ways(path, rules)) == 7


REAL = {
    "liechtenstein.osm.pbf": "Schellenberg",
    "monaco.osm.pbf": (7.410, 43.725, 7.418, 43.732),
}


@pytest.mark.parametrize("name", REAL)
def test_clipping_while_reading_changes_no_real_street(
    shared_data: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reso_geo.network._AROUND_M", 400.0)
    path, place = shared_data / "networks" / name, REAL[name]
    if isinstance(place, str):
        boundary = read_boundary(f"osm:{place}", path)
    else:
        shape = shapely.MultiPolygon([shapely.box(*place)])
        boundary = Boundary(("Town",), (shape,), "precise", "by hand")
    clipped = load_network(path, boundary, basemap=False)
    unclipped = load_network(whole(path, tmp_path), boundary, basemap=False)
    same(clipped, unclipped, but=frozenset({"source"}))
    assert 50 < len(clipped) < 0.7 * len(load_network(path, basemap=False))


@pytest.mark.parametrize("ending", [".osm.pbf", ".osm", ".json"])
def test_a_boundary_far_from_the_source_is_told_where_both_are(tmp_path: Path, ending: str) -> None:
    path = ROAD.write(tmp_path / f"road{ending}")
    shape = shapely.MultiPolygon([shapely.box(-73.6, 45.4, -73.5, 45.5)])
    boundary = Boundary(("Longueuil",), (shape,), "precise", "by hand")
    with pytest.raises(BoundaryError, match=r"around 49\.\d+, 8\.\d+.*around 45\.45, -73\.55"):
        load_network(path, boundary)


def test_a_file_reads_the_same_in_the_smallest_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    boundary = read_boundary("osm:admin_level=8", SAMPLE)
    network = load_network(SAMPLE, boundary)
    monkeypatch.setattr(block_reader, "_PIECE_BYTES", 1)
    shares: list[float] = []
    same(load_network(SAMPLE, boundary, progress=shares.append), network, but=frozenset())
    assert read_boundary("osm:admin_level=8", SAMPLE).shapes == boundary.shapes
    assert len(shares) > 6
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize("kept", [0.999, 0.7, 0.3])
def test_a_file_cut_short_is_damaged_wherever_it_ends(tmp_path: Path, kept: float) -> None:
    content = SAMPLE.read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(NetworkError, match=r"cut\.osm\.pbf: damaged or truncated"):
        load_network(path)
    with pytest.raises(BoundaryError, match=r"cut\.osm\.pbf"):
        read_boundary("osm:admin_level=8", path)


@pytest.mark.parametrize("size", [b"\xff\xff\xff\xff", b"\0\0\0\1", b"\0\1"])
def test_a_block_of_an_impossible_size_is_refused_before_it_is_read(
    tmp_path: Path, size: bytes
) -> None:
    path = tmp_path / "huge.osm.pbf"
    path.write_bytes(SAMPLE.read_bytes() + size)
    with pytest.raises(RuntimeError, match="broken"):
        list(sweep(path, osmium.osm.WAY, form="pbf"))


@given(lat=st.floats(-80.0, 80.0), lon=st.floats(-170.0, 170.0), margin_m=st.floats(1.0, 20_000.0))
def test_a_wider_box_reaches_at_least_as_far_as_asked(
    lat: float, lon: float, margin_m: float
) -> None:
    wide = BoundingBox(lon, lat, lon, lat).wider(margin_m)
    for there in ((wide.west, lat), (wide.east, lat), (lon, wide.south), (lon, wide.north)):
        assert GEOD.inv(lon, lat, *there)[2] >= margin_m * (1 - 1e-9)


@pytest.fixture
def known(sample_network: StreetNetwork) -> StreetNetwork:
    """Return the sample with some elevations and a note."""
    node_ele_m = np.where(sample_network.node_id % 3 == 0, np.nan, 100.25)
    notes = (Phrase("osm.unread_elevations", {"name": "sample", "count": 2}),)
    return replace(sample_network, node_ele_m=node_ele_m, notes=notes)


@pytest.fixture
def kept(known: StreetNetwork, tmp_path: Path) -> Path:
    path = tmp_path / "streets.gpkg"
    save_streets(CityStreets(known, read_boundary(CITIES)), path, "key")
    return path


def test_kept_streets_come_back_value_for_value(kept: Path, known: StreetNetwork) -> None:
    streets = load_streets(kept, "key")
    same(streets.network, known, but=frozenset())
    assert streets.boundary == read_boundary(CITIES)
    assert not streets.network.length_m.flags.writeable


def test_kept_streets_that_are_not_what_was_written_are_refused(kept: Path) -> None:
    good = kept.read_bytes()
    edits = (
        "UPDATE segments SET name = 'Elsewhere' WHERE fid = 3",
        "UPDATE segments SET length_m = length_m + 1e-9",
        "UPDATE junctions SET node_id = -node_id WHERE fid = 1",
        "DELETE FROM segments WHERE fid = 7",
        "UPDATE streets_info SET record = '{}'",
        "UPDATE streets_info SET record = replace(record, 'precise', 'extent')",
        "DELETE FROM streets_info",
        "DROP TABLE streets_info",
    )
    for edit in edits:
        kept.write_bytes(good)
        with closing(sqlite3.connect(kept)) as base, base:
            base.create_function("ST_IsEmpty", 1, lambda _: 0)
            for corner in ("MinX", "MaxX", "MinY", "MaxY"):
                base.create_function(f"ST_{corner}", 1, lambda _: 0.0)
            base.execute(edit)
        with pytest.raises(NetworkError, match="damaged or edited"):
            load_streets(kept, "key")
    for content in (good[: len(good) // 2], good[:100], b"", b"noise" * 500):
        kept.write_bytes(content)
        with pytest.raises(NetworkError, match="damaged or edited"):
            load_streets(kept, "key")
    kept.write_bytes(good)
    with pytest.raises(NetworkError, match="damaged or edited"):
        load_streets(kept, "another key")


def test_the_key_follows_the_source_the_boundary_and_the_rules(tmp_path: Path) -> None:
    rules = load_settings().streets
    boundary = tmp_path / "town.geojson"
    boundary.write_text("one")
    source = ROAD.write(tmp_path / "road.osm")
    keys = [streets_key(source, str(boundary), rules), streets_key(source, "osm:Town", rules)]
    keys.append(streets_key(source, str(boundary), replace(rules, twin_share=0.5)))
    boundary.write_text("two")
    keys.append(streets_key(source, str(boundary), rules))
    source.write_text(source.read_text() + "\n")
    keys.append(streets_key(source, str(boundary), rules))
    assert len(set(keys)) == len(keys)
    assert streets_key(source, str(boundary), rules) == keys[-1]


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


def test_the_second_plan_takes_the_kept_streets_and_is_the_same_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # One city alone, by its relation: what is kept is the same thing, and planned in a second.
    city = "osm:Saint-Fulgence-sur-l'Anse"
    words = ("plan", SAMPLE, "--officers", "2", "--boundary", city, "--lang", "en")
    out = tmp_path / "plan"
    assert run(*words, "--out", out) == 0
    assert "kept in" not in capsys.readouterr().out
    (kept_,) = out.glob("streets-*.gpkg")
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    with monkeypatch.context() as patch:
        patch.setattr("reso_geo.cli.street_source.load_network", None)
        patch.setattr("reso_geo.cli.street_source.read_boundary", None)
        assert run(*words, "--out", out) == 0
    assert "Read: the streets of sample.osm.pbf" in capsys.readouterr().out
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first

    kept_.write_bytes(first[kept_.name][:5000])
    assert run(*words, "--out", out) == 0
    assert "Note: " + str(kept_) in capsys.readouterr().out
    again = {path.name: path.read_bytes() for path in out.iterdir()}
    assert again["plan.gpkg"] == first["plan.gpkg"]
    assert load_streets(kept_, streets_key(SAMPLE, city, load_settings().streets))


def test_kept_streets_are_without_what_one_plan_added_to_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    boundary, cleared, ele = (tmp_path / name for name in ("town.geojson", "way.csv", "ele.csv"))
    boundary.write_text(shapely.to_geojson(around("A", "D").shapes[0]))
    cleared.write_text("way_id\n1\n")
    lon, lat = degrees(*ROAD.spots["R"])
    ele.write_text(f"lon,lat,ele\n{lon},{lat},333\n")
    source, out = ROAD.write(tmp_path / "road.osm"), tmp_path / "out"
    words = ("plan", source, "--officers", "1", "--out", out, "--boundary", boundary)
    added = ("--cleared", cleared, "--elevations", ele)
    for more, metres in ((added, 333.0), ((), np.nan), (added, 333.0)):
        assert run(*words, *more, "--lang", "en") == 0
        network = load_plan(out / "plan.gpkg").network
        assert network.cleared.any() == bool(more)
        np.testing.assert_equal(network.node_ele_m[network.node_id == ord("R")], [metres])
    assert "kept in" in capsys.readouterr().out
    assert len(list(out.glob("streets-*.gpkg"))) == 1


def test_streets_are_kept_only_where_a_boundary_clips_a_large_kind_of_source(
    tmp_path: Path,
) -> None:
    boundary = tmp_path / "town.geojson"
    boundary.write_text(shapely.to_geojson(around("A", "D").shapes[0]))
    for number, (ending, kept_) in enumerate(((".osm", 1), (".json", 0))):
        out = tmp_path / str(number)
        source = ROAD.write(tmp_path / f"road{ending}")
        words = ("plan", source, "--officers", "1", "--out", out, "--quiet")
        assert run(*words) == 0
        assert not list(out.glob("streets-*.gpkg"))
        assert run(*words, "--boundary", boundary) == 0
        assert len(list(out.glob("streets-*.gpkg"))) == kept_


def test_a_terminal_sees_how_much_is_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with Output("en", as_json=True, quiet=False, out=None).stages() as begin:
        load_network(SAMPLE, progress=lambda share: begin("progress.read", share / 2))
    assert "Reading the streets... 50 %" in capsys.readouterr().err
    with Output("en", as_json=False, quiet=True, out=None).stages() as begin:
        begin("progress.read", 0.5)
    assert not capsys.readouterr().err
