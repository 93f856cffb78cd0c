"""Points that streets of a source lack: said, and refused where they lack inside the place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Geod, Transformer

from reso_geo.boundaries.shapes import moved
from reso_geo.errors import NetworkError
from reso_geo.i18n import Phrase
from reso_geo.network.build import local_crs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.osm import Ways

__all__ = ["check_gaps"]

_GEOD = Geod(ellps="WGS84")
_EDGE_M = 200.0
# Of a place narrower than four times that, a quarter of its width is the edge.
_EDGE_SHARE = 0.25
_MOST_SHARE = 0.01


def check_gaps(ways: Ways, inside: shapely.Geometry | None) -> Ways:
    """Record what points streets lack, and refuse a source that lacks many of them.

    A street counts as lacking where it breaks off inside the place: those that an extract cuts at
    its edge break off outside. Without a boundary, the place is the hull of all points less 200 m,
    and a street without any point lies in it, as it may lie anywhere.

    Parameters
    ----------
    ways
        What a reader of `reso_geo.osm` gave.
    inside
        The cities together, EPSG:4326; None without a boundary.

    Returns
    -------
    Ways
        With a sentence among their notes where streets lack points.

    Raises
    ------
    NetworkError
        When more than 1 % of the streets with a point inside the place lack points.
    """
    gaps = ways.gaps
    cut = np.unique(gaps.way_id)
    if not len(cut) and not gaps.empty:
        return ways
    place = _hull(ways) if inside is None else inside
    held = shapely.contains_xy(place, ways.lon, ways.lat)
    owner = np.repeat(ways.way_id, np.diff(ways.first))
    lacking = np.unique(gaps.way_id[shapely.contains_xy(place, gaps.lon, gaps.lat)])
    streets = len(np.union1d(owner[held], lacking))
    lost = len(lacking)
    if inside is None:
        streets, lost = streets + gaps.empty, lost + gaps.empty
    values = {
        "name": ways.source.name,
        "count": len(cut),
        "km": _length_km(ways, np.isin(owner, cut)),
        "points": gaps.lost,
        "empty": gaps.empty,
        "lost": lost,
        "streets": streets,
        "percent": 100.0 * lost / max(streets, 1),
    }
    if lost > _MOST_SHARE * streets:
        raise NetworkError(Phrase("network.points_lacking", values))
    key = "network.streets_cut_and_empty" if gaps.empty else "network.streets_cut"
    note = Phrase(key if len(cut) else "network.streets_empty", values)
    return replace(ways, notes=(*ways.notes, note))


def _hull(ways: Ways) -> shapely.Geometry:
    """Return the hull of all points less its edge, in EPSG:4326."""
    crs = local_crs(float(np.median(ways.lon)), float(np.median(ways.lat)))
    there = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    spots = np.column_stack(there.transform(ways.lon, ways.lat))
    hull = shapely.convex_hull(shapely.multipoints(spots))
    sides = shapely.get_coordinates(shapely.oriented_envelope(hull))
    width_m = np.hypot(*np.diff(sides[:3], axis=0).T).min(initial=np.inf)
    edge_m = min(_EDGE_M, _EDGE_SHARE * float(width_m)) if len(sides) > 3 else 0.0  # noqa: PLR2004
    place: shapely.Geometry = moved(shapely.buffer(hull, -edge_m), crs, "EPSG:4326")
    return place


def _length_km(ways: Ways, chosen: NDArray[np.bool_]) -> float:
    """Sum the steps between two points in a row that are chosen and of one way."""
    row = np.repeat(np.arange(len(ways)), np.diff(ways.first))
    step = chosen[1:] & chosen[:-1] & (row[1:] == row[:-1])
    a, b = np.flatnonzero(step), np.flatnonzero(step) + 1
    return float(_GEOD.inv(ways.lon[a], ways.lat[a], ways.lon[b], ways.lat[b])[2].sum()) / 1000.0
