"""A file of OpenStreetMap put in order: points first, the newest version of each object only.

Of several versions the newest counts; what is deleted in it is gone. Osmium keeps no places for
points with a number below zero, which editors give to new objects: these numbers are moved out of
the way, and moved back by who reads the file (`numbered`).
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import osmium
from osmium.osm.mutable import Node, Relation, Way

from reso_geo.osm_files.block_reader import SORTED

__all__ = ["numbered", "shifted", "tidied"]

# Far above all numbers of OpenStreetMap, and low enough for the tables of osmium.
_FIRST_MOVED = 1 << 40


def shifted(number: int) -> int:
    """Move a number below zero out of the way.

    Parameters
    ----------
    number
        Of an object, in the file.

    Returns
    -------
    int
        In the tidied file, above zero.

    Examples
    --------
    >>> numbered(shifted(-7)), shifted(7)
    (-7, 7)
    """
    return number if number >= 0 else _FIRST_MOVED - number


def numbered(number: int) -> int:
    """Return the number that an object of a tidied file has in the file itself.

    Parameters
    ----------
    number
        In the tidied file.

    Returns
    -------
    int
        In the file.
    """
    return number if number <= _FIRST_MOVED else _FIRST_MOVED - number


def tidied(content: bytes, form: str) -> bytes:
    """Sort a file.

    Parameters
    ----------
    content
        PBF or XML.
    form
        ``pbf`` or ``xml``.

    Returns
    -------
    bytes
        PBF. Points whose places stand on the ways only are objects of their own.

    Raises
    ------
    RuntimeError
        When the file is damaged.
    """
    header = osmium.io.Reader(osmium.io.FileBuffer(content, form), osmium.osm.NOTHING).header()
    # Some programs write no order into the head and all of them read it, so ours says it.
    header.set("sorting", SORTED)
    header.has_multiple_object_versions = False
    merged = osmium.MergeInputReader()
    merged.add_buffer(content, form)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "tidied.osm.pbf"
        with osmium.SimpleWriter(str(out), header=header) as writer:
            newest = _Newest(writer, _places_on_ways(content, form))
            # Osmium sorts by kind, number and version; which version counts is chosen here, since
            # some files hold an object twice with one version, once without its tags.
            merged.apply(newest, simplify=False)
            newest.finish()
        return out.read_bytes()


def _places_on_ways(content: bytes, form: str) -> dict[int, tuple[float, float]]:
    """Find the places of points that stand on ways."""
    places: dict[int, tuple[float, float]] = {}
    ways = osmium.io.Reader(osmium.io.FileBuffer(content, form), osmium.osm.WAY)
    way: Any
    for way in osmium.OsmFileIterator(ways):
        for node in way.nodes:
            if node.location.valid():
                places[node.ref] = node.lon, node.lat
    return places


class _Newest:
    """A handler of osmium that writes the newest version of each object, if it is visible.

    Parameters
    ----------
    writer
        Takes the objects.
    places
        Longitude and latitude of points that need not be objects.
    """

    def __init__(self, writer: osmium.SimpleWriter, places: dict[int, tuple[float, float]]) -> None:
        self._writer = writer
        self._places = places
        self._key = ("n", 0)
        self._best: tuple[tuple[int, bool], Any] | None = None
        # What has a number below zero comes first out of the sorting, and is written last.
        self._late: list[Any] = []

    def node(self, thing: Any) -> None:  # noqa: ANN401 - osmium.osm.Node, while it passes
        """Add a point."""
        there = thing.visible and thing.location.valid()
        place = (thing.location.lon, thing.location.lat) if there else None
        if there:
            self._places.pop(thing.id, None)
        self._take(thing, Node(location=place, **_common(thing)) if there else None)

    def way(self, thing: Any) -> None:  # noqa: ANN401 - osmium.osm.Way, while it passes
        """Add a way."""
        nodes = [shifted(node.ref) for node in thing.nodes]
        self._take(thing, Way(nodes=nodes, **_common(thing)))

    def relation(self, thing: Any) -> None:  # noqa: ANN401 - osmium.osm.Relation, while it passes
        """Add a relation."""
        members = [(each.type, shifted(each.ref), each.role) for each in thing.members]
        self._take(thing, Relation(members=members, **_common(thing)))

    def _take(self, thing: Any, own: Any) -> None:  # noqa: ANN401 - osmium objects
        key = thing.type_str(), thing.id
        if key != self._key:
            self._flush()
            if key[0] != self._key[0]:
                self._end_kind()
            self._key, self._best = key, None
        rank = thing.version, len(thing.tags) > 0
        if self._best is None or rank > self._best[0]:
            self._best = rank, own if thing.visible else None

    def _flush(self) -> None:
        """Write the newest version of the object that has passed."""
        best = None if self._best is None else self._best[1]
        if best is None:
            return
        if self._key[1] < 0:
            self._late.append(best)
        else:
            self._writer.add(best)

    def _end_kind(self) -> None:
        """Write what comes last of a kind."""
        if self._places and self._key[0] == "n":
            late = [Node(id=shifted(ref), location=place) for ref, place in self._places.items()]
            self._late.extend(late)
            self._places.clear()
        for thing in sorted(self._late, key=lambda thing: thing.id):
            self._writer.add(thing)
        self._late.clear()

    def finish(self) -> None:
        """Write what is left."""
        self._flush()
        self._end_kind()


def _common(thing: Any) -> dict[str, Any]:  # noqa: ANN401 - an osmium object
    return {
        "id": shifted(thing.id),
        "tags": dict(thing.tags),
        "version": thing.version,
        "timestamp": thing.timestamp,
    }
