"""Even out the measured load of beats: first all at once, then the worst one at a time.

Deadhead answers a move in jumps, so a plan of flows over all beats overshoots once they are nearly
even. From there on the beat that is farthest off trades with one neighbour at a time, or with one
behind it, and a trade stands only if all of them end up nearer to their targets.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.barrier_split import across
from reso_geo.districting.borders.rounds import divide_all
from reso_geo.districting.moves import HandOver, Move, Recut, Transfer
from reso_geo.districting.objective import Balance, BarrierSplit, Border, Objective
from reso_geo.districting.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from reso_geo.districting.params import SearchRules
    from reso_geo.districting.state import SearchState

__all__ = ["BalanceSearch", "even_objective"]


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
    recut
        All streets of the two are divided again, along the cheapest border.
    """

    share: float
    single: bool = False
    over_barriers: bool = False
    recut: bool = False


_RECUT = Attempt(1.0, recut=True)
_ATTEMPTS = (
    _RECUT,
    Attempt(1.0),
    Attempt(0.6, recut=True),
    Attempt(1.5, recut=True),
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


def even_objective(rules: SearchRules) -> Objective:
    """Return what an even cut is searched by: loads, barriers and borders.

    Parameters
    ----------
    rules
        What the search goes by.

    Returns
    -------
    Objective
        With three terms.
    """
    params = rules.params.balance
    split = BarrierSplit(any_share=params.any_share, much=params.full_share)
    ground = ((params.split, split), (params.border, Border()))
    return Objective(Balance(rules.tolerance), ground, params.least_gain)


class BalanceSearch:
    """A search over the beats of one region; the best state is kept when time is up.

    Parameters
    ----------
    state
        The beats, measured; changed in place.
    near
        Part of its tolerance that the search goes on to; None for the usual one.
    effort
        Part of the usual work after which it stops.
    last
        False where beats that pairs do not even are left for another search.
    """

    def __init__(
        self,
        state: SearchState,
        near: float | None = None,
        effort: float = 1.0,
        *,
        last: bool = True,
    ) -> None:
        self._state, self._assignment, self._last = state, state.assignment, last
        self._params = params = state.rules.params.balance
        self._trial = Trial(state, even_objective(state.rules))
        self._enough = (params.near if near is None else near) * state.tolerance
        self._relays: tuple[float, ...] = ()
        self._attempts: tuple[Attempt, ...] = (_RECUT,)
        required = int(self._assignment.region.required.sum())
        usual = params.least_work + params.more_work * required * np.sqrt(self._assignment.count)
        self._most_work = effort * usual

    def run(self) -> bool:
        """Search until all beats are near their targets, nothing helps, or time or work is up.

        Returns
        -------
        bool
            False when time was up first.
        """
        self._flow()
        return self.trade()

    def trade(self) -> bool:
        """Search by trades of two or three beats alone, which leave most streets where they are.

        Returns
        -------
        bool
            As for `run`.
        """
        until = self._state.work + self._most_work
        if not self._trades(until):
            return False
        self._attempts = _ATTEMPTS
        if not self._trades(until):
            return False
        if self._withdraw() and not self._trades(until + self._most_work / 3.0):
            return False
        return not self._last or (self._relay_on() and self._in_any_way())

    def _relay_on(self) -> bool:
        """Trade among three beats in a row where one is still far off; False when time was up."""
        state, params = self._state, self._params
        self._enough, self._relays = max(self._enough, params.fair * state.tolerance), params.relays
        self._trial.objective = self._trial.objective.weighed(BarrierSplit.name, params.split_less)
        return self._trades(state.work + self._most_work / 3.0)

    def _in_any_way(self) -> bool:
        """Try all, across barriers too, where a beat is beyond its tolerance."""
        state = self._state
        self._enough = state.tolerance
        if np.abs(state.off).max() <= self._enough:
            return True
        self._trial.objective = self._trial.objective.weighed(
            BarrierSplit.name, self._params.split_least
        )
        state.trusting = False
        self._trial.forget()
        return self._trades(state.work + self._most_work)

    def _flow(self) -> None:
        """Move load between all neighbours at once, some times over; keep the best of it."""
        state, params = self._state, self._params
        objective = self._trial.objective.weighed(Border.name, params.border_first)
        few = self._assignment.count <= params.most_in_flow
        divide_all(
            state,
            lambda: state.share,
            lambda: state.cost(objective),
            lambda: bool(np.abs(state.off).max() <= self._enough),
            params.rounds if few else 0,
        )

    def _trades(self, until: float) -> bool:
        """Trade until nothing helps or the work is done; False when time was up first."""
        while not self._state.rules.late:
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
                for third in self._ready(other, beat, off)[: self._params.most_thirds]:
                    if third != beat:
                        row = (beat, other, third)
                        yield from (self._relay(row, part) for part in self._relays)

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
            if share >= self._params.much_apart:
                helped |= any(
                    self._trial.stands(self._hand_over(beat, part, other))
                    for part in across(assignment, beat)[: self._params.most_parts]
                    for other in sorted({b for s in part for b in assignment.beats_at(s)})
                )
        return helped

    def _hand_over(self, beat: int, part: list[int], other: int) -> Move:
        """Propose to assign a part to another beat and to take as much back."""
        state, over = self._state, self._state.over_s
        back_s = float(state.weight_s[part].sum()) + float(over[other] - over[beat]) / 2.0
        back = Transfer(other, beat, back_s, needed=False)
        return Move((beat, other), tuple(part), (HandOver(tuple(part), beat, other), back))
