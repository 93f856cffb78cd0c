"""Reader of OSMnx graphs: GraphML files, whose edges are streets already cut."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import osmnx as ox
from networkx import NetworkXException
from shapely.errors import ShapelyError

from reso_geo.errors import NetworkError
from reso_geo.i18n import Phrase
from reso_geo.osm.graphs.osmnx_places import Degrees, degrees_of
from reso_geo.osm.tags import NODE_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import networkx as nx

    from reso_geo.osm.ways import WayTableBuilder

    Line: TypeAlias = list[tuple[float, float]]
    Graph: TypeAlias = nx.MultiGraph[str]

__all__ = ["read_graph", "read_graphml"]

_GATE = frozenset(NODE_TAGS) - {"ele"}
_MALFORMED = (
    ValueError, KeyError, TypeError, AttributeError, OverflowError, SyntaxError, NetworkXException,
    ShapelyError,
)  # fmt: skip
_WHOLE = re.compile(r"(-?\d{1,18})(?:\.0*)?", re.ASCII)
_YES = frozenset(("true", "1", "yes"))
_TEXT = {"osmid": str, "oneway": str, "reversed": str, "street_count": str}
_NO_TAGS = frozenset(
    ("segment_id", "geometry", "osmid", "length", "oneway", "reversed", "from", "to")
)


def read_graphml(path: Path, builder: WayTableBuilder) -> str:
    """Read an OSMnx graph, reciprocal edges merged: its edges are the segments.

    A projected graph is read by its own CRS; one without directions, by the ends that its edges
    were drawn from. The edges of a graph that was not simplified are steps from one point to the
    next, too short to tell a sidewalk or a twin carriageway by: these are joined as the stretches
    of ways are.

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
        When it is no graph of OSMnx, or its CRS and its coordinates do not agree.
    """
    try:
        graph = ox.load_graphml(path, node_dtypes=_TEXT, edge_dtypes=_TEXT)
    except _MALFORMED as error:
        raise NetworkError(Phrase("osm.not_osmnx", {"path": path, "why": error})) from error
    return read_graph(graph, path, builder)


def read_graph(graph: Graph, path: Path | str, builder: WayTableBuilder) -> str:
    """Read a graph whose attributes are as OSMnx loads them from a file.

    Parameters
    ----------
    graph
        Of OSMnx.
    path
        Its file, or what a graph in memory is called.
    builder
        Takes its streets.

    Returns
    -------
    str
        Date and time of the graph (ISO 8601), empty where it does not say.

    Raises
    ------
    NetworkError
        When it is no graph of OSMnx, or its CRS and its coordinates do not agree.
    """
    try:
        degrees = degrees_of(graph, path)
        number = _numbers(graph.nodes)
        drawn = any("geometry" in data for _, _, data in graph.edges(data=True))
        named = any("segment_id" in data for _, _, data in graph.edges(data=True))
        simplified = drawn or named or bool(graph.graph.get("simplified"))
        for node, data in graph.nodes(data=True):
            if (ele := data.get("elevation", data.get("ele"))) is not None:
                builder.add_point(number[node], {"ele": str(ele)})
            builder.add_point(number[node], {key: str(data[key]) for key in _GATE & data.keys()})
        for edge_id, way_id, tags, points in _streets_of(graph, degrees, number):
            builder.add(way_id, tags, points, edge_id if simplified else "")
        for phrase in _lost_by(graph, Path(path).name):
            builder.note(phrase)
    except NetworkError:
        raise
    except _MALFORMED as error:
        raise NetworkError(Phrase("osm.not_osmnx", {"path": path, "why": error})) from error
    date = str(graph.graph.get("created_date", ""))
    return date.replace(" ", "T") + "Z" if date else ""


def _numbers(texts: Iterable[str]) -> dict[str, int]:
    """Return ids their numbers; where they are no numbers, their places in the alphabet from 1."""
    ordered = sorted(set(texts))
    whole = {text: found for text in ordered if (found := _WHOLE.fullmatch(text)) is not None}
    numbers = {text: int(found[1]) for text, found in whole.items()}
    if len(set(numbers.values())) == len(ordered):
        return numbers
    return {text: place for place, text in enumerate(ordered, start=1)}


def _lost_by(graph: Graph, name: str) -> Iterator[Phrase]:
    """Describe what a graph no longer knows of its streets."""
    merged_m: dict[object, float] = {}
    mixed_m: dict[object, float] = {}
    one_way = False
    for u, v, data in graph.edges(data=True):
        directions = _directions(data)
        one_way = one_way or True in directions
        edge = frozenset((u, v)), frozenset(_listed(data.get("osmid")))
        if len(set(_listed(data.get("highway")))) > 1:
            merged_m[edge] = float(data.get("length", 0.0))
        if len(directions) > 1:
            mixed_m[edge] = float(data.get("length", 0.0))
    if not one_way:
        yield Phrase("osm.graph_without_oneways", {"name": name})
    for key, length_m in (("merged_classes", merged_m), ("mixed_oneways", mixed_m)):
        if length_m:
            km = sum(length_m.values()) / 1000.0
            values = {"name": name, "count": len(length_m), "km": km}
            yield Phrase(f"osm.graph_of_{key}", values)


@dataclass(frozen=True)
class _Edge:
    """An edge from `u` to `v`, and the places along it in degrees."""

    u: str
    v: str
    key: int
    data: dict[str, Any]
    places: Line

    @property
    def reversed(self) -> bool:
        """Whether it runs against its way."""
        return {str(value).lower() for value in _listed(self.data.get("reversed"))} == {"true"}


def _edges_of(graph: Graph, degrees: Degrees) -> Iterator[_Edge]:
    """Return all edges, in the order of their numbers, each in the direction that it was drawn."""
    number = _numbers(graph.nodes)
    edges = graph.edges(keys=True, data=True)
    for one, other, key, data in sorted(edges, key=lambda e: (number[e[0]], number[e[1]], e[2])):
        u, v = one, other
        line = data.get("geometry")
        drawn = None if line is None else degrees.line(line)
        ends = degrees.places[u], degrees.places[v]
        if not graph.is_directed() and _turned(u, v, data, drawn, ends):
            u, v, ends = v, u, ends[::-1]
        yield _Edge(u, v, key, data, drawn or list(ends))


def _turned(
    u: str,
    v: str,
    data: dict[str, Any],
    drawn: Line | None,
    ends: tuple[tuple[float, float], tuple[float, float]],
) -> bool:
    """Return whether an edge without direction was drawn from its second end."""
    if "from" in data and "to" in data:
        return (str(data["from"]), str(data["to"])) == (v, u)
    return drawn is not None and _apart(drawn[0], ends[0]) > _apart(drawn[0], ends[1])


def _apart(a: tuple[float, ...], b: tuple[float, float]) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _streets_of(
    graph: Graph, degrees: Degrees, number: dict[str, int]
) -> Iterator[tuple[str, int, dict[str, str], list[tuple[int, float, float]]]]:
    """Return each physical street of an OSMnx graph once: id, way, tags, points.

    Two edges are the same street when they run over the same points in opposite order and come
    from the same ways. Ids of segments that all edges have, as `StreetNetwork.to_gdfs` gives them,
    are kept where no two streets share one. Points between the ends get ids of their own, below all
    others.
    """
    streets: dict[tuple[Any, frozenset[str]], list[_Edge]] = {}
    for edge in _edges_of(graph, degrees):
        ways = frozenset(_listed(edge.data.get("osmid")))
        same = tuple(min(edge.places, edge.places[::-1])), ways
        streets.setdefault(same, []).append(edge)
    way_numbers = _numbers(way for _, ways in streets for way in ways)
    told = any("oneway" in data for _, _, data in graph.edges(data=True))
    inner = min([0, *number.values()])
    own = [str(edges[0].data.get("segment_id", "")) for edges in streets.values()]
    kept = iter(own if all(own) and len(set(own)) == len(own) else [""] * len(own))
    for (_, ways), edges in streets.items():
        edge = next((e for e in edges if not e.reversed), edges[0])
        places = edge.places
        both = any(e.places == places[::-1] for e in edges)
        one_way = True in _directions(edge.data) if told else graph.is_directed()
        way_id = min((way_numbers[way] for way in ways), default=0)
        u, v = number[edge.u], number[edge.v]
        nodes = [u, *range(inner - 1, inner - len(places) + 1, -1), v]
        inner -= len(places) - 2
        tags = {
            name: str(_listed(value)[0])
            for name, value in edge.data.items()
            if name not in _NO_TAGS and _listed(value)
        }
        tags["oneway"] = "yes" if one_way and not both else "no"
        tags.setdefault("highway", "road")
        located = [(n, *p) for n, p in zip(nodes, places, strict=True)]
        yield next(kept) or f"{way_id}:{u}-{v}-{edge.key}", way_id, tags, located


def _directions(data: dict[str, Any]) -> set[bool]:
    """Return whether the streets of an edge are one-way: both, where it merges one with another."""
    return {str(value).lower() in _YES for value in _listed(data.get("oneway"))}


def _listed(value: object) -> list[Any]:
    """Return an OSMnx attribute, which may be one value or a list of them, as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]
