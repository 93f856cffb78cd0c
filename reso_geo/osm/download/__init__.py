"""The download door: the streets of a place from the Overpass API, as a file to keep.

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

from reso_geo.osm.download.fetch import download_network
from reso_geo.osm.download.options import DownloadOptions

__all__ = ["DownloadOptions", "download_network"]
