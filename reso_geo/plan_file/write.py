"""Writing a plan: all layers aside, then in place in one step."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from reso_geo.errors import PlanError
from reso_geo.files import write_aside
from reso_geo.plan_file.styles import add_styles
from reso_geo.words import Phrase

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.plan import Plan

__all__ = ["save_plan"]

_NO_DATE = "1970-01-01T00:00:00.000Z"
_GEOMETRY = {
    "segments": "LineString",
    "junctions": "Point",
    "beats": "MultiPolygon",
    "bases": "Point",
    "anchors": "Point",
    "boundaries": "MultiPolygon",
    "barriers": "LineString",
}


def save_plan(plan: Plan, path: Path, lang: str = "fr") -> None:
    """Write a plan as a GeoPackage with QGIS styles.

    Parameters
    ----------
    plan
        A complete plan.
    path
        The ``.gpkg`` file to make or replace; the old one stands until the new one is whole.
    lang
        Language of the column names that QGIS shows: ``fr`` or ``en``.

    Raises
    ------
    PlanError
        When the file cannot be written.
    """
    # Who only reads plans need not wait for pandas and GDAL.
    import pyogrio  # noqa: PLC0415

    from reso_geo.plan_file.tables import plan_tables  # noqa: PLC0415

    try:
        with write_aside(path) as aside:
            for layer, table in plan_tables(plan).items():
                if layer in _GEOMETRY:
                    pyogrio.write_dataframe(
                        table, aside, layer=layer, driver="GPKG", geometry_type=_GEOMETRY[layer]
                    )
                else:
                    pyogrio.write_dataframe(table, aside, layer=layer, driver="GPKG")
            add_styles(aside, plan, lang)
            _date(aside, plan.created)
    except (OSError, sqlite3.Error, pyogrio.errors.DataSourceError) as error:
        raise PlanError(Phrase("plan_file.unwritable", {"path": path, "why": error})) from error


def _date(path: Path, created: str) -> None:
    """Put the plan's own date where the file keeps one, so that equal plans are equal files."""
    date = f"{created[:19]}.000Z" if len(created) >= len("2026-01-01T00:00:00") else _NO_DATE
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("UPDATE gpkg_contents SET last_change = ?", (date,))
        base.execute("UPDATE layer_styles SET update_time = ?", (date,))
