"""The work in one connected region: who leaves, where new beats begin, and the search."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.assignment import Assignment
from reso_geo.districting.borders import BorderSearch
from reso_geo.districting.local_search import BalanceSearch
from reso_geo.districting.region import parts
from reso_geo.districting.starts import above_zero
from reso_geo.districting.state import SearchState
from reso_geo.partition.cut_region import RegionSearch
from reso_geo.rebalance.siting.add_and_retire import fair_shares, leavers, new_places, relabelled
from reso_geo.rebalance.territory import FREE, Territory, balanced_voronoi, network_voronoi
from reso_geo.rebalance.transfers import TransferSearch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.evaluator import Evaluator
    from reso_geo.districting.params import SearchRules
    from reso_geo.districting.region import Region
    from reso_geo.rebalance.params import RebalanceParams

__all__ = ["RegionRebalance", "RegionResult"]


@dataclass(frozen=True)
class RegionResult:
    """What the work in a region came to.

    Attributes
    ----------
    labels
        int64, shape (s,): beat of each segment, first those that stay, then the new ones.
    stays
        int64: the old beats that stay.
    new
        How many are new.
    left
        Old beats that leave, the load that must change hands beside their own, and the neighbours.
    ended
        False when time was up first.
    """

    labels: NDArray[np.int64]
    stays: NDArray[np.int64]
    new: int
    left: tuple[tuple[int, float, tuple[int, ...]], ...]
    ended: bool


class RegionRebalance:
    """Rebalances one region.

    Parameters
    ----------
    region
        The streets.
    evaluator
        Measures beats.
    rules
        Tolerance, time and seed.
    params
        Figures that the search goes by.
    firm
        bool, shape (k,): old beats that leave only where the others are too few.
    """

    def __init__(
        self,
        region: Region,
        evaluator: Evaluator,
        rules: SearchRules,
        params: RebalanceParams,
        firm: NDArray[np.bool_],
    ) -> None:
        self._region, self._evaluator, self._rules = region, evaluator, rules
        self._params, self._firm = params, firm
        self._weight = above_zero(region.load_s)

    def run(
        self,
        was: NDArray[np.int64],
        stays: NDArray[np.int64],
        posts: NDArray[np.int64],
        wanted: tuple[int, int],
        worth_s: NDArray[np.float64],
        spots: Sequence[int],
        start: Sequence[int] | None = None,
    ) -> RegionResult:
        """Rebalance.

        Parameters
        ----------
        was
            int64, shape (s,): old beat of each segment, -1 for none.
        stays
            int64, shape (k,): old beats that may stay here.
        posts
            int64, shape (k,): posts of each.
        wanted
            How many beats there are to be, and the posts of a new one.
        worth_s
            float64, shape (s,): what it counts for that a segment keeps its beat.
        spots
            Junctions where new beats must begin.
        start
            The network's junctions that beats start from and keep, where as many are wanted as
            stay; None to measure each from its middle as the crow flies.

        Returns
        -------
        RegionResult
            With every segment in a beat.
        """
        count, size = wanted
        home = _numbered(was, stays)
        held = self._largest_parts(home, len(stays))
        self._weigh(held, len(stays))
        left: tuple[tuple[int, float, tuple[int, ...]], ...] = ()
        block = held
        if count < len(stays):
            out, left = self._leaving(held, stays, len(stays) - count)
            kept = np.setdiff1d(np.arange(len(stays)), out)
            again = np.full(len(stays) + 1, FREE)
            again[kept] = np.arange(len(kept))
            stays, posts = stays[kept], posts[kept]
            home, held = again[home], again[held]
        new = count - len(stays)
        share = np.concatenate((posts, np.full(new, size))).astype(np.float64)
        territory = self._territory(home, held, worth_s, share / share.sum(), len(stays))
        many = count >= self._params.siting.recut_from * len(stays) > 0
        recut = many and not spots and np.ptp(territory.share) == 0.0
        if recut:
            labels = relabelled(home, self._recut(count), self._weight, (len(stays), new))
        else:
            territory = self._placed(territory, spots)
            aims = self._aims(territory, block)
            labels = balanced_voronoi(territory, self._weight, aims, self._params.siting)
            labels = self._bordered(territory, labels)
        assignment = Assignment(self._region, labels, count)
        state = SearchState(assignment, self._evaluator, territory.share, self._rules, start)
        if recut:
            ended = BalanceSearch(state, 1.0).trade()
        else:
            ended = TransferSearch(state, territory, self._params).run()
        return RegionResult(state.assignment.labels(), stays, new, left, ended)

    def _bordered(self, territory: Territory, labels: NDArray[np.int64]) -> NDArray[np.int64]:
        """Move borders onto streets that everybody knows, where few streets change hands for it."""
        params, weight = self._params.transfers, self._weight
        width = params.inner * self._rules.tolerance
        load = np.bincount(labels, weight, territory.count)
        if not load.all():
            return labels
        fair = weight.sum() * territory.share
        aims = np.clip(load, (1.0 - width) * fair, (1.0 + width) * fair)
        previous = territory.previous(params, params.border_first)
        search = BorderSearch(
            self._region, weight, aims / aims.sum(), self._rules, previous=previous
        )
        return search.run(labels, self._rules.params.borders.sweeps)

    def _recut(self, count: int) -> NDArray[np.int64]:
        """Cut the region as if there had been no beats."""
        search = RegionSearch(self._region, self._evaluator, count, self._rules)
        search.quick()
        return search.equal().labels

    def _largest_parts(self, home: NDArray[np.int64], count: int) -> NDArray[np.int64]:
        """Keep only the largest part of each beat: the rest is nobody's until it is shared."""
        region = self._region
        held = np.full(len(region), FREE, dtype=np.int64)
        own = np.flatnonzero(home != FREE)
        part = parts(region, own, home[own])
        load = np.bincount(part, self._weight[own])
        for beat in range(count):
            mine = home[own] == beat
            if mine.any():
                found = np.unique(part[mine])
                largest = found[np.argmax(load[found])]
                kept = own[mine & (part == largest)]
                if region.required[kept].any():
                    held[kept] = beat
        return held

    def _weigh(self, held: NDArray[np.int64], count: int) -> None:
        """Learn from the beats as they are what each segment really asks."""
        region = self._region
        for beat in range(count):
            own = np.flatnonzero(held == beat)
            if len(own):
                measured = self._evaluator.measure(region.whole(own))
                self._weight[own] = above_zero(region.carried(own, measured.weight_s))

    def _territory(
        self,
        home: NDArray[np.int64],
        held: NDArray[np.int64],
        worth_s: NDArray[np.float64],
        share: NDArray[np.float64],
        stays: int,
    ) -> Territory:
        base = np.full(len(share), -1, dtype=np.int64)
        for beat in range(stays):
            own = np.flatnonzero(held == beat)
            if len(own):
                base[beat] = self._region.middle_junction(own, self._weight)
        fixed = np.zeros(len(share), dtype=bool)
        return Territory(self._region, held, home, worth_s, share, base, fixed, stays)

    def _placed(self, territory: Territory, spots: Sequence[int]) -> Territory:
        """Assign new beats, and those that hold nothing, a place to begin."""
        base, fixed = territory.base.copy(), territory.fixed.copy()
        empty = np.flatnonzero(base < 0).tolist()
        taken = set(base[base >= 0].tolist())
        # Those that are new come first to the spots that the planner chose.
        order = sorted(empty, key=lambda beat: (beat < territory.stays, beat))
        given = [spot for spot in dict.fromkeys(spots) if spot not in taken]
        for beat, spot in zip(order, given, strict=False):
            base[beat], fixed[beat] = spot, True
            taken.add(spot)
        rest = order[len(given) :]
        territory = replace(territory, base=base, fixed=fixed)
        found = self._found(territory, len(rest)) if rest else []
        for beat, spot in zip(rest, found, strict=True):
            nodes = [spot, *range(len(self._region.xy))]
            base[beat] = next(node for node in nodes if node not in taken)
            taken.add(int(base[beat]))
        return territory

    def _found(self, territory: Territory, count: int) -> list[int]:
        there = np.flatnonzero(territory.base >= 0)
        if not len(there):
            return list(range(count))
        numbers, holder = (len(there), count), _voronoi_of(territory, there)
        params = self._params.siting
        return new_places(self._region, holder, self._weight, numbers, self._rules, params)

    def _aims(self, territory: Territory, block: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return how much each beat should hold when it has grown."""
        params, tolerance = self._params.siting, self._rules.tolerance
        total = float(self._weight.sum())
        fair = total * territory.share
        inside = territory.held != FREE
        load = np.bincount(territory.held[inside], self._weight[inside], territory.count)
        new = load <= 0.0
        if new.any():
            aims = np.minimum(load, (1.0 + params.incumbent * tolerance) * fair)
            left = (total - aims[~new].sum()) / fair[new].sum()
            aims[new] = np.maximum(left, 1.0 - params.new * tolerance) * fair[new]
            return aims
        if not inside.all() and np.ptp(territory.share) == 0.0:
            blocks = np.where(inside, territory.held, territory.stays + 1 + block)
            return fair_shares(
                self._region, blocks, self._weight, territory.stays, tolerance, params
            )
        return fair

    def _leaving(
        self, held: NDArray[np.int64], stays: NDArray[np.int64], count: int
    ) -> tuple[NDArray[np.int64], tuple[tuple[int, float, tuple[int, ...]], ...]]:
        """Choose who leaves; who holds nothing leaves first."""
        empty = [b for b in range(len(stays)) if not (held == b).any()][:count]
        rest = [b for b in range(len(stays)) if b not in empty]
        chosen = [(beat, 0.0) for beat in empty]
        if count > len(empty):
            there = np.array(rest, dtype=np.int64)
            territory = self._territory(held, held, self._weight, np.ones(len(stays)), len(stays))
            holder, more = _voronoi_of(territory, there), count - len(empty)
            loose = np.flatnonzero(~self._firm[stays[there]]).tolist()
            able = loose if len(loose) >= more else range(len(there))
            params = self._params.siting
            found = leavers(self._region, holder, self._weight, able, more, self._rules, params)
            chosen += [(int(there[beat]), moves) for beat, moves in found]
        left = tuple(
            (int(stays[beat]), moves, tuple(stays[self._near(held, beat)].tolist()))
            for beat, moves in chosen
        )
        return np.array(sorted(beat for beat, _ in chosen), dtype=np.int64), left

    def _near(self, held: NDArray[np.int64], beat: int) -> NDArray[np.int64]:
        region = self._region
        mine = held == beat
        nodes = np.unique(np.concatenate((region.u[mine], region.v[mine])))
        beside = (np.isin(region.u, nodes) | np.isin(region.v, nodes)) & ~mine & (held != FREE)
        return np.unique(held[beside])


def _voronoi_of(territory: Territory, there: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which of some beats each segment has when they alone grow over all streets."""
    some = replace(
        territory,
        held=_numbered(territory.held, there),
        home=_numbered(territory.home, there),
        share=territory.share[there],
        base=territory.base[there],
        fixed=territory.fixed[there],
        stays=len(there),
    )
    return network_voronoi(some, some.base, np.zeros(len(there)))[0]


def _numbered(of: NDArray[np.int64], kept: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the place of each value among those kept, `FREE` for the others."""
    place = {int(value): number for number, value in enumerate(kept.tolist())}
    return np.array([place.get(value, FREE) for value in of.tolist()], dtype=np.int64)
