"""From what the user wrote after ``--boundary`` to a boundary."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from reso_geo.boundaries.boundary import Boundary, clean_name
from reso_geo.boundaries.built_in_places import builtin_places, place_named, read_place
from reso_geo.boundaries.from_osm import read_osm
from reso_geo.boundaries.layers import read_layer, read_shapes
from reso_geo.choices import meant
from reso_geo.errors import BoundaryError
from reso_geo.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd
    import shapely

    Named: TypeAlias = Mapping[str, shapely.Geometry]
    BoundarySource: TypeAlias = (
        Boundary | str | os.PathLike[str] | gpd.GeoDataFrame | shapely.Geometry | Named
    )

__all__ = ["read_boundary"]

_OSM = "osm:"
# GDAL and osmium would open these: the network, archives, other drivers (a lone letter before the
# colon is a disk of Windows).
_ELSEWHERE = re.compile(r"[/\\]vsi|[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_LIKE_A_PATH = re.compile(r"[/\\]|\.[a-z0-9]{2,8}$", re.IGNORECASE)


def read_boundary(text: BoundarySource, source: str | os.PathLike[str] | None = None) -> Boundary:
    """Read a boundary: a file, a built-in name, relations of a street source, shapes in memory.

    Parameters
    ----------
    text
        A path to GeoJSON or GeoPackage, each feature a city; a built-in name, in any case, with or
        without accents; or ``osm:NAME``, ``osm:admin_level=8``, ``osm:r1234`` for relations inside
        `source`. A file wins over a built-in name. Or a GeoDataFrame with a column ``name``; one
        polygon, or polygons by name, in longitude and latitude (EPSG:4326).
    source
        The street source: PBF, OSM XML or an Overpass answer. A built-in name takes its precise
        shape from there when the whole relation is in it.

    Returns
    -------
    Boundary
        Named shapes in longitude and latitude (EPSG:4326) that do not overlap.

    Raises
    ------
    BoundaryError
        When nothing of that name exists, or what exists cannot be used; the message says what,
        where and what to do.

    Examples
    --------
    >>> boundary = read_boundary("agglomeration de longueuil")
    >>> boundary.names[0], len(boundary.names), boundary.provisional
    ('Longueuil', 5, True)
    """
    if isinstance(text, Boundary):
        return text
    if not isinstance(text, str | os.PathLike):
        return read_shapes(text)
    text = os.fspath(text)
    source = None if source is None else Path(source)
    wanted = text.replace("\0", "").strip()
    if wanted[: len(_OSM)].lower() == _OSM:
        return read_osm(clean_name(wanted[len(_OSM) :]), source)
    for path in (Path(text), Path(wanted)):
        if wanted and _holds(path.is_file):
            return read_layer(path)
    if not wanted or _ELSEWHERE.match(wanted):
        raise BoundaryError(Phrase("boundary.elsewhere", {"text": clean_name(wanted)}))
    place = place_named(wanted)
    if place is not None:
        return read_place(place, source)
    if _LIKE_A_PATH.search(wanted) or _holds(path.is_dir):
        return read_layer(path)
    known = [name for each in builtin_places() for name in (each.name, *each.also)]
    values = {"name": clean_name(wanted), "meant": meant(wanted, known)}
    raise BoundaryError(Phrase("boundary.unknown_name", values))


def _holds(ask: Callable[[], bool]) -> bool:
    """Return the answer of a path; False for a name longer than the system allows."""
    try:
        return ask()
    except (OSError, ValueError):
        return False
