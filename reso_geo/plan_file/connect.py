"""Opening a GeoPackage for reading, wherever it lies and whatever mode it was left in."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["error_name", "reading"]

_PATIENCE_S = 1.0
_MODES_AT, _WAL = 18, b"\x02\x02"
"""Where a file says how it is written to and read, and the mark of a write-ahead log."""
_BESIDE = ("-wal", "-journal")
"""What belongs to a file that was not closed; ``-shm`` is made again from it."""
_CLOSED = ("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_IOERR")
"""How the names of errors begin that say that SQLite may not write beside a file."""
_TRIES = 5


def error_name(error: sqlite3.Error) -> str:
    """Return SQLite's name of an error.

    Parameters
    ----------
    error
        Whatever was raised.

    Returns
    -------
    str
        Such as ``SQLITE_BUSY``; empty for an error of Python's own.
    """
    return str(getattr(error, "sqlite_errorname", ""))


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file for reading; nothing is written beside it.

    A file with a write-ahead log needs a place for an index of it. Where a program has the file
    open there is one; else, and where the folder may not be written to, a copy is read.

    Parameters
    ----------
    path
        An SQLite file.

    Yields
    ------
    sqlite3.Connection
        Closed in the end.

    Raises
    ------
    sqlite3.Error
        When the file is damaged or locked.
    OSError
        When it cannot be copied.
    """
    base = _directly(path)
    if base is not None:
        with closing(base):
            yield base
        return
    with (
        tempfile.TemporaryDirectory(prefix="reso_geo-") as folder,
        closing(sqlite3.connect(_copied(path, Path(folder)))) as copy,
    ):
        yield copy


def _directly(path: Path) -> sqlite3.Connection | None:
    """Open the file itself; None where that cannot be done without writing beside it."""
    with path.open("rb") as stream:
        stream.seek(_MODES_AT)
        logged = stream.read(len(_WAL)) == _WAL
    if logged and not _beside(path, "-shm").is_file():
        return None
    base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE_S)
    try:
        base.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        base.close()
        if not error_name(error).startswith(_CLOSED):
            raise
        return None
    except BaseException:
        base.close()
        raise
    return base


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(f"{path.name}{ending}")


def _copied(path: Path, folder: Path) -> Path:
    """Copy a file and its log; again where another program wrote to them meanwhile."""
    copy = folder / "copy.gpkg"
    for _ in range(_TRIES):
        before = _states(path)
        shutil.copyfile(path, copy)
        for ending in _BESIDE:
            log, own = _beside(path, ending), _beside(copy, ending)
            own.unlink(missing_ok=True)
            if log.is_file():
                shutil.copyfile(log, own)
        if _states(path) == before:
            break
    return copy


def _states(path: Path) -> list[tuple[int, int] | None]:
    """Return size and time of the last change of a file and its logs."""
    files = (path, *(_beside(path, ending) for ending in _BESIDE))
    stats = [file.stat() if file.is_file() else None for file in files]
    return [None if stat is None else (stat.st_size, stat.st_mtime_ns) for stat in stats]
