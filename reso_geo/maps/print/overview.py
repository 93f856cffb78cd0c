"""The overview: all beats on one sheet, and their table beside or below it."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib.patches import Polygon

from reso_geo.boundaries.shapes import polygons_of
from reso_geo.i18n import decimal, say
from reso_geo.maps.beat_facts import facts_of, sums_of
from reso_geo.maps.print.canvas import GREY, Canvas, Rect, fit, new_sheet
from reso_geo.maps.print.label_placement import around
from reso_geo.maps.print.layers import (
    WAITING,
    draw_barriers,
    draw_beats,
    draw_limits,
    draw_paper,
    draw_streets,
)
from reso_geo.maps.print.map_elements import (
    MARGIN,
    MapColumn,
    draw_credit,
    draw_frame,
    draw_heading,
    draw_legend,
    draw_scale,
    draw_table,
    label_spot,
)
from reso_geo.maps.print.street_labels import name_streets
from reso_geo.maps.print.text import BOLD, ITALIC, REGULAR, face, plain, width_pt
from reso_geo.maps.print.view import View
from reso_geo.maps.web.geometry import label_spots
from reso_geo.maps.web.payload import place_of
from reso_geo.plan import waiting_phrase
from reso_geo.travel import MODES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.maps.print.scene import Scene
    from reso_geo.plan import Beat

__all__ = ["HEIGHT", "WIDTH", "draw_small_map", "overview_sheets"]

WIDTH, HEIGHT = 1224.0, 792.0
"""Tabloid, 17 by 11 inches, in points."""
_PANEL, _SLIM = 350.0, 190.0
_GAP = 14.0
_ROW, _LARGEST_ROW = 13.0, 18.0
_COLUMNS = 3
_SMALL = (468.0, 330.0)
_TINT, _PLATE = 0.3, 0.6
_FOOT = 12.0
_SLENDER = 0.55
"""How much thinner lines are on the small map."""
_LEGEND_ROOM = 150.0


def overview_sheets(scene: Scene, *, on_one: bool) -> list[Canvas]:
    """Draw all beats.

    Parameters
    ----------
    scene
        What is drawn.
    on_one
        True for a picture: a table that has no room beside the map stands below it, on a longer
        sheet. Otherwise it takes sheets of its own.

    Returns
    -------
    list of Canvas
        The map, then the table where it has no room beside it.
    """
    plan = scene.plan
    top = MARGIN + 44.0 + 23.0 * len(plan.unsettled)
    bottom = HEIGHT - MARGIN - _FOOT
    beside = 14.0 + _ROW * len(plan.beats) <= bottom - top - _LEGEND_ROOM - 60.0
    rows = math.ceil(len(plan.beats) / _COLUMNS)
    below = 0.0 if beside or not on_one else 34.0 + _ROW * rows
    sheet = new_sheet(WIDTH, HEIGHT + below)
    title = say(scene.lang, "maps.page_title", {"place": place_of(plan)})
    draw_heading(sheet, scene, title, facts_of(plan, scene.lang, scene.audience))
    panel = _PANEL if beside else _SLIM
    width = WIDTH - 2.0 * MARGIN - panel - _GAP
    map_box = Rect(MARGIN, top, width, bottom - top)
    bounds, outside_km = scene.view()
    shown, left_out = _draw_map(View.opened(sheet, scene, fit(bounds, map_box, 14.0)), 8.5)
    notes = [] if scene.public else [say(scene.lang, "stills.odds")]
    if (waits := waiting_phrase(plan, scene.audience)) is not None:
        notes.append(waits.say(scene.lang))
    notes += [say(scene.lang, "stills.outside", {"km": outside_km})] if outside_km else []
    if left_out:
        notes.append(say(scene.lang, "stills.unlabelled", {"ids": ", ".join(left_out)}))
    side = Rect(map_box.right + _GAP, top, panel, bottom - top)
    _fill_panel(sheet, scene, side, shown, notes, beside=beside)
    draw_credit(sheet, scene)
    if beside:
        return [sheet]
    everyone = list(zip(plan.beats, scene.hues, strict=True))
    if on_one:
        _draw_columns(sheet, scene, everyone, bottom + 14.0, rows)
        return [sheet]
    return [sheet, *_table_sheets(scene, title, everyone)]


def draw_small_map(scene: Scene) -> Canvas:
    """Draw the map alone, small enough to stand in a letter.

    Parameters
    ----------
    scene
        What is drawn.

    Returns
    -------
    Canvas
        6.5 inches wide, with scale bar, north arrow and credit.
    """
    sheet = new_sheet(*_SMALL)
    box = Rect(2.0, 2.0, _SMALL[0] - 4.0, _SMALL[1] - 16.0)
    _draw_map(View.opened(sheet, scene, fit(scene.view()[0], box, 6.0)), 6.5, names=False)
    credit = [
        say(scene.lang, f"maps.audience.{scene.audience}"),
        say(scene.lang, "maps.credit"),
        scene.plan.network.source.timestamp[:10],
    ]
    said = " \u00b7 ".join(each for each in credit if each)
    sheet.write((2.0, _SMALL[1] - 4.0), said, 6.5, REGULAR, GREY)
    return sheet


def _draw_map(view: View, size: float, *, names: bool = True) -> tuple[list[str], list[str]]:
    """Draw the map; give the kinds of signs on it, and the ids that have no room."""
    scene, axes, streets = view.scene, view.axes, view.scene.streets
    kinds = [*draw_paper(axes, scene), *draw_barriers(axes, scene)]
    weight = 1.0 if names else _SLENDER
    draw_beats(axes, scene, np.full(len(scene.shapes), _TINT), weight)
    for k, hue in enumerate(scene.hues):
        draw_streets(axes, scene, np.flatnonzero(streets.beat == k), hue, 0.45 * weight)
    waiting = np.flatnonzero(streets.beat < 0)
    draw_streets(axes, scene, waiting, WAITING, 0.45 * weight)
    limits = draw_limits(axes, scene, weight)
    draw_frame(view.sheet, view.window)
    draw_scale(view)
    left_out = _label_beats(view, size)
    if len(scene.cities) > 1:
        _label_cities(view, size)
    if names:
        main = np.flatnonzero(streets.main & (streets.beat >= 0))
        name_streets(view, main, (6.0,), "#3b424a")
    also = ["waiting"] if len(waiting) else []
    return ["beat", "street", *also, *limits, *kinds], left_out


def _label_beats(view: View, size: float) -> list[str]:
    """Write the ids, those of small beats first; give those without room."""
    sheet, scene, window, taken = view.sheet, view.scene, view.window, view.taken
    ids = [plain(beat.beat_id) for beat in scene.plan.beats]
    spots = window.points(scene.spots)
    grounds = [shapely.transform(shape, window.points) for shape in scene.shapes]
    without = []
    for k in np.argsort(shapely.area(grounds), kind="stable").tolist():
        room = width_pt(ids[k], size, BOLD) + 7.0, size * 1.45
        ground, spot = _in_frame(grounds[k], spots[k], taken.frame)
        placed = None if ground.is_empty else around(ground, spot, room, taken)
        if placed is None:
            without.append(ids[k])
            continue
        if placed.away:
            lead = np.array([spot, (placed.x, placed.y)])
            sheet.line(lead, scene.hues[k], 1.0)
            sheet.ink.plot(*spot, "o", ms=3.0, color=scene.hues[k], zorder=15)
        label_spot(sheet, placed.box, ids[k], scene.hues[k], size)
    return sorted(without)


def _in_frame(
    ground: shapely.Geometry, spot: NDArray[np.float64], frame: shapely.Polygon
) -> tuple[shapely.MultiPolygon, NDArray[np.float64]]:
    """Return what is seen of a beat, and the best place in that."""
    seen = polygons_of(shapely.intersection(ground, frame))
    if frame.covers(ground):
        return seen, spot
    return seen, label_spots([seen], spot[np.newaxis])[0]


def _label_cities(view: View, size: float) -> None:
    """Write the names of cities where there is room."""
    sheet, scene, window, taken = view.sheet, view.scene, view.window, view.taken
    for name, shape in zip(scene.plan.boundary.names, scene.cities, strict=True):
        text, large = plain(name), size * 1.25
        ground = shapely.transform(shape, window.points)
        ground = shapely.intersection(ground, taken.frame)
        if ground.is_empty:
            continue
        spot = shapely.get_coordinates(shapely.point_on_surface(ground))[0]
        room = width_pt(text, large, ITALIC) + 4.0, large * 1.3
        placed = around(ground, spot, room, taken)
        if placed is not None and not placed.away:
            plate = shapely.get_coordinates(placed.box)
            sheet.ink.add_artist(
                Polygon(plate, facecolor="white", alpha=_PLATE, linewidth=0.0, zorder=18)
            )
            sheet.ink.text(
                placed.x, placed.y, text, fontproperties=face(ITALIC, large), color="#1b1f24",
                ha="center", va="center_baseline", parse_math=False, zorder=19, gid="city",
            )  # fmt: skip


def _fill_panel(
    sheet: Canvas,
    scene: Scene,
    box: Rect,
    shown: Sequence[str],
    notes: Sequence[str],
    *,
    beside: bool,
) -> None:
    """Write what stands beside the map."""
    y, lang = box.top, scene.lang
    modes = () if scene.public else MODES
    for key, value in sums_of(scene.plan, modes, scene.plan.request.season, lang).items():
        sheet.write((box.left, y + 11.0), value, 12.0, BOLD)
        at = box.left + width_pt(value, 12.0, BOLD) + 6.0
        sheet.write((at, y + 11.0), say(lang, f"maps.{key}"), 8.0, REGULAR, GREY)
        y += 17.0
    y += 6.0
    if beside:
        columns = _columns(scene, scene.plan.beats, box.width)
        rows = list(zip(scene.plan.beats, scene.hues, strict=True))
        room = box.bottom - y - _LEGEND_ROOM
        step = min(_LARGEST_ROW, max(_ROW, room / len(scene.plan.beats)))
        y = draw_table(sheet, (box.left, y), columns, rows, step)
    else:
        text = say(lang, "stills.table_next", {"count": len(scene.plan.beats)})
        y = sheet.paragraph(Rect(box.left, y, box.width, 40.0), text)
    for note in notes:
        y = sheet.paragraph(Rect(box.left, y + 8.0, box.width, 54.0), note)
    draw_legend(sheet, scene, box, shown)


def _columns(scene: Scene, beats: Sequence[Beat], width: float) -> list[MapColumn]:
    """Return the table of some beats."""
    lang, modes = scene.lang, () if scene.public else MODES
    longest = max((width_pt(plain(each.beat_id), 8.0, BOLD) for each in beats), default=0.0)
    wide, km, verdict = max(min(longest + 10.0, 90.0), 44.0), 38.0, 66.0

    def judged(mode: str, beat: Beat) -> str:
        return beat.figures(mode).short.say(lang)

    left = width - 12.0 - wide - km - len(modes) * verdict
    return [
        MapColumn(say(lang, "maps.beat"), wide, lambda beat: beat.beat_id),
        MapColumn(say(lang, "stills.name"), left, lambda beat: beat.name),
        MapColumn(
            say(lang, "stills.km"), km, lambda beat: decimal(lang, beat.street_km), number=True
        ),
        *(MapColumn(say(lang, f"maps.{mode}"), verdict, partial(judged, mode)) for mode in modes),
    ]


def _draw_columns(
    sheet: Canvas, scene: Scene, beats: Sequence[tuple[Beat, str]], top: float, rows: int
) -> None:
    """Draw a table in several columns."""
    width = (WIDTH - 2.0 * MARGIN - _GAP * (_COLUMNS - 1)) / _COLUMNS
    for column in range(_COLUMNS):
        own = beats[column * rows : (column + 1) * rows]
        if own:
            at = MARGIN + column * (width + _GAP), top
            draw_table(sheet, at, _columns(scene, [beat for beat, _ in own], width), own, _ROW)


def _table_sheets(scene: Scene, title: str, beats: Sequence[tuple[Beat, str]]) -> list[Canvas]:
    """Draw the table on sheets of its own."""
    sheets = []
    most = int((HEIGHT - 2.0 * MARGIN - _FOOT - 44.0 - 23.0 - 14.0) / _ROW)
    for first in range(0, len(beats), most * _COLUMNS):
        own = beats[first : first + most * _COLUMNS]
        sheet = new_sheet(WIDTH, HEIGHT)
        top = draw_heading(sheet, scene, title, facts_of(scene.plan, scene.lang, scene.audience))
        _draw_columns(sheet, scene, own, top, math.ceil(len(own) / _COLUMNS))
        draw_credit(sheet, scene)
        sheets.append(sheet)
    return sheets
