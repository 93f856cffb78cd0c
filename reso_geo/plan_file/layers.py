"""Layers of a GeoPackage as plain columns, asked of SQLite itself.

A plan is read by commands that must answer at once: loading GDAL and pandas takes longer than
reading what they would read. The head of a geometry is as the GeoPackage standard (OGC 12-128r19,
2.1.3) has it; what follows is WKB, which shapely reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

__all__ = ["LAYERS", "Layer", "quoted", "read_layer", "tables_in"]

LAYERS = MappingProxyType(
    {
        "segments": "LineString",
        "junctions": "Point",
        "beats": "MultiPolygon",
        "bases": "Point",
        "anchors": "Point",
        "boundaries": "MultiPolygon",
        "barriers": "LineString",
        "land": "MultiPolygon",
        "places": "Point",
        "posts": "",
        "lineage": "",
        "plan_info": "",
    }
)
"""Every table of a plan but its tours, as they are written, with the kind of its geometry."""
_MARK = b"GP"
_HEAD_BYTES = 8
_BOX_BYTES = (0, 32, 48, 48, 64)
"""Of the box around a shape, by the kind that its flags name."""


@dataclass(frozen=True)
class Layer:
    """A layer, in the order of its rows.

    Attributes
    ----------
    columns
        The values of each column; None for NULL.
    geometry
        object, shape (rows,): shapes, None where there is none; empty for a layer without.
    crs
        Authority and code of the shapes' coordinate system; empty likewise.
    """

    columns: Mapping[str, tuple[Any, ...]]
    geometry: NDArray[np.object_]
    crs: str

    def __getitem__(self, name: str) -> tuple[Any, ...]:
        """Return the values of a column.

        Parameters
        ----------
        name
            Of the column.

        Returns
        -------
        tuple
            One value a row; a `KeyError` tells that there is no such column.
        """
        return self.columns[name]

    def newer(self, name: str) -> tuple[Any, ...]:
        """Return the values of a column that older files lack.

        Parameters
        ----------
        name
            Of the column.

        Returns
        -------
        tuple
            One value a row, None for each where there is no such column.
        """
        return self.columns.get(name, (None,) * len(self.geometry))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows, values by column."""
        return [
            dict(zip(self.columns, values, strict=True))
            for values in zip(*self.columns.values(), strict=True)
        ]


def read_layer(base: sqlite3.Connection, name: str, unwanted: Collection[str] = ()) -> Layer:
    """Read a layer.

    Parameters
    ----------
    base
        An open GeoPackage.
    name
        One of its tables.
    unwanted
        Columns to leave out.

    Returns
    -------
    Layer
        With all other columns that there are.

    Raises
    ------
    sqlite3.Error
        When the file is damaged.
    ValueError
        When what stands for a geometry is none.
    """
    found = base.execute(
        "SELECT g.column_name, s.organization || ':' || s.organization_coordsys_id"
        " FROM gpkg_geometry_columns g JOIN gpkg_spatial_ref_sys s ON g.srs_id = s.srs_id"
        " WHERE g.table_name = ?",
        (name,),
    ).fetchone()
    shape, crs = found or ("", "")
    table = quoted(name)
    there = [str(row[1]) for row in base.execute(f"PRAGMA table_info({table})")]
    wanted = [column for column in there if column not in unwanted]
    asked = ", ".join(quoted(column) for column in wanted)
    rows = base.execute(f"SELECT {asked} FROM {table} ORDER BY rowid").fetchall()  # noqa: S608 - quoted
    values = list(zip(*rows, strict=True)) or [()] * len(wanted)
    columns = dict(zip(wanted, values, strict=True))
    return Layer(columns, _shapes(columns.pop(shape, ())), str(crs).upper())


def tables_in(base: sqlite3.Connection) -> dict[str, str]:
    """Return the tables of a file.

    Parameters
    ----------
    base
        An open database.

    Returns
    -------
    dict of str to str
        By name, the statement that makes each.
    """
    rows = base.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    return {str(name): str(sql) for name, sql in rows}


def quoted(name: str) -> str:
    """Return a name as it stands in a statement of SQL.

    Parameters
    ----------
    name
        Of a table or a column, whatever is in it.

    Returns
    -------
    str
        In quotation marks.

    Examples
    --------
    >>> quoted('my "best" layer')
    '"my ""best"" layer"'
    """
    return '"' + name.replace('"', '""') + '"'


def _shapes(cells: tuple[bytes | None, ...]) -> NDArray[np.object_]:
    """Return the shape in each cell, past its head."""
    wkb = np.empty(len(cells), dtype=object)
    for at, cell in enumerate(cells):
        if cell is not None:
            wkb[at] = _without_head(cell)
    shapes: NDArray[np.object_] = shapely.from_wkb(wkb)
    return shapes


def _without_head(cell: bytes) -> bytes:
    kind = (cell[3] >> 1) & 0b111
    if cell[:2] != _MARK or kind >= len(_BOX_BYTES):
        message = "a geometry that is none"
        raise ValueError(message)
    return cell[_HEAD_BYTES + _BOX_BYTES[kind] :]
