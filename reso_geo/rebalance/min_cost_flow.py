"""The cheapest flow of load between neighbouring beats that brings each into its range.

A transport problem on the graph of beats, solved as a linear programme (HiGHS by way of scipy).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy
from scipy.sparse import coo_array, csr_array, hstack, identity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Arc", "cheapest_flow"]

_MISSED = 100.0
"""What a second out of the range costs: so much more than any chain of beats that none is missed
which can be helped."""


@dataclass(frozen=True)
class Arc:
    """Load that may go from one beat to a neighbour.

    Attributes
    ----------
    giver, taker
        Beats.
    cost
        Of each second.
    most_s
        The most that can go.
    """

    giver: int
    taker: int
    cost: float
    most_s: float = float("inf")


def cheapest_flow(
    load_s: NDArray[np.float64],
    low_s: NDArray[np.float64],
    high_s: NDArray[np.float64],
    arcs: Sequence[Arc],
    pools: Sequence[tuple[Sequence[int], float]] = (),
) -> tuple[float, NDArray[np.float64]]:
    """Return the cheapest flow after which every beat is in its range, as far as that can be.

    Parameters
    ----------
    load_s
        float64, shape (k,): load of each beat now.
    low_s, high_s
        float64, shape (k,): the range of each.
    arcs
        Where load may go.
    pools
        Places of arcs that share what can go, and how much that is for all of them.

    Returns
    -------
    tuple of (float, ndarray of float64)
        What it costs, a second out of a range counting a hundred; and the load on each arc.
    """
    count = len(load_s)
    if not arcs:
        missed = np.maximum(0.0, np.maximum(load_s - high_s, low_s - load_s))
        return _MISSED * float(missed.sum()), np.zeros(0)
    column = np.arange(len(arcs))
    ends = np.array([(arc.giver, arc.taker) for arc in arcs], dtype=np.int64)
    signs = np.concatenate((-np.ones(len(arcs)), np.ones(len(arcs))))
    rows = (np.concatenate((ends[:, 0], ends[:, 1])), np.tile(column, 2))
    change = csr_array(coo_array((signs, rows), shape=(count, len(arcs))))
    one = csr_array(identity(count))
    # Each beat may miss its range on either side, at a high price: there is always an answer.
    over = hstack((change, -one, csr_array((count, count))))
    under = hstack((-change, csr_array((count, count)), -one))
    most = np.array([most_s for _, most_s in pools])
    of = np.array(
        [(row, arc) for row, (some, _) in enumerate(pools) for arc in some], dtype=np.int64
    )
    of = of.reshape(-1, 2)
    shape = (len(pools), len(arcs) + 2 * count)
    shared = csr_array(coo_array((np.ones(len(of)), (of[:, 0], of[:, 1])), shape=shape))
    found = scipy.optimize.linprog(
        np.concatenate(([arc.cost for arc in arcs], np.full(2 * count, _MISSED))),
        A_ub=scipy.sparse.vstack((over, under, shared)),
        b_ub=np.concatenate((high_s - load_s, load_s - low_s, most)),
        bounds=[(0.0, arc.most_s) for arc in arcs] + [(0.0, None)] * (2 * count),
        method="highs",
    )
    if found.x is None:
        message = f"no flow between beats: {found.message}"
        raise RuntimeError(message)
    return float(found.fun), found.x[: len(arcs)]
