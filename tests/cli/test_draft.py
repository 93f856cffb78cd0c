"""Drafts: plans whose tours were looked for fast, marked wherever they are seen, and finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from commands import answer, run
from openpyxl import load_workbook

from reso_geo import check_plan, load_plan, make_plan
from reso_geo.atomic_files import data_file
from reso_geo.growth import rebalance_plan
from reso_geo.i18n import say
from reso_geo.maps.print.overview import overview_sheets
from reso_geo.maps.print.save import atlas_pages
from reso_geo.maps.print.scene import scene_of

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo import Plan

SAMPLE = (data_file("sample/sample.osm.pbf"), "--boundary", data_file("sample/sector.geojson"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("draft") / "out"
    assert run("plan", *SAMPLE, "--officers", 3, "--draft", "--out", out, "--quiet") == 0
    return out


@pytest.fixture(scope="module")
def draft(folder: Path) -> Plan:
    return load_plan(folder / "plan.gpkg")


@pytest.fixture(scope="module")
def final(draft: Plan) -> Plan:
    return make_plan(draft.network, officers=3, boundary=draft.boundary)


def figures(plan: Plan) -> list[tuple[object, ...]]:
    return [(b.beat_id, b.name, b.load_s, b.foot.pass_s, b.bike.pass_s) for b in plan.beats]


@pytest.mark.parametrize(("lang", "word"), [("fr", "brouillon"), ("en", "draft")])
def test_a_draft_is_marked_on_all_that_is_made_of_it(
    lang: str, word: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "plan.gpkg"
    outputs = {name: tmp_path / f"out.{name}" for name in ("html", "csv", "md", "xlsx", "gpx")}
    for name in ("csv", "md", "xlsx"):
        assert run("report", path, "--out", outputs[name], "--lang", lang) == 0
    assert run("map", path, "--out", outputs["html"], "--lang", lang) == 0
    beat = load_plan(path).beats[0].beat_id
    assert run("route", path, "--beat", beat, "--out", outputs["gpx"], "--lang", lang) == 0
    for name in ("html", "csv", "md", "gpx"):
        assert word in outputs[name].read_text(encoding="utf-8-sig").lower(), name
    for sheet in load_workbook(outputs["xlsx"]).worksheets:
        assert word in str(sheet.oddHeader.right.text).lower()
    capsys.readouterr()
    assert run("assess", path, "--beat", beat, "--no-fixes", "--lang", lang) == 0
    assert word in capsys.readouterr().out.lower()


def test_a_draft_says_so_in_json_in_the_file_and_on_the_terminal(
    folder: Path, tmp_path: Path, draft: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = answer(
        capsys, "plan", *SAMPLE, "--officers", 3, "--draft", "--out", tmp_path / "again"
    )
    assert (code, said["draft"], said["provisional"]) == (0, True, False)
    assert draft.draft
    assert draft.unsettled == ("draft",)
    assert {tour.depth for tour in draft.tours} == {"fast"}
    assert run("plan", *SAMPLE, "--officers", 3, "--draft", "--out", tmp_path / "told") == 0
    assert "BROUILLON" in capsys.readouterr().out
    assert (tmp_path / "told/plan.gpkg").read_bytes() == (folder / "plan.gpkg").read_bytes()


def test_pictures_and_atlases_of_a_draft_have_a_notice_on_every_sheet(
    draft: Plan, final: Plan
) -> None:
    notice = say("en", "maps.draft")
    for plan in (draft, final):
        picture = overview_sheets(scene_of(plan, "en", "public"), on_one=True)
        for sheet in (*picture, *atlas_pages(plan, "en", "internal")):
            texts = [text.get_text() for text in sheet.ink.texts]
            assert (notice in texts) == plan.draft


def test_a_full_check_finishes_a_draft_without_a_new_cut(
    folder: Path, final: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = folder / "plan.gpkg", tmp_path / "final.gpkg"
    code, said = answer(capsys, "check", path)
    assert (code, said["draft"], said["problems"]) == (0, True, [])
    code, said = answer(capsys, "check", path, "--full", "--out", out)
    assert (code, said["draft"], said["problems"]) == (0, False, [])
    finished = load_plan(out)
    assert finished.unsettled == ()
    assert figures(finished) == figures(final)
    assert {t.depth for t in finished.tours if t.season == "summer"} == {"final"}
    # What a check finds in a finished plan are its own figures.
    assert answer(capsys, "check", out, "--full")[1]["problems"] == []


def test_a_check_that_is_not_full_leaves_a_draft_and_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = check_plan(folder / "plan.gpkg")
    assert found.after is not None
    assert found.after.draft
    assert run("check", folder / "plan.gpkg", "--lang", "en") == 0
    assert "DRAFT" in capsys.readouterr().out


def test_a_plan_made_from_a_draft_is_none(folder: Path, final: Plan) -> None:
    after = rebalance_plan(folder / "plan.gpkg", officers=3).plan
    assert not after.draft
    assert figures(after) == figures(final)
