"""The note as a Word document of one letter page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from PIL import Image

from reso_geo.i18n import say
from reso_geo.report.note.pdf import fit
from reso_geo.report.tables.csv_cells import visible
from reso_geo.report.tables.reproducible_zip import settled

if TYPE_CHECKING:
    from docx.document import Document as Doc
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

    from reso_geo.report.note.content import Note, NoteTable

__all__ = ["note_docx"]

_FONT = "Arial"
_ACCENT, _SOFT = RGBColor(0x0B, 0x3C, 0x5D), RGBColor(0x5A, 0x62, 0x68)
_RULE = "C9CED3"
_WIDTH_MM, _MARGIN_MM, _PICTURE_MM, _PICTURE_MOST_MM = 215.9, 16.0, 110.0, 90.0


def note_docx(note: Note) -> bytes:
    """Write a note as a Word document.

    Its text has the size with which the note fits on a page of PDF, in a font that is no wider.

    Parameters
    ----------
    note
        What stands on it.

    Returns
    -------
    bytes
        The same for the same note.
    """
    fitted = fit(note)
    shown, size_pt = fitted.note, fitted.size_pt
    document = Document()
    _page(document, shown, size_pt)
    _head(document, shown, size_pt)
    for text in shown.lead:
        _say(document.add_paragraph(), text, size_pt, after=5.0)
    _middle(document, shown, size_pt)
    for title, lines in shown.sections:
        head = document.add_paragraph(style="Heading 1")
        _say(head, title, size_pt + 0.5, bold=True, colour=_ACCENT, before=6.0, after=2.0)
        for line in lines:
            _bullet(document.add_paragraph(), line, size_pt - 0.5)
    stream = io.BytesIO()
    document.save(stream)
    return settled(stream.getvalue(), visible(shown.title), shown.date, shown.lang)


def _page(document: Doc, note: Note, size_pt: float) -> None:
    """Set paper, font, language, and what stands at the top and bottom of the page."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(_WIDTH_MM), Mm(279.4)
    section.left_margin = section.right_margin = Mm(_MARGIN_MM)
    section.top_margin, section.bottom_margin = Mm(19.0), Mm(17.0)
    section.header_distance, section.footer_distance = Mm(10.0), Mm(8.0)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(size_pt)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing = 1.0
    properties = normal.element.get_or_add_rPr()
    lang = OxmlElement("w:lang")
    lang.set(qn("w:val"), f"{note.lang}-CA")
    properties.append(lang)
    wide = Mm(_WIDTH_MM - 2 * _MARGIN_MM)
    document.styles["Header"].paragraph_format.tab_stops.clear_all()
    top = section.header.paragraphs[0]
    top.paragraph_format.tab_stops.add_tab_stop(wide, WD_ALIGN_PARAGRAPH.RIGHT)
    _run(top, " \u2013 ".join(note.marks).upper(), 8.0, bold=True, colour=_ACCENT)
    stamp = " \u2013 ".join((say(note.lang, "note.kind").upper(), *note.days))
    top.add_run("\t")
    _run(top, stamp, 8.0, colour=_SOFT)
    _edge(top, "bottom", "0B3C5D", 8)
    bottom = section.footer.paragraphs[0]
    _run(bottom, note.source, 7.0, colour=_SOFT)
    _edge(bottom, "top", _RULE, 4)


def _head(document: Doc, note: Note, size_pt: float) -> None:
    title = document.add_paragraph(style="Title")
    # The template's rule under titles is not ours.
    title.paragraph_format.space_after = Pt(1.0)
    _edge(title, "bottom", "", 0)
    _run(title, note.title, size_pt + 6.0, bold=True, colour=_ACCENT)
    if note.place:
        _say(document.add_paragraph(), note.place, size_pt + 0.5, colour=_SOFT, after=4.0)


def _middle(document: Doc, note: Note, size_pt: float) -> None:
    """Put the picture on the left with a table on its right, and the other below both."""
    wide_mm = _WIDTH_MM - 2 * _MARGIN_MM
    frame = document.add_table(rows=1, cols=2)
    frame.autofit = False
    left, right = frame.rows[0].cells
    with Image.open(io.BytesIO(note.picture.png)) as image:
        wide, high = image.size
    scale = min(_PICTURE_MM / wide, _PICTURE_MOST_MM / high)
    spot_mm = wide * scale + 5.0
    left.width, right.width = Mm(spot_mm), Mm(wide_mm - spot_mm)
    _flush(frame)
    _grid(frame, [spot_mm, wide_mm - spot_mm])
    shape = (
        left.paragraphs[0]
        .add_run()
        .add_picture(io.BytesIO(note.picture.png), width=Mm(wide * scale), height=Mm(high * scale))
    )
    drawn = shape._inline.docPr  # noqa: SLF001 - the library has no other door to the alt text
    drawn.set("descr", visible(note.picture.alt))
    drawn.set("name", "map.png")
    _say(right.paragraphs[0], note.beside.title, size_pt, bold=True, colour=_ACCENT)
    _small_table(right, note.beside, size_pt - 1.0, wide_mm - spot_mm)
    _say(right.paragraphs[-1], "", 2.0)
    if note.below is not None:
        head = document.add_paragraph()
        _say(head, note.below.title, size_pt, bold=True, colour=_ACCENT, before=4.0)
        _small_table(document, note.below, size_pt - 1.0, wide_mm)


