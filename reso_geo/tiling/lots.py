"""The lots along border streets: points on both sides of the line behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.tiling.fronts import rank_of
from reso_geo.tiling.samples import beyond, middles, normals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.tiling.fronts import Fronts

__all__ = ["Lots", "find_lots"]

_STEP_M, _GAP_M, _LEAST_M = 10.0, 4.0, 4.0
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
        Every 10 m where a street of another beat lies on the far side.
    """
    along, at = middles(network.geometry[fronts.segment], _STEP_M)
    spot, left = normals(network.geometry[fronts.segment[at]], along, _STEP_M)
    ahead = np.where(fronts.left[at][:, None], left, -left)
    beat = beat_of[fronts.segment[at]]
    past = _Past(network, beat_of, own, fronts, beat)
    depth, facing = past.depth(spot, ahead, float(depth_m.max()))
    open_ = facing < 0
    facing[open_] = beyond(network, own, fronts.segment[at[open_]], spot[open_], ahead[open_])
    theirs = np.where(facing >= 0, beat_of[facing], beat)
    depth = np.minimum(depth, depth_m[theirs])
    step = np.minimum(_GAP_M, depth / 2.0)
    inner, outer = (spot + (depth + way * step)[:, None] * ahead for way in (-1.0, 1.0))
    rank = rank_of(network)
    good = (depth > _LEAST_M) & (theirs != beat)
    good &= fronts.met[at] | (rank[facing] > rank[fronts.segment[at]])
    good[past.near(inner, depth - step - _SLACK_M, of_others=True)] = False
    good[past.near(outer, depth + step - _BEND_M, of_others=False)] = False
    return Lots(
        inner[good],
        outer[good],
        np.asarray(shapely.linestrings(np.stack((spot[good], outer[good]), axis=1))),
        beat[good],
        theirs[good],
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
        ends = np.stack((spot + ahead, spot + 2.0 * depth_m * ahead), axis=1)
        ray = np.asarray(shapely.linestrings(ends))
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
        mine = self._beat_of[street] == self._beat[spot]
        found: NDArray[np.int64] = spot[self._others(spot, street) if of_others else mine]
        return found
