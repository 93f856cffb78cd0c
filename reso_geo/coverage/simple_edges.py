"""Links: neighbouring junctions, each pair once, with the cheapest path there and back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Links", "cheapest"]


@dataclass(frozen=True)
class Links:
    """Neighbouring junctions, each pair once, with the cheapest path there and back.

    Attributes
    ----------
    a, b
        int64, shape (e,): the two junctions, ``a < b``, in ascending order.
    there, back
        float64, shape (e,): ticks of transit from a to b and from b to a, infinite where closed.
    segment_there, segment_back
        int64, shape (e,): the segment that it is; the other direction's where closed.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    there: NDArray[np.float64]
    back: NDArray[np.float64]
    segment_there: NDArray[np.int64]
    segment_back: NDArray[np.int64]

    @cached_property
    def least(self) -> NDArray[np.float64]:
        """The cheaper direction, shape (e,): no copy of the link costs less."""
        return np.minimum(self.there, self.back)

    @cached_property
    def likely(self) -> NDArray[np.float64]:
        """What a copy of the link costs on average, in whole ticks, shape (e,)."""
        both = np.isfinite(self.there) & np.isfinite(self.back)
        return np.where(both, np.ceil((self.there + self.back) / 2.0), self.least)

    def between(self, tail: NDArray[np.int64], head: NDArray[np.int64]) -> NDArray[np.int64]:
        """Find the links between pairs of neighbouring junctions.

        Parameters
        ----------
        tail, head
            int64, shape (k,): junctions with a link between them, in any order.

        Returns
        -------
        ndarray of int64, shape (k,)
            Link indices.
        """
        wanted = np.minimum(tail, head) * self._span + np.maximum(tail, head)
        found: NDArray[np.int64] = np.searchsorted(self._key, wanted)
        return found

    @cached_property
    def _span(self) -> int:
        return int(self.b.max(initial=0)) + 1

    @cached_property
    def _key(self) -> NDArray[np.int64]:
        return self.a * self._span + self.b


def cheapest(
    count: int,
    place: NDArray[np.int64],
    cost: NDArray[np.float64],
    segment: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the least cost at each place and the first segment that has it.

    Parameters
    ----------
    count
        Number of places, p.
    place
        int64, shape (k,): the place of each candidate.
    cost
        float64, shape (k,): its cost.
    segment
        int64, shape (k,): its segment.

    Returns
    -------
    best : ndarray of float64, shape (p,)
        The least cost, infinite at a place without candidates.
    who : ndarray of int64, shape (p,)
        The lowest segment that has it, -1 at a place without candidates.

    Examples
    --------
    >>> best, who = cheapest(2, np.array([0, 0]), np.array([5.0, 3.0]), np.array([7, 8]))
    >>> best.tolist(), who.tolist()
    ([3.0, inf], [8, -1])
    """
    best, who = np.full(count, np.inf), np.full(count, -1, dtype=np.int64)
    order = np.lexsort((segment, cost, place))
    first = order[np.flatnonzero(np.diff(place[order], prepend=-1))]
    best[place[first]], who[place[first]] = cost[first], segment[first]
    return best, who
