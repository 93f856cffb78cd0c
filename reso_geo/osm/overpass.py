"""Streets out of an Overpass answer (JSON): points beside the ways, or in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from reso_geo.osm.area_members import AreaMembers
from reso_geo.osm.barrier_tags import line_kind
from reso_geo.osm.missing_points import GapLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from reso_geo.osm.area_members import Member
    from reso_geo.osm.missing_points import Gaps
    from reso_geo.settings import StreetRules

    Spot: TypeAlias = tuple[int, float, float]

__all__ = ["StreetAnswer"]


class StreetAnswer:
    """An Overpass answer, whole in memory.

    Parameters
    ----------
    path
        A JSON file.
    rules
        Which relations are areas.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError or RecursionError
        When it is no complete answer; its methods raise the same.
    """

    def __init__(self, path: Path, rules: StreetRules) -> None:
        answer = json.loads(path.read_bytes())
        if "error" in str(answer.get("remark", "")):
            raise ValueError(answer["remark"])
        self._elements: list[Any] = list(_newest(answer["elements"]))
        self._log = GapLog()
        self.middle = None
        self._rules = rules
        about = answer.get("osm3s", {})
        if not isinstance(about, dict):
            msg = "osm3s"
            raise TypeError(msg)
        self.timestamp = str(about.get("timestamp_osm_base", ""))
        """Date and time of the extract (ISO 8601), empty where the answer does not say."""
        nodes = [e for e in self._elements if e["type"] == "node"]
        self._place = {int(e["id"]): (float(e["lon"]), float(e["lat"])) for e in nodes}
        self._number: dict[tuple[float, float], int] = {}
        self._lowest = min([0, *self._place])

    @property
    def points(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Id and tags of each point that has tags."""
        for element in self._elements:
            if element["type"] == "node" and element.get("tags"):
                yield int(element["id"]), {k: str(v) for k, v in element["tags"].items()}

    @property
    def gaps(self) -> Gaps:
        """Where streets lack points."""
        return self._log.build()

    def ways(self) -> Iterator[tuple[int, Mapping[str, str], list[Spot]]]:
        """Return the streets and the lines that cut the place, each once.

        Yields
        ------
        tuple of int, dict and list
            Id, tags, and (node id, lon, lat) along the way. A way with points that the answer
            lacks comes in its stretches.
        """
        for element in self._elements:
            tags = element.get("tags", {})
            street = "highway" in tags
            if element["type"] != "way" or not (street or line_kind(tags)):
                continue
            log = self._log if street else GapLog()
            log.streets += 1
            for run in log.runs_of(int(element["id"]), self._points_of(element)):
                yield int(element["id"]), tags, run

    def members(self) -> Iterator[Member]:
        """Return the members of the relations that are areas, once `ways` is done.

        Yields
        ------
        tuple of int, dict, int and list
            Relation, its tags, way, and (node id, lon, lat) along the way: that of the answer
            where it is there, else what stands in the relation.
        """
        members = AreaMembers(self._rules)
        inside: dict[int, Mapping[str, Any]] = {}
        for element in self._elements:
            if element["type"] == "relation":
                ways = [each for each in element.get("members") or () if each["type"] == "way"]
                tags = {key: str(value) for key, value in (element.get("tags") or {}).items()}
                numbers = [int(each["ref"]) for each in ways]
                members.note(int(element["id"]), tags, numbers)
                inside.update(zip(numbers, ways, strict=True))
        wanted = dict.fromkeys(members.wanted)
        for element in self._elements if wanted else ():
            if element["type"] == "way":
                self._learn(element)
                if element["id"] in wanted and (element.get("nodes") or element.get("geometry")):
                    inside[int(element["id"])] = element
        for way_id in wanted:
            for run in GapLog().runs_of(way_id, self._points_of(inside[way_id])):
                members.take(way_id, run)
        yield from members.near(None)

    def _learn(self, way: Mapping[str, Any]) -> None:
        """Record which points stand where, from a way that has both numbers and places."""
        for node, spot in zip(way.get("nodes") or (), way.get("geometry") or (), strict=False):
            if spot:
                place = float(spot["lon"]), float(spot["lat"])
                self._place.setdefault(int(node), place)
                if self._number:
                    self._number.setdefault(place, int(node))

    def _points_of(self, way: Mapping[str, Any]) -> list[Spot | None]:
        inside, nodes = way.get("geometry"), way.get("nodes")
        if not inside:
            listed = [int(node) for node in nodes or ()]
            return [(n, *self._place[n]) if n in self._place else None for n in listed]
        spots = [(float(p["lon"]), float(p["lat"])) if p else None for p in inside]
        numbers: Iterable[int] = map(self._numbered, spots) if nodes is None else map(int, nodes)
        return [
            None if spot is None else (number, *spot)
            for number, spot in zip(numbers, spots, strict=True)
        ]

    def _numbered(self, spot: tuple[float, float] | None) -> int:
        """Assign a point without a number one of its place, below those that are taken."""
        if spot is None:
            return 0
        if not self._number:
            self._number = {place: number for number, place in sorted(self._place.items())[::-1]}
        return self._number.setdefault(spot, self._lowest - len(self._number) - 1)


def _newest(elements: Iterable[Any]) -> Iterator[Any]:
    """Return the newest version of each element, if it is visible: of equals, one with tags."""
    best: dict[tuple[str, int], tuple[tuple[int, bool], Any]] = {}
    for element in elements:
        key = element["type"], element["id"]
        rank = int(element.get("version", 0)), bool(element.get("tags"))
        if key not in best or rank > best[key][0]:
            best[key] = rank, element
    return (element for _, element in best.values() if element.get("visible", True))
