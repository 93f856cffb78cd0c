"""A plan on the streets of a newer extract: who holds what, and what is new, gone and redrawn."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from drawing import load, segment
from plans import sql, town, town_streets

from reso_geo import load_plan, load_settings, read_edited_plan, save_plan
from reso_geo.cli import main
from reso_geo.errors import UsageError
from reso_geo.growth import carry_over

if TYPE_CHECKING:
    from pathlib import Path

    from drawing import Drawing

    from reso_geo import Plan, StreetNetwork
    from reso_geo.growth import CarriedPlan
    from reso_geo.plan_check import EditedPlan

SETTINGS = load_settings()


def newer() -> Drawing:
    """Draw the town again: ab is gone, ij has another id, kl is cut by WZ, hX and XY are new."""
    was = town_streets()
    ids = {ends: number for number, (ends, _) in enumerate(was.ways, 1)}
    tags = {"highway": "residential"}
    ways = [(ends, tag) for ends, tag in was.ways if ends not in ("ab", "kl")]
    numbers = [900 if ends == "ij" else ids[ends] for ends, _ in ways]
    ways += [
        ("kW", {**tags, "name": "kl"}),
        ("Wl", {**tags, "name": "kl"}),
        ("WZ", {**tags, "name": "WZ"}),
        ("hX", {**tags, "name": "=new"}),
        ("XY", tags),
    ]
    (x, y), (_, south) = was.spots["k"], was.spots["p"]
    spots = {
        **was.spots,
        "W": (x + 60.0, y),
        "Z": (x + 60.0, y - 60.0),
        "X": (880.0, 0.0),
        "Y": (880.0, 0.5 * south),
    }
    return replace(was, spots=spots, ways=ways, way_ids=(*numbers, 901, 902, 903, 904, 905))


@pytest.fixture(scope="module")
def three() -> Plan:
    return town(SETTINGS)


@pytest.fixture(scope="module")
def saved(three: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("town") / "three.gpkg"
    save_plan(three, path)
    return path


@pytest.fixture(scope="module")
def edited(saved: Path) -> EditedPlan:
    return read_edited_plan(saved)


@pytest.fixture(scope="module")
def carried(three: Plan, edited: EditedPlan) -> CarriedPlan:
    return carry_over(edited, load(newer(), three.boundary, SETTINGS))


def holder(network: StreetNetwork, edited: EditedPlan, ends: str) -> str:
    return edited.beat_id[edited.beat_of[segment(network, ends)]]


def test_streets_keep_their_beat_by_id_by_place_or_by_what_they_join(
    three: Plan, edited: EditedPlan, carried: CarriedPlan
) -> None:
    new, old = carried.edited.network, three.network
    for ends, before in (("cd", "cd"), ("ij", "ij"), ("kW", "kl"), ("Wl", "kl")):
        assert holder(new, carried.edited, ends) == holder(old, edited, before)
    assert segment(new, "ij") >= 0
    assert new.segment_id[segment(new, "ij")] not in old.segment_id
    for ends in ("hX", "XY"):
        annexed = {holder(old, edited, each) for each in ("gh", "hp")}
        assert holder(new, carried.edited, ends) in annexed
    assert (carried.edited.beat_of[new.foot & (new.city >= 0)] >= 0).all()


def test_new_gone_and_redrawn_streets_are_listed_with_their_length(carried: CarriedPlan) -> None:
    found = {(street.what, street.name): street.km for street in carried.streets}
    assert found.keys() == {
        ("gone", "ab"), ("moved", "ij"), ("moved", "kl"),
        ("new", "=new"), ("new", ""), ("new", "WZ"),
    }  # fmt: skip
    assert carried.km("gone") == pytest.approx(0.12, rel=0.01)
    assert carried.km("moved") == pytest.approx(0.24, rel=0.01)
    assert found["new", "=new"] == pytest.approx(0.04, rel=0.01)
    assert carried.km("new") > found["new", "=new"] + 0.05


def test_the_same_streets_change_nothing(three: Plan, edited: EditedPlan) -> None:
    same = carry_over(edited, load(town_streets(), three.boundary, SETTINGS))
    assert same.streets == ()
    np.testing.assert_array_equal(same.edited.beat_of, edited.beat_of)
    np.testing.assert_array_equal(same.edited.plan.partition.base, three.partition.base)


def test_streets_of_another_place_are_refused(three: Plan, edited: EditedPlan) -> None:
    streets = load(newer(), three.boundary, SETTINGS)
    ids = np.array([f"x{name}" for name in streets.segment_id], dtype=object)
    moved = shapely.transform(streets.geometry, lambda xy: xy + 5000.0)
    far = replace(streets, segment_id=ids, geometry=moved)
    with pytest.raises(UsageError, match="hardly any"):
        carry_over(edited, far)
    with pytest.raises(UsageError, match="West, East"):
        carry_over(edited, replace(streets, cities=("West",)))


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


def test_the_command_carries_a_plan_over_with_as_many_posts(
    three: Plan, saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = newer().write(tmp_path / "newer.json"), tmp_path / "new"
    # Somebody left a street out by hand, which the newer extract does not know.
    copy = tmp_path / "edited.gpkg"
    copy.write_bytes(saved.read_bytes())
    sql(copy, "UPDATE segments SET required = 0 WHERE name = 'cd'")
    assert run("rebalance", copy, "--streets", source, "--out", out, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["streets"]["gone"]["km"] == pytest.approx(0.12, rel=0.01)
    assert [each["name"] for each in answer["streets"]["gone"]["streets"]] == ["ab"]
    plan = load_plan(out / "plan.gpkg")
    assert set(plan.partition.beat_id) == set(three.partition.beat_id)
    assert len(plan.anchors) == 1
    people = sum(beat.residents or 0 for beat in three.beats)
    assert sum(beat.residents or 0 for beat in plan.beats) == pytest.approx(people, abs=2)
    assert not plan.network.required[segment(plan.network, "cd")]
    assert plan.created.startswith("2024-05-06")
    assert answer["continuity"]["load_share"] > 0.7
    with (out / "streets.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream, delimiter=";"))
    assert [row[1] for row in rows if row[0] == "disparue"] == ["ab"]
    assert "'=new" in [row[1] for row in rows]
    assert run("check", out / "plan.gpkg", "--full", "--quiet") == 0
    assert run("rebalance", saved, "--out", tmp_path / "none", "--lang", "en") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "--officers" in line
