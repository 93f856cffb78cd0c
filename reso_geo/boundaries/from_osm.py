"""Boundaries asked for as ``osm:NAME``, ``osm:admin_level=8`` or ``osm:r1234``."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from reso_geo.boundaries.boundary import Boundary, file_name
from reso_geo.boundaries.relations import Relation, assembled, relations_in
from reso_geo.choices import folded, meant
from reso_geo.errors import BoundaryError
from reso_geo.i18n import Phrase, listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["read_osm"]

_NUMBER = re.compile(r"r(-?\d{1,18})", re.IGNORECASE)
_LEVEL = re.compile(r"admin_level\s*=\s*(\d{1,2})", re.IGNORECASE)


def read_osm(request: str, source: Path | None) -> Boundary:
    """Read a boundary from the relations of a street source.

    Parameters
    ----------
    request
        What follows ``osm:``: a name, ``admin_level=8`` or ``r1234``.
    source
        The street source.

    Returns
    -------
    Boundary
        One city, or with a level each complete relation of that level.

    Raises
    ------
    BoundaryError
        When there is no such relation, several have the name, or the extract cuts it.

    Examples
    --------
    >>> read_osm("admin_level=8", None)
    Traceback (most recent call last):
    reso_geo.errors.BoundaryError: osm:admin_level=8 needs a street source ...
    """
    if source is None:
        raise BoundaryError(Phrase("boundary.no_source", {"request": request}))
    relations = relations_in(source)
    if relations is None:
        raise BoundaryError(Phrase("boundary.no_relations", {"file": file_name(source)}))
    level = _LEVEL.fullmatch(request)
    if level:
        return _of_level(level[1], relations, source)
    if not request or "=" in request:
        raise BoundaryError(Phrase("boundary.bad_request", {"request": request}))
    number = _NUMBER.fullmatch(request)
    if number:
        return _single(_numbered(int(number[1]), relations, source), source)
    return _single(_named(request, relations, source), source)


def _single(relation: Relation, source: Path) -> Boundary:
    shape = assembled(source, [relation.number]).get(relation.number)
    if shape is None:
        values = {"relation": relation, "file": file_name(source)}
        raise BoundaryError(Phrase("boundary.cut", values))
    origin = f"OpenStreetMap relation r{relation.number}"
    return Boundary((relation.name,), (shape,), "precise", origin)


def _numbered(number: int, relations: Sequence[Relation], source: Path) -> Relation:
    for relation in relations:
        if relation.number == number:
            return relation
    raise BoundaryError(Phrase("boundary.no_number", {"number": number, "file": file_name(source)}))


def _named(name: str, relations: Sequence[Relation], source: Path) -> Relation:
    found = [each for each in relations if each.boundary and folded(name) in each.answers_to]
    found = [each for each in found if each.administrative] or found
    if len(found) == 1:
        return found[0]
    values: dict[str, object] = {"name": name, "file": file_name(source)}
    if found:
        which = listed(f"osm:r{each.number} (admin_level={each.level or '-'})" for each in found)
        raise BoundaryError(Phrase("boundary.ambiguous", values | {"found": which}))
    known = [each.name for each in relations if each.administrative]
    values["meant"] = meant(name, known)
    raise BoundaryError(Phrase("boundary.no_such_relation", values))


def _of_level(level: str, relations: Sequence[Relation], source: Path) -> Boundary:
    administrative = [each for each in relations if each.administrative]
    wanted = [each for each in administrative if each.level == level]
    shapes = assembled(source, [each.number for each in wanted])
    whole = [each for each in wanted if each.number in shapes]
    if not whole:
        counts = Counter(each.level for each in administrative if each.level)
        found = listed(f"{each} ({count})" for each, count in sorted(counts.items(), key=_numeric))
        levels = Phrase("boundary.levels" if found else "boundary.no_levels", {"levels": found})
        values = {"level": level, "file": file_name(source), "levels": levels, "cut": len(wanted)}
        raise BoundaryError(Phrase("boundary.no_level", values))
    cut = [each for each in wanted if each.number not in shapes]
    values = {
        "level": level,
        "file": file_name(source),
        "relations": listed(cut),
        "count": len(cut),
    }
    return Boundary(
        names=_distinguished(whole),
        shapes=tuple(shapes[each.number] for each in whole),
        kind="precise",
        origin=f"OpenStreetMap admin_level={level}",
        notes=(Phrase("boundary.note.cut", values),) if cut else (),
    )


def _numeric(level: tuple[str, int]) -> tuple[int, str]:
    return (int(level[0]) if level[0].isdecimal() else 0, level[0])


def _distinguished(relations: Sequence[Relation]) -> tuple[str, ...]:
    count = Counter(each.name for each in relations)
    return tuple(str(each) if count[each.name] > 1 else each.name for each in relations)
