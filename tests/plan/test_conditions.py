"""What a planner adds to the streets: the network cleared in winter, and elevations."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import shapely
from drawing import degrees, draw, load, segment

from reso_geo import CutRequest, PlanRequest, load_plan, make_plan, save_plan
from reso_geo.errors import TableError
from reso_geo.network import clear_streets, place_elevations
from reso_geo.plan import assumptions_of
from reso_geo.report import plan_summary
from reso_geo.tables import write_template
from reso_geo.travel import travel_times

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reso_geo import Plan, StreetNetwork
    from reso_geo.settings import PatrolSettings

TOWN = draw(
    """
    A---B---C---D
    |   |   |   |
    E---F---G---H
    """,
    step_m=(25.0, 30.0),
)


@pytest.fixture
def town() -> StreetNetwork:
    return load(TOWN)


def lines(path: Path, *chains: Sequence[tuple[float, float]]) -> Path:
    """Write lines through spots in metres as GeoJSON, or GeoPackage in another CRS."""
    shapes = [shapely.LineString([degrees(*spot) for spot in chain]) for chain in chains]
    if path.suffix == ".gpkg":
        gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326").to_crs("EPSG:32632").to_file(path)
        return path
    features = [
        {"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(shape))}
        for shape in shapes
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def cleared(network: StreetNetwork, *ends: str) -> list[bool]:
    """Describe the streets between two points whether they are cleared."""
    return [bool(network.cleared[segment(network, pair)]) for pair in ends]


# The cleared network.


def test_template_names_streets_of_the_sample_by_id_and_by_line(
    sample_network: StreetNetwork, tmp_path: Path, defaults: PatrolSettings
) -> None:
    found = []
    for ending in ("csv", "xlsx", "geojson"):
        write_template("cleared", tmp_path / f"c.{ending}", "fr")
        network = clear_streets(sample_network, tmp_path / f"c.{ending}", defaults.streets)
        found.append(network.segment_id[network.cleared].tolist())
    assert found[0] == found[1] == ["3:286-288", "5:369-370"]
    assert set(found[0]) <= set(found[2])


@pytest.mark.parametrize("name", ["cleared.geojson", "cleared.gpkg"])
def test_lines_clear_the_streets_that_run_along_them(
    town: StreetNetwork, tmp_path: Path, name: str, defaults: PatrolSettings
) -> None:
    path = lines(tmp_path / name, [(0.0, 4.0), (160.0, 4.0)], [(300.0, -20.0), (300.0, -60.0)])
    found = clear_streets(town, path, defaults.streets)
    # A-B runs along the line, B-C for 60 of its 100 m, D-H for 40 of its 60 m; the rest touch it.
    assert cleared(found, "AB", "BC", "CD", "DH") == [True, True, False, True]
    assert cleared(found, "AE", "BF", "EF", "GH") == [False, False, False, False]
    assert found.notes == ()


def test_line_that_runs_ten_metres_beside_a_street_is_another_street(
    town: StreetNetwork, tmp_path: Path, defaults: PatrolSettings
) -> None:
    path = lines(tmp_path / "c.geojson", [(0.0, 11.0), (300.0, 11.0)], [(0.0, 0.0), (80.0, 0.0)])
    found = clear_streets(town, path, defaults.streets)
    assert cleared(found, "AB", "BC", "CD") == [True, False, False]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_ids_clear_a_way_or_a_segment_and_unknown_ones_are_said(
    town: StreetNetwork, tmp_path: Path, kind: str, defaults: PatrolSettings
) -> None:
    way = int(str(town.segment_id[segment(town, "AB")]).partition(":")[0])
    ids = [way, str(town.segment_id[segment(town, "GH")]), 987654321]
    path = tmp_path / f"cleared.{kind}"
    if kind == "csv":
        path.write_text("\n".join(["way_id", *map(str, ids)]))
    else:
        book = openpyxl.Workbook()
        for value in ("id", *ids):
            book.active.append([value])
        book.save(path)
    found = clear_streets(town, path, defaults.streets)
    assert found.cleared.sum() == 2
    assert cleared(found, "AB", "GH") == [True, True]
    (note,) = found.notes
    assert "1 id names no" in str(note)
    assert "987654321" in str(note)


def test_cleared_network_of_another_place_is_refused(
    town: StreetNetwork, tmp_path: Path, defaults: PatrolSettings
) -> None:
    far = lines(tmp_path / "far.geojson", [(90_000.0, 0.0), (90_100.0, 0.0)])
    ids = tmp_path / "far.csv"
    ids.write_text("id\n12345678\n")
    for path in (far, ids):
        with pytest.raises(TableError, match="same place") as caught:
            clear_streets(town, path, defaults.streets)
        assert len(str(caught.value).splitlines()) == 1


BAD = {
    "empty.geojson": b"",
    "none.geojson": b'{"type": "FeatureCollection", "features": []}',
    "point.geojson": b'{"type": "Feature", "properties": {}, "geometry": '
    b'{"type": "Point", "coordinates": [8.7, 49.4]}}',
    "area.geojson": b'{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", '
    b'"coordinates": [[[8.7, 49.4], [8.71, 49.4], [8.71, 49.41], [8.7, 49.4]]]}}',
    "torn.geojson": b'{"type": "FeatureColl',
    "nan.geojson": b'{"type": "Feature", "properties": {}, "geometry": '
    b'{"type": "LineString", "coordinates": [[NaN, 49.4], [8.7, 49.4]]}}',
    "page.csv": b"<html>",
    "other.csv": b"street\nRue\n",
    "noise.gpkg": b"SQLite format 3\x00" + bytes(range(256)),
}


@pytest.mark.parametrize("name", BAD)
def test_file_that_is_no_cleared_network_is_refused_in_one_line(
    town: StreetNetwork, tmp_path: Path, name: str, defaults: PatrolSettings
) -> None:
    path = tmp_path / name
    path.write_bytes(BAD[name])
    with pytest.raises(TableError) as caught:
        clear_streets(town, path, defaults.streets)
    assert name in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    with pytest.raises(TableError):
        clear_streets(town, tmp_path / "absent.csv", defaults.streets)


# Elevations.


def heights(path: Path, rows: Sequence[tuple[float, float, str]]) -> Path:
    """Write a table of spots in metres and what is measured there."""
    text = ["lon,lat,ele"]
    for x, y, ele in rows:
        lon, lat = degrees(x, y)
        text.append(f"{lon},{lat},{ele}")
    path.write_text("\n".join(text))
    return path


def test_junction_takes_the_nearest_elevation_within_fifty_metres(
    town: StreetNetwork, tmp_path: Path
) -> None:
    path = heights(
        tmp_path / "ele.csv", [(0.0, 0.0, "10"), (104.0, 0.0, "20.5"), (190.0, 45.0, "30")]
    )
    known = replace(town, node_ele_m=np.full(len(town.node_id), 7.0))
    found = place_elevations(known, path)
    ele_m = {chr(n): e for n, e in zip(found.node_id, found.node_ele_m, strict=True)}
    assert [ele_m[name] for name in "ABCD"] == [10.0, 20.5, 30.0, 7.0]
    assert [ele_m[name] for name in "EFGH"] == [7.0] * 4
    first = segment(found, "AB")
    rise = found.node_ele_m[found.v[first]] - found.node_ele_m[found.u[first]]
    assert abs(rise) == 10.5


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([(90_000.0, 0.0, "10")], "within 50 m"),
        ([(0.0, 0.0, "high")], "high"),
        ([(0.0, 0.0, "nan")], "nan"),
        ([(0.0, 0.0, "99999")], "99999"),
    ],
)
def test_table_without_a_usable_elevation_is_refused(
    town: StreetNetwork, tmp_path: Path, rows: list[tuple[float, float, str]], why: str
) -> None:
    with pytest.raises(TableError, match=why) as caught:
        place_elevations(town, heights(tmp_path / "ele.csv", rows))
    assert len(str(caught.value).splitlines()) == 1


# In a plan.


@pytest.fixture
def winter_plan(town: StreetNetwork, tmp_path: Path, defaults: PatrolSettings) -> Plan:
    """Plan one beat in winter, half of it cleared, on a slope."""
    path = lines(tmp_path / "cleared.geojson", [(0.0, 0.0), (300.0, 0.0)])
    high = heights(tmp_path / "ele.csv", [(0.0, 0.0, "10"), (100.0, 0.0, "15")])
    network = clear_streets(place_elevations(town, high), path, defaults.streets)
    return make_plan(
        network, settings=defaults, request=PlanRequest(CutRequest(officers=1), season="winter")
    )


def test_plan_keeps_what_was_added_and_its_times_come_back_the_same(
    winter_plan: Plan, tmp_path: Path
) -> None:
    save_plan(winter_plan, tmp_path / "plan.gpkg")
    back = load_plan(tmp_path / "plan.gpkg")
    assert back.network.cleared.sum() == 3
    np.testing.assert_array_equal(back.network.node_ele_m, winter_plan.network.node_ele_m)
    np.testing.assert_array_equal(back.network.surface, winter_plan.network.surface)
    np.testing.assert_array_equal(back.times.bike_forward_s, winter_plan.times.bike_forward_s)
    np.testing.assert_array_equal(back.times.foot_s, winter_plan.times.foot_s)
    info = gpd.read_file(tmp_path / "plan.gpkg", layer="plan_info").set_index("key")["value"]
    assert json.loads(info["assumptions"]) == list(assumptions_of(winter_plan))


def test_plan_says_where_the_bike_is_ridden_and_where_slopes_count(winter_plan: Plan) -> None:
    said = " ".join(str(note) for note in winter_plan.warnings)
    assert "on the cleared network only (0.3 km" in said
    assert "Tobler" in said
    assert winter_plan.beats[0].bike.pass_s != winter_plan.beats[0].foot.pass_s


def test_assumptions_are_named_where_they_are_used(
    winter_plan: Plan, town: StreetNetwork, defaults: PatrolSettings
) -> None:
    used = plan_summary(winter_plan, "plan.gpkg", "en")["assumptions"]
    assert {"winter_bike_factor", "winter_bike_surface.unknown", "steepest_slope"} <= set(used)
    assert "winter_foot_surface.ground" not in used
    summer = make_plan(town, settings=defaults, request=PlanRequest(CutRequest(officers=1)))
    unused = [key for key in assumptions_of(summer) if key.startswith(("winter", "steepest"))]
    assert unused == []
    assert "contact_min" in assumptions_of(summer)


def test_bike_that_is_ridden_nowhere_is_no_answer_however_short_the_beat(
    town: StreetNetwork, defaults: PatrolSettings
) -> None:
    plan = make_plan(
        town, settings=defaults, request=PlanRequest(CutRequest(officers=1), season="winter")
    )
    (beat,) = plan.beats
    assert beat.foot.verdict == "yes"
    assert beat.bike.verdict == "no"
    assert "no_bike_access" in beat.bike.reasons
    assert any("out of season" in str(note) for note in plan.warnings)


def test_times_of_a_plan_say_which_streets_are_ridden(winter_plan: Plan) -> None:
    ridden = travel_times(winter_plan.network, winter_plan.settings, "winter").ridden
    np.testing.assert_array_equal(ridden, winter_plan.network.cleared)
