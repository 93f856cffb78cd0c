"""The areas that a street source holds as OpenStreetMap relations.

Relations are listed first, then only those wanted are assembled. An extract cuts the relations at
its edge: those come back without a shape, and the caller decides whether that is an error.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import osmium
import shapely

from reso_geo.boundaries.boundary import clean_name, file_name
from reso_geo.boundaries.overpass_relations import OverpassAnswer
from reso_geo.boundaries.rows import first_bytes
from reso_geo.boundaries.shapes import mended, polygons_of
from reso_geo.choices import folded
from reso_geo.errors import BoundaryError, ResoGeoError
from reso_geo.i18n import Phrase
from reso_geo.osm_files.sorting import numbered, shifted
from reso_geo.osm_files.source_file import only, open_osm

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

__all__ = ["Relation", "assembled", "relations_in"]

_AREA_TYPES = ("boundary", "multipolygon")
_NAME_TAGS = ("name", "name:fr", "name:en", "official_name", "alt_name", "short_name")
_WITHOUT_RELATIONS = (b"SQLite format 3\x00", b"<graphml")


@dataclass(frozen=True)
class Relation:
    """An area relation: its number, its name, and what it bounds.

    Attributes
    ----------
    number
        The OpenStreetMap id.
    name
        The local name; ``r`` and the number when it has none.
    answers_to
        Every name it goes by, folded for comparison.
    level
        The administrative level, empty when it has none.
    boundary
        What it bounds (``administrative``, ``police``...), empty when it is no boundary.
    """

    number: int
    name: str
    answers_to: frozenset[str]
    level: str
    boundary: str

    @property
    def administrative(self) -> bool:
        """Whether it bounds a country, a city, a borough..."""
        return self.boundary == "administrative"

    def __str__(self) -> str:
        """Return its name and number, as messages show it."""
        return f"{self.name} (r{self.number})"


class _Source(Protocol):
    def tagged(self) -> Iterator[tuple[int, Mapping[str, str]]]: ...
    def assembled(self, numbers: Collection[int]) -> dict[int, shapely.MultiPolygon]: ...


def relations_in(path: Path) -> list[Relation] | None:
    """List the area relations of a street source.

    Parameters
    ----------
    path
        A PBF or XML file, or an Overpass answer.

    Returns
    -------
    list of Relation or None
        In the order of the file, cut ones included; None when the format holds no relations
        (GraphML, a plan).

    Raises
    ------
    BoundaryError
        When the file is missing or cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "streets.osm"
    >>> _ = path.write_text('<osm version="0.6"></osm>')
    >>> relations_in(path)
    []
    """
    source = _opened(path)
    if source is None:
        return None
    return [
        _relation(number, tags)
        for number, tags in source.tagged()
        if tags.get("type") in _AREA_TYPES
    ]


def assembled(path: Path, numbers: Collection[int]) -> dict[int, shapely.MultiPolygon]:
    """Assemble relations into shapes.

    Parameters
    ----------
    path
        A file that `relations_in` has listed.
    numbers
        Relations of it.

    Returns
    -------
    dict of int to shapely.MultiPolygon
        Valid shapes in longitude and latitude (EPSG:4326), exclaves kept. A relation is missing
        when a member or a node of it is not in the file, or its lines do not close.

    Raises
    ------
    BoundaryError
        When the file cannot be read to its end.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "streets.osm"
    >>> _ = path.write_text('<osm version="0.6"></osm>')
    >>> assembled(path, [6948543])
    {}
    """
    source = _opened(path)
    if source is None or not numbers:
        return {}
    shapes = source.assembled(numbers)
    return {
        number: shape if shape.is_valid else mended(shape)[0] for number, shape in shapes.items()
    }


def _relation(number: int, tags: Mapping[str, str]) -> Relation:
    names = (folded(tags[key]) for key in _NAME_TAGS if key in tags)
    return Relation(
        number=number,
        name=clean_name(tags.get("name", "")) or f"r{number}",
        answers_to=frozenset(name for name in names if name),
        level=tags.get("admin_level", "").strip(),
        boundary=tags.get("boundary", ""),
    )


def _opened(path: Path) -> _Source | None:
    head = first_bytes(path)
    if any(mark in head for mark in _WITHOUT_RELATIONS):
        return None
    if head.startswith(b"{"):
        return OverpassAnswer(path)
    if head.startswith(b"<"):
        return _OsmiumFile(path, "xml")
    # Without a mark of its own, a compressed file is told by its extension.
    return _OsmiumFile(path, "pbf" if b"OSMHeader" in head else "")


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    """Refuse a file that osmium does not read to its end as broken."""
    try:
        yield
    except ResoGeoError:
        raise
    except (RuntimeError, ValueError, OSError, osmium.InvalidLocationError) as error:
        where = {"file": file_name(path)}
        raise BoundaryError(Phrase("boundary.broken_source", where)) from error


class _OsmiumFile:
    """A PBF or XML file, read by osmium."""

    def __init__(self, path: Path, form: str) -> None:
        self._path = path
        with _refused(path):
            self._file = open_osm(path, form)
        self._odd = False

    def tagged(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        with _refused(self._path):
            for relation in self._file.sweep(osmium.osm.RELATION, osmium.filter.KeyFilter("type")):
                yield numbered(relation.id), dict(relation.tags)

    def assembled(self, numbers: Collection[int]) -> dict[int, shapely.MultiPolygon]:
        wanted = list(map(shifted, numbers))
        with _refused(self._path):
            shapes = self._shapes(wanted)
            if self._odd:
                self._file = self._file.in_order()
                shapes = self._shapes(wanted)
        return {numbered(number): shape for number, shape in shapes.items()}

    def _shapes(self, numbers: Collection[int]) -> dict[int, shapely.MultiPolygon]:
        factory = osmium.geom.WKBFactory()
        self._odd = False
        shapes = {}
        for area in self._areas(numbers):
            if area.num_rings()[0]:
                wkb = factory.create_multipolygon(area)
                shapes[area.orig_id()] = polygons_of(shapely.from_wkb(wkb))
        return shapes

    def _areas(self, numbers: Collection[int]) -> Iterator[Any]:
        """Return the areas of relations; of the file, only their ways and points are kept.

        Osmium neither assembles ways that are not in the order of their numbers nor finds points
        with a number below zero: such a file is odd.
        """
        manager = osmium.area.AreaManager()
        wanted = osmium.filter.IdFilter(numbers)
        members, points = osmium.IdTracker(), osmium.IdTracker()
        first = manager.first_pass_handler()
        for relation in self._file.sweep(osmium.osm.RELATION, wanted, first):
            self._odd |= any(member.ref < 0 for member in relation.members)
            members.add_references(relation)
        only_members = only(osmium.osm.WAY, members.id_filter())
        last = 0
        for way in self._file.sweep(osmium.osm.WAY, only_members):
            self._odd |= way.id <= last or any(node.ref < 0 for node in way.nodes)
            last = way.id
            points.add_references(way)
        if self._odd:
            return
        only_points = only(osmium.osm.NODE, points.id_filter())
        # Closed ways come as areas too; a relation's area has an odd id of its own.
        own = osmium.filter.IdFilter(2 * number + 1 for number in numbers)
        areas = osmium.BufferIterator(own)
        build = manager.second_pass_to_buffer(areas)
        handlers = (only_points, only_members, *self._file.locators(), build)
        deque(self._file.sweep(osmium.osm.NODE | osmium.osm.WAY, *handlers), maxlen=0)
        yield from areas
