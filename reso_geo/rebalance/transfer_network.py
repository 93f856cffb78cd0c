"""Where load should flow between the beats of a search, and what each arc costs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise, permutations
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.moves import ANY, NOT_ITS_OWN, RETURNING, Transfer
from reso_geo.districting.region import meetings, parts
from reso_geo.rebalance.min_cost_flow import Arc, cheapest_flow

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.state import SearchState
    from reso_geo.rebalance.params import FlowParams
    from reso_geo.rebalance.territory import Territory

__all__ = [
    "by_pair",
    "chains_of",
    "meeting_pairs",
    "strands_of",
    "wanted_between",
]


def wanted_between(
    state: SearchState,
    territory: Territory,
    ranges_s: tuple[NDArray[np.float64], NDArray[np.float64]],
    params: FlowParams,
    stuck: Collection[tuple[int, int, int]] = (),
) -> tuple[float, list[Transfer]]:
    """Return what should flow between neighbours so that the least leaves the beat it was with.

    Parameters
    ----------
    state
        The beats, measured.
    territory
        What they held before.
    ranges_s
        float64, shape (c,): the least and the most load of each.
    params
        What flows cost.
    stuck
        Giver, taker and what, where nothing can go.

    Returns
    -------
    tuple of (float, list of Transfer)
        What it costs (below zero where more returns than leaves), and the flows, those from the
        fullest beat first, so that chains have something to hand on.
    """
    labels, weight_s = state.assignment.labels(), state.weight_s
    network = _network(state, territory, labels, params)
    network.drop(stuck)
    load = np.bincount(labels, weight_s, territory.count).astype(np.float64)
    cost, flow = cheapest_flow(load, *ranges_s, network.arcs, network.pools)
    least = params.least_flow * float(state.target_s.mean())
    amounts: dict[tuple[int, int, int], float] = {}
    for arc, what, amount in zip(network.arcs, network.what, flow.tolist(), strict=True):
        key = arc.giver, arc.taker, what
        amounts[key] = amounts.get(key, 0.0) + amount
    fill = load / state.target_s
    found = sorted(
        (-fill[key[0]], *key, amount) for key, amount in amounts.items() if amount > least
    )
    return cost, [Transfer(giver, taker, amount, what) for _, giver, taker, what, amount in found]


def by_pair(flows: Sequence[Transfer]) -> dict[tuple[int, int], float]:
    """Sum flows by giver and taker.

    Parameters
    ----------
    flows
        From `wanted_between`.

    Returns
    -------
    dict of (int, int) to float
        Seconds per week.
    """
    pairs: dict[tuple[int, int], float] = {}
    for flow in flows:
        pair = flow.giver, flow.taker
        pairs[pair] = pairs.get(pair, 0.0) + flow.amount_s
    return pairs


def chains_of(flows: Mapping[tuple[int, int], float]) -> list[tuple[tuple[int, ...], float]]:
    """Split flows into chains from who has too much to who can take it.

    Parameters
    ----------
    flows
        Load by giver and taker.

    Returns
    -------
    list of (tuple of int, float)
        Beats in a row, and the load that each hands on to the next.

    Examples
    --------
    >>> chains_of({(0, 1): 5.0, (1, 2): 3.0})
    [((0, 1), 5.0)]
    """
    left = dict(flows)
    spare: dict[int, float] = {}
    for (giver, taker), amount in left.items():
        spare[giver] = spare.get(giver, 0.0) + amount
        spare[taker] = spare.get(taker, 0.0) - amount
    chains = []
    for start in sorted(spare, key=lambda beat: (-spare[beat], beat)):
        row, amount = [start], spare[start]
        while amount > 0.0:
            onward = [(f, b) for (a, b), f in left.items() if a == row[-1] and b not in row]
            if not onward or (len(row) > 1 and spare[row[-1]] < 0.0):
                break
            flow, taker = max(onward, key=lambda flow: (flow[0], -flow[1]))
            row, amount = [*row, taker], min(amount, flow)
        if len(row) > 1:
            chains.append((tuple(row), amount))
            for pair in pairwise(row):
                left[pair] = max(0.0, left[pair] - amount)
    return chains


def strands_of(flows: Sequence[Transfer], longest: int) -> list[tuple[tuple[Transfer, ...], float]]:
    """Return for each flow that returns what flows on to its giver and on from its taker.

    Parameters
    ----------
    flows
        From `wanted_between`.
    longest
        Flows in a row, the most.

    Returns
    -------
    list of (tuple of Transfer, float)
        Flows in a row, each from the taker of the one before, a closed row once around; and the
        least amount of them. The largest amounts first.

    Examples
    --------
    >>> flows = [Transfer(0, 1, 5.0, RETURNING), Transfer(1, 2, 3.0)]
    >>> [(rows, amount)] = strands_of(flows, 5)
    >>> [(flow.giver, flow.taker) for flow in rows], amount
    ([(0, 1), (1, 2)], 3.0)
    """
    found = []
    for home in [flow for flow in flows if flow.what == RETURNING]:
        row = [home]
        while len(row) < longest and (after := _next(flows, row, row[-1].taker, on=True)):
            row.append(after)
        while len(row) < longest and (before := _next(flows, row, row[0].giver, on=False)):
            row.insert(0, before)
        found.append((tuple(row), min(flow.amount_s for flow in row)))
    return sorted(found, key=lambda strand: -strand[1])


def _next(flows: Sequence[Transfer], row: list[Transfer], end: int, *, on: bool) -> Transfer | None:
    """Return the largest flow that goes on from the end of a row, or that comes to its start."""
    if row[0].giver == row[-1].taker:
        return None
    inside = {flow.taker for flow in row[:-1]} | {flow.giver for flow in row[1:]}
    following = [
        flow
        for flow in flows
        if (flow.giver, flow.taker)[not on] == end
        and (flow.taker, flow.giver)[not on] not in inside
    ]
    return max(following, key=lambda flow: flow.amount_s, default=None)


@dataclass
class _Network:
    """Arcs, what each is for, and those that share what can go."""

    arcs: list[Arc]
    what: list[int]
    pools: list[tuple[list[int], float]]

    def add(self, pair: tuple[int, int], what: int, cost: float, most_s: float) -> int:
        self.arcs.append(Arc(*pair, cost, most_s))
        self.what.append(what)
        return len(self.arcs) - 1

    def drop(self, stuck: Collection[tuple[int, int, int]]) -> None:
        """Close the arcs where nothing can go."""
        for place, (arc, what) in enumerate(zip(self.arcs, self.what, strict=True)):
            if (arc.giver, arc.taker, what) in stuck:
                self.arcs[place] = replace(arc, most_s=0.0)


def _network(
    state: SearchState, territory: Territory, labels: NDArray[np.int64], params: FlowParams
) -> _Network:
    """Return the arcs between neighbours: for what returns, what is another's, and its own."""
    weight = state.weight_s
    own = np.bincount(
        labels[territory.home == labels], weight[territory.home == labels], territory.count
    )
    network = _Network([], [], [])
    pairs = meeting_pairs(territory, labels)
    arc_cost = params.arc_cost
    over = {
        pair: arc_cost + (params.over_barrier if barred else 0.0) for pair, barred in pairs.items()
    }
    for (giver, takers), homes in _loose(state, territory, labels).items():
        whole, pool = sum(homes.values()), []
        for taker in takers:
            pair, home = (giver, taker), homes.get(taker, 0.0)
            if home > 0.0:
                pool.append(network.add(pair, RETURNING, over[pair] - 1.0 + arc_cost, home))
            if whole > home:
                pool.append(network.add(pair, NOT_ITS_OWN, over[pair], whole - home))
        if len(pool) > 1:
            network.pools.append((pool, whole))
    for pair, cost in over.items():
        if own[pair[0]] > 0.0:
            network.add(pair, ANY, cost + 1.0, float(own[pair[0]]))
    return network


