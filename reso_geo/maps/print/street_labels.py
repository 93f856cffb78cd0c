"""Names of streets, written along them where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib.patches import Polygon

from reso_geo.maps.print.label_placement import along
from reso_geo.maps.print.text import REGULAR, face, plain, width_pt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.maps.print.canvas import Canvas
    from reso_geo.maps.print.label_placement import PlacedText
    from reso_geo.maps.print.view import View

__all__ = ["name_streets"]

_LINE = 1.25
_PARTS = 3
_PLATE = 0.7


def name_streets(
    view: View, chosen: NDArray[np.int64], sizes: Sequence[float], colour: str
) -> list[str]:
    """Write each street's name once, the longest streets first.

    Parameters
    ----------
    view
        The map.
    chosen
        Indices into the streets of its scene.
    sizes
        In points, to be tried in turn.
    colour
        Of the letters.

    Returns
    -------
    list of str
        Names without room, in alphabetical order.
    """
    streets = _parts_by_name(view, chosen)
    for size in sizes:
        left = []
        for name, parts in streets:
            text = plain(name)
            room = width_pt(text, size) + 4.0, size * _LINE
            places = (along(part, room, view.taken) for part in parts)
            placed = next((place for place in places if place is not None), None)
            if placed is None:
                left.append((name, parts))
            else:
                _write(view.sheet, placed, text, size, colour)
        streets = left
    return sorted(plain(name) for name, _ in streets)


def _parts_by_name(
    view: View, chosen: NDArray[np.int64]
) -> list[tuple[str, list[NDArray[np.float64]]]]:
    """Return the longest pieces of each named street in points, the longest street first."""
    scene, window = view.scene, view.window
    groups: dict[str, list[int]] = {}
    names = scene.plan.network.name[scene.streets.at[chosen]].tolist()
    for street, name in zip(chosen.tolist(), names, strict=True):
        if name:
            groups.setdefault(name, []).append(street)
    box, found = shapely.box(*window.bounds), []
    for name, streets in groups.items():
        merged = shapely.line_merge(shapely.union_all(scene.streets.line[streets]))
        pieces = shapely.get_parts(shapely.intersection(merged, box))
        pieces = pieces[shapely.get_type_id(pieces) == shapely.GeometryType.LINESTRING]
        if len(pieces):
            length = shapely.length(pieces)
            order = np.argsort(-length, kind="stable")[:_PARTS]
            lines = [window.points(shapely.get_coordinates(piece)) for piece in pieces[order]]
            found.append((float(length.sum()), name, lines))
    found.sort(key=lambda each: (-each[0], each[1]))
    return [(name, lines) for _, name, lines in found]


def _write(sheet: Canvas, placed: PlacedText, text: str, size: float, colour: str) -> None:
    plate = shapely.get_coordinates(placed.box)
    sheet.ink.add_artist(Polygon(plate, facecolor="white", alpha=_PLATE, linewidth=0.0, zorder=11))
    sheet.ink.text(
        placed.x, placed.y, text, fontproperties=face(REGULAR, size), color=colour,
        rotation=placed.angle, rotation_mode="anchor", ha="center", va="center_baseline",
        parse_math=False, zorder=12, gid="street",
    )  # fmt: skip
