"""Squares written back into a table of ways: stretches of their outlines, and lines across."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from reso_geo.network.areas.squares import edge

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from reso_geo.network.areas.squares import Edge, MeetingStreets, Square
    from reso_geo.osm import Ways

__all__ = ["ACROSS", "AreaLines", "SquarePoints", "spots_of"]

ACROSS = "area_across"
"""Reason code of the lines across squares."""
_IN_PART = "area_in_part"
_OF_WAYS = (
    "way_id", "highway", "name", "ref", "why", "foot", "required", "bike_forward", "bike_backward",
    "oneway", "surface", "lanes", "area", "on_ground", "deck",
)  # fmt: skip

_Stretch: TypeAlias = tuple[int, int, int, bool, str]
"""A way, its first and last point in the table, whether it is required, and why not."""


class SquarePoints:
    """Where the points of squares lie, by id."""

    def __init__(self) -> None:
        self.lonlat: dict[int, Any] = {}
        self.ele_m: dict[int, float] = {}

    def add(self, ways: Ways, at: int) -> None:
        """Add a point of the table.

        Parameters
        ----------
        ways
            The table.
        at
            Position of the point.
        """
        node = int(ways.node_id[at])
        self.lonlat[node] = (float(ways.lon[at]), float(ways.lat[at]))
        self.ele_m[node] = float(ways.ele_m[at])

    def apart(self, one: int, other: int) -> float:
        """Compare how far points are from each other: no length.

        Parameters
        ----------
        one, other
            Ids.

        Returns
        -------
        float
            More for what is farther.
        """
        (west, south), (east, north) = self.lonlat[one], self.lonlat[other]
        return float(((east - west) * np.cos(np.radians(south))) ** 2 + (north - south) ** 2)


def spots_of(ways: Ways, rows: NDArray[np.int64]) -> SquarePoints:
    """Return where the points of some ways lie.

    Parameters
    ----------
    ways
        The table.
    rows
        int64: numbers of the ways.

    Returns
    -------
    SquarePoints
        By id.
    """
    spots = SquarePoints()
    for row in rows.tolist():
        for at in range(int(ways.first[row]), int(ways.first[row + 1])):
            spots.add(ways, at)
    return spots


class AreaLines:
    """What becomes of the ways of areas: the duty of each step, and the lines across.

    Parameters
    ----------
    ways
        What a reader of `reso_geo.osm` gave.
    rows
        int64: the ways that are parts of areas and may be walked.
    squares
        Their polygons.
    streets
        What meets them.
    spots
        Where points lie.
    """

    def __init__(
        self,
        ways: Ways,
        rows: NDArray[np.int64],
        squares: Sequence[Square],
        streets: MeetingStreets,
        spots: SquarePoints,
    ) -> None:
        self._ways, self._rows, self._spots = ways, rows, spots
        self._lines = streets.lines
        self._holes = {(s.area, step) for s in squares for step in s.hole_edges()}
        self._outlines = {step for s in squares for step in s.outline()}
        self._required: set[Edge] = set()
        self._reason: dict[tuple[str, Edge], str] = {}
        self._across: list[tuple[Square, int, int]] = []

    def decide(self, square: Square, why: str, required: Iterable[Edge]) -> None:
        """Record which steps of the outline of a square are required.

        Parameters
        ----------
        square
            One of the squares.
        why
            Why its other steps are not.
        required
            Those that are.
        """
        self._required.update(required)
        self._reason.update(((square.area, step), why) for step in square.outline())

    def cross(self, square: Square, pairs: Iterable[tuple[int, int]]) -> None:
        """Record lines across a square.

        Parameters
        ----------
        square
            One of the squares.
        pairs
            Ids of both ends, the lower first; those that a single step of a street or of an
            outline joins are left out.
        """
        for pair in pairs:
            if pair not in self._lines and pair not in self._outlines:
                self._across.append((square, *pair))

    def ways(self) -> Ways:
        """Return the table with all that was noted.

        Returns
        -------
        Ways
            Lines across come last.
        """
        ways, stretches = self._ways, self._short_edges()
        of = np.array([s[0] for s in stretches], dtype=np.int64)
        starts = np.array([s[1] for s in stretches], dtype=np.int64)
        sizes = np.array([s[2] for s in stretches], dtype=np.int64) + 1 - starts
        row = np.concatenate((of, np.array([s.row for s, _, _ in self._across], dtype=np.int64)))
        first = np.concatenate(([0], np.cumsum(sizes)))
        at = np.repeat(starts - first[:-1], sizes) + np.arange(first[-1])
        ends = [end for _, u, v in self._across for end in (u, v)]
        lonlat = np.array([self._spots.lonlat[n] for n in ends], dtype=float).reshape(-1, 2)
        ele_m = [self._spots.ele_m.get(n, np.nan) for n in ends]
        columns: dict[str, Any] = {name: getattr(ways, name)[row] for name in _OF_WAYS}
        count = len(stretches)
        columns["required"][:count] = [s[3] for s in stretches]
        columns["why"][:count] = [s[4] for s in stretches]
        columns["required"][count:], columns["why"][count:] = False, ACROSS
        columns["way_id"][count:] = [int(s.area[1:]) for s, _, _ in self._across]
        columns["on_ground"][count:] = True
        return replace(
            ways,
            **columns,
            first=np.concatenate((first, first[-1] + 2 * np.arange(1, len(self._across) + 1))),
            node_id=np.concatenate((ways.node_id[at], np.array(ends, dtype=np.int64))),
            lon=np.concatenate((ways.lon[at], lonlat[:, 0])),
            lat=np.concatenate((ways.lat[at], lonlat[:, 1])),
            ele_m=np.concatenate((ways.ele_m[at], np.array(ele_m, dtype=float))),
            segment_id=self._ready_ids(stretches),
        )

    def _ready_ids(self, stretches: Sequence[_Stretch]) -> NDArray[np.object_] | None:
        """Return ids of the stretches of edges that had names, and of the lines across."""
        ready = self._ways.segment_id
        if ready is None:
            return None
        ids: list[str] = []
        seen: dict[str, int] = {}
        names = [str(ready[s[0]]) for s in stretches]
        names += [f"area/{square.area[1:]}:{u}-{v}" for square, u, v in self._across]
        for name in names:
            seen[name] = seen.get(name, 0) + 1
            ids.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
        return np.array(ids, dtype=object)

    def _short_edges(self) -> list[_Stretch]:
        """Cut the ways of areas where duty changes; keep all others whole."""
        ways, areas = self._ways, frozenset(self._rows.tolist())
        first = ways.first.tolist()
        taken: set[Edge] = set()
        stretches: list[_Stretch] = []
        for row in range(len(ways)):
            begin, end = first[row], first[row + 1] - 1
            if row not in areas:
                stretches.append((row, begin, end, bool(ways.required[row]), str(ways.why[row])))
                continue
            nodes = ways.node_id[begin : end + 1].tolist()
            before: tuple[bool, str] | None = None
            for at, step in enumerate(map(edge, nodes[:-1], nodes[1:]), start=begin):
                duty = self._duty(row, step, taken)
                taken.add(step)
                if duty is not None and duty == before:
                    stretches[-1] = (row, stretches[-1][1], at + 1, *duty)
                elif duty is not None:
                    stretches.append((row, at, at + 1, *duty))
                before = duty
        return stretches

    def _duty(self, row: int, step: Edge, taken: set[Edge]) -> tuple[bool, str] | None:
        """Return whether a step of an outline is required, and why not; None where it is left out.

        Left out are steps around holes, those that another area has already, and those that a
        street runs over, unless only this one is required.
        """
        area, required = self._ways.area[row], step in self._required
        by_street = self._lines.get(step)
        if step in taken or (area, step) in self._holes:
            return None
        if by_street is not None and (by_street or not required):
            return None
        if required:
            return True, ""
        own = str(self._ways.why[row])
        return False, own or self._reason.get((area, step), _IN_PART)
