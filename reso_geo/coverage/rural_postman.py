"""The fast choice of deadhead: links that make the required segments even and hold them together.

With one required part the minimum-weight T-join is the best choice (Edmonds and Johnson 1973).
With several, in the manner of Frederickson (1979): join, connect what is still apart, join again.
Of the doubled links those that hold nothing together are dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.network import components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.coverage.deadhead_weights import DeadheadWeights
    from reso_geo.coverage.graph import TravelGraph

__all__ = ["choose_links", "connected_parts"]

_PAIR = 2


def connected_parts(
    graph: TravelGraph,
    segments: NDArray[np.int64],
    base: int,
    links: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Return the part of each junction that some segments, some links and the base touch.

    Parameters
    ----------
    graph
        The mode's travel graph.
    segments
        int64, shape (k,).
    base
        A junction; a part of its own when nothing else touches it.
    links
        int64: links that connect parts too; None for none.

    Returns
    -------
    ndarray of int64, shape (n,)
        Parts from 0 on, -1 for a junction of none.
    """
    more = np.empty(0, dtype=np.int64) if links is None else links
    u = np.concatenate((graph.u[segments], graph.links.a[more], [base]))
    v = np.concatenate((graph.v[segments], graph.links.b[more], [base]))
    node, place = np.unique(np.concatenate((u, v)), return_inverse=True)
    part = np.full(graph.node_count, -1, dtype=np.int64)
    part[node] = components(len(node), place[: len(u)], place[len(u) :])
    return part


def choose_links(
    graph: TravelGraph,
    weights: DeadheadWeights,
    segments: NDArray[np.int64],
    base: int,
) -> tuple[NDArray[np.int64], float]:
    """Choose links whose copies, with the segments, form one even graph through the base.

    Parameters
    ----------
    graph
        The mode's travel graph.
    weights
        What counts.
    segments
        int64, shape (k,): required segments.
    base
        Junction where the tour starts and ends.

    Returns
    -------
    links : ndarray of int64
        One that is travelled twice stands there twice. Parts that no path connects stay
        apart.
    proven : float
        No choice costs less by the weights.
    """
    odd = graph.odd(segments)
    join, proven = weights.t_joins.join(odd)
    left = connected_parts(graph, segments, base, join)
    if _in_one(graph, left):
        return join, proven
    links = _connected(graph, weights, (segments, base, odd), left)
    return _pruned(graph, weights, segments, base, links), proven


def _in_one(graph: TravelGraph, part: NDArray[np.int64]) -> bool:
    """Return whether no two parts could be connected."""
    held = np.flatnonzero(part >= 0)
    return len(np.unique(graph.component[held])) == int(part.max()) + 1


def _connected(
    graph: TravelGraph,
    weights: DeadheadWeights,
    task: tuple[NDArray[np.int64], int, NDArray[np.bool_]],
    part: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Connect parts and join; the new join may come apart elsewhere: so again until it holds."""
    segments, base, odd = task
    both = tree = np.empty(0, dtype=np.int64)
    links = graph.links
    while not _in_one(graph, part):
        tree = np.unique(np.concatenate((tree, weights.connectors.tree(part))))
        ends = np.bincount(
            np.concatenate((links.a[tree], links.b[tree])), minlength=graph.node_count
        )
        join, _ = weights.t_joins.join(odd ^ (ends % 2 == 1))
        both = np.concatenate((tree, join))
        part = connected_parts(graph, segments, base, both)
    return both


def _pruned(
    graph: TravelGraph,
    weights: DeadheadWeights,
    segments: NDArray[np.int64],
    base: int,
    chosen: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Remove pairs of copies that connect nothing: of those, keep a cheapest tree."""
    link, copies = np.unique(chosen, return_counts=True)
    single = link[copies % 2 == 1]
    pairs = link[copies % 2 == 0]
    part = connected_parts(graph, segments, base, single)
    # Junctions that only pairs touch are parts of their own.
    loose = np.setdiff1d(
        np.concatenate((graph.links.a[pairs], graph.links.b[pairs])), np.flatnonzero(part >= 0)
    )
    part[loose] = int(part.max()) + 1 + np.arange(len(loose))
    root = list(range(int(part.max()) + 1))

    def top(x: int) -> int:
        while root[x] != x:
            root[x] = root[root[x]]
            x = root[x]
        return x

    kept = []
    for pair in pairs[np.argsort(weights.cost[pairs], kind="stable")].tolist():
        one, two = top(int(part[graph.links.a[pair]])), top(int(part[graph.links.b[pair]]))
        if one != two:
            root[one] = two
            kept.append(pair)
    trimmed = _without_stubs(graph, np.array(kept, dtype=np.int64), loose)
    return np.sort(np.concatenate((single, np.repeat(trimmed, _PAIR))))


def _without_stubs(
    graph: TravelGraph, pairs: NDArray[np.int64], loose: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Drop pairs that only lead to a junction where nothing is to be done."""
    idle = np.zeros(graph.node_count, dtype=bool)
    idle[loose] = True
    a, b = graph.links.a, graph.links.b
    while len(pairs):
        ends = np.bincount(np.concatenate((a[pairs], b[pairs])), minlength=graph.node_count)
        stub = (idle[a[pairs]] & (ends[a[pairs]] == 1)) | (idle[b[pairs]] & (ends[b[pairs]] == 1))
        if not stub.any():
            break
        pairs = pairs[~stub]
    return pairs
