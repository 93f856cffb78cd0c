"""The note as a Word document of one letter page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from docx.shared import Mm
from PIL import Image

from reso_geo.i18n import say
from reso_geo.report.note.pdf import fit
from reso_geo.report.note.word import (
    ACCENT,
    INNER_MM,
    SOFT,
    flush,
    letter_page,
    put,
    saved,
    set_widths,
    small_table,
    write_title,
)
from reso_geo.report.tables.csv_cells import visible

if TYPE_CHECKING:
    from docx.document import Document as Doc
    from docx.text.paragraph import Paragraph

    from reso_geo.report.note.parts import Note

__all__ = ["note_docx"]

_PICTURE_MM, _PICTURE_MOST_MM = 110.0, 90.0


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
    stamp = " \u2013 ".join((say(note.lang, "note.kind").upper(), *note.days))
    document = letter_page(shown.lang, shown.marks, stamp, shown.source, size_pt)
    write_title(document, shown.title, size_pt)
    if shown.place:
        put(document.add_paragraph(), shown.place, size_pt + 0.5, colour=SOFT, after=4.0)
    for text in shown.lead:
        put(document.add_paragraph(), text, size_pt, after=5.0)
    _middle(document, shown, size_pt)
    for title, lines in shown.sections:
        head = document.add_paragraph(style="Heading 1")
        put(head, title, size_pt + 0.5, bold=True, colour=ACCENT, before=6.0, after=2.0)
        for line in lines:
            _bullet(document.add_paragraph(), line, size_pt - 0.5)
    return saved(document, shown.title, shown.date, shown.lang)


def _middle(document: Doc, note: Note, size_pt: float) -> None:
    """Place the picture on the left with a table on its right, and the other below both."""
    frame = document.add_table(rows=1, cols=2)
    frame.autofit = False
    left, right = frame.rows[0].cells
    with Image.open(io.BytesIO(note.picture.png)) as image:
        wide, high = image.size
    scale = min(_PICTURE_MM / wide, _PICTURE_MOST_MM / high)
    spot_mm = wide * scale + 5.0
    beside_mm = INNER_MM - spot_mm
    left.width, right.width = Mm(spot_mm), Mm(beside_mm)
    flush(frame)
    set_widths(frame, [spot_mm, beside_mm])
    shape = (
        left.paragraphs[0]
        .add_run()
        .add_picture(io.BytesIO(note.picture.png), width=Mm(wide * scale), height=Mm(high * scale))
    )
    drawn = shape._inline.docPr  # noqa: SLF001 - the library has no other way to the alt text
    drawn.set("descr", visible(note.picture.alt))
    drawn.set("name", "map.png")
    beside, below = note.beside, note.below
    put(right.paragraphs[0], beside.title, size_pt, bold=True, colour=ACCENT)
    small_table(
        right, (beside.heads, *beside.rows), size_pt - 1.0, beside_mm, beside.total, beside.words
    )
    put(right.paragraphs[-1], "", 2.0)
    if below is not None:
        put(document.add_paragraph(), below.title, size_pt, bold=True, colour=ACCENT, before=4.0)
        rows = (below.heads, *below.rows)
        small_table(document, rows, size_pt - 1.0, INNER_MM, below.total, below.words)


def _bullet(paragraph: Paragraph, text: str, size_pt: float) -> None:
    paragraph.paragraph_format.left_indent = Mm(3.5)
    paragraph.paragraph_format.first_line_indent = Mm(-3.5)
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(3.5))
    put(paragraph, "\u2022", size_pt)
    paragraph.add_run("\t")
    put(paragraph, text, size_pt, after=1.5)
