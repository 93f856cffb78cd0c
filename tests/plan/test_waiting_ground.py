"""Ground that waits for an officer: what no beat holds is said everywhere, and stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import shapely
from commands import answer, run
from plans import town

from reso_geo import (
    Plan,
    RebalanceRequest,
    check_plan,
    load_plan,
    plan_from_beats,
    plan_map,
    plan_report,
    read_edited_plan,
    save_plan,
)
from reso_geo.growth import rebalance_plan
from reso_geo.network import project_shapes
from reso_geo.plan import waiting_phrase
from reso_geo.report import plan_summary

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.settings import PatrolSettings


@pytest.fixture(scope="module")
def full(defaults: PatrolSettings) -> Plan:
    """Return three beats in two cities."""
    return town(defaults)


@pytest.fixture(scope="module")
def partial(full: Plan) -> Plan:
    """Return the same without the second beat: its streets wait."""
    held = full.partition.beat_of
    kept = np.flatnonzero((held == 0) | (held == 2))
    ids = np.array(full.partition.beat_id, dtype=object)
    beats = gpd.GeoDataFrame(
        {"segment_id": full.network.segment_id[kept], "beat_id": ids[held[kept]]}
    )
    people = np.where(full.network.required, 10.0, 0.0)
    return plan_from_beats(full.network, beats, boundary=full.boundary, people=people)


@pytest.fixture(scope="module")
def saved(partial: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return its file."""
    path = tmp_path_factory.mktemp("waiting") / "plan.gpkg"
    save_plan(partial, path)
    return path


def test_streets_without_a_beat_wait_with_their_kilometres_and_residents(
    full: Plan, partial: Plan
) -> None:
    gone = (full.partition.beat_of == 1) & full.network.required
    np.testing.assert_array_equal(partial.unserved, gone)
    assert not full.unserved.any()
    assert (full.request.coverage, partial.request.coverage) == ("full", "partial")
    assert partial.waiting_km == pytest.approx(full.network.length_m[gone].sum() / 1000.0)
    assert partial.waiting_residents == 10 * gone.sum()
    served = sum(beat.residents or 0 for beat in partial.beats)
    assert served + partial.waiting_residents == 10 * full.network.required.sum()


def test_the_file_keeps_what_waits(partial: Plan, saved: Path) -> None:
    assert load_plan(saved) == partial
    segments = gpd.read_file(saved, layer="segments")
    np.testing.assert_array_equal(segments["unserved"].astype(bool), partial.unserved)
    assert segments.loc[partial.unserved, "beat_id"].isna().all()


def test_tiles_hold_the_streets_of_their_beats_and_leave_the_others_out(partial: Plan) -> None:
    inside = shapely.union_all(list(partial.shapes))
    ground = shapely.union_all(project_shapes(partial.boundary, partial.network.crs))
    lines = partial.network.geometry
    served = partial.partition.beat_of >= 0

    def share(chosen: np.ndarray) -> float:
        within = shapely.length(shapely.intersection(lines[chosen], inside)).sum()
        return float(within / shapely.length(lines[chosen]).sum())

    assert share(served) > 0.85
    assert share(partial.unserved) < 0.15
    assert 0.2 < inside.area / ground.area < 0.95


def test_a_check_says_which_kind_a_plan_is_and_finds_nothing_wrong(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = check_plan(saved)
    assert found.valid
    code, told = answer(capsys, "check", saved)
    assert (code, told["coverage"]) == (0, "partial")
    assert told["unserved_km"] > 0.0
    assert run("check", saved, "--lang", "en") == 0
    assert "Partial coverage" in capsys.readouterr().out


def test_who_holds_no_street_is_told_in_every_output(
    partial: Plan, saved: Path, tmp_path: Path
) -> None:
    told = plan_summary(partial, str(saved))
    assert told["coverage"] == "partial"
    assert told["unserved"] == {
        "segments": int(partial.unserved.sum()),
        "km": partial.waiting_km,
        "residents": partial.waiting_residents,
    }
    phrase = waiting_phrase(partial, "internal")
    assert phrase is not None
    said = phrase.say("fr")
    assert "sans policier attitré" in said
    page = plan_map(partial, "fr").get_root().render()
    assert "sans policier attitr" in page
    plan_report(partial, tmp_path / "plan.xlsx", "fr")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx", read_only=True)
    cells = [str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row]
    assert said in cells
    plan_report(partial, tmp_path / "plan.md", "fr")
    assert "sans policier attitré" in (tmp_path / "plan.md").read_text(encoding="utf-8")


def test_the_public_is_told_of_streets_but_not_of_residents(partial: Plan) -> None:
    phrase = waiting_phrase(partial, "public")
    assert phrase is not None
    assert "residents" not in phrase.values


def test_a_rebalance_leaves_what_waits_where_it_is(partial: Plan, saved: Path) -> None:
    made = rebalance_plan(read_edited_plan(saved), RebalanceRequest(officers=3)).plan
    assert len(made.beats) == 3
    np.testing.assert_array_equal(made.unserved, partial.unserved)
    assert made.request.coverage == "partial"
    assert made.waiting_residents == partial.waiting_residents


@pytest.mark.parametrize(
    "words",
    [
        ("check", "PLAN", "--full"),
        ("rebalance", "PLAN", "--officers", "3", "--out", "OUT/rebalanced"),
        ("grow", "PLAN", "--officers", "3", "--out", "OUT/grown"),
        ("map", "PLAN", "--out", "OUT/map.html"),
        ("map", "PLAN", "--out", "OUT/map.png"),
        ("map", "PLAN", "--out", "OUT/public.html", "--audience", "public"),
        ("report", "PLAN", "--out", "OUT/beats.csv"),
        ("report", "PLAN", "--out", "OUT/note.pdf"),
        ("assess", "PLAN", "--beat", "FIRST", "--no-fixes"),
        ("posts", "PLAN"),
        ("cover", "PLAN", "--absent", "FIRST"),
        ("route", "PLAN", "--beat", "FIRST", "--out", "OUT/route.gpx"),
    ],
)
def test_every_command_takes_such_a_plan(
    partial: Plan,
    saved: Path,
    tmp_path: Path,
    words: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = partial.partition.beat_id[0]
    given = [
        word.replace("PLAN", str(saved)).replace("OUT", str(tmp_path)).replace("FIRST", first)
        for word in words
    ]
    assert run(*given, "--quiet") == 0
    assert capsys.readouterr().err == ""
