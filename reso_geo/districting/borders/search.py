"""Neighbouring beats divide their streets again, pair by pair, until their borders are cheap."""

from __future__ import annotations

from itertools import chain, combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse.csgraph import dijkstra

from reso_geo.districting.borders.division import Neighbours, divided
from reso_geo.districting.diffusion import wanted_flows
from reso_geo.districting.region import meetings
from reso_geo.parallel import MANY_SEGMENTS, Workers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.moves import Previous
    from reso_geo.districting.params import SearchRules
    from reso_geo.districting.region import Region

__all__ = ["BorderSearch"]

_AT_ONCE = 4
"""Pairs that one process divides side by side."""


class Pair(NamedTuple):
    """Two neighbours that divide their streets again.

    Attributes
    ----------
    one, two
        Beats.
    amount
        Load that should go from the first to the second, in mean loads.
    own
        int64, shape (o,): places of their segments in the region, ascending.
    was
        bool, shape (o,): those of the second.
    """

    one: int
    two: int
    amount: float
    own: NDArray[np.int64]
    was: NDArray[np.bool_]


class BorderSearch:
    """Beats of one region by what their segments count for, before anything is measured.

    What a division costs is its border, the walks from each base, and how far it is off the loads
    that would even all beats (see `reso_geo.districting.diffusion`).

    Parameters
    ----------
    region
        The streets.
    weight
        float64, shape (s,): what each segment counts for, positive.
    share
        float64, shape (k,): wanted share of the weight of each beat, sum one.
    rules
        How even beats are to be, and what borders cost.
    base
        Where each beat is walked from, junctions of the region; None for the middle of each, which
        moves with it.
    previous
        Who held the streets before; None where that does not matter.
    """

    def __init__(
        self,
        region: Region,
        weight: NDArray[np.float64],
        share: NDArray[np.float64],
        rules: SearchRules,
        base: Sequence[int] | None = None,
        previous: Previous | None = None,
    ) -> None:
        self._region, self._base, self._rules = region, base, rules
        self._previous = previous
        self._weight = weight * (len(share) / weight.sum())
        self._share = share * len(share)

    def run(self, labels: NDArray[np.int64], sweeps: int) -> NDArray[np.int64]:
        """Divide the streets of all neighbours again, some times over.

        Parameters
        ----------
        labels
            int64, shape (s,): connected beats, none empty.
        sweeps
            How often; it ends as soon as nothing changes.

        Returns
        -------
        ndarray of int64, shape (s,)
            Connected beats, each with a segment at its base.
        """
        labels, tried = labels.copy(), set[bytes]()
        scale = None
        for _ in range(sweeps):
            base = self._bases(labels)
            walk = dijkstra(self._region.matrix, indices=base)
            walk = (walk[:, self._region.u] + walk[:, self._region.v]) / 2.0
            if scale is None:
                here = walk[labels, np.arange(len(labels))]
                scale = max(float(np.average(here, weights=self._weight)), 1.0)
            sweep = _Sweep(
                self._region, self._weight, self._rules, base, walk / scale, self._previous
            )
            if not self._swept(sweep, labels, tried):
                break
        return labels

    def _bases(self, labels: NDArray[np.int64]) -> list[int]:
        if self._base is not None:
            return list(self._base)
        return [
            self._region.middle_junction(np.flatnonzero(labels == beat), self._weight)
            for beat in range(len(self._share))
        ]

    def _swept(self, sweep: _Sweep, labels: NDArray[np.int64], tried: set[bytes]) -> bool:
        """Divide pairs, those without a beat in common side by side; return whether any changed."""
        workers = Workers(sweep.divided)
        many, moved = len(labels) >= MANY_SEGMENTS, False
        for flows in self._rounds(labels):
            asked = [self._pair(labels, flow) for flow in flows]
            pairs = [pair for key, pair in asked if key not in tried]
            tried |= {key for key, _ in asked}
            size = _AT_ONCE if many else len(pairs)
            some = [pairs[n : n + size] for n in range(0, len(pairs), size)] if pairs else []
            found = workers.each(some) if many else [sweep.divided(pairs)]
            for pair, second in zip(pairs, chain.from_iterable(found), strict=True):
                if second is not None:
                    labels[pair.own] = np.where(second, pair.two, pair.one)
                    moved = True
        return moved

    def _pair(self, labels: NDArray[np.int64], flow: tuple[float, int, int]) -> tuple[bytes, Pair]:
        """Return two beats that divide, and what tells it from other divisions."""
        amount, one, two = flow
        own = np.flatnonzero((labels == one) | (labels == two))
        pair = Pair(one, two, amount, own, labels[own] == two)
        steps = round(amount / (self._rules.params.borders.near * self._rules.tolerance))
        key = np.array([one, two, steps]).tobytes() + own.tobytes() + pair.was.tobytes()
        return key, pair

    def _rounds(self, labels: NDArray[np.int64]) -> list[list[tuple[float, int, int]]]:
        """Return the wanted flows, largest first, in rounds of pairs without a beat in common."""
        region, count = self._region, len(self._share)
        load = np.bincount(labels, self._weight, count)
        beside = meetings(region.u, region.v, labels).values()
        pairs = sorted({pair for beats in beside for pair in combinations(beats, 2)})
        rounds: list[list[tuple[float, int, int]]] = []
        busy: list[set[int]] = []
        for flow in wanted_flows(load - self._share, pairs):
            place = next((n for n, b in enumerate(busy) if not b & {*flow[1:]}), len(busy))
            if place == len(busy):
                rounds.append([])
                busy.append(set())
            rounds[place].append(flow)
            busy[place] |= {*flow[1:]}
        return rounds


class _Sweep:
    """Divisions of pairs while bases stay where they are."""

    def __init__(
        self,
        region: Region,
        weight: NDArray[np.float64],
        rules: SearchRules,
        base: list[int],
        walk: NDArray[np.float64],
        previous: Previous | None,
    ) -> None:
        self._region, self._weight, self._previous = region, weight, previous
        self._rules, self._base, self._walk = rules, base, walk

    def divided(self, pairs: list[Pair]) -> list[NDArray[np.bool_] | None]:
        """Return which segments the second of each pair holds then, None where none is better."""
        rules = self._rules
        both = [
            Neighbours(
                own=pair.own,
                weight=self._weight[pair.own],
                away=self._walk[pair.two, pair.own] - self._walk[pair.one, pair.own],
                kept=self._kept(pair),
                was=pair.was,
                at_base=(self._at(pair.one, pair), self._at(pair.two, pair)),
                amount=pair.amount,
            )
            for pair in pairs
        ]
        borders = rules.params.borders
        return divided(self._region, both, rules.tolerance, borders)

    def _kept(self, pair: Pair) -> NDArray[np.float64]:
        """Return what it costs that each segment is with the second instead of the first."""
        if self._previous is None:
            return np.zeros(len(pair.own))
        return self._previous.kept(pair.one, pair.two)[pair.own]

    def _at(self, beat: int, pair: Pair) -> NDArray[np.int64]:
        """Return the places of a beat's segments to cover at its base."""
        region, node, own = self._region, self._base[beat], pair.own
        here = (region.u[own] == node) | (region.v[own] == node)
        here &= region.required[own] & (pair.was == (beat == pair.two))
        return np.flatnonzero(here)
