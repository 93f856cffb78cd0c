"""Download: the streets of a place from the Overpass API, as a file to keep.

Overpass is asked with `requests`, not through OSMnx, although OSMnx is used to read its graphs:
its download hides the raw answer, keeps its settings (time-out, user agent, cache folder) in a
module that every caller shares, replaces ``socket.getaddrinfo`` for the whole process, repeats a
429 or 504 without end, takes an answer that stopped half-way (``remark``) for a whole one, writes
its cache in place, and asks ``/api/status`` before each query, which the people who run the
service have asked its users not to do. Here one session asks one question at a time, a bounded
number of times, and waits as the service demands; an answer is kept only when it is whole. The
query is the one that OSMnx would send, for every ``highway``: reso_geo has rules of its own.

A large place is asked in tiles. Each is cached by itself, so that a broken download goes on where
it stopped. Place names and relation ids are looked up with Nominatim, under the same rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.osm.download.options import DownloadOptions
from reso_geo.records import path_of

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    from reso_geo.boundaries import Boundary

__all__ = ["DownloadOptions", "download_network"]


def download_network(
    place: str | Boundary, out: str | PathLike[str], options: DownloadOptions | None = None
) -> Path:
    """Write all streets of a place, as OpenStreetMap has them, to a file.

    Parameters
    ----------
    place
        A boundary, the path of its file, a built-in name (as `reso_geo.io.builtin_places` gives
        them), a relation (``r6948543``), or a name that Nominatim knows (``Longueuil, Québec``).
    out
        The file to make or replace, an Overpass answer that `reso_geo.load_network` reads; its
        name ends in ``.json``.
    options
        Who asks, how patiently, where the cache lies; None for the defaults.

    Returns
    -------
    Path
        `out`: every way with a ``highway`` tag in the place or up to some 250 m from it, and the
        railways, rivers, water, parks, woods and named places there.

    Raises
    ------
    NetworkError
        When the services cannot be reached or give no whole answer; the message says why and what
        to do. Nothing is written then, and what came whole stays in the cache.
    BoundaryError
        When the boundary's file cannot be used.

    Examples
    --------
    >>> from pathlib import Path
    >>> options = DownloadOptions(contact="patrouille@example.org")
    >>> download_network("r6948543", Path("rues.json"), options)  # doctest: +SKIP
    PosixPath('rues.json')
    """
    # What talks to servers is slow to load; who only reads files need not wait for it.
    from reso_geo.osm.download.fetch import fetch  # noqa: PLC0415

    return fetch(place, path_of(out, "out"), options or DownloadOptions())
