"""The atlas: a sheet for each beat, with its streets by name and what an officer asks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

from reso_geo.demand import place_anchors
from reso_geo.i18n import say
from reso_geo.maps.beat_facts import beat_facts, facts_of, mode_facts
from reso_geo.maps.print.canvas import GREY, INK, Canvas, Rect, fit, new_sheet
from reso_geo.maps.print.label_placement import around
from reso_geo.maps.print.layers import (
    draw_barriers,
    draw_beats,
    draw_limits,
    draw_paper,
    draw_streets,
)
from reso_geo.maps.print.map_elements import (
    MARGIN,
    draw_anchor,
    draw_base,
    draw_credit,
    draw_frame,
    draw_heading,
    draw_legend,
    draw_scale,
    label_spot,
)
from reso_geo.maps.print.overview import HEIGHT, WIDTH
from reso_geo.maps.print.street_labels import name_streets
from reso_geo.maps.print.text import BOLD, REGULAR, plain, width_pt, wrapped
from reso_geo.maps.print.view import View
from reso_geo.maps.web.payload import place_of
from reso_geo.travel import MODES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from reso_geo.maps.print.scene import Scene

__all__ = ["anchors_by_beat", "beat_sheet"]

_PANEL, _GAP, _FOOT = 280.0, 14.0, 12.0
_OWN, _OTHER = 0.22, 0.10
_OTHER_STREETS, _OTHER_NAMES = "#a9afb5", "#6b737b"
_LOCATOR = 130.0
_TEXT, _ROW = 8.0, 12.5
_MODE_ROWS = ("pass", "verdict", "margin", "spare", "cadence")


def anchors_by_beat(scene: Scene) -> list[list[tuple[str, NDArray[np.float64]]]]:
    """Return the anchors of each beat, those of its streets.

    Parameters
    ----------
    scene
        What is drawn.

    Returns
    -------
    list of list of (str, ndarray)
        Name and place in metres; none at all for the public.
    """
    plan = scene.plan
    found: list[list[tuple[str, NDArray[np.float64]]]] = [[] for _ in plan.beats]
    if scene.public or not len(plan.anchors):
        return found
    move = Transformer.from_crs("EPSG:4326", plan.network.crs, always_xy=True)
    places = np.column_stack(move.transform(plan.anchors.lon, plan.anchors.lat))
    nearest = place_anchors(plan.network, plan.anchors).index
    for name, at, segment in zip(plan.anchors.name.tolist(), places, nearest.tolist(), strict=True):
        beat = int(plan.partition.beat_of[segment]) if segment >= 0 else -1
        if beat >= 0:
            found[beat].append((str(name), at))
    return found


def beat_sheet(
    scene: Scene, beat: int, anchors: Sequence[tuple[str, NDArray[np.float64]]], page: str
) -> Canvas:
    """Draw one beat.

    Parameters
    ----------
    scene
        What is drawn.
    beat
        Which.
    anchors
        Its places to visit, from `anchors_by_beat`.
    page
        Which page it is.

    Returns
    -------
    Canvas
        The map, and what is known of the beat beside it.
    """
    plan, sheet = scene.plan, new_sheet(WIDTH, HEIGHT)
    own = plan.beats[beat]
    key = "stills.beat_title" if own.name else "stills.beat_title_bare"
    title = say(scene.lang, key, {"id": own.beat_id, "name": own.name})
    facts = [place_of(plan), *facts_of(plan, scene.lang, scene.audience)]
    top = draw_heading(sheet, scene, title, facts)
    bottom = HEIGHT - MARGIN - _FOOT
    box = Rect(MARGIN, top, WIDTH - 2.0 * MARGIN - _PANEL - _GAP, bottom - top)
    bounds, outside_km = scene.view(beat)
    view = View.opened(sheet, scene, fit(bounds, box, 24.0))
    shown, nameless = _draw_map(view, beat, anchors)
    panel = Rect(box.right + _GAP, top, _PANEL, bottom - top)
    foot = _locate(sheet, scene, beat, panel)
    foot = draw_legend(
        sheet, scene, Rect(panel.left, top, _PANEL, foot - top), shown, scene.hues[beat]
    )
    room = Rect(panel.left, top, _PANEL, foot - top - 8.0)
    if outside_km:
        text = say(scene.lang, "stills.outside", {"km": outside_km})
        sheet.write((room.left, room.bottom), text, 7.0, REGULAR, GREY)
        room = Rect(room.left, room.top, room.width, room.height - 12.0)
    _fill_panel(sheet, scene, beat, room, [name for name, _ in anchors], nameless)
    draw_credit(sheet, scene, page)
    return sheet


def _draw_map(
    view: View, beat: int, anchors: Sequence[tuple[str, NDArray[np.float64]]]
) -> tuple[list[str], list[str]]:
    """Draw the map; give the kinds of signs on it, and the streets without room for their name."""
    scene, window, axes = view.scene, view.window, view.axes
    kinds = [*draw_paper(axes, scene), *draw_barriers(axes, scene)]
    alpha = np.where(np.arange(len(scene.shapes)) == beat, _OWN, _OTHER)
    draw_beats(axes, scene, alpha)
    seen = scene.seen(window.bounds)
    own = seen[scene.streets.beat[seen] == beat]
    others = seen[scene.streets.beat[seen] != beat]
    draw_streets(axes, scene, others, _OTHER_STREETS, 0.6)
    draw_streets(axes, scene, own, scene.hues[beat], 1.4)
    limits = draw_limits(axes, scene)
    draw_frame(view.sheet, window)
    draw_scale(view)
    marked = [] if scene.public else _mark_places(view, beat, anchors)
    _label_neighbours(view, beat)
    nameless = name_streets(view, own, (6.5, 5.4), INK)
    main = others[scene.streets.main[others]]
    name_streets(view, main, (6.0,), _OTHER_NAMES)
    return ["street", "other", *limits, *kinds, *marked], nameless


def _mark_places(
    view: View, beat: int, anchors: Sequence[tuple[str, NDArray[np.float64]]]
) -> list[str]:
    """Draw base and anchors; give their kinds."""
    sheet, window, taken = view.sheet, view.window, view.taken
    partition, network = view.scene.plan.partition, view.scene.plan.network
    base = window.points(network.node_xy[[partition.base[beat]]])[0]
    draw_base(sheet, (float(base[0]), float(base[1])))
    taken.take(shapely.Point(base).buffer(5.0))
    for number, (_, place) in enumerate(anchors, start=1):
        x, y = window.points(place[np.newaxis])[0].tolist()
        draw_anchor(sheet, (x, y), str(number))
        taken.take(shapely.Point(x, y).buffer(5.5))
    return ["base", "anchor"] if anchors else ["base"]


def _label_neighbours(view: View, beat: int) -> None:
    """Write the ids of the other beats in what one sees of them."""
    scene, window = view.scene, view.window
    frame = shapely.box(*window.bounds)
    for k, shape in enumerate(scene.shapes):
        seen = shapely.intersection(shape, frame)
        if k == beat or seen.is_empty or seen.area == 0.0:
            continue
        largest = max(shapely.get_parts(seen), key=lambda part: part.area)
        if largest.geom_type != "Polygon":
            continue
        ground = shapely.transform(largest, window.points)
        circle = shapely.maximum_inscribed_circle(ground, 1.0)
        text = plain(scene.plan.beats[k].beat_id)
        room = width_pt(text, 9.0, BOLD) + 8.0, 13.0
        placed = around(ground, shapely.get_coordinates(circle)[0], room, view.taken)
        if placed is not None and shapely.intersects(placed.box, ground):
            label_spot(view.sheet, placed.box, text, scene.hues[k], 9.0)


def _locate(sheet: Canvas, scene: Scene, beat: int, panel: Rect) -> float:
    """Draw where the beat lies among all; give y of the top."""
    top = panel.bottom - _LOCATOR
    window = fit(scene.view()[0], Rect(panel.left, top, panel.width, _LOCATOR), 4.0)
    axes = sheet.ground(window)
    draw_paper(axes, scene)
    draw_beats(axes, scene, np.where(np.arange(len(scene.shapes)) == beat, 1.0, _OTHER), 0.4)
    draw_frame(sheet, window)
    sheet.write((panel.left, top - 4.0), say(scene.lang, "stills.where"), 9.0, BOLD)
    return top - 20.0


def _fill_panel(
    sheet: Canvas,
    scene: Scene,
    beat: int,
    box: Rect,
    anchors: Sequence[str],
    nameless: Sequence[str],
) -> None:
    """Write what is known of the beat, as far as there is room."""
    y = _write_figures(sheet, scene, beat, box)
    lang, own = scene.lang, scene.plan.beats[beat]
    base = scene.plan.partition.base_name[beat]
    texts = [("stills.bounds", own.description(lang))]
    if base and not scene.public:
        texts.append(("maps.base", base))
    for key, text in texts:
        if text and y + 30.0 < box.bottom:
            sheet.write((box.left, y + 9.0), say(lang, key), 9.0, BOLD)
            y = sheet.paragraph(Rect(box.left, y + 13.0, box.width, box.bottom - y - 13.0), text)
            y += 7.0
    y = _list(sheet, scene, Rect(box.left, y, box.width, box.bottom - y), anchors)
    if nameless and y + 30.0 < box.bottom:
        sheet.write((box.left, y + 9.0), say(lang, "stills.small_streets"), 9.0, BOLD)
        room = Rect(box.left, y + 13.0, box.width, box.bottom - y - 13.0)
        lines = wrapped(", ".join(nameless), 7.0, box.width)
        for line in _shortened(lines, int(room.height / 9.1)):
            sheet.write((box.left, y + 20.0), line, 7.0, REGULAR, GREY)
            y += 9.1


def _shortened(lines: Sequence[str], most: int) -> Iterator[str]:
    """Return the first lines; the last one tells that there are more."""
    yield from lines[: most - 1 if len(lines) > most else most]
    if len(lines) > most:
        yield "\u2026"


def _write_figures(sheet: Canvas, scene: Scene, beat: int, box: Rect) -> float:
    """Write the figures of a beat; give y below them."""
    lang, own, y = scene.lang, scene.plan.beats[beat], box.top
    for key, value in beat_facts(own, lang, scene.audience).items():
        sheet.write((box.left, y + 9.0), say(lang, f"maps.{key}"), _TEXT, REGULAR, GREY)
        sheet.write((box.right, y + 9.0), value, _TEXT, BOLD, INK, "right")
        y += _ROW
    y += 6.0
    if scene.public:
        return y
    ends = box.right - 88.0, box.right
    for mode, end in zip(MODES, ends, strict=True):
        sheet.write((end, y + 9.0), say(lang, f"maps.{mode}"), _TEXT, BOLD, GREY, "right")
    judged = [mode_facts(own.figures(mode), lang) for mode in MODES]
    for name in _MODE_ROWS:
        y += _ROW
        sheet.write((box.left, y + 9.0), say(lang, f"maps.{name}"), _TEXT, REGULAR, GREY)
        for facts, end in zip(judged, ends, strict=True):
            sheet.write((end, y + 9.0), facts[name], _TEXT, BOLD, INK, "right")
    return y + _ROW + 9.0


def _list(sheet: Canvas, scene: Scene, box: Rect, names: Sequence[str]) -> float:
    """List the anchors with their numbers; give y below them."""
    y, step = box.top, 11.0
    most = int((box.height - 20.0) / step)
    if not names or most < 1:
        return y
    sheet.write((box.left, y + 9.0), say(scene.lang, "stills.anchors"), 9.0, BOLD)
    y += 13.0
    kept = names if len(names) <= most else names[: most - 1]
    lines = [f"{number}  {plain(name)}" for number, name in enumerate(kept, start=1)]
    if len(kept) < len(names):
        lines.append(say(scene.lang, "stills.more", {"count": len(names) - len(kept)}))
    for line in lines:
        sheet.paragraph(Rect(box.left, y, box.width, step), line)
        y += step
    return y + 7.0
