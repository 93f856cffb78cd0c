"""Bound and tour against the truth: exhaustive search and an integer programme on small towns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from touring import (
    DEPTHS,
    TICK_S,
    WITHOUT_END,
    best_on_foot,
    best_ride,
    check,
    graph_of,
    tiny,
    windy_towns,
)

from reso_geo.coverage import TravelGraph, cover
from reso_geo.coverage.exact.branch_and_cut import improve
from reso_geo.coverage.reduced_graph import reduced_graph
from reso_geo.network import components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo import StreetNetwork


@settings(max_examples=200)
@given(tiny(), st.integers(0, 1))
def test_foot_tour_stands_between_the_bound_and_the_truth(
    network: StreetNetwork, base: int
) -> None:
    graph, required = graph_of(network), np.flatnonzero(network.required)
    truth_s = best_on_foot(graph, required, base) * TICK_S
    touched = components(graph.node_count, graph.u[required], graph.v[required])
    in_one_piece = len(set(touched[np.append(graph.u[required], base)].tolist())) == 1
    for depth in DEPTHS:
        found = cover(graph, required, base, depth, WITHOUT_END)
        check(graph, required, base, found)
        if found.apart:
            assert truth_s == np.inf
            continue
        assert found.lower_bound_s <= truth_s <= found.pass_s
        if in_one_piece or depth == "final":
            assert found.exact
        if found.exact:
            assert found.pass_s == truth_s


def hold_to_the_truth(graph: TravelGraph, required: NDArray[np.int64], base: int) -> None:
    """Compare both depths with the integer programme."""
    for depth in DEPTHS:
        found = cover(graph, required, base, depth, WITHOUT_END)
        check(graph, required, base, found)
        if found.apart:
            assert not found.exact
            return
        truth_s = best_ride(graph, np.setdiff1d(required, found.missed), base) * graph.tick_s
        assert found.lower_bound_s <= truth_s <= found.pass_s
        assert (found.pass_s == np.inf) == (truth_s == np.inf)
        if depth == "final":
            assert found.exact == (truth_s < np.inf)
        if found.exact:
            assert found.pass_s == truth_s


@settings(max_examples=200)
@given(tiny(by_bike=True), st.integers(0, 1))
def test_bike_tour_stands_between_the_bound_and_the_truth(
    network: StreetNetwork, base: int
) -> None:
    hold_to_the_truth(graph_of(network, "bike"), np.flatnonzero(network.required), base)


@settings(max_examples=200)
@given(windy_towns())
def test_tour_over_ways_of_any_cost_stands_between_the_bound_and_the_truth(
    town: tuple[TravelGraph, NDArray[np.int64], int],
) -> None:
    hold_to_the_truth(*town)


@settings(max_examples=200)
@given(windy_towns())
def test_fast_depth_never_loses_against_that_of_a_search(
    town: tuple[TravelGraph, NDArray[np.int64], int],
) -> None:
    search, fast = (cover(*town, depth) for depth in ("search", "fast"))
    check(*town, search)
    check(*town, fast)
    assert fast.lower_bound_s >= search.lower_bound_s
    assert fast.pass_s <= search.pass_s
    assert fast.apart == search.apart


def windy_grid(seed: int) -> tuple[TravelGraph, NDArray[np.int64], int]:
    """Streets of an 8 by 8 grid with any costs there and back, a third of them required."""
    dice = np.random.default_rng(seed)
    node = np.arange(64).reshape(8, 8)
    u = np.concatenate((node[:, :-1].ravel(), node[:-1].ravel()))
    v = np.concatenate((node[:, 1:].ravel(), node[1:].ravel()))
    there, back = (dice.integers(1, 100, len(u)).astype(float) for _ in range(2))
    graph = TravelGraph("bike", 0.5, 64, u, v, there, back, there.copy(), back.copy())
    required = np.flatnonzero(dice.random(len(u)) < 1 / 3)
    return graph, required, int(u[required[0]])


def test_fast_rides_over_streets_against_the_wind_are_near_the_shortest() -> None:
    over = {"search": [0.0], "fast": [0.0]}
    for seed in range(12):
        town = windy_grid(seed)
        shortest = cover(*town, "final", WITHOUT_END)
        assert shortest.exact
        for depth, shares in over.items():
            found = cover(*town, depth)  # type: ignore[arg-type]
            check(*town, found)
            shares.append(found.pass_s / shortest.pass_s - 1.0)
    assert np.mean(over["fast"]) < 0.03 < np.mean(over["search"]), over
    assert max(over["fast"]) < max(over["search"])


def block(dice: np.random.Generator, *, windy: bool) -> tuple[TravelGraph, NDArray[np.int64], int]:
    """Streets of a 5 by 4 grid with shortcuts, of which a handful in one corner are required."""
    wide, high = 5, 4
    node = np.arange(wide * high).reshape(high, wide)
    ends = [*zip(node[:, :-1].ravel(), node[:, 1:].ravel(), strict=True)]
    ends += zip(node[:-1].ravel(), node[1:].ravel(), strict=True)
    ends += dice.integers(0, node.size, (4, 2)).tolist()
    u, v = (np.array([pair[k] for pair in ends], dtype=np.int64) for k in (0, 1))
    there = dice.integers(5, 60, len(u)).astype(float)
    back = there.copy()
    more_there = more_back = dice.integers(0, 20, len(u)).astype(float)
    if windy:
        back = dice.integers(5, 60, len(u)).astype(float)
        more_back = dice.integers(0, 20, len(u)).astype(float)
        # Some ways run in one direction only, the shortcuts among them: fast there, closed back.
        closed = (dice.random(len(u)) < 0.15) | (np.arange(len(u)) >= len(u) - 4)
        back[closed] = np.inf
        there[-4:] = 3.0
    corner = np.flatnonzero((u % wide < 3) & (v % wide < 3) & (np.maximum(u, v) < 3 * wide))
    required = dice.choice(corner, min(len(corner), 5), replace=False)
    graph = TravelGraph(
        "bike" if windy else "foot", 0.5, node.size, u, v,
        there, back, there + more_there, back + more_back,
    )  # fmt: skip
    return graph, required, int(dice.integers(node.size))


def required_first(graph: TravelGraph, required: NDArray[np.int64]) -> TravelGraph:
    """Return the same ways with the required ones at the front."""
    order = np.append(required, np.setdiff1d(np.arange(len(graph.u)), required))
    columns = (
        graph.u, graph.v, graph.forward, graph.backward, graph.patrol_forward, graph.patrol_backward
    )  # fmt: skip
    return TravelGraph(graph.mode, graph.tick_s, graph.node_count, *(c[order] for c in columns))


@pytest.mark.parametrize("windy", [False, True], ids=["foot", "bike"])
def test_ways_around_a_beat_lose_no_tour(windy: bool) -> None:  # noqa: FBT001 - a parameter
    dice = np.random.default_rng(20)
    left = used_outside = 0
    for _ in range(60):
        graph, required, base = block(dice, windy=windy)
        near = reduced_graph(graph, required, base)
        inside, bound = improve(near.graph, near.required, near.base, np.inf, WITHOUT_END)
        whole, whole_bound = improve(
            required_first(graph, required), len(required), base, np.inf, WITHOUT_END
        )
        truth = best_ride(graph, required, base)
        assert bound == whole_bound == truth
        if truth == np.inf:
            assert inside is None
            assert whole is None
            continue
        assert inside is not None
        steps = near.expanded(graph, inside)
        assert steps.cost(graph).sum() == inside.cost(near.graph).sum() == truth
        left += len(near.graph.u) < len(graph.u)
        ends = np.union1d(graph.u[required], graph.v[required])
        way = steps.segment[~steps.patrol]
        used_outside += not np.isin((graph.u[way], graph.v[way]), np.append(ends, base)).all()
    # The comparison means something: ways were left out, and tours do leave the beat.
    assert left > 30
    assert used_outside > 15
