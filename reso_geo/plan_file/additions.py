"""What a planner added to a plan's file, carried over into a new one as SQLite holds it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from reso_geo.plan_file.extras import KEYS
from reso_geo.plan_file.layers import quoted, tables_in
from reso_geo.plan_file.projects import PROJECTS, carry_projects

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from reso_geo.plan_file.extras import Extras

__all__ = ["FORMAT", "added_things", "carry_additions"]

FORMAT = re.compile(
    r"(rtree_|gpkg_|gpkgext_|trigger_(insert|delete)_feature_count_|sqlite_)", re.IGNORECASE
)
"""Names of tables, triggers and indexes that belong to the format."""
_VIRTUAL = re.compile(r"\s*CREATE\s+VIRTUAL", re.IGNORECASE)
_OF_A_TABLE = (
    ("gpkg_contents", "table_name"), ("gpkg_geometry_columns", "table_name"),
    ("gpkg_ogr_contents", "table_name"), ("gpkg_extensions", "table_name"),
    ("gpkg_data_columns", "table_name"), ("gpkg_metadata_reference", "table_name"),
    ("gpkgext_relations", "base_table_name"),
)  # fmt: skip
"""Tables of the format that speak of others, and in which column."""
_WHOLE = (
    "gpkg_spatial_ref_sys", "gpkg_data_column_constraints", "gpkg_metadata", "gpkg_2d_gridded",
)  # fmt: skip
"""Tables of the format whose rows are taken over where they are not there."""
_GEOMETRY_CALLS = ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")


def added_things(base: sqlite3.Connection, own: Iterable[str]) -> tuple[list[str], list[str]]:
    """List what somebody added to a file.

    Parameters
    ----------
    base
        An open GeoPackage.
    own
        Names of the tables that the plan writes.

    Returns
    -------
    tuple of (list of str, list of str)
        Tables, views, triggers and indexes that can be carried over, and those that cannot: virtual
        tables, and views that stand where a table of the plan should.
    """
    known = {name.lower() for name in own}
    rows = base.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql NOT NULL ORDER BY name"
    ).fetchall()
    virtual = {str(name) for _, name, _, sql in rows if _VIRTUAL.match(str(sql))}
    kept, lost = [], []
    for kind, name, _, sql in rows:
        own_table = str(name).lower() in known
        if FORMAT.match(str(name)) or (own_table and kind != "view"):
            continue
        inside = kind == "table" and any(str(name).startswith(f"{each}_") for each in virtual)
        if own_table or inside or _VIRTUAL.match(str(sql)):
            lost += [] if inside else [str(name)]
        else:
            kept.append(str(name))
    return kept, lost


def carry_additions(source: sqlite3.Connection, path: Path, extras: Extras, name: str) -> list[str]:
    """Carry columns, tables, views, triggers, indexes and QGIS projects over into a new plan.

    Parameters
    ----------
    source
        The edited file, open.
    path
        The new file, whole but for these.
    extras
        What is to be carried over.
    name
        That the new file will have, for the paths inside QGIS projects.

    Returns
    -------
    list of str
        Names of views, triggers and indexes that the new file does not take.

    Raises
    ------
    sqlite3.Error
        When the file cannot be written.
    """
    with closing(sqlite3.connect(path)) as base, base:
        for call in _GEOMETRY_CALLS:
            # The format's triggers name them; no shape is written here that would need them.
            base.create_function(call, 1, lambda _: 0)
        for layer, columns in extras.columns.items():
            _carry_columns(source, base, layer, columns, extras)
        if PROJECTS in extras.things and extras.source is not None:
            carry_projects(source, base, extras.source, name)
        return _carry_things(source, base, extras.things)


def _carry_columns(
    source: sqlite3.Connection,
    base: sqlite3.Connection,
    layer: str,
    columns: tuple[str, ...],
    extras: Extras,
) -> None:
    """Add columns of the type that they had, and their cells by the id of the row."""
    key, table = quoted(KEYS[layer]), quoted(layer)
    types = {str(row[1]): str(row[2]) for row in source.execute(f"PRAGMA table_info({table})")}
    there = {str(row[1]).lower() for row in base.execute(f"PRAGMA table_info({table})")}
    new = [each for each in columns if each.lower() not in there]
    if not new:
        return
    for each in new:
        base.execute(f"ALTER TABLE {table} ADD COLUMN {quoted(each)} {types[each]}")
    cells: dict[str, tuple[object, ...]] = {}
    asked = ", ".join([key, *map(quoted, new)])
    for row in source.execute(f"SELECT {asked} FROM {table} ORDER BY rowid"):  # noqa: S608 - quoted
        cells.setdefault(extras.id_of(layer, row[0]), row[1:])
    rows = base.execute(f"SELECT rowid, {key} FROM {table}").fetchall()  # noqa: S608 - quoted
    values = [(*cells[str(own)], at) for at, own in rows if str(own) in cells]
    sets = ", ".join(f"{quoted(each)} = ?" for each in new)
    base.executemany(f"UPDATE {table} SET {sets} WHERE rowid = ?", values)  # noqa: S608 - quoted


def _carry_things(
    source: sqlite3.Connection, base: sqlite3.Connection, things: tuple[str, ...]
) -> list[str]:
    """Make tables with their rows, then views, indexes and triggers, which may not fit any more."""
    asked = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql NOT NULL"
    rows = [tuple(map(str, row)) for row in source.execute(asked) if row[1] in set(things)]
    tables = [name for kind, name, *_ in rows if kind == "table" and name != PROJECTS]
    for name in tables:
        _copy_rows(source, base, name)
    _register(source, base, tables)
    lost = []
    for wanted in ("view", "index", "trigger"):
        for kind, name, table, sql in rows:
            if kind != wanted:
                continue
            if not _fits(base, kind, name, table, sql):
                lost.append(name)
            elif kind == "view":
                _copy_some(source, base, name)
    return lost


def _fits(base: sqlite3.Connection, kind: str, name: str, table: str, sql: str) -> bool:
    """Make a view, an index or a trigger; tell whether all that it names is there."""
    try:
        base.execute(sql)
    except sqlite3.Error:
        return False
    # SQLite asks for what a view or a trigger names only when it is used.
    tried = {
        "view": [f"SELECT * FROM {quoted(name)} LIMIT 0"],  # noqa: S608 - quoted
        "trigger": [
            f"EXPLAIN INSERT INTO {quoted(table)} DEFAULT VALUES",
            f"EXPLAIN UPDATE {quoted(table)} SET rowid = rowid",  # noqa: S608 - quoted
            f"EXPLAIN DELETE FROM {quoted(table)}",  # noqa: S608 - quoted
        ],
    }
    try:
        for statement in tried.get(kind, []):
            base.execute(statement).fetchall()
    except sqlite3.Error:
        base.execute(f"DROP {kind} {quoted(name)}")
        return False
    return True


def _copy_rows(
    source: sqlite3.Connection,
    base: sqlite3.Connection,
    table: str,
    where: str = "",
    values: tuple[object, ...] = (),
) -> None:
    """Copy rows of a table, if there is one; it is made if need be, a row that is there stays."""
    statement = tables_in(source).get(table)
    if statement is None:
        return
    if table not in tables_in(base):
        base.execute(statement)
    there = [str(row[1]) for row in base.execute(f"PRAGMA table_info({quoted(table)})")]
    found = {str(row[1]) for row in source.execute(f"PRAGMA table_info({quoted(table)})")}
    both = [name for name in there if name in found]
    names, marks = ", ".join(map(quoted, both)), ", ".join("?" * len(both))
    rows = source.execute(f"SELECT {names} FROM {quoted(table)} {where}", values)  # noqa: S608 - quoted
    base.executemany(f"INSERT OR IGNORE INTO {quoted(table)} ({names}) VALUES ({marks})", rows)  # noqa: S608 - quoted


def _register(source: sqlite3.Connection, base: sqlite3.Connection, tables: list[str]) -> None:
    """Enter tables, and what the format says of them, as they were; with their spatial indexes."""
    for name in _WHOLE:
        _copy_rows(source, base, name)
    for table in tables:
        _copy_some(source, base, table)
        asked = "SELECT name, sql FROM sqlite_master WHERE tbl_name = ? AND type = 'trigger'"
        triggers = source.execute(asked, (table,)).fetchall()
        for name, sql in tables_in(source).items():
            if name.startswith(f"rtree_{table}_") and _VIRTUAL.match(sql):
                _copy_rows(source, base, name)
        for name, sql in triggers:
            if FORMAT.match(str(name)):
                base.execute(str(sql))
    _copy_rows(source, base, "gpkg_data_columns")  # aliases that QGIS gave to columns of the plan


def _copy_some(source: sqlite3.Connection, base: sqlite3.Connection, table: str) -> None:
    for name, column in _OF_A_TABLE:
        _copy_rows(source, base, name, f"WHERE {quoted(column)} = ?", (table,))
