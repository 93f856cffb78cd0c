"""The command route: a file, a table of loops, and one line for what cannot be met."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from reso_geo import Plan, save_plan
from reso_geo.cli import main
from reso_geo.i18n import duration
from reso_geo.routes import Route, route_summary, save_route

if TYPE_CHECKING:
    from pathlib import Path


# The command.


def run(*words: str | Path) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


@pytest.fixture(scope="module")
def plan_path(sample_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan") / "plan.gpkg"
    save_plan(sample_plan, path)
    return path


def test_the_command_writes_the_file_and_a_table_of_loops(
    plan_path: Path, walk: Route, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "r.gpx"
    assert run("route", plan_path, "--beat", walk.beat_id, "--out", out, "--lang", "en") == 0
    said = capsys.readouterr()
    for loop in walk.loops:
        assert duration("en", loop.seconds) in said.out
    assert walk.loops[0].covered[0] in said.out
    assert "Minutes per contact" not in said.out
    assert "--verbose names them" in said.out
    save_route(walk, tmp_path / "same.gpx", "en")
    assert out.read_bytes() == (tmp_path / "same.gpx").read_bytes()
    verbose = ("--beat", walk.beat_id, "--out", out, "--lang", "en", "--verbose")
    assert run("route", plan_path, *verbose) == 0
    assert "Minutes per contact" in capsys.readouterr().out


def test_the_command_gives_one_json_document(
    plan_path: Path, ride: Route, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "r.geojson"
    words = ("--beat", ride.beat_id, "--mode", "bike", "--out", out, "--json")
    assert run("route", plan_path, *words) == 0
    said = capsys.readouterr()
    assert not said.err
    answer = json.loads(said.out)
    assert answer == json.loads(json.dumps(route_summary(ride, str(out))))
    assert {"beat_id", "mode", "loops", "out"} <= set(answer)
    assert {"km", "seconds", "legs"} <= set(answer["loops"][0])
    km = sum(leg["length_m"] for leg in answer["loops"][0]["legs"]) / 1000.0
    assert answer["loops"][0]["km"] == pytest.approx(km)
    assert len(json.loads(out.read_text(encoding="utf-8"))["features"]) == 1 + sum(
        len(loop["legs"]) for loop in answer["loops"]
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--beat", "nowhere"), "nowhere"),
        (("--beat", "VDE-01", "--audience", "public"), "public"),
        (("--beat", "VDE-01", "--mode", "car"), "car"),
        ((), "--beat"),
    ],
)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_request_that_cannot_be_met_is_one_line_and_exit_code_2(
    plan_path: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    told: str,
    lang: str,
) -> None:
    out = tmp_path / "r.gpx"
    assert run("route", plan_path, *words, "--out", out, "--lang", lang) == 2
    said = capsys.readouterr()
    assert not said.out
    assert told in said.err
    assert said.err.count("\n") == 1
    assert not out.exists()


def test_the_plan_is_not_written_over(plan_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = plan_path.read_bytes()
    assert run("route", plan_path, "--beat", "VDE-01", "--out", plan_path) == 2
    assert plan_path.read_bytes() == before
    assert capsys.readouterr().err
