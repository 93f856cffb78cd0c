"""Plans in memory: made by keywords, judged again, and out as frames."""

from __future__ import annotations

import inspect
import pickle
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from drawing import draw, load
from plans import told

from reso_geo import (
    CutRequest,
    Plan,
    PlanRequest,
    StreetNetwork,
    assess,
    check_plan,
    load_plan,
    load_settings,
    make_plan,
    plan_map,
    save_plan,
)
from reso_geo.assess import AssessRequest
from reso_geo.errors import ResoGeoError, TableError, UsageError
from reso_geo.plan import plan_from_beats

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reso_geo.settings import PatrolSettings


def same(one: Plan, other: Plan) -> bool:
    return one.beats == other.beats and one.partition == other.partition


# In


def test_everything_after_the_streets_is_a_keyword() -> None:
    for function in (make_plan, plan_from_beats):
        _, *rest = inspect.signature(function).parameters.values()
        rest = rest[function is plan_from_beats :]
        assert all(each.kind is inspect.Parameter.KEYWORD_ONLY for each in rest)
        assert {"settings", "mode", "season", "weights", "depth", "progress"} <= {
            each.name for each in rest
        }


def test_posts_alone_make_the_plan_of_the_full_request(
    network: StreetNetwork, plan: Plan, defaults: PatrolSettings
) -> None:
    full = PlanRequest(CutRequest(officers=3))
    assert make_plan(network, request=full, settings=defaults) == plan
    short = make_plan(network, officers=2, mode="bike", season="winter", tolerance=0.2, seed=7)
    asked = PlanRequest(CutRequest(2, tolerance=0.2, seed=7), "bike", "winter")
    assert short.request == asked
    assert same(short, make_plan(network, request=asked))


def test_tables_go_into_a_plan_as_they_are(network: StreetNetwork) -> None:
    spot = gpd.GeoSeries([network.geometry[0].centroid], crs=network.crs)
    school = gpd.GeoDataFrame(
        {"name": ["School"], "kind": ["school"], "visits_per_week": [2], "minutes": [30]},
        geometry=spot,
    )
    people = gpd.GeoDataFrame({"population": [40]}, geometry=spot)
    calls = gpd.GeoDataFrame({"n": [52]}, geometry=spot)
    kiosk = gpd.GeoDataFrame({"name": ["Kiosk"]}, geometry=spot)
    made = make_plan(network, officers=1, anchors=school, people=people, counts=calls, bases=kiosk)
    (beat,) = made.beats
    assert made.anchors.name.tolist() == ["School"]
    assert beat.residents == 40
    assert beat.counts == 52
    assert made.partition.base_name == ("Kiosk",)


def refusals() -> list[tuple[dict[str, Any], type[ResoGeoError], str]]:
    full = PlanRequest(CutRequest(3))
    return [
        ({}, UsageError, "officers=17"),
        ({"officers": 3, "request": full}, UsageError, "officers"),
        ({"season": "winter", "request": full}, UsageError, "season"),
        ({"request": 3}, UsageError, "PlanRequest"),
        ({"officers": "3"}, UsageError, "whole number"),
        ({"officers": 3, "mode": "boat"}, UsageError, "foot, bike"),
        ({"officers": 3, "depth": "slow"}, UsageError, "fast, final"),
        ({"officers": 3, "people": np.zeros(3)}, UsageError, "people"),
        ({"officers": 3, "anchors": 5}, UsageError, "int"),
        ({"officers": 3, "boundary": 5}, ResoGeoError, "int"),
        ({"officers": 3, "weights": 5}, TableError, "int"),
    ]


@pytest.mark.parametrize("at", range(11))
def test_what_a_plan_cannot_be_made_of_is_refused_in_a_sentence(
    network: StreetNetwork, at: int
) -> None:
    given, error, said = refusals()[at]
    with pytest.raises(error) as caught:
        make_plan(network, **given)
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_path_is_no_network() -> None:
    for function in (lambda: make_plan("a.osm.pbf", officers=3), lambda: plan_from_beats(None, 3)):  # type: ignore[arg-type]
        with pytest.raises(UsageError, match="load_network"):
            function()


