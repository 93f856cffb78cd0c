"""The cells of a table as a file has them, whatever its format, and how to name a bad one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from reso_geo.choices import in_a_row, nearest
from reso_geo.errors import TableError
from reso_geo.i18n import Phrase, listed
from reso_geo.tables.fault import shown
from reso_geo.tables.headers import matched

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from reso_geo.tables.fault import Fault
    from reso_geo.tables.headers import Match, Wanted
    from reso_geo.tables.kinds import InputColumn

__all__ = ["ColumnName", "Grid", "TableFile", "Where", "match_in"]

_MOST_ROWS = 10
_LONG_ENOUGH = 4


@dataclass(frozen=True)
class TableFile:
    """A table's file, and how to say that it cannot be used.

    Attributes
    ----------
    path
        The file.
    """

    path: Path

    def refuse(self, key: str, values: Mapping[str, object] | None = None) -> NoReturn:
        """Raise a TableError that names the file.

        Parameters
        ----------
        key
            Of the catalogue, without its first part.
        values
            What goes into the sentence besides the file.

        Raises
        ------
        TableError
            Always.
        """
        where = {"file": shown(self.path.name)}
        raise TableError(Phrase(f"table.{key}", where | dict(values or {})))


@dataclass(frozen=True)
class Where:
    """Where the rows of a table stand in its file, as a person finds them.

    Attributes
    ----------
    file
        The file.
    part
        The sheet or layer, ready to follow the file's name; else empty.
    header_row
        The row of the headers; None for features, which have none.
    numbers
        The row or feature of each row of the table, counted from 1.
    """

    file: TableFile
    part: Phrase | str
    header_row: int | None
    numbers: Sequence[int]

    def refuse(self, faults: Mapping[tuple[int, str], Fault]) -> None:
        """Raise a TableError that names ten bad rows at most, and says how many more there are.

        Parameters
        ----------
        faults
            What is wrong, by row of the table and header as the file writes it (empty for the
            geometry of a feature).

        Raises
        ------
        TableError
            When anything is.
        """
        rows = sorted({at for at, _ in faults})
        alike: dict[tuple[str, str], list[tuple[int, Fault]]] = {}
        for (at, column), fault in sorted(faults.items(), key=lambda item: item[0][0]):
            if at in rows[:_MOST_ROWS]:
                alike.setdefault((column, str(fault.why)), []).append((at, fault))
        told: Phrase | str = ""
        for (column, _), same in alike.items():
            one = self._fault_note(column, same)
            told = Phrase("table.also", {"a": told, "b": one}) if told else one
        others = len(rows) - _MOST_ROWS
        more = Phrase("table.more", {"count": others}) if others > 0 else ""
        if told:
            self.file.refuse("bad_row", {"part": self.part, "told": told, "more": more})

    def _fault_note(self, column: str, same: Sequence[tuple[int, Fault]]) -> Phrase:
        """List the rows that have the same fault in one column."""
        values = list(dict.fromkeys(fault.value for _, fault in same if fault.value))
        what = in_a_row(Phrase("choices.quoted", {"name": value}) for value in values)
        count = {"count": len(same), "rows": listed((self.numbers[at] for at, _ in same), 10)}
        if self.header_row is None:
            place = Phrase("table.place.feature", count)
        else:
            place = Phrase("table.place.row", count | {"header": self.header_row})
        told = {
            "place": place,
            "column": shown(column) if column else Phrase("table.geometry"),
            "value": Phrase("table.value", {"value": what}) if what else "",
            "why": same[0][1].why,
        }
        return Phrase("table.bad_cells", told)


@dataclass(frozen=True)
class Grid:
    """The cells of the wanted columns; no other column leaves the file.

    Attributes
    ----------
    where
        Where the rows stand.
    match
        Which header stands for which column.
    headers
        The header of each matched column, as the file writes it.
    cells
        A row per row of the table, a cell per matched column.
    shapes
        Geometries in EPSG:4326, one a row; None where places come from columns.
    understood
        What the format was taken for.
    told
        What was left out, and what else is worth a sentence.
    faults
        What is wrong with whole rows, by row of the table and header.
    """

    where: Where
    match: Match
    headers: tuple[str, ...]
    cells: Sequence[Sequence[object]]
    shapes: Sequence[BaseGeometry | None] | None
    understood: Phrase
    told: tuple[Phrase, ...] = ()
    faults: Mapping[tuple[int, str], Fault] = field(default_factory=dict)

    @property
    def columns(self) -> list[tuple[InputColumn, str, list[object]]]:
        """Each matched column with its header and its cells."""
        cells = [[row[at] for row in self.cells] for at in range(len(self.headers))]
        return list(zip(self.match.columns, self.headers, cells, strict=True))


def match_in(
    file: TableFile, part: Phrase | str, headers: Sequence[str], wanted: Wanted, *, has_shapes: bool
) -> Match:
    """Match headers; refuse the file when a column is missing or stands there twice.

    Parameters
    ----------
    file
        The file.
    part
        Its sheet or layer, ready to follow the file's name; else empty.
    headers
        As the file writes them.
    wanted
        What to find.
    has_shapes
        The rows have geometries of their own.

    Returns
    -------
    Match
        Whole.
    """
    match = matched(headers, wanted, has_shapes=has_shapes)
    if match.twice:
        file.refuse("twice", {"part": part, "headers": listed(map(shown, match.twice))})
    if match.missing:
        near: tuple[Phrase, ...] = ()
        if wanted.private:  # without headers, the first row stands in their place
            found = str(sum(bool(header.strip()) for header in headers))
        else:
            found = listed((shown(header) for header in headers if header.strip()), 20) or "-"
            near = _near_headers(match)
        missing = in_a_row(map(ColumnName, match.missing))
        values = {"part": part, "missing": missing, "found": found, "near": _joined(near)}
        file.refuse("no_column", values)
    return match


class ColumnName(Phrase):
    """The name of a column: its French or its English header, by the language that is read.

    Parameters
    ----------
    column
        Any.
    """

    def __init__(self, column: InputColumn) -> None:
        super().__init__("", {"fr": column.fr, "en": column.name})

    def say(self, lang: str) -> str:
        """Return the header in a language.

        Parameters
        ----------
        lang
            ``fr`` or ``en``.

        Returns
        -------
        str
            The header.
        """
        return str(self.values[lang])


def _near_headers(match: Match) -> tuple[Phrase, ...]:
    """Return for each missing column the question whether a header that is left over means it."""
    return tuple(
        Phrase("table.near_header", {"header": shown(header), "column": ColumnName(column)})
        for column in match.missing
        for header in match.ignored
        if nearest(header, [each for each in column.names if len(each) >= _LONG_ENOUGH])
    )


def _joined(phrases: Iterable[Phrase]) -> Phrase | str:
    told: Phrase | str = ""
    for each in phrases:
        told = Phrase("table.then", {"a": told, "b": each})
    return told
