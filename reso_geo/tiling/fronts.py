"""Border streets: which sides of the streets of a beat face others, and who ends there.

Where a street of one beat goes straight on and one of another ends on it, the border runs along
the first. Along a main street it runs as well where what lies beyond is a lesser one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork

__all__ = ["MAIN_RANKS", "Fronts", "find_fronts", "rank_of"]

_STRAIGHT = np.radians(50.0)
"""A street that turns by less goes on."""
_NEAR_END_M = 20.0
_CLASSES = ("trunk", "primary", "secondary", "tertiary")
MAIN_RANKS = len(_CLASSES)
_STUBS, _STUB_M = 3, 20.0
"""How many short streets in a row still lead to a side street, and how short they are."""


@dataclass(frozen=True, eq=False)
class Fronts:
    """Sides of streets along which a border may run, and the streets that end there.

    Attributes
    ----------
    segment
        int64, shape (f,): segments of the network.
    left
        bool, shape (f,): True where the far side is on the left of its geometry.
    met
        bool, shape (f,): False for a main street on which no street of another beat ends.
    side_street
        int64, shape (s,): segments of other beats that end on a border street.
    of_beat
        int64, shape (s,): the beat that holds that border street.
    """

    segment: NDArray[np.int64]
    left: NDArray[np.bool_]
    met: NDArray[np.bool_]
    side_street: NDArray[np.int64]
    of_beat: NDArray[np.int64]


def rank_of(network: StreetNetwork) -> NDArray[np.int64]:
    """Return how far down each street stands, 0 for the main streets of the highest class.

    Parameters
    ----------
    network
        The streets.

    Returns
    -------
    ndarray of int64, shape (m,)
        Trunk roads, primary, secondary and tertiary streets; `MAIN_RANKS` for all others.
    """
    kinds, of = np.unique(network.highway.astype(str), return_inverse=True)
    rank = np.full(len(kinds), MAIN_RANKS)
    for place, name in reversed(list(enumerate(_CLASSES))):
        rank[np.char.find(kinds, name) >= 0] = place
    return rank[of]


def find_fronts(
    network: StreetNetwork,
    beat_of: NDArray[np.int64],
    own: NDArray[np.int64],
    near: NDArray[np.int64],
) -> Fronts:
    """Find the border streets of beats.

    Parameters
    ----------
    network
        The streets.
    beat_of
        int64, shape (m,): beat of each segment.
    own
        int64, ascending: segments that count.
    near
        Those of them with other beats around.

    Returns
    -------
    Fronts
        Of two streets that cross, the one of the higher class goes on, else the straighter.
    """
    ends = _Ends.of(network, beat_of, own)
    one, other = ends.passing(rank_of(network)[own])
    host, end = _meeting(ends.node, ends.node[one])
    apart = ends.beat[end] != ends.beat[one[host]]
    host, end = host[apart], end[apart]
    beside = _turn(ends.angle[end] - ends.angle[one[host]]) < _turn(
        ends.angle[other[host]] - ends.angle[one[host]]
    )
    # With its far side on the left, a border street leaves by `one` and arrives by `other`.
    met = np.zeros(2 * len(own), dtype=bool)
    met[one[host[beside]]] = True
    met[ends.twin[other[host[beside]]]] = True
    met[other[host[~beside]]] = True
    met[ends.twin[one[host[~beside]]]] = True
    met = ends.carried_on(met)
    main = np.isin(own, near) & (rank_of(network)[own] < MAIN_RANKS)
    found = np.flatnonzero(met | np.tile(main, 2))
    host, end = ends.led_on(ends.beat[one], host, end)
    return Fronts(
        segment=own[found % len(own)],
        left=found < len(own),
        met=met[found],
        side_street=own[end % len(own)],
        of_beat=ends.beat[one[host]],
    )


@dataclass(frozen=True, eq=False)
class _Ends:
    """The two ends of each segment: row i leaves its start, row m + i its end."""

    node: NDArray[np.int64]
    beat: NDArray[np.int64]
    angle: NDArray[np.float64]
    length_m: NDArray[np.float64]
    twin: NDArray[np.int64]

    @classmethod
    def of(
        cls, network: StreetNetwork, beat_of: NDArray[np.int64], own: NDArray[np.int64]
    ) -> _Ends:
        lines = network.geometry[own]
        length_m = shapely.length(lines)
        reach = np.minimum(_NEAR_END_M, length_m / 2.0)
        way = np.concatenate(
            [
                shapely.get_coordinates(shapely.line_interpolate_point(lines, along))
                - shapely.get_coordinates(shapely.get_point(lines, end))
                for along, end in ((reach, 0), (-reach, -1))
            ]
        )
        return cls(
            node=np.concatenate((network.u[own], network.v[own])),
            beat=np.tile(beat_of[own], 2),
            angle=np.arctan2(way[:, 1], way[:, 0]),
            length_m=np.tile(length_m, 2),
            twin=np.roll(np.arange(2 * len(own)), len(own)),
        )

    def bend(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return by how much a way turns that arrives by one end and leaves by another."""
        return np.abs(_turn(self.angle[one] - self.angle[other]) - np.pi)

    def passing(self, rank: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the two ends with which a beat goes straight on at a junction with others."""
        count = int(self.node.max()) + 1
        low, high = np.full(count, np.iinfo(np.int64).max), np.full(count, -1)
        np.minimum.at(low, self.node, self.beat)
        np.maximum.at(high, self.node, self.beat)
        shared = np.flatnonzero((low < high)[self.node])
        which, two = _meeting(self.node, self.node[shared])
        one = shared[which]
        pair = (self.beat[one] == self.beat[two]) & (one < two)
        one, two = one[pair], two[pair]
        bend = self.bend(one, two)
        lesser = np.maximum(np.tile(rank, 2)[one], np.tile(rank, 2)[two])
        best = np.lexsort((self.beat[one], bend, lesser, self.node[one]))
        best = best[bend[best] < _STRAIGHT]
        chosen = best[np.unique(self.node[one][best], return_index=True)[1]]
        return one[chosen], two[chosen]

    def carried_on(self, front: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Carry fronts on along their streets, as long as nothing leaves on the far side."""
        order = np.lexsort((self.angle, self.node))
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        first = np.searchsorted(self.node[order], self.node)
        size = np.searchsorted(self.node[order], self.node, side="right") - first
        ahead = order[first + (place - first - 1) % size][self.twin]
        on = (self.beat[ahead] == self.beat) & (self.bend(ahead, self.twin) < _STRAIGHT)
        on &= ahead != self.twin
        while True:
            more = front.copy()
            more[ahead[front & on]] = True
            more |= on & front[ahead]
            if (more == front).all():
                return more
            front = more

    def led_on(
        self, holder: NDArray[np.int64], host: NDArray[np.int64], end: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Add to the ends of side streets those that go straight on behind a short one."""
        hosts, ends = [host], [end]
        for _ in range(_STUBS):
            short = self.length_m[ends[-1]] < _STUB_M
            by, there = hosts[-1][short], self.twin[ends[-1][short]]
            which, more = _meeting(self.node, self.node[there])
            on = (self.bend(more, there[which]) < _STRAIGHT) & (more != there[which])
            on &= self.beat[more] != holder[by[which]]
            hosts.append(by[which][on])
            ends.append(more[on])
        return np.concatenate(hosts), np.concatenate(ends)


def _turn(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    turned: NDArray[np.float64] = angle % (2.0 * np.pi)
    return turned


def _meeting(
    node: NDArray[np.int64], asked: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return all pairs of a junction asked for and an end there, as indices into both."""
    order = np.argsort(node, kind="stable")
    first = np.searchsorted(node[order], asked)
    size = np.searchsorted(node[order], asked, side="right") - first
    which = np.repeat(np.arange(len(asked)), size)
    place = np.arange(len(which)) - np.repeat(np.cumsum(size) - size, size)
    return which, order[first[which] + place]
