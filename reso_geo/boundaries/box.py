"""A box in degrees around a boundary: what lies near, told quickly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.boundaries.boundary import Boundary

__all__ = ["BoundingBox", "box_around"]

# The shortest degree of latitude on WGS 84, and a degree of longitude at the equator.
_LATITUDE_M = 110_574.0
_LONGITUDE_M = 111_319.0
_HALF_TURN = 180.0


@dataclass(frozen=True)
class BoundingBox:
    """A rectangle in longitude and latitude (EPSG:4326), its sides included.

    Attributes
    ----------
    west, south, east, north
        Degrees.
    """

    west: float
    south: float
    east: float
    north: float

    @property
    def middle(self) -> tuple[float, float]:
        """Longitude and latitude of its middle."""
        return (self.west + self.east) / 2, (self.south + self.north) / 2

    def wider(self, margin_m: float) -> BoundingBox:
        """Return a box that reaches at least this much farther on every side.

        Parameters
        ----------
        margin_m
            Metres.

        Returns
        -------
        BoundingBox
            Within the Earth's degrees.
        """
        up = margin_m / _LATITUDE_M
        south, north = max(self.south - up, -90.0), min(self.north + up, 90.0)
        narrow = math.cos(math.radians(min(max(-south, north), 89.0)))
        aside = margin_m / (_LONGITUDE_M * narrow)
        west, east = max(self.west - aside, -180.0), min(self.east + aside, 180.0)
        return BoundingBox(west, south, east, north)

    def touches(self, other: BoundingBox) -> bool:
        """Return whether two boxes have a point in common.

        Parameters
        ----------
        other
            In degrees too.

        Returns
        -------
        bool
            Sides included.
        """
        if other.east - other.west > _HALF_TURN:
            # What crosses the 180th meridian seems to go around the Earth: no street is a degree
            # long on either side.
            sides = (
                BoundingBox(other.east - 1.0, other.south, _HALF_TURN, other.north),
                BoundingBox(-_HALF_TURN, other.south, other.west + 1.0, other.north),
            )
            return any(self.touches(side) for side in sides)
        beside = other.east < self.west or other.west > self.east
        return not (beside or other.north < self.south or other.south > self.north)

    def union(self, other: BoundingBox) -> BoundingBox:
        """Return the smallest box around two.

        Parameters
        ----------
        other
            In degrees too.

        Returns
        -------
        BoundingBox
            Around both.
        """
        return BoundingBox(
            min(self.west, other.west),
            min(self.south, other.south),
            max(self.east, other.east),
            max(self.north, other.north),
        )

    def meets(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], owner: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Find which steps of some lines may pass through the box.

        Parameters
        ----------
        lon, lat
            float64, shape (points,): the points of the lines, one line after the other.
        owner
            int64, shape (points,): the line of each point.

        Returns
        -------
        ndarray of bool, shape (points - 1,)
            For each step from a point to the next of its line, whether its own box meets this one.
        """
        own = owner[1:] == owner[:-1]
        beside = np.maximum(lon[1:], lon[:-1]) < self.west
        beside |= np.minimum(lon[1:], lon[:-1]) > self.east
        beside |= np.maximum(lat[1:], lat[:-1]) < self.south
        beside |= np.minimum(lat[1:], lat[:-1]) > self.north
        meets: NDArray[np.bool_] = own & ~beside
        return meets


def box_around(boundary: Boundary, margin_m: float = 0.0) -> BoundingBox:
    """Return the box around a boundary.

    Parameters
    ----------
    boundary
        Its shapes in EPSG:4326.
    margin_m
        How far beyond the boundary it reaches at least, in metres.

    Returns
    -------
    BoundingBox
        In degrees.

    Examples
    --------
    >>> from reso_geo.boundaries.boundary import Boundary
    >>> town = shapely.MultiPolygon([shapely.box(8.6, 49.3, 8.7, 49.4)])
    >>> box_around(Boundary(("Town",), (town,), "precise", "by hand"))
    BoundingBox(west=8.6, south=49.3, east=8.7, north=49.4)
    """
    west, south, east, north = shapely.total_bounds(np.array(boundary.shapes)).tolist()
    return BoundingBox(west, south, east, north).wider(margin_m)
