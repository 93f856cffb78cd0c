"""Letter pages for Word: paragraphs, tables with fine rules, what stands at top and bottom."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt, RGBColor

from reso_geo.report.tables.csv_cells import visible
from reso_geo.report.tables.reproducible_zip import reproducible_zip

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from docx.document import Document as Doc
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

__all__ = [
    "ACCENT", "INNER_MM", "SOFT", "flush", "letter_page", "put", "saved", "set_widths",
    "small_table", "write_title",
]  # fmt: skip

ACCENT, SOFT = RGBColor(0x0B, 0x3C, 0x5D), RGBColor(0x5A, 0x62, 0x68)
_FONT, _RULE = "Arial", "C9CED3"
_WIDTH_MM, _MARGIN_MM = 215.9, 16.0
INNER_MM = _WIDTH_MM - 2 * _MARGIN_MM
"""Between the margins, from left to right."""


def letter_page(lang: str, marks: Sequence[str], stamp: str, source: str, size_pt: float) -> Doc:
    """Return an empty document with paper, font, language, and what stands on each page.

    Parameters
    ----------
    lang
        ``fr`` or ``en``.
    marks
        The classification, and what else stands at the top on the left.
    stamp
        At the top on the right.
    source
        At the bottom.
    size_pt
        Of its text.

    Returns
    -------
    Document
        Of python-docx.
    """
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(_WIDTH_MM), Mm(279.4)
    section.left_margin = section.right_margin = Mm(_MARGIN_MM)
    section.top_margin, section.bottom_margin = Mm(19.0), Mm(17.0)
    section.header_distance, section.footer_distance = Mm(10.0), Mm(8.0)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(size_pt)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing = 1.0
    normal.element.get_or_add_rPr().append(_xml("w:lang", f'w:val="{lang}-CA"'))
    document.styles["Header"].paragraph_format.tab_stops.clear_all()
    top = section.header.paragraphs[0]
    top.paragraph_format.tab_stops.add_tab_stop(Mm(INNER_MM), WD_ALIGN_PARAGRAPH.RIGHT)
    _run(top, " \u2013 ".join(marks).upper(), 8.0, bold=True, colour=ACCENT)
    top.add_run("\t")
    _run(top, stamp, 8.0, colour=SOFT)
    _edge(top, "bottom", "0B3C5D", 8)
    bottom = section.footer.paragraphs[0]
    _run(bottom, source, 7.0, colour=SOFT)
    _edge(bottom, "top", _RULE, 4)
    return document


def saved(document: Doc, title: str, date: str, lang: str) -> bytes:
    """Write a document.

    Parameters
    ----------
    document
        From `letter_page`.
    title, date, lang
        See `reso_geo.report.tables.reproducible_zip.reproducible_zip`.

    Returns
    -------
    bytes
        The same for the same document.
    """
    stream = io.BytesIO()
    document.save(stream)
    return reproducible_zip(stream.getvalue(), visible(title), date, lang)


def write_title(document: Doc, text: str, size_pt: float) -> Paragraph:
    """Write the title of a page.

    Parameters
    ----------
    document
        To write it to.
    text
        The title.
    size_pt
        Of the text below it.

    Returns
    -------
    Paragraph
        With it.
    """
    title = document.add_paragraph(style="Title")
    # The template's rule under titles is not ours.
    title.paragraph_format.space_after = Pt(1.0)
    _edge(title, "bottom", "auto", 0)
    _run(title, text, size_pt + 6.0, bold=True, colour=ACCENT)
    return title


def small_table(
    place: Doc | _Cell,
    rows: Sequence[Sequence[str]],
    size_pt: float,
    wide_mm: float,
    total: str = "",
    left: Collection[int] = (0,),
) -> None:
    """Write a table with a fine rule under each row.

    Parameters
    ----------
    place
        Where it stands.
    rows
        Texts, the headings first.
    size_pt, wide_mm
        Of its text, and of all of it.
    total
        What a row of sums begins with; empty where there is none.
    left
        The columns that are words.
    """
    heads, *others = rows
    made = place.add_table(len(rows), len(heads))
    made.alignment = WD_TABLE_ALIGNMENT.LEFT
    made.autofit = False
    signs = [
        max(*(len(row[at]) for row in others), *(len(word) for word in heads[at].split()))
        for at in range(len(heads))
    ]
    weights = [min(sign, 24) + 2.0 for sign in signs]
    widths = [wide_mm * weight / sum(weights) for weight in weights]
    for number, row in enumerate(rows):
        bold, colour = bool(total) and row[0] == total, SOFT if number == 0 else None
        for at, (text, spot) in enumerate(zip(row, made.rows[number].cells, strict=True)):
            spot.width = Mm(widths[at])
            line = spot.paragraphs[0]
            line.alignment = WD_ALIGN_PARAGRAPH.LEFT if at in left else WD_ALIGN_PARAGRAPH.RIGHT
            put(line, text, size_pt, bold=bold, colour=colour, before=1.0, after=1.0)
            properties = spot._tc.get_or_add_tcPr()  # noqa: SLF001 - the library draws no borders
            properties.insert(1, _xml("w:tcBorders", inside=_line("bottom", _RULE, 4)))
    set_widths(made, widths)
    flush(made)
    made.rows[0]._tr.get_or_add_trPr().append(_xml("w:tblHeader"))  # noqa: SLF001 - likewise


def set_widths(table: Table, widths_mm: Sequence[float]) -> None:
    """Set the widths of columns.

    Parameters
    ----------
    table
        The table.
    widths_mm
        One a column.
    """
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)


def flush(table: Table) -> None:
    """Set the text of a table to begin and end where that of the page does.

    Parameters
    ----------
    table
        The table.
    """
    properties = table._tbl.tblPr  # noqa: SLF001 - the library cannot set indents and margins
    none = 'w:w="0" w:type="dxa"'
    after = ("w:tblBorders", "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    properties.insert_element_before(_xml("w:tblInd", none), *after)
    margins = _xml("w:tblCellMar", inside=f"<w:left {none}/><w:right {none}/>")
    properties.insert_element_before(margins, "w:tblLook")


def _edge(paragraph: Paragraph, side: str, colour: str, eighths: int) -> None:
    """Draw a line along a paragraph, or take its line away."""
    paragraph._p.get_or_add_pPr().insert_element_before(  # noqa: SLF001 - likewise
        _xml("w:pBdr", inside=_line(side, colour, eighths)),
        *("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"),
    )


def _line(side: str, colour: str, eighths: int) -> str:
    kind = "single" if eighths else "nil"
    return f'<w:{side} w:val="{kind}" w:sz="{eighths}" w:space="3" w:color="{colour}"/>'


def _xml(tag: str, values: str = "", inside: str = "") -> BaseOxmlElement:
    """Return an element that the library has no method for."""
    element: BaseOxmlElement = parse_xml(f"<{tag} {nsdecls('w')} {values}>{inside}</{tag}>")
    return element


def put(
    paragraph: Paragraph,
    text: str,
    size_pt: float,
    *,
    bold: bool = False,
    colour: RGBColor | None = None,
    before: float = 0.0,
    after: float = 0.0,
) -> None:
    """Write a text into a paragraph.

    Parameters
    ----------
    paragraph
        To write it to.
    text
        Anyone's text.
    size_pt, bold, colour
        Of the text.
    before, after
        Points above and below the paragraph.
    """
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
