"""Tours are kept with the plan: what is drawn is what its figures tell of, and nothing else is."""

from __future__ import annotations

import json
import re
import sqlite3
import zlib
from contextlib import closing
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawing import draw, load
from plans import assign, editing, segments_of, sql, town
from pyproj import Geod

from reso_geo import (
    CutRequest,
    PlanRequest,
    RebalanceRequest,
    check_plan,
    load_plan,
    make_plan,
    read_edited_plan,
    rebalance_plan,
    save_plan,
)
from reso_geo.coverage import closed_walks, travel_graph
from reso_geo.maps.web.other_seasons import season_figures
from reso_geo.maps.web.payload import Showing, content
from reso_geo.plan import current_plan
from reso_geo.plan_check import save_check
from reso_geo.plan_file.digests import NEWER_FIGURES, digests_of
from reso_geo.plan_file.layers import read_layer
from reso_geo.routes import plan_route, save_route
from reso_geo.travel import MODES, SEASONS, travel_times

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reso_geo import Plan
    from reso_geo.plan import KeptTours
    from reso_geo.settings import PatrolSettings


@pytest.fixture(scope="module")
def plan(defaults: PatrolSettings) -> Plan:
    """Return the town of two cities in three beats."""
    return town(defaults)


@pytest.fixture
def path(plan: Plan, tmp_path: Path) -> Path:
    save_plan(plan, tmp_path / "plan.gpkg")
    return tmp_path / "plan.gpkg"


def case(plan: Plan, beat_id: str, mode: str, season: str) -> KeptTours:
    (found,) = (
        each
        for each in plan.tours
        if (each.beat_id, each.mode, each.season) == (beat_id, mode, season)
    )
    return found


def test_a_plan_keeps_a_tour_of_every_beat_in_both_modes_and_seasons(plan: Plan) -> None:
    kept = [(each.beat_id, each.mode, each.season) for each in plan.tours]
    ids = plan.partition.beat_id
    assert sorted(kept) == sorted((b, m, s) for b in ids for m in MODES for s in SEASONS)
    for each in plan.tours:
        assert each.depth == ("final" if each.season == "summer" else "fast")


def test_the_tours_of_the_plans_season_have_the_figures_of_its_beats(plan: Plan) -> None:
    for beat in plan.beats:
        for mode in MODES:
            once, figures = (
                case(plan, beat.beat_id, mode, "summer").levels[-1][1],
                beat.figures(mode),
            )
            assert (once.pass_s, once.deadhead_s) == (figures.pass_s, figures.deadhead_s)
            assert (once.lower_bound_s, once.exact) == (figures.lower_bound_s, figures.exact)


def test_a_kept_tour_is_a_closed_walk_from_the_base_through_all_streets_of_its_beat(
    plan: Plan,
) -> None:
    for each in plan.tours:
        times = travel_times(plan.network, plan.settings, each.season)
        graph = travel_graph(plan.network, times, each.mode)
        at = plan.partition.beat_id.index(each.beat_id)
        for _, tour in each.levels:
            (walk,) = closed_walks(graph, tour.steps)
            ends = graph.u[walk.segment], graph.v[walk.segment]
            tail, head = np.where(walk.forward, ends, ends[::-1])
            assert np.array_equal(tail[1:], head[:-1])
            assert tail[0] == head[-1] == plan.partition.base[at]
            assert walk.cost(graph).sum() * graph.tick_s == pytest.approx(tour.pass_s)
        own = np.flatnonzero(plan.network.required & (plan.partition.beat_of == at))
        assert np.array_equal(np.unique(walk.segment[walk.patrol]), own)


def test_an_out_and_back_street_has_the_steps_that_one_walks(
    defaults: PatrolSettings, tmp_path: Path
) -> None:
    network = load(draw("A---B---C", step_m=100.0))
    made = make_plan(network, settings=defaults, request=PlanRequest(CutRequest(1)))
    save_plan(made, tmp_path / "plan.gpkg")
    with closing(sqlite3.connect(tmp_path / "plan.gpkg")) as base:
        asked = (
            "SELECT steps, pass_s, deadhead_s FROM tours WHERE mode = 'foot' AND depth = 'final'"
        )
        ((steps, pass_s, deadhead_s),) = base.execute(asked).fetchall()
        fids = dict(base.execute("SELECT segment_id, fid FROM segments"))
    rows = np.frombuffer(zlib.decompress(steps), dtype="<i4").tolist()
    # Two streets, each there and back: four steps that cancel, ending where they began.
    assert sorted(map(abs, rows)) == sorted([*fids.values(), *fids.values()])
    assert sum(rows) == 0
    assert 0.0 < deadhead_s < pass_s / 2.0 + 1.0


