"""Features from a GeoJSON or GeoPackage file, moved to longitude and latitude, not yet judged.

The file's first bytes decide what it is, never its extension, so that no other format (one that
points to other files or to the network, for instance) is ever opened. What cannot be read is
refused in the words of the caller: a boundary's differ from a table's.
"""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import shapely
from pyproj import CRS
from pyproj.exceptions import ProjError

from reso_geo.atomic_files import plain_file
from reso_geo.choices import in_a_row
from reso_geo.errors import ResoGeoError
from reso_geo.i18n import Phrase
from reso_geo.tables.fault import shown
from reso_geo.tables.feature_rows import DEGREES, Features, Row, in_degrees, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from reso_geo.tables.feature_rows import Refusing

__all__ = [
    "fields_of",
    "first_bytes_of",
    "is_geojson",
    "is_geopackage",
    "layers_note",
    "layers_of",
    "read_geojson",
    "read_geopackage",
]

_HEAD = 4096
_SQLITE = b"SQLite format 3\x00"
_GEOPACKAGE_IDS = (b"GPKG", b"GP10", b"GP11")
_ID_AT = 68
_GEOMETRIES = ("Point", "LineString", "Polygon", "GeometryCollection")
_Answer = TypeVar("_Answer")


def first_bytes_of(file: Refusing) -> bytes:
    """Return the first bytes of a file, by which its format is told.

    Parameters
    ----------
    file
        The file.

    Returns
    -------
    bytes
        At most 4,096 bytes, without a UTF-8 byte order mark and leading blanks. A file that is
        missing, a folder, unreadable or empty is refused.
    """
    if file.path.is_dir():
        file.refuse("directory")
    try:
        with file.path.open("rb") as stream:
            head = stream.read(_HEAD)
    except (FileNotFoundError, ValueError):
        file.refuse("missing_file", {"path": " ".join(str(file.path).split())})
    except OSError as error:
        file.refuse("unreadable", {"reason": error})
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head:
        file.refuse("empty_file")
    return head


def is_geojson(head: bytes) -> bool:
    """Return whether a file that begins like this is JSON.

    Parameters
    ----------
    head
        From `first_bytes_of`.

    Returns
    -------
    bool
        True for a JSON object.

    Examples
    --------
    >>> is_geojson(b'{"type": "Feature"}')
    True
    """
    return head.startswith(b"{")


def is_geopackage(head: bytes) -> bool:
    """Return whether a file that begins like this is a GeoPackage.

    Parameters
    ----------
    head
        From `first_bytes_of`.

    Returns
    -------
    bool
        True for an SQLite file with the mark of a GeoPackage.

    Examples
    --------
    >>> is_geopackage(b"<OGRVRTDataSource>")
    False
    """
    return head.startswith(_SQLITE) and head[_ID_AT : _ID_AT + 4] in _GEOPACKAGE_IDS


def read_geojson(file: Refusing) -> Features:
    """Read a GeoJSON file.

    Parameters
    ----------
    file
        One whose first bytes say that it is JSON.

    Returns
    -------
    Features
        In the order of the file. What is no readable GeoJSON is refused.
    """
    document = _json_document(file)
    rows = []
    for number, feature in enumerate(_features(file, document), 1):
        values = feature.get("properties")
        shape = _geometry(file, number, feature.get("geometry"))
        rows.append(Row(number, values if isinstance(values, dict) else {}, shape))
    return in_degrees(file, rows, _json_crs(file, document))


def _json_document(file: Refusing) -> dict[str, object]:
    def not_a_number(text: str) -> NoReturn:
        file.refuse("not_finite", {"rows": text})

    try:
        text = file.path.read_text(encoding="utf-8-sig")
        document: dict[str, object] = json.loads(text, parse_constant=not_a_number)
    except ResoGeoError:
        raise
    except json.JSONDecodeError as error:
        file.refuse("broken_json", {"line": error.lineno, "column": error.colno})
    except (ValueError, OSError, RecursionError):
        file.refuse("broken_text")
    return document


def _features(file: Refusing, document: Mapping[str, object]) -> list[dict[str, object]]:
    kind = str(document.get("type"))
    features: object = []
    if kind == "FeatureCollection":
        features = document.get("features")
    elif kind == "Feature":
        features = [document]
    elif kind.removeprefix("Multi") in _GEOMETRIES:
        features = [{"geometry": document}]
    else:
        file.refuse("not_geojson")
    if not isinstance(features, list) or not all(isinstance(item, dict) for item in features):
        file.refuse("not_geojson")
    return features


