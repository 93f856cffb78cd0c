"""Polygons of beats, for display: they tile each city, with borders that a resident can say.

Every spot of a city belongs to the beat of its nearest street, but where a beat ends at a street
that it holds: there its border runs behind the lots on the far side of that street.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.partition import unserved_segments
from reso_geo.tiling.fronts import find_fronts
from reso_geo.tiling.ground import BorderGround, lines_beside
from reso_geo.tiling.inside import LOT_M, inside_m
from reso_geo.tiling.lots import find_lots
from reso_geo.tiling.samples import middles
from reso_geo.tiling.tidy import tidy
from reso_geo.tiling.voronoi import faces_of, neighbours

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition
    from reso_geo.tiling.fronts import Fronts

__all__ = ["tile"]

_COARSE_M, _FINE_M = 60.0, 15.0
_DEPTHS_M = np.array([LOT_M, LOT_M, 20.0, 10.0, 0.0])
_DEPTHS_M.flags.writeable = False
_BETWEEN_M = 6.0
_COUNTED, _PLAIN = 0.95, 0.85
"""The shares of a beat's required length that must lie in its polygon, with lots and without."""


def tile(
    network: StreetNetwork, partition: Partition, shapes: tuple[shapely.MultiPolygon, ...]
) -> tuple[shapely.MultiPolygon, ...]:
    """Assign each beat a polygon; the beats of a city tile it.

    Parameters
    ----------
    network
        The streets.
    partition
        Beats over them; a beat that may cross city lines tiles all cities together. Ground whose
        nearest streets wait for an officer is in no polygon.
    shapes
        Outline of each city, in the network's CRS.

    Returns
    -------
    tuple of MultiPolygon
        One a beat, in the network's CRS.
    """
    polygons = [shapely.MultiPolygon()] * len(partition.beat_id)
    unserved = unserved_segments(network, partition.beat_of)
    for city in np.unique(partition.city).tolist():
        outline = shapely.union_all(shapes) if city < 0 else shapes[city]
        beats = np.flatnonzero(partition.city == city)
        waiting = unserved & ((city < 0) | (network.city == city))
        nobody = len(partition.beat_id)
        beat_of = np.where(waiting, nobody, partition.beat_of)
        own = np.flatnonzero(np.isin(beat_of, [*beats, nobody]))
        for beat, polygon in _tile_city(network, beat_of, own, outline).items():
            if beat != nobody:
                polygons[beat] = polygon
    return tuple(polygons)


def _tile_city(
    network: StreetNetwork,
    beat_of: NDArray[np.int64],
    own: NDArray[np.int64],
    outline: shapely.Geometry,
) -> dict[int, shapely.MultiPolygon]:
    """Tile a city with lots as deep as most streets of each beat still lie in its polygon."""
    beats = np.unique(beat_of[own])
    if len(beats) == 1:
        return {int(beats[0]): _multi(outline)}
    place_of = np.full(len(beat_of), -1)
    place_of[own] = np.searchsorted(beats, beat_of[own])
    points, segment, mixed = _points(network, place_of, own)
    fronts = find_fronts(network, place_of, own, mixed)
    beside = lines_beside(network, place_of, mixed)
    lower = np.zeros(len(beats), dtype=np.int64)
    ground, last_m = None, None
    while True:
        depth_m = _DEPTHS_M[lower]
        if ground is None or (depth_m != last_m).any():
            at, label = _with_lots(network, place_of, mixed, fronts, (points, segment), depth_m)
            shapes = np.full(len(beats), shapely.MultiPolygon(), dtype=object)
            for place, face in faces_of(at, label, outline).items():
                shapes[place] = face
            ground = BorderGround.of(network, place_of, own, fronts, beside, shapes)
            last_m = depth_m
        shapes = ground.settled(lower)
        shapes = tidy(shapes, network.geometry[own], place_of[own], depth_m == 0.0)
        short = _short(network, place_of, own, shapes, outline) & (depth_m > 0.0)
        if not short.any():
            return {int(beat): _multi(shape) for beat, shape in zip(beats, shapes, strict=True)}
        lower[short] += 1


