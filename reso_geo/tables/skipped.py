"""Rows of a sheet that are no rows of its table: totals, headers again, rows pasted twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.choices import folded
from reso_geo.i18n import Phrase, listed
from reso_geo.tables.cell_values import marks_of, number_of
from reso_geo.tables.fault import Fault, is_blank
from reso_geo.tables.headers import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reso_geo.tables.headers import Match

__all__ = ["cell_at", "skipped_notes", "sorted_out"]

_TOTALS = frozenset({"total", "totals", "totaux", "somme", "sum", "subtotal", "soustotal"})
_BEFORE = frozenset({"sous", "sub", "grand"})
_BESIDE = frozenset({"general", "generale", "global", "globale", "tous", "all", "des", "of"})
_LITTLE = 1e-6


_REASONS = ("hidden", "total", "header", "doubled", "blank", "alike")
"""Hidden by hand or by a filter, of totals, of headers once more, equal to a row above, without
anything between others; and equal to one above but kept all the same."""


def skipped_notes(skipped: Mapping[str, Sequence[int]]) -> tuple[Phrase, ...]:
    """Describe which rows were left out, and what is odd about those kept.

    Parameters
    ----------
    skipped
        Numbers of rows in the file by reason.

    Returns
    -------
    tuple of Phrase
        A sentence for each reason that there is.
    """
    return tuple(
        Phrase(f"table.skipped.{why}", {"count": len(rows), "rows": listed(rows, 10)})
        for why in _REASONS
        if (rows := skipped.get(why))
    )


def sorted_out(
    rows: Sequence[tuple[int, Sequence[object]]],
    match: Match,
    shapes: Sequence[object] | None,
    *,
    repeats: bool,
) -> tuple[list[int], dict[str, list[int]], dict[int, Fault]]:
    """Part the rows of a table from those of totals and those pasted twice.

    Parameters
    ----------
    rows
        All cells of each row that is not blank, with its number in the file.
    match
        Which of them are wanted.
    shapes
        The geometry of each row; None where rows have none of their own.
    repeats
        Rows that are equal in all they hold are rows of their own, such as two calls at one spot.

    Returns
    -------
    tuple
        The positions of the rows that are kept, the numbers of those left out by reason, and the
        faults of rows that say that they are totals but do not add up, by position among those
        kept.
    """
    kept: list[int] = []
    faults: dict[int, Fault] = {}
    again = "alike" if repeats else "doubled"
    skipped: dict[str, list[int]] = {"total": [], "header": [], again: []}
    sums = _Sums(rows, match, shapes)
    seen: set[tuple[object, ...]] = set()
    for at, (number, record) in enumerate(rows):
        key = _key(record, None if shapes is None else shapes[at])
        if _is_header(record, match):
            skipped["header"].append(number)
        elif (label := _total_label(record)) is not None and sums.is_total(at):
            skipped["total"].append(number)
            sums.close()
        elif key in seen and not repeats:
            skipped[again].append(number)
        else:
            if label is not None and _says_only_total(label) and not sums.located:
                faults[len(kept)] = Fault(label, Phrase("table.why.total"))
            skipped[again] += [number] if key in seen else []
            seen.add(key)
            kept.append(at)
            sums.add(at)
    return kept, skipped, faults


class _Sums:
    """The sums of the columns of numbers: since the last total, and of all rows so far."""

    def __init__(
        self,
        rows: Sequence[tuple[int, Sequence[object]]],
        match: Match,
        shapes: Sequence[object] | None,
    ) -> None:
        pairs = list(zip(match.columns, match.at, strict=True))
        self.located = shapes is not None or any(
            c.degrees or c.name == "geometry" for c, _ in pairs
        )
        needed = [at for column, at in pairs if column.within is not None or column.filled]
        columns = [(c, at) for c, at in pairs if c.within is not None and not c.degrees]
        cells = [[cell_at(record, at) for _, record in rows] for _, at in columns]
        marks = marks_of(cell for column in cells for cell in column)
        values = [
            [number_of(cell, column, marks) for cell in own]
            for (column, _), own in zip(columns, cells, strict=True)
        ]
        self._values = np.array(
            [[np.nan if isinstance(v, Fault) else v for v in own] for own in values]
        ).reshape(len(columns), len(rows))
        self._blank = [
            any(is_blank(cell_at(record, at)) for at in needed)
            or (shapes is not None and shapes[place] is None)
            for place, (_, record) in enumerate(rows)
        ]
        self._rows = 0
        self._since = np.zeros(len(columns))
        self._all = np.zeros(len(columns))

    def is_total(self, at: int) -> bool:
        """Return whether a row called a total lacks what a row needs, or adds up those above it.

        A place may be called so: one that lacks nothing has to add up in every column.
        """
        if self._blank[at]:
            return True
        value = self._values[:, at]
        adds_up = np.isclose(value, self._since, rtol=_LITTLE) & (self._since > 0)
        adds_up |= np.isclose(value, self._all, rtol=_LITTLE) & (self._all > 0)
        if self.located:
            return self._rows > 1 and bool(len(value)) and bool(adds_up.all())
        return bool(adds_up.any())

    def add(self, at: int) -> None:
        value = np.nan_to_num(self._values[:, at])
        self._rows += 1
        self._since += value
        self._all += value

    def close(self) -> None:
        self._since[:] = 0.0


def cell_at(record: Sequence[object], at: int) -> object:
    """Return a cell of a row that may be shorter than its headers.

    Parameters
    ----------
    record
        All cells of the row.
    at
        The position of the column.

    Returns
    -------
    object
        None behind the last cell.
    """
    return record[at] if at < len(record) else None


def _key(record: Sequence[object], shape: object) -> tuple[object, ...]:
    cells = ["" if is_blank(cell) else str(cell).strip() for cell in record]
    while cells and not cells[-1]:
        cells.pop()
    return (*cells, getattr(shape, "wkb", None))


def _is_header(record: Sequence[object], match: Match) -> bool:
    """Return whether a row repeats the headers, as under a page break."""
    texts = [cell_at(record, at) for at in match.at]
    return bool(texts) and all(
        isinstance(text, str) and plain(text) in map(plain, column.names)
        for text, column in zip(texts, match.columns, strict=True)
    )


def _total_label(record: Sequence[object]) -> str | None:
    """Return the first text of a row where it says that the row is a total."""
    first = next((cell for cell in record if not is_blank(cell)), None)
    if not isinstance(first, str):
        return None
    words = folded(first).split()
    while words and words[0] in _BEFORE:
        words = words[1:]
    return first.strip() if words and words[0] in _TOTALS else None


def _says_only_total(label: str) -> bool:
    known = _TOTALS | _BEFORE | _BESIDE
    return all(word in known or word.isdecimal() for word in folded(label).split())
