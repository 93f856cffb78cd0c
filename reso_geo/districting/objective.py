"""Objective: what beats cost, a weighted sum of terms that each have a name.

A search says with these how bad some beats are, and keeps a move that makes them better by enough.
Loads are measured, deadhead included; what a beat holds counts by its street load.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.sparse.csgraph import dijkstra

from reso_geo.districting.barrier_split import share_across

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.assignment import Assignment
    from reso_geo.districting.evaluator import Evaluator
    from reso_geo.districting.region import Region

__all__ = [
    "Balance",
    "BarrierSplit",
    "Border",
    "Compactness",
    "Continuity",
    "GroundTerm",
    "Objective",
]


@dataclass(frozen=True)
class Balance:
    """How far loads are off their targets: ``linear * out + square * out**2``.

    ``out`` is what ``abs(load / target - 1)`` exceeds ``inside * tolerance`` by, in tolerances.

    Attributes
    ----------
    tolerance
        How far off its target a beat may be, as a share of it.
    inside
        Part of the tolerance within which a beat costs nothing.
    linear, square
        Weights of the two powers.
    """

    tolerance: float
    inside: float = 0.0
    linear: float = 0.0
    square: float = 1.0

    def out(
        self, load_s: NDArray[np.float64], target_s: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return how far out of the free range each load is, in tolerances.

        Parameters
        ----------
        load_s, target_s
            float64, shape (b,): seconds per week.

        Returns
        -------
        ndarray of float64, shape (b,)
            Zero inside.
        """
        off = np.abs(load_s / target_s - 1.0)
        out: NDArray[np.float64] = np.maximum(0.0, off - self.inside * self.tolerance)
        return out / self.tolerance

    def cost(self, load_s: NDArray[np.float64], target_s: NDArray[np.float64]) -> float:
        """Return what some loads cost together.

        Parameters
        ----------
        load_s, target_s
            float64, shape (b,): seconds per week.

        Returns
        -------
        float
            Zero where all are in the free range.
        """
        out = self.out(load_s, target_s)
        return float((self.linear * out + self.square * np.square(out)).sum())


class GroundTerm(Protocol):
    """A term that depends on which segments a beat holds, not on its load."""

    @property
    def name(self) -> str:
        """What the term is called."""

    def cost(self, assignment: Assignment, beat: int) -> float:
        """Return what a beat costs.

        Parameters
        ----------
        assignment
            The beats.
        beat
            Which one.

        Returns
        -------
        float
            Unweighted.
        """


@dataclass(frozen=True)
class BarrierSplit:
    """What of a beat lies across a barrier: ``share + any_share * min(1, share / much)``.

    ``share`` is the part of its street load across a motorway, a railway or a river from its
    largest part.

    Attributes
    ----------
    any_share
        Lying apart at all counts for as much as so large a share.
    much
        The share from which on that counts in full.
    """

    any_share: float = 0.0
    much: float = 1.0
    name: str = field(default="barrier split", init=False)

    def cost(self, assignment: Assignment, beat: int) -> float:
        """Return what a beat costs.

        Parameters
        ----------
        assignment
            The beats.
        beat
            Which one.

        Returns
        -------
        float
            Zero for a beat that keeps to one side.
        """
        share = share_across(assignment, beat)
        return share + self.any_share * min(1.0, share / self.much)


@dataclass(frozen=True)
class Border:
    """What the border of a beat costs: half of what it costs to part the pairs along it.

    One is a side street that is left behind at a junction away from main streets; see
    `reso_geo.districting.borders.costs`.
    """

    name: str = field(default="border", init=False)

    def cost(self, assignment: Assignment, beat: int) -> float:
        """Return what a beat costs.

        Parameters
        ----------
        assignment
            The beats.
        beat
            Which one.

        Returns
        -------
        float
            Zero for a beat that meets no other.
        """
        inside = np.zeros(len(assignment.region), dtype=bool)
        inside[assignment.own(beat)] = True
        return assignment.region.meeting.cut(inside) / 2.0


