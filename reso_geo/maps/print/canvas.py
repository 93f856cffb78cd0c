"""A sheet of paper: everything on it is placed in points, x to the right and y down from the top.

A map on it is a window on the ground: north is up, and metres turn into points by one factor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from reso_geo.maps.print.text import REGULAR, face, plain, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["GREY", "INK", "Canvas", "Rect", "Window", "fit", "new_sheet"]

INK, GREY = "#1b1f24", "#5a636b"
_POINTS_PER_INCH = 72.0
_TEXT_PT, _LINE = 8.0, 1.3
"""Size of most texts, and height of a line of text, times its size."""


@dataclass(frozen=True)
class Rect:
    """A rectangle on a sheet, in points.

    Attributes
    ----------
    left, top, width, height
        From the upper left corner of the sheet.
    """

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right side."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower side."""
        return self.top + self.height

    def inside(self, rim: float) -> Rect:
        """Return the box without a rim.

        Parameters
        ----------
        rim
            In points.

        Returns
        -------
        Rect
            Smaller on all four sides.
        """
        return Rect(
            self.left + rim, self.top + rim, self.width - 2.0 * rim, self.height - 2.0 * rim
        )


@dataclass(frozen=True)
class Window:
    """What part of the ground a box shows.

    Attributes
    ----------
    box
        On the sheet.
    west, south, east, north
        In metres of the plan's CRS; the same shape as the box.
    """

    box: Rect
    west: float
    south: float
    east: float
    north: float

    @property
    def points_per_metre(self) -> float:
        """How long a metre is on paper."""
        return self.box.width / (self.east - self.west)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        return self.west, self.south, self.east, self.north

    def points(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where ground lies on the sheet.

        Parameters
        ----------
        xy
            float64, shape (n, 2), in metres.

        Returns
        -------
        ndarray of float64, shape (n, 2)
            In points.
        """
        east, north = xy[:, 0] - self.west, self.north - xy[:, 1]
        corner = self.box.left, self.box.top
        return np.column_stack((east, north)) * self.points_per_metre + corner


def fit(bounds: Sequence[float], box: Rect, rim: float) -> Window:
    """Show ground as large as a box allows, in its middle.

    Parameters
    ----------
    bounds
        West, south, east, north, in metres.
    box
        On the sheet.
    rim
        Points left free around it.

    Returns
    -------
    Window
        With at least 200 m across.
    """
    west, south, east, north = bounds
    least = 200.0
    inner = box.inside(rim)
    scale = min(inner.width / max(east - west, least), inner.height / max(north - south, least))
    half_w, half_h = box.width / scale / 2.0, box.height / scale / 2.0
    x, y = (west + east) / 2.0, (south + north) / 2.0
    return Window(box, x - half_w, y - half_h, x + half_w, y + half_h)


@dataclass(frozen=True)
class Canvas:
    """A figure with one drawing plane over all of it.

    Attributes
    ----------
    figure
        matplotlib's.
    ink
        The plane: one unit is one point, y runs down.
    width, height
        In points.
    """

    figure: Figure
    ink: Axes
    width: float
    height: float

    def write(
        self,
        at: tuple[float, float],
        text: str,
        size: float = _TEXT_PT,
        name: str = REGULAR,
        colour: str = INK,
        align: str = "left",
    ) -> None:
        """Write one line, literally.

        Parameters
        ----------
        at
            x, and y of the line that the letters stand on.
        text
            Anyone's.
        size
            In points.
        name
            A face of `reso_geo.maps.print.text`.
        colour
            Of the letters.
        align
            ``left``, ``center`` or ``right``: where `at` is.
        """
        self.ink.text(
            *at, plain(text), fontproperties=face(name, size), color=colour, ha=align,
            va="baseline", parse_math=False, zorder=20,
        )  # fmt: skip

    def paragraph(self, box: Rect, text: str) -> float:
        """Write a text over several lines, as many as the box has room for.

        Parameters
        ----------
        box
            Where it stands, from the top.
        text
            Anyone's.

        Returns
        -------
        float
            y below the last line.
        """
        y, step = box.top, _TEXT_PT * _LINE
        lines = wrapped(plain(text), _TEXT_PT, box.width)
        most = max(1, int((box.height + 1e-6) / step))
        if len(lines) > most:
            lines = [*lines[: most - 1], f"{lines[most - 1]} \u2026"]
        for line in lines:
            self.write((box.left, y + _TEXT_PT), line)
            y += step
        return y

    def rule(self, box: Rect, colour: str, edge: str = "none", width: float = 0.6) -> None:
        """Fill a rectangle, or draw its edge.

        Parameters
        ----------
        box
            Where.
        colour
            Inside; ``none`` for nothing.
        edge
            Of the line around it.
        width
            Of that line, in points.
        """
        self.ink.add_artist(
            Rectangle(
                (box.left, box.top), box.width, box.height, facecolor=colour, edgecolor=edge,
                linewidth=width, zorder=10,
            )
        )  # fmt: skip

    def patch(self, corners: NDArray[np.float64], colour: str, edge: str, order: float) -> None:
        """Fill a polygon.

        Parameters
        ----------
        corners
            float64, shape (n, 2), in points.
        colour, edge
            Inside, and of its line; ``none`` for nothing.
        order
            What is drawn later lies above.
        """
        self.ink.add_artist(
            Polygon(corners, facecolor=colour, edgecolor=edge, linewidth=0.8, zorder=order)
        )

    def line(
        self,
        points: NDArray[np.float64],
        colour: str = INK,
        width: float = 0.6,
        style: object = "-",
        gid: str = "",
    ) -> None:
        """Draw a line.

        Parameters
        ----------
        points
            float64, shape (n, 2).
        colour
            Of the line.
        width
            In points.
        style
            As matplotlib names it.
        gid
            What it is, for who looks for it.
        """
        self.ink.plot(
            points[:, 0], points[:, 1], color=colour, lw=width, ls=style, zorder=15, gid=gid,
            solid_capstyle="butt",
        )  # fmt: skip

    def ground(self, window: Window) -> Axes:
        """Open a window on the ground.

        Parameters
        ----------
        window
            From `fit`.

        Returns
        -------
        Axes
            In metres of the plan's CRS, under all that is placed in points.
        """
        box = window.box
        place = (
            box.left / self.width,
            1.0 - box.bottom / self.height,
            box.width / self.width,
            box.height / self.height,
        )
        axes = self.figure.add_axes(place, zorder=1)
        axes.set_xlim(window.west, window.east)
        axes.set_ylim(window.south, window.north)
        axes.set_axis_off()
        return axes


def new_sheet(width: float, height: float) -> Canvas:
    """Return an empty sheet of paper.

    Parameters
    ----------
    width, height
        In points.

    Returns
    -------
    Canvas
        White.
    """
    inches = width / _POINTS_PER_INCH, height / _POINTS_PER_INCH
    figure = Figure(figsize=inches, dpi=_POINTS_PER_INCH, facecolor="white")
    FigureCanvasAgg(figure)
    ink = figure.add_axes((0.0, 0.0, 1.0, 1.0), zorder=2)
    ink.set_xlim(0.0, width)
    ink.set_ylim(height, 0.0)
    ink.set_axis_off()
    return Canvas(figure, ink, width, height)
