"""Minimum-weight T-joins: the cheapest links that make every odd junction even."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pymatching import Matching

__all__ = ["MOST_WEIGHT", "TJoins"]

MOST_WEIGHT = 2**24 - 1
"""PyMatching keeps whole weights exact up to this."""


class TJoins:
    """Answers T-joins over one set of links, again and again.

    Edmonds and Johnson 1973, solved on the sparse graph itself as a minimum-weight perfect
    matching (PyMatching: Higgott and Gidney 2025), rechecked at every answer.

    Parameters
    ----------
    node_count
        Number of junctions, n.
    a, b
        int64, shape (e,): ends of the links, ``a < b``, ascending, no pair twice.
    cost
        float64, shape (e,): whole ticks of each, finite.
    """

    def __init__(
        self,
        node_count: int,
        a: NDArray[np.int64],
        b: NDArray[np.int64],
        cost: NDArray[np.float64],
    ) -> None:
        self._node_count = node_count
        self._a, self._b, self._cost = a, b, cost
        self._key = a * node_count + b
        self._unit = float(np.ceil(cost.max(initial=1.0) / MOST_WEIGHT))

    @cached_property
    def _matching(self) -> Matching:
        # It loads matplotlib and networkx, which a command without a tour need not wait for.
        from pymatching import Matching  # noqa: PLC0415

        count = len(self._a)
        rows = np.column_stack((self._a, self._b)).ravel()
        check = csc_array(
            (np.ones(2 * count, dtype=np.uint8), rows, np.arange(0, 2 * count + 1, 2)),
            shape=(self._node_count, count),
        )
        return Matching.from_check_matrix(check, weights=np.round(self._cost / self._unit))

    def join(self, odd: NDArray[np.bool_]) -> tuple[NDArray[np.int64], float]:
        """Return the cheapest links that make every odd junction even.

        Parameters
        ----------
        odd
            bool, shape (n,): the odd junctions, an even number in each component.

        Returns
        -------
        links : ndarray of int64
            Links of the join, each once.
        proven : float
            No join costs less than this, in ticks; it is the join's own cost unless a single link
            takes over two hours, when weights have to be rounded.

        Raises
        ------
        RuntimeError
            When the answer fails the recheck of its parity.
        """
        if not odd.any():
            return np.empty(0, dtype=np.int64), 0.0
        pairs = np.sort(self._matching.decode_to_edges_array(odd.astype(np.uint8)), axis=1)
        links = np.searchsorted(self._key, pairs[:, 0] * self._node_count + pairs[:, 1])
        ends = np.concatenate((self._a[links], self._b[links]))
        if not np.array_equal(np.bincount(ends, minlength=self._node_count) % 2 == 1, odd):
            message = "the T-join does not make every junction even"
            raise RuntimeError(message)
        cost = float(self._cost[links].sum())
        slack = 0.0 if self._unit == 1.0 else self._unit * self._node_count
        return links, max(cost - slack, 0.0)
