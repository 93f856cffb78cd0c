"""Servers that misbehave, lines that are cut: one line, and the cache stands."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import pytest
from overpass_server import (
    AGAIN,
    MISBEHAVIOURS,
    TOWN,
    TRIES,
    Patience,
    StandIn,
    box,
    brisk,
    contents,
    refusal,
    same_streets,
    town,
)

from reso_geo import load_network
from reso_geo.errors import NetworkError, OutputError
from reso_geo.osm import DownloadOptions, download_network

if TYPE_CHECKING:
    from pathlib import Path

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
