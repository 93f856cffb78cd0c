"""Even out the measured load of beats: first all at once, then the worst one at a time.

Deadhead answers a move in jumps, so a plan of flows over all beats overshoots once they are nearly
even. From there on the beat that is farthest off trades with one neighbour at a time, and a trade
stands only if both end up nearer to the mean than the worse of them was.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.partition.moves import wanted_flows

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reso_geo.partition.moves import Scratch

__all__ = ["BalanceSearch"]

_MOST_ROUNDS = 8
_PATIENCE = 2
_SHARES = (1.0, 0.5, 1.6)
_LEAST_FLOW = 0.004
_GAIN = 0.98


class BalanceSearch:
    """A search over the beats of one piece.

    Parameters
    ----------
    scratch
        The beats, changed in place.
    measure
        Gives the load of a beat from the mask of its segments in the piece.
    tolerance
        Where to stop, as a share of the mean load.
    """

    def __init__(
        self,
        scratch: Scratch,
        measure: Callable[[NDArray[np.bool_]], float],
        tolerance: float,
    ) -> None:
        self._scratch = scratch
        self._measure = measure
        self._tolerance = tolerance
        self._load = np.zeros(scratch.count)
        self._changes = [0] * scratch.count
        self._failed: set[tuple[int, int, float, int, int]] = set()

    def run(self, deadline: float) -> bool:
        """Search until the tolerance is reached, nothing helps, or time is up.

        Parameters
        ----------
        deadline
            On the clock of `time.monotonic`.

        Returns
        -------
        bool
            False when time was up first. The scratch holds the best state either way.
        """
        self._update(range(self._scratch.count))
        self._flow_rounds(deadline)
        while self._worst() > self._tolerance and time.monotonic() <= deadline:
            if not self._trade():
                return True
        return self._worst() <= self._tolerance or time.monotonic() <= deadline

    def _update(self, beats: range | list[int]) -> None:
        cells = self._scratch.cells()
        for beat in beats:
            self._load[beat] = self._measure(cells == beat)

    def _off(self) -> NDArray[np.float64]:
        off: NDArray[np.float64] = self._load / self._load.mean() - 1.0
        return off

    def _worst(self) -> float:
        return float(np.abs(self._off()).max())

    def _weights(self) -> list[float]:
        """Give what each segment counts for: its street load with its beat's share of deadhead."""
        cells, piece = self._scratch.cells(), self._scratch.piece
        street = np.bincount(cells, weights=piece.load_s, minlength=self._scratch.count)
        weights: list[float] = (
            piece.load_s * (self._load / np.maximum(street, 1e-9))[cells]
        ).tolist()
        return weights

    def _flow_rounds(self, deadline: float) -> None:
        """Let load flow between all neighbours at once; end in the best state seen."""
        best, idle = (self._worst(), self._scratch.cells(), self._load.copy()), 0
        for _ in range(_MOST_ROUNDS):
            if best[0] <= self._tolerance or idle >= _PATIENCE or time.monotonic() > deadline:
                break
            mean, weights = self._load.mean(), self._weights()
            changed: set[int] = set()
            flows = wanted_flows(self._load - mean, self._scratch.neighbours())
            for amount, giver, taker in flows:
                if amount > _LEAST_FLOW * mean:
                    moved = self._scratch.shift(giver, taker, amount, weights)
                    changed.update((giver, taker) if moved else ())
            self._update(sorted(changed))
            idle += 1
            if self._worst() < best[0]:
                best, idle = (self._worst(), self._scratch.cells(), self._load.copy()), 0
        self._scratch.restore(best[1])
        self._load = best[2]

    def _trade(self) -> bool:
        """Make the first trade that helps, worst beat first; False when none does."""
        off = self._off()
        weights = self._weights()
        for beat in np.argsort(-np.abs(off), kind="stable").tolist():
            if abs(off[beat]) <= self._tolerance:
                return False
            others = self._scratch.neighbours_of(beat)
            for other in sorted(others, key=lambda o: (off[o] * np.sign(off[beat]), o)):
                if off[other] * np.sign(off[beat]) >= abs(off[beat]):
                    break
                if any(self._try(beat, other, share, weights) for share in _SHARES):
                    return True
        return False

    def _try(self, beat: int, other: int, share: float, weights: list[float]) -> bool:
        """Try one trade of a share of half the difference; keep it only if it helps."""
        giver, taker = (beat, other) if self._load[beat] > self._load[other] else (other, beat)
        attempt = giver, taker, share, self._changes[giver], self._changes[taker]
        if attempt in self._failed:
            return False
        before = self._load.copy()
        amount = share * float(self._load[giver] - self._load[taker]) / 2.0
        moved = self._scratch.shift(giver, taker, amount, weights)
        pair, mean = [giver, taker], before.mean()
        if moved:
            self._update(pair)
            worst = float(np.abs(before[pair] - mean).max())
            if np.abs(self._load[pair] - mean).max() < _GAIN * worst:
                self._changes[giver] += 1
                self._changes[taker] += 1
                return True
            self._scratch.put_back(moved, giver)
            self._load = before
        self._failed.add(attempt)
        return False
