"""A picture of one sector for print: its streets, its base, and what is reached from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib.collections import LineCollection

from reso_geo.assess import reach_shape
from reso_geo.i18n import Phrase, say
from reso_geo.maps.print.scale_bar import scale_bar
from reso_geo.maps.print.small_figure import new_figure, png_of
from reso_geo.maps.print.text import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from reso_geo.assess import Assessment, Judgement
    from reso_geo.network import StreetNetwork

__all__ = ["sector_picture"]

_INCHES = (7.0, 6.0)
_AROUND = 0.06
_AROUND_COLOUR, _STREET_COLOUR, _BASE_COLOUR = "#c9ced3", "#0b3c5d", "#c0392b"
_REACH_COLOUR = "#d9822b"
_REACH_STYLES = ("solid", "dashed", "dotted")


def sector_picture(found: Assessment, lang: str = "fr") -> bytes:
    """Draw a sector: its streets, those around it, its base, and how far the first mode reaches.

    Parameters
    ----------
    found
        From `reso_geo.assess`.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    bytes
        A PNG.
    """
    network, required = found.sector.network, found.sector.required
    figure, axes = new_figure(_INCHES)
    axes.set_aspect("equal")
    axes.set_axis_off()
    own = network.geometry[required]
    window = _window(own)
    around = np.setdiff1d(shapely.STRtree(network.geometry).query(shapely.box(*window)), required)
    for lines, colour, width in (
        (network.geometry[around], _AROUND_COLOUR, 0.6),
        (own, _STREET_COLOUR, 1.6),
    ):
        axes.add_collection(
            LineCollection(
                [shapely.get_coordinates(each) for each in lines], colors=colour, linewidths=width
            )
        )
    first = next(iter(found.judgements.values()))
    _draw_reach(axes, network, first, lang)
    axes.plot(
        *network.node_xy[found.sector.base], "o", ms=9, mfc="white", mec=_BASE_COLOUR, mew=2.5,
        zorder=5, label=say(lang, "sheet.base"),
    )  # fmt: skip
    axes.set_xlim(window[0], window[2])
    axes.set_ylim(window[1], window[3])
    _draw_scale(axes, window, network.crs, lang)
    axes.legend(loc="upper right", fontsize=7, framealpha=0.9)
    title = say(lang, "sheet.picture", {"area": plain(found.sector.name)})
    axes.set_title(title, fontsize=9, parse_math=False)
    figure.text(0.01, 0.005, say(lang, "sheet.credit"), fontsize=6)
    return png_of(figure)


def _window(own: NDArray[np.object_]) -> tuple[float, float, float, float]:
    west, south, east, north = (float(side) for side in shapely.total_bounds(own))
    rim = _AROUND * max(east - west, north - south, 100.0)
    return west - rim, south - rim, east + rim, north + rim


def _draw_reach(axes: Axes, network: StreetNetwork, judgement: Judgement, lang: str) -> None:
    """Draw the edge of what is reached."""
    for number, reach in enumerate(judgement.reach):
        values = {
            "minutes": f"{reach.minutes:g}",
            "mode": Phrase(f"assess.{reach.mode}"),
            "season": Phrase(f"assess.{reach.season}"),
        }
        label = say(lang, "sheet.reach_label", values)
        style = _REACH_STYLES[number % len(_REACH_STYLES)]
        for part in reach_shape(network, reach).geoms:
            ring = np.asarray(part.exterior.coords)
            axes.plot(
                ring[:, 0], ring[:, 1], color=_REACH_COLOUR, lw=1.8, ls=style, zorder=4,
                label=label,
            )  # fmt: skip
            label = "_"


def _draw_scale(axes: Axes, window: tuple[float, float, float, float], crs: str, lang: str) -> None:
    """Draw a bar of a round length."""
    bar = scale_bar(window, crs)
    x = window[0] + 0.03 * (window[2] - window[0])
    y = window[1] + 0.05 * (window[3] - window[1])
    axes.plot([x, x + bar.drawn_m], [y, y], color="black", lw=2, zorder=6)
    axes.annotate(bar.text(lang), (x, y), xytext=(0, 4), textcoords="offset points", fontsize=7)
