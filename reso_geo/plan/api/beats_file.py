"""Beats that exist, read from a file of polygons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reso_geo.boundaries.boundary import clean_name
from reso_geo.boundaries.rows import Reading, column, read_rows
from reso_geo.errors import TableError
from reso_geo.i18n import Phrase, listed
from reso_geo.records import path_of

if TYPE_CHECKING:
    from os import PathLike

    import geopandas as gpd

__all__ = ["id_text", "read_beats"]


def read_beats(
    path: str | PathLike[str],
    id: str = "beat_id",  # noqa: A002 - the word that a frame's user looks for
    name: str | None = None,
) -> tuple[gpd.GeoDataFrame, tuple[Phrase, ...]]:
    """Read polygons of beats for `plan_from_beats`.

    Parameters
    ----------
    path
        A GeoJSON, GeoPackage (such as a plan, whose layer ``beats`` is read), KML or shapefile, or
        one of these in a zip archive.
    id
        The column that holds the ids of beats, in any case.
    name
        The column that holds their names; None for none.

    Returns
    -------
    frame : GeoDataFrame
        Columns `id` and, where it was asked for, `name`, in EPSG:4326; a row a feature.
    notes : tuple of Phrase
        What the file was taken for.

    Raises
    ------
    BoundaryError
        When the file cannot be read.
    TableError
        When a column is missing.
    """
    import geopandas as gpd  # noqa: PLC0415 - slow to load

    reading = Reading(Path(path_of(path)))
    asked = [each for each in (id, name) if each is not None]
    rows = read_rows(reading, asked, "beats")
    there = list(dict.fromkeys(key for row in rows for key in row.values))
    found = {each: column(there, each) for each in asked}
    if missing := [each for each, key in found.items() if key is None]:
        said = {"missing": listed(missing), "found": listed(map(str, there), 20)}
        raise TableError(Phrase("plan.beats_column", said))
    values = {each: [row.values[str(key)] for row in rows] for each, key in found.items()}
    shapes = [row.shape for row in rows]
    return gpd.GeoDataFrame(values, geometry=shapes, crs="EPSG:4326"), tuple(reading.notes)


def id_text(value: object) -> str:
    """Return the id of a beat as text.

    Parameters
    ----------
    value
        As a table has it.

    Returns
    -------
    str
        A whole number without a fraction, which tables with an empty cell give it.

    Examples
    --------
    >>> id_text(7.0), id_text(" GRE-01 ")
    ('7', 'GRE-01')
    """
    return clean_name(f"{value:.15g}" if isinstance(value, float) else str(value))
