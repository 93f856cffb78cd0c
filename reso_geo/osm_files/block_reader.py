"""Passes over an OpenStreetMap file of any size, piece by piece, in bounded memory.

A PBF file is a row of blocks, each with its length in front. They go to osmium some at a time: it
does all the decoding, and between two pieces the share of the bytes read is known.
"""

from __future__ import annotations

import bisect
import io
import itertools
import struct
from typing import TYPE_CHECKING, Any

import osmium

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["SORTED", "ranks_of", "sweep"]

_PIECE_BYTES = 1 << 23
_SMALL_BYTES = 1 << 17
_MOST_HEAD = 1 << 16
_MOST_BLOCK = 1 << 25
_DATA_SIZE = 3
SORTED = "Type_then_ID"
"""What the head of a sorted file says: points first, then ways, then relations."""
_ORDER = (osmium.osm.NODE, osmium.osm.WAY, osmium.osm.RELATION)


def sweep(
    source: Path | bytes,
    kinds: osmium.osm.osm_entity_bits,
    *handlers: object,
    form: str = "",
    ranks: tuple[int, ...] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Iterator[Any]:
    """Read a file once and give what passes.

    Parameters
    ----------
    source
        PBF, XML, or anything osmium reads, or its content; only PBF is read in pieces.
    kinds
        What to decode.
    *handlers
        Filters and handlers of osmium, in the order in which an object meets them: what a filter
        holds back does not reach those after it.
    form
        Format for osmium; empty to go by the name.
    ranks
        From `ranks_of`, to pass over the blocks of other kinds; None reads them all.
    progress
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
    >>> from reso_geo.atomic_files import data_file
    >>> path = data_file("sample/sample.osm.pbf")
    >>> sum(1 for way in sweep(path, osmium.osm.WAY, osmium.filter.KeyFilter("highway"))) > 100
    True
    """
    pool = osmium.io.ThreadPool()
    for piece, share in _pieces(source, form, kinds, ranks):
        with osmium.io.Reader(piece, kinds, thread_pool=pool) as reader:
            try:
                yield from osmium.OsmFileIterator(reader, *handlers)
            except ValueError as error:  # an id or a version that is no number
                raise RuntimeError(error) from error
        if progress is not None:
            progress(share)


def _pieces(
    source: Path | bytes,
    form: str,
    kinds: osmium.osm.osm_entity_bits,
    ranks: tuple[int, ...] | None,
) -> Iterator[tuple[osmium.io.File | osmium.io.FileBuffer, float]]:
    """Return the pieces of a file that may hold some kinds, and the share read after each."""
    if form != "pbf":
        if isinstance(source, bytes):
            yield osmium.io.FileBuffer(source, form), 1.0
        else:
            yield osmium.io.File(source.absolute(), form), 1.0
        return
    with _opened(source) as stream:
        first, *blocks = _blocks(stream)
        head = _content(stream, [first])
        chosen = blocks if ranks is None else _holding(blocks, ranks, kinds)
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
    blocks: list[tuple[int, int]], ranks: tuple[int, ...], kinds: osmium.osm.osm_entity_bits
) -> list[tuple[int, int]]:
    """Drop the blocks before the first and after the last wanted kind."""
    wanted = [place for place, kind in enumerate(_ORDER) if kinds & kind]
    if not wanted or not blocks:
        return blocks
    # The block before the first one may end with the kind already.
    start = max(bisect.bisect_left(ranks, wanted[0]) - 1, 0) if wanted[0] else 0
    return blocks[start : bisect.bisect_right(ranks, wanted[-1])]


def _first_of(stream: BinaryIO, head: bytes, block: tuple[int, int]) -> tuple[int, int]:
    """Return kind (0 a point, 1 a way, 2 a relation) and id of the first object of a block.

    A block holds objects of one kind, or where it holds several, points before ways.
    """
    return next(_keys_of(stream, head, block), (0, 0))


def _keys_of(stream: BinaryIO, head: bytes, block: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Return the kind and the id of each object of a block."""
    piece = osmium.io.FileBuffer(head + _content(stream, [block]), "pbf")
    with osmium.io.Reader(piece) as reader:
        for thing in osmium.OsmFileIterator(reader):
            yield "nwr".index(thing.type_str()), thing.id


def ranks_of(path: Path, *, claimed: bool) -> tuple[int, ...] | None:
    """Find the kind of objects that each block of a PBF file begins with.

    Parameters
    ----------
    path
        The file.
    claimed
        Whether its head says that it is sorted: then few of its blocks are looked at.

    Returns
    -------
    tuple of int or None
        0 for points, 1 for ways, 2 for relations; None for a file that is not in this order. Of a
        small file every object is looked at: each has to be there once, with a number above zero.

    Raises
    ------
    RuntimeError
        When the file is damaged.
    """
    with path.open("rb") as stream:
        first, *blocks = _blocks(stream)
        head = _content(stream, [first])
        if not claimed and stream.seek(0, 2) <= _SMALL_BYTES:
            found = [list(_keys_of(stream, head, block)) for block in blocks]
            firsts = [keys[0] if keys else (0, 0) for keys in found]
            keys = itertools.chain([(0, 0)], *found)
        elif not claimed:
            firsts = [_first_of(stream, head, block) for block in blocks]
            keys = itertools.chain([(0, 0)], firsts)
        else:
            return _sorted_ranks(stream, head, blocks)
        in_order = all(a < b for a, b in itertools.pairwise(keys))
    return tuple(rank for rank, _ in firsts) if in_order else None


def _sorted_ranks(
    stream: BinaryIO, head: bytes, blocks: list[tuple[int, int]]
) -> tuple[int, ...] | None:
    """Find the kinds in a file that is said to be sorted, by halves."""
    known: dict[tuple[int, int], int] = {}

    def rank(block: tuple[int, int]) -> int:
        if block not in known:
            known[block] = _first_of(stream, head, block)[0]
        return known[block]

    if blocks and rank(blocks[0]) > rank(blocks[-1]):
        return None
    ways, relations = (bisect.bisect_left(blocks, kind, key=rank) for kind in (1, 2))
    return (0,) * ways + (1,) * (relations - ways) + (2,) * (len(blocks) - relations)


def _opened(source: Path | bytes) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _blocks(stream: BinaryIO) -> list[tuple[int, int]]:
    """Return the place and size of each block, its head and its length with it."""
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
