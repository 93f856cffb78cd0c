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

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition

__all__ = ["share_inside", "tile"]

_COARSE_M, _FINE_M = 40.0, 8.0
_NEIGHBOURS = 12


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
    west, south, east, north = shapely.bounds(outline)
    edges = _edges(points, label, (west, south, east, north))
    box = (west - 1.0, south - 1.0, east + 1.0, north + 1.0)
    lines = shapely.clip_by_rect(np.asarray(shapely.linestrings(edges)), *box)
    rings = np.array([shapely.boundary(outline)], dtype=object)
    noded = shapely.union_all(np.concatenate((rings, lines)))
    faces = shapely.get_parts(shapely.polygonize([*shapely.get_parts(noded)]))
    spot = shapely.point_on_surface(faces)
    shapely.prepare(outline)
    inside = shapely.intersects(outline, spot)
    faces, at = faces[inside], shapely.get_coordinates(spot[inside])
    nearest = label[scipy.spatial.cKDTree(points).query(at)[1]]
    return {
        int(beat): _multi(shapely.coverage_union_all(faces[nearest == beat]))
        for beat in np.unique(nearest)
    }


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
    fine, fine_segment = _along(network, mixed, _FINE_M)
    plain = ~np.isin(segment, mixed)
    points = np.concatenate((coarse[plain], fine))
    label = np.concatenate((beat[plain], beat_of[fine_segment]))
    points, first = np.unique(points, axis=0, return_index=True)
    return points, label[first]


def _edges(
    points: NDArray[np.float64],
    label: NDArray[np.int64],
    bounds: tuple[float, float, float, float],
) -> NDArray[np.float64]:
    """Return the Voronoi edges between points of different beats, shape (e, 2, 2)."""
    west, south, east, north = bounds
    reach = 10.0 * max(east - west, north - south, 1.0)
    middle = np.array([(west + east) / 2.0, (south + north) / 2.0])
    turn = np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False)
    far = middle + reach * np.column_stack((np.cos(turn), np.sin(turn)))
    every = np.concatenate((points, far)) - middle
    labels = np.concatenate((label, np.full(len(far), -1)))
    mesh = scipy.spatial.Delaunay(every)
    centre = _circumcentres(every[mesh.simplices]) + middle
    # Side i of a triangle lies opposite its corner i, and neighbour i lies behind it.
    triangle = np.repeat(np.arange(len(mesh.simplices)), 3)
    behind = mesh.neighbors.ravel()
    one = labels[mesh.simplices[:, [1, 2, 0]].ravel()]
    two = labels[mesh.simplices[:, [2, 0, 1]].ravel()]
    border = (one != two) & (one >= 0) & (two >= 0) & (behind > triangle)
    edges: NDArray[np.float64] = np.stack(
        (centre[triangle[border]], centre[behind[border]]), axis=1
    )
    real: NDArray[np.bool_] = np.isfinite(edges).all(axis=(1, 2)) & (
        edges[:, 0] != edges[:, 1]
    ).any(axis=1)
    return edges[real]


def _circumcentres(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the centre of the circle through each triangle's corners, shape (t, 2)."""
    a = corners[:, 0]
    b, c = corners[:, 1] - a, corners[:, 2] - a
    twice = 2.0 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    b2, c2 = (b**2).sum(axis=1), (c**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        x = (c[:, 1] * b2 - b[:, 1] * c2) / twice
        y = (b[:, 0] * c2 - c[:, 0] * b2) / twice
    centres: NDArray[np.float64] = np.column_stack((x, y)) + a
    return centres
