"""What a mode cannot reach is set aside where it is little, and fails a beat where it is not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
from drawing import NO_WAY, PUSH, RIDE, Street, bare, draw, load

from reso_geo import CutRequest, PlanRequest, assess, load_plan, make_plan, sector_in
from reso_geo.assess import AssessRequest, Case, set_aside_of
from reso_geo.cli import main
from reso_geo.coverage import AsideRule, reached, travel_graph
from reso_geo.report import sector_summary
from reso_geo.settings import SetAsideRules
from reso_geo.travel import travel_times
from reso_geo.workload import measure_load, street_load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reso_geo import Plan
    from reso_geo.settings import PatrolSettings

BIT = """
A---B---C---D---E
|   |   |   |   |
F---G---H---I---J

K-L
"""
"""13 streets of 100 m, and one of 20 m that no way leads to: 1.5 % of 1,320 m."""
STEP_M = (25.0, 50.0)
GRID = """
A---B---C---D---E---F
|   |   |   |   |   |
G---H---I---J---K---L
|   |   |   |   |   |
M---N---O---P---Q---R
"""
"""27 streets of 2 km."""


def run(command: str, *words: str | Path) -> int:
    """Run a command in this process; give its exit code."""
    with pytest.raises(SystemExit) as stop:
        main([command, *(str(word) for word in words)])
    return int(stop.value.code or 0)


def bit(tmp_path: Path) -> Path:
    """Write the streets of `BIT`; K to L is drawn ten metres a step."""
    drawing = draw(BIT, step_m=STEP_M)
    spots = dict(drawing.spots) | {"L": (drawing.spots["K"][0] + 20.0, drawing.spots["K"][1])}
    return replace(drawing, spots=spots).write(tmp_path / "bit.osm.pbf")


def case_of(
    streets: Sequence[Street], settings: PatrolSettings, mode: str = "foot", base: int = 0
) -> Case:
    """Judge bare streets in summer, from a base."""
    sector = replace(sector_in(bare(streets), settings, "Town"), base=base)
    asked = AssessRequest((mode,), ("summer",), fixes=False)
    return assess(sector, settings, asked).judgements[mode, "summer"].case


def parts(case: Case) -> list[list[int]]:
    return [part.tolist() for part in case.beat.reached.aside]


# The two limits.


@pytest.mark.parametrize(("main_m", "bit_m", "aside"), [(9800, 200, True), (9799, 201, False)])
def test_two_per_cent_of_the_required_length_is_the_most_that_is_set_aside(
    defaults: PatrolSettings, main_m: float, bit_m: float, *, aside: bool
) -> None:
    case = case_of([Street(0, 1, main_m), Street(2, 3, bit_m)], defaults)
    assert parts(case) == ([[1]] if aside else [])
    assert ("set_aside" in case.verdict.reasons) is aside
    assert ("disconnected" in case.verdict.reasons) is not aside


@pytest.mark.parametrize(("bit_m", "aside"), [(300.0, True), (300.5, False)])
def test_three_hundred_metres_is_the_longest_part_that_is_set_aside(
    defaults: PatrolSettings, bit_m: float, *, aside: bool
) -> None:
    case = case_of([Street(0, 1, 30_000.0), Street(2, 3, bit_m)], defaults)
    assert parts(case) == ([[1]] if aside else [])


def test_each_part_has_its_own_length_and_all_together_the_share(defaults: PatrolSettings) -> None:
    main = Street(0, 1, 20_000.0)
    apart = [main, Street(2, 3, 180.0), Street(4, 5, 200.0)]
    joined = [main, Street(2, 3, 180.0), Street(3, 4, 200.0)]
    # 380 of 20,380 m is 1.9 %; the longest comes first.
    assert parts(case_of(apart, defaults)) == [[2], [1]]
    # The same metres in one part are more than 300.
    assert parts(case_of(joined, defaults)) == []
    # A third part of 40 m makes 420 of 20,420 m: 2.06 %.
    assert parts(case_of([*apart, Street(6, 7, 40.0)], defaults)) == []


def test_the_limits_are_settings(defaults: PatrolSettings) -> None:
    streets = [Street(0, 1, 1000.0), Street(2, 3, 400.0)]
    assert parts(case_of(streets, defaults)) == []
    wide = replace(defaults, set_aside=SetAsideRules(most_share=0.5, most_m=400.0))
    assert parts(case_of(streets, wide)) == [[1]]
    small = [Street(0, 1, 1000.0), Street(2, 3, 1.0)]
    assert parts(case_of(small, defaults)) == [[1]]
    never = replace(defaults, set_aside=SetAsideRules(most_share=0.0, most_m=0.0))
    assert case_of(small, never).verdict.verdict == "no"


# What it does to figures.


def test_the_verdict_is_that_of_the_rest(defaults: PatrolSettings) -> None:
    main = [Street(0, 1, 400.0), Street(1, 2, 600.0)]
    without = case_of(main, defaults).verdict
    found = case_of([*main, Street(3, 4, 5.1)], defaults).verdict
    assert found.verdict == without.verdict == "yes"
    assert found.needed_s == pytest.approx(without.needed_s, rel=1e-12)
    assert found.weeks == pytest.approx(without.weeks, rel=1e-12)
    assert found.reasons == ("set_aside",)
    (reason,) = found.why
    assert dict(reason.figures) == {"m": 5.1, "parts": 1, "names": ""}
    assert "5.1 m" in reason.phrase.say("en")
    assert "5,1 m" in reason.phrase.say("fr")


def test_what_is_set_aside_stays_in_the_load_and_leaves_the_tour(defaults: PatrolSettings) -> None:
    # 1,000 m and back, and 20 m out of reach, at 4.0 and 4.8 km/h; 45 of 60 minutes are walked.
    network = bare([Street(0, 1, 1000.0), Street(2, 3, 20.0)])
    times = travel_times(network, defaults)
    load_s = street_load(network, times, defaults, "foot")
    beat = measure_load(travel_graph(network, times, "foot"), load_s, np.arange(2), 0)
    assert beat.segments.tolist() == [0, 1]
    assert beat.toured.tolist() == [0]
    assert beat.once.pass_s == pytest.approx(900.0 + 750.0, abs=0.01)
    assert beat.street_s == pytest.approx(1020.0 / (4.0 / 3.6) * 4 / 3)
    assert beat.load_s == pytest.approx(beat.street_s + 750.0 * 4 / 3, abs=0.01)


def test_a_beat_with_a_bit_out_of_reach_is_as_heavy_as_its_streets(
    defaults: PatrolSettings,
) -> None:
    whole = bare([Street(0, 1, 1000.0), Street(1, 2, 10.0)])
    apart = bare([Street(0, 1, 1000.0), Street(2, 3, 10.0)])
    loads = []
    for network in (whole, apart):
        times = travel_times(network, defaults)
        load_s = street_load(network, times, defaults, "foot")
        graph = travel_graph(network, times, "foot")
        loads.append(measure_load(graph, load_s, np.arange(2), 0).load_s)
    assert loads[1] == pytest.approx(loads[0], rel=0.01)


def test_too_much_out_of_reach_is_no_with_metres_and_names_and_no_figure(
    defaults: PatrolSettings,
) -> None:
    network = load(draw("A-----B\n\nC---D", step_m=100.0), settings=defaults)
    sector = sector_in(network, defaults, "Town")
    at_a = int(np.flatnonzero(network.node_id == ord("A"))[0])
    asked = AssessRequest(fixes=False)
    judgement = assess(replace(sector, base=at_a), defaults, asked).judgements["foot", "summer"]
    verdict = judgement.case.verdict
    assert verdict.verdict == "no"
    assert (verdict.margin, verdict.reserve, verdict.every_weeks) == (None, None, None)
    assert judgement.paces is None
    (reason,) = verdict.why
    assert reason.code == "disconnected"
    assert reason.figures["names"] == "CD"
    assert reason.figures["m"] == pytest.approx(400.0, abs=0.5)
    answer = sector_summary(assess(sector, defaults, asked))["foot"]["summer"]
    nothing = ("pass_s", "low", "central", "high", "margin", "reserve", "every_weeks")
    assert [answer[name] for name in nothing] == [None] * len(nothing)
    assert answer["set_aside"] == []


# By bike.


def test_the_bike_sets_aside_what_it_may_neither_ride_nor_be_pushed_along(
    defaults: PatrolSettings,
) -> None:
    closed = Street(1, 2, 100.0, forward=NO_WAY, backward=NO_WAY)
    pushed = Street(2, 3, 100.0, forward=PUSH, backward=PUSH)
    streets = [Street(0, 1, 9000.0), closed, Street(0, 2, 500.0), pushed]
    by_bike = case_of(streets, defaults, "bike")
    assert parts(by_bike) == [[1]]
    assert by_bike.verdict.reasons == ("set_aside",)
    assert parts(case_of(streets, defaults, "foot")) == []


def test_the_bike_sets_aside_a_trap_that_it_may_ride_into_but_not_leave(
    defaults: PatrolSettings,
) -> None:
    trap = Street(1, 2, 100.0, forward=RIDE, backward=NO_WAY)
    assert parts(case_of([Street(0, 1, 9000.0), trap], defaults, "bike")) == [[1]]
    much = case_of([Street(0, 1, 900.0), trap], defaults, "bike")
    assert parts(much) == []
    assert much.verdict.verdict == "no"
    assert much.verdict.reasons == ("disconnected",)


def test_much_that_is_closed_to_the_bike_is_no_by_bike_alone(defaults: PatrolSettings) -> None:
    closed = Street(1, 2, 300.0, forward=NO_WAY, backward=NO_WAY)
    streets = [Street(0, 1, 900.0), closed]
    by_bike = case_of(streets, defaults, "bike").verdict
    assert by_bike.verdict == "no"
    assert set(by_bike.reasons) == {"disconnected", "no_bike_access"}
    assert case_of(streets, defaults, "foot").verdict.verdict == "yes"


def test_nothing_is_set_aside_where_all_is_out_of_reach(defaults: PatrolSettings) -> None:
    network = bare([Street(1, 2, 5.0)], nodes=3)
    graph = travel_graph(network, travel_times(network, defaults), "foot")
    found = reached(graph, np.array([0]), 0, AsideRule(network.length_m, 1.0, 1000.0))
    assert found.aside == ()
    assert [part.tolist() for part in found.beyond] == [[0]]


# Through the command line.


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plan the streets of `BIT` for one officer; give the folder."""
    folder = tmp_path_factory.mktemp("aside")
    source = bit(folder)
    assert run("plan", source, "--officers", 1, "--out", folder / "plan", "--quiet") == 0
    return folder


