"""SearchState: measured loads of the beats of an assignment, and moves that stand if they help."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.objective import BarrierSplit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.assignment import Assignment
    from reso_geo.districting.evaluator import Evaluator
    from reso_geo.districting.objective import GroundTerm, Objective
    from reso_geo.districting.params import SearchRules

__all__ = ["SearchState"]

_ROUNDING = 1e-9
"""What sums of floats may differ by: no move stands for less."""
_SPLIT = BarrierSplit()


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
    rules
        What searches over it go by: tolerance, time, figures.
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
    trusting
        Whether moves that do not promise to be good are left out unmeasured; see `kept`.
    """

    def __init__(
        self,
        assignment: Assignment,
        evaluator: Evaluator,
        share: NDArray[np.float64],
        rules: SearchRules,
        start: Sequence[int] | None = None,
    ) -> None:
        self.assignment, self.rules, self.tolerance = assignment, rules, rules.tolerance
        self.trusting = True
        self._evaluator, self.share, self._start = evaluator, share, start
        self.load_s = np.zeros(assignment.count)
        self.weight_s = assignment.region.load_s.copy()
        self.changes = [0] * assignment.count
        self._base = [-1] * assignment.count
        self._ground: dict[tuple[GroundTerm, int, bytes], float] = {}
        self.measure(range(assignment.count))

    @property
    def work(self) -> int:
        """Work of all measures so far: see `Evaluator`."""
        return self._evaluator.work

    @property
    def target_s(self) -> NDArray[np.float64]:
        """Wanted load of each beat, shape (k,)."""
        target: NDArray[np.float64] = self.share * self.load_s.sum()
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

    @property
    def bases(self) -> list[int] | None:
        """Where each beat is measured from, junctions of the region; None where that moves."""
        if self._start is None:
            return None
        return [self.assignment.region.junction_of(node) for node in self._start]

    def measure(self, beats: Sequence[int]) -> None:
        """Measure beats as they are.

        Parameters
        ----------
        beats
            Which ones.
        """
        self._look_ahead(beats)
        region = self.assignment.region
        for beat in beats:
            own = self.assignment.own(beat)
            measured = self._evaluator.measure(*self._asked(beat))
            self.load_s[beat] = measured.load_s
            self.weight_s[own] = region.carried(own, measured.weight_s)
            self._set_base(beat, region.junction_of(measured.base))

    def _look_ahead(self, beats: Sequence[int]) -> None:
        self._evaluator.look_ahead([self._asked(beat) for beat in beats])

    def _asked(self, beat: int) -> tuple[NDArray[np.int64], int | None]:
        """Return the segments of a beat in the network, and where it is measured from."""
        whole = self.assignment.region.whole(self.assignment.own(beat))
        return whole, None if self._start is None else self._start[beat]

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
            if (junction := assignment.region.junction_of(self._start[beat])) >= 0
        )

    def _set_base(self, beat: int, junction: int) -> None:
        if junction >= 0:
            self._base[beat] = junction
            self.assignment.set_base(beat, junction)

    def cost(self, objective: Objective) -> float:
        """Return what all beats cost.

        Parameters
        ----------
        objective
            The terms and their weights.

        Returns
        -------
        float
            Infinite when a beat has lost the streets where it starts.
        """
        some = range(self.assignment.count)
        if not self.hold_starts(some):
            return math.inf
        return self._cost(objective, some, self.load_s, self.target_s)

    def _cost(
        self,
        objective: Objective,
        beats: Sequence[int],
        load_s: NDArray[np.float64],
        target_s: NDArray[np.float64],
    ) -> float:
        ground = sum(
            weight * sum(self.ground_cost(term, beat) for beat in beats)
            for weight, term in objective.ground
        )
        return objective.balance.cost(load_s, target_s) + ground

    def ground_cost(self, term: GroundTerm, beat: int) -> float:
        """Return what a beat costs by a term, from memory where that is known.

        Parameters
        ----------
        term
            Of what beats hold.
        beat
            Which one.

        Returns
        -------
        float
            Unweighted.
        """
        key = term, beat, self.assignment.own(beat).tobytes()
        if key not in self._ground:
            self._ground[key] = term.cost(self.assignment, beat)
        return self._ground[key]

    def share_across(self, beat: int) -> float:
        """Return the share of a beat's street load across a barrier from its largest part.

        Parameters
        ----------
        beat
            Which one.

        Returns
        -------
        float
            Zero when it keeps to one side.
        """
        return self.ground_cost(_SPLIT, beat)

    def _carried_s(self, beats: list[int]) -> NDArray[np.float64]:
        """Return the load of beats now, by what their segments counted for when measured."""
        return np.array([self.weight_s[self.assignment.own(beat)].sum() for beat in beats])

    def kept(self, beats: Sequence[int], move: Callable[[], bool], objective: Objective) -> bool:
        """Make a move between some beats, and take it back unless they clearly cost less then.

        What is to be expected from what the segments counted for so far costs next to nothing,
        and of the moves that do not look good by it one in fifty turns out so.

        Parameters
        ----------
        beats
            All that the move may change.
        move
            Changes the assignment; False when it has changed nothing, or nothing to be kept.
        objective
            What beats cost.

        Returns
        -------
        bool
            Whether the move stands.
        """
        some = list(beats)
        target_s = self.target_s[some]
        was = self._cost(objective, some, self.load_s[some], target_s)
        most = was * (1.0 - objective.least_gain) - _ROUNDING
        carried_s, best_s = self._carried_s(some), target_s.copy()

        def good() -> bool:
            expected_s = self.load_s[some] + self._carried_s(some) - carried_s
            if self.trusting and self._cost(objective, some, expected_s, target_s) >= most:
                return False
            self._look_ahead(some)
            # No beat can be better than on its target: what is not good with that never will be.
            for place, beat in enumerate(some):
                self.measure([beat])
                best_s[place] = self.load_s[beat]
                if self._cost(objective, some, best_s, target_s) >= most:
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

    def changed(self, beats: Sequence[int]) -> None:
        """Measure beats that have changed in moves that stand.

        Parameters
        ----------
        beats
            Which ones.
        """
        self.measure(beats)
        for beat in beats:
            self.changes[beat] += 1

    def relabel(self, labels: NDArray[np.int64]) -> NDArray[np.int64]:
        """Assign each segment the beat that labels name, without measuring anything.

        Parameters
        ----------
        labels
            int64, shape (s,): beat of each segment.

        Returns
        -------
        ndarray of int64
            Segments that changed hands, ascending.
        """
        moved = np.flatnonzero(self.assignment.labels() != labels)
        for segment in moved.tolist():
            self.assignment.give(segment, int(labels[segment]))
        return moved

    def restore(self, labels: NDArray[np.int64]) -> None:
        """Go back to earlier beats.

        Parameters
        ----------
        labels
            int64, shape (s,): beat of each segment.
        """
        now = self.assignment.labels()
        moved = self.relabel(labels)
        self.changed(np.unique(np.concatenate((now[moved], labels[moved]))).tolist())

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
