"""Sheets for officers: what each takes over and hands over, and nothing that nobody decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import docx
import numpy as np
import openpyxl
import pytest
from plans import town

from reso_geo import load_settings
from reso_geo.growth import BeatChange, PlanChange, RebalancedPlan, StreetChange, grow
from reso_geo.report import save_change_sheets

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def made() -> RebalancedPlan:
    """Return a plan of four beats that comes from one of three."""
    return grow(town(load_settings()), [4])[0]


def test_each_officer_has_a_sheet_and_a_page_of_what_changes_street_by_street(
    made: RebalancedPlan, tmp_path: Path
) -> None:
    plan, change = made.plan, made.change
    for name in ("c.xlsx", "c.docx"):
        save_change_sheets(change, plan, tmp_path / name, "en")
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    told = [each for each in change.beats if not each.unchanged and each.state != "left"]
    assert book.sheetnames == [each.beat_id for each in told]
    pages = docx.Document(tmp_path / "c.docx")
    assert len(pages.tables) == len(told)
    for beat, page in zip(told, pages.tables, strict=True):
        rows = [
            row
            for row in book[beat.beat_id].iter_rows(min_row=3, values_only=True)
            if row[3] is not None
        ]
        streets = [*beat.gained, *beat.lost]
        assert [row[0] for row in rows] == [each.name or "(no name)" for each in streets]
        assert [row[3] for row in rows] == pytest.approx([each.km for each in streets])
        own = [np.array(each.segments) for each in streets]
        minutes = [float(plan.times.foot_patrol_s[each].sum()) / 60.0 for each in own]
        assert [row[4] for row in rows] == pytest.approx(minutes)
        known = {*plan.network.name.tolist(), "dead end", "\u2026", None}
        ends = [end for row in rows for end in (row[5] or "").split(" \u2013 ") if "," not in end]
        assert set(ends) - {""} <= known
        assert page.rows[1].cells[0].text == rows[0][0]


def test_no_sheet_is_for_a_post_that_nobody_asked_to_leave(
    made: RebalancedPlan, tmp_path: Path
) -> None:
    street = StreetChange("Rue A", "B-2", 0.4, whole=True, residents=None, segments=(0,))
    gone = BeatChange("B-1", "Ouest", "left", 0.4, 0.0, (), (street,), (), ())
    change = PlanChange(2, 1, (gone,), 0.4, None, 0, "2026-01-01")
    path = tmp_path / "c.xlsx"
    save_change_sheets(change, made.plan, path, "en")
    assert openpyxl.load_workbook(path).sheetnames == ["Unchanged"]
    save_change_sheets(change, made.plan, path, "en", ["B-1"])
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["B-1"]
    assert any("This post leaves" in str(cell.value) for row in book["B-1"] for cell in row)
