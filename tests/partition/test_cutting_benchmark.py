"""What the benchmark of cuts measures, checked by hand on a few streets."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawing import Street, bare
from places import ROOT

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = ROOT / "benchmarks"


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


measures, peers = _module("cutting_measures"), _module("cutting_peers")

# 0 --- 1 --- 2 --- 3, and a way round from 1 to 3 that patrol need not pass.
LINE = [Street(0, 1), Street(1, 2), Street(2, 3)]
ROUND = Street(1, 3, length_m=50.0, required=False)
CROSSES = np.array([False, True, False, False])


def beats(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def test_a_walk_is_the_mean_over_both_ends_weighted_with_load() -> None:
    walk_m = measures.mean_walk_m(bare(LINE), np.array([1.0, 1.0, 2.0]), beats(0, 0, 0), beats(1))
    assert walk_m == pytest.approx((50 + 50 + 2 * 150) / 4)


def test_a_walk_takes_the_shortest_way_through_streets_of_other_beats() -> None:
    load_s = np.array([1.0, 1.0, 2.0, 0.0])
    walk_m = measures.mean_walk_m(bare([*LINE, ROUND]), load_s, beats(0, 0, 0, 1), beats(1, -1))
    assert walk_m == pytest.approx((50 + 50 + 2 * 75) / 4)


def test_a_walk_takes_the_shorter_of_two_parallel_streets_and_never_a_bike_path() -> None:
    streets = [*LINE[:2], Street(1, 2, length_m=30.0), Street(0, 2, length_m=1.0, foot=False)]
    load_s = np.array([0.0, 1.0, 0.0, 0.0])
    walk_m = measures.mean_walk_m(bare(streets), load_s, beats(0, 0, 0, -1), beats(0))
    assert walk_m == pytest.approx((100 + 130) / 2)


@pytest.mark.parametrize(("far_s", "cut"), [(18.0, [0]), (19.0, [])])
def test_a_barrier_cuts_a_beat_when_a_twentieth_of_its_load_is_apart(
    far_s: float, cut: list[int]
) -> None:
    load_s = np.array([1.0, 1.0, far_s])
    found = measures.barrier_cut_beats(bare(LINE), load_s, beats(0, 0, 0), CROSSES[:3])
    assert found == cut


def test_a_way_round_a_barrier_counts_inside_the_beat_only() -> None:
    network, load_s = bare([*LINE, ROUND]), np.array([1.0, 1.0, 1.0, 0.0])
    assert measures.barrier_cut_beats(network, load_s, beats(0, 0, 0, 0), CROSSES) == []
    assert measures.barrier_cut_beats(network, load_s, beats(0, 0, 0, 1), CROSSES) == [0]


def test_a_barrier_with_nothing_to_cover_behind_it_cuts_no_beat() -> None:
    streets = [*LINE[:2], Street(2, 3, required=False)]
    load_s = np.array([1.0, 1.0, 0.0])
    assert measures.barrier_cut_beats(bare(streets), load_s, beats(0, 0, 0), CROSSES[:3]) == []


def test_beats_in_pieces_and_empty_beats_are_broken() -> None:
    network = bare(LINE)
    assert measures.broken(network, beats(0, 0, 1), 2) == 0
    assert measures.broken(network, beats(0, 1, 0), 2) == 1
    assert measures.broken(network, beats(0, 0, 0), 2) == 1


def test_an_empty_beat_counts_in_the_balance() -> None:
    loads_s = measures.street_loads(beats(0, 1, 1, -1), np.array([2.0, 3.0, 1.0, 9.0]), 3)
    assert measures.balance(loads_s) == (2.0, 0.0)


def test_peers_cut_segments_that_are_joined_where_they_share_a_junction() -> None:
    network = bare([*LINE, ROUND, Street(1, 1)])
    dual = peers.dual_graph(network, np.array([7.4, 1.0, 2.0, 0.0, 0.0]), np.arange(5))
    neighbours = [dual.of(unit) for unit in range(len(dual))]
    assert neighbours == [[1, 3, 4], [0, 2, 3, 4], [1, 3], [0, 1, 2, 4], [0, 1, 3]]
    assert dual.weight.tolist() == [7, 1, 2, 0, 0]
