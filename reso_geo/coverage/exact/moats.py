"""Moats: sets to start cutting from, grown around odd junctions and around required parts.

All sets that lack something grow at the same pace; where two meet they become one, and one that
lacks nothing any more rests (Goemans and Williamson 1995). The sets form families of nested cuts,
which a search on fractional solutions would find one junction at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

__all__ = ["moats"]


def moats(
    mark: NDArray[np.int64],
    ends: tuple[NDArray[np.int64], NDArray[np.int64]],
    cost: NDArray[np.float64],
    lacking: Callable[[NDArray[np.int64]], NDArray[np.bool_]],
) -> Iterator[NDArray[np.bool_]]:
    """Grow sets until none lacks anything.

    Parameters
    ----------
    mark
        int64, shape (n,): what each node brings to its set.
    ends
        Two arrays of int64, shape (m,): ends of the edges.
    cost
        float64, shape (m,): how wide each edge is.
    lacking
        Tells from the sum of marks of each set whether it has to grow.

    Yields
    ------
    ndarray of bool, shape (n,)
        A set that grew, as it was before it met another one.
    """
    part = np.arange(len(mark))
    held = mark.copy()
    grows = lacking(held)
    moat = np.zeros(len(mark))
    apart = np.flatnonzero(ends[0] != ends[1])
    u, v, width = ends[0][apart], ends[1][apart], cost[apart]
    while True:
        pace = grows[part[u]].astype(float) + grows[part[v]]
        closing = np.flatnonzero(pace)
        if not len(closing):
            return
        wait = (width[closing] - moat[u[closing]] - moat[v[closing]]) / pace[closing]
        soonest = int(np.argmin(wait))
        moat[grows[part]] += max(float(wait[soonest]), 0.0)
        one, two = part[u[closing[soonest]]], part[v[closing[soonest]]]
        for grown in (one, two):
            if grows[grown]:
                yield part == grown
        part[part == two] = one
        held[one], held[two] = held[one] + held[two], 0
        grows[one], grows[two] = lacking(held[one : one + 1])[0], False
        between = part[u] != part[v]
        u, v, width = u[between], v[between], width[between]
