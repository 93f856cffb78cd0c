"""The download, against a stand-in server with thirty kinds of misbehaviour."""

from __future__ import annotations

import json
import os
import re
import socket
import time
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import osmnx as ox
import pytest
import shapely
from drawing import TIMESTAMP, draw
from overpass_server import (
    EAST_M,
    TOWN,
    TRIES,
    Patience,
    StandIn,
    box,
    polygons_in,
    refusal,
    same_streets,
    town,
)

from reso_geo import load_network
from reso_geo.boundaries import Boundary
from reso_geo.errors import NetworkError
from reso_geo.osm import DownloadOptions, download_network
from reso_geo.osm.download.overpass import merged, read_answer

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.i18n import Phrase

# Good answers


def test_file_is_the_town(server: StandIn, options: DownloadOptions, tmp_path: Path) -> None:
    out = download_network(town(), tmp_path / "streets.json", options)
    assert out == tmp_path / "streets.json"
    same_streets(load_network(out), load_network(TOWN.write(tmp_path / "drawn.json")))
    assert len(server.requests) == 1


def test_every_highway_is_there_also_those_that_nobody_walks(
    options: DownloadOptions, tmp_path: Path
) -> None:
    elements = json.loads(download_network(town(), tmp_path / "a.json", options).read_bytes())
    kinds = {each["tags"]["highway"] for each in elements["elements"] if each["type"] == "way"}
    assert kinds == {"motorway", "construction", "residential"}


def test_question_is_polite_and_asks_for_the_right_ground(
    server: StandIn, options: DownloadOptions, tmp_path: Path
) -> None:
    download_network(town(), tmp_path / "a.json", options)
    (request,) = server.requests
    assert re.fullmatch(r"reso_geo/\d+\.\d+\.\d+ \(patrol@example\.org\)", request.agent)
    (query,) = server.queries
    assert query.startswith('[out:json][timeout:9];((way["highway"](poly:"49.')
    assert query.endswith('"););>;);out;')
    ground = polygons_in(query)
    assert ground.covers(box(-240.0, -350.0, EAST_M + 240.0, 50.0))
    assert box(-360.0, -660.0, EAST_M + 360.0, 360.0).covers(ground)


def test_time_that_the_server_may_take_is_a_little_less_than_ours(
    server: StandIn, options: DownloadOptions, tmp_path: Path
) -> None:
    download_network(town(), tmp_path / "a.json", replace(options, request_s=200))
    assert server.queries[0].startswith("[out:json][timeout:180];")


