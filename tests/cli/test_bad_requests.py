"""Requests that cannot be met: one line, an exit code, and no file touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import CITIES, SAMPLE, run

FIVE = "--officers 5"
BAD = {
    "a missing file": ("{folder}/none.osm.pbf " + FIVE, 2, "cannot be read"),
    "a folder": ("{folder} " + FIVE, 2, "folder"),
    "no PBF": ("{folder}/noise.osm.pbf " + FIVE, 2, "neither"),
    "a truncated PBF": ("{folder}/cut.osm.pbf " + FIVE, 2, "truncated"),
    "a web page": ("{folder}/page.osm.pbf " + FIVE, 2, "web page"),
    "no street": ("{folder}/empty.osm " + FIVE, 2, "no street"),
    "no officers": ("{sample} --officers 0", 2, "at least 1"),
    "half an officer": ("{sample} --officers 2.5", 2, "--officers"),
    "a word for a number": ("{sample} --officers douze", 2, "--officers"),
    "no number": ("{sample}", 2, "--officers"),
    "too many officers": ("{sample} --officers 999999", 1, "999999 beats"),
    "fewer than cities": ("{sample} --officers 3 --boundary {cities}", 1, "5 cities"),
    "a place elsewhere": ("{sample} --boundary Brossard " + FIVE, 2, "Brossard"),
    "an unknown place": ("{sample} --boundary Longueil " + FIVE, 2, "Longueuil"),
    "no such level": ("{sample} --boundary osm:admin_level=3 " + FIVE, 2, "level"),
    "an unknown mode": ("{sample} --mode horse " + FIVE, 2, "horse"),
    "an unknown season": ("{sample} --season mud " + FIVE, 2, "mud"),
    "no supervisor": ("{sample} --supervisors 0 " + FIVE, 2, "supervisors"),
    "more supervisors than beats": ("{sample} --supervisors 6 " + FIVE, 1, "6 supervisors"),
    "a wild tolerance": ("{sample} --tolerance 5 " + FIVE, 2, "tolerance"),
    "posts that fill no beat": ("{sample} --officers-per-beat 2 " + FIVE, 2, "multiple"),
    "a settings typo": ("{sample} --settings {folder}/typo.toml " + FIVE, 2, "foot_patrol_kmh"),
    "a bad anchor": ("{sample} --anchors {folder}/anchors.csv " + FIVE, 2, "row 1"),
    "a bad count": ("{sample} --counts {folder}/counts.csv " + FIVE, 2, "row 2"),
    "counts of no week": ("{sample} --counts {folder}/n.csv --counts-weeks 0 " + FIVE, 2, "weeks"),
    "a base without a name column": ("{sample} --bases {folder}/n.csv " + FIVE, 2, "name"),
    "a base of no beat": ("{sample} --bases {folder}/bases.csv --officers 1", 2, "NOPE-07"),
    "seats of another place": (
        "{sample} --boundary {cities} --seats {folder}/seats.csv " + FIVE, 2, "Nowhere",
    ),
    "a date of two readings": ("{sample} --date 03/04/2026 " + FIVE, 2, "03/04/2026"),
    "an option typo": ("{sample} --ofsicers 5", 2, "--ofsicers"),
}  # fmt: skip


@pytest.fixture(scope="module")
def bad_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bad")
    whole = Path(SAMPLE).read_bytes()
    (folder / "cut.osm.pbf").write_bytes(whole[: len(whole) // 2])
    (folder / "noise.osm.pbf").write_bytes(bytes(range(256)) * 8)
    (folder / "page.osm.pbf").write_text("<!DOCTYPE html><html>log in</html>")
    (folder / "empty.osm").write_text("<?xml version='1.0'?><osm version='0.6'></osm>")
    (folder / "typo.toml").write_text("[foot_patrol_khm]\ncentral = 4.0\n")
    (folder / "anchors.csv").write_text(
        "name,kind,visits_per_week,minutes,lon,lat\nx,y,often,5,0,0\n"
    )
    (folder / "counts.csv").write_text("n,lon,lat\n-3,-72.6,45.9\n")
    (folder / "n.csv").write_text("n,lon,lat\n3,-72.6,45.9\n")
    (folder / "bases.csv").write_text("name,beat_id,lon,lat\nPost,NOPE-07,-72.6,45.9\n")
    (folder / "seats.csv").write_text("city,posts\nNowhere,5\n")
    return folder


@pytest.mark.parametrize("name", BAD)
def test_a_request_that_cannot_be_met_gets_one_line_and_nothing_is_written(
    name: str, bad_files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words, code, part = BAD[name]
    places = {"folder": bad_files, "sample": SAMPLE, "cities": CITIES}
    out = tmp_path / "out"
    asked = [word.format(**places) for word in words.split()]
    assert run("plan", *asked, "--out", out, "--lang", "en") == code
    output = capsys.readouterr()
    assert part in output.err
    assert output.err.startswith("Error: ")
    assert output.err.count("\n") == 1
    assert all(line.startswith("Read: ") for line in output.out.splitlines())
    assert not out.exists()


def test_map_and_report_refuse_what_is_no_plan_or_would_overwrite_it(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = demo / "plan.gpkg"
    before = plan.read_bytes()
    assert run("map", SAMPLE, "--out", tmp_path / "m.html") == 2
    assert run("map", plan, "--out", tmp_path / "m.gif") == 2
    assert run("map", plan, "--out", tmp_path / "m.html", "--audience", "everybody") == 2
    assert run("map", plan, "--out", plan) == 2
    assert run("report", plan, "--out", tmp_path / "b.doc") == 2
    assert run("report", plan, "--kind", "note", "--out", tmp_path / "b.csv") == 2
    assert run("report", tmp_path, "--out", tmp_path / "b.csv") == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 7
    assert "illisible (c'est un dossier)" in said
    assert plan.read_bytes() == before
    assert not list(tmp_path.iterdir())


def test_a_failed_write_leaves_all_three_files_as_they_were(
    towns: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "map.html").mkdir()
    (tmp_path / "plan.gpkg").write_text("old")
    assert run("plan", towns[0], "--officers", "3", "--out", tmp_path, "--lang", "en") == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert (tmp_path / "plan.gpkg").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["map.html", "plan.gpkg"]


def test_an_unknown_season_is_refused_with_all_that_are_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--officers", 4, "--season", "spring", "--out", tmp_path / "plan", "--lang", "en")
    assert run("plan", SAMPLE, *words) == 2
    assert "summer, winter, auto" in capsys.readouterr().err


def test_season_of_no_date_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--officers", "5", "--out", tmp_path / "out", "--season", "auto", "--lang", "en")
    assert run("plan", SAMPLE, *words) == 2
    assert "--date" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["plan", "assess", "posts"])
def test_weeks_without_counts_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    words = {"plan": ("--officers", "2", "--out", tmp_path / "o"), "assess": ("--area", "osm:x")}
    asked = (command, SAMPLE, *words.get(command, ()), "--counts-weeks", "26", "--lang", "en")
    assert run(*asked) == 2
    assert "give --counts too" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()
