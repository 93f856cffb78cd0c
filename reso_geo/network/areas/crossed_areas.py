"""Areas: squares as lines, so that each is walked around and across, and covered once.

The outline of a square is walked where no street runs over the same points. Across it, straight
lines join the points where other streets meet it, the ends of streets within it among them; no
line is drawn where it would leave the square for a quarter of its length or more, such as through
a building, and none where both points are neighbours on a street or on the outline. A street that
crosses the outline without a common point may be a bridge: it does not meet the square.

Nothing of a square is required where required lines run through it: where their length within is
at least half of the width of the smallest circle around it (a side street that crosses a long
pedestrian street does not stand for it). Else half of its outline at most is.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

from reso_geo.network.areas.area_lines import AreaLines, SquarePoints, spots_of
from reso_geo.network.areas.squares import edge, in_metres, meetings, squares_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from reso_geo.network.areas.squares import Edge, MeetingStreets, Square
    from reso_geo.osm import Ways

__all__ = ["lay_out_areas"]

_OUTLINE, _LINE, _TURNING = "area_outline", "area_line", "turning_area"
_MOST_JUNCTIONS = 12
_LEAST_STREETS = 2
_LINE_SHARE = 0.5
_INSIDE_SHARE = 0.75
_EDGE_M = 0.5
_SAME_M = 0.05
"""Lengths along an outline that differ by less are equal: points are drawn to the centimetre."""
_WALKED = frozenset(("pedestrian", "footway", "path", "cycleway"))
_INNER_POINTS = 1 << 50
"""Above all ids of OpenStreetMap, below those that no longer fit into a page's numbers."""
_MOST_PARTS, _MOST_IDS = 1 << 7, 1 << 40

_Pair: TypeAlias = tuple[int, int]


def lay_out_areas(ways: Ways, step_m: NDArray[np.float64]) -> Ways:
    """Return the ways with their areas as lines: outlines cut where duty changes, and lines across.

    Parameters
    ----------
    ways
        What a reader of `reso_geo.osm` gave.
    step_m
        float64, shape (points,): metres from each point to the next of its way.

    Returns
    -------
    Ways
        Areas that may be walked are stretches of outline and lines across; all else as it was.
    """
    rows = np.flatnonzero((ways.area != "") & ways.foot)
    if not len(rows):
        return ways
    squares = squares_of(ways, rows, step_m)
    streets = meetings(ways, squares)
    spots = spots_of(ways, rows)
    within = _ends_within(ways, squares, spots)
    lines = AreaLines(ways, rows, squares, streets, spots)
    run_through = _lengths_within_m(ways, squares)
    gates = frozenset(ways.gates.tolist())
    for number, square in enumerate(squares):
        own = {*square.outline(), *square.hole_edges()}
        on = [n for n in square.nodes if n not in gates and _is_met(n, own, streets)]
        inside = [n for hole in square.holes for n in hole if n not in gates]
        inside = [n for n in inside if _is_met(n, own, streets)] + within[number]
        if inside and not on:
            on = [min(square.nodes, key=lambda n: (spots.apart(n, inside[0]), n))]
        why = _why_not(ways, square, streets, on, run_through[number])
        lines.decide(square, why, _half(square, on) if why == _OUTLINE else ())
        lines.cross(square, _pairs(square, on, inside, spots))
    return lines.ways()


def _is_met(node: int, own: set[Edge], streets: MeetingStreets) -> bool:
    """Return whether something leads away from a point of a square, or ends there."""
    if node in streets.ends:
        return True
    return any(edge(node, other) not in own for other, _ in streets.beside.get(node, ()))


def _ends_within(ways: Ways, squares: Sequence[Square], spots: SquarePoints) -> list[list[int]]:
    """Find the ends of streets on the ground that lie within squares and lead nowhere else."""
    walked = np.repeat(ways.foot, np.diff(ways.first))
    nodes, count = np.unique(ways.node_id[walked], return_counts=True)
    streets = ways.foot & (ways.area == "") & ways.on_ground
    at = np.concatenate((ways.first[:-1][streets], ways.first[1:][streets] - 1))
    at = at[np.isin(ways.node_id[at], nodes[count == 1]) & ~np.isin(ways.node_id[at], ways.gates)]
    found: list[list[int]] = [[] for _ in squares]
    tree = shapely.STRtree(shapely.points(ways.lon[at], ways.lat[at]))
    shapes = np.array([square.shape for square in squares], dtype=object)
    for number, place in zip(
        *tree.query(shapes, predicate="contains_properly").tolist(), strict=True
    ):
        found[number].append(int(ways.node_id[at[place]]))
        spots.add(ways, int(at[place]))
    return [sorted(ends) for ends in found]


