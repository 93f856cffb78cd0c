"""Columns that a table must have, and which header of a file stands for which."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Column", "Match", "Wanted", "matched", "plain"]

_PERSONAL = re.compile(
    r"agent|officer|polici|courriel|mail|phone|^tel$|^cell$|cellulaire|matricule|badge|birth"
    r"|naissance|prenom|firstname|lastname|surname|nomdefamille|contact|responsable"
)


@dataclass(frozen=True)
class Column:
    """A column that a table must have.

    Attributes
    ----------
    name
        Its name, also its English header.
    fr
        Its French header.
    also
        Other headers that are understood, in order of preference.
    within
        Smallest and largest number; None for text.
    whole
        The number has no fraction.
    filled
        An empty text is a fault; a number never may be empty.
    degrees
        Half of a place: its limits are judged together with the other half.
    optional
        A text that a table may go without: it is empty then.
    """

    name: str
    fr: str
    also: tuple[str, ...] = ()
    within: tuple[float, float] | None = None
    whole: bool = False
    filled: bool = False
    degrees: bool = False
    optional: bool = False


_LON = Column("lon", "longitude", ("long", "x"), (-180.0, 180.0), degrees=True)
_LAT = Column("lat", "latitude", ("y",), (-90.0, 90.0), degrees=True)
_GEOMETRY = Column("geometry", "géométrie", ("geom", "wkt", "wktgeom"), filled=True)


@dataclass(frozen=True)
class Wanted:
    """What a table is read for.

    Attributes
    ----------
    columns
        Those it must have.
    located
        Its rows have places.
    private
        Nothing that stands in it may be told, not even in an error.
    """

    columns: tuple[Column, ...]
    located: bool
    private: bool = False


@dataclass(frozen=True)
class Match:
    """Which header of a file stands for which column.

    Attributes
    ----------
    columns
        Those that were found, with the places of rows where they come from columns.
    at
        The position of each one's header.
    missing
        Names of columns without a header.
    twice
        Headers that stand for the same column equally well.
    ignored
        Headers of other columns, in order.
    personal
        Those of them that look personal.
    """

    columns: tuple[Column, ...]
    at: tuple[int, ...]
    missing: tuple[str, ...]
    twice: tuple[str, ...]
    ignored: tuple[str, ...]
    personal: tuple[str, ...]


def plain(text: str) -> str:
    """Give a text without case, accents, spaces and punctuation, for comparing.

    Parameters
    ----------
    text
        A header, or a word.

    Returns
    -------
    str
        Letters and digits.

    Examples
    --------
    >>> plain("Visites par semaine ") == plain("VISITES_PAR_SEMAINE")
    True
    >>> plain("Géométrie")
    'geometrie'
    """
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in folded if sign.isalnum())


def matched(headers: Sequence[str], wanted: Wanted, *, has_shapes: bool) -> Match:
    """Find the columns of a table among the headers of a file.

    Parameters
    ----------
    headers
        As the file writes them.
    wanted
        What to find.
    has_shapes
        The file's rows have geometries of their own.

    Returns
    -------
    Match
        What was found, and what was not.

    Examples
    --------
    >>> city, posts = Column("city", "ville"), Column("posts", "postes", within=(0, 9))
    >>> wanted = Wanted((city, posts), located=False)
    >>> found = matched(["Ville", "POSTES", "Courriel"], wanted, has_shapes=False)
    >>> found.at, found.missing, found.personal
    ((0, 1), (), ('Courriel',))
    """
    keys = [plain(header) for header in headers]
    columns = [*wanted.columns]
    if wanted.located and not has_shapes:
        columns += _place_columns(keys)
    found = {column: _header_of(keys, column) for column in columns}
    there = {column: at for column, at in found.items() if at is not None}
    taken = {keys[at] for at in there.values()}
    count = Counter(keys)
    twice = [h for h, key in zip(headers, keys, strict=True) if key in taken and count[key] > 1]
    ignored = [
        header for at, header in enumerate(headers) if at not in there.values() and header.strip()
    ]
    return Match(
        tuple(there),
        tuple(there.values()),
        tuple(c.name for c in columns if not (c in there or c.optional)),
        tuple(twice),
        tuple(ignored),
        tuple(header for header in ignored if _PERSONAL.search(plain(header))),
    )


def _place_columns(keys: Sequence[str]) -> tuple[Column, ...]:
    """Take longitude and latitude, or else a column of geometries in WKT."""
    in_degrees = (_LON, _LAT)
    if any(_header_of(keys, column) is not None for column in in_degrees):
        return in_degrees
    return in_degrees if _header_of(keys, _GEOMETRY) is None else (_GEOMETRY,)


def _header_of(keys: Sequence[str], column: Column) -> int | None:
    wanted = (plain(name) for name in (column.name, column.fr, *column.also))
    return next((keys.index(name) for name in wanted if name in keys), None)
