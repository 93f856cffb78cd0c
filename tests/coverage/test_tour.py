"""A tour in walking order: every traversal once, straight on, in loops that fit a shift."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
import shapely
from drawing import NO_WAY, PUSH, RIDE, Street, bare, draw, load
from hypothesis import given, settings
from hypothesis import strategies as st

from reso_geo.coverage import Traversals, cover, shift_loops, travel_graph, walk_order
from reso_geo.plan.tours import bearings
from reso_geo.settings import load_settings
from reso_geo.travel import travel_times

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo import StreetNetwork
    from reso_geo.coverage import Tour, TravelGraph

SETTINGS = load_settings()
FOOT = {"highway": "footway"}


def graph_of(network: StreetNetwork, mode: str = "foot") -> TravelGraph:
    return travel_graph(network, travel_times(network, SETTINGS), mode)


def ends(graph: TravelGraph, walk: Traversals) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each traversal starts and where it arrives."""
    u, v = graph.u[walk.segment], graph.v[walk.segment]
    return np.where(walk.forward, u, v), np.where(walk.forward, v, u)


def ordered(network: StreetNetwork, base: int = 0, mode: str = "foot") -> tuple[Traversals, ...]:
    """Cover all required segments of a drawn network and put the tour in order."""
    graph = graph_of(network, mode)
    tour = cover(graph, np.flatnonzero(network.required), base)
    return walk_order(graph, tour, base, bearings(network))


def letters(drawn: str, base: str = "A", paths: str = "", mode: str = "foot") -> str:
    """Return the points that the tour of a drawing passes; `paths` need not be covered."""
    network = load(draw(drawn, dict.fromkeys(paths.split(), FOOT)))
    node = int(np.flatnonzero(network.node_id == ord(base))[0])
    (walk,) = ordered(network, node, mode)
    tail, head = ends(graph_of(network, mode), walk)
    assert (head[:-1] == tail[1:]).all()
    ids = network.node_id[np.append(tail, head[-1])]
    line = shapely.get_num_coordinates(network.geometry)
    assert (line == 2).all(), "corners are no junctions: give each point a third street"
    return "".join(map(chr, ids.tolist()))


# By hand.


def test_a_crossing_is_passed_straight_on() -> None:
    found = letters(
        """
          J
          |
        A-B-K
        | |
        C-E-F-L
       /  | |
      I   G-H
             \\
              M
        """,
        paths="BJ BK CI FL HM AB",
    )
    assert "CEF" in found or "FEC" in found
    assert "BEG" in found or "GEB" in found


def test_a_dead_end_is_walked_to_its_end_and_nowhere_else_does_one_turn_round() -> None:
    network = bare([Street(0, 1), Street(1, 2), Street(2, 0), Street(1, 3), Street(3, 4)])
    bearing = np.radians([[0, 0], [0, 0], [120, 240], [-90, -90], [-90, -90]], dtype=float)
    graph = graph_of(network)
    (walk,) = walk_order(graph, cover(graph, np.arange(5), 0), 0, bearing)
    back = walk.segment[1:][walk.segment[1:] == walk.segment[:-1]]
    assert back.tolist() == [4]


def test_the_first_time_along_a_street_is_the_patrol() -> None:
    network = bare([Street(0, 1), Street(1, 2)])
    graph = graph_of(network)
    (walk,) = walk_order(graph, cover(graph, np.arange(2), 0), 0, np.zeros((2, 2)))
    assert walk.segment.tolist() == [0, 1, 1, 0]
    assert walk.forward.tolist() == [True, True, False, False]
    assert walk.patrol.tolist() == [True, True, False, False]


def test_patrol_keeps_its_direction_where_the_other_way_takes_another_surcharge() -> None:
    #  0 -> 1 ridden, 1 -> 0 pushed: patrol costs more beside transit one way than the other.
    network = bare([Street(0, 1, backward=PUSH)])
    graph = graph_of(network, "bike")
    tour = cover(graph, np.arange(1), 1)
    (walk,) = walk_order(graph, tour, 1, np.zeros((1, 2)))
    assert walk.forward.tolist() == [False, True]
    assert walk.patrol.tolist() == [False, True]
    assert walk.cost(graph).sum() * graph.tick_s == tour.pass_s


def test_a_street_that_returns_to_its_junction_is_passed_once() -> None:
    network = bare([Street(0, 0), Street(0, 1)])
    graph = graph_of(network)
    (walk,) = walk_order(graph, cover(graph, np.arange(2), 1), 1, np.zeros((2, 2)))
    assert walk.segment.tolist() == [1, 0, 1]


def test_pieces_apart_are_walks_of_their_own_the_base_first() -> None:
    network = bare([Street(2, 3), Street(0, 1)])
    graph = graph_of(network)
    walks = walk_order(graph, cover(graph, np.arange(2), 1), 1, np.zeros((2, 2)))
    assert [walk.segment.tolist() for walk in walks] == [[1, 1], [0, 0]]


