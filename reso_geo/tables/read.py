"""read_table: from a file of a person to columns, places and what the file was taken for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.choices import in_a_row
from reso_geo.i18n import Phrase
from reso_geo.tables.cell_values import Marks, marks_of, number_of, text_of
from reso_geo.tables.days import DAY_FIRST, day_of_cell, is_day_number, refuse_two_readings
from reso_geo.tables.fault import Fault, shown
from reso_geo.tables.features import first_bytes_of, is_geojson, is_geopackage
from reso_geo.tables.formats.archive import check_archive
from reso_geo.tables.formats.from_csv import read_csv
from reso_geo.tables.formats.from_features import from_frame, from_geojson, from_geopackage
from reso_geo.tables.frames import Frame, frame_or_path
from reso_geo.tables.grid import ColumnName, Grid, TableFile, Where
from reso_geo.tables.headers import Wanted, plain
from reso_geo.tables.sheets import chosen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from reso_geo.tables.frames import TableSource
    from reso_geo.tables.kinds import InputColumn

__all__ = ["InputTable", "read_table"]

_REMOTE = re.compile(r"[/\\]vsi|\w{2,}:[/\\]", re.IGNORECASE)
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SQLITE = b"SQLite format 3"
_ODS_PART = "content.xml"
_SOUTHERNMOST_TOWN = -56.0
_POLE, _ANTIMERIDIAN = 90.0, 180.0
_ENGLISH_DAYS = frozenset({"from", "since", "start", "startdate", "to", "until", "end", "enddate"})
"""Headers under which 01/07/2025 may be the seventh of January."""
_ENOUGH, _REGION_DEG = 3, 2.0
"""Rows that tell where a table lies, and how far from their middle is elsewhere, in degrees."""


@dataclass(frozen=True)
class InputTable:
    """An input table as it was understood; arrays of shape (r,), read-only.

    Attributes
    ----------
    columns
        By name, in the order that was asked for: float64 for numbers, object (str) for text.
    geometry
        Object (shapely), longitude and latitude in EPSG:4326; None for a table without places.
    where
        Where each row stands in the file, to name a bad one.
    understood
        Format, separator, encoding, sheet or layer; which header was taken for which column; what
        was left out.
    """

    columns: Mapping[str, NDArray[np.generic]]
    geometry: NDArray[np.object_] | None
    where: Where
    understood: tuple[Phrase, ...]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        for array in self.columns.values():
            array.flags.writeable = False
        if self.geometry is not None:
            self.geometry.flags.writeable = False

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.where.numbers)

    def text(self, column: str) -> NDArray[np.object_]:
        """Return a column of text.

        Parameters
        ----------
        column
            Its name.

        Returns
        -------
        ndarray of object (str), shape (r,)
            Without blanks around.
        """
        return self.columns[column].astype(np.object_, copy=False)

    def number(self, column: str) -> NDArray[np.float64]:
        """Return a column of numbers.

        Parameters
        ----------
        column
            Its name.

        Returns
        -------
        ndarray of float64, shape (r,)
            Finite, within the limits of the column.
        """
        return self.columns[column].astype(np.float64, copy=False)

    @property
    def places(self) -> NDArray[np.object_]:
        """The geometry of each row; of none in a table without places."""
        return np.empty(0, dtype=np.object_) if self.geometry is None else self.geometry


def read_table(
    source: TableSource,
    columns: tuple[InputColumn, ...],
    *,
    located: bool = False,
    private: bool = False,
    filled: bool = False,
) -> InputTable:
    r"""Read a table in CSV, XLSX, ODS, XLS, GeoJSON or GeoPackage, told apart by its first bytes.

    Parameters
    ----------
    source
        A file of this computer, or a DataFrame or GeoDataFrame, which is checked as a file is.
    columns
        What it must have. Other columns never leave the file; only their names are told.
    located
        Its rows have places: geometries, or columns ``lon`` and ``lat``, or WKT.
    private
        Nothing that stands in it may be told: an error names the row and the column, no value.
    filled
        It must have a row.

    Returns
    -------
    InputTable
        Without blank and hidden rows, totals, and rows pasted twice; its `understood` says which.

    Raises
    ------
    TableError
        When the file cannot be read, a column is missing, or a row cannot be used.
    UsageError
        When the source is no such thing.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from reso_geo.tables import InputColumn
    >>> path = Path(tempfile.mkdtemp()) / "postes.csv"
    >>> _ = path.write_text("Ville;Postes;Cellulaire\nPort-Lajoie;3;x\n")
    >>> columns = InputColumn("city", "ville"), InputColumn("posts", "postes", (), (0, 9))
    >>> table = read_table(path, columns)
    >>> table.number("posts")
    array([3.])
    >>> print(*table.understood, sep="\n")
    postes.csv: CSV, separator “;”, encoding UTF-8; rows: 1.
    Columns: Ville → city, Postes → posts.
    Columns that look personal, left out: Cellulaire.
    """
    grid = _grid(frame_or_path(source), Wanted(columns, located, private))
    marks = marks_of(
        cell for column, _, cells in grid.columns if column.within is not None for cell in cells
    )
    read, faults = _columns(grid, marks)
    faults |= grid.faults
    geometry = _geometry(grid, read, faults) if located else None
    untold = {at: Fault("", fault.why) for at, fault in faults.items()}
    grid.where.refuse(untold if private else faults)
    if filled and not grid.cells:
        grid.where.file.refuse("no_rows")
    arrays: dict[str, NDArray[np.generic]] = {
        column.name: np.array(
            read.get(column.name, [""] * len(grid.cells)),
            dtype=np.object_ if column.within is None else np.float64,
        )
        for column in columns
    }
    return InputTable(arrays, geometry, grid.where, _understood(grid, marks))


def _grid(source: Frame | Path, wanted: Wanted) -> Grid:
    if isinstance(source, Frame):
        return from_frame(source, wanted)
    file = TableFile(source)
    if _REMOTE.match(str(file.path)):
        file.refuse("not_local", {"path": shown(file.path)})
    head = first_bytes_of(file)
    if is_geojson(head):
        return from_geojson(file, wanted)
    if is_geopackage(head):
        return from_geopackage(file, wanted)
    if head.startswith((_ZIP, _OLD_OFFICE)):
        return _of_workbook(file, wanted, head)
    if head.startswith((b"<", _SQLITE, b"%PDF")):
        file.refuse("web_page" if head.startswith(b"<") else "unknown_format")
    return read_csv(file, wanted)


def _of_workbook(file: TableFile, wanted: Wanted, head: bytes) -> Grid:
    """Read a workbook with the library that knows its format; both are slow to load."""
    if head.startswith(_OLD_OFFICE):
        from reso_geo.tables.formats.from_calamine import xls_sheets  # noqa: PLC0415

        grid = chosen(file, xls_sheets(file), wanted, "XLS")
        return replace(grid, told=(*grid.told, Phrase("table.hidden_unknown")))
    if _ODS_PART in check_archive(file):
        from reso_geo.tables.formats.from_calamine import ods_sheets  # noqa: PLC0415

        return chosen(file, ods_sheets(file), wanted, "ODS")
    from reso_geo.tables.formats.from_xlsx import xlsx_sheets  # noqa: PLC0415

    return chosen(file, xlsx_sheets(file), wanted, "XLSX")


_Faults = dict[tuple[int, str], Fault]


def _columns(grid: Grid, marks: Marks) -> tuple[dict[str, list[float | str]], _Faults]:
    """Read every cell; a bad one is noted and stands for nothing."""
    faults: _Faults = {}
    read: dict[str, list[float | str]] = {}
    for column, header, cells in grid.columns:
        is_text = column.within is None
        values = [
            text_of(cell, column) if is_text else number_of(cell, column, marks) for cell in cells
        ]
        if column.day and plain(header) in _ENGLISH_DAYS:
            values = [refuse_two_readings(cell, text_of(cell, column)) for cell in cells]
        faults |= {(at, header): v for at, v in enumerate(values) if isinstance(v, Fault)}
        nothing: float | str = "" if is_text else 0.0
        read[column.name] = [nothing if isinstance(v, Fault) else v for v in values]
    return read, faults


def _geometry(
    grid: Grid, read: Mapping[str, list[float | str]], faults: _Faults
) -> NDArray[np.object_]:
    """Return the places of the rows, from whatever holds them, and add the faulty ones."""
    header = ""
    if grid.shapes is not None:
        shapes = _single(np.array([*grid.shapes, None], dtype=np.object_)[:-1])
    elif "lon" in read:
        header = " / ".join(grid.headers[-2:])
        lon, lat = (np.array(read[name], dtype=np.float64) for name in ("lon", "lat"))
        shapes = np.asarray(shapely.points(lon, lat), dtype=np.object_)
    else:
        header = grid.headers[-1]
        written = np.array(read["geometry"], dtype=np.object_)
        shapes = _single(shapely.from_wkt(written, on_invalid="ignore"))
    rows_with_faults = {at for at, _ in faults}
    for at, fault in _place_faults(shapes).items():
        if at not in rows_with_faults:
            faults[at, header] = fault
    return shapes


def _single(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the point of each MultiPoint that has only one, as many programs write points."""
    points = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOINT)
    for at in points.tolist():
        apart = shapely.get_parts(shapely.extract_unique_points(shapes[at]))
        if len(apart) == 1:
            shapes[at] = apart[0]
    return shapes


