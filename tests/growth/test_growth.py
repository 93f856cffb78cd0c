"""Ladders of plans: who stays, who comes back, and what each officer is told of it."""

from __future__ import annotations

import csv
import dataclasses
import json
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from plans import town

from reso_geo import RebalanceRequest, load_plan, load_settings, read_edited_plan, save_plan
from reso_geo.atomic_files import sha256_of
from reso_geo.cli import main
from reso_geo.cli.commands import grow as grow_command
from reso_geo.errors import UsageError
from reso_geo.growth import (
    TOLERANCES,
    AnchorChange,
    BeatChange,
    PlanChange,
    RebalancedPlan,
    StreetChange,
    frontier,
    grow,
)
from reso_geo.report import save_change_letters, save_change_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reso_geo import Plan

SETTINGS = load_settings()


@pytest.fixture(scope="module")
def three() -> Plan:
    """Return a plan of two cities in three beats."""
    return town(SETTINGS)


@pytest.fixture(scope="module")
def plain(three: Plan) -> tuple[RebalancedPlan, ...]:
    return grow(three, [4, 5, 3])


@pytest.fixture(scope="module")
def back(three: Plan) -> tuple[RebalancedPlan, ...]:
    return grow(three, [5, 4, 3, 2, 4, 6], restore=True)


