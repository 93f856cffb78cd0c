"""The built-in places: the Longueuil agglomeration, its cities, boroughs and one sector.

Facts stand in ``data/boundaries/registry.toml``, generalised outlines in
``data/boundaries/outlines.geojson``; where a street source holds a place's own relation, that
precise shape is used instead.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import shapely

from reso_geo.atomic_files import data_file
from reso_geo.boundaries.boundary import Boundary, file_name
from reso_geo.boundaries.relations import Relation, assembled, relations_in
from reso_geo.boundaries.shapes import polygons_of
from reso_geo.choices import folded
from reso_geo.i18n import Phrase, listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Place", "builtin_places", "place_named", "read_place"]

_SAME_GROUND = 0.5


@dataclass(frozen=True)
class Place:
    """A built-in place and what is known about it.

    Attributes
    ----------
    name
        The official name.
    also
        Other names that find it.
    kind
        ``agglomeration``, ``city``, ``borough`` or ``sector``.
    part_of
        The name of the place around it, None for the agglomeration.
    sgc
        Statistics Canada's code of the standard geographical classification.
    relation
        The OpenStreetMap relation.
    population
        Residents in `population_year`.
    population_year
        A census year.
    land_km2
        Land area, in square kilometres.
    territory_km2
        Area with the river, in square kilometres.
    origin
        What the generalised outline was drawn from.
    """

    name: str
    kind: str
    origin: str
    also: tuple[str, ...] = ()
    part_of: str | None = None
    sgc: str | None = None
    relation: int | None = None
    population: int | None = None
    population_year: int | None = None
    land_km2: float | None = None
    territory_km2: float | None = None


@cache
def builtin_places() -> tuple[Place, ...]:
    """Return the built-in places, each after the one that it is part of.

    Returns
    -------
    tuple of Place
        The agglomeration first.

    Examples
    --------
    >>> [place.name for place in builtin_places() if place.kind == "borough"]
    ['Le Vieux-Longueuil', 'Saint-Hubert', 'Greenfield Park']
    """
    path = data_file("boundaries/registry.toml")
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["place"]
    return tuple(Place(**{**entry, "also": tuple(entry.get("also", ()))}) for entry in entries)


def place_named(name: str) -> Place | None:
    """Find a built-in place.

    Parameters
    ----------
    name
        Its name in any case, with or without accents, hyphens and apostrophes.

    Returns
    -------
    Place or None
        None when no place has that name.

    Examples
    --------
    >>> place_named("st hubert").name
    'Saint-Hubert'
    """
    wanted = folded(name)
    found = (p for p in builtin_places() if wanted in map(folded, (p.name, *p.also)))
    return next(found, None)


def read_place(place: Place, source: Path | None) -> Boundary:
    """Return the boundary of a built-in place, precise where the street source has it.

    Parameters
    ----------
    place
        A built-in place.
    source
        The street source, if there is one.

    Returns
    -------
    Boundary
        The agglomeration comes as its five cities: all precise or all generalised, since the two
        do not meet without gaps.

    Raises
    ------
    BoundaryError
        When the source cannot be read.

    Examples
    --------
    >>> read_place(place_named("Saint-Lambert"), None).kind
    'generalised'
    """
    cities = _cities(place)
    outlines = _outlines()
    found, notes = _precise(cities, outlines, source) if source else ({}, ())
    if len(found) == len(cities):
        numbers = listed(f"r{relation.number}" for relation, _ in found.values())
        return Boundary(
            names=tuple(city.name for city in cities),
            shapes=tuple(found[city.name][1] for city in cities),
            kind="precise",
            origin=f"OpenStreetMap relation {numbers}",
        )
    return Boundary(
        names=tuple(city.name for city in cities),
        shapes=tuple(outlines[city.name] for city in cities),
        kind="generalised",
        origin=place.origin,
        notes=(*notes, Phrase("boundary.note.generalised", {"name": place.name})),
    )


def _cities(place: Place) -> tuple[Place, ...]:
    if place.kind != "agglomeration":
        return (place,)
    return tuple(each for each in builtin_places() if each.part_of == place.name)


@cache
def _outlines() -> Mapping[str, shapely.MultiPolygon]:
    path = data_file("boundaries/outlines.geojson")
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return MappingProxyType(
        {
            feature["properties"]["name"]: polygons_of(
                shapely.from_geojson(json.dumps(feature["geometry"]))
            )
            for feature in features
        }
    )


def _precise(
    cities: Sequence[Place], outlines: Mapping[str, shapely.MultiPolygon], source: Path
) -> tuple[dict[str, tuple[Relation, shapely.MultiPolygon]], tuple[Phrase, ...]]:
    """Find the cities in the source; say which of them it lacks when it has others, or cuts."""
    relations = relations_in(source) or []
    candidates = {city.name: _candidates(city, relations) for city in cities}
    shapes = assembled(source, {each.number for found in candidates.values() for each in found})
    found = {
        name: (relation, shapes[relation.number])
        for name, possible in candidates.items()
        for relation in possible
        if relation.number in shapes and _same_ground(shapes[relation.number], outlines[name])
    }
    missing = [name for name in candidates if name not in found]
    if not missing or not any(candidates.values()):
        return found, ()
    values = {"file": file_name(source), "names": listed(missing)}
    return found, (Phrase("boundary.note.not_whole", values),)


def _candidates(city: Place, relations: Sequence[Relation]) -> list[Relation]:
    """Return the relation of that number, else those of that name."""
    if city.relation is not None:
        return [each for each in relations if each.number == city.relation]
    wanted = folded(city.name)
    return [each for each in relations if each.administrative and wanted in each.answers_to]


def _same_ground(shape: shapely.MultiPolygon, outline: shapely.MultiPolygon) -> bool:
    """Distinguish a place from another of the same name elsewhere."""
    shared = shapely.area(shapely.intersection(shape, outline))
    return bool(shared > _SAME_GROUND * shapely.area(shapely.union(shape, outline)))
