"""Even out the measured load of beats: first all at once, then the worst one at a time.

Deadhead answers a move in jumps, so a plan of flows over all beats overshoots once they are nearly
even. From there on the beat that is farthest off trades with one neighbour at a time, or with one
behind it, and a trade stands only if all of them end up nearer to their targets.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.barrier_split import across
from reso_geo.districting.border_search import BorderSearch
from reso_geo.districting.moves import HandOver, Move, Recut, Transfer
from reso_geo.districting.objective import Balance, BarrierSplit, Border, Objective
from reso_geo.districting.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from reso_geo.districting.state import SearchState

__all__ = ["NEAR", "BalanceSearch", "even_objective"]

_FIRM, _EASY, _LENIENT = 20.0, 2.0, 0.3
"""What lying on two sides of a barrier counts for; less where it keeps beats from being even."""
import os
_BORDER, _EDGE = float(os.environ.get("BETA","0.01")), Border()
_SPLIT = BarrierSplit(any_share=0.25, much=0.05)


@dataclass(frozen=True)
class Attempt:
    """One way for two beats to trade.

    Attributes
    ----------
    share
        Of half their difference.
    single
        One segment of about that load, instead of the nearest ones.
    over_barriers
        Whether segments may change hands across a barrier.
    """

    share: float
    single: bool = False
    over_barriers: bool = False
    recut: bool = False


_SWEEPS = 1
_ROUNDS = 4
_MOST_IN_FLOW = 64
"""Beats of a few dozen streets answer a move by such jumps that flows do harm."""
_RECUTS = (
    Attempt(1.0, recut=True),
    Attempt(0.6, recut=True),
    Attempt(1.5, recut=True),
)
_ATTEMPTS = (
    Attempt(1.0),
    Attempt(0.6),
    Attempt(1.0, single=True),
    Attempt(1.5),
    Attempt(0.5, single=True),
    Attempt(0.3),
    Attempt(0.25, single=True),
    Attempt(2.0),
    Attempt(2.0, single=True),
    Attempt(1.0, over_barriers=True),
    Attempt(0.5, over_barriers=True),
    Attempt(1.0, single=True, over_barriers=True),
)
_RELAYS = (1.0, 0.6)
"""Parts of what would even three beats, that go from the first over the second to the third."""
_MOST_THIRDS = 3
_LEAST_FLOW = 0.002
NEAR, _FAIR = 0.5, 0.58
"""Parts of the tolerance: what pairs of beats trade for, and three in a row."""
_LEAST_WORK, _MORE_WORK = 100_000, 1.2
_MUCH_APART = 0.03
_MOST_PARTS = 3


def even_objective(tolerance: float) -> Objective:
    """Return what an even cut is searched by: loads on targets, beats on one side of barriers.

    Parameters
    ----------
    tolerance
        How far off its target a beat may be, as a share of it.

    Returns
    -------
    Objective
        With two terms.
    """
    return Objective(Balance(tolerance), ((_FIRM, _SPLIT), (_BORDER, _EDGE)))


class BalanceSearch:
    """A search over the beats of one region.

    Parameters
    ----------
    state
        The beats, measured; changed in place.
    near
        Part of its tolerance that the search goes on to: measures at the final depth differ a
        little.
    effort
        Part of the usual work after which it stops.
    last
        False where beats that pairs do not even are left for another search.
    """

    def __init__(
        self, state: SearchState, near: float = NEAR, effort: float = 1.0, *, last: bool = True
    ) -> None:
        self._state, self._assignment, self._last = state, state.assignment, last
        self._trial = Trial(state, even_objective(state.tolerance))
        self._enough, self._relays = near * state.tolerance, False
        self._attempts = _RECUTS
        required = int(self._assignment.region.required.sum())
        usual = _LEAST_WORK + _MORE_WORK * required * np.sqrt(self._assignment.count)
        self._most_work = effort * usual

    def run(self, deadline: float) -> bool:
        """Search until all beats are near their targets, nothing helps, or time or work is up.

        Parameters
        ----------
        deadline
            On the clock of `time.monotonic`.

        Returns
        -------
        bool
            False when time was up first. The assignment holds the best state either way.
        """
        self._flow(deadline)
        return self.trade(deadline)

    def trade(self, deadline: float) -> bool:
        """Search by trades of two or three beats alone, which leave most streets where they are.

        Parameters
        ----------
        deadline
            As for `run`.

        Returns
        -------
        bool
            As for `run`.
        """
        until = self._state.work + self._most_work
        if not self._trades(deadline, until):
            return False
        self._attempts = _RECUTS + _ATTEMPTS
        if not self._trades(deadline, until):
            return False
        if self._withdraw() and not self._trades(deadline, until + self._most_work / 3.0):
            return False
        if not self._last:
            return True
        return self._relay_on(deadline) and self._in_any_way(deadline)

    def _relay_on(self, deadline: float) -> bool:
        """Let three beats in a row trade where one is still far off; False when time was up."""
        state = self._state
        self._enough, self._relays = max(self._enough, _FAIR * state.tolerance), True
        self._trial.objective = self._trial.objective.weighed(_SPLIT.name, _EASY)
        return self._trades(deadline, state.work + self._most_work / 3.0)

    def _in_any_way(self, deadline: float) -> bool:
        """Try all, across barriers too, where a beat is beyond its tolerance."""
        state = self._state
        self._enough = state.tolerance
        if np.abs(state.off).max() <= self._enough:
            return True
        self._trial.objective = self._trial.objective.weighed(_SPLIT.name, _LENIENT)
        state.trusting = False
        self._trial.forget()
        return self._trades(deadline, state.work + self._most_work)

    def _flow(self, deadline: float) -> None:
        """Let load flow between all neighbours at once, if that is better."""
        state, count = self._state, self._assignment.count
        few = count <= _MOST_IN_FLOW
        for _ in range(_ROUNDS):
            late = time.monotonic() > deadline
            if not few or late or np.abs(state.off).max() <= self._enough:
                break
            if not state.kept(range(count), self._divided, self._trial.objective.weighed("border", 0.04)):
                break

    def _divided(self) -> bool:
        """Let all neighbours divide their streets again by the last measures."""
        state, assignment = self._state, self._assignment
        search = BorderSearch(
            assignment.region, state.weight_s + 1e-6, state.share, state.tolerance, state.bases
        )
        was = assignment.labels()
        labels = search.run(was, _SWEEPS)
        moved = np.flatnonzero(labels != was)
        for segment in moved.tolist():
            assignment.give(segment, int(labels[segment]))
        return len(moved) > 0

    def _trades(self, deadline: float, until: float) -> bool:
        """Trade until nothing helps or the work is done; False when time was up first."""
        while time.monotonic() <= deadline:
            if self._state.work > until or not self._trade():
                return True
        return False

    def _trade(self) -> bool:
        """Make the first trade that helps, worst beat first; False when none does."""
        off = self._state.off
        for beat in np.argsort(-np.abs(off), kind="stable").tolist():
            if abs(off[beat]) <= self._enough:
                return False
            if any(map(self._trial.stands, self._proposed(beat, off))):
                return True
        return False

    def _proposed(self, beat: int, off: NDArray[np.float64]) -> Iterator[Move]:
        """Propose trades of a beat with one neighbour, then with one behind a neighbour."""
        for other in self._ready(beat, beat, off):
            for attempt in self._attempts:
                yield self._exchange(beat, other, attempt)
        if self._relays:
            for other in sorted(self._assignment.neighbours_of(beat)):
                for third in self._ready(other, beat, off)[:_MOST_THIRDS]:
                    if third != beat:
                        yield from (self._relay((beat, other, third), part) for part in _RELAYS)

    def _ready(self, beat: int, needy: int, off: NDArray[np.float64]) -> list[int]:
        """Return the neighbours of a beat that are less off to the needy one's side, best first."""
        sign = np.sign(off[needy])
        near = [o for o in self._assignment.neighbours_of(beat) if off[o] * sign < abs(off[needy])]
        return sorted(near, key=lambda o: (off[o] * sign, o))

    def _exchange(self, beat: int, other: int, attempt: Attempt) -> Move:
        """Propose to trade a share of half the difference between two beats."""
        over = self._state.over_s
        giver, taker = (beat, other) if over[beat] > over[other] else (other, beat)
        amount = attempt.share * float(over[giver] - over[taker]) / 2.0
        if attempt.recut:
            return Move((giver, taker), attempt, (Recut(giver, taker, amount),))
        step = Transfer(
            giver, taker, amount, single=attempt.single, over_barriers=attempt.over_barriers
        )
        return Move((giver, taker), attempt, (step,))

    def _relay(self, row: tuple[int, int, int], share: float) -> Move:
        """Propose to even out three beats in a row."""
        over = self._state.over_s[list(row)] - self._state.over_s[list(row)].mean()
        amounts = share * float(over[0]), share * float(over[0] + over[1])
        steps = [
            Transfer(*((one, two) if amount > 0.0 else (two, one)), abs(amount))
            for amount, (one, two) in zip(amounts, pairwise(row), strict=True)
        ]
        return Move(row, share, tuple(steps))

    def _withdraw(self) -> bool:
        """Return what lies across a barrier to a beat over there, for as much on this side."""
        assignment, helped = self._assignment, False
        shares = [(self._state.share_across(beat), beat) for beat in range(assignment.count)]
        for share, beat in sorted(shares, key=lambda one: (-one[0], one[1])):
            if share >= _MUCH_APART:
                helped |= any(
                    self._trial.stands(self._hand_over(beat, part, other))
                    for part in across(assignment, beat)[:_MOST_PARTS]
                    for other in sorted({b for s in part for b in assignment.beats_at(s)})
                )
        return helped

    def _hand_over(self, beat: int, part: list[int], other: int) -> Move:
        """Propose to assign a part to another beat and to take as much back."""
        state, over = self._state, self._state.over_s
        back_s = float(state.weight_s[part].sum()) + float(over[other] - over[beat]) / 2.0
        back = Transfer(other, beat, back_s, needed=False)
        return Move((beat, other), tuple(part), (HandOver(tuple(part), beat, other), back))
