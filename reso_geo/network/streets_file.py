"""Streets kept beside a plan, so that the next plan on the same ground starts at once.

The file is a GeoPackage that QGIS opens: segments, junctions, and all else as JSON. It is trusted
only when its digest matches what it holds; it is never needed, since its source can be read again.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass, fields, is_dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from reso_geo.atomic_files import plain_file, sha256_of
from reso_geo.boundaries import Boundary, parts_of
from reso_geo.errors import NetworkError
from reso_geo.i18n import Phrase
from reso_geo.network.barriers import Barriers
from reso_geo.network.basemap import Basemap
from reso_geo.network.street_network import Dropped, StreetNetwork
from reso_geo.osm import LandArea, NamedPlace, Source
from reso_geo.output_files import output_file
from reso_geo.settings import StreetRules

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CityStreets", "is_streets_file", "load_streets", "save_streets", "streets_key"]

_FORMAT = 7
_KIND = "@"
_RECORDS = {
    record.__name__: record
    for record in (
        Barriers,
        Basemap,
        Boundary,
        Dropped,
        LandArea,
        NamedPlace,
        Phrase,
        Source,
        StreetRules,
    )
}
_NODE = "node_"
_UNREADABLE = (
    OSError, OverflowError, KeyError, ValueError, TypeError, IndexError, AttributeError,
    RuntimeError, sqlite3.Error, shapely.errors.ShapelyError,
)  # fmt: skip


@dataclass(frozen=True)
class CityStreets:
    """Streets placed in their cities.

    Attributes
    ----------
    network
        From `reso_geo.load_network`.
    boundary
        The cities it was placed in.
    """

    network: StreetNetwork
    boundary: Boundary


def streets_key(source: Path, boundary: str, rules: StreetRules) -> str:
    """Return the digest of all that streets depend on.

    Parameters
    ----------
    source
        The street source.
    boundary
        What was asked for: a file, a built-in name, or ``osm:...`` inside the source.
    rules
        Which streets are required.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    OSError
        When a file cannot be read.

    Examples
    --------
    >>> from reso_geo.atomic_files import data_file
    >>> from reso_geo.settings import load_settings
    >>> sample = data_file("sample/sample.osm.pbf")
    >>> len(streets_key(sample, "osm:admin_level=8", load_settings().streets))
    64
    """
    path = Path(boundary)
    content = [sha256_of(part) for part in parts_of(path)] if path.is_file() else []
    place = [path.name, *content] if content else [boundary]
    parts = [_FORMAT, version("reso_geo"), source.name, sha256_of(source), place, asdict(rules)]
    return hashlib.sha256(json.dumps(parts, default=sorted).encode()).hexdigest()


def save_streets(streets: CityStreets, path: Path, key: str) -> None:
    """Write streets for `load_streets`.

    Parameters
    ----------
    streets
        What to keep.
    path
        The ``.gpkg`` file to make or replace; the old one stands until the new one is whole.
    key
        From `streets_key`.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    import geopandas as gpd  # noqa: PLC0415 - slow to load, and only files need it
    import pandas as pd  # noqa: PLC0415
    import pyogrio  # noqa: PLC0415

    network = streets.network
    own = {f.name: getattr(network, f.name) for f in fields(network)}
    arrays = {name: value for name, value in own.items() if isinstance(value, np.ndarray)}
    rest = {name: value for name, value in own.items() if name not in arrays}
    record = json.dumps(
        {
            "key": key,
            "boundary": _plain(streets.boundary),
            "types": {name: str(value.dtype) for name, value in arrays.items()},
            "rest": {name: _plain(value) for name, value in rest.items()},
        }
    )
    segments = {name: value for name, value in arrays.items() if not name.startswith(_NODE)}
    junctions = {name: value for name, value in arrays.items() if name.startswith(_NODE)}
    lines, spots = segments.pop("geometry"), shapely.points(junctions.pop("node_xy"))
    info = pd.DataFrame({"digest": [_digest(record, arrays)], "record": [record]})
    with output_file(path) as aside:
        for layer, columns, shapes in (
            ("segments", segments, lines),
            ("junctions", junctions, spots),
        ):
            table = gpd.GeoDataFrame(columns, geometry=shapes, crs=network.crs)
            pyogrio.write_dataframe(table, aside, layer=layer, driver="GPKG")
        pyogrio.write_dataframe(info, aside, layer="streets_info", driver="GPKG")


