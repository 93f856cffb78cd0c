"""Files: where the package's own data lies, and writing that never leaves half a file.

A writer gets a temporary path beside its target; the target is replaced in one step once all is
written and flushed, so that an interrupted or failed run leaves the old file whole.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["data_file", "plain_file", "sha256_of", "write_aside", "write_together"]

_PACKAGE = Path(__file__).parent
_PLAIN = re.compile(r"[\w ./\\:#%&+,()@~'=-]*")
_ARCHIVE = re.compile(r"\.(zip|tar|tgz|gz|bz2|xz|zst|7z|rar|kmz)|://|[/\\]vsi", re.IGNORECASE)
"""What libraries take for the way into an archive or to another machine."""
_PREFIX = ".reso_geo-"
_LONG_NAME = 200
"""Bytes; a library may have to put an ending behind a name, and 255 are the most."""


def data_file(name: str) -> Path:
    """Return the path of a data file that comes with reso_geo.

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
    """Return the SHA-256 of a file's bytes, as 64 hexadecimal digits.

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
    """Return a folder to write to; its files move into `folder` only when the block ends well.

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
    folder = folder.absolute()
    written: list[Path] = []
    with _made(folder) as is_new:
        try:
            with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=folder) as place:
                yield Path(place)
                written = sorted(Path(place).iterdir())
                for path in written:
                    _refuse_other(folder / path.name)
                for path in written:
                    path.replace(folder / path.name)
        except BaseException:
            for path in written if is_new else ():
                (folder / path.name).unlink(missing_ok=True)
            raise


@contextmanager
def _made(folder: Path) -> Iterator[bool]:
    """Make a folder where it is missing, and take it away again where the block fails."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    if not missing and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield bool(missing)
    except BaseException:
        for each in missing:
            with suppress(OSError):
                each.rmdir()
        raise


def _refuse_other(path: Path) -> None:
    """Refuse to replace what is no file: a folder, or a device such as ``/dev/null``."""
    if path.exists() and not path.is_file():
        kind = errno.EISDIR if path.is_dir() else errno.EEXIST
        raise OSError(kind, os.strerror(kind), str(path))


@contextmanager
def write_aside(path: Path) -> Iterator[Path]:
    """Return a path to write to; it becomes `path` only when the block ends well.

    Parameters
    ----------
    path
        The file to make or replace. Its folder is made where it is missing.

    Yields
    ------
    Path
        A path in a temporary folder beside the target, that no library takes for more than the
        path of a file (see `plain_file`).

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
    # Libraries read a meaning into the beginning of some names; not into that of a whole path.
    path = path.absolute()
    with (
        _made(path.parent),
        tempfile.TemporaryDirectory(prefix=_PREFIX, dir=path.parent) as folder,
    ):
        _refuse_other(path)
        aside = Path(folder) / path.name
        with plain_file(aside, writing=True) as plain:
            yield plain
        with aside.open("rb+") as stream:
            os.fsync(stream.fileno())
        aside.replace(path)


@contextmanager
def plain_file(path: Path, *, writing: bool = False) -> Iterator[Path]:
    """Return a path that no library takes for more than the path of a file.

    GDAL takes ``a!b`` and folders that end in ``.zip`` for the inside of an archive, SQLite cannot
    put an ending behind the longest names.

    Parameters
    ----------
    path
        A file to read, or to write; it need not exist.
    writing
        True to write the file: what stands at the plain path in the end is put there.

    Yields
    ------
    Path
        The whole path itself where it is plain, else one in the system's folder for temporary
        files, with the same ending: of a copy where the file is to be read.

    Raises
    ------
    OSError
        When the file cannot be copied.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> with plain_file(folder / "a!b.txt", writing=True) as plain:
    ...     _ = plain.write_text(plain.name)
    >>> (folder / "a!b.txt").read_text()
    'file.txt'
    """
    whole = path.absolute()
    text = str(whole)
    short = len(os.fsencode(path.name)) <= _LONG_NAME
    if short and _PLAIN.fullmatch(text) and not _ARCHIVE.search(text):
        yield whole
        return
    with tempfile.TemporaryDirectory(prefix="reso_geo-") as folder:
        plain = Path(folder) / f"file{path.suffix if _PLAIN.fullmatch(path.suffix) else ''}"
        beside = () if writing else ("", "-wal")
        for own in (whole.with_name(f"{whole.name}{ending}") for ending in beside):
            if own.is_file():
                shutil.copyfile(own, plain.with_name(plain.name + own.name[len(whole.name) :]))
        yield plain
        if writing:
            shutil.copyfile(plain, whole)
