"""Turn drawn lines into a graph whose crossings are shared nodes."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely import STRtree
from shapely.geometry import LineString, Point

from sample.geometry import Array, line, stations
from sample.plan import Line

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

LOOP = 60.0
SPACE = 5.0
TOUCH = 1e-6
STREET_LIKE = {"street", "path"}


@dataclass
class Edge:
    """A piece of a line between two nodes.

    Attributes
    ----------
    u, v : int
        Its nodes.
    coords : Array
        Vertices, the nodes included.
    line : Line
        The line it comes from.
    """

    u: int
    v: int
    coords: Array
    line: Line

    @property
    def length(self) -> float:
        """Length in metres."""
        return float(stations(self.coords)[-1])


@dataclass
class Graph:
    """Nodes and edges.

    Attributes
    ----------
    spots : list of Array
        Coordinates of the nodes.
    edges : list of Edge
        The edges.
    """

    spots: Array
    edges: list[Edge] = field(default_factory=list)

    def at_node(self) -> dict[int, list[Edge]]:
        """Edges by node.

        Returns
        -------
        dict
            Node to its edges; a loop stands twice.
        """
        found: dict[int, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            found[edge.u].append(edge)
            found[edge.v].append(edge)
        return found


def _may_touch(a: str, b: str) -> str:
    """How two groups may meet: everywhere, at line ends only, or never."""
    pair = {a, b}
    if pair <= STREET_LIKE or pair in ({"street", "rail"}, {"path", "rail"}):
        return "all"
    if pair in ({"street", "link"}, {"motor", "link"}):
        return "ends"
    return "never"


def _contacts(
    lines: list[Line], reach: float, apart: BaseGeometry
) -> list[tuple[int, float, Array, int]]:
    """Every place a line must have a node: (line, station, point, rank)."""
    shapes = [line(item.coords) for item in lines]
    tree = STRtree(shapes)
    left, right = tree.query(shapes, predicate="dwithin", distance=reach)
    pairs = sorted((int(i), int(j)) for i, j in zip(left, right, strict=True) if i < j)
    found: list[tuple[int, float, Array, int]] = []
    for k, item in enumerate(lines):
        ends = ((0.0, 0), (shapes[k].length, -1))
        found.extend((k, at, item.coords[end], item.rank) for at, end in ends)
    for i, j in pairs:
        how = _may_touch(lines[i].group, lines[j].group)
        if how == "never":
            continue
        points = [p for a, b in ((i, j), (j, i)) for p in _end_points(lines[a], shapes[b], reach)]
        if how == "all":
            points += _crossings(shapes[i], shapes[j])
        rank = max(lines[i].rank, lines[j].rank)
        for point in points:
            if "rail" in (lines[i].group, lines[j].group) and apart.contains(Point(point)):
                continue
            found.extend((k, shapes[k].project(Point(point)), point, rank) for k in (i, j))
    return found


def _end_points(item: Line, shape: LineString, reach: float) -> list[Array]:
    """Where the ends of a line meet another line."""
    ends = [Point(item.coords[0]), Point(item.coords[-1])]
    close = [shape.project(end) for end in ends if shape.distance(end) < reach]
    return [np.array(shape.interpolate(at).coords[0]) for at in close]


def _crossings(a: LineString, b: LineString) -> list[Array]:
    shared = shapely.get_parts(a.intersection(b))
    return [np.array(part.coords[0]) for part in shared if not part.is_empty]


def node_lines(
    lines: list[Line], merge: float, reach: float, apart: BaseGeometry | None = None
) -> Graph:
    """Node lines where they meet and merge nodes that lie close together.

    Parameters
    ----------
    lines : list of Line
        The lines, in metres.
    merge : float
        Nodes closer than this become one.
    reach : float
        A line's end closer than this to another line joins it.
    apart : BaseGeometry, optional
        Where streets pass the railway without meeting it.

    Returns
    -------
    Graph
        The graph.
    """
    contacts = _contacts(lines, reach, shapely.Point() if apart is None else apart)
    points = np.array([point for _, _, point, _ in contacts])
    close = cKDTree(points).query_pairs(merge, output_type="ndarray")
    grid = coo_matrix(
        (np.ones(len(close)), (close[:, 0], close[:, 1])), shape=(len(points), len(points))
    )
    _, label = connected_components(grid, directed=False)
    spots = np.zeros((int(label.max()) + 1, 2))
    best = np.full(len(spots), -math.inf)
    for k, (_, _, point, rank) in enumerate(contacts):
        if rank > best[label[k]]:
            best[label[k]] = rank
            spots[label[k]] = point
    stops: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for k, (index, at, _, _) in enumerate(contacts):
        stops[index].append((at, int(label[k])))
    graph = Graph(spots)
    for index, item in enumerate(lines):
        graph.edges += _split(item, sorted(stops[index]), spots)
    _drop_twins(graph)
    return graph


def _split(item: Line, stops: list[tuple[float, int]], spots: Array) -> list[Edge]:
    along = stations(item.coords)
    edges = []
    for (a, u), (b, v) in pairwise(stops):
        if u == v and b - a < LOOP:
            continue
        inner = item.coords[(along > a + SPACE) & (along < b - SPACE)]
        coords = np.vstack([spots[u], inner, spots[v]])
        edges.append(Edge(u, v, coords, item))
    return edges


def _drop_twins(graph: Graph) -> None:
    """Keep one of two edges that join the same nodes along nearly the same way."""
    order = sorted(range(len(graph.edges)), key=lambda k: -graph.edges[k].line.rank)
    kept: dict[frozenset[int], list[Edge]] = defaultdict(list)
    good = set()
    for k in order:
        edge = graph.edges[k]
        key = frozenset((edge.u, edge.v))
        middle = line(edge.coords).interpolate(0.5, normalized=True)
        if all(line(twin.coords).distance(middle) > LOOP / 5 for twin in kept[key]):
            kept[key].append(edge)
            good.add(k)
    graph.edges = [edge for k, edge in enumerate(graph.edges) if k in good]


def as_lines(graph: Graph) -> list[Line]:
    """Return the edges back as lines, to node them again.

    Parameters
    ----------
    graph : Graph
        The graph.

    Returns
    -------
    list of Line
        One line per edge, with its tags.
    """
    return [
        Line(edge.coords, edge.line.tags, edge.line.group, edge.line.rank) for edge in graph.edges
    ]


def bad_crossings(graph: Graph) -> list[tuple[Edge, Edge]]:
    """Find edges that cross at grade without a shared node.

    Parameters
    ----------
    graph : Graph
        The graph.

    Returns
    -------
    list of tuple
        The offending pairs.
    """
    shapes = [line(edge.coords) for edge in graph.edges]
    left, right = STRtree(shapes).query(shapes, predicate="intersects")
    bad = []
    for i, j in sorted((int(i), int(j)) for i, j in zip(left, right, strict=True) if i < j):
        a, b = graph.edges[i], graph.edges[j]
        if _may_touch(a.line.group, b.line.group) != "all" or a.line.group == "rail":
            continue
        shared = [Point(graph.spots[n]) for n in {a.u, a.v} & {b.u, b.v}]
        rest = shapely.get_parts(shapes[i].intersection(shapes[j]))
        if any(all(part.distance(node) > TOUCH for node in shared) for part in rest):
            bad.append((a, b))
    return bad
