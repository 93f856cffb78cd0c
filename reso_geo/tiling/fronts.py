"""Border streets: those that a beat holds and at which others end, and the strip of lots beyond.

Where a street of one beat goes straight on and one of another ends on it, the border runs along
the first, at the depth of a lot on its far side: people live on both sides of a street.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork

__all__ = ["Fronts", "find_fronts", "lot_points"]

_STRAIGHT = np.radians(50.0)
"""A street that turns by less goes on."""
_NEAR_END_M = 20.0
_RANKS = ("trunk", "primary", "secondary", "tertiary")
_STEP_M, _GAP_M, _LEAST_M = 8.0, 4.0, 4.0
_SPARSE_M, _NEIGHBOURS = 20.0, 32
_AHEAD_M = 5.0
_STUBS, _STUB_M = 3, 20.0
_INNER_BEND_M = 1.5


@dataclass(frozen=True, eq=False)
class Fronts:
    """Sides of streets along which a border runs, and the streets that end there.

    Attributes
    ----------
    segment
        int64: segments of the network.
    left
        bool: True where the far side is on the left of its geometry.
    met
        bool: False for a main street on which no street of another beat ends.
    side_street, at_start
        int64 and bool: segments of other beats that end on a border street, and with which end.
    of_beat
        int64: the beat of that border street.
    """

    segment: NDArray[np.int64]
    left: NDArray[np.bool_]
    met: NDArray[np.bool_]
    side_street: NDArray[np.int64]
    at_start: NDArray[np.bool_]
    of_beat: NDArray[np.int64]


def find_fronts(
    network: StreetNetwork,
    beat_of: NDArray[np.int64],
    own: NDArray[np.int64],
    near: NDArray[np.bool_],
) -> Fronts:
    """Find the border streets of beats.

    Parameters
    ----------
    network
        The streets.
    beat_of
        int64, shape (m,): beat of each segment.
    own
        Segments that count.
    near
        bool, shape (m,): those with other beats around.

    Returns
    -------
    Fronts
        Of two streets that cross, the one of the higher class goes on, else the straighter.
    """
    count = len(own)
    node = np.concatenate((network.u[own], network.v[own]))
    beat = np.tile(beat_of[own], 2)
    angle = _leaving(network, own)
    order = np.lexsort((angle, node))
    first = np.searchsorted(node[order], node)
    size = np.searchsorted(node[order], node, side="right") - first
    place = np.empty(2 * count, dtype=np.int64)
    place[order] = np.arange(2 * count)
    left_of = order[first + (place - first + 1) % size]
    right_of = order[first + (place - first - 1) % size]
    twin = (np.arange(2 * count) + count) % (2 * count)

    one, other = _through(network, own, node, beat, angle, order, size)
    # Streets of others at the junctions where a beat goes on.
    host, end = _meeting(node, node[one])
    apart = beat[end] != beat[one[host]]
    host, end = host[apart], end[apart]
    turn = 2.0 * np.pi
    beside = (angle[end] - angle[one[host]]) % turn < (angle[other[host]] - angle[one[host]]) % turn
    # With its far side on the left, a border street leaves by `one` and arrives by `other`.
    front = np.zeros(2 * count, dtype=bool)
    front[one[host[beside]]] = True
    front[twin[other[host[beside]]]] = True
    front[other[host[~beside]]] = True
    front[twin[one[host[~beside]]]] = True

    ahead = right_of[twin]
    bend = np.abs((angle[ahead] - angle[twin]) % turn - np.pi)
    goes_on = (beat[ahead] == beat) & (bend < _STRAIGHT) & (ahead != twin)
    while True:
        more = front.copy()
        more[ahead[front & goes_on]] = True
        more |= goes_on & front[ahead]
        if (more == front).all():
            break
        front = more
    host, end = _led_on(network, own, one, host, end, node, angle, beat)
    main = np.tile(rank_of(network)[own] < len(_RANKS), 2) & np.tile(near[own], 2)
    found = np.flatnonzero(front | main)
    del left_of
    return Fronts(
        segment=own[found % count],
        left=found < count,
        met=front[found],
        side_street=own[end % count],
        at_start=end < count,
        of_beat=beat[one[host]],
    )


def _leaving(network: StreetNetwork, own: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the angle at which each segment leaves its start, then its end, radians."""
    lines = network.geometry[own]
    reach = np.minimum(_NEAR_END_M, shapely.length(lines) / 2.0)
    near = [
        shapely.get_coordinates(shapely.line_interpolate_point(lines, along))
        - shapely.get_coordinates(shapely.get_point(lines, end))
        for along, end in ((reach, 0), (-reach, -1))
    ]
    way = np.concatenate(near)
    return np.arctan2(way[:, 1], way[:, 0])


