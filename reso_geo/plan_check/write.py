"""Writing a checked plan: recomputed, with what a planner added and what is still wrong."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from reso_geo.atomic_files import sha256_of
from reso_geo.errors import PlanError
from reso_geo.i18n import Phrase
from reso_geo.output_files import output_file
from reso_geo.plan_check.findings import PlanCheck
from reso_geo.plan_check.layers import PROBLEMS
from reso_geo.plan_file import (
    PROJECTS,
    Extras,
    added_styles,
    carry_projects,
    opened,
    refuse_held,
    save_plan,
    tables_in,
)
from reso_geo.records import kind_of, path_of

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from reso_geo.plan_check.findings import EditedPlan

__all__ = ["save_check"]


def save_check(check: PlanCheck, path: str | PathLike[str], lang: str = "fr") -> tuple[str, ...]:
    """Write the plan that a check came to.

    All derived columns and digests are fresh; columns, layers, tables, views, triggers, styles and
    QGIS projects that somebody added are kept, and a layer ``problems`` names what is left. Where
    problems leave no whole partition, the file is the edited one as it was found, with that layer.

    Parameters
    ----------
    check
        From `check_plan`.
    path
        The ``.gpkg`` file to make or replace; not the file that was checked.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    tuple of str
        Names of views, triggers and indexes that the new file does not take.

    Raises
    ------
    OutputError
        When the file cannot be written.
    PlanError
        When it is the one that was checked, or another program holds it.
    """
    path = path_of(path)
    edited = kind_of("check", check, PlanCheck, "check").edited
    if path.resolve() == edited.path.resolve():
        raise PlanError(Phrase("cli.same_file", {"path": path}))
    problems = _problem_table(check, lang) if check.problems else None
    if check.after is None:
        _copy(edited.path, path, problems)
        return ()
    extras = _extras(edited, problems)
    parent = sha256_of(edited.path)
    return save_plan(check.after, path, lang, parent_sha256=parent, extras=extras)


def _problem_table(check: PlanCheck, lang: str) -> gpd.GeoDataFrame:
    import geopandas as gpd  # noqa: PLC0415 - slow to load

    rows = [
        {
            "kind": problem.kind,
            "ids": ", ".join(problem.ids),
            "beats": ", ".join(problem.beats),
            "what": problem.what.say(lang),
            "remedy": problem.remedy.say(lang),
        }
        for problem in check.problems
    ]
    shapes = [problem.geometry for problem in check.problems]
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=check.before.network.crs)


def _copy(source: Path, path: Path, problems: pd.DataFrame | None) -> None:
    """Copy the edited file as SQLite sees it, and add the problems."""
    import pyogrio  # noqa: PLC0415 - slow to load

    refuse_held(path)
    with output_file(path, "plan_file.unwritable") as aside:
        with opened(source) as base, closing(sqlite3.connect(aside)) as copy:
            base.backup(copy)
            if PROJECTS in tables_in(base):
                carry_projects(base, copy, source, path.name)
                copy.commit()
        if problems is not None:
            pyogrio.write_dataframe(
                problems, aside, layer=PROBLEMS, driver="GPKG", geometry_type="Unknown"
            )


def _extras(edited: EditedPlan, problems: pd.DataFrame | None) -> Extras:
    with opened(edited.path) as base:
        styles = added_styles(base)
    return Extras(
        source=edited.path,
        columns=edited.added_columns,
        ids=edited.new_ids,
        things=edited.added_things,
        styles=styles,
        layers={} if problems is None else {PROBLEMS: problems},
    )
