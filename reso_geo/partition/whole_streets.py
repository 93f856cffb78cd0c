"""Stretches of one street name, and remnants of them that move to the beat that holds the rest.

Residents and officers say where something is by the name of its street. What a cut leaves of a
stretch in a beat beside that which holds more of it moves there, with what would fall off, as far
as loads allow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reso_geo.districting.region import parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.assignment import Assignment
    from reso_geo.districting.state import SearchState

__all__ = ["StretchSearch", "Stretches"]


class Remnant(NamedTuple):
    """A connected part of a stretch in one beat, and the beat that it could go to.

    Attributes
    ----------
    worth
        How much more of the stretch would be together, per load that moves, negative for sorting.
    segments
        Places in the region, ascending.
    giver, taker
        Beats.
    """

    worth: float
    segments: tuple[int, ...]
    giver: int
    taker: int


class Stretches:
    """What each beat holds of each stretch while segments change hands.

    Parameters
    ----------
    assignment
        The beats.
    least_gain
        So much more of a stretch must be together for a move, as a share of the load that moves.
    """

    def __init__(self, assignment: Assignment, least_gain: float) -> None:
        self._assignment, region = assignment, assignment.region
        self._least_gain = least_gain
        self._of: list[int] = region.stretch.tolist()
        self._load: list[float] = region.load_s.tolist()
        self._segments: list[list[int]] = [[] for _ in range(max(self._of, default=-1) + 1)]
        self._held: list[dict[int, float]] = [{} for _ in self._segments]
        for segment, stretch in enumerate(self._of):
            if stretch >= 0:
                self._segments[stretch].append(segment)
                held, beat = self._held[stretch], assignment.beat_of[segment]
                held[beat] = held.get(beat, 0.0) + self._load[segment]

    def give(self, segments: list[int], beat: int) -> float:
        """Assign segments to a beat, and say how much more of their stretches is together then.

        Parameters
        ----------
        segments
            Places in the region.
        beat
            Which one.

        Returns
        -------
        float
            Load, seconds per week: the sum over stretches of the share of each that a beat holds
            times what it holds, after less before.
        """
        touched = sorted({self._of[s] for s in segments} - {-1})
        before = sum(map(self._together, touched))
        for segment in segments:
            stretch, load = self._of[segment], self._load[segment]
            if stretch >= 0:
                held = self._held[stretch]
                held[self._assignment.beat_of[segment]] -= load
                held[beat] = held.get(beat, 0.0) + load
            self._assignment.give(segment, beat)
        return sum(map(self._together, touched)) - before

    def _together(self, stretch: int) -> float:
        held = self._held[stretch].values()
        total = sum(held)
        return sum(load * load for load in held) / total if total > 0.0 else 0.0

    def remnants(self) -> list[Remnant]:
        """Return moves that bring more of a stretch together, the most valuable first.

        Returns
        -------
        list of Remnant
            Of every stretch that lies in several beats, each part with each beat beside it.
        """
        found: list[Remnant] = []
        for own in self._segments:
            if len({self._assignment.beat_of[s] for s in own}) > 1:
                found += self._remnants_of(own)
        return sorted(found)

    def _remnants_of(self, own: list[int]) -> list[Remnant]:
        assignment, stretch = self._assignment, self._of[own[0]]
        segments = np.array(own, dtype=np.int64)
        beat = np.array([assignment.beat_of[s] for s in own], dtype=np.int64)
        _, labels = np.unique(beat, return_inverse=True)
        part = parts(assignment.region, segments, labels)
        held = self._held[stretch]
        total = sum(held.values())
        found = []
        for number in range(int(part.max()) + 1):
            members = tuple(segments[part == number].tolist())
            load = sum(self._load[s] for s in members)
            giver = assignment.beat_of[members[0]]
            ends = {node for s in members for node in assignment.ends(s)}
            near = {s for node in ends for s in assignment.at[node] if self._of[s] == stretch}
            for taker in sorted({assignment.beat_of[s] for s in near} - {giver}):
                gain = 2.0 * (held[taker] - held[giver] + load)
                if load > 0.0 and gain > self._least_gain * total:
                    found.append(Remnant(-gain / total, members, giver, taker))
        return found


class _Gathering:
    """Moves remnants by what segments counted for when the beats were last measured.

    Parameters
    ----------
    state
        The beats; its assignment is changed.
    most_off
        float64, shape (k,): how far off a beat may get, as a share of its target; negative for one
        that stays as it is.
    more_s
        float64, shape (k,): what each beat turned out to ask beyond what its segments counted for.
    """

    def __init__(
        self, state: SearchState, most_off: NDArray[np.float64], more_s: NDArray[np.float64]
    ) -> None:
        self._state, self._params = state, state.rules.params.streets
        self._assignment = state.assignment
        self._stretches = Stretches(state.assignment, self._params.least_gain)
        region, target_s = state.assignment.region, state.target_s
        self._weight: list[float] = state.weight_s.tolist()
        self._load: list[float] = region.load_s.tolist()
        self._barred: list[bool] = region.barred.tolist()
        self.over_s: list[float] = (state.load_s + more_s - target_s).tolist()
        self._most_s: list[float] = (most_off * target_s).tolist()

    def run(self) -> bool:
        """Move what is worth it until nothing is; tell whether anything has moved."""
        helped = False
        for _ in range(self._params.rounds):
            if not sum(self._moved(remnant) for remnant in self._stretches.remnants()):
                break
            helped = True
        return helped

    def _moved(self, remnant: Remnant) -> bool:
        """Move a remnant with what would fall off its beat, if that is worth it."""
        giver, taker = remnant.giver, remnant.taker
        if any(self._assignment.beat_of[s] != giver for s in remnant.segments):
            return False
        if not self._fits(giver, taker, sum(self._weight[s] for s in remnant.segments)):
            return False
        gone, gain = self._carried(remnant)
        load = sum(self._load[s] for s in gone)
        amount = sum(self._weight[s] for s in gone)
        good = gone and gain > self._params.least_gain * load and self._fits(giver, taker, amount)
        good = good and self._state.hold_starts((giver,))
        if good and self._farther(gone, giver, taker) <= self._params.worth_m * gain:
            self.over_s[giver] -= amount
            self.over_s[taker] += amount
            return True
        self._stretches.give(gone, giver)
        return False

    def _fits(self, giver: int, taker: int, amount: float) -> bool:
        """Return whether two beats stay near enough to their targets, or come nearer."""
        after = ((giver, self.over_s[giver] - amount), (taker, self.over_s[taker] + amount))
        return all(
            self._most_s[beat] >= 0.0
            and abs(over) <= max(self._most_s[beat], abs(self.over_s[beat]))
            for beat, over in after
        )

    def _carried(self, remnant: Remnant) -> tuple[list[int], float]:
        """Move the segments one by one from the taker's side on; nothing where one cannot go."""
        assignment, giver, taker = self._assignment, remnant.giver, remnant.taker
        most_s = self.over_s[giver] + max(self._most_s[giver], abs(self.over_s[giver]))
        gone: list[int] = []
        gain, left = 0.0, list(remnant.segments)
        while left:
            ready = next((s for s in left if assignment.touches(s, taker)), None)
            group = [] if ready is None else assignment.group(ready, giver)
            needed = sum(assignment.required[s] for s in group)
            gone_s = sum(self._weight[s] for s in (*gone, *group))
            barred = any(self._barred[s] for s in group)
            if not group or barred or gone_s > most_s or needed >= assignment.needed[giver]:
                self._stretches.give(gone, giver)
                return [], 0.0
            gain += self._stretches.give(group, taker)
            gone += group
            left = [s for s in left if assignment.beat_of[s] == giver]
        return gone, gain

    def _farther(self, gone: list[int], giver: int, taker: int) -> float:
        """Return the load times metres that segments are farther from the taker's base."""
        region, own = self._assignment.region, np.array(gone)
        farther = self._assignment.walks_m(taker) - self._assignment.walks_m(giver)
        both = (farther[region.u[own]] + farther[region.v[own]]) / 2.0
        return float(both @ region.load_s[own])


