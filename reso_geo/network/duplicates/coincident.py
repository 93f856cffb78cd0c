"""Points that lie at the same place under several ids: sheets that meet, streets imported twice.

Two points at most 0.1 m apart are the same place: seven decimals of a degree are 1 cm, and what was
rounded to six moves by 8 cm at most; no wall is thinner than that, and in a city's file hardly any
two points that mean different things are nearer. Points are joined where ways of the same deck
(ground, bridge, tunnel, layer, level) run over both. Of different decks on one level, where two
ways run on together, one of them untagged, or where both points are the loose ends of their ways:
so a bridge stays apart from the street that passes under a point of it, and the floors of a
building, drawn one above another, from each other.

A street that was drawn again with more points gets the points of the other, so that the two
can be compared step by step. A line that only touches or crosses another between two points is
never joined to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy
import shapely

from reso_geo.network.connectivity import components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.osm import Ways

__all__ = ["NO_ID", "MergedPoints", "join_points"]

TOGETHER_M = 0.1
NO_ID = np.iinfo(np.int64).min
"""Where a way has a point now that it did not have before."""
_LEAST_OVERLAP_M = 0.3
"""Two lines that run within `TOGETHER_M` of each other for less than this only touch."""
_SHORT_M = 1.0
"""A way that comes back to a place goes farther than this."""
_EARTH_M = 6371008.8


@dataclass(frozen=True)
class MergedPoints:
    """Ways whose points at one place have one id.

    Attributes
    ----------
    ways
        The ways; points joined have the lowest id (of those that are not negative, if any) and its
        coordinates.
    was
        int64, shape (points,): id of each point before; `NO_ID` for one that the way did not have.
    """

    ways: Ways
    was: NDArray[np.int64]

    @property
    def at(self) -> NDArray[np.int64]:
        """Positions of the points that have another id than before, or were not on the way."""
        return np.flatnonzero(self.was != self.ways.node_id)


@dataclass(frozen=True)
class _Points:
    """Which points count, by position in the table of points.

    Attributes
    ----------
    way_of
        The way of each point of the table.
    at
        The points of usable ways.
    start
        Those of them that the next point on the same way follows: the steps.
    """

    way_of: NDArray[np.int64]
    at: NDArray[np.int64]
    start: NDArray[np.int64]


def join_points(ways: Ways, usable: NDArray[np.bool_]) -> MergedPoints:
    """Join the points of usable ways that lie at the same place.

    Parameters
    ----------
    ways
        What a reader of `reso_geo.osm` gave.
    usable
        bool, shape (ways,): ways that somebody may use.

    Returns
    -------
    MergedPoints
        The same ways where nothing is to be joined.
    """
    way_of = np.repeat(np.arange(len(ways)), np.diff(ways.first))
    at = np.flatnonzero(usable[way_of])
    follows = (at[1:] == at[:-1] + 1) & (way_of[at[1:]] == way_of[at[:-1]])
    points = _Points(way_of, at, at[:-1][follows])
    was = ways.node_id
    joined = _renamed(ways, at, _pairs(ways, points))
    if joined is not ways and len(ways.gates):
        gates = np.unique(joined.node_id[np.isin(was, ways.gates)])
        joined = replace(joined, gates=np.union1d(gates, ways.gates))
    step, point = _overlaps(joined, was, points)
    if joined is ways and not len(step):
        return MergedPoints(ways, was)
    return _without_repeats(*_inserted(joined, was, way_of, step, point))


def _pairs(ways: Ways, points: _Points) -> NDArray[np.int64]:
    """Find the pairs of ids, shape (pairs, 2), that are one place."""
    way_of, at, start = points.way_of, points.at, points.start
    ids, first, node = np.unique(ways.node_id[at], return_index=True, return_inverse=True)
    lon, lat = np.radians(ways.lon[at[first]]), np.radians(ways.lat[at[first]])
    spots = np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
    tree = scipy.spatial.cKDTree(_EARTH_M * spots, balanced_tree=False, compact_nodes=False)
    pairs: NDArray[np.int64] = tree.query_pairs(TOGETHER_M, output_type="ndarray").astype(np.int64)
    if not len(pairs):
        return pairs
    place = np.empty(len(way_of), dtype=np.int64)
    place[at] = node
    ends = np.column_stack((place[start], place[start + 1]))
    # Points of one way that follow each other are short steps of it.
    short = np.isin(_codes(pairs, len(ids)), _codes(ends, len(ids)))
    a, b = at[first[pairs]].T
    along_m = np.zeros(len(way_of))
    along_m[start + 1] = np.hypot(*np.diff(_metres(ways, at), axis=0)[start].T)
    along_m = np.cumsum(along_m)
    short |= (way_of[a] == way_of[b]) & (np.abs(along_m[a] - along_m[b]) < _SHORT_M)
    pairs = pairs[~short]
    pairs = pairs[np.lexsort(pairs.T[::-1])]
    found: NDArray[np.int64] = ids[pairs[_may_join(ways, points, node, pairs, ends)]]
    return found


def _codes(pairs: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return a number for each unordered pair."""
    codes: NDArray[np.int64] = pairs.min(axis=1) * count + pairs.max(axis=1)
    return codes


