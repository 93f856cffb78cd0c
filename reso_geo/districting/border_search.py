"""Neighbouring beats divide their streets again, pair by pair, until their borders are cheap."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

from reso_geo.districting.diffusion import wanted_flows
from reso_geo.districting.pair_cut import Division, divisions
from reso_geo.districting.region import meetings, parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.region import Region

__all__ = ["BorderSearch", "reconnected"]

_WALK = 48.0
_SWEEPS = 3
_NEAR = 0.3
BAND = 2.0
MOST_FREE = 1000
_OFF = 5.0


class BorderSearch:
    """Divides the streets of neighbours again and again.

    Parameters
    ----------
    region
        The streets.
    labels
        int64, shape (s,): connected beats, none empty.
    weight
        float64, shape (s,): what each segment counts for.
    share
        float64, shape (k,): wanted share of the weight of each beat, sum one.
    tolerance
        How far off a beat may be, as a share of its wanted weight.
    """

    def __init__(self, region: Region, labels, weight, share, tolerance: float, walk: float = _WALK, sweeps=_SWEEPS) -> None:
        self._region, self.labels = region, labels.copy()
        self._mean = float(weight.sum()) / len(share)
        self._weight, self._share, self._tolerance = weight / self._mean, share * len(share), tolerance
        self._count = len(share)
        self._walk = walk
        self.sweeps=sweeps
        self._changed = np.zeros(len(share), dtype=np.int64)
        self._tried: dict[tuple[int, int], tuple[int, int, float]] = {}
        self.solves=0; self._price={}

    def run(self) -> NDArray[np.int64]:
        self._scale = None
        for _ in range(self.sweeps):
            if not self._sweep():
                break
        return self.labels

    def _sweep(self) -> bool:
        region = self._region
        base = [
            region.middle_junction(np.flatnonzero(self.labels == beat), self._weight)
            for beat in range(self._count)
        ]
        walk = dijkstra(region.ways, indices=base)
        walk = (walk[:, region.u] + walk[:, region.v]) / 2.0
        if self._scale is None:
            self._scale = np.average(walk[self.labels, np.arange(len(region))], weights=self._weight)
        self._away = walk
        self._cost = walk * (self._walk / self._scale) * self._weight
        at_base = [
            np.flatnonzero(region.required & ((region.u == node) | (region.v == node)))
            for node in base
        ]
        load = np.bincount(self.labels, self._weight, self._count)
        beside = meetings(region.u, region.v, self.labels).values()
        pairs = sorted({pair for beats in beside for pair in combinations(beats, 2)})
        moved = False
        for amount, giver, taker in wanted_flows(load - self._share, pairs):
            moved |= self._divide(giver, taker, amount, at_base)
        return moved

    def _divide(self, one: int, two: int, amount: float, at_base) -> bool:
        state = int(self._changed[one]), int(self._changed[two]), round(amount / (_NEAR * self._tolerance))
        if self._tried.get((one, two)) == state:
            return False
        self._tried[one, two] = state
        region, labels = self._region, self.labels
        own = np.flatnonzero((labels == one) | (labels == two))
        weight = self._weight[own]
        among = region.meeting.among(own, len(region))
        was = labels[own] == two
        pull = self._cost[two, own] - self._cost[one, own]
        away = (self._away[two, own] - self._away[one, own]) / self._scale
        far = far_from(np.where(was, -away, away))
        given = Division(np.arange(len(own)), weight, pull, among)
        fixed = (
            far & ~was | np.isin(own, at_base[one]) & ~was, far & was | np.isin(own, at_base[two]) & was
        )
        wanted = float(weight[was].sum()) + amount
        near = self._tolerance * _NEAR
        targets = self._share[one], self._share[two]
        total = weight.sum()

        def cost(second) -> float:
            held = float(weight[second].sum())
            out = max(abs(held - wanted) / self._tolerance - _NEAR, 0)
            return among.cut(second.astype(np.int64)) + float(pull[second].sum()) + _OFF * out * out

        best, least = None, cost(was) - 1e-6
        for price, second in divisions(given, fixed, wanted, near):
            self.solves+=1
            if cost(second) >= least: continue
            now = reconnected(region, own, second)
            if now is not None and (c := cost(now)) < least:
                best, least = now, c
        if best is None:
            return False
        labels[own] = np.where(best, two, one)
        self._changed[[one, two]] += 1
        return True


def far_from(away: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which segments stay where they are: those deep inside, and all but the nearest."""
    far = away > BAND
    if len(away) > MOST_FREE:
        far |= away > np.partition(away, MOST_FREE)[MOST_FREE]
    return far


def reconnected(region: Region, own: NDArray[np.int64], second: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    """Give what is not connected to the largest part of either side to the other; None if hopeless."""
    side = second.astype(np.int64)
    for _ in range(3):
        if side.min()==side.max(): return None
        part = parts(region, own, side)
        if part.max() == 1:
            return side == 1
        weight = np.bincount(part, region.load_s[own] + 1e-6)
        of = np.zeros(len(weight), dtype=np.int64)
        of[part] = side
        largest = [np.where(of == s, weight, -1.0).argmax() for s in (0, 1)]
        side = np.where(np.isin(part, largest), side, 1 - side)
    return None
