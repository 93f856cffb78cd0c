"""Sides of barriers: what can be cut apart from the rest without uneven beats.

A motorway, a railway or a river divides a piece into sides that only bridges, tunnels and level
crossings join. Sides whose load is close to a whole number of beats are cut on their own, so that
no beat lies on both; the others are put together until they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.partition.piece import meetings
from reso_geo.partition.seats import sainte_lague

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.partition.piece import Piece

__all__ = ["sides_of"]


def sides_of(
    piece: Piece, weight: NDArray[np.float64], count: int, tolerance: float
) -> tuple[NDArray[np.int64], list[int]]:
    """Group the sides of a piece's barriers so that each group has room for whole beats.

    Parameters
    ----------
    piece
        The streets.
    weight
        float64, shape (s,): what each segment counts for, positive.
    count
        Beats of the piece.
    tolerance
        How far a group's load per beat may be from the piece's, as a share of it.

    Returns
    -------
    group : ndarray of int64, shape (s,)
        Connected group of each segment, from 0 on.
    beats : list of int
        Beats of each group; `count` in all.
    """
    # A segment that crosses lies on the side of its end u.
    side = np.unique(piece.side[piece.u], return_inverse=True)[1]
    number = int(side.max()) + 1
    load = np.bincount(side, weight, number) * count / weight.sum()
    room = np.bincount(side, piece.required, number)
    meet = set(meetings(piece, side))
    member = [[n] for n in range(number)]
    while len(member) > 1:
        sums = np.array([load[m].sum() for m in member])
        most = [int(room[m].sum()) for m in member]
        beats = _whole(sums, most, count)
        off = np.abs(sums / np.maximum(beats, 0.5) - 1.0)
        if off.max() <= tolerance:
            break
        # The smallest first: it can go to where it helps.
        one = min(np.flatnonzero(off > tolerance).tolist(), key=lambda g: sums[g])
        near = [g for g in range(len(member)) if g != one and _meet(meet, member[g], member[one])]
        other = min(near, key=lambda g: (round(_rest(sums[g] + sums[one]), 2), g))
        low, high = sorted((one, other))
        member[low] += member.pop(high)
    group = np.empty(number, dtype=np.int64)
    for place, sides in enumerate(member):
        group[sides] = place
    sums = np.array([load[m].sum() for m in member])
    return group[side], _whole(sums, [int(room[m].sum()) for m in member], count)


def _whole(load: NDArray[np.float64], room: list[int], count: int) -> list[int]:
    """Give each group its beats, by Sainte-Laguë; none to the smallest where there are too few."""
    order = sorted(range(len(load)), key=lambda g: (-load[g], g))[:count]
    given = sainte_lague([float(load[g]) for g in order], count, [room[g] for g in order])
    beats = [0] * len(load)
    for place, many in zip(order, given, strict=True):
        beats[place] = many
    return beats


def _rest(load: float) -> float:
    """Give how far a load is from whole beats, for each of them."""
    return abs(load / max(round(load), 1) - 1.0)


def _meet(meet: set[tuple[int, int]], some: list[int], others: list[int]) -> bool:
    return any(((a, b) if a < b else (b, a)) in meet for a in some for b in others)
