"""Passes over an OpenStreetMap file of any size, piece by piece, in bounded memory.

A PBF file is a row of blocks, each with its length in front. They go to osmium some at a time: it
does all the decoding, and between two pieces the share of the bytes read is known.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import osmium

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["sweep"]

_PIECE_BYTES = 1 << 23
_MOST_HEAD = 1 << 16
_MOST_BLOCK = 1 << 25
_DATA_SIZE = 3


def sweep(
    path: Path,
    kinds: osmium.osm.osm_entity_bits,
    *handlers: object,
    form: str = "",
    tell: Callable[[float], None] | None = None,
) -> Iterator[Any]:
    """Read a file once and give what passes.

    Parameters
    ----------
    path
        PBF, XML, or anything osmium reads; only PBF is read in pieces.
    kinds
        What to decode.
    *handlers
        Filters and handlers of osmium, in the order in which an object meets them: what a filter
        holds back does not reach those after it.
    form
        Format for osmium; empty to go by the name.
    tell
        Called with the share of the bytes read, from 0 to 1.

    Yields
    ------
    osmium entity
        Valid until the next one is asked for.

    Raises
    ------
    RuntimeError
        When the file is damaged or ends in the middle of a block.

    Examples
    --------
    >>> from reso_geo.files import data_file
    >>> path = data_file("sample/sample.osm.pbf")
    >>> sum(1 for way in sweep(path, osmium.osm.WAY, osmium.filter.KeyFilter("highway"))) > 100
    True
    """
    pool = osmium.io.ThreadPool()
    for piece, share in _pieces(path, form):
        with osmium.io.Reader(piece, kinds, thread_pool=pool) as reader:
            yield from osmium.OsmFileIterator(reader, *handlers)
        if tell is not None:
            tell(share)


def _pieces(path: Path, form: str) -> Iterator[tuple[osmium.io.File | osmium.io.FileBuffer, float]]:
    """Give the pieces of a file and the share of the bytes up to the end of each."""
    with path.open("rb") as stream:
        first = _block(stream) if form == "pbf" else b""
        if not first:
            yield osmium.io.File(path, form), 1.0
            return
        whole = path.stat().st_size
        while True:
            blocks, size = [first], 0
            while size < _PIECE_BYTES and (block := _block(stream)):
                blocks.append(block)
                size += len(block)
            yield osmium.io.FileBuffer(b"".join(blocks), "pbf"), stream.tell() / whole
            if size < _PIECE_BYTES:
                return


def _block(stream: BinaryIO) -> bytes:
    """Give the next block with its head and its length; nothing at the end of the file."""
    length = stream.read(4)
    if not length:
        return b""
    size = struct.unpack(">I", length)[0] if len(length) == 4 else _MOST_HEAD  # noqa: PLR2004
    head = stream.read(size) if size < _MOST_HEAD else b""
    wanted = _data_size(head) if len(head) == size else _MOST_BLOCK
    data = stream.read(wanted) if wanted < _MOST_BLOCK else b""
    if len(data) != wanted:
        message = f"PBF block broken near byte {stream.tell()}"
        raise RuntimeError(message)
    return length + head + data


def _data_size(head: bytes) -> int:
    """Find the size of a block in its head, a protocol buffer message; too large if it has none."""
    at = 0
    while at < len(head):
        key, at = _varint(head, at)
        value, at = _varint(head, at)
        if key == _DATA_SIZE << 3:
            return value
        if key & 7:
            at += value
    return _MOST_BLOCK


def _varint(head: bytes, at: int) -> tuple[int, int]:
    """Read a number in groups of seven bits; give it and the place after it."""
    value = shift = 0
    for place in range(at, len(head)):
        value |= (head[place] & 0x7F) << shift
        shift += 7
        if head[place] < 0x80:  # noqa: PLR2004 - the last group has no mark
            return value, place + 1
    return value, len(head)