def test_a_plan_is_read_with_the_tours_that_it_was_saved_with(plan: Plan, path: Path) -> None:
    again = load_plan(path)
    assert again.tours == plan.tours
    assert current_plan(again) is again
    save_plan(again, path.with_name("again.gpkg"))
    assert path.with_name("again.gpkg").read_bytes() == path.read_bytes()


def test_page_route_and_figures_tell_of_one_tour(plan: Plan, path: Path) -> None:
    for each in (plan, load_plan(path)):
        passes = season_figures(each, tours=True, seasons=True)
        talk = each.settings.talk_factor("central")
        for at, beat in enumerate(each.beats):
            for mode in MODES:
                steps = case(each, beat.beat_id, mode, "summer").levels[-1][1].steps
                drawn = passes.besides[mode, "summer"][at]
                assert np.array_equal(drawn, np.unique(steps.segment[~steps.patrol]))
                legs = [
                    leg for loop in plan_route(each, beat.beat_id, mode).loops for leg in loop.legs
                ]
                walked = np.concatenate([leg.segments for leg in legs])
                assert np.array_equal(walked, steps.segment)  # one loop, no way cut
                seconds = sum(leg.seconds for leg in legs)
                assert seconds == pytest.approx(talk * beat.figures(mode).pass_s, rel=1e-9)


def page_of(plan: Plan) -> object:
    """Return what the page says of its tours."""
    return content([plan], Showing("fr", "internal"))["text"]["tour_note"]  # type: ignore[index]


def test_the_track_for_a_gps_and_the_page_follow_the_kept_tour(path: Path) -> None:
    read = load_plan(path)
    beat = read.beats[0]
    steps = case(read, beat.beat_id, "foot", "summer").levels[-1][1].steps
    save_route(plan_route(read, beat.beat_id, "foot"), path.with_name("tour.gpx"))
    text = path.with_name("tour.gpx").read_text(encoding="utf-8")
    points = [
        (float(y), float(x)) for y, x in re.findall(r'<trkpt lat="([^"]+)" lon="([^"]+)"', text)
    ]
    lat, lon = np.array(points).T
    metres = Geod(ellps="WGS84").line_length(lon, lat)
    assert metres == pytest.approx(read.network.length_m[steps.segment].sum(), rel=1e-3)
    (state,) = content([read], Showing("fr", "internal"))["states"]  # type: ignore[misc]
    drawn = np.cumsum(state["tours"]["foot_summer"][0])
    assert len(set(drawn.tolist())) == len(np.unique(steps.segment[~steps.patrol]))


def as_of_format(path: Path, schema: str) -> None:
    """Make a file what an older version wrote: without odds, and with the digest of its columns."""
    newer = list(NEWER_FIGURES["8"])
    with closing(sqlite3.connect(path)) as base:
        layers = {name: read_layer(base, name) for name in ("segments", "beats", "anchors")}
        figures = digests_of(*layers.values(), schema)["figures"]
        newer += [name for name in layers["beats"].columns if "_winter_" in name]
        settings = json.loads(
            base.execute("SELECT value FROM plan_info WHERE key = 'settings'").fetchone()[0]
        )
        for key in ("odds", "relief"):
            del settings[key]
        values = {"figures_sha256": figures, "schema": schema, "settings": json.dumps(settings)}
        for key, value in values.items():
            base.execute("UPDATE plan_info SET value = ? WHERE key = ?", (value, key))
        base.execute("DELETE FROM plan_info WHERE key = 'enough'")
        for name in newer:
            base.execute(f"ALTER TABLE beats DROP COLUMN {name}")
        base.commit()


