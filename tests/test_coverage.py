"""One pass of a beat: never under the bound, never better than the truth, exact in one piece."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
from drawing import NO_WAY, PUSH, RIDE, Street, bare, draw, load, segment
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from reso_geo import Cover, cover, travel_graph, travel_times
from reso_geo.network import components
from reso_geo.settings import Range, load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo import StreetNetwork
    from reso_geo.coverage import TravelGraph

SETTINGS = load_settings()
TICK_S = 2.0**-11  # at 4.8 km/h
FOOT = {"highway": "footway"}


def graph_of(network: StreetNetwork, mode: str = "foot") -> TravelGraph:
    return travel_graph(network, travel_times(network, SETTINGS), mode)


def tour(network: StreetNetwork, base: int = 0, mode: str = "foot") -> Cover:
    """Cover all required segments of a network."""
    return cover(graph_of(network, mode), np.flatnonzero(network.required), base)


def ticks(seconds: NDArray[np.float64]) -> list[int]:
    """Give times in whole ticks; nothing is rounded away."""
    whole = seconds / TICK_S
    assert (whole == np.round(whole)).all()
    return whole.astype(int).tolist()


def walk_s(metres: float) -> float:
    """Give the seconds of a transit on foot, 4.8 km/h."""
    return metres * 0.75


def check(network: StreetNetwork, base: int, found: Cover) -> None:
    """Check what holds for every answer: order of figures, parity, one piece."""
    graph = graph_of(network, found.mode)
    assert found.lower_bound_s <= found.pass_s + 1e-9
    assert found.patrol_s <= found.pass_s + 1e-9
    assert found.deadhead_s >= -1e-9
    assert 0.0 <= found.gap <= 1.0
    dead = found.deadhead
    required = np.setdiff1d(np.flatnonzero(network.required), found.missed)
    u = np.concatenate((network.u[required], np.repeat(graph.a[dead.edge], dead.copies)))
    v = np.concatenate((network.v[required], np.repeat(graph.b[dead.edge], dead.copies)))
    ends = np.bincount(np.concatenate((u, v)), minlength=graph.node_count)
    assert (ends % 2 == 0).all()
    assert (dead.copies >= 1).all()
    label = components(graph.node_count, u, v)
    assert len(set(label[np.append(u, base)].tolist())) == dead.apart + 1
    assert dead.cost_ms == (graph.cost_ms[dead.edge] * dead.copies).sum()
    assert dead.proven_ms <= dead.cost_ms


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
    assert found.deadhead.pieces == 2


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
    assert found.deadhead.apart == 2
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
    outside = set(graph_of(network).segment[found.deadhead.edge].tolist()) - set(beat.tolist())
    assert outside == {segment(network, "FG")}
    assert found.deadhead_s == pytest.approx(walk_s(30 + 30 + 2 * 20), rel=1e-3)


def test_one_way_street_by_bicycle_is_ridden_and_pushed_back() -> None:
    network = bare([Street(0, 1, backward=PUSH)])
    found = tour(network, mode="bike")
    assert found.patrol_s == 36.0  # 10 km/h along it
    assert found.deadhead_s == 75.0  # pushed back at 4.8 km/h
    assert found.lower_bound_s == 36.0 + 24.0


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
    assert found.lower_bound_s == 2 * 36.0


def test_way_back_that_is_far_off_is_found() -> None:
    one_way = Street(0, 1, foot=False, backward=NO_WAY)
    round_about = [(1, *range(2, 13)), (*range(2, 13), 0)]
    back = [Street(a, b, required=False) for a, b in zip(*round_about, strict=True)]
    found = tour(bare([one_way, *back]), mode="bike")
    # Ridden twice (the choice of streets is made as if both directions were open), back twice.
    assert found.pass_s == pytest.approx(36.0 + 24.0 + 2 * 12 * 24.0)


def test_ride_into_a_one_way_without_return_does_not_exist() -> None:
    network = bare([Street(0, 1, foot=False, backward=NO_WAY)])
    found = tour(network, mode="bike")
    assert found.pass_s == np.inf
    assert found.lower_bound_s == 36.0 + 24.0
    assert (found.exact, found.gap) == (False, 1.0)


# The truth on tiny networks.


def best_on_foot_ms(network: StreetNetwork, base: int) -> float:
    """Try 0, 1 or 2 extra walks of every segment; give the cheapest closed tour."""
    times = travel_times(network, SETTINGS)
    transit = times.foot_s / times.tick_s
    required = np.flatnonzero(network.required)
    moves = np.flatnonzero(network.foot & (network.u != network.v))
    choices = np.array(list(itertools.product(range(3), repeat=len(moves))))
    nodes = np.arange(len(network.node_id))
    touches = ((network.u[:, None] == nodes).astype(int) + (network.v[:, None] == nodes)) % 2
    even = (choices @ touches[moves] + touches[required].sum(axis=0)) % 2 == 0
    choices = choices[even.all(axis=1)]
    costs = choices @ transit[moves]
    for k in np.argsort(costs, kind="stable"):
        used = np.concatenate((required, moves[choices[k] > 0]))
        u, v = network.u[used], network.v[used]
        label = components(len(nodes), u, v)
        if len(set(label[np.append(u, base)].tolist())) == 1:
            return float((times.foot_patrol_s[required] / times.tick_s).sum() + costs[k])
    return np.inf


LENGTHS = st.one_of(
    st.integers(1, 400).map(float), st.sampled_from([0.001, 0.01, 100.0, 100.0, 5000.0])
)


@st.composite
def tiny(draw_from: st.DrawFn, most: int = 8, *, by_bike: bool = False) -> StreetNetwork:
    """Up to a few streets between up to six junctions, with loops and parallels."""
    nodes = draw_from(st.integers(2, 6))
    ends = st.integers(0, nodes - 1)
    uses = st.sampled_from([RIDE, RIDE, PUSH, NO_WAY]) if by_bike else st.just(RIDE)
    streets = draw_from(
        st.lists(
            st.builds(
                Street, ends, ends, LENGTHS, st.booleans(), st.just(value=True), st.just(RIDE), uses
            ),
            min_size=1,
            max_size=most,
        )
    )
    return bare(streets, nodes)


@settings(max_examples=150)
@given(tiny(), st.integers(0, 1))
def test_foot_tour_stands_between_the_bound_and_the_truth(
    network: StreetNetwork, base: int
) -> None:
    found = tour(network, base)
    check(network, base, found)
    truth_ms = best_on_foot_ms(network, base)
    if found.deadhead.apart:
        assert truth_ms == np.inf
        return
    assert found.lower_bound_s / TICK_S <= truth_ms <= found.pass_s / TICK_S
    if found.deadhead.pieces == 1:
        assert found.exact
    if found.exact:
        assert truth_ms == found.pass_s / TICK_S


def test_tour_of_scattered_streets_ties_nothing_twice() -> None:
    streets = [Street(4, 8, 20.0), Street(0, 6, 40.0), Street(9, 6, 20.0), Street(5, 7, 20.0)]
    streets.append(Street(3, 2, 50.0))
    paths = [(4, 2, 50.0), (4, 9, 50.0), (7, 4, 10.0), (7, 0, 20.0), (7, 2, 20.0), (5, 8, 10.0)]
    network = bare([*streets, *(Street(a, b, m, required=False) for a, b, m in paths)])
    found = tour(network)
    check(network, 0, found)
    assert found.deadhead.pieces == 4
    assert found.pass_s / TICK_S == best_on_foot_ms(network, 0)


def best_by_bike_ms(network: StreetNetwork, base: int) -> float:
    """Solve the windy rural postman problem as an integer programme with a connecting flow."""
    times = travel_times(network, SETTINGS)
    transit = [s / times.tick_s for s in times.transit_s("bike")]
    patrol = [s / times.tick_s for s in times.patrol_s("bike")]
    arcs, costs = [], []  # (tail, head, segment or -1)
    for s in range(len(network)):
        for way, (a, b) in enumerate([(network.u[s], network.v[s]), (network.v[s], network.u[s])]):
            for first in (True, False):
                price = (patrol if first else transit)[way][s]
                if np.isfinite(price) and (network.required[s] or not first):
                    arcs.append((int(a), int(b), s if first else -1))
                    costs.append(price)
    required = np.flatnonzero(network.required)
    goals = sorted({int(n) for s in required for n in (network.u[s], network.v[s])} - {base})
    many, nodes = len(arcs), range(len(network.node_id))
    most = 2 * len(network) + 2
    # Variables: rides of every arc (whole), then the flow that ties every goal to the base.
    rows, low, high = [], [], []
    for n in nodes:
        out = np.array([(a == n) - (b == n) for a, b, _ in arcs], dtype=float)
        rows.append(np.concatenate((out, np.zeros(many))))
        rows.append(np.concatenate((np.zeros(many), out)))
        supply = len(goals) if n == base else -float(n in goals)
        low += [0.0, supply]
        high += [0.0, supply]
    for s in required:
        rows.append(np.array([float(arc[2] == s) for arc in arcs] + [0.0] * many))
        low.append(1.0)
        high.append(1.0)
    for k in range(many):
        row = np.zeros(2 * many)
        row[k], row[many + k] = -max(len(goals), 1), 1.0
        rows.append(row)
        low.append(-np.inf)
        high.append(0.0)
    if not many:
        return np.inf if len(required) else 0.0
    answer = milp(
        np.concatenate((costs, np.zeros(many))),
        integrality=np.repeat([1, 0], many),
        bounds=Bounds(0, np.repeat([most, max(len(goals), 1)], many)),
        constraints=LinearConstraint(np.array(rows), low, high),
        options={"mip_rel_gap": 0.0},
    )
    return float(answer.fun) if answer.success else np.inf


@settings(max_examples=80)
@given(tiny(most=6, by_bike=True), st.integers(0, 1))
def test_bike_tour_stands_between_the_bound_and_the_truth(
    network: StreetNetwork, base: int
) -> None:
    found = tour(network, base, "bike")
    reached = replace(network, required=np.isin(np.arange(len(network)), found.missed, invert=True)
                      & network.required)  # fmt: skip
    if found.deadhead.apart:
        assert not found.exact
        return
    truth_ms = best_by_bike_ms(reached, base)
    assert found.lower_bound_s / TICK_S <= truth_ms + 0.5
    assert truth_ms <= found.pass_s / TICK_S + 0.5
    assert (found.pass_s == np.inf) == (truth_ms == np.inf)
    if found.exact:
        assert found.pass_s / TICK_S == truth_ms


@settings(max_examples=40)
@given(tiny())
def test_bike_without_one_ways_rides_as_a_walker_walks(network: StreetNetwork) -> None:
    on_foot, riding = tour(network), tour(network, mode="bike")
    check(network, 0, riding)
    # The same metres at another pace; each copy of a street may be a rounded tick off.
    as_a_walker_ms = riding.deadhead.cost_ms * 15.0 / 4.8
    assert as_a_walker_ms == pytest.approx(on_foot.deadhead.cost_ms, abs=100.0)
    assert riding.pass_s == riding.patrol_s + riding.deadhead.cost_ms * TICK_S


# What must not matter.


@given(tiny(), st.randoms())
def test_order_and_direction_of_the_segments_change_nothing(
    network: StreetNetwork, random: object
) -> None:
    order = list(range(len(network)))
    random.shuffle(order)
    streets = [
        Street(int(network.v[s]), int(network.u[s]), network.length_m[s], bool(network.required[s]))
        if random.random() < 0.5
        else Street(
            int(network.u[s]), int(network.v[s]), network.length_m[s], bool(network.required[s])
        )
        for s in order
    ]
    one, other = tour(network), tour(bare(streets, len(network.node_id)))
    assert (one.pass_s, one.lower_bound_s) == pytest.approx((other.pass_s, other.lower_bound_s))


@given(tiny())
def test_twice_the_pace_takes_half_the_time(network: StreetNetwork) -> None:
    fast = replace(
        SETTINGS,
        foot_patrol_kmh=Range(8.0, 8.0, 8.0, "km/h", "here"),
        foot_transit_kmh=Range(9.6, 9.6, 9.6, "km/h", "here"),
    )
    slow_tour = tour(network)
    graph = travel_graph(network, travel_times(network, fast), "foot")
    fast_tour = cover(graph, np.flatnonzero(network.required), 0)
    rounding_s = 0.002 * (3 * len(network) + 1)
    if slow_tour.deadhead.pieces == 1:
        assert 2 * fast_tour.pass_s == pytest.approx(slow_tour.pass_s, abs=rounding_s)
    assert 2 * fast_tour.lower_bound_s == pytest.approx(slow_tour.lower_bound_s, abs=rounding_s)


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
    if not before.deadhead.apart:
        assert after.lower_bound_s <= before.lower_bound_s + 1e-9


# The matching library.


def join_ms(edges: Sequence[tuple[int, int, int]], odd: Sequence[int]) -> int:
    """Give the cost of the cheapest T-join: a matching of shortest paths."""
    graph = nx.Graph()
    for a, b, cost in edges:
        if a != b and cost < graph.get_edge_data(a, b, {"cost": np.inf})["cost"]:
            graph.add_edge(a, b, cost=cost)
    between = nx.Graph()
    for a in odd:
        far = nx.single_source_dijkstra_path_length(graph, a, weight="cost")
        between.add_weighted_edges_from((a, b, far[b]) for b in odd if b > a)
    pairs = nx.min_weight_matching(between)
    return sum(between.edges[pair]["weight"] for pair in pairs)


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
    edges, proven_ms = graph.t_join(odd)
    costs = ticks(travel_times(network, SETTINGS).foot_s)
    truth = join_ms(
        [(a, b, cost) for (a, b), cost in zip(ends, costs, strict=True)],
        np.flatnonzero(odd).tolist(),
    )
    assert graph.cost_ms[edges].sum() == proven_ms == truth


def test_bound_stays_proven_where_costs_are_too_large_to_be_exact() -> None:
    dice = np.random.default_rng(7)
    ends = [(i, i + 1) for i in range(9)] + dice.integers(0, 10, (20, 2)).tolist()
    lengths = dice.uniform(1e4, 1e6, len(ends))  # days on foot
    network = bare([Street(a, b, m) for (a, b), m in zip(ends, lengths, strict=True)])
    graph = graph_of(network)
    odd = np.arange(10) < 6
    edges, proven_ms = graph.t_join(odd)
    costs = ticks(travel_times(network, SETTINGS).foot_s)
    truth = join_ms(
        [(a, b, cost) for (a, b), cost in zip(ends, costs, strict=True)], list(range(6))
    )
    assert proven_ms <= truth <= graph.cost_ms[edges].sum()
    assert proven_ms == pytest.approx(truth, rel=1e-4)


def test_bound_stays_proven_where_small_costs_vanish_beside_a_large_one() -> None:
    dice = np.random.default_rng(1)
    ends = [(i, i + 1) for i in range(9)] + dice.integers(0, 10, (20, 2)).tolist()
    lengths = dice.uniform(0.001, 0.3, len(ends))
    network = bare(
        [Street(a, b, m) for (a, b), m in zip(ends, lengths, strict=True)] + [Street(0, 10, 1e7)]
    )
    graph = graph_of(network)
    odd = np.isin(np.arange(11), range(6))
    edges, proven_ms = graph.t_join(odd)
    costs = ticks(travel_times(network, SETTINGS).foot_s)
    truth = join_ms(
        [(a, b, cost) for (a, b), cost in zip(ends, costs, strict=False)], list(range(6))
    )
    assert proven_ms <= truth < graph.cost_ms[edges].sum()


# A real neighbourhood.


def neighbourhood(network: StreetNetwork, start: int, size: int) -> NDArray[np.int64]:
    """Give the required segments nearest to a junction that hang together."""
    graph = nx.MultiGraph()
    for s in np.flatnonzero(network.required):
        graph.add_edge(int(network.u[s]), int(network.v[s]), key=int(s))
    found: dict[int, None] = {}
    for node in nx.bfs_tree(graph, start):
        near = sorted(key for _, _, key in graph.edges(node, keys=True))
        found |= dict.fromkeys(near)
        if len(found) >= size:
            break
    return np.array(list(found)[:size])


@pytest.mark.parametrize("place", [0.2, 0.5, 0.8])
def test_tour_of_a_neighbourhood_is_the_one_that_networkx_finds(
    sample_network: StreetNetwork, place: float
) -> None:
    network = sample_network
    middle = np.flatnonzero(network.required)
    start = int(network.u[middle[int(place * len(middle))]])
    beat = neighbourhood(network, start, 130)
    found = cover(graph_of(network), beat, start)
    assert found.deadhead.pieces == 1
    assert found.exact
    times = travel_times(network, SETTINGS)
    costs = times.foot_s / times.tick_s
    walked = np.flatnonzero(network.foot)
    edges = [(int(network.u[s]), int(network.v[s]), int(costs[s])) for s in walked]
    ends = np.bincount(np.concatenate((network.u[beat], network.v[beat])))
    odd = np.flatnonzero(ends % 2 == 1).tolist()
    assert len(odd) > 20
    patrol_ms = (times.foot_patrol_s[beat] / times.tick_s).sum()
    assert found.pass_s / TICK_S == patrol_ms + join_ms(edges, odd)


@pytest.mark.parametrize("mode", ["foot", "bike"])
def test_figures_of_a_scattered_beat_hold_together(
    sample_network: StreetNetwork, mode: str
) -> None:
    network = sample_network
    dice = np.random.default_rng(3)
    required = np.flatnonzero(network.required)
    beat = np.sort(dice.choice(required, 40, replace=False))
    held = np.isin(np.arange(len(network)), beat)
    scattered = replace(network, required=held)
    base = int(network.u[beat[0]])
    found = cover(graph_of(network, mode), beat, base)
    check(scattered, base, found)
    assert found.deadhead.pieces > 10
    shuffled = cover(graph_of(network, mode), dice.permutation(beat), base)
    assert shuffled.pass_s == pytest.approx(found.pass_s)
    assert shuffled.lower_bound_s == pytest.approx(found.lower_bound_s)
