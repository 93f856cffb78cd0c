"""Files for people: each is whole or not there, and a disk that refuses is told in one line."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from reso_geo.errors import PlanError
from reso_geo.files import write_aside
from reso_geo.words import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["output_file"]


@contextmanager
def output_file(path: Path, refusal: str = "report.unwritable") -> Iterator[Path]:
    """Give a path to write to; it becomes `path` only when the block ends well.

    Parameters
    ----------
    path
        The file to make or replace.
    refusal
        Key of the sentence, with ``path`` and ``why``, for what the disk refuses.

    Yields
    ------
    Path
        See `reso_geo.files.write_aside`.

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
