"""A page for each officer, for Word: what their sheet of a workbook says, as far as it has room."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from reso_geo.i18n import say
from reso_geo.report.note.word import INNER_MM, letter_page, put, saved, small_table, write_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo.report.tables.xlsx import XlsxSheet

__all__ = ["officer_pages"]

_SIZE_PT = 9.0
_ROWS = ((8.0, 40, 48), (7.0, 45, 54))
"""Sizes of the rows: in points, how many signs of a street have room, and how many lines a page."""


def officer_pages(
    sheets: Sequence[XlsxSheet], title: str, marks: Sequence[str], lang: str
) -> bytes:
    """Write sheets as pages.

    Parameters
    ----------
    sheets, title, marks, lang
        See `reso_geo.report.tables.xlsx.book_of`.

    Returns
    -------
    bytes
        A DOCX file, the same for the same sheets.
    """
    document = letter_page(lang, marks, "", say(lang, "sheet.credit"), _SIZE_PT)
    for number, sheet in enumerate(sheets):
        head = write_title(document, sheet.title, _SIZE_PT)
        head.paragraph_format.page_break_before = number > 0
        for note in sheet.table.notes:
            put(document.add_paragraph(), note, _SIZE_PT, after=4.0)
        if sheet.table.rows:
            size_pt, rows = _fitting(sheet.table.texts(lang), lang)
            words = [at for at, column in enumerate(sheet.table.columns) if column.is_text]
            heads = sheet.table.heads(lang)
            small_table(document, [heads, *rows], size_pt, INNER_MM, left=words)
    return saved(document, title, "", lang)


def _fitting(rows: list[list[str]], lang: str) -> tuple[float, list[list[str]]]:
    """Choose a size in which all rows have room; else leave out the last, and tell how many."""
    for size_pt, signs, most in _ROWS:
        lines = accumulate(1 + max(map(len, row)) // signs for row in rows)
        room = sum(count <= most for count in lines)
        if room == len(rows):
            return size_pt, rows
    more = say(lang, "office.more", {"count": len(rows) - room})
    return size_pt, [*rows[:room], [more, *[""] * (len(rows[0]) - 1)]]
