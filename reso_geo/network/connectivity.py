"""What streets join: connected components, shortest ways as a sparse matrix, minimum cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["components", "cost_matrix", "sink_side"]

_FEW_STREETS = 200
"""Up to here, joining ends one by one takes less time than setting up a sparse graph."""


def components(n: int, u: NDArray[np.int64], v: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the connected component of each of n junctions that the streets u-v join.

    Parameters
    ----------
    n
        Number of junctions.
    u, v
        int64, shape (k,): ends of each street.

    Returns
    -------
    ndarray of int64, shape (n,)
        Component numbers from zero; a junction that no street touches is one of its own.

    Examples
    --------
    >>> components(4, np.array([0, 1]), np.array([1, 2]))
    array([0, 0, 0, 1])
    """
    if max(n, len(u)) <= _FEW_STREETS:
        return _few_components(n, u.tolist(), v.tolist())
    graph = coo_array((np.ones(len(u), dtype=np.int8), (u, v)), shape=(n, n))
    label: NDArray[np.int64] = connected_components(graph, directed=False)[1].astype(np.int64)
    return label


def _few_components(n: int, u: list[int], v: list[int]) -> NDArray[np.int64]:
    """Join ends two by two (Tarjan 1975, with path halving); each root is its lowest junction."""
    root = list(range(n))
    for street in zip(u, v, strict=True):
        ends = []
        for end in street:
            top = end
            while root[top] != top:
                root[top] = root[root[top]]
                top = root[top]
            ends.append(top)
        root[max(ends)] = min(ends)
    label = [0] * n
    count = 0
    for node, above in enumerate(root):
        if above == node:
            label[node], count = count, count + 1
        else:
            label[node] = label[above]
    return np.array(label, dtype=np.int64)


def cost_matrix(
    n: int, u: NDArray[np.int64], v: NDArray[np.int64], cost: NDArray[np.float64]
) -> csr_array:
    """Return what it costs to go between neighbouring junctions, both ways alike.

    Parameters
    ----------
    n
        Number of junctions.
    u, v
        int64, shape (k,): ends of each street.
    cost
        float64, shape (k,): of each street.

    Returns
    -------
    csr_array, shape (n, n)
        Symmetric; the cheapest of parallel streets, which a sparse matrix would add up; no loops.

    Examples
    --------
    >>> cost_matrix(2, np.array([0, 1]), np.array([1, 0]), np.array([5.0, 3.0])).toarray()
    array([[0., 3.],
           [3., 0.]])
    """
    low, high = np.minimum(u, v), np.maximum(u, v)
    order = np.lexsort((cost, high, low))
    order = order[low[order] != high[order]]
    kept = order[np.diff(low[order] * n + high[order], prepend=-1) != 0]
    ends = np.concatenate((low[kept], high[kept])), np.concatenate((high[kept], low[kept]))
    return csr_array(coo_array((np.tile(cost[kept], 2), ends), shape=(n, n)))


def sink_side(
    more: NDArray[np.float64],
    ends: tuple[NDArray[np.int64], NDArray[np.int64]],
    ahead: NDArray[np.float64],
    back: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Return which nodes a minimum cut leaves on the sink's side: all but the least source's side.

    All costs are whole numbers, of which twice the largest fits into 32 bits, as flows have.

    Parameters
    ----------
    more
        float64, shape (n,): what each node costs more on the sink's side than on the source's.
    ends
        int64, shape (p,) each: nodes that are joined.
    ahead, back
        float64, shape (p,): what it costs that only the second of them is on the sink's side, and
        only the first.

    Returns
    -------
    ndarray of bool, shape (n,)
        True on the sink's side.

    Examples
    --------
    >>> ends = np.array([0, 1]), np.array([1, 2])
    >>> sink_side(np.array([9.0, 0.0, -9.0]), ends, np.array([2.0, 1.0]), np.array([2.0, 1.0]))
    array([False, False,  True])
    """
    count, (a, b) = len(more), ends
    own = np.arange(count)
    source, sink, none = np.full(count, count), np.full(count, count + 1), np.zeros(count)
    tail = np.concatenate((a, b, source, own, own, sink)).astype(np.int32)
    head = np.concatenate((b, a, own, source, sink, own)).astype(np.int32)
    capacity = np.concatenate(
        (ahead, back, np.maximum(more, 0.0), none, np.maximum(-more, 0.0), none)
    )
    # Every arc has its reverse, so that a flow has the places of its graph.
    graph = coo_array(
        (capacity.astype(np.int32), (tail, head)), shape=(count + 2, count + 2)
    ).tocsr()
    flow = maximum_flow(graph, count, count + 1).flow
    left = csr_array((graph.data - flow.data, graph.indices, graph.indptr), shape=graph.shape)
    left.eliminate_zeros()
    second = np.ones(count + 2, dtype=bool)
    second[breadth_first_order(left, count, return_predecessors=False)] = False
    return second[:count]
