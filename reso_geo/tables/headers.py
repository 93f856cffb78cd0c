"""Which header of a file stands for which column."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reso_geo.choices import folded
from reso_geo.tables.kinds import PLACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo.tables.kinds import InputColumn

__all__ = ["Match", "Wanted", "matched", "plain"]

_PERSONAL = re.compile(
    r"agent|officer|polici|courriel|mail|phone|^tel$|^cell$|cellulaire|matricule|badge|birth"
    r"|naissance|prenom|firstname|lastname|surname|nomdefamille|contact|responsable"
)
_SMALL = frozenset(
    (
        "a", "au", "d", "de", "des", "du", "en", "l", "la", "le", "les", "par", "of", "per", "the",
        "nombre", "nb", "nbre", "number", "num", "no", "n", "wgs84", "wgs", "84", "deg", "degre",
        "degree", "degres", "degrees", "dd", "epsg", "4326",
    )
)  # fmt: skip
"""Words that headers of one meaning have or have not."""
_YEAR = re.compile(r"(19|20)\d\d")
_PLURAL_LETTERS = 3


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

    columns: tuple[InputColumn, ...]
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
        Columns without a header.
    twice
        Headers that stand for the same column equally well.
    ignored
        Headers of other columns, in order.
    personal
        Those of them that look personal.
    """

    columns: tuple[InputColumn, ...]
    at: tuple[int, ...]
    missing: tuple[InputColumn, ...]
    twice: tuple[str, ...]
    ignored: tuple[str, ...]
    personal: tuple[str, ...]


def plain(text: str) -> str:
    """Return a text without case, accents, spaces and punctuation, for comparing.

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
    >>> from reso_geo.tables.kinds import InputColumn
    >>> city, posts = InputColumn("city", "ville"), InputColumn("posts", "postes", within=(0, 9))
    >>> wanted = Wanted((city, posts), located=False)
    >>> found = matched(["Ville", "POSTES", "Courriel"], wanted, has_shapes=False)
    >>> found.at, found.missing, found.personal
    ((0, 1), (), ('Courriel',))
    """
    keys = [_Keys.of(header) for header in headers]
    columns = [*wanted.columns]
    if wanted.located and not has_shapes:
        columns += _place_columns(keys)
    found = {column: _headers_of(keys, column) for column in columns}
    there = {column: at[0] for column, at in found.items() if at}
    twice = sorted({at for same in found.values() if len(same) > 1 for at in same})
    ignored = [
        header for at, header in enumerate(headers) if at not in there.values() and header.strip()
    ]
    return Match(
        tuple(there),
        tuple(there.values()),
        tuple(column for column in columns if not (column in there or column.optional)),
        tuple(headers[at] for at in twice),
        tuple(ignored),
        tuple(header for header in ignored if _PERSONAL.search(plain(header))),
    )


@dataclass(frozen=True)
class _Keys:
    """What a header is compared by: itself, and its words without number, year and small words."""

    exact: str
    near: frozenset[str]

    @classmethod
    def of(cls, header: str) -> _Keys:
        words = folded(header).split()
        timeless = [word for word in words if not _YEAR.fullmatch(word)]
        return cls(plain(header), frozenset({_near(words), _near(timeless)} - {""}))


def _near(words: Sequence[str]) -> str:
    """Return the words that tell a header, singular and in alphabetical order."""
    telling = [word for word in words if word not in _SMALL]
    return " ".join(
        sorted(w[:-1] if len(w) > _PLURAL_LETTERS and w[-1] in "sx" else w for w in telling)
    )


def _place_columns(keys: Sequence[_Keys]) -> list[InputColumn]:
    """Find longitude and latitude, or else a column of geometries in WKT."""
    *in_degrees, geometry = PLACE
    if any(_headers_of(keys, column) for column in in_degrees):
        return in_degrees
    return [geometry] if _headers_of(keys, geometry) else in_degrees


def _headers_of(keys: Sequence[_Keys], column: InputColumn) -> list[int]:
    """Find the headers that stand for a column equally well, in the first way that finds any."""
    exact = [plain(name) for name in column.names]
    near = [_near(folded(name).split()) for name in column.names]
    ways = [[at for at, key in enumerate(keys) if key.exact == name] for name in exact]
    ways += [[at for at, key in enumerate(keys) if name in key.near] for name in near if name]
    return next((found for found in ways if found), [])