@pytest.fixture(scope="module")
def saved(three: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("town") / "three.gpkg"
    save_plan(three, path)
    return path


def ids(made: RebalancedPlan | Plan) -> set[str]:
    plan = made.plan if isinstance(made, RebalancedPlan) else made
    return set(plan.partition.beat_id)


def holders(plan: Plan) -> np.ndarray:
    return np.array([*plan.partition.beat_id, ""], dtype=object)[plan.partition.beat_of]


def same_share(one: Plan, two: Plan) -> float:
    """Return the share of street load that one beat id holds in both plans."""
    same = holders(one) == holders(two)
    return float(one.load.total_s[same].sum() / one.load.total_s.sum())


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


def test_each_step_goes_on_from_the_one_before(
    three: Plan, plain: tuple[RebalancedPlan, ...]
) -> None:
    assert [len(made.plan.beats) for made in plain] == [4, 5, 3]
    before = three
    for made in plain:
        share = same_share(before, made.plan)
        assert made.continuity.load_share == pytest.approx(share)
        assert made.since_first.load_share == pytest.approx(same_share(three, made.plan))
        assert len(ids(before) & ids(made)) == min(len(before.beats), len(made.plan.beats))
        before = made.plan


def test_lineage_leads_from_the_last_plan_to_the_first(
    three: Plan, plain: tuple[RebalancedPlan, ...]
) -> None:
    rows = plain[-1].plan.lineage
    assert [max(r.step for r in made.plan.lineage) for made in plain] == [1, 2, 3]
    plans = [three, *(made.plan for made in plain)]
    for step in (1, 2, 3):
        own = [row for row in rows if row.step == step]
        assert {row.beat_id for row in own} == ids(plans[step])
        assert {row.parent_beat_id for row in own} <= ids(plans[step - 1])
        for beat in ids(plans[step]):
            assert sum(r.load_share for r in own if r.beat_id == beat) == pytest.approx(1.0)


def test_an_id_that_left_never_returns_by_itself(three: Plan) -> None:
    two, again = grow(three, [2, 3])
    (gone,) = ids(three) - ids(two)
    assert gone not in ids(again)
    assert again.returned == ()
    assert [post.retired for post in again.plan.posts if post.beat_id == gone] == [True]


def test_a_team_of_its_former_size_has_its_former_beats(
    three: Plan, back: tuple[RebalancedPlan, ...]
) -> None:
    third = back[2]
    assert ids(third) == ids(three)
    assert third.since_first.load_share == pytest.approx(same_share(three, third.plan))
    assert third.since_first.load_share >= 0.85
    largest, smallest = third.plan.balance
    assert max(largest - 1.0, 1.0 - smallest) <= max(
        0.05, three.balance[0] - 1.0 + 1e-9, 1.0 - three.balance[1] + 1e-9
    )


def test_who_came_last_leaves_first_and_streets_go_to_their_former_holder(
    three: Plan, back: tuple[RebalancedPlan, ...]
) -> None:
    five, four, third = back[:3]
    assert ids(three) < ids(four) < ids(five)
    (gone,) = ids(five) - ids(four)
    assert [one.beat_id for one in four.found.left] == [gone]
    assert (four.found.left[0].reason, four.found.left[0].posts) == ("youngest", 5)
    freed = (holders(five.plan) == gone) & three.network.required
    home = holders(three)[freed] == holders(four.plan)[freed]
    load = three.load.total_s[freed]
    assert load[home].sum() > 0.5 * load.sum()
    assert ids(third) == ids(three)


def test_posts_that_left_return_with_id_name_and_streets_before_new_ones_come(
    three: Plan, back: tuple[RebalancedPlan, ...]
) -> None:
    four, _, two, again, six = back[1:]
    returned = ids(four) - ids(two)
    assert set(again.returned) == returned == ids(again) - ids(two)
    assert again.found.new == ()
    assert same_share(four.plan, again.plan) >= 0.85
    names = {beat.beat_id: beat.name for beat in four.plan.beats}
    assert {beat.beat_id: beat.name for beat in again.plan.beats} == names
    posts = {post.post_id: post.retired for post in again.plan.posts}
    assert sum(not retired for retired in posts.values()) == 4
    assert all(not posts[f"{beat}/1"] for beat in returned)
    # Five had one more: it returns too, and only the sixth is new.
    assert len(six.returned) == 1
    assert len(six.found.new) == 1
    assert six.found.new[0] not in ids(back[0])
    assert three.partition.beat_id[0] in ids(six)


def test_what_one_beat_gains_another_loses(plain: tuple[RebalancedPlan, ...]) -> None:
    for made in plain:
        change = made.change
        assert {beat.beat_id for beat in change.beats} >= ids(made)
        gained = {(s.other, b.beat_id, s.name): s for b in change.beats for s in b.gained}
        lost = {(b.beat_id, s.other, s.name): s for b in change.beats for s in b.lost}
        assert gained.keys() == lost.keys()
        assert all(gained[key].km == lost[key].km for key in gained)
        assert sum(s.km for s in gained.values()) == pytest.approx(change.moved_km)
        assert change.moved_km == pytest.approx(made.continuity.moved_km)
        assert change.moved_km > 0.0
        assert sum(s.residents or 0.0 for s in gained.values()) == pytest.approx(change.residents)
        for beat in change.beats:
            more = sum(s.km for s in beat.gained) - sum(s.km for s in beat.lost)
            assert beat.after_km - beat.before_km == pytest.approx(more)
        here = [a.name for beat in change.beats for a in beat.anchors_gained]
        there = [a.name for beat in change.beats for a in beat.anchors_lost]
        assert len(here) == len(there) == change.anchors
        assert {b.state for b in change.beats if b.beat_id in made.found.new} <= {"new"}
        left = {beat.beat_id for beat in change.beats if beat.state == "left"}
        assert left == {one.beat_id for one in made.found.left}


EVIL = "=1+1 [a](http://x.example) <script>*b*\n# c www.x.example"


def test_names_stay_names_in_table_and_letters(tmp_path: Path) -> None:
    street = StreetChange(EVIL, "B-2", 0.05, whole=False, residents=12.0)
    anchor = AnchorChange("@" + EVIL, "-kind", "B-2")
    beat = BeatChange("B-1", EVIL, "stays", 2.0, 1.95, (), (street,), (), (anchor,))
    other = BeatChange("B-2", "", "new", 0.0, 0.05, (street,), (), (), ())
    same = BeatChange("B-3", "C", "stays", 1.0, 1.0, (), (), (), ())
    change = PlanChange(1, 2, (beat, other, same), 0.05, 12.0, 1, "2026-01-01")
    for lang, mark in (("fr", ";"), ("en", ",")):
        save_change_table(change, tmp_path / "c.csv", lang)
        save_change_letters(change, tmp_path / "c.md", lang)
        with (tmp_path / "c.csv").open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream, delimiter=mark))
        assert {len(row) for row in rows} == {11}
        assert [row[0] for row in rows[1:]] == ["B-1", "B-1", "B-2", "B-3"]
        assert not [cell for row in rows for cell in row if cell.startswith(tuple("=+-@\n"))]
        assert rows[1][7] == ("0,05" if lang == "fr" else "0.05")
        text = (tmp_path / "c.md").read_text(encoding="utf-8")
        assert "50\u00a0m" in text
        assert r"\[a\](http\://x.example) \<script\>\*b\* \# c www\.x.example" in text
        assert [line[:6] for line in text.splitlines() if line.startswith("#")] == [
            f"# {'Ce q' if lang == 'fr' else 'What'}",
            "## B-1",
            "## B-2",
            "## San" if lang == "fr" else "## Unc",
        ]