def _small_table(place: Doc | _Cell, table: NoteTable, size_pt: float, wide_mm: float) -> None:
    made = place.add_table(1 + len(table.rows), len(table.heads))
    made.alignment = WD_TABLE_ALIGNMENT.LEFT
    made.autofit = False
    signs = [
        max(*(len(row[at]) for row in table.rows), *(len(word) for word in table.heads[at].split()))
        for at in range(len(table.heads))
    ]
    weights = [min(sign, 24) + 2.0 for sign in signs]
    widths = [wide_mm * weight / sum(weights) for weight in weights]
    for number, row in enumerate((table.heads, *table.rows)):
        total = bool(table.total) and row[0] == table.total
        colour = _SOFT if number == 0 else None
        for at, (text, spot) in enumerate(zip(row, made.rows[number].cells, strict=True)):
            spot.width = Mm(widths[at])
            line = spot.paragraphs[0]
            line.alignment = WD_ALIGN_PARAGRAPH.LEFT if at == 0 else WD_ALIGN_PARAGRAPH.RIGHT
            _say(line, text, size_pt, bold=total, colour=colour, before=1.0, after=1.0)
            _underline(spot)
    _grid(made, widths)
    _flush(made)
    repeat = OxmlElement("w:tblHeader")
    made.rows[0]._tr.get_or_add_trPr().append(repeat)  # noqa: SLF001 - likewise


def _grid(table: Table, widths_mm: list[float]) -> None:
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)


def _flush(table: Table) -> None:
    """Let the text of a table begin and end where that of the page does."""
    properties = table._tbl.tblPr  # noqa: SLF001 - the library cannot set indents and margins
    indent = OxmlElement("w:tblInd")
    _measure(indent)
    properties.insert_element_before(
        indent, "w:tblBorders", "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook"
    )
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        _measure(edge)
        margins.append(edge)
    properties.insert_element_before(margins, "w:tblLook")


def _measure(element: BaseOxmlElement) -> None:
    element.set(qn("w:w"), "0")
    element.set(qn("w:type"), "dxa")


def _underline(cell: _Cell) -> None:
    borders = OxmlElement("w:tcBorders")
    borders.append(_line("bottom", _RULE, 4))
    properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001 - the library cannot draw borders
    properties.insert(1, borders)


def _edge(paragraph: Paragraph, side: str, colour: str, eighths: int) -> None:
    """Draw a line along a paragraph, or take its line away."""
    borders = OxmlElement("w:pBdr")
    borders.append(_line(side, colour, eighths))
    paragraph._p.get_or_add_pPr().insert_element_before(  # noqa: SLF001 - likewise
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _line(side: str, colour: str, eighths: int) -> BaseOxmlElement:
    line = OxmlElement(f"w:{side}")
    line.set(qn("w:val"), "single" if eighths else "nil")
    line.set(qn("w:sz"), str(eighths))
    line.set(qn("w:space"), "3")
    line.set(qn("w:color"), colour or "auto")
    return line


def _bullet(paragraph: Paragraph, text: str, size_pt: float) -> None:
    paragraph.paragraph_format.left_indent = Mm(3.5)
    paragraph.paragraph_format.first_line_indent = Mm(-3.5)
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(3.5))
    _run(paragraph, "\u2022", size_pt)
    paragraph.add_run("\t")
    _say(paragraph, text, size_pt, after=1.5)


def _say(
    paragraph: Paragraph,
    text: str,
    size_pt: float,
    *,
    bold: bool = False,
    colour: RGBColor | None = None,
    before: float = 0.0,
    after: float = 0.0,
) -> None:
    paragraph.paragraph_format.space_before = Pt(before)
    paragraph.paragraph_format.space_after = Pt(after)
    _run(paragraph, text, size_pt, bold=bold, colour=colour)


def _run(
    paragraph: Paragraph,
    text: str,
    size_pt: float,
    *,
    bold: bool = False,
    colour: RGBColor | None = None,
) -> None:
    run = paragraph.add_run(visible(text))
    run.font.name, run.font.size, run.font.bold = _FONT, Pt(size_pt), bold
    if colour is not None:
        run.font.color.rgb = colour
