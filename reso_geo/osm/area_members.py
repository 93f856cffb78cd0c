"""Members of relations that are areas: ways without tags of their own, gathered near a place."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from reso_geo.boundaries import BoundingBox
from reso_geo.osm.area_tags import is_area_relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reso_geo.settings import StreetRules

    Spots: TypeAlias = list[tuple[int, float, float]]

__all__ = ["AreaMembers", "Member"]

Member: TypeAlias = tuple[int, dict[str, str], int, "Spots"]
"""Relation, its tags, way, and (node id, lon, lat) along the way."""


class AreaMembers:
    """Relations that are areas, and the lines of their members.

    Parameters
    ----------
    rules
        Which tags make an area.
    """

    def __init__(self, rules: StreetRules) -> None:
        self._rules = rules
        self._tags: dict[int, dict[str, str]] = {}
        self._ways: dict[int, list[int]] = {}
        self._lines: dict[int, list[Spots]] = defaultdict(list)

    def note(self, relation_id: int, tags: Mapping[str, str], ways: list[int]) -> None:
        """Record a relation, if it is an area.

        Parameters
        ----------
        relation_id
            OSM id.
        tags
            Its tags.
        ways
            Its members, whatever their roles: what lies within a ring is a hole.
        """
        if is_area_relation(tags, self._rules):
            self._tags[relation_id] = dict(tags)
            self._ways[relation_id] = ways

    @property
    def wanted(self) -> list[int]:
        """Ids of all members, in order."""
        return sorted({way for ways in self._ways.values() for way in ways})

    def take(self, way_id: int, points: Spots) -> None:
        """Add the line of a member, or a stretch of it.

        Parameters
        ----------
        way_id
            OSM id.
        points
            (node id, lon, lat) along it.
        """
        self._lines[way_id].append(points)

    def near(self, near: BoundingBox | None) -> Iterator[Member]:
        """Return the members of the relations that come near, those without a point there too.

        Parameters
        ----------
        near
            Where streets are wanted; None for everywhere.

        Yields
        ------
        tuple
            Relation, its tags, way and points.
        """
        for relation_id, ways in sorted(self._ways.items()):
            lines = [
                (way, line) for way in dict.fromkeys(ways) for line in self._lines.get(way, ())
            ]
            if near is None or any(near.touches(_box_of(line)) for _, line in lines):
                for way, line in lines:
                    yield relation_id, self._tags[relation_id], way, line


def _box_of(points: Spots) -> BoundingBox:
    lon, lat = [point[1] for point in points], [point[2] for point in points]
    return BoundingBox(min(lon), min(lat), max(lon), max(lat))
