"""The search in one piece: from its streets to beats of about equal measured load."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.partition.balance import BalanceSearch
from reso_geo.partition.cost import CutCost
from reso_geo.partition.piece import part_of
from reso_geo.partition.polish import MOST_POLISHED, polished
from reso_geo.partition.scratch import Scratch
from reso_geo.partition.sides import sides_of
from reso_geo.partition.start import MOST_AT_ONCE, compact_start, refined
from reso_geo.partition.voronoi import balanced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.partition.balance import Blocked
    from reso_geo.partition.meter import Meter
    from reso_geo.partition.piece import Piece

__all__ = ["PieceCut", "PieceSearch", "SearchLimits", "later"]

_SIDE_SLACK = 0.3
"""Sides of barriers may be off by this share of the tolerance; the beats in them still even out."""
_RECUT_SLACK = 0.5
_RESTARTS = 60
_SPREAD_ROUNDS = 4
_ATTEMPTS = 3
_EVEN = 0.5
"""Beats this part of the tolerance off are even enough; many beats, up to twice as much."""
_SEED_STEP = 1_000_003


@dataclass(frozen=True)
class SearchLimits:
    """Where a search stops.

    Attributes
    ----------
    tolerance
        How far the load of a beat may be from its target, as a share of it.
    deadline
        On the clock of `time.monotonic`; the best so far is kept.
    seed
        Of the first cuts.
    """

    tolerance: float
    deadline: float
    seed: int


@dataclass(frozen=True)
class PieceCut:
    """What a search ended with.

    Attributes
    ----------
    cell
        int64, shape (s,): beat of each segment.
    ended
        False when time was up before the search had ended.
    blocked
        Beats that are off by more than the tolerance all the same.
    """

    cell: NDArray[np.int64]
    ended: bool
    blocked: tuple[Blocked, ...] = ()


class PieceSearch:
    """Cuts one connected piece.

    Parameters
    ----------
    piece
        The streets.
    meter
        Measures beats.
    count
        Number of beats.
    limits
        Where to stop.
    """

    def __init__(self, piece: Piece, meter: Meter, count: int, limits: SearchLimits) -> None:
        self._piece, self._meter, self._count, self._limits = piece, meter, count, limits
        self._weight = piece.load_s + 1e-6

    def quick(self) -> NDArray[np.int64]:
        """Give a first cut into equal beats, and learn from it what each segment really asks.

        Returns
        -------
        ndarray of int64, shape (s,)
            Beat of each segment.
        """
        share = np.full(self._count, 1.0 / self._count)
        limits = self._limits
        cell = compact_start(
            self._piece, self._weight, share, limits.tolerance, limits.seed, tries=1
        )
        search = self._balance(self._piece, cell, share)
        search.measure()
        self._weight = search.weight_s + 1e-6
        return search.cells()

    def equal(self) -> PieceCut:
        """Cut into beats of equal load that keep to their side of a barrier where they can.

        Returns
        -------
        PieceCut
            Its beats, numbered in no order.
        """
        groups, counts = self._groups()
        cell = np.empty(len(self._piece), dtype=np.int64)
        ended, blocked = True, []
        for number, (own, search) in enumerate(groups):
            first = sum(counts[:number])
            found, in_time = self._run(part_of(self._piece, own), search, counts[number])
            ended &= in_time
            cell[own] = first + found.cells()
            blocked += [later(one, first) for one in found.blocked()]
        if len(self._piece) <= MOST_POLISHED:
            return PieceCut(self._searched_through(cell), ended)
        if len(counts) > 1 and self._count <= MOST_AT_ONCE:
            return self._together(cell)
        return PieceCut(cell, ended, tuple(blocked))

    def _together(self, cell: NDArray[np.int64]) -> PieceCut:
        """Even out groups that were cut apart, where one is fuller than another."""
        share = np.full(self._count, 1.0 / self._count)
        search = self._balance(self._piece, cell, share)
        search.measure()
        ended = True
        if np.abs(search.off).max() > _EVEN * self._limits.tolerance:
            ended = search.run(self._limits.deadline)
        return PieceCut(search.cells(), ended, tuple(search.blocked()))

    def _run(self, piece: Piece, search: BalanceSearch, count: int) -> tuple[BalanceSearch, bool]:
        """Search, and from other first cuts where a beat stays far off its target."""
        in_time = search.run(self._limits.deadline)
        for attempt in range(1, _ATTEMPTS):
            slack = _EVEN * (1.0 + count / MOST_AT_ONCE)
            even = np.abs(search.off).max() <= slack * self._limits.tolerance
            if even or not in_time or not 1 < count <= MOST_AT_ONCE:
                break
            other = self._begin(piece, search.weight_s + 1e-6, count, attempt)
            in_time = other.run(self._limits.deadline)
            search = min((search, other), key=lambda one: one.badness())
        return search, in_time

    def unequal(self, cell: NDArray[np.int64], share: NDArray[np.float64]) -> PieceCut:
        """Cut into beats of wanted shares, each about where it was in an equal cut.

        Parameters
        ----------
        cell
            int64, shape (s,): from `quick`.
        share
            float64, shape (k,): wanted share of the load of each beat, sum one.

        Returns
        -------
        PieceCut
            Its beats, in the numbers of `cell`.
        """
        if self._count <= len(self._piece.xy):
            cell = refined(self._piece, cell, self._weight, share, self._limits.tolerance)
        search = self._balance(self._piece, cell, share)
        search.measure()
        ended = search.run(self._limits.deadline)
        return PieceCut(search.cells(), ended, tuple(search.blocked()))

    def _balance(
        self, piece: Piece, cell: NDArray[np.int64], share: NDArray[np.float64]
    ) -> BalanceSearch:
        scratch = Scratch(piece, cell, len(share))
        return BalanceSearch(scratch, self._meter, share, self._limits.tolerance)

    def _groups(self) -> tuple[list[tuple[NDArray[np.int64], BalanceSearch]], list[int]]:
        """Begin a search on each group of sides; group anew once, where measures say so."""
        piece, tolerance = self._piece, self._limits.tolerance
        for last in (False, True):
            weight = self._weight.copy()
            group, counts = sides_of(piece, weight, self._count, _SIDE_SLACK * tolerance)
            searches = []
            for number, beats in enumerate(counts):
                own = np.flatnonzero(group == number)
                searches.append((own, self._begin(part_of(piece, own), weight[own], beats)))
                weight[own] = searches[-1][1].weight_s + 1e-6
            load = np.bincount(group, weight) * self._count / weight.sum()
            off = np.abs(load / np.array(counts) - 1.0).max()
            if last or off <= _RECUT_SLACK * tolerance:
                break
            self._weight = weight
        return searches, counts

    def _begin(
        self, piece: Piece, weight: NDArray[np.float64], count: int, attempt: int = 0
    ) -> BalanceSearch:
        """Cut what no beat may leave, and measure it."""
        share = np.full(count, 1.0 / count)
        limits = self._limits
        seed = limits.seed + attempt * _SEED_STEP
        cell = compact_start(piece, weight, share, limits.tolerance, seed)
        first = self._balance(piece, cell, share)
        first.measure()
        if not 1 < count <= min(MOST_AT_ONCE, len(piece.xy)):
            return first
        weight = first.weight_s + 1e-6
        cell = refined(piece, first.cells(), weight, share, limits.tolerance)
        second = self._balance(piece, cell, share)
        second.measure()
        return min((first, second), key=lambda search: search.badness())

    def _searched_through(self, cell: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the best of what small moves lead to from here and from some other starts."""
        share = np.full(self._count, 1.0 / self._count)
        limits, piece = self._limits, self._piece
        cost = CutCost(piece, self._meter, share, limits.tolerance)
        starts = [cell]
        if self._count <= len(piece.xy):
            draw = np.random.default_rng(limits.seed)
            for _ in range(_RESTARTS):
                base = draw.choice(len(piece.xy), self._count, replace=False)
                first = np.zeros(self._count)
                spread = balanced(
                    piece, (base, first), self._weight, share * self._weight.sum(), _SPREAD_ROUNDS
                )
                starts.append(Scratch(piece, spread.cell, self._count).cells())
        return polished(piece, starts, self._count, cost, limits.deadline)


def later(blocked: Blocked, first: int) -> Blocked:
    """Give a note with the numbers of beats that come after earlier groups.

    Parameters
    ----------
    blocked
        With numbers from 0 on.
    first
        The number that takes the place of 0.

    Returns
    -------
    Blocked
        With the later numbers.
    """
    other = blocked.other + first if blocked.other >= 0 else -1
    return replace(blocked, beat=blocked.beat + first, other=other)
