"""The search in one piece: from its streets to beats of about equal measured load."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.assignment import Scratch
from reso_geo.districting.local_search import BalanceSearch
from reso_geo.districting.objective import CutCost
from reso_geo.districting.state import FIRM, Tally
from reso_geo.parallel import MANY_SEGMENTS, side_by_side
from reso_geo.partition.best_first import MOST_POLISHED, polished
from reso_geo.partition.construct.barrier_sides import SideSearch, cut_by_sides, few_crossings
from reso_geo.partition.construct.initial import (
    MOST_AT_ONCE,
    StartEffort,
    compact_start,
    cost_of,
    refined,
)
from reso_geo.partition.construct.power_diagram import balanced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.evaluator import Meter
    from reso_geo.districting.region import Piece

__all__ = ["PieceCut", "PieceSearch", "SearchLimits"]

_SIDE_SLACK = 0.3
"""Sides of barriers may be off by this share of the tolerance; the beats in them still even out."""
_RESTARTS = 500
_SPREAD_ROUNDS = 4
_TRIES = 4
_MOST_ROUGH = 32
"""What is only learned from, not kept, may be rough; of more beats too rough to learn from."""
_STARTS = 3
_EFFORT_OF_MANY = 0.25
"""Many beats are evened once more, from their bases: see `reso_geo.partition.refine`."""
_NEAR = 0.8
"""Part of the tolerance: what is evened once more, from its bases, needs no more."""
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
    """

    cell: NDArray[np.int64]
    ended: bool


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
        self._equal = np.full(count, 1.0 / count)
        self._few = 1 < count <= min(len(piece.xy), MOST_AT_ONCE)
        self._rough = StartEffort(moves=2, diagrams=4) if count <= _MOST_ROUGH else StartEffort()

    def quick(self) -> NDArray[np.int64]:
        """Return a first cut into equal beats, and learn from it what each segment really asks.

        Returns
        -------
        ndarray of int64, shape (s,)
            Beat of each segment.
        """
        limits = self._limits
        cell = compact_start(
            self._piece, self._weight, self._equal, limits.tolerance, limits.seed, self._rough
        )
        tally = self._tally(cell, self._equal)
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
        return PieceCut(tally.scratch.cells(), ended)

    def _even(self) -> tuple[Tally, bool]:
        """Even out a first cut, and up to two others where a beat stays beyond the tolerance."""
        limits, few = self._limits, self._few
        along = few and bool(self._piece.barred.any())
        effort = 1.0 if few else _EFFORT_OF_MANY
        done: list[tuple[bool, float, int, Tally]] = []
        for number in range(_STARTS if few else 1):
            seed = limits.seed + number * _SEED_STEP
            sided = along and number < _STARTS - 1
            tally = self._along_barriers(seed) if sided else self._compact(seed)
            ended = BalanceSearch(tally, _NEAR, effort, last=few).run(limits.deadline)
            even = bool(np.abs(tally.off).max() <= limits.tolerance)
            done.append((not even, tally.badness(apart=FIRM), number, tally))
            if even or not ended:
                break
            self._weight = tally.weight_s + 1e-6
        return min(done)[-1], ended

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
        return PieceCut(tally.scratch.cells(), ended)

    def _tally(self, cell: NDArray[np.int64], share: NDArray[np.float64]) -> Tally:
        scratch = Scratch(self._piece, cell, len(share))
        return Tally(scratch, self._meter, share, self._limits.tolerance)

    def _compact(self, seed: int) -> Tally:
        """Cut compactly by what is known of the load; a few beats again by what was learned."""
        piece, share, tolerance = self._piece, self._equal, self._limits.tolerance
        cell = compact_start(piece, self._weight, share, tolerance, seed, StartEffort(_TRIES))
        first = self._tally(cell, share)
        return self._relearned(first, piece) if self._few else first

    def _relearned(self, first: Tally, piece: Piece) -> Tally:
        """Cut again, over the ways that a piece leaves open, by what was learned of the load."""
        share, tolerance = self._equal, self._limits.tolerance
        weight = first.weight_s + 1e-6
        again = refined(piece, first.scratch.cells(), weight, share, tolerance)
        return min((first, self._tally(again, share)), key=lambda tally: tally.badness())

    def _along_barriers(self, first: int) -> Tally:
        """Cut by sides, with the crossings that several first cuts lie on; refine the best."""
        piece, count, weight, share = self._piece, self._count, self._weight, self._equal
        tolerance = self._limits.tolerance

        def cut(number: int) -> tuple[float, int, NDArray[np.int64], NDArray[np.bool_]]:
            if number and time.monotonic() > self._limits.deadline:
                return np.inf, number, piece.segment[:0], piece.shut
            seed = first + number * _TRY_STEP
            cell = compact_start(piece, weight, share, tolerance, seed, self._rough)
            search = SideSearch(_SIDE_SLACK * tolerance, tolerance, seed)
            open_ = few_crossings(piece, weight, cell)
            cell = cut_by_sides(open_, weight, count, search)
            return cost_of(piece, cell, weight, share, tolerance), number, cell, open_.shut

        found = side_by_side(cut, range(_TRIES), worth=len(piece) >= MANY_SEGMENTS)
        _, _, cell, shut = min(found, key=lambda one: one[:2])
        return self._relearned(self._tally(cell, share), replace(piece, shut=shut))

    def _searched_through(self, cell: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the best of what small moves lead to from here and from some other starts."""
        limits, piece, share = self._limits, self._piece, self._equal
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
