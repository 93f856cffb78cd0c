"""Anchors onto segments: places that an officer visits, and the time that takes."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from reso_geo.errors import TableError
from reso_geo.words import Phrase

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork

__all__ = ["Anchors", "no_anchors", "place_anchors", "read_anchors", "read_seats", "stop_seconds"]

_COLUMNS = ("name", "kind", "visits_per_week", "minutes")
_FAR_M = 500.0
_MOST_VISITS, _MOST_MINUTES, _MOST_POSTS = 100.0, 1440.0, 100_000.0


@dataclass(frozen=True)
class Anchors:
    """Places to visit; arrays of shape (a,), read-only.

    Attributes
    ----------
    name, kind
        object (str).
    visits_per_week, minutes
        float64, not negative.
    lon, lat
        float64, degrees (EPSG:4326).
    """

    name: NDArray[np.object_]
    kind: NDArray[np.object_]
    visits_per_week: NDArray[np.float64]
    minutes: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        arrays = (self.name, self.kind, self.visits_per_week, self.minutes, self.lon, self.lat)
        for array in arrays:
            array.flags.writeable = False

    def __len__(self) -> int:
        """Give the number of anchors."""
        return len(self.name)


def no_anchors() -> Anchors:
    """Give an empty table.

    Returns
    -------
    Anchors
        Without a row.

    Examples
    --------
    >>> len(no_anchors())
    0
    """
    text, number = np.empty(0, dtype=object), np.empty(0)
    return Anchors(text, text.copy(), number, number.copy(), number.copy(), number.copy())


def read_anchors(path: Path) -> Anchors:
    """Read anchors from GeoJSON or CSV; only the known columns are kept.

    Parameters
    ----------
    path
        GeoJSON with points, or CSV (comma or semicolon, decimal point or comma, UTF-8 with or
        without a mark) with ``lon`` and ``lat``. Columns: ``name``, ``kind``,
        ``visits_per_week``, ``minutes``.

    Returns
    -------
    Anchors
        In the order of the file.

    Raises
    ------
    TableError
        When the file cannot be read, a column is missing, or a row cannot be used.

    Examples
    --------
    >>> from reso_geo.files import data_file
    >>> len(read_anchors(data_file("sample/anchors.geojson"))) > 10
    True
    """
    table = _opened(path, (*_COLUMNS, "lon", "lat"))
    visits = _numbers(table, "visits_per_week", path, (0.0, _MOST_VISITS))
    minutes = _numbers(table, "minutes", path, (0.0, _MOST_MINUTES))
    lon = _numbers(table, "lon", path, (-180.0, 180.0))
    lat = _numbers(table, "lat", path, (-90.0, 90.0))
    texts = table[list(_COLUMNS[:2])].fillna("").astype(str)
    name, kind = (texts[c].to_numpy(dtype=object, copy=True) for c in _COLUMNS[:2])
    return Anchors(name, kind, visits, minutes, lon, lat)


def read_seats(path: Path) -> dict[str, int]:
    """Read the posts of each city from CSV with the columns ``city`` and ``posts``.

    Parameters
    ----------
    path
        Comma or semicolon between the columns, UTF-8 with or without a mark.

    Returns
    -------
    dict of str to int
        Posts by city.

    Raises
    ------
    TableError
        When the file cannot be read, a column is missing, or a row cannot be used.
    """
    table = _opened(path, ("city", "posts"))
    posts = _numbers(table, "posts", path, (0.0, _MOST_POSTS))
    return {str(city).strip(): int(count) for city, count in zip(table["city"], posts, strict=True)}


def _opened(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """Read a table and check that it has the columns that are needed."""
    try:
        table = _read_geojson(path) if path.suffix.lower().endswith("json") else _read_csv(path)
    except OSError as error:
        raise TableError(
            Phrase("demand.unreadable", {"path": path, "why": error.strerror or error})
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise TableError(Phrase("demand.not_a_table", {"path": path, "why": error})) from error
    missing = [column for column in columns if column not in table.columns]
    if missing:
        values = {
            "path": path,
            "missing": ", ".join(missing),
            "found": ", ".join(map(str, table.columns)),
        }
        raise TableError(Phrase("demand.no_column", values))
    return table


def _read_geojson(path: Path) -> pd.DataFrame:
    features = json.loads(path.read_bytes())["features"]
    rows = []
    for feature in features:
        point = shapely.geometry.shape(feature["geometry"]).representative_point()
        rows.append({**feature["properties"], "lon": point.x, "lat": point.y})
    return pd.DataFrame(rows, columns=None if rows else [*_COLUMNS, "lon", "lat"])


def _read_csv(path: Path) -> pd.DataFrame:
    text = path.read_text(encoding="utf-8-sig")
    separator = ";" if ";" in text.partition("\n")[0] else ","
    return pd.read_csv(io.StringIO(text), sep=separator, dtype=str, skipinitialspace=True)


def _numbers(
    table: pd.DataFrame, column: str, path: Path, within: tuple[float, float]
) -> NDArray[np.float64]:
    """Read a column of numbers (decimal point or comma); name the first row that has none."""
    text = table[column].astype(str).str.strip().str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(text, errors="coerce").to_numpy(dtype=np.float64, copy=True)
    bad = np.flatnonzero(~((numbers >= within[0]) & (numbers <= within[1])))
    if len(bad):
        values = {
            "path": path,
            "row": int(bad[0]) + 1,
            "column": column,
            "value": str(table[column].iloc[bad[0]]),
            "low": within[0],
            "high": within[1],
        }
        raise TableError(Phrase("demand.bad_number", values))
    return numbers


def place_anchors(network: StreetNetwork, anchors: Anchors) -> NDArray[np.int64]:
    """Give each anchor the nearest segment that patrol must pass.

    Parameters
    ----------
    network
        Segments placed in cities.
    anchors
        Places in degrees.

    Returns
    -------
    ndarray of int64, shape (a,)
        Segment, or -1 for an anchor more than 500 m from any.
    """
    if not len(anchors):
        return np.empty(0, dtype=np.int64)
    required = np.flatnonzero(network.required)
    move = Transformer.from_crs("EPSG:4326", network.crs, always_xy=True)
    points = shapely.points(*move.transform(anchors.lon, anchors.lat))
    tree = shapely.STRtree(network.geometry[required])
    which, nearest = tree.query_nearest(points, max_distance=_FAR_M, all_matches=False)
    segment = np.full(len(anchors), -1, dtype=np.int64)
    segment[which] = required[nearest]
    return segment


def stop_seconds(
    network: StreetNetwork, anchors: Anchors, segment: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Give the weekly seconds of visits on each segment.

    Parameters
    ----------
    network
        The streets.
    anchors
        Places with visits per week and minutes.
    segment
        int64, shape (a,): from `place_anchors`.

    Returns
    -------
    ndarray of float64, shape (m,)
        Seconds per week.
    """
    placed = segment >= 0
    weekly = (anchors.visits_per_week * anchors.minutes * 60.0)[placed]
    return np.bincount(segment[placed], weights=weekly, minlength=len(network)).astype(np.float64)
