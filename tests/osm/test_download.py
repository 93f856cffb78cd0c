"""The download door, against a stand-in server with thirty kinds of misbehaviour."""

from __future__ import annotations

import json
import os
import re
import socket
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import osmnx as ox
import pytest
import shapely
from drawing import LAT, LON, TIMESTAMP, degrees, draw
from overpass_server import AGAIN, MISBEHAVIOURS, ONCE, StandIn, polygons_in

from reso_geo import StreetNetwork, load_network
from reso_geo.boundaries import Boundary
from reso_geo.cli import main
from reso_geo.errors import BoundaryError, NetworkError, OutputError, UsageError
from reso_geo.osm import DownloadOptions, download_network
from reso_geo.osm.download.options import cache_folder
from reso_geo.osm.download.overpass import merged, read_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reso_geo.i18n import Phrase

TOWN = draw(
    """
    A---B---C---D---E---F
    |   |   |   |   |   |
    G---H---I---J---K---L
    """,
    {"AB": {"highway": "motorway"}, "GH": {"highway": "construction"}},
    step_m=100.0,
)
EAST_M = 2000.0
TRIES = 3


def box(west_m: float, south_m: float, east_m: float, north_m: float) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([shapely.box(*degrees(west_m, south_m), *degrees(east_m, north_m))])


def town(shape: shapely.MultiPolygon | None = None) -> Boundary:
    shape = shape or box(-50.0, -350.0, EAST_M + 50.0, 50.0)
    return Boundary(("Town",), (shape,), "precise", "drawn")


@dataclass
class Patience:
    """Waits without waiting: its clock jumps ahead instead."""

    waits: list[float] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        """Note how long."""
        self.waits.append(seconds)

    def clock(self) -> float:
        """Return the time as if all had been waited."""
        return time.monotonic() + sum(self.waits)

    @property
    def pauses(self) -> list[float]:
        """The waits after a failure."""
        return [seconds for seconds in self.waits if seconds != 1.0]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn(TOWN.overpass()) as stand_in:
        yield stand_in


@pytest.fixture
def patience() -> Patience:
    return Patience()


@pytest.fixture
def told() -> list[Phrase]:
    return []


@pytest.fixture
def options(
    server: StandIn, patience: Patience, told: list[Phrase], tmp_path: Path
) -> DownloadOptions:
    return DownloadOptions(
        contact="patrol@example.org",
        overpass_url=f"{server.url}/interpreter",
        nominatim_url=server.url,
        cache=tmp_path / "cache",
        request_s=10.0,
        wait=patience.wait,
        clock=patience.clock,
        tell=told.append,
    )


def brisk(options: DownloadOptions, how: str, request_s: float = 0.2) -> DownloadOptions:
    """Do not wait long for an answer that will not come."""
    return replace(options, request_s=request_s) if how in ("time-out", "drip") else options


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def same_streets(one: StreetNetwork, other: StreetNetwork) -> None:
    for name in ("segment_id", "u", "v", "node_id", "length_m", "highway", "name", "required"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)
    assert one.dropped == other.dropped
    assert one.source.timestamp == other.source.timestamp


def refusal(error: pytest.ExceptionInfo[NetworkError]) -> str:
    """Check that an error is one line in both languages and ends the command line with 2."""
    assert error.value.exit_code == 2
    phrase = error.value.message
    for text in (phrase.say("fr"), phrase.say("en")):
        assert text == " ".join(text.split())
        assert not re.search(r"[{}<]|Error\(|object at", text)
        assert len(text) < 900
    return str(error.value)


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


# Misbehaviour


@pytest.mark.parametrize("how", MISBEHAVIOURS)
def test_misbehaviour_without_end_is_one_line_and_the_cache_stands(
    how: str, server: StandIn, options: DownloadOptions, tmp_path: Path
) -> None:
    west = town(box(-50.0, -350.0, 450.0, 50.0))
    download_network(west, tmp_path / "west.json", options)
    kept, out = contents(tmp_path / "cache"), tmp_path / "streets.json"
    out.write_text("what was there")
    server.requests.clear()
    server.otherwise = how
    with pytest.raises(NetworkError) as error:
        download_network(town(), out, brisk(options, how))
    text = refusal(error)
    assert "127.0.0.1" in text
    assert ("Geofabrik" in text) == (how != "empty")
    assert len(server.requests) == (TRIES if how in AGAIN else 1)
    assert server.most_at_once == 1
    assert out.read_text() == "what was there"
    assert contents(tmp_path / "cache") == kept
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "cache", "streets.json", "west.json"
    ]  # fmt: skip
    server.requests.clear()
    download_network(west, tmp_path / "again.json", options)
    assert server.requests == []
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "west.json").read_bytes()


@pytest.mark.parametrize("how", AGAIN)
def test_good_answer_after_two_bad_ones(
    how: str, server: StandIn, options: DownloadOptions, tmp_path: Path
) -> None:
    server.script = [how, how]
    out = download_network(town(), tmp_path / "streets.json", brisk(options, how, 0.8))
    same_streets(load_network(out), load_network(TOWN.write(tmp_path / "drawn.json")))
    assert len(server.requests) == TRIES
    assert server.most_at_once == 1


