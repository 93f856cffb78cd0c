"""Labels of faces for which the borders between them and what they hold cost least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array

from reso_geo.network import sink_side

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

__all__ = ["Touching", "relabelled"]

_ROUNDS = 3
_UNIT = 10.0
_MOST = 10**9
"""Twice as much is still a number of 32 bits, which flows have."""


@dataclass(frozen=True, eq=False)
class Touching:
    """Faces that touch, as often as they have a side in common.

    Attributes
    ----------
    first, second
        int64, shape (t,): faces.
    cost
        float64, shape (t,): of that side where they have different labels.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    cost: NDArray[np.float64]


def relabelled(label: NDArray[np.int64], touching: Touching, gain: coo_array) -> NDArray[np.int64]:
    """Label faces so that borders between labels cost little and much is gained.

    Label after label is offered to all faces of its neighbours, and those take it for which that
    is cheapest in all: a minimum cut (expansion moves).

    Parameters
    ----------
    label
        int64, shape (n,): to begin with, from 0.
    touching
        The faces that touch.
    gain
        float64, shape (n, k): for each face and label; entries add up.

    Returns
    -------
    ndarray of int64, shape (n,)
        The new labels.
    """
    label, count = label.copy(), len(label)
    ends = (
        np.concatenate((touching.first, touching.second)),
        np.concatenate((touching.second, touching.first)),
    )
    between = coo_array((np.tile(touching.cost, 2), ends), shape=(count, count)).tocsr()
    pairs = between.tocoo()
    by_face = gain.tocsr()
    asked = np.arange(gain.shape[1])
    for _ in range(_ROUNDS):
        before = label.copy()
        for each in asked.tolist():
            beside = np.unique(label[pairs.col[label[pairs.row] == each]])
            offered = np.flatnonzero(np.isin(label, beside[beside != each]))
            if len(offered):
                taken = _taken(label, between, offered, each, by_face)
                label[offered[taken]] = each
        moved = label != before
        around = moved[pairs.row] | moved[pairs.col]
        asked = np.union1d(label[pairs.row[around]], before[moved])
    return label


def _taken(
    label: NDArray[np.int64],
    between: csr_array,
    offered: NDArray[np.int64],
    each: int,
    gain: csr_array,
) -> NDArray[np.bool_]:
    """Return which of the faces take the label that all of them are offered."""
    place = np.full(len(label), -1)
    place[offered] = np.arange(len(offered))
    sides = between[offered].tocoo()
    one, other, cost = sides.row, sides.col, sides.data
    mine, theirs = label[offered[one]], label[other]
    rows = gain[offered]
    keep = -np.asarray(rows[np.arange(len(offered)), label[offered]]).ravel()
    take = -rows[:, [each]].toarray().ravel()
    alone = place[other] < 0
    np.add.at(keep, one[alone], cost[alone] * (mine != theirs)[alone])
    np.add.at(take, one[alone], cost[alone] * (theirs != each)[alone])
    # Two faces of different labels pay for their border unless both take the new one.
    apart = ~alone & (mine != theirs) & (one < place[other])
    np.add.at(take, place[other[apart]], -cost[apart])
    joined = apart | (~alone & (mine == theirs))
    more, cost = (np.clip(np.rint(each * _UNIT), -_MOST, _MOST) for each in (take - keep, cost))
    ends = one[joined], place[other[joined]]
    return sink_side(more, ends, cost[joined], np.zeros(len(ends[0])))
