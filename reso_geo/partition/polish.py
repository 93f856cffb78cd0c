"""Small pieces, searched through: the cheapest cut seen that was not yet left is left by all moves.

A village of a few streets has so few cuts that it would be a pity to miss a better one.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.partition.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from reso_geo.partition.cost import CutCost
    from reso_geo.partition.piece import Piece

__all__ = ["MOST_POLISHED", "polished"]

_PATIENCE = 150
"""Cuts to go on from after the best one before the search ends."""
MOST_POLISHED = 40
"""Segments of the largest piece that is searched through."""


def polished(
    piece: Piece, cell: NDArray[np.int64], count: int, cost: CutCost
) -> tuple[float, NDArray[np.int64]]:
    """Move segments between beats, from the cheapest cut seen on, until nothing cheaper turns up.

    Parameters
    ----------
    piece
        The streets.
    cell
        int64, shape (s,): beat of each segment; beats are connected and have a required one.
    count
        Number of beats.
    cost
        What cuts cost.

    Returns
    -------
    least : float
        Cost of the cut that was found.
    cell : ndarray of int64, shape (s,)
        Its beats, connected.
    """
    best, least = cell, cost.total(cell)
    queue, seen = [(least, cell.tobytes())], {cell.tobytes()}
    idle = 0
    while queue and idle < _PATIENCE:
        _, key = heapq.heappop(queue)
        idle += 1
        for near in _moves(piece, np.frombuffer(key, dtype=np.int64), count):
            if near.tobytes() in seen:
                continue
            seen.add(near.tobytes())
            total = cost.total(near)
            heapq.heappush(queue, (total, near.tobytes()))
            if total < least:
                best, least, idle = near, total, 0
    return least, best


def _moves(piece: Piece, cell: NDArray[np.int64], count: int) -> Iterator[NDArray[np.int64]]:
    """Give every cut that one move leads to: a segment, with what would fall off, goes over."""
    scratch = Scratch(piece, cell, count)
    for segment in range(len(piece)):
        for beat in scratch.beats_at(segment):
            for group in scratch.groups(segment):
                moved = cell.copy()
                moved[group] = beat
                yield moved