def test_no_letter_says_that_a_post_leaves_unless_that_was_asked_for(tmp_path: Path) -> None:
    street = StreetChange("Rue A", "B-2", 0.4, whole=True, residents=None)
    gone = BeatChange("B-1", "Ouest", "left", 0.4, 0.0, (), (street,), (), ())
    taker = BeatChange(
        "B-2", "Est", "stays", 1.0, 1.4, (dataclasses.replace(street, other="B-1"),), (), (), ()
    )
    change = PlanChange(2, 1, (taker, gone), 0.4, None, 0, "2026-01-01")
    save_change_letters(change, tmp_path / "c.md", "en")
    text = (tmp_path / "c.md").read_text(encoding="utf-8")
    assert "This post leaves" not in text
    assert "## B-1" not in text
    assert "candidate: B-1. Who leaves is a person's decision: --retire" in text
    save_change_letters(change, tmp_path / "c.md", "en", ["B-1"])
    text = (tmp_path / "c.md").read_text(encoding="utf-8")
    assert "## B-1" in text
    assert "This post leaves" in text
    assert "decision" not in text


def test_the_command_writes_a_folder_a_step(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "ladder"
    words = ("grow", saved, "--officers", " 4, 3", "--restore", "--out", out)
    assert run(*words, "--json") == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert [step["officers"] for step in steps] == [4, 3]
    assert [step["step"] for step in steps] == [1, 2]
    kept = {"load_share", "bound", "reachable", "resident_share", "moved_km", "lineage"}
    for step in steps:
        assert step["continuity"].keys() == step["since_first"].keys() == kept
        assert sum(step["verdicts"]["foot"].values()) == len(step["beats"])
        assert step.keys() >= {"plan", "balance", "left", "new", "returned", "change", "warnings"}
        assert step["change"]["moved_km"] == pytest.approx(step["continuity"]["moved_km"])
    assert steps[1]["since_first"]["load_share"] >= 0.85
    assert [one["beat_id"] for one in steps[1]["left"]] == steps[0]["new"]
    folders = ["01-4-posts", "02-3-posts"]
    assert sorted(path.name for path in out.iterdir()) == [*folders, "ladder.csv", "ladder.html"]
    files = {"plan.gpkg", "map.html", "change.html", "beats.csv", "change.csv", "change.md"}
    files |= {"change.xlsx", "change.docx"}
    assert all({path.name for path in (out / one).iterdir()} == files for one in folders)
    plans = [load_plan(out / one / "plan.gpkg") for one in folders]
    parents = [{each.role: each.sha256 for each in plan.inputs}["plan"] for plan in plans]
    assert parents == [sha256_of(saved), sha256_of(out / folders[0] / "plan.gpkg")]
    assert run("check", out / folders[1] / "plan.gpkg", "--quiet") == 0
    with (out / "ladder.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream, delimiter=";"))
    assert [row[1:3] for row in rows[1:]] == [["01-4-posts", "4"], ["02-3-posts", "3"]]
    capsys.readouterr()
    assert run(*(each if each != " 4, 3" else "5" for each in words), "--lang", "en") == 2
    assert folders[0] in capsys.readouterr().err


@pytest.mark.parametrize("sizes", ["18,,30", "0", "4,x", "", "4,-2", "4,999", "4;5"])
def test_a_ladder_that_makes_no_sense_is_one_line_before_any_work(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], sizes: str
) -> None:
    out = tmp_path / "none"
    for lang in ("fr", "en"):
        assert run("grow", saved, "--officers", sizes, "--out", out, "--lang", lang) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert "--officers" in line
    assert not out.exists()


def test_a_step_that_cannot_be_is_named_and_those_before_it_stay(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "short"
    words = ("grow", saved, "--officers", "3,1,4", "--out", out, "--lang", "en")
    assert run(*words, "--json") == 1
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    assert "Step 2 (1 post)" in line
    assert len(json.loads(said.out)["steps"]) == 1
    assert sorted(path.name for path in out.iterdir()) == ["01-3-posts", "ladder.csv"]
    assert len(load_plan(out / "01-3-posts" / "plan.gpkg").beats) == 3


def test_an_interrupt_keeps_the_steps_that_are_there(
    saved: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stopped(*args: object, **more: object) -> Iterator[RebalancedPlan]:
        yield next(whole(*args, **more))
        raise KeyboardInterrupt

    whole = grow_command.ladder
    monkeypatch.setattr(grow_command, "ladder", stopped)
    out = tmp_path / "stopped"
    words = ("grow", saved, "--officers", "3,4", "--out", out, "--lang", "en")
    assert run(*words) == 130
    said = capsys.readouterr()
    assert "Step 2 (4 posts) interrupted" in said.err
    assert sorted(path.name for path in out.iterdir()) == ["01-3-posts", "ladder.csv"]


def test_the_library_refuses_the_same_sizes(three: Plan) -> None:
    for sizes in ([], [0], [4, 9999]):
        with pytest.raises(UsageError, match="--officers"):
            grow(three, sizes)


def test_earlier_plans_are_remembered_too(three: Plan, back: tuple[RebalancedPlan, ...]) -> None:
    five = back[0].plan
    (made,) = grow(five, [3], restore=True, earlier=[three])
    assert ids(made) == ids(three)
    assert made.since_first.load_share == pytest.approx(same_share(three, made.plan))
    assert made.since_first.load_share >= 0.85
    network = three.network
    renamed = network.segment_id.copy()
    renamed[0] = "moved"
    other = replace(three, network=replace(network, segment_id=renamed))
    with pytest.raises(UsageError, match="plan 1"):
        grow(five, [3], restore=True, earlier=[other])


def test_wishes_hold_for_every_step(three: Plan) -> None:
    lock = three.partition.beat_id[:1]
    (made,) = grow(three, [4], RebalanceRequest(1, lock=lock, retire=three.partition.beat_id[1:2]))
    assert ids(three) < ids(made)
    np.testing.assert_array_equal(holders(three) == lock[0], holders(made.plan) == lock[0])


def test_a_looser_tolerance_never_keeps_less(saved: Path) -> None:
    edited = read_edited_plan(saved)
    points = frontier(edited, RebalanceRequest(4, tolerance=0.04), (0.02, 0.10, 0.30))
    assert [point.tolerance for point in points] == [0.02, 0.04, 0.10, 0.30]
    shares = [point.load_share for point in points]
    assert shares == sorted(shares)
    assert shares[0] < shares[-1]
    for point in points:
        assert point.load_share <= point.reachable + 1e-9
        assert point.min_over_mean <= 1.0 <= point.max_over_mean
    assert all(one.bound <= other.bound for one, other in pairwise(points))
    assert points[0].bound < points[-1].bound


def test_the_frontier_is_a_table_a_picture_and_json(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "four"
    assert run("rebalance", saved, "--officers", 4, "--out", out, "--frontier", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    with (out / "frontier.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream, delimiter=";"))
    assert len(rows) == 1 + len(answer["frontier"]) == 1 + len(TOLERANCES)
    first = answer["frontier"][0]
    assert rows[1][1] == f"{100.0 * first['load_share']:.2f}".replace(".", ",")
    assert (out / "frontier.png").read_bytes().startswith(b"\x89PNG")
