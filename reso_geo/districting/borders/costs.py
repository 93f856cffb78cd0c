"""What it costs that two segments which meet at a junction belong to different beats.

Residents know a border that is a street: a main street, the next side street. A cut that parts side
streets from a main street is nearly free then, one that follows a side street costs one for each
street that it leaves behind, and one that parts a street from its own straight continuation, across
a block, costs most. The costs are those of a Potts model on the graph of segments (Boykov, Veksler
and Zabih 2001), so that two beats divide their streets best by one minimum cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.params import BorderParams

__all__ = ["MeetingCosts", "Streets", "meeting_costs"]

_MAIN = {
    "trunk": 0.02, "primary": 0.02, "secondary": 0.05, "tertiary": 0.1,
}  # fmt: skip
"""What it costs to part a side street from a main street, by class; a link as its street."""
_AHEAD_M = 20.0
"""A street's direction at a junction is that to the point so far along it."""
_A_STREET = 2
"""Segments that one street has at a junction that it passes."""
_NO_LENGTH = 1e-9
_LEAST = 1e-3
"""Of equal borders the one with fewer junctions is preferred."""


@dataclass(frozen=True)
class MeetingCosts:
    """Pairs of segments that meet, and what it costs to part them.

    Attributes
    ----------
    first, second
        int64, shape (p,): places of segments in a region, the first ascending; a pair that meets at
        both ends is there twice.
    cost
        float64, shape (p,): positive.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    cost: NDArray[np.float64]

    def among(self, own: NDArray[np.int64], count: int) -> MeetingCosts:
        """Return the pairs among some segments.

        Parameters
        ----------
        own
            int64, shape (k,): their places, ascending.
        count
            Number of segments of the region.

        Returns
        -------
        MeetingCosts
            With places in `own`.
        """
        place = np.full(count, -1, dtype=np.int64)
        place[own] = np.arange(len(own))
        start = np.searchsorted(self.first, own)
        sizes = np.searchsorted(self.first, own, side="right") - start
        rows = np.repeat(start - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
        second = place[self.second[rows]]
        both = second >= 0
        first = np.repeat(np.arange(len(own)), sizes)
        return MeetingCosts(first[both], second[both], self.cost[rows[both]])

    def cut(self, labels: NDArray[np.int64] | NDArray[np.bool_]) -> float:
        """Return what some beats' borders cost.

        Parameters
        ----------
        labels
            shape (s,): beat of each segment, or whether one beat holds it.

        Returns
        -------
        float
            The sum over pairs that are parted.
        """
        return float(self.cost[labels[self.first] != labels[self.second]].sum())


@dataclass(frozen=True)
class Streets:
    """The streets of a region, as far as borders ask.

    Attributes
    ----------
    u, v
        int64, shape (s,): ends, from zero on.
    xy
        float64, shape (n, 2): junctions, metres.
    geometry
        object (LineString), shape (s,), from u to v; None for a straight one.
    highway
        object (str), shape (s,).
    stretch
        int64, shape (s,): number of the connected stretch of one street name, -1 without a name.
    barred
        bool, shape (s,): it crosses a motorway, a railway or a river.
    place
        int64, shape (s,): number of the neighbourhood, -1 for none, as along an outline.
    fits
        bool, shape (s,): its neighbourhood is no heavier than a beat.
    """

    u: NDArray[np.int64]
    v: NDArray[np.int64]
    xy: NDArray[np.float64]
    geometry: NDArray[np.object_]
    highway: NDArray[np.object_]
    stretch: NDArray[np.int64]
    barred: NDArray[np.bool_]
    place: NDArray[np.int64]
    fits: NDArray[np.bool_]


def meeting_costs(streets: Streets, params: BorderParams) -> MeetingCosts:
    """Compute what it costs to part segments that meet.

    At a junction of d segments a pair counts for 1 / (d - 1) of what the junction costs, so that
    one segment parted from all others costs it once.

    Parameters
    ----------
    streets
        All of a region.
    params
        What the parts of a border cost.

    Returns
    -------
    MeetingCosts
        In the order of the first segments, then of junctions of few segments and of more.
    """
    segment = np.tile(np.arange(len(streets.u)), 2)
    node = np.concatenate((streets.u, streets.v))
    ahead = _directions(streets)
    order = np.argsort(node, kind="stable")
    degree = np.bincount(node)
    start = np.concatenate(([0], np.cumsum(degree)))[:-1]
    main = main_street_costs(streets.highway) * params.main
    first, second, cost = [], [], []
    for size in np.unique(degree[degree > 1]).tolist():
        at = start[degree == size]
        ends = order[at[:, np.newaxis] + np.arange(size)]
        one, two = np.triu_indices(size, 1)
        a, b = segment[ends[:, one]], segment[ends[:, two]]
        through = _straight_on(streets, segment[ends], ahead[ends], params)[:, one, two]
        costs = _costs(streets, main, segment[ends], (a, b), through, params)
        apart = a != b
        first.append(a[apart])
        second.append(b[apart])
        cost.append(costs[apart])
    if not first:
        none = np.empty(0, dtype=np.int64)
        return MeetingCosts(none, none, np.empty(0))
    order = np.argsort(np.concatenate(first), kind="stable")
    return MeetingCosts(*(np.concatenate(part)[order] for part in (first, second, cost)))


def main_street_costs(highway: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return what it costs to part a side street from each segment, infinite for a side street.

    Parameters
    ----------
    highway
        object (str), shape (s,): classes; of several the highest counts.

    Returns
    -------
    ndarray of float64, shape (s,)
        The less the higher the class.
    """
    kinds, place = np.unique(highway.astype(str), return_inverse=True)
    least = [
        min((c for kind, c in _MAIN.items() if kind in name), default=np.inf) for name in kinds
    ]
    costs: NDArray[np.float64] = np.array(least)[place]
    return costs


