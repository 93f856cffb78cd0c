"""What a cut costs: the walk from the bases, dearer the less even the loads are.

One figure says which of two cuts of the same streets is better. The mean walk from the base of a
beat to its load, in metres, a crossed barrier counting as a long way, is multiplied by one plus the
mean square of how far the beats are off their targets, measured in tolerances: beats that are one
tolerance off cost as much as walks twice as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.evaluator import Evaluator
    from reso_geo.districting.region import Region

__all__ = ["CutCost"]


class CutCost:
    """Says what cuts of one region cost, and remembers every beat that it has seen.

    Parameters
    ----------
    region
        The streets.
    evaluator
        Measures beats.
    share
        float64, shape (k,): wanted share of the load of each beat, sum one.
    tolerance
        How far off its target a beat may be, as a share of it.
    """

    def __init__(
        self, region: Region, evaluator: Evaluator, share: NDArray[np.float64], tolerance: float
    ) -> None:
        self._region, self._evaluator = region, evaluator
        self._share, self._tolerance = share, tolerance
        self._place = {int(node): place for place, node in enumerate(region.node)}
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
            measured = self._evaluator.measure(region.segment[own])
            base = self._place.get(measured.base)
            if base is None:
                base = region.middle_junction(own, region.load_s)
            walk = dijkstra(region.ways, indices=base)
            both = (walk[region.u[own]] + walk[region.v[own]]) / 2.0
            self._known[key] = measured.load_s, float(both @ region.load_s[own])
        return self._known[key]

    def total(self, labels: NDArray[np.int64]) -> float:
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
        beats = [self.beat(np.flatnonzero(labels == number)) for number in range(len(self._share))]
        load = np.array([measured for measured, _ in beats])
        walk = sum(walked for _, walked in beats) / max(float(self._region.load_s.sum()), 1e-9)
        off = load / (self._share * load.sum()) - 1.0
        return walk * (1.0 + float(np.square(off / self._tolerance).mean()))
