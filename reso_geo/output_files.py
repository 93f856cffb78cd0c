"""Files for people: each is whole or not there, and a disk that refuses is told in one line."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reso_geo.atomic_files import write_aside
from reso_geo.errors import PlanError, UsageError
from reso_geo.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["day_drawn", "is_date", "output_file"]

_EPOCH = "SOURCE_DATE_EPOCH"


def is_date(text: str) -> bool:
    """Return whether a text is YYYY-MM-DD, with or without a time behind it.

    Parameters
    ----------
    text
        Anyone's.

    Returns
    -------
    bool
        True for a day that there is.

    Examples
    --------
    >>> is_date("2026-02-28"), is_date("2026-02-30"), is_date("28/02/2026")
    (True, False, False)
    """
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return re.match(r"\d{4}-\d{2}-\d{2}(T|$)", text) is not None


def day_drawn(date: str | None = None) -> str:
    """Return the day that a page or a paper says it was drawn on; no plan stores it.

    Parameters
    ----------
    date
        YYYY-MM-DD; None for that of the environment's ``SOURCE_DATE_EPOCH`` (seconds since 1970,
        as builds that can be reproduced set it), or else today.

    Returns
    -------
    str
        YYYY-MM-DD.

    Raises
    ------
    UsageError
        When the date is none.

    Examples
    --------
    >>> day_drawn("2026-06-01")
    '2026-06-01'
    """
    if date is not None:
        if not is_date(date):
            raise UsageError(Phrase("plan.bad_date", {"value": date}))
        return date[:10]
    seconds = os.environ.get(_EPOCH, "")
    if not seconds:
        return f"{datetime.now().astimezone():%Y-%m-%d}"
    try:
        return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%d}"
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(Phrase("plan.bad_epoch", {"value": seconds})) from error


@contextmanager
def output_file(path: Path, refusal: str = "report.unwritable") -> Iterator[Path]:
    """Return a path to write to; it becomes `path` only when the block ends well.

    Parameters
    ----------
    path
        The file to make or replace.
    refusal
        Key of the sentence, with ``path`` and ``why``, for what the disk refuses.

    Yields
    ------
    Path
        See `reso_geo.atomic_files.write_aside`.

    Raises
    ------
    PlanError
        When the file cannot be written; the old one then stands unchanged.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "note.txt"
    >>> with output_file(path) as aside:
    ...     _ = aside.write_text("whole")
    >>> path.read_text()
    'whole'
    """
    try:
        with write_aside(path) as aside:
            yield aside
    except OSError as error:
        raise PlanError(Phrase(refusal, {"path": path, "why": error})) from error
