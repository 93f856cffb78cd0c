"""Sheets of workbooks that openpyxl does not read: .ods, and .xls of old Excel."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from reso_geo.tables.formats.archive import BROKEN, ROW_NUMBERS, elements_of
from reso_geo.tables.sheets import RawSheet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from reso_geo.tables.grid import TableFile

__all__ = ["ods_sheets", "xls_sheets"]

_MOST_CELLS = 5_000_000
_HIDDEN = frozenset({"collapse", "filter"})
_PANIC = "PanicException"
_Hidden = tuple[frozenset[int], frozenset[int]]
_NONE: _Hidden = (frozenset(), frozenset())


def ods_sheets(file: TableFile) -> list[RawSheet]:
    """Read the sheets of an OpenDocument workbook.

    Parameters
    ----------
    file
        A zip archive that does not unfold too far.

    Returns
    -------
    list of RawSheet
        In the order of their tabs. What is damaged, locked or repeats cells without end is refused.
    """
    problem = ""
    hidden: dict[str, _Hidden] = {}
    try:
        with zipfile.ZipFile(file.path) as archive:
            for _, table in elements_of(archive, "content.xml", ("table",)):
                name = _value(table, "name")
                hidden[name], cells = _looked_at(table)
                problem = "too_large" if cells > _MOST_CELLS else problem
    except BROKEN:
        problem = "broken_xlsx"
    if problem:
        file.refuse(problem)
    return _sheets(file, hidden, "broken_xlsx")


def xls_sheets(file: TableFile) -> list[RawSheet]:
    """Read the sheets of a workbook of old Excel; which of its rows are hidden cannot be told.

    Parameters
    ----------
    file
        One whose first bytes say that it is a file of old Office.

    Returns
    -------
    list of RawSheet
        In the order of their tabs. What is damaged or locked by a password is refused.
    """
    return _sheets(file, {}, "old_excel")


def _sheets(file: TableFile, hidden: dict[str, _Hidden], problem: str) -> list[RawSheet]:
    try:
        with CalamineWorkbook.from_path(file.path) as book:
            return [
                RawSheet(
                    _records(book, about.name),
                    about.name,
                    about.visible != SheetVisibleEnum.Visible,
                    *hidden.get(about.name, _NONE),
                )
                for about in book.sheets_metadata
                if about.typ == SheetTypeEnum.WorkSheet
            ]
    except PasswordError:
        file.refuse("locked")
    except (CalamineError, *BROKEN):
        file.refuse(problem)
    except BaseException as error:
        # The reader is written in Rust; what it gives up on is no Exception.
        if type(error).__name__ != _PANIC:
            raise
        file.refuse(problem)


def _records(book: CalamineWorkbook, name: str) -> list[Sequence[object]]:
    return list(book.get_sheet_by_name(name).to_python(skip_empty_area=False))


def _looked_at(table: Element) -> tuple[_Hidden, int]:
    """Find the hidden rows and columns of a sheet, and count its cells that are not blank."""
    rows: set[int] = set()
    columns: set[int] = set()
    row = column = cells = 0
    for element in table.iter():
        name = element.tag.rpartition("}")[2]
        if name == "table-column":
            times = _times(element, "number-columns-repeated")
            if _value(element, "visibility") in _HIDDEN:
                columns.update(range(column, min(column + times, ROW_NUMBERS)))
            column += times
        elif name == "table-row":
            times = _times(element, "number-rows-repeated")
            if _value(element, "visibility") in _HIDDEN:
                rows.update(range(row + 1, min(row + times, ROW_NUMBERS) + 1))
            row += times
            filled = [c for c in element if len(c) or _value(c, "value-type")]
            cells += times * sum(_times(c, "number-columns-repeated") for c in filled)
    return (frozenset(rows), frozenset(columns)), cells


def _times(element: Element, key: str) -> int:
    return int(_value(element, key) or 1)


def _value(element: Element, key: str) -> str:
    """Return an attribute of an element, whatever its namespace; empty where it has none."""
    found = (value for name, value in element.items() if name.rpartition("}")[2] == key)
    return next(found, "")
