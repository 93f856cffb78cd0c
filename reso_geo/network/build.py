"""From ways to segments: cut at junctions, joined where only a way's id changes, measured.

A junction is a point where more than two street pieces meet, where a street ends, or where its
class, name, legal use or direction changes. Lengths are geodesic (WGS 84) between all points of a
street, so that a projection has no part in any figure.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Geod, Transformer

from reso_geo.errors import NetworkError
from reso_geo.network.street_network import Dropped, StreetNetwork, components, select
from reso_geo.osm import NO_WAY
from reso_geo.words import Phrase

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.boundaries import Box
    from reso_geo.osm import Ways

__all__ = ["build_network", "local_crs", "tally"]

_GEOD = Geod(ellps="WGS84")
_MTM8_BOX = (-75.0, 44.9, -72.0, 62.0)


def local_crs(lon: float, lat: float) -> str:
    """Give the projected CRS, in metres, in which a place is drawn.

    Parameters
    ----------
    lon, lat
        Its middle, degrees (EPSG:4326).

    Returns
    -------
    str
        ``EPSG:32188`` (MTM zone 8) in its Québec zone, else the UTM zone on WGS 84.

    Examples
    --------
    >>> local_crs(-73.5, 45.5), local_crs(8.7, 49.4)
    ('EPSG:32188', 'EPSG:32632')
    """
    west, south, east, north = _MTM8_BOX
    if west <= lon <= east and south <= lat <= north:
        return "EPSG:32188"
    zone = min(int((lon + 180.0) // 6.0) + 1, 60)
    return f"EPSG:{32600 + zone if lat >= 0 else 32700 + zone}"


def build_network(
    ways: Ways, inside: shapely.Geometry | None = None, near: Box | None = None
) -> StreetNetwork:
    """Cut ways into segments, each physical street once.

    Parameters
    ----------
    ways
        What a door of `reso_geo.osm` gave.
    inside
        Area (EPSG:4326) in which ways that nobody may use are counted; None for everywhere.
    near
        Where segments are wanted: those that pass through it are kept whole; None for everywhere.

    Returns
    -------
    StreetNetwork
        Before the sidewalk and twin rules, and outside any boundary.

    Raises
    ------
    NetworkError
        When nothing can be walked or cycled, or a coordinate lies outside the Earth.
    """
    _check_coordinates(ways)
    step_m = _step_lengths(ways)
    usable = ways.foot | (ways.bike_forward != NO_WAY) | (ways.bike_backward != NO_WAY)
    if not usable.any():
        raise NetworkError(Phrase("network.nothing_usable", {"name": ways.source.name}))
    pieces = _once(ways, _cut(ways, usable, step_m))
    if not len(pieces.way):
        raise NetworkError(Phrase("network.nothing_usable", {"name": ways.source.name}))
    chains = _alone(pieces) if ways.segment_id is not None else _join(ways, pieces)
    network = _assemble(ways, pieces, chains, _closed(ways, ~usable, step_m, inside), near)
    return network if near is None else select(network, _passing(ways, pieces, chains, near))


def _passing(
    ways: Ways, pieces: _Pieces, chains: list[list[tuple[int, bool]]], near: Box
) -> NDArray[np.bool_]:
    """Tell which chains pass through a box."""
    points, owner = _points(pieces, chains)
    steps = near.meets(ways.lon[points], ways.lat[points], owner)
    return np.bincount(owner[:-1][steps], minlength=len(chains)) > 0


def _check_coordinates(ways: Ways) -> None:
    bad = ~(np.abs(ways.lon) <= 180.0) | ~(np.abs(ways.lat) <= 90.0)  # noqa: PLR2004 - degrees
    if bad.any():
        way = ways.way_id[np.searchsorted(ways.first, np.argmax(bad), side="right") - 1]
        raise NetworkError(Phrase("network.bad_coordinate", {"name": ways.source.name, "way": way}))


def _step_lengths(ways: Ways) -> NDArray[np.float64]:
    """Give the metres from each point to the next of its way; 0 at the last one."""
    step_m = np.zeros(len(ways.lon))
    step_m[:-1] = _GEOD.inv(ways.lon[:-1], ways.lat[:-1], ways.lon[1:], ways.lat[1:])[2]
    step_m[ways.first[1:] - 1] = 0.0
    return step_m


def _closed(
    ways: Ways,
    closed: NDArray[np.bool_],
    step_m: NDArray[np.float64],
    inside: shapely.Geometry | None,
) -> tuple[Dropped, ...]:
    """Count the ways that nobody may use, by class and reason."""
    length_m = np.add.reduceat(step_m, ways.first[:-1])
    if inside is not None:
        middle = (ways.first[:-1] + ways.first[1:]) // 2
        closed = closed & shapely.contains_xy(inside, ways.lon[middle], ways.lat[middle])
    return tally(ways.highway[closed], ways.why[closed], length_m[closed], travelled=False)


def tally(
    highway: NDArray[np.object_],
    why: NDArray[np.object_],
    length_m: NDArray[np.float64],
    *,
    travelled: bool,
) -> tuple[Dropped, ...]:
    """Sum lengths by class and reason.

    Parameters
    ----------
    highway, why
        object (str), shape (k,): class and reason code of each street.
    length_m
        float64, shape (k,): metres.
    travelled
        Whether these streets stay in the network.

    Returns
    -------
    tuple of Dropped
        Sorted by reason, then by class.
    """
    total: dict[tuple[str, str], float] = {}
    for reason, street, metres in zip(why, highway, length_m, strict=True):
        total[reason, street] = total.get((reason, street), 0.0) + metres
    return tuple(
        Dropped(street, metres / 1000.0, reason, travelled)
        for (reason, street), metres in sorted(total.items())
    )


@dataclass(frozen=True)
class _Pieces:
    """Stretches of ways between junctions: points ``start:stop`` (stop included) of the table."""

    way: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    length_m: NDArray[np.float64]


def _cut(ways: Ways, usable: NDArray[np.bool_], step_m: NDArray[np.float64]) -> _Pieces:
    """Cut the usable ways where they meet, end, or touch themselves."""
    way_of = np.repeat(np.arange(len(ways)), np.diff(ways.first))
    at = np.flatnonzero(usable[way_of])
    ends = np.zeros(len(way_of), dtype=bool)
    ends[ways.first[:-1]] = True
    ends[ways.first[1:] - 1] = True
    _, inverse, count = np.unique(ways.node_id[at], return_inverse=True, return_counts=True)
    junction = (count[inverse] > 1) | ends[at]
    cuts = at[junction]
    start, stop = cuts[:-1], cuts[1:]
    within = way_of[start] == way_of[stop]
    start, stop = start[within], stop[within]
    # Each sum on its own: a running one would carry what stands before it in the table.
    length_m = np.add.reduceat(step_m, np.column_stack((start, stop)).ravel())[::2]
    tail, head = _same_spots(ways.node_id[start], ways.node_id[stop], length_m)
    real = length_m > 0
    start, stop = start[real], stop[real]
    return _Pieces(way_of[start], start, stop, tail[real], head[real], length_m[real])


def _same_spots(
    tail: NDArray[np.int64], head: NDArray[np.int64], length_m: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Make one junction (the lowest) of those that a street of no length joins."""
    joins = length_m == 0
    if not (joins & (tail != head)).any():
        return tail, head
    nodes, place = np.unique(np.concatenate((tail, head)), return_inverse=True)
    u, v = place[: len(tail)], place[len(tail) :]
    label = components(len(nodes), u[joins], v[joins])
    _, first = np.unique(label, return_index=True)
    lowest = nodes[first][label]
    return lowest[u], lowest[v]


