"""What a note is made of, before it is a PDF or for Word."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Note", "NoteTable", "Picture", "clipped"]

_MOST_SIGNS = 260


@dataclass(frozen=True)
class Picture:
    """A picture.

    Attributes
    ----------
    png
        Its bytes.
    alt
        What it shows, for those who do not see it.
    """

    png: bytes
    alt: str


@dataclass(frozen=True)
class NoteTable:
    """A small table.

    Attributes
    ----------
    title, heads, rows
        Texts; a row whose first cell equals `total` is the sum of the others.
    total
        What such a row begins with; empty where there is none.
    words
        Columns that are read as words, on the left; figures stand on the right.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: str = ""
    words: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Note:
    """All that stands on the page.

    Attributes
    ----------
    lang
        ``fr`` or ``en``.
    date
        Day that the file is dated by, YYYY-MM-DD; empty where not known.
    days
        What its head says of days, in words.
    marks
        The classification, and what is not settled.
    title, place
        What it is about, and where.
    lead
        The first paragraphs.
    picture
        Beside the tables.
    beside, below
        A narrow table beside the picture, and a wide one below both; None for none.
    sections
        Titles and their lines; on a full page the last lines go first.
    source
        Where the streets come from, with their credit.
    """

    lang: str
    date: str
    days: tuple[str, ...]
    marks: tuple[str, ...]
    title: str
    place: str
    lead: tuple[str, ...]
    picture: Picture
    beside: NoteTable
    below: NoteTable | None
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    source: str


def clipped(text: str, most: int = _MOST_SIGNS) -> str:
    """Cut a long text short, with a mark that it is.

    Parameters
    ----------
    text
        Anyone's text.
    most
        Signs.

    Returns
    -------
    str
        At most so long.

    Examples
    --------
    >>> clipped("rue Principale", 8)
    'rue Pri…'
    """
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
