"""Counts in a plan: they weigh on beats and verdicts, and their places are kept nowhere."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
from drawing import degrees, draw, load, segment

from reso_geo import (
    CutRequest,
    Plan,
    PlanRequest,
    load_plan,
    make_plan,
    plan_map,
    plan_report,
    save_map,
    save_plan,
)
from reso_geo.assess import judge, needs_of
from reso_geo.cli import main
from reso_geo.coverage import travel_graph
from reso_geo.demand import Bases, Counts, count_per_segment
from reso_geo.plan import assumptions_of
from reso_geo.plan_file.tables import plan_tables
from reso_geo.report import plan_summary
from reso_geo.settings import LEVELS, Range, load_settings, ranges_of
from reso_geo.travel import travel_times
from reso_geo.workload import measure_load, street_load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reso_geo import StreetNetwork
    from reso_geo.settings import PatrolSettings

BLOCKS = "A-B-C-D\n| | | |\nE-F-G-H"


@pytest.fixture(scope="module")
def town(defaults: PatrolSettings) -> StreetNetwork:
    return load(draw(BLOCKS, step_m=100.0), settings=defaults)


def counted(network: StreetNetwork, n: Mapping[str, int], weeks: float = 52.0) -> Counts:
    """Return counts by the ends of their segments."""
    total = np.zeros(len(network), dtype=np.int64)
    for ends, count in n.items():
        total[segment(network, ends)] = count
    return Counts(total, weeks, 0, 0, ())


def planned(
    network: StreetNetwork, settings: PatrolSettings, officers: int, counts: Counts | None
) -> Plan:
    return make_plan(
        network, settings=settings, request=PlanRequest(CutRequest(officers)), counts=counts
    )


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


def test_load_of_counts_is_their_number_a_week_times_the_minutes_of_each(
    town: StreetNetwork, defaults: PatrolSettings
) -> None:
    counts = counted(town, {"AB": 26, "CG": 104}, weeks=26.0)
    times = travel_times(town, defaults)
    asked = street_load(town, times, defaults, "foot", None, counts.per_week)
    assert asked.counted_s[segment(town, "AB")] == 1 * 600.0
    assert asked.counted_s[segment(town, "CG")] == 4 * 600.0
    assert asked.counted_s.sum() == 3000.0
    plain = asked.without_counts()
    assert (asked.total_s - plain.total_s).tolist() == asked.counted_s.tolist()
    assert not plain.counted_s.any()


def test_load_of_beats_is_that_of_streets_counts_and_deadhead(
    town: StreetNetwork, defaults: PatrolSettings
) -> None:
    counts = counted(town, {"AB": 260, "GH": 52})
    plan = planned(town, defaults, 2, counts)
    assert sum(beat.counts or 0 for beat in plan.beats) == 312
    calls_s = sum(beat.counts_load_s or 0.0 for beat in plan.beats)
    assert calls_s == pytest.approx(312 / 52 * 600.0)
    deadhead_s = sum(beat.foot.deadhead_s or 0.0 for beat in plan.beats)
    streets_s = plan.load.total_s.sum()
    assert sum(beat.load_s for beat in plan.beats) == pytest.approx(
        streets_s + calls_s + 60.0 / 45.0 * deadhead_s  # 15 minutes of talk in an hour
    )


def test_beat_with_many_calls_gets_fewer_streets(
    town: StreetNetwork, defaults: PatrolSettings
) -> None:
    plan = planned(town, defaults, 2, counted(town, {"AE": 104}))
    with_calls, without = sorted(plan.beats, key=lambda beat: -(beat.counts or 0))
    assert without.counts == 0
    assert with_calls.street_km < without.street_km


def test_no_layer_but_that_of_beats_tells_where_counts_are(
    town: StreetNetwork, defaults: PatrolSettings, tmp_path: Path
) -> None:
    plans = [
        planned(town, defaults, 1, counted(town, where))
        for where in ({"AB": 5200}, {"GH": 5200}, {"AE": 2600, "DH": 2600})
    ]
    one, *others = (plan_tables(plan) for plan in plans)
    for other in others:
        for layer, table in one.items():
            assert table.equals(other[layer]), layer
    files = []
    for number, plan in enumerate(plans):
        save_plan(plan, tmp_path / f"{number}.gpkg")
        save_map(plan_map(plan), tmp_path / f"{number}.html")
        plan_report(plan, tmp_path / f"{number}.csv")
        files.append([(tmp_path / f"{number}.{e}").read_bytes() for e in ("gpkg", "html", "csv")])
    assert files[0] == files[1] == files[2]
    assert all((plan.load.counted_s == 0.0).all() for plan in plans)


def test_plan_with_counts_and_named_bases_comes_back_as_it_was_saved(
    town: StreetNetwork, defaults: PatrolSettings, tmp_path: Path
) -> None:
    lon, lat = degrees(0.0, 20.0)
    name = np.array(["Poste <b>1</b>"], dtype=object)
    bases = Bases(name, np.array([""], dtype=object), np.array([lon]), np.array([lat]))
    plan = make_plan(
        town,
        settings=defaults,
        request=PlanRequest(CutRequest(2)),
        counts=counted(town, {"AB": 40}, weeks=13.5),
        bases=bases,
    )
    save_plan(plan, tmp_path / "plan.gpkg")
    back = load_plan(tmp_path / "plan.gpkg")
    assert back.beats == plan.beats
    assert back.counts_weeks == 13.5
    assert back.balance == plan.balance
    assert back.partition.base_name == plan.partition.base_name == ("Poste <b>1</b>",) * 2
    assert np.array_equal(back.partition.base, plan.partition.base)
    assert np.allclose(back.load.total_s, plan.load.total_s)
    layer = gpd.read_file(tmp_path / "plan.gpkg", layer="bases")
    assert set(layer["name"]) == {"Poste <b>1</b>"}
    for audience, seen in (("internal", True), ("public", False)):
        save_map(plan_map(back, "fr", audience), tmp_path / "m.html")
        page = (tmp_path / "m.html").read_text(encoding="utf-8")
        assert ("Poste \\u003cb\\u003e1" in page) == seen
        assert "Poste <b>" not in page


def test_plan_without_counts_or_given_bases_says_none(
    town: StreetNetwork, defaults: PatrolSettings, tmp_path: Path
) -> None:
    plan = planned(town, defaults, 2, None)
    save_plan(plan, tmp_path / "plan.gpkg")
    back = load_plan(tmp_path / "plan.gpkg")
    assert back.counts_weeks is None
    assert [(beat.counts, beat.counts_load_s) for beat in back.beats] == [(None, None)] * 2
    assert back.partition.base_name == ("", "")
    assert gpd.read_file(tmp_path / "plan.gpkg", layer="bases")["name"].isna().all()
    assert "count_min" not in assumptions_of(plan)
    assert "count_min" in assumptions_of(planned(town, defaults, 2, counted(town, {})))


def test_verdict_needs_the_calls_at_the_minutes_of_one_draw_in_ten_above_and_below(
    town: StreetNetwork, defaults: PatrolSettings
) -> None:
    values = {key: at.central for key, at in ranges_of(defaults).items() if "." not in key}
    still = load_settings(**values | {"count_min": (5.0, 10.0, 20.0)})
    graph = travel_graph(town, travel_times(town, defaults), "foot")
    own, nothing = np.arange(len(town)), np.zeros(len(town))
    counts = counted(town, {"AB": 520})
    found = []
    for per_week in (nothing, counts.per_week):
        needs = needs_of(town, still, "foot", "summer", nothing, per_week)
        found.append(judge(needs, measure_load(graph, needs.load, own, 0), 1))
    more = np.subtract(found[1].needed_s, found[0].needed_s)
    # A tenth of the triangle over 5, 10, 20 minutes lies below the first, a tenth above the last.
    minutes = 5.0 + 7.5**0.5, 10.0, 20.0 - 15.0**0.5
    assert more.tolist() == pytest.approx([10 * 60.0 * m for m in minutes], rel=0.001)
    assert [defaults.count_min.at(level) for level in LEVELS] == [5.0, 10.0, 20.0]
    assert (found[1].every_weeks or 0.0) > (found[0].every_weeks or 0.0)


def test_calls_that_take_most_of_the_time_are_the_reason_and_the_public_is_not_told(
    town: StreetNetwork, defaults: PatrolSettings, tmp_path: Path
) -> None:
    plan = planned(town, defaults, 1, counted(town, {"AB": 52 * 500}))
    assert plan.beats[0].foot.verdict == "no"
    assert plan.beats[0].foot.reasons == ("counts_exceed_time",)
    for audience, seen in (("internal", True), ("public", False)):
        plan_report(plan, tmp_path / "b.csv", "en", audience)
        assert ("calls counted may take" in (tmp_path / "b.csv").read_text("utf-8-sig")) == seen
        save_map(plan_map(plan, "en", audience), tmp_path / "m.html")
        assert ("calls counted may take" in (tmp_path / "m.html").read_text("utf-8")) == seen


def test_pace_of_winter_does_not_slow_calls(town: StreetNetwork, defaults: PatrolSettings) -> None:
    # In summer the calls alone are too much: winter's pace is no reason.
    still = Range(30.0, 30.0, 30.0, "", "")
    settings = replace(defaults, count_min=still)
    request = PlanRequest(CutRequest(1), season="winter")
    plan = make_plan(
        town, settings=settings, request=request, counts=counted(town, {"AB": 52 * 60})
    )
    assert "winter_pace" not in plan.beats[0].foot.reasons
    assert plan.beats[0].foot.verdict == "no"


@pytest.mark.parametrize(("n", "shown"), [(9, "<10"), (10, "10")])
def test_few_calls_are_masked_for_the_public(
    town: StreetNetwork, defaults: PatrolSettings, tmp_path: Path, n: int, shown: str
) -> None:
    plan = planned(town, defaults, 1, counted(town, {"AB": n}))
    for audience, told in (("public", shown), ("internal", str(n))):
        plan_report(plan, tmp_path / "b.csv", "en", audience)
        with (tmp_path / "b.csv").open(encoding="utf-8-sig", newline="") as table:
            (row,) = csv.DictReader(table)
        assert row["Calls counted"] == told
    page = tmp_path / "m.html"
    save_map(plan_map(plan, "en", "public"), page)
    assert ('"Calls counted"],["moins de 10","under 10"]' in page.read_text("utf-8")) == (n < 10)


def test_the_public_gets_no_figure_that_gives_masked_calls_away(
    town: StreetNetwork, defaults: PatrolSettings, tmp_path: Path
) -> None:
    plan = planned(town, defaults, 1, counted(town, {"AB": 3}))
    for audience in ("public", "internal"):
        plan_report(plan, tmp_path / "b.csv", "en", audience)
        (told,) = csv.DictReader((tmp_path / "b.csv").read_text("utf-8-sig").splitlines())
        odds = ("chance", "reserve", "margin", "weeks", "low", "high")
        inner = [value for name, value in told.items() if any(o in name.lower() for o in odds)]
        assert len(inner) == (12 if audience == "internal" else 0)
        assert any(inner) == (audience == "internal")
        save_map(plan_map(plan, "en", audience), tmp_path / "m.html")
        coloured = '"key":"cadence"' in (tmp_path / "m.html").read_text("utf-8")
        assert coloured == (audience == "internal")


def test_points_near_one_street_give_the_plan_of_their_sum(
    town: StreetNetwork, defaults: PatrolSettings, tmp_path: Path
) -> None:
    spots = [degrees(x, y) for x, y in ((40.0, 11.0), (150.0, -13.0), (9000.0, 0.0))]
    rows = "".join(f"{n},{x},{y}\n" for n, (x, y) in zip((17, 23, 5), spots, strict=True))
    (tmp_path / "c.csv").write_text(f"n,lon,lat\n{rows}")
    read = count_per_segment(town, tmp_path / "c.csv", 4.0)
    one, two = (
        planned(town, defaults, 2, counts) for counts in (read, counted(town, {"AB": 40}, 4.0))
    )
    assert one.beats == two.beats
    assert [str(note) for note in one.warnings if note not in two.warnings] == [
        "1 row more than 500 m from any street to cover is not counted (total: 5)."
    ]


def test_command_takes_counts_and_bases_says_what_it_took_and_keeps_no_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    streets = draw(BLOCKS, step_m=100.0).write(tmp_path / "streets.json")
    (lon, lat), (far, north) = degrees(40.0, 11.0), degrees(9000.0, 0.0)
    calls, posts = tmp_path / "calls.csv", tmp_path / "posts.csv"
    calls.write_text(f"n,lon,lat\n52,{lon},{lat}\n", encoding="utf-8")
    posts.write_text(f"name,lon,lat\nStation,{lon},{lat}\nGhost,{far},{north}\n")
    words = ("plan", streets, "--officers", 1, "--out", tmp_path / "o", "--lang", "en")
    assert run(*words, "--counts", calls, "--bases", posts) == 0
    said = capsys.readouterr().out
    assert "Calls counted: 52 in 52 weeks; at 10 minutes each (5 to 20;" in said
    assert "taken for those of a year" in said
    assert "Ghost (8" in said
    assert run(*words, "--counts", calls, "--counts-weeks", 13, "--bases", posts, "--json") == 0
    (beat,) = json.loads(capsys.readouterr().out)["beats"]
    assert (beat["counts"], beat["counts_load_s"]) == (52, 4 * 600.0)
    written = b"".join(path.read_bytes() for path in (tmp_path / "o").iterdir())
    assert str(lon).encode() not in written
    pages = [path for path in (tmp_path / "o").iterdir() if path.suffix != ".gpkg"]
    assert pages
    assert not any(b"calls.csv" in path.read_bytes() for path in pages)
    again = ("plan", tmp_path / "o" / "plan.gpkg", "--officers", 1, "--out", tmp_path / "p")
    assert run(*again, "--lang", "en") == 0
    assert "Give --counts again" in capsys.readouterr().out
    assert run(*words, "--counts", calls, "--counts-weeks", 0) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_anchors_tell_how_far_they_are_from_their_streets(sample_plan: Plan) -> None:
    table = plan_tables(sample_plan)["anchors"]
    assert table["distance_m"].between(0.0, 500.0).all()
    assert set(table["segment_id"]) <= set(sample_plan.network.segment_id)
    told = plan_summary(sample_plan, "plan.gpkg")["anchors"]
    assert told == {
        "placed": len(table),
        "far": 0,
        "median_m": pytest.approx(table["distance_m"].median()),
        "worst_m": pytest.approx(table["distance_m"].max()),
    }
