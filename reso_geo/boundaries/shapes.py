"""Polygons as boundaries need them: areas on the ground, mended rings, overlaps.

Coordinates are longitude and latitude (EPSG:4326) unless said; areas are geodesic, so that no
projection has to be chosen for a place that may lie anywhere.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Geod, Transformer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = [
    "NARROW_M", "TOUCH_M2", "apart", "area_m2", "astride", "mended", "moved", "overlaps",
    "polygons_of",
]  # fmt: skip

TOUCH_M2 = 1.0
"""Two neighbours may share this much ground, and no piece of a boundary is smaller: rounding."""

NARROW_M = 5.0
"""A gap or overlap of two cities that is narrower changes nothing: one line from two sources."""
_DEGREE_M = 111_320.0
_HALF_TURN, _MOST_PAST = 180.0, 5.0
"""Degrees; farther out there is no longitude that somebody went on counting."""


@cache
def _ellipsoid() -> Geod:
    return Geod(ellps="WGS84")


def area_m2(shape: BaseGeometry) -> float:
    """Return the ground area of a shape, lines and points counting for nothing.

    Parameters
    ----------
    shape
        Any geometry in longitude and latitude.

    Returns
    -------
    float
        Square metres on the WGS 84 ellipsoid.

    Examples
    --------
    >>> round(area_m2(shapely.box(8.0, 47.0, 8.01, 47.01)))
    845443
    """
    return sum(
        abs(_ellipsoid().geometry_area_perimeter(shapely.orient_polygons(polygon))[0])
        for polygon in polygons_of(shape).geoms
    )


def moved(shapes: Any, before: str, after: str) -> Any:  # noqa: ANN401 - any shapes, same kind back
    """Return shapes in another coordinate reference system, heights left out.

    Parameters
    ----------
    shapes
        A geometry, or an array of geometries.
    before, after
        The CRS they have, and the one to bring them into.

    Returns
    -------
    geometry or ndarray of object (shapely)
        Of the same kind.
    """
    move: Any = Transformer.from_crs(before, after, always_xy=True).transform
    return shapely.transform(shapes, move, interleaved=False)


def polygons_of(shape: BaseGeometry) -> shapely.MultiPolygon:
    """Keep the polygons of a geometry, from inside collections too, without heights.

    Parameters
    ----------
    shape
        Any geometry.

    Returns
    -------
    shapely.MultiPolygon
        Its non-empty polygons; empty when it holds none.

    Examples
    --------
    >>> polygons_of(shapely.GeometryCollection([shapely.Point(0, 0), shapely.box(0, 0, 1, 1)]))
    <MULTIPOLYGON (((1 0, 1 1, 0 1, 0 0, 1 0)))>
    """
    return shapely.MultiPolygon(list(_polygons(shapely.force_2d(shape))))


def _polygons(shape: BaseGeometry) -> Iterator[shapely.Polygon]:
    if isinstance(shape, shapely.Polygon):
        if not shape.is_empty:
            yield shape
    elif isinstance(shape, shapely.GeometryCollection | shapely.MultiPolygon):
        for part in shape.geoms:
            yield from _polygons(part)


def mended(shape: shapely.MultiPolygon) -> tuple[shapely.MultiPolygon, float]:
    """Make an invalid shape valid and say how much of its area that changed.

    Parameters
    ----------
    shape
        Polygons in any plane coordinates.

    Returns
    -------
    tuple of shapely.MultiPolygon and float
        The valid shape, and the change as a share of the larger area, 0 to 1.

    Examples
    --------
    >>> bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    >>> mended(shapely.MultiPolygon([bow_tie]))[1]
    1.0
    """
    valid = polygons_of(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    before, after = shape.area, valid.area
    larger = max(before, after)
    return valid, abs(after - before) / larger if larger > 0 else 1.0


def overlaps(shapes: Sequence[shapely.MultiPolygon]) -> list[tuple[int, int, float]]:
    """List the pairs of shapes that share ground.

    Parameters
    ----------
    shapes
        Valid shapes in longitude and latitude.

    Returns
    -------
    list of tuple
        Two positions, the lower first, and the shared area in square metres, more than
        `TOUCH_M2`; in the order of the positions.

    Examples
    --------
    >>> left, right = shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)
    >>> [pair[:2] for pair in overlaps([polygons_of(left), polygons_of(right)])]
    [(0, 1)]
    """
    tree = shapely.STRtree(shapes)
    pairs = sorted(
        (int(one), int(other))
        for one, other in tree.query(shapes, predicate="intersects").T
        if one < other
    )
    shared = ((i, j, area_m2(shapely.intersection(shapes[i], shapes[j]))) for i, j in pairs)
    return [found for found in shared if found[2] > TOUCH_M2]


def apart(
    shapes: Sequence[shapely.MultiPolygon], names: Sequence[str]
) -> tuple[shapely.MultiPolygon, ...]:
    """Assign ground that two shapes share to the first by name, where it is a narrow strip.

    Parameters
    ----------
    shapes
        Valid shapes in longitude and latitude.
    names
        Of the shapes.

    Returns
    -------
    tuple of shapely.MultiPolygon
        The same shapes; without the strips narrower than `NARROW_M` of those that come later.

    Examples
    --------
    >>> left, right = shapely.box(0, 0, 2.00001, 1), shapely.box(2, 0, 4, 1)
    >>> [shape.bounds[2] for shape in apart([polygons_of(left), polygons_of(right)], "BA")]
    [2.0, 4.0]
    """
    found = list(shapes)
    for one, other, _ in overlaps(shapes):
        first, later = sorted((one, other), key=lambda at: names[at])
        strip = polygons_of(shapely.intersection(found[first], found[later]))
        rest = polygons_of(shapely.difference(found[later], found[first]))
        if not strip.is_empty and _is_narrow(strip) and not rest.is_empty:
            found[later] = rest
    return tuple(found)


def _is_narrow(strip: shapely.MultiPolygon) -> bool:
    """Return whether no circle of the width `NARROW_M` fits into a shape."""
    lat = np.radians(strip.centroid.y)
    metres = shapely.transform(strip, lambda xy: xy * _DEGREE_M * [np.cos(lat), 1.0])
    return bool(shapely.is_empty(shapely.buffer(metres, -NARROW_M / 2.0)))


def astride(lon: NDArray[np.float64]) -> bool:
    """Return whether places lie on both sides of the 180th meridian.

    Parameters
    ----------
    lon
        Degrees.

    Returns
    -------
    bool
        Also when a longitude goes on past 180 degrees by a few.

    Examples
    --------
    >>> astride(np.array([179.9, -179.9])), astride(np.array([8.6, 8.7]))
    (True, False)
    """
    west, east = float(np.min(lon, initial=0.0)), float(np.max(lon, initial=0.0))
    past = _HALF_TURN < max(-west, east) <= _HALF_TURN + _MOST_PAST
    return past or (west < -_HALF_TURN / 2 and east > _HALF_TURN / 2)
