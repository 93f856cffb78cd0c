"""Sheets of a workbook, or the one of a CSV file: which is meant, and where its table begins."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reso_geo.i18n import Phrase, listed
from reso_geo.tables.fault import is_blank, shown
from reso_geo.tables.grid import Grid, Where, match_in
from reso_geo.tables.headers import matched
from reso_geo.tables.skipped import cell_at, skipped_notes, sorted_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo.tables.grid import TableFile
    from reso_geo.tables.headers import Match, Wanted

__all__ = ["Head", "RawSheet", "chosen", "grid_of", "head_of"]

_FIRST_ROWS = 10
"""How many rows that are not blank are searched for the headers."""


@dataclass(frozen=True)
class RawSheet:
    """All cells of a sheet, from its first row and column.

    Attributes
    ----------
    records
        Its rows; blank ones keep their place.
    name
        As its tab shows it; empty for a CSV file.
    hidden
        The sheet itself is hidden.
    hidden_rows
        Numbers of rows hidden by hand or by a filter, counted from 1.
    hidden_columns
        Positions of hidden columns, counted from 0.
    """

    records: Sequence[Sequence[object]]
    name: str = ""
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Head:
    """The headers of a sheet.

    Attributes
    ----------
    row
        Their row counted from 1 (the lower one of two); 0 for a sheet without a cell.
    headers
        As the file writes them.
    match
        What they stand for.
    """

    row: int
    headers: list[str]
    match: Match


def head_of(sheet: RawSheet, wanted: Wanted) -> Head:
    """Find the headers of a sheet among its first ten rows: titles may stand above them.

    Parameters
    ----------
    sheet
        All its cells.
    wanted
        The columns.

    Returns
    -------
    Head
        The first row with all columns, or two rows that have them together; else the row that has
        most of them.

    Examples
    --------
    >>> from reso_geo.tables.headers import Wanted
    >>> from reso_geo.tables.kinds import InputColumn
    >>> columns = InputColumn("city", "ville"), InputColumn("posts", "postes")
    >>> sheet = RawSheet([["Postes 2025"], [], ["Ville", "Postes"], ["Port-Lajoie", 3]])
    >>> head_of(sheet, Wanted(columns, located=False)).row
    3
    """
    filled = [
        (number, record)
        for number, record in enumerate(sheet.records, 1)
        if not all(map(is_blank, record))
    ][: _FIRST_ROWS + 1]
    rows = [(number, _texts(record)) for number, record in filled]
    seen_first = sorted(rows[:_FIRST_ROWS], key=lambda row: row[0] in sheet.hidden_rows)
    heads = [_head(number, texts, sheet, wanted) for number, texts in seen_first]
    whole = [head for head in heads if not head.match.missing]
    if not whole:
        both = [
            _head(lower, _over(upper, texts), sheet, wanted)
            for (_, upper), (lower, texts) in itertools.pairwise(rows)
        ]
        whole = [head for head in both if not head.match.missing]
    nothing = Head(0, [], matched([], wanted, has_shapes=False))
    return min(whole or heads, key=lambda head: len(head.match.missing), default=nothing)


def _texts(record: Sequence[object]) -> list[str]:
    return ["" if is_blank(cell) else str(cell) for cell in record]


def _over(upper: list[str], lower: list[str]) -> list[str]:
    """Merge a second row of headers into the first: a merged cell stands in one of them only."""
    size = max(len(upper), len(lower))
    upper, lower = ([*row, *[""] * (size - len(row))] for row in (upper, lower))
    return [low or up for up, low in zip(upper, lower, strict=True)]


def _head(number: int, headers: list[str], sheet: RawSheet, wanted: Wanted) -> Head:
    """Match the headers that can be seen, and hidden ones only where these do not do."""
    seen = ["" if at in sheet.hidden_columns else text for at, text in enumerate(headers)]
    match = matched(seen, wanted, has_shapes=False)
    if match.missing and seen != headers:
        both = matched(headers, wanted, has_shapes=False)
        if len(both.missing) < len(match.missing):
            return Head(number, headers, both)
    return Head(number, seen, match)


def chosen(file: TableFile, sheets: Sequence[RawSheet], wanted: Wanted, form: str) -> Grid:
    """Return the sheet of a workbook that is meant.

    Parameters
    ----------
    file
        The workbook.
    sheets
        All its sheets, in order.
    wanted
        The columns.
    form
        The name of the format, for the messages.

    Returns
    -------
    Grid
        Of the first sheet with all columns; of a hidden one only where no other has them, and this
        is told. A workbook where none has them is refused for the one that comes nearest.
    """
    heads = {at: head_of(sheet, wanted) for at, sheet in enumerate(sheets)}
    if not any(head.row for head in heads.values()):
        file.refuse("empty_file")
    order = sorted(heads, key=lambda at: (len(heads[at].match.missing), sheets[at].hidden))
    best, *others = order
    sheet = sheets[best]
    told: list[Phrase] = []
    if sheet.hidden:
        told.append(Phrase("table.hidden_sheet", {"name": shown(sheet.name)}))
    also = [
        shown(sheets[at].name)
        for at in others
        if not (heads[at].match.missing or sheets[at].hidden or sheet.hidden)
    ]
    if also:
        names = {"name": shown(sheet.name), "count": len(also), "names": listed(also)}
        told.append(Phrase("table.other_sheets", names))
    part = Phrase("table.part.sheet", {"name": shown(sheet.name)})
    understood = Phrase("table.understood.sheet", {"format": form, "sheet": shown(sheet.name)})
    grid = grid_of(file, sheet, heads[best], wanted, part, understood)
    return replace(grid, told=(*told, *grid.told))


def grid_of(
    file: TableFile,
    sheet: RawSheet,
    head: Head,
    wanted: Wanted,
    part: Phrase | str,
    understood: Phrase,
) -> Grid:
    """Cut the table out of a sheet.

    Parameters
    ----------
    file
        Its file.
    sheet
        All its cells.
    head
        From `head_of`.
    wanted
        The columns.
    part
        The sheet, ready to follow the file's name; else empty.
    understood
        What the format was taken for.

    Returns
    -------
    Grid
        Without hidden and blank rows, totals, and rows pasted twice.
    """
    match = match_in(file, part, head.headers, wanted, has_shapes=False)
    below = list(enumerate(sheet.records, 1))[head.row :]
    filled = [row for row in below if not all(map(is_blank, row[1]))]
    last = filled[-1][0] if filled else 0
    seen = [row for row in filled if row[0] not in sheet.hidden_rows]
    kept, skipped, faults = sorted_out(seen, match, None, repeats=wanted.private)
    numbers = [seen[at][0] for at in kept]
    skipped["hidden"] = [number for number, _ in filled if number in sheet.hidden_rows]
    skipped["blank"] = [n for n, row in below if n < last and all(map(is_blank, row))]
    headers = tuple(head.headers[at] for at in match.at)
    hidden = [shown(head.headers[at]) for at in match.at if at in sheet.hidden_columns]
    told = (Phrase("table.hidden_columns", {"names": listed(hidden)}),) if hidden else ()
    cells = [[cell_at(seen[at][1], column) for column in match.at] for at in kept]
    where = Where(file, part, head.row, numbers)
    own = {(at, headers[0]): fault for at, fault in faults.items()}
    return Grid(where, match, headers, cells, None, understood, told + skipped_notes(skipped), own)
