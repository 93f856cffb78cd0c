"""The streets near a boundary, out of an OpenStreetMap file of any size.

No point of the file but those of streets, and of lines that cut the place, is kept, and only as
sixteen bytes in a table of osmium; the ways themselves pass by. Ways that meet a way near the
boundary come along, so that every street near it is cut at the same junctions as if the whole file
had been read.
"""

from __future__ import annotations

from array import array
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import osmium

from reso_geo.boundaries import Box, sweep
from reso_geo.osm.lines import LINE_KEYS, line_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    Spots: TypeAlias = list[tuple[int, float, float]]

__all__ = ["StreetFile"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STREET, _HEIGHT = "highway", "ele"
_WKB = osmium.geom.WKBFactory()
# Below, a table of all points is smaller than a set of ids as wide as OpenStreetMap's (1.5 GB).
_LARGE_BYTES = 1 << 28


class StreetFile:
    """A PBF or XML file, of which only the streets near a place are wanted.

    Parameters
    ----------
    path
        The file.
    form
        ``pbf`` or ``xml``.
    near
        Where streets are wanted; None for everywhere.
    tell
        Called with the share of the reading that is done, from 0 to 1.

    Attributes
    ----------
    timestamp
        Date and time of the extract (ISO 8601), empty where the file does not say.
    middle
        Longitude and latitude in the middle of all its streets, near or not; None without any.
    elevations
        Id and ``ele`` tag of each point that has one.
    """

    def __init__(
        self, path: Path, form: str, near: Box | None, tell: Callable[[float], None] | None
    ) -> None:
        self._path = path
        self._form = form
        self._near = near
        self._tell = tell
        self._passed = 0
        self._spots = (array("d"), array("d"))
        self._met: set[int] = set()
        self._beside: list[int] = []
        self._large = path.stat().st_size > _LARGE_BYTES
        self._date = ""
        self._elevations: dict[int, str] = {}
        self._newest = _EPOCH

    @property
    def timestamp(self) -> str:
        """Date and time of the extract."""
        newest = "" if self._newest == _EPOCH else f"{self._newest:%Y-%m-%dT%H:%M:%SZ}"
        return self._date or newest

    @property
    def middle(self) -> tuple[float, float] | None:
        """Longitude and latitude in the middle of all streets seen."""
        lon, lat = self._spots
        return (float(np.median(lon)), float(np.median(lat))) if lon else None

    @property
    def elevations(self) -> Iterable[tuple[int, str]]:
        """Id and ``ele`` tag of each point that has one, of those seen."""
        return self._elevations.items()

    def ways(self) -> Iterator[tuple[int, dict[str, str], Spots]]:
        """Give the ways with a ``highway`` tag that come near, and those that meet them.

        Motorways, railways and rivers that come near are among them, whatever they meet.

        Yields
        ------
        tuple of int, dict and list
            Id, tags, and (node id, lon, lat) along the way: first those that come near, then those
            that meet one. A way with points that the file lacks comes in its stretches.

        Raises
        ------
        RuntimeError
            When the file is damaged.
        """
        file = osmium.io.File(self._path.absolute(), self._form)
        header = osmium.io.Reader(file, osmium.osm.NOTHING).header()
        self._date = str(header.get("osmosis_replication_timestamp", ""))
        first = self._points_of_streets() if self._large else ()
        locate = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
        locate.ignore_errors()
        heights = osmium.filter.KeyFilter(_HEIGHT)
        heights.enable_for(osmium.osm.NODE)
        located = self._noted(
            self._sweep(osmium.osm.NODE | osmium.osm.WAY, *first, locate, heights)
        )
        if self._near is None:
            for way in located:
                yield from _stretches(way)
            return
        yield from self._coming_near(located, self._near)
        wanted = osmium.filter.IdFilter(self._beside)
        wanted.enable_for(osmium.osm.WAY)
        for way in self._sweep(osmium.osm.WAY, wanted, locate):
            if not self._met.isdisjoint([node.ref for node in way.nodes]):
                yield from _stretches(way)

    def _coming_near(
        self, located: Iterable[Any], near: Box
    ) -> Iterator[tuple[int, dict[str, str], Spots]]:
        """Give the ways that come near, and note the other streets that may meet one of them."""
        reach = near
        ids, boxes = array("q"), tuple(array("d") for _ in range(4))
        for way in located:
            own = _box_of(way)
            if own is None:
                continue
            close, street = near.touches(own), _STREET in way.tags
            if street:
                ids.append(-1 if close else way.id)
                for side, value in zip(
                    boxes, (own.west, own.south, own.east, own.north), strict=True
                ):
                    side.append(value)
            for stretch in _stretches(way) if close else ():
                if street:
                    self._met.update([node for node, _, _ in stretch[2]])
                yield stretch
            reach = reach.joined(own) if close and street else reach
        self._spots = boxes[0], boxes[1]
        west, south, east, north = (np.array(side) for side in boxes)
        beyond = (east < reach.west) | (west > reach.east)
        beyond |= (north < reach.south) | (south > reach.north)
        found = np.array(ids, dtype=np.int64)
        self._beside = found[~beyond & (found >= 0)].tolist()

    def _points_of_streets(self) -> tuple[object, ...]:
        """Give a filter for the points that streets and lines run over."""
        points = osmium.IdTracker()
        for way in self._sweep(osmium.osm.WAY):
            if _is_wanted(way):
                points.add_references(way)
        wanted = points.id_filter()
        wanted.enable_for(osmium.osm.NODE)
        return (wanted,)

    def _noted(self, things: Iterable[Any]) -> Iterator[Any]:
        """Give the ways; note the elevations, and the newest date where the file has none."""
        for thing in things:
            if thing.is_node():
                self._elevations[thing.id] = thing.tags[_HEIGHT]
                continue
            if not _is_wanted(thing):
                continue
            if not self._date:
                self._newest = max(self._newest, thing.timestamp)
            yield thing

    def _sweep(self, kinds: osmium.osm.osm_entity_bits, *handlers: object) -> Iterator[Any]:
        passes = 1 + self._large + (self._near is not None)
        done = self._passed
        self._passed += 1

        def tell(share: float) -> None:
            if self._tell is not None:
                self._tell((done + share) / passes)

        keys = osmium.filter.KeyFilter(_STREET, *LINE_KEYS)
        keys.enable_for(osmium.osm.WAY)
        return sweep(self._path, kinds, keys, *handlers, form=self._form, tell=tell)


def _is_wanted(way: Any) -> bool:  # noqa: ANN401 - osmium.osm.Way, while it passes
    """Tell whether a way is a street or a line; a brook has the key of a river."""
    tags = way.tags
    return _STREET in tags or bool(line_kind(tags))


def _stretches(
    way: Any,  # noqa: ANN401 - osmium.osm.Way, while it passes
) -> Iterator[tuple[int, dict[str, str], Spots]]:
    """Give a way, in its stretches where a clipped extract lacks some of its points."""
    tags = dict(way.tags)
    try:
        yield way.id, tags, [(node.ref, node.lon, node.lat) for node in way.nodes]
    except osmium.InvalidLocationError:
        for there, run in groupby(way.nodes, key=lambda node: node.location.valid()):
            if there:
                yield way.id, tags, [(node.ref, node.lon, node.lat) for node in run]


def _box_of(way: Any) -> Box | None:  # noqa: ANN401 - osmium.osm.Way, while it passes
    """Give the box around the points of a way that are in the file; None where there is none."""
    try:
        # The quickest way to all coordinates at once: nine bytes of head, then pairs.
        spots = array("d", bytes.fromhex(_WKB.create_linestring(way))[9:])
        lon, lat = spots[::2], spots[1::2]
    except (osmium.InvalidLocationError, RuntimeError):
        there = [n.location for n in way.nodes if n.location.valid()]
        if not there:
            return None
        lon, lat = array("d", [n.lon for n in there]), array("d", [n.lat for n in there])
    return Box(min(lon), min(lat), max(lon), max(lat))
