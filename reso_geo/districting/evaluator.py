"""Evaluator: what a beat really asks, deadhead included, and where in it the deadhead lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.starts import above_zero
from reso_geo.parallel import Workers
from reso_geo.workload import measure_load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.problem import DistrictingProblem
    from reso_geo.workload import BeatLoad

    _Asked = tuple[NDArray[np.int64], int | None]

__all__ = ["FIXED_WORK", "Evaluator", "Measure"]

FIXED_WORK = 100
"""A measure takes as long as that many segments before it looks at any."""
_MUCH_WORK = 3000
"""From so much at once on, other processes are worth their start; they then help with less too."""


@dataclass(frozen=True)
class Measure:
    """A measured beat.

    Attributes
    ----------
    load_s
        Seconds per week, deadhead included.
    weight_s
        float64, shape (k,): its load shared out to its segments: a segment's own load, and the
        deadhead that runs along it. Sums to `load_s`.
    base
        The network's junction that it was measured from.
    work
        What it took, in segments looked at.
    """

    load_s: float
    weight_s: NDArray[np.float64]
    base: int
    work: int


class Evaluator:
    """Measures beats at the fast depth, and remembers what it has measured.

    Parameters
    ----------
    problem
        Streets, how they are travelled and what they ask.

    Attributes
    ----------
    work
        What all measures so far took, in segments looked at.
    """

    def __init__(self, problem: DistrictingProblem) -> None:
        self._gauge = _Gauge(problem)
        self._workers: Workers[_Asked, Measure] | None = None
        self._known: dict[tuple[bytes, int | None], Measure] = {}
        self._ahead: dict[tuple[bytes, int | None], Measure] = {}
        self.work = 0

    def look_ahead(self, asked: Sequence[_Asked]) -> None:
        """Measure beats side by side that `measure` will be asked for, where that saves time.

        Parameters
        ----------
        asked
            Segments and junction of each, as for `measure`.
        """
        new = {
            key: (own, base)
            for own, base in asked
            if (key := (own.tobytes(), base)) not in self._known and key not in self._ahead
        }
        if len(new) < 2:  # noqa: PLR2004 - one is measured as soon when it is asked for
            return
        work = sum(len(own) + FIXED_WORK for own, _ in new.values())
        if self._workers is None and work >= _MUCH_WORK:
            self._workers = Workers(self._gauge.measure)
        if self._workers is not None and not self._workers.alone:
            self._ahead.update(zip(new, self._workers.each(list(new.values())), strict=True))

    def measure(self, own: NDArray[np.int64], base: int | None = None) -> Measure:
        """Measure a beat.

        Parameters
        ----------
        own
            int64, shape (k,): segments of the network, ascending, a required one among them.
        base
            The network's junction to measure it from; None for what the problem's rule gives.

        Returns
        -------
        Measure
            The deadhead that runs outside of the beat is spread over its own load.
        """
        key = own.tobytes(), base
        if key not in self._known:
            found = self._ahead.pop(key, None) or self._gauge.measure((own, base))
            self._known[key] = found
            self.work += found.work
        return self._known[key]


@dataclass(frozen=True)
class _Gauge:
    """What beats are measured by; the same beat always measures the same."""

    problem: DistrictingProblem

    def measure(self, asked: _Asked) -> Measure:
        own, base = asked
        problem = self.problem
        required = own[problem.network.required[own]]
        base = problem.base_at(required) if base is None else base
        measured = measure_load(problem.graph, problem.load, required, base)
        weight = problem.load.total_s[own].copy()
        weight += self._along(measured, own)
        load_s = measured.load_s + problem.least_s * len(required)
        rest = load_s - float(weight.sum())
        share = above_zero(weight)
        spread = weight + rest * share / share.sum()
        return Measure(load_s, spread, base, len(required) + FIXED_WORK)

    def _along(self, measured: BeatLoad, own: NDArray[np.int64]) -> NDArray[np.float64]:
        """Compute the weekly deadhead along each segment of a beat, talk on it included."""
        graph = self.problem.graph
        weekly = np.zeros(len(own))
        cadences = [cadence for cadence, _ in measured.tours]
        for (cadence, tour), lower in zip(measured.tours, [*cadences[1:], 0.0], strict=True):
            again = ~tour.steps.patrol
            place = np.searchsorted(own, tour.steps.segment)
            inside = place < len(own)
            inside[inside] = own[place[inside]] == tour.steps.segment[inside]
            cost_s = tour.steps.cost(graph) * graph.tick_s
            counted = again & inside
            np.add.at(weekly, place[counted], (cadence - lower) * cost_s[counted])
        return weekly * measured.talk_factor
