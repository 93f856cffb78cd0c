"""The engine by itself: each term of the objective, and each kind of move, on drawn streets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from cutting import Scales, bridged, grid, path, region_on, state_on, streets

from reso_geo.districting.assignment import Assignment
from reso_geo.districting.local_search import BalanceSearch
from reso_geo.districting.moves import ANY, RETURNING, HandOver, Move, Previous, Transfer
from reso_geo.districting.objective import (
    Balance,
    BarrierSplit,
    Compactness,
    Continuity,
    Objective,
)
from reso_geo.districting.region import meetings
from reso_geo.districting.trial import Trial
from reso_geo.network import RAILWAY


def test_balance_costs_nothing_inside_and_both_powers_outside() -> None:
    load_s, target_s = np.array([104.0, 90.0]), np.array([100.0, 100.0])
    assert Balance(0.05).cost(load_s, target_s) == pytest.approx(0.8**2 + 2.0**2)
    free = Balance(0.05, inside=0.8, linear=10.0, square=50.0)
    assert free.out(load_s, target_s) == pytest.approx([0.0, 1.2])
    assert free.cost(load_s, target_s) == pytest.approx(10.0 * 1.2 + 50.0 * 1.2**2)


def test_a_beat_on_both_sides_of_a_railway_costs_the_smaller_side() -> None:
    r"""Beat 0 holds three streets west of the railway, the bridge and one street east of it.

    0---1---2---3 ===bridge=== 4---5---6
    """
    west_and_east = streets([(0, 1), (1, 2), (2, 3), (4, 5), (5, 6)], 100.0 * np.eye(7, 2))
    network = bridged(west_and_east, (3, 4), RAILWAY)
    region = region_on(network)
    beats = np.array([0, 0, 0, 0, 1, 0], dtype=np.int64)
    assignment = Assignment(region, beats, 2)
    assert BarrierSplit().cost(assignment, 0) == pytest.approx(0.25)
    assert BarrierSplit().cost(assignment, 1) == 0.0
    split = BarrierSplit(any_share=0.25, much=0.5)
    assert split.cost(assignment, 0) == pytest.approx(0.25 + 0.25 * 0.5)


def test_continuity_costs_what_others_held_before_in_mean_loads() -> None:
    network = path(4)
    previous = np.array([0, 0, 1, -1])
    worth_s = np.array([10.0, 20.0, 30.0, 40.0])
    assignment = Assignment(region_on(network), np.array([1, 0, 0, 0], dtype=np.int64), 2)
    term = Continuity(previous, worth_s, mean_s=100.0)
    assert term.cost(assignment, 0) == pytest.approx(0.3)
    assert term.cost(assignment, 1) == pytest.approx(0.1)


def test_compactness_is_the_mean_walk_dearer_the_less_even() -> None:
    """Halves of a row of four streets of 100 m, from their first junctions: 50 m and 150 m."""
    network = path(4)
    share = np.array([0.5, 0.5])
    cost = Compactness(region_on(network), Scales(network), share, Balance(0.25))
    assert cost.cost(np.array([0, 0, 1, 1])) == pytest.approx(100.0)
    # One and three streets: walks of 50, 50, 150, 250 m; both beats two tolerances off.
    assert cost.cost(np.array([0, 1, 1, 1])) == pytest.approx(125.0 * (1.0 + 2.0**2))


def test_the_cost_of_beats_is_the_weighted_sum_of_their_terms() -> None:
    state = state_on(path(4), [0, 1, 1, 1], tolerance=0.5)
    worth_s = np.full(4, 30.0)
    kept = Continuity(np.array([0, 0, 1, 1]), worth_s, mean_s=120.0)
    objective = Objective(Balance(0.5), ((4.0, kept),))
    assert state.cost(Objective(Balance(0.5))) == pytest.approx(2.0)
    assert state.cost(objective) == pytest.approx(2.0 + 4.0 * 0.25)
    assert state.cost(objective.weighed("continuity", 0.0)) == pytest.approx(2.0)


def test_labels_meet_at_the_junctions_where_several_are() -> None:
    network = grid(2, 3)
    beats = (network.node_xy[network.u, 0] >= 100.0).astype(np.int64)
    assert meetings(network.u, network.v, beats) == {1: [0, 1], 4: [0, 1]}


def test_a_transfer_moves_the_streets_next_to_the_border_up_to_its_amount() -> None:
    state = state_on(path(6), [0, 0, 0, 0, 1, 1])
    assert Transfer(0, 1, 60.0).make(state.assignment, state.weight_s) == 60.0
    assert state.assignment.beat_of == [0, 0, 0, 1, 1, 1]
    assert Transfer(1, 0, 29.0).make(state.assignment, state.weight_s) == 0.0


def test_a_transfer_of_one_street_takes_the_dead_end_behind_it_too() -> None:
    """The row ends in the giver's dead end 3-4: whoever gets 2-3 gets both.

    0---1---2---3---4, beat 1 holds the first street
    """
    state = state_on(path(4), [1, 0, 0, 0])
    step = Transfer(1, 0, 60.0, single=True)
    assert step.make(state.assignment, state.weight_s) == 0.0
    state = state_on(path(5), [0, 0, 0, 0, 1])
    assert Transfer(0, 1, 60.0, single=True).make(state.assignment, state.weight_s) == 60.0
    assert state.assignment.beat_of == [0, 0, 0, 1, 1]


def test_what_returns_goes_alone_or_first() -> None:
    network = grid(2, 4)
    region = region_on(network)
    beats = (region.middle[:, 0] > 200.0).astype(np.int64)
    previous = np.zeros(len(region), dtype=np.int64)
    state = state_on(network, beats.tolist())
    before = np.where(beats == 1, 1, previous)
    border = state.assignment.border(1, 0)
    before[border[-1]] = 0
    known = Previous(before, nearer_m=500.0, worth=100.0)
    moved = Transfer(1, 0, 600.0, RETURNING).make(state.assignment, state.weight_s, known)
    assert moved == 60.0
    assert state.assignment.beat_of[border[-1]] == 0
    state = state_on(network, beats.tolist())
    Transfer(1, 0, 60.0, ANY).make(state.assignment, state.weight_s, known)
    assert state.assignment.beat_of[border[-1]] == 0


def test_nothing_crosses_a_railway_unless_it_may() -> None:
    network = bridged(streets([(0, 1), (2, 3), (3, 4)], 100.0 * np.eye(5, 2)), (1, 2), RAILWAY)
    beats = [0, 1, 1, 1]
    state = state_on(network, beats)
    assert Transfer(1, 0, 60.0).make(state.assignment, state.weight_s) == 60.0
    assert state.assignment.beat_of == [0, 1, 1, 0]
    assert Transfer(1, 0, 60.0).make(state.assignment, state.weight_s) == 0.0
    step = Transfer(1, 0, 60.0, over_barriers=True)
    assert step.make(state.assignment, state.weight_s) == 60.0
    assert state.assignment.beat_of == [0, 0, 1, 0]


def test_a_part_is_handed_over_only_where_both_beats_are_connected_then() -> None:
    state = state_on(path(5), [0, 0, 1, 1, 1])
    assert not HandOver((3,), 1, 0).make(state.assignment)
    state = state_on(path(5), [0, 0, 1, 1, 1])
    assert HandOver((2,), 1, 0).make(state.assignment)


def test_a_move_stands_only_if_it_helps_and_is_tried_once() -> None:
    state = state_on(path(6), [0, 0, 0, 0, 0, 1])
    trial = Trial(state, Objective(Balance(0.05)))
    away = Move((1, 0), "away", (Transfer(0, 1, 120.0),))
    work = state.work
    assert trial.stands(away)
    assert state.assignment.beat_of == [0, 0, 0, 1, 1, 1]
    assert state.work > work
    back = Move((1, 0), "back", (Transfer(1, 0, 60.0),))
    held = state.assignment.labels(), state.load_s.copy(), state.weight_s.copy()
    assert not trial.stands(back)
    now = state.assignment.labels(), state.load_s, state.weight_s
    assert all(np.array_equal(one, two) for one, two in zip(held, now, strict=True))
    made = []
    again = Move((1, 0), "back", (_Noted(made),))  # type: ignore[arg-type]
    assert not trial.stands(again)
    assert made == []
    trial.forget()
    trial.stands(again)
    assert made == [True]


@dataclass(frozen=True)
class _Noted:
    """A step that notes that it was made, and moves nothing."""

    made: list[bool]

    def make(self, _: Assignment) -> bool:
        self.made.append(True)
        return False


def test_the_balance_search_evens_a_row_of_beats_by_a_stub_alone() -> None:
    state = state_on(path(30), [0] * 22 + [1] * 4 + [2] * 4)
    assert BalanceSearch(state, 1.0).run()
    assert state.load_s.tolist() == [600.0, 600.0, 600.0]
