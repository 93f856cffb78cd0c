"""The door of OSMnx graphs: GraphML files, whose edges are streets already cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import osmnx as ox
from networkx import NetworkXException
from shapely.errors import ShapelyError

from reso_geo.errors import NetworkError
from reso_geo.words import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import networkx as nx

    from reso_geo.osm.ways import WayTableBuilder

__all__ = ["read_graphml"]

_MALFORMED = (
    ValueError, KeyError, TypeError, AttributeError, SyntaxError, NetworkXException, ShapelyError,
)  # fmt: skip


def read_graphml(path: Path, builder: WayTableBuilder) -> str:
    """Read an OSMnx graph, reciprocal edges merged: its edges are the segments.

    The edges of a graph that was not simplified are steps from one point to the next, too short to
    tell a sidewalk or a twin carriageway by: these are joined as the stretches of ways are.

    Parameters
    ----------
    path
        The file.
    builder
        Takes its streets.

    Returns
    -------
    str
        Date and time of the graph (ISO 8601), empty where it does not say.

    Raises
    ------
    NetworkError
        When it is no graph of OSMnx.
    """
    try:
        graph = ox.load_graphml(path)
        drawn = any("geometry" in data for _, _, data in graph.edges(data=True))
        simplified = drawn or bool(graph.graph.get("simplified"))
        for node, data in graph.nodes(data=True):
            if (ele := data.get("elevation", data.get("ele"))) is not None:
                builder.add_point(node, {"ele": str(ele)})
        for edge_id, way_id, tags, points in _streets_of(graph):
            builder.add(way_id, tags, points, edge_id if simplified else "")
        for phrase in _lost_by(graph, path.name):
            builder.note(phrase)
    except _MALFORMED as error:
        raise NetworkError(Phrase("osm.not_osmnx", {"path": path, "why": error})) from error
    date = str(graph.graph.get("created_date", ""))
    return date.replace(" ", "T") + "Z" if date else ""


def _lost_by(graph: nx.MultiDiGraph[int], name: str) -> Iterator[Phrase]:
    """Say what a graph no longer knows of its streets."""
    length_m: dict[object, float] = {}
    one_way = False
    for u, v, data in graph.edges(data=True):
        one_way = one_way or str(data.get("oneway")) == "True"
        if len(set(_listed(data.get("highway")))) > 1:
            ends, ways = frozenset((u, v)), frozenset(_listed(data.get("osmid")))
            length_m[ends, ways] = float(data.get("length", 0.0))
    if not one_way:
        yield Phrase("osm.graph_without_oneways", {"name": name})
    if length_m:
        values = {"name": name, "count": len(length_m), "km": sum(length_m.values()) / 1000.0}
        yield Phrase("osm.graph_of_merged_classes", values)


def _streets_of(
    graph: nx.MultiDiGraph[int],
) -> Iterator[tuple[str, int, dict[str, str], list[tuple[int, float, float]]]]:
    """Give each physical street of an OSMnx graph once: id, way, tags, points.

    Two edges are the same street when they run over the same points in opposite order and come
    from the same ways. Points between the ends get ids of their own, below zero.
    """
    place = {n: (float(d["x"]), float(d["y"])) for n, d in graph.nodes(data=True)}
    streets: dict[
        object, list[tuple[int, int, int, dict[str, Any], list[tuple[float, float]]]]
    ] = {}
    for u, v, key, data in sorted(graph.edges(keys=True, data=True), key=lambda e: e[:3]):
        line = data.get("geometry")
        points = list(line.coords) if line is not None else [place[u], place[v]]
        same = tuple(min(points, points[::-1])), frozenset(_listed(data.get("osmid")))
        streets.setdefault(same, []).append((u, v, key, data, points))
    inner = 0
    for edges in streets.values():
        forward = [e for e in edges if str(e[3].get("reversed", False)) != "True"] or edges
        u, v, key, data, points = forward[0]
        both = any((e[0], e[1]) == (v, u) for e in edges)
        way_id = min(int(way) for way in _listed(data.get("osmid", 0)))
        nodes = [u, *range(inner - 1, inner - len(points) + 1, -1), v]
        inner -= len(points) - 2
        tags = {
            name: str(_listed(value)[0])
            for name, value in data.items()
            if name not in ("geometry", "osmid", "length", "oneway", "reversed") and _listed(value)
        }
        tags["oneway"] = "yes" if str(data.get("oneway")) == "True" and not both else "no"
        tags.setdefault("highway", "road")
        located = [(n, *p[:2]) for n, p in zip(nodes, points, strict=True)]
        yield f"{way_id}:{u}-{v}-{key}", way_id, tags, located


def _listed(value: object) -> list[Any]:
    """Give an OSMnx attribute, which may be one value or a list of them, as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]
