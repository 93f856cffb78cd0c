"""Two beats divide their streets again: the cheapest border at which so much load is on each side.

A minimum cut between what surely belongs to the one and to the other (an alpha-beta swap; Boykov,
Veksler and Zabih 2001, section 4) that weighs the cost of the border against the walk from each
base; a price on load (a Lagrange multiplier) is moved until about the wanted load is on each side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from reso_geo.districting.region import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from reso_geo.districting.borders.costs import MeetingCosts
    from reso_geo.districting.params import BorderParams
    from reso_geo.districting.region import Region

__all__ = ["Aim", "Division", "Neighbours", "divided", "divisions", "reconnected"]

_UNIT = 1000
"""Capacities are whole numbers of thousandths."""
_MOST = 2**29
"""What no border outweighs; sums of two still fit into 32 bits."""
_FIRST_STEP, _WIDER = 4.0, 2.5
"""By how much the price changes first, and by how much more each time until it is between two."""
_MOST_PRICES = 10
_LEAST_STEP = 1e-3
_GAIN = 1e-6
_EXCHANGES = 3


@dataclass(frozen=True)
class Neighbours:
    """Two beats that meet, by the segments of both.

    Attributes
    ----------
    region
        The streets.
    own
        int64, shape (o,): places of the segments of both, ascending.
    weight
        float64, shape (o,): what each counts for, in mean loads, positive.
    away
        float64, shape (o,): how much farther each is from the second base, in mean walks.
    was
        bool, shape (o,): those of the second beat.
    at_base
        int64 each: places of those at each base, which stay.
    """

    region: Region
    own: NDArray[np.int64]
    weight: NDArray[np.float64]
    away: NDArray[np.float64]
    was: NDArray[np.bool_]
    at_base: tuple[NDArray[np.int64], NDArray[np.int64]]

    def staying(self, params: BorderParams) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which segments stay where they are: those far inside, and at the base.

        Parameters
        ----------
        params
            How far is far.

        Returns
        -------
        tuple of ndarray of bool, shape (o,)
            Those that stay in the first, and in the second.
        """
        inside = np.where(self.was, -self.away, self.away)
        far, most = inside > params.far, params.most_free
        if len(inside) > most:
            far |= inside > np.partition(inside, most)[most]
        stay = far & ~self.was, far & self.was
        for own, base in zip(stay, self.at_base, strict=True):
            own[base] = True
        return stay


@dataclass(frozen=True)
class Aim:
    """What a division is for.

    Attributes
    ----------
    amount
        Load that should go from the first to the second, in mean loads; negative the other way.
    tolerance
        How far off a beat may be, as a share of a mean load.
    off
        What it counts for to be off that by one tolerance more than need be; by two, four times as
        much.
    """

    amount: float
    tolerance: float
    off: float


def divided(both: Neighbours, aim: Aim, params: BorderParams) -> NDArray[np.bool_] | None:
    """Divide the streets of two beats along a cheaper border, or to what is wanted.

    What a division costs is its border, the walks from both bases, and how far it is off the aim.

    Parameters
    ----------
    both
        The beats.
    aim
        How much is to go over.
    params
        What borders and walks count for.

    Returns
    -------
    ndarray of bool, shape (o,), or None
        Which segments the second holds then; None where nothing costs less than what is.
    """
    meetings = both.region.meeting.among(both.own, len(both.region))
    pull = params.walk * both.weight * both.away
    wanted = float(both.weight[both.was].sum()) + aim.amount

    def cost(second: NDArray[np.bool_]) -> float:
        off = abs(float(both.weight[second].sum()) - wanted) / aim.tolerance
        out = max(off - params.near, 0.0)
        return meetings.cut(second) + float(pull[second].sum()) + aim.off * out * out

    given = Division(np.arange(len(pull)), both.weight, pull, meetings)
    best, least = None, cost(both.was) - _GAIN
    for second in divisions(given, both.staying(params), wanted, params.near * aim.tolerance):
        if cost(second) < least:
            now = reconnected(both.region, both.own, second)
            if now is not None and (found := cost(now)) < least:
                best, least = now, found
    return best


def reconnected(
    region: Region, own: NDArray[np.int64], second: NDArray[np.bool_]
) -> NDArray[np.bool_] | None:
    """Exchange what two beats hold apart from their largest parts, until both are connected.

    Parameters
    ----------
    region
        The streets.
    own
        int64, shape (o,): places of the segments of both.
    second
        bool, shape (o,): those of the second beat.

    Returns
    -------
    ndarray of bool, shape (o,), or None
        Those of the second beat then; None where that does not come to an end.
    """
    side = second.astype(np.int64)
    for _ in range(_EXCHANGES):
        if side.min() == side.max():
            return None
        part = parts(region, own, side)
        if part.max() == 1:
            connected: NDArray[np.bool_] = side == 1
            return connected
        weight = np.bincount(part, region.load_s[own] + 1e-6)
        of = np.zeros(len(weight), dtype=np.int64)
        of[part] = side
        largest = [int(np.where(of == one, weight, -1.0).argmax()) for one in (0, 1)]
        side = np.where(np.isin(part, largest), side, 1 - side)
    return None


