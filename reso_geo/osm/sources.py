"""The doors: osmium files, Overpass answers and OSMnx graphs, all into one `Ways` table."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

import osmium
import osmnx as ox
from networkx import NetworkXException
from shapely.errors import ShapelyError

from reso_geo.errors import NetworkError
from reso_geo.files import sha256_of
from reso_geo.osm.clip import StreetFile
from reso_geo.osm.lines import line_kind
from reso_geo.osm.ways import Source, WayTableBuilder
from reso_geo.words import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import networkx as nx

    from reso_geo.boundaries import Box
    from reso_geo.osm.ways import Ways
    from reso_geo.settings import StreetRules

__all__ = ["read_ways"]

_HEAD_BYTES = 1024
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError)


def read_ways(
    path: Path,
    rules: StreetRules,
    near: Box | None = None,
    progress: Callable[[float], None] | None = None,
) -> Ways:
    """Read the ways of a street source.

    Parameters
    ----------
    path
        ``.osm.pbf`` or ``.pbf``, ``.osm``, Overpass ``.json`` or OSMnx ``.graphml``.
    rules
        Which classes are required.
    near
        Where streets are wanted; None for everywhere. A PBF or XML file is clipped while it is
        read, in bounded memory; the other sources are small, and come whole.
    progress
        Called with the share of the reading that is done, from 0 to 1.

    Returns
    -------
    Ways
        Every way with a ``highway`` tag, also those that nobody may use (they are reported), and
        the lines that cut the place. A clipped table has all ways that come near and those that
        meet them, perhaps none.

    Raises
    ------
    NetworkError
        When the file is missing, damaged, of another kind, or holds no street.
    """
    door = _door(path)
    builder = WayTableBuilder(rules)
    middle = None
    if door == "overpass":
        timestamp = _read_overpass(path, builder)
    elif door == "graphml":
        timestamp = _read_graphml(path, builder)
    else:
        streets = StreetFile(path, door, near, progress)
        _read_osmium(path, streets, builder)
        timestamp, middle = streets.timestamp, streets.middle
    try:
        source = Source(path.name, sha256_of(path), timestamp)
        ways = builder.build(source, middle, keyed=door == "graphml")
    except (OverflowError, ValueError) as error:
        raise NetworkError(Phrase("osm.damaged", {"path": path, "why": error})) from error
    if ways.middle is None:
        raise NetworkError(Phrase("osm.no_streets", {"path": path}))
    return ways


def _door(path: Path) -> str:
    """Tell the kind of a file by its first bytes, and check that its name agrees."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except IsADirectoryError as error:
        raise NetworkError(Phrase("osm.folder", {"path": path})) from error
    except OSError as error:
        raise NetworkError(
            Phrase("osm.unreadable", {"path": path, "why": error.strerror or error})
        ) from error
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        raise NetworkError(Phrase("osm.empty_file", {"path": path}))
    if text[:14].lower().startswith((b"<!doctype html", b"<html")):
        raise NetworkError(Phrase("osm.html", {"path": path}))
    name = path.name.lower()
    if b"OSMHeader" in head[:64]:
        found = "pbf"
    elif b"<graphml" in head:
        found = "graphml"
    elif text.startswith(b"<") and b"<osm" in head:
        found = "xml"
    elif text.startswith(b"{"):
        found = "overpass"
    else:
        found = ""
    endings = {
        "pbf": (".pbf",), "xml": (".osm", ".xml"), "overpass": (".json",), "graphml": (".graphml",)
    }  # fmt: skip
    if not found or not name.endswith(endings[found]):
        raise NetworkError(Phrase("osm.not_a_source", {"path": path}))
    return found


def _read_osmium(path: Path, streets: StreetFile, builder: WayTableBuilder) -> None:
    """Read a PBF or XML file."""
    try:
        for way in streets.ways():
            tags = dict(way.tags)
            for points in _runs(way.nodes):
                builder.add(way.id, tags, points)
        for node_id, ele in streets.elevations:
            builder.add_elevation(node_id, ele)
    except (RuntimeError, UnicodeDecodeError) as error:
        raise NetworkError(Phrase("osm.damaged", {"path": path, "why": error})) from error


def _runs(nodes: Any) -> Iterator[list[tuple[int, float, float]]]:  # noqa: ANN401 - osmium has no type
    """Give the stretches of a way whose nodes are in the file (a clipped extract may lack some)."""
    try:
        yield [(node.ref, node.lon, node.lat) for node in nodes]
    except osmium.InvalidLocationError:
        for there, run in groupby(nodes, key=lambda node: node.location.valid()):
            if there:
                yield [(node.ref, node.lon, node.lat) for node in run]


def _read_overpass(path: Path, builder: WayTableBuilder) -> str:
    """Read an Overpass answer (ways with nodes beside them, or with geometry inside)."""
    try:
        answer = json.loads(path.read_bytes())
        elements = answer["elements"]
        if "error" in str(answer.get("remark", "")):
            raise ValueError(answer["remark"])
        nodes = [e for e in elements if e["type"] == "node"]
        place = {e["id"]: (float(e["lon"]), float(e["lat"])) for e in nodes}
        for node in nodes:
            if "ele" in node.get("tags", {}):
                builder.add_elevation(int(node["id"]), str(node["tags"]["ele"]))
        seen: set[int] = set()
        for element in elements:
            tags = element.get("tags", {})
            wanted = element["type"] == "way" and ("highway" in tags or line_kind(tags))
            if not wanted or element["id"] in seen:
                continue
            seen.add(element["id"])
            inside = element.get("geometry")
            if inside:
                pairs = zip(element["nodes"], inside, strict=True)
                points = [(n, float(g["lon"]), float(g["lat"])) if g else None for n, g in pairs]
            else:
                points = [(n, *place[n]) if n in place else None for n in element["nodes"]]
            for there, run in groupby(points, key=bool):
                if there:
                    builder.add(int(element["id"]), tags, filter(None, run))
    except (*_MALFORMED, RecursionError) as error:
        raise NetworkError(Phrase("osm.not_overpass", {"path": path, "why": error})) from error
    return str(answer.get("osm3s", {}).get("timestamp_osm_base", ""))


def _read_graphml(path: Path, builder: WayTableBuilder) -> str:
    """Read an OSMnx graph, reciprocal edges merged: its edges are the segments.

    The edges of a graph that was not simplified are steps from one point to the next, too short to
    tell a sidewalk or a twin carriageway by: these are joined as the stretches of ways are.
    """
    try:
        graph = ox.load_graphml(path)
        drawn = any("geometry" in data for _, _, data in graph.edges(data=True))
        simplified = drawn or bool(graph.graph.get("simplified"))
        for node, data in graph.nodes(data=True):
            if (ele := data.get("elevation", data.get("ele"))) is not None:
                builder.add_elevation(node, str(ele))
        for edge_id, way_id, tags, points in _streets_of(graph):
            builder.add(way_id, tags, points, edge_id if simplified else "")
        for phrase in _lost_by(graph, path.name):
            builder.note(phrase)
    except (*_MALFORMED, SyntaxError, NetworkXException, ShapelyError) as error:
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