def _geometry(file: Refusing, number: int, geometry: object) -> BaseGeometry | None:
    if geometry is None:
        return None
    try:
        return shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.ShapelyError, RecursionError):
        file.refuse("bad_geometry", {"row": number})


def _json_crs(file: Refusing, document: Mapping[str, object]) -> CRS:
    declared = document.get("crs")
    if declared is None:
        return DEGREES
    try:
        return CRS.from_user_input(declared["properties"]["name"])  # type: ignore[index]
    except (ProjError, KeyError, TypeError, ValueError):
        file.refuse("unknown_crs")


def _answered(file: Refusing, ask: Callable[[Path], _Answer]) -> _Answer:
    """Keep GDAL's remarks on odd but readable files, and its SQL, away from the planner."""
    try:
        with warnings.catch_warnings(), plain_file(file.path) as path:
            warnings.simplefilter("ignore")
            return ask(path)
    except (RuntimeError, ValueError, OSError, ProjError, shapely.errors.ShapelyError):
        file.refuse("broken_geopackage")


def layers_of(file: Refusing) -> dict[str, str]:
    """List the layers of a GeoPackage.

    Parameters
    ----------
    file
        One whose first bytes say that it is a GeoPackage.

    Returns
    -------
    dict of str to str
        The kind of geometry by layer, in lower case; ``none`` for a table without one.
    """
    import pyogrio  # noqa: PLC0415 - loads geopandas, which most commands can do without

    layers = _answered(file, pyogrio.list_layers)
    return {str(name): str(kind).lower() for name, kind in layers}


def fields_of(file: Refusing, layer: str) -> list[str]:
    """List the columns of a layer.

    Parameters
    ----------
    file
        A GeoPackage.
    layer
        One of its layers.

    Returns
    -------
    list of str
        Without the geometry.
    """
    import pyogrio  # noqa: PLC0415 - as above

    info = _answered(file, lambda path: pyogrio.read_info(path, layer))
    return [str(name) for name in info["fields"]]


def layers_note(layers: Mapping[str, str]) -> Phrase | str:
    """List layers with their kinds, for a person to choose from.

    Parameters
    ----------
    layers
        From `layers_of`.

    Returns
    -------
    Phrase or str
        Empty for none.

    Examples
    --------
    >>> str(layers_note({"cities": "multipolygon", "notes": "none"}))
    'cities (areas), notes (table without shapes)'
    """
    return in_a_row(
        Phrase("table.layer", {"name": shown(name), "kind": Phrase(f"table.layer.{_kind(kind)}")})
        for name, kind in layers.items()
    )


def _kind(kind: str) -> str:
    return next((word for word in ("point", "line", "polygon", "none") if word in kind), "mixed")


def read_geopackage(
    file: Refusing,
    layer: str,
    wanted: Sequence[str],
    *,
    assumed: str | None = None,
    encoding: str | None = None,
) -> Features:
    """Read a layer of a GeoPackage, or of another file that its first bytes tell beyond doubt.

    Parameters
    ----------
    file
        The file.
    layer
        One of its layers.
    wanted
        The columns to read; no other leaves the file.
    assumed
        The coordinate system of shapes without one; None to refuse them.
    encoding
        Of its texts; None where the file says.

    Returns
    -------
    Features
        In the order of the layer. Shapes without a coordinate system are refused.
    """
    meta, cells, shapes, crs = _answered(
        file, lambda path: _layer_parts(path, layer, wanted, encoding)
    )
    if crs is None and assumed is not None:
        crs = CRS.from_user_input(assumed)
    if crs is None or crs.name.lower().startswith("undefined"):
        file.refuse("no_crs", {"layer": layer})
    read = dict(zip(map(str, meta["fields"]), cells, strict=True))
    return in_degrees(file, rows_of(read, shapes), crs)


def _layer_parts(
    path: Path, layer: str, wanted: Sequence[str], encoding: str | None
) -> tuple[Any, Any, list[BaseGeometry | None], CRS | None]:
    """Return what pyogrio says of a layer; a table without geometry needs no coordinate system."""
    import pyogrio  # noqa: PLC0415 - as above

    meta, ids, points, cells = pyogrio.raw.read(
        path, layer, columns=list(wanted), return_fids=True, encoding=encoding
    )
    if points is None:
        return meta, cells, [None] * len(ids), DEGREES
    crs = CRS.from_user_input(meta["crs"]) if meta["crs"] else None
    return meta, cells, list(shapely.from_wkb(points)), crs