def _lengths_within_m(ways: Ways, squares: Sequence[Square]) -> list[float]:
    """Measure the required lines within squares, without those along their edges."""
    rows = np.flatnonzero(ways.required & ways.foot & (ways.area == ""))
    within_m = [0.0] * len(squares)
    if not len(rows) or not squares:
        return within_m
    kept = np.repeat(np.isin(np.arange(len(ways)), rows), np.diff(ways.first))
    owner = np.repeat(np.arange(len(rows)), np.diff(ways.first)[rows])
    lines = np.asarray(shapely.linestrings(ways.lon[kept], ways.lat[kept], indices=owner))
    shapes = np.array([square.shape for square in squares], dtype=object)
    found = shapely.STRtree(lines).query(shapes, predicate="intersects")
    for number in np.unique(found[0]).tolist():
        lat = shapes[number].bounds[1]
        (inner,) = shapely.buffer(in_metres(shapes[[number]], lat), -_EDGE_M)
        near = in_metres(lines[found[1][found[0] == number]], lat)
        within_m[number] = float(shapely.length(shapely.intersection(near, inner)).sum())
    return within_m


def _why_not(
    ways: Ways, square: Square, streets: MeetingStreets, on: Sequence[int], run_through_m: float
) -> str:
    """Return the reason why nothing of a square is required; `_OUTLINE` where half of it is."""
    if not ways.required[square.row]:
        return str(ways.why[square.row])
    (flat,) = in_metres(np.array([square.shape], dtype=object), square.shape.bounds[1])
    if run_through_m >= _LINE_SHARE * 2.0 * shapely.minimum_bounding_radius(flat):
        return _LINE
    if ways.highway[square.row] in _WALKED:
        return _OUTLINE
    leading = [
        n
        for n in on
        if any(ways.required[row] and not ways.area[row] for _, row in streets.beside.get(n, ()))
    ]
    return _OUTLINE if len(leading) >= _LEAST_STREETS else _TURNING


def _half(square: Square, on: Sequence[int]) -> list[Edge]:
    """Choose the shorter part of an outline between the two junctions farthest apart along it.

    With one junction, between it and the point opposite; with none, nothing. Of parts as long as
    each other, the one that holds the lowest id.
    """
    if not on:
        return []
    place = {node: at for at, node in enumerate(square.nodes)}
    begins_m = np.concatenate(([0.0], np.cumsum(square.step_m)))
    around_m = float(begins_m[-1])
    first = sorted(on)
    second = first if len(first) > 1 else sorted(square.nodes)
    a = begins_m[[place[n] for n in first]][:, None]
    b = begins_m[[place[n] for n in second]][None, :]
    apart_m = np.minimum(np.abs(a - b), around_m - np.abs(a - b))
    farthest = np.argmax(apart_m >= apart_m.max() - _SAME_M)
    one, other = np.unravel_index(farthest, apart_m.shape)
    low, high = sorted((place[first[one]], place[second[other]]))
    there_m = float(begins_m[high] - begins_m[low])
    there, back = square.nodes[low + 1 : high], square.nodes[high + 1 :] + square.nodes[:low]
    lowest = [min(part, default=max(square.nodes)) for part in (there, back)]
    is_there = there_m < around_m - there_m
    if abs(around_m - 2.0 * there_m) < _SAME_M:
        is_there = lowest[0] < lowest[1]
    steps = square.outline()
    return steps[low:high] if is_there else steps[high:] + steps[:low]


def _pairs(
    square: Square, on: Sequence[int], inside: Sequence[int], spots: SquarePoints
) -> Iterable[_Pair]:
    """Choose the straight lines across a square: between junctions, or to a point within."""
    ends = sorted({*on, *inside})
    if len(ends) > _MOST_JUNCTIONS:
        inner = _inner_point(square)
        spots.lonlat[inner] = shapely.get_coordinates(shapely.point_on_surface(square.shape))[0]
        pairs = [(end, inner) for end in ends]
    else:
        pairs = list(combinations(ends, 2))
    if not pairs:
        return ()
    lines = shapely.linestrings([[spots.lonlat[end] for end in pair] for pair in pairs])
    # Along one straight line, degrees are as good as metres for a share.
    length = np.maximum(shapely.length(lines), np.finfo(float).tiny)
    share = shapely.length(shapely.intersection(lines, square.shape)) / length
    kept = share > _INSIDE_SHARE
    for end in inside:
        mine = [at for at, pair in enumerate(pairs) if end in pair]
        if mine and not kept[mine].any():
            kept[max(mine, key=lambda at: (share[at], -length[at]))] = True
    return [pair for pair, keep in zip(pairs, kept.tolist(), strict=True) if keep]


def _inner_point(square: Square) -> int:
    """Return the point within a square an id of its own, the same in every extract."""
    number = int(square.area[1:])
    code = (abs(number) % _MOST_IDS) * _MOST_PARTS + square.part % _MOST_PARTS
    return _INNER_POINTS + code * 4 + (number < 0) * 2 + (square.area[0] == "r")
