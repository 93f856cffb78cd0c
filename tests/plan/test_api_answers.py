"""What a public function takes is taken whole: nothing is lost, renamed or left out in silence."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from plans import told

from reso_geo import (
    Plan,
    RebalanceRequest,
    StreetNetwork,
    assess,
    load_network,
    load_plan,
    load_settings,
    make_plan,
    plan_from_beats,
    plan_map,
    plan_report,
    posts_needed,
    read_anchors,
    read_edited_plan,
    rebalance_plan,
    save_map,
    save_plan,
    sector_in,
)
from reso_geo.errors import TableError
from reso_geo.i18n import Phrase
from reso_geo.io import save_picture

if TYPE_CHECKING:
    from pathlib import Path


def same(one: Plan, other: Plan) -> bool:
    return one.beats == other.beats and one.partition == other.partition


def test_options_of_a_function_are_given_by_their_name() -> None:
    functions = {
        load_network: 3, assess: 3, posts_needed: 3, sector_in: 3, rebalance_plan: 2, plan_map: 3,
        plan_report: 4, save_picture: 4,
    }  # fmt: skip
    for function, count in functions.items():
        kinds = [each.kind for each in inspect.signature(function).parameters.values()]
        assert set(kinds[count:]) == {inspect.Parameter.KEYWORD_ONLY}


def test_fast_tours_are_read_back_as_they_were_saved(
    network: StreetNetwork, tmp_path: Path
) -> None:
    fast = make_plan(network, officers=4, depth="fast")
    save_plan(fast, tmp_path / "z.gpkg")
    again = load_plan(str(tmp_path / "z.gpkg"))
    assert len(fast.tours) == 16
    assert again.tours == fast.tours
    assert [note.key for note in again.warnings] == ["plan.fast_tours"]
    without = load_plan(tmp_path / "z.gpkg", tours=False)
    assert without.tours == ()
    assert without == replace(again, tours=())


def test_a_plan_read_back_equals_the_one_that_was_saved(
    plan: Plan, cities: Plan, tmp_path: Path
) -> None:
    for number, made in enumerate((plan, cities)):
        path = tmp_path / "new" / f"{number}.gpkg"
        save_plan(made, path)
        again = load_plan(path)
        assert again == made
        assert again.request == made.request
    assert plan != cities
    assert plan != plan.judged(season="winter")
    assert plan != 5


def test_streets_are_placed_in_the_cities_that_a_plan_is_made_in(
    network: StreetNetwork, cities: Plan
) -> None:
    assert network.cities == ("drawing",)
    made = make_plan(network, officers=3, boundary=cities.boundary)
    assert made.network.cities == ("West", "East")
    assert made.partition.beat_id == cities.partition.beat_id
    assert made.network.city.tolist() == cities.network.city.tolist()
    told_of = plan_from_beats(network, cities.beats_gdf(), boundary=cities.boundary)
    assert [beat.city for beat in told_of.beats] == ["West", "West", "East"]
    again = make_plan(cities.network, officers=3, boundary=cities.boundary)
    assert again.network is cities.network
    swapped = replace(cities.boundary, shapes=cities.boundary.shapes[::-1])
    moved = make_plan(cities.network, officers=3, boundary=swapped)
    held = moved.network.required
    assert (moved.network.city[held] == 1 - cities.network.city[held]).all()


def test_rows_of_a_table_that_are_left_out_are_said_once(network: StreetNetwork) -> None:
    spot = network.geometry[0].centroid
    twice = gpd.GeoDataFrame({"name": ["Kiosk"] * 2}, geometry=[spot] * 2, crs=network.crs)
    made = make_plan(network, officers=2, bases=twice)
    (said,) = [note for note in made.warnings if note.key == "demand.rows_left_out"]
    assert told(said, "table") == "bases"
    assert told(said, "count") == 1
    school = gpd.GeoDataFrame(
        {"name": ["A"] * 2, "kind": ["school"] * 2, "visits_per_week": 2, "minutes": 30},
        geometry=[spot] * 2,
        crs=network.crs,
    )
    assert [told(note, "table") for note in sector_in(network, anchors=school).notes] == ["anchors"]


def test_an_empty_frame_of_anchors_is_refused(network: StreetNetwork) -> None:
    with pytest.raises(TableError, match="no row"):
        make_plan(network, officers=1, anchors=pd.DataFrame())
    with pytest.raises(TableError, match="no row"):
        read_anchors(pd.DataFrame({"name": []}))


def test_residents_by_segment_are_a_series_or_an_array(network: StreetNetwork) -> None:
    series = pd.Series(2.0, index=network.segment_id[::-1][:10])
    of_series = make_plan(network, officers=1, people=series)  # type: ignore[arg-type]
    array = np.where(np.isin(network.segment_id, series.index), 2.0, 0.0)
    assert of_series == make_plan(network, officers=1, people=array)
    assert of_series.beats[0].residents == 20


def test_posts_of_beats_are_numbers_of_any_kind(network: StreetNetwork, plan: Plan) -> None:
    beats = plan.beats_gdf()
    first = plan.beats[0].beat_id
    for posts in (2, np.int64(2), pd.Series(2, index=beats["beat_id"])):
        made = plan_from_beats(network, beats, posts=posts)  # type: ignore[arg-type]
        assert made.partition.posts.tolist() == [2, 2, 2]
    assert plan_from_beats(network, beats, posts={first: 3}).partition.posts.tolist() == [3, 1, 1]


def test_a_plan_in_memory_is_rebalanced_as_its_file_is(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    save_plan(plan, path)
    of_file = rebalance_plan(read_edited_plan(path), RebalanceRequest(4)).plan
    for made in (
        rebalance_plan(plan, officers=4),
        rebalance_plan(plan, RebalanceRequest(4)),
        rebalance_plan(str(path), officers=4),
    ):
        assert same(made.plan, of_file)


def test_one_id_locks_one_beat(network: StreetNetwork, plan: Plan) -> None:
    first = plan.beats[0].beat_id
    one, several = (
        make_plan(network, officers=3, earlier=plan, lock=lock) for lock in (first, [first])
    )
    assert one == several
    assert [beat.beat_id for beat in one.beats if beat.locked] == [first]


def test_settings_are_a_file_a_record_or_the_usual_ones(
    network: StreetNetwork, tmp_path: Path
) -> None:
    path = tmp_path / "own.toml"
    path.write_text("foot_patrol_kmh = 2.0\n", encoding="utf-8")
    made = make_plan(network, officers=2, settings=str(path))
    assert made == make_plan(network, officers=2, settings=load_settings(path))
    usual, own = (sector_in(network, settings, "Town") for settings in (None, path))
    assert usual.settings == load_settings()
    assert own.settings == load_settings(path)
    assert sector_in(network).name == "drawing"
    assert posts_needed(network).total == 1


def test_progress_true_writes_stages_on_standard_error(
    network: StreetNetwork, plan: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    rebalance_plan(plan, officers=4, progress=True)
    assert capsys.readouterr().err == f"{Phrase('progress.rebalance')}\n"
    posts_needed(network, progress=True)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == f"{Phrase('progress.posts')} 0 %"
    assert len(lines) == len(set(lines)) <= 11
    assess(plan.beat(plan.beats[0].beat_id), progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert err


def test_records_and_warnings_say_in_a_short_line_what_they_are(
    cities: Plan, tmp_path: Path
) -> None:
    save_plan(cities, tmp_path / "p.gpkg")
    shown = (
        cities.settings, cities.anchors, cities.beats[0], cities.request, cities.request.cut,
        cities.partition, plan_map(cities), read_edited_plan(tmp_path / "p.gpkg"),
    )  # fmt: skip
    for record in shown:
        assert repr(record).startswith(f"<{type(record).__name__}: ")
        assert len(repr(record)) <= 200
        assert "\n" not in repr(record)
    assert "runs beyond its city's line" in repr(cities.warnings)
    assert repr(Phrase("no.such_key", {"a": 1})) == "<no.such_key: {'a': 1}>"
    found = assess(cities.beat(cities.beats[0].beat_id))
    for record, word in ((cities.anchors, "School"), (cities.beats[0], "on foot"), (found, "91 %")):
        assert word in record._repr_html_().split("<table>")[1]


def test_a_picture_says_verdicts_in_words_and_figures_with_their_unit(cities: Plan) -> None:
    ax = cities.plot(by="verdict")
    legend = ax.get_legend()
    assert legend is not None
    assert [each.get_text() for each in legend.get_texts()] == [
        "enough time", "uncertain", "not enough time",
    ]  # fmt: skip
    assert cities.plot(by="load").figure.axes[1].get_ylabel() == "Load (hours per week)"
    french = cities.plot(by="cadence", lang="fr").figure.axes[1].get_ylabel()
    assert french == Phrase("plan.scale.cadence").say("fr")


def test_pages_open_anywhere_by_a_path_in_text(plan: Plan, tmp_path: Path) -> None:
    save_map(plan.explore(), str(tmp_path / "p.html"))
    assert '<html lang="en">' in (tmp_path / "p.html").read_text(encoding="utf-8")
