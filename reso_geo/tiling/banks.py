"""Motorways, railways and rivers between beats: points on both of their sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.tiling.samples import beyond, middles, normals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork

__all__ = ["bank_points"]

_STEP_M, _GAP_M = 10.0, 4.0
_CLEAR_M = 10.0
_TRACKS_M = 20.0
_REACH_M = 150.0


def bank_points(
    network: StreetNetwork,
    beat_of: NDArray[np.int64],
    own: NDArray[np.int64],
    strips: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return points on both sides of barriers whose nearest streets are of two beats.

    Parameters
    ----------
    network
        The streets and the barriers.
    beat_of
        int64, shape (m,): beat of each segment.
    own
        Segments that count.
    strips
        object (LineString): where a border runs along a street instead.

    Returns
    -------
    points
        float64, shape (p, 2).
    label
        int64, shape (p,): the beat on that side.
    """
    lines = np.array(network.barriers.geometry, dtype=object)
    lines = lines[shapely.STRtree(lines).query(network.geometry[own], "dwithin", _REACH_M)[1]]
    lines = lines[np.sort(np.unique(shapely.to_wkb(lines), return_index=True)[1])]
    along, at = middles(lines, _STEP_M)
    spot, left = normals(lines[at], along, _STEP_M)
    # Of tracks side by side the easternmost counts.
    left = np.where((left[:, 0] > 0.0)[:, None], -left, left)
    ray = shapely.linestrings(np.stack((spot - left, spot - _TRACKS_M * left), axis=1))
    free = np.ones(len(spot), dtype=bool)
    free[shapely.STRtree(lines).query(ray, predicate="intersects")[0]] = False
    points = shapely.points(spot)
    for near in (network.geometry[own], strips):
        free[shapely.STRtree(near).query(points, predicate="dwithin", distance=_CLEAR_M)[0]] = False
    spot, left = spot[free], left[free]
    none = np.full(len(spot), -1)
    one, other = (beyond(network, own, none, spot, way * left, _REACH_M) for way in (1.0, -1.0))
    good = (one >= 0) & (other >= 0) & (beat_of[one] != beat_of[other])
    return (
        np.concatenate([(spot + way * _GAP_M * left)[good] for way in (1.0, -1.0)]),
        np.concatenate((beat_of[one[good]], beat_of[other[good]])),
    )
