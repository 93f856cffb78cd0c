"""One pass of a beat, by hand, and what must not matter to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawing import NO_WAY, PUSH, Street, bare, draw, load, segment
from hypothesis import given, settings
from hypothesis import strategies as st
from touring import (
    DEPTHS,
    LENGTHS,
    TICK_S,
    WITHOUT_END,
    best_on_foot,
    check,
    graph_of,
    tiny,
    tour,
    walk_s,
    windy_towns,
)

from reso_geo.coverage import TravelGraph, cover
from reso_geo.coverage.rural_postman import connected_parts

if TYPE_CHECKING:
    from random import Random

    from numpy.typing import NDArray

    from reso_geo import StreetNetwork
    from reso_geo.coverage import Depth

FOOT = {"highway": "footway"}


# By hand.


def test_square_needs_no_deadhead() -> None:
    network = load(
        draw(
            """
            A---B
            |   |
            C---D
            """,
            step_m=(25.0, 50.0),
        )
    )
    found = tour(network)
    assert found.deadhead_s == 0.0
    assert found.exact
    assert found.pass_s == pytest.approx(400 * 0.9, rel=1e-3)  # 4 km/h


def test_dead_end_is_walked_there_and_back() -> None:
    found = tour(bare([Street(0, 1, 100.0)]))
    assert (found.pass_s, found.patrol_s, found.deadhead_s) == (165.0, 90.0, 75.0)
    assert found.exact


def test_three_ways_between_two_junctions_repeat_the_shortest() -> None:
    theta = bare([Street(0, 1, 300.0), Street(0, 1, 100.0), Street(0, 1, 200.0)])
    found = tour(theta)
    assert found.exact
    assert found.deadhead_s == walk_s(100.0)


def test_star_is_walked_twice() -> None:
    found = tour(bare([Street(0, i, 100.0 * i) for i in range(1, 5)]))
    assert found.exact
    assert found.deadhead_s == walk_s(1000.0)


def test_two_streets_joined_by_a_path_pay_the_path_both_ways() -> None:
    #  1 - 0 ... 2 - 3
    network = bare([Street(0, 1), Street(0, 2, 40.0, required=False), Street(2, 3)])
    found = tour(network)
    assert found.deadhead_s == walk_s(100 + 100 + 2 * 40)
    assert found.lower_bound_s == 2 * 90.0 + walk_s(200)
    assert not found.exact
    assert tour(network, depth="final").exact


def test_two_streets_side_by_side_are_walked_as_a_loop() -> None:
    #  0 - 1
    #  :   :    paths of 10 m at both ends
    #  2 - 3
    network = bare(
        [Street(0, 1), Street(2, 3), Street(0, 2, 10.0, required=False),
         Street(1, 3, 10.0, required=False)]
    )  # fmt: skip
    found = tour(network)
    assert found.deadhead_s == walk_s(20)
    assert found.exact


def test_base_away_from_the_streets_adds_the_way_there_and_back() -> None:
    square = [Street(i, (i + 1) % 4) for i in range(4)]
    found = tour(bare([*square, Street(0, 4, 60.0, required=False)]), base=4)
    assert found.deadhead_s == walk_s(120)
    assert found.patrol_s == 360.0
    near = tour(bare([*square, Street(0, 4, 60.0, required=False)]), base=2)
    assert near.deadhead_s == 0.0


def test_tour_uses_a_way_that_is_not_required_where_it_is_shorter() -> None:
    detour = [Street(0, 1, 500.0), Street(0, 1, 30.0, required=False)]
    found = tour(bare(detour))
    assert found.deadhead_s == walk_s(30)
    assert found.exact


def test_loop_is_walked_once() -> None:
    found = tour(bare([Street(0, 0, 100.0), Street(0, 1, 50.0)]))
    assert found.deadhead_s == walk_s(50)
    assert found.exact
    assert tour(bare([Street(0, 0, 100.0)])).deadhead_s == 0.0


def test_nothing_to_cover_takes_no_time() -> None:
    network = bare([Street(0, 1, required=False)])
    found = tour(network)
    assert (found.pass_s, found.lower_bound_s, found.gap) == (0.0, 0.0, 0.0)


def test_segment_closed_to_the_mode_is_missed_and_not_counted() -> None:
    network = bare([Street(0, 1), Street(1, 2, foot=False)])
    found = tour(network)
    assert found.missed.tolist() == [1]
    assert found.pass_s == 165.0


def test_pieces_that_no_way_joins_are_counted_apart() -> None:
    network = bare([Street(0, 1), Street(2, 3), Street(4, 5)])
    found = tour(network)
    assert found.apart == 2
    assert found.pass_s == 3 * 165.0
    assert not found.exact


def test_deadhead_may_leave_the_beat() -> None:
    network = load(
        draw(
            """
            A-------B
            |       |
            C       D
            |       |
            E--F-G--H
            """,
            {"FG": FOOT, "AC": FOOT, "CE": FOOT, "BD": FOOT, "DH": FOOT},
        )
    )
    beat = np.array([segment(network, ends) for ends in ("EF", "GH")])
    base = int(network.u[beat[0]])
    found = cover(graph_of(network), beat, base)
    outside = set(found.steps.segment.tolist()) - set(beat.tolist())
    assert outside == {segment(network, "FG")}
    assert found.deadhead_s == pytest.approx(walk_s(30 + 30 + 2 * 20), rel=1e-3)


def test_one_way_street_by_bicycle_is_ridden_and_pushed_back() -> None:
    network = bare([Street(0, 1, backward=PUSH)])
    found = tour(network, mode="bike")
    assert found.patrol_s == 36.0  # 10 km/h along it
    assert found.deadhead_s == 75.0  # pushed back at 4.8 km/h
    assert found.lower_bound_s == found.pass_s  # whoever rides there has to come back


def test_ring_of_one_ways_is_ridden_round() -> None:
    network = bare([Street(i, (i + 1) % 4, backward=PUSH) for i in range(4)])
    found = tour(network, mode="bike")
    assert (found.pass_s, found.exact) == (4 * 36.0, True)


def test_two_one_ways_in_the_same_direction_are_ridden_with_the_way_back_twice() -> None:
    one_way = Street(0, 1, foot=False, backward=NO_WAY)
    network = bare([one_way, one_way, Street(0, 1, 300.0, required=False)])
    found = tour(network, mode="bike")
    assert found.patrol_s == 2 * 36.0
    assert found.deadhead_s == 2 * 72.0  # 300 m at 15 km/h
    assert found.exact  # the relaxation knows that there is no other way back


def test_way_back_that_is_far_off_is_found() -> None:
    one_way = Street(0, 1, foot=False, backward=NO_WAY)
    round_about = [(1, *range(2, 13)), (*range(2, 13), 0)]
    back = [Street(a, b, required=False) for a, b in zip(*round_about, strict=True)]
    found = tour(bare([one_way, *back]), mode="bike")
    # Ridden twice (the choice of streets is made as if both directions were open), back twice.
    assert found.pass_s == pytest.approx(36.0 + 24.0 + 2 * 12 * 24.0)
    final = tour(bare([one_way, *back]), mode="bike", depth="final")
    assert (final.pass_s, final.exact) == (36.0 + 12 * 24.0, True)


@pytest.mark.parametrize("depth", DEPTHS)
def test_ride_into_a_one_way_without_return_does_not_exist(depth: Depth) -> None:
    network = bare([Street(0, 1, foot=False, backward=NO_WAY)])
    found = tour(network, mode="bike", depth=depth)
    assert found.pass_s == np.inf
    assert found.lower_bound_s == 36.0 + 24.0
    assert (found.exact, found.gap) == (False, 1.0)


@pytest.mark.parametrize("depth", DEPTHS)
def test_piece_that_no_way_ties_is_toured_on_its_own_by_bike_too(depth: Depth) -> None:
    there = [Street(0, 1, backward=PUSH), Street(1, 2, 30.0, required=False), Street(2, 3)]
    network = bare([*there, Street(4, 5, backward=PUSH)])
    required = np.flatnonzero(network.required)
    graph = graph_of(network, "bike")
    found = cover(graph, required, 0, depth, WITHOUT_END)
    check(graph, required, 0, found)
    assert found.apart == 1
    assert not found.exact
    alone = cover(graph, required[:2], 0, depth, WITHOUT_END)
    assert found.pass_s == alone.pass_s + 36.0 + 75.0


def test_tour_of_scattered_streets_ties_nothing_twice() -> None:
    streets = [Street(4, 8, 20.0), Street(0, 6, 40.0), Street(9, 6, 20.0), Street(5, 7, 20.0)]
    streets.append(Street(3, 2, 50.0))
    paths = [(4, 2, 50.0), (4, 9, 50.0), (7, 4, 10.0), (7, 0, 20.0), (7, 2, 20.0), (5, 8, 10.0)]
    network = bare([*streets, *(Street(a, b, m, required=False) for a, b, m in paths)])
    found = tour(network)
    graph, required = graph_of(network), np.flatnonzero(network.required)
    check(graph, required, 0, found)
    assert found.pass_s / TICK_S == best_on_foot(graph, required, 0)


def test_usual_effort_of_the_final_depth_never_loses_against_the_fast_one(
    sample_network: StreetNetwork,
) -> None:
    graph = graph_of(sample_network, "bike")
    dice = np.random.default_rng(11)
    required = np.flatnonzero(sample_network.required)
    for _ in range(3):
        first = int(dice.integers(len(required) - 40))
        beat = required[first : first + 40]
        base = int(sample_network.u[beat[0]])
        fast, final = (cover(graph, beat, base, depth) for depth in DEPTHS)
        check(graph, beat, base, final)
        assert fast.lower_bound_s <= final.lower_bound_s <= final.pass_s <= fast.pass_s
        assert fast.pass_s <= cover(graph, beat, base, "search").pass_s
        again = cover(graph, beat, base, "final")
        assert (again.pass_s, again.lower_bound_s) == (final.pass_s, final.lower_bound_s)


# What must not matter.


@settings(max_examples=40)
@given(tiny())
def test_bike_without_one_ways_rides_as_a_walker_walks(network: StreetNetwork) -> None:
    on_foot, riding = tour(network), tour(network, mode="bike")
    check(graph_of(network, "bike"), np.flatnonzero(network.required), 0, riding)
    # The same metres at another pace; each copy of a street may be a rounded tick off.
    as_a_walker_s = riding.deadhead_s * 15.0 / 4.8
    assert as_a_walker_s == pytest.approx(on_foot.deadhead_s, abs=100.0 * TICK_S)


@settings(max_examples=60)
@given(windy_towns(), st.randoms(use_true_random=False), st.sampled_from(DEPTHS))
def test_order_and_direction_of_the_segments_change_nothing(
    town: tuple[TravelGraph, NDArray[np.int64], int], random: Random, depth: Depth
) -> None:
    graph, required, base = town
    order = np.array(random.sample(range(len(graph.u)), len(graph.u)))
    turned = np.array([random.random() < 0.5 for _ in order])

    def either(ahead: NDArray[np.float64], back: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(turned, back[order], ahead[order])

    other = TravelGraph(
        graph.mode,
        graph.tick_s,
        graph.node_count,
        np.where(turned, graph.v[order], graph.u[order]),
        np.where(turned, graph.u[order], graph.v[order]),
        either(graph.forward, graph.backward),
        either(graph.backward, graph.forward),
        either(graph.patrol_forward, graph.patrol_backward),
        either(graph.patrol_backward, graph.patrol_forward),
    )
    place = np.argsort(order)[required]
    one = cover(graph, required, base, depth, WITHOUT_END)
    two = cover(other, place, base, depth, WITHOUT_END)
    assert (one.pass_s, one.lower_bound_s) == (two.pass_s, two.lower_bound_s)
    # The order in which a beat is given matters no more.
    three = cover(graph, required[::-1], base, depth, WITHOUT_END)
    assert (one.pass_s, one.lower_bound_s) == (three.pass_s, three.lower_bound_s)


@settings(max_examples=60)
@given(windy_towns(), st.randoms(use_true_random=False))
def test_numbers_of_the_junctions_change_no_cost(
    town: tuple[TravelGraph, NDArray[np.int64], int], random: Random
) -> None:
    graph, required, base = town
    number = np.array(random.sample(range(graph.node_count), graph.node_count))
    other = replace(graph, u=number[graph.u], v=number[graph.v])
    fast = [cover(g, required, b) for g, b in ((graph, base), (other, int(number[base])))]
    final = [
        cover(g, required, b, "final", WITHOUT_END)
        for g, b in ((graph, base), (other, int(number[base])))
    ]
    assert fast[0].lower_bound_s == fast[1].lower_bound_s
    assert (final[0].pass_s, final[0].exact) == (final[1].pass_s, final[1].exact)


@given(tiny(), LENGTHS, st.integers(0, 1), st.integers(0, 1))
def test_one_more_way_never_raises_the_bound(
    network: StreetNetwork, length_m: float, a: int, b: int
) -> None:
    more = bare(
        [
            *(
                Street(int(u), int(v), metres, bool(required))
                for u, v, metres, required in zip(
                    network.u, network.v, network.length_m, network.required, strict=True
                )
            ),
            Street(a, b, length_m, required=False),
        ],
        len(network.node_id),
    )
    before, after = tour(network), tour(more)
    if not before.apart:
        assert after.lower_bound_s <= before.lower_bound_s


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("mode", ["foot", "bike"])
def test_figures_of_a_scattered_beat_hold_together(
    sample_network: StreetNetwork, mode: str, depth: Depth
) -> None:
    network = sample_network
    dice = np.random.default_rng(3)
    graph = graph_of(network, mode)
    base = int(network.u[np.flatnonzero(network.required)[1000]])
    near_m = np.linalg.norm(network.node_xy[network.u] - network.node_xy[base], axis=1)
    beat = np.sort(dice.choice(np.argsort(near_m[network.required])[:120], 30, replace=False))
    beat = np.flatnonzero(network.required)[beat]
    found = cover(graph, beat, base, depth)
    check(graph, beat, base, found)
    assert len(set(connected_parts(graph, beat, base)[graph.u[beat]].tolist())) > 10
    shuffled = cover(graph, dice.permutation(beat), base, depth)
    assert (shuffled.pass_s, shuffled.lower_bound_s) == (found.pass_s, found.lower_bound_s)
