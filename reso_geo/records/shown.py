"""Shown: how a record looks at a prompt and in a notebook, on a line or with a few rows below."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from reso_geo.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Shown"]

_MOST_ROWS = 12


class Shown:
    """A record that says in one sentence what it is."""

    def summary(self) -> Phrase:
        """Return what it is in one sentence.

        Returns
        -------
        Phrase
            For people.

        Raises
        ------
        NotImplementedError
            Unless the record has its own.
        """
        raise NotImplementedError

    def _rows(self) -> Sequence[Sequence[object]]:
        """Return the headings and the rows of a table below the sentence; empty for none."""
        return ()

    def __repr__(self) -> str:
        """Return its type and the sentence, in English."""
        return f"<{type(self).__name__}: {self.summary()}>"

    def _repr_html_(self) -> str:
        """Return the same for a notebook, with twelve rows at most of its table."""
        rows, parts = self._rows(), [f"<b>{type(self).__name__}</b>: {_safe(self.summary())}"]
        if rows:
            lines = [("th", rows[0]), *(("td", row) for row in rows[1 : _MOST_ROWS + 1])]
            cells = ("".join(f"<{tag}>{_safe(cell)}</{tag}>" for cell in row) for tag, row in lines)
            parts.append("<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>")
        if len(rows) > _MOST_ROWS + 1:
            more = Phrase("record.more_rows", {"count": len(rows) - 1 - _MOST_ROWS})
            parts.append(_safe(more))
        return "<br>".join(parts)


def _safe(cell: object) -> str:
    """Write anything so that a name in it can do nothing."""
    return html.escape(str(cell))
