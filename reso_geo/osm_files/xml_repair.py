"""OpenStreetMap XML that osmium alone would misread: editors' files and Overpass geometry.

JOSM marks what the planner deleted with ``action='delete'``; Overpass writes the places of points
into ways and into the members of relations when it is asked for ``out geom``.
"""

from __future__ import annotations

import io
import mmap
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["XmlLook", "look_over", "rewritten"]

_OBJECT = re.compile(rb"<(node|way|relation)\s[^<>]*?\bid\s*=\s*[\"'](-?\d{1,18})[\"']")
_HIDDEN = re.compile(rb"\bvisible\s*=\s*[\"']false[\"']")
_NEGATIVE = re.compile(rb"\s(?:id|ref)\s*=\s*[\"']-")
_EDITED = re.compile(rb"\baction\s*=\s*[\"']delete[\"']")
_PLACED = re.compile(rb"<nd\s[^<>]*\blat\s*=")
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_CHANGES = re.compile(rb"<osmChange\b")
_KINDS = (b"node", b"way", b"relation")


@dataclass(frozen=True)
class XmlLook:
    """What a first look over an XML file finds.

    Attributes
    ----------
    in_order
        Whether points come first, then ways, then relations, each object once, visible and with a
        number above zero.
    rewrite
        Whether osmium alone would misread it.
    changes
        Whether it is a list of changes, no map.
    lowest
        The lowest number of an object, 0 or below.
    """

    in_order: bool
    rewrite: bool
    changes: bool
    lowest: int


def look_over(path: Path) -> XmlLook:
    """Look over an XML file without parsing it.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    XmlLook
        What stands in it.

    Raises
    ------
    OSError
        When it cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "josm.osm"
    >>> _ = path.write_text("<osm version='0.6'><node id='-4' action='delete'/></osm>")
    >>> look_over(path)
    XmlLook(in_order=False, rewrite=True, changes=False, lowest=-4)
    """
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as text:
        # Entities are refused by osmium, which reads such a file as it stands.
        rewrite = not _ENTITY.search(text) and bool(_EDITED.search(text) or _PLACED.search(text))
        changes = bool(_CHANGES.search(text, 0, 4096))
        negative, hidden = _NEGATIVE.search(text), _HIDDEN.search(text)
        found = _OBJECT.findall(text)
    rank = np.array([_KINDS.index(kind) for kind, _ in found], dtype=np.int64)
    number = np.array([int(number) for _, number in found], dtype=np.int64)
    in_order = bool((np.diff(rank) >= 0).all()) and all(
        len(np.unique(own)) == len(own) for own in (number[rank == kind] for kind in range(3))
    )
    lowest = min(int(number.min(initial=0)), 0)
    return XmlLook(in_order and not (negative or hidden), rewrite, changes, lowest)


def rewritten(path: Path, lowest: int) -> bytes:
    """Write an XML file as osmium reads it: without what was deleted, each point an object.

    Parameters
    ----------
    path
        The file.
    lowest
        The lowest number that is taken; points without a number, which are told apart by their
        places, get those below.

    Returns
    -------
    bytes
        XML.

    Raises
    ------
    RuntimeError
        When it is no XML.
    """
    out = io.BytesIO()
    out.write(b'<osm version="0.6">')
    placed = _Placed(lowest)
    try:
        for thing in _objects(path):
            if thing.get("action") != "delete":
                placed.take(thing)
                out.write(ET.tostring(thing))
    except ET.ParseError as error:
        raise RuntimeError(error) from error
    for thing in placed.left_over():
        out.write(ET.tostring(thing))
    out.write(b"</osm>")
    return out.getvalue()


def _objects(path: Path) -> Iterator[ET.Element]:
    """Return the objects of a file one by one; each is forgotten after."""
    parents: list[ET.Element] = []
    # A file with entities does not get here, see `look_over`.
    for event, element in ET.iterparse(path, ("start", "end")):  # noqa: S314
        if event == "start":
            parents.append(element)
            continue
        parents.pop()
        if element.tag in ("node", "way", "relation"):
            yield element
            parents[-1].remove(element)


class _Placed:
    """Points that stand in ways and members, and ways that stand in relations only."""

    def __init__(self, lowest: int) -> None:
        self._lowest = lowest
        self._seen: set[tuple[str, str]] = set()
        self._places: dict[str, tuple[str, str]] = {}
        self._numbers: dict[tuple[float, float], str] = {}
        self._ways: dict[str, list[str]] = {}

    def take(self, thing: ET.Element) -> None:
        """Read the places of an object."""
        self._seen.add((thing.tag, thing.get("id", "")))
        if thing.tag == "way":
            for point in thing.findall("nd"):
                point.set("ref", self._number(point))
        for member in thing.findall("member"):
            points = [self._number(point) for point in member.findall("nd") if point.get("lat")]
            whole = len(points) == len(member)
            for point in list(member):
                member.remove(point)
            if member.get("type") == "way" and whole and len(points) > 1:
                self._ways.setdefault(member.get("ref", ""), points)

    def _number(self, point: ET.Element) -> str:
        """Return the number of a point, and note its place."""
        ref = point.get("ref", "")
        lat, lon = point.attrib.pop("lat", ""), point.attrib.pop("lon", "")
        if lat and lon:
            spot = float(lat), float(lon)
            below = str(self._lowest - len(self._numbers) - 1)
            known = self._numbers.setdefault(spot, ref or below)
            ref = ref or known
            self._places[ref] = lat, lon
        return ref

    def left_over(self) -> Iterator[ET.Element]:
        """Return the points and ways that are no objects of their own yet."""
        for ref, (lat, lon) in self._places.items():
            if ("node", ref) not in self._seen:
                yield ET.Element("node", id=ref, lat=lat, lon=lon)
        for ref, points in self._ways.items():
            if ("way", ref) not in self._seen:
                way = ET.Element("way", id=ref)
                way.extend(ET.Element("nd", ref=point) for point in points)
                yield way
