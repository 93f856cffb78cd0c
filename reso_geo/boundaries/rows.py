"""Features from a GeoJSON or GeoPackage file, moved to longitude and latitude, not yet judged.

The file's first bytes decide what it is, never its extension, so that no other format (one that
points to other files or to the network, for instance) is ever opened.
"""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import pyogrio
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from reso_geo.boundaries.record import file_name, one_line
from reso_geo.errors import BoundaryError
from reso_geo.words import Phrase, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

__all__ = ["Reading", "Row", "column", "first_bytes", "name_column", "read_rows"]

_HEAD = 4096
_SQLITE = b"SQLite format 3\x00"
_GEOPACKAGE_IDS = (b"GPKG", b"GP10", b"GP11")
_ID_AT = 68
_NAME_COLUMNS = ("name", "nom")
_LAYER = "boundaries"
_SURFACES = ("polygon", "surface", "collection", "unknown")
_GEOMETRIES = ("Point", "LineString", "Polygon", "GeometryCollection")


@dataclass(frozen=True)
class Row:
    """A feature: its place in the file counted from 1, its values by column, its geometry."""

    number: int
    values: Mapping[str, object]
    shape: BaseGeometry | None


@dataclass
class Reading:
    """What is known while one file is read: its path for the messages, and the notes so far."""

    path: Path
    notes: list[Phrase] = field(default_factory=list)

    def refuse(self, key: str, values: Mapping[str, object] | None = None) -> NoReturn:
        """Raise a BoundaryError that names the file.

        Parameters
        ----------
        key
            Of the catalogue, without its first part.
        values
            What goes into the sentence besides the file.

        Raises
        ------
        BoundaryError
            Always.
        """
        where = {"file": file_name(self.path)}
        raise BoundaryError(Phrase(f"boundary.{key}", where | dict(values or {})))

    def refuse_rows(self, key: str, rows: Iterable[Row]) -> None:
        """Raise a BoundaryError that names the file and these rows, if there are any.

        Parameters
        ----------
        key
            Of the catalogue, without its first part.
        rows
            Those that cannot be used.

        Raises
        ------
        BoundaryError
            When there is a row.
        """
        numbers = [row.number for row in rows]
        if numbers:
            self.refuse(key, {"rows": listed(numbers)})

    def note(self, key: str, values: Mapping[str, object]) -> None:
        """Keep a note on what was repaired or assumed.

        Parameters
        ----------
        key
            Of the catalogue, without its first part.
        values
            What goes into the sentence besides the file.
        """
        where = {"file": file_name(self.path)}
        self.notes.append(Phrase(f"boundary.note.{key}", where | dict(values)))


def first_bytes(path: Path) -> bytes:
    """Give the first bytes of a file, by which its format is told.

    Parameters
    ----------
    path
        A file.

    Returns
    -------
    bytes
        At most 4,096 bytes, without a byte order mark and leading blanks.

    Raises
    ------
    BoundaryError
        When the file is missing, a folder, unreadable or empty.

    Examples
    --------
    >>> from reso_geo.files import data_file
    >>> first_bytes(data_file("boundaries/outlines.geojson"))[:1]
    b'{'
    """
    reading = Reading(path)
    if path.is_dir():
        reading.refuse("directory")
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except FileNotFoundError:
        reading.refuse("missing_file", {"path": one_line(str(path))})
    except OSError as error:
        reading.refuse("unreadable", {"reason": error.strerror or type(error).__name__})
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head:
        reading.refuse("empty_file")
    return head


def read_rows(reading: Reading) -> list[Row]:
    """Read the features of a file.

    Parameters
    ----------
    reading
        The file, and where its notes are kept.

    Returns
    -------
    list of Row
        In the order of the file, in longitude and latitude (EPSG:4326).

    Raises
    ------
    BoundaryError
        When the file is no readable GeoJSON or GeoPackage, has no coordinate system or holds
        coordinates that are no numbers.

    Examples
    --------
    >>> from reso_geo.files import data_file
    >>> read_rows(Reading(data_file("boundaries/outlines.geojson")))[0].number
    1
    """
    head = first_bytes(reading.path)
    if head.startswith(b"{"):
        return _read_geojson(reading)
    if head.startswith(_SQLITE) and head[_ID_AT : _ID_AT + 4] in _GEOPACKAGE_IDS:
        return _read_geopackage(reading)
    reading.refuse("web_page" if head.startswith(b"<") else "unknown_format")
    return None


def name_column(columns: Iterable[str]) -> str | None:
    """Find the column that holds the names: ``name``, else ``nom``, in any case.

    Parameters
    ----------
    columns
        The columns of a file.

    Returns
    -------
    str or None
        The column as the file writes it.

    Examples
    --------
    >>> name_column(["id", "NOM"])
    'NOM'
    """
    known = list(columns)
    found = (column(known, wanted) for wanted in _NAME_COLUMNS)
    return next((name for name in found if name is not None), None)