@pytest.mark.parametrize(
    ("how", "pauses"),
    [
        ("429", [30, 30]),
        ("429 short", [30, 30]),
        ("429 garbage", [30, 30]),
        ("429 seconds", [42, 42]),
        ("429 date", [90, 90]),
        ("504", [15, 30]),
        ("503", [20, 30]),
        ("cut", [15, 30]),
    ],
)
def test_pauses_are_those_of_the_service(
    how: str,
    pauses: list[float],
    server: StandIn,
    options: DownloadOptions,
    patience: Patience,
    tmp_path: Path,
) -> None:
    server.script = [how, how]
    download_network(town(), tmp_path / "streets.json", options)
    assert patience.pauses == pytest.approx(pauses, abs=2)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("time-out", "no answer within 0.2 s"),
        ("drip", "no answer within 0.2 s"),
        ("429", "too many requests"),
        ("504", "(504)"),
        ("page", "log-in portal"),
        ("error page", "rate_limited"),
        ("cut", "cut before the end"),
        ("reset", "cut before the end"),
        ("bad gzip", "cut before the end"),
        ("truncated", "incomplete"),
        ("without nodes", "incomplete"),
        ("timed-out remark", "Query timed out"),
        ("memory remark", "smaller parts"),
        ("400", 'line 1: parse error: "poly"'),
        ("406", "give your address as the contact"),
        ("redirect", "login.example.org"),
        ("empty", "no street in this place"),
        ("429 for a day", "21600 s"),
        ("list", "not an answer of Overpass"),
    ],
)
def test_line_says_what_it_was(
    how: str, said: str, server: StandIn, options: DownloadOptions, tmp_path: Path
) -> None:
    server.otherwise = how
    with pytest.raises(NetworkError) as error:
        download_network(town(), tmp_path / "streets.json", brisk(options, how))
    assert said in refusal(error)


def test_refused_connection(options: DownloadOptions, tmp_path: Path) -> None:
    with StandIn({}) as gone:
        url = f"{gone.url}/interpreter"
    with pytest.raises(
        NetworkError, match=r"connection refused.*Asked 3 times.*Geofabrik"
    ) as error:
        download_network(town(), tmp_path / "a.json", replace(options, overpass_url=url))
    refusal(error)


def test_offline(
    options: DownloadOptions,
    patience: Patience,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nowhere(*_: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    url = "https://overpass.example.org/interpreter"
    with pytest.raises(NetworkError, match=r"offline.*\.osm\.pbf.*reso-geo plan") as error:
        download_network(town(), tmp_path / "a.json", replace(options, overpass_url=url))
    assert "hors ligne" in error.value.message.say("fr")
    refusal(error)
    assert patience.waits == []


def test_connection_that_is_not_trusted(
    server: StandIn, options: DownloadOptions, tmp_path: Path
) -> None:
    url = f"{server.url.replace('http:', 'https:')}/interpreter"
    with pytest.raises(NetworkError, match="REQUESTS_CA_BUNDLE") as error:
        download_network(town(), tmp_path / "a.json", replace(options, overpass_url=url))
    refusal(error)


def test_proxy_that_is_gone(
    server: StandIn, options: DownloadOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with StandIn({}) as gone:
        proxy = gone.url
    monkeypatch.setenv("HTTP_PROXY", proxy)
    monkeypatch.delenv("NO_PROXY")
    with pytest.raises(NetworkError, match="HTTPS_PROXY") as error:
        download_network(town(), tmp_path / "a.json", options)
    refusal(error)
    assert server.requests == []


def test_time_for_all_is_bounded(
    server: StandIn, options: DownloadOptions, patience: Patience, tmp_path: Path
) -> None:
    server.otherwise = "504"
    with pytest.raises(NetworkError, match="20 s for the whole download") as error:
        download_network(town(), tmp_path / "a.json", replace(options, budget_s=20))
    refusal(error)
    assert len(server.requests) == 2
    assert sum(patience.waits) <= 20


def test_secret_in_an_address_is_not_shown(
    server: StandIn, options: DownloadOptions, tmp_path: Path
) -> None:
    server.otherwise = "406"
    url = f"{server.url.replace('//', '//me:hunter2@')}/interpreter"
    with pytest.raises(NetworkError) as error:
        download_network(town(), tmp_path / "a.json", replace(options, overpass_url=url))
    assert "hunter2" not in refusal(error)


def test_interruption_leaves_nothing_behind(
    server: StandIn, options: DownloadOptions, tmp_path: Path
) -> None:
    def interrupted(_: float) -> NoReturn:
        raise KeyboardInterrupt

    server.otherwise = "504"
    with pytest.raises(KeyboardInterrupt):
        download_network(town(), tmp_path / "a.json", replace(options, wait=interrupted))
    assert contents(tmp_path) == {}


def test_file_that_cannot_be_written_costs_no_second_download(
    server: StandIn, options: DownloadOptions, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OutputError, match="cannot be written") as error:
        download_network(town(), tmp_path / "taken" / "a.json", options)
    refusal(error)
    download_network(town(), tmp_path / "a.json", options)
    assert len(server.requests) == 1


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
