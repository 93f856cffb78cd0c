"""Assign an even choice of streets its best legal directions.

A street's two directions cost differently (a one-way street is ridden one way, pushed the other).
For an even graph the best directions are a minimum-cost flow (Win 1989): each copy first runs in
its cheaper direction; reversing it, or riding somewhere twice more, shifts two units of balance.
All imbalances are even, so the flow is solved in pairs, and its linear programme has whole corners.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.coverage.lp_model import Programme
from reso_geo.coverage.traversals import Traversals, over_links

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.coverage.graph import TravelGraph

__all__ = ["direct", "links_around", "turned"]

_NEAR_STEPS = 3


def direct(
    graph: TravelGraph, segments: NDArray[np.int64], links: NDArray[np.int64]
) -> Traversals | None:
    """Turn required segments and deadhead links into traversals that balance at every junction.

    Parameters
    ----------
    graph
        The mode's travel graph.
    segments
        int64, shape (k,): required segments.
    links
        int64: what makes them even, from `reso_geo.coverage.rural_postman.choose_links`.

    Returns
    -------
    Traversals or None
        None when no legal choice of directions exists. In a symmetric graph any direction is as
        good: each traversal is forward, and whoever walks it turns it as it comes.
    """
    link = graph.links
    if graph.symmetric:
        more = over_links(graph, link.a[links], link.b[links])
        return Traversals.of(segments, np.ones(len(segments), dtype=bool), more)
    u = np.concatenate((graph.u[segments], link.a[links]))
    v = np.concatenate((graph.v[segments], link.b[links]))
    there = np.concatenate((graph.patrol_forward[segments], link.there[links]))
    back = np.concatenate((graph.patrol_backward[segments], link.back[links]))
    turned = back < there
    tail, head = np.where(turned, v, u), np.where(turned, u, v)
    balance = np.bincount(tail, minlength=graph.node_count) - np.bincount(
        head, minlength=graph.node_count
    )
    if not balance.any():
        return _traversals(graph, segments, links, ~turned, links[:0], turned[:0])
    extra = np.abs(there - back)
    near = links_around(graph, np.concatenate((tail, head)))
    for usable in (near, np.arange(len(link.a))):
        flow = _balanced(graph, usable, balance // 2, (tail, head, extra))
        if flow is not None:
            reverse, rides, ahead = flow
            return _traversals(graph, segments, links, turned == reverse, rides, ahead)
    return None


def turned(graph: TravelGraph, steps: Traversals) -> Traversals:
    """Turn traversals of an even choice so that whoever comes to a junction leaves it again.

    Parameters
    ----------
    graph
        A symmetric one, so that no direction costs more.
    steps
        Passages of which an even number ends at every junction.

    Returns
    -------
    Traversals
        The same segments in the same order, as they are met on walks from junction to junction.
    """
    u, v = graph.u[steps.segment].tolist(), graph.v[steps.segment].tolist()
    waiting: dict[int, list[int]] = {}
    for row, ends in enumerate(zip(u, v, strict=True)):
        for node in ends:
            waiting.setdefault(node, []).append(row)
    forward = np.zeros(len(u), dtype=bool)
    walked = [False] * len(u)
    for start in waiting:
        here = start
        # An even junction that was entered can be left, so a walk ends only where it started.
        while rows := waiting[here]:
            row = rows.pop()
            if walked[row]:
                continue
            walked[row] = True
            forward[row] = u[row] == here
            here = v[row] if forward[row] else u[row]
    return Traversals(steps.segment, forward, steps.patrol)


def _traversals(
    graph: TravelGraph,
    segments: NDArray[np.int64],
    links: NDArray[np.int64],
    forward: NDArray[np.bool_],
    rides: NDArray[np.int64],
    ahead: NDArray[np.bool_],
) -> Traversals:
    """Return the segments of all copies and of the extra rides over links, ahead or back."""
    over = np.concatenate((links, rides))
    up = np.concatenate((forward[len(segments) :], ahead))
    a, b = graph.links.a[over], graph.links.b[over]
    more = over_links(graph, np.where(up, a, b), np.where(up, b, a))
    return Traversals.of(segments, forward[: len(segments)], more)


def links_around(graph: TravelGraph, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the links around some junctions: what most extra rides use.

    Parameters
    ----------
    graph
        The mode's travel graph.
    nodes
        int64: junctions of the streets at hand.

    Returns
    -------
    ndarray of int64
        Link indices, ascending.
    """
    link = graph.links
    here = np.zeros(graph.node_count, dtype=bool)
    here[nodes] = True
    for _ in range(_NEAR_STEPS):
        touching = here[link.a] | here[link.b]
        here[link.a[touching]] = here[link.b[touching]] = True
    return np.flatnonzero(here[link.a] & here[link.b])


def _balanced(
    graph: TravelGraph,
    usable: NDArray[np.int64],
    pairs: NDArray[np.int64],
    copies: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.bool_]] | None:
    """Balance every junction: which copies to reverse, and extra rides (link, ahead or back)."""
    tail, head, extra = copies
    link = graph.links
    free = np.flatnonzero(np.isfinite(extra) & (tail != head))
    ahead = usable[np.isfinite(link.there[usable])]
    back = usable[np.isfinite(link.back[usable])]
    start = np.concatenate((tail[free], link.b[ahead], link.a[back]))
    end = np.concatenate((head[free], link.a[ahead], link.b[back]))
    cost = np.concatenate((extra[free], 2.0 * link.there[ahead], 2.0 * link.back[back]))
    most = np.concatenate((np.ones(len(free)), np.full(len(ahead) + len(back), np.inf)))
    used = np.unique(np.concatenate((start, end, np.flatnonzero(pairs))))
    row = np.full(graph.node_count, -1, dtype=np.int64)
    row[used] = np.arange(len(used))
    programme = Programme(cost, np.zeros(len(cost)), most, once=True)
    want = pairs[used].astype(np.float64)
    column = np.arange(len(cost))
    entries = (
        np.concatenate((row[start], row[end])),
        np.concatenate((column, column)),
        np.repeat((1.0, -1.0), len(cost)),
    )
    programme.add_rows(entries, want, want)
    outcome = programme.solve()
    if not len(outcome.values):
        return None
    flow = np.rint(outcome.values).astype(np.int64)
    reverse = np.zeros(len(tail), dtype=bool)
    reverse[free] = flow[: len(free)] > 0
    rides = np.repeat(np.concatenate((ahead, back)), 2 * flow[len(free) :])
    up = np.repeat(np.arange(len(ahead) + len(back)) < len(ahead), 2 * flow[len(free) :])
    return reverse, rides, up
