"""The command that judges a sector: what it answers, what it writes, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from drawing import degrees, draw

from reso_geo import (
    CutRequest,
    PlanRequest,
    assess,
    load_network,
    make_plan,
    read_boundary,
    save_plan,
    sector_in,
)
from reso_geo.assess import AssessRequest
from reso_geo.atomic_files import data_file
from reso_geo.cli import main
from reso_geo.i18n import LANGUAGES
from reso_geo.report import save_sheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from reso_geo.settings import PatrolSettings

SAMPLE = str(data_file("sample/sample.osm.pbf"))
SECTOR = str(data_file("sample/sector.geojson"))
TOWN = """
A---B---C---D
|   |   |   |
E---F---G---H
"""


def run(*words: str | Path) -> int:
    """Run the command in this process; give its exit code."""
    with pytest.raises(SystemExit) as stop:
        main(["assess", *(str(word) for word in words)])
    return int(stop.value.code or 0)


def area(path: Path, shape: shapely.Geometry, name: str = "Area", crs: str = "") -> Path:
    """Write an area; a CRS is only declared where one is given."""
    declared = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
    feature = {
        "type": "Feature",
        "properties": {"name": name},
        "geometry": json.loads(shapely.to_geojson(shape)),
    }
    content = {"type": "FeatureCollection", **declared, "features": [feature]}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def box(west_m: float, south_m: float, east_m: float, north_m: float) -> shapely.Polygon:
    """Return a box in degrees by metres east and north of where drawings are."""
    return shapely.box(*degrees(west_m, south_m), *degrees(east_m, north_m))


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return draw(TOWN, step_m=(50.0, 100.0)).write(tmp_path / "town.osm.pbf")


def test_json_has_every_verdict_with_its_range_and_the_fixes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(SAMPLE, "--area", SECTOR, "--json") == 0
    output = capsys.readouterr()
    found: dict[str, Any] = json.loads(output.out)
    assert not output.err
    assert (found["area"], found["street_km"] > 0.0) == ("Old Greenfield Park", True)
    for mode in ("foot", "bike"):
        for season in ("summer", "winter"):
            each = found[mode][season]
            assert each["lower_bound_s"] <= each["pass_s"]
            assert each["verdict"] in {"yes", "borderline", "no"}
            if (mode, season) == ("bike", "winter"):
                # Ridden nowhere: no figure that could contradict the verdict.
                nothing = ("low", "central", "high", "margin", "reserve", "every_weeks")
                assert [each[name] for name in nothing] == [None] * len(nothing)
                assert (each["verdict"], each["reasons"]) == ("no", ["no_bike_access"])
                continue
            assert each["low"] <= each["central"] <= each["high"]
            used = each["central"] / each["available"]["central"]
            assert each["margin"] == pytest.approx(1.0 - used)
            assert (each["reserve"] >= 0.0) is (each["verdict"] == "yes")
            assert {"foot_patrol_kmh", "contact_min"} <= {m["setting"] for m in each["matters"]}
            low, central, high = each["every_weeks_range"]
            assert low <= each["every_weeks"] == central <= high
            assert [why["code"] for why in each["why"]] == each["reasons"]
            assert each["verdict"] == "yes" or each["reasons"]
            assert [reach["minutes"] for reach in each["reach"]] == [10.0, 20.0, 30.0]
    assert found["foot"]["summer"]["shifts_per_pass"]["agree"] is True
    assert {"mode", "posts", "cadence"} <= {fix["kind"] for fix in found["fixes"]}
    assert all(fix["worst_chance"] >= 0.8 for fix in found["fixes"])
    assert all(fix["verified"] is True and fix["text"] for fix in found["fixes"])
    assert "contact_min" in found["assumptions"]


def test_one_mode_and_season_are_judged_alone(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = area(tmp_path / "area.geojson", box(-50, -300, 800, 50))
    words = ("--mode", "foot", "--season", "auto", "--date", "2025-01-15", "--json")
    assert run(town, "--area", here, *words) == 0
    found = json.loads(capsys.readouterr().out)
    assert "bike" not in found
    assert list(found["foot"]) == ["winter"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_has_a_picture_and_every_verdict_in_its_language(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    here = area(tmp_path / "area.geojson", box(-50, -300, 800, 50), "A|B <b>*bold*</b> $x$")
    page = tmp_path / "out" / "sheet.md"
    assert run(town, "--area", here, "--out", page, "--lang", lang, "--quiet") == 0
    assert not capsys.readouterr().out
    text = page.read_text(encoding="utf-8")
    assert r"A\|B \<b\>\*bold\*\</b\> \$x\$" in text.splitlines()[0]
    assert "<b>" not in text
    assert {"fr": "À savoir", "en": "To know"}[lang] in text
    assert {"fr": "à pied, en hiver", "en": "on foot, in winter"}[lang] in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 2 + 4
    picture = page.with_suffix(".png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 10_000
    assert "(<sheet.png>)" in text


def test_the_same_sector_gives_the_same_page_and_picture(
    town: Path, tmp_path: Path, defaults: PatrolSettings
) -> None:
    boundary = read_boundary(str(area(tmp_path / "a.geojson", box(-50, -300, 800, 50))))
    network = load_network(town, boundary, defaults)
    found = assess(sector_in(network, defaults, "Area"), defaults, AssessRequest(("foot",)))
    pages = []
    for number in range(2):
        picture = save_sheet(found, tmp_path / str(number) / "sheet.md")
        pages.append((picture.read_bytes(), picture.with_suffix(".md").read_bytes()))
    assert pages[0] == pages[1]


@pytest.mark.parametrize("ending", ["geojson", "gpkg"])
def test_the_reach_is_written_as_polygons_that_grow_with_the_minutes(
    town: Path, tmp_path: Path, ending: str
) -> None:
    here = area(tmp_path / "area.geojson", box(-50, -300, 800, 50))
    path = tmp_path / f"reach.{ending}"
    words = ("--minutes", "1,3", "--mode", "foot", "--out", path, "--quiet", "--no-fixes")
    assert run(town, "--area", here, *words) == 0
    table = gpd.read_file(path)
    assert table.crs == ("EPSG:4326" if ending == "geojson" else "EPSG:32632")
    assert table.geometry.is_valid.all()
    for _, rows in table.groupby("season"):
        near, far = rows.sort_values("minutes").itertuples(index=False)
        assert near.area_km2 < far.area_km2
        assert 0.0 < near.load_share < far.load_share <= 1.0
        # Circles are drawn with corners, so that an edge may cut another by some centimetres.
        assert near.geometry.difference(far.geometry).area < 0.005 * near.geometry.area


def test_a_beat_of_a_saved_plan_keeps_its_figures_in_the_plans_season(
    town: Path, tmp_path: Path, defaults: PatrolSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    network = load_network(town, None, defaults)
    plan = make_plan(network, settings=defaults, request=PlanRequest(CutRequest(2)))
    path = tmp_path / "plan.gpkg"
    save_plan(plan, path)
    for beat in plan.beats:
        assert run(path, "--beat", beat.beat_id, "--json") == 0
        found = json.loads(capsys.readouterr().out)
        assert found["street_km"] == pytest.approx(beat.street_km)
        for mode in ("foot", "bike"):
            figures = beat.figures(mode)
            for key in ("pass_s", "deadhead_s", "lower_bound_s", "verdict"):
                assert found[mode]["summer"][key] == getattr(figures, key)
            assert found[mode]["summer"]["margin"] == pytest.approx(figures.margin)


def test_an_area_over_a_plan_is_the_same_as_over_its_streets(
    town: Path, tmp_path: Path, defaults: PatrolSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = make_plan(
        load_network(town, None, defaults), settings=defaults, request=PlanRequest(CutRequest(2))
    )
    save_plan(plan, tmp_path / "plan.gpkg")
    here = area(tmp_path / "area.geojson", box(-50, -300, 300, 50))
    answers = []
    for source in (town, tmp_path / "plan.gpkg"):
        assert run(source, "--area", here, "--json") == 0
        answers.append(json.loads(capsys.readouterr().out))
    one, two = answers
    assert one["street_km"] == two["street_km"]
    for mode in ("foot", "bike"):
        for season in ("summer", "winter"):
            assert one[mode][season]["pass_s"] == two[mode][season]["pass_s"]
            assert one[mode][season]["central"] == two[mode][season]["central"]


def test_only_the_anchors_inside_the_area_count(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = area(tmp_path / "area.geojson", box(-50, -300, 320, 50))
    needed = []
    for lon, lat in (degrees(0, 0), degrees(400, 0), degrees(5_000, 0)):
        table = tmp_path / "anchors.csv"
        row = f"School,school,5,60,{lon},{lat}\n"
        table.write_text(f"name,kind,visits_per_week,minutes,lon,lat\n{row}", encoding="utf-8")
        assert run(town, "--area", here, "--anchors", table, "--json") == 0
        found = json.loads(capsys.readouterr().out)
        needed.append(found["foot"]["summer"]["central"])
    inside, beside, elsewhere = needed
    assert inside - elsewhere == pytest.approx(5 * 60 * 60.0, rel=1e-3)
    assert beside == elsewhere


HOLE = shapely.difference(box(-50, -300, 800, 50), box(180, -80, 220, 20))
NEAR = [degrees(-50, -300), degrees(800, 50)]
SHAPES: dict[str, Callable[[], tuple[shapely.Geometry, str]]] = {
    "elsewhere": lambda: (shapely.box(-73.5, 45.4, -73.4, 45.5), ""),
    "beside": lambda: (box(20_000, 0, 21_000, 1_000), ""),
    "swapped": lambda: (shapely.box(49.40, 8.69, 49.41, 8.71), ""),
    "far_south": lambda: (shapely.box(-73.5, -95.0, -73.4, -94.0), ""),
    "metres": lambda: (shapely.box(477_000, 5_470_000, 479_000, 5_472_000), ""),
    "wrong_crs": lambda: (box(-50, -300, 800, 50), "urn:ogc:def:crs:EPSG::32188"),
    "unknown_crs": lambda: (box(-50, -300, 800, 50), "urn:ogc:def:crs:EPSG::999999"),
    "empty": lambda: (shapely.Polygon(), ""),
    "point": lambda: (shapely.Point(*NEAR[0]), ""),
    "line": lambda: (shapely.LineString(NEAR), ""),
    "less_than_a_block": lambda: (box(95, -60, 105, -40), ""),
    "a_hair": lambda: (box(0, 0, 1e-4, 1e-4), ""),
}


@pytest.mark.parametrize("name", SHAPES)
def test_an_area_that_cannot_be_judged_is_refused_in_one_line(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    shape, crs = SHAPES[name]()
    path = area(tmp_path / f"{name}.geojson", shape, crs=crs)
    assert run(town, "--area", path, "--lang", "en") in {1, 2}
    output = capsys.readouterr()
    assert not output.out
    assert output.err.startswith("Error: ")
    assert len(output.err.splitlines()) == 1


def test_an_area_smaller_than_a_block_is_told_to_be_one(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = area(tmp_path / "small.geojson", box(95, -60, 105, -40))
    assert run(town, "--area", path, "--lang", "en") == 2
    assert "200 m² holds no street" in capsys.readouterr().err


def test_degrees_declared_as_metres_are_told_to_have_the_wrong_crs(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shape, crs = SHAPES["wrong_crs"]()
    path = area(tmp_path / "wrong.geojson", shape, crs=crs)
    assert run(town, "--area", path, "--lang", "en") == 2
    assert "Check the coordinate system" in capsys.readouterr().err


def test_holes_parts_and_knots_are_judged_or_refused_but_never_crash(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two = shapely.MultiPolygon([box(-50, -300, 80, 50), box(520, -300, 700, 50)])
    knot = shapely.Polygon(
        [degrees(*at) for at in ((-50, -300), (800, 50), (800, -300), (-50, 50))]
    )
    for number, (shape, codes) in enumerate(((HOLE, {0}), (two, {0}), (knot, {0, 2}))):
        path = area(tmp_path / f"{number}.geojson", shape)
        code = run(town, "--area", path, "--lang", "en")
        output = capsys.readouterr()
        assert code in codes
        assert "Traceback" not in output.out + output.err
        if shape is two:
            # The tour goes from one part to the other over streets that it does not have to cover.
            assert "2 pieces" in output.out


def test_a_sector_across_a_river_without_a_bridge_is_said_to_hang_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawing = draw("A---B\n|   |\nC---D\n\n\nE---F\n|   |\nG---H", step_m=(50.0, 100.0))
    source = drawing.write(tmp_path / "river.osm.pbf")
    here = area(tmp_path / "area.geojson", box(-50, -1_000, 800, 50))
    assert run(source, "--area", here, "--json", "--lang", "en") == 0
    found = json.loads(capsys.readouterr().out)
    for mode in ("foot", "bike"):
        assert "disconnected" in found[mode]["summer"]["reasons"]
        assert found[mode]["summer"]["verdict"] != "yes"
    assert not [fix for fix in found["fixes"] if fix["mode"] == "foot" and fix["kind"] == "mode"]


def test_an_area_that_reaches_beyond_the_streets_says_how_much_is_not_counted(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = area(tmp_path / "area.geojson", box(-50, -300, 3_000, 50))
    assert run(town, "--area", here, "--json", "--lang", "en") == 0
    warnings = json.loads(capsys.readouterr().out)["warnings"]
    assert any("lies outside the streets of town.osm.pbf" in text for text in warnings)


def test_a_verdict_is_an_answer_unless_a_script_asks_to_fail_on_it(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = area(tmp_path / "area.geojson", box(-50, -300, 800, 50))
    rare = tmp_path / "settings.toml"
    rare.write_text("[patrol_share]\nlow = 0.0001\ncentral = 0.0001\nhigh = 0.0001\n")
    asked = ("--area", here, "--mode", "foot", "--season", "summer", "--no-fixes", "--json")
    for words, verdict, codes in (
        ((), "yes", (0, 0, 0)),
        (("--settings", rare), "no", (0, 1, 1)),
    ):
        for fail_on, code in zip(((), ("--fail-on", "no"), ("--fail-on", "borderline")), codes,
                                 strict=True):  # fmt: skip
            assert run(town, *asked, *words, *fail_on) == code
            found = json.loads(capsys.readouterr().out)
            assert found["foot"]["summer"]["verdict"] == verdict


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--area", SECTOR, "--beat", "GRE-01"),
        ("--beat", "GRE-01"),
        ("--area", "no such place"),
        ("--area", "osm:nowhere"),
        ("--area", SECTOR, "--mode", "horse"),
        ("--area", SECTOR, "--season", "spring"),
        ("--area", SECTOR, "--season", "auto"),
        ("--area", SECTOR, "--minutes", "10;20"),
        ("--area", SECTOR, "--minutes", "0"),
        ("--area", SECTOR, "--minutes", "nan"),
        ("--area", SECTOR, "--posts", "0"),
        ("--area", SECTOR, "--fail-on", "yes"),
        ("--area", SECTOR, "--seed", "-1"),
        ("--area", SECTOR, "--out", "sheet.odt"),
        ("--area", SECTOR, "--out", SAMPLE),
        ("--area", SECTOR, "--settings", "missing.toml"),
        ("--area", SECTOR, "--minutes", "", "--out", "reach.gpkg"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_in_one_line(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(SAMPLE, *words, "--lang", "en", "--no-fixes") == 2
    output = capsys.readouterr()
    assert len(output.err.splitlines()) == 1
    assert "Traceback" not in output.err
    assert not Path("reach.gpkg").exists()


def test_a_beat_refuses_the_tables_that_it_already_has(
    town: Path, tmp_path: Path, defaults: PatrolSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = make_plan(load_network(town, None, defaults), settings=defaults, officers=1)
    path = tmp_path / "plan.gpkg"
    save_plan(plan, path)
    beat_id = plan.beats[0].beat_id
    assert run(path, "--beat", beat_id, "--posts", "2", "--lang", "en") == 2
    assert "--posts" in capsys.readouterr().err
    assert run(path, "--beat", "XYZ-99", "--lang", "en") == 2
    assert beat_id in capsys.readouterr().err


def test_the_moved_park_is_judged_on_real_streets(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The shape of Old Greenfield Park on Outremont: a real network of the same size.
    table = gpd.read_file(shared_data / "boundaries" / "old_greenfield_park_derived.geojson")
    park = table.to_crs("EPSG:32618").geometry.iloc[0]
    here = gpd.GeoSeries([shapely.Point(-73.608, 45.517)], crs="EPSG:4326").to_crs("EPSG:32618")
    away = shapely.get_coordinates([here.iloc[0]]) - shapely.get_coordinates([park.centroid])
    moved = shapely.transform(park, lambda xy: xy + away)
    shape = gpd.GeoSeries([moved], crs="EPSG:32618").to_crs("EPSG:4326").iloc[0]
    path = area(tmp_path / "park.geojson", shape, "Moved park")
    source = shared_data / "networks" / "outremont_walk.graphml"
    assert run(source, "--area", path, "--json", "--mode", "foot", "--no-fixes") == 0
    found = json.loads(capsys.readouterr().out)
    assert 25.0 < found["street_km"] < 40.0
    each = found["foot"]["summer"]
    assert each["gap"] < 0.02
    low, _, high = each["shifts_per_pass"]["component"]
    assert low < each["pass_s"] * 4 / 3 / 3600.0 / 3.6 < high
