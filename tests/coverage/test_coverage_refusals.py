"""What coverage refuses, and what it bears: costs and graphs that libraries swallow silently."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from touring import DEPTHS, WITHOUT_END, check

from reso_geo.coverage import TravelGraph, cover

if TYPE_CHECKING:
    from reso_geo.coverage import Depth

COLUMNS = ("forward", "backward", "patrol_forward", "patrol_backward")


def ways(
    *ends: tuple[int, int], ticks: float | tuple[float, ...] = 10.0, nodes: int | None = None
) -> TravelGraph:
    """Return ways with the same ticks there and back, patrol and transit."""
    u, v = (np.array([pair[k] for pair in ends], dtype=np.int64) for k in (0, 1))
    cost = np.broadcast_to(np.array(ticks, dtype=np.float64), u.shape)
    return TravelGraph(
        "foot", 0.5, nodes or int(max(u.max(), v.max())) + 1, u, v, *(cost.copy() for _ in COLUMNS)
    )


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("ticks", [np.nan, -1.0, -np.inf, 0.5, 1e-9])
def test_cost_that_is_no_number_of_ticks_is_refused(column: str, ticks: float) -> None:
    graph = ways((0, 1), (1, 2))
    with pytest.raises(ValueError, match="whole ticks"):
        replace(graph, **{column: np.array([10.0, ticks])})


@pytest.mark.parametrize("column", COLUMNS)
def test_way_that_is_closed_to_patrol_or_transit_alone_is_refused(column: str) -> None:
    graph = ways((0, 1), (1, 2))
    with pytest.raises(ValueError, match="alike"):
        replace(graph, **{column: np.array([10.0, np.inf])})


@pytest.mark.parametrize("end", [-1, 3])
def test_segment_that_ends_nowhere_is_refused(end: int) -> None:
    with pytest.raises(ValueError, match="junctions of the graph"):
        ways((0, 1), (1, end), nodes=3)


@pytest.mark.parametrize("base", [-1, 3, 10**6])
def test_base_off_the_graph_is_refused(base: int) -> None:
    with pytest.raises(ValueError, match=f"{base} is none"):
        cover(ways((0, 1), (1, 2)), np.array([0]), base)


@pytest.mark.parametrize("segments", [[-1], [2], [0, 2]])
def test_required_segment_off_the_graph_is_refused(segments: list[int]) -> None:
    with pytest.raises(ValueError, match="segments of the graph"):
        cover(ways((0, 1), (1, 2)), np.array(segments), 0)


def test_required_segment_that_stands_there_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        cover(ways((0, 1), (1, 2)), np.array([1, 0, 1]), 0)


def test_depth_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="'deep'"):
        cover(ways((0, 1), (1, 2)), np.array([0]), 0, "deep")  # type: ignore[arg-type]


@pytest.mark.parametrize("depth", DEPTHS)
def test_beat_without_required_segments_takes_no_time(depth: Depth) -> None:
    graph = ways((0, 1), (1, 2), nodes=5)
    for base in range(5):
        found = cover(graph, np.empty(0, dtype=np.int64), base, depth)
        check(graph, np.empty(0, dtype=np.int64), base, found)
        assert (found.pass_s, found.lower_bound_s, found.apart) == (0.0, 0.0, 0)
        assert found.exact


@pytest.mark.parametrize("depth", DEPTHS)
def test_beat_that_is_closed_altogether_is_missed_altogether(depth: Depth) -> None:
    graph = ways((0, 1), (1, 2), ticks=np.inf)
    found = cover(graph, np.array([1, 0]), 0, depth)
    check(graph, np.array([1, 0]), 0, found)
    assert found.missed.tolist() == [0, 1]
    assert found.pass_s == 0.0


@pytest.mark.parametrize("depth", DEPTHS)
def test_ways_that_cost_nothing_are_travelled_for_nothing(depth: Depth) -> None:
    graph = ways((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), ticks=(7.0, 0.0, 0.0, 0.0, 9.0))
    required = np.array([0, 4])
    found = cover(graph, required, 2, depth, WITHOUT_END)
    check(graph, required, 2, found)
    assert found.pass_s == 0.5 * (7 + 7 + 9 + 9)
    nothing = ways(*[(i, i + 1) for i in range(6)], ticks=0.0)
    assert cover(nothing, np.array([0, 5]), 3, depth).pass_s == 0.0


@pytest.mark.parametrize("depth", DEPTHS)
def test_parallel_ways_are_never_summed(depth: Depth) -> None:
    graph = ways((0, 1), (0, 1), (1, 0), (1, 2), ticks=(50.0, 5.0, 7.0, 10.0))
    found = cover(graph, np.array([3]), 0, depth, WITHOUT_END)
    check(graph, np.array([3]), 0, found)
    assert found.pass_s == 0.5 * (5 + 10 + 10 + 5)
    assert set(found.steps.segment.tolist()) == {1, 3}


@pytest.mark.parametrize("depth", DEPTHS)
def test_loops_are_patrolled_and_never_travelled_otherwise(depth: Depth) -> None:
    graph = ways((0, 0), (0, 1), (1, 1), (1, 1), ticks=(3.0, 10.0, 4.0, 5.0))
    found = cover(graph, np.array([0, 2]), 0, depth, WITHOUT_END)
    check(graph, np.array([0, 2]), 0, found)
    assert found.pass_s == 0.5 * (3 + 10 + 4 + 10)
    assert found.exact == (depth == "final")


@pytest.mark.parametrize("depth", DEPTHS)
def test_base_on_an_island_leaves_every_piece_apart(depth: Depth) -> None:
    graph = ways((0, 1), (2, 3), nodes=5)
    found = cover(graph, np.array([0, 1]), 4, depth)
    check(graph, np.array([0, 1]), 4, found)
    assert found.apart == 2
    assert found.pass_s == 0.5 * 40
    assert not found.exact
