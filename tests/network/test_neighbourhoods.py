"""Neighbourhoods from a file or OpenStreetMap: which streets lie in them, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from boundary_files import geojson
from commands import GRID, answer, run
from drawing import Drawing, degrees, draw, load, segment

from reso_geo import load_network, load_plan, make_plan, rebalance_plan, save_plan
from reso_geo.errors import BoundaryError
from reso_geo.i18n import LANGUAGES
from reso_geo.network import with_neighbourhoods

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reso_geo import StreetNetwork

STEP_M = (30.0, 60.0)
"""Blocks of 120 m."""
PORT, HILL = (-30.0, -390.0, 150.0, 30.0), (150.0, -390.0, 650.0, 30.0)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    corners = ((west, south), (east, south), (east, north), (west, north))
    return shapely.Polygon([degrees(*spot) for spot in corners])


@pytest.fixture(scope="module")
def network() -> StreetNetwork:
    return load(draw(GRID, step_m=STEP_M))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return draw(GRID, step_m=STEP_M).write(tmp_path / "grid.osm.pbf")


@pytest.fixture
def quarters(tmp_path: Path) -> Path:
    rows = [({"name": "Port"}, box(*PORT)), ({"nom": "x", "name": "Hill"}, box(*HILL))]
    return geojson(tmp_path / "quarters.geojson", rows)


def names(network: StreetNetwork, *streets: str) -> list[str]:
    assert network.neighbourhood is not None
    return [network.neighbourhood[segment(network, ends)] for ends in streets]


def test_a_street_lies_in_the_smallest_neighbourhood_around_its_middle(
    network: StreetNetwork,
) -> None:
    nested = {"Old": box(-30.0, -150.0, 100.0, 30.0), "Port": box(*PORT), "Hill": box(*HILL)}
    placed = with_neighbourhoods(network, nested)
    # a, b and c are at 0, 120 and 240 m to the east; g 120 m south of a.
    assert names(placed, "ab", "ag", "bc", "mn", "cd") == ["Old", "Old", "Hill", "Port", "Hill"]


def test_a_street_along_an_outline_lies_in_neither(network: StreetNetwork) -> None:
    sides = {"West": box(-30.0, -900.0, 122.0, 30.0), "East": box(122.0, -900.0, 650.0, 30.0)}
    placed = with_neighbourhoods(network, sides)
    assert names(placed, "bh", "hn", "ab", "bc") == ["", "", "West", "East"]


def test_a_frame_and_a_file_say_the_same(network: StreetNetwork, quarters: Path) -> None:
    frame = gpd.read_file(quarters).to_crs("EPSG:32632")
    one, other = with_neighbourhoods(network, quarters), with_neighbourhoods(network, frame)
    np.testing.assert_array_equal(one.neighbourhood, other.neighbourhood)


@pytest.mark.parametrize("ending", [".json", ".osm", ".osm.pbf"])
@pytest.mark.parametrize(
    ("tags", "known"),
    [
        ({"boundary": "administrative", "admin_level": "10"}, True),
        ({"boundary": "administrative", "admin_level": "8"}, False),
        ({"boundary": "place"}, True),
        ({"boundary": "place", "place": "city"}, False),
        ({"place": "quarter"}, True),
        ({"place": "town"}, False),
    ],
)
def test_openstreetmap_knows_neighbourhoods_by_relations_and_closed_ways(
    ending: str, tags: Mapping[str, str], *, known: bool
) -> None:
    plain = draw("A--B--C--D", step_m=50.0)
    corners = {"w": (-10.0, -50.0), "x": (270.0, -50.0), "y": (270.0, 50.0), "z": (-10.0, 50.0)}
    named = {"name": "Altstadt", "type": "boundary", **tags}
    spots = {**plain.spots, **corners}
    shores = (("wxy", {}), ("yzw", {}))
    ring = Drawing(spots, [*plain.ways, ("wxyzw", named)])
    members = [(len(plain.ways) + 1, "outer"), (len(plain.ways) + 2, "outer")]
    area = Drawing(spots, [*plain.ways, *shores], relations=[(members, named)])
    for drawing in (ring, area):
        network = load(drawing, ending=ending)
        if known:
            assert names(network, "AB", "BC", "CD") == ["Altstadt", "Altstadt", ""]
            assert "OpenStreetMap" in " ".join(map(str, network.notes))
        else:
            assert network.neighbourhood is None


def test_an_outline_that_an_extract_cuts_is_left_out() -> None:
    plain = draw("A--B--C--D", step_m=50.0)
    corners = {"w": (-10.0, -50.0), "x": (270.0, -50.0), "y": (270.0, 50.0)}
    named = {"name": "Altstadt", "type": "boundary", "place": "quarter"}
    members = [(len(plain.ways) + 1, "outer"), (77, "outer")]
    drawing = Drawing(
        {**plain.spots, **corners}, [*plain.ways, ("wxy", {})], relations=[(members, named)]
    )
    assert load(drawing).neighbourhood is None


def _far() -> dict[str, shapely.Polygon]:
    return {"Elsewhere": shapely.box(20.0, 10.0, 20.1, 10.1)}


@pytest.mark.parametrize(
    ("rows", "extra", "said"),
    [
        ([({"name": "A"}, shapely.Point(8.7, 49.4))], {}, "no polygons"),
        ([({"name": n}, s) for n, s in _far().items()], {}, "no street to cover"),
        ([({"a": 1}, box(*PORT)), ({"a": 2}, box(*HILL))], {}, "no column"),
        ([], {}, "no feature"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_use_is_refused_in_one_line(
    rows: list[tuple[dict[str, object], shapely.Geometry]],
    extra: dict[str, object],
    said: str,
    tmp_path: Path,
    network: StreetNetwork,
) -> None:
    path = geojson(tmp_path / "file.geojson", rows, **extra)
    with pytest.raises(BoundaryError) as caught:
        make_plan(network, officers=2, keep_together=path)
    texts = [caught.value.message.say(lang) for lang in LANGUAGES]
    assert said in texts[1]
    assert all(len(text.splitlines()) == 1 and "file.geojson" in text for text in texts)


def test_a_frame_without_crs_and_a_missing_file_are_refused(
    network: StreetNetwork, tmp_path: Path
) -> None:
    frame = gpd.GeoDataFrame({"name": ["A"]}, geometry=[box(*PORT)])
    with pytest.raises(BoundaryError, match="no coordinate system"):
        with_neighbourhoods(network, frame)
    with pytest.raises(BoundaryError, match="does not exist"):
        with_neighbourhoods(network, tmp_path / "none.geojson")


def test_the_command_keeps_neighbourhoods_in_the_plan_and_says_what_was_shared(
    source: Path, quarters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--officers", 3, "--keep-together", quarters, "--lang", "en")
    code, told = answer(capsys, "plan", source, *words, "--out", tmp_path / "one")
    assert code == 0
    assert [each["name"] for each in told["neighbourhoods"]] == ["Hill", "Port"]
    for each in told["neighbourhoods"]:
        assert sum(each["beats"].values()) == pytest.approx(1.0)
        assert each["whole"] == (max(each["beats"].values()) >= 0.9)
    assert sum("Known neighbourhoods (quarters.geojson)" in each for each in told["warnings"]) == 1
    segments = gpd.read_file(tmp_path / "one" / "plan.gpkg", layer="segments")
    assert set(segments["neighbourhood"].dropna()) == {"Hill", "Port"}
    plan = load_plan(tmp_path / "one" / "plan.gpkg")
    assert "keep_together" in [each.role for each in plan.inputs]
    assert run("check", tmp_path / "one" / "plan.gpkg", "--quiet") == 0
    again = rebalance_plan(plan, officers=4).plan
    np.testing.assert_array_equal(again.network.neighbourhood, plan.network.neighbourhood)
    of_cut = [each for each in again.warnings if each.key.startswith("plan.neighbourhoods")]
    assert len(of_cut) == 1
    # A new cut of the plan's streets has them too, unless it is told not to.
    words = ("plan", tmp_path / "one" / "plan.gpkg", "--officers", 2, "--lang", "en")
    assert answer(capsys, *words, "--out", tmp_path / "two")[1]["neighbourhoods"]
    none = answer(capsys, *words, "--keep-together", "none", "--out", tmp_path / "three")[1]
    assert none["neighbourhoods"] == []
    bare = load_plan(tmp_path / "three" / "plan.gpkg")
    assert bare.network.neighbourhood is None
    assert "keep_together" not in [each.role for each in bare.inputs]


def test_streets_without_neighbourhoods_have_no_column(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, "plan", source, "--officers", 2, "--out", tmp_path / "out")[1]
    assert told["neighbourhoods"] == []
    columns = gpd.read_file(tmp_path / "out" / "plan.gpkg", layer="segments").columns
    assert "neighbourhood" not in columns
    assert load_network(source).neighbourhood is None


def test_a_plan_read_again_is_equal(network: StreetNetwork, tmp_path: Path) -> None:
    plan = make_plan(network, officers=2, keep_together={"Port": box(*PORT), "Hill": box(*HILL)})
    save_plan(plan, tmp_path / "plan.gpkg")
    assert load_plan(tmp_path / "plan.gpkg") == plan
