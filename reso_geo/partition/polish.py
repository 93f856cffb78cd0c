"""Small pieces, searched through: every move of one segment, and every pair of such moves.

A village of a few streets has so few cuts that it would be a pity to miss a better one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.partition.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from reso_geo.partition.cost import CutCost
    from reso_geo.partition.piece import Piece

__all__ = ["MOST_POLISHED", "polished"]

MOST_POLISHED = 40
"""Segments of the largest piece that is searched through."""


def polished(
    piece: Piece, cell: NDArray[np.int64], count: int, cost: CutCost
) -> tuple[float, NDArray[np.int64]]:
    """Move segments between beats, one or two at a time, until no such move is cheaper.

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
    while True:
        near = {c.tobytes(): c for c in _moves(piece, best, count)}
        found, least_near = _cheapest(near, cost)
        if least_near >= least:
            pairs = {c.tobytes(): c for one in near.values() for c in _moves(piece, one, count)}
            found, least_near = _cheapest(pairs, cost)
        if least_near >= least:
            return least, best
        best, least = found, least_near


def _cheapest(
    cells: dict[bytes, NDArray[np.int64]], cost: CutCost
) -> tuple[NDArray[np.int64], float]:
    best, least = np.empty(0, dtype=np.int64), np.inf
    for cell in cells.values():
        total = cost.total(cell)
        if total < least:
            best, least = cell, total
    return best, least


def _moves(piece: Piece, cell: NDArray[np.int64], count: int) -> Iterator[NDArray[np.int64]]:
    """Give every cut that one move leads to: a segment, with what would fall off, goes over."""
    scratch = Scratch(piece, cell, count)
    for segment in range(len(piece)):
        for beat in scratch.beats_at(segment):
            for group in scratch.groups(segment):
                moved = cell.copy()
                moved[group] = beat
                yield moved
