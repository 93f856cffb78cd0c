"""Ids of beats in an edited plan: split, renamed, mistyped, in another case."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from plan_edits import EAST, SOUTH, WEST
from plans import assign, column, segments_of, sql, town

from reso_geo import Plan, check_plan, load_plan
from reso_geo.cli import main
from reso_geo.errors import UsageError
from reso_geo.plan import beats_meant
from reso_geo.plan_check import save_check
from reso_geo.plan_check.problems import parts_of

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.settings import PatrolSettings


@pytest.fixture(scope="module")
def plan(defaults: PatrolSettings) -> Plan:
    return town(defaults)


def run(*words: str | Path) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


def connected_half(plan: Plan, beat: str) -> list[str]:
    """Name connected segments of a beat, about half of it, that leave the rest connected."""
    network, partition = plan.network, plan.partition
    own = partition.segments_of(partition.beat_id.index(beat))
    west = network.node_xy[network.u[own], 0] + network.node_xy[network.v[own], 0]
    order = own[np.argsort(west, kind="stable")]
    for count in range(len(own) // 2, 2, -1):
        taken, left = order[:count], order[count:]
        if len(parts_of(network, taken)) == len(parts_of(network, left)) == 1:
            return [str(each) for each in network.segment_id[taken]]
    raise AssertionError


@pytest.mark.parametrize("name", ["WES-03", "Gare", "WES-01b", "X-77"])
def test_a_new_id_on_one_connected_part_is_a_new_beat_with_a_post_and_a_base(
    copy: Path, plan: Plan, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = connected_half(plan, WEST)
    assign(copy, name, *part)
    out = tmp_path / "new.gpkg"
    assert run("check", copy, "--out", out, "--lang", "en") == 0
    said = capsys.readouterr().out
    assert f"New beat {name}, from segments.beat_id" in said
    assert "one post more" in said
    assert "4 beats, 4 posts" in said
    made = load_plan(out)
    at = made.partition.beat_id.index(name)
    own = made.partition.segments_of(at)
    assert sorted(made.network.segment_id[own]) == sorted(part)
    assert made.beats[at].posts == 1
    assert made.beats[at].city == "West"
    assert made.beats[at].name
    assert made.partition.base[at] in {*made.network.u[own], *made.network.v[own]}
    assert made.request.cut.officers == 4
    assert f"{name}/1" in [post.post_id for post in made.all_posts]
    assert run("check", out, "--full", "--quiet") == 0


def test_a_part_that_grows_from_two_beats_says_where_its_streets_come_from(
    copy: Path, plan: Plan
) -> None:
    assign(copy, "X-77", *segments_of(copy, WEST)[:6], *segments_of(copy, SOUTH)[:6])
    (begun,) = [e for e in check_plan(copy).edited.edits if e.kind == "beat_begun"]
    assert {WEST, SOUTH} <= set(str(begun.values["before"]).split(", "))
    assert plan.beats


@pytest.mark.parametrize(
    "statements",
    [
        ["UPDATE beats SET beat_id = 'Nord' WHERE beat_id = 'WES-01'"],
        ["UPDATE segments SET beat_id = 'Nord' WHERE beat_id = 'WES-01'"],
        [
            "UPDATE beats SET beat_id = 'Nord' WHERE beat_id = 'WES-01'",
            "UPDATE segments SET beat_id = 'Nord' WHERE beat_id = 'WES-01'",
        ],
    ],
    ids=["beats", "segments", "both"],
)
def test_a_renamed_beat_keeps_its_officer_streets_base_and_figures(
    copy: Path, plan: Plan, statements: list[str], tmp_path: Path
) -> None:
    sql(copy, *statements)
    check = check_plan(copy)
    assert check.valid
    assert [edit.kind for edit in check.edited.edits] == ["beat_renamed"]
    assert check.measured == ()
    out = tmp_path / "new.gpkg"
    save_check(check, out)
    made = load_plan(out)
    old, new = plan.partition.beat_id.index(WEST), made.partition.beat_id.index("Nord")
    assert made.partition.segments_of(new).tolist() == plan.partition.segments_of(old).tolist()
    assert made.partition.base[new] == plan.partition.base[old]
    assert made.beats[new].load_s == plan.beats[old].load_s
    assert [p.post_id for p in made.all_posts if p.beat_id == "Nord"] == ["WES-01/1"]
    assert check_plan(out).valid


def test_a_beat_renamed_and_redrawn_is_still_the_same_beat(copy: Path) -> None:
    moved = segments_of(copy, WEST)
    sql(copy, "UPDATE beats SET beat_id = 'Nord' WHERE beat_id = 'WES-01'")
    assign(copy, "Nord", *moved[:-1])
    assign(copy, SOUTH, moved[-1])
    kinds = {edit.kind for edit in check_plan(copy, repair=True).edited.edits}
    assert kinds == {"beat_renamed", "moved"}


@pytest.mark.parametrize("spelt", ["wes-01", " WES-01 ", "wes 01", "WES01", "wes-1", "Wes_01"])
def test_case_blanks_hyphens_and_zeros_are_forgiven_and_said(
    copy: Path, spelt: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assign(copy, spelt, *segments_of(copy, WEST)[:3])
    assert run("check", copy, "--lang", "fr") == 0
    said = capsys.readouterr().out
    assert "compris comme WES-01" in said or "Espaces ou nombres" in said
    assert check_plan(copy).edited.truth == "none"


@pytest.mark.parametrize(
    ("typed", "meant"), [("WSE-02", SOUTH), ("WES-O2", SOUTH), ("EAS-0l", EAST)]
)
def test_a_mistyped_id_gets_a_near_one_in_both_languages(
    copy: Path, typed: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assign(copy, typed, *segments_of(copy, WEST)[:3])
    assert run("check", copy, "--lang", "en") == 1
    assert f"did you mean {meant}?" in capsys.readouterr().out
    assert run("check", copy, "--lang", "fr") == 1
    assert f"vouliez-vous dire {meant} ?" in capsys.readouterr().out


def test_one_street_with_a_strange_id_is_no_new_beat(copy: Path) -> None:
    assign(copy, "NOPE", segments_of(copy, WEST)[0])
    check = check_plan(copy)
    assert [problem.kind for problem in check.problems] == ["unknown_beat"]
    assert "there are" in str(check.problems[0].remedy)


def test_beats_are_named_in_any_case_or_by_name(plan: Plan) -> None:
    ids, names = plan.partition.beat_id, [beat.name for beat in plan.beats]
    assert beats_meant(ids, names, ["wes-1", "EAS-01", "eas 01"]) == (WEST, EAST)
    assert plan.beat_at(plan.beats[1].name.upper()) == 1
    with pytest.raises(UsageError, match=r"Did you mean “EAS-01”\?"):
        plan.beat_at("EASS-01")
    with pytest.raises(UsageError, match="Its beats: WES-01, WES-02, EAS-01"):
        plan.beat_at("Q")
    with pytest.raises(UsageError, match="Several beats go by"):
        beats_meant(ids, ["Centre"] * 3, ["centre"])


def test_commands_take_ids_in_any_case(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("route", copy, "--beat", "wes-01", "--quiet", "--out", tmp_path / "r.gpx") == 0
    assert run("cover", copy, "--absent", "Wes 2", "--json") == 0
    json.loads(capsys.readouterr().out)
    assert run("route", copy, "--beat", "wse-02", "--out", tmp_path / "r.gpx") == 2
    assert "Vouliez-vous dire « WES-02 » ?" in capsys.readouterr().err
    locked = ["--lock", "wes-01", "--lock", "eas-1", "--officers", "3", "--quiet"]
    assert run("rebalance", copy, *locked, "--out", tmp_path / "plan") == 0
    beats = column(tmp_path / "plan" / "plan.gpkg", "SELECT beat_id FROM beats WHERE locked")
    assert sorted(map(str, beats)) == [EAST, WEST]
