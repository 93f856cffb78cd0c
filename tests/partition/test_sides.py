"""Sides of barriers are cut one by one, and few beats lie on two of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from cutting import as_drawn, beats_are_sound, beside, cut, grid, on_foot, streets
from hypothesis import given, settings
from hypothesis import strategies as st

from reso_geo import CutRequest
from reso_geo.districting.assignment import Assignment
from reso_geo.districting.evaluator import Evaluator
from reso_geo.districting.params import SearchRules
from reso_geo.districting.region import parts
from reso_geo.districting.state import SearchState
from reso_geo.network import MOTORWAY, RAILWAY, RIVER
from reso_geo.partition.carriageways import with_twins
from reso_geo.partition.components import region_of
from reso_geo.partition.construct.barrier_sides import SideSearch, cut_by_sides, few_crossings

if TYPE_CHECKING:
    from reso_geo import StreetNetwork
    from reso_geo.districting.region import Region

ROWS = 6


def banks(*columns: int, bridges: int = 3, flag: int = RIVER) -> tuple[StreetNetwork, list[int]]:
    """Draw grids beside each other, neighbours joined by bridges; give each one's first street.

    +--+--+       +--+
    |  |  |=======|  |      = a bridge, one in each of some rows
    +--+--+       +--+
    """
    whole, first = grid(ROWS, columns[0]), [0]
    ends: list[tuple[int, int]] = []
    east_m = 100.0 * columns[0]
    for before, many in pairwise(columns):
        west = len(whole.node_id) - ROWS * before
        east = len(whole.node_id)
        for row in range(bridges):
            place = row * (ROWS - 1) // max(bridges - 1, 1)
            ends.append((west + place * before + before - 1, east + place * many))
        first.append(len(whole))
        whole = beside(whole, grid(ROWS, many), east_m)
        east_m += 100.0 * many
    pairs = [*zip(whole.u.tolist(), whole.v.tolist(), strict=True), *ends]
    crosses = np.zeros(len(pairs), dtype=np.uint8)
    crosses[len(whole) :] = flag
    first.append(len(whole))
    return replace(streets(pairs, whole.node_xy.copy()), crossed=crosses), first


def piece_on(network: StreetNetwork) -> Region:
    _, _, load = on_foot(network)
    return region_of(network, load.total_s, np.arange(len(network)))


def on_two_sides(region: Region, cell: np.ndarray, count: int) -> int:
    """Count the cells with streets on more than one side, crossings left out."""
    side = region.side[region.u]
    kept = ~region.barred
    return sum(len(set(side[kept & (cell == beat)].tolist())) > 1 for beat in range(count))


@pytest.mark.parametrize("flag", [MOTORWAY, RAILWAY, RIVER])
def test_one_beat_at_most_lies_on_both_banks_however_many_bridges_there_are(flag: int) -> None:
    network, (west, east, end) = banks(8, 11, bridges=6, flag=flag)
    partition = cut(network, CutRequest(4))
    beats_are_sound(network, partition)
    both = set(partition.beat_of[west:east].tolist()) & set(partition.beat_of[east:end].tolist())
    assert len(both) == 1


def test_open_crossings_join_the_sides_as_a_tree_where_first_cells_lie_on_both() -> None:
    network, _ = banks(4, 4, 4, bridges=3)
    region = piece_on(network)
    bridges = np.flatnonzero(region.barred)
    cell = np.arange(len(region)) % 2
    cell[bridges] = 2 + np.arange(len(bridges))
    cell[region.u == region.u[bridges[1]]] = cell[bridges[1]]
    cell[region.v == region.v[bridges[1]]] = cell[bridges[1]]
    narrow = few_crossings(region, region.load_s, cell)
    opened = np.flatnonzero(narrow.barred & ~narrow.shut)
    assert len(opened) == 2
    assert bridges[1] in opened


@settings(max_examples=25, deadline=None)
@given(
    columns=st.lists(st.integers(2, 6), min_size=1, max_size=4),
    bridges=st.integers(1, 4),
    beats=st.integers(1, 9),
    seed=st.integers(0, 9),
)
def test_cells_by_sides_are_connected_complete_and_few_lie_on_two(
    columns: list[int], bridges: int, beats: int, seed: int
) -> None:
    network, _ = banks(*columns, bridges=bridges)
    region = piece_on(network)
    weight = region.load_s + 1.0
    narrow = few_crossings(region, weight, np.zeros(len(region), dtype=np.int64))
    cell = cut_by_sides(narrow, weight, beats, SideSearch(0.015, 0.05, seed))
    assert set(cell.tolist()) == set(range(beats))
    for beat in range(beats):
        assert not parts(region, np.flatnonzero(cell == beat)).any()
    assert on_two_sides(region, cell, beats) <= len(columns) - 1


def test_a_move_that_does_not_help_leaves_no_trace() -> None:
    network, graph, load = on_foot(grid(6, 9))
    region = region_of(network, load.total_s, np.arange(len(network)))
    evaluator = Evaluator(as_drawn(network, graph, load))
    east = (region.middle[:, 0] > 400.0).astype(np.int64)
    rules = SearchRules(0.05)
    state = SearchState(Assignment(region, east, 2), evaluator, np.full(2, 0.5), rules)
    before = state.assignment.labels(), state.load_s.copy(), state.weight_s.copy()
    given = [s for s in state.assignment.own(1).tolist() if state.assignment.touches(s, 0)]

    def move() -> bool:
        for segment in given:
            state.assignment.give(segment, 0)
        return True

    assert given
    assert not state.tried((0, 1), move, lambda: False)
    after = state.assignment.labels(), state.load_s, state.weight_s
    assert all(np.array_equal(one, two) for one, two in zip(before, after, strict=True))
    assert state.changes == [0, 0]
    assert state.tried((0, 1), move, lambda: True)
    assert (state.assignment.labels()[given] == 0).all()
    assert state.load_s[0] > before[1][0]


def test_the_second_carriageway_goes_to_the_beat_of_its_street_unless_it_holds_its_own() -> None:
    """Only the upper carriageway of a boulevard counts; beats are cut between 3 and 4.

    0---1---2---3---4---5---6
    |   |   |   |   |   |   |
    7---8---9--10--11--12--13
    """
    whole = grid(2, 7)
    required = [True] * 6 + [False] * 6 + [True] * 7
    pairs = list(zip(whole.u.tolist(), whole.v.tolist(), strict=True))
    twin_of = np.array([-1] * 6 + list(range(6)) + [-1] * 7)
    network = replace(streets(pairs, whole.node_xy.copy(), required=required), twin_of=twin_of)
    region = piece_on(network)
    upper, lower, across = [0, 0, 0, 1, 1, 1], [0, 1, 1, 1, 1, 1], [0, 0, 0, 0, 1, 1, 1]
    cell = with_twins(network, region, np.array(upper + lower + across), 2)
    assert cell.tolist() == [*upper, *upper, *across]
    held = [0, 0, 1, 1, 1, 1]
    cell = with_twins(network, region, np.array(upper + held + across), 2)
    assert cell.tolist() == [*upper, *upper, *across]
    holding = np.array([0, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1])
    assert np.array_equal(with_twins(network, region, holding, 2), holding)
