"""Parts of a beat are toured as well as alone, searches stop where asked, no ride goes astray."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from touring import DEPTHS, WITHOUT_END, best_ride, check, windy_towns

from reso_geo.coverage import TravelGraph, cover, nested_tours

if TYPE_CHECKING:
    from numpy.typing import NDArray

Town = tuple[TravelGraph, "NDArray[np.int64]", int]


def scattered(seed: int, required: int) -> Town:
    """Return a 7 by 7 grid of streets of any length, a few of them required."""
    dice = np.random.default_rng(seed)
    node = np.arange(49).reshape(7, 7)
    u = np.concatenate((node[:, :-1].ravel(), node[:-1].ravel()))
    v = np.concatenate((node[:, 1:].ravel(), node[1:].ravel()))
    there, back = (dice.integers(20, 400, len(u)).astype(float) for _ in range(2))
    graph = TravelGraph("bike", 0.5, 49, u, v, there, back, there, back)
    return graph, np.sort(dice.choice(len(u), required, replace=False)), 0


@settings(max_examples=60)
@given(windy_towns(), st.data())
def test_a_part_of_a_beat_gets_the_shortest_tour_of_its_own(
    town: Town, data: st.DataObject
) -> None:
    graph, required, base = town
    kept = data.draw(st.lists(st.booleans(), min_size=len(required), max_size=len(required)))
    nested = [required[np.array(kept, dtype=bool)], required]
    for part, found in zip(
        nested, nested_tours(graph, nested, base, "final", [WITHOUT_END] * 2), strict=True
    ):
        check(graph, part, base, found)
        if not found.apart:
            truth_s = best_ride(graph, np.setdiff1d(part, found.missed), base) * graph.tick_s
            assert found.pass_s == truth_s
            assert found.exact == (truth_s < np.inf)


def test_a_search_stops_at_the_gap_that_is_asked_for() -> None:
    longer = 0
    for seed in range(12):
        graph, required, base = scattered(seed, 14)
        best = cover(graph, required, base, "final", WITHOUT_END)
        near = cover(graph, required, base, "final", replace(WITHOUT_END, stop=0.05))
        assert best.exact
        assert near.lower_bound_s <= best.pass_s <= near.pass_s
        assert near.gap <= 0.05
        longer += near.pass_s > best.pass_s
    # It is worth asking: some searches did stop early.
    assert longer


def test_deadhead_keeps_off_ways_that_do_not_lead_back() -> None:
    # A street of 100 ticks and a longer way beside it; a short cut of 20 leads into a trap.
    u, v = np.array([0, 0, 0, 1]), np.array([1, 1, 2, 2])
    there = np.array([100.0, 300.0, 10.0, 10.0])
    back = np.array([100.0, 300.0, np.inf, np.inf])
    graph = TravelGraph("bike", 0.5, 3, u, v, there, back, there, back)
    for depth in DEPTHS:
        assert cover(graph, np.array([0]), 0, depth).pass_s == 100.0
