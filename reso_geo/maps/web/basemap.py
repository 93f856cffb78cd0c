"""What lies under the beats: land, city limits, barriers, names of places and main streets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.maps.web.geometry import simplified
from reso_geo.network import project_shapes
from reso_geo.osm import PLACE_KINDS

if TYPE_CHECKING:
    from reso_geo.maps.web.geometry import PageGrid
    from reso_geo.plan import Plan

__all__ = ["ground"]

_AROUND_SHARE = 0.15
"""How far beyond the beats the ground is drawn, as a share of their width and height."""
_BARRIER_M, _LAND_M = 4.0, 6.0
"""How far a drawn line may be from the real one."""
_MAIN = ("primary", "secondary", "tertiary")
_SHORTEST_M, _APART_M, _AROUND_M = 150.0, 1500.0, 40.0
_MOST_NAMES = 250


def ground(plan: Plan, grid: PageGrid) -> dict[str, object]:
    """Return what is drawn under the beats.

    Parameters
    ----------
    plan
        The first of the page.
    grid
        Of the page.

    Returns
    -------
    dict
        ``cities`` (rings), ``land`` (kind and rings, in the order of drawing), ``barriers`` (lines
        by kind), ``places`` (kind, name, where) and ``main``: each with a name, where it stands,
        its direction in degrees and how many metres of the street run on around it.
    """
    crs = plan.network.crs
    cities = simplified(project_shapes(plan.boundary, crs))
    return {
        "cities": [grid.rings(crs, shape) for shape in cities],
        "land": [
            [area.kind, grid.rings(crs, shapely.simplify(area.shape, _LAND_M))]
            for area in plan.network.basemap.land
        ],
        "barriers": _barriers(plan, grid),
        "places": _places(plan, grid),
        "main": _main_names(plan, grid),
    }


def _barriers(plan: Plan, grid: PageGrid) -> dict[str, object]:
    barriers = plan.network.barriers
    west, south, east, north = shapely.total_bounds(plan.shapes)
    wide, high = _AROUND_SHARE * (east - west), _AROUND_SHARE * (north - south)
    box = (west - wide, south - high, east + wide, north + high)
    drawn: dict[str, object] = {}
    for kind in sorted(set(barriers.kind)):
        own = [line for k, line in zip(barriers.kind, barriers.geometry, strict=True) if k == kind]
        clipped = shapely.clip_by_rect(shapely.simplify(own, _BARRIER_M), *box)
        parts = shapely.get_parts(clipped)
        parts = parts[shapely.length(parts) > 0.0]
        if len(parts):
            step, points = grid.chain(plan.network.crs, parts)
            drawn[kind] = {"step": step, "points": points}
    return drawn


def _places(plan: Plan, grid: PageGrid) -> list[list[object]]:
    """List the places with names, the largest first."""
    places = plan.network.basemap.places
    ranked = sorted(places, key=lambda place: (PLACE_KINDS.index(place.kind), place.name))
    spots = grid.steps(plan.network.crs, shapely.get_coordinates([place.point for place in ranked]))
    return [
        [place.kind, place.name, *spot] for place, spot in zip(ranked, spots.tolist(), strict=True)
    ]


def _main_names(plan: Plan, grid: PageGrid) -> list[list[object]]:
    """Find where names of main streets can stand along them, those of the largest first."""
    network = plan.network
    found: list[tuple[int, float, str, shapely.Point, float]] = []
    for rank, highway in enumerate(_MAIN):
        here = (network.highway == highway) & (network.city >= 0) & (network.name != "")
        lines, names = network.geometry[here], network.name[here].astype(str)
        known, of = np.unique(names, return_inverse=True)
        for k, name in enumerate(known.tolist()):
            merged = shapely.line_merge(shapely.multilinestrings(lines[of == k]))
            for part in shapely.get_parts(merged).tolist():
                if part.length >= _SHORTEST_M:
                    found += [(rank, part.length, name, *spot) for spot in _spots(part)]
    found.sort(key=lambda each: (each[0], -each[1], each[2]))
    shown = found[:_MOST_NAMES]
    spots = grid.steps(network.crs, shapely.get_coordinates([point for *_, point, _ in shown]))
    return [
        [name, *spot, round(angle), round(min(length, _APART_M))]
        for (_, length, name, _, angle), spot in zip(shown, spots.tolist(), strict=True)
    ]


def _spots(line: shapely.LineString) -> list[tuple[shapely.Point, float]]:
    """Return places along a line, and its direction there as one reads from left to right."""
    many = max(1, round(line.length / _APART_M))
    spots = []
    for k in range(many):
        at = (k + 0.5) / many * line.length
        back, ahead = (line.interpolate(at + shift) for shift in (-_AROUND_M, _AROUND_M))
        angle = math.degrees(math.atan2(back.y - ahead.y, ahead.x - back.x))
        upright = (angle + 90.0) % 180.0 - 90.0
        spots.append((line.interpolate(at), upright))
    return spots
