"""The streets of absent posts go to neighbours, street by street, without a new cut."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork

__all__ = ["Handover", "hand_over"]


@dataclass(frozen=True)
class Handover:
    """What is handed over, and to whom it may go; t stands for a taker.

    Attributes
    ----------
    streets
        int64, shape (k,): segments without a post.
    weight_s
        float64, shape (k,): seconds per week that each asks, zero where nothing.
    own
        int64 arrays, one a taker: segments that it holds already.
    needed_s, available_s
        float64, shape (t,): seconds per week.
    walk_s
        float64, shape (t, k): from the base of each taker to each street; infinite where no path
        leads.
    """

    streets: NDArray[np.int64]
    weight_s: NDArray[np.float64]
    own: tuple[NDArray[np.int64], ...]
    needed_s: NDArray[np.float64]
    available_s: NDArray[np.float64]
    walk_s: NDArray[np.float64]


def hand_over(network: StreetNetwork, given: Handover) -> NDArray[np.int64]:
    """Share streets among takers.

    Again and again the taker with the largest share of its time to spare takes, of the streets that
    meet what it holds, the one with the shortest walk from its base. When none meets any, the
    street with the shortest walk of all goes to whoever walks it, and is built on from there.

    Parameters
    ----------
    network
        The streets.
    given
        What is handed over.

    Returns
    -------
    ndarray of int64, shape (k,)
        The taker of each street; -1 where no path leads from any base.
    """
    growth = _Growth(network, given)
    for who, own in enumerate(given.own):
        growth.meet(who, own)
    while (growth.taker < 0).any():
        found = growth.beside() or growth.nearest()
        if found is None:
            break
        growth.take(*found)
    return growth.taker


class _Growth:
    """Streets on their way to takers."""

    def __init__(self, network: StreetNetwork, given: Handover) -> None:
        self._network, self._given = network, given
        self.taker = np.full(len(given.streets), -1, dtype=np.int64)
        self._load_s = given.needed_s.copy()
        self._edges: list[list[tuple[float, int]]] = [[] for _ in given.own]
        self._at_node: dict[int, list[int]] = {}
        for place, segment in enumerate(given.streets.tolist()):
            for node in {int(network.u[segment]), int(network.v[segment])}:
                self._at_node.setdefault(node, []).append(place)

    def meet(self, who: int, segments: NDArray[np.int64]) -> None:
        """Add what meets some segments to the edge of a taker."""
        network, walk_s = self._network, self._given.walk_s[who]
        for node in np.unique((network.u[segments], network.v[segments])).tolist():
            for place in self._at_node.get(node, ()):
                if self.taker[place] < 0 and np.isfinite(walk_s[place]):
                    heapq.heappush(self._edges[who], (float(walk_s[place]), place))

    def beside(self) -> tuple[int, int] | None:
        """Return who takes next, and the nearest street on that edge; None for empty edges."""
        for edge in self._edges:
            while edge and self.taker[edge[0][1]] >= 0:
                heapq.heappop(edge)
        share = self._load_s / self._given.available_s
        able = [who for who, edge in enumerate(self._edges) if edge]
        if not able:
            return None
        who = min(able, key=lambda each: float(share[each]))
        return who, self._edges[who][0][1]

    def nearest(self) -> tuple[int, int] | None:
        """Return the shortest walk of all to what is left; None where no path leads."""
        walk_s = np.where(self.taker < 0, self._given.walk_s, np.inf)
        who, place = np.unravel_index(np.argmin(walk_s), walk_s.shape)
        return (int(who), int(place)) if np.isfinite(walk_s[who, place]) else None

    def take(self, who: int, place: int) -> None:
        """Assign a street to a taker."""
        self.taker[place] = who
        self._load_s[who] += self._given.weight_s[place]
        self.meet(who, self._given.streets[place : place + 1])
