"""How a record looks at a prompt and in a notebook: on a line, or as a table of a few rows."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Protocol

from reso_geo.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["shown", "shown_html"]

_MOST_ROWS = 12


class _Told(Protocol):
    def facts(self) -> Phrase:
        """Return what it is in one sentence."""
        ...


def shown(record: _Told) -> str:
    """Return a record on one line.

    Parameters
    ----------
    record
        What says its facts in a sentence.

    Returns
    -------
    str
        Its type and the sentence, in English, between angle brackets.
    """
    return f"<{type(record).__name__}: {record.facts()}>"


def shown_html(
    record: _Told, heads: Sequence[str] = (), rows: Sequence[Sequence[object]] = ()
) -> str:
    """Return a record for a notebook: the sentence, and twelve rows at most of a table below it.

    Parameters
    ----------
    record
        What says its facts in a sentence.
    heads
        Headings of the table.
    rows
        Its cells.

    Returns
    -------
    str
        HTML without anything that a name in it could do.
    """
    parts = [f"<p><b>{type(record).__name__}</b>: {html.escape(str(record.facts()))}</p>"]
    if rows:
        lines = [("th", heads), *(("td", row) for row in rows[:_MOST_ROWS])]
        cells = (
            "".join(f"<{tag}>{html.escape(str(cell))}</{tag}>" for cell in row)
            for tag, row in lines
        )
        parts.append("<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>")
    if len(rows) > _MOST_ROWS:
        more = Phrase("record.more_rows", {"count": len(rows) - _MOST_ROWS})
        parts.append(f"<p>{html.escape(str(more))}</p>")
    return "".join(parts)
