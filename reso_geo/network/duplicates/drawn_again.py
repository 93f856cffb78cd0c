"""Each street once: which of the pieces that run over the same points is kept."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from reso_geo.network.noding import Pieces, kind_of
from reso_geo.osm import NO_WAY, RIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.osm import Ways

__all__ = ["drawn_once"]


def drawn_once(ways: Ways, pieces: Pieces, was: NDArray[np.int64]) -> tuple[Pieces, Pieces]:
    """Keep each street once, drawn twice over the same ids or over other ids at the same places.

    Over the same ids only a piece that is alike in all that counts is the same street: what differs
    may be a path beside a street. Over other ids, one that lets pass everybody whom the other lets
    pass, and is required where that is, stands for it, whatever it is called.

    Parameters
    ----------
    ways
        With the points joined that lie at one place.
    pieces
        From `reso_geo.network.noding.cut_ways`.
    was
        int64, shape (points,): id of each point before it was joined.

    Returns
    -------
    tuple of Pieces
        What is kept, and what was drawn again over other ids.
    """
    again = _drawn_again(ways, pieces, was)
    kept = _part(pieces, ~again)
    return _part(kept, _first_alike(ways, kept)), _part(pieces, again)


def _part(pieces: Pieces, kept: NDArray[np.bool_]) -> Pieces:
    return Pieces(*(getattr(pieces, f.name)[kept] for f in fields(Pieces)))


def _first_alike(ways: Ways, pieces: Pieces) -> NDArray[np.bool_]:
    """Find which pieces are the lowest of those that run over the same points alike."""
    ends = np.sort(np.column_stack((pieces.tail, pieces.head)), axis=1)
    rows = np.column_stack((ends, kind_of(ways)[pieces.way], pieces.stop - pieces.start))
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
    return kept


def _drawn_again(ways: Ways, pieces: Pieces, was: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Find which pieces another stands for that runs over the same places, by other ids.

    Where streets run together every point is shared, so that each piece there is one step.
    """
    again = np.zeros(len(pieces.way), dtype=bool)
    met = np.isin(np.concatenate((pieces.tail, pieces.head)), ways.node_id[was != ways.node_id])
    step = np.flatnonzero((pieces.stop - pieces.start == 1) & np.all(met.reshape(2, -1), axis=0))
    ends = np.sort(np.column_stack((pieces.tail[step], pieces.head[step])), axis=1)
    order = np.lexsort(ends.T)
    bounds = np.flatnonzero((ends[order][1:] != ends[order][:-1]).any(axis=1)) + 1
    for group in np.split(step[order], bounds):
        if len(group) > 1 and _of_other_ids(pieces, was, group):
            again[_stood_for(ways, pieces, np.sort(group).tolist())] = True
    return again


def _of_other_ids(pieces: Pieces, was: NDArray[np.int64], group: NDArray[np.int64]) -> bool:
    """Return whether the pieces ran over points of more than one pair of ids."""
    before = np.sort(np.column_stack((was[pieces.start[group]], was[pieces.stop[group]])), axis=1)
    return bool((before != before[0]).any())


def _stood_for(ways: Ways, pieces: Pieces, group: list[int]) -> list[int]:
    """Find the pieces of one step that another stands for: named before unnamed, then lowest."""
    use = {piece: _use(ways, pieces, piece) for piece in group}

    def covers(one: int, other: int) -> bool:
        return all(a >= b for a, b in zip(use[one], use[other], strict=True))

    def rank(piece: int) -> tuple[bool, int, int]:
        way = pieces.way[piece]
        return not ways.name[way], int(ways.way_id[way]), piece

    return [
        other
        for other in group
        if any(
            covers(one, other) and (not covers(other, one) or rank(one) < rank(other))
            for one in group
            if one != other
        )
    ]


def _use(ways: Ways, pieces: Pieces, piece: int) -> tuple[Any, ...]:
    """List who may pass, from the lower end to the higher and back, and whether patrol must."""
    way = pieces.way[piece]
    ride = [_ease(ways.bike_forward[way]), _ease(ways.bike_backward[way])]
    if pieces.tail[piece] > pieces.head[piece]:
        ride.reverse()
    return bool(ways.required[way]), bool(ways.foot[way]), *ride


def _ease(use: int) -> int:
    """Order what a bicycle may do: nothing, be pushed, ride."""
    return 0 if use == NO_WAY else 2 if use == RIDE else 1