@dataclass(frozen=True)
class Division:
    """Streets that two beats may divide, and what each side of the border costs them.

    Attributes
    ----------
    place
        int64, shape (k,): what each is among the segments of both beats.
    weight
        float64, shape (k,): what each counts for, in mean loads of the two.
    pull
        float64, shape (k,): what it costs more in the second beat than in the first.
    meetings
        What it costs to part those that meet, by their places here.
    """

    place: NDArray[np.int64]
    weight: NDArray[np.float64]
    pull: NDArray[np.float64]
    meetings: MeetingCosts

    def left(self, left: NDArray[np.bool_], second: NDArray[np.bool_]) -> Division:
        """Return what is left to divide once some segments are settled.

        Parameters
        ----------
        left
            bool, shape (k,): those that are not.
        second
            bool, shape (k,): of the others, which the second beat holds.

        Returns
        -------
        Division
            Parting one from its settled neighbours is part of its pull now.
        """
        meetings = self.meetings
        toward = np.where(second, -1.0, 1.0)
        pull = self.pull.copy()
        for inner, outer in (
            (meetings.first, meetings.second),
            (meetings.second, meetings.first),
        ):
            edge = left[inner] & ~left[outer]
            cost = meetings.cost[edge] * toward[outer[edge]]
            pull += np.bincount(inner[edge], cost, len(pull))
        own = np.flatnonzero(left)
        among = meetings.among(own, len(left))
        return Division(self.place[own], self.weight[own], pull[own], among)


def divisions(
    given: Division,
    fixed: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    wanted: float,
    near: float,
) -> Iterator[NDArray[np.bool_]]:
    """Divide streets at one price on load after another, until the second has what is wanted.

    The dearer load is in the second, the less it holds, and nothing that it did not hold before:
    what two prices agree on is settled for all prices between them (Gallo, Grigoriadis and Tarjan
    1989).

    Parameters
    ----------
    given
        All streets of the two.
    fixed
        bool, shape (k,) each: those that stay in the first, and in the second.
    wanted
        Weight that the second should hold.
    near
        Weight by which it may be off that; the search ends there.

    Yields
    ------
    ndarray of bool, shape (k,)
        Which segments the second holds.
    """
    settled = fixed[1].copy()
    now = given.left(~(fixed[0] | fixed[1]), settled)
    low = high = None
    price, step = (
        _price_without_border(now, wanted - float(given.weight[settled].sum())),
        _FIRST_STEP,
    )
    for _ in range(_MOST_PRICES):
        if not len(now.place):
            return
        side = _cut(now.pull + price * now.weight, now.meetings)
        second = settled.copy()
        second[now.place[side]] = True
        yield second
        over = float(given.weight[second].sum()) - wanted
        if abs(over) <= near:
            return
        if over > 0.0:
            low = price
        else:
            high, settled = price, second
        now = now.left(side == (over > 0.0), np.full(len(side), over <= 0.0))
        if low is None or high is None:
            price = price + step if high is None else price - step
            step *= _WIDER
        elif high - low < _LEAST_STEP:
            return
        else:
            price = (low + high) / 2.0


def _price_without_border(given: Division, wanted: float) -> float:
    """Return the price at which the second holds what is wanted if borders cost nothing."""
    if not len(given.place):
        return 0.0
    price = -given.pull / given.weight
    order = np.argsort(-price, kind="stable")
    place = int(np.searchsorted(np.cumsum(given.weight[order]), wanted))
    return float(price[order[min(place, len(order) - 1)]])


def _cut(more: NDArray[np.float64], meetings: MeetingCosts) -> NDArray[np.bool_]:
    """Return what is on the sink's side of a minimum cut: the least source's side of all."""
    count, a, b = len(more), meetings.first, meetings.second
    source, sink, own = count, count + 1, np.arange(count)
    more = np.clip(np.rint(more * _UNIT), -_MOST, _MOST)
    tail = np.concatenate((a, b, np.full(count, source), own, own, np.full(count, sink)))
    head = np.concatenate((b, a, own, np.full(count, source), np.full(count, sink), own))
    none = np.zeros(count)
    between = np.rint(np.tile(meetings.cost, 2) * _UNIT)
    capacity = np.concatenate((between, np.maximum(more, 0.0), none, np.maximum(-more, 0.0), none))
    graph = coo_array(
        (capacity.astype(np.int32), (tail.astype(np.int32), head.astype(np.int32))),
        shape=(count + 2, count + 2),
    ).tocsr()
    flow = maximum_flow(graph, source, sink).flow
    left = csr_array((graph.data - flow.data, graph.indices, graph.indptr), shape=graph.shape)
    left.eliminate_zeros()
    second = np.ones(count + 2, dtype=bool)
    second[breadth_first_order(left, source, return_predecessors=False)] = False
    return second[:count]