def test_a_base_that_nothing_ties_to_the_streets_leaves_them_a_walk_of_their_own() -> None:
    network = bare([Street(1, 2)])
    graph = graph_of(network)
    walks = walk_order(graph, cover(graph, np.arange(1), 0), 0, np.zeros((1, 2)))
    assert [walk.segment.tolist() for walk in walks] == [[0, 0]]


def test_nothing_to_cover_is_no_walk() -> None:
    network = bare([Street(0, 1, required=False)])
    graph = graph_of(network)
    assert walk_order(graph, cover(graph, np.arange(0), 0), 0, np.zeros((1, 2))) == ()
    nothing = Traversals(
        np.empty(0, dtype=np.int64), np.empty(0, dtype=bool), np.empty(0, dtype=bool)
    )
    assert shift_loops(graph, nothing, 3600.0) == ()


def test_a_ride_that_does_not_exist_has_no_order() -> None:
    network = bare([Street(0, 1, foot=False, backward=NO_WAY)])
    graph = graph_of(network, "bike")
    with pytest.raises(ValueError, match="does not exist"):
        walk_order(graph, cover(graph, np.arange(1), 0), 0, np.zeros((1, 2)))


def test_a_long_walk_becomes_loops_from_the_base_that_fit_a_shift() -> None:
    #  Three dead ends of 100 m at the base: 90 s of patrol and 75 s back, each.
    network = bare([Street(0, i) for i in (1, 2, 3)])
    graph = graph_of(network)
    (walk,) = walk_order(graph, cover(graph, np.arange(3), 0), 0, np.zeros((3, 2)))
    times = [
        [loop.total_s for loop in shift_loops(graph, walk, shift_s, talk)]
        for shift_s, talk in ((600.0, 1.0), (330.0, 1.0), (329.0, 1.0), (330.0, 1.5), (10.0, 1.0))
    ]
    assert times[0] == [495.0]
    assert sorted(times[1]) == [165.0, 330.0]
    assert times[2] == [165.0] * 3
    # Two ends in one loop would take 330 s of walking and half as much talk.
    assert times[3] == [247.5] * 3
    assert times[4] == [165.0] * 3


@pytest.mark.parametrize(("shift_s", "talk"), [(0.0, 1.0), (np.nan, 1.0), (600.0, 0.9)])
def test_a_shift_of_no_time_and_talk_below_none_are_refused(shift_s: float, talk: float) -> None:
    network = bare([Street(0, 1)])
    graph = graph_of(network)
    (walk,) = walk_order(graph, cover(graph, np.arange(1), 0), 0, np.zeros((1, 2)))
    with pytest.raises(ValueError, match="shift"):
        shift_loops(graph, walk, shift_s, talk)


# On any streets.


@st.composite
def streets(draw_from: st.DrawFn, *, by_bike: bool = False) -> tuple[StreetNetwork, np.ndarray]:
    """Up to ten streets between up to six junctions, with loops and parallels, and bearings."""
    nodes = draw_from(st.integers(2, 6))
    node = st.integers(0, nodes - 1)
    length = st.integers(1, 300).map(float)
    back = st.sampled_from([RIDE, RIDE, PUSH, NO_WAY]) if by_bike else st.just(RIDE)
    kind = st.builds(
        Street, node, node, length, st.booleans(), st.just(value=True), st.just(RIDE), back
    )
    network = bare(draw_from(st.lists(kind, min_size=1, max_size=10)), nodes)
    angle = st.integers(-12, 12).map(lambda x: x * np.pi / 12)
    size = 2 * len(network)
    angles = draw_from(st.lists(angle, min_size=size, max_size=size))
    return network, np.array(angles, dtype=float).reshape(-1, 2)


def check_order(graph: TravelGraph, tour: Tour, base: int, walks: tuple[Traversals, ...]) -> None:
    """Check that walks are the traversals of a tour, in an order that can be followed."""
    whole = Traversals.concatenated(walks)
    for walk in walks:
        tail, head = ends(graph, walk)
        assert (head == np.roll(tail, -1)).all()
    assert whole.cost(graph).sum() == tour.steps.cost(graph).sum()
    assert whole.cost(graph).sum() * graph.tick_s == tour.pass_s
    passed = [(p.segment * 2 + (p.forward & (not graph.symmetric))) for p in (whole, tour.steps)]
    assert Counter(passed[0].tolist()) == Counter(passed[1].tolist())
    assert sorted(whole.segment[whole.patrol]) == sorted(tour.steps.segment[tour.steps.patrol])
    here = graph.component[graph.u[tour.steps.segment]]
    assert len(walks) == len(np.unique(here))
    if (here == graph.component[base]).any():
        assert ends(graph, walks[0])[0][0] == base


@settings(max_examples=200)
@given(streets(), st.integers(0, 1))
def test_a_walk_is_the_tour_in_order(drawn: tuple[StreetNetwork, np.ndarray], base: int) -> None:
    network, bearing = drawn
    graph = graph_of(network)
    tour = cover(graph, np.flatnonzero(network.required), base)
    walks = walk_order(graph, tour, base, bearing)
    check_order(graph, tour, base, walks)
    whole = Traversals.concatenated(walks)
    _, first = np.unique(whole.segment, return_index=True)
    assert set(np.flatnonzero(whole.patrol).tolist()) <= set(first.tolist())


