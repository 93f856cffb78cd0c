"""The ground of a map: land, barriers, streets and beats, drawn in metres."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from reso_geo.boundaries.shapes import polygons_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from reso_geo.maps.print.scene import Scene

__all__ = [
    "BARRIERS",
    "CITY",
    "DISTRICT",
    "LAND",
    "WAITING",
    "draw_barriers",
    "draw_beats",
    "draw_limits",
    "draw_paper",
    "draw_streets",
]

CITY, DISTRICT = "#1b1f24", "#3d2c8d"
WAITING = "#8a939d"
_OUTSIDE, _INSIDE = "#eeece6", "#fdfdfb"
_BORDER = "#30363c"
BARRIERS = MappingProxyType(
    {
        "river": (("#7db8dc", 2.2, "-"),),
        "railway": (("#4a4f55", 1.5, "-"), ("#ffffff", 0.8, (0, (3.0, 3.0)))),
        "motorway": (("#7a7f85", 3.0, "-"), ("#f4d58d", 1.6, "-")),
    }
)
"""Lines of each kind of barrier, the lowest first: colour, width in points, style."""


LAND = MappingProxyType(
    {
        "wood": "#d7e5cf",
        "reserve": "#deead7",
        "park": "#cfe6c3",
        "cemetery": "#dcdfd2",
        "water": "#bcdcf0",
    }
)
_AT_ONCE = 500
_FINE_PT = 0.12


def draw_paper(axes: Axes, scene: Scene) -> list[str]:
    """Draw what is inside and outside of the cities, and the land where the source has it.

    Parameters
    ----------
    axes
        In metres.
    scene
        What is drawn.

    Returns
    -------
    list of str
        ``park`` and ``water``, where there is any.
    """
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    axes.add_artist(
        Rectangle((west, south), east - west, north - south, facecolor=_OUTSIDE, zorder=0)
    )
    _fill(axes, _clipped(axes, scene.cities), _INSIDE, 1.0, 0.1)
    box, kinds = _window(axes), set()
    land = scene.plan.network.basemap.land
    for area in land:
        if area.shape.intersects(box):
            kinds.add("water" if area.kind == "water" else "park")
            _fill(axes, _clipped(axes, [area.shape]), LAND[area.kind], 1.0, 1.5)
    return sorted(kinds)


def draw_barriers(axes: Axes, scene: Scene) -> list[str]:
    """Draw motorways, railways and rivers.

    Parameters
    ----------
    axes
        In metres.
    scene
        What is drawn.

    Returns
    -------
    list of str
        The kinds that are there.
    """
    barriers, box = scene.plan.network.barriers, _window(axes)
    kinds = np.array(barriers.kind, dtype=object)
    lines = np.array(barriers.geometry, dtype=object)
    there = []
    for order, (kind, styles) in enumerate(BARRIERS.items()):
        own = lines[kinds == kind] if len(lines) else lines
        own = own[shapely.intersects(own, box)] if len(own) else own
        if not len(own):
            continue
        there.append(kind)
        for layer, (colour, width, style) in enumerate(styles):
            _lines(axes, own, colour, width, 2.0 + order / 10.0 + layer / 100.0, style)
    return there


def draw_beats(axes: Axes, scene: Scene, alpha: NDArray[np.float64], weight: float = 1.0) -> None:
    """Fill the beats and draw their borders.

    Parameters
    ----------
    axes
        In metres.
    scene
        What is drawn.
    alpha
        float64, shape (n,): how much of its colour each beat shows.
    weight
        How thick lines are, 1 on a whole sheet.
    """
    shapes = _clipped(axes, shapely.coverage_simplify(list(scene.shapes), _finest(axes)))
    for k, shape in enumerate(shapes):
        if not shape.is_empty:
            hatch = "////" if scene.hatched[k] else None
            _fill(axes, [shape], scene.hues[k], float(alpha[k]), 1.0, hatch)
    _outline(axes, shapes, "white", 2.6 * weight, 4.0)
    _outline(axes, shapes, _BORDER, 0.9 * weight, 4.1)


def draw_streets(
    axes: Axes, scene: Scene, chosen: NDArray[np.int64], colour: str, width: float
) -> None:
    """Draw streets of one colour.

    Parameters
    ----------
    axes
        In metres.
    scene
        What is drawn.
    chosen
        Indices into `scene.streets`.
    colour
        Of the lines.
    width
        In points; main streets are drawn wider.
    """
    main = scene.streets.main[chosen]
    for own, wide in ((chosen[~main], width), (chosen[main], width * 1.8)):
        if len(own):
            _lines(axes, scene.streets.line[own], colour, wide, 3.0)


def draw_limits(axes: Axes, scene: Scene, weight: float = 1.0) -> list[str]:
    """Draw the lines of cities and districts.

    Parameters
    ----------
    axes
        In metres.
    scene
        What is drawn.
    weight
        How thick lines are, 1 on a whole sheet.

    Returns
    -------
    list of str
        Which of ``city`` and ``district`` there are.
    """
    plan, there = scene.plan, []
    own = [beat.district for beat in plan.beats]
    districts = [
        shapely.union_all([scene.shapes[k] for k in range(len(plan.beats)) if own[k] == name])
        for name in (each.district for each in plan.districts)
    ]
    if districts:
        _outline(axes, _clipped(axes, districts), DISTRICT, 2.4 * weight, 4.2)
        there.append("district")
    if plan.boundary.kind != "extent":
        cities = _clipped(axes, scene.cities)
        _outline(axes, cities, "white", 3.0 * weight, 4.3)
        _outline(axes, cities, CITY, 1.7 * weight, 4.4, (0, (5.0, 1.5, 1.0, 1.5)))
        there.append("city")
    return there


def _window(axes: Axes) -> shapely.Polygon:
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    return shapely.box(west, south, east, north)


def _finest(axes: Axes) -> float:
    """Return how many metres nobody sees on this map."""
    (west, east), across = axes.get_xlim(), axes.get_window_extent().width
    return float((east - west) / across * _FINE_PT)


def _clipped(axes: Axes, shapes: Iterable[shapely.Geometry]) -> list[shapely.MultiPolygon]:
    """Drop what lies off the map; the new edges stand beyond its frame."""
    west, south, east, north = _window(axes).bounds
    rim = 0.05 * (east - west)
    frame = shapely.box(west - rim, south - rim, east + rim, north + rim)
    valid = shapely.make_valid(np.array(list(shapes), dtype=object))
    return [polygons_of(shapely.intersection(shape, frame)) for shape in valid]


def _path(shapes: Iterable[shapely.Geometry]) -> Path:
    """Return the rings of polygons as one path."""
    rings = [
        Path(shapely.get_coordinates(ring), closed=True)
        for shape in shapes
        for polygon in shapely.get_parts(shape)
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    return Path.make_compound_path(*rings)


def _fill(
    axes: Axes,
    shapes: Iterable[shapely.Geometry],
    colour: str,
    alpha: float,
    order: float,
    hatch: str | None = None,
) -> None:
    edge = colour if hatch else "none"
    axes.add_artist(
        PathPatch(
            _path(shapes), facecolor=colour, edgecolor=edge, linewidth=0.0, alpha=alpha,
            hatch=hatch, zorder=order,
        )
    )  # fmt: skip


def _outline(
    axes: Axes,
    shapes: Iterable[shapely.Geometry],
    colour: str,
    width: float,
    order: float,
    style: object = "-",
) -> None:
    axes.add_artist(
        PathPatch(
            _path(shapes), fill=False, edgecolor=colour, linewidth=width, linestyle=style,
            zorder=order, joinstyle="round",
        )
    )  # fmt: skip


def _lines(
    axes: Axes,
    lines: NDArray[np.object_],
    colour: str,
    width: float,
    order: float,
    style: object = "-",
) -> None:
    lines = shapely.simplify(lines, _finest(axes))
    # In pieces: one path of a whole town is more than matplotlib's rasteriser takes.
    for first in range(0, len(lines), _AT_ONCE):
        xy, of = shapely.get_coordinates(lines[first : first + _AT_ONCE], return_index=True)
        codes = np.where(np.diff(of, prepend=-1), Path.MOVETO, Path.LINETO).astype(np.uint8)
        axes.add_artist(
            PathPatch(
                Path(xy, codes), fill=False, edgecolor=colour, linewidth=width, linestyle=style,
                zorder=order, capstyle="butt", joinstyle="round",
            )
        )  # fmt: skip
