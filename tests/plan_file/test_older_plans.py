"""Plans that older versions wrote are read, checked and written in the newest format."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from places import DATA

from reso_geo import load_plan, save_plan
from reso_geo.cli import main
from reso_geo.errors import PlanError
from reso_geo.plan_file.digests import SCHEMAS
from reso_geo.plan_file.tables import plan_tables

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo import Plan

OLD = DATA / "plan_schema5.gpkg"
"""The demo's plan as commit 47ac007 wrote it."""


def _column(path: Path, question: str) -> list[object]:
    with closing(sqlite3.connect(path)) as base:
        return [row[0] for row in base.execute(question)]


def test_a_plan_of_format_5_is_read_with_the_figures_that_it_holds() -> None:
    plan = load_plan(OLD)
    assert len(plan.beats) == 17
    held = _column(OLD, "SELECT foot_pass_s FROM beats ORDER BY fid")
    assert [beat.foot.pass_s for beat in plan.beats] == held
    assert any(phrase.key == "plan_file.migrated" for phrase in plan.warnings)


def test_what_a_segment_of_format_5_crosses_is_known() -> None:
    named = _column(OLD, "SELECT crosses FROM segments WHERE crosses IS NOT NULL")
    assert (load_plan(OLD).network.crossed > 0).sum() == len(named) > 0


def test_a_plan_of_format_5_is_written_in_the_newest_format(tmp_path: Path) -> None:
    save_plan(load_plan(OLD), tmp_path / "new.gpkg")
    asked = "SELECT value FROM plan_info WHERE key = 'schema'"
    assert _column(tmp_path / "new.gpkg", asked) == [SCHEMAS[-1]]
    columns = set(gpd.read_file(tmp_path / "new.gpkg", layer="segments").columns)
    assert "crossed" in columns
    assert "crosses" not in columns


def test_an_edit_of_a_plan_of_format_5_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    path.write_bytes(OLD.read_bytes())
    with closing(sqlite3.connect(path)) as base, base:
        for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            base.execute(f'DROP TRIGGER "{name}"')
        base.execute("UPDATE beats SET posts = 2 WHERE beat_id = 'GRE-01'")
    with pytest.raises(PlanError, match="figures"):
        load_plan(path)


def test_check_knows_an_untouched_plan_of_format_5(tmp_path: Path) -> None:
    out = tmp_path / "new.gpkg"
    with pytest.raises(SystemExit, match="0"):
        main(["check", str(OLD), "--out", str(out), "--lang", "en"])
    assert load_plan(out).network.crossed.any()


def test_a_plan_without_newer_figures_is_read_and_check_works_them_out(
    sample_plan: Plan, tmp_path: Path
) -> None:
    whole, older, out = (tmp_path / f"{name}.gpkg" for name in ("whole", "older", "out"))
    save_plan(sample_plan, whole)
    shares = [beat.border_named for beat in load_plan(whole).beats]
    assert shares == [beat.border_named for beat in sample_plan.beats]
    assert None not in shares
    older.write_bytes(whole.read_bytes())
    with closing(sqlite3.connect(older)) as base, base:
        for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            base.execute(f'DROP TRIGGER "{name}"')
        base.execute("ALTER TABLE beats DROP COLUMN border_named")
        for mode in ("foot", "bike", "foot_winter", "bike_winter"):
            base.execute(f"ALTER TABLE beats DROP COLUMN {mode}_cadence_share")
        base.execute("UPDATE beats SET name = 'Marché' WHERE fid = 1")
    assert {beat.border_named for beat in load_plan(older).beats} == {None}
    assert {beat.foot.cadence_share for beat in load_plan(older).beats} == {None}
    with pytest.raises(SystemExit, match="0"):
        main(["check", str(older), "--repair", "--out", str(out), "--lang", "en"])
    assert [beat.border_named for beat in load_plan(out).beats] == shares
    fits = [beat.foot.cadence_share for beat in sample_plan.beats]
    assert [beat.foot.cadence_share for beat in load_plan(out).beats] == fits
    assert None not in fits


def test_no_column_of_the_plan_hides_a_method_of_a_geodataframe() -> None:
    methods = {name for name in dir(gpd.GeoDataFrame) if callable(getattr(gpd.GeoDataFrame, name))}
    tables = plan_tables(load_plan(OLD))
    hidden = {name: methods.intersection(table.columns) for name, table in tables.items()}
    assert not any(hidden.values()), hidden
