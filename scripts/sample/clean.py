"""Clean the street graph: loose ends, near misses, stray pieces, bridges, a roundabout."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import Point

from sample.geometry import Array, cut, line, stations
from sample.noding import STREET_LIKE, Edge, Graph

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

STUB = 26.0
MISS = 16.0
BACK = 30.0
ASIDE = 19.0
DOUBLE = 14.0
ROUNDABOUT = 17.0
FULL = 2 * math.pi


def on_foot(edge: Edge) -> bool:
    """Whether an edge belongs to the street and path network.

    Parameters
    ----------
    edge : Edge
        The edge.

    Returns
    -------
    bool
        False for the motorway, its ramps and the railway.
    """
    return edge.line.group in STREET_LIKE


def drop_stubs(graph: Graph) -> None:
    """Remove short dead ends until none is left.

    Parameters
    ----------
    graph : Graph
        The graph, changed in place.
    """
    while True:
        at = graph.at_node()
        loose = {
            id(edge)
            for edge in graph.edges
            if on_foot(edge) and edge.length < STUB and min(len(at[edge.u]), len(at[edge.v])) == 1
        }
        if not loose:
            return
        graph.edges = [edge for edge in graph.edges if id(edge) not in loose]


def pull_back(graph: Graph) -> None:
    """Shorten dead ends that stop just before another street, and drop doubled streets.

    Parameters
    ----------
    graph : Graph
        The graph, changed in place.
    """
    _drop_doubles(graph)
    at = graph.at_node()
    shapes = [line(edge.coords) for edge in graph.edges]
    tree = STRtree(shapes)
    spots = [*graph.spots]
    kept: list[Edge] = []
    for edge in graph.edges:
        for node, flip in ((edge.u, False), (edge.v, True)):
            if len(at[node]) != 1 or not on_foot(edge):
                continue
            near = tree.query(Point(graph.spots[node]), predicate="dwithin", distance=MISS)
            if all(graph.edges[int(k)] is edge for k in near):
                continue
            if edge.length < 2 * BACK:
                break
            coords = edge.coords[::-1] if flip else edge.coords
            coords = cut(coords, BACK, float(stations(coords)[-1]))
            spots.append(coords[0])
            new = len(spots) - 1
            if flip:
                edge.v, edge.coords = new, coords[::-1]
            else:
                edge.u, edge.coords = new, coords
        else:
            kept.append(edge)
    graph.edges = kept
    graph.spots = np.array(spots)


def _drop_doubles(graph: Graph) -> None:
    """Drop local edges that run within a few metres of another edge for most of their way."""
    shapes = [line(edge.coords) for edge in graph.edges]
    tree = STRtree(shapes)
    gone: set[int] = set()
    for k, edge in enumerate(graph.edges):
        if not on_foot(edge) or edge.line.rank > 1 or "name" in edge.line.tags:
            continue
        marks = [share * edge.length for share in (0.3, 0.5, 0.7)]
        marks = [at for at in marks if ASIDE < at < edge.length - ASIDE]
        hits = 0
        for at in marks:
            near = tree.query(shapes[k].interpolate(at), predicate="dwithin", distance=DOUBLE)
            rest = {int(n) for n in near} - gone - {k}
            hits += any(on_foot(graph.edges[n]) for n in rest)
        if marks and hits >= min(len("ab"), len(marks)):
            gone.add(k)
    graph.edges = [edge for k, edge in enumerate(graph.edges) if k not in gone]


def keep_connected(graph: Graph, island: BaseGeometry) -> None:
    """Keep the main network and the island; drop other stray pieces.

    Parameters
    ----------
    graph : Graph
        The graph, changed in place.
    island : BaseGeometry
        Where a separate piece is wanted.
    """
    net: nx.Graph[int] = nx.Graph((edge.u, edge.v) for edge in graph.edges if on_foot(edge))
    parts = sorted(nx.connected_components(net), key=len, reverse=True)
    keep = set(parts[0])
    for part in parts[1:]:
        if island.contains(Point(graph.spots[min(part)])):
            keep |= part
    graph.edges = [edge for edge in graph.edges if not on_foot(edge) or edge.u in keep]


def build_over(graph: Graph, zone: BaseGeometry, names: dict[str, str], groups: set[str]) -> None:
    """Cut the edges of some groups at a zone and tag the part inside.

    Parameters
    ----------
    graph : Graph
        The graph, changed in place.
    zone : BaseGeometry
        Where the bridge or tunnel runs.
    names : dict of str
        Tags of the part inside.
    groups : set of str
        Groups of the edges concerned.
    """
    shapely.prepare(zone)
    spots = [*graph.spots]
    made: list[Edge] = []
    for edge in graph.edges:
        shape = line(edge.coords)
        if edge.line.group not in groups or not zone.intersects(shape):
            made.append(edge)
            continue
        stops = {0.0, shape.length}
        for part in shapely.get_parts(shape.intersection(zone)):
            stops |= {shape.project(Point(part.coords[k])) for k in (0, -1)}
        marks = [at for at in sorted(stops) if 1.0 < at < shape.length - 1.0]
        marks = [0.0, *marks, shape.length]
        node = edge.u
        for a, b in pairwise(marks):
            coords = cut(edge.coords, a, b)
            inside = zone.contains(shape.interpolate((a + b) / 2))
            tags = edge.line.tags | names if inside else edge.line.tags
            end = edge.v
            if b < shape.length:
                spots.append(coords[-1])
                end = len(spots) - 1
            made.append(Edge(node, end, coords, replace(edge.line, tags=tags)))
            node = end
    graph.edges = made
    graph.spots = np.array(spots)


def add_roundabout(graph: Graph, near: Array) -> None:
    """Replace the junction nearest to a point by a small roundabout.

    Parameters
    ----------
    graph : Graph
        The graph, changed in place.
    near : Array
        The point.
    """
    at = graph.at_node()
    wide = [n for n, edges in at.items() if len(edges) >= len("abcd") and all(map(on_foot, edges))]
    hub = min(wide, key=lambda n: float(np.hypot(*(graph.spots[n] - near))))
    centre = graph.spots[hub]
    spots = [*graph.spots]
    rim: list[tuple[float, int]] = []
    for edge in at[hub]:
        flip = edge.v == hub
        coords = edge.coords[::-1] if flip else edge.coords
        coords = cut(coords, ROUNDABOUT, float(stations(coords)[-1]))
        spots.append(coords[0])
        angle = math.atan2(*(coords[0] - centre)[::-1])
        rim.append((angle, len(spots) - 1))
        if flip:
            edge.v, edge.coords = len(spots) - 1, coords[::-1]
        else:
            edge.u, edge.coords = len(spots) - 1, coords
    rim.sort()
    tags = {"highway": "secondary", "junction": "roundabout", "oneway": "yes"}
    for (a, u), (b, v) in zip(rim, [*rim[1:], rim[0]], strict=True):
        sweep = (b - a) % FULL
        turn = a + np.linspace(0.0, sweep, max(3, math.ceil(sweep / 0.4)))[1:-1]
        arc = centre + ROUNDABOUT * np.column_stack([np.cos(turn), np.sin(turn)])
        coords = np.vstack([spots[u], arc, spots[v]])
        first = at[hub][0].line
        graph.edges.append(Edge(u, v, coords, replace(first, tags=dict(tags))))
    graph.spots = np.array(spots)
