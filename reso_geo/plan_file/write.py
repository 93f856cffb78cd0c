"""Writing a plan: all layers aside, then in place in one step."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from reso_geo.choices import check_choice
from reso_geo.errors import PlanError
from reso_geo.i18n import LANGUAGES, Phrase
from reso_geo.output_files import output_file
from reso_geo.plan import Plan, current_plan
from reso_geo.plan_file.additions import carry_additions
from reso_geo.plan_file.adopted import adopt
from reso_geo.plan_file.connect import reading
from reso_geo.plan_file.extras import Extras
from reso_geo.plan_file.layers import LAYERS
from reso_geo.plan_file.styles import add_styles
from reso_geo.plan_file.tours import write_tours
from reso_geo.records import kind_of, path_of

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

__all__ = ["refuse_held", "save_plan"]

_PATIENCE_S = 1.0
_HELD = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED"})
_NO_DATE = "1970-01-01T00:00:00.000Z"


def save_plan(
    plan: Plan,
    path: str | PathLike[str],
    lang: str = "fr",
    *,
    parent_sha256: str = "",
    extras: Extras | None = None,
) -> tuple[str, ...]:
    """Write a plan as a GeoPackage with QGIS styles.

    Parameters
    ----------
    plan
        A complete plan.
    path
        The ``.gpkg`` file to make or replace; the old one stands until the new one is whole. Its
        folder is made where it is missing.
    lang
        Language of the column names that QGIS shows: ``fr`` or ``en``.
    parent_sha256
        Of the file of the plan that it comes from; empty for none.
    extras
        What else goes into the file; None for nothing.

    Returns
    -------
    tuple of str
        Names of views, triggers and indexes among `extras` that the new file does not take.

    Raises
    ------
    OutputError
        When the file cannot be written.
    PlanError
        When its name ends otherwise, or another program holds the one that stands there.
    UsageError
        When the plan is none, the path is none, or the language is not known.
    """
    # Who only reads plans need not wait for pandas and GDAL.
    import pyogrio  # noqa: PLC0415

    from reso_geo.plan_file.tables import plan_tables  # noqa: PLC0415

    plan, path = kind_of("plan", plan, Plan, "plan"), path_of(path)
    check_choice(lang, LANGUAGES)
    if path.suffix.lower() != ".gpkg":
        raise PlanError(Phrase("plan_file.ending", {"path": path}))
    refuse_held(path)
    plan = current_plan(plan)
    more, lost = extras or Extras(), []
    with output_file(path, "plan_file.unwritable") as aside:
        tables = plan_tables(plan, parent_sha256)
        for layer, table in tables.items():
            kind = {"geometry_type": LAYERS[layer]} if LAYERS[layer] else {}
            pyogrio.write_dataframe(table, aside, layer=layer, driver="GPKG", **kind)
        for layer, table in more.layers.items():
            pyogrio.write_dataframe(table, aside, layer=layer, driver="GPKG")
        add_styles(aside, plan, tables, lang, more.styles)
        with closing(sqlite3.connect(aside)) as base, base:
            write_tours(base, plan)
            adopt(base)
        _date(aside, plan.created)
        if more.source is not None:
            with reading(more.source) as source:
                lost = carry_additions(source, aside, more, path.name)
    return tuple(lost)


def refuse_held(path: Path) -> None:
    """Refuse to replace a file that another program holds, such as QGIS while it edits.

    What SQLite keeps beside an open file (``-wal``) would be taken for a part of the new one.

    Parameters
    ----------
    path
        What is to be replaced; it need not exist.

    Raises
    ------
    PlanError
        When the file is locked, or has a log of changes that are not in it yet.
    """
    if not path.is_file():
        return
    why: object = ""
    try:
        with closing(sqlite3.connect(path.absolute(), timeout=_PATIENCE_S)) as base:
            base.execute("BEGIN IMMEDIATE")
            base.rollback()
    except sqlite3.OperationalError as error:
        # Only who holds a lock speaks against it; a damaged or read-only file may be replaced.
        why = error if error.sqlite_errorname in _HELD else ""
    except sqlite3.DatabaseError:
        return
    # Who closes a file last takes its log away: one that is still there is somebody's.
    log = path.with_name(f"{path.name}-wal")
    why = why or (log.name if log.is_file() else "")
    if why:
        raise PlanError(Phrase("plan_file.locked", {"path": path, "why": why}))


def _date(path: Path, created: str) -> None:
    """Write the plan's own date where the file keeps one, so that equal plans are equal files."""
    date = f"{created[:19]}.000Z" if len(created) >= len("2026-01-01T00:00:00") else _NO_DATE
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("UPDATE gpkg_contents SET last_change = ?", (date,))
        base.execute("UPDATE layer_styles SET update_time = ?", (date,))
