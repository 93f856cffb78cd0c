"""What the tests of coverage share: towns of any kind, the truth about small ones, and a check."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from drawing import NO_WAY, PUSH, RIDE, Street, bare
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from reso_geo.coverage import Effort, Tour, TravelGraph, cover, travel_graph
from reso_geo.network import components
from reso_geo.settings import load_settings
from reso_geo.travel import travel_times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo import StreetNetwork
    from reso_geo.coverage import Depth

SETTINGS = load_settings()
TICK_S = 2.0**-11  # at 4.8 km/h
WITHOUT_END = Effort(rounds=1000, budget=10**12, edges=10**6, gap=0.0, nodes=10**6, turns=10**6)
DEPTHS: tuple[Depth, Depth] = ("fast", "final")


def graph_of(network: StreetNetwork, mode: str = "foot") -> TravelGraph:
    return travel_graph(network, travel_times(network, SETTINGS), mode)


def tour(network: StreetNetwork, base: int = 0, mode: str = "foot", depth: Depth = "fast") -> Tour:
    """Cover all required segments of a network; the final depth goes on until it is exact."""
    required = np.flatnonzero(network.required)
    return cover(graph_of(network, mode), required, base, depth, WITHOUT_END)


def walk_s(metres: float) -> float:
    """Return the seconds of a transit on foot, 4.8 km/h."""
    return metres * 0.75


def check(graph: TravelGraph, segments: NDArray[np.int64], base: int, found: Tour) -> None:
    """Recompute what an answer says from its traversal alone."""
    closed = ~(np.isfinite(graph.forward) | np.isfinite(graph.backward))
    np.testing.assert_array_equal(np.sort(found.missed), np.sort(segments[closed[segments]]))
    assert found.patrol_s <= found.pass_s
    assert found.lower_bound_s <= found.pass_s
    assert found.lower_bound_s < np.inf
    assert 0.0 <= found.gap <= 1.0
    assert found.deadhead_s >= 0.0
    if found.pass_s == np.inf:
        assert not found.exact
        return
    segment, forward, patrol = (
        found.steps.segment,
        found.steps.forward,
        found.steps.patrol,
    )
    # Every reached segment is patrolled once, nothing else is.
    np.testing.assert_array_equal(np.sort(segment[patrol]), np.sort(segments[~closed[segments]]))
    # Every direction is open, and the figures are the sums.
    transit = np.where(forward, graph.forward[segment], graph.backward[segment])
    looking = np.where(forward, graph.patrol_forward[segment], graph.patrol_backward[segment])
    cost = np.where(patrol, looking, transit)
    assert np.isfinite(cost).all()
    assert cost.sum() * graph.tick_s == found.pass_s
    assert cost[patrol].sum() * graph.tick_s == found.patrol_s
    # Whoever comes to a junction leaves it again.
    tail = np.where(forward, graph.u[segment], graph.v[segment])
    head = np.where(forward, graph.v[segment], graph.u[segment])
    out, into = (np.bincount(ends, minlength=graph.node_count) for ends in (tail, head))
    if graph.symmetric:
        assert ((out + into) % 2 == 0).all()
    else:
        np.testing.assert_array_equal(out, into)
    # All of it is connected, but for what no path connects to the base.
    label = components(graph.node_count, tail, head)
    assert len(set(label[np.append(tail, base)].tolist())) == found.apart + 1
    way = np.isfinite(graph.forward) | np.isfinite(graph.backward)
    home = components(graph.node_count, graph.u[way], graph.v[way])
    assert len(set(home[np.append(tail, base)].tolist())) == found.apart + 1


# The truth on small towns, in ticks.


def best_on_foot(graph: TravelGraph, segments: NDArray[np.int64], base: int) -> float:
    """Try 0, 1 or 2 extra walks of every segment; give the cheapest closed tour."""
    moves = np.flatnonzero(np.isfinite(graph.forward) & (graph.u != graph.v))
    choices = np.array(list(itertools.product(range(3), repeat=len(moves))))
    nodes = np.arange(graph.node_count)
    touches = ((graph.u[:, None] == nodes).astype(int) + (graph.v[:, None] == nodes)) % 2
    even = (choices @ touches[moves] + touches[segments].sum(axis=0)) % 2 == 0
    choices = choices[even.all(axis=1)]
    costs = choices @ graph.forward[moves]
    for k in np.argsort(costs, kind="stable"):
        used = np.concatenate((segments, moves[choices[k] > 0]))
        label = components(graph.node_count, graph.u[used], graph.v[used])
        if len(set(label[np.append(graph.u[used], base)].tolist())) == 1:
            return float(graph.patrol_forward[segments].sum() + costs[k])
    return np.inf


def best_ride(graph: TravelGraph, segments: NDArray[np.int64], base: int) -> float:
    """Solve the windy rural postman problem as an integer programme with a connecting flow."""
    arcs, costs = [], []  # (tail, head, segment of a first pass or -1)
    own = set(segments.tolist())
    for s, (u, v) in enumerate(zip(graph.u.tolist(), graph.v.tolist(), strict=True)):
        ways = (
            (u, v, graph.forward[s], graph.patrol_forward[s]),
            (v, u, graph.backward[s], graph.patrol_backward[s]),
        )
        for a, b, transit, patrol in ways:
            if np.isfinite(transit):
                arcs.append((a, b, -1))
                costs.append(transit)
                if s in own:
                    arcs.append((a, b, s))
                    costs.append(patrol)
    goals = sorted({int(n) for n in (*graph.u[segments], *graph.v[segments])} - {base})
    many, most = len(arcs), float(max(len(goals), 1))
    if not many:
        return np.inf if own else 0.0
    # Variables: rides of every arc (whole), then the flow that ties every goal to the base.
    rows, low, high = [], [], []
    for n in range(graph.node_count):
        out = np.array([(a == n) - (b == n) for a, b, _ in arcs], dtype=float)
        rows.append(np.concatenate((out, np.zeros(many))))
        rows.append(np.concatenate((np.zeros(many), out)))
        supply = len(goals) if n == base else -float(n in goals)
        low += [0.0, supply]
        high += [0.0, supply]
    for s in sorted(own):
        rows.append(np.array([float(arc[2] == s) for arc in arcs] + [0.0] * many))
        low.append(1.0)
        high.append(1.0)
    tie = np.hstack((-most * np.eye(many), np.eye(many)))
    answer = milp(
        np.concatenate((costs, np.zeros(many))),
        integrality=np.repeat([1, 0], many),
        bounds=Bounds(0, np.repeat([2.0 * many, most], many)),
        constraints=[
            LinearConstraint(np.array(rows), low, high),
            LinearConstraint(tie, -np.inf, 0.0),
        ],
        options={"mip_rel_gap": 0.0},
    )
    if not answer.success:
        return np.inf
    rides = np.rint(answer.x[:many])
    return float(rides @ costs)


def join_cost(edges: Sequence[tuple[int, int, int]], odd: Sequence[int]) -> int:
    """Return the cost of the cheapest T-join: a matching of shortest paths."""
    graph = nx.Graph()
    for a, b, cost in edges:
        if a != b and cost < graph.get_edge_data(a, b, {"cost": np.inf})["cost"]:
            graph.add_edge(a, b, cost=cost)
    far = {a: nx.single_source_dijkstra_path_length(graph, a, weight="cost") for a in odd}
    return matched((a, b, far[a][b]) for a, b in itertools.combinations(odd, 2))


def matched(pairs: Sequence[tuple[int, int, int]]) -> int:
    """Return the cost of the cheapest perfect matching."""
    between = nx.Graph()
    between.add_weighted_edges_from(pairs)
    return sum(between.edges[pair]["weight"] for pair in nx.min_weight_matching(between))


# Towns.

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


TICKS = st.one_of(st.integers(0, 300), st.sampled_from([0, 1, 50, 50, 10**6])).map(float)


@st.composite
def windy_towns(draw_from: st.DrawFn, most: int = 10) -> tuple[TravelGraph, NDArray[np.int64], int]:
    """Ways with any costs there and back, some required, and a base; nothing need be tied to it."""
    nodes = draw_from(st.integers(1, 7))
    ends = st.integers(0, nodes - 1)
    way = st.tuples(ends, ends, TICKS, TICKS, TICKS, TICKS, st.sampled_from("bbbbbuvx"))
    ways = draw_from(st.lists(way, min_size=1, max_size=most))
    u, v = (np.array([w[k] for w in ways]) for k in (0, 1))
    opened = np.array([w[6] for w in ways])
    there, back, more_there, more_back = (np.array([w[k] for w in ways]) for k in range(2, 6))
    there = np.where(np.isin(opened, ["b", "u"]), there, np.inf)
    back = np.where(np.isin(opened, ["b", "v"]), back, np.inf)
    graph = TravelGraph("bike", 0.5, nodes, u, v, there, back, there + more_there, back + more_back)
    required = draw_from(st.lists(st.sampled_from(range(len(ways))), unique=True, max_size=6))
    return graph, np.array(required, dtype=np.int64), draw_from(ends)
