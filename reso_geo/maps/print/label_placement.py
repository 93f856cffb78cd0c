"""Where texts stand on a map: none over another, the important ones first."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.affinity import rotate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from reso_geo.maps.print.canvas import Rect

__all__ = ["PlacedText", "Taken", "along", "around"]

_GRID = 9
_NEAREST, _RINGS, _STEP = 22.0, 12, 11.0
_TURNS = 16
_STRAIGHT = 0.97
_OVERHANG = 1.5
_HALF_TURN, _QUARTER = 180.0, 90.0


@dataclass(frozen=True)
class PlacedText:
    """A text's place.

    Attributes
    ----------
    x, y
        Its middle, in points.
    angle
        Degrees, counterclockwise.
    box
        Its outline, in points.
    away
        True when it stands beside its ground, and a line leads there.
    """

    x: float
    y: float
    angle: float
    box: shapely.Polygon
    away: bool = False


@dataclass
class Taken:
    """What is taken of a map: scratch for placing one map's texts."""

    frame: shapely.Polygon
    shapes: list[BaseGeometry] = field(default_factory=list)
    bounds: list[tuple[float, float, float, float]] = field(default_factory=list)

    @classmethod
    def within(cls, box: Rect) -> Taken:
        """Begin with a free map.

        Parameters
        ----------
        box
            On the sheet.

        Returns
        -------
        Taken
            With nothing in it.
        """
        return cls(shapely.box(box.left, box.top, box.right, box.bottom))

    def free(self, shape: BaseGeometry) -> bool:
        """Return whether a shape lies on the map and on nothing that is taken.

        Parameters
        ----------
        shape
            In points.

        Returns
        -------
        bool
            True when it may be taken.
        """
        west, south, east, north = shape.bounds
        if not self.frame.covers(shape):
            return False
        if not self.bounds:
            return True
        held = np.array(self.bounds)
        near = (
            (held[:, 0] <= east)
            & (held[:, 2] >= west)
            & (held[:, 1] <= north)
            & (held[:, 3] >= south)
        )
        return not any(self.shapes[k].intersects(shape) for k in np.flatnonzero(near))

    def take(self, shape: BaseGeometry) -> None:
        """Keep others off a shape.

        Parameters
        ----------
        shape
            In points.
        """
        self.shapes.append(shape)
        self.bounds.append(shape.bounds)


def around(
    ground: BaseGeometry,
    spot: NDArray[np.float64],
    size: tuple[float, float],
    taken: Taken,
) -> PlacedText | None:
    """Place a text in its ground, else beside it with a line that leads there.

    Parameters
    ----------
    ground
        What it names, in points.
    spot
        float64, shape (2,): the best place in it.
    size
        Width and height of the text with its rim.
    taken
        Gets the place and the line.

    Returns
    -------
    PlacedText or None
        None where nothing is free.
    """
    for x, y in _inner_spots(ground, spot):
        box = _box(x, y, *size)
        if taken.free(box):
            taken.take(box)
            return PlacedText(x, y, 0.0, box)
    for ring in range(_RINGS):
        for turn in range(_TURNS):
            angle = 2.0 * math.pi * turn / _TURNS
            reach = _NEAREST + _STEP * ring
            x = spot[0] + math.cos(angle) * (reach + size[0] / 2.0)
            y = spot[1] + math.sin(angle) * reach
            box = _box(x, y, *size)
            line = shapely.LineString([(spot[0], spot[1]), (x, y)]).difference(box)
            if taken.free(box) and taken.free(line.buffer(0.5)):
                taken.take(box)
                taken.take(line.buffer(0.5))
                return PlacedText(x, y, 0.0, box, away=True)
    return None


def _inner_spots(ground: BaseGeometry, spot: NDArray[np.float64]) -> Sequence[tuple[float, float]]:
    """Return places in the ground, the best first, then the nearest to it."""
    if ground.is_empty:
        return [(float(spot[0]), float(spot[1]))]
    west, south, east, north = ground.bounds
    grid = np.stack(
        np.meshgrid(np.linspace(west, east, _GRID), np.linspace(south, north, _GRID)), axis=-1
    ).reshape(-1, 2)
    grid = grid[shapely.contains_xy(ground, grid[:, 0], grid[:, 1])]
    order = np.argsort(np.hypot(*(grid - spot).T), kind="stable")
    return [(float(x), float(y)) for x, y in (spot, *grid[order])]


def along(line: NDArray[np.float64], size: tuple[float, float], taken: Taken) -> PlacedText | None:
    """Place a text along a line, where that is straight enough, nearest to its middle.

    Parameters
    ----------
    line
        float64, shape (n, 2), in points.
    size
        Width and height of the text with its rim. It may be half as long again as the line.
    taken
        Gets the place.

    Returns
    -------
    PlacedText or None
        None where nothing is free or straight.
    """
    path, (width, height) = shapely.LineString(line), size
    reach = min(width, path.length)
    if width > path.length * _OVERHANG:
        return None
    middle, slack = path.length / 2.0, (path.length - reach) / 2.0
    steps = np.arange(0.0, slack + 1e-9, max(width / 4.0, 4.0))
    for shift in (s * side for s in steps for side in (1.0, -1.0)):
        ends = [middle + shift - reach / 2.0, middle + shift + reach / 2.0]
        (x0, y0), (x1, y1) = shapely.get_coordinates(shapely.line_interpolate_point(path, ends))
        heart = shapely.line_interpolate_point(path, middle + shift)
        chord = math.hypot(x1 - x0, y1 - y0)
        x, y = (x0 + x1) / 2.0, (y0 + y1) / 2.0
        if chord < _STRAIGHT * reach or math.hypot(heart.x - x, heart.y - y) > height / 2.0:
            continue
        # y runs down on the sheet, angles up.
        angle = math.degrees(math.atan2(y0 - y1, x1 - x0))
        angle = (angle + _QUARTER) % _HALF_TURN - _QUARTER
        box = rotate(_box(x, y, width, height), -angle, origin=(x, y))
        if taken.free(box):
            taken.take(box)
            return PlacedText(x, y, angle, box)
    return None


def _box(x: float, y: float, width: float, height: float) -> shapely.Polygon:
    return shapely.box(x - width / 2.0, y - height / 2.0, x + width / 2.0, y + height / 2.0)
