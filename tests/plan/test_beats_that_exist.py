"""Beats that exist become a plan: polygons or ids by street, what they miss said with its size."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from plans import told

from reso_geo import (
    Plan,
    StreetNetwork,
    check_plan,
    load_plan,
    plan_map,
    save_plan,
)
from reso_geo.errors import ResoGeoError, TableError
from reso_geo.partition import broken_beats
from reso_geo.plan import plan_from_beats

if TYPE_CHECKING:
    from pathlib import Path


def test_beats_of_a_plan_are_judged_as_that_plan(cities: Plan) -> None:
    rest: dict[str, Any] = {"boundary": cities.boundary, "anchors": cities.anchors, "name": "name"}
    rest["people"] = np.where(cities.network.required, 10.0, 0.0)
    shapes = plan_from_beats(cities.network, cities.beats_gdf(), **rest)
    segments = cities.segments_gdf().set_index("segment_id")["beat_id"]
    names = plan_from_beats(cities.network, segments, **(rest | {"name": None}))
    assert shapes.partition.beat_of.tolist() == cities.partition.beat_of.tolist()
    for found in (shapes, names):
        beats = sorted(found.beats, key=lambda beat: cities.beat_at(beat.beat_id))
        for beat, other in zip(beats, cities.beats, strict=True):
            assert replace(beat, name="", measured_with="") == replace(
                other, name="", measured_with=""
            )
    assert [beat.name for beat in shapes.beats] == [beat.name for beat in cities.beats]
    assert shapes.warnings == cities.warnings
    assert not shapes.outdated


def boxes(network: StreetNetwork, *cuts: float, **columns: list[Any]) -> gpd.GeoDataFrame:
    """Return boxes side by side from west to east, between shares of the town's width."""
    west, south, east, north = shapely.total_bounds(network.geometry)
    at = [west - 50.0 + cut * (east - west + 100.0) for cut in cuts]
    shapes = [shapely.box(a, south - 50, b, north + 50) for a, b in pairwise(at)]
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=network.crs)
    return frame.to_crs("EPSG:4326")


def test_polygons_become_beats_with_their_posts_and_names(
    network: StreetNetwork, tmp_path: Path
) -> None:
    frame = boxes(network, 0.0, 0.6, 1.0, code=[7, 12], label=["Ouest", "Est"], n=[2, 1])
    made = plan_from_beats(network, frame, id="code", name="label", posts="n")
    assert made.partition.beat_id == ("7", "12")
    assert [beat.name for beat in made.beats] == ["Ouest", "Est"]
    assert [beat.posts for beat in made.beats] == [2, 1]
    assert made.request.cut.officers == 3
    assert made.warnings == ()
    middle = shapely.get_x(shapely.line_interpolate_point(network.geometry, 0.5, normalized=True))
    limit = shapely.bounds(frame.to_crs(network.crs).geometry.iloc[1])[0]
    assert (made.partition.beat_of == (middle > limit)).all()
    path = tmp_path / "plan.gpkg"
    save_plan(made, path)
    assert check_plan(path).valid
    assert plan_map(load_plan(path), "en")


def test_gaps_overlaps_and_parts_apart_are_said_with_their_kilometres(
    network: StreetNetwork,
) -> None:
    frame = boxes(network, 0.0, 0.4, 0.6, 1.0, beat_id=["A", "B", "C"])
    gap = plan_from_beats(network, frame.iloc[[0, 2]])
    (said,) = gap.warnings
    missing = network.required & (gap.partition.beat_of < 0)
    assert said.key == "plan.beats_gap"
    assert told(said, "km") == pytest.approx(network.length_m[missing].sum() / 1000.0)
    apart = plan_from_beats(network, frame.assign(beat_id=["A", "B", "A"]))
    (said,) = apart.warnings
    assert (said.key, told(said, "beat")) == ("plan.beats_apart", "A")
    away = apart.partition.annexed[0]
    assert told(said, "km") == pytest.approx(network.length_m[away].sum() / 1000.0)
    assert broken_beats(network, apart.partition) == []
    wide = frame.copy()
    wide.loc[0, "geometry"] = shapely.union_all(frame.geometry.iloc[:2])
    over = plan_from_beats(network, wide)
    said = over.warnings[0]
    assert (said.key, told(said, "a"), told(said, "b")) == ("plan.beats_overlap", "A", "B")
    held = network.required & (over.partition.beat_of == 0)
    alone = network.required & (gap.partition.beat_of == 0)
    km = (network.length_m[held].sum() - network.length_m[alone].sum()) / 1000.0
    assert told(said, "km") == pytest.approx(km)
    # All of B lies in A too, which keeps it.
    assert over.warnings[1].key == "plan.beats_empty"
    assert over.partition.beat_id == ("A", "C")


def bad_beats(plan: Plan) -> list[tuple[object, str]]:
    frame = plan.beats_gdf()
    return [
        (3, "int"), (None, "NoneType"), ("beats.gpkg", "str"),
        (frame.drop(columns="beat_id"), "beat_id"),
        (frame.set_crs(None, allow_override=True), "set_crs"),
        (frame.assign(beat_id=["A", None, "C"]), "2"),
        (frame.set_geometry(frame.representative_point()), "polygon"),
        (frame.set_geometry(frame.translate(90_000.0)), "to cover"),
        (pd.DataFrame({"beat_id": ["A"]}), "DataFrame"),
        (pd.Series(["A"], index=["nowhere"]), "nowhere"),
        (pd.Series(["A", "B"], index=plan.network.segment_id[[0, 0]]), "more than once"),
    ]  # fmt: skip


@pytest.mark.parametrize("at", range(11))
def test_beats_that_cannot_be_read_are_refused_in_a_sentence(plan: Plan, at: int) -> None:
    beats, said = bad_beats(plan)[at]
    with pytest.raises(ResoGeoError) as caught:
        plan_from_beats(plan.network, beats)  # type: ignore[arg-type]
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("posts", [0, -1, 1.5, "two", None])
def test_posts_of_a_beat_are_a_whole_number(plan: Plan, posts: object) -> None:
    frame = plan.beats_gdf().assign(posts=pd.Series([posts, 1, 1], dtype=object))
    with pytest.raises(TableError, match="whole number"):
        plan_from_beats(plan.network, frame, posts="posts")


def test_a_place_too_far_to_start_from_is_told_of_beats_that_exist_too(
    network: StreetNetwork,
) -> None:
    frame = boxes(network, 0.0, 0.6, 1.0, beat_id=["W", "E"])
    far = pd.DataFrame({"lon": [-60.0], "lat": [50.0], "name": ["Depot"]})
    made = plan_from_beats(network, frame, bases=far)
    assert [note.key for note in made.warnings] == ["demand.far_bases", "demand.no_base"]
    assert "Depot" in str(made.warnings[0])
    assert "W, E" in str(made.warnings[1])
