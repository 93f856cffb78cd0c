"""The cells of a table as a file has them, whatever its format, and how to name a bad one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from reso_geo.errors import TableError
from reso_geo.tables.cells import Fault, is_blank, shown
from reso_geo.tables.headers import matched
from reso_geo.words import Phrase, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from reso_geo.tables.headers import Match, Wanted

__all__ = ["Grid", "TableFile", "Where", "headers_and_rows", "match_in"]


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

    def refuse(self, faults: Mapping[tuple[int, str], Fault]) -> NoReturn:
        """Raise a TableError that names the first bad row, and says how many more there are.

        Parameters
        ----------
        faults
            What is wrong, by row of the table and header as the file writes it (empty for the
            geometry of a feature); not empty.

        Raises
        ------
        TableError
            Always.
        """
        (row, column), fault = min(faults.items(), key=lambda item: item[0][0])
        others = len({at for at, _ in faults}) - 1
        place: dict[str, object] = {"row": self.numbers[row]}
        if self.header_row is None:
            at = Phrase("table.place.feature", place)
        else:
            at = Phrase("table.place.row", place | {"header": self.header_row})
        values = {
            "part": self.part,
            "place": at,
            "column": shown(column) if column else Phrase("table.geometry"),
            "value": Phrase("table.value", {"value": fault.value}) if fault.value else "",
            "why": fault.why,
            "more": Phrase("table.more", {"count": others}) if others else "",
        }
        self.file.refuse("bad_row", values)


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
    """

    where: Where
    match: Match
    headers: tuple[str, ...]
    cells: Sequence[Sequence[object]]
    shapes: Sequence[BaseGeometry | None] | None
    understood: Phrase


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
        if wanted.private:  # without headers, the first row stands in their place
            found = str(sum(bool(header.strip()) for header in headers))
        else:
            found = listed((shown(header) for header in headers if header.strip()), 20) or "-"
        missing = {"missing": ", ".join(match.missing), "found": found}
        file.refuse("no_column", {"part": part, **missing})
    return match


def headers_and_rows(
    records: Iterable[Sequence[object]],
) -> tuple[int, list[str], list[tuple[int, Sequence[object]]]]:
    """Part the headers of a sheet from its rows, leaving out blank ones.

    Parameters
    ----------
    records
        All rows from the first.

    Returns
    -------
    tuple
        The row of the headers counted from 1 (0 when all is blank), the headers, and each row that
        is not blank with its number.

    Examples
    --------
    >>> headers_and_rows([[], ["city", "posts"], ["", " "], ["Port-Lajoie", 3]])
    (2, ['city', 'posts'], [(4, ['Port-Lajoie', 3])])
    """
    filled = [
        (number, record)
        for number, record in enumerate(records, 1)
        if not all(is_blank(cell) for cell in record)
    ]
    if not filled:
        return 0, [], []
    number, headers = filled[0]
    return number, ["" if is_blank(cell) else str(cell) for cell in headers], filled[1:]
