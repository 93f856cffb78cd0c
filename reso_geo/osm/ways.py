"""Ways: the table that every reader of `reso_geo.osm` gives, free of tags."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from reso_geo.boundaries.boundary import clean_name
from reso_geo.i18n import Phrase
from reso_geo.osm.area_tags import is_area, is_closed_gate, is_on_ground, without_direction
from reso_geo.osm.barrier_tags import lanes_of, line_kind, lines_of
from reso_geo.osm.ground_tags import deck_of, elevation_of, surface_of
from reso_geo.osm.missing_points import NO_GAPS
from reso_geo.osm.tags import understand
from reso_geo.records import freeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from reso_geo.osm.barrier_tags import BarrierLines
    from reso_geo.osm.missing_points import Gaps
    from reso_geo.settings import StreetRules

__all__ = ["Source", "WayTableBuilder", "Ways"]


@dataclass(frozen=True)
class Source:
    """Where streets come from.

    Attributes
    ----------
    name
        File name, without folders.
    sha256
        Digest of the file.
    timestamp
        Date and time of the extract (ISO 8601), empty where the file does not say.
    """

    name: str
    sha256: str
    timestamp: str


@dataclass(frozen=True)
class Ways:
    """Ways with their tags understood; points of way ``i`` are ``first[i]:first[i + 1]``.

    Attributes
    ----------
    source
        The file they come from.
    way_id
        int64, shape (ways,).
    first
        int64, shape (ways + 1,): offsets into the points.
    node_id
        int64, shape (points,).
    lon, lat
        float64, shape (points,), degrees (EPSG:4326).
    highway, name, ref, why
        object (str), shape (ways,); empty where the way has none.
    foot, required
        bool, shape (ways,).
    bike_forward, bike_backward, oneway
        int8, shape (ways,); see `reso_geo.osm.WayRules`.
    surface
        object (str), shape (ways,): one of `reso_geo.settings.SURFACES`.
    lanes
        int8, shape (ways,): lanes of both directions together, 0 where no tag tells.
    deck
        object (str), shape (ways,): see `reso_geo.osm.tags.deck_of`; empty on the ground.
    ele_m
        float64, shape (points,): metres above the sea, NaN where no tag tells.
    lines
        The motorways, railways and rivers; those that are no streets are in no other column.
    area
        object (str), shape (ways,): the area of whose outline or holes the way is a part, as ``w``
        or ``r`` and the id of the way or the relation; empty for a line.
    on_ground
        bool, shape (ways,): on no bridge, in no tunnel, on no other layer.
    gates
        int64, in order: ids of the points with a gate that nobody passes, on these ways or not.
    segment_id
        Ready ids, shape (ways,), for a source that is already cut into segments; else None.
    middle
        Longitude and latitude in the middle of all streets of the source, also of those that a
        clipped table lacks; None for a source without streets.
    keyed
        True when segments are named as an OSMnx graph names its edges (``way:node-node-key``).
    notes
        What the planner should know of the source.
    gaps
        Where streets lack points.
    """

    source: Source
    way_id: NDArray[np.int64]
    first: NDArray[np.int64]
    node_id: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    highway: NDArray[np.object_]
    name: NDArray[np.object_]
    ref: NDArray[np.object_]
    why: NDArray[np.object_]
    foot: NDArray[np.bool_]
    required: NDArray[np.bool_]
    bike_forward: NDArray[np.int8]
    bike_backward: NDArray[np.int8]
    oneway: NDArray[np.int8]
    surface: NDArray[np.object_]
    lanes: NDArray[np.int8]
    deck: NDArray[np.object_]
    ele_m: NDArray[np.float64]
    lines: BarrierLines
    area: NDArray[np.object_]
    on_ground: NDArray[np.bool_]
    gates: NDArray[np.int64]
    segment_id: NDArray[np.object_] | None = None
    middle: tuple[float, float] | None = None
    keyed: bool = False
    notes: tuple[Phrase, ...] = ()
    gaps: Gaps = NO_GAPS

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self)

    def __len__(self) -> int:
        """Return the number of ways."""
        return len(self.way_id)


_COLUMNS = {
    "way_id": "int64", "highway": "O", "name": "O", "ref": "O", "foot": "bool",
    "bike_forward": "int8", "bike_backward": "int8", "oneway": "int8", "required": "bool",
    "why": "O", "segment_id": "O", "surface": "O", "lanes": "int8", "area": "O",
    "on_ground": "bool", "deck": "O",
}  # fmt: skip
"""What a builder notes of each way, in this order."""


class WayTableBuilder:
    """Collects ways one by one and gives the table.

    Parameters
    ----------
    rules
        Which classes are required.
    """

    def __init__(self, rules: StreetRules) -> None:
        self._rules = rules
        self._rows: list[tuple[object, ...]] = []
        self._sizes: list[int] = []
        self._points: list[tuple[int, float, float]] = []
        self._ele_m: dict[int, float | None] = {}
        self._gates: set[int] = set()
        self._lines: list[tuple[int, str, str]] = []
        self._line_points: list[list[tuple[int, float, float]]] = []
        self._notes: list[Phrase] = []
        self._clean = cache(clean_name)

    def note(self, phrase: Phrase) -> None:
        """Add what the planner should know of the source.

        Parameters
        ----------
        phrase
            A warning.
        """
        self._notes.append(phrase)

    def add_point(self, node_id: int, tags: Mapping[str, str]) -> None:
        """Add what the tags of a point say: its elevation (``ele``).

        Parameters
        ----------
        node_id
            OSM id.
        tags
            Its tags; without one of interest it is ignored.
        """
        if "ele" in tags:
            self._ele_m[node_id] = elevation_of(tags["ele"])
        if is_closed_gate(tags, self._rules):
            self._gates.add(node_id)

    def add(
        self,
        way_id: int,
        tags: Mapping[str, str],
        points: Iterable[tuple[int, float, float]],
        segment_id: str = "",
        area: str = "",
    ) -> None:
        """Add one way: a street, a line that cuts the place, or both.

        Parameters
        ----------
        way_id
            OSM id.
        tags
            Its tags; one that is neither is ignored.
        points
            (node id, lon, lat) along the way; fewer than two are ignored.
        segment_id
            A ready id, for a way that is one segment.
        area
            For a member of a relation that is an area: ``r`` and the id of the relation, whose
            tags are given then.
        """
        if "highway" not in tags:
            self._add_line(way_id, tags, list(points))
            return
        before = len(self._points)
        self._points.extend(points)
        size = len(self._points) - before
        if size < 2:  # noqa: PLR2004 - a line has two ends
            del self._points[before:]
            return
        if not area and is_area(tags, self._rules):
            area = f"w{way_id}"
        use = understand(without_direction(tags) if area else tags, self._rules)
        if not use.foot and not area:
            self._add_line(way_id, tags, self._points[before:])
        self._sizes.append(size)
        self._rows.append(
            (
                way_id,
                self._clean(tags["highway"]),
                self._clean(tags.get("name", "")),
                self._clean(tags.get("ref", "")),
                *use,
                segment_id,
                surface_of(tags),
                lanes_of(tags),
                area,
                is_on_ground(tags),
                deck_of(tags),
            )
        )

    def _add_line(
        self, way_id: int, tags: Mapping[str, str], points: list[tuple[int, float, float]]
    ) -> None:
        """Add a line that cuts the place, if the way is one."""
        kind = line_kind(tags)
        if kind and len(points) > 1:
            name = self._clean(tags.get("name") or tags.get("ref", ""))
            self._lines.append((way_id, kind, name))
            self._line_points.append(points)

    def build(
        self,
        source: Source,
        middle: tuple[float, float] | None = None,
        *,
        keyed: bool = False,
        gaps: Gaps | None = None,
    ) -> Ways:
        """Return the table.

        Parameters
        ----------
        source
            The file that the ways come from.
        middle
            Longitude and latitude in the middle of its streets; None takes that of these ways.
        keyed
            Whether segments are named as an OSMnx graph names its edges.
        gaps
            Where streets lack points; None where the source has no points of its own.

        Returns
        -------
        Ways
            All ways added, in the order of their ids (then of their first points).
        """
        cells = list(zip(*self._rows, strict=True)) or [()] * len(_COLUMNS)
        order = np.argsort(np.asarray(cells[0], dtype=np.int64), kind="stable")
        columns: dict[str, Any] = {
            name: np.asarray(values, dtype=kind)[order]
            for (name, kind), values in zip(_COLUMNS.items(), cells, strict=True)
        }
        if not columns["segment_id"].any():
            columns["segment_id"] = None
        sizes = np.asarray(self._sizes, dtype=np.int64)
        starts = np.concatenate(([0], np.cumsum(sizes)))[:-1]
        first = np.concatenate(([0], np.cumsum(sizes[order])))
        at = np.repeat(starts[order] - first[:-1], sizes[order]) + np.arange(first[-1])
        points = np.asarray(self._points, dtype=np.float64).reshape(-1, 3)[at]
        nodes = np.fromiter((p[0] for p in self._points), np.int64, len(self._points))[at]

        # An elevation that cannot be read is None; a node without one has no entry.
        found = [self._ele_m.get(node, np.nan) for node in nodes.tolist()]
        count = len({n for n, metres in zip(nodes.tolist(), found, strict=True) if metres is None})
        values = {"name": source.name, "count": count}
        unread = (Phrase("osm.unread_elevations", values),) if count else ()

        return Ways(
            source=source,
            **columns,
            first=first,
            node_id=nodes,
            lon=points[:, 1].copy(),
            lat=points[:, 2].copy(),
            ele_m=np.array([np.nan if m is None else m for m in found], dtype=np.float64),
            lines=lines_of(self._lines, self._line_points),
            gates=np.array(sorted(self._gates), dtype=np.int64),
            middle=middle or _middle(points),
            keyed=keyed,
            notes=(*self._notes, *unread),
            gaps=gaps or NO_GAPS,
        )


def _middle(points: NDArray[np.float64]) -> tuple[float, float] | None:
    """Return the middle of (node, lon, lat) rows."""
    return (float(np.median(points[:, 1])), float(np.median(points[:, 2]))) if len(points) else None
