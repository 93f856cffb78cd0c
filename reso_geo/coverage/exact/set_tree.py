"""Set tree: the connected sets that strong edges form at every threshold, from one spanning tree.

Edges are joined from the strongest down (Kruskal 1956). Each set of the tree is then a run of
places in one order of the nodes, and what crosses its border is a difference of sums along that
order: no threshold needs components of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SetTree", "set_tree"]


@dataclass(frozen=True)
class SetTree:
    """Nested sets of nodes.

    Attributes
    ----------
    place
        int64, shape (n,): place of each node in the order.
    low, high
        int64, shape (k,): each set has the nodes from place ``low`` to before ``high``.
    over
        float64, shape (k,): sum of the values of the edges over its border.
    """

    place: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    over: NDArray[np.float64]

    def held(self, mark: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the sum of the marks of each set.

        Parameters
        ----------
        mark
            int64, shape (n,): of each node.

        Returns
        -------
        ndarray of int64, shape (k,)
            One for each set.
        """
        in_order = np.empty_like(mark)
        in_order[self.place] = mark
        sums = np.append(0, np.cumsum(in_order))
        total: NDArray[np.int64] = sums[self.high] - sums[self.low]
        return total

    def sides(self, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which nodes some sets have.

        Parameters
        ----------
        chosen
            int64, shape (r,): numbers of sets.

        Returns
        -------
        ndarray of bool, shape (r, n)
            True for those within.
        """
        low, high = self.low[chosen, None], self.high[chosen, None]
        inside: NDArray[np.bool_] = (low <= self.place) & (self.place < high)
        return inside


def set_tree(
    node_count: int, u: NDArray[np.int64], v: NDArray[np.int64], value: NDArray[np.float64]
) -> SetTree:
    """Find each set that is connected by the edges above some threshold.

    Parameters
    ----------
    node_count
        Number of nodes, n.
    u, v
        int64, shape (m,): ends of the edges.
    value
        float64, shape (m,): what each is worth, zero or more; one of zero joins nothing.

    Returns
    -------
    SetTree
        Every set once, single nodes too.

    Examples
    --------
    >>> tree = set_tree(3, np.array([0, 1]), np.array([1, 2]), np.array([0.5, 0.25]))
    >>> [np.flatnonzero(side).tolist() for side in tree.sides(np.arange(len(tree.over)))]
    [[0], [1], [2], [0, 1], [0, 1, 2]]
    >>> tree.over.tolist()
    [0.5, 0.75, 0.25, 0.25, 0.0]
    """
    edge = np.flatnonzero((u != v) & (value > 0.0))
    edge = edge[np.argsort(-value[edge], kind="stable")]
    u, v, value = u[edge], v[edge], value[edge]
    merged = _merged(node_count, u.tolist(), v.tolist())
    by, first, last, size, within = merged.by, merged.first, merged.last, merged.size, merged.within
    place = np.empty(node_count, dtype=np.int64)
    place[merged.order] = np.arange(node_count)
    low, high = place[first], place[first] + size
    # Each gap between two places was closed by one merge, or by none.
    none = len(by)
    closed = np.full(node_count, none, dtype=np.int64)
    closed[place[last]] = np.arange(none)
    ends = np.sort(place[np.stack((u, v))], axis=0)
    inner = np.zeros(none + 1)
    np.add.at(inner, _latest(closed, *ends), value)
    inner[none] = 0.0
    inner = inner[closed]
    around = np.zeros(node_count)
    np.add.at(around, ends.ravel(), np.tile(value, 2))
    over = _between(around, low, high) - 2.0 * _between(inner, low, high - 1)
    # A merge among equals forms no set of its own.
    own = value[by] > np.append(value[by], -1.0)[within]
    return SetTree(
        place,
        np.concatenate((place, low[own])),
        np.concatenate((place + 1, high[own])),
        np.concatenate((around[place], over[own])),
    )


class _Merged(NamedTuple):
    """Sets joined two by two; int64, one row for each time, but for the order of all nodes."""

    by: NDArray[np.int64]
    """The edge that joined them."""
    first: NDArray[np.int64]
    """First node of both."""
    last: NDArray[np.int64]
    """Last node of the larger one, which stands first."""
    size: NDArray[np.int64]
    """Nodes of both."""
    within: NDArray[np.int64]
    """The time when they were joined to more, as many as there are where never."""
    order: list[int]
    """All nodes."""


def _merged(node_count: int, u: list[int], v: list[int]) -> _Merged:
    """Join sets by edges in their order; the smaller one is put behind the larger one."""
    root, size, last = list(range(node_count)), [1] * node_count, list(range(node_count))
    following, latest = [-1] * node_count, [-1] * node_count
    rows: list[tuple[int, int, int, int]] = []
    within: list[int] = []

    def top(node: int) -> int:
        while root[node] != node:
            root[node] = node = root[root[node]]
        return node

    for edge, ends in enumerate(zip(u, v, strict=True)):
        large, small = map(top, ends)
        if large == small:
            continue
        if size[large] < size[small]:
            large, small = small, large
        for each in (latest[large], latest[small]):
            if each >= 0:
                within[each] = len(rows)
        latest[large] = len(rows)
        within.append(-1)
        root[small] = large
        size[large] += size[small]
        rows.append((edge, large, last[large], size[large]))
        following[last[large]], last[large] = small, last[small]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    order = _followed([node for node in range(node_count) if root[node] == node], following)
    by, first, last_of_first, both = columns
    return _Merged(by, first, last_of_first, both, np.array(within, dtype=np.int64), order)


def _followed(starts: list[int], following: list[int]) -> list[int]:
    """Return the nodes of all chains, one after the other."""
    order = []
    for start in starts:
        here = start
        while here >= 0:
            order.append(here)
            here = following[here]
    return order


def _latest(
    closed: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the latest merge among the gaps from each start to before its end."""
    table = [closed]
    for step in range(len(closed).bit_length() - 1):
        table.append(np.maximum(table[-1][: -(2**step)], table[-1][2**step :]))
    wide = np.frexp(end - start)[1] - 1
    found: NDArray[np.int64] = np.empty_like(start)
    for step, row in enumerate(table):
        here = np.flatnonzero(wide == step)
        found[here] = np.maximum(row[start[here]], row[end[here] - 2**step])
    return found


def _between(
    value: NDArray[np.float64], low: NDArray[np.int64], high: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the sum of the values at the places from each low to before its high."""
    sums = np.append(0.0, np.cumsum(value))
    total: NDArray[np.float64] = sums[high] - sums[low]
    return total
