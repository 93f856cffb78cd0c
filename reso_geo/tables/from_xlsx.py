"""Cells of an XLSX workbook: which sheet, and what a formula came to."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from contextlib import closing
from itertools import zip_longest
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

import openpyxl  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from reso_geo.tables.cells import Fault, shown
from reso_geo.tables.grid import Grid, Where, headers_and_rows, match_in
from reso_geo.tables.headers import matched
from reso_geo.words import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reso_geo.tables.grid import TableFile
    from reso_geo.tables.headers import Wanted

__all__ = ["read_xlsx"]

_MOST_BYTES = 200_000_000
_MOST_RATIO = 100
_HEAD = 4096
_BROKEN = (
    ArithmeticError, AttributeError, EOFError, LookupError, NotImplementedError, OSError,
    ParseError, RuntimeError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def read_xlsx(file: TableFile, wanted: Wanted) -> Grid:
    """Read the cells of the first sheet that has the columns.

    Parameters
    ----------
    file
        A zip archive.
    wanted
        The columns.

    Returns
    -------
    Grid
        Formulas stand for the values that were saved with them; one without is a fault where its
        column is wanted. An archive that is no workbook, or unfolds too far, is refused.
    """
    problem: str | None = None
    sheets: dict[str, list[list[object]]] = {}
    try:
        problem = _danger(file.path)
        if problem is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                sheets = _sheets(file.path)
    except _BROKEN:
        problem = "broken_xlsx"
    if problem is not None:
        file.refuse(problem)
    return _chosen(file, sheets, wanted)


def _danger(path: Path) -> str | None:
    """Look at an archive before anything in it is unfolded; a workbook never declares entities."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        unfolded = sum(member.file_size for member in members)
        folded = sum(member.compress_size for member in members)
        if unfolded > _MOST_BYTES or unfolded > _MOST_RATIO * max(folded, 1):
            return "too_large"
        for member in members:
            if member.filename.endswith((".xml", ".rels")):
                with archive.open(member) as stream:
                    if b"<!DOCTYPE" in stream.read(_HEAD):
                        return "broken_xlsx"
    return None


def _sheets(path: Path) -> dict[str, list[list[object]]]:
    with (
        path.open("rb") as one,
        path.open("rb") as other,
        closing(openpyxl.load_workbook(one, read_only=True, data_only=True)) as values,
        closing(openpyxl.load_workbook(other, read_only=True, data_only=False)) as formulas,
    ):
        return {
            sheet.title: list(_rows(sheet, formulas[sheet.title])) for sheet in values.worksheets
        }


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


def _chosen(file: TableFile, sheets: dict[str, list[list[object]]], wanted: Wanted) -> Grid:
    tables = {name: headers_and_rows(records) for name, records in sheets.items()}
    if not any(header_row for header_row, _, _ in tables.values()):
        file.refuse("empty_file")
    found = {
        name: matched(headers, wanted, has_shapes=False) for name, (_, headers, _) in tables.items()
    }
    # The first that has all columns; else the one that comes nearest, to say what it lacks.
    name = min(found, key=lambda each: len(found[each].missing))
    header_row, headers, rows = tables[name]
    part = Phrase("table.part.sheet", {"name": shown(name)})
    match = match_in(file, part, headers, wanted, has_shapes=False)
    return Grid(
        Where(file, part, header_row, [number for number, _ in rows]),
        match,
        tuple(headers[at] for at in match.at),
        [[record[at] if at < len(record) else None for at in match.at] for _, record in rows],
        None,
        Phrase("table.understood.xlsx", {"sheet": shown(name)}),
    )
