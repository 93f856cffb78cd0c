"""The search in one piece: from its streets to beats of about equal measured load."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.partition.balance import BalanceSearch
from reso_geo.partition.blocked import blocked_beats
from reso_geo.partition.cost import CutCost
from reso_geo.partition.polish import MOST_POLISHED, polished
from reso_geo.partition.scratch import Scratch
from reso_geo.partition.sides import SideSearch, cut_by_sides, few_crossings
from reso_geo.partition.start import MOST_AT_ONCE, compact_start, cost_of, refined
from reso_geo.partition.tally import FIRM, Tally
from reso_geo.partition.voronoi import balanced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.partition.blocked import Blocked
    from reso_geo.partition.meter import Meter
    from reso_geo.partition.piece import Piece

__all__ = ["PieceCut", "PieceSearch", "SearchLimits"]

_SIDE_SLACK = 0.3
"""Sides of barriers may be off by this share of the tolerance; the beats in them still even out."""
_RESTARTS = 250
_SPREAD_ROUNDS = 4
_ATTEMPTS = 2
_EVEN = 0.5
"""Beats this part of the tolerance off are even enough; many beats, up to twice as much."""
_TRIES = 4
_SEED_STEP, _TRY_STEP = 1_000_003, 10_007


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
        tally = self._tally(cell, share)
        self._weight = tally.weight_s + 1e-6
        return tally.scratch.cells()

    def equal(self) -> PieceCut:
        """Cut into beats of equal load that keep to their side of a barrier where they can.

        Returns
        -------
        PieceCut
            Its beats, numbered in no order.
        """
        tally, ended = self._even()
        if len(self._piece) <= MOST_POLISHED:
            return PieceCut(self._searched_through(tally.scratch.cells()), ended)
        return PieceCut(tally.scratch.cells(), ended, tuple(blocked_beats(tally)))

    def _even(self) -> tuple[Tally, bool]:
        """Even out a first cut, and other ones where a beat stays far off its target."""
        count, limits = self._count, self._limits
        tally = self._begin(0)
        ended = BalanceSearch(tally).run(limits.deadline)
        for attempt in range(1, _ATTEMPTS):
            slack = _EVEN * (1.0 + count / MOST_AT_ONCE)
            even = np.abs(tally.off).max() <= slack * limits.tolerance
            if even or not ended or not 1 < count <= MOST_AT_ONCE:
                break
            self._weight = tally.weight_s + 1e-6
            other = self._begin(attempt)
            ended = BalanceSearch(other).run(limits.deadline)
            tally = min((tally, other), key=lambda one: one.badness(apart=FIRM))
        return tally, ended

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
        tally = self._tally(cell, share)
        ended = BalanceSearch(tally).run(self._limits.deadline)
        return PieceCut(tally.scratch.cells(), ended, tuple(blocked_beats(tally)))

    def _tally(self, cell: NDArray[np.int64], share: NDArray[np.float64]) -> Tally:
        scratch = Scratch(self._piece, cell, len(share))
        return Tally(scratch, self._meter, share, self._limits.tolerance)

    def _begin(self, attempt: int) -> Tally:
        """Cut compactly by what is known of the load; first along barriers, where there are any."""
        piece, count, limits = self._piece, self._count, self._limits
        share = np.full(count, 1.0 / count)
        seed = limits.seed + attempt * _SEED_STEP
        few = 1 < count <= min(len(piece.xy), MOST_AT_ONCE)
        if few and piece.barred.any() and not attempt:
            return self._tally(self._along_barriers(seed), share)
        cell = compact_start(piece, self._weight, share, limits.tolerance, seed, _TRIES)
        first = self._tally(cell, share)
        if not few:
            return first
        weight = first.weight_s + 1e-6
        again = refined(piece, first.scratch.cells(), weight, share, limits.tolerance)
        return min((first, self._tally(again, share)), key=lambda tally: tally.badness())

    def _along_barriers(self, seed: int) -> NDArray[np.int64]:
        """Cut by sides, with the crossings that several first cuts lie on; give the best."""
        piece, count, limits, weight = self._piece, self._count, self._limits, self._weight
        share = np.full(count, 1.0 / count)
        found = []
        for number in range(_TRIES):
            search = SideSearch(
                _SIDE_SLACK * limits.tolerance, limits.tolerance, seed + number * _TRY_STEP, 1
            )
            cell = compact_start(piece, weight, share, limits.tolerance, search.seed, tries=1)
            cell = cut_by_sides(few_crossings(piece, weight, cell), weight, count, search)
            found.append((cost_of(piece, cell, weight, share, limits.tolerance), number, cell))
        return min(found)[2]

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
