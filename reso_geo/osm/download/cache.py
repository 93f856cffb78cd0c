"""Answers kept on disk, each in a file of its own, whole or not at all."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, TypeVar

from reso_geo.errors import OutputError
from reso_geo.osm.download.failures import Trouble
from reso_geo.osm.download.options import cache_folder
from reso_geo.output_files import output_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reso_geo.osm.download.options import DownloadOptions

__all__ = ["Cache"]

_DAY_S = 86_400
T = TypeVar("T")


class Cache:
    """A folder of answers.

    Parameters
    ----------
    options
        Where it lies, how old an answer may be, and whether all are to be asked again.

    Examples
    --------
    >>> from reso_geo.osm.download import DownloadOptions
    >>> len(Cache(DownloadOptions()).file_of("https://example.org", "way[highway];").stem)
    64
    """

    def __init__(self, options: DownloadOptions) -> None:
        self._options = options
        self._folder = options.cache or cache_folder()

    def file_of(self, url: str, question: str) -> Path:
        """Return the file of an answer.

        Parameters
        ----------
        url
            The service.
        question
            What it is asked, without what may change from call to call.

        Returns
        -------
        Path
            It need not exist.
        """
        digest = hashlib.sha256(f"{url}\n{question}".encode()).hexdigest()
        return self._folder / f"{digest}.json"

    def get(self, file: Path, read: Callable[[bytes], T]) -> T | None:
        """Read an answer, if there is a usable one.

        Parameters
        ----------
        file
            From `file_of`.
        read
            Takes the bytes of an answer; raises `Trouble` when they are not whole.

        Returns
        -------
        object or None
            What `read` gives; None for a missing, old or damaged file.
        """
        if self._options.refresh:
            return None
        try:
            if time.time() - file.stat().st_mtime > self._options.max_age_days * _DAY_S:
                return None
            return read(file.read_bytes())
        except (OSError, Trouble):
            return None

    def put(self, file: Path, body: bytes) -> None:
        """Keep an answer; a cache that cannot be written to is told, and no error.

        Parameters
        ----------
        file
            From `file_of`.
        body
            The bytes of an answer that was read without trouble.
        """
        try:
            with output_file(file, "download.no_cache") as aside:
                aside.write_bytes(body)
        except OutputError as error:
            self._options.tell(error.message)