def _led_on(
    network: StreetNetwork,
    own: NDArray[np.int64],
    one: NDArray[np.int64],
    host: NDArray[np.int64],
    end: NDArray[np.int64],
    node: NDArray[np.int64],
    angle: NDArray[np.float64],
    beat: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Add to the ends of side streets those that go on behind a short one."""
    count = len(own)
    length = np.tile(shapely.length(network.geometry[own]), 2)
    last = host, end
    hosts, ends = [host], [end]
    for _ in range(_STUBS):
        short = length[last[1]] < _STUB_M
        by, stub = last[0][short], last[1][short]
        there = (stub + count) % (2 * count)
        which, more = _meeting(node, node[there])
        bend = np.abs((angle[more] - angle[there[which]]) % (2.0 * np.pi) - np.pi)
        on = (more != there[which]) & (bend < _STRAIGHT) & (beat[more] != beat[one[by[which]]])
        last = by[which][on], more[on]
        hosts.append(last[0])
        ends.append(last[1])
    return np.concatenate(hosts), np.concatenate(ends)


def rank_of(network: StreetNetwork) -> NDArray[np.int64]:
    """Return how far down each street stands, 0 for the main streets of the highest class.

    Parameters
    ----------
    network
        The streets.

    Returns
    -------
    ndarray of int64, shape (m,)
        Of trunk roads, primary, secondary and tertiary streets, and of all others.
    """
    kinds, of = np.unique(network.highway.astype(str), return_inverse=True)
    rank = np.full(len(kinds), len(_RANKS))
    for place, name in reversed(list(enumerate(_RANKS))):
        rank[np.char.find(kinds, name) >= 0] = place
    return rank[of]


def _meeting(
    node: NDArray[np.int64], asked: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return all pairs of a junction asked for and an end there, as indices into both."""
    order = np.argsort(node, kind="stable")
    first = np.searchsorted(node[order], asked)
    size = np.searchsorted(node[order], asked, side="right") - first
    which = np.repeat(np.arange(len(asked)), size)
    place = np.arange(len(which)) - np.repeat(np.cumsum(size) - size, size)
    return which, order[first[which] + place]


def _through(
    network: StreetNetwork,
    own: NDArray[np.int64],
    node: NDArray[np.int64],
    beat: NDArray[np.int64],
    angle: NDArray[np.float64],
    order: NDArray[np.int64],
    size: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the two ends with which a beat goes straight on at a junction that others share."""
    del order
    low = np.full(len(network.node_id), np.iinfo(np.int64).max)
    high = np.full(len(network.node_id), -1)
    np.minimum.at(low, node, beat)
    np.maximum.at(high, node, beat)
    shared = np.flatnonzero((low < high)[node] & (size > 2))
    which, two = _meeting(node, node[shared])
    one = shared[which]
    pair = (beat[one] == beat[two]) & (one < two)
    one, two = one[pair], two[pair]
    bend = np.abs((angle[one] - angle[two]) % (2.0 * np.pi) - np.pi)
    straight = bend < _STRAIGHT
    one, two, bend = one[straight], two[straight], bend[straight]
    rank = np.tile(rank_of(network)[own], 2)
    best = np.lexsort((beat[one], bend, np.maximum(rank[one], rank[two]), node[one]))
    _, chosen = np.unique(node[one][best], return_index=True)
    return one[best[chosen]], two[best[chosen]]


def lot_points(
    network: StreetNetwork,
    beat_of: NDArray[np.int64],
    own: NDArray[np.int64],
    fronts: Fronts,
    depth_m: float,
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.object_], NDArray[np.int64]]:
    """Return points on both sides of the line at the depth of a lot from border streets.

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
        Of a lot, metres; less where the next street is nearer than twice that.

    Returns
    -------
    points
        float64, shape (p, 2).
    label
        int64, shape (p,): the beat on that side of the line.
    strip
        object (LineString): from the street across the line, one for each two points.
    holder
        int64: the beat that holds the street.
    """
    spot, ahead, at = _normals(network, fronts)
    beat = beat_of[fronts.segment[at]]
    lines = network.geometry[own]
    tree = shapely.STRtree(lines)
    limits = network.required
    width = int(beat_of.max()) + 1
    sides = np.unique(fronts.side_street * width + fronts.of_beat)

    def others(
        shapes: NDArray[np.object_], distance: NDArray[np.float64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return pairs of a shape and a street of another beat near it that goes past."""
        if distance is None:
            shape, near = tree.query(shapes, predicate="intersects")
        else:
            shape, near = tree.query(shapes, predicate="dwithin", distance=distance)
        street = own[near]
        past = limits[street] & (beat_of[street] != beat[shape]) & ~np.isin(street * width + beat[shape], sides)
        return shape[past], street[past]

    ray = shapely.linestrings(np.stack((spot + ahead, spot + 2.0 * depth_m * ahead), axis=1))
    hit, street = others(ray)
    gap = shapely.distance(
        shapely.points(spot[hit]), shapely.intersection(ray[hit], network.geometry[street])
    )
    depth = np.full(len(spot), depth_m)
    np.minimum.at(depth, hit, gap / 2.0)
    facing = np.full(len(spot), -1)
    nearest_last = np.argsort(-gap, kind="stable")
    facing[hit[nearest_last]] = street[nearest_last]
    step = np.minimum(_GAP_M, depth / 2.0)
    inner = spot + (depth - step)[:, None] * ahead
    outer = spot + (depth + step)[:, None] * ahead
    taken, _ = others(shapely.points(inner), depth - step - 0.5)
    good = depth > _LEAST_M
    good[taken] = False
    shape, near = tree.query(
        shapely.points(outer), predicate="dwithin", distance=depth + step - _INNER_BEND_M
    )
    good[shape[beat_of[own[near]] == beat[shape]]] = False
    seen = _beyond(network, own, fronts, spot, ahead, at, outer)
    facing = np.where(facing >= 0, facing, seen)
    rank = rank_of(network)
    beyond = beat_of[facing]
    good &= (facing >= 0) & (beyond != beat)
    good &= fronts.met[at] | (rank[facing] > rank[fronts.segment[at]])
    return (
        np.concatenate((inner[good], outer[good])),
        np.concatenate((beat[good], beyond[good])),
        shapely.linestrings(np.stack((spot[good], outer[good]), axis=1)),
        beat[good],
    )


def _normals(
    network: StreetNetwork, fronts: Fronts
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return spots along border streets, the way to their far side, and which front each is on."""
    lines = network.geometry[fronts.segment]
    length = shapely.length(lines)
    count = np.maximum(np.ceil(length / _STEP_M).astype(np.int64), 1)
    at = np.repeat(np.arange(len(lines)), count)
    place = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
    along = (place + 0.5) * (length / count)[at]
    spot = shapely.get_coordinates(shapely.line_interpolate_point(lines[at], along))
    reach = np.minimum(_STEP_M, length[at] / 4.0)
    way = shapely.get_coordinates(
        shapely.line_interpolate_point(lines[at], np.minimum(along + reach, length[at]))
    ) - shapely.get_coordinates(
        shapely.line_interpolate_point(lines[at], np.maximum(along - reach, 0.0))
    )
    way /= np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)[:, None]
    turned = np.column_stack((-way[:, 1], way[:, 0]))
    return spot, np.where(fronts.left[at][:, None], turned, -turned), at


def _beyond(
    network: StreetNetwork,
    own: NDArray[np.int64],
    fronts: Fronts,
    spot: NDArray[np.float64],
    ahead: NDArray[np.float64],
    at: NDArray[np.int64],
    outer: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Return the nearest street on the far side of each spot, -1 for none near."""
    lines = network.geometry[own]
    length = shapely.length(lines)
    count = np.maximum(np.ceil(length / _SPARSE_M).astype(np.int64), 1)
    of = np.repeat(np.arange(len(own)), count)
    place = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    points = shapely.get_coordinates(
        shapely.line_interpolate_point(lines[of], (place + 0.5) * (length / count)[of])
    )
    most = min(_NEIGHBOURS, len(points))
    near = scipy.spatial.cKDTree(points).query(outer, k=most)[1].reshape(len(outer), most)
    far_side = ((points[near] - spot[:, None]) * ahead[:, None]).sum(axis=2) > _AHEAD_M
    far_side &= own[of[near]] != fronts.segment[at][:, None]
    first = far_side.argmax(axis=1)
    rows = np.arange(len(outer))
    found: NDArray[np.int64] = np.where(far_side[rows, first], own[of[near[rows, first]]], -1)
    return found