class StretchSearch:
    """Gathers stretches of one name in one beat, as far as the measured loads allow.

    Parameters
    ----------
    state
        The beats, measured; changed in place.
    """

    def __init__(self, state: SearchState) -> None:
        self._state, self._params = state, state.rules.params.streets
        off, self._across = np.abs(state.off), self._shares_across()
        most = max(self._params.near * state.tolerance, min(float(off.max()), state.tolerance))
        self._allowed = np.maximum(off, most)
        self._most_off = np.full(len(off), self._params.expected * most)
        self._more_s = np.zeros(len(off))
        self._expected_s = state.over_s
        self._worse = np.zeros(len(off), dtype=bool)
        self._often = np.zeros(len(off), dtype=np.int64)

    def run(self) -> None:
        """Move remnants of all stretches at once, less of them where beats turn out worse.

        A beat that is worse for the first time is moved by what was learned, then left alone.
        """
        beats = range(len(self._often))
        for _ in range(self._params.tries):
            self._worse[:] = False
            if self._state.rules.late or self._state.tried(beats, self._move, self._good):
                return
            if not self._worse.any():
                return
            self._often += self._worse
            self._most_off[self._often > 1] = -1.0

    def _move(self) -> bool:
        gathering = _Gathering(self._state, self._most_off, self._more_s)
        moved = gathering.run()
        self._expected_s = np.array(gathering.over_s)
        return moved

    def _good(self) -> bool:
        """Note the beats that are farther off, or more across a barrier, than they may be."""
        # Streets gathered make less deadhead, and with it less of a mean load to be near to.
        over_s = self._state.over_s
        self._worse = np.abs(self._state.off) > self._allowed
        self._worse |= self._shares_across() > self._across + self._params.more_across
        self._more_s += np.where(self._worse, over_s - self._expected_s, 0.0)
        return not self._worse.any()

    def _shares_across(self) -> NDArray[np.float64]:
        state = self._state
        return np.array([state.share_across(beat) for beat in range(state.assignment.count)])
