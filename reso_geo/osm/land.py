"""Land and places: what of OpenStreetMap is water, park or wood, and who lives where."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import shapely

from reso_geo.boundaries.boundary import clean_name
from reso_geo.boundaries.shapes import mended, polygons_of
from reso_geo.choices import folded
from reso_geo.settings.classes import TAG_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reso_geo.boundaries import BoundingBox

__all__ = [
    "LAND_KINDS",
    "LAND_TAGS",
    "NEIGHBOURHOODS",
    "PLACE_KINDS",
    "LandArea",
    "LandBuilder",
    "LandCover",
    "NamedPlace",
    "is_ground",
    "is_place",
    "land_kind",
]

LAND_KINDS = ("wood", "reserve", "park", "cemetery", "water")
"""Kinds of land, in the order in which they are drawn: water lies on top."""

PLACE_KINDS: tuple[str, ...] = tuple(TAG_WORDS["places"])
"""Kinds of places that people say they live in, roughly from the largest."""

NEIGHBOURHOODS: Mapping[str, tuple[str, ...]] = {
    "place": tuple(kind for kind in PLACE_KINDS if kind != "town"),
    "admin_level": ("9", "10", "11"),
}
"""Values by key of areas that part a city: what is larger is a city, or the whole of a town."""

LAND_TAGS: Mapping[str, Mapping[str, str]] = TAG_WORDS["land"]
"""Kind of land by key and value."""

_LEAST_M2: Mapping[str, float] = TAG_WORDS["least_m2"]
_LEAST_GARDEN_M2 = 5_000.0
_NO_WATER = frozenset(("wastewater", "swimming_pool", "reflecting_pool", "fountain", "basin"))
_CLOSED = frozenset(("private", "no"))
_METRES_PER_DEGREE = 111_320.0
_FEWEST_POINTS = 4
"""A ring comes back to where it began."""


@dataclass(frozen=True)
class LandArea:
    """An area of water, of green or of wood.

    Attributes
    ----------
    kind
        One of `LAND_KINDS`.
    name
        Empty where it has none.
    shape
        MultiPolygon, islands left out; in degrees (EPSG:4326) or in a network's CRS, as said
        where it stands.
    """

    kind: str
    name: str
    shape: shapely.MultiPolygon


@dataclass(frozen=True)
class NamedPlace:
    """A village, a suburb, a neighbourhood: where people say they live.

    Attributes
    ----------
    kind
        One of `PLACE_KINDS`.
    name
        As on the map.
    point
        Where its name stands; in degrees (EPSG:4326) or in a network's CRS, as said.
    """

    kind: str
    name: str
    point: shapely.Point


@dataclass(frozen=True)
class LandCover:
    """The land and the places of a source, in degrees (EPSG:4326).

    Attributes
    ----------
    areas
        In the order in which they are drawn: by kind, the larger first.
    places
        By kind and name, once each.
    neighbourhoods
        Their outlines by name, as far as they are drawn; they may nest.
    """

    areas: tuple[LandArea, ...] = ()
    places: tuple[NamedPlace, ...] = ()
    neighbourhoods: Mapping[str, shapely.MultiPolygon] = field(default_factory=dict)


def land_kind(tags: Mapping[str, str]) -> str:
    """Return what kind of land an area is.

    Parameters
    ----------
    tags
        Its tags.

    Returns
    -------
    str
        One of `LAND_KINDS`; empty for what is none, and for gardens, parks and woods that are
        closed, basins, and what lies underground.

    Examples
    --------
    >>> land_kind({"natural": "water"}), land_kind({"landuse": "forest"}), land_kind({})
    ('water', 'wood', '')
    """
    found = (kinds.get(tags.get(key, "")) for key, kinds in LAND_TAGS.items())
    kind = next(filter(None, found), "")
    if kind == "water":
        hidden = tags.get("water") in _NO_WATER or tags.get("location") == "underground"
        return "" if hidden or tags.get("tunnel", "no") != "no" else kind
    closed = kind == "park" and tags.get("access") in _CLOSED
    return "" if closed or tags.get("garden:type") == "residential" else kind


def is_place(tags: Mapping[str, str]) -> bool:
    """Return whether something is a place that people say they live in.

    Parameters
    ----------
    tags
        Its tags.

    Returns
    -------
    bool
        False without a name.

    Examples
    --------
    >>> is_place({"place": "suburb", "name": "Saint-Hubert"}), is_place({"place": "locality"})
    (True, False)
    """
    return tags.get("place") in PLACE_KINDS and bool(clean_name(tags.get("name", "")))


def _is_neighbourhood(tags: Mapping[str, str]) -> bool:
    """Return whether an area is a part of a city that people know by a name."""
    if not clean_name(tags.get("name", "")):
        return False
    if tags.get("boundary") == "administrative":
        return tags.get("admin_level") in NEIGHBOURHOODS["admin_level"]
    if tags.get("boundary") == "place" and "place" not in tags:
        return True
    return tags.get("place") in NEIGHBOURHOODS["place"]


def is_ground(tags: Mapping[str, str]) -> bool:
    """Return whether `LandBuilder` takes something.

    Parameters
    ----------
    tags
        Its tags.

    Returns
    -------
    bool
        For land, a place, and the outline of a neighbourhood.

    Examples
    --------
    >>> quarter = {"boundary": "administrative", "name": "Altstadt"}
    >>> is_ground(quarter | {"admin_level": "10"}), is_ground(quarter | {"admin_level": "8"})
    (True, False)
    """
    return bool(land_kind(tags)) or is_place(tags) or _is_neighbourhood(tags)


class LandBuilder:
    """Collects land and places one by one.

    Parameters
    ----------
    near
        Where they are wanted, in degrees; None for everywhere.
    """

    def __init__(self, near: BoundingBox | None = None) -> None:
        self._near = near
        self._areas: list[LandArea] = []
        self._spots: list[NamedPlace] = []
        self._grounds: list[tuple[NamedPlace, shapely.MultiPolygon]] = []
        self._outlines: dict[str, list[shapely.MultiPolygon]] = defaultdict(list)

    def wants(self, bounds: Sequence[float]) -> bool:
        """Return whether something may come near.

        Parameters
        ----------
        bounds
            West, south, east, north of it, in degrees.

        Returns
        -------
        bool
            False for NaN.
        """
        west, south, east, north = bounds
        if self._near is None:
            return west <= east
        near = self._near
        return (
            west <= near.east and east >= near.west and south <= near.north and north >= near.south
        )

    def add_point(self, tags: Mapping[str, str], lon: float, lat: float) -> None:
        """Add a node, if it is a place.

        Parameters
        ----------
        tags
            Its tags.
        lon, lat
            Degrees.
        """
        if is_place(tags) and self.wants((lon, lat, lon, lat)):
            name = clean_name(tags["name"])
            self._spots.append(NamedPlace(tags["place"], name, shapely.Point(lon, lat)))

    def add_area(
        self,
        tags: Mapping[str, str],
        outer: Iterable[shapely.LineString],
        inner: Iterable[shapely.LineString] = (),
    ) -> None:
        """Add a closed way or a multipolygon, if it is land, a place or a neighbourhood.

        Parameters
        ----------
        tags
            Its tags.
        outer, inner
            The lines of its outer and inner rings, in any order and direction, in degrees; a ring
            that does not close is left out, as at the edge of an extract.
        """
        if not is_ground(tags):
            return
        kind, place = land_kind(tags), is_place(tags)
        around = _rings(outer)
        if not self.wants(around.bounds):
            return
        shape = polygons_of(shapely.difference(around, _rings(inner)))
        if shape.is_empty:
            return
        if place:
            point = shapely.point_on_surface(shape)
            named = NamedPlace(tags["place"], clean_name(tags["name"]), point)
            self._grounds.append((named, shape))
        if _is_neighbourhood(tags):
            self._outlines[clean_name(tags["name"])].append(shape)
        garden = tags.get("leisure") == "garden"
        least_m2 = _LEAST_GARDEN_M2 if garden else _LEAST_M2.get(kind, math.inf)
        if kind and _about_m2(shape) >= least_m2:
            self._areas.append(LandArea(kind, clean_name(tags.get("name", "")), shape))

    def build(self) -> LandCover:
        """Return what was added.

        Returns
        -------
        LandCover
            In an order that does not depend on that of the source.
        """
        grounds = [place for place, shape in self._grounds if self._is_new(place, shape)]
        places = {
            (PLACE_KINDS.index(place.kind), place.name, place.point.x, place.point.y): place
            for place in (*self._spots, *grounds)
        }
        areas = {
            (LAND_KINDS.index(area.kind), -area.shape.area, area.name, area.shape.wkb): area
            for area in self._areas
        }
        return LandCover(
            tuple(areas[key] for key in sorted(areas)),
            tuple(places[key] for key in sorted(places)),
            dict(self._neighbourhoods()),
        )

    def _neighbourhoods(self) -> Iterator[tuple[str, shapely.MultiPolygon]]:
        """Return outlines by name; others of one name that lie apart have a number besides."""
        for name, shapes in sorted(self._outlines.items()):
            apart: list[shapely.MultiPolygon] = []
            for shape in sorted(shapes, key=lambda each: (-each.area, each.wkb)):
                if not any(shapely.intersects(each, shape) for each in apart):
                    apart.append(shape)
            yield from (
                (f"{name} ({number})" if number > 1 else name, shape)
                for number, shape in enumerate(apart, 1)
            )

    def _is_new(self, place: NamedPlace, shape: shapely.MultiPolygon) -> bool:
        """Return whether the ground of a place has no node that stands for it."""
        name = folded(place.name)
        return not any(
            folded(spot.name) == name and shapely.intersects(shape, spot.point)
            for spot in self._spots
        )


def _rings(lines: Iterable[shapely.LineString]) -> shapely.MultiPolygon:
    """Return the ground inside rings that may come in pieces; a ring in a ring is a hole."""
    found = list(lines)
    if len(found) == 1 and found[0].is_closed and len(found[0].coords) >= _FEWEST_POINTS:
        shape = shapely.MultiPolygon([shapely.Polygon(found[0])])
    else:
        shape = polygons_of(shapely.build_area(shapely.MultiLineString(found)))
    return shape if shape.is_valid else mended(shape)[0]


def _about_m2(shape: shapely.MultiPolygon) -> float:
    """Return the area of a shape in degrees, near enough to tell a pond from a puddle."""
    if shape.is_empty:
        return 0.0
    _, south, _, north = shape.bounds
    narrow = math.cos(math.radians((south + north) / 2.0))
    return float(shape.area * _METRES_PER_DEGREE**2 * narrow)
