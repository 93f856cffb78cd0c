"""Passes over an OpenStreetMap file of any size, piece by piece, in bounded memory.

A PBF file is a row of blocks, each with its length in front. They go to osmium some at a time: it
does all the decoding, and between two pieces the share of the bytes read is known.
"""

from __future__ import annotations

import bisect
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
_SORTED = "Type_then_ID"
_ORDER = (osmium.osm.NODE, osmium.osm.WAY, osmium.osm.RELATION)


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
    for piece, share in _pieces(path, form, kinds):
        with osmium.io.Reader(piece, kinds, thread_pool=pool) as reader:
            yield from osmium.OsmFileIterator(reader, *handlers)
        if tell is not None:
            tell(share)


def _pieces(
    path: Path, form: str, kinds: osmium.osm.osm_entity_bits
) -> Iterator[tuple[osmium.io.File | osmium.io.FileBuffer, float]]:
    """Give the pieces of a file that may hold some kinds, and the share read after each."""
    if form != "pbf":
        yield osmium.io.File(path.absolute(), form), 1.0
        return
    with path.open("rb") as stream:
        first, *blocks = _blocks(stream)
        head = _content(stream, [first])
        chosen = _holding(stream, head, blocks, kinds)
        total, done, start = sum(size for _, size in chosen), 0, 0
        if not chosen:
            yield osmium.io.FileBuffer(head, "pbf"), 1.0
        while start < len(chosen):
            stop, held = start, 0
            while stop < len(chosen) and held < _PIECE_BYTES:
                held += chosen[stop][1]
                stop += 1
            done += held
            piece = osmium.io.FileBuffer(head + _content(stream, chosen[start:stop]), "pbf")
            yield piece, done / total
            start = stop


def _holding(
    stream: BinaryIO,
    head: bytes,
    blocks: list[tuple[int, int]],
    kinds: osmium.osm.osm_entity_bits,
) -> list[tuple[int, int]]:
    """Leave out the blocks before the first and after the last wanted kind, if the file is sorted.

    A sorted file says so in its head: points first, then ways, then relations.
    """
    header = osmium.io.Reader(osmium.io.FileBuffer(head, "pbf"), osmium.osm.NOTHING).header()
    if header.get("sorting") != _SORTED:
        return blocks

    def rank(block: tuple[int, int]) -> int:
        piece = osmium.io.FileBuffer(head + _content(stream, [block]), "pbf")
        with osmium.io.Reader(piece) as reader:
            thing = next(iter(osmium.OsmFileIterator(reader)), None)
        kind = "n" if thing is None else thing.type_str()
        return "nwr".index(kind)

    wanted = [place for place, kind in enumerate(_ORDER) if kinds & kind]
    if not wanted or not blocks:
        return blocks
    # The block before the first one may end with the kind already.
    start = max(bisect.bisect_left(blocks, wanted[0], key=rank) - 1, 0) if wanted[0] else 0
    stop = bisect.bisect_right(blocks, wanted[-1], key=rank)
    return blocks[start:stop]


def _blocks(stream: BinaryIO) -> list[tuple[int, int]]:
    """Give the place and size of each block, its head and its length with it."""
    end = stream.seek(0, 2)
    found, at = [], 0
    while at < end:
        stream.seek(at)
        length = stream.read(4)
        size = struct.unpack(">I", length)[0] if len(length) == 4 else _MOST_HEAD  # noqa: PLR2004
        head = stream.read(size) if size < _MOST_HEAD else b""
        data = _data_size(head) if head and len(head) == size else _MOST_BLOCK
        whole = 4 + size + data
        if data >= _MOST_BLOCK or at + whole > end:
            message = f"PBF block broken near byte {at}"
            raise RuntimeError(message)
        found.append((at, whole))
        at += whole
    if not found:
        message = "PBF file without a block"
        raise RuntimeError(message)
    return found


def _content(stream: BinaryIO, blocks: list[tuple[int, int]]) -> bytes:
    """Read blocks that stand one after the other."""
    stream.seek(blocks[0][0])
    return stream.read(sum(size for _, size in blocks))


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