def _directions(streets: Streets) -> NDArray[np.float64]:
    """Return the unit vector into each segment from its u, then from its v, shape (2s, 2)."""
    chord = streets.xy[streets.v] - streets.xy[streets.u]
    away = np.concatenate((chord, -chord))
    drawn = np.flatnonzero(~shapely.is_missing(streets.geometry))
    lines = streets.geometry[drawn]
    for place, end, ahead_m in ((drawn, 0, _AHEAD_M), (len(chord) + drawn, -1, -_AHEAD_M)):
        begin = shapely.get_coordinates(shapely.get_point(lines, end))
        ahead = shapely.line_interpolate_point(lines, ahead_m)
        away[place] = shapely.get_coordinates(ahead) - begin
    units: NDArray[np.float64] = away / np.maximum(np.hypot(*away.T), _NO_LENGTH)[:, np.newaxis]
    return units


def _straight_on(
    streets: Streets, at: NDArray[np.int64], ahead: NDArray[np.float64], params: BorderParams
) -> NDArray[np.bool_]:
    """Return which segments at junctions of one degree go straight on into which, (j, d, d).

    Each has at most one continuation, the straightest; one of its own name is preferred.
    """
    turn = np.einsum("jax,jbx->jab", ahead, ahead)
    stretch = streets.stretch[at]
    same = (stretch[:, :, np.newaxis] == stretch[:, np.newaxis, :]) & (
        stretch[:, :, np.newaxis] >= 0
    )
    score = turn - params.same_name * same
    score[:, np.arange(at.shape[1]), np.arange(at.shape[1])] = np.inf
    best = score == score.min(axis=2, keepdims=True)
    mutual: NDArray[np.bool_] = best & best.transpose(0, 2, 1) & (turn < -params.straight)
    return mutual


def _costs(
    streets: Streets,
    main: NDArray[np.float64],
    at: NDArray[np.int64],
    pair: tuple[NDArray[np.int64], NDArray[np.int64]],
    through: NDArray[np.bool_],
    params: BorderParams,
) -> NDArray[np.float64]:
    """Return the cost of each pair at junctions of one degree, shape (j, pairs).

    A main street that goes on at its own junction is no border; where two of them cross, either is.
    Parting a neighbourhood that fits in a beat costs more, its outline is one that residents know.
    """
    a, b = pair
    is_main = np.asarray(np.isfinite(main))
    mains: NDArray[np.int64] = is_main[at].sum(axis=1).reshape(-1, 1)
    on_main = (mains > 0) & ~(is_main[a] & is_main[b] & (mains == _A_STREET))
    named = (streets.stretch[at] >= 0).any(axis=1).reshape(-1, 1)
    highest = main[at].min(axis=1).reshape(-1, 1)
    least = np.where(mains > 0, highest, 0.0)
    meeting = np.where(on_main, least, 1.0 + params.unnamed * ~named)
    crossing = streets.barred[a] != streets.barred[b]
    together = streets.place[a] == streets.place[b]
    cost = np.where(crossing, params.barrier, meeting)
    cost = (cost + params.same_place * (together & streets.fits[a])) / (at.shape[1] - 1)
    cost += params.through * (through & ~on_main & ~crossing)
    cost *= np.where(together, 1.0, params.outline)
    costs: NDArray[np.float64] = np.maximum(cost, _LEAST)
    return costs
