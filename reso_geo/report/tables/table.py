"""A table, once for the terminal, CSV, XLSX, Markdown and JSON.

A column says what a row has in it, in which unit it is kept and shown, and who may see it. Values
stay in seconds, metres and shares until a writer asks for text; sentences until it has a language.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from reso_geo.i18n import LANGUAGES, Phrase, decimal, duration, say
from reso_geo.plan import sees_inside, shown_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Cell", "Column", "Table", "said", "table_of", "values_of"]

Row = TypeVar("Row")
Whole = TypeVar("Whole")
Cell = str | int | float | Phrase | Callable[[str], str] | None
"""A text (the same in all languages), a number, a sentence, what writes one in a language."""


_WORDS = frozenset(("text", "name", "day"))


@dataclass(frozen=True)
class _Unit:
    """How numbers of a kind are shown: times one number over another, with so many decimals."""

    places: int
    times: float = 1.0
    over: float = 1.0


_UNITS = MappingProxyType(
    {
        "whole": _Unit(0),
        "people": _Unit(0),
        "setting": _Unit(2),
        "tenth": _Unit(1),
        "hundredth": _Unit(2),
        "hours": _Unit(1, over=3600.0),
        "share": _Unit(0, times=100.0),
        "percent": _Unit(1, times=100.0),
    }
)


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column of a table.

    Attributes
    ----------
    head
        Its heading: a key of the catalogue, or a sentence of it; empty where it is only for JSON.
    value
        Name of an attribute of a row, with dots for parts of it, or what finds its cell; nothing in
        a table whose rows are given as cells.
    kind
        ``text``, ``name`` (a text that a narrow terminal may cut), ``day``, ``whole``, ``people``
        (a whole number of them, of which the public is not told a small one), ``tenth`` (one
        decimal), ``hundredth``, ``hours`` (kept in seconds), ``share`` (of 1, shown in whole per
        cent), ``percent`` (likewise with a decimal) or ``setting`` (any number).
    width
        On a sheet, in signs.
    json
        Its key in JSON; None for the name of the attribute, empty for a column that is only for
        people.
    inside
        True where the public may not see it.
    empty
        Key of what people read in place of an empty text.
    words
        First part of the keys by which people read codes, such as ``verdict``; empty for no code.
    """

    head: str | Phrase
    value: str | Callable[[Row], Cell] = ""
    kind: str = "text"
    width: int = 12
    json: str | None = None
    inside: bool = False
    empty: str = ""
    words: str = ""

    @property
    def key(self) -> str:
        """Its key in JSON; empty for none."""
        named = self.value if isinstance(self.value, str) else ""
        return named if self.json is None else self.json

    def cell(self, row: Row, audience: str = "internal") -> Cell:
        """Return what a row has in it.

        Parameters
        ----------
        row
            What the table tells of.
        audience
            One of `reso_geo.i18n.AUDIENCES`.

        Returns
        -------
        str, number, Phrase or callable
            In the unit that it is kept in; None for nothing.
        """
        read = attrgetter(self.value) if isinstance(self.value, str) else self.value
        found: Cell = read(row)
        people = self.kind == "people" and isinstance(found, int)
        return shown_count(found, audience) if people else found  # type: ignore[arg-type]

    @property
    def is_text(self) -> bool:
        """True where cells are words, which stand on the left."""
        return self.kind in _WORDS

    @property
    def places(self) -> int:
        """How many decimals its numbers are shown with."""
        return _UNITS[self.kind].places

    def heading(self, lang: str) -> str:
        """Return its heading.

        Parameters
        ----------
        lang
            ``fr`` or ``en``.

        Returns
        -------
        str
            In that language.
        """
        return self.head.say(lang) if isinstance(self.head, Phrase) else say(lang, self.head)

    def within(self, head: str | Phrase, part: Callable[[Whole], Row]) -> Column[Whole]:
        """Return it for rows that have what it tells of as a part.

        Parameters
        ----------
        head
            Its heading there.
        part
            Finds the part of a row.

        Returns
        -------
        Column
            Of the same kind.
        """
        return replace(self, head=head, value=lambda whole: self.cell(part(whole)))  # type: ignore[return-value, arg-type]

    def shown(self, value: Cell, lang: str) -> str | float | None:
        """Return a cell as a reader sees it, a number still one.

        Parameters
        ----------
        value
            Of a row.
        lang
            ``fr`` or ``en``.

        Returns
        -------
        str, float or None
            A number in the unit of the column; None for nothing, and for an infinite one.
        """
        found = said(value, lang)
        if not found and self.empty:
            return say(lang, self.empty)
        if found and self.words:
            return say(lang, f"{self.words}.{found}")
        if isinstance(found, str) or found is None or not math.isfinite(found):
            return found if isinstance(found, str) else None
        unit = _UNITS[self.kind]
        return found if unit.times == unit.over else found * unit.times / unit.over

    def text(self, value: Cell, lang: str, nothing: str = "-") -> str:
        """Write a cell for people.

        Parameters
        ----------
        value
            Of a row.
        lang
            ``fr`` or ``en``.
        nothing
            What stands for no value.

        Returns
        -------
        str
            Hours as hours and minutes.
        """
        shown = self.shown(value, lang)
        if shown is None or isinstance(shown, str):
            return shown or nothing
        if self.kind == "hours" and isinstance(value, int | float):
            return duration(lang, value)
        return decimal(lang, shown, self.places)


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes
    ----------
    key
        Of its title in the catalogue; empty for none.
    columns, rows
        A row has a cell a column. A count that may not be told is text.
    notes
        What stands beneath.
    """

    key: str
    columns: tuple[Column[Any], ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()

    def without_empty(self) -> Table:
        """Drop the columns in which no row has anything.

        Returns
        -------
        Table
            With its first column at least.
        """
        kept = [
            at
            for at, column in enumerate(self.columns)
            if at == 0 or column.empty or any(row[at] not in (None, "") for row in self.rows)
        ]
        return self._picked(kept)

    @property
    def for_people(self) -> Table:
        """The columns that have a heading."""
        kept = [at for at, column in enumerate(self.columns) if column.head]
        return self._picked(kept)

    def _picked(self, kept: Sequence[int]) -> Table:
        rows = tuple(tuple(row[at] for at in kept) for row in self.rows)
        return replace(self, columns=tuple(self.columns[at] for at in kept), rows=rows)

    def heads(self, lang: str) -> list[str]:
        """Return the headings.

        Parameters
        ----------
        lang
            ``fr`` or ``en``.

        Returns
        -------
        list of str
            One a column.
        """
        return [column.heading(lang) for column in self.columns]

    def texts(self, lang: str, nothing: str = "-") -> list[list[str]]:
        """Write all cells for people.

        Parameters
        ----------
        lang
            ``fr`` or ``en``.
        nothing
            What stands for no value.

        Returns
        -------
        list of list of str
            A list a row.
        """
        return [
            [c.text(value, lang, nothing) for c, value in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]

    def records(self) -> list[dict[str, object]]:
        """Return the rows for JSON.

        Returns
        -------
        list of dict
            Values by the keys of the columns, in seconds, metres and shares; None for an empty text
            and an infinite number. What is written in a language stands there in each of them.
        """
        return [
            {
                column.key: _plain(value)
                for column, value in zip(self.columns, row, strict=True)
                if column.key
            }
            for row in self.rows
        ]


def table_of(
    key: str,
    columns: Sequence[Column[Row]],
    items: Iterable[Row],
    audience: str = "internal",
    notes: tuple[str, ...] = (),
) -> Table:
    """Fill a table.

    Parameters
    ----------
    key, columns
        See `Table`.
    items
        What its rows tell of.
    audience
        One of `reso_geo.i18n.AUDIENCES`.
    notes
        See `Table`.

    Returns
    -------
    Table
        For the public without the columns that it may not see.
    """
    chosen = tuple(each for each in columns if sees_inside(audience) or not each.inside)
    rows = tuple(tuple(each.cell(item, audience) for each in chosen) for item in items)
    return Table(key, chosen, rows, notes)


def values_of(item: object, *names: str) -> dict[str, object]:
    """Return attributes for JSON.

    Parameters
    ----------
    item
        What has them.
    *names
        Of the attributes, which are the keys too.

    Returns
    -------
    dict
        A tuple as a list.
    """
    found = {name: getattr(item, name) for name in names}
    return {key: list(v) if isinstance(v, tuple) else v for key, v in found.items()}


def said(value: Cell, lang: str) -> str | float | None:
    """Return a cell in a language.

    Parameters
    ----------
    value
        Of a row.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    str, float or None
        A number as it was.
    """
    if isinstance(value, Phrase):
        return value.say(lang)
    return value(lang) if callable(value) else value


def _plain(value: Cell) -> object:
    """Return a cell as JSON can hold it."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Phrase) or callable(value):
        return {lang: said(value, lang) for lang in LANGUAGES}
    return value if value != "" else None
