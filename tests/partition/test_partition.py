"""Cutting beats: what must hold whatever the streets."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from cutting import beats_are_sound, cut, grid, path, searched, star, streets, two_cities
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reso_geo import CutRequest, load_settings
from reso_geo.districting.diagnostics import Diagnostic
from reso_geo.errors import InfeasibleError, UsageError
from reso_geo.partition import sainte_lague
from reso_geo.travel import travel_times
from reso_geo.workload import street_load

# A few streets are searched through, which is slow; more are not.
SIZES = st.one_of(
    st.tuples(st.integers(2, 3), st.integers(2, 3)), st.tuples(st.integers(4, 6), st.integers(5, 6))
)


@settings(max_examples=25, deadline=None)
@given(size=SIZES, beats=st.integers(1, 7), seed=st.integers(0, 99))
@example(size=(2, 6), beats=3, seed=0)
def test_any_number_of_beats_on_any_grid_is_connected_and_complete(
    size: tuple[int, int], beats: int, seed: int
) -> None:
    network = grid(*size)
    beats = min(beats, len(network))
    partition = cut(network, CutRequest(beats, seed=seed))
    assert len(partition.beat_id) == beats
    beats_are_sound(network, partition)


def test_as_many_beats_as_segments_gives_each_its_own() -> None:
    network = grid(3, 3)
    partition = cut(network, CutRequest(len(network)))
    assert sorted(partition.beat_of.tolist()) == list(range(len(network)))


@pytest.mark.parametrize("count", [2, 5, 12])
def test_a_star_and_a_path_can_be_cut_into_as_many_beats_as_they_have_streets(count: int) -> None:
    for network in (star(count), path(count)):
        for beats in (1, 2, count):
            beats_are_sound(network, cut(network, CutRequest(beats)))


def test_the_same_seed_gives_the_same_beats() -> None:
    network = grid(6, 7)
    first, second = (cut(network, CutRequest(5, seed=3)) for _ in range(2))
    assert np.array_equal(first.beat_of, second.beat_of)
    assert first.beat_id == second.beat_id


def test_a_large_grid_is_balanced_within_the_tolerance() -> None:
    network = grid(16, 16)
    rules = load_settings()
    partition = cut(network, CutRequest(6, tolerance=0.05))
    load = street_load(network, travel_times(network, rules), rules, "foot").total_s
    per_beat = np.bincount(partition.beat_of, weights=load)
    assert per_beat.max() <= 1.12 * per_beat.mean()


def test_no_beat_crosses_a_city_line_unless_asked() -> None:
    network = two_cities(6, 6, line_m=300.0)
    partition = cut(network, CutRequest(4))
    beats_are_sound(network, partition)
    for beat in range(4):
        assert len(set(network.city[partition.beat_of == beat].tolist())) == 1
    crossing = cut(network, CutRequest(1, cross_cities=True))
    assert len(crossing.beat_id) == 1
    with pytest.raises(InfeasibleError, match="A, B"):
        cut(network, CutRequest(1))


def test_given_seats_are_kept_and_wrong_ones_refused() -> None:
    network = two_cities(6, 6, line_m=300.0)
    partition = cut(network, CutRequest(4, seats={"A": 3, "B": 1}))
    assert partition.city.tolist().count(0) == 3
    for seats in ({"A": 3}, {"A": 2, "B": 1}, {"A": 4, "B": 0}, {"A": 2, "B": 1, "Z": 1}):
        with pytest.raises(UsageError):
            cut(network, CutRequest(4, seats=seats))


def test_a_piece_cut_off_inside_its_city_joins_the_nearest_beat_and_is_listed() -> None:
    # A===A===B===A : the last street of A hangs behind B.
    xy = np.array([(0.0, 0.0), (100.0, 0.0), (200.0, 0.0), (300.0, 0.0), (340.0, 0.0)])
    network = streets([(0, 1), (1, 2), (2, 3), (3, 4)], xy, city=[0, 0, 1, 0])
    found = searched(network, CutRequest(2))
    partition = found.partition
    beats_are_sound(network, partition)
    assert {b: s.tolist() for b, s in partition.annexed.items()} == {0: [3]}
    assert partition.beat_of[3] == partition.beat_of[0]
    annexed = [one for one in found.diagnostics if one.kind == "joined"]
    assert annexed == [Diagnostic("joined", ("A-01",), ("3:3-4",), length_m=40.0)]


def test_streets_without_required_ones_still_belong_to_a_beat() -> None:
    whole = grid(4, 4)
    required = [n % 3 == 0 for n in range(len(whole))]
    pairs = list(zip(whole.u.tolist(), whole.v.tolist(), strict=True))
    network = streets(pairs, whole.node_xy.copy(), required=required)
    beats_are_sound(network, cut(network, CutRequest(sum(required))))


def test_a_beat_of_no_officer_is_refused_with_the_least_there_can_be() -> None:
    with pytest.raises(UsageError, match="at least 1 post, not 0"):
        CutRequest(6, officers_per_beat=0)


def test_officers_per_beat_sets_the_number_of_beats() -> None:
    partition = cut(grid(5, 5), CutRequest(6, officers_per_beat=2))
    assert len(partition.beat_id) == 3
    assert partition.posts.tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    "request_of",
    [
        lambda: CutRequest(0),
        lambda: CutRequest(-3),
        lambda: CutRequest(7, officers_per_beat=2),
        lambda: CutRequest(4, tolerance=0.0),
        lambda: CutRequest(4, time_limit_s=0.0),
    ],
)
def test_a_figure_out_of_range_is_refused(request_of: object) -> None:
    with pytest.raises(UsageError):
        request_of()  # type: ignore[operator]


def test_more_beats_than_segments_names_both_numbers() -> None:
    with pytest.raises(InfeasibleError, match=r"13 beats.*12 segments"):
        cut(grid(3, 3), CutRequest(13))


@given(
    loads=st.lists(st.integers(1, 500), min_size=1, max_size=6),
    extra=st.integers(0, 30),
)
def test_sainte_lague_leaves_no_city_with_a_better_claim_to_a_seat(
    loads: list[int], extra: int
) -> None:
    seats = sainte_lague([float(load) for load in loads], len(loads) + extra)
    assert sum(seats) == len(loads) + extra
    assert min(seats) >= 1
    for a, b in product(range(len(loads)), repeat=2):
        if a != b and seats[b] > 1:
            assert loads[a] / (2 * seats[a] + 1) <= loads[b] / (2 * seats[b] - 1)
