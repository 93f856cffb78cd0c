"""The doors: osmium files, Overpass answers and OSMnx graphs, all into one `Ways` table."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING

from reso_geo.errors import NetworkError
from reso_geo.files import sha256_of
from reso_geo.osm.clip import StreetFile
from reso_geo.osm.lines import line_kind
from reso_geo.osm.ways import Source, WayTableBuilder
from reso_geo.words import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reso_geo.boundaries import Box
    from reso_geo.osm.ways import Ways
    from reso_geo.settings import StreetRules

__all__ = ["MALFORMED", "door_of", "read_ways"]

_HEAD_BYTES = 1024
MALFORMED = (ValueError, KeyError, TypeError, AttributeError)
"""What goes wrong in a file that is not what it seems."""


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
    door = door_of(path)
    builder = WayTableBuilder(rules)
    middle = None
    if door == "overpass":
        timestamp = _read_overpass(path, builder)
    elif door == "graphml":
        # OSMnx takes half a second to load, which only its own graphs should cost.
        from reso_geo.osm.graphs import read_graphml  # noqa: PLC0415

        timestamp = read_graphml(path, builder)
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


def door_of(path: Path) -> str:
    """Tell the kind of a file by its first bytes, and check that its name agrees.

    Parameters
    ----------
    path
        A street source.

    Returns
    -------
    str
        ``pbf``, ``xml``, ``overpass`` or ``graphml``.

    Raises
    ------
    NetworkError
        When the file is missing, empty, or of another kind.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except IsADirectoryError as error:
        raise NetworkError(Phrase("osm.folder", {"path": path})) from error
    except OSError as error:
        raise NetworkError(Phrase("osm.unreadable", {"path": path, "why": error})) from error
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
        for way_id, tags, points in streets.ways():
            builder.add(way_id, tags, points)
        for node_id, ele in streets.elevations:
            builder.add_elevation(node_id, ele)
    except (RuntimeError, UnicodeDecodeError) as error:
        raise NetworkError(Phrase("osm.damaged", {"path": path, "why": error})) from error


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
    except (*MALFORMED, RecursionError) as error:
        raise NetworkError(Phrase("osm.not_overpass", {"path": path, "why": error})) from error
    return str(answer.get("osm3s", {}).get("timestamp_osm_base", ""))
