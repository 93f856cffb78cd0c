"""Even out the measured load of beats: first all at once, then the worst one at a time.

Deadhead answers a move in jumps, so a plan of flows over all beats overshoots once they are nearly
even. From there on the beat that is farthest off trades with one neighbour at a time, and a trade
stands only if the two end up nearer to their targets.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.partition.across import across, share_across, whole
from reso_geo.partition.flows import wanted_flows
from reso_geo.partition.moves import give_one, shift
from reso_geo.partition.piece import meetings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from reso_geo.partition.meter import Meter
    from reso_geo.partition.scratch import Scratch

__all__ = ["BalanceSearch", "Blocked"]


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


_MOST_ROUNDS = 1
_PATIENCE = 1
_SWEEPS = 3
_ATTEMPTS = (
    Attempt(1.0),
    Attempt(0.6),
    Attempt(1.0, single=True),
    Attempt(1.5),
    Attempt(0.5, single=True),
    Attempt(0.3),
    Attempt(0.25, single=True),
    Attempt(2.0),
    Attempt(1.0, over_barriers=True),
    Attempt(0.5, over_barriers=True),
    Attempt(1.0, single=True, over_barriers=True),
)
_LEAST_FLOW = 0.002
_NEAR = 0.5
_GAIN = 0.02
_APART = (20.0, 2.0)
"""What a beat that lies all on two sides of a barrier counts for, in squared tolerances; less where
beats are off by more than the tolerance all the same."""
_LEAST_WORK = 100_000
_MUCH_APART = 0.03
_MOST_PARTS = 3


@dataclass(frozen=True)
class Blocked:
    """A beat that no trade brings nearer to its target.

    Attributes
    ----------
    beat
        Its number.
    off
        How far it is off, as a share of its target.
    segments
        int64: network indices of the one segment, with what hangs on it, whose trade is best;
        empty when it has nothing to trade.
    other
        The beat that it would trade with, -1 for none.
    off_after, other_after
        How far off the two would be then, measured.
    """

    beat: int
    off: float
    segments: NDArray[np.int64]
    other: int
    off_after: float
    other_after: float


class BalanceSearch:
    """A search over the beats of one piece.

    Parameters
    ----------
    scratch
        The beats, changed in place.
    meter
        Measures them.
    share
        float64, shape (k,): wanted share of the load of each beat, sum one.
    tolerance
        How far off a beat may be; the search goes on to half of it, since measures at the final
        depth differ a little.
    """

    def __init__(
        self, scratch: Scratch, meter: Meter, share: NDArray[np.float64], tolerance: float
    ) -> None:
        self._scratch, self._meter, self._share = scratch, meter, share
        self._tolerance = tolerance
        self._load = np.zeros(scratch.count)
        self._apart = _APART[0]
        self._weight = scratch.piece.load_s.copy()
        self._changes = [0] * scratch.count
        self._failed: set[tuple[int, int, Attempt, int, int]] = set()
        required = int(scratch.piece.required.sum())
        self._most_work = _LEAST_WORK + 2.5 * required * np.sqrt(scratch.count)
        self._node = {int(node): place for place, node in enumerate(scratch.piece.node)}

    def run(self, deadline: float) -> bool:
        """Search until all beats are near their targets, nothing helps, or time or work is up.

        Parameters
        ----------
        deadline
            On the clock of `time.monotonic`.

        Returns
        -------
        bool
            False when time was up first. The scratch holds the best state either way.
        """
        self._flow_rounds(deadline)
        for apart in _APART:
            self._apart = apart
            self._failed.clear()
            if not self._trades(deadline):
                return False
            if apart == _APART[0] and self._withdraw() and not self._trades(deadline):
                return False
            if np.abs(self.off).max() <= self._tolerance:
                break
        return True

    def _trades(self, deadline: float) -> bool:
        """Trade until nothing helps or the work is done; False when time was up first."""
        begun = self._meter.work
        while time.monotonic() <= deadline:
            if self._meter.work - begun > self._most_work or not self._trade():
                return True
        return False

    def _withdraw(self) -> bool:
        """Give what lies across a barrier to a beat over there, for as much on this side."""
        scratch, helped = self._scratch, False
        shares = [(share_across(scratch, beat), beat) for beat in range(scratch.count)]
        for share, beat in sorted(shares, key=lambda one: (-one[0], one[1])):
            if share >= _MUCH_APART:
                helped |= any(
                    self._hand_over(beat, part, other)
                    for part in across(scratch, beat)[:_MOST_PARTS]
                    for other in sorted({b for s in part for b in scratch.beats_at(s)})
                )
        return helped

    def _hand_over(self, beat: int, part: list[int], other: int) -> bool:
        """Give a part to another beat and take as much back; keep it only if it helps."""
        scratch, pair = self._scratch, [beat, other]
        target = self._share * self._load.sum()
        cells, load, weights = scratch.cells(), self._load.copy(), self._weight.copy()
        was = self._badness_of(pair, target)
        for segment in part:
            scratch.give(segment, other)
        given = float(weights[part].sum())
        if all(whole(scratch, b) for b in pair):
            back = given + float((self._load - target)[other] - (self._load - target)[beat]) / 2.0
            shift(scratch, other, beat, back, self._weight.tolist())
            self._update(pair)
            if self._badness_of(pair, target) < was * (1.0 - _GAIN):
                self._changes[beat] += 1
                self._changes[other] += 1
                return True
        scratch.restore(cells)
        self._load, self._weight = load, weights
        return False

    def measure(self) -> None:
        """Measure all beats as they are."""
        self._update(range(self._scratch.count))

    def cells(self) -> NDArray[np.int64]:
        """Give the beat of each segment, shape (s,)."""
        return self._scratch.cells()

    @property
    def off(self) -> NDArray[np.float64]:
        """How far each beat is off its target, as a share of it."""
        target = self._share * self._load.sum()
        off: NDArray[np.float64] = self._load / target - 1.0
        return off

    @property
    def weight_s(self) -> NDArray[np.float64]:
        """What each segment counts for by the last measures, shape (s,)."""
        return self._weight

    def _update(self, beats: Iterable[int]) -> None:
        piece = self._scratch.piece
        for beat in beats:
            own = self._scratch.own(beat)
            measured = self._meter.measure(piece.segment[own])
            self._load[beat] = measured.load_s
            self._weight[own] = measured.weight_s
            if measured.base in self._node:
                self._scratch.set_base(beat, self._node[measured.base])

    def badness(self) -> float:
        """Say how bad the beats are together."""
        every = list(range(self._scratch.count))
        return self._badness_of(every, self._share * self._load.sum())

    def _flow_rounds(self, deadline: float) -> None:
        """Let load flow between all neighbours at once; end in the best state seen."""
        scratch = self._scratch
        best, idle = (self.badness(), scratch.cells(), self._load.copy(), self._weight.copy()), 0
        for _ in range(_MOST_ROUNDS):
            near = np.abs(self.off).max() <= _NEAR * self._tolerance
            if near or idle >= _PATIENCE or time.monotonic() > deadline:
                break
            self._update(sorted(self._flow()))
            idle += 1
            if self.badness() < best[0]:
                best = self.badness(), scratch.cells(), self._load.copy(), self._weight.copy()
                idle = 0
        scratch.restore(best[1])
        self._load, self._weight = best[2], best[3]

    def _flow(self) -> set[int]:
        """Move segments until all beats are near their targets by the last measures."""
        scratch, weight = self._scratch, self._weight.tolist()
        target = self._share * self._load.sum()
        changed: set[int] = set()
        for _ in range(_SWEEPS):
            load = np.bincount(scratch.cells(), self._weight, scratch.count)
            flows = wanted_flows(load - target, meetings(scratch.piece, scratch.cells()))
            for amount, giver, taker in flows:
                if amount > _LEAST_FLOW * target[giver]:
                    moved = shift(scratch, giver, taker, amount, weight)
                    changed.update((giver, taker) if moved else ())
        return changed

    def _trade(self) -> bool:
        """Make the first trade that helps, worst beat first; False when none does."""
        off = self.off
        weight = self._weight.tolist()
        for beat in np.argsort(-np.abs(off), kind="stable").tolist():
            if abs(off[beat]) <= _NEAR * self._tolerance:
                return False
            others = self._scratch.neighbours_of(beat)
            for other in sorted(others, key=lambda o: (off[o] * np.sign(off[beat]), o)):
                if off[other] * np.sign(off[beat]) >= abs(off[beat]):
                    break
                if any(self._try(beat, other, attempt, weight) for attempt in _ATTEMPTS):
                    return True
        return False

    def blocked(self) -> list[Blocked]:
        """Say which beats are off by more than the tolerance, and what their best trade would do.

        Returns
        -------
        list of Blocked
            The beats farthest off first.
        """
        off = self.off
        missed = np.flatnonzero(np.abs(off) > self._tolerance)
        order = missed[np.argsort(-np.abs(off[missed]), kind="stable")]
        return [self._blocked(beat) for beat in order.tolist()]

    def _blocked(self, beat: int) -> Blocked:
        """Measure the trades of one segment that come nearest to evening a beat; give the best."""
        scratch, target = self._scratch, self._share * self._load.sum()
        over, weight = self._load - target, self._weight.tolist()
        best = Blocked(
            beat, float(over[beat] / target[beat]), scratch.piece.segment[:0], -1, 0.0, 0.0
        )
        least = np.inf
        for other in scratch.neighbours_of(beat):
            giver, taker = (beat, other) if over[beat] > 0 else (other, beat)
            cells, load, weights = scratch.cells(), self._load.copy(), self._weight.copy()
            moved = give_one(scratch, giver, taker, abs(float(over[beat])), weight)
            if not moved:
                continue
            self._update([beat, other])
            off = self._load[[beat, other]] / target[[beat, other]] - 1.0
            if np.abs(off).max() < least:
                least = float(np.abs(off).max())
                segments = scratch.piece.segment[np.sort(np.array(moved))]
                best = Blocked(beat, best.off, segments, other, float(off[0]), float(off[1]))
            scratch.restore(cells)
            self._load, self._weight = load, weights
        return best

    def _badness_of(self, beats: list[int], target: NDArray[np.float64]) -> float:
        """Say how bad some beats are: off their targets, or lying on two sides of a barrier."""
        off = (self._load[beats] / target[beats] - 1.0) / self._tolerance
        apart = sum(share_across(self._scratch, beat) for beat in beats)
        return float(np.square(off).sum()) + self._apart * apart

    def _try(self, beat: int, other: int, attempt: Attempt, weight: list[float]) -> bool:
        """Try one trade of a share of half the difference; keep it only if it helps."""
        target = self._share * self._load.sum()
        over = self._load - target
        giver, taker = (beat, other) if over[beat] > over[other] else (other, beat)
        state = giver, taker, attempt, self._changes[giver], self._changes[taker]
        if state in self._failed:
            return False
        self._failed.add(state)
        pair = [giver, taker]
        before, was = self._load.copy(), self._badness_of(pair, target)
        amount = attempt.share * float(over[giver] - over[taker]) / 2.0
        give = give_one if attempt.single else shift
        self._scratch.over_barriers = attempt.over_barriers
        moved = give(self._scratch, giver, taker, amount, weight)
        self._scratch.over_barriers = False
        if not moved:
            return False
        old = self._weight.copy()
        self._update(pair)
        now = self._badness_of(pair, target)
        if now < was * (1.0 - _GAIN):
            self._changes[giver] += 1
            self._changes[taker] += 1
            return True
        self._scratch.put_back(moved, giver)
        self._load, self._weight = before, old
        return False
