"""Trades of streets between the beats of a search, each measured and taken back unless it helps.

What counts is how far beats are out of their ranges, what they hold of others, and what of them
lies across a barrier.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.moves import give_one, shift
from reso_geo.rebalance.territory import FREE
from reso_geo.rebalance.transfer_network import HOME, OWN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.state import SearchState
    from reso_geo.rebalance.territory import Land

__all__ = ["NEAR", "Trades"]

NEAR = 0.92
"""Beats are brought within this part of the tolerance: the final measures differ a little."""
_OUT = 10.0
_APART = 1.0
_HOME_M = 1.0
_GAIN = 1e-4


class Trades:
    """The beats of one region while streets change hands.

    Parameters
    ----------
    state
        The beats, measured; changed in place.
    land
        What they held before.

    Attributes
    ----------
    state, assignment, land
        As given.
    """

    def __init__(self, state: SearchState, land: Land) -> None:
        self.state, self.assignment, self.land = state, state.assignment, land
        wide = float(np.hypot(*np.ptp(land.region.xy, axis=0))) / np.sqrt(land.count)
        self._home: list[int] = land.home.tolist()
        self._worth: list[float] = land.worth_s.tolist()
        self._dear_m = _HOME_M * wide
        self._mean_s = float(state.load_s.mean())
        self._known: dict[int, tuple[int, float]] = {}
        self._failed: set[tuple[object, ...]] = set()

    @property
    def out(self) -> NDArray[np.float64]:
        """How far each beat is out of its range, in tolerances, shape (c,)."""
        return self._out(self.state.load_s, self.state.target_s)

    def range_s(self, part: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the least and the most of each beat, at a part of the tolerance.

        Parameters
        ----------
        part
            Of the tolerance, from 0 to 1.

        Returns
        -------
        tuple of ndarray of float64
            Seconds per week, each of shape (c,).
        """
        target, width = self.state.target_s, part * self.state.tolerance
        return target * (1.0 - width), target * (1.0 + width)

    def cost(self) -> float:
        """Return how bad the beats are: to be compared among cuts of the same land.

        A beat that has lost the streets where it starts is worse than anything.
        """
        if not self.state.hold_starts(range(self.land.count)):
            return math.inf
        out = self._out_cost(self.state.load_s, self.state.target_s)
        return out + sum(self._kept_cost(beat) for beat in range(self.land.count))

    def _out(
        self, load_s: NDArray[np.float64], target_s: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        tolerance = self.state.tolerance
        off = np.abs(load_s / target_s - 1.0)
        out: NDArray[np.float64] = np.maximum(0.0, off - NEAR * tolerance) / tolerance
        return out

    def _out_cost(self, load_s: NDArray[np.float64], target_s: NDArray[np.float64]) -> float:
        out = self._out(load_s, target_s)
        return float((_OUT * out + 5.0 * _OUT * np.square(out)).sum())

    def _held_cost(self, beat: int) -> float:
        """Return how bad it is what a beat holds: streets of others, and across a barrier."""
        own = self.assignment.own(beat).tolist()
        lost = float(sum(self._worth[s] for s in own if self._home[s] not in (FREE, beat)))
        return lost / self._mean_s + _APART * self.state.share_across(beat)

    def _kept_cost(self, beat: int) -> float:
        """Describe the same of a beat as it stands, from memory where it has not changed."""
        changes = self.state.changes[beat]
        known = self._known.get(beat)
        if known is None or known[0] != changes:
            known = self._known[beat] = changes, self._held_cost(beat)
        return known[1]

    def kept(self, beats: Sequence[int], move: Callable[[], bool]) -> bool:
        """Make a move between some beats, and take it back unless it is worth it.

        Parameters
        ----------
        beats
            All that the move may change.
        move
            Changes the assignment; False when it has changed nothing.

        Returns
        -------
        bool
            Whether the move stands.
        """
        some = list(beats)
        target_s = self.state.target_s[some]
        out = self._out_cost(self.state.load_s[some], target_s)
        was = out + sum(self._kept_cost(beat) for beat in some)
        held: list[float] = []

        def better(load_s: NDArray[np.float64]) -> bool:
            held.extend(map(self._held_cost, some[len(held) :]))
            return self._out_cost(load_s, target_s) + sum(held) < was * (1.0 - _GAIN) - 1e-9

        return self.state.foreseen(some, move, better)

    def measured(self, beats: Sequence[int]) -> None:
        """Measure beats that have changed.

        Parameters
        ----------
        beats
            Which ones.
        """
        self.state.measure(beats)
        for beat in beats:
            self.state.changes[beat] += 1

    def restored(self, labels: NDArray[np.int64]) -> None:
        """Go back to an earlier state.

        Parameters
        ----------
        labels
            int64, shape (s,): beat of each segment.
        """
        now = self.assignment.labels()
        moved = np.flatnonzero(now != labels)
        for segment in moved.tolist():
            self.assignment.give(segment, int(labels[segment]))
        self.measured(np.unique(np.concatenate((now[moved], labels[moved]))).tolist())

    def shift(
        self, giver: int, taker: int, amount_s: float, *, what: int = OWN, over: bool = False
    ) -> float:
        """Shift load, what goes home first and what is at home last, or only some of it.

        Parameters
        ----------
        giver, taker
            Beats.
        amount_s
            Seconds per week.
        what
            `HOME` for what comes home only, `OTHERS` for that and what is of third beats, `OWN`
            for anything.
        over
            Also across a barrier.

        Returns
        -------
        float
            Seconds per week that changed hands.
        """
        was = self.land.home
        at_home = np.inf if what != OWN else self._dear_m
        others = np.inf if what == HOME else 0.0
        dear = np.where(was == giver, at_home, np.where(was == taker, -self._dear_m, others))
        self.assignment.over_barriers = over
        moved = shift(self.assignment, giver, taker, amount_s, self.state.weight_s, dear)
        self.assignment.over_barriers = False
        return float(self.state.weight_s[moved].sum())

    def give_one(self, giver: int, taker: int, amount_s: float, *, over: bool) -> bool:
        """Return the one segment whose load is nearest to an amount.

        Parameters
        ----------
        giver, taker
            Beats.
        amount_s
            Seconds per week.
        over
            Also across a barrier.

        Returns
        -------
        bool
            Whether anything changed hands.
        """
        self.assignment.over_barriers = over
        moved = give_one(self.assignment, giver, taker, amount_s, self.state.weight_s)
        self.assignment.over_barriers = False
        return bool(moved)

    def is_new(self, beats: tuple[int, ...], how: tuple[object, ...]) -> bool:
        """Return whether something has not been tried since one of these beats changed.

        Parameters
        ----------
        beats
            Which ones.
        how
            What is tried, and how much of it.

        Returns
        -------
        bool
            True once; then only after one of them has changed.
        """
        attempt = beats, how, tuple(self.state.changes[beat] for beat in beats)
        if attempt in self._failed:
            return False
        self._failed.add(attempt)
        return True
