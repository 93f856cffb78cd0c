"""OpenStreetMap objects one by one, written in any order, version and form."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import osmium
from osmium.osm import mutable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from drawing import Drawing

__all__ = ["Thing", "grid", "objects_of", "renumbered", "write"]


@dataclass(frozen=True)
class Thing:
    """A point (`place`), a way (`nodes`) or a relation (`members`: way numbers, all outer)."""

    number: int
    place: tuple[float, float] | None = None
    nodes: Sequence[int] = ()
    members: Sequence[int] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    version: int = 1
    visible: bool = True
    kind: str = "node"
    action: str = ""


def objects_of(drawing: Drawing) -> list[Thing]:
    """Return the points and ways of a drawing."""
    elements = drawing.overpass()["elements"]
    return [
        Thing(e["id"], place=(e["lon"], e["lat"]), tags=e["tags"])
        if e["type"] == "node"
        else Thing(e["id"], nodes=e["nodes"], tags=e["tags"], kind="way")
        for e in elements  # type: ignore[attr-defined]
    ]


def grid(lon: float = -73.5, lat: float = 45.5) -> list[Thing]:
    """Return five streets of 500 m and six avenues of 400 m, 4.9 km in 49 blocks, from a corner."""
    north = 100.0 / 111_200.0
    east = north / math.cos(math.radians(lat))
    points = [
        Thing(
            1000 + 6 * row + column,
            place=(round(lon + column * east, 7), round(lat + row * north, 7)),
        )
        for row in range(5)
        for column in range(6)
    ]
    rows = [(100 + row, [1000 + 6 * row + c for c in range(6)]) for row in range(5)]
    columns = [(150 + c, [1000 + 6 * row + c for row in range(5)]) for c in range(6)]
    named = [("Rue", rows), ("Avenue", columns)]
    return points + [
        Thing(
            way, nodes=nodes, tags={"highway": "residential", "name": f"{kind} {way}"}, kind="way"
        )
        for kind, ways in named
        for way, nodes in ways
    ]


def renumbered(things: Iterable[Thing], number: Callable[[str, int], int]) -> list[Thing]:
    """Return things other numbers, by their kind and number."""
    return [
        Thing(
            **vars(thing)
            | {
                "number": number(thing.kind, thing.number),
                "nodes": [number("node", node) for node in thing.nodes],
                "members": [number("way", way) for way in thing.members],
            }
        )
        for thing in things
    ]


def write(path: Path, things: Sequence[Thing], placed: str = "") -> Path:
    """Write things in their order.

    `placed` has ways carry the places of their points: ``beside`` the points, ``only`` there, or
    ``unnumbered`` (neither points nor their numbers are written).
    """
    place = {thing.number: thing.place for thing in things if thing.kind == "node"}
    kept = [t for t in things if t.kind != "node" or placed in ("", "beside")]
    if path.suffix == ".json":
        elements = [_element(thing, place, placed) for thing in kept]
        path.write_text(json.dumps({"version": 0.6, "elements": elements}), encoding="utf-8")
    elif path.suffix == ".pbf":
        _write_pbf(path, kept, place, placed)
    else:
        body = "\n".join(_xml(thing, place, placed) for thing in kept)
        path.write_text(f"<osm version='0.6'>\n{body}\n</osm>\n", encoding="utf-8")
    return path


_Places = dict[int, tuple[float, float] | None]


def _element(thing: Thing, place: _Places, placed: str) -> dict[str, object]:
    element: dict[str, object] = {"type": thing.kind, "id": thing.number, "tags": dict(thing.tags)}
    element |= {"version": thing.version, "visible": thing.visible}
    if thing.place:
        element |= {"lon": thing.place[0], "lat": thing.place[1]}
    if thing.kind == "way":
        if placed != "unnumbered":
            element["nodes"] = list(thing.nodes)
        if placed:
            spots = [place[node] for node in thing.nodes]
            element["geometry"] = [{"lon": s[0], "lat": s[1]} if s else None for s in spots]
    if thing.members:
        element["members"] = [{"type": "way", "ref": way, "role": "outer"} for way in thing.members]
    return element


def _xml(thing: Thing, place: _Places, placed: str) -> str:
    head = f"id='{thing.number}' version='{thing.version}'"
    head += "" if thing.visible else " visible='false'"
    head += f" action='{thing.action}'" if thing.action else ""
    if thing.place:
        head += f" lat='{thing.place[1]:.7f}' lon='{thing.place[0]:.7f}'"
    inner = ""
    for node in thing.nodes:
        spot = place.get(node)
        at = f" lat='{spot[1]:.7f}' lon='{spot[0]:.7f}'" if placed and spot else ""
        inner += "<nd" + ("" if placed == "unnumbered" else f" ref='{node}'") + f"{at}/>"
    inner += "".join(f"<member type='way' ref='{way}' role='outer'/>" for way in thing.members)
    inner += "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in thing.tags.items())
    return f"<{thing.kind} {head}>{inner}</{thing.kind}>"


def _write_pbf(path: Path, things: Sequence[Thing], place: _Places, placed: str) -> None:
    many = any(not thing.visible for thing in things)
    header = osmium.io.Header()
    header.has_multiple_object_versions = many
    options = ",locations_on_ways=true" * bool(placed) + ",history=true" * many
    file = osmium.io.File(path, f"pbf{options}")
    if placed:
        # Only ways that osmium has read have places of their own.
        text = "\n".join(_xml(thing, place, placed) for thing in things)
        buffer = osmium.io.FileBuffer(f"<osm version='0.6'>{text}</osm>".encode(), "osm")
        with osmium.SimpleWriter(file, header=header, overwrite=True) as writer:
            for thing in osmium.FileProcessor(buffer):
                writer.add(thing)
        return
    with osmium.SimpleWriter(file, header=header, overwrite=True) as writer:
        for thing in things:
            common = {
                "id": thing.number,
                "version": thing.version,
                "visible": thing.visible,
                "tags": dict(thing.tags),
                "timestamp": "2024-05-06T07:08:09Z",
            }
            if thing.kind == "node":
                writer.add_node(mutable.Node(location=thing.place, **common))
            elif thing.kind == "way":
                writer.add_way(mutable.Way(nodes=list(thing.nodes), **common))
            else:
                members = [("w", way, "outer") for way in thing.members]
                writer.add_relation(mutable.Relation(members=members, **common))