def test_a_plan_of_format_7_is_judged_again_by_the_tours_that_it_keeps(
    plan: Plan, path: Path
) -> None:
    as_of_format(path, "7")
    read = load_plan(path)
    assert read.beats == plan.beats
    assert read.enough == plan.enough
    assert {note.key for note in read.warnings} - {note.key for note in plan.warnings} == {
        "plan_file.judged_again"
    }
    save_plan(read, path.with_name("new.gpkg"))
    assert load_plan(path.with_name("new.gpkg")).beats == plan.beats


def test_a_plan_of_format_6_has_no_tours_and_is_drawn_all_the_same(plan: Plan, path: Path) -> None:
    sql(path, "DROP TABLE tours")
    as_of_format(path, "6")
    read = load_plan(path)
    assert read.tours == ()
    for one, other in zip(read.beats, plan.beats, strict=True):
        for mode in MODES:
            now, then = one.figures(mode), other.figures(mode)
            assert (now.pass_s, now.deadhead_s, now.exact) == (
                then.pass_s,
                then.deadhead_s,
                then.exact,
            )
            assert now.chance == pytest.approx(then.chance, abs=0.02)
    passes = season_figures(read, tours=True, seasons=True)
    assert all(len(each) == len(plan.beats) for each in passes.besides.values())
    assert "rapidement" in str(page_of(read))
    assert "rapidement" not in str(page_of(plan))
    once, walked = (plan_route(each, plan.beats[0].beat_id, "foot") for each in (plan, read))
    assert sum(loop.seconds for loop in walked.loops) == sum(loop.seconds for loop in once.loops)