def _once(ways: Ways, pieces: _Pieces) -> _Pieces:
    """Keep the lowest of the pieces that run over the same points alike (a street drawn twice)."""
    ends = np.sort(np.column_stack((pieces.tail, pieces.head)), axis=1)
    rows = np.column_stack((ends, _kind(ways)[pieces.way], pieces.stop - pieces.start))
    _, group, count = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    two_way = (ways.bike_forward == ways.bike_backward) & (ways.oneway == 0)
    kept = np.ones(len(pieces.way), dtype=bool)
    seen: set[tuple[int, ...]] = set()
    for piece in np.flatnonzero(count[group] > 1).tolist():
        run = ways.node_id[pieces.start[piece] : pieces.stop[piece] + 1].tolist()
        points = min(run, run[::-1]) if two_way[pieces.way[piece]] else run
        key = (int(group[piece]), *points)
        kept[piece] = key not in seen
        seen.add(key)
    return _Pieces(*(getattr(pieces, f.name)[kept] for f in fields(_Pieces)))


def _alone(pieces: _Pieces) -> list[list[tuple[int, bool]]]:
    """Take every piece as a segment (a source that is already simplified)."""
    return [[(piece, False)] for piece in range(len(pieces.way))]


def _join(ways: Ways, pieces: _Pieces) -> list[list[tuple[int, bool]]]:
    """Chain pieces through points where just two of them meet and nothing but the way changes.

    Gives chains of (piece, is it run backwards), each in the direction of its lowest way.
    """
    kind = _kind(ways)[pieces.way]
    symmetric = ((ways.bike_forward == ways.bike_backward) & (ways.oneway == 0))[pieces.way]
    count = len(pieces.way)
    ends = np.concatenate((pieces.tail, pieces.head))
    order = np.argsort(ends, kind="stable")
    _, first, many = np.unique(ends[order], return_index=True, return_counts=True)
    two = first[many == 2]  # noqa: PLR2004 - a pair of piece ends
    a, b = order[two], order[two + 1]
    piece_a, piece_b = a % count, b % count
    flips = (a < count) == (b < count)
    joins = (piece_a != piece_b) & (kind[piece_a] == kind[piece_b])
    joins &= ~flips | (symmetric[piece_a] & symmetric[piece_b])
    other = np.full(2 * count, -1)
    other[a[joins]] = b[joins]
    other[b[joins]] = a[joins]
    return _walk_chains(pieces, other)


