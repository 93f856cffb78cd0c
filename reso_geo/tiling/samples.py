"""Spots along lines, and what lies on either side of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork

__all__ = ["beyond", "middles", "normals"]

_SPARSE_M, _NEIGHBOURS = 20.0, 32
_AHEAD_M = 5.0


def middles(
    lines: NDArray[np.object_], step_m: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return where the middles of equal pieces of lines lie.

    Parameters
    ----------
    lines
        object (LineString), shape (m,), in metres.
    step_m
        The length that no piece exceeds.

    Returns
    -------
    along_m
        float64, shape (p,): from the start of the line.
    of
        int64, shape (p,), ascending: which line.

    Examples
    --------
    >>> along_m, of = middles(np.array([shapely.LineString([(0, 0), (30, 0)])]), 20.0)
    >>> along_m.tolist(), of.tolist()
    ([7.5, 22.5], [0, 0])
    """
    length = shapely.length(lines)
    count = np.maximum(np.ceil(length / step_m).astype(np.int64), 1)
    of = np.repeat(np.arange(len(lines)), count)
    place = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    along_m: NDArray[np.float64] = (place + 0.5) * (length / count)[of]
    return along_m, of


def normals(
    lines: NDArray[np.object_], along_m: NDArray[np.float64], step_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return spots on lines, and the way to their left there.

    Parameters
    ----------
    lines
        object (LineString), shape (p,), in metres.
    along_m
        float64, shape (p,): where on each.
    step_m
        Half the length whose direction counts; less on a short line.

    Returns
    -------
    spot, left
        float64, shape (p, 2); `left` has a length of one.
    """
    reach = np.minimum(step_m, shapely.length(lines) / 4.0)
    before, spot, after = (
        shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(place, 0.0)))
        for place in (along_m - reach, along_m, along_m + reach)
    )
    ahead = after - before
    ahead /= np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-9)[:, None]
    return spot, np.column_stack((-ahead[:, 1], ahead[:, 0]))


def beyond(
    network: StreetNetwork,
    own: NDArray[np.int64],
    segment: NDArray[np.int64],
    spot: NDArray[np.float64],
    ahead: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Find the nearest street on one side of spots.

    Parameters
    ----------
    network
        The streets.
    own
        Segments that count.
    segment
        int64, shape (p,): the one on which each spot lies and which does not count.
    spot, ahead
        float64, shape (p, 2): the spots, and the way to that side.

    Returns
    -------
    ndarray of int64, shape (p,)
        Segments, -1 for none near.
    """
    lines = network.geometry[own]
    along, of = middles(lines, _SPARSE_M)
    points = shapely.get_coordinates(shapely.line_interpolate_point(lines[of], along))
    most = min(_NEIGHBOURS, len(points))
    near = scipy.spatial.cKDTree(points).query(spot + _SPARSE_M * ahead, k=most)[1]
    near = near.reshape(len(spot), most)
    there = ((points[near] - spot[:, None]) * ahead[:, None]).sum(axis=2) > _AHEAD_M
    there &= own[of[near]] != segment[:, None]
    rows, first = np.arange(len(spot)), there.argmax(axis=1)
    found: NDArray[np.int64] = np.where(there[rows, first], own[of[near[rows, first]]], -1)
    return found
