"""Draw every street of the agglomeration: skeleton, districts, yards, parks, paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon, box

from sample import layout
from sample.fill import STYLES, Lattice, rng_for
from sample.geometry import Array, curve, cut, densify, offset, stations, warp
from sample.plan import HALF_DUAL, Line, Plan, skeleton_lines

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

SEED = 20260601
SMALL_FACE = 15000.0
TRAILER_BOX = (-4760.0, -1330.0, -4520.0, -1130.0)
LONG_PATH = 300.0
RAIL_TRAIL = "Piste du Vieux-Rail"
BANK = (-2200.0, 1150.0)


def style_name(face: Polygon) -> str:
    """Name the style of a face.

    Parameters
    ----------
    face : Polygon
        The face.

    Returns
    -------
    str
        A key of ``STYLES``.
    """
    x, y = face.centroid.coords[0]
    for (west, south, east, north), style in layout.DISTRICTS:
        if west <= x <= east and south <= y <= north:
            return style
    return "modern" if (round(x / 300) + round(y / 300)) % 3 == 0 else "crescent"


def draw(plan: Plan) -> list[Line]:
    """Draw all lines, in local metres.

    Parameters
    ----------
    plan : Plan
        The plan; parks found on the way are added to it.

    Returns
    -------
    list of Line
        Lines with their tags.
    """
    roads = shapely.union_all([path for _, path in plan.roads])
    lines = skeleton_lines(plan)
    for face in plan.faces:
        if face.area > SMALL_FACE:
            lines += _face_lines(plan, face, roads)
    lines += _island()
    lines += _trailer_park()
    lines += _long_paths(plan)
    lines = _open_dual(plan, lines)
    return [Line(warp(densify(item.coords)), item.tags, item.group, item.rank) for item in lines]


def _face_lines(plan: Plan, face: Polygon, roads: BaseGeometry) -> list[Line]:
    name = style_name(face)
    rng = rng_for(face, SEED)
    lattice = Lattice(face, STYLES[name], roads, rng)
    lattice.choose()
    lines = lattice.lines()
    plan.parks += [("", block.buffer(-9.0)) for _, block in lattice.blocks]
    if name == "park":
        plan.parks.append((f"Parc {len(plan.parks)}", face.buffer(-14.0)))
        return _park_tags(lines, rng)
    if name == "industrial":
        return _works_tags(lines, rng) + _yards(lattice)
    if name == "rural":
        keep = box(*TRAILER_BOX).buffer(25.0)
        for item in lines:
            track = item.group == "street" and rng.random() < 0.4  # noqa: PLR2004 - a share
            item.tags["highway"] = "track" if track else "unclassified"
        return [item for item in lines if not keep.intersects(LineString(item.coords))]
    return lines


def _park_tags(lines: list[Line], rng: np.random.Generator) -> list[Line]:
    names = ["Sentier des Bouleaux", "Sentier du Belvédère", "Piste de la Crête", "Fern Trail"]
    kinds = ["path", "footway", "cycleway", "path", "path", "footway"]
    for item in lines:
        item.group, item.rank = "path", -1
        item.tags["highway"] = kinds[int(rng.integers(len(kinds)))]
        if stations(item.coords)[-1] > LONG_PATH and rng.random() < 0.5:  # noqa: PLR2004
            item.tags["name"] = names[int(rng.integers(len(names)))]
        if item.tags["highway"] == "cycleway":
            item.tags["foot"] = "yes"
        else:
            item.tags["surface"] = "fine_gravel"
    return lines


def _works_tags(lines: list[Line], rng: np.random.Generator) -> list[Line]:
    for item in lines:
        item.tags["highway"] = "unclassified" if rng.random() < 0.7 else "service"  # noqa: PLR2004
    return lines


def _yards(lattice: Lattice) -> list[Line]:
    """Parking lots and private driveways inside industrial blocks."""
    made: list[Line] = []
    aisle = {"highway": "service", "service": "parking_aisle"}
    drive = {"highway": "service", "service": "driveway", "access": "private"}
    for link in sorted(lattice.streets):
        (i, j), (k, _) = link
        if i != k or i == 0 or i + 1 >= len(lattice.us) or lattice.rng.random() > 0.75:  # noqa: PLR2004
            continue
        u, v = lattice.us[i : i + 2], lattice.vs[j : j + 2]

        def at(s: float, t: float, u: Array = u, v: Array = v) -> tuple[float, float]:
            return (float(u[0] + s * (u[1] - u[0])), float(v[0] + t * (v[1] - v[0])))

        path = lattice.patch.path
        if lattice.rng.random() < 0.55:  # noqa: PLR2004 - a share
            pieces = [((0.25, t), (0.62, t)) for t in (0.26, 0.5, 0.74)]
            pieces += [((s, 0.26), (s, 0.74)) for s in (0.25, 0.62)]
            made += [Line(path(at(*a), at(*b)), dict(aisle)) for a, b in pieces]
            made.append(Line(path(at(0.0, 0.5), at(0.25, 0.5)), {"highway": "service"}))
        else:
            made.append(Line(path(at(0.0, 0.5), at(0.45, 0.5)), dict(drive)))
    room = lattice.face.buffer(-28.0)
    return [item for item in made if room.buffer(27.0).contains(LineString(item.coords))]


def _island() -> list[Line]:
    """Draw the few streets of the island, joined to nothing else."""
    x, y = layout.ISLAND_CENTRE
    tags = {"highway": "residential"}
    loop = [(x - 200, y + 8), (x - 90, y + 36), (x + 110, y + 34), (x + 205, y + 4)]
    back = [(x - 200, y + 8), (x - 80, y - 34), (x + 100, y - 36), (x + 205, y + 4)]
    across = [(x - 20, y + 48), (x - 24, y - 48)]
    return [Line(curve(points), dict(tags)) for points in (loop, back, across)]


def _trailer_park() -> list[Line]:
    west, south, east, north = TRAILER_BOX
    tags = {"highway": "residential"}
    rows = np.linspace(south, north, 6)
    ends = [((west, y), (east, y)) for y in rows]
    ends += [((x, south), (x, north)) for x in (west, east)]
    ends.append(((east, float(rows[2])), (-4200.0, float(rows[2]) + 14.0)))
    return [Line(np.array(pair), dict(tags)) for pair in ends]


def _long_paths(plan: Plan) -> list[Line]:
    """Draw the rail trail and the river promenade."""
    trail = {"highway": "cycleway", "name": RAIL_TRAIL, "foot": "yes"}
    rail = cut(np.array(plan.rail.coords), 900.0, plan.rail.length - 900.0)
    walk = {"highway": "footway", "name": "Promenade des Aulnes", "surface": "compacted"}
    south = [p for p in np.array(plan.river.coords) if BANK[0] < p[0] < BANK[1]]
    low = offset(np.array(south), -97.0)
    return [
        Line(offset(rail, 17.0), trail, "path", 1),
        Line(low, walk, "path", 1),
    ]


def _open_dual(plan: Plan, lines: list[Line]) -> list[Line]:
    """End the streets that reach the dual carriageway on its near side; open some medians."""
    axis = plan.dual
    band = axis.buffer(HALF_DUAL, cap_style="flat")
    made: list[Line] = []
    for item in lines:
        shape = LineString(item.coords)
        ends = [axis.distance(shapely.Point(item.coords[k])) < 1.0 for k in (0, -1)]
        local = item.tags.get("highway") == "residential" and any(ends)
        if not local:
            made.append(item)
            continue
        rest = max(shapely.get_parts(shape.difference(band)), key=lambda part: float(part.length))
        made.append(Line(np.array(rest.coords), item.tags, item.group, item.rank))
        end = item.coords[0] if ends[0] else item.coords[-1]
        at = axis.project(shapely.Point(end))
        if round(at / 10.0) % 3 == 0:
            ahead = np.array(axis.interpolate(at + 1.0).coords[0]) - end
            side = np.array([-ahead[1], ahead[0]]) / np.hypot(*ahead) * HALF_DUAL
            tags = {"highway": "residential"}
            made.append(Line(np.vstack([end - side, end + side]), tags, item.group, item.rank))
    return made
