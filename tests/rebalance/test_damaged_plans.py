"""A rebalance from a damaged plan: a valid one comes of it, and what was wrong is said."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from plan_edits import DAMAGE, EAST, SOUTH, WEST, Change, apply, shift_border
from plans import assign, segments_of, town

from reso_geo import Plan, RebalanceRequest, load_plan, read_edited_plan, rebalance_plan, save_plan
from reso_geo.partition import broken_beats, held_segments

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.settings import PatrolSettings


@pytest.fixture(scope="module")
def plan(defaults: PatrolSettings) -> Plan:
    return town(defaults)


@pytest.fixture(scope="module")
def saved(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("town") / "plan.gpkg"
    save_plan(plan, path)
    return path


def swell(path: Path, _: Plan) -> None:
    """Return WEST most of SOUTH: about half of all load in one of three beats."""
    own = segments_of(path, SOUTH)
    assign(path, WEST, *own[: 4 * len(own) // 5])


def two_parts(path: Path, plan: Plan) -> None:
    """Return the far end of WEST to the beat across the city line, and leave it apart."""
    at = plan.network.node_xy[plan.network.u, 0]
    own = plan.partition.segments_of(plan.partition.beat_id.index(WEST))
    west = own[np.argsort(at[own], kind="stable")[: len(own) // 4]]
    assign(path, EAST, *plan.network.segment_id[west].tolist())


def shuffle(path: Path, plan: Plan) -> None:
    """Assign every segment any beat."""
    draw = np.random.default_rng(5)
    ids = plan.partition.beat_id
    for segment in plan.network.segment_id.tolist():
        assign(path, ids[int(draw.integers(len(ids)))], segment)


MORE: list[tuple[Change, list[str]]] = [
    (swell, ["broken"]),
    (two_parts, ["other_city"]),
    (shuffle, ["broken"] * 3 + ["other_city"] * 3),
    ("UPDATE segments SET beat_id = NULL WHERE fid % 3 = 0", ["broken"] * 3 + ["unassigned"]),
    (
        "UPDATE segments SET beat_id = NULL WHERE beat_id = 'EAS-01'",
        ["empty_beat", "unassigned"],
    ),
    (
        "UPDATE segments SET beat_id = 'EAS-01' WHERE beat_id NOT NULL",
        ["empty_beat", "empty_beat", "other_city"],
    ),
    (
        "UPDATE segments SET beat_id = 'EAS-O1' WHERE beat_id = 'WES-01'",
        ["empty_beat", "unknown_beat"],
    ),
    ("DELETE FROM segments WHERE fid % 2 = 0", ["broken"] * 3 + ["segments_deleted"]),
    ("DELETE FROM beats", ["beats_deleted"]),
    (
        lambda p, _: shift_border(p, 150.0),
        ["gap", "other_city", "overlap", "overlap", "unassigned"],
    ),
    (
        "UPDATE beats SET beat_id = 'WES-01'; UPDATE segments SET required = NULL",
        ["bad_required", "beats_duplicated", "other_city"],
    ),
]
CASES = [(damage, wrong) for damage, wrong, _ in DAMAGE] + MORE


def test_there_are_thirty_cases() -> None:
    assert len(CASES) == 30


@pytest.mark.parametrize(("damage", "wrong"), CASES)
def test_a_valid_plan_comes_of_a_damaged_one_and_what_was_wrong_is_said(
    saved: Path, plan: Plan, tmp_path: Path, damage: Change, wrong: list[str]
) -> None:
    path, out = tmp_path / "plan.gpkg", tmp_path / "new.gpkg"
    shutil.copy(saved, path)
    apply(damage, path, plan)
    edited = read_edited_plan(path)
    made = rebalance_plan(edited, RebalanceRequest(officers=3))
    named = sorted(phrase.key.rpartition(".")[2] for phrase in made.wrong)
    assert named == wrong
    assert all(phrase.say(lang) for phrase in made.wrong for lang in ("fr", "en"))
    save_plan(made.plan, out)
    new = load_plan(out)
    network, partition = new.network, new.partition
    assert len(partition.beat_id) == 3
    assert broken_beats(network, partition) == []
    assert ((partition.beat_of >= 0) == held_segments(network)).all()
    own = partition.beat_of >= 0
    assert (network.city[own] == partition.city[partition.beat_of[own]]).all()
    assert all(network.required[partition.segments_of(beat)].any() for beat in range(3))
