"""Streets on a city limit: which city holds them, and what lies between two cities.

Outlines come from several sources and are drawn along streets, so that millimetres would decide who
holds a street. A segment of which `ON_SHARE` lies within `NEAR_M` of a limit is on the limit: it
belongs to the first city by name among those along whose outline it runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["between", "limit_holders", "neighbourhoods_of"]

NEAR_M = 10.0
ON_SHARE = 0.8
_ROUNDING_M = 0.02
"""What seven decimals of a degree and the scale of a projection make of `NEAR_M`, and more."""
_REACH_M = NEAR_M + _ROUNDING_M
_TINY = 1e-6


def limit_holders(
    lines: NDArray[np.object_], shapes: Sequence[shapely.MultiPolygon], names: Sequence[str]
) -> NDArray[np.int64]:
    """Find the segments on a limit, and the city that holds each.

    A city along whose outline less than `ON_SHARE` of the segment lies (one that only touches its
    end, where three cities meet) holds it only when all outlines together make that share.

    Parameters
    ----------
    lines
        object (LineString), shape (m,), in a projected CRS in metres.
    shapes
        Outline of each city, in the same CRS.
    names
        Of the cities.

    Returns
    -------
    ndarray of int64, shape (m,)
        Index of the city, -1 for a segment that is not on a limit.
    """
    holder = np.full(len(lines), -1, dtype=np.int64)
    parts, city = _straight_parts(shapes)
    part, line = shapely.STRtree(parts).query(lines, predicate="dwithin", distance=_REACH_M)[::-1]
    if not len(line):
        return holder
    length_m = shapely.length(lines)
    rank = np.empty(len(names), dtype=np.int64)
    rank[np.argsort(np.array(names, dtype=object), kind="stable")] = np.arange(len(names))
    order = np.lexsort((rank[city[part]], line))
    part, line = part[order], line[order]
    near = np.asarray(shapely.buffer(parts[part], _REACH_M, quad_segs=16), dtype=object)
    at_most_m = shapely.length(shapely.intersection(lines[line], near))
    least_m = ON_SHARE * length_m - _TINY
    may = np.bincount(line, weights=at_most_m, minlength=len(lines)) >= least_m
    part, line = part[may[line]], line[may[line]]
    for rows in np.split(np.arange(len(line)), np.flatnonzero(np.diff(line)) + 1):
        if len(rows):
            at = int(line[rows[0]])
            holder[at] = _first_along(lines[at], parts[part[rows]], city[part[rows]], least_m[at])
    return holder


def neighbourhoods_of(
    lines: NDArray[np.object_], outlines: Mapping[str, shapely.MultiPolygon]
) -> NDArray[np.object_]:
    """Find the neighbourhood of each segment: the smallest around its middle.

    A street along an outline bounds the neighbourhoods on both sides, and lies in neither.

    Parameters
    ----------
    lines
        object (LineString), shape (m,), in a projected CRS in metres.
    outlines
        By name, in the same CRS; they may overlap or nest.

    Returns
    -------
    ndarray of object (str), shape (m,)
        Empty for none.
    """
    found = np.full(len(lines), "", dtype=object)
    tree = shapely.STRtree(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    for name in sorted(outlines, key=lambda each: (-outlines[each].area, each)):
        found[tree.query(outlines[name], predicate="contains")] = name
    found[limit_holders(lines, list(outlines.values()), list(outlines)) >= 0] = ""
    return found


def _first_along(
    line: shapely.Geometry,
    parts: NDArray[np.object_],
    city: NDArray[np.int64],
    least_m: float,
) -> int:
    """Find the first of some cities, in their order, along whose outline a line runs; -1 for none.

    Where no outline alone makes the share and all together do, it is the first of all.
    """
    cities = list(dict.fromkeys(city.tolist()))
    for one in cities:
        if _beside_m(line, parts[city == one]) >= least_m:
            return int(one)
    several = len(cities) > 1 and _beside_m(line, parts) >= least_m
    return int(cities[0]) if several else -1


def _straight_parts(
    shapes: Sequence[shapely.MultiPolygon],
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Cut the outlines into straight lines; return them with the city of each."""
    polygons, city = shapely.get_parts(np.array(shapes, dtype=object), return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    ends = np.stack((xy[:-1][same], xy[1:][same]), axis=1)
    parts = np.asarray(shapely.linestrings(ends), dtype=object)
    return parts, city[polygon[ring[1:][same]]].astype(np.int64)


def _beside_m(line: shapely.Geometry, parts: NDArray[np.object_]) -> float:
    """Measure how much of a line lies near some straight lines."""
    around = shapely.buffer(shapely.multilinestrings(parts), _REACH_M, quad_segs=16)
    return float(shapely.length(shapely.intersection(line, around)))


def between(shapes: Sequence[shapely.MultiPolygon], width_m: float) -> shapely.Geometry:
    """Compute the ground between cities where their outlines are at most a width apart.

    Parameters
    ----------
    shapes
        Outline of each city, in a projected CRS in metres.
    width_m
        How wide a gap may be.

    Returns
    -------
    shapely.Geometry
        Polygons, each beside two cities or more; perhaps none.
    """
    if len(shapes) < 2:  # noqa: PLR2004 - two sides
        return shapely.MultiPolygon()
    whole = shapely.union_all(shapes)
    closed = shapely.buffer(shapely.buffer(whole, width_m / 2.0), -width_m / 2.0)
    gaps = shapely.get_parts(shapely.difference(closed, whole))
    found = shapely.STRtree(gaps).query(shapes, predicate="dwithin", distance=_ROUNDING_M)
    count = np.bincount(found[1], minlength=len(gaps)) if len(gaps) else np.zeros(0, dtype=int)
    return shapely.union_all(gaps[count > 1])
