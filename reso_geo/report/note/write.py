"""Writing the note: the libraries for documents are loaded only here, and only when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reso_geo.report.note.content import Note

__all__ = ["note_bytes"]


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
