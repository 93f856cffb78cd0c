"""Polygons of beats, for display: every spot of a city belongs to the beat of its nearest street.

The Voronoi diagram of points along the streets is built as the dual of their Delaunay
triangulation; only its edges between points of different beats matter. Cut with the city's outline
they form faces that tile it exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy
import shapely

from reso_geo.tiling.fronts import find_fronts, lot_points
from reso_geo.tiling.tidy import tidy
from reso_geo.tiling.voronoi import faces_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition

__all__ = ["share_inside", "tile"]

_COARSE_M, _FINE_M = 40.0, 8.0
_NEIGHBOURS = 12
_LOT_M = 30.0
_SLACK_M = 10.0
_BETWEEN_M = 5.0


def tile(
    network: StreetNetwork, partition: Partition, shapes: tuple[shapely.MultiPolygon, ...]
) -> tuple[shapely.MultiPolygon, ...]:
    """Assign each beat a polygon; the beats of a city tile it.

    Parameters
    ----------
    network
        The streets.
    partition
        Beats over them; a beat that may cross city lines tiles all cities together.
    shapes
        Outline of each city, in the network's CRS.

    Returns
    -------
    tuple of MultiPolygon
        One a beat, in the network's CRS.
    """
    polygons = [shapely.MultiPolygon()] * len(partition.beat_id)
    for city in np.unique(partition.city).tolist():
        outline = shapely.union_all(shapes) if city < 0 else shapes[city]
        beats = np.flatnonzero(partition.city == city)
        own = np.flatnonzero(np.isin(partition.beat_of, beats))
        for beat, polygon in _tile_city(network, partition.beat_of, own, outline).items():
            polygons[beat] = polygon
    return tuple(polygons)


def share_inside(
    network: StreetNetwork,
    partition: Partition,
    polygons: tuple[shapely.MultiPolygon, ...],
    on_limit: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return the share of each beat's required length that lies in its polygon.

    Parameters
    ----------
    network
        The streets.
    partition
        Beats over them.
    polygons
        From `tile`.
    on_limit
        bool, shape (m,): segments on a city limit, which count as inside.

    Returns
    -------
    ndarray of float64, shape (k,)
        One where a beat lies wholly in its polygon.
    """
    needed = np.flatnonzero(network.required & (partition.beat_of >= 0))
    lines, beat = network.geometry[needed], partition.beat_of[needed]
    around = np.array(polygons, dtype=object)
    shapely.prepare(around)
    inside_m = shapely.length(lines)
    across = np.flatnonzero(~on_limit[needed] & ~shapely.covers(around[beat], lines))
    inside_m[across] = shapely.length(shapely.intersection(lines[across], around[beat[across]]))
    count = len(polygons)
    within = np.bincount(beat, weights=inside_m, minlength=count)
    share: NDArray[np.float64] = within / np.bincount(
        beat, weights=shapely.length(lines), minlength=count
    )
    return share


def _tile_city(
    network: StreetNetwork,
    beat_of: NDArray[np.int64],
    own: NDArray[np.int64],
    outline: shapely.Geometry,
) -> dict[int, shapely.MultiPolygon]:
    beats = np.unique(beat_of[own])
    if len(beats) == 1:
        return {int(beats[0]): _multi(outline)}
    points, label = _points(network, beat_of, own)
    faces = faces_of(points, label, outline)
    beats = np.array(list(faces))
    plain = shapely.coverage_simplify(
        np.array(list(faces.values()), dtype=object), _SLACK_M, simplify_boundary=False
    )
    place = np.searchsorted(beats, beat_of[own])
    plain = tidy(plain, network.geometry[own], place)
    return {int(beat): _multi(shape) for beat, shape in zip(beats, plain, strict=True)}


def _multi(shape: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.MultiPolygon(
        [p for p in shapely.get_parts(shape) if isinstance(p, shapely.Polygon)]
    )


def _along(
    network: StreetNetwork, segments: NDArray[np.int64], step_m: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the middles of pieces of at most a length along segments, and the segment of each."""
    lines = network.geometry[segments]
    length = shapely.length(lines)
    count = np.maximum(np.ceil(length / step_m).astype(np.int64), 1)
    of = np.repeat(np.arange(len(segments)), count)
    place = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    spots = shapely.line_interpolate_point(lines[of], (place + 0.5) * (length / count)[of])
    return shapely.get_coordinates(spots), segments[of]


def _points(
    network: StreetNetwork, beat_of: NDArray[np.int64], own: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return points along the streets with their beats, closer together where beats meet."""
    coarse, segment = _along(network, own, _COARSE_M)
    near = (
        scipy.spatial.cKDTree(coarse)
        .query(coarse, k=min(_NEIGHBOURS, len(coarse)))[1]
        .reshape(len(coarse), -1)
    )
    beat = beat_of[segment]
    mixed = np.unique(segment[(beat[near] != beat[:, None]).any(axis=1)])
    near_others = np.zeros(len(beat_of), dtype=bool)
    near_others[mixed] = True
    fronts = find_fronts(network, beat_of, own, near_others)
    mixed = np.union1d(mixed, np.concatenate((fronts.segment, fronts.side_street)))
    fine, fine_segment = _along(network, mixed, _FINE_M)
    lots, lot_label, strip, holder = lot_points(network, beat_of, own, fronts, _LOT_M)
    tree = shapely.STRtree(shapely.points(fine))
    which, point = tree.query(strip, predicate="dwithin", distance=_BETWEEN_M)
    kept = np.ones(len(fine), dtype=bool)
    kept[point[beat_of[fine_segment[point]] != holder[which]]] = False
    fine, fine_segment = fine[kept], fine_segment[kept]
    plain = ~np.isin(segment, mixed)
    points = np.concatenate((coarse[plain], fine, lots))
    label = np.concatenate((beat[plain], beat_of[fine_segment], lot_label))
    points, first = np.unique(points, axis=0, return_index=True)
    return points, label[first]
