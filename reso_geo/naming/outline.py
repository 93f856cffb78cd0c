"""The outline of beats in short steps: where each is, which way it runs, what it runs along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.naming.bounds import SLACK_M, straight

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.naming.bounds import BoundLines

__all__ = ["Along", "Steps", "along", "steps_of"]

_STEP_M = 15.0
_SMALL = 0.05
"""Parts of a beat smaller than this share of its largest one have no sides of their own."""
_TURN, _LIMIT_TURN = np.cos(np.radians((25.0, 45.0)))
_LIMITS = ("city_line", "extent")
"""What an outline lies on, though either may waver."""
_AWAY_COUNTS = 0.25
"""What is told by a line as far away as it may be, for what the nearest one tells."""


@dataclass(frozen=True)
class Steps:
    """Steps along the outlines of beats.

    Attributes
    ----------
    beat
        int64, shape (s,): in order.
    spot, ahead
        float64, shape (s, 2): the middle of each in metres, and its direction, of length 1.
    length_m
        float64, shape (s,).
    """

    beat: NDArray[np.int64]
    spot: NDArray[np.float64]
    ahead: NDArray[np.float64]
    length_m: NDArray[np.float64]

    def part(self, kept: slice) -> Steps:
        """Return some of the steps.

        Parameters
        ----------
        kept
            Which.

        Returns
        -------
        Steps
            In the same order.
        """
        return Steps(self.beat[kept], self.spot[kept], self.ahead[kept], self.length_m[kept])

    @property
    def out(self) -> NDArray[np.float64]:
        """Where each looks to, away from the beat: its left, since outlines run clockwise."""
        return np.column_stack((-self.ahead[:, 1], self.ahead[:, 0]))

    def side(self, turn: float) -> NDArray[np.int64]:
        """Find the side of a beat that each of its steps is on, by its place and where it looks to.

        Parameters
        ----------
        turn
            Radians, clockwise: where the first side looks to, from the north.

        Returns
        -------
        ndarray of int64, shape (s,)
            0 for the first side, then clockwise.
        """
        turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        east, north = (_centred(self.spot @ turned) + self.out @ turned).T
        upright = np.abs(north) >= np.abs(east)
        side: NDArray[np.int64] = np.where(
            upright, np.where(north >= 0.0, 0, 2), np.where(east >= 0.0, 1, 3)
        )
        return side

    def facing_m(self, turn: float) -> NDArray[np.float64]:
        """Measure how far each step looks to where its side does.

        Parameters
        ----------
        turn
            As for `side`.

        Returns
        -------
        ndarray of float64, shape (s,)
            Its length where it does.
        """
        towards = turn + self.side(turn) * (np.pi / 2.0)
        ahead = np.column_stack((np.sin(towards), np.cos(towards)))
        facing: NDArray[np.float64] = (self.out * ahead).sum(axis=1)
        return self.length_m * facing


@dataclass(frozen=True)
class Along:
    """What steps run along, once each.

    Attributes
    ----------
    step, bound
        int64, shape (k,): indices, in order of the steps.
    counts
        float64, shape (k,): what a metre counts for, the nearer the more.
    """

    step: NDArray[np.int64]
    bound: NDArray[np.int64]
    counts: NDArray[np.float64]


def steps_of(polygons: Sequence[shapely.MultiPolygon]) -> Steps:
    """Cut the outlines of beats into steps of some 15 m.

    Parameters
    ----------
    polygons
        One a beat, in metres.

    Returns
    -------
    Steps
        Around the larger parts of each beat, not around the holes in them.
    """
    rings, beat = [], []
    for number, polygon in enumerate(polygons):
        least_m2 = _SMALL * max((part.area for part in polygon.geoms), default=0.0)
        kept = [part.exterior for part in polygon.geoms if part.area >= max(least_m2, 1.0)]
        rings += [shapely.reverse(ring) if ring.is_ccw else ring for ring in kept]
        beat += [number] * len(kept)
    xy, ring = straight(np.array(rings, dtype=object))
    length_m = np.hypot(*(xy[:, 1] - xy[:, 0]).T)
    count = np.maximum(np.round(length_m / _STEP_M), 1.0).astype(np.int64)
    line = np.repeat(np.arange(len(xy)), count)
    nth = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    ends = xy[line]
    at = ((nth + 0.5) / count[line])[:, None]
    return Steps(
        beat=np.array(beat, dtype=np.int64)[ring[line]],
        spot=ends[:, 0] + at * (ends[:, 1] - ends[:, 0]),
        ahead=(ends[:, 1] - ends[:, 0]) / length_m[line, None],
        length_m=length_m[line] / count[line],
    )


def along(steps: Steps, lines: BoundLines) -> Along:
    """Find what steps run along: near enough, and turned at most 25 degrees from it.

    Parameters
    ----------
    steps
        Of outlines.
    lines
        What they can run along.

    Returns
    -------
    Along
        Of each bound, the line that tells most.
    """
    spots = np.asarray(shapely.points(steps.spot))
    far_m = float(lines.reach_m.max(initial=0.0)) + SLACK_M
    step, line = shapely.STRtree(lines.line).query(spots, predicate="dwithin", distance=far_m)
    bound = lines.of[line]
    limit = np.array([each.kind in _LIMITS for each in lines.bounds], dtype=bool)
    parallel = np.abs((lines.ahead[line] * steps.ahead[step]).sum(axis=1))
    kept = np.flatnonzero(parallel >= np.where(limit[bound], _LIMIT_TURN, _TURN))
    step, line, bound = step[kept], line[kept], bound[kept]
    away = shapely.distance(lines.line[line], spots[step]) / (lines.reach_m[bound] + SLACK_M)
    counts = lines.counts[bound] * (1.0 - _AWAY_COUNTS * away**2)
    order = np.flatnonzero(away <= 1.0)
    key = step * len(lines.bounds) + bound
    order = order[np.lexsort((-counts[order], key[order]))]
    order = order[np.diff(key[order], prepend=-1) != 0]
    return Along(step[order], bound[order], counts[order])


def _centred(spots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale places to -1 ... 1 between the ends, both ways."""
    low, high = spots.min(axis=0), spots.max(axis=0)
    scaled: NDArray[np.float64] = (2.0 * spots - low - high) / np.maximum(high - low, 1e-9)
    return scaled
