"""Land and place names out of a PBF or XML file of any size.

Of the file, only what lies near the wanted place is kept; the places of its points stand in a
table, of a large file on disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import osmium
import shapely

from reso_geo.osm.land import LAND_TAGS, is_ground
from reso_geo.osm_files.source_file import FileSweeps, only

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reso_geo.boundaries import OsmFile
    from reso_geo.osm.land import LandBuilder

__all__ = ["read_land_file"]

_PLACE = "place"
_KEYS = (_PLACE, "boundary", *LAND_TAGS)
_AREA_TYPES = frozenset(("multipolygon", "boundary"))
_WKB = osmium.geom.WKBFactory()
_LARGE_BYTES = 1 << 28
_ON_DISK, _IN_MEMORY = "sparse_file_array", "flex_mem"


@dataclass(frozen=True)
class _Relation:
    """A multipolygon: its tags, and the ways of its outer and inner rings."""

    tags: dict[str, str]
    outer: tuple[int, ...]
    inner: tuple[int, ...]


def read_land_file(
    file: OsmFile, builder: LandBuilder, progress: Callable[[float], None] | None = None
) -> None:
    """Read the land and the places of a file.

    Parameters
    ----------
    file
        The file, opened.
    builder
        Takes them.
    progress
        Called with the share of the reading that is done, from 0 to 1.

    Raises
    ------
    RuntimeError
        When the file is damaged.
    """
    large = file.path.stat().st_size > _LARGE_BYTES
    sweeps = FileSweeps(file, progress)
    sweeps.count = 4 if large else 3
    relations = list(_relations(sweeps))
    locate = file.locators(_table(large=large))
    places = only(osmium.osm.NODE, osmium.filter.KeyFilter(_PLACE))
    keys = only(osmium.osm.WAY, osmium.filter.KeyFilter(*_KEYS))
    for thing in sweeps.sweep(osmium.osm.NODE | osmium.osm.WAY, keys, *locate, places):
        tags = dict(thing.tags)
        if thing.is_node():
            builder.add_point(tags, thing.lon, thing.lat)
        elif thing.is_closed() and is_ground(tags):
            builder.add_area(tags, filter(None, (_line(thing),)))
    wanted = list(_coming_near(sweeps, locate, relations, builder)) if large else relations
    _add_relations(sweeps, locate, wanted, builder)


def _table(*, large: bool) -> str:
    """Choose the table of points: of a large file it lies on disk where the system allows it."""
    return _ON_DISK if large and _ON_DISK in osmium.index.map_types() else _IN_MEMORY


def _relations(sweeps: FileSweeps) -> Iterator[_Relation]:
    """Return the multipolygons that are land, places or neighbourhoods."""
    keys = osmium.filter.KeyFilter(*_KEYS)
    for relation in sweeps.sweep(osmium.osm.RELATION, keys):
        tags = dict(relation.tags)
        if tags.get("type") in _AREA_TYPES and is_ground(tags):
            members = [(each.ref, each.role) for each in relation.members if each.type == "w"]
            yield _Relation(
                tags,
                tuple(way for way, role in members if role != "inner"),
                tuple(way for way, role in members if role == "inner"),
            )


def _coming_near(
    sweeps: FileSweeps,
    locate: tuple[object, ...],
    relations: list[_Relation],
    builder: LandBuilder,
) -> Iterator[_Relation]:
    """Return the multipolygons of which an outer line comes near: a province has many others."""
    numbers = {way for each in relations for way in each.outer}
    close = {way.id for way, line in _lines(sweeps, locate, numbers) if builder.wants(line.bounds)}
    for each in relations:
        if not close.isdisjoint(each.outer):
            yield each


def _add_relations(
    sweeps: FileSweeps,
    locate: tuple[object, ...],
    relations: list[_Relation],
    builder: LandBuilder,
) -> None:
    """Add multipolygons, each with all of its lines."""
    numbers = {way for each in relations for way in (*each.outer, *each.inner)}
    lines = {way.id: line for way, line in _lines(sweeps, locate, numbers)} if numbers else {}
    for each in relations:
        outer, inner = (
            [lines[way] for way in ways if way in lines] for ways in (each.outer, each.inner)
        )
        builder.add_area(each.tags, outer, inner)


def _lines(
    sweeps: FileSweeps, locate: tuple[object, ...], numbers: Iterable[int]
) -> Iterator[tuple[Any, shapely.LineString]]:
    """Return some ways with their lines; one that the file lacks a point of is left out."""
    wanted = only(osmium.osm.WAY, osmium.filter.IdFilter(numbers))
    for way in sweeps.sweep(osmium.osm.WAY, wanted, *locate):
        line = _line(way)
        if line is not None:
            yield way, line


def _line(way: Any) -> shapely.LineString | None:  # noqa: ANN401 - osmium.osm.Way, while it passes
    """Return the line of a way; None where the file lacks one of its points."""
    try:
        line = shapely.from_wkb(_WKB.create_linestring(way))
    except (osmium.InvalidLocationError, RuntimeError):
        return None
    return line if isinstance(line, shapely.LineString) else None
