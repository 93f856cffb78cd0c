"""Rebalancing: who stays keeps id and streets, loads are even, locks hold, damage is mended."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
from cutting import grid, two_cities
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import editing, town
from towns import SETTINGS, Town, old_of, valid

from reso_geo import RebalanceRequest, save_plan
from reso_geo.atomic_files import sha256_of
from reso_geo.cli import main
from reso_geo.errors import InfeasibleError, UsageError
from reso_geo.plan_file import load_plan
from reso_geo.rebalance import continuity_of, rebalance
from reso_geo.rebalance.beat_counts import shared_from
from reso_geo.rebalance.min_cost_flow import Arc, cheapest_flow

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from reso_geo.partition import Partition


@pytest.fixture(scope="module")
def square() -> Town:
    return Town(grid(16, 16))


@pytest.fixture(scope="module")
def small() -> tuple[Town, Partition]:
    place = Town(grid(8, 8))
    return place, place.cut(5)


def test_the_cheapest_flow_takes_the_shortest_chain() -> None:
    load, low, high = np.array([9.0, 5.0, 1.0]), np.full(3, 4.0), np.full(3, 6.0)
    arcs = [Arc(0, 1, 1.0), Arc(1, 2, 1.0), Arc(0, 2, 3.0)]
    cost, flow = cheapest_flow(load, low, high, arcs)
    assert cost == pytest.approx(6.0)
    assert flow.tolist() == pytest.approx([3.0, 3.0, 0.0])


def test_what_flows_from_one_pool_is_shared_by_all_that_draw_on_it() -> None:
    load, low, high = np.array([9.0, 4.0, 4.0]), np.zeros(3), np.full(3, 7.0)
    arcs = [Arc(0, 1, 0.0), Arc(0, 2, 0.0), Arc(0, 1, 1.0)]
    cost, flow = cheapest_flow(load, low, high, arcs, [((0, 1), 1.5)])
    assert cost == pytest.approx(0.5)
    assert flow[:2].sum() == pytest.approx(1.5)
    assert flow[2] == pytest.approx(0.5)


def test_cities_get_new_beats_where_the_load_per_beat_is_largest() -> None:
    assert shared_from([50.0, 30.0, 20.0], [2, 2, 1], 8, [9, 9, 9]) == [4, 2, 2]
    assert shared_from([50.0, 30.0, 20.0], [2, 2, 1], 3, [9, 9, 9]) == [1, 1, 1]


@pytest.mark.parametrize("officers", [4, 5, 6, 7, 8, 12])
def test_beats_that_stay_keep_their_ids_and_loads_are_even(square: Town, officers: int) -> None:
    old = old_of(square.cut(6))
    found = square.rebalanced(old, officers)
    made = found.partition
    valid(square.network, made)
    assert len(made.beat_id) == officers
    assert len(set(made.beat_id) & set(old.beat_id)) == min(officers, 6)
    assert set(found.new) == set(made.beat_id) - set(old.beat_id)
    assert {one.beat_id for one in found.left} == set(old.beat_id) - set(made.beat_id)
    assert square.off(made) <= 0.08
    share = continuity_of(square.network, square.load.total_s, old, made, 0.05)
    assert share.load_share >= min(share.bound - 0.03, share.reachable - 0.01)
    assert share.bound >= share.reachable >= share.load_share


def test_a_team_that_grows_manyfold_keeps_each_old_beat_within_what_it_held(square: Town) -> None:
    old = old_of(square.cut(3))
    found = square.rebalanced(old, 14)
    made = found.partition
    valid(square.network, made)
    assert len(found.new) == 11
    assert square.off(made) <= 0.08
    share = continuity_of(square.network, square.load.total_s, old, made, 0.05)
    assert share.load_share >= share.bound - 0.03
    for name in old.beat_id:
        now = made.segments_of(made.beat_id.index(name))
        assert (old.beat_of[now] == old.beat_id.index(name)).mean() > 0.8


def test_a_valid_even_plan_stays_as_it_is(square: Town) -> None:
    old = old_of(square.cut(6))
    np.testing.assert_array_equal(square.rebalanced(old, 6).partition.beat_of, old.beat_of)


def test_the_same_request_gives_the_same_beats(square: Town) -> None:
    old = old_of(square.cut(5))
    one, two = (square.rebalanced(old, 7).partition for _ in range(2))
    np.testing.assert_array_equal(one.beat_of, two.beat_of)
    assert one.beat_id == two.beat_id


def test_locked_beats_keep_exactly_their_streets(square: Town) -> None:
    was = square.cut(6)
    old = old_of(was, locked=[was.beat_id[0]])
    made = square.rebalanced(old, 8, lock=[was.beat_id[3]]).partition
    valid(square.network, made)
    for name in (was.beat_id[0], was.beat_id[3]):
        before = was.segments_of(was.beat_id.index(name))
        np.testing.assert_array_equal(before, made.segments_of(made.beat_id.index(name)))


@settings(max_examples=8, deadline=None, derandomize=True)
@given(
    officers=st.integers(3, 8),
    locked=st.sets(st.integers(0, 4), max_size=3),
    seed=st.integers(0, 3),
)
def test_locks_hold_whatever_else_is_asked_for(
    small: tuple[Town, Partition], officers: int, locked: set[int], seed: int
) -> None:
    place, was = small
    names = [was.beat_id[beat] for beat in sorted(locked)]
    request = RebalanceRequest(officers, lock=tuple(names[:1]), seed=seed)
    old = old_of(was, locked=names[1:])
    if officers == len(locked):
        with pytest.raises(InfeasibleError, match=names[0]):
            rebalance(place.problem, old, request)
        return
    made = rebalance(place.problem, old, request).partition
    valid(place.network, made)
    assert len(made.beat_id) == officers
    for name in names:
        before = was.segments_of(was.beat_id.index(name))
        np.testing.assert_array_equal(before, made.segments_of(made.beat_id.index(name)))


def test_locks_that_leave_no_plan_are_named_with_the_nearest_request(
    small: tuple[Town, Partition],
) -> None:
    place, was = small
    with pytest.raises(InfeasibleError, match=r"\b3\b") as refused:
        place.rebalanced(old_of(was, locked=was.beat_id[:2]), 2, lock=[was.beat_id[3]])
    blocking = {was.beat_id[0], was.beat_id[1], was.beat_id[3]}
    assert {name for name in was.beat_id if name in str(refused.value)} == blocking
    with pytest.raises(InfeasibleError, match=r"\b4\b") as refused:
        place.rebalanced(old_of(was, locked=was.beat_id[:3]), 3)
    assert all(name in str(refused.value) for name in was.beat_id[:3])


def test_who_is_named_leaves(square: Town) -> None:
    was = square.cut(6)
    found = square.rebalanced(old_of(was), 6, retire=[was.beat_id[2]])
    assert was.beat_id[2] not in found.partition.beat_id
    assert len(found.new) == 1
    assert set(found.new).isdisjoint(was.beat_id)
    valid(square.network, found.partition)


@pytest.mark.parametrize("split", range(4))
def test_a_new_beat_takes_streets_of_the_beat_that_is_split(square: Town, split: int) -> None:
    was = square.cut(4)
    found = square.rebalanced(old_of(was), 5, split=[was.beat_id[split]])
    new = found.partition.segments_of(found.partition.beat_id.index(found.new[0]))
    assert (was.beat_of[new] == split).sum() > 0.15 * len(new)


def _in_two_parts(was: Partition) -> NDArray[np.int64]:
    beat_of = was.beat_of.copy()
    own = was.segments_of(3)
    beat_of[own[-4:]] = 0
    return beat_of


def _unassigned(was: Partition) -> NDArray[np.int64]:
    beat_of = was.beat_of.copy()
    beat_of[np.random.default_rng(1).choice(len(beat_of), 60, replace=False)] = -1
    return beat_of


def _one_too_large(was: Partition) -> NDArray[np.int64]:
    return np.where(was.beat_of == 1, 0, was.beat_of)


def _scattered(was: Partition) -> NDArray[np.int64]:
    draw = np.random.default_rng(2)
    return np.where(draw.random(len(was.beat_of)) < 0.2, draw.integers(0, 4, 480), was.beat_of)


@pytest.mark.parametrize("damage", [_in_two_parts, _unassigned, _one_too_large, _scattered])
@pytest.mark.parametrize("officers", [4, 5])
def test_damaged_plans_become_valid_ones(square: Town, damage, officers: int) -> None:  # noqa: ANN001 - a function
    was = square.cut(4)
    old = old_of(was, damage(was))
    made = square.rebalanced(old, officers).partition
    valid(square.network, made)
    assert square.off(made) <= 0.08
    assert set(was.beat_id) <= set(made.beat_id)


def test_no_beat_crosses_a_city_line() -> None:
    twin = Town(two_cities(10, 14, 700.0))
    old = old_of(twin.cut(4))
    made = twin.rebalanced(old, 6).partition
    valid(twin.network, made)
    for beat, city in enumerate(made.city.tolist()):
        assert (twin.network.city[made.segments_of(beat)] == city).all()


def test_what_cannot_be_is_refused_with_the_ids_and_the_nearest(square: Town) -> None:
    was = square.cut(4)
    with pytest.raises(InfeasibleError, match=was.beat_id[0]):
        square.rebalanced(old_of(was, locked=was.beat_id), 3)
    with pytest.raises(UsageError, match="2 places"):
        square.rebalanced(old_of(was), 5, split=was.beat_id[:2])
    with pytest.raises(UsageError, match="NO-01"):
        square.rebalanced(old_of(was), 4, retire=["NO-01"])
    with pytest.raises(UsageError, match=was.beat_id[0]):
        square.rebalanced(old_of(was, locked=was.beat_id[:1]), 4, retire=was.beat_id[:1])
    twin = Town(two_cities(6, 8, 400.0))
    with pytest.raises(InfeasibleError, match=r"1 post is not enough.* 2$") as told:
        twin.rebalanced(old_of(twin.cut(3)), 1)
    assert "lock" not in str(told.value)


def test_locks_that_hold_every_street_leave_none_for_a_new_post(square: Town) -> None:
    was = square.cut(4)
    with pytest.raises(InfeasibleError, match=r"hold every street to cover.* Ask for 4 posts"):
        square.rebalanced(old_of(was, locked=was.beat_id), 5)


def run(*words: str | Path) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("town") / "old.gpkg"
    save_plan(town(SETTINGS), path)
    return path


def test_the_command_writes_a_plan_with_its_posts_and_lineage(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = sha256_of(saved)
    assert run("rebalance", saved, "--officers", 4, "--out", tmp_path / "four", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    kept = answer["continuity"]
    assert 0.0 < kept["load_share"] <= 1.0
    assert 0.0 < kept["resident_share"] <= 1.0
    assert kept["moved_km"] > 0.0
    assert {row["beat_id"] for row in kept["lineage"]} == {b["beat_id"] for b in answer["beats"]}
    plan = load_plan(tmp_path / "four" / "plan.gpkg")
    assert len(plan.beats) == 4
    assert {row.step for row in plan.lineage} == {0, 1}
    old = load_plan(saved)
    assert set(old.partition.beat_id) < set(plan.partition.beat_id)
    assert len(plan.posts) == 4
    info = gpd.read_file(tmp_path / "four" / "plan.gpkg", layer="plan_info").set_index("key")
    assert info.loc["parent_sha256", "value"] == digest
    assert sha256_of(saved) == digest
    assert run("check", tmp_path / "four" / "plan.gpkg", "--quiet") == 0
    back = tmp_path / "back"
    plan_path = tmp_path / "four" / "plan.gpkg"
    assert run("rebalance", plan_path, "--officers", 3, "--out", back, "--quiet") == 0
    last = load_plan(back / "plan.gpkg")
    assert sum(post.retired for post in last.posts) == 1
    assert max(row.step for row in last.lineage) == 2


def test_the_command_mends_a_plan_damaged_by_hand_and_says_what_was_wrong(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "damaged.gpkg"
    with closing(sqlite3.connect(saved)) as one, closing(sqlite3.connect(copy)) as two:
        one.backup(two)
    with editing(copy) as base:
        base.execute("UPDATE segments SET beat_id = NULL WHERE fid % 5 = 0 AND beat_id NOT NULL")
    assert run("rebalance", copy, "--officers", 3, "--out", tmp_path / "new", "--lang", "en") == 0
    assert "In the plan it starts from" in capsys.readouterr().out
    assert run("check", tmp_path / "new" / "plan.gpkg", "--quiet") == 0


def test_the_command_refuses_in_one_line(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "none"
    assert run("rebalance", saved, "--officers", 1, "--out", out, "--lang", "en") == 1
    assert run("rebalance", saved, "--officers", 3, "--retire", "X-9", "--out", out) == 2
    assert run("rebalance", saved, "--officers", 3, "--keep", "all", "--out", out) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3
    assert not out.exists()
