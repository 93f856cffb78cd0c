"""Meter: what a beat really asks, deadhead included, and where in it the deadhead lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.workload import measure_load

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reso_geo.coverage import TravelGraph
    from reso_geo.network import StreetNetwork
    from reso_geo.workload import BeatLoad, StreetLoad

__all__ = ["Measure", "Meter"]

_FIXED_WORK = 100
"""A measure takes as long as that many segments before it looks at any."""
_LEAST_S = 1e-6
"""Added for each required segment, so that streets that ask nothing can be shared evenly too."""


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
    """

    load_s: float
    weight_s: NDArray[np.float64]
    base: int


class Meter:
    """Measures beats at the fast depth, and remembers the last measure of each set of segments.

    Parameters
    ----------
    network
        The streets.
    graph
        The travel graph of the plan's mode.
    load
        Street loads in that mode.
    base_at
        Gives the junction that a beat is measured from, by its required segments.
    joined
        Segments that belong to whatever beat holds a certain segment.
    """

    def __init__(
        self,
        network: StreetNetwork,
        graph: TravelGraph,
        load: StreetLoad,
        base_at: Callable[[NDArray[np.int64]], int],
        joined: dict[int, NDArray[np.int64]],
    ) -> None:
        self._network, self._graph, self._load = network, graph, load
        self._base_at, self._joined = base_at, joined
        self._known: dict[tuple[bytes, int | None], Measure] = {}
        self.work = 0

    def measure(self, own: NDArray[np.int64], base: int | None = None) -> Measure:
        """Measure a beat.

        Parameters
        ----------
        own
            int64, shape (k,): segments of the network, ascending, a required one among them.
        base
            The network's junction to measure it from; None for what the rule gives.

        Returns
        -------
        Measure
            The deadhead that runs outside of the beat is spread over its own load.
        """
        key = own.tobytes(), base
        if key not in self._known:
            self._known[key] = self._measure(own, base)
        return self._known[key]

    def _measure(self, own: NDArray[np.int64], base: int | None) -> Measure:
        held = np.isin(np.array(list(self._joined), dtype=np.int64), own)
        gates = [gate for gate, here in zip(self._joined, held.tolist(), strict=True) if here]
        whole = np.concatenate([own, *(self._joined[gate] for gate in gates)])
        required = whole[self._network.required[whole]]
        self.work += len(required) + _FIXED_WORK
        base = self._base_at(required) if base is None else base
        measured = measure_load(self._graph, self._load, required, base)
        weight = self._load.total_s[own].copy()
        for gate in gates:
            weight[np.searchsorted(own, gate)] += self._load.total_s[self._joined[gate]].sum()
        weight += self._along(measured, own)
        load_s = measured.load_s + _LEAST_S * len(required)
        rest = load_s - float(weight.sum())
        share = weight + 1e-9
        return Measure(load_s, weight + rest * share / share.sum(), base)

    def _along(self, measured: BeatLoad, own: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the weekly deadhead that runs along each segment of a beat."""
        graph = self._graph
        weekly = np.zeros(len(own))
        cadences = [cadence for cadence, _ in measured.tours]
        for (cadence, tour), lower in zip(measured.tours, [*cadences[1:], 0.0], strict=True):
            again = ~tour.passage.patrol
            place = np.searchsorted(own, tour.passage.segment)
            inside = place < len(own)
            inside[inside] = own[place[inside]] == tour.passage.segment[inside]
            cost_s = tour.passage.cost(graph) * graph.tick_s
            counted = again & inside
            np.add.at(weekly, place[counted], (cadence - lower) * cost_s[counted])
        return weekly
