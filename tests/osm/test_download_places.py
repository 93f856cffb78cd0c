"""Places that are looked up, what is asked for, and a real answer."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import shapely
from drawing import LAT, LON
from overpass_server import (
    MISBEHAVIOURS,
    ONCE,
    TOWN,
    TRIES,
    StandIn,
    brisk,
    contents,
    polygons_in,
    refusal,
    same_streets,
    town,
)

from reso_geo import load_network
from reso_geo.cli import main
from reso_geo.errors import BoundaryError, NetworkError, UsageError
from reso_geo.osm import DownloadOptions, download_network
from reso_geo.osm.download.options import cache_folder

if TYPE_CHECKING:
    from reso_geo.i18n import Phrase

# Places

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[LON, LAT - 0.003], [LON + 0.03, LAT - 0.003], [LON + 0.03, LAT], [LON, LAT]]],
}
SQUARE["coordinates"][0].append(SQUARE["coordinates"][0][0])
POINT = {"display_name": "Station", "geojson": {"type": "Point", "coordinates": [LON, LAT]}}
FOUND = {
    "display_name": "Bürgstadt, Land",
    "osm_type": "relation",
    "osm_id": 7,
    "geojson": SQUARE,
}

ONLY_OVERPASS = {"timed-out remark", "memory remark", "without nodes", "off Earth", "empty"}


@pytest.mark.parametrize(
    ("place", "path", "key", "value"),
    [
        ("Bürgstadt, Land", "/search", "q", "Bürgstadt, Land"),
        (" osm:Bürgstadt, Land", "/search", "q", "Bürgstadt, Land"),
        ("r7", "/lookup", "osm_ids", "R7"),
        ("osm:R7", "/lookup", "osm_ids", "R7"),
        ("relation/7", "/lookup", "osm_ids", "R7"),
    ],
)
def test_name_and_relation_are_looked_up(  # noqa: PLR0913, PLR0917 - what is asked, and four fixtures
    place: str,
    path: str,
    key: str,
    value: str,
    server: StandIn,
    options: DownloadOptions,
    told: list[Phrase],
    tmp_path: Path,
) -> None:
    server.places[value] = [POINT, FOUND]
    out = download_network(place, tmp_path / "a.json", options)
    same_streets(load_network(out), load_network(TOWN.write(tmp_path / "drawn.json")))
    asked, _ = server.requests
    assert (asked.path, asked.fields[key], asked.fields["polygon_geojson"]) == (path, value, "1")
    assert asked.agent.startswith("reso_geo/")
    assert str(told[0]) == "Place found: Bürgstadt, Land (r7)"
    assert polygons_in(server.queries[0]).covers(shapely.from_geojson(json.dumps(SQUARE)))
    download_network(place, tmp_path / "b.json", options)
    assert len(server.requests) == 2


@pytest.mark.parametrize("how", [how for how in MISBEHAVIOURS if how not in ONLY_OVERPASS])
def test_nominatim_that_misbehaves_is_one_line(
    how: str, server: StandIn, options: DownloadOptions, tmp_path: Path
) -> None:
    server.places["R7"] = [FOUND]
    server.search = how
    with pytest.raises(NetworkError) as error:
        download_network("r7", tmp_path / "a.json", brisk(options, how))
    refusal(error)
    assert contents(tmp_path) == {}
    assert len(server.requests) == (1 if how in ONCE else TRIES)
    assert server.queries == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([], "does not know “Nowhere”"),
        ([POINT], "as a point or a line"),
        ([{"geojson": {"type": "Polygon", "coordinates": [[[999, 0], [1, 1], [0, 1], [999, 0]]]}}],
         "not an answer of Nominatim"),
        ([{"geojson": {"type": "Pentagon"}}], "not an answer of Nominatim"),
        (["x"], "not an answer of Nominatim"),
    ],
)  # fmt: skip
def test_place_without_an_outline(
    found: list[dict[str, object]],
    said: str,
    server: StandIn,
    options: DownloadOptions,
    tmp_path: Path,
) -> None:
    server.places["Nowhere"] = found
    with pytest.raises(NetworkError, match=said) as error:
        download_network("Nowhere", tmp_path / "a.json", options)
    refusal(error)
    assert server.queries == []


def test_boundary_file(server: StandIn, options: DownloadOptions, tmp_path: Path) -> None:
    file = tmp_path / "town.geojson"
    feature = {"type": "Feature", "properties": {"name": "Town"}, "geometry": SQUARE}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    download_network(str(file), tmp_path / "a.json", options)
    assert [each.path for each in server.requests] == ["/interpreter"]
    with pytest.raises(BoundaryError):
        download_network(str(tmp_path / "missing.geojson"), tmp_path / "a.json", options)
    assert len(server.requests) == 1


def test_built_in_name_needs_no_look_up(
    server: StandIn, options: DownloadOptions, tmp_path: Path
) -> None:
    with pytest.raises(NetworkError, match="no street in this place"):
        download_network("saint-lambert", tmp_path / "a.json", options)
    assert [each.path for each in server.requests] == ["/interpreter"]
    assert polygons_in(server.queries[0]).covers(shapely.Point(-73.51, 45.5))


# What is asked for


@pytest.mark.parametrize("name", ["streets.osm.pbf", "streets", "folder.json"])
def test_name_of_the_file_is_checked_before_anything(
    name: str, server: StandIn, options: DownloadOptions, tmp_path: Path
) -> None:
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(NetworkError, match=r"ends in \.json") as error:
        download_network(town(), tmp_path / name, options)
    refusal(error)
    with pytest.raises(NetworkError, match="Which place"):
        download_network("  ", tmp_path / "a.json", options)
    assert server.requests == []


def test_options_are_checked(options: DownloadOptions) -> None:
    for wrong in (
        {"tries": 0},
        {"request_s": float("nan")},
        {"pause_s": -1.0},
        {"tile_km": float("inf")},
        {"overpass_url": "ftp://example.org"},
        {"nominatim_url": "http://[::1"},
    ):
        with pytest.raises(UsageError, match=next(iter(wrong))):
            replace(options, **wrong)


def test_contact_cannot_forge_a_header() -> None:
    agent = DownloadOptions(contact="Été\r\nX-Evil: 1 \u202e").user_agent
    assert re.fullmatch(r"reso_geo/\S+ \(Ete X-Evil: 1\)", agent)
    assert "(" not in DownloadOptions().user_agent


def test_cache_lies_where_the_platform_keeps_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path.home()
    base = home / "somewhere"
    for name in ("RESO_GEO_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert cache_folder() == home / ".cache" / "reso_geo"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == home / ".cache" / "reso_geo"
    monkeypatch.setenv("XDG_CACHE_HOME", str(base))
    assert cache_folder() == base / "reso_geo"
    monkeypatch.setattr("sys.platform", "darwin")
    assert cache_folder() == home / "Library" / "Caches" / "reso_geo"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(base))
    assert cache_folder() == base / "reso_geo" / "cache"
    monkeypatch.setenv("RESO_GEO_CACHE", "here")
    assert cache_folder() == Path("here")


# A real answer


def test_real_answer_comes_whole(
    shared_data: Path, options: DownloadOptions, tmp_path: Path
) -> None:
    file = shared_data / "networks" / "anjou_walk.overpass.json"
    if not file.exists():
        pytest.skip(f"needs {file}")
    data = json.loads(file.read_bytes())
    points = [(e["lon"], e["lat"]) for e in data["elements"] if e["type"] == "node"]
    outline = json.loads(shapely.to_geojson(shapely.MultiPoint(points).convex_hull))
    with StandIn(data) as server:
        server.places["Anjou, Montréal"] = [{**FOUND, "geojson": outline}]
        server.script = ["429", "cut"]
        patient = replace(
            options,
            overpass_url=f"{server.url}/interpreter",
            nominatim_url=server.url,
            tile_km=3.0,
        )
        out = download_network("Anjou, Montréal", tmp_path / "anjou.json", patient)
        assert server.most_at_once == 1
        assert len(server.queries) > 4
    same_streets(load_network(out), load_network(file))


def test_the_command_fetches_a_place_that_plan_can_read(
    server: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.places["R7"] = [FOUND]
    asked = ["--overpass-url", f"{server.url}/interpreter", "--nominatim-url", server.url]
    out = tmp_path / "streets.json"
    words = ["download", "r7", "--out", str(out), "--cache", str(tmp_path / "c"), "--json", *asked]
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 0
    assert json.loads(capsys.readouterr().out) == {"streets": str(out)}
    with pytest.raises(SystemExit) as stop:
        main(["plan", str(out), "--officers", "2", "--out", str(tmp_path / "plan"), "--quiet"])
    assert stop.value.code == 0
    assert (tmp_path / "plan" / "map.html").exists()