@dataclass(frozen=True, eq=False)
class Continuity:
    """What a beat holds that another one held before: the sum of its worth, per mean load.

    Attributes
    ----------
    previous
        int64, shape (s,): the beat that held each segment, -1 for one that nobody held.
    worth_s
        float64, shape (s,): what it counts for that a segment keeps its beat, seconds per week.
    mean_s
        Mean load of a beat, seconds per week.
    """

    previous: NDArray[np.int64]
    worth_s: NDArray[np.float64]
    mean_s: float
    name: str = field(default="continuity", init=False)

    def cost(self, assignment: Assignment, beat: int) -> float:
        """Return what a beat costs.

        Parameters
        ----------
        assignment
            The beats.
        beat
            Which one.

        Returns
        -------
        float
            Mean loads; zero where it holds nothing of others.
        """
        own = assignment.own(beat)
        previous = self.previous[own]
        lost = own[(previous >= 0) & (previous != beat)]
        return float(sum(self.worth_s[lost].tolist())) / self.mean_s


@dataclass(frozen=True)
class Objective:
    """What beats cost, and by how much a move must make them cheaper.

    Attributes
    ----------
    balance
        Of their loads.
    ground
        Terms of what they hold, each with its weight.
    least_gain
        A move stands that makes the beats that it changes cheaper by more than this share.
    """

    balance: Balance
    ground: tuple[tuple[float, GroundTerm], ...] = ()
    least_gain: float = 0.0

    def weighed(self, name: str, weight: float) -> Objective:
        """Return the same with another weight of one term.

        Parameters
        ----------
        name
            Of the term.
        weight
            From now on.

        Returns
        -------
        Objective
            All else as it was.
        """
        ground = tuple((weight if term.name == name else was, term) for was, term in self.ground)
        return replace(self, ground=ground)


class Compactness:
    """What cuts of one region cost by their walks: ``walk_m * (1 + mean(out**2))``.

    ``walk_m`` is the mean walk from the base of a beat to its load, a crossed barrier counting as a
    long way, and ``out`` how far each beat is off its target in tolerances: beats that are one
    tolerance off cost as much as walks twice as long. Every beat that was seen is remembered.

    Parameters
    ----------
    region
        The streets.
    evaluator
        Measures beats.
    share
        float64, shape (k,): wanted share of the load of each beat, sum one.
    balance
        How far off its target a beat is.
    """

    def __init__(
        self, region: Region, evaluator: Evaluator, share: NDArray[np.float64], balance: Balance
    ) -> None:
        self._region, self._evaluator = region, evaluator
        self._share, self._balance = share, balance
        self._known: dict[bytes, tuple[float, float]] = {}

    def beat(self, own: NDArray[np.int64]) -> tuple[float, float]:
        """Return the load of a beat, and the sum over its streets of walk times load.

        Parameters
        ----------
        own
            int64: places of its segments in the region, ascending, a required one among them.

        Returns
        -------
        load_s : float
            Seconds per week, deadhead included.
        walked : float
            Metres times seconds per week of street load.
        """
        key = own.tobytes()
        if key not in self._known:
            region = self._region
            measured = self._evaluator.measure(region.whole(own))
            base = region.junction_of(measured.base)
            if base < 0:
                base = region.middle_junction(own, region.load_s)
            walk = dijkstra(region.matrix, indices=base)
            both = (walk[region.u[own]] + walk[region.v[own]]) / 2.0
            self._known[key] = measured.load_s, float(both @ region.load_s[own])
        return self._known[key]

    def cost(self, labels: NDArray[np.int64]) -> float:
        """Return what a cut costs.

        Parameters
        ----------
        labels
            int64, shape (s,): beat of each segment; every beat has a required one.

        Returns
        -------
        float
            Metres.
        """
        count = len(self._share)
        beats = [self.beat(np.flatnonzero(labels == number)) for number in range(count)]
        load_s = np.array([measured for measured, _ in beats])
        walk_m = sum(walked for _, walked in beats) / max(float(self._region.load_s.sum()), 1e-9)
        return walk_m * (1.0 + self._balance.cost(load_s, self._share * load_s.sum()) / count)
