"""The lots along border streets: points on both sides of the line behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy
import shapely

from reso_geo.tiling.fronts import rank_of
from reso_geo.tiling.samples import middles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.tiling.fronts import Fronts

__all__ = ["Lots", "find_lots"]

_STEP_M, _GAP_M, _LEAST_M = 8.0, 4.0, 4.0
_SPARSE_M, _NEIGHBOURS = 20.0, 32
_AHEAD_M = 5.0
_SLACK_M = 0.5
_BEND_M = 1.5
"""How much nearer than its depth a line may come to its street where that bends."""


@dataclass(frozen=True, eq=False)
class Lots:
    """Places where a border runs along a street.

    Attributes
    ----------
    inner, outer
        float64, shape (p, 2): on either side of the border.
    strip
        object (LineString), shape (p,): from the street to the outer point.
    beat, beyond
        int64, shape (p,): the beats that lie inside and outside.
    """

    inner: NDArray[np.float64]
    outer: NDArray[np.float64]
    strip: NDArray[np.object_]
    beat: NDArray[np.int64]
    beyond: NDArray[np.int64]


def find_lots(
    network: StreetNetwork,
    beat_of: NDArray[np.int64],
    own: NDArray[np.int64],
    fronts: Fronts,
    depth_m: NDArray[np.float64],
) -> Lots:
    """Find where the borders along streets run.

    Parameters
    ----------
    network
        The streets.
    beat_of
        int64, shape (m,): beat of each segment.
    own
        Segments that count.
    fronts
        Of them.
    depth_m
        float64, by beat: of the lots that others take from it, metres; less where a required
        street of another beat is nearer than twice that.

    Returns
    -------
    Lots
        Every 8 m where a street of another beat lies on the far side.
    """
    spot, ahead, at = _normals(network, fronts)
    beat = beat_of[fronts.segment[at]]
    past = _Past(network, beat_of, own, fronts, beat)
    depth, facing = past.depth(spot, ahead, float(depth_m.max()))
    facing = np.where(facing >= 0, facing, _seen(network, own, fronts.segment[at], spot, ahead))
    beyond = np.where(facing >= 0, beat_of[facing], beat)
    depth = np.minimum(depth, depth_m[beyond])
    step = np.minimum(_GAP_M, depth / 2.0)
    inner, outer = (spot + (depth + way * step)[:, None] * ahead for way in (-1.0, 1.0))
    rank = rank_of(network)
    good = (depth > _LEAST_M) & (beyond != beat)
    good &= fronts.met[at] | (rank[facing] > rank[fronts.segment[at]])
    good[past.near(inner, depth - step - _SLACK_M, of_others=True)] = False
    good[past.near(outer, depth + step - _BEND_M, of_others=False)] = False
    return Lots(
        inner[good],
        outer[good],
        shapely.linestrings(np.stack((spot[good], outer[good]), axis=1)),
        beat[good],
        beyond[good],
    )


class _Past:
    """Streets beside border streets that do not end on them."""

    def __init__(
        self,
        network: StreetNetwork,
        beat_of: NDArray[np.int64],
        own: NDArray[np.int64],
        fronts: Fronts,
        beat: NDArray[np.int64],
    ) -> None:
        self._lines, self._own = network.geometry, own
        self._tree = shapely.STRtree(network.geometry[own])
        self._required, self._beat_of, self._beat = network.required, beat_of, beat
        self._width = int(beat_of.max()) + 1
        self._sides = np.unique(fronts.side_street * self._width + fronts.of_beat)

    def _others(self, spot: NDArray[np.int64], street: NDArray[np.int64]) -> NDArray[np.bool_]:
        beat = self._beat[spot]
        apart: NDArray[np.bool_] = (self._beat_of[street] != beat) & self._required[street]
        return apart & ~np.isin(street * self._width + beat, self._sides)

    def depth(
        self, spot: NDArray[np.float64], ahead: NDArray[np.float64], depth_m: float
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return how deep lots are, and the street of another beat right across, or -1."""
        ray = shapely.linestrings(np.stack((spot + ahead, spot + 2.0 * depth_m * ahead), axis=1))
        hit, near = self._tree.query(ray, predicate="intersects")
        street = self._own[near]
        past = self._others(hit, street)
        hit, street = hit[past], street[past]
        across = shapely.intersection(ray[hit], self._lines[street])
        gap = shapely.distance(shapely.points(spot[hit]), across)
        depth = np.full(len(spot), depth_m)
        np.minimum.at(depth, hit, gap / 2.0)
        facing = np.full(len(spot), -1)
        farthest = np.argsort(-gap, kind="stable")
        facing[hit[farthest]] = street[farthest]  # the nearest, written last, stays
        return depth, facing

    def near(
        self, points: NDArray[np.float64], distance: NDArray[np.float64], *, of_others: bool
    ) -> NDArray[np.int64]:
        """Return the spots that have a street of others, or of the same beat, too near."""
        spot, near = self._tree.query(
            shapely.points(points), predicate="dwithin", distance=distance
        )
        street = self._own[near]
        if of_others:
            return spot[self._others(spot, street)]
        return spot[self._beat_of[street] == self._beat[spot]]


def _normals(
    network: StreetNetwork, fronts: Fronts
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return spots along border streets, the way to their far side, and which front each is on."""
    along, at = middles(network.geometry[fronts.segment], _STEP_M)
    lines = network.geometry[fronts.segment[at]]
    reach = np.minimum(_STEP_M, shapely.length(lines) / 4.0)
    before, spot, after = (
        shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(place, 0.0)))
        for place in (along - reach, along, along + reach)
    )
    way = after - before
    way /= np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)[:, None]
    turned = np.column_stack((-way[:, 1], way[:, 0]))
    return spot, np.where(fronts.left[at][:, None], turned, -turned), at


def _seen(
    network: StreetNetwork,
    own: NDArray[np.int64],
    segment: NDArray[np.int64],
    spot: NDArray[np.float64],
    ahead: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Return the nearest street on the far side of each spot of a segment, -1 for none near."""
    lines = network.geometry[own]
    along, of = middles(lines, _SPARSE_M)
    points = shapely.get_coordinates(shapely.line_interpolate_point(lines[of], along))
    most = min(_NEIGHBOURS, len(points))
    near = scipy.spatial.cKDTree(points).query(spot + _SPARSE_M * ahead, k=most)[1]
    near = near.reshape(len(spot), most)
    beyond = ((points[near] - spot[:, None]) * ahead[:, None]).sum(axis=2) > _AHEAD_M
    beyond &= own[of[near]] != segment[:, None]
    rows, first = np.arange(len(spot)), beyond.argmax(axis=1)
    found: NDArray[np.int64] = np.where(beyond[rows, first], own[of[near[rows, first]]], -1)
    return found
