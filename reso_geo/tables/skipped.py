"""Rows of a sheet that are no rows of its table: totals, headers again, rows pasted twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.choices import folded
from reso_geo.i18n import Phrase, listed
from reso_geo.tables.cell_values import marks_of, number_of
from reso_geo.tables.fault import Fault, is_blank
from reso_geo.tables.headers import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reso_geo.tables.headers import Match

__all__ = ["Skipped", "sorted_out"]

_TOTALS = frozenset({"total", "totals", "totaux", "somme", "sum", "subtotal", "soustotal"})
_BEFORE = frozenset({"sous", "sub", "grand"})
_BESIDE = frozenset({"general", "generale", "global", "globale", "tous", "all", "des", "of"})
_LITTLE = 1e-6


@dataclass(frozen=True)
class Skipped:
    """Rows that were left out, by their numbers in the file, and what is odd about those kept.

    Attributes
    ----------
    hidden, total, header, doubled
        Rows hidden by hand or by a filter, of totals, of headers once more, and equal to one above.
    blank
        Rows without anything between others.
    alike
        Rows equal to one above that are kept all the same.
    """

    hidden: tuple[int, ...] = ()
    total: tuple[int, ...] = ()
    header: tuple[int, ...] = ()
    doubled: tuple[int, ...] = ()
    blank: tuple[int, ...] = ()
    alike: tuple[int, ...] = ()

    @property
    def told(self) -> tuple[Phrase, ...]:
        """A sentence for each reason that there is."""
        reasons = {
            "hidden": self.hidden,
            "total": self.total,
            "header": self.header,
            "doubled": self.doubled,
            "blank": self.blank,
            "alike": self.alike,
        }
        return tuple(
            Phrase(f"table.skipped.{why}", {"count": len(rows), "rows": listed(rows, 10)})
            for why, rows in reasons.items()
            if rows
        )


def sorted_out(
    rows: Sequence[tuple[int, Sequence[object]]],
    match: Match,
    shapes: Sequence[object] | None,
    *,
    repeats: bool,
) -> tuple[list[int], Skipped, dict[int, Fault]]:
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
        The positions of the rows that are kept, what was left out, and the faults of rows that say
        that they are totals but do not add up, by position among those kept.
    """
    kept: list[int] = []
    faults: dict[int, Fault] = {}
    total, header, doubled = [], [], []
    sums = _Sums(rows, match, shapes)
    seen: set[tuple[object, ...]] = set()
    for at, (number, record) in enumerate(rows):
        key = _key(record, None if shapes is None else shapes[at])
        if _is_header(record, match):
            header.append(number)
        elif (label := _total_label(record)) is not None and sums.is_total(at):
            total.append(number)
            sums.close()
        elif key in seen and not repeats:
            doubled.append(number)
        else:
            if label is not None and _says_only_total(label) and not sums.located:
                faults[len(kept)] = Fault(label, Phrase("table.why.total"))
            doubled += [number] if key in seen else []
            seen.add(key)
            kept.append(at)
            sums.add(at)
    alike, gone = (doubled, []) if repeats else ([], doubled)
    said = Skipped(
        total=tuple(total), header=tuple(header), doubled=tuple(gone), alike=tuple(alike)
    )
    return kept, said, faults


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
        cells = [[_at(record, at) for _, record in rows] for _, at in columns]
        marks = marks_of(cell for column in cells for cell in column)
        values = [
            [number_of(cell, column, marks) for cell in own]
            for (column, _), own in zip(columns, cells, strict=True)
        ]
        self._values = np.array(
            [[np.nan if isinstance(v, Fault) else v for v in own] for own in values]
        ).reshape(len(columns), len(rows))
        self._blank = [
            any(is_blank(_at(record, at)) for at in needed)
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


def _at(record: Sequence[object], at: int) -> object:
    return record[at] if at < len(record) else None


def _key(record: Sequence[object], shape: object) -> tuple[object, ...]:
    cells = ["" if is_blank(cell) else str(cell).strip() for cell in record]
    while cells and not cells[-1]:
        cells.pop()
    return (*cells, getattr(shape, "wkb", None))


def _is_header(record: Sequence[object], match: Match) -> bool:
    """Return whether a row repeats the headers, as under a page break."""
    texts = [_at(record, at) for at in match.at]
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
    return _all_in(folded(label).split(), _TOTALS | _BEFORE | _BESIDE)


def _all_in(words: Iterable[str], known: frozenset[str]) -> bool:
    return all(word in known or word.isdecimal() for word in words)