def column(columns: Iterable[str], wanted: str) -> str | None:
    """Find a column by its name in any case; the exact spelling goes first.

    Parameters
    ----------
    columns
        The columns of a file.
    wanted
        A name in lower case.

    Returns
    -------
    str or None
        The column as the file writes it.

    Examples
    --------
    >>> column(["Kind", "kind"], "kind")
    'kind'
    """
    matching = [name for name in columns if name.strip().casefold() == wanted]
    return wanted if wanted in matching else next(iter(matching), None)


def _read_geojson(reading: Reading) -> list[Row]:
    document = _json_document(reading)
    rows = []
    for number, feature in enumerate(_features(reading, document), 1):
        values = feature.get("properties")
        shape = _geometry(reading, number, feature.get("geometry"))
        rows.append(Row(number, values if isinstance(values, dict) else {}, shape))
    return _moved(reading, rows, _json_crs(reading, document))


def _json_document(reading: Reading) -> dict[str, object]:
    def not_a_number(text: str) -> NoReturn:
        reading.refuse("not_finite", {"rows": text})

    try:
        text = reading.path.read_text(encoding="utf-8-sig")
        document: dict[str, object] = json.loads(text, parse_constant=not_a_number)
    except BoundaryError:
        raise
    except json.JSONDecodeError as error:
        reading.refuse("broken_json", {"line": error.lineno, "column": error.colno})
    except (ValueError, OSError, RecursionError):
        reading.refuse("broken_text")
    return document


def _features(reading: Reading, document: Mapping[str, object]) -> list[dict[str, object]]:
    kind = str(document.get("type"))
    features: object = []
    if kind == "FeatureCollection":
        features = document.get("features")
    elif kind == "Feature":
        features = [document]
    elif kind.removeprefix("Multi") in _GEOMETRIES:
        features = [{"geometry": document}]
    else:
        reading.refuse("not_geojson")
    if not isinstance(features, list) or not all(isinstance(item, dict) for item in features):
        reading.refuse("not_geojson")
    return features


def _geometry(reading: Reading, number: int, geometry: object) -> BaseGeometry | None:
    if geometry is None:
        return None
    try:
        return shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.ShapelyError, RecursionError):
        reading.refuse("bad_geometry", {"row": number})


def _json_crs(reading: Reading, document: Mapping[str, object]) -> CRS:
    declared = document.get("crs")
    if declared is None:
        return CRS.from_epsg(4326)
    try:
        return CRS.from_user_input(declared["properties"]["name"])  # type: ignore[index]
    except (ProjError, KeyError, TypeError):
        reading.refuse("unknown_crs")


def _read_geopackage(reading: Reading) -> list[Row]:
    try:
        # GDAL's remarks on odd but readable files are not the planner's concern.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            layer = _layer(reading)
            columns = [str(name) for name in pyogrio.read_info(reading.path, layer)["fields"]]
            wanted = [name for name in (name_column(columns), column(columns, "kind")) if name]
            meta, _, points, cells = pyogrio.raw.read(reading.path, layer, columns=wanted)
            shapes = shapely.from_wkb(points)
            crs = CRS.from_user_input(meta["crs"]) if meta["crs"] else None
    except BoundaryError:
        raise
    except (RuntimeError, ValueError, OSError, ProjError, shapely.errors.ShapelyError):
        # GDAL's own words are SQL or raw bytes: of no use to a planner.
        reading.refuse("broken_geopackage")
    if crs is None or crs.name.lower().startswith("undefined"):
        reading.refuse("no_crs", {"layer": layer})
    read = dict(zip((str(name) for name in meta["fields"]), cells, strict=True))
    rows = [
        Row(at + 1, {name: read[name][at] if name in read else None for name in columns}, shape)
        for at, shape in enumerate(shapes)
    ]
    return _moved(reading, rows, crs)


def _layer(reading: Reading) -> str:
    layers = [(str(name), str(kind).lower()) for name, kind in pyogrio.list_layers(reading.path)]
    names = [name for name, _ in layers]
    if _LAYER in names:
        return _LAYER
    surfaces = [name for name, kind in layers if any(word in kind for word in _SURFACES)]
    if len(surfaces) == 1:
        return surfaces[0]
    reading.refuse("which_layer" if surfaces else "no_layer", {"layers": listed(names) or "-"})
    return None


def _moved(reading: Reading, rows: list[Row], crs: CRS) -> list[Row]:
    reading.refuse_rows("not_finite", (row for row in rows if not _is_finite(row.shape)))
    if crs.equals(CRS.from_epsg(4326), ignore_axis_order=True):
        return rows
    try:
        move = Transformer.from_crs(crs, 4326, always_xy=True).transform
    except ProjError:
        reading.refuse("unknown_crs")

    def in_degrees(shape: BaseGeometry | None) -> BaseGeometry | None:
        if shape is None:
            return None
        return shapely.transform(
            shape,
            lambda points: np.column_stack([*move(points[:, 0], points[:, 1]), points[:, 2:]]),
            include_z=shape.has_z,
        )

    return [Row(row.number, row.values, in_degrees(row.shape)) for row in rows]


def _is_finite(shape: BaseGeometry | None) -> bool:
    return shape is None or bool(np.isfinite(shapely.get_coordinates(shape)).all())
