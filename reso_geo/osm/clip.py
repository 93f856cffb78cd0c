"""The streets near a boundary, out of an OpenStreetMap file of any size.

No point of the file but those of streets, and of lines that cut the place, is kept, and only as
sixteen bytes in a table of osmium; the ways themselves pass by. Ways that meet a way near the
boundary come along, so that every street near it is cut at the same junctions as if the whole file
had been read.
"""

from __future__ import annotations

from array import array
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import osmium

from reso_geo.boundaries import BoundingBox, numbered
from reso_geo.errors import NetworkError
from reso_geo.i18n import Phrase
from reso_geo.osm.area_members import AreaMembers
from reso_geo.osm.area_tags import is_closed_gate
from reso_geo.osm.barrier_tags import LINE_KEYS, line_kind
from reso_geo.osm.missing_points import GapLog
from reso_geo.osm_files.source_file import FileSweeps, only

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reso_geo.boundaries import OsmFile
    from reso_geo.osm.area_members import Member
    from reso_geo.osm.missing_points import Gaps, Spot
    from reso_geo.settings import StreetRules

    Spots: TypeAlias = list[tuple[int, float, float]]
    Found: TypeAlias = tuple[int, dict[str, str], Spots]

__all__ = ["POINT_KEYS", "StreetFile"]

POINT_KEYS = ("ele", "barrier")
"""Keys of the tags of points that streets want to know of."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STREET = "highway"
_UNKNOWN = osmium.osm.Location().x
_WKB = osmium.geom.WKBFactory()
# Below, a table of all points is smaller than a set of ids as wide as OpenStreetMap's (1.5 GB).
_LARGE_BYTES = 1 << 28


class StreetFile:
    """A PBF or XML file, of which only the streets near a place are wanted.

    Parameters
    ----------
    file
        The file, opened.
    near
        Where streets are wanted; None for everywhere.
    progress
        Called with the share of the reading that is done, from 0 to 1.
    rules
        Which relations are areas, and which points gates that nobody passes.

    Attributes
    ----------
    timestamp
        Date and time of the extract (ISO 8601), empty where the file does not say.
    middle
        Longitude and latitude in the middle of all its streets, near or not; None without any.
    points
        Id and tags of each point with a height, or with a gate that nobody passes.
    gaps
        Where streets that come near lack points.
    odd
        Whether a way was met twice, out of order, or with a number below zero in it: the file has
        to be put in order, and read again.
    """

    def __init__(
        self,
        file: OsmFile,
        near: BoundingBox | None,
        progress: Callable[[float], None] | None,
        rules: StreetRules,
    ) -> None:
        self._file = file
        self._near = near
        self._rules = rules
        self._members = AreaMembers(rules)
        self._sweeps = FileSweeps(file, progress)
        self._spots = (array("d"), array("d"))
        self._met: set[int] = set()
        self._beside: list[int] = []
        self._large = file.path.stat().st_size > _LARGE_BYTES
        self._date = ""
        self._points: dict[int, dict[str, str]] = {}
        self._log = GapLog()
        self._newest = _EPOCH
        self._last = 0
        self.odd = False

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
    def points(self) -> Iterable[tuple[int, dict[str, str]]]:
        """Id and tags of each point that has tags of interest, of those seen."""
        return ((numbered(number), tags) for number, tags in self._points.items())

    @property
    def gaps(self) -> Gaps:
        """Where streets that come near lack points."""
        return self._log.build()

    def ways(self) -> Iterator[Found]:
        """Return the ways with a ``highway`` tag that come near, and those that meet them.

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
        found = self._found()
        yield from found if self._file.content is None else map(_numbered, found)

    def members(self) -> Iterator[Member]:
        """Return the members of the relations that are areas and come near, once `ways` is done.

        Yields
        ------
        tuple of int, dict, int and list
            Relation, its tags, way, and (node id, lon, lat) along the way.
        """
        for relation, tags, way, spots in self._members.near(self._near):
            if self._file.content is None:
                yield relation, tags, way, spots
            else:
                yield numbered(relation), tags, *_numbered((way, {}, spots))[::2]

    def _found(self) -> Iterator[Found]:
        self._date = self._file.date
        self._note_relations()
        first = self._points_of_streets() if self._large else ()
        locate = self._file.locators()
        tagged = only(osmium.osm.NODE, osmium.filter.KeyFilter(*POINT_KEYS))
        kinds = osmium.osm.NODE | osmium.osm.WAY
        located = self._noted(self._sweep(kinds, *first, *locate, tagged))
        if self._near is None:
            for way in located:
                yield from self._stretches(way)
        else:
            yield from self._coming_near(located, self._near)
        members, beside = frozenset(self._members.wanted), frozenset(self._beside)
        if self._near is None and not members:
            return
        wanted = _ways_of({*members, *beside})
        for way in self._sweep(osmium.osm.WAY, wanted, *locate, keyed=False):
            if way.id in members:
                self._take(way)
            if way.id in beside and not self._met.isdisjoint([node.ref for node in way.nodes]):
                yield from self._stretches(way)

    def _note_relations(self) -> None:
        """Record the relations that are areas."""
        streets = osmium.filter.KeyFilter(_STREET)
        for relation in self._sweep(osmium.osm.RELATION, streets, keyed=False):
            ways = [each.ref for each in relation.members if each.type == "w"]
            self._members.note(relation.id, dict(relation.tags), ways)

    def _take(self, way: Any) -> None:  # noqa: ANN401 - osmium.osm.Way, while it passes
        """Add a member of an area, in its stretches where the file lacks some of its points."""
        for run in GapLog().runs_of(way.id, _spots_of(way)):
            self._members.take(way.id, run)

    def _coming_near(self, located: Iterable[Any], near: BoundingBox) -> Iterator[Found]:
        """Return the ways that come near, and note the other streets that may meet one of them."""
        reach = near
        ids, boxes = array("q"), tuple(array("d") for _ in range(4))
        for way in located:
            own = _box_of(way)
            if own is None:
                yield from self._stretches(way)
                continue
            close, street = near.touches(own), _STREET in way.tags
            if street:
                ids.append(-1 if close else way.id)
                for side, value in zip(
                    boxes, (own.west, own.south, own.east, own.north), strict=True
                ):
                    side.append(value)
            for stretch in self._stretches(way) if close else ():
                if street:
                    self._met.update([node for node, _, _ in stretch[2]])
                yield stretch
            reach = reach.union(own) if close and street else reach
        self._spots = boxes[0], boxes[1]
        west, south, east, north = (np.array(side) for side in boxes)
        beyond = (east < reach.west) | (west > reach.east)
        beyond |= (north < reach.south) | (south > reach.north)
        found = np.array(ids, dtype=np.int64)
        self._beside = found[~beyond & (found >= 0)].tolist()

    def _points_of_streets(self) -> tuple[object, ...]:
        """Return a filter for the points that streets, lines and areas run over."""
        points = osmium.IdTracker()
        for way in self._sweep(osmium.osm.WAY):
            if _is_wanted(way):
                points.add_references(way)
        members = self._members.wanted
        for way in self._sweep(osmium.osm.WAY, _ways_of(members), keyed=False) if members else ():
            points.add_references(way)
        return (only(osmium.osm.NODE, points.id_filter()),)

    def _noted(self, things: Iterable[Any]) -> Iterator[Any]:
        """Return the ways; note heights, gates, and the newest date where the file has none."""
        for thing in things:
            if thing.is_node():
                tags = dict(thing.tags)
                if "ele" in tags or is_closed_gate(tags, self._rules):
                    self._points[thing.id] = tags
                continue
            tags, number = thing.tags, thing.id
            if _STREET in tags:
                self._log.streets += 1
            elif not line_kind(tags):
                continue
            if not self._date:
                self._newest = max(self._newest, thing.timestamp)
            if number <= self._last:
                self.odd = True
            self._last = number
            yield thing

    def _stretches(self, way: Any) -> Iterator[Found]:  # noqa: ANN401 - Way, while it passes
        """Return a way, in its stretches where the file lacks some of its points."""
        tags = dict(way.tags)
        try:
            yield way.id, tags, [(node.ref, node.lon, node.lat) for node in way.nodes]
        except osmium.InvalidLocationError:
            self.odd |= any(node.ref < 0 for node in way.nodes)
            if any(_is_off_earth(node.location) for node in way.nodes):
                values = {"name": self._file.path.name, "way": way.id}
                raise NetworkError(Phrase("network.bad_coordinate", values)) from None
            log = self._log if _STREET in tags else GapLog()
            for run in log.runs_of(way.id, _spots_of(way)):
                yield way.id, tags, run

    def _sweep(
        self, kinds: osmium.osm.osm_entity_bits, *handlers: object, keyed: bool = True
    ) -> Iterator[Any]:
        """Read the file once; with `keyed`, only the ways that may be streets or lines."""
        members = bool(self._members.wanted)
        more = self._near is not None or members
        self._sweeps.count = 2 + self._large * (1 + members) + more
        keys = only(osmium.osm.WAY, osmium.filter.KeyFilter(_STREET, *LINE_KEYS))
        return self._sweeps.sweep(kinds, *((keys, *handlers) if keyed else handlers))


