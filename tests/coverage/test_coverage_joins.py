"""T-joins and beats in one piece against an independent solver of matchings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawing import Street, bare
from scipy.optimize import linprog
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from touring import TICK_S, graph_of, join_cost, matched

from reso_geo.coverage import cover
from reso_geo.settings import load_settings
from reso_geo.travel import travel_times

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo import StreetNetwork

SETTINGS = load_settings()
SEEDS = int(os.environ.get("RESO_GEO_SEEDS", "8"))


def ticks(seconds: NDArray[np.float64]) -> list[int]:
    """Return times in whole ticks; nothing is rounded away."""
    whole = seconds / TICK_S
    assert (whole == np.round(whole)).all()
    return whole.astype(int).tolist()


def walked(network: StreetNetwork) -> list[tuple[int, int, int]]:
    """Return the ends and ticks of every segment on foot."""
    costs = ticks(travel_times(network, SETTINGS).foot_s)
    return list(zip(network.u.tolist(), network.v.tolist(), costs, strict=True))


@pytest.mark.parametrize("most_m", [2.0, 300.0, 10_000.0])
@pytest.mark.parametrize("seed", range(6))
def test_t_join_is_the_cheapest_with_parallel_ways_and_large_costs(
    seed: int, most_m: float
) -> None:
    dice = np.random.default_rng(seed)
    count = 14
    ends = [(i, i + 1) for i in range(count - 1)] + dice.integers(0, count, (30, 2)).tolist()
    ends += ends[::3] + ends[::5]
    lengths = dice.uniform(0.001, most_m, len(ends))
    network = bare([Street(a, b, m) for (a, b), m in zip(ends, lengths, strict=True)])
    graph = graph_of(network)
    odd = np.zeros(count, dtype=bool)
    odd[dice.choice(count, 8, replace=False)] = True
    links, proven = graph.least_t_joins.join(odd)
    truth = join_cost(walked(network), np.flatnonzero(odd).tolist())
    assert graph.links.least[links].sum() == proven == truth


def test_bound_stays_proven_where_costs_are_too_large_to_be_exact() -> None:
    dice = np.random.default_rng(7)
    ends = [(i, i + 1) for i in range(9)] + dice.integers(0, 10, (20, 2)).tolist()
    lengths = dice.uniform(1e4, 1e6, len(ends))  # days on foot
    network = bare([Street(a, b, m) for (a, b), m in zip(ends, lengths, strict=True)])
    graph = graph_of(network)
    links, proven = graph.least_t_joins.join(np.arange(10) < 6)
    truth = join_cost(walked(network), list(range(6)))
    assert proven <= truth <= graph.links.least[links].sum()
    assert proven == pytest.approx(truth, rel=1e-4)


def test_bound_stays_proven_where_small_costs_vanish_beside_a_large_one() -> None:
    dice = np.random.default_rng(1)
    ends = [(i, i + 1) for i in range(9)] + dice.integers(0, 10, (20, 2)).tolist()
    lengths = dice.uniform(0.001, 0.3, len(ends))
    network = bare(
        [Street(a, b, m) for (a, b), m in zip(ends, lengths, strict=True)] + [Street(0, 10, 1e7)]
    )
    graph = graph_of(network)
    links, proven = graph.least_t_joins.join(np.isin(np.arange(11), range(6)))
    truth = join_cost(walked(network), list(range(6)))
    assert proven <= truth < graph.links.least[links].sum()


# Beats in one piece.


def piece(network: StreetNetwork, dice: np.random.Generator, size: int) -> NDArray[np.int64]:
    """Grow a piece of required segments that are connected, from anywhere, in any shape."""
    touching: dict[int, list[int]] = {}
    required = np.flatnonzero(network.required & network.foot).tolist()
    for s in required:
        for node in {int(network.u[s]), int(network.v[s])}:
            touching.setdefault(node, []).append(s)
    found: set[int] = set()
    open_ends = [required[int(dice.integers(len(required)))]]
    while open_ends and len(found) < size:
        s = open_ends.pop(int(dice.integers(len(open_ends))))
        found.add(s)
        near = {*touching[int(network.u[s])], *touching[int(network.v[s])]}
        open_ends.extend(sorted(near - found - set(open_ends)))
    return np.array(sorted(found))


def worthwhile(far: NDArray[np.float64], most: float) -> list[tuple[int, int, int]]:
    """Return the pairs that a perfect matching of at most that cost can use.

    Prices from the matching in fractions bound every other one: a pair that costs more than its
    two prices and all that is left to spend is in none.
    """
    one, other = np.tril_indices(len(far), -1)
    cost, count = far[one, other], len(one)
    if not count:
        return []
    ends = np.concatenate((one, other)), np.tile(np.arange(count), 2)
    each = coo_array((np.ones(2 * count), ends), shape=(len(far), count))
    unit = cost.max()
    price = unit * linprog(cost / unit, A_eq=each, b_eq=np.ones(len(far))).eqlin.marginals
    spare = most - price.sum() + 1e-6 * unit
    near = cost - price[one] - price[other] <= spare
    return [
        (int(a), int(b), int(c)) for a, b, c in zip(one[near], other[near], cost[near], strict=True)
    ]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_beat_in_one_piece_costs_what_a_matching_of_shortest_paths_says(
    sample_network: StreetNetwork, seed: int
) -> None:
    network, graph = sample_network, graph_of(sample_network)
    dice = np.random.default_rng(seed)
    sizes = [1, 300, *(1 + 299 * dice.random(23) ** 2).astype(int)]
    patrol = np.array(ticks(travel_times(network, SETTINGS).foot_patrol_s[network.required]))
    place = np.cumsum(network.required) - 1
    odd_ones = 0
    for size in sizes:
        beat = piece(network, dice, size)
        odd = np.flatnonzero(graph.odd(beat))
        far = dijkstra(graph.matrix, directed=False, indices=odd)[:, odd]
        found = cover(graph, beat, int(network.v[beat[-1]]))
        own = int(patrol[place[beat]].sum())
        assert found.exact
        assert found.pass_s / TICK_S == own + matched(worthwhile(far, found.pass_s / TICK_S - own))
        odd_ones += len(odd)
    assert odd_ones > 500
