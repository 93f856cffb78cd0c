"""A figure of one picture, as PNG without what names the machine that drew it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["empty_figure", "new_figure", "png_of"]

_DPI = 150


def new_figure(inches: tuple[float, float]) -> tuple[Figure, Axes]:
    """Return an empty figure.

    Parameters
    ----------
    inches
        Width and height.

    Returns
    -------
    tuple of (Figure, Axes)
        With room for what stands around the axes.
    """
    figure = empty_figure(inches)
    return figure, figure.add_subplot()


def empty_figure(inches: tuple[float, float]) -> Figure:
    """Return a figure without axes.

    Parameters
    ----------
    inches
        Width and height.

    Returns
    -------
    Figure
        Its parts make room for each other.
    """
    figure = Figure(figsize=inches, dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def png_of(figure: Figure, dpi: float | None = None) -> bytes:
    """Draw a figure.

    Parameters
    ----------
    figure
        What to draw.
    dpi
        Pixels per inch; None for those of the figure.

    Returns
    -------
    bytes
        A PNG.
    """
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=dpi or figure.dpi, metadata={"Software": None})
    return drawn.getvalue()
