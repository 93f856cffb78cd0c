"""Whole plans on real streets, checked from the written file alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from commands import REAL_PLANS

LOT_M = 30.0

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Written:
    """A plan as the command line left it: its JSON answer and its layers."""

    def __init__(self, folder: Path) -> None:
        self.answer: dict[str, Any] = json.loads((folder.parent / "answer.json").read_bytes())
        path = folder / "plan.gpkg"
        self.segments = gpd.read_file(path, layer="segments")
        self.beats = gpd.read_file(path, layer="beats")
        self.boundaries = gpd.read_file(path, layer="boundaries")


@pytest.fixture(scope="module", params=REAL_PLANS)
def written(request: pytest.FixtureRequest, real_plan: Callable[[str], Path]) -> Written:
    return Written(real_plan(request.param))


def test_each_required_segment_is_in_exactly_one_beat(written: Written) -> None:
    segments = written.segments
    assert segments["segment_id"].is_unique
    assert segments.loc[segments["required"], "beat_id"].isin(written.beats["beat_id"]).all()
    walked_inside = segments["foot_s"].notna() & segments["city"].notna()
    assert segments.loc[walked_inside, "beat_id"].notna().all()
    assert segments.loc[~walked_inside, "beat_id"].isna().all()


def test_each_beat_is_connected_but_for_the_listed_pieces(written: Written) -> None:
    warnings = " ".join(written.answer["warnings"])
    for beat_id, own in written.segments.groupby("beat_id"):
        listed = written.answer["joined"].get(beat_id, [])
        assert not listed or beat_id in warnings
        rest = own[~own["segment_id"].isin(listed)]
        graph = nx.Graph(zip(rest["u"], rest["v"], strict=True))
        assert nx.is_connected(graph), beat_id


def test_beats_stay_in_their_city(written: Written) -> None:
    city = written.beats.set_index("beat_id")["city"]
    held = written.segments[written.segments["beat_id"].notna()]
    assert (held["beat_id"].map(city) == held["city"]).all()
    assert set(written.boundaries["name"]) == set(city)


def test_polygons_tile_each_city(written: Written) -> None:
    for name, outline in written.boundaries.set_index("name").geometry.items():
        own = written.beats[written.beats["city"] == name].geometry
        assert shapely.union_all(own.to_numpy()).symmetric_difference(outline).area <= 1.0
        pairs = shapely.STRtree(own.to_numpy()).query(own.to_numpy(), predicate="intersects")
        for a, b in pairs.T:
            if a < b:
                assert own.iloc[a].intersection(own.iloc[b]).area <= 1.0


def test_a_beats_streets_lie_in_its_polygon_but_for_those_across_a_city_line(
    written: Written,
) -> None:
    shape = written.beats.set_index("beat_id").geometry
    outline = written.boundaries.set_index("name").geometry
    held = written.segments[written.segments["beat_id"].notna()]
    for beat_id, own in held[held["required"]].groupby("beat_id"):
        city = own["city"].iloc[0]
        lines = own.geometry.to_numpy()
        inside_city = shapely.intersection(lines, outline[city])
        inside = shapely.intersection(lines, shape[beat_id])
        others = held[(held["city"] == city) & (held["beat_id"] != beat_id)].geometry.to_numpy()
        outside = shapely.union_all(shapely.difference(inside_city, shape[beat_id]))
        near = others[shapely.dwithin(others, outside, LOT_M)]
        # Lots belong to the beat of their street, and what ends there crosses them.
        lots = shapely.intersection(outside, shapely.buffer(shapely.union_all(near), LOT_M))
        within_m = shapely.length(inside).sum()
        counted_m = within_m + shapely.length(lots)
        assert counted_m >= 0.95 * shapely.length(inside_city).sum(), beat_id
        assert within_m >= 0.85 * shapely.length(inside_city).sum(), beat_id
        beyond = 1.0 - counted_m / own.length.sum()
        assert beyond <= 0.05 or any(
            beat_id in text and "%" in text for text in written.answer["warnings"]
        ), beat_id


def test_figures_add_up(written: Written) -> None:
    segments = written.segments
    beats = written.beats.set_index("beat_id").sort_index()
    by_beat = segments[segments["required"]].groupby("beat_id")
    assert np.allclose(by_beat["length_m"].sum() / 1000.0, beats["street_km"])
    assert (by_beat["street_load_s"].sum() <= beats["load_s"] + 1e-6).all()
    patrol = by_beat["foot_patrol_s"].sum()
    for mode in ("foot", "bike"):
        passed = beats[f"{mode}_pass_s"].notna()
        apart = beats[f"{mode}_reasons"].str.contains("disconnected", na=False)
        assert (passed != apart).all()
        assert passed.mean() >= 0.5
        assert (beats[f"{mode}_bound_s"] <= beats[f"{mode}_pass_s"] + 1e-6)[passed].all()
    passed = beats["foot_pass_s"].notna()
    walked = patrol + beats["foot_deadhead_s"]
    assert np.allclose(walked[passed], beats.loc[passed, "foot_pass_s"])


def test_heidelberg_is_balanced_and_each_commune_of_liechtenstein_has_a_beat(
    written: Written,
) -> None:
    if len(written.boundaries) == 11:
        assert len(written.beats) == 17
        assert set(written.beats["city"]) == set(written.boundaries["name"])
    loads = written.beats["load_s"] / written.beats["posts"]
    balance = written.answer["balance"]
    assert balance["max_over_mean"] == pytest.approx(loads.max() / loads.mean())
    if len(written.boundaries) == 1:
        assert balance["max_over_mean"] <= 1.10
