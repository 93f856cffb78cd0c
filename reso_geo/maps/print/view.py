"""A map on a sheet: what is drawn, what part of the ground it shows, where texts have room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reso_geo.maps.print.label_placement import Taken

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from reso_geo.maps.print.canvas import Canvas, Window
    from reso_geo.maps.print.scene import Scene

__all__ = ["View"]


@dataclass(frozen=True)
class View:
    """A map on a sheet.

    Attributes
    ----------
    sheet
        To draw on.
    scene
        What is drawn.
    window
        Where, and what part of the ground.
    axes
        The ground, in metres.
    taken
        Where nothing more has room.
    """

    sheet: Canvas
    scene: Scene
    window: Window
    axes: Axes
    taken: Taken

    @classmethod
    def opened(cls, sheet: Canvas, scene: Scene, window: Window) -> View:
        """Open a window on a sheet, with nothing drawn in it.

        Parameters
        ----------
        sheet, scene, window
            See `View`.

        Returns
        -------
        View
            All of it free.
        """
        return cls(sheet, scene, window, sheet.ground(window), Taken.within(window.box))
