"""Squares: the areas of a table of ways as polygons, and where the streets around meet them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from reso_geo.osm import Ways

__all__ = ["Edge", "MeetingStreets", "Square", "edge", "in_metres", "meetings", "squares_of"]

Edge: TypeAlias = tuple[int, int]
"""Two neighbouring points of a way, the lower id first."""

_METRES_PER_DEGREE = 111_195.0
_FEWEST_POINTS = 3
"""A ring has at least as many, the first not counted twice."""


def edge(a: int, b: int) -> Edge:
    """Return a step between two points, whichever way it runs.

    Parameters
    ----------
    a, b
        Ids of the points.

    Returns
    -------
    tuple of int
        The lower id first.
    """
    return (a, b) if a <= b else (b, a)


@dataclass(frozen=True)
class Square:
    """One polygon of an area.

    Attributes
    ----------
    area
        As in `reso_geo.osm.Ways.area`.
    part
        Its number among the polygons of the area, from zero.
    row
        The first way of the area: all have its tags.
    nodes
        Points of the outline in order, none twice.
    step_m
        Geodesic metres from each to the next.
    holes
        Points of each hole.
    shape
        Polygon in degrees (EPSG:4326).
    """

    area: str
    part: int
    row: int
    nodes: tuple[int, ...]
    step_m: tuple[float, ...]
    holes: tuple[tuple[int, ...], ...]
    shape: shapely.Polygon

    def outline(self) -> list[Edge]:
        """Return the steps of the outline, in order."""
        return list(_edges(self.nodes))

    def hole_edges(self) -> set[Edge]:
        """Return the steps around its holes."""
        return {step for hole in self.holes for step in _edges(hole)}


@dataclass(frozen=True)
class MeetingStreets:
    """What meets the squares on foot.

    Attributes
    ----------
    beside
        By point of a ring: the neighbouring point and the way of each step from there.
    lines
        Steps of lines that touch a ring: whether one of them there is required.
    ends
        Points where a line begins or ends.
    """

    beside: dict[int, list[tuple[int, int]]]
    lines: dict[Edge, bool]
    ends: frozenset[int]


def squares_of(ways: Ways, rows: NDArray[np.int64], step_m: NDArray[np.float64]) -> list[Square]:
    """Return the polygons of areas.

    Parameters
    ----------
    ways
        What a reader of `reso_geo.osm` gave.
    rows
        int64: the ways that are parts of areas.
    step_m
        float64, shape (points,): metres from each point to the next of its way.

    Returns
    -------
    list of Square
        In the order of their first ways. A ring that the source holds in part makes none.
    """
    members: dict[str, list[int]] = defaultdict(list)
    for row in rows.tolist():
        members[ways.area[row]].append(row)
    squares = []
    for area, own in members.items():
        length_m: dict[Edge, float] = {}
        place: dict[int, tuple[float, float]] = {}
        for row in own:
            first, stop = int(ways.first[row]), int(ways.first[row + 1])
            nodes = ways.node_id[first:stop].tolist()
            spots = zip(ways.lon[first:stop].tolist(), ways.lat[first:stop].tolist(), strict=True)
            place.update(zip(nodes, spots, strict=True))
            length_m.update(zip(_steps(nodes), step_m[first : stop - 1].tolist(), strict=True))
        rings = _rings(length_m)
        squares += [
            Square(
                area,
                part,
                own[0],
                tuple(nodes),
                tuple(length_m[step] for step in _edges(nodes)),
                tuple(tuple(rings[hole]) for hole in holes),
                shape,
            )
            for part, (nodes, holes, shape) in enumerate(_polygons(rings, place))
        ]
    return squares


def meetings(ways: Ways, squares: Sequence[Square]) -> MeetingStreets:
    """Find what meets the rings of squares on foot.

    Parameters
    ----------
    ways
        What a reader of `reso_geo.osm` gave.
    squares
        From `squares_of`.

    Returns
    -------
    MeetingStreets
        Steps and ends of ways that may be walked.
    """
    way_of = np.repeat(np.arange(len(ways)), np.diff(ways.first))
    rings = np.unique([n for s in squares for ring in (s.nodes, *s.holes) for n in ring])
    on_ring = np.isin(ways.node_id, rings)
    walked = (way_of[:-1] == way_of[1:]) & ways.foot[way_of[:-1]]
    steps = np.flatnonzero(walked & (on_ring[:-1] | on_ring[1:]))
    beside: dict[int, list[tuple[int, int]]] = defaultdict(list)
    lines: dict[Edge, bool] = {}
    a, b, row = ways.node_id[steps], ways.node_id[steps + 1], way_of[steps]
    is_line = (ways.area == "")[row]
    for one, other, way, line in zip(
        a.tolist(), b.tolist(), row.tolist(), is_line.tolist(), strict=True
    ):
        beside[one].append((other, way))
        beside[other].append((one, way))
        if line:
            step = edge(one, other)
            lines[step] = lines.get(step, False) or bool(ways.required[way])
    return MeetingStreets(dict(beside), lines, _ends(ways))


def _ends(ways: Ways) -> frozenset[int]:
    """Find where lines begin or end: not where a way that comes in several rows runs on."""
    streets = np.flatnonzero(ways.foot & (ways.area == ""))
    at = np.concatenate((ways.first[streets], ways.first[streets + 1] - 1))
    ends = np.column_stack((np.tile(ways.way_id[streets], 2), ways.node_id[at]))
    found, count = np.unique(ends, axis=0, return_counts=True)
    return frozenset(found[count % 2 == 1, 1].tolist())


def in_metres(shapes: NDArray[np.object_], lat: float) -> NDArray[np.object_]:
    """Return shapes as they look from above, near enough for comparing lengths within a square.

    Parameters
    ----------
    shapes
        object: geometries in degrees (EPSG:4326).
    lat
        Latitude of the square, degrees.

    Returns
    -------
    ndarray of object
        The same in metres.
    """
    scale = np.array([np.cos(np.radians(lat)), 1.0]) * _METRES_PER_DEGREE
    moved: NDArray[np.object_] = shapely.transform(shapes, lambda lonlat: lonlat * scale)
    return moved


def _steps(nodes: Sequence[int]) -> Iterator[Edge]:
    return (edge(a, b) for a, b in pairwise(nodes))


def _edges(ring: Sequence[int]) -> Iterator[Edge]:
    return _steps((*ring, ring[0]))


def _rings(edges: Iterable[Edge]) -> list[list[int]]:
    """Join steps into rings that pass no point twice; what closes no ring is left out."""
    beside: dict[int, list[int]] = defaultdict(list)
    unused = {step for step in edges if step[0] != step[1]}
    for a, b in sorted(unused, reverse=True):
        beside[a].append(b)
        beside[b].append(a)
    rings = []
    for start in sorted(beside):
        path, place = [start], {start: 0}
        while path:
            ahead = beside[path[-1]]
            while ahead and edge(path[-1], ahead[-1]) not in unused:
                ahead.pop()
            if not ahead:
                del place[path.pop()]
                continue
            node = ahead.pop()
            unused.remove(edge(path[-1], node))
            if node not in place:
                place[node] = len(path)
                path.append(node)
                continue
            ring = path[place[node] :]
            if len(ring) >= _FEWEST_POINTS:
                rings.append(ring)
            for passed in ring[1:]:
                del place[passed]
            del path[place[node] + 1 :]
    return rings


def _polygons(
    rings: Sequence[Sequence[int]], place: dict[int, tuple[float, float]]
) -> Iterator[tuple[Sequence[int], list[int], shapely.Polygon]]:
    """Return each outer ring with the numbers of its holes, and its polygon.

    A ring inside one other, or three, is a hole of the smallest of them.
    """
    filled = [shapely.buffer(shapely.Polygon([place[n] for n in ring]), 0) for ring in rings]
    spots = [shapely.point_on_surface(shape) for shape in filled]
    around = [
        [
            other
            for other, shape in enumerate(filled)
            if other != ring and shape.area > filled[ring].area and shapely.contains(shape, spot)
        ]
        for ring, spot in enumerate(spots)
    ]
    holes: dict[int, list[int]] = defaultdict(list)
    for ring, outside in enumerate(around):
        if len(outside) % 2:
            holes[min(outside, key=lambda other: filled[other].area)].append(ring)
    for ring, outside in enumerate(around):
        if len(outside) % 2 == 0 and not filled[ring].is_empty:
            shape: Any = filled[ring]
            for hole in holes[ring]:
                shape = shapely.difference(shape, filled[hole])
            if not shape.is_empty:
                yield rings[ring], holes[ring], shape