def test_progress_is_heard_by_a_function_or_on_standard_error(
    network: StreetNetwork, plan: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    heard: list[str] = []
    assert same(make_plan(network, officers=3, progress=heard.append), plan)
    assert heard == ["progress.cut", "progress.measure", "progress.tile"]
    make_plan(network, officers=3, progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 3


def test_fast_tours_are_said_and_final_ones_can_be_had_later(
    network: StreetNetwork, plan: Plan
) -> None:
    fast = make_plan(network, officers=3, depth="fast")
    assert [note.key for note in fast.warnings] == ["plan.fast_tours"]
    assert {tour.depth for tour in fast.tours} == {"fast"}
    assert {tour.depth for tour in plan.tours if tour.season == "summer"} == {"final"}
    final = fast.judged()
    assert final.warnings == ()
    assert same(final, plan)


# Weights


def test_weights_count_like_visits_and_stay_with_the_plan(
    network: StreetNetwork, plan: Plan, tmp_path: Path
) -> None:
    heavy = pd.Series(1200.0, index=network.segment_id[:6])
    made = make_plan(network, officers=3, weights=heavy)
    weighted = sum(beat.load_s - network_load(made, at) for at, beat in enumerate(made.beats))
    bare = sum(beat.load_s - network_load(plan, at) for at, beat in enumerate(plan.beats))
    # What is left is deadhead, of two different cuts: less than one weight counted twice.
    assert weighted == pytest.approx(bare, abs=1200.0)
    assert made.load.stop_s.sum() == pytest.approx(6 * 1200.0)
    assert max(made.balance) < 1.05
    assert same(made, make_plan(network, officers=3, weights=heavy.to_dict()))
    assert not made.outdated
    path = tmp_path / "plan.gpkg"
    save_plan(made, path)
    again = load_plan(path)
    assert again.extra_s is not None
    assert again.extra_s.tolist() == made.extra_s.tolist()  # type: ignore[union-attr]
    assert again.load.stop_s.sum() == pytest.approx(7200.0)
    assert not again.outdated
    found = check_plan(path)
    assert found.valid
    assert found.measured == ()
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own
    other = made.judged(season="winter")
    assert other.load.stop_s.sum() == pytest.approx(7200.0)
    sectors = [made.beat(beat.beat_id) for beat in made.beats]
    assert sum(sector.stop_s[sector.required].sum() for sector in sectors) == pytest.approx(7200.0)


def network_load(plan: Plan, beat: int) -> float:
    return plan.load.sum_s(np.flatnonzero(plan.partition.beat_of == beat))


def test_a_plan_without_weights_has_no_column_of_them(plan: Plan) -> None:
    assert plan.extra_s is None
    assert "extra_s" not in plan.segments_gdf()


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"nowhere": 1.0}, "nowhere"),
        ({0: -1.0}, "-1"),
        ({0: float("nan")}, "nan"),
        ({0: float("inf")}, "inf"),
        ({0: 700_000.0}, "604800"),
        ({0: True}, "True"),
        ({0: "much"}, "much"),
    ],
)
def test_weight_that_cannot_be_is_refused_with_its_segment(
    network: StreetNetwork, weights: dict[Any, Any], said: str
) -> None:
    named = {network.segment_id[k] if isinstance(k, int) else k: v for k, v in weights.items()}
    for given in (named, pd.Series(named)):
        with pytest.raises(TableError) as caught:
            make_plan(network, officers=3, weights=given)
        assert said in str(caught.value)
        assert next(iter(named)) in str(caught.value)


def test_segment_that_is_weighed_twice_is_refused(network: StreetNetwork) -> None:
    first = network.segment_id[0]
    with pytest.raises(TableError, match="more than once"):
        make_plan(network, officers=3, weights=pd.Series([1.0, 2.0], index=[first, first]))


def test_weight_of_a_street_that_is_not_covered_is_said(defaults: PatrolSettings) -> None:
    tags = {"BC": {"highway": "service"}}
    streets = load(draw("A---B---C\n|   |\nD---E", tags, step_m=100.0), None, defaults)
    weights = pd.Series(3600.0, index=streets.segment_id)
    made = make_plan(streets, officers=1, weights=weights)
    count = int((~streets.required).sum())
    assert count > 0
    (said,) = [note for note in made.warnings if note.key == "plan.weights_aside"]
    assert told(said, "count") == count
    assert told(said, "hours") == pytest.approx(count)
    assert made.load.stop_s.sum() == pytest.approx(3600.0 * streets.required.sum())


# The same beats again


def test_beats_judged_in_another_season_are_those_of_a_plan_made_in_it(cities: Plan) -> None:
    winter = cities.judged(season="winter")
    assert winter.request.season == "winter"
    assert winter.partition == cities.partition
    assert [beat.name for beat in winter.beats] == [beat.name for beat in cities.beats]
    assert [beat.residents for beat in winter.beats] == [beat.residents for beat in cities.beats]
    assert any(note.key.startswith("travel.") for note in winter.warnings)
    assert not winter.outdated
    for beat, other in zip(winter.beats, cities.beats, strict=True):
        assert beat.load_s > other.load_s
    again = winter.judged(season="summer")
    assert same(again, cities)
    assert again.warnings == cities.warnings


