"""Moves: what a search tries, said as data, and how segments then change hands.

No beat ever falls apart: a segment that holds a dead end takes the dead end with it. Which segments
go are those with the shortest walk from the receiver's base and the longest from the giver's.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.barrier_split import whole
from reso_geo.districting.borders.division import Neighbours, divided

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.assignment import Assignment
    from reso_geo.districting.params import SearchRules

__all__ = [
    "ANY",
    "NOT_ITS_OWN",
    "RETURNING",
    "HandOver",
    "Move",
    "Previous",
    "Recut",
    "Transfer",
]

_NO_WEIGHT = 1e-9
RETURNING, NOT_ITS_OWN, ANY = range(3)
"""What may go: streets that the taker held before, those that the giver did not, all."""


@dataclass(frozen=True)
class Previous:
    """Who held the segments of a region before; what returns goes first, what is the giver's last.

    Attributes
    ----------
    beat_of
        int64, shape (s,): the beat that held each, -1 for one that nobody held.
    nearer_m
        A segment that returns counts as so much nearer, one of the giver's as so much farther.
    worth
        What a mean load with its previous beat counts for, in side streets left behind at a border.
    """

    beat_of: NDArray[np.int64]
    nearer_m: float
    worth: float

    def farther_m(self, giver: int, taker: int, what: int) -> NDArray[np.float64]:
        """Return by how much each segment counts as farther than it is.

        Parameters
        ----------
        giver, taker
            Beats.
        what
            One of `RETURNING`, `NOT_ITS_OWN` and `ANY`.

        Returns
        -------
        ndarray of float64, shape (s,)
            Metres; infinite for a segment that may not go of itself.
        """
        own = self.nearer_m if what == ANY else np.inf
        others = np.inf if what == RETURNING else 0.0
        was = self.beat_of
        return np.where(was == giver, own, np.where(was == taker, -self.nearer_m, others))

    def kept(self, giver: int, taker: int) -> NDArray[np.float64]:
        """Return what it costs that each segment is with the taker instead of the giver.

        Parameters
        ----------
        giver, taker
            Beats.

        Returns
        -------
        ndarray of float64, shape (s,)
            Side streets left behind, for a mean load.
        """
        of_giver, of_taker = self.beat_of == giver, self.beat_of == taker
        kept: NDArray[np.float64] = self.worth * (of_giver.astype(np.float64) - of_taker)
        return kept


@dataclass(frozen=True)
class Transfer:
    """Segments go from a beat to a neighbour, about so much load of them.

    Attributes
    ----------
    giver, taker
        Beats.
    amount_s
        Seconds per week.
    what
        One of `RETURNING`, `NOT_ITS_OWN` and `ANY`.
    single
        One segment of about that load, with what would fall off, instead of the nearest ones.
    over_barriers
        Whether segments may change hands across a barrier.
    needed
        Whether the move fails when nothing goes.
    """

    giver: int
    taker: int
    amount_s: float
    what: int = ANY
    single: bool = False
    over_barriers: bool = False
    needed: bool = True

    def make(
        self,
        assignment: Assignment,
        weight_s: NDArray[np.float64],
        previous: Previous | None = None,
    ) -> float:
        """Move the segments.

        Parameters
        ----------
        assignment
            The beats, changed in place.
        weight_s
            float64, shape (s,): what each segment counts for.
        previous
            Who held the segments before; None where that does not matter.

        Returns
        -------
        float
            Load that moved, seconds per week.
        """
        if self.single:
            gone = self._one(assignment, weight_s)
        else:
            gone = self._nearest(assignment, weight_s, previous)
        return float(weight_s[gone].sum())

    def _border(self, assignment: Assignment) -> list[int]:
        return assignment.border(self.giver, self.taker, over_barriers=self.over_barriers)

    def _nearest(
        self,
        assignment: Assignment,
        weight_s: NDArray[np.float64],
        previous: Previous | None,
    ) -> list[int]:
        """Move the nearest segments until about the amount has moved; return them."""
        giver, taker, amount_s = self.giver, self.taker, self.amount_s
        own = assignment.own(giver)
        farther_m = None if previous is None else previous.farther_m(giver, taker, self.what)
        pull = _pull(assignment, own, self, farther_m)
        weigh = dict(zip(own.tolist(), weight_s[own].tolist(), strict=True))
        queue = [(pull[s], s) for s in self._border(assignment)]
        heapq.heapify(queue)
        gone: list[int] = []
        moved, left = 0.0, assignment.needed[giver]
        while queue and moved < amount_s:
            farther, segment = heapq.heappop(queue)
            if math.isinf(farther):
                break
            if assignment.beat_of[segment] != giver:
                continue
            if not assignment.touches(segment, taker, over_barriers=self.over_barriers):
                continue
            group = assignment.group(segment, giver)
            weight = sum(weigh[s] for s in group)
            needed = sum(assignment.required[s] for s in group)
            if needed >= left or moved + weight / 2.0 > amount_s:
                continue
            for s in group:
                assignment.give(s, taker)
                for node in assignment.ends(s):
                    for near in assignment.at[node]:
                        if assignment.beat_of[near] == giver:
                            heapq.heappush(queue, (pull[near], near))
            gone.extend(group)
            moved += weight
            left -= needed
        return gone

    def _one(self, assignment: Assignment, weight_s: NDArray[np.float64]) -> list[int]:
        """Move the one segment whose load, with what would fall off, is nearest to the amount."""
        giver, taker, amount_s = self.giver, self.taker, self.amount_s
        best, least, own = [], amount_s, assignment.own(giver)
        weigh = dict(zip(own.tolist(), weight_s[own].tolist(), strict=True))
        for segment in self._border(assignment):
            group = assignment.group(segment, giver)
            off = abs(sum(weigh[s] for s in group) - amount_s)
            left = assignment.needed[giver]
            if off < least and sum(assignment.required[s] for s in group) < left:
                best, least = group, off
        for segment in best:
            assignment.give(segment, taker)
        return best


def _pull(
    assignment: Assignment,
    own: NDArray[np.int64],
    way: Transfer,
    farther_m: NDArray[np.float64] | None,
) -> dict[int, float]:
    """Return how much nearer each of the giver's segments is to its own base than to the taker's.

    Negative where it is nearer to the taker's.
    """
    region = assignment.region
    nearer = assignment.walks_m(way.taker) - assignment.walks_m(way.giver)
    pull = nearer[region.u[own]] + nearer[region.v[own]]
    if farther_m is not None:
        pull = pull + farther_m[own]
    return dict(zip(own.tolist(), pull.tolist(), strict=True))


@dataclass(frozen=True)
class Recut:
    """Two beats divide their streets again along the cheapest border, so much load going over.

    Attributes
    ----------
    giver, taker
        Beats.
    amount_s
        Seconds per week.
    strict
        Whether the amount counts above all; else a cheaper border is as welcome.
    """

    giver: int
    taker: int
    amount_s: float
    strict: bool = True

    def make(
        self,
        assignment: Assignment,
        weight_s: NDArray[np.float64],
        rules: SearchRules,
        previous: Previous | None = None,
    ) -> bool:
        """Move the segments.

        Parameters
        ----------
        assignment
            The beats, changed in place.
        weight_s
            float64, shape (s,): what each segment counts for.
        rules
            How even beats are to be, and what borders and walks count for.
        previous
            Who held the segments before; None where that does not matter.

        Returns
        -------
        bool
            Whether anything went over, and both have a street to cover.
        """
        region, params = assignment.region, (rules.strict if self.strict else rules).params.borders
        own = np.union1d(assignment.own(self.giver), assignment.own(self.taker))
        was = np.isin(own, assignment.own(self.taker))
        walk = assignment.walks_m(self.taker) - assignment.walks_m(self.giver)
        away = (walk[region.u[own]] + walk[region.v[own]]) / 2.0 / assignment.mean_walk_m
        kept = np.zeros(len(own))
        if previous is not None:
            kept = previous.kept(self.giver, self.taker)[own]
        mean_s = float(weight_s.sum()) / assignment.count
        both = Neighbours(
            own=own,
            weight=weight_s[own] / mean_s + _NO_WEIGHT,
            away=away,
            kept=kept,
            was=was,
            at_base=(
                np.flatnonzero(np.isin(own, assignment.at_base(self.giver))),
                np.flatnonzero(np.isin(own, assignment.at_base(self.taker))),
            ),
            amount=self.amount_s / mean_s,
        )
        (now,) = divided(region, [both], rules.tolerance, params)
        if now is None:
            return False
        for segment in own[now != was].tolist():
            other = self.taker if assignment.beat_of[segment] == self.giver else self.giver
            assignment.give(segment, other)
        return assignment.needed[self.giver] > 0 and assignment.needed[self.taker] > 0


@dataclass(frozen=True)
class HandOver:
    """A connected part of a beat goes to a neighbour whole, where both are connected then.

    Attributes
    ----------
    part
        Places of its segments in the region.
    giver, taker
        Beats.
    """

    part: tuple[int, ...]
    giver: int
    taker: int

    def make(self, assignment: Assignment) -> bool:
        """Move the segments.

        Parameters
        ----------
        assignment
            The beats, changed in place.

        Returns
        -------
        bool
            Whether both beats are connected, with a street to cover.
        """
        for segment in self.part:
            assignment.give(segment, self.taker)
        return whole(assignment, self.giver) and whole(assignment, self.taker)


@dataclass(frozen=True)
class Move:
    """Steps that stand or fall together: a trade, a relay over several beats, a swap.

    Attributes
    ----------
    beats
        All that it may change, whom it is for first.
    how
        What tells it from other moves among the same beats.
    steps
        Made one after the other.
    """

    beats: tuple[int, ...]
    how: object
    steps: tuple[Transfer | Recut | HandOver, ...]
