"""Small plane geometry: curves, offsets, cuts, and the warp that bends the drawing frame.

Everything is drawn in a flat "drawing frame" (metres, roads almost at right angles), then bent
by :func:`warp` into the local metric frame, so that no street of the sample stays ruler-straight.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

Array = NDArray[np.float64]

Shape = TypeVar("Shape", bound=BaseGeometry)
ROTATION = math.radians(-16.0)
CORE = np.array([-330.0, 1130.0])
SWIRL = math.radians(13.0)
SWIRL_RADIUS = 1000.0


def stations(coords: Array) -> Array:
    """Distance along a polyline at each vertex.

    Parameters
    ----------
    coords : Array
        Vertices, shape (n, 2).

    Returns
    -------
    Array
        Cumulative length, starting at 0.
    """
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(coords, axis=0).T))])


def densify(coords: Array, step: float = 25.0) -> Array:
    """Add vertices so that no piece is longer than ``step``.

    Parameters
    ----------
    coords : Array
        Vertices of the polyline.
    step : float, optional
        Longest piece allowed, in metres.

    Returns
    -------
    Array
        The polyline with the extra vertices.
    """
    parts = [coords[:1]]
    for start, end in pairwise(coords):
        count = max(1, math.ceil(math.hypot(*(end - start)) / step))
        share = np.arange(1, count + 1)[:, None] / count
        parts.append(start + share * (end - start))
    return np.vstack(parts)


def curve(points: list[tuple[float, float]], step: float = 25.0) -> Array:
    """Draw a smooth curve through control points.

    Parameters
    ----------
    points : list of tuple
        Control points, at least two.
    step : float, optional
        Distance between the vertices of the curve.

    Returns
    -------
    Array
        Vertices of the curve.
    """
    control = np.array(points, dtype=np.float64)
    if len(control) <= len("ab"):
        return densify(control, step)
    along = stations(control)
    spline = CubicSpline(along, control, bc_type="natural")
    count = max(2, math.ceil(along[-1] / step))
    return np.asarray(spline(np.linspace(0.0, along[-1], count + 1)), dtype=np.float64)


def offset(coords: Array, distance: float) -> Array:
    """Shift a polyline sideways, vertex by vertex.

    Parameters
    ----------
    coords : Array
        Vertices of the polyline.
    distance : float
        Metres to the left of its direction (negative: to the right).

    Returns
    -------
    Array
        The shifted vertices.
    """
    ahead = np.gradient(coords, axis=0)
    ahead /= np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-9)[:, None]
    return coords + distance * np.column_stack([-ahead[:, 1], ahead[:, 0]])


def cut(coords: Array, start: float, end: float) -> Array:
    """Take the part of a polyline between two stations.

    Parameters
    ----------
    coords : Array
        Vertices of the polyline.
    start, end : float
        Stations in metres, ``start < end``.

    Returns
    -------
    Array
        The part between them.
    """
    along = stations(coords)
    inner = coords[(along > start + 0.01) & (along < end - 0.01)]
    ends = [[np.interp(at, along, coords[:, k]) for k in (0, 1)] for at in (start, end)]
    return np.vstack([ends[:1], inner, ends[1:]])


def fillet(coords: Array, radius: float = 34.0) -> Array:
    """Round the sharp corners of a polyline.

    Parameters
    ----------
    coords : Array
        Vertices of the polyline.
    radius : float, optional
        Metres kept on each side of a corner for the bend.

    Returns
    -------
    Array
        The polyline with every sharp corner replaced by a bend.
    """
    steps = np.diff(coords, axis=0)
    heading = np.arctan2(steps[:, 1], steps[:, 0])
    turn = np.abs((np.diff(heading) + np.pi) % (2 * np.pi) - np.pi)
    along = stations(coords)
    corners = [k + 1 for k in np.flatnonzero(turn > math.radians(35.0))]
    parts: list[Array] = []
    last = 0.0
    for k in corners:
        reach = min(radius, along[k] - last - 1.0, (along[-1] - along[k]) * 0.45)
        if reach < 8.0:  # noqa: PLR2004 - too short to bend
            continue
        before = cut(coords, last, along[k] - reach)
        after = cut(coords, along[k] - reach, along[k] + reach)[-1]
        share = np.linspace(0.0, 1.0, 6)[1:-1, None]
        bend = (
            (1 - share) ** 2 * before[-1] + 2 * share * (1 - share) * coords[k] + share**2 * after
        )
        parts += [before, bend]
        last = along[k] + reach
    parts.append(cut(coords, last, along[-1]))
    return np.vstack(parts)


def warp(coords: Array) -> Array:
    """Bend the drawing frame into the local metric frame.

    Parameters
    ----------
    coords : Array
        Points of the drawing frame, shape (n, 2).

    Returns
    -------
    Array
        The same points in local metres.
    """
    away = coords - CORE
    pull = SWIRL * np.exp(-(away**2).sum(axis=1) / SWIRL_RADIUS**2)
    x = CORE[0] + away[:, 0] * np.cos(pull) - away[:, 1] * np.sin(pull)
    y = CORE[1] + away[:, 0] * np.sin(pull) + away[:, 1] * np.cos(pull)
    wave = 2 * np.pi
    bent_x = x + 190 * np.sin(wave * y / 5200 + 0.6) + 45 * np.sin(wave * (x + y) / 2700 + 1.3)
    bent_y = y + 170 * np.sin(wave * x / 6100 + 2.0) + 50 * np.sin(wave * (x - y) / 2500 + 0.4)
    cos, sin = math.cos(ROTATION), math.sin(ROTATION)
    return np.column_stack([cos * bent_x - sin * bent_y, sin * bent_x + cos * bent_y])


def warp_shape(shape: Shape) -> Shape:
    """Bend a shapely geometry, adding vertices first.

    Parameters
    ----------
    shape : BaseGeometry
        Geometry of the drawing frame.

    Returns
    -------
    BaseGeometry
        The same geometry in local metres.
    """
    return shapely.transform(shapely.segmentize(shape, 30.0), warp)


def line(coords: Array) -> LineString:
    """Make a shapely line.

    Parameters
    ----------
    coords : Array
        Vertices of the polyline.

    Returns
    -------
    LineString
        The line.
    """
    return LineString(coords)