def plan_in(folder: Path) -> Path:
    (found,) = (folder / "plan").glob("*.gpkg")
    return found


def check_parts(told: list[dict[str, Any]]) -> None:
    (part,) = told
    assert set(part) == {"name", "m", "segment_ids"}
    assert part["name"] == "KL"
    assert part["m"] == pytest.approx(20.0, abs=0.05)
    assert len(part["segment_ids"]) == 1


def test_plan_and_assess_list_what_is_set_aside(
    planned: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source = bit(tmp_path)
    words = ("plan", source, "--officers", 1, "--out", tmp_path / "plan", "--json", "--lang", "en")
    assert run(*words) == 0
    (beat,) = json.loads(capsys.readouterr().out)["beats"]
    assert beat["street_km"] == pytest.approx(1.32, abs=0.002)
    for mode in ("foot", "bike"):
        check_parts(beat[mode]["set_aside"])
        assert beat[mode]["verdict"] == "yes"
        assert beat[mode]["reserve"] >= 0.0
        assert beat[mode]["reasons"] == ["set_aside"]
    assert run("assess", plan_in(planned), "--beat", beat["beat_id"], "--json") == 0
    found = json.loads(capsys.readouterr().out)
    check_parts(found["foot"]["summer"]["set_aside"])
    assert found["foot"]["summer"]["verdict"] == "yes"


def test_a_plan_file_keeps_what_is_set_aside_and_its_check_finds_nothing_wrong(
    planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = plan_in(planned)
    table = gpd.read_file(path, layer="beats")
    check_parts(json.loads(table["foot_set_aside"][0]))
    plan = load_plan(path)
    (part,) = plan.beats[0].foot.set_aside
    assert part.name == "KL"
    assert plan.beats[0].foot.reserve == pytest.approx(table["foot_reserve"][0])
    assert run("check", path, "--full", "--lang", "en") == 0
    assert "differ" not in capsys.readouterr().out


@pytest.mark.parametrize(("lang", "said"), [("fr", "20,0 m"), ("en", "20.0 m")])
@pytest.mark.parametrize("ending", [".csv", ".md"])
def test_reports_say_what_is_set_aside_in_words_with_metres(
    planned: Path, tmp_path: Path, lang: str, said: str, ending: str
) -> None:
    out = tmp_path / f"report{ending}"
    assert run("report", plan_in(planned), "--out", out, "--lang", lang, "--quiet") == 0
    text = out.read_text(encoding="utf-8-sig")
    assert said in text
    assert "KL" in text


def test_map_and_route_say_what_is_set_aside(
    planned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = plan_in(planned)
    assert run("map", path, "--out", tmp_path / "map.html", "--quiet") == 0
    assert "20,0 m" in (tmp_path / "map.html").read_text(encoding="utf-8")
    plan = load_plan(path)
    words = ("--beat", plan.beats[0].beat_id, "--out", tmp_path / "r.geojson", "--lang", "en")
    assert run("route", path, *words) == 0
    told = capsys.readouterr()
    assert "KL" in told.out + told.err
    legs = json.loads((tmp_path / "r.geojson").read_text(encoding="utf-8"))["features"]
    assert not [leg for leg in legs if leg["properties"].get("street") == "KL"]


def test_posts_has_an_answer_beside_a_bit_out_of_reach(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("posts", bit(tmp_path), "--json") == 0
    assert json.loads(capsys.readouterr().out)["needed"]["total"] == 1


# In every plan: words and figures agree.


def check_agrees(plan: Plan) -> None:
    """Check that verdict, reserve, margin and reasons of each beat do not contradict each other."""
    for beat in plan.beats:
        for mode in ("foot", "bike"):
            figures = beat.figures(mode)
            if figures.reserve is None or figures.margin is None:
                assert figures.verdict == "no"
                assert {"disconnected", "no_bike_access"} & set(figures.reasons)
                continue
            assert (figures.reserve >= 0.0) is (figures.verdict == "yes")
            assert figures.reserve <= figures.margin
            if figures.verdict == "no":
                assert figures.margin < 0.0
            time_lacks = {"too_long", "detours", "anchors_exceed_time", "winter_pace"}
            assert bool(time_lacks & set(figures.reasons)) is (figures.verdict != "yes")


def test_verdict_reserve_margin_and_reasons_agree(
    sample_plan: Plan, defaults: PatrolSettings
) -> None:
    check_agrees(sample_plan)
    # In winter the bike is pushed everywhere, and one post for all these streets is too few.
    streets = load(draw(GRID, step_m=(500.0, 1000.0)), settings=defaults)
    for posts in (1, 2, 3):
        plan = make_plan(
            streets, settings=defaults, request=PlanRequest(CutRequest(posts), season="winter")
        )
        check_agrees(plan)
        assert all(beat.bike.margin is None for beat in plan.beats)


def test_set_aside_of_names_each_part_by_its_longest_street(defaults: PatrolSettings) -> None:
    network = replace(
        bare([Street(0, 1, 20_000.0), Street(2, 3, 50.0), Street(3, 4, 60.0)]),
        name=np.array(["Main", "Short", "Long"], dtype=object),
    )
    times = travel_times(network, defaults)
    load_s = street_load(network, times, defaults, "foot")
    beat = measure_load(travel_graph(network, times, "foot"), load_s, np.arange(3), 0)
    (part,) = set_aside_of(network, beat)
    assert (part.name, part.m) == ("Long, Short", 110.0)
    assert part.segment_ids == tuple(network.segment_id[[1, 2]])


def test_posts_on_monaco_has_an_answer_in_each_ward(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = shared_data / "networks" / "monaco.osm.pbf"
    assert run("posts", source, "--boundary", "osm:admin_level=10", "--json") == 0
    needed = json.loads(capsys.readouterr().out)["needed"]
    assert needed["total"] is not None
    assert len(needed["by_city"]) == 6
    assert all(needed["by_city"].values())


def test_a_component_is_small_by_what_it_holds_once_each_street_counts_once(
    defaults: PatrolSettings,
) -> None:
    # Out of reach: two carriageways of 90 m, one street: 90 m are under 1 %, 180 m are not.
    text = "A" + "-" * 1000 + "B\n\n\n\nC--------D\n|        |\nE--------F"
    one_way = {"highway": "residential", "name": "Twin", "oneway": "yes"}
    drawing = draw(text, tags={"CD": one_way, "FE": one_way, "CE": CLOSE, "DF": CLOSE}, step_m=STEP)
    network = load(drawing, settings=defaults)
    assert set(network.name[network.required]) == {"AB"}
    assert network.required_km == pytest.approx(10.01, abs=0.005)


CLOSE = {"highway": "service"}
STEP = (10.0, 9.0)