def _may_join(
    ways: Ways,
    points: _Points,
    node: NDArray[np.int64],
    pairs: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Find which pairs of places (indices) are on one deck, are both loose, or run on together."""
    decks, deck = np.unique(ways.deck.astype(str), return_inverse=True)
    rows = (np.ones(len(node), dtype=np.int64), (node, deck[points.way_of[points.at]]))
    on = scipy.sparse.coo_array(rows, shape=(node.max() + 1, len(decks))).tocsr()
    one, other = on[pairs[:, 0]], on[pairs[:, 1]]
    may: NDArray[np.bool_] = np.asarray(one.multiply(other).sum(axis=1)).ravel() > 0
    loose = np.bincount(node) == 1
    is_end = np.zeros(node.max() + 1, dtype=bool)
    is_end[node[np.isin(points.at, np.concatenate((ways.first[:-1], ways.first[1:] - 1)))]] = True
    loose &= is_end
    known = {(min(p), max(p)) for p in pairs.tolist()}
    beside = _beside(pairs[~may], ends)
    for row in np.flatnonzero(~may).tolist():
        a, b = pairs[row].tolist()
        mine, theirs = ({str(decks[k]) for k in on[[p]].indices} for p in (a, b))
        levels, others = ({_level(d) for d in each} for each in (mine, theirs))
        if loose[a] and loose[b]:
            may[row] = levels == others
        elif "" in mine | theirs and levels & others:
            may[row] = any(
                x == y or (min(x, y), max(x, y)) in known for x in beside[a] for y in beside[b]
            )
    return may


def _level(deck: str) -> str:
    return deck.partition("@")[2]


def _beside(pairs: NDArray[np.int64], ends: NDArray[np.int64]) -> dict[int, set[int]]:
    """Find the places one step from each place of some pairs."""
    wanted = np.unique(pairs)
    beside: dict[int, set[int]] = {place: set() for place in wanted.tolist()}
    for here, there in ((0, 1), (1, 0)):
        rows = ends[np.isin(ends[:, here], wanted)]
        for a, b in rows[:, [here, there]].tolist():
            beside[a].add(b)
    return beside


def _renamed(ways: Ways, at: NDArray[np.int64], pairs: NDArray[np.int64]) -> Ways:
    """Rename all ids of a place to the lowest of them and its coordinates."""
    if not len(pairs):
        return ways
    ids, place = np.unique(pairs, return_inverse=True)
    a, b = place.reshape(-1, 2).T
    label = components(len(ids), a, b)
    # An id below zero is one that its editor or the reader made up.
    order = np.lexsort((np.abs(ids), ids < 0))
    _, first = np.unique(label[order], return_index=True)
    lowest = ids[order[first]][label]
    node_id, lon, lat = ways.node_id.copy(), ways.lon.copy(), ways.lat.copy()
    rows = at[np.isin(ways.node_id[at], ids)]
    node_id[rows] = lowest[np.searchsorted(ids, ways.node_id[rows])]
    known, row = np.unique(ways.node_id[at], return_index=True)
    model = at[row[np.searchsorted(known, node_id[rows])]]
    lon[rows], lat[rows] = ways.lon[model], ways.lat[model]
    return replace(ways, node_id=node_id, lon=lon, lat=lat)


def _overlaps(
    ways: Ways, was: NDArray[np.int64], points: _Points
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the points that lie within a step of another way which runs on along it.

    Only loose ends, and points of ways with a point that was joined, are looked at. Give the
    position where each step starts, and that of each point; in order along each step.
    """
    way_of, at = points.way_of, points.at
    xy = _metres(ways, at)
    point = _candidates(ways, way_of, at, was != ways.node_id)
    step, found = _near(xy, points.start, point)
    start, point = points.start[step], point[found]
    a, b, p = xy[start], xy[start + 1], xy[point]
    length_m = np.hypot(*(b - a).T)
    along_m = np.einsum("ij,ij->i", p - a, b - a) / np.maximum(length_m, 1e-9)
    within = (along_m > TOGETHER_M) & (along_m < length_m - TOGETHER_M)
    within &= way_of[start] != way_of[point]
    within &= (ways.node_id[point] != ways.node_id[start]) & (
        ways.node_id[point] != ways.node_id[start + 1]
    )
    one, other = ways.deck[way_of[start]], ways.deck[way_of[point]]
    level = np.array([_level(deck) for deck in ways.deck], dtype=object)
    on_one_level = level[way_of[start]] == level[way_of[point]]
    within &= (one == other) | (((one == "") | (other == "")) & on_one_level)
    onward = _runs_on(xy, was, way_of, start, point)
    kept = np.flatnonzero(within & onward)
    kept = kept[np.lexsort((ways.node_id[point[kept]], along_m[kept], start[kept]))]
    pairs = np.column_stack((start[kept], ways.node_id[point[kept]]))
    _, once = np.unique(pairs, axis=0, return_index=True)
    kept = kept[np.sort(once)]
    return start[kept], point[kept]


def _metres(ways: Ways, at: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the points in metres on a plane that is true enough over a few centimetres."""
    middle = np.cos(np.radians(np.median(ways.lat[at])))
    east = (ways.lon - ways.lon[0] + 180.0) % 360.0 - 180.0
    xy: NDArray[np.float64] = np.radians(np.column_stack((east * middle, ways.lat))) * _EARTH_M
    return xy


def _candidates(
    ways: Ways, way_of: NDArray[np.int64], at: NDArray[np.int64], changed: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Find the positions of loose ends, and of the points of ways with a point joined."""
    _, inverse, count = np.unique(ways.node_id[at], return_inverse=True, return_counts=True)
    is_end = np.isin(at, np.concatenate((ways.first[:-1], ways.first[1:] - 1)))
    met = np.unique(ways.node_id[changed])
    touched = np.zeros(len(ways), dtype=bool)
    touched[way_of[at[np.isin(ways.node_id[at], met)]]] = True
    wanted: NDArray[np.int64] = at[((count[inverse] == 1) & is_end) | touched[way_of[at]]]
    return wanted


def _near(
    xy: NDArray[np.float64], start: NDArray[np.int64], point: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find which steps come near which points."""
    lines = np.asarray(shapely.linestrings(np.stack((xy[start], xy[start + 1]), 1)))
    tree = shapely.STRtree(np.asarray(shapely.points(xy[point])))
    step, found = tree.query(lines, predicate="dwithin", distance=TOGETHER_M)
    return step, found


def _runs_on(
    xy: NDArray[np.float64],
    was: NDArray[np.int64],
    way_of: NDArray[np.int64],
    start: NDArray[np.int64],
    point: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Find where the way of a point runs on along the step that the point lies on.

    Not to an end of that step by the same id: there two ways meet that were drawn together.
    """
    a, b, p = xy[start], xy[start + 1], xy[point]
    on: NDArray[np.bool_] = np.zeros(len(start), dtype=bool)
    for side in (-1, 1):
        there = np.clip(point + side, 0, len(way_of) - 1)
        q = xy[there]
        onward = (way_of[there] == way_of[point]) & (there != point)
        onward &= (was[there] != was[start]) & (was[there] != was[start + 1])
        for end, line in ((q, (a, b)), (a, (p, q)), (b, (p, q))):
            far = np.hypot(*(end - p).T) >= _LEAST_OVERLAP_M
            on |= onward & far & (_away_m(end, *line) <= TOGETHER_M)
    return on


def _away_m(
    spot: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Measure the distance of each spot from a straight line between two others."""
    step = b - a
    along = np.einsum("ij,ij->i", spot - a, step) / np.maximum(
        np.einsum("ij,ij->i", step, step), 1e-12
    )
    away: NDArray[np.float64] = np.hypot(*(spot - a - np.clip(along, 0, 1)[:, None] * step).T)
    return away


def _inserted(
    ways: Ways,
    was: NDArray[np.int64],
    way_of: NDArray[np.int64],
    start: NDArray[np.int64],
    point: NDArray[np.int64],
) -> tuple[Ways, NDArray[np.int64]]:
    """Insert points into steps, each behind the position where its step starts."""
    if not len(start):
        return ways, was
    sizes = np.diff(ways.first) + np.bincount(way_of[start], minlength=len(ways))
    changed = replace(
        ways,
        first=np.concatenate(([0], np.cumsum(sizes))),
        node_id=np.insert(ways.node_id, start + 1, ways.node_id[point]),
        lon=np.insert(ways.lon, start + 1, ways.lon[point]),
        lat=np.insert(ways.lat, start + 1, ways.lat[point]),
        ele_m=np.insert(ways.ele_m, start + 1, np.nan),
    )
    return changed, np.insert(was, start + 1, NO_ID)


def _without_repeats(ways: Ways, was: NDArray[np.int64]) -> MergedPoints:
    """Drop a point that joining made the same as the one before it on its way."""
    repeat = np.zeros(len(was), dtype=bool)
    repeat[1:] = (ways.node_id[1:] == ways.node_id[:-1]) & (was[1:] != was[:-1])
    repeat[ways.first[:-1]] = False
    if not repeat.any():
        return MergedPoints(ways, was)
    kept = ~repeat
    gone = np.concatenate(([0], np.cumsum(repeat)))
    ways = replace(
        ways,
        first=ways.first - gone[ways.first],
        node_id=ways.node_id[kept],
        lon=ways.lon[kept],
        lat=ways.lat[kept],
        ele_m=ways.ele_m[kept],
    )
    return MergedPoints(ways, was[kept])
