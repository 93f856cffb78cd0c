"""Nothing moves for nothing: beats that are well as they are stay, to the metre."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from cutting import beside, grid, path, streets, two_cities
from drawing import draw, load
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import assign
from towns import SETTINGS, Town, old_of, valid

from reso_geo import (
    CutRequest,
    PlanRequest,
    RebalanceRequest,
    check_plan,
    load_network,
    load_plan,
    make_plan,
    read_boundary,
    save_plan,
)
from reso_geo.cli import main
from reso_geo.growth import grow
from reso_geo.rebalance import OldBeats, RebalanceParams, rebalance
from reso_geo.rebalance.unchanged import Deviation

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from reso_geo import Plan
    from reso_geo.partition import Partition
    from reso_geo.rebalance import Rebalanced


ISLAND = draw(
    """
    A---B---C---D---E   P---Q
    |   |   |   |   |
    F---G---H---I---J
    |   |   |   |   |
    K---L---M---N---O
    |   |   |   |   |
    R---S---T---U---V
    """,
    step_m=(30.0, 60.0),
)


def run(*words: str | Path) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


@pytest.fixture(scope="module")
def islands() -> tuple[Town, Partition]:
    """Cut a city of which foot cannot reach a corner, with a beat that has it."""
    place = Town(beside(grid(8, 8), grid(2, 3), 900.0))
    was = place.cut(5)
    assert sum(len(own) for own in was.annexed.values()) == 7
    return place, was


@pytest.fixture(scope="module")
def twins() -> tuple[Town, Partition]:
    place = Town(two_cities(8, 12, 550.0))
    return place, place.cut(6)


def moved(old: OldBeats, found: Rebalanced) -> NDArray[np.int64]:
    """Find the segments that have another beat than before."""
    before = np.array([*old.beat_id, ""], dtype=object)[old.beat_of]
    now = np.array([*found.partition.beat_id, ""], dtype=object)[found.partition.beat_of]
    return np.flatnonzero(before != now)


@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize("tolerance", [0.05, 0.3])
def test_a_plan_within_the_tolerance_does_not_move_a_metre(
    islands: tuple[Town, Partition], seed: int, tolerance: float
) -> None:
    place, was = islands
    request = RebalanceRequest(5, tolerance=tolerance, seed=seed)
    found = rebalance(place.problem, old_of(was), request)
    assert len(moved(old_of(was), found)) == 0
    assert found.partition.base.tolist() == was.base.tolist()
    assert {b: own.tolist() for b, own in found.partition.annexed.items()} == {
        b: own.tolist() for b, own in was.annexed.items()
    }


@pytest.mark.parametrize("beat", range(5))
def test_every_beat_can_be_locked_and_nothing_moves(
    islands: tuple[Town, Partition], beat: int
) -> None:
    place, was = islands
    found = place.rebalanced(old_of(was), 5, lock=[was.beat_id[beat]])
    assert len(moved(old_of(was), found)) == 0


def test_a_lock_that_changes_the_mean_of_the_others_moves_nothing() -> None:
    """Rows of 9, 9, 11, 11 and 10 streets: 9 of 10 is 10 % off, 12 % without the other 9."""
    place = Town(path(50))
    ends = np.cumsum([9, 9, 11, 11, 10])
    beat_of = np.searchsorted(ends, np.arange(50), side="right")
    ids = tuple(f"A-{number}" for number in range(5))
    ones = np.ones(5, dtype=np.int64)
    old = OldBeats(beat_of, ids, 0 * ones, ones, np.zeros(5, dtype=bool))
    request = RebalanceRequest(5, tolerance=0.105)
    for lock in ids:
        asked = replace(request, lock=(lock,))
        found = rebalance(place.problem, old, asked)
        assert len(moved(old, found)) == 0


@pytest.mark.parametrize("officers", [4, 6, 7])
def test_a_locked_beat_keeps_what_foot_cannot_reach_when_the_team_changes(
    islands: tuple[Town, Partition], officers: int
) -> None:
    place, was = islands
    (holder,) = was.annexed
    found = place.rebalanced(old_of(was), officers, lock=[was.beat_id[holder]])
    valid(place.network, found.partition)
    now = found.partition.beat_id.index(was.beat_id[holder])
    np.testing.assert_array_equal(found.partition.segments_of(now), was.segments_of(holder))
    assert [one.kind for one in found.diagnostics] == ["joined"]


def test_a_team_that_grows_in_one_city_moves_nothing_in_the_other(
    twins: tuple[Town, Partition],
) -> None:
    place, was = twins
    found = place.rebalanced(old_of(was), 7)
    (city,) = {int(found.partition.city[found.partition.beat_id.index(name)]) for name in found.new}
    assert set(place.network.city[moved(old_of(was), found)].tolist()) == {city}


def test_a_beat_out_of_its_range_moves_streets_in_its_own_city_only_and_is_mended(
    twins: tuple[Town, Partition],
) -> None:
    place, was = twins
    beat_of = was.beat_of.copy()
    one, two = (was.segments_of(beat) for beat in (0, 1))
    ends = np.concatenate((place.network.u[one], place.network.v[one]))
    near = two[np.isin(place.network.u[two], ends) | np.isin(place.network.v[two], ends)]
    beat_of[near[:6]] = 0
    old = old_of(was, beat_of)
    found = place.rebalanced(old, 6)
    changed = moved(old, found)
    assert len(changed) > 0
    assert set(place.network.city[changed].tolist()) == {int(was.city[0])}
    assert len(changed) <= 12
    valid(place.network, found.partition)


def test_beats_that_cannot_get_nearer_to_their_targets_stay() -> None:
    """Streets of 300, 100 and 100 m in a row: 300 and 200 m are as even as two beats can get."""
    xy = np.array([(x, 0.0) for x in (0.0, 300.0, 400.0, 500.0)])
    row = Town(streets([(0, 1), (1, 2), (2, 3)], xy))
    was = row.cut(2)
    assert was.beat_of.tolist() == [0, 1, 1]
    assert len(moved(old_of(was), row.rebalanced(old_of(was), 2))) == 0
    worse = old_of(was, np.array([0, 0, 1]))
    assert row.rebalanced(worse, 2).partition.beat_of.tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("other", "moved_s", "worth"),
    [
        (Deviation(0.05, 0.0), 100.0, True),
        (Deviation(0.05, 0.0), 600.0, False),
        (Deviation(0.11, 0.0), 100.0, False),
        (Deviation(0.10, 100.0), 10.0, False),
        (Deviation(0.10, 90.0), 40.0, True),
        (Deviation(0.05, 0.0), 0.0, False),
    ],
)
def test_a_move_pays_with_a_fifth_of_what_changes_hands(
    other: Deviation,
    moved_s: float,
    worth: bool,  # noqa: FBT001 - a case of the table
) -> None:
    assert Deviation(0.10, 100.0).worth(other, moved_s, RebalanceParams().price) == worth


@settings(max_examples=6, deadline=None, derandomize=True)
@given(before=st.integers(3, 6), after=st.integers(3, 7), damage=st.sampled_from([0.0, 0.05]))
def test_a_rebalanced_plan_stays_as_it_is(
    twins: tuple[Town, Partition], before: int, after: int, damage: float
) -> None:
    place, _ = twins
    was = place.cut(before)
    draw_ = np.random.default_rng(before)
    gone = draw_.random(len(was.beat_of)) < damage
    made = place.rebalanced(old_of(was, np.where(gone, -1, was.beat_of)), after).partition
    old = replace(old_of(made), base=made.base, annexed=made.annexed)
    assert len(moved(old, place.rebalanced(old, after))) == 0


@pytest.fixture(scope="module")
def island_plan() -> Plan:
    """Plan a town of which foot cannot reach a street, which is less than a beat."""
    network = load(ISLAND, settings=SETTINGS)
    plan = make_plan(network, settings=SETTINGS, request=PlanRequest(CutRequest(3, tolerance=0.15)))
    assert plan.annexed_ids
    return plan


@pytest.fixture
def island_file(island_plan: Plan, tmp_path: Path) -> Path:
    path = tmp_path / "plan.gpkg"
    save_plan(island_plan, path)
    return path


def test_the_commands_accept_every_lock_of_a_plan_and_nothing_moves(
    island_plan: Plan, island_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", island_file, "--quiet") == 0
    held = dict(zip(island_plan.network.segment_id, island_plan.partition.beat_of, strict=True))
    for lock in island_plan.partition.beat_id:
        for command in ("rebalance", "plan"):
            out = tmp_path / f"{command}-{lock}"
            asked = (command, island_file, "--officers", "3", "--lock", lock, "--out", out)
            capsys.readouterr()
            assert run(*asked, "--json") == 0
            answer = json.loads(capsys.readouterr().out)
            now = load_plan(out / "plan.gpkg")
            own = now.partition.segments_of(now.partition.beat_id.index(lock))
            was = {s for s, b in held.items() if b == island_plan.partition.beat_id.index(lock)}
            assert set(now.network.segment_id[own]) == was
            assert run("check", out / "plan.gpkg", "--quiet") == 0
            if command == "rebalance":
                assert answer["continuity"]["load_share"] == 1.0
                assert answer["continuity"]["bound"] == 1.0
                assert answer["continuity"]["moved_km"] == 0.0


def test_the_same_streets_in_another_file_move_nothing(
    island_plan: Plan, island_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    streets_file, out = ISLAND.write(tmp_path / "again.osm.pbf"), tmp_path / "carried"
    assert run("rebalance", island_file, "--streets", streets_file, "--out", out, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["continuity"]["moved_km"] == 0.0
    again = load_plan(out / "plan.gpkg")
    assert again.partition.beat_of.tolist() == island_plan.partition.beat_of.tolist()
    assert again.annexed_ids == island_plan.annexed_ids


def test_growing_to_the_same_number_twice_moves_nothing_the_second_time(sample_plan: Plan) -> None:
    first, second = grow(sample_plan, [18, 18])
    assert first.continuity.load_share < 1.0
    assert (second.continuity.load_share, second.continuity.moved_km) == (1.0, 0.0)
    grown = {name.partition("-")[0] for name in first.found.new}
    touched = {change.beat_id for change in first.change.beats if change.gained or change.lost}
    assert {name.partition("-")[0] for name in touched} == grown


@pytest.mark.parametrize("keep", ["load", "anchors"])
def test_the_untouched_sample_stays_to_the_metre(sample_plan: Plan, keep: str) -> None:
    (same,) = grow(sample_plan, [17], RebalanceRequest(17, keep=keep, seed=3))
    assert (same.continuity.load_share, same.continuity.bound) == (1.0, 1.0)
    assert same.continuity.moved_km == 0.0


def test_a_beat_torn_by_hand_is_told_from_one_with_a_part_that_joined_it(
    island_file: Path, island_plan: Plan
) -> None:
    assert check_plan(island_file).valid
    network, (beat,) = island_plan.network, island_plan.partition.annexed
    own = island_plan.partition.segments_of(beat)
    ends = np.concatenate((network.u[own], network.v[own]))
    apart = ~(np.isin(network.u, ends) | np.isin(network.v, ends))
    torn = str(network.segment_id[np.flatnonzero(apart & network.required)[0]])
    holder = island_plan.partition.beat_id[beat]
    assign(island_file, holder, torn)
    broken = [p for p in check_plan(island_file).problems if p.kind == "broken"]
    assert (torn,) in {p.ids for p in broken if p.beats == (holder,)}


def test_liechtenstein_stays_takes_every_lock_and_grows_in_one_commune(shared_data: Path) -> None:
    source = shared_data / "networks" / "liechtenstein.osm.pbf"
    place = Town(load_network(source, read_boundary("osm:admin_level=8", source)))
    was = place.cut(17)
    old = replace(old_of(was), base=was.base)
    assert len(moved(old, place.rebalanced(old, 17))) == 0
    for name in was.beat_id:
        assert len(moved(old, place.rebalanced(old, 17, lock=[name]))) == 0
    found = place.rebalanced(old, 18)
    (new,) = found.new
    city = int(found.partition.city[found.partition.beat_id.index(new)])
    assert set(place.network.city[moved(old, found)].tolist()) == {city}
