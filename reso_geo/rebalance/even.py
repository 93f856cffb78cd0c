"""Bring every beat into its range with as little as possible changing hands.

First loads flow along the cheapest chains of neighbours, a second that leaves the beat it was with
costing one, a second that comes home gaining one; then single trades, measured, mend what the
deadhead changed; last, streets go home wherever both beats stay in their ranges.
"""

from __future__ import annotations

import time
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.partition.across import share_across
from reso_geo.partition.moves import give_one, shift
from reso_geo.rebalance.land import FREE
from reso_geo.rebalance.ways import chains_of, wanted_between

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from reso_geo.partition.tally import Tally
    from reso_geo.rebalance.land import Land

__all__ = ["EvenSearch"]

_NEAR = 0.9
"""Beats are brought within this part of the tolerance: the final measures differ a little."""
_INNER = 0.85
_FLOWS = 6
_OUT = 10.0
_APART = 1.0
_HOME_M = 1.0
_GAIN = 1e-4
_SHARES = (1.0, 0.6, 1.6, 0.3)
_MOST_THIRDS = 4
_LEAST_HOME = 0.003
_SWEEPS = 3


class EvenSearch:
    """A search over the beats of one piece.

    Parameters
    ----------
    tally
        The beats, measured; changed in place.
    land
        What they held before.
    """

    def __init__(self, tally: Tally, land: Land) -> None:
        self._tally, self._scratch, self._land = tally, tally.scratch, land
        piece = land.piece
        self._home: list[int] = land.home.tolist()
        self._worth: list[float] = land.worth_s.tolist()
        wide = float(np.hypot(*np.ptp(piece.xy, axis=0))) / np.sqrt(land.count)
        self._dear_m = _HOME_M * wide
        self._failed: set[tuple[object, ...]] = set()

    @property
    def out(self) -> NDArray[np.float64]:
        """How far each beat is out of its range, in tolerances, shape (c,)."""
        return self._out(self._tally.target_s)

    def cost(self) -> float:
        """Say how bad the beats are: out of their ranges, and away from the beats they were with.

        Returns
        -------
        float
            To be compared among cuts of the same land.
        """
        return self._cost(range(self._land.count), self._tally.target_s)

    def run(self, deadline: float) -> bool:
        """Search until every beat is in its range and nothing more can go home.

        Parameters
        ----------
        deadline
            On the clock of `time.monotonic`.

        Returns
        -------
        bool
            False when time was up first. The scratch holds the best state either way.
        """
        if self._land.count == 1:
            return True
        for _ in range(_SWEEPS):
            self._flow_all(deadline)
            self._mend(deadline)
            before = self.cost()
            self._go_home(deadline)
            if time.monotonic() > deadline:
                return False
            if not self.out.any() or self.cost() > before * (1.0 - _GAIN):
                break
        return True

    def _out(self, target_s: NDArray[np.float64], inner: float = _NEAR) -> NDArray[np.float64]:
        tolerance = self._tally.tolerance
        off = np.abs(self._tally.load_s / target_s - 1.0)
        out: NDArray[np.float64] = np.maximum(0.0, off - inner * tolerance) / tolerance
        return out

    def _lost(self, beat: int) -> float:
        """Give what a beat holds that was another's."""
        own = self._scratch.own(beat).tolist()
        return float(sum(self._worth[s] for s in own if self._home[s] not in (FREE, beat)))

    def _cost(self, beats: Sequence[int], target_s: NDArray[np.float64]) -> float:
        some = list(beats)
        out = self._out(target_s)[some]
        lost = sum(self._lost(beat) for beat in some) / float(target_s.mean())
        apart = sum(share_across(self._scratch, beat) for beat in some)
        return float((_OUT * out + 5.0 * _OUT * np.square(out)).sum()) + lost + _APART * apart

    def _kept(self, beats: Sequence[int], move: Callable[[], bool]) -> bool:
        """Make a move, and take it back unless it is worth it."""
        target_s = self._tally.target_s
        was = self._cost(beats, target_s)
        return self._tally.tried(
            beats, move, lambda: self._cost(beats, target_s) < was * (1.0 - _GAIN) - 1e-9
        )

    def _flow_all(self, deadline: float) -> None:
        """Let load flow again and again, each time measured anew, and go back to the best state.

        A round may make things worse before the next one, which knows its measures, mends them.
        """
        best, least = self._scratch.cells(), self.cost()
        for _ in range(_FLOWS):
            if time.monotonic() > deadline or not self.out.any():
                break
            before = self._scratch.cells()
            self._flow()
            cell = self._scratch.cells()
            changed = np.unique(np.concatenate((before[before != cell], cell[before != cell])))
            if not len(changed):
                break
            self._measured(changed.tolist())
            if self.cost() < least:
                best, least = cell, self.cost()
        self._restored(best)

    def _measured(self, beats: list[int]) -> None:
        self._tally.measure(beats)
        for beat in beats:
            self._tally.changes[beat] += 1

    def _restored(self, cell: NDArray[np.int64]) -> None:
        """Go back to an earlier state."""
        now = self._scratch.cells()
        moved = np.flatnonzero(now != cell)
        for segment in moved.tolist():
            self._scratch.give(segment, int(cell[segment]))
        self._measured(np.unique(np.concatenate((now[moved], cell[moved]))).tolist())

    def _range(self, inner: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        target, width = self._tally.target_s, inner * self._tally.tolerance
        return target * (1.0 - width), target * (1.0 + width)

    def _flow(self) -> None:
        """Let load flow along the cheapest chains."""
        weights, target = self._tally.weight_s.tolist(), self._tally.target_s
        load, pairs = wanted_between(self._tally, self._land, *self._range(_INNER))
        # Who is fullest hands on first, so that chains have something to hand on.
        order = sorted(pairs.items(), key=lambda p: (-load[p[0][0]] / target[p[0][0]], p[0]))
        for (giver, taker), amount in order:
            self._shift(giver, taker, amount, weights)

    def _shift(
        self,
        giver: int,
        taker: int,
        amount_s: float,
        weights: list[float],
        *,
        over: bool = False,
        home: bool = False,
    ) -> bool:
        """Shift load, what goes home first and what is at home last, or only what goes home."""
        own = self._scratch.own(giver)
        dear = np.zeros(len(self._land.piece))
        was = self._land.home[own]
        dear[own] = np.where(was == giver, self._dear_m, np.where(was == taker, -self._dear_m, 0.0))
        if home:
            dear[own[(was != taker)]] = np.inf
        self._scratch.over_barriers = over
        moved = shift(self._scratch, giver, taker, amount_s, weights, dear.tolist())
        self._scratch.over_barriers = False
        return bool(moved)

    def _mend(self, deadline: float) -> None:
        """Trade for the beats that are out of their ranges until nothing helps.

        First along the chains of the cheapest flow, then with any neighbour, worst beat first.
        """
        while time.monotonic() <= deadline and self.out.any():
            if any(self._pass_on(*chain) for chain in self._chains()):
                continue
            out = self.out
            worst = [b for b in np.argsort(-out, kind="stable").tolist() if out[b] > 0.0]
            if not any(self._mend_one(beat) for beat in worst):
                return

    def _chains(self) -> list[tuple[tuple[int, ...], float]]:
        return chains_of(wanted_between(self._tally, self._land, *self._range(_INNER))[1])

    def _pass_on(self, row: tuple[int, ...], amount: float) -> bool:
        """Hand load on along a chain, its end first."""

        def move(share: float) -> bool:
            weights = self._tally.weight_s.tolist()
            pairs = list(pairwise(row))[::-1]
            moved = [self._shift(*pair, share * amount, weights) for pair in pairs]
            return all(moved)

        return any(
            self._is_new(row, ("chain", share)) and self._kept(row, partial(move, share))
            for share in _SHARES
        )

    def _mend_one(self, beat: int) -> bool:
        tally = self._tally
        target = tally.target_s
        over = tally.load_s[beat] > target[beat]
        width = _INNER * tally.tolerance * target[beat]
        need = abs(float(tally.load_s[beat] - target[beat])) - width
        fill = tally.load_s / target
        near = sorted(
            self._scratch.neighbours_of(beat), key=lambda o: (fill[o] if over else -fill[o], o)
        )
        for barrier in (False, True):
            for other in near:
                pair = (beat, other) if over else (other, beat)
                if any(self._trade(pair, share * need, barrier) for share in _SHARES):
                    return True
                if self._single(pair, need, barrier):
                    return True
        return any(self._relay(beat, other, need, fill, over=over) for other in near)

    def _trade(self, pair: tuple[int, int], amount: float, barrier: bool) -> bool:  # noqa: FBT001
        def move() -> bool:
            return self._shift(*pair, amount, self._tally.weight_s.tolist(), over=barrier)

        return self._is_new(pair, ("shift", round(amount, 3), barrier)) and self._kept(pair, move)

    def _single(self, pair: tuple[int, int], amount: float, barrier: bool) -> bool:  # noqa: FBT001
        def move() -> bool:
            self._scratch.over_barriers = barrier
            moved = give_one(self._scratch, *pair, amount, self._tally.weight_s.tolist())
            self._scratch.over_barriers = False
            return bool(moved)

        return self._is_new(pair, ("one", round(amount, 3), barrier)) and self._kept(pair, move)

    def _relay(
        self, beat: int, other: int, amount: float, fill: NDArray[np.float64], *, over: bool
    ) -> bool:
        """Hand on over a neighbour to one behind it, or the other way round."""
        thirds = [t for t in self._scratch.neighbours_of(other) if t != beat]
        thirds.sort(key=lambda t: (fill[t] if over else -fill[t], t))

        def move(third: int) -> bool:
            weights = self._tally.weight_s.tolist()
            steps = ((other, third), (beat, other)) if over else ((third, other), (other, beat))
            moved = [self._shift(*pair, amount, weights) for pair in steps]
            return all(moved)

        return any(
            self._is_new((beat, other, third), ("relay", round(amount, 3)))
            and self._kept((beat, other, third), partial(move, third))
            for third in thirds[:_MOST_THIRDS]
        )

    def _go_home(self, deadline: float) -> None:
        """Let streets go back to the beat that they were with, as far as the ranges allow."""
        helped = True
        while helped and time.monotonic() <= deadline:
            helped = False
            for giver, taker, amount in self._away():
                if time.monotonic() > deadline:
                    return
                helped |= self._home_trade(giver, taker, amount)

    def _away(self) -> list[tuple[int, int, float]]:
        """Give who holds how much of whose streets, the most first."""
        land, cell = self._land, self._scratch.cells()
        away = (land.home != FREE) & (land.home != cell)
        key = cell[away] * land.count + land.home[away]
        held = np.bincount(key, self._tally.weight_s[away], land.count**2)
        least = _LEAST_HOME * float(self._tally.target_s.mean())
        found = np.flatnonzero(held > least)
        order = found[np.argsort(-held[found], kind="stable")]
        return [(int(k // land.count), int(k % land.count), float(held[k])) for k in order]

    def _home_trade(self, giver: int, taker: int, amount: float) -> bool:
        """Let streets go home as far as both have room; else for what the other may have back."""
        tally, pair = self._tally, (giver, taker)
        low, high = self._range(_NEAR)
        room = min(
            float(high[taker] - tally.load_s[taker]), float(tally.load_s[giver] - low[giver])
        )
        if room > 0.0:
            for share in (1.0, 0.7, 0.4):

                def move(share: float = share) -> bool:
                    part = share * min(room, amount)
                    return self._shift(giver, taker, part, tally.weight_s.tolist(), home=True)

                if self._is_new(pair, ("home", share)) and self._kept(pair, move):
                    return True

        def swap() -> bool:
            weights = tally.weight_s.tolist()
            one = self._shift(giver, taker, amount, weights, home=True)
            other = self._shift(taker, giver, amount, weights, home=giver < self._land.stays)
            return one and other

        return self._is_new(pair, ("swap",)) and self._kept(pair, swap)

    def _is_new(self, beats: tuple[int, ...], how: tuple[object, ...]) -> bool:
        """Tell whether something has not been tried since one of these beats changed."""
        state = beats, how, tuple(self._tally.changes[beat] for beat in beats)
        if state in self._failed:
            return False
        self._failed.add(state)
        return True
