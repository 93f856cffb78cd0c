"""Sheets of an XLSX workbook: what is hidden, and what a formula came to."""

from __future__ import annotations

import warnings
from contextlib import closing
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import openpyxl  # type: ignore[import-untyped]
from openpyxl.reader.excel import ExcelReader  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from reso_geo.i18n import Phrase
from reso_geo.tables.fault import Fault, shown
from reso_geo.tables.formats.archive import BROKEN, ROW_NUMBERS, elements_of, is_true
from reso_geo.tables.sheets import RawSheet

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

    from reso_geo.tables.grid import TableFile

__all__ = ["xlsx_sheets"]


def xlsx_sheets(file: TableFile) -> list[RawSheet]:
    """Read the sheets of an XLSX workbook.

    Parameters
    ----------
    file
        A zip archive that does not unfold too far.

    Returns
    -------
    list of RawSheet
        In the order of their tabs. Formulas stand for the values that were saved with them; one
        without is a fault where its column is wanted. What is no workbook is refused.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _sheets(file)
    except BROKEN:
        file.refuse("broken_xlsx")


def _sheets(file: TableFile) -> list[RawSheet]:
    with (
        file.path.open("rb") as one,
        file.path.open("rb") as other,
        closing(openpyxl.load_workbook(one, read_only=True, data_only=True)) as values,
    ):
        reader = ExcelReader(other, read_only=True, data_only=False, keep_links=False)
        reader.read()
        with closing(reader.wb) as formulas:
            parts = {sheet.name: rel.target for sheet, rel in reader.parser.find_sheets()}
            return [
                RawSheet(
                    list(_rows(sheet, formulas[sheet.title])),
                    sheet.title,
                    sheet.sheet_state != "visible",
                    *_hidden(reader.archive, parts[sheet.title]),
                )
                for sheet in values.worksheets
            ]


def _hidden(archive: zipfile.ZipFile, part: str) -> tuple[frozenset[int], frozenset[int]]:
    """Find the rows and columns of a sheet that are hidden, which openpyxl's fast reader skips."""
    rows: set[int] = set()
    columns: set[int] = set()
    number = 0
    for name, element in elements_of(archive, part, ("row", "col")):
        if name == "row":
            number = int(element.get("r", number + 1))
            if is_true(element.get("hidden")) or element.get("ht") == "0":
                rows.add(number)
        elif is_true(element.get("hidden")) or element.get("width") == "0":
            first, last = int(element.get("min", 1)), int(element.get("max", 1))
            columns.update(range(first - 1, min(last, ROW_NUMBERS)))
    return frozenset(rows), frozenset(columns)


def _rows(values: Any, formulas: Any) -> Iterator[list[object]]:  # noqa: ANN401 - openpyxl has no types
    values.reset_dimensions()
    formulas.reset_dimensions()
    pairs = zip_longest(values.iter_rows(), formulas.iter_rows(), fillvalue=())
    for number, (cells, written) in enumerate(pairs, 1):
        columns = enumerate(zip(cells, written, strict=True), 1)
        yield [_cell(cell, meant, at, number) for at, (cell, meant) in columns]


def _cell(cell: Any, meant: Any, at: int, row: int) -> object:  # noqa: ANN401 - openpyxl has no types
    name = f"{get_column_letter(at)}{row}"
    if meant.data_type == "f" and cell.value is None:
        formula = getattr(meant.value, "text", meant.value)
        return Fault(shown(formula), Phrase("table.why.formula", {"cell": name}))
    if cell.data_type == "e":
        return Fault(shown(cell.value), Phrase("table.why.error_cell", {"cell": name}))
    value: object = cell.value
    return value
