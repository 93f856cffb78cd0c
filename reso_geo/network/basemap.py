"""The ground under a map: water, parks and woods around the streets, and the names of places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.boundaries.shapes import moved, polygons_of
from reso_geo.errors import NetworkError
from reso_geo.i18n import Phrase
from reso_geo.osm import LAND_KINDS, PLACE_KINDS, LandArea, NamedPlace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from reso_geo.osm import LandCover

__all__ = ["RIM_M", "Basemap", "lay_out"]

RIM_M = 500.0
"""How far beyond the cities the ground is kept."""

_SLACK_M = 4.0
_GRID_M = 0.1
_LEAST_M2 = 2_000.0


@dataclass(frozen=True)
class Basemap:
    """Land and places around the streets of a network, in its CRS.

    Attributes
    ----------
    land
        Of kind ``wood``, ``reserve``, ``park``, ``cemetery`` or ``water``, in the order in which
        they are drawn.
    places
        Villages, suburbs, neighbourhoods and the like, by kind and name.

    Raises
    ------
    NetworkError
        When a kind is not known, or a shape is empty or not of its kind.

    Examples
    --------
    >>> lake = LandArea("water", "Lac", shapely.MultiPolygon([shapely.box(0, 0, 90, 90)]))
    >>> len(Basemap((lake,)).land)
    1
    """

    land: tuple[LandArea, ...] = ()
    places: tuple[NamedPlace, ...] = ()

    def __post_init__(self) -> None:
        """Check kinds and shapes once."""
        drawn = [
            (area.kind, LAND_KINDS, area.shape, shapely.MultiPolygon) for area in self.land
        ] + [(place.kind, PLACE_KINDS, place.point, shapely.Point) for place in self.places]
        for kind, known, shape, wanted in drawn:
            if kind not in known or not isinstance(shape, wanted) or shape.is_empty:
                found = kind if kind not in known else type(shape).__name__
                raise NetworkError(Phrase("network.bad_basemap", {"found": found}))


def lay_out(land: LandCover, crs: str, around: shapely.Geometry) -> Basemap:
    """Project the land of a source under a map.

    Parameters
    ----------
    land
        In degrees (EPSG:4326).
    crs
        Projected CRS in metres.
    around
        The ground to keep, in that CRS.

    Returns
    -------
    Basemap
        Outlines within 4 m of the true ones, cut at the edge of `around`; pieces under 2,000 m²
        are left out, and so are islands as small.
    """
    shapely.prepare(around)
    shapes, points = (
        moved(np.array(found, dtype=object), "EPSG:4326", crs)
        for found in ([a.shape for a in land.areas], [p.point for p in land.places])
    )
    inside = shapely.intersects(around, points)
    places = tuple(
        NamedPlace(each.kind, each.name, point)
        for each, point, kept in zip(land.places, points, inside, strict=True)
        if kept
    )
    return Basemap(tuple(_clipped(land.areas, shapes, around)), places)


def _clipped(
    areas: tuple[LandArea, ...], shapes: NDArray[np.object_], around: shapely.Geometry
) -> Iterator[LandArea]:
    """Return what of areas, with their shapes in metres, is on the ground to keep."""
    for area, shape in zip(areas, shapes, strict=True):
        if not shapely.intersects(around, shape):
            continue
        plain = shapely.make_valid(shapely.simplify(shape, _SLACK_M))
        cut = plain if shapely.contains(around, plain) else shapely.intersection(plain, around)
        parts = polygons_of(shapely.set_precision(cut, _GRID_M)).geoms
        kept = [_without_specks(part) for part in parts if part.area >= _LEAST_M2]
        if kept:
            yield LandArea(area.kind, area.name, shapely.normalize(shapely.MultiPolygon(kept)))


def _without_specks(part: shapely.Polygon) -> shapely.Polygon:
    """Drop the islands that are too small to see."""
    rings = [ring for ring in part.interiors if shapely.Polygon(ring).area >= _LEAST_M2]
    return shapely.Polygon(part.exterior, rings)
