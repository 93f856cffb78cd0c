"""Two beats divide their streets again: the cheapest border at which so much load is on each side.

A minimum cut between what surely belongs to the one and to the other (an alpha-beta swap; Boykov,
Veksler and Zabih 2001, section 4) that weighs the cost of the border against the walk from each
base; a price on load (a Lagrange multiplier) is moved until about the wanted load is on each side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from reso_geo.districting.border_costs import MeetingCosts

__all__ = ["Division", "divisions"]

_UNIT = 1000
"""Capacities are whole numbers of thousandths."""
_MOST = 2**29
_FIRST_STEP, _WIDER = 4.0, 4.0
_MOST_PRICES = 12
_LEAST_STEP = 1e-3


@dataclass(frozen=True)
class Division:
    """The streets of two beats, and what is known of each.

    Attributes
    ----------
    meetings
        What it costs to part those that meet, by their places among the two beats' segments.
    weight
        float64, shape (k,): what each counts for, in mean loads of the two.
    pull
        float64, shape (k,): what it costs more in the second beat than in the first.
    first, second
        int64: places of those that stay in the first, and in the second.
    """

    meetings: MeetingCosts
    weight: NDArray[np.float64]
    pull: NDArray[np.float64]
    first: NDArray[np.int64]
    second: NDArray[np.int64]


def divisions(given: Division, wanted: float, near: float, start: float=0.0) -> Iterator[tuple[float, NDArray[np.bool_]]]:
    """Divide streets at one price on load after another, until the second has what is wanted.

    Parameters
    ----------
    given
        The streets.
    wanted
        Weight that the second should hold.
    near
        Weight by which it may be off that; the search ends there.

    Yields
    ------
    ndarray of bool, shape (k,)
        Which segments the second holds.
    """
    low = high = None
    price, step = start, _FIRST_STEP
    settled = np.zeros(len(given.weight), dtype=bool)
    settled[given.second] = True
    left = np.ones(len(given.weight), dtype=bool)
    left[given.first] = left[given.second] = False
    for _ in range(_MOST_PRICES):
        second = settled.copy()
        second[left] = _second_side(given, np.flatnonzero(left), settled, price)
        yield price, second
        over = float(given.weight[second].sum()) - wanted
        if abs(over) <= near:
            return
        if over > 0.0:
            low = price
            left &= second
        else:
            high = price
            settled |= second
            left &= ~second
        if not left.any():
            return
        if low is None or high is None:
            price = price + step if high is None else price - step
            step *= _WIDER
        elif high - low < _LEAST_STEP:
            return
        else:
            price = (low + high) / 2.0


def _second_side(
    given: Division, own: NDArray[np.int64], settled: NDArray[np.bool_], price: float
) -> NDArray[np.bool_]:
    """Return which of the segments that are still open the second holds at a price on load.

    Parameters
    ----------
    given
        The streets.
    own
        int64, shape (o,): places of the open ones, ascending.
    settled
        bool, shape (k,): of the others, which the second holds.
    price
        On load in the second.

    Returns
    -------
    ndarray of bool, shape (o,)
        Where several cuts are as cheap, the one that gives it most.
    """
    place = np.full(len(settled), -1, dtype=np.int64)
    place[own] = np.arange(len(own))
    one, two, cost = given.meetings.first, given.meetings.second, given.meetings.cost
    a, b = place[one], place[two]
    toward = np.where(settled, -1.0, 1.0)
    more = given.pull[own] + price * given.weight[own]
    for inner, outer in ((a, two), (b, one)):
        edge = (inner >= 0) & (place[outer] < 0)
        more += np.bincount(inner[edge], cost[edge] * toward[outer[edge]], len(own))
    both = (a >= 0) & (b >= 0)
    return _cut(more, a[both], b[both], cost[both])


def _cut(
    more: NDArray[np.float64],
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    cost: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Return what is on the sink's side of a minimum cut: the least source's side of all."""
    count = len(more)
    source, sink, own = count, count + 1, np.arange(count)
    more = np.clip(np.rint(more * _UNIT), -_MOST, _MOST)
    tail = np.concatenate((a, b, np.full(count, source), own, own, np.full(count, sink)))
    head = np.concatenate((b, a, own, np.full(count, source), np.full(count, sink), own))
    none = np.zeros(count)
    between = np.rint(np.tile(cost, 2) * _UNIT)
    capacity = np.concatenate((between, np.maximum(more, 0.0), none, np.maximum(-more, 0.0), none))
    graph = coo_array(
        (capacity.astype(np.int32), (tail.astype(np.int32), head.astype(np.int32))),
        shape=(count + 2, count + 2),
    ).tocsr()
    left = graph - maximum_flow(graph, source, sink).flow
    left.eliminate_zeros()
    second = np.ones(count + 2, dtype=bool)
    second[breadth_first_order(left, source, return_predecessors=False)] = False
    return second[:count]
