"""The readers of land and place names: osmium files and Overpass answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from reso_geo.boundaries import open_osm
from reso_geo.osm.land import LandBuilder, LandCover, is_ground
from reso_geo.osm.land_file import read_land_file
from reso_geo.osm.readers import DAMAGED, NOT_OVERPASS, form_of, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reso_geo.boundaries import BoundingBox
    from reso_geo.osm.graphs.in_memory import StreetGraph

__all__ = ["read_land"]


def read_land(
    path: Path | StreetGraph,
    near: BoundingBox | None = None,
    progress: Callable[[float], None] | None = None,
) -> LandCover:
    """Read the land and the places of a street source.

    Parameters
    ----------
    path
        ``.osm.pbf`` or ``.pbf``, ``.osm``, Overpass ``.json`` or OSMnx ``.graphml``, or a graph in
        memory.
    near
        Where they are wanted; None for everywhere.
    progress
        Called with the share of the reading that is done, from 0 to 1.

    Returns
    -------
    LandCover
        Water, parks, reserves, cemeteries and woods that are large enough to find one's way by,
        whole, the places that people say they live in, and the outlines of neighbourhoods; nothing
        of an OSMnx graph, which has none. A multipolygon is there without the rings that the source
        holds in part.

    Raises
    ------
    NetworkError
        When the file is missing, damaged or of another kind.

    Examples
    --------
    >>> from reso_geo.atomic_files import data_file
    >>> sorted({area.kind for area in read_land(data_file("sample/sample.osm.pbf")).areas})
    ['park', 'water']
    """
    form = form_of(path) if isinstance(path, Path) else "graphml"
    builder = LandBuilder(near)
    if not isinstance(path, Path) or form == "graphml":
        return LandCover()
    if form == "overpass":
        _read_answer(path, builder)
        return builder.build()
    with refused(path, DAMAGED):
        read_land_file(open_osm(path, form), builder, progress)
    return builder.build()


def _read_answer(path: Path, builder: LandBuilder) -> None:
    """Read an Overpass answer, with points beside the ways or inside them."""
    with refused(path, NOT_OVERPASS):
        elements = json.loads(path.read_bytes())["elements"]
        place = {e["id"]: (e["lon"], e["lat"]) for e in elements if e["type"] == "node"}
        ways = {e["id"]: e for e in elements if e["type"] == "way"}
        for element in elements:
            tags = element.get("tags") or {}
            if not is_ground(tags):
                continue
            if element["type"] == "node":
                builder.add_point(tags, float(element["lon"]), float(element["lat"]))
            elif element["type"] == "way":
                if element["nodes"][0] == element["nodes"][-1]:
                    builder.add_area(tags, _lines([element], place))
            elif element["type"] == "relation":
                _add_relation(element, ways, place, builder)


def _add_relation(
    relation: Mapping[str, Any],
    ways: Mapping[int, Mapping[str, Any]],
    place: Mapping[int, tuple[float, float]],
    builder: LandBuilder,
) -> None:
    """Add a multipolygon, whose lines may stand in it or beside it."""
    rings: dict[bool, list[Mapping[str, Any]]] = {False: [], True: []}
    for member in relation.get("members") or ():
        if member["type"] == "way":
            line = member if "geometry" in member else ways.get(member["ref"], {})
            rings[member.get("role") == "inner"].append(line)
    builder.add_area(relation["tags"], _lines(rings[False], place), _lines(rings[True], place))


def _lines(
    ways: Iterable[Mapping[str, Any]], place: Mapping[int, tuple[float, float]]
) -> list[shapely.LineString]:
    """Return the lines of ways of which every point is there."""
    lines = []
    for way in ways:
        inside = way.get("geometry")
        if inside:
            points = [(float(p["lon"]), float(p["lat"])) if p else None for p in inside]
        else:
            points = [place.get(node) for node in way.get("nodes", ())]
        there = [point for point in points if point is not None]
        if len(there) == len(points) > 1:
            lines.append(shapely.LineString(there))
    return lines
