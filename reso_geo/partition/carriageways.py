"""Both sides of a street in one beat: a second carriageway goes where the first one lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.assignment import Scratch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.region import Piece
    from reso_geo.network import StreetNetwork

__all__ = ["with_twins"]


def with_twins(
    network: StreetNetwork, piece: Piece, cell: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    """Return second carriageways to the beat of their street, where both beats hang together then.

    Nobody has to patrol them, and deadhead may leave a beat: no load changes.

    Parameters
    ----------
    network
        The streets.
    piece
        Those that were cut.
    cell
        int64, shape (s,): beat of each segment, connected.
    count
        Number of beats.

    Returns
    -------
    ndarray of int64, shape (s,)
        Beat of each segment, connected.
    """
    twin = network.twin_of[piece.segment]
    street = np.searchsorted(piece.segment, twin)
    inside = (twin >= 0) & (piece.load_s == 0.0) & ~piece.required & (street < len(piece))
    inside[inside] = piece.segment[street[inside]] == twin[inside]
    apart = [s for s in np.flatnonzero(inside).tolist() if cell[s] != cell[street[s]]]
    if not apart:
        return cell
    scratch = Scratch(piece, cell, count)
    while True:
        left = [s for s in apart if not _moved(scratch, s, scratch.beat_of[int(street[s])])]
        if len(left) == len(apart):
            return scratch.cells()
        apart = left


def _moved(scratch: Scratch, segment: int, beat: int) -> bool:
    """Assign a segment to a beat that it meets, unless it holds its own beat together."""
    if beat not in scratch.beats_at(segment) or scratch.side_of(segment):
        return False
    scratch.give(segment, beat)
    return True
