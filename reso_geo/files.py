"""Files: where the package's own data lies, and writing that never leaves half a file.

A writer gets a temporary path beside its target; the target is replaced in one step once all is
written and flushed, so that an interrupted or failed run leaves the old file whole.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["data_file", "sha256_of", "write_aside", "write_together"]

_PACKAGE = Path(__file__).parent


def data_file(name: str) -> Path:
    """Give the path of a data file that comes with reso_geo.

    Parameters
    ----------
    name
        Path inside the data folder, with ``/`` between folders.

    Returns
    -------
    Path
        In an installed package the folder lies inside it; in a checkout, beside it.

    Examples
    --------
    >>> data_file("settings.toml").name
    'settings.toml'
    """
    inside = _PACKAGE / "data"
    return (inside if inside.is_dir() else _PACKAGE.parent / "data") / name


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file's bytes, as 64 hexadecimal digits.

    Parameters
    ----------
    path
        An existing file.

    Returns
    -------
    str
        The digest.

    Examples
    --------
    >>> len(sha256_of(Path(__file__)))
    64
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def write_together(folder: Path) -> Iterator[Path]:
    """Give a folder to write to; its files move into `folder` only when the block ends well.

    Parameters
    ----------
    folder
        Where the files go; made where it is missing. Files of the same names are replaced.

    Yields
    ------
    Path
        A temporary folder inside it.

    Raises
    ------
    OSError
        When the folder cannot be written to; what stood there then stands unchanged.

    Examples
    --------
    >>> target = Path(tempfile.mkdtemp()) / "new"
    >>> with write_together(target) as aside:
    ...     _ = (aside / "a.txt").write_text("whole")
    >>> [path.name for path in target.iterdir()]
    ['a.txt']
    """
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".reso_geo-", dir=folder) as place:
            yield Path(place)
            written = sorted(Path(place).iterdir())
            for path in written:
                _refuse_folder(folder / path.name)
            for path in written:
                path.replace(folder / path.name)
    except BaseException:
        if made:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a folder stands there", str(path))


@contextmanager
def write_aside(path: Path) -> Iterator[Path]:
    """Give a path to write to; it becomes `path` only when the block ends well.

    Parameters
    ----------
    path
        The file to make or replace. Its folder is made where it is missing.

    Yields
    ------
    Path
        A path with the same name in a temporary folder beside the target.

    Raises
    ------
    OSError
        When the folder cannot be written to or the disk is full; the old file then stands
        unchanged.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> with write_aside(folder / "note.txt") as aside:
    ...     _ = aside.write_text("whole")
    >>> (folder / "note.txt").read_text()
    'whole'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".reso_geo-", dir=path.parent) as folder:
        aside = Path(folder) / path.name
        yield aside
        with aside.open("rb+") as stream:
            os.fsync(stream.fileno())
        aside.replace(path)
