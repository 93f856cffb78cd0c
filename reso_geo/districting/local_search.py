"""Even out the measured load of beats: first all at once, then the worst one at a time.

Deadhead answers a move in jumps, so a plan of flows over all beats overshoots once they are nearly
even. From there on the beat that is farthest off trades with one neighbour at a time, or with one
behind it, and a trade stands only if all of them end up nearer to their targets.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.barrier_split import across, whole
from reso_geo.districting.diffusion import wanted_flows
from reso_geo.districting.moves import give_one, shift
from reso_geo.districting.region import meetings
from reso_geo.districting.state import EASY, LENIENT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.state import SearchState

__all__ = ["NEAR", "BalanceSearch"]


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


_SWEEPS = 3
_MOST_IN_FLOW = 64
"""Beats of a few dozen streets answer a move by such jumps that flows do harm."""
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
        self._enough, self._relays = near * state.tolerance, False
        self._failed: set[tuple[tuple[int, ...], Attempt | float, tuple[int, ...]]] = set()
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
        if self._withdraw() and not self._trades(deadline, until + self._most_work / 3.0):
            return False
        if not self._last:
            return True
        return self._relay_on(deadline) and self._in_any_way(deadline)

    def _relay_on(self, deadline: float) -> bool:
        """Let three beats in a row trade where one is still far off; False when time was up."""
        state = self._state
        self._enough, self._relays = max(self._enough, _FAIR * state.tolerance), True
        state.apart = EASY
        return self._trades(deadline, state.work + self._most_work / 3.0)

    def _in_any_way(self, deadline: float) -> bool:
        """Try all, across barriers too, where a beat is beyond its tolerance."""
        state = self._state
        self._enough = state.tolerance
        if np.abs(state.off).max() <= self._enough:
            return True
        state.apart, state.trusting = LENIENT, False
        self._failed.clear()
        return self._trades(deadline, state.work + self._most_work)

    def _flow(self, deadline: float) -> None:
        """Let load flow between all neighbours at once, if that is better."""
        state = self._state
        few = self._assignment.count <= _MOST_IN_FLOW
        if few and time.monotonic() <= deadline and np.abs(state.off).max() > self._enough:
            state.kept(range(self._assignment.count), self._flows)

    def _flows(self) -> bool:
        """Move segments until all beats are near their targets by the last measures."""
        assignment, weight_s = self._assignment, self._state.weight_s
        target = self._state.target_s
        helped = False
        for _ in range(_SWEEPS):
            load = np.bincount(assignment.labels(), weight_s, assignment.count)
            flows = wanted_flows(load - target, meetings(assignment.region, assignment.labels()))
            for amount, giver, taker in flows:
                if amount > _LEAST_FLOW * target[giver]:
                    helped |= bool(shift(assignment, giver, taker, amount, weight_s))
        return helped

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
            if self._trade_of(beat, off):
                return True
            if self._relays and self._relay_of(beat, off):
                return True
        return False

    def _trade_of(self, beat: int, off: NDArray[np.float64]) -> bool:
        """Make the first trade of a beat with one neighbour that helps."""
        return any(
            self._exchange(beat, other, attempt)
            for other in self._ready(beat, beat, off)
            for attempt in _ATTEMPTS
        )

    def _relay_of(self, beat: int, off: NDArray[np.float64]) -> bool:
        """Make the first trade of a beat with one behind a neighbour that helps."""
        return any(
            self._relay(beat, other, third, share)
            for other in sorted(self._assignment.neighbours_of(beat))
            for third in self._ready(other, beat, off)[:_MOST_THIRDS]
            if third != beat
            for share in _RELAYS
        )

    def _ready(self, beat: int, needy: int, off: NDArray[np.float64]) -> list[int]:
        """Return the neighbours of a beat that are less off to the needy one's side, best first."""
        sign = np.sign(off[needy])
        near = [o for o in self._assignment.neighbours_of(beat) if off[o] * sign < abs(off[needy])]
        return sorted(near, key=lambda o: (off[o] * sign, o))

    def _exchange(self, beat: int, other: int, attempt: Attempt) -> bool:
        """Try one trade of a share of half the difference; keep it only if it helps."""
        state, over = self._state, self._state.over_s
        giver, taker = (beat, other) if over[beat] > over[other] else (other, beat)
        amount = attempt.share * float(over[giver] - over[taker]) / 2.0

        def move() -> bool:
            give = give_one if attempt.single else shift
            self._assignment.over_barriers = attempt.over_barriers
            moved = give(self._assignment, giver, taker, amount, state.weight_s)
            self._assignment.over_barriers = False
            return bool(moved)

        pair = (giver, taker)
        return self._is_new(pair, attempt) and state.kept(pair, move)

    def _relay(self, beat: int, other: int, third: int, share: float) -> bool:
        """Try to even out three beats in a row; keep it only if it helps."""
        state, row = self._state, (beat, other, third)
        over = state.over_s[list(row)] - state.over_s[list(row)].mean()
        first, second = share * float(over[0]), share * float(over[0] + over[1])

        def move() -> bool:
            weight_s = state.weight_s
            done = []
            for amount, one, two in ((first, beat, other), (second, other, third)):
                giver, taker = (one, two) if amount > 0.0 else (two, one)
                done.append(bool(shift(self._assignment, giver, taker, abs(amount), weight_s)))
            return all(done)

        return self._is_new(row, share) and state.kept(row, move)

    def _is_new(self, beats: tuple[int, ...], how: Attempt | float) -> bool:
        """Return whether something has not been tried since one of these beats changed."""
        attempt = beats, how, tuple(self._state.changes[beat] for beat in beats)
        if attempt in self._failed:
            return False
        self._failed.add(attempt)
        return True

    def _withdraw(self) -> bool:
        """Return what lies across a barrier to a beat over there, for as much on this side."""
        assignment, helped = self._assignment, False
        shares = [(self._state.share_across(beat), beat) for beat in range(assignment.count)]
        for share, beat in sorted(shares, key=lambda one: (-one[0], one[1])):
            if share >= _MUCH_APART:
                helped |= any(
                    self._hand_over(beat, part, other)
                    for part in across(assignment, beat)[:_MOST_PARTS]
                    for other in sorted({b for s in part for b in assignment.beats_at(s)})
                )
        return helped

    def _hand_over(self, beat: int, part: list[int], other: int) -> bool:
        """Assign a part to another beat and take as much back; keep it only if it helps."""
        assignment, state = self._assignment, self._state
        over = state.over_s

        def move() -> bool:
            for segment in part:
                assignment.give(segment, other)
            if not (whole(assignment, beat) and whole(assignment, other)):
                return False
            back = float(state.weight_s[part].sum()) + float(over[other] - over[beat]) / 2.0
            shift(assignment, other, beat, back, state.weight_s)
            return True

        return state.kept((beat, other), move)
