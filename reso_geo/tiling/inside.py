"""How much of the streets of a beat lies in its polygon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.tiling.samples import middles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition

__all__ = ["LOT_M", "inside_m", "share_inside"]

_STEP_M = 2.0
LOT_M = 30.0
"""Depth of a lot: what lies this near to a border street belongs to its beat."""


def share_inside(
    network: StreetNetwork,
    partition: Partition,
    polygons: tuple[shapely.MultiPolygon, ...],
    on_limit: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return the share of each beat's required length that lies in its polygon.

    The part of a street within the depth of a lot of a street of another beat of its city counts
    as inside: the lots along a street belong to its beat.

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
    beat_of = partition.beat_of
    needed = np.flatnonzero(network.required & (beat_of >= 0))
    within = np.zeros(len(network))
    for city in np.unique(partition.city).tolist():
        own = np.flatnonzero(np.isin(beat_of, np.flatnonzero(partition.city == city)))
        asked = own[network.required[own]]
        within[asked] = inside_m(network, beat_of, own, np.array(polygons, dtype=object))[0]
    length_m = shapely.length(network.geometry)
    within[on_limit] = length_m[on_limit]
    count = len(polygons)
    share: NDArray[np.float64] = np.bincount(
        beat_of[needed], weights=within[needed], minlength=count
    ) / np.bincount(beat_of[needed], weights=length_m[needed], minlength=count)
    return share


def inside_m(
    network: StreetNetwork,
    beat_of: NDArray[np.int64],
    own: NDArray[np.int64],
    polygons: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how much of required streets lies in the polygon of their beat.

    Parameters
    ----------
    network
        The streets.
    beat_of
        int64, shape (m,): beat of each segment.
    own
        Segments of the beats of a city.
    polygons
        object, shape (k,): of each beat.

    Returns
    -------
    counted_m, plain_m
        float64, for each required segment of them: with what lies within the depth of a lot of a
        street of another beat, and without.
    """
    asked = own[network.required[own]]
    lines, beat = network.geometry[asked], beat_of[asked]
    shapely.prepare(polygons)
    counted_m = shapely.length(lines)
    plain_m = counted_m.copy()
    across = np.flatnonzero(~shapely.covers(polygons[beat], lines))
    plain_m[across] = shapely.length(shapely.intersection(lines[across], polygons[beat[across]]))
    outside = shapely.difference(lines[across], polygons[beat[across]])
    along, of = middles(outside, _STEP_M)
    spots = shapely.line_interpolate_point(outside[of], along)
    which, near = shapely.STRtree(network.geometry[own]).query(
        spots, predicate="dwithin", distance=LOT_M
    )
    lots = np.zeros(len(spots), dtype=bool)
    lots[which[beat_of[own[near]] != beat[across[of[which]]]]] = True
    part = np.bincount(of, weights=lots, minlength=len(outside)) / np.bincount(
        of, minlength=len(outside)
    )
    counted_m[across] = plain_m[across] + part * shapely.length(outside)
    return counted_m, plain_m
