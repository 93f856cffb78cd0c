"""The Voronoi diagram of labelled points, as faces that tile an outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["faces_of", "neighbours"]


def faces_of(
    points: NDArray[np.float64], label: NDArray[np.int64], outline: shapely.Geometry
) -> dict[int, shapely.Geometry]:
    """Cut an outline into what is nearest to the points of each label.

    The diagram is built as the dual of the Delaunay triangulation of the points; only its edges
    between points of different labels matter. Cut with the outline they form faces that tile it.

    Parameters
    ----------
    points
        float64, shape (p, 2), no two alike, metres.
    label
        int64, shape (p,), not negative.
    outline
        What is cut, in the CRS of the points.

    Returns
    -------
    dict of int to Polygon or MultiPolygon
        By label; neighbours share every vertex of their borders.
    """
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
        each: shapely.coverage_union_all(faces[nearest == each])
        for each in np.unique(nearest).tolist()
    }


def neighbours(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return which points are neighbours in their Delaunay triangulation.

    Parameters
    ----------
    points
        float64, shape (p, 2), metres.

    Returns
    -------
    ndarray of int64, shape (e, 2)
        Both ways, and as often as triangles have the edge; none for points in a row.
    """
    try:
        corners = scipy.spatial.Delaunay(points - points.mean(axis=0)).simplices
    except scipy.spatial.QhullError:
        return np.empty((0, 2), dtype=np.int64)
    pairs = np.concatenate((corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]))
    return np.concatenate((pairs, pairs[:, ::-1])).astype(np.int64)


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
