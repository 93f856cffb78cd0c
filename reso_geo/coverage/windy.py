"""The windy rural postman: turn an even, connected choice of streets into a legal ride.

A street's two directions cost differently (a one-way street is ridden one way, pushed the other).
For an even graph the best directions are a minimum-cost flow (Win 1989): each copy first runs in
its cheaper direction; reversing it, or riding there twice more, shifts two units of balance. All
imbalances are even, so the flow is solved in pairs, and its linear programme has whole corners.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.coverage.graph import TravelGraph
    from reso_geo.coverage.rural import Deadhead

__all__ = ["directed_cost_ms"]


def directed_cost_ms(
    graph: TravelGraph, segments: NDArray[np.int64], deadhead: Deadhead
) -> tuple[float, float]:
    """Give the cost of a legal ride over the segments and the deadhead.

    Parameters
    ----------
    graph
        The bike's travel graph.
    segments
        int64, shape (k,): required segments.
    deadhead
        What makes them even and connected.

    Returns
    -------
    pass_ms : float
        The whole ride; infinite when no legal ride exists.
    patrol_ms : float
        The part of it spent on the first pass of the required segments.
    """
    extra = np.repeat(graph.segment[deadhead.edge], deadhead.copies)
    copy = np.concatenate((segments, extra))
    first = np.arange(len(copy)) < len(segments)
    forward = np.where(first, graph.patrol_forward_ms[copy], graph.forward_ms[copy])
    backward = np.where(first, graph.patrol_backward_ms[copy], graph.backward_ms[copy])
    turned = backward < forward
    tail = np.where(turned, graph.v[copy], graph.u[copy])
    head = np.where(turned, graph.u[copy], graph.v[copy])
    cheap, dear = np.minimum(forward, backward), np.maximum(forward, backward)
    nodes = np.unique(np.concatenate((tail, head)))
    balance = np.bincount(tail, minlength=graph.node_count) - np.bincount(
        head, minlength=graph.node_count
    )
    least_ms, patrol_ms = float(cheap.sum()), float(cheap[first].sum())
    if not balance.any():
        return least_ms, patrol_ms
    for arcs in (_near(graph, nodes), np.arange(len(graph.u))):
        flow = _flow(graph, arcs, balance // 2, (tail, head, dear - cheap))
        if flow is not None:
            reversed_copies, rides_ms = flow
            turn_ms = np.where(reversed_copies, dear - cheap, 0.0)
            return least_ms + rides_ms + float(turn_ms.sum()), patrol_ms + float(
                turn_ms[first].sum()
            )
    return np.inf, patrol_ms


def _near(graph: TravelGraph, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the segments that touch the streets at hand: what most extra rides use."""
    here = np.zeros(graph.node_count, dtype=bool)
    here[nodes] = True
    for _ in range(3):
        touching = here[graph.u] | here[graph.v]
        here[graph.u[touching]] = here[graph.v[touching]] = True
    return np.flatnonzero(here[graph.u] & here[graph.v])


def _flow(
    graph: TravelGraph,
    arcs: NDArray[np.int64],
    pairs: NDArray[np.int64],
    copies: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
) -> tuple[NDArray[np.bool_], float] | None:
    """Balance every junction: tell which copies to reverse, and the cost of extra rides."""
    tail, head, turn_ms = copies
    free = np.flatnonzero(np.isfinite(turn_ms) & (tail != head))
    forward = arcs[np.isfinite(graph.forward_ms[arcs])]
    backward = arcs[np.isfinite(graph.backward_ms[arcs])]
    start = np.concatenate((tail[free], graph.v[forward], graph.u[backward]))
    end = np.concatenate((head[free], graph.u[forward], graph.v[backward]))
    cost = np.concatenate(
        (turn_ms[free], 2.0 * graph.forward_ms[forward], 2.0 * graph.backward_ms[backward])
    )
    most = np.concatenate((np.ones(len(free)), np.full(len(forward) + len(backward), np.inf)))
    used = np.unique(np.concatenate((start, end, np.flatnonzero(pairs))))
    row = np.full(graph.node_count, -1, dtype=np.int64)
    row[used] = np.arange(len(used))
    columns = np.arange(len(cost))
    matrix = coo_array(
        (
            np.concatenate((np.ones(len(cost)), -np.ones(len(cost)))),
            (np.concatenate((row[start], row[end])), np.concatenate((columns, columns))),
        ),
        shape=(len(used), len(cost)),
    )
    answer = linprog(
        cost,
        A_eq=matrix.tocsr(),
        b_eq=pairs[used].astype(np.float64),
        bounds=np.column_stack((np.zeros(len(cost)), most)),
        method="highs-ds",
    )
    if answer.status != 0:
        return None
    flow = np.round(answer.x)
    reverse = np.zeros(len(tail), dtype=bool)
    reverse[free] = flow[: len(free)] > 0
    return reverse, float((flow * cost)[len(free) :].sum())
