"""What stands around a map: heading, legend, scale bar, north arrow, tables, credit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.i18n import say
from reso_geo.maps.palette import PALETTE
from reso_geo.maps.print.canvas import GREY, INK, Rect
from reso_geo.maps.print.layers import BARRIERS, CITY, DISTRICT, LAND, WAITING
from reso_geo.maps.print.scale_bar import scale_bar
from reso_geo.maps.print.text import BOLD, REGULAR, fitted, plain, width_pt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reso_geo.maps.print.canvas import Canvas, Window
    from reso_geo.maps.print.scene import Scene
    from reso_geo.maps.print.view import View
    from reso_geo.plan import Beat

__all__ = [
    "MARGIN",
    "MapColumn",
    "draw_anchor",
    "draw_base",
    "draw_credit",
    "draw_frame",
    "draw_heading",
    "draw_legend",
    "draw_scale",
    "draw_table",
    "label_spot",
]

MARGIN = 30.0
_LEGEND_ROW = 14.0
_LARGE, _LEAST_LARGE = 20.0, 13.0
_TAG = "#7a1f1f"
_NOTICE, _NOTICE_EDGE = "#fff3cd", "#c79a00"


def draw_heading(sheet: Canvas, scene: Scene, title: str, facts: Sequence[str]) -> float:
    """Write the title, what the plan was made for, who may see it, and what is not settled.

    Parameters
    ----------
    sheet
        A new one.
    scene
        What is drawn.
    title
        In large letters.
    facts
        Below it.

    Returns
    -------
    float
        y where the rest may begin.
    """
    tag = say(scene.lang, f"maps.audience.{scene.audience}").upper()
    tag_box = width_pt(tag, 11.0, BOLD) + 20.0
    right = sheet.width - MARGIN
    sheet.rule(Rect(right - tag_box, MARGIN, tag_box, 22.0), "white", _TAG, 1.6)
    sheet.write((right - tag_box / 2.0, MARGIN + 15.2), tag, 11.0, BOLD, _TAG, "center")
    room = right - tag_box - 16.0 - MARGIN
    text = plain(title)
    size = min(_LARGE, max(_LEAST_LARGE, 0.995 * _LARGE * room / width_pt(text, _LARGE, BOLD)))
    sheet.write((MARGIN, MARGIN + 18.0), fitted(text, size, room, BOLD), size, BOLD)
    below = fitted(plain(" \u00b7 ".join(facts)), 10.0, room)
    sheet.write((MARGIN, MARGIN + 35.0), below, 10.0, REGULAR, GREY)
    y = MARGIN + 44.0
    for each in scene.plan.unsettled:
        sheet.rule(Rect(MARGIN, y, right - MARGIN, 17.0), _NOTICE, _NOTICE_EDGE)
        notice = fitted(say(scene.lang, f"maps.{each}"), 9.0, right - MARGIN - 12.0)
        sheet.write((MARGIN + 6.0, y + 12.0), notice, 9.0)
        y += 23.0
    return y


def draw_credit(sheet: Canvas, scene: Scene, page: str = "") -> None:
    """Write where the streets come from, at the foot of the sheet.

    Parameters
    ----------
    sheet
        To write on.
    scene
        What is drawn.
    page
        Which page it is; empty for a picture.
    """
    source, created = scene.plan.network.source, scene.plan.created[:10]
    dated = "stills.extract" if source.timestamp else "stills.extract_undated"
    said = [
        *([say(scene.lang, "stills.made", {"date": created})] if created else []),
        *([say(scene.lang, "maps.drawn_on", {"date": scene.drawn})] if scene.drawn else []),
        say(scene.lang, "maps.credit"),
        say(scene.lang, dated, {"name": source.name, "date": source.timestamp[:10]}),
        say(scene.lang, "stills.projection", {"crs": scene.plan.network.crs}),
    ]
    if scene.plan.boundary.kind != "extent":
        said.append(say(scene.lang, "maps.outline_source", {"origin": scene.plan.boundary.origin}))
    y = sheet.height - MARGIN + 8.0
    room = sheet.width - 2.0 * MARGIN - 90.0
    line = fitted(plain(" \u00b7 ".join(said)), 7.0, room)
    sheet.write((MARGIN, y), line, 7.0, REGULAR, GREY)
    sheet.write((sheet.width - MARGIN, y), page, 7.0, REGULAR, GREY, "right")


def draw_frame(sheet: Canvas, window: Window) -> None:
    """Draw the edge of a map.

    Parameters
    ----------
    sheet
        To draw on.
    window
        The map.
    """
    sheet.rule(window.box, "none", INK, 0.8)


def draw_scale(view: View) -> None:
    """Draw the scale bar and the north arrow in the lower left corner of a map.

    Parameters
    ----------
    view
        The map; nothing else is to stand there.
    """
    sheet, scene, window = view.sheet, view.scene, view.window
    bar = scale_bar(window.bounds, scene.plan.network.crs, share=0.2)
    length = bar.drawn_m * window.points_per_metre
    text = bar.text(scene.lang)
    box = Rect(window.box.left + 8.0, window.box.bottom - 42.0, length + 50.0, 34.0)
    sheet.rule(box, "white", GREY, 0.4)
    x, y = box.left + 36.0, box.bottom - 8.0
    ends = np.array([[x, y], [x + length, y]])
    sheet.line(ends, INK, 3.0, gid="scale")
    half = np.array([[x + length / 2.0, y], [x + length - 0.7, y]])
    sheet.line(half, "white", 1.6)
    sheet.write((x, y - 6.0), "0", 7.0)
    sheet.write((x + length, y - 6.0), text, 7.0, align="right")
    middle, top, foot = box.left + 16.0, box.top + 4.0, box.bottom - 4.0
    arrow = [[middle, top], [middle + 6.0, top + 15.0], [middle, top + 11.0]]
    sheet.patch(np.array(arrow), INK, INK, 16.0)
    arrow[1][0] = middle - 6.0
    sheet.patch(np.array(arrow), "white", INK, 16.0)
    north = say(scene.lang, "stills.north")
    sheet.write((middle, foot), north, 9.0, BOLD, align="center")
    view.taken.take(shapely.box(box.left, box.top, box.right, box.bottom))


def draw_legend(
    sheet: Canvas, scene: Scene, box: Rect, shown: Sequence[str], hue: str = GREY
) -> float:
    """Explain the signs of a map, at the bottom of a box.

    Parameters
    ----------
    sheet
        To draw on.
    scene
        What is drawn.
    box
        Whose bottom it stands on.
    shown
        Kinds of signs, in order: ``beat``, ``street``, ``waiting``, ``other``, ``city``,
        ``district``, ``park``, ``water``, ``motorway``, ``railway``, ``river``, ``base``,
        ``anchor``.
    hue
        Of the streets that patrol must pass.

    Returns
    -------
    float
        y of its top.
    """
    top = box.bottom - _LEGEND_ROW * len(shown) - 16.0
    sheet.write((box.left, top + 9.0), say(scene.lang, "maps.legend"), 9.0, BOLD)
    for row, kind in enumerate(shown):
        y = top + 16.0 + _LEGEND_ROW * (row + 0.5)
        _sign(sheet, kind, (box.left, y), hue)
        room = box.width - 34.0
        text = fitted(say(scene.lang, f"stills.legend.{kind}"), 8.0, room)
        sheet.write((box.left + 34.0, y + 2.8), text, 8.0)
    return top


def _sign(sheet: Canvas, kind: str, at: tuple[float, float], hue: str) -> None:
    x, y = at
    line = np.array([[x, y], [x + 26.0, y]])
    if kind == "beat":
        sheet.patch(_square(x + 3.0, y - 5.0, 20.0, 10.0), _tint(PALETTE[1]), INK, 16.0)
    elif kind in LAND:
        sheet.patch(_square(x + 3.0, y - 5.0, 20.0, 10.0), LAND[kind], GREY, 16.0)
    elif kind in BARRIERS:
        for colour, width, style in BARRIERS[kind]:
            sheet.line(line, colour, width, style)
    elif kind == "anchor":
        draw_anchor(sheet, (x + 13.0, y), "1")
    elif kind == "base":
        draw_base(sheet, (x + 13.0, y))
    else:
        colour, width = {
            "street": (hue, 1.6), "waiting": (WAITING, 0.8), "other": ("#a9afb5", 0.8),
            "city": (CITY, 1.7), "district": (DISTRICT, 2.4),
        }[kind]  # fmt: skip
        sheet.line(line, colour, width, (0, (5.0, 1.5, 1.0, 1.5)) if kind == "city" else "-")


def draw_base(sheet: Canvas, at: tuple[float, float]) -> None:
    """Draw where an officer starts.

    Parameters
    ----------
    sheet
        To draw on.
    at
        In points.
    """
    sheet.ink.plot(*at, "o", ms=7.0, mfc="white", mec="#c0392b", mew=2.2, zorder=18, gid="base")


def draw_anchor(sheet: Canvas, at: tuple[float, float], number: str) -> None:
    """Draw a place to visit, with its number.

    Parameters
    ----------
    sheet
        To draw on.
    at
        In points.
    number
        That it has in the list beside the map.
    """
    sheet.ink.plot(*at, "o", ms=9.0, mfc=INK, mec="white", mew=0.8, zorder=18, gid="anchor")
    sheet.write((at[0], at[1] + 2.2), number, 6.0, BOLD, "white", "center")


def _square(x: float, y: float, width: float, height: float) -> np.ndarray:
    corners = [[x, y], [x + width, y], [x + width, y + height], [x, y + height]]
    return np.array(corners)


def _tint(hue: str) -> str:
    """Mix a colour with white, as it lies on the map."""
    parts = [int(hue[k : k + 2], 16) for k in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - (255 - part) * 0.35):02x}" for part in parts)


def label_spot(sheet: Canvas, box: shapely.Polygon, text: str, hue: str, size: float) -> None:
    """Draw the id of a beat on a white plate with an edge in its colour.

    Parameters
    ----------
    sheet
        To draw on.
    box
        The plate, in points.
    text
        The id.
    hue
        The colour of the beat.
    size
        Of the letters, in points.
    """
    left, top, right, bottom = box.bounds
    sheet.rule(Rect(left, top, right - left, bottom - top), "white", hue, 1.4)
    at = (left + right) / 2.0, (top + bottom) / 2.0 + 0.36 * size
    sheet.write(at, text, size, BOLD, INK, "center")


@dataclass(frozen=True)
class MapColumn:
    """A column of a table.

    Attributes
    ----------
    heading
        In the reader's language.
    width
        In points.
    cell
        What it says of a beat.
    number
        True to stand on the right.
    """

    heading: str
    width: float
    cell: Callable[[Beat], str]
    number: bool = False


def draw_table(
    sheet: Canvas,
    corner: tuple[float, float],
    columns: Sequence[MapColumn],
    beats: Sequence[tuple[Beat, str]],
    step: float,
) -> float:
    """Draw a table, a swatch of colour before each row.

    Parameters
    ----------
    sheet
        To draw on.
    corner
        x and y of its upper left corner.
    columns
        From left to right.
    beats
        Of the rows, with their colours.
    step
        Height of a row, in points.

    Returns
    -------
    float
        y below it.
    """
    x, y = corner
    across = 12.0 + sum(column.width for column in columns)
    x += 12.0
    for column in columns:
        at = x + column.width - 12.0 if column.number else x
        align = "right" if column.number else "left"
        heading = fitted(column.heading, 8.0, column.width - 4.0, BOLD)
        sheet.write((at, y + 9.0), heading, 8.0, BOLD, GREY, align)
        for row, (beat, _) in enumerate(beats):
            name = BOLD if column is columns[0] else REGULAR
            text = fitted(plain(column.cell(beat)), 8.0, column.width - 4.0, name)
            foot = y + 14.0 + step * row + step * 0.5 + 2.9
            sheet.write((at, foot), text, 8.0, name, INK, align)
        x += column.width
    for row, (_, hue) in enumerate(beats):
        top = y + 14.0 + step * row
        sheet.rule(Rect(corner[0], top + step * 0.5 - 4.0, 8.0, 8.0), _tint(hue), hue, 1.2)
        ends = np.array([[corner[0], top], [corner[0] + across, top]])
        sheet.line(ends, "#d5d9dd", 0.4)
    return y + 14.0 + step * len(beats)
