"""Boundaries from a file or a frame of the planner: each row a city, checked and mended."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import shapely

from reso_geo.boundaries.boundary import KINDS, Boundary, clean_name, file_name
from reso_geo.boundaries.rows import Reading, Row, column, name_column, read_rows
from reso_geo.boundaries.shapes import TOUCH_M2, area_m2, astride, mended, polygons_of
from reso_geo.i18n import listed
from reso_geo.tables.feature_rows import DEGREES, in_degrees
from reso_geo.tables.frames import is_frame, read_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from reso_geo.i18n import Phrase

    OutlineSource: TypeAlias = (
        str | PathLike[str] | gpd.GeoDataFrame | gpd.GeoSeries | shapely.Geometry
        | Mapping[str, shapely.Geometry]
    )  # fmt: skip

__all__ = ["Outlines", "read_layer", "read_outlines", "read_shapes"]

_MOST_CHANGE = 0.01
_SOUTHERNMOST_TOWN = -56.0
_POLE = 90.0
_ANTIMERIDIAN = 180.0
_COLLECTION = "GeometryCollection"


@dataclass(frozen=True)
class Outlines:
    """Named ground that may overlap or nest, in longitude and latitude (EPSG:4326).

    Attributes
    ----------
    shapes
        By name, in the order of the source.
    origin
        A file's name, or where else they are from.
    notes
        What was repaired or assumed on reading.
    """

    shapes: Mapping[str, shapely.MultiPolygon]
    origin: str
    notes: tuple[Phrase, ...] = ()


def read_outlines(source: OutlineSource) -> Outlines:
    """Read outlines of neighbourhoods, by the checks of a boundary, but that they may overlap.

    Parameters
    ----------
    source
        The path of a file as `read_layer` takes it, or what is in memory as for `read_shapes`.

    Returns
    -------
    Outlines
        Features of one name are one neighbourhood.

    Raises
    ------
    BoundaryError
        When it cannot be read, has no coordinate system, or holds what is no usable polygon.

    Examples
    --------
    >>> list(read_outlines({"Old Port": shapely.box(-73.5, 45.4, -73.4, 45.5)}).shapes)
    ['Old Port']
    """
    if isinstance(source, str | PathLike):
        reading = Reading(Path(source))
        shapes = _outlines_of(reading, read_rows(reading))
    else:
        reading, rows = _in_memory(source)
        shapes = _outlines_of(reading, rows)
    return Outlines(shapes, file_name(reading.path), tuple(reading.notes))


def read_layer(path: Path) -> Boundary:
    """Read a boundary from a GeoJSON or GeoPackage file.

    Parameters
    ----------
    path
        The file. Names come from the column ``name`` or ``nom``; a single feature without one
        takes the file's name. Of several GeoPackage layers, ``boundaries`` is read. GeoJSON is in
        longitude and latitude unless it says otherwise.

    Returns
    -------
    Boundary
        In the order of the file; features of one name are one city. It is ``precise`` unless the
        file has a ``kind`` column that says otherwise, so that an outline does not gain by being
        copied.

    Raises
    ------
    BoundaryError
        When the file cannot be read, has no coordinate system, or holds features that are no
        usable polygons.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> square = shapely.to_geojson(shapely.box(-73.5, 45.4, -73.4, 45.5))
    >>> path = Path(tempfile.mkdtemp()) / "North shore.geojson"
    >>> _ = path.write_text(square)
    >>> read_layer(path).names
    ('North shore',)
    """
    reading = Reading(path)
    return _boundary_of(reading, read_rows(reading))


def read_shapes(source: object) -> Boundary:
    """Read a boundary that is in memory, by the checks of a file.

    Parameters
    ----------
    source
        A GeoDataFrame; a GeoSeries, whose index names its polygons; a polygon, or polygons by name,
        in longitude and latitude (EPSG:4326).

    Returns
    -------
    Boundary
        In its order.

    Raises
    ------
    BoundaryError
        When it is none of these, has no coordinate system, or holds what is no usable polygon.

    Examples
    --------
    >>> read_shapes({"North shore": shapely.box(-73.5, 45.4, -73.4, 45.5)}).names
    ('North shore',)
    """
    return _boundary_of(*_in_memory(source))


def _in_memory(source: object) -> tuple[Reading, Sequence[Row]]:
    """Return the rows of what is no file."""
    reading = Reading(Path(type(source).__name__))
    if hasattr(source, "to_frame") and hasattr(source, "geom_type"):  # a GeoSeries, named by index
        series: Any = source
        named_rows = series.index.inferred_type == "string"
        source = series.to_frame("geometry").rename_axis("name" if named_rows else None)
    if is_frame(source):
        return reading, read_frame(reading, source).rows
    named = source if isinstance(source, Mapping) else {"": source}
    if not isinstance(source, Mapping | shapely.Polygon | shapely.MultiPolygon):
        reading.refuse("not_a_boundary")
    rows = [
        Row(at, {"name": name}, shape if shapely.is_geometry(shape) else None)
        for at, (name, shape) in enumerate(named.items(), 1)
    ]
    return reading, in_degrees(reading, rows, DEGREES).rows


def _outlines_of(reading: Reading, rows: Sequence[Row]) -> dict[str, shapely.MultiPolygon]:
    if not rows:
        reading.refuse("no_features")
    return _by_name(reading, _names(reading, rows), _shapes(reading, rows))


def _boundary_of(reading: Reading, rows: Sequence[Row]) -> Boundary:
    cities = _outlines_of(reading, rows)
    return Boundary(
        names=tuple(cities),
        shapes=tuple(cities.values()),
        kind=_kind(rows),
        origin=file_name(reading.path),
        notes=tuple(reading.notes),
    )


def _names(reading: Reading, rows: Sequence[Row]) -> list[str]:
    columns = list(dict.fromkeys(name for row in rows for name in row.values))
    holding = name_column(columns)
    if holding is None and len(rows) > 1:
        reading.refuse("no_name_column", {"columns": listed(map(clean_name, columns)) or "-"})
    names = [_text(row.values.get(holding)) if holding else "" for row in rows]
    if len(rows) == 1:
        return [names[0] or clean_name(reading.path.stem)]
    reading.refuse_rows("missing_names", (rows[at] for at, name in enumerate(names) if not name))
    return names


def _text(value: object) -> str:
    if isinstance(value, str):
        return clean_name(value)
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return str(value)
    is_number = isinstance(value, float | np.floating) and math.isfinite(value)
    return f"{value:.15g}" if is_number else ""


def _shapes(reading: Reading, rows: Sequence[Row]) -> list[shapely.MultiPolygon]:
    empty = [row for row in rows if row.shape is None or row.shape.is_empty]
    reading.refuse_rows("empty_geometry", empty)
    whole = {row.number: row.shape for row in rows if row.shape is not None}
    kinds = {number: shape.geom_type for number, shape in whole.items()}
    shapes = {number: polygons_of(shape) for number, shape in whole.items()}
    without = [
        f"{number} ({kinds[number]})" for number, polygons in shapes.items() if polygons.is_empty
    ]
    if without:
        reading.refuse("no_polygon", {"rows": listed(without)})
    for key, odd in (
        ("collection", [number for number, kind in kinds.items() if kind == _COLLECTION]),
        ("heights", [number for number, shape in whole.items() if shape.has_z]),
    ):
        if odd:
            reading.note(key, {"rows": listed(odd)})
    for number, polygons in shapes.items():
        _check_range(reading, number, polygons)
    return [_mended(reading, number, polygons) for number, polygons in shapes.items()]


def _check_range(reading: Reading, number: int, shape: shapely.MultiPolygon) -> None:
    west, south, east, north = (float(side) for side in shapely.bounds(shape))
    values: dict[str, object] = {"row": number, "x": f"{west:.6g}", "y": f"{south:.6g}"}
    if not all(map(math.isfinite, (west, south, east, north))):
        reading.refuse("out_of_range", values)
    x_could_be_latitude = west >= -_POLE and east <= _POLE
    y_is_no_latitude = south < -_POLE or north > _POLE
    if x_could_be_latitude and (y_is_no_latitude or north < _SOUTHERNMOST_TOWN):
        y_could_be_longitude = south >= -_ANTIMERIDIAN and north <= _ANTIMERIDIAN
        reading.refuse("swapped" if y_could_be_longitude else "out_of_range", values)
    if not y_is_no_latitude and astride(np.array([west, east])):
        reading.refuse("meridian", {"origin": file_name(reading.path)})
    if y_is_no_latitude or west < -_ANTIMERIDIAN or east > _ANTIMERIDIAN:
        reading.refuse("out_of_range", values)


def _mended(reading: Reading, number: int, shape: shapely.MultiPolygon) -> shapely.MultiPolygon:
    if shape.is_valid:
        return shape
    valid, change = mended(shape)
    values: dict[str, object] = {
        "row": number,
        "reason": shapely.is_valid_reason(shape),
        "percent": 100 * change,
    }
    whole = shapely.MultiPolygon([part for part in valid.geoms if area_m2(part) >= TOUCH_M2])
    if change > _MOST_CHANGE or whole.is_empty:
        reading.refuse("not_mended", values)
    reading.note("mended", values)
    return whole


def _by_name(
    reading: Reading, names: Sequence[str], shapes: Sequence[shapely.MultiPolygon]
) -> dict[str, shapely.MultiPolygon]:
    pieces: dict[str, list[shapely.MultiPolygon]] = defaultdict(list)
    for name, shape in zip(names, shapes, strict=True):
        pieces[name].append(shape)
    repeated = [name for name, parts in pieces.items() if len(parts) > 1]
    if repeated:
        reading.note("joined", {"names": listed(repeated)})
    return {
        name: parts[0] if len(parts) == 1 else polygons_of(shapely.union_all(parts))
        for name, parts in pieces.items()
    }


def _kind(rows: Sequence[Row]) -> str:
    holding = column((name for row in rows for name in row.values), "kind")
    marks = [row.values.get(holding) for row in rows] if holding else []
    return next((kind for kind in KINDS[1:] if kind in marks), "precise")
