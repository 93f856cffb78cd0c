"""A plan after a hand edit: what changed is named, what is wrong has a remedy, nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from drawing import draw, load, segment
from plan_edits import (
    DAMAGE,
    EAST,
    GOOD_EDITS,
    SOUTH,
    WEST,
    Change,
    add_column,
    add_layer,
    apply,
    at_border,
    grow_polygon,
    move_at_border,
    null_ids,
)
from plans import assign, column, rewrite, segments_of, sql, town

from reso_geo import Plan, check_plan, load_plan, read_edited_plan, save_plan
from reso_geo.errors import PlanError
from reso_geo.partition import annexed_parts, broken_beats, held_segments
from reso_geo.plan_check import save_check

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.plan_check import EditedPlan, PlanCheck
    from reso_geo.settings import PatrolSettings


@pytest.fixture(scope="module")
def plan(defaults: PatrolSettings) -> Plan:
    return town(defaults)


ADDED = ("columns_added", "layers_added")


def kinds(edited: EditedPlan | PlanCheck) -> list[str]:
    return sorted(problem.kind for problem in edited.problems)


def edits(edited: EditedPlan) -> list[str]:
    return sorted({edit.kind for edit in edited.edits})


def beat_of(edited: EditedPlan, segment: str) -> str | None:
    found = int(edited.beat_of[edited.network.segment_id.tolist().index(segment)])
    return edited.beat_id[found] if found >= 0 else None


def test_an_unedited_plan_is_valid_and_keeps_its_figures(plan: Plan, saved: Path) -> None:
    check = check_plan(saved)
    assert check.valid
    assert check.edited.edits == ()
    assert check.edited.truth == "none"
    assert check.after is check.before
    assert check.before.beats == plan.beats
    assert np.array_equal(check.edited.beat_of, plan.partition.beat_of)


def test_full_measures_every_beat_and_finds_the_stored_figures_again(saved: Path) -> None:
    check = check_plan(saved, full=True)
    assert check.valid
    assert check.measured == check.edited.beat_id
    assert check.after is not None
    assert check.after.beats == check.before.beats


def test_full_names_stored_figures_that_no_computing_gives(plan: Plan, tmp_path: Path) -> None:
    wrong = (replace(plan.beats[0], load_s=plan.beats[0].load_s * 1.01), *plan.beats[1:])
    save_plan(replace(plan, beats=wrong), tmp_path / "wrong.gpkg")
    assert check_plan(tmp_path / "wrong.gpkg").valid
    check = check_plan(tmp_path / "wrong.gpkg", full=True)
    assert [(p.kind, p.ids) for p in check.problems] == [
        ("figures_differ", (plan.beats[0].beat_id,))
    ]


# Twenty hand edits and more, each as a planner's tools make it; what an edit did is named, and the
# plan that is written from it opens and holds all of it.


@pytest.mark.parametrize(("edit", "truth", "named"), GOOD_EDITS)
def test_an_edit_that_leaves_a_valid_plan_is_named_and_comes_back(
    copy: Path, plan: Plan, edit: Change, truth: str, named: list[str]
) -> None:
    apply(edit, copy, plan)
    before = copy.read_bytes()
    check = check_plan(copy)
    assert edits(check.edited) == named
    assert kinds(check) == []
    assert check.edited.truth == truth
    out = copy.with_name("new.gpkg")
    save_check(check, out)
    assert copy.read_bytes() == before
    back = load_plan(out)
    assert check.after is not None
    assert back.beats == check.after.beats
    assert np.array_equal(back.partition.beat_of, check.edited.beat_of)
    assert np.array_equal(back.network.required, check.edited.network.required)
    assert back.network.name.tolist() == check.edited.network.name.tolist()
    assert back.anchors.name.tolist() == check.edited.anchors.name.tolist()
    again = check_plan(out)
    assert (again.valid, again.edited.changed) == (True, False)
    assert edits(again.edited) == [kind for kind in named if kind in ADDED]


def test_figures_after_a_move_are_those_of_a_plan_measured_anew(copy: Path, plan: Plan) -> None:
    move_at_border(copy, plan)
    check, full = check_plan(copy), check_plan(copy, full=True)
    assert set(check.measured) == {WEST, SOUTH}
    assert check.after is not None
    assert full.after is not None
    assert check.after.beats == full.after.beats
    old, new = ({b.beat_id: b for b in p.beats} for p in (plan, check.after))
    assert new[EAST] == old[EAST]
    assert new[WEST].street_km < old[WEST].street_km
    assert sum(b.street_km for b in new.values()) == pytest.approx(
        sum(b.street_km for b in plan.beats)
    )
    assert new[WEST].name == old[WEST].name


def test_residents_of_traded_streets_are_an_estimate_and_none_is_lost(
    copy: Path, plan: Plan
) -> None:
    move_at_border(copy, plan)
    check = check_plan(copy)
    assert check.after is not None
    counted = [sum(b.residents or 0 for b in p.beats) for p in (plan, check.after)]
    assert counted[0] == pytest.approx(counted[1], abs=2)
    said = [str(w) for w in check.after.warnings if w.key == "check.estimated"]
    assert len(said) == 1
    assert WEST in said[0]


def test_more_posts_for_a_beat_change_its_verdict_and_the_request(copy: Path, plan: Plan) -> None:
    sql(copy, "UPDATE beats SET posts = 3 WHERE beat_id = 'EAS-01'")
    after = check_plan(copy).after
    assert after is not None
    assert (after.request.cut.officers, after.request.cut.posts) == (5, {EAST: 3})
    margins = [next(b.foot.margin for b in p.beats if b.beat_id == EAST) for p in (plan, after)]
    assert margins[1] > margins[0]


def test_what_a_planner_added_is_in_the_new_file(copy: Path, plan: Plan) -> None:
    add_column(copy, plan)
    add_layer(copy, plan)
    sql(
        copy,
        "INSERT INTO layer_styles"
        " (f_table_name, f_geometry_column, styleName, styleQML, useAsDefault)"
        " VALUES ('beats', 'geom', 'a moi', '<qgis/>', 1)",
    )
    out = copy.with_name("new.gpkg")
    save_check(check_plan(copy), out)
    segments = gpd.read_file(out, layer="segments")
    marked = segments.loc[segments["remarque"] == "à voir", "segment_id"].tolist()
    assert marked == column(copy, "SELECT segment_id FROM segments WHERE fid = 3")
    beats = gpd.read_file(out, layer="beats").set_index("beat_id")
    assert beats["rang"].dropna().to_dict() == {EAST: 7}
    assert gpd.read_file(out, layer="croquis")["texte"].tolist() == ["parc"]
    styles = column(
        out, "SELECT styleName FROM layer_styles WHERE f_table_name = 'beats' AND useAsDefault"
    )
    assert styles == ["a moi"]
    assert len(column(out, "SELECT styleQML FROM layer_styles WHERE styleName = 'reso_geo'")) == 4
    assert column(out, "SELECT value FROM plan_info WHERE key = 'parent_sha256'") != [""]


def test_anchors_that_were_deleted_are_gone_from_the_whole_file(copy: Path) -> None:
    sql(copy, "DELETE FROM anchors")
    out = copy.with_name("new.gpkg")
    save_check(check_plan(copy), out)
    assert len(load_plan(out).anchors) == 0
    assert b"School" not in out.read_bytes()


def test_a_shelter_that_somebody_drew_is_not_kept(copy: Path) -> None:
    sql(copy, "UPDATE anchors SET kind = 'shelter'")
    assert len(check_plan(copy).edited.anchors) == 0


# Damage, and what repairs it.


@pytest.mark.parametrize(("damage", "wrong", "left"), DAMAGE)
def test_damage_is_named_with_a_remedy_and_repaired_where_one_answer_is_sensible(
    copy: Path, plan: Plan, damage: Change, wrong: list[str], left: list[str]
) -> None:
    apply(damage, copy, plan)
    before = copy.read_bytes()
    check = check_plan(copy)
    assert kinds(check) == wrong
    for problem in check.problems:
        for lang in ("fr", "en"):
            assert problem.what.say(lang)
            assert problem.remedy.say(lang)
        assert problem.ids
    repaired = check_plan(copy, repair=True)
    assert kinds(repaired) == left
    assert all(done.what.say(lang) for done in repaired.repairs for lang in ("fr", "en"))
    out = copy.with_name("new.gpkg")
    save_check(repaired, out)
    assert copy.read_bytes() == before
    listed = {str(name) for name, _ in pyogrio.list_layers(out)}
    assert ("problems" in listed) == bool(left)
    if repaired.after is None:
        with pytest.raises(PlanError, match="edited by hand"):
            load_plan(out)
    else:
        back = load_plan(out)
        assert broken_beats(back.network, back.partition) == []
        assert (back.partition.beat_of >= 0).tolist() == held_segments(back.network).tolist()


def test_the_layer_of_problems_says_where_and_what_to_do(copy: Path) -> None:
    null_ids(copy, 1)
    lost = column(copy, "SELECT segment_id FROM segments WHERE beat_id IS NULL")
    save_check(check_plan(copy), copy.with_name("new.gpkg"), "fr")
    table = gpd.read_file(copy.with_name("new.gpkg"), layer="problems")
    assert table["kind"].tolist() == ["unassigned"]
    assert table["ids"].tolist() == lost
    assert "--repair" in table["remedy"].iloc[0]
    assert table.geometry.length.iloc[0] == pytest.approx(120.0, rel=0.01)


def test_streets_across_the_city_line_go_back_to_the_beat_they_had(copy: Path) -> None:
    chosen = segments_of(copy, EAST)[0]
    assign(copy, SOUTH, chosen)
    assert "other_city" in kinds(read_edited_plan(copy))
    repaired = check_plan(copy, repair=True)
    assert kinds(repaired) == []
    assert beat_of(repaired.edited, chosen) == EAST


def test_a_locked_beat_that_lost_a_street_is_named_until_it_is_unlocked(
    copy: Path, plan: Plan, tmp_path: Path
) -> None:
    sql(copy, "UPDATE beats SET locked = 1 WHERE beat_id = 'WES-01'")
    locked = tmp_path / "locked.gpkg"
    save_check(check_plan(copy), locked)
    move_at_border(locked, plan)
    check = check_plan(locked, repair=True)
    assert [(p.kind, p.beats) for p in check.problems] == [("lock_broken", (WEST,))]
    sql(locked, "UPDATE beats SET locked = 0")
    assert check_plan(locked).valid


def test_a_large_part_without_a_beat_is_left_to_the_planner(copy: Path) -> None:
    null_ids(copy, 12)
    check = check_plan(copy, repair=True)
    assert "unassigned" in kinds(check)
    assert check.after is None


def test_both_truths_edited_and_at_odds_end_with_the_segments_in_dispute(
    copy: Path, plan: Plan
) -> None:
    grow_polygon(copy, plan)
    drawn = at_border(plan, WEST, SOUTH)
    written = at_border(plan, SOUTH, WEST)
    assign(copy, WEST, written)
    edited = read_edited_plan(copy)
    (conflict,) = (p for p in edited.problems if p.kind == "conflict")
    assert set(conflict.ids) == {drawn, written}
    assert edited.truth == "both"
    assert check_plan(copy).after is None
    by_segments, by_polygons = (read_edited_plan(copy, t) for t in ("segments", "polygons"))
    assert [beat_of(by_segments, s) for s in (drawn, written)] == [WEST, WEST]
    assert [beat_of(by_polygons, s) for s in (drawn, written)] == [SOUTH, SOUTH]
    for edited in (by_segments, by_polygons):
        assert "conflict" not in kinds(edited)
        assert "overruled" in edits(edited)


def test_both_truths_edited_alike_are_no_conflict(copy: Path, plan: Plan) -> None:
    grow_polygon(copy, plan)
    move_at_border(copy, plan)
    check = check_plan(copy)
    assert check.valid
    assert beat_of(check.edited, at_border(plan, WEST, SOUTH)) == SOUTH


def test_ground_that_no_polygon_holds_leaves_its_streets_without_a_beat(copy: Path) -> None:
    def change(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        whole = table.geometry.iloc[0]
        hole = shapely.buffer(shapely.centroid(whole), 90.0)
        table.loc[table.index[:1], "geometry"] = shapely.difference(whole, hole)
        return table

    rewrite(copy, "beats", change)
    check = check_plan(copy)
    assert kinds(check) == ["gap", "unassigned"]
    gap = next(p for p in check.problems if p.kind == "gap")
    assert shapely.area(gap.geometry) == pytest.approx(np.pi * 90.0**2, rel=0.02)


def test_ground_that_two_polygons_claim_stays_where_it_was(copy: Path, plan: Plan) -> None:
    def change(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        south = (table["beat_id"] == SOUTH).to_numpy()
        other = table.geometry[(table["beat_id"] == WEST).to_numpy()].iloc[0]
        bite = shapely.buffer(shapely.centroid(other), 70.0)
        table.loc[south, "geometry"] = table.geometry[south].union(bite)
        return table

    rewrite(copy, "beats", change)
    check = check_plan(copy)
    assert kinds(check) == ["overlap"]
    assert check.problems[0].beats in ((WEST, SOUTH), (SOUTH, WEST))
    assert np.array_equal(check.edited.beat_of, plan.partition.beat_of)
    assert check_plan(copy, repair=True).valid


def test_a_beat_drawn_anew_takes_its_streets_and_a_post(copy: Path, plan: Plan) -> None:
    """The planner splits EAST in QGIS and gives the northern part a new id."""

    def change(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        east = (table["beat_id"] == EAST).to_numpy()
        ground = table.geometry[east].iloc[0]
        left, low, right, high = ground.bounds
        north = shapely.box(left, (low + high) / 2.0 + 20.0, right, high)
        more = table[east].assign(
            beat_id="EAS-02", name=None, posts=None, geometry=ground.intersection(north)
        )
        table.loc[east, "geometry"] = ground.difference(north)
        return pd.concat([table, more])

    rewrite(copy, "beats", change)
    check = check_plan(copy)
    assert kinds(check) == []
    assert check.after is not None
    assert check.after.request.cut.officers == 4
    new = next(b for b in check.after.beats if b.beat_id == "EAS-02")
    assert (new.city, new.posts) == ("East", 1)
    assert new.name
    out = copy.with_name("new.gpkg")
    save_check(check, out)
    assert len(load_plan(out).beats) == len(plan.beats) + 1


def test_a_piece_that_joined_a_beat_breaks_it_not_even_where_it_is_the_longer_part(
    defaults: PatrolSettings,
) -> None:
    network = load(draw("A---B---C\n\nD-----E-----F", step_m=30.0), settings=defaults)
    long, short = ([segment(network, s) for s in pair] for pair in (("DE", "EF"), ("AB", "BC")))
    beat_of = np.zeros(4, dtype=np.int64)
    beat_of[short[1]] = 1
    assert {b: s.tolist() for b, s in annexed_parts(network, beat_of, [0, 0]).items()} == {
        0: sorted(long)
    }
    beat_of[long[1]] = 1
    assert annexed_parts(network, beat_of, [0, 0]) == {}