def test_second_call_opens_no_socket(
    server: StandIn,
    options: DownloadOptions,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = download_network(town(), tmp_path / "a.json", options).read_bytes()

    def forbidden(*_: object) -> NoReturn:
        raise AssertionError

    monkeypatch.setattr(socket, "socket", forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    hurried = replace(options, request_s=90)
    assert download_network(town(), tmp_path / "b.json", hurried).read_bytes() == first
    assert len(server.requests) == 1


def test_nothing_outside_changes(options: DownloadOptions, tmp_path: Path) -> None:
    lookup, before = socket.getaddrinfo, dict(vars(ox.settings))
    download_network(town(), tmp_path / "a.json", options)
    assert vars(ox.settings) == before
    assert socket.getaddrinfo is lookup


def test_old_damaged_or_unwanted_answers_are_asked_for_again(
    server: StandIn, options: DownloadOptions, tmp_path: Path
) -> None:
    out = tmp_path / "a.json"
    whole = download_network(town(), out, options).read_bytes()
    (file,) = (tmp_path / "cache").iterdir()
    download_network(town(), out, replace(options, refresh=True))
    assert len(server.requests) == 2
    file.write_bytes(file.read_bytes()[:-20])
    download_network(town(), out, options)
    assert len(server.requests) == 3
    old = time.time() - 31 * 86_400
    os.utime(file, (old, old))
    download_network(town(), out, replace(options, max_age_days=60))
    assert len(server.requests) == 3
    assert download_network(town(), out, options).read_bytes() == whole
    assert len(server.requests) == 4


def test_another_service_has_answers_of_its_own(
    server: StandIn, options: DownloadOptions, tmp_path: Path
) -> None:
    download_network(town(), tmp_path / "a.json", options)
    with StandIn(TOWN.overpass()) as other:
        mirror = replace(options, overpass_url=f"{other.url}/interpreter")
        download_network(town(), tmp_path / "b.json", mirror)
        assert len(server.requests) == len(other.requests) == 1


def test_cache_that_takes_nothing_is_told_and_no_error(
    options: DownloadOptions, told: list[Phrase], tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file")
    assert download_network(town(), tmp_path / "a.json", options).exists()
    assert "download.no_cache" in [each.key for each in told]
    assert all(each.say("fr") and each.say("en") for each in told)


# Tiles


def in_tiles(options: DownloadOptions) -> DownloadOptions:
    """Ask for the town in three tiles: with its margin it is 2.5 km wide."""
    return replace(options, tile_km=0.9)


def test_tiles_give_the_same_network(
    server: StandIn, options: DownloadOptions, patience: Patience, tmp_path: Path
) -> None:
    whole = download_network(town(), tmp_path / "whole.json", options)
    tiled = download_network(town(), tmp_path / "tiled.json", in_tiles(options))
    assert len(server.requests) == 1 + 3
    assert server.most_at_once == 1
    assert patience.waits == [1.0, 1.0]
    same_streets(load_network(whole), load_network(tiled))
    assert tiled.read_bytes() == whole.read_bytes()
    first, *tiles = [polygons_in(query) for query in server.queries]
    together = shapely.union_all(tiles)
    assert isinstance(together, shapely.Polygon)
    assert not together.interiors
    assert shapely.area(shapely.symmetric_difference(first, together)) < 1e-3 * first.area


def test_broken_download_goes_on_where_it_stopped(
    server: StandIn, options: DownloadOptions, tmp_path: Path
) -> None:
    out = tmp_path / "streets.json"
    server.script = ["", "504", "cut", "truncated"]
    with pytest.raises(NetworkError):
        download_network(town(), out, in_tiles(options))
    assert not out.exists()
    assert len(server.requests) == 1 + TRIES
    first, second, *_ = server.queries
    server.requests.clear()
    download_network(town(), out, in_tiles(options))
    assert len(server.queries) == 2
    assert first not in server.queries
    assert server.queries[0] == second
    same_streets(load_network(out), load_network(TOWN.write(tmp_path / "drawn.json")))


def test_tile_of_water_is_no_error_and_is_kept(
    server: StandIn, options: DownloadOptions, tmp_path: Path
) -> None:
    lake = town(box(-50.0, -350.0, 3 * EAST_M, 50.0))
    download_network(lake, tmp_path / "a.json", replace(options, tile_km=2.2))
    assert len(server.requests) == 3
    download_network(lake, tmp_path / "b.json", replace(options, tile_km=2.2))
    assert len(server.requests) == 3


def test_merged_answer_has_the_oldest_date_and_the_newest_street() -> None:
    old, new = TOWN.overpass(), draw("A---B", {"AB": {"highway": "service"}}).overpass()
    new["osm3s"] = {"timestamp_osm_base": "2025-01-01T00:00:00Z"}
    answers = [read_answer(json.dumps(each).encode(), "x") for each in (new, old)]
    found = json.loads(merged(answers))
    assert merged(answers) == merged(answers[::-1])
    assert found["osm3s"] == {"timestamp_osm_base": TIMESTAMP}
    keys = [(each["type"], each["id"]) for each in found["elements"]]
    assert keys == sorted(set(keys))
    (street,) = [e for e in found["elements"] if (e["type"], e["id"]) == ("way", 1)]
    assert street["tags"] == {"highway": "service"}


def test_place_that_is_too_large_asks_nothing(
    server: StandIn, options: DownloadOptions, tmp_path: Path
) -> None:
    country = Boundary(("Far",), (shapely.MultiPolygon([shapely.box(-80, 45, -60, 60)]),),
                       "precise", "drawn")  # fmt: skip
    with pytest.raises(NetworkError, match=r"too large.*Geofabrik") as error:
        download_network(country, tmp_path / "a.json", options)
    refusal(error)
    assert server.requests == []


def test_exclave_is_asked_for_and_the_ground_between_is_not(
    server: StandIn, options: DownloadOptions, tmp_path: Path
) -> None:
    parts = [*box(-50, -350, 50, 50).geoms, *box(1950, -350, 2050, 50).geoms]
    out = download_network(town(shapely.MultiPolygon(parts)), tmp_path / "a.json", options)
    assert len(server.requests) == 1
    assert len(polygons_in(server.queries[0]).geoms) == 2
    names = {e["tags"].get("name") for e in json.loads(out.read_bytes())["elements"] if "tags" in e}
    assert {"AG", "FL"} <= names
    assert not {"CI", "DJ"} & names
