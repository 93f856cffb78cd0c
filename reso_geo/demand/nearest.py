"""The nearest street to cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork

__all__ = ["nearest_required", "projected"]

_FAR_M = 500.0


def projected(network: StreetNetwork, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Move shapes into the CRS of the streets.

    Parameters
    ----------
    network
        The streets.
    shapes
        Object (shapely), shape (r,), in EPSG:4326.

    Returns
    -------
    ndarray of object, shape (r,)
        In metres; None for a shape too far away to have a place there.
    """
    move = Transformer.from_crs("EPSG:4326", network.crs, always_xy=True).transform
    moved: NDArray[np.object_] = shapely.transform(
        shapes, lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1]))
    )
    lost = ~np.isfinite(shapely.bounds(moved).reshape(-1, 4)).all(axis=1)
    moved[lost] = None
    return moved


def nearest_required(network: StreetNetwork, shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Give each shape the nearest segment that patrol must pass.

    Parameters
    ----------
    network
        Segments placed in cities.
    shapes
        Object (shapely), shape (r,), from `projected`.

    Returns
    -------
    ndarray of int64, shape (r,)
        Segment, or -1 for a shape more than 500 m from any.
    """
    segment = np.full(len(shapes), -1, dtype=np.int64)
    required = np.flatnonzero(network.required)
    there = np.flatnonzero(~shapely.is_missing(shapes))
    if len(required) and len(there):
        tree = shapely.STRtree(network.geometry[required])
        which, nearest = tree.query_nearest(shapes[there], max_distance=_FAR_M, all_matches=False)
        segment[there[which]] = required[nearest]
    return segment
