"""Pages and papers carry the day on which they are drawn; no plan stores it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from grids import grid_plan

from reso_geo import plan_map, plan_report, save_plan
from reso_geo.errors import UsageError
from reso_geo.maps.print.save import atlas_pages
from reso_geo.output_files import day_drawn

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo import Plan
    from reso_geo.settings import PatrolSettings


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory, defaults: PatrolSettings) -> Plan:
    return grid_plan(tmp_path_factory.mktemp("grid"), defaults)


def test_the_day_is_that_given_then_that_of_the_environment_then_today(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert day_drawn("2026-03-01") == "2026-03-01"
    assert day_drawn() == "1970-01-02"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", day_drawn())


def test_a_day_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="2026-02-30"):
        day_drawn("2026-02-30")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH"):
        day_drawn()


def test_page_paper_and_tables_carry_it_and_the_plan_does_not(plan: Plan, tmp_path: Path) -> None:
    day = "1999-12-31"
    assert f"drawn on {day}" in plan_map(plan, "en", date=day).page()
    texts = [t.get_text() for s in atlas_pages(plan, "en", "internal", day) for t in s.ink.texts]
    assert any(f"drawn on {day}" in text for text in texts)
    plan_report(plan, tmp_path / "p.md", "en", date=day)
    assert day in (tmp_path / "p.md").read_text(encoding="utf-8").replace("\\", "")
    save_plan(plan, tmp_path / "p.gpkg")
    assert day.encode() not in (tmp_path / "p.gpkg").read_bytes()
