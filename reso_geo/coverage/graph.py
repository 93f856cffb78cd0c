"""TravelGraph: the streets of one mode between junctions, and what every tour starts from.

Costs are whole ticks of the travel times (about half a millisecond each): sums of them are exact.
Loops are patrolled but never travelled otherwise; between two junctions only the cheapest segment
of each direction is.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from reso_geo.coverage.deadhead_weights import DeadheadWeights
from reso_geo.coverage.simple_edges import Links, cheapest
from reso_geo.coverage.t_join import MOST_WEIGHT, TJoins
from reso_geo.fingerprint import fingerprint
from reso_geo.network import components
from reso_geo.records import Record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.travel import TravelTimes

__all__ = ["TravelGraph", "travel_graph"]


@dataclass(frozen=True, eq=False)
class TravelGraph(Record):
    """One mode's streets; all arrays read-only, costs in ticks, infinite where not open.

    Attributes
    ----------
    mode
        ``foot`` or ``bike``.
    tick_s
        Seconds of one tick, the unit of all costs.
    node_count
        Number of junctions, n.
    u, v
        int64, shape (m,): ends of every segment.
    forward, backward
        float64, shape (m,): transit from u to v and back.
    patrol_forward, patrol_backward
        float64, shape (m,): patrol, likewise; open where transit is.

    Raises
    ------
    ValueError
        When a cost is NaN, negative or no whole number of ticks, an end is no junction, or a street
        is open to transit but not to patrol.

    Examples
    --------
    >>> two_ways = np.array([4.0, 6.0])
    >>> graph = TravelGraph(
    ...     "foot", 0.5, 2, np.array([0, 1]), np.array([1, 0]), *[two_ways] * 2, *[two_ways] * 2
    ... )
    >>> graph.symmetric
    True
    """

    mode: str
    tick_s: float
    node_count: int
    u: NDArray[np.int64]
    v: NDArray[np.int64]
    forward: NDArray[np.float64]
    backward: NDArray[np.float64]
    patrol_forward: NDArray[np.float64]
    patrol_backward: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Check all once, make the arrays read-only."""
        costs = (self.forward, self.backward, self.patrol_forward, self.patrol_backward)
        for cost in costs:
            known = cost[np.isfinite(cost)]
            if not (cost >= 0).all() or (known != np.rint(known)).any():
                message = "costs must be whole ticks, zero or more, infinite where closed"
                raise ValueError(message)
        for transit, patrol in (costs[::2], costs[1::2]):
            if not np.array_equal(np.isfinite(transit), np.isfinite(patrol)):
                message = "a way must be open to transit and to patrol alike"
                raise ValueError(message)
        ends = np.concatenate((self.u, self.v))
        if len(ends) and not 0 <= ends.min() <= ends.max() < self.node_count:
            message = "segments must end at junctions of the graph"
            raise ValueError(message)
        for f in fields(self):
            if isinstance(value := getattr(self, f.name), np.ndarray):
                value.flags.writeable = False

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the mode and of all its streets and their times."""
        return fingerprint(*(getattr(self, f.name) for f in fields(self)))

    def tour_key(
        self, segments: NDArray[np.int64], base: int, set_aside: tuple[float, float]
    ) -> str:
        """Compute the digest of all that a tour through some segments depends on.

        Parameters
        ----------
        segments
            int64, shape (k,): required segments, in any order.
        base
            Junction where the tour starts and ends.
        set_aside
            How much may be set aside: share of the length, metres of each part.

        Returns
        -------
        str
            Another one for other streets, paces, seasons or modes.
        """
        return fingerprint(self.fingerprint, np.sort(segments), base, *set_aside)

    @cached_property
    def symmetric(self) -> bool:
        """True when every street costs the same in both directions."""
        return np.array_equal(self.forward, self.backward) and np.array_equal(
            self.patrol_forward, self.patrol_backward
        )

    @cached_property
    def least_patrol(self) -> NDArray[np.float64]:
        """Patrol in the cheaper direction, shape (m,)."""
        return np.minimum(self.patrol_forward, self.patrol_backward)

    @cached_property
    def patrol_more(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Ticks that patrol takes more than transit, forward and backward, shape (m,) each."""
        more = np.full((2, len(self.u)), np.inf)
        for row, patrol, transit in (
            (more[0], self.patrol_forward, self.forward),
            (more[1], self.patrol_backward, self.backward),
        ):
            np.subtract(patrol, transit, out=row, where=np.isfinite(transit))
        return more[0], more[1]

    @cached_property
    def links(self) -> Links:
        """Neighbouring junctions."""
        tail, head = np.concatenate((self.u, self.v)), np.concatenate((self.v, self.u))
        cost = np.concatenate((self.forward, self.backward))
        segment = np.tile(np.arange(len(self.u)), 2)
        arc = np.flatnonzero(np.isfinite(cost) & (tail != head))
        pair = np.minimum(tail, head)[arc] * self.node_count + np.maximum(tail, head)[arc]
        keys, place = np.unique(pair, return_inverse=True)
        up = tail[arc] < head[arc]
        there, segment_there = cheapest(len(keys), place[up], cost[arc[up]], segment[arc[up]])
        back, segment_back = cheapest(len(keys), place[~up], cost[arc[~up]], segment[arc[~up]])
        return Links(
            a=keys // self.node_count,
            b=keys % self.node_count,
            there=there,
            back=back,
            segment_there=np.where(segment_there < 0, segment_back, segment_there),
            segment_back=np.where(segment_back < 0, segment_there, segment_back),
        )

    @cached_property
    def component(self) -> NDArray[np.int64]:
        """Component of each junction in this mode, whatever the directions, shape (n,)."""
        return components(self.node_count, self.links.a, self.links.b)

    @cached_property
    def round_trip(self) -> NDArray[np.int64]:
        """Group of each junction, shape (n,): there is a path to all others of it and back."""
        if self.symmetric:
            return self.component
        _, group = connected_components(self.matrix, directed=True, connection="strong")
        return np.asarray(group, dtype=np.int64)

    @cached_property
    def matrix(self) -> csr_array:
        """Ticks from junction to junction, in the directions that are open, shape (n, n)."""
        link = self.links
        cost = np.concatenate((link.there, link.back))
        ends = (np.concatenate((link.a, link.b)), np.concatenate((link.b, link.a)))
        known = np.isfinite(cost)
        return csr_array(
            coo_array(
                (cost[known], (ends[0][known], ends[1][known])),
                shape=(self.node_count, self.node_count),
            )
        )

    @cached_property
    def likely(self) -> DeadheadWeights:
        """Chooses deadhead by what a copy of a link costs on average.

        No closed tour uses a link that leads where there is no path back from: it counts as far.
        """
        link = self.links
        astray = self.round_trip[link.a] != self.round_trip[link.b]
        return self.weighted(np.where(astray, np.maximum(link.likely, MOST_WEIGHT), link.likely))

    @cached_property
    def least_t_joins(self) -> TJoins:
        """Answers T-joins with the least cost of each link: bounds of every tour."""
        if self.symmetric:
            return self.likely.t_joins
        return TJoins(self.node_count, self.links.a, self.links.b, self.links.least)

    def weighted(self, cost: NDArray[np.float64]) -> DeadheadWeights:
        """Choose deadhead by other costs than the likely ones.

        Parameters
        ----------
        cost
            float64, shape (e,): whole ticks that each link counts for.

        Returns
        -------
        DeadheadWeights
            To be asked again and again.
        """
        return DeadheadWeights(self.node_count, self.links, self.component, cost)

    def odd(self, segments: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Find at which junctions an odd number of these segments ends (a loop ends twice).

        Parameters
        ----------
        segments
            int64, shape (k,).

        Returns
        -------
        ndarray of bool, shape (n,)
            True for the odd ones.
        """
        ends = np.concatenate((self.u[segments], self.v[segments]))
        odd: NDArray[np.bool_] = np.bincount(ends, minlength=self.node_count) % 2 == 1
        return odd


def travel_graph(network: StreetNetwork, times: TravelTimes, mode: str) -> TravelGraph:
    """Build the graph of a mode.

    Parameters
    ----------
    network
        Segments between junctions.
    times
        Seconds per segment.
    mode
        ``foot`` or ``bike``.

    Returns
    -------
    TravelGraph
        Ready for `reso_geo.coverage.cover`; build it once for many beats.
    """
    forward, backward = (s / times.tick_s for s in times.transit_s(mode))
    patrol_forward, patrol_backward = (s / times.tick_s for s in times.patrol_s(mode))
    return TravelGraph(
        mode=mode,
        tick_s=times.tick_s,
        node_count=len(network.node_id),
        u=network.u,
        v=network.v,
        forward=forward,
        backward=backward,
        patrol_forward=patrol_forward,
        patrol_backward=patrol_backward,
    )