@settings(max_examples=200)
@given(streets(by_bike=True), st.integers(0, 1))
def test_a_ride_is_the_tour_in_order_and_legal(
    drawn: tuple[StreetNetwork, np.ndarray], base: int
) -> None:
    network, bearing = drawn
    graph = graph_of(network, "bike")
    tour = cover(graph, np.flatnonzero(network.required), base)
    if not np.isfinite(tour.pass_s):
        return
    walks = walk_order(graph, tour, base, bearing)
    check_order(graph, tour, base, walks)
    whole = Traversals.concatenated(walks)
    use = np.where(
        whole.forward, network.bike_forward[whole.segment], network.bike_backward[whole.segment]
    )
    assert (use != NO_WAY).all()


@settings(max_examples=200)
@given(streets(), st.integers(0, 1))
def test_nobody_turns_round_on_a_street_who_could_go_on(
    drawn: tuple[StreetNetwork, np.ndarray], base: int
) -> None:
    network, bearing = drawn
    graph = graph_of(network)
    tour = cover(graph, np.flatnonzero(network.required), base)
    for walk in walk_order(graph, tour, base, bearing):
        tail, head = ends(graph, walk)
        come, leave = walk.segment, np.roll(walk.segment, -1)
        for k in np.flatnonzero((come == leave) & (tail != head)):
            others = (head == head[k]) & (come != come[k]) & (leave != come[k])
            assert not others.any()


# Loops.


def least(graph: TravelGraph, walk: Traversals, shift_s: float, talk: float) -> tuple[int, float]:
    """Try every way to split a walk; give the fewest loops and their least time."""
    roads = nx.DiGraph()
    tail, head = ends(graph, walk)
    roads.add_nodes_from(range(graph.node_count))
    for u, v, cost in (
        *zip(graph.u.tolist(), graph.v.tolist(), graph.forward.tolist(), strict=True),
        *zip(graph.v.tolist(), graph.u.tolist(), graph.backward.tolist(), strict=True),
    ):
        if np.isfinite(cost) and cost < roads.get_edge_data(u, v, {"s": np.inf})["s"]:
            roads.add_edge(u, v, s=cost)
    base = int(tail[0])
    out = nx.single_source_dijkstra_path_length(roads, base, weight="s")
    home = nx.single_source_dijkstra_path_length(roads.reverse(), base, weight="s")
    cost = walk.cost(graph)
    rows = np.flatnonzero(walk.patrol).tolist()
    best = (len(rows) + 1, np.inf)
    for cuts in itertools.product((False, True), repeat=len(rows) - 1):
        starts = [0, *(k + 1 for k, cut in enumerate(cuts) if cut), len(rows)]
        total, fits = 0.0, True
        for a, b in itertools.pairwise(starts):
            one, last = rows[a], rows[b - 1]
            time = out[int(tail[one])] + cost[one : last + 1].sum() + home[int(head[last])]
            fits &= b == a + 1 or time <= shift_s / talk / graph.tick_s
            total += time
        if fits:
            best = min(best, (len(starts) - 1, total * graph.tick_s * talk))
    return best


@settings(max_examples=150)
@given(
    streets(by_bike=True),
    st.sampled_from(["foot", "bike"]),
    st.integers(60, 1500).map(float),
    st.sampled_from([1.0, 1.25, 4 / 3]),
)
def test_loops_return_to_the_base_fit_a_shift_and_take_no_more_than_they_must(
    drawn: tuple[StreetNetwork, np.ndarray], mode: str, shift_s: float, talk: float
) -> None:
    network, bearing = drawn
    graph = graph_of(network, mode)
    tour = cover(graph, np.flatnonzero(network.required), 0)
    if not np.isfinite(tour.pass_s):
        return
    for walk in walk_order(graph, tour, 0, bearing):
        loops = shift_loops(graph, walk, shift_s, talk)
        base = ends(graph, walk)[0][0]
        for loop in loops:
            tail, head = ends(graph, loop.steps)
            assert (tail[0], head[-1]) == (base, base)
            assert (head[:-1] == tail[1:]).all()
            assert np.isfinite(loop.seconds).all()
            assert loop.total_s <= shift_s * (1 + 1e-12) or loop.steps.patrol.sum() == 1
            moving = loop.steps.cost(graph).sum() * graph.tick_s
            assert loop.total_s == pytest.approx(moving * talk, rel=1e-12)
        whole = Traversals.concatenated([loop.steps for loop in loops])
        assert whole.segment[whole.patrol].tolist() == walk.segment[walk.patrol].tolist()
        total = sum(loop.total_s for loop in loops)
        fewest, least_s = least(graph, walk, shift_s, talk)
        assert len(loops) == fewest
        assert total == pytest.approx(least_s, rel=1e-12)
