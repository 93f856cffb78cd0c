"""Odd requests and odd streets: what the cutter does with each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cutting import (
    beats_are_sound,
    beside,
    bridged,
    cut,
    grid,
    on_foot,
    path,
    searched,
    star,
    streets,
    two_cities,
)

from reso_geo import CutRequest
from reso_geo.districting import DistrictingProblem
from reso_geo.errors import InfeasibleError, UsageError
from reso_geo.i18n import Phrase
from reso_geo.network import MOTORWAY, RAILWAY, RIVER, components
from reso_geo.partition import cut_beats, lock_beats
from reso_geo.plan.balance import sentence_of


def test_one_beat_is_everything() -> None:
    network = grid(6, 7)
    partition = cut(network, CutRequest(1))
    assert partition.beat_of.tolist() == [0] * len(network)


@pytest.mark.parametrize("beats", [2, 3, 7])
def test_a_path_is_cut_into_stretches_and_a_star_into_bundles(beats: int) -> None:
    for network in (path(60), star(60)):
        partition = cut(network, CutRequest(beats))
        beats_are_sound(network, partition)
        held = np.bincount(partition.beat_of)
        assert held.max() - held.min() <= 60 / beats * 0.1 + 1


def test_islands_get_beats_by_their_load() -> None:
    network = beside(grid(9, 9), grid(6, 6), east_m=2000.0)
    partition = cut(network, CutRequest(12))
    beats_are_sound(network, partition)
    assert not partition.annexed
    west = set(partition.beat_of[:144].tolist())
    assert not west & set(partition.beat_of[144:].tolist())
    assert len(west) == round(12 * 144 / 204)


def test_an_island_smaller_than_a_beat_joins_the_nearest_one_and_is_named() -> None:
    network = beside(grid(9, 9), path(2), east_m=850.0)
    found = searched(network, CutRequest(3))
    partition = found.partition
    beats_are_sound(network, partition)
    (islets,) = partition.annexed.values()
    assert islets.tolist() == [144, 145]
    (annexed,) = found.diagnostics
    assert network.segment_id[144] in str(sentence_of(annexed))


@pytest.mark.parametrize("flag", [MOTORWAY, RAILWAY, RIVER])
def test_no_beat_lies_on_both_sides_of_a_barrier_where_each_has_whole_beats(flag: int) -> None:
    sides = beside(grid(8, 8), grid(8, 8), east_m=800.0)
    network = bridged(sides, (31, 64 + 24), flag)
    partition = cut(network, CutRequest(6))
    beats_are_sound(network, partition)
    west = set(partition.beat_of[:112].tolist())
    east = set(partition.beat_of[112:224].tolist())
    assert not west & east
    assert len(west) == len(east) == 3


def test_a_beat_crosses_the_only_bridge_where_neither_side_has_whole_beats() -> None:
    sides = beside(grid(8, 8), grid(8, 8), east_m=800.0)
    network = bridged(sides, (31, 64 + 24), RIVER)
    partition = cut(network, CutRequest(3))
    beats_are_sound(network, partition)
    assert set(partition.beat_of[:112].tolist()) & set(partition.beat_of[112:224].tolist())


def test_a_city_without_streets_to_cover_gets_no_beat() -> None:
    plan = two_cities(6, 12, line_m=600.0)
    pairs = list(zip(plan.u.tolist(), plan.v.tolist(), strict=True))
    required = (plan.city == 0).tolist()
    network = streets(pairs, plan.node_xy.copy(), plan.city.tolist(), required)
    partition = cut(network, CutRequest(3))
    assert set(partition.city.tolist()) == {0}
    assert (partition.beat_of[network.required] >= 0).all()


def test_what_a_lock_splits_is_cut_or_joined_and_never_broken() -> None:
    network = grid(5, 19)
    first = cut(network, CutRequest(5))
    (middle,) = [first.beat_id[2]]
    own = first.segments_of(2)
    rest = np.setdiff1d(np.arange(len(network)), own)
    label = components(len(network.node_id), network.u[rest], network.v[rest])
    assert len(set(label[network.u[rest]].tolist())) == 2
    second = cut(network, CutRequest(5), locked=lock_beats(first, [middle]))
    assert np.array_equal(second.segments_of(second.beat_id.index(middle)), own)
    beats_are_sound(network, second)
    assert len(second.beat_id) == 5


def test_locks_that_leave_nobody_for_the_rest_say_how_many_posts_it_takes() -> None:
    network = two_cities(6, 12, line_m=600.0)
    first = cut(network, CutRequest(4))
    kept = lock_beats(first, first.beat_id[:1])
    with pytest.raises(InfeasibleError, match=r"beat A-01 holds 1 post of 2;.*at least 3 posts"):
        cut(network, CutRequest(2), locked=kept)
    beats_are_sound(network, cut(network, CutRequest(3), locked=kept))


def test_locks_and_posts_name_beats_that_there_are() -> None:
    network = grid(6, 6)
    first = cut(network, CutRequest(2))
    with pytest.raises(UsageError, match=r"X-09.*A-01, A-02"):
        lock_beats(first, ["X-09"])
    with pytest.raises(UsageError, match=r"X-09.*A-01, A-02"):
        cut(network, CutRequest(3, posts={"X-09": 2}))
    with pytest.raises(UsageError, match=r"A-01.*keeps its posts"):
        cut(network, CutRequest(3, posts={"A-01": 2}), locked=lock_beats(first, ["A-01"]))


def test_seats_count_the_posts_of_locked_beats() -> None:
    network = two_cities(6, 12, line_m=600.0)
    first = cut(network, CutRequest(4, seats={"A": 2, "B": 2}))
    request = CutRequest(5, seats={"A": 3, "B": 2})
    second = cut(network, request, locked=lock_beats(first, ["A-02"]))
    assert np.bincount(second.city).tolist() == [3, 2]
    assert set(second.beat_id) == {"A-01", "A-02", "A-03", "B-01", "B-02"}
    beats_are_sound(network, second)


@pytest.mark.parametrize("rows", [3, 8])
def test_streets_that_ask_nothing_are_cut_evenly_and_a_warning_says_so(rows: int) -> None:
    network, graph, load = on_foot(grid(rows, rows))
    nothing = np.zeros(len(network))
    load = replace(load, walk_s=nothing.copy(), contact_s=nothing.copy(), cadence=nothing.copy())
    found = cut_beats(DistrictingProblem.of(network, graph, load), CutRequest(3))
    partition = found.partition
    beats_are_sound(network, partition)
    held = np.bincount(partition.beat_of)
    assert held.max() - held.min() <= 2 + len(network) // 30
    assert "no_load" in {one.kind for one in found.diagnostics}


def test_streets_that_all_ask_the_same_are_shared_evenly() -> None:
    network, graph, load = on_foot(grid(12, 12))
    partition = cut_beats(DistrictingProblem.of(network, graph, load), CutRequest(4)).partition
    share = np.bincount(partition.beat_of) / len(network)
    assert share == pytest.approx(np.full(4, 0.25), rel=0.05)


@pytest.mark.parametrize("rows", [3, 9])
def test_a_street_that_asks_more_than_all_others_leaves_them_to_the_other_beats(rows: int) -> None:
    network = grid(rows, rows)
    visits = np.zeros(len(network))
    visits[4] = 1e9
    found = searched(network, CutRequest(3), stop_s=visits)
    partition = found.partition
    beats_are_sound(network, partition)
    if rows > 3:
        heavy = partition.beat_id[partition.beat_of[4]]
        blocked = [one for one in found.diagnostics if one.kind == "blocked"]
        assert any(heavy in str(sentence_of(one)) for one in blocked)


def test_more_posts_than_streets_of_a_given_city_names_both_numbers() -> None:
    network = two_cities(2, 10, line_m=700.0)
    held = int((network.city == 1).sum())
    seats = {"A": 1, "B": held + 1}
    with pytest.raises(InfeasibleError, match=rf"{held + 2} beats.*{len(network)} segments"):
        cut(network, CutRequest(held + 2, seats=seats))


def test_fewer_posts_than_cities_names_the_cities() -> None:
    with pytest.raises(InfeasibleError, match=r"1 beat for 2 cities \(A, B\)"):
        cut(two_cities(4, 4, line_m=200.0), CutRequest(1))


def test_a_time_limit_that_is_too_short_gives_sound_beats_and_says_so() -> None:
    network = grid(25, 25)
    found = searched(network, CutRequest(12, tolerance=0.001, time_limit_s=0.01))
    beats_are_sound(network, found.partition)
    assert len(found.partition.beat_id) == 12
    assert found.status == "out_of_time"
    (stopped,) = (one for one in found.diagnostics if one.kind != "blocked")
    assert sentence_of(stopped) == Phrase("partition.time_limit", {"limit": 0.01})


@pytest.mark.parametrize("officers", ["3", 2.5, True])
def test_posts_that_are_no_whole_number_are_refused(officers: object) -> None:
    said = rf"^CutRequest\.officers is {officers!r}; it must be a whole number\.$"
    with pytest.raises(UsageError, match=said):
        CutRequest(officers)


@pytest.mark.parametrize("officers", [0, -2])
def test_a_cut_asks_for_a_post_at_least(officers: int) -> None:
    with pytest.raises(UsageError, match=rf"whole number of at least 1, not {officers}\.$"):
        CutRequest(officers)


def test_a_count_of_posts_out_of_an_array_is_a_whole_number() -> None:
    assert CutRequest(np.int64(4), 2).beats == 2
