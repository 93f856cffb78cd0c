"""The note as a PDF of one letter page, with text that can be selected and searched."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fpdf import FPDF
from fpdf.fonts import TTFFont
from matplotlib import get_data_path
from PIL import Image

from reso_geo.i18n import say
from reso_geo.report.tables.csv_cells import visible

if TYPE_CHECKING:
    from reso_geo.report.note.parts import Note, NoteTable

__all__ = ["SIZES_PT", "Fitted", "fit", "note_pdf"]

SIZES_PT = (10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
_WIDTH_MM, _HEIGHT_MM, _MARGIN_MM, _GAP_MM = 215.9, 279.4, 16.0, 6.0
_BOTTOM_MM = _HEIGHT_MM - 20.0
_PICTURE_SHARE, _PICTURE_MOST_MM = 0.62, 92.0
_INK, _ACCENT, _SOFT, _RULE = (33, 37, 41), (11, 60, 93), (90, 98, 104), (201, 206, 211)
_MM_PER_PT, _PAD_MM = 25.4 / 72.0, 3.0
_FAMILY, _NARROWER = "DejaVu", 90
_LOST = "\ufffd"
_LEAST_SIGNS = 40
_WORD = re.compile(r"[^ -]*[ -]?")
"""What lines of a table may break after."""


@dataclass(frozen=True)
class Fitted:
    """A note that fits on one page.

    Attributes
    ----------
    note
        Without the lines that there was no room for.
    size_pt
        Of its text.
    pdf
        The file.
    """

    note: Note
    size_pt: float
    pdf: bytes


def note_pdf(note: Note) -> bytes:
    """Write a note as PDF.

    Parameters
    ----------
    note
        What stands on it.

    Returns
    -------
    bytes
        One page, the same for the same note.
    """
    return fit(note).pdf


def fit(note: Note) -> Fitted:
    """Find the largest text with which a note fits on one page; leave out last lines if none does.

    Parameters
    ----------
    note
        What should stand on it.

    Returns
    -------
    Fitted
        With the page drawn.
    """
    for size_pt in SIZES_PT:
        page = _PdfPage(note, size_pt)
        if page.pdf is not None:
            return Fitted(note, size_pt, page.pdf)
    while page.pdf is None:
        shorter = _shorter(note)
        if shorter == note:
            message = "a note of a few words does not fit on a page"
            raise RuntimeError(message)
        note = shorter
        page = _PdfPage(note, SIZES_PT[-1])
    return Fitted(note, SIZES_PT[-1], page.pdf)


def _shorter(note: Note) -> Note:
    """Drop the last quarter of the section with most lines, else what matters least."""
    at = max(range(len(note.sections)), key=lambda k: len(note.sections[k][1]), default=-1)
    if at >= 0 and len(note.sections[at][1]) > 1:
        title, lines = note.sections[at]
        fewer = (title, lines[: min(len(lines) - 1, 1 + 3 * len(lines) // 4)])
        sections = (*note.sections[:at], fewer, *note.sections[at + 1 :])
        return replace(note, sections=sections)
    if note.sections:
        return replace(note, sections=note.sections[:-1])
    if len(note.lead) > 1:
        return replace(note, lead=note.lead[:-1])
    if note.below is not None and len(note.below.rows) > 1:
        rows = note.below.rows[: len(note.below.rows) // 2]
        return replace(note, below=replace(note.below, rows=rows))
    lead = tuple(_half(text) for text in note.lead)
    return replace(note, lead=lead, place=_half(note.place), title=_half(note.title))


def _half(text: str) -> str:
    return text[: len(text) // 2].rstrip() + "…" if len(text) > _LEAST_SIGNS else text


class _PdfPage:
    """One drawing of a note at one size."""

    def __init__(self, note: Note, size_pt: float) -> None:
        self._note, self._size_pt = note, size_pt
        self._pdf = _blank(note)
        fonts = [font for font in self._pdf.fonts.values() if isinstance(font, TTFFont)]
        self._glyphs = frozenset.intersection(*(frozenset(font.cmap) for font in fonts))
        self._head()
        self._lead()
        self._middle()
        self._sections()
        self.pdf: bytes | None = None
        if self._pdf.get_y() <= _BOTTOM_MM:
            self._foot()
            self.pdf = bytes(self._pdf.output())
        for font in fonts:
            # The library leaves its font files open.
            font.ttfont.close()

    def _line_mm(self, size_pt: float | None = None) -> float:
        return (size_pt or self._size_pt) * 1.3 * _MM_PER_PT

    def _font(
        self, size_pt: float, *, bold: bool = False, colour: tuple[int, int, int] = _INK
    ) -> None:
        self._pdf.set_font(_FAMILY, "B" if bold else "", size_pt)
        self._pdf.set_text_color(*colour)

    def _shown(self, text: str) -> str:
        """Write a text with the signs that the font has."""
        return "".join(s if ord(s) in self._glyphs else _LOST for s in visible(text))

    def _write(self, text: str, width_mm: float, line_mm: float, align: str = "L") -> None:
        self._put(self._shown(text), width_mm, line_mm, align)

    def _put(self, shown: str, width_mm: float, line_mm: float, align: str) -> None:
        self._pdf.multi_cell(width_mm, line_mm, shown, align=align, new_x="LEFT", new_y="NEXT")

    def _head(self) -> None:
        pdf, wide = self._pdf, _WIDTH_MM - 2 * _MARGIN_MM
        marks = " \u2013 ".join(self._note.marks).upper()
        kind = say(self._note.lang, "note.kind").upper()
        self._font(8.0, bold=True, colour=_ACCENT)
        pdf.cell(wide / 2, 4.5, self._shown(marks), align="L")
        self._font(8.0, colour=_SOFT)
        stamp = " \u2013 ".join((kind, *self._note.days))
        pdf.cell(wide / 2, 4.5, self._shown(stamp), align="R", new_x="LMARGIN", new_y="NEXT")
        pdf.set_draw_color(*_ACCENT)
        pdf.set_line_width(0.6)
        pdf.line(_MARGIN_MM, pdf.get_y() + 0.8, _WIDTH_MM - _MARGIN_MM, pdf.get_y() + 0.8)
        pdf.ln(4.0)
        self._font(self._size_pt + 6.0, bold=True, colour=_ACCENT)
        self._write(self._note.title, wide, self._line_mm(self._size_pt + 6.0))
        if self._note.place:
            self._font(self._size_pt + 0.5, colour=_SOFT)
            self._write(self._note.place, wide, self._line_mm(self._size_pt + 0.5))
        pdf.ln(1.8)

    def _lead(self) -> None:
        self._font(self._size_pt)
        for text in self._note.lead:
            self._write(text, _WIDTH_MM - 2 * _MARGIN_MM, self._line_mm(), "L")
            self._pdf.ln(1.2)
        self._pdf.ln(1.4)

    def _middle(self) -> None:
        """Draw the picture with a table on its right, and the other below both."""
        pdf, top = self._pdf, self._pdf.get_y()
        inner = _WIDTH_MM - 2 * _MARGIN_MM - _GAP_MM
        box = inner * _PICTURE_SHARE
        with Image.open(io.BytesIO(self._note.picture.png)) as image:
            wide, high = image.size
        scale = min(box / wide, _PICTURE_MOST_MM / high)
        pdf.image(
            io.BytesIO(self._note.picture.png),
            x=_MARGIN_MM,
            y=top,
            w=wide * scale,
            h=high * scale,
            alt_text=visible(self._note.picture.alt),
        )
        left = _MARGIN_MM + wide * scale + _GAP_MM
        pdf.set_xy(left, top)
        self._table(self._note.beside, left, _WIDTH_MM - _MARGIN_MM - left)
        pdf.set_xy(_MARGIN_MM, max(pdf.get_y(), top + high * scale + 2.5))
        if self._note.below is not None:
            self._table(self._note.below, _MARGIN_MM, _WIDTH_MM - 2 * _MARGIN_MM)
        pdf.set_x(_MARGIN_MM)

    def _table(self, table: NoteTable, left: float, wide: float) -> None:
        pdf, size_pt = self._pdf, self._size_pt - 1.2
        line = self._line_mm(size_pt)
        self._font(self._size_pt, bold=True, colour=_ACCENT)
        pdf.set_x(left)
        self._write(table.title, wide, self._line_mm())
        widths = self._widths(table, wide, size_pt)
        pdf.set_draw_color(*_RULE)
        pdf.set_line_width(0.2)
        self._row(table.heads, widths, left, line, table.words, colour=_SOFT)
        for row in table.rows:
            bold = bool(table.total) and row[0] == table.total
            self._row(row, widths, left, line, table.words, bold=bold)
        pdf.ln(3.2)

    def _widths(self, table: NoteTable, wide: float, size_pt: float) -> list[float]:
        """Share the width: room for the longest word of each column, then by what more they ask."""
        self._font(size_pt, bold=True)
        rows = (table.heads, *table.rows)
        least = [
            max(self._word_mm(row[at]) for row in rows) + _PAD_MM for at in range(len(table.heads))
        ]
        asked = [
            max(self._pdf.get_string_width(self._shown(row[at])) for row in table.rows) + _PAD_MM
            for at in range(len(table.heads))
        ]
        widths = [max(a, b) for a, b in zip(least, asked, strict=True)]
        spare = wide - sum(widths)
        if spare >= 0.0:
            widths[0] += spare
            return widths
        if sum(least) > wide:
            return [each * wide / sum(least) for each in least]
        more = [max(a - b, 0.0) for a, b in zip(asked, least, strict=True)]
        share = (wide - sum(least)) / sum(more)
        return [a + share * b for a, b in zip(least, more, strict=True)]

    def _broken(self, text: str, wide: float) -> str:
        """Break lines after blanks and hyphens, where the library breaks after blanks only."""
        lines = [""]
        for word in _WORD.findall(self._shown(text)):
            longer = lines[-1] + word
            if lines[-1] and self._pdf.get_string_width(longer.rstrip()) > wide:
                lines.append(word)
            else:
                lines[-1] = longer
        return "\n".join(line.rstrip(" ") for line in lines)

    def _word_mm(self, text: str) -> float:
        words = _WORD.findall(self._shown(text)) or [""]
        return max(float(self._pdf.get_string_width(word.rstrip(" "))) for word in words)

    def _row(
        self,
        cells: tuple[str, ...],
        widths: list[float],
        left: float,
        line: float,
        words: tuple[int, ...],
        *,
        bold: bool = False,
        colour: tuple[int, int, int] = _INK,
    ) -> None:
        """Write cells that wrap, words on the left, figures on the right."""
        pdf, top = self._pdf, self._pdf.get_y() + 0.6
        size_pt, bottom, x = self._size_pt - 1.2, top, left
        for at, (text, width) in enumerate(zip(cells, widths, strict=True)):
            self._font(size_pt, bold=bold, colour=colour)
            pdf.set_xy(x, top)
            pad_mm = _PAD_MM / 2.0 if at in words else 0.0
            shown = self._broken(text, width - _PAD_MM)
            self._put(shown, width - pad_mm, line, "L" if at in words else "R")
            bottom = max(bottom, pdf.get_y())
            x += width
        pdf.set_xy(left, bottom + 0.6)
        pdf.line(left, bottom + 0.6, left + sum(widths), bottom + 0.6)

    def _sections(self) -> None:
        wide = _WIDTH_MM - 2 * _MARGIN_MM
        for title, lines in self._note.sections:
            self._font(self._size_pt + 0.5, bold=True, colour=_ACCENT)
            self._write(title, wide, self._line_mm(self._size_pt + 0.5))
            self._pdf.ln(0.4)
            self._font(self._size_pt - 0.5)
            for text in lines:
                self._bullet(text, wide)
            self._pdf.ln(1.4)

    def _bullet(self, text: str, wide: float) -> None:
        line = self._line_mm(self._size_pt - 0.5)
        self._pdf.set_x(_MARGIN_MM)
        self._pdf.cell(3.5, line, "\u2022")
        self._write(text, wide - 3.5, line)
        self._pdf.set_xy(_MARGIN_MM, self._pdf.get_y() + 0.5)

    def _foot(self) -> None:
        self._font(7.0, colour=_SOFT)
        self._pdf.set_draw_color(*_RULE)
        self._pdf.line(_MARGIN_MM, _HEIGHT_MM - 16.0, _WIDTH_MM - _MARGIN_MM, _HEIGHT_MM - 16.0)
        self._pdf.set_xy(_MARGIN_MM, _HEIGHT_MM - 15.0)
        self._write(self._note.source, _WIDTH_MM - 2 * _MARGIN_MM, 3.4)


def _blank(note: Note) -> FPDF:
    """Return an empty page in the language of the note, dated as it is."""
    pdf = FPDF(unit="mm", format=(_WIDTH_MM, _HEIGHT_MM))
    fonts = Path(get_data_path()) / "fonts" / "ttf"
    pdf.add_font(_FAMILY, "", fonts / "DejaVuSans.ttf")
    pdf.add_font(_FAMILY, "B", fonts / "DejaVuSans-Bold.ttf")
    pdf.set_margins(_MARGIN_MM, 12.0)
    pdf.c_margin = 0.0
    pdf.set_auto_page_break(auto=False)
    # No name stands for the number of pages.
    pdf.alias_nb_pages("\x00")
    pdf.set_lang(f"{note.lang}-CA")
    pdf.set_title(visible(note.title))
    pdf.set_creator("reso_geo")
    pdf.set_author("reso_geo")
    day = datetime.fromisoformat(note.date or "1980-01-01")
    pdf.set_creation_date(day.replace(tzinfo=UTC))
    pdf.add_page()
    pdf.set_stretching(_NARROWER)
    pdf.set_y(12.0)
    return pdf