def _kind(ways: Ways) -> NDArray[np.int64]:
    """Give each way a number for all that must stay the same along a segment."""
    rows = zip(
        ways.highway, ways.name, ways.ref, ways.why, ways.foot.tolist(), ways.required.tolist(),
        ways.bike_forward.tolist(), ways.bike_backward.tolist(), ways.oneway.tolist(), strict=True,
    )  # fmt: skip
    numbers: dict[tuple[object, ...], int] = {}
    return np.array([numbers.setdefault(row, len(numbers)) for row in rows], dtype=np.int64)


def _walk_chains(pieces: _Pieces, other: NDArray[np.int64]) -> list[list[tuple[int, bool]]]:
    """Follow the joined piece ends; end ``p`` is the tail of piece p, ``p + count`` its head.

    Pieces are in the order of their ways, so a chain runs in the direction of the one found first.
    """
    count = len(pieces.way)
    partner = other.tolist()
    used = bytearray(count)
    chains = []
    for piece in range(count):
        if used[piece]:
            continue
        end = piece
        while partner[end] >= 0:
            back = (partner[end] + count) % (2 * count)
            if back % count == piece:
                break
            end = back
        chain = []
        while not used[end % count]:
            used[end % count] = 1
            chain.append((end % count, end >= count))
            onward = partner[(end + count) % (2 * count)]
            if onward < 0:
                break
            end = onward
        chains.append(chain)
    return chains


def _assemble(
    ways: Ways,
    pieces: _Pieces,
    chains: list[list[tuple[int, bool]]],
    closed: tuple[Dropped, ...],
    near: Box | None,
) -> StreetNetwork:
    """Lay the chains out as the arrays of a network."""
    lead = np.array(
        [min(chain, key=lambda k: (ways.way_id[pieces.way[k[0]]], k[0]))[0] for chain in chains]
    )
    way = pieces.way[lead]
    tail = np.array([_end(pieces, chain[0], first=True) for chain in chains])
    head = np.array([_end(pieces, chain[-1], first=False) for chain in chains])
    points, owner = _points(pieces, chains)
    middle = (float(np.median(ways.lon)), float(np.median(ways.lat)))
    crs = local_crs(*(middle if near is None else near.middle))
    project = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    xy = np.column_stack(project.transform(ways.lon[points], ways.lat[points]))
    node_id, ends = np.unique(np.concatenate((tail, head)), return_inverse=True)
    node_xy = np.empty((len(node_id), 2))
    firsts = np.searchsorted(owner, np.arange(len(chains)))
    lasts = np.searchsorted(owner, np.arange(len(chains)), side="right") - 1
    node_xy[ends[: len(chains)]] = xy[firsts]
    node_xy[ends[len(chains) :]] = xy[lasts]
    empty = np.full(len(chains), -1, dtype=np.int64)
    ready = ways.segment_id
    return StreetNetwork(
        source=ways.source,
        crs=crs,
        node_id=node_id,
        node_xy=node_xy,
        segment_id=_ids(ways.way_id[way], tail, head) if ready is None else ready[way],
        u=ends[: len(chains)].astype(np.int64),
        v=ends[len(chains) :].astype(np.int64),
        length_m=np.array([pieces.length_m[[p for p, _ in chain]].sum() for chain in chains]),
        highway=ways.highway[way],
        name=ways.name[way],
        ref=ways.ref[way],
        foot=ways.foot[way],
        bike_forward=ways.bike_forward[way],
        bike_backward=ways.bike_backward[way],
        oneway=ways.oneway[way],
        required=ways.required[way],
        why=ways.why[way],
        twin_of=empty,
        geometry=np.asarray(shapely.linestrings(xy, indices=owner)),
        cities=(),
        city=empty.copy(),
        dropped=closed,
    )


def _end(pieces: _Pieces, link: tuple[int, bool], *, first: bool) -> int:
    piece, backwards = link
    return int((pieces.tail if first != backwards else pieces.head)[piece])


def _points(
    pieces: _Pieces, chains: list[list[tuple[int, bool]]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the table positions of every chain's points in order, and the chain of each."""
    runs: list[int] = []
    owners: list[int] = []
    start, stop = pieces.start.tolist(), pieces.stop.tolist()
    for chain in chains:
        for place, (piece, backwards) in enumerate(chain):
            run = range(start[piece], stop[piece] + 1)
            inner = run[::-1] if backwards else run
            runs.extend(inner if place == 0 else inner[1:])
        owners.append(len(runs))
    sizes = np.diff(np.concatenate(([0], owners)))
    return np.asarray(runs, dtype=np.int64), np.repeat(np.arange(len(chains)), sizes)


def _ids(
    way_id: NDArray[np.int64], tail: NDArray[np.int64], head: NDArray[np.int64]
) -> NDArray[np.object_]:
    """Name segments ``way:node-node``; the rare second one between the same ends gets ``#2``."""
    seen: dict[str, int] = {}
    ids = []
    for way, a, b in zip(way_id.tolist(), tail.tolist(), head.tolist(), strict=True):
        plain = f"{way}:{a}-{b}"
        seen[plain] = seen.get(plain, 0) + 1
        ids.append(plain if seen[plain] == 1 else f"{plain}#{seen[plain]}")
    return np.array(ids, dtype=object)
