"""Borders that people know: what they cost, and how neighbours divide their streets along them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from cutting import on_foot, region_on
from drawing import draw, load, segment
from hypothesis import given, settings
from hypothesis import strategies as st

from reso_geo.districting.assignment import Assignment
from reso_geo.districting.borders import (
    BorderSearch,
    MeetingCosts,
    Neighbours,
    PairedStreets,
    cuts_at_prices,
    divided,
    reconnected,
)
from reso_geo.districting.moves import Recut
from reso_geo.districting.objective import Border
from reso_geo.districting.params import SearchRules
from reso_geo.districting.region import parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo import StreetNetwork
    from reso_geo.districting.region import Region

T_JUNCTION = """
    A--B--C
       |
       D
    """
CROSSING = """
       E
       |
    A--B--C
       |
       D
    """
BLOCKS = """
    A-B-C-D-E-F
    | | | | | |
    G-H-I-J-K-L
    | | | | | |
    M-N-O-P-Q-R
    """
BAR = {"ABC": {"highway": "residential", "name": "Bar Street"}}
MAIN = {"ABC": {"highway": "secondary", "name": "Main Street"}}
MIDDLE = {"DJP": {"highway": "primary", "name": "Great Street"}}


def parted(network: StreetNetwork, region: Region, *streets: str) -> float:
    """Return what it costs that some streets belong to another beat than the rest."""
    own = np.zeros(len(network), dtype=np.int64)
    own[[segment(network, ends) for ends in streets]] = 1
    return region.meeting.cut(own[region.segment])


def test_a_side_street_left_behind_costs_one_and_a_street_cut_in_its_run_more() -> None:
    network = load(draw(T_JUNCTION, BAR))
    region = region_on(network)
    assert parted(network, region, "BD") == pytest.approx(1.0)
    assert parted(network, region, "AB") == pytest.approx(1.5)


def test_a_border_along_a_main_street_costs_next_to_nothing_and_across_it_much() -> None:
    network = load(draw(T_JUNCTION, MAIN))
    region = region_on(network)
    assert parted(network, region, "BD") == pytest.approx(0.05)
    assert parted(network, region, "AB") > 0.5


def test_a_border_that_turns_at_a_crossing_costs_more_than_one_that_goes_straight_on() -> None:
    network = load(draw(CROSSING, BAR | {"EBD": {"highway": "residential", "name": "Rod Street"}}))
    region = region_on(network)
    straight, corner = parted(network, region, "EB"), parted(network, region, "EB", "BC")
    assert straight == pytest.approx(1.5)
    assert corner == pytest.approx(4.0 / 3.0 + 1.0)


def test_where_two_main_streets_cross_either_may_be_the_border() -> None:
    main = {"highway": "tertiary", "name": "Rod Street"}
    network = load(draw(CROSSING, MAIN | {"EBD": main}))
    assert parted(network, region_on(network), "EB") == pytest.approx(0.05)


def costs(pairs: Sequence[tuple[int, int]], cost: Sequence[float]) -> MeetingCosts:
    """Return costs of some pairs."""
    first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    order = np.argsort(first, kind="stable")
    return MeetingCosts(first[order], second[order], np.array(cost)[order])


@settings(max_examples=60, deadline=None)
@given(data=st.data(), count=st.integers(2, 7))
def test_every_division_is_the_cheapest_of_all_that_hold_as_much(
    data: st.DataObject, count: int
) -> None:
    every = [(a, b) for a in range(count) for b in range(a)]
    pairs = data.draw(st.lists(st.sampled_from(every), min_size=1, max_size=12))
    quarter = st.integers(0, 12).map(lambda number: number / 4.0)
    cost = data.draw(st.lists(quarter, min_size=len(pairs), max_size=len(pairs)))
    pull = np.array(data.draw(st.lists(quarter, min_size=count, max_size=count))) - 1.5
    weight = np.array(data.draw(st.lists(st.integers(1, 5), min_size=count, max_size=count)))
    given_ = PairedStreets(
        np.arange(count), np.zeros(count, dtype=np.int64), weight / 4.0, pull, costs(pairs, cost)
    )
    fixed = np.arange(count) == 0, np.arange(count) == count - 1
    wanted = data.draw(st.integers(0, 12)) / 4.0

    def worth(second: np.ndarray) -> float:
        return float(given_.costs(second, 1)[0])

    some = [np.array((False, *inner, True)) for inner in product((False, True), repeat=count - 2)]
    for second, searched in cuts_at_prices(given_, fixed, np.array([wanted]), np.array([0.1])):
        assert searched.all()
        held = given_.weight[second].sum()
        as_heavy = [one for one in some if given_.weight[one].sum() == held]
        assert worth(second) <= min(map(worth, as_heavy)) + 0.01


def test_pairs_divide_side_by_side_as_each_would_alone() -> None:
    network = load(draw(BLOCKS, MIDDLE))
    _, _, street = on_foot(network)
    region = region_on(network)
    weight = 2.0 * street.total_s / street.total_s.sum()
    middle_x = region.middle[:, 0]
    own = np.arange(len(region))
    none = np.empty(0, dtype=np.int64)

    def halves(amount: float) -> Neighbours:
        east = middle_x > np.median(middle_x)
        away = (np.median(middle_x) - middle_x) / np.ptp(middle_x)
        ends = np.array([middle_x.argmin()]), np.array([middle_x.argmax()])
        at_base = ends if amount else (none, none)
        return Neighbours(own, weight, away, np.zeros(len(own)), east, at_base, amount)

    pairs = [halves(amount) for amount in (-0.2, 0.2, -0.4, 0.0)]
    params = replace(SearchRules(0.05).strict.params.borders, walk=4.0)
    together = divided(region, pairs, 0.05, params)
    alone = [divided(region, [pair], 0.05, params)[0] for pair in pairs]
    assert sum(second is not None for second in alone) > 1
    for one, other in zip(together, alone, strict=True):
        assert np.array_equal(one, other)


def middle(network: StreetNetwork, region: Region, beats: list[str]) -> np.ndarray:
    """Return labels: 0 for the named streets, 1 for the others."""
    labels = np.ones(len(network), dtype=np.int64)
    labels[[segment(network, ends) for ends in beats]] = 0
    return labels[region.segment]


def test_neighbours_move_their_border_onto_the_main_street_between_them() -> None:
    network = load(draw(BLOCKS, MIDDLE))
    _, _, street = on_foot(network)
    region = region_on(network)
    west = ["AB", "BC", "GH", "HI", "MN", "NO", "AG", "GM", "BH", "HN", "CI"]
    start = middle(network, region, west)
    search = BorderSearch(region, street.total_s, np.array([0.5, 0.5]), SearchRules(0.2))
    labels = search.run(start, 4)
    assert region.meeting.cut(labels) < 0.5 * region.meeting.cut(start)
    for beat in (0, 1):
        assert not parts(region, np.flatnonzero(labels == beat)).any()


def test_two_beats_divide_their_streets_again_so_that_about_the_amount_goes_over() -> None:
    network = load(draw(BLOCKS, MIDDLE))
    _, _, street = on_foot(network)
    region = region_on(network)
    west = ["AB", "BC", "GH", "HI", "MN", "NO", "AG", "GM", "BH", "HN", "CI"]
    assignment = Assignment(region, middle(network, region, west), 2)
    before = float(street.total_s[assignment.own(0)].sum())
    move = Recut(1, 0, 0.1 * float(street.total_s.sum()))
    assert move.make(assignment, street.total_s, SearchRules(0.05))
    gained = float(street.total_s[assignment.own(0)].sum()) - before
    assert gained == pytest.approx(move.amount_s, rel=0.5)


def test_the_border_of_a_beat_counts_half_for_each_of_the_two() -> None:
    network = load(draw(T_JUNCTION, BAR))
    region = region_on(network)
    assignment = Assignment(region, middle(network, region, ["BD"]), 2)
    border = Border()
    assert border.cost(assignment, 0) == border.cost(assignment, 1) == pytest.approx(0.5)


def test_what_is_cut_off_goes_to_the_other_beat_until_both_are_connected() -> None:
    network = load(draw(BLOCKS))
    region = region_on(network)
    own = np.arange(len(region))
    second = middle(network, region, ["AB", "QR"]) == 0
    pair = np.zeros(len(own), dtype=np.int64)
    found, whole = reconnected(region, own, second, pair, 1)
    assert whole.all()
    assert found.sum() == 1
    assert not parts(region, own, found.astype(np.int64)).max() > 1