def _place_faults(shapes: NDArray[np.object_]) -> dict[int, Fault]:
    """Find what is wrong with places: none, several, out of range, swapped, or nowhere at all."""
    west, south, east, north = shapely.bounds(shapes).T
    none = np.asarray(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    several = np.asarray(shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOINT)
    beyond_y = (south < -_POLE) | (north > _POLE)
    outside = beyond_y | (west < -_ANTIMERIDIAN) | (east > _ANTIMERIDIAN)
    swapped = (
        (west >= _SOUTHERNMOST_TOWN) & (east <= _POLE) & (beyond_y | (north < _SOUTHERNMOST_TOWN))
    )
    swapped &= (south >= -_ANTIMERIDIAN) & (north <= _ANTIMERIDIAN)
    swapped |= _unlike_the_others(west, south)
    nowhere = (west == 0) & (east == 0) & (south == 0) & (north == 0)
    # The first that applies is told.
    reasons = {
        "no_geometry": none,
        "several_points": several,
        "swapped": swapped,
        "out_of_range": outside,
        "zero": nowhere,
    }
    faults: dict[int, Fault] = {}
    for why, mask in reasons.items():
        for at in np.flatnonzero(mask).tolist():
            value = "" if why == "no_geometry" else f"{west[at]:.10g} / {south[at]:.10g}"
            if why == "several_points":
                value = str(shapely.get_num_geometries(shapes[at]))
            faults.setdefault(at, Fault(value, Phrase(f"table.why.{why}")))
    return faults


def _unlike_the_others(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Find the places that would lie among the others if their two numbers were exchanged."""
    there = np.isfinite(lon) & np.isfinite(lat)
    if there.sum() < _ENOUGH:
        return np.zeros(len(lon), dtype=bool)
    x, y = float(np.median(lon[there])), float(np.median(lat[there]))
    far = np.hypot(lon - x, lat - y) > _REGION_DEG
    return there & far & (np.hypot(lat - x, lon - y) < _REGION_DEG)


def _day_notes(grid: Grid) -> list[Phrase]:
    """Describe how days were read that could be read otherwise, with one as an example."""
    cells = [cell for column, _, own in grid.columns if column.day for cell in own]
    written = (
        cell for cell in cells if isinstance(cell, str) and DAY_FIRST.fullmatch(cell.strip())
    )
    examples = {
        "day_first": next(written, None),
        "day_numbers": next(filter(is_day_number, cells), None),
    }
    return [
        Phrase(f"table.understood.{key}", {"text": shown(cell), "day": day_of_cell(cell)})
        for key, cell in examples.items()
        if cell is not None
    ]


def _understood(grid: Grid, marks: Marks) -> tuple[Phrase, ...]:
    file, match = {"file": shown(grid.where.file.path.name)}, grid.match
    count = {"count": len(grid.where.numbers)}
    said = [Phrase("table.understood.file", {**file, "format": grid.understood, **count})]
    taken = in_a_row(
        Phrase("table.pair", {"header": shown(header), "column": ColumnName(column)})
        for column, header, _ in grid.columns
    )
    said.append(Phrase("table.understood.columns", {"pairs": taken}))
    said += _day_notes(grid)
    if marks.comma or marks.point:
        marks_key = "both" if marks.comma and marks.point else "comma" if marks.comma else "point"
        said.append(Phrase(f"table.understood.{marks_key}"))
    other = [header for header in match.ignored if header not in match.personal]
    for key, headers in (("ignored", other), ("personal", match.personal)):
        if headers:
            names = ", ".join(map(shown, headers))
            said.append(Phrase(f"table.understood.{key}", {"columns": names}))
    return (*said, *grid.told)
