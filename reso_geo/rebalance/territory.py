"""Land: what a region's beats held before, and who may take which street.

Beats grow from their bases over the streets they may hold, all at once, each street going to the
first that reaches it: a network Voronoi diagram whose cells are connected because a cell only
grows. A beat that stays keeps to its own streets and to those that nobody holds; a new one goes
anywhere. Offsets in metres even the loads: a beat with too much starts later.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.moves import Previous

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.region import Region
    from reso_geo.rebalance.params import SitingParams, TransferParams

__all__ = ["FREE", "Territory", "balanced_voronoi", "network_voronoi"]

FREE = -1
"""The beat of a segment that nobody holds."""


@dataclass(frozen=True)
class Territory:
    """A region and who held it; index c stands for one of its beats as they will be.

    Attributes
    ----------
    region
        The streets.
    held
        int64, shape (s,): the staying beat that holds each segment in one part, `FREE` for none.
    home
        int64, shape (s,): the staying beat that held it in the old plan, whatever fell apart,
        `FREE` for none.
    worth_s
        float64, shape (s,): what it counts for that a segment keeps its beat, in seconds of load.
    share
        float64, shape (c,): wanted share of the load of each beat, sum one.
    base
        int64, shape (c,): junction that each grows from, -1 for one that has no place yet.
    fixed
        bool, shape (c,): the base stays where it is.
    stays
        int: beats from this one on are new.
    """

    region: Region
    held: NDArray[np.int64]
    home: NDArray[np.int64]
    worth_s: NDArray[np.float64]
    share: NDArray[np.float64]
    base: NDArray[np.int64]
    fixed: NDArray[np.bool_]
    stays: int

    @property
    def count(self) -> int:
        """Number of beats as they will be."""
        return len(self.share)

    def previous(self, params: TransferParams, border: float) -> Previous:
        """Return who held the streets, as moves ask for it.

        Parameters
        ----------
        params
            What returns counts for.
        border
            What a side street left behind at a border counts for, in mean loads held of others.

        Returns
        -------
        Previous
            By the numbers of the region's beats.
        """
        wide_m = float(np.hypot(*np.ptp(self.region.xy, axis=0))) / np.sqrt(self.count)
        return Previous(self.home, params.return_widths * wide_m, 1.0 / border)


def balanced_voronoi(
    territory: Territory,
    weight_s: NDArray[np.float64],
    wanted_s: NDArray[np.float64],
    params: SitingParams,
) -> NDArray[np.int64]:
    """Grow all beats at once, with offsets that bring their loads near to what is wanted.

    Parameters
    ----------
    territory
        With a base for every beat.
    weight_s
        float64, shape (s,): what each segment counts for.
    wanted_s
        float64, shape (c,): wanted load of each beat.
    params
        How many rounds.

    Returns
    -------
    ndarray of int64, shape (s,)
        Beat of each segment: the evenest of all rounds.
    """
    offset, base = np.zeros(territory.count), territory.base.copy()
    best, least = territory.held, np.inf
    whole = not (territory.held == FREE).any() and territory.stays == territory.count
    for number in range(params.rounds):
        labels, reach = network_voronoi(territory, base, offset)
        load = np.bincount(labels, weight_s, territory.count)
        error = float(np.square(load / wanted_s - 1.0).sum())
        if error < least:
            best, least = labels, error
        if whole:
            break
        step = 0.5 * np.maximum(reach - offset, 1.0) * np.clip(load / wanted_s - 1.0, -0.7, 0.7)
        offset += (0.8 if number < params.moving_rounds else 0.5) * step
        offset = np.clip(offset, offset.min(), offset.min() + 6.0 * float(np.median(reach)))
        offset -= offset.min()
        if number < params.moving_rounds:
            base = _moved(territory, labels, weight_s, base)
    return best


def _moved(
    territory: Territory,
    labels: NDArray[np.int64],
    weight_s: NDArray[np.float64],
    base: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Move bases to the middles of their cells, but for those that are fixed."""
    moved = base.copy()
    for beat in np.flatnonzero(~territory.fixed).tolist():
        own = np.flatnonzero(labels == beat)
        if beat < territory.stays:
            own = own[territory.held[own] == beat]
        if len(own):
            moved[beat] = territory.region.middle_junction(own, weight_s)
    return moved


def network_voronoi(
    territory: Territory, base: NDArray[np.int64], offset_m: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Grow all beats from their bases at once.

    Parameters
    ----------
    territory
        Who may hold what.
    base
        int64, shape (c,): junctions.
    offset_m
        float64, shape (c,): how late each starts, as metres of walking.

    Returns
    -------
    tuple of (ndarray of int64, ndarray of float64)
        Beat of each segment, shape (s,); and how far each beat has come, shape (c,).
    """
    region = territory.region
    at = region.at
    u, v, cost = region.u.tolist(), region.v.tolist(), (region.cost_m + 1.0).tolist()
    held = territory.held.tolist()
    labels = [FREE] * len(region)
    reach = offset_m.copy()
    queue: list[tuple[float, int, int]] = []
    for beat, (node, late) in enumerate(zip(base.tolist(), offset_m.tolist(), strict=True)):
        queue += [(late + 0.5 * cost[s], beat, s) for s in at[node]]
    heapq.heapify(queue)
    strict = True
    while True:
        while queue:
            away, beat, segment = heapq.heappop(queue)
            if labels[segment] != FREE:
                continue
            if strict and beat < territory.stays and held[segment] not in (beat, FREE):
                continue
            labels[segment] = beat
            reach[beat] = away
            for node in (u[segment], v[segment]):
                for near in at[node]:
                    if labels[near] == FREE:
                        step = 0.5 * (cost[segment] + cost[near])
                        heapq.heappush(queue, (away + step, beat, near))
        if not strict or FREE not in labels:
            return np.array(labels, dtype=np.int64), reach
        # What only others hold around it goes to whoever is next to it.
        strict = False
        queue = [
            (0.5 * cost[near], labels[s], near)
            for s in range(len(region))
            if labels[s] != FREE
            for node in (u[s], v[s])
            for near in at[node]
            if labels[near] == FREE
        ]
        heapq.heapify(queue)
