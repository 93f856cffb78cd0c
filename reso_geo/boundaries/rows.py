"""Features of a boundary file, moved to longitude and latitude, not yet judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.boundaries.exchange import (
    SHAPEFILE_ENDS,
    ZIP,
    is_kml,
    is_shapefile,
    read_kml,
    read_shapefile,
    read_zipped,
)
from reso_geo.boundaries.reading import Reading
from reso_geo.tables.feature_rows import Row
from reso_geo.tables.features import (
    fields_of,
    first_bytes_of,
    is_geojson,
    is_geopackage,
    layers_note,
    layers_of,
    read_geojson,
    read_geopackage,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["Reading", "Row", "column", "first_bytes", "name_column", "read_rows"]

_NAME_COLUMNS = ("name", "nom")
_SURFACES = ("polygon", "surface", "collection", "unknown")


def first_bytes(path: Path) -> bytes:
    """Return the first bytes of a file, by which its format is told.

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
    >>> from reso_geo.atomic_files import data_file
    >>> first_bytes(data_file("boundaries/outlines.geojson"))[:1]
    b'{'
    """
    return first_bytes_of(Reading(path))


def read_rows(
    reading: Reading, columns: Sequence[str] = (), layer: str = "boundaries"
) -> list[Row]:
    """Read the features of a GeoJSON, GeoPackage, KML or shapefile, or of one in a zip archive.

    Parameters
    ----------
    reading
        The file, and where its notes are kept.
    columns
        Those whose values are asked for besides names and kinds; in a GeoPackage and in KML no
        others are read.
    layer
        The layer that is read of a GeoPackage with several.

    Returns
    -------
    list of Row
        In the order of the file, in longitude and latitude (EPSG:4326).

    Raises
    ------
    BoundaryError
        When the file is none of these, is damaged, has no coordinate system or holds coordinates
        that are no numbers.

    Examples
    --------
    >>> from reso_geo.atomic_files import data_file
    >>> read_rows(Reading(data_file("boundaries/outlines.geojson")))[0].number
    1
    """
    head = first_bytes(reading.path)
    if is_geojson(head):
        return read_geojson(reading).rows
    if is_geopackage(head):
        return _read_geopackage(reading, columns, layer)
    if is_shapefile(head) and reading.path.suffix.lower() in SHAPEFILE_ENDS:
        return read_shapefile(reading)
    if head.startswith(ZIP):
        return read_zipped(reading)
    if head.startswith(b"<") and is_kml(reading.path):
        return read_kml(reading)
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
        A name.

    Returns
    -------
    str or None
        The column as the file writes it.

    Examples
    --------
    >>> column(["Kind", "kind"], "kind")
    'kind'
    """
    matching = [name for name in columns if name.strip().casefold() == wanted.strip().casefold()]
    return wanted if wanted in matching else next(iter(matching), None)


def _read_geopackage(reading: Reading, asked: Sequence[str], usual: str) -> list[Row]:
    layer = _layer(reading, usual)
    columns = fields_of(reading, layer)
    known = [name_column(columns), *(column(columns, each) for each in ("kind", *asked))]
    wanted = [name for name in dict.fromkeys(known) if name]
    unread = dict.fromkeys(columns)
    rows = read_geopackage(reading, layer, wanted).rows
    return [Row(row.number, unread | dict(row.values), row.shape) for row in rows]


def _layer(reading: Reading, usual: str) -> str:
    layers = layers_of(reading)
    if usual in layers:
        return usual
    surfaces = [name for name, kind in layers.items() if any(word in kind for word in _SURFACES)]
    if len(surfaces) == 1:
        return surfaces[0]
    reading.refuse(
        "which_layer" if surfaces else "no_layer", {"layers": layers_note(layers) or "-"}
    )
    return None
