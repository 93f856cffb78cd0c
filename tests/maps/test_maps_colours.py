"""Colours of the map: neighbours differ, all stand out, for every kind of colour vision."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from grids import grid_plan

from reso_geo.i18n import LANGUAGES
from reso_geo.maps.web.colour_schemes import (
    BEATS,
    FILL,
    GROUND,
    LAND,
    NOTHING,
    SCALE,
    VERDICT,
    classes_of,
    schemes,
)
from reso_geo.maps.web.geometry import PageGrid, colours, label_spots, load_spots, outlines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo import Plan
    from reso_geo.settings import PatrolSettings

# Machado, Oliveira and Fernandes (2009): how linear RGB is seen by those who lack one cone.
VISION = {
    name: np.array(rows).reshape(3, 3)
    for name, rows in {
        "normal": (1, 0, 0, 0, 1, 0, 0, 0, 1),
        "protanopia": (
            (0.152286, 1.052583, -0.204868),
            (0.114503, 0.786281, 0.099216),
            (-0.003882, -0.048116, 1.051998),
        ),
        "deuteranopia": (
            (0.367322, 0.860646, -0.227968),
            (0.280085, 0.672501, 0.047413),
            (-0.011820, 0.042940, 0.968881),
        ),
        "tritanopia": (
            (1.255528, -0.076749, -0.178779),
            (-0.078411, 0.930809, 0.147602),
            (0.004733, 0.691367, 0.303900),
        ),
    }.items()
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
APART = 30.0
"""CIELAB distance; 2.3 is just noticeable."""
CONTRAST = 3.0


def rgb(colour: str) -> NDArray[np.float64]:
    return np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255.0


def linear(shade: NDArray[np.float64]) -> NDArray[np.float64]:
    curved = ((shade + 0.055) / 1.055) ** 2.4
    return np.where(shade <= 0.04045, shade / 12.92, curved)


def lab(shade: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y, z = XYZ @ np.clip(shade, 0.0, 1.0) / np.array([0.9505, 1.0, 1.089])
    a, b, c = (np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return np.array([116 * b - 16, 500 * (a - b), 200 * (b - c)])


def contrast(one: NDArray[np.float64], two: NDArray[np.float64]) -> float:
    low, high = sorted(float(XYZ[1] @ linear(shade)) for shade in (one, two))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [BEATS, SCALE, tuple(VERDICT.values())])
@pytest.mark.parametrize("vision", VISION)
def test_colours_of_a_legend_are_told_apart_by_all_eyes(
    palette: tuple[str, ...], vision: str
) -> None:
    seen = [lab(VISION[vision] @ linear(rgb(colour))) for colour in palette]
    for one, two in itertools.combinations(seen, 2):
        assert np.linalg.norm(one - two) > APART


def test_streets_stand_out_from_the_page_the_land_and_any_fill() -> None:
    drawn = {*BEATS, *SCALE, *VERDICT.values()}
    grounds = [rgb(colour) for colour in (GROUND, "#ffffff", *LAND.values())]
    for street, fill in itertools.product(drawn, drawn):
        for ground in grounds:
            assert contrast(rgb(street), ground) >= CONTRAST
            assert contrast(rgb(street), (1 - FILL) * ground + FILL * rgb(fill)) >= CONTRAST
    assert contrast(rgb(NOTHING), rgb(GROUND)) >= CONTRAST


def test_signs_and_labels_tell_classes_apart_without_colour() -> None:
    for scheme in schemes(public=False, reach=True):
        classes: list[dict[str, object]] = scheme["classes"]  # type: ignore[assignment]
        if scheme["key"] == "beat":
            continue
        assert len({one["sign"] for one in classes}) == len(classes)
        for k in range(len(LANGUAGES)):
            labels = [one["label"][k] for one in classes]  # type: ignore[index]
            assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("beats", [17, 60, 300])
def test_neighbours_have_other_colours_in_any_partition(beats: int) -> None:
    for seed in range(3):
        spots = np.random.default_rng(seed).uniform(0.0, 9000.0, (beats, 2))
        cells = shapely.get_parts(
            shapely.voronoi_polygons(
                shapely.multipoints(spots), extend_to=shapely.box(0, 0, 9000, 9000)
            )
        )
        shapes = list(shapely.intersection(cells, shapely.box(0, 0, 9000, 9000)))
        number = colours(shapes)
        assert max(number) < len(BEATS)
        one, two = shapely.STRtree(shapes).query(shapes, predicate="touches")
        border = (
            shapely.length(shapely.intersection(np.array(shapes)[one], np.array(shapes)[two])) > 8.0
        )
        assert border.sum() > 2 * beats
        assert all(number[a] != number[b] for a, b in zip(one[border], two[border], strict=True))


def test_neighbours_share_their_borders_and_no_colour(
    tmp_path_factory: pytest.TempPathFactory, defaults: PatrolSettings
) -> None:
    plan = grid_plan(tmp_path_factory.mktemp("grid"), defaults)
    number = colours(plan.shapes)
    for (a, one), (b, two) in itertools.combinations(enumerate(plan.shapes), 2):
        if shapely.intersection(one, two).length > 1:
            assert number[a] != number[b]
    corners = []
    for polygons in outlines(plan, PageGrid([plan])).beats:
        rings = [np.array(ring).reshape(-1, 2).cumsum(axis=0) for ring in polygons[0]]
        corners.append(shapely.Polygon(rings[0]))
    assert shapely.coverage_is_valid(corners)


def test_classes_follow_the_figures_that_are_shown(
    tmp_path_factory: pytest.TempPathFactory, defaults: PatrolSettings
) -> None:
    plan = grid_plan(tmp_path_factory.mktemp("grid"), defaults)
    usual = plan.beats[0].foot
    weeks = (0.3, 0.5, 1.04, 1.06, 3.0, 9.0, None)
    hours = (3.9, 4.0, 8.1, 12.0, 19.0, 21.0, None)
    figures = [
        replace(usual, every_weeks=w, pass_s=None if h is None else 3600.0 * h, verdict=v)
        for w, h, v in zip(weeks, hours, ("yes", "borderline", "no") * 2 + ("no",), strict=True)
    ]
    load = (50.0, 90.0, 100.0, 110.0, 120.0, 130.0, 100.0)
    found = classes_of(figures, load)
    assert found["cadence"] == [0, 0, 1, 2, 3, 4, 5]
    assert found["time"] == [0, 0, 2, 2, 3, 4, 5]
    assert found["verdict"] == [0, 1, 2, 0, 1, 2, 2]
    assert found["load"] == [0, 1, 2, 3, 4, 4, 2]


def test_a_label_stands_by_the_load_well_inside_its_beat() -> None:
    # A hall of 100 by 20 m: no spot is farther inside than 10 m, so 5 m is well inside.
    hall = shapely.MultiPolygon([shapely.box(0.0, 0.0, 100.0, 20.0)])
    wanted = np.array([[80.0, 10.0], [80.0, 19.0], [130.0, 10.0], [7.0, 3.0]])
    shapes = [hall, hall, hall, shapely.MultiPolygon()]
    right = [[80.0, 10.0], [80.0, 15.0], [95.0, 10.0], [7.0, 3.0]]
    assert label_spots(shapes, wanted) == pytest.approx(np.array(right), abs=0.5)


def test_the_middle_of_a_beats_load_is_weighed_by_its_streets_load(plan: Plan) -> None:
    for beat, spot in enumerate(load_spots(plan)):
        own = np.flatnonzero(plan.network.required & (plan.partition.beat_of == beat))
        load_s = plan.load.total_s[own]
        middles = [plan.network.geometry[at].interpolate(0.5, normalized=True) for at in own]
        assert spot[0] == pytest.approx(sum(load_s * [m.x for m in middles]) / sum(load_s))
        assert spot[1] == pytest.approx(sum(load_s * [m.y for m in middles]) / sum(load_s))
