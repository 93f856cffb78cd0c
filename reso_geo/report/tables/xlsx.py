"""A plan as a workbook for a spreadsheet."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reso_geo.i18n import LANGUAGES, say
from reso_geo.report.tables.csv_cells import visible
from reso_geo.report.tables.plan_tables import plan_marks, plan_tables, plan_title
from reso_geo.report.tables.reproducible_zip import reproducible_zip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.cell import Cell  # type: ignore[import-untyped]
    from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]

    from reso_geo.plan import Plan
    from reso_geo.report.tables.table import Cell as Value
    from reso_geo.report.tables.table import Column, Table

__all__ = ["XlsxSheet", "book_of", "workbook"]

_FORMATS = {
    "whole": "#,##0",
    "people": "#,##0",
    "tenth": "#,##0.0",
    "hours": "#,##0.0",
    "hundredth": "#,##0.00",
    "share": "0%",
    "setting": "General",
}
_TEXT_FORMAT = "@"
_HEAD_ROW = 2
_FONT, _DASH = "Calibri", " \u2013 "
_MOST_SIGNS, _TAB_SIGNS = 32_767, 31
_NO_TAB = re.compile(r"[\[\]:*?/\\]")
_HEAD_COLOUR, _LINE_COLOUR, _TITLE_COLOUR = "0B3C5D", "C9CED3", "0B3C5D"
_HEAD_PAD_PT, _LINE_HEIGHT_PT = 6.0, 14.5


def workbook(plan: Plan, lang: str, audience: str, drawn: str = "") -> bytes:
    """Write a sheet a table: frozen headings in both languages, filters, formats, print set-up.

    Texts are typed as text, so that none acts as a formula, a number or a date; no cell computes.

    Parameters
    ----------
    plan
        A complete plan.
    lang
        ``fr`` or ``en``: of texts, and of the first line of each heading.
    audience
        One of `reso_geo.i18n.AUDIENCES`.
    drawn
        The day that it says it was drawn on; empty for none.

    Returns
    -------
    bytes
        An XLSX file, the same for the same plan.
    """
    title = plan_title(plan, lang)
    marks = plan_marks(plan, lang, audience)
    tables = plan_tables(plan, lang, audience, drawn)
    sheets = [XlsxSheet(say(lang, table.key), title, table) for table in tables]
    return book_of(sheets, title, marks, lang, drawn)


@dataclass(frozen=True)
class XlsxSheet:
    """A sheet of a workbook.

    Attributes
    ----------
    name
        On its tab; signs that a tab cannot have are replaced.
    title
        Its first line.
    table
        What stands on it.
    """

    name: str
    title: str
    table: Table


def book_of(
    sheets: Sequence[XlsxSheet], title: str, marks: Sequence[str], lang: str, date: str = ""
) -> bytes:
    """Write sheets as a workbook.

    Parameters
    ----------
    sheets
        At least one.
    title
        Of the file.
    marks
        The classification, and what else stands on every sheet and page.
    lang
        ``fr`` or ``en``.
    date
        Day that the file is dated by, YYYY-MM-DD; empty for none.

    Returns
    -------
    bytes
        An XLSX file, the same for the same sheets.
    """
    from openpyxl import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415 - slow to load

    book = Workbook()
    book.remove(book.active)
    for each in sheets:
        sheet = book.create_sheet(_NO_TAB.sub("-", visible(each.name))[:_TAB_SIGNS])
        _fill(sheet, each.table, _DASH.join((visible(each.title), *marks)), lang)
        _print_setup(sheet, marks)
    stream = io.BytesIO()
    book.save(stream)
    return reproducible_zip(stream.getvalue(), visible(title), date, lang)


def _fill(sheet: Worksheet, table: Table, line: str, lang: str) -> None:
    from openpyxl.styles import (  # type: ignore[import-untyped]  # noqa: PLC0415 - likewise
        Alignment,
        Border,
        Font,
        PatternFill,
        Side,
    )
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # noqa: PLC0415

    _put(sheet.cell(1, 1), line, "text")
    sheet.cell(1, 1).font = Font(name=_FONT, bold=True, color=_TITLE_COLOUR, size=12)
    last = get_column_letter(len(table.columns))
    head_font = Font(name=_FONT, bold=True, color="FFFFFF")
    fill = PatternFill("solid", fgColor=_HEAD_COLOUR)
    words = Alignment(vertical="top", horizontal="left", wrap_text=True, indent=1)
    figures = Alignment(vertical="top", horizontal="right", indent=1)
    rule = Border(bottom=Side(style="hair", color=_LINE_COLOUR))
    langs = sorted(LANGUAGES, key=lambda each: each != lang)
    heads = [[column.heading(each) for each in langs] for column in table.columns]
    for at, column in enumerate(table.columns, start=1):
        head = sheet.cell(_HEAD_ROW, at)
        _put(head, "\n".join(dict.fromkeys(heads[at - 1])), "text", keep_breaks=True)
        head.font, head.fill = head_font, fill
        side = "left" if column.is_text else "right"
        head.alignment = Alignment(wrap_text=True, vertical="top", horizontal=side, indent=1)
        sheet.column_dimensions[get_column_letter(at)].width = column.width + 2
    lines = max(
        sum(_wrapped(text, column) for text in own)
        for own, column in zip(heads, table.columns, strict=True)
    )
    sheet.row_dimensions[_HEAD_ROW].height = _LINE_HEIGHT_PT * lines + _HEAD_PAD_PT
    for number, row in enumerate(table.rows, start=_HEAD_ROW + 1):
        for at, (column, value) in enumerate(zip(table.columns, row, strict=True), start=1):
            cell = sheet.cell(number, at)
            # Excel shows per cent of a share by itself.
            kept = value if column.kind == "share" else column.shown(value, lang)
            _put(cell, kept, column.kind)
            cell.border = rule
            cell.alignment = words if column.is_text else figures
        sheet.row_dimensions[number].height = _LINE_HEIGHT_PT * _lines(table.columns, row, lang)
    bottom = _HEAD_ROW + len(table.rows)
    for number, note in enumerate(table.notes, start=bottom + 2):
        _put(sheet.cell(number, 1), note, "text")
    sheet.freeze_panes = sheet.cell(_HEAD_ROW + 1, 2)
    sheet.auto_filter.ref = f"A{_HEAD_ROW}:{last}{bottom}"


def _lines(columns: tuple[Column[Any], ...], row: tuple[Value, ...], lang: str) -> int:
    """Return the lines that the longest text of a row takes: not every program works them out."""
    return max(
        _wrapped(str(column.shown(value, lang)), column)
        for column, value in zip(columns, row, strict=True)
        if column.is_text
    )


def _wrapped(text: str, column: Column[Any]) -> int:
    """Return the lines that a text takes in its column."""
    return 1 + len(text) // (column.width + 2)


def _put(cell: Cell, value: object, kind: str, *, keep_breaks: bool = False) -> None:
    """Write a value; what is no number is text whatever it looks like, and stays so when edited."""
    if value is None:
        return
    if isinstance(value, int | float):
        cell.value = value
        cell.number_format = _FORMATS[kind]
        return
    lines = str(value).split("\n") if keep_breaks else [str(value)]
    cell.value = "\n".join(visible(line) for line in lines)[:_MOST_SIGNS]
    cell.data_type = "s"
    cell.number_format = _TEXT_FORMAT
    cell.quotePrefix = True


def _print_setup(sheet: Worksheet, marks: Sequence[str]) -> None:
    """Set landscape, one page wide, headings on every page, classification at the top."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_LETTER
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"1:{_HEAD_ROW}"
    sheet.oddHeader.right.text = _DASH.join(marks)
    sheet.oddFooter.right.text = "&P / &N"