def is_streets_file(path: Path) -> bool:
    """Return whether a file holds kept streets, whole or not.

    Parameters
    ----------
    path
        Any file.

    Returns
    -------
    bool
        True for a database with their table.

    Examples
    --------
    >>> is_streets_file(Path("no such file.gpkg"))
    False
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
            tables = base.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    except (sqlite3.Error, OSError, ValueError):
        return False
    return ("streets_info",) in tables


def load_streets(path: Path, key: str | None = None) -> CityStreets:
    """Read streets back, exactly as they were.

    Parameters
    ----------
    path
        A file that `save_streets` wrote.
    key
        From `streets_key`; None to take them whatever they were kept for.

    Returns
    -------
    CityStreets
        The same arrays, value for value.

    Raises
    ------
    NetworkError
        When the file is missing, damaged or edited, or was written for another key.
    """
    try:
        return _load(path, key)
    except _UNREADABLE as error:
        raise NetworkError(Phrase("network.streets_damaged", {"path": path})) from error


def _load(path: Path, key: str | None) -> CityStreets:
    import geopandas as gpd  # noqa: PLC0415 - as above

    with plain_file(path) as plain:
        # SQLite itself is asked first: GDAL complains on standard error about what is no database.
        with closing(sqlite3.connect(f"{plain.as_uri()}?mode=ro", uri=True)) as base:
            digest, record = base.execute("SELECT digest, record FROM streets_info").fetchone()
        held = json.loads(record)
        layers = ("segments", "junctions")
        segments, junctions = (gpd.read_file(plain, layer=name) for name in layers)
    found: dict[str, Any] = {}
    for name, kind in held["types"].items():
        if name == "geometry":
            found[name] = segments.geometry.to_numpy().copy()
        elif name == "node_xy":
            found[name] = shapely.get_coordinates(junctions.geometry.to_numpy())
        else:
            table = junctions if name.startswith(_NODE) else segments
            found[name] = table[name].to_numpy(dtype=np.dtype(kind), copy=True)
    if key not in (None, held["key"]) or digest != _digest(record, found):
        message = "the digest does not match"
        raise ValueError(message)
    rest = {name: _back(value) for name, value in held["rest"].items()}
    return CityStreets(StreetNetwork(**found, **rest), _back(held["boundary"]))


def _digest(record: str, arrays: dict[str, NDArray[Any]]) -> str:
    """Return the SHA-256 of all that is kept, value for value."""
    digest = hashlib.sha256(record.encode())
    for name in sorted(arrays):
        values = arrays[name]
        digest.update(f"{name} {values.dtype} {values.shape} ".encode())
        if name == "geometry":
            digest.update(b"".join(shapely.to_wkb(values)))
        elif values.dtype == object:
            digest.update(json.dumps(values.tolist()).encode())
        else:
            digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def _plain(value: object) -> object:
    """Return a record's part as JSON can hold it; whatever else a sentence names, as its text."""
    if isinstance(value, shapely.Geometry):
        return {_KIND: "wkb", "hex": shapely.to_wkb(value, hex=True)}
    if is_dataclass(value) and type(value).__name__ in _RECORDS:
        parts = {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        return {_KIND: type(value).__name__, **parts}
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, np.generic):
        return value.item()
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _back(value: Any) -> Any:  # noqa: ANN401 - any part of a record
    if isinstance(value, list):
        return tuple(_back(part) for part in value)
    if not isinstance(value, dict):
        return value
    parts = {name: _back(part) for name, part in value.items() if name != _KIND}
    if value.get(_KIND) == "wkb":
        return shapely.from_wkb(parts["hex"])
    return _RECORDS[value[_KIND]](**parts) if _KIND in value else parts