def test_nothing_is_toured_again_for_page_and_route(
    plan: Plan, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    for name, tour in (("workload", "nested_tours"), ("assess.tours", "cover")):
        monkeypatch.setattr(import_module(f"reso_geo.{name}"), tour, refuse)
    for each in (plan, load_plan(path)):
        season_figures(each, tours=True, seasons=True)
        plan_route(each, each.beats[0].beat_id, "bike")


def test_tours_of_other_assumptions_are_not_used(plan: Plan) -> None:
    pace = plan.settings.foot_patrol_kmh
    slow = replace(pace, low=pace.low / 2, central=pace.central / 2, high=pace.high / 2)
    changed = replace(plan, settings=replace(plan.settings, foot_patrol_kmh=slow))
    told = current_plan(changed)
    for old, new in zip(plan.beats, told.beats, strict=True):
        kept = case(told, new.beat_id, "foot", "summer")
        assert kept.toured_with != case(plan, old.beat_id, "foot", "summer").toured_with
        assert kept.levels[-1][1].pass_s == new.foot.pass_s > old.foot.pass_s
        assert case(told, new.beat_id, "bike", "summer") == case(
            plan, old.beat_id, "bike", "summer"
        )


def test_in_another_season_its_own_tours_have_the_final_depth(plan: Plan) -> None:
    told = current_plan(replace(plan, request=replace(plan.request, season="winter")))
    for each in told.tours:
        assert each.depth == "final"  # those of the summer are kept as they were


def test_a_repair_tours_only_the_beats_that_changed(
    plan: Plan, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = plan.partition.beat_id[1]
    taken = segments_of(path, given)[0]
    assign(path, None, taken)
    toured: list[int] = []
    module = import_module("reso_geo.plan.tours")
    usual = module.measure_load

    def noted(*args: object, **more: object) -> object:
        toured.append(int(args[3]))  # type: ignore[call-overload]
        return usual(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "measure_load", noted)
    found = check_plan(path, repair=True)
    assert found.after is not None
    changed = {
        beat
        for beat, beat_id in enumerate(found.after.partition.beat_id)
        if not np.array_equal(
            found.after.partition.segments_of(beat), plan.partition.segments_of(beat)
        )
    }
    bases = {int(found.after.partition.base[beat]) for beat in changed}
    assert len(changed) < len(plan.beats)
    assert set(toured) == bases
    assert len(found.after.tours) == 4 * len(plan.beats)
    save_check(found, path.with_name("checked.gpkg"))
    assert load_plan(path.with_name("checked.gpkg")).tours == found.after.tours


def test_a_rebalanced_plan_keeps_tours_of_all_its_beats(path: Path) -> None:
    after = rebalance_plan(read_edited_plan(path), RebalanceRequest(officers=4)).plan
    assert len(after.tours) == 4 * len(after.beats)
    save_plan(after, path.with_name("after.gpkg"))
    assert load_plan(path.with_name("after.gpkg")).tours == after.tours


def steps_of(rows: list[int]) -> bytes:
    return zlib.compress(np.array(rows, dtype="<i4").tobytes())


def rewritten(path: Path, change: Callable[[list[int]], bytes]) -> None:
    """Change the steps of the last tour."""
    with closing(sqlite3.connect(path)) as base, base:
        fid, steps = base.execute("SELECT fid, steps FROM tours ORDER BY fid DESC").fetchone()
        rows = np.frombuffer(zlib.decompress(steps), dtype="<i4").tolist()
        base.execute("UPDATE tours SET steps = ? WHERE fid = ?", (change(rows), fid))


HOSTILE: dict[str, Callable[[list[int]], bytes]] = {
    "no zlib": lambda _: b"steps",
    "cut off": lambda rows: steps_of(rows)[:-6],
    "half a number": lambda rows: zlib.compress(np.array(rows, dtype="<i4").tobytes()[:-1]),
    "a bomb": lambda _: zlib.compress(bytes(40_000_000), 9),
    "nothing": lambda _: steps_of([]),
    "an id that there is not": lambda rows: steps_of([*rows[:-1], 1_000_000]),
    "id 0": lambda rows: steps_of([*rows[:-1], 0]),
    "the least number": lambda rows: steps_of([*rows[:-1], -(2**31)]),
    "not connected": lambda rows: steps_of([rows[1], rows[0], *rows[2:]]),
    "not closed": lambda rows: steps_of(rows[:-1]),
    "turned": lambda rows: steps_of([-row for row in rows]),
    "a street left out": lambda rows: steps_of(rows[: len(rows) // 2]),
    "longer than said": lambda rows: steps_of([*rows, rows[0], -rows[0]]),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_tours_that_are_none_of_the_plans_are_ignored_and_said(
    plan: Plan, path: Path, kind: str
) -> None:
    rewritten(path, HOSTILE[kind])
    read = load_plan(path)
    assert read.tours == ()
    (said,) = (each for each in read.warnings if each.key == "plan_file.tours_ignored")
    assert plan.partition.beat_id[-1] in said.say("fr")
    assert read.beats == plan.beats
    assert plan_route(read, read.beats[-1].beat_id, "bike").loops


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE tours",
        "ALTER TABLE tours DROP COLUMN steps",
        "UPDATE tours SET pass_s = pass_s * 2",
        "UPDATE tours SET lower_bound_s = 'many'",
        "UPDATE tours SET lower_bound_s = -1",
        "UPDATE tours SET lower_bound_s = lower_bound_s / 2 WHERE depth = 'final'",
        "UPDATE tours SET beat_id = 'X-99' WHERE fid = 1",
        "UPDATE tours SET depth = 'fast'",
        "UPDATE tours SET season = 'spring'",
        "UPDATE tours SET cadence = 99",
        "UPDATE tours SET steps = 7",
        "UPDATE tours SET mode = 'foot'",
    ],
)
def test_a_table_of_tours_edited_by_hand_is_ignored_and_said(
    plan: Plan, path: Path, statement: str
) -> None:
    sql(path, statement)
    read = load_plan(path)
    assert read.tours == ()
    assert [each.key.startswith("plan_file.tours_") for each in read.warnings].count(True) == 1
    assert read.beats == plan.beats


def test_an_untouched_plan_with_its_tours_shows_no_edit(path: Path) -> None:
    assert check_plan(path).edited.edits == ()


def test_a_beat_under_another_id_keeps_its_tours(plan: Plan, path: Path) -> None:
    old = plan.partition.beat_id[0]
    with editing(path) as base:
        base.execute("UPDATE beats SET beat_id = 'WES-77' WHERE beat_id = ?", (old,))
        base.execute("UPDATE segments SET beat_id = 'WES-77' WHERE beat_id = ?", (old,))
    read = read_edited_plan(path)
    assert "WES-77" in read.beat_id
    assert len(read.plan.tours) == 4 * len(plan.beats)