def _ways_of(numbers: Iterable[int]) -> osmium.filter.IdFilter:
    """Return a filter for some ways."""
    return only(osmium.osm.WAY, osmium.filter.IdFilter(numbers))


def _spots_of(way: Any) -> list[Spot | None]:  # noqa: ANN401 - osmium.osm.Way, while it passes
    """Return the points of a way; None for those that the file lacks."""
    return [(n.ref, n.lon, n.lat) if n.location.valid() else None for n in way.nodes]


def _is_wanted(way: Any) -> bool:  # noqa: ANN401 - osmium.osm.Way, while it passes
    """Return whether a way is a street or a line; a brook has the key of a river."""
    tags = way.tags
    return _STREET in tags or bool(line_kind(tags))


def _is_off_earth(location: osmium.osm.Location) -> bool:
    """Return whether a place is known and beyond 180 degrees east or west, or 90 north or south."""
    return location.x != _UNKNOWN and not location.valid()


def _numbered(found: Found) -> Found:
    """Assign a way of a file that was put in order the numbers that it has in the file itself."""
    way_id, tags, spots = found
    return numbered(way_id), tags, [(numbered(node), lon, lat) for node, lon, lat in spots]


def _box_of(way: Any) -> BoundingBox | None:  # noqa: ANN401 - osmium.osm.Way, while it passes
    """Return the box around the points of a way that are in the file; None where there is none."""
    try:
        # The quickest way to all coordinates at once: nine bytes of head, then pairs.
        spots = array("d", bytes.fromhex(_WKB.create_linestring(way))[9:])
        lon, lat = spots[::2], spots[1::2]
    except (osmium.InvalidLocationError, RuntimeError):
        there = [n.location for n in way.nodes if n.location.valid()]
        if not there:
            return None
        lon, lat = array("d", [n.lon for n in there]), array("d", [n.lat for n in there])
    return BoundingBox(min(lon), min(lat), max(lon), max(lat))
