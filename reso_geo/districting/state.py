"""SearchState: measured loads of the beats of an assignment, and moves that stand if they help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.barrier_split import share_across

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.assignment import Assignment
    from reso_geo.districting.evaluator import Evaluator

__all__ = ["EASY", "FIRM", "LENIENT", "SearchState"]

FIRM, EASY, LENIENT = 20.0, 2.0, 0.3
"""What lying on two sides of a barrier counts for; less where it keeps beats from being even."""
_GAIN = 0.02
_ANY, _MUCH = 0.25, 0.05
"""Lying apart at all counts for as much as so large a share; in full from as much on."""


class SearchState:
    """What the beats of an assignment ask, measured again wherever they change.

    Parameters
    ----------
    assignment
        The beats.
    evaluator
        Measures them.
    share
        float64, shape (k,): wanted share of the load of each beat, sum one.
    tolerance
        How far off a beat may be, as a share of its target.
    start
        The network's junction that each beat is measured from, which it then keeps; None for what
        the evaluator's rule gives.

    Attributes
    ----------
    load_s
        float64, shape (k,): seconds per week of each beat, deadhead included.
    weight_s
        float64, shape (s,): what each segment counts for by the last measures.
    changes
        How often each beat has changed in moves that stood.
    apart
        What a beat that lies all on two sides of a barrier counts for, in squared tolerances.
    trusting
        Whether moves that do not promise to be good are left out unmeasured; see `foreseen`.
    """

    def __init__(
        self,
        assignment: Assignment,
        evaluator: Evaluator,
        share: NDArray[np.float64],
        tolerance: float,
        start: Sequence[int] | None = None,
    ) -> None:
        self.assignment, self.tolerance = assignment, tolerance
        self.apart, self.trusting = FIRM, True
        self._evaluator, self._share, self._start = evaluator, share, start
        self.load_s = np.zeros(assignment.count)
        self.weight_s = assignment.region.load_s.copy()
        self.changes = [0] * assignment.count
        self._base = [-1] * assignment.count
        self._across: dict[bytes, float] = {}
        self._node = {int(node): place for place, node in enumerate(assignment.region.node)}
        self.measure(range(assignment.count))

    @property
    def work(self) -> int:
        """Work of all measures so far: see `Evaluator`."""
        return self._evaluator.work

    @property
    def target_s(self) -> NDArray[np.float64]:
        """Wanted load of each beat, shape (k,)."""
        target: NDArray[np.float64] = self._share * self.load_s.sum()
        return target

    @property
    def over_s(self) -> NDArray[np.float64]:
        """How far each beat is over its target, shape (k,)."""
        over: NDArray[np.float64] = self.load_s - self.target_s
        return over

    @property
    def off(self) -> NDArray[np.float64]:
        """How far each beat is off its target, as a share of it, shape (k,)."""
        off: NDArray[np.float64] = self.over_s / self.target_s
        return off

    def measure(self, beats: Sequence[int]) -> None:
        """Measure beats as they are.

        Parameters
        ----------
        beats
            Which ones.
        """
        self._look_ahead(beats)
        for beat in beats:
            own = self.assignment.own(beat)
            measured = self._evaluator.measure(*self._asked(beat))
            self.load_s[beat] = measured.load_s
            self.weight_s[own] = measured.weight_s
            self._set_base(beat, self._node.get(measured.base, -1))

    def _look_ahead(self, beats: Sequence[int]) -> None:
        self._evaluator.look_ahead([self._asked(beat) for beat in beats])

    def _asked(self, beat: int) -> tuple[NDArray[np.int64], int | None]:
        """Return the segments of a beat in the network, and where it is measured from."""
        own = self.assignment.region.segment[self.assignment.own(beat)]
        return own, None if self._start is None else self._start[beat]

    def hold_starts(self, beats: Sequence[int]) -> bool:
        """Return whether each beat still has a street to cover where it starts.

        Parameters
        ----------
        beats
            Which ones.

        Returns
        -------
        bool
            True also where beats start nowhere for certain.
        """
        if self._start is None:
            return True
        assignment = self.assignment
        return all(
            any(
                assignment.beat_of[s] == beat and assignment.required[s]
                for s in assignment.at[junction]
            )
            for beat in beats
            if (junction := self._node.get(self._start[beat], -1)) >= 0
        )

    def _set_base(self, beat: int, junction: int) -> None:
        if junction >= 0:
            self._base[beat] = junction
            self.assignment.set_base(beat, junction)

    def badness(self, apart: float | None = None) -> float:
        """Return how bad the beats are: off their targets, or lying on two sides of a barrier.

        Parameters
        ----------
        apart
            As the attribute; None for that.

        Returns
        -------
        float
            Zero for beats that are just as wanted.
        """
        return self._badness(list(range(self.assignment.count)), self.load_s, self.target_s, apart)

    def _badness(
        self,
        some: list[int],
        load_s: NDArray[np.float64],
        target_s: NDArray[np.float64],
        apart: float | None = None,
    ) -> float:
        off = (load_s / target_s[some] - 1.0) / self.tolerance
        shares = [self.share_across(beat) for beat in some]
        across = sum(share + _ANY * min(1.0, share / _MUCH) for share in shares)
        return float(np.square(off).sum()) + (self.apart if apart is None else apart) * across

    def share_across(self, beat: int) -> float:
        """Return the share of a beat's load across a barrier, from memory where that is known.

        Parameters
        ----------
        beat
            Which one.

        Returns
        -------
        float
            See `reso_geo.districting.barrier_split.share_across`.
        """
        own = self.assignment.own(beat).tobytes()
        if own not in self._across:
            self._across[own] = share_across(self.assignment, beat)
        return self._across[own]

    def _carried_s(self, beats: list[int]) -> NDArray[np.float64]:
        """Return the load of beats now, by what their segments counted for when measured."""
        return np.array([self.weight_s[self.assignment.own(beat)].sum() for beat in beats])

    def kept(self, beats: Sequence[int], move: Callable[[], bool]) -> bool:
        """Make a move between some beats, and take it back unless they are clearly better then.

        Parameters
        ----------
        beats
            All that the move may change.
        move
            Changes the assignment; False when it has changed nothing, or nothing to be kept.

        Returns
        -------
        bool
            Whether the move stands.
        """
        target_s, some = self.target_s, list(beats)
        was = self._badness(some, self.load_s[some], target_s)

        def better(load_s: NDArray[np.float64]) -> bool:
            return self._badness(some, load_s, target_s) < was * (1.0 - _GAIN)

        return self.foreseen(some, move, better)

    def foreseen(
        self,
        beats: Sequence[int],
        move: Callable[[], bool],
        better: Callable[[NDArray[np.float64]], bool],
    ) -> bool:
        """Make a move between some beats that promises to be good, and keep it if it is.

        What is to be expected from what the segments counted for so far costs next to nothing,
        and of the moves that do not look good by it one in fifty turns out so.

        Parameters
        ----------
        beats
            All that the move may change.
        move
            As for `kept`.
        better
            Judges loads of the beats, shape (b,): those to be expected, then those measured, beats
            that are still to be measured being on their targets.

        Returns
        -------
        bool
            Whether the move stands.
        """
        some = list(beats)
        carried_s, best_s = self._carried_s(some), self.target_s[some]

        def good() -> bool:
            expected_s = self.load_s[some] + self._carried_s(some) - carried_s
            if self.trusting and not better(expected_s):
                return False
            self._look_ahead(some)
            # No beat can be better than on its target: what is not good with that never will be.
            for place, beat in enumerate(some):
                self.measure([beat])
                best_s[place] = self.load_s[beat]
                if not better(best_s):
                    return False
            return True

        return self._or_back(some, move, good)

    def tried(
        self, beats: Sequence[int], move: Callable[[], bool], judge: Callable[[], bool]
    ) -> bool:
        """Make a move between some beats, measure them, and take it back unless it is good.

        Parameters
        ----------
        beats
            All that the move may change.
        move
            As for `kept`.
        judge
            Looks at the beats as measured after the move.

        Returns
        -------
        bool
            Whether the move stands.
        """
        some = list(beats)

        def good() -> bool:
            self.measure(some)
            return judge()

        return self._or_back(some, move, good)

    def _or_back(
        self, beats: list[int], move: Callable[[], bool], good: Callable[[], bool]
    ) -> bool:
        """Make a move that leaves each beat its start, and take it back unless it is good."""
        assignment, load_s = self.assignment, self.load_s[beats].copy()
        before = []
        for beat in beats:
            own = assignment.own(beat)
            before.append((beat, self._base[beat], own, self.weight_s[own].copy()))
        if move() and self.hold_starts(beats) and good():
            for beat in beats:
                self.changes[beat] += 1
            return True
        for beat, base, own, weight_s in before:
            for segment in own[[assignment.beat_of[s] != beat for s in own.tolist()]].tolist():
                assignment.give(segment, beat)
            self.weight_s[own] = weight_s
            self._set_base(beat, base)
        self.load_s[beats] = load_s
        return False
