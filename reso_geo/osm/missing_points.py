"""Streets of which a source lacks points: cut at the edge of an extract, or asked without them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from reso_geo.records import freeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Spot: TypeAlias = tuple[int, float, float]

__all__ = ["NO_GAPS", "GapLog", "Gaps"]


@dataclass(frozen=True)
class Gaps:
    """Where streets of a source lack points.

    Attributes
    ----------
    way_id
        int64, shape (k,): the way of each point that stands beside a gap of it.
    lon, lat
        float64, shape (k,): where that point is, degrees (EPSG:4326).
    lost
        How many points the ways that have some lack.
    empty
        How many streets of the source have no point at all.
    streets
        How many streets the source has.
    """

    way_id: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    lost: int = 0
    empty: int = 0
    streets: int = 0

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self)

    @property
    def lacking(self) -> int:
        """How many streets lack some or all of their points."""
        return len(np.unique(self.way_id)) + self.empty


_NOWHERE = np.empty(0, dtype=np.float64)
NO_GAPS = Gaps(np.empty(0, dtype=np.int64), _NOWHERE, _NOWHERE)
"""Those of a source that has all points of its streets."""


class GapLog:
    """Collects what streets lack, way by way."""

    def __init__(self) -> None:
        self._beside: list[Spot] = []
        self._lost = 0
        self._empty = 0
        self.streets = 0
        """How many streets have passed."""

    def runs_of(self, way_id: int, points: Sequence[Spot | None]) -> Iterator[list[Spot]]:
        """Cut a street where it lacks points, and note where that is.

        Parameters
        ----------
        way_id
            OSM id.
        points
            (node id, lon, lat) along it; None for those that the source lacks.

        Yields
        ------
        list of tuple
            Points in a row.
        """
        there = [place for place, point in enumerate(points) if point is not None]
        if not there:
            self._empty += 1
            return
        self._lost += len(points) - len(there)
        for _, run in groupby(enumerate(there), key=lambda pair: pair[1] - pair[0]):
            places = [place for _, place in run]
            row = [point for point in points[places[0] : places[-1] + 1] if point is not None]
            if places[0] > 0:
                self._beside.append((way_id, *row[0][1:]))
            if places[-1] < len(points) - 1:
                self._beside.append((way_id, *row[-1][1:]))
            yield row

    def build(self) -> Gaps:
        """Return what was noted.

        Returns
        -------
        Gaps
            In the order in which the ways passed.
        """
        return Gaps(
            way_id=np.array([way for way, _, _ in self._beside], dtype=np.int64),
            lon=np.array([lon for _, lon, _ in self._beside], dtype=np.float64),
            lat=np.array([lat for _, _, lat in self._beside], dtype=np.float64),
            lost=self._lost,
            empty=self._empty,
            streets=self.streets,
        )