def _loose(
    state: SearchState, territory: Territory, labels: NDArray[np.int64]
) -> dict[tuple[int, tuple[int, ...]], dict[int, float]]:
    """Return what beats hold of others' that is connected without a street of their own.

    By giver and the neighbours that it meets: the load by whose it was.
    """
    region, count = territory.region, territory.count
    away = np.flatnonzero(territory.home != labels)
    part = parts(region, away, labels[away])
    meets = meetings(region.u, region.v, labels)
    size = len(region.xy)
    ends = np.concatenate((part * size + region.u[away], part * size + region.v[away]))
    takers: dict[int, set[int]] = {}
    for key in np.unique(ends).tolist():
        if key % size in meets:
            takers.setdefault(key // size, set()).update(meets[key % size])
    held = np.bincount(part * (count + 1) + territory.home[away] + 1, state.weight_s[away])
    giver = dict(zip(part.tolist(), labels[away].tolist(), strict=True))
    found: dict[tuple[int, tuple[int, ...]], dict[int, float]] = {}
    for key in np.flatnonzero(held).tolist():
        number, home = divmod(key, count + 1)
        near = tuple(sorted(takers.get(number, set()) - {giver[number]}))
        if near:
            homes = found.setdefault((giver[number], near), {})
            homes[home - 1] = homes.get(home - 1, 0.0) + float(held[key])
    return found


def meeting_pairs(territory: Territory, labels: NDArray[np.int64]) -> dict[tuple[int, int], bool]:
    """Return who may hand streets to whom: beats that meet, and whether only across a barrier.

    Parameters
    ----------
    territory
        The streets.
    labels
        int64, shape (s,): beat of each.

    Returns
    -------
    dict of (int, int) to bool
        Giver and taker, ascending.
    """
    region, count = territory.region, territory.count
    node, both = np.concatenate((region.u, region.v)), np.tile(labels, 2)
    open_ = set((node * count + both)[~np.tile(region.barred, 2)].tolist())
    pairs: dict[tuple[int, int], bool] = {}
    for where, beats in meetings(region.u, region.v, labels).items():
        for giver, taker in permutations(beats, 2):
            barred = where * count + taker not in open_
            pairs[giver, taker] = pairs.get((giver, taker), True) and barred
    return dict(sorted(pairs.items()))