def test_beats_judged_by_other_settings_have_their_loads(plan: Plan) -> None:
    slow = plan.judged(settings=load_settings(foot_patrol_kmh=2.0, foot_transit_kmh=2.0))
    assert slow.settings.foot_patrol_kmh.central == 2.0
    for beat, other in zip(slow.beats, plan.beats, strict=True):
        assert beat.load_s > 1.3 * other.load_s
    assert slow.judged(settings=plan.settings) == plan


def test_a_beat_of_a_plan_is_assessed_by_other_settings(plan: Plan) -> None:
    asked = AssessRequest(("foot",), ("summer",), fixes=False)
    usual = assess(plan.beat(plan.beats[0].beat_id), request=asked).to_frame()
    own = load_settings(foot_patrol_kmh=2.0)
    slow = assess(plan.beat(plan.beats[0].beat_id), settings=own, request=asked).to_frame()
    assert slow["needed_s"].iloc[0] > 1.3 * usual["needed_s"].iloc[0]


@pytest.mark.parametrize(
    "given", [{"season": "spring"}, {"mode": "boat"}, {"depth": "slow"}]
)  # fmt: skip
def test_an_unknown_word_is_refused_with_those_that_are_known(
    plan: Plan, given: dict[str, Any]
) -> None:
    with pytest.raises(UsageError, match="is not known"):
        plan.judged(**given)


# Out


def test_frames_are_the_layers_of_the_file(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    save_plan(plan, path)
    for layer, frame in (("beats", plan.beats_gdf()), ("segments", plan.segments_gdf())):
        written = gpd.read_file(path, layer=layer)
        assert frame.columns.tolist() == written.columns.tolist()
        assert frame.crs == written.crs == plan.network.crs
        assert len(frame) == len(written)
    figures = plan.to_frame()
    assert figures.index.tolist() == list(plan.partition.beat_id)
    assert figures["load_s"].tolist() == [beat.load_s for beat in plan.beats]
    assert "geometry" not in figures


def test_an_assessment_comes_out_by_mode_and_season(plan: Plan) -> None:
    found = assess(plan.beat(plan.beats[0].beat_id), request=AssessRequest(fixes=False))
    frame = found.to_frame()
    assert frame.index.names == ["mode", "season"]
    assert set(frame.index) == set(found.judgements)
    verdict = found.judgements["foot", "summer"].case.verdict
    row = frame.loc["foot", "summer"]
    assert (row["verdict"], row["margin"]) == (verdict.verdict, verdict.margin)
    assert row["needed_s_low"] <= row["needed_s"] <= row["needed_s_high"]


def test_a_map_and_a_picture_come_out(plan: Plan) -> None:
    assert plan.explore("en").page() == plan_map(plan, "en").page()
    assert "<iframe" in plan.explore()._repr_html_()
    for by in ("beat", "verdict", "load", "street_km"):
        axes = plan.plot(by)
        assert len(axes.collections) >= 2, by
        axes.figure.clear()
    with pytest.raises(UsageError, match="verdict"):
        plan.plot("colour")


SHOWN: tuple[Callable[[Plan], object], ...] = (
    lambda plan: plan,
    lambda plan: plan.network,
    lambda plan: plan.beat(plan.beats[0].beat_id),
    lambda plan: assess(plan.beat(plan.beats[0].beat_id), request=AssessRequest(fixes=False)),
)


@pytest.mark.parametrize("at", range(4))
def test_what_is_shown_at_the_prompt_fits_a_line_and_in_a_notebook_a_screen(
    plan: Plan, at: int
) -> None:
    record: Any = SHOWN[at](plan)
    assert repr(record).startswith(f"<{type(record).__name__}: ")
    assert len(repr(record)) < 300
    assert len(repr(record).splitlines()) == 1
    assert record.summary().say("fr") != record.summary().say("en")
    page = record._repr_html_()
    assert type(record).__name__ in page
    assert page.count("<tr>") <= 13


def test_a_long_plan_shows_twelve_beats_and_how_many_more(network: StreetNetwork) -> None:
    many = make_plan(network, officers=15, depth="fast")
    page = many._repr_html_()
    assert page.count("<tr>") == 13
    assert "3 more rows" in page


def test_no_name_is_code_in_a_notebook(plan: Plan) -> None:
    hostile = replace(
        plan, beats=(replace(plan.beats[0], name="<script>alert(1)</script>"), *plan.beats[1:])
    )
    assert "<script>" not in hostile._repr_html_()
