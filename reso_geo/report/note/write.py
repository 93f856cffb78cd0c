"""Writing notes and pages: libraries for documents are loaded only here, only when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo.report.note.parts import Note
    from reso_geo.report.tables.xlsx import XlsxSheet

__all__ = ["note_bytes", "pages_bytes"]


def note_bytes(note: Note, ending: str) -> bytes:
    """Write a note.

    Parameters
    ----------
    note
        What stands on it.
    ending
        ``.docx`` or ``.pdf``.

    Returns
    -------
    bytes
        The file, of one page.
    """
    if ending == ".docx":
        from reso_geo.report.note.docx import note_docx  # noqa: PLC0415 - slow to load

        return note_docx(note)
    from reso_geo.report.note.pdf import note_pdf  # noqa: PLC0415 - slow to load

    return note_pdf(note)


def pages_bytes(sheets: Sequence[XlsxSheet], title: str, marks: Sequence[str], lang: str) -> bytes:
    """Write a page for each officer.

    Parameters
    ----------
    sheets, title, marks, lang
        See `reso_geo.report.tables.xlsx.book_of`.

    Returns
    -------
    bytes
        A DOCX file.
    """
    from reso_geo.report.note.officer_pages import officer_pages  # noqa: PLC0415 - slow to load

    return officer_pages(sheets, title, marks, lang)
