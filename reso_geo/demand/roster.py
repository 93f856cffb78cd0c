"""Roster: which post holds which beat, and when. It never enters a plan."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from reso_geo.i18n import Phrase
from reso_geo.tables import KINDS, Fault, read_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from reso_geo.tables.frames import TableSource

__all__ = ["RosterRow", "day_of", "read_roster"]

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00)?)?")


@dataclass(frozen=True)
class RosterRow:
    """A post on a beat.

    Attributes
    ----------
    post
        Its code.
    beat_id
        The beat.
    first, last
        Its days there, both included; None for an open end.
    """

    post: str
    beat_id: str
    first: date | None
    last: date | None

    def during(self, first: date | None, last: date | None) -> bool:
        """Return whether the post is there on any of some days.

        Parameters
        ----------
        first, last
            Both included; None for an open end.

        Returns
        -------
        bool
            True when the two spans of days meet.
        """
        begins = self.first is None or last is None or self.first <= last
        ends = self.last is None or first is None or self.last >= first
        return begins and ends


def day_of(text: str) -> date | None:
    """Read a day.

    Parameters
    ----------
    text
        YYYY-MM-DD, as a spreadsheet may write it with the time 00:00 behind it.

    Returns
    -------
    date or None
        None where it is no such day.

    Examples
    --------
    >>> day_of("2025-07-01").isoformat(), day_of("01/07/2025")
    ('2025-07-01', None)
    """
    match = _DAY.fullmatch(text.strip())
    try:
        return None if match is None else date.fromisoformat(match[1])
    except ValueError:
        return None


def read_roster(
    source: TableSource, tell: Callable[[Phrase], object] | None = None
) -> tuple[RosterRow, ...]:
    r"""Read which post holds which beat, and when.

    Parameters
    ----------
    source
        A DataFrame or GeoDataFrame, or a file:
        CSV, XLSX, ODS, XLS, GeoJSON or GeoPackage with the columns ``post``, ``beat_id``, and where
        known ``from`` and ``to``; or ``poste``, ``secteur``, ``du`` and ``au``.
    tell
        Called with each sentence about what the file was taken for.

    Returns
    -------
    tuple of RosterRow
        In the order of the file.

    Raises
    ------
    TableError
        When the file cannot be read or has no row, a column is missing, a day is none, or a row
        ends before it begins.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "roster.csv"
    >>> _ = path.write_text("post,beat_id,from,to\nP07,GRE-01,2025-01-06,\n")
    >>> read_roster(path)[0].beat_id
    'GRE-01'
    """
    table = read_table(source, KINDS["roster"], filled=True)
    faults: dict[tuple[int, str], Fault] = {}
    rows = []
    columns = [table.text(name) for name in ("post", "beat_id", "from", "to")]
    for at, (post, beat_id, begins, ends) in enumerate(zip(*columns, strict=True)):
        days: dict[str, date | None] = {}
        for name, text in (("from", begins), ("to", ends)):
            days[name] = day_of(text) if text else None
            if text and days[name] is None:
                faults[at, name] = Fault(text, Phrase("demand.no_day"))
        first, last = days["from"], days["to"]
        if first is not None and last is not None and first > last:
            faults[at, "to"] = Fault(ends, Phrase("demand.day_before", {"first": begins}))
        rows.append(RosterRow(post, beat_id, first, last))
    table.where.refuse(faults)
    if tell:
        for phrase in table.understood:
            tell(phrase)
    return tuple(rows)