def _multi(shape: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.MultiPolygon(
        [p for p in shapely.get_parts(shape) if isinstance(p, shapely.Polygon)]
    )


def _short(
    network: StreetNetwork,
    beat_of: NDArray[np.int64],
    own: NDArray[np.int64],
    shapes: NDArray[np.object_],
    outline: shapely.Geometry,
) -> NDArray[np.bool_]:
    """Return which beats have too little of their required streets in their polygon."""
    asked = own[network.required[own]]
    counted_m, plain_m = inside_m(network, beat_of, own, shapes)
    shapely.prepare(outline)
    within_m = shapely.length(network.geometry[asked])
    across = np.flatnonzero(~shapely.covers(outline, network.geometry[asked]))
    beyond = shapely.difference(network.geometry[asked[across]], outline)
    within_m[across] -= shapely.length(beyond)
    counted_m, plain_m = np.minimum(counted_m, within_m), np.minimum(plain_m, within_m)
    counted, plain, whole = (
        np.bincount(beat_of[asked], weights=each, minlength=len(shapes))
        for each in (counted_m, plain_m, within_m)
    )
    short: NDArray[np.bool_] = (counted < _COUNTED * whole) | (plain < _PLAIN * whole)
    return short


def _points(
    network: StreetNetwork, beat_of: NDArray[np.int64], own: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Return points along the streets, their segments, and those that have other beats around.

    They are closer together there. What lies amid streets of its own beat plays no part in borders.
    """
    coarse, segment = _along(network, own, _COARSE_M)
    pairs, beat = neighbours(coarse), beat_of[segment]
    touching = np.zeros(len(coarse), dtype=bool)
    touching[pairs[beat[pairs[:, 0]] != beat[pairs[:, 1]], 0]] = True
    border = np.unique(segment[touching]) if len(pairs) else own
    fine, fine_segment = _along(network, border, _FINE_M)
    beside = _and_next(np.isin(segment, border), pairs)
    mixed = np.union1d(border, segment[beside])
    behind = _and_next(beside, pairs) & ~np.isin(segment, border)
    return (
        np.concatenate((coarse[behind], fine)),
        np.concatenate((segment[behind], fine_segment)),
        mixed,
    )


def _and_next(chosen: NDArray[np.bool_], pairs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Add the neighbours of points."""
    more = chosen.copy()
    more[pairs[chosen[pairs[:, 1]], 0]] = True
    return more


def _along(
    network: StreetNetwork, segments: NDArray[np.int64], step_m: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    along_m, of = middles(network.geometry[segments], step_m)
    spots = shapely.line_interpolate_point(network.geometry[segments[of]], along_m)
    return shapely.get_coordinates(spots), segments[of]


def _with_lots(
    network: StreetNetwork,
    beat_of: NDArray[np.int64],
    near: NDArray[np.int64],
    fronts: Fronts,
    streets: tuple[NDArray[np.float64], NDArray[np.int64]],
    depth_m: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return labelled points: those along streets, but inside lots those of their beat only."""
    points, segment = streets
    label = beat_of[segment]
    lots = find_lots(network, beat_of, near, fronts, depth_m)
    strip, place = shapely.STRtree(np.asarray(shapely.points(points))).query(
        lots.strip, predicate="dwithin", distance=_BETWEEN_M
    )
    kept = np.ones(len(points), dtype=bool)
    kept[place[label[place] != lots.beat[strip]]] = False
    points = np.concatenate((points[kept], lots.inner, lots.outer))
    label = np.concatenate((label[kept], lots.beat, lots.beyond))
    points, first = np.unique(points, axis=0, return_index=True)
    return points, label[first]
