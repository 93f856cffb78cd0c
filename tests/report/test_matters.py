"""What matters, drawn and listed: the figures of the verdicts, to those who may see them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from plans import town

from reso_geo import Plan, assess, plan_report
from reso_geo.assess import AssessRequest
from reso_geo.errors import UsageError
from reso_geo.i18n import LANGUAGES
from reso_geo.maps.print.tornado import Tornado, TornadoBar, Zone, tornado_png
from reso_geo.plan import PlanMatter
from reso_geo.report import save_matters, save_sheet
from reso_geo.report.matters import matters_table, plan_matters_picture

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.assess import Assessment
    from reso_geo.settings import PatrolSettings


@pytest.fixture(scope="module")
def plan(defaults: PatrolSettings) -> Plan:
    """Return a small plan."""
    return town(defaults)


@pytest.fixture(scope="module")
def close(plan: Plan, defaults: PatrolSettings) -> Assessment:
    """Return a beat judged with so few shifts that its verdict hangs on the assumptions."""
    sector = plan.beat(plan.beats[0].beat_id)
    usual = assess(sector, defaults, AssessRequest(("foot",), ("summer",), fixes=False))
    needed_s = usual.judgements["foot", "summer"].case.verdict.needed_s[1]
    available_s = usual.judgements["foot", "summer"].case.verdict.available_s[1]
    shifts = defaults.shifts_per_week
    few = shifts.central * needed_s / available_s
    scarce = replace(defaults, shifts_per_week=replace(shifts, low=few, central=few, high=few))
    return assess(sector, scarce, AssessRequest(("foot", "bike"), fixes=False))


def test_a_table_has_what_moves_a_chance_and_a_row_for_each(close: Assessment) -> None:
    table = matters_table(close)
    assert table is not None
    moving = [
        each
        for judged in close.judgements.values()
        for each in judged.case.verdict.matters
        if each.move >= 0.05
    ]
    assert len(moving) == len(table.rows) > 0
    assert {"foot_patrol_kmh", "contact_min"} <= {each.setting for each in moving}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sheet_shows_the_picture_of_what_matters(
    close: Assessment, tmp_path: Path, lang: str
) -> None:
    save_sheet(close, tmp_path / "sheet.md", lang)
    save_matters(close, tmp_path / "alone.png", lang)
    drawn = (tmp_path / "sheet_matters.png").read_bytes()
    assert drawn == (tmp_path / "alone.png").read_bytes()
    assert drawn.startswith(b"\x89PNG")
    assert "(<sheet_matters.png>)" in (tmp_path / "sheet.md").read_text(encoding="utf-8")


def test_what_moves_nothing_is_not_drawn(
    plan: Plan, defaults: PatrolSettings, tmp_path: Path
) -> None:
    sector = plan.beat(plan.beats[0].beat_id)
    found = assess(sector, defaults, AssessRequest(("bike",), ("summer",), fixes=False))
    assert found.judgements["bike", "summer"].case.verdict.chance == 1.0
    assert matters_table(found) is None
    with pytest.raises(UsageError, match=r"alone\.png"):
        save_matters(found, tmp_path / "alone.png")
    assert not list(tmp_path.iterdir())
    save_sheet(found, tmp_path / "sheet.md")
    assert not (tmp_path / "sheet_matters.png").exists()


def test_the_picture_of_a_plan_is_for_the_inside(plan: Plan, tmp_path: Path) -> None:
    counted = [
        replace(each, matters=(PlanMatter("contact_min", 0.0, float(len(plan.beats))),))
        for each in plan.enough
    ]
    hanging = replace(plan, enough=tuple(counted))
    assert plan_matters_picture(hanging, "fr", "internal").startswith(b"\x89PNG")
    with pytest.raises(UsageError, match="public"):
        plan_report(plan, tmp_path / "matters.png", audience="public")
    assert not list(tmp_path.iterdir())


def test_texts_of_anyone_are_drawn_as_they_stand() -> None:
    bar = TornadoBar("a $x_{1}$ name " * 20, "$1$", "2", 1.0, 3.0)
    zones = (Zone("low", 0.0, 2.0), Zone("high", 2.0, 10.0))
    asked = Tornado("\u202e$\\frac$", "beats", 2.0, 10.0, (bar,), zones)
    assert tornado_png("$\\bad", [asked], "how to read it").startswith(b"\x89PNG")
