"""The streets near a boundary, out of an OpenStreetMap file of any size.

No point of the file but those of streets is kept, and only as sixteen bytes in a table of osmium;
the ways themselves pass by. Ways that meet a way near the boundary come along, so that every
street near it is cut at the same junctions as if the whole file had been read.
"""

from __future__ import annotations

from array import array
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium

from reso_geo.boundaries import sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from reso_geo.boundaries import Box

__all__ = ["StreetFile"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STREET = "highway"


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
        self.timestamp = ""

    @property
    def middle(self) -> tuple[float, float] | None:
        """Longitude and latitude in the middle of all streets seen."""
        lon, lat = self._spots
        return (float(np.median(lon)), float(np.median(lat))) if lon else None

    def ways(self) -> Iterator[Any]:
        """Give the ways with a ``highway`` tag that come near, and those that meet them.

        Yields
        ------
        osmium.osm.Way
            With locations, in the order of the file; valid until the next one is asked for.

        Raises
        ------
        RuntimeError
            When the file is damaged.
        """
        wanted = self._points_of_streets()
        wanted.enable_for(osmium.osm.NODE)
        locate = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
        locate.ignore_errors()
        only_ways = osmium.filter.EntityFilter(osmium.osm.WAY)
        located = self._sweep(osmium.osm.NODE | osmium.osm.WAY, wanted, locate, only_ways)
        if self._near is None:
            yield from located
            return
        close = osmium.IdTracker()
        for way in located:
            if self._comes_near(way):
                close.add_references(way)
        yield from self._sweep(osmium.osm.WAY, close.contains_filter(), locate)

    def _points_of_streets(self) -> Any:  # noqa: ANN401 - osmium does not export its filters
        """Find the points that streets run over; learn the newest street's date on the way."""
        file = osmium.io.File(self._path, self._form)
        header = osmium.io.Reader(file, osmium.osm.NOTHING).header()
        self.timestamp = str(header.get("osmosis_replication_timestamp", ""))
        points = osmium.IdTracker()
        newest = _EPOCH
        for way in self._sweep(osmium.osm.WAY):
            points.add_references(way)
            if not self.timestamp:
                newest = max(newest, way.timestamp)
        if newest > _EPOCH:
            self.timestamp = f"{newest:%Y-%m-%dT%H:%M:%SZ}"
        return points.id_filter()

    def _sweep(self, kinds: osmium.osm.osm_entity_bits, *handlers: object) -> Iterator[Any]:
        passes = 2 if self._near is None else 3
        done = self._passed
        self._passed += 1

        def tell(share: float) -> None:
            if self._tell is not None:
                self._tell((done + share) / passes)

        street = osmium.filter.KeyFilter(_STREET)
        street.enable_for(osmium.osm.WAY)
        return sweep(self._path, kinds, street, *handlers, form=self._form, tell=tell)

    def _comes_near(self, way: Any) -> bool:  # noqa: ANN401 - osmium.osm.Way, while it passes
        """Tell whether the box of a way meets the place."""
        near = self._near
        try:
            lon, lat = [n.lon for n in way.nodes], [n.lat for n in way.nodes]
        except osmium.InvalidLocationError:
            there = [n.location for n in way.nodes if n.location.valid()]
            lon, lat = [n.lon for n in there], [n.lat for n in there]
        if near is None or not lon:
            return False
        for spots, spot in zip(self._spots, (lon[0], lat[0]), strict=True):
            spots.append(spot)
        beside = max(lon) < near.west or min(lon) > near.east
        return not (beside or max(lat) < near.south or min(lat) > near.north)
