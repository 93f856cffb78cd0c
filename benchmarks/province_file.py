"""A province that does not exist: one real town repeated side by side, as one large sorted PBF.

Around the town's own ways each tile gets untagged points of buildings, as most points of a real
extract belong to them, and a round city limit as a relation. Ids are spread over the range that
OpenStreetMap has reached, since readers keep them in tables as wide as that range. Tiles differ
only in their first ids and their offsets, so that a block is laid out once and patched.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["city_names", "write_province"]

_BLOCK = 8000
_WIDTH = 5
_MORE = 0x80
_UNIT = 1e-7
_IDS = 11_500_000_000
_COLUMNS = 12
_BUILDINGS_PER_STREET_POINT = 2.0
_RING_POINTS = 60
_RING_DEG = 0.035


def city_names(tiles: int) -> list[str]:
    """Return the names of the city limits, one a tile."""
    return [f"Tuile {tile}" for tile in range(tiles)]


def write_province(town: Path, out: Path, tiles: int) -> None:
    """Write a town `tiles` times: points, then ways, then relations, each in the order of ids."""
    pattern = _pattern(town)
    step = _IDS // (tiles * len(pattern.lon))
    node_blocks = list(_node_blocks(pattern, step))
    way_blocks = list(_way_blocks(pattern, step))
    with out.open("wb") as stream:
        stream.write(_blob(b"OSMHeader", _header()))
        for tile in range(tiles):
            base = 1 + tile * len(pattern.lon) * step
            offsets = _offsets(pattern, tile)
            for block in node_blocks:
                stream.write(_blob(b"OSMData", block.patched(base, 0) + offsets))
        for tile in range(tiles):
            base = 1 + tile * len(pattern.lon) * step
            for block in way_blocks:
                stream.write(_blob(b"OSMData", block.patched(base, tile * len(pattern.ways))))
        stream.write(_blob(b"OSMData", _relations(city_names(tiles), len(pattern.ways))))


@dataclass(frozen=True)
class _Pattern:
    """One tile: points in units of 1e-7 degrees; ways as (tags, numbers of points)."""

    lon: NDArray[np.int64]
    lat: NDArray[np.int64]
    ways: list[tuple[dict[str, str], NDArray[np.int64]]]


def _pattern(town: Path) -> _Pattern:
    """Read the town; put buildings beside its points and a ring around its middle."""
    number: dict[int, int] = {}
    spots: list[tuple[float, float]] = []
    ways: list[tuple[dict[str, str], NDArray[np.int64]]] = []
    entity: Any
    for entity in osmium.FileProcessor(str(town), osmium.osm.NODE | osmium.osm.WAY):
        if entity.is_node():
            number[entity.id] = len(spots)
            spots.append((entity.lon, entity.lat))
        else:
            refs = [number[node.ref] for node in entity.nodes if node.ref in number]
            ways.append((dict(entity.tags), np.array(refs, dtype=np.int64)))
    own = np.rint(np.array(spots) / _UNIT).astype(np.int64)
    ways = [way for way in ways if len(way[1])]
    random = np.random.default_rng(0)
    middle = np.median(own, axis=0)
    houses = round(_BUILDINGS_PER_STREET_POINT * len(own))
    beside = own[np.sort(random.integers(0, len(own), houses))]
    corner = beside + random.integers(-6000, 6000, (houses, 2))
    width = random.integers(800, 3000, (houses, 2))
    signs = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    walls = (
        corner[:, None, :] + width[:, None, :] * signs + random.integers(-90, 90, (houses, 4, 2))
    )
    angle = np.linspace(0, 2 * np.pi, _RING_POINTS, endpoint=False)
    ring = middle + np.column_stack((np.cos(angle), np.sin(angle))) * _RING_DEG / _UNIT
    first = len(own) + 4 * np.arange(houses)
    for start in first.tolist():
        ways.append(({"building": "yes"}, start + np.array([0, 1, 2, 3, 0])))
    last = len(own) + 4 * houses
    ways.append(({"boundary": "administrative"}, last + np.append(np.arange(_RING_POINTS), 0)))
    points = np.concatenate((own, walls.reshape(-1, 2), np.rint(ring).astype(np.int64)))
    return _Pattern(points[:, 0], points[:, 1], ways)


def _offsets(pattern: _Pattern, tile: int) -> bytes:
    """Return the part of a block that moves a tile to its place."""
    row, column = divmod(tile, _COLUMNS)
    east = column * (int(np.ptp(pattern.lon)) + 100_000)
    north = row * (int(np.ptp(pattern.lat)) + 100_000)
    return _key(19, 0) + _varint(north * 100) + _key(20, 0) + _varint(east * 100)


def _varint(value: int, width: int = 0) -> bytes:
    """Write a number in groups of seven bits; padded, it keeps its width when it is patched."""
    out = bytearray()
    while value >= _MORE or len(out) + 1 < width:
        out.append(value % _MORE | _MORE)
        value >>= 7
    out.append(value)
    return bytes(out)


def _key(field: int, kind: int) -> bytes:
    return _varint(field << 3 | kind)


def _part(field: int, content: bytes) -> bytes:
    return _key(field, 2) + _varint(len(content)) + content


def _zigzag(values: NDArray[np.int64]) -> NDArray[np.int64]:
    return (values << 1) ^ (values >> 63)


def _packed(values: NDArray[np.int64]) -> bytes:
    return b"".join(_varint(value) for value in _zigzag(values).tolist())


@dataclass(frozen=True)
class _Block:
    """Bytes of a block with places for ids: way ids, and first points (zigzag)."""

    content: NDArray[np.uint8]
    way_at: NDArray[np.int64]
    way_id: NDArray[np.int64]
    node_at: NDArray[np.int64]
    node_id: NDArray[np.int64]

    def patched(self, node_base: int, way_base: int) -> bytes:
        """Return the bytes for ids that begin at these."""
        content = self.content.copy()
        shift = 7 * np.arange(_WIDTH)
        more = np.where(np.arange(_WIDTH) < _WIDTH - 1, _MORE, 0)
        for at, value in (
            (self.way_at, self.way_id + way_base),
            (self.node_at, _zigzag(self.node_id + node_base)),
        ):
            groups = (value[:, None] >> shift) % _MORE | more
            content[at[:, None] + np.arange(_WIDTH)] = groups
        return content.tobytes()


def _node_blocks(pattern: _Pattern, step: int) -> Iterator[_Block]:
    for start in range(0, len(pattern.lon), _BLOCK):
        lon, lat = pattern.lon[start : start + _BLOCK], pattern.lat[start : start + _BLOCK]
        ids = bytes(_WIDTH) + _packed(np.full(len(lon) - 1, step))
        dense = _part(1, ids) + _part(8, _packed(np.diff(lat, prepend=0)))
        dense += _part(9, _packed(np.diff(lon, prepend=0)))
        content = _part(1, _part(1, b"")) + _part(2, _part(2, dense))
        at = content.index(ids)
        none = np.empty(0, dtype=np.int64)
        yield _Block(
            np.frombuffer(content, dtype=np.uint8), none, none,
            np.array([at]), np.array([start * step]),
        )  # fmt: skip


def _way_blocks(pattern: _Pattern, step: int) -> Iterator[_Block]:
    for start in range(0, len(pattern.ways), _BLOCK):
        ways = pattern.ways[start : start + _BLOCK]
        words = {"": 0}
        parts, marks, firsts, length = [], [], [], 0
        for tags, refs in ways:
            keys = b"".join(_varint(words.setdefault(k, len(words))) for k in tags)
            values = b"".join(_varint(words.setdefault(v, len(words))) for v in tags.values())
            head = _key(1, 0) + bytes(_WIDTH) + _part(2, keys) + _part(3, values)
            rest = _packed(np.diff(refs) * step)
            head += _key(8, 2) + _varint(_WIDTH + len(rest))
            size = len(head) + _WIDTH + len(rest)
            lead = _key(3, 2) + _varint(size)
            marks.append((length + len(lead) + 1, length + len(lead) + len(head)))
            firsts.append(int(refs[0]) * step)
            parts += [lead, head, bytes(_WIDTH), rest]
            length += len(lead) + size
        table = _part(1, b"".join(_part(1, word.encode()) for word in words))
        group = b"".join(parts)
        content = table + _part(2, group)
        at = np.array(marks, dtype=np.int64) + len(content) - len(group)
        yield _Block(
            np.frombuffer(content, dtype=np.uint8), at[:, 0], 1 + start + np.arange(len(ways)),
            at[:, 1], np.array(firsts, dtype=np.int64),
        )  # fmt: skip


def _relations(names: Sequence[str], ways_a_tile: int) -> bytes:
    """Return the city limits: the last way of each tile is its ring."""
    tags = {"type": "boundary", "boundary": "administrative", "admin_level": "8"}
    words = ["", "outer", *tags, "name", *tags.values(), *names]
    place = {word: number for number, word in enumerate(words)}
    rows = b""
    for number, name in enumerate(names):
        own = tags | {"name": name}
        row = _key(1, 0) + _varint(number + 1)
        row += _part(2, b"".join(_varint(place[k]) for k in own))
        row += _part(3, b"".join(_varint(place[v]) for v in own.values()))
        row += _part(8, _varint(1)) + _part(9, _varint(2 * (number + 1) * ways_a_tile))
        rows += _part(4, row + _part(10, _varint(1)))
    return _part(1, b"".join(_part(1, word.encode()) for word in words)) + _part(2, rows)


def _header() -> bytes:
    features: Iterable[bytes] = (b"OsmSchema-V0.6", b"DenseNodes")
    when = _key(32, 0) + _varint(1_700_000_000)
    order = _part(5, b"Sort.Type_then_ID")
    return b"".join(_part(4, feature) for feature in features) + order + when


def _blob(kind: bytes, content: bytes) -> bytes:
    blob = _key(2, 0) + _varint(len(content)) + _part(3, zlib.compress(content, 4))
    head = _part(1, kind) + _key(3, 0) + _varint(len(blob))
    return struct.pack(">I", len(head)) + head + blob
