"""Locks and posts of single beats, as a planner asks for them on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from plans import town

from reso_geo import load_settings, save_plan
from reso_geo.cli import main

if TYPE_CHECKING:
    from pathlib import Path


def run(*words: str | Path) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("town") / "plan.gpkg"
    save_plan(town(load_settings()), path)
    return path


def streets_of(path: Path, beat_id: str) -> set[str]:
    segments = gpd.read_file(path, layer="segments")
    return set(segments.loc[segments["beat_id"] == beat_id, "segment_id"])


def test_a_locked_beat_keeps_its_streets_its_id_and_its_mark(plan: Path, tmp_path: Path) -> None:
    beat_id = str(gpd.read_file(plan, layer="beats")["beat_id"].iloc[0])
    words = ("--officers", 4, "--lock", beat_id, "--out", tmp_path / "new", "--quiet")
    assert run("plan", plan, *words) == 0
    new = tmp_path / "new" / "plan.gpkg"
    assert streets_of(new, beat_id) == streets_of(plan, beat_id)
    beats = gpd.read_file(new, layer="beats").set_index("beat_id")
    assert len(beats) == 4
    assert beats["locked"].astype(bool).to_dict() == {b: b == beat_id for b in beats.index}


def test_a_beat_of_two_posts_asks_about_twice_as_much(
    plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beat_id = str(gpd.read_file(plan, layer="beats")["beat_id"].iloc[-1])
    words = ("--officers", 5, "--posts", f"{beat_id}=2", "--out", tmp_path, "--json")
    assert run("plan", plan, *words) == 0
    beats = {b["beat_id"]: b for b in json.loads(capsys.readouterr().out)["beats"]}
    assert {b: row["posts"] for b, row in beats.items() if row["posts"] != 1} == {beat_id: 2}
    assert sum(row["posts"] for row in beats.values()) == 5
    others = [row["load_s"] for b, row in beats.items() if row["city"] == beats[beat_id]["city"]]
    one = min(others) if len(others) > 1 else sum(r["load_s"] for r in beats.values()) / 5
    assert beats[beat_id]["load_s"] == pytest.approx(2 * one, rel=0.25)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--lock", "NO-99"), "NO-99"),
        (("--posts", "NO-99=2"), "NO-99"),
        (("--posts", "half"), "--posts"),
        (("--posts", "WES-01=0"), "WES-01"),
    ],
)
def test_what_names_no_beat_is_refused_in_one_line(
    plan: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, str],
    named: str,
) -> None:
    assert run("plan", plan, "--officers", 4, *words, "--out", tmp_path / "new", "--quiet") == 2
    told = capsys.readouterr().err
    assert named in told
    assert len(told.strip().splitlines()) <= 3
    assert not (tmp_path / "new").exists()


def test_locks_on_every_beat_give_the_same_plan_or_say_that_nothing_is_left(
    plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = gpd.read_file(plan, layer="beats")["beat_id"].tolist()
    locks = [word for beat_id in ids for word in ("--lock", beat_id)]
    words = ("--quiet", "--lang", "en")
    assert run("plan", plan, "--officers", 3, *locks, "--out", tmp_path / "same", *words) == 0
    same = tmp_path / "same" / "plan.gpkg"
    assert all(streets_of(same, b) == streets_of(plan, b) for b in ids)
    capsys.readouterr()
    assert run("plan", plan, "--officers", 5, *locks, "--out", tmp_path / "more", *words) == 1
    told = capsys.readouterr().err
    assert all(beat_id in told for beat_id in ids)
    assert "3 posts" in told
    assert not (tmp_path / "more").exists()
