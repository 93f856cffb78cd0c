"""What boundaries promise: a shape that can be trusted, or one line that says what to do."""

from __future__ import annotations

import itertools
import json
import math
import os
import runpy
import shutil
import sqlite3
import sys
import tomllib
from typing import TYPE_CHECKING

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from places import ROOT, SHARED

from reso_geo.atomic_files import data_file
from reso_geo.boundaries import Boundary, builtin_places, read_boundary
from reso_geo.boundaries.shapes import area_m2
from reso_geo.errors import BoundaryError
from reso_geo.i18n import LANGUAGES, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

DATA = SHARED / "data"
needs_shared = pytest.mark.skipif(
    not DATA.is_dir(), reason="needs the test data in ../shared/data, beside the checkout"
)
WEST = shapely.box(-73.50, 45.40, -73.45, 45.50)
EAST = shapely.box(-73.45, 45.40, -73.40, 45.50)
CITIES = (
    "Longueuil",
    "Brossard",
    "Boucherville",
    "Saint-Bruno-de-Montarville",
    "Saint-Lambert",
)
BOROUGHS = ("Le Vieux-Longueuil", "Saint-Hubert", "Greenfield Park")


def refusal(text: object, source: Path | None = None) -> str:
    """Return the English message of the one error that reading must raise, after checking both."""
    with pytest.raises(BoundaryError) as caught:
        read_boundary(str(text), source)
    message = caught.value.message
    assert isinstance(message, Phrase)
    for language in LANGUAGES:
        said = message.say(language)
        assert said.strip()
        assert len(said.splitlines()) == 1
    assert caught.value.exit_code == 2
    return str(message)


def geojson(path: Path, features: Iterable[tuple[object, object]], **extra: object) -> Path:
    """Write features given as properties and geometry (a shape or raw GeoJSON)."""
    document = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": json.loads(shapely.to_geojson(geometry))
                if isinstance(geometry, shapely.Geometry)
                else geometry,
            }
            for properties, geometry in features
        ],
        **extra,
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def polygon(*points: tuple[float, ...]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[list(point) for point in points]]}


def geopackage(
    path: Path,
    shapes: Iterable[shapely.Geometry | None],
    names: Iterable[object] = ("West", "East"),
    crs: str | None = "EPSG:4326",
    layer: str = "cities",
    column: str = "name",
    geometry_type: str = "Unknown",
) -> Path:
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(list(shapes), dtype=object)),
        [np.array(list(names), dtype=object)],
        [column],
        layer=layer,
        crs=crs,
        geometry_type=geometry_type,
        driver="GPKG",
    )
    return path


# --- the built-in places


def test_every_place_says_what_it_is_part_of_and_where_its_outline_comes_from() -> None:
    places = {place.name: place for place in builtin_places()}
    assert len(places) == 10
    for place in places.values():
        assert place.origin
        assert place.part_of in {None, *places}
        assert (place.part_of is None) == (place.kind == "agglomeration")


def test_the_five_cities_hold_the_population_of_the_agglomeration() -> None:
    cities = [place for place in builtin_places() if place.kind == "city"]
    assert tuple(place.name for place in cities) == CITIES
    assert sum(place.population or 0 for place in cities) == builtin_places()[0].population


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_outline_is_provisional_and_says_so(language: str) -> None:
    boundary = read_boundary("Brossard")
    assert boundary.provisional
    assert boundary.kind == "generalised"
    assert "Brossard" in boundary.notes[0].say(language)


@pytest.mark.parametrize("names", [CITIES, (*BOROUGHS, *CITIES[1:])])
def test_neighbours_tile_without_gap_or_overlap(names: tuple[str, ...]) -> None:
    shapes = [read_boundary(name).shapes[0] for name in names]
    for one, other in itertools.combinations(shapes, 2):
        assert area_m2(shapely.intersection(one, other)) <= 1.0
    polygons = [shape.geoms[0] for shape in shapes]
    assert all(len(shape.geoms) == 1 for shape in shapes)
    assert shapely.coverage_is_valid(polygons)
    whole = shapely.union_all(polygons)
    assert isinstance(whole, shapely.Polygon)
    assert not whole.interiors


def test_longueuil_is_its_three_boroughs() -> None:
    boroughs = shapely.union_all([read_boundary(name).shapes[0] for name in BOROUGHS])
    whole = read_boundary("Longueuil").shapes[0]
    assert area_m2(shapely.symmetric_difference(whole, boroughs)) <= 1.0


def test_old_greenfield_park_lies_inside_greenfield_park() -> None:
    sector = read_boundary("Old Greenfield Park").shapes[0]
    assert read_boundary("Greenfield Park").shapes[0].covers(sector)
    assert area_m2(sector) / 1e6 == pytest.approx(2.83, rel=0.04)


def test_outlines_have_nearly_the_area_of_the_registry() -> None:
    # Greenfield Park is small: rounding to 0.001 degree alone costs it 4.3 %.
    rounding = {"Greenfield Park": 0.045}
    for place in builtin_places():
        if place.territory_km2 is not None:
            area = sum(map(area_m2, read_boundary(place.name).shapes)) / 1e6
            share = rounding.get(place.name, 0.04)
            assert area == pytest.approx(place.territory_km2, rel=share), place.name


def test_the_outlines_are_marked_and_credited_in_their_file() -> None:
    document = json.loads(data_file("boundaries/outlines.geojson").read_text("utf-8"))
    for feature in document["features"]:
        said = feature["properties"]
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert said["kind"] == "generalised"
        assert said["origin"]
        assert said["area_km2"] == pytest.approx(area_m2(shape) / 1e6, abs=0.01)


def draw_outlines(table: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = ROOT / "scripts" / "make_boundaries.py"
    monkeypatch.setattr(sys, "argv", [script.name, str(table), "--out", str(out)])
    runpy.run_path(str(script), run_name="__main__")


@needs_shared
def test_the_committed_outlines_are_those_that_the_script_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = tmp_path / "outlines.geojson"
    draw_outlines(DATA / "boundaries" / "outlines_generalised.csv", drawn, monkeypatch)
    assert drawn.read_bytes() == data_file("boundaries/outlines.geojson").read_bytes()


def columns(path: Path, height: float = 1.0, shift: float = 0.0) -> Path:
    """Write the pieces as squares in a row; one corner of Saint-Hubert may move, or one square."""
    rows = ["place,order,lon,lat"]
    for at, name in enumerate([*CITIES[1:], *BOROUGHS]):
        top = height if name == "Saint-Hubert" else 1.0
        west = at - shift if name == "Brossard" else at
        ring = [(west, 0), (west + 1, 0), (west + 1, top), (west, 1), (west, 1), (west, 0)]
        rows += [f"{name},{order},{lon},{lat}" for order, (lon, lat) in enumerate(ring)]
    inside = [(6.1, 0.1), (6.4, 0.1), (6.4, 0.4)]
    rows += [f"Old Greenfield Park,{order},{lon},{lat}" for order, (lon, lat) in enumerate(inside)]
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_outlines_that_tile_are_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "outlines.geojson"
    draw_outlines(columns(tmp_path / "outlines.csv"), out, monkeypatch)
    drawn = json.loads(out.read_text("utf-8"))["features"]
    assert [feature["properties"]["name"] for feature in drawn[:5]] == list(CITIES)
    assert len(drawn) == 9


@pytest.mark.parametrize(
    ("height", "shift", "said"), [(1.1, 0, "Saint-Hubert"), (0.9, 0, "share"), (1, 0.5, "gap")]
)
def test_outlines_that_do_not_tile_are_never_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, height: float, shift: float, said: str
) -> None:
    out = tmp_path / "outlines.geojson"
    with pytest.raises(SystemExit, match=said):
        draw_outlines(columns(tmp_path / "outlines.csv", height, shift), out, monkeypatch)
    assert not out.exists()


def test_the_agglomeration_comes_as_its_five_cities() -> None:
    boundary = read_boundary("Agglomération de Longueuil")
    assert boundary.names == CITIES


@pytest.mark.parametrize(
    "typed",
    ["saint-hubert", "SAINT HUBERT", " St-Hubert ", "Saint\u2019Hubert", "Sàint Hubert"],
)
def test_a_name_is_found_however_it_is_typed(typed: str) -> None:
    assert read_boundary(typed).names == ("Saint-Hubert",)


def test_an_unknown_name_gets_the_nearest_ones() -> None:
    said = refusal("Bosard")
    assert "Brossard" in said
    assert "reso-geo boundaries" in said


def test_a_file_wins_over_a_built_in_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    geojson(tmp_path / "Brossard", [({"name": "Mine"}, WEST)])
    assert read_boundary("Brossard").names == ("Mine",)


def test_a_folder_of_that_name_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Brossard").mkdir()
    assert read_boundary("Brossard").provisional


# --- GeoJSON


def test_each_feature_is_a_city_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = geojson(tmp_path / "b.geojson", [({"name": "West"}, WEST), ({"name": "E"}, EAST)])
    boundary = read_boundary(str(path))
    assert boundary.names == ("West", "E")
    assert boundary.kind == "precise"
    assert boundary.origin == "b.geojson"
    assert not boundary.provisional
    assert not boundary.notes
    assert all(shape.equals(box) for shape, box in zip(boundary.shapes, (WEST, EAST), strict=True))


@pytest.mark.parametrize("column", ["NAME", "Nom", "nom", " name "])
def test_the_name_column_is_found_in_any_case(tmp_path: Path, column: str) -> None:
    path = geojson(tmp_path / "b.json", [({column: "A"}, WEST), ({column: "B"}, EAST)])
    assert read_boundary(str(path)).names == ("A", "B")


def test_names_are_cleaned_and_numbers_kept_whole(tmp_path: Path) -> None:
    named = [({"name": "  Cité\u202e\nEst "}, WEST), ({"name": 2458227}, EAST)]
    path = geojson(tmp_path / "b.json", named)
    assert read_boundary(str(path)).names == ("Cité Est", "2458227")


def test_one_feature_without_a_name_takes_that_of_the_file(tmp_path: Path) -> None:
    bare = tmp_path / "Vieux-Port.geojson"
    bare.write_text(shapely.to_geojson(WEST))
    assert read_boundary(str(bare)).names == ("Vieux-Port",)
    named = geojson(tmp_path / "Quartier.geojson", [({"name": None}, WEST)])
    assert read_boundary(str(named)).names == ("Quartier",)


def test_several_features_without_a_name_column_are_refused(tmp_path: Path) -> None:
    path = geojson(tmp_path / "b.json", [({"ville": "A", "n": 1}, WEST), (None, EAST)])
    said = refusal(path)
    assert "ville, n" in said
    assert "b.json" in said


@pytest.mark.parametrize("blank", [None, "  ", True, ["A"], "\u200b"])
def test_rows_without_a_name_are_listed(tmp_path: Path, blank: object) -> None:
    path = geojson(tmp_path / "b.json", [({"name": "A"}, WEST), ({"name": blank}, EAST)])
    assert "(features 2)" in refusal(path)


def test_features_of_one_name_make_one_city_and_are_noted(tmp_path: Path) -> None:
    # The same name in its two Unicode forms.
    pair = [({"name": "Québec"}, WEST), ({"name": "Que\u0301bec"}, EAST)]
    boundary = read_boundary(str(geojson(tmp_path / "b.json", pair)))
    assert boundary.names == ("Québec",)
    assert area_m2(boundary.shapes[0]) == pytest.approx(area_m2(WEST) + area_m2(EAST))
    assert "Québec" in str(boundary.notes[0])


def test_cities_that_overlap_are_refused_with_the_shared_area(tmp_path: Path) -> None:
    over = shapely.box(-73.451, 45.40, -73.40, 45.50)
    path = geojson(tmp_path / "b.json", [({"name": "West"}, WEST), ({"name": "E, b"}, over)])
    said = refusal(path)
    shared = area_m2(shapely.intersection(WEST, over))
    assert "West + E, b" in said
    assert f"{shared:_.0f}".replace("_", "\u00a0") in said


def test_neighbours_may_share_a_square_metre(tmp_path: Path) -> None:
    hair = shapely.box(-73.45 - 1e-10, 45.40, -73.40, 45.50)
    path = geojson(tmp_path / "b.json", [({"name": "W"}, WEST), ({"name": "E"}, hair)])
    assert len(read_boundary(str(path)).names) == 2


def test_a_declared_projection_is_undone(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32188"}}
    square = polygon((310e3, 5030e3), (311e3, 5030e3), (311e3, 5031e3), (310e3, 5030e3))
    path = geojson(tmp_path / "b.json", [({"name": "A"}, square)], crs=crs)
    shape = read_boundary(str(path)).shapes[0]
    assert area_m2(shape) == pytest.approx(500_000, rel=1e-3)
    assert shape.within(shapely.box(-73.5, 45.3, -73.3, 45.5))


@pytest.mark.parametrize("crs", [{"type": "name"}, {"properties": {"name": "nowhere"}}, "x"])
def test_an_unknown_coordinate_system_is_refused(tmp_path: Path, crs: object) -> None:
    path = geojson(tmp_path / "b.json", [({"name": "A"}, WEST)], crs=crs)
    assert "EPSG:4326" in refusal(path)


def test_heights_and_lines_beside_polygons_are_left_out_and_noted(tmp_path: Path) -> None:
    high = shapely.force_3d(EAST, 12.0)
    mixed = shapely.GeometryCollection(
        [shapely.Point(-73.5, 45.4), shapely.GeometryCollection([WEST])]
    )
    path = geojson(tmp_path / "b.json", [({"name": "W"}, mixed), ({"name": "E"}, high)])
    boundary = read_boundary(str(path))
    assert not any(shape.has_z for shape in boundary.shapes)
    assert boundary.shapes[0].equals(WEST)
    assert {note.key for note in boundary.notes} == {
        "boundary.note.collection",
        "boundary.note.heights",
    }


@pytest.mark.parametrize(
    "shape", [shapely.Point(-73.4, 45.5), shapely.LineString([(-73.4, 45.5), (-73.5, 45.5)])]
)
def test_points_and_lines_are_refused_by_row(tmp_path: Path, shape: shapely.Geometry) -> None:
    path = geojson(tmp_path / "b.json", [({"name": "A"}, WEST), ({"name": "B"}, shape)])
    assert f"2 ({shape.geom_type})" in refusal(path)


@pytest.mark.parametrize("empty", [None, shapely.Polygon(), shapely.MultiPolygon()])
def test_empty_geometries_are_refused_by_row(tmp_path: Path, empty: object) -> None:
    path = geojson(tmp_path / "b.json", [({"name": "A"}, WEST), ({"name": "B"}, empty)])
    assert "(features 2)" in refusal(path)


def test_a_file_without_features_is_refused(tmp_path: Path) -> None:
    assert "no feature" in refusal(geojson(tmp_path / "b.json", []))


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_coordinates_that_are_no_numbers_are_refused(tmp_path: Path, bad: float) -> None:
    ring = polygon((-73.5, 45.4), (bad, 45.4), (-73.4, 45.5), (-73.5, 45.4))
    assert "numbers" in refusal(geojson(tmp_path / "b.json", [({"name": "A"}, ring)]))


@pytest.mark.parametrize(
    "geometry",
    [
        polygon((-73.5, 45.4), (-73.4, 45.4), (-73.4, 45.5)),
        {"type": "Polygon", "coordinates": [[["a", 1], [2, 3], [4, 5], ["a", 1]]]},
        {"type": "Polygon", "coordinates": None},
        {"type": "Polygon"},
        {"type": "CircularString", "coordinates": []},
        [1, 2],
        "POLYGON",
    ],
)
def test_a_malformed_geometry_is_refused_by_row(tmp_path: Path, geometry: object) -> None:
    path = geojson(tmp_path / "b.json", [({"name": "A"}, WEST), ({"name": "B"}, geometry)])
    assert "feature 2" in refusal(path)


def test_a_number_too_large_is_refused(tmp_path: Path) -> None:
    path = geojson(tmp_path / "b.json", [({"name": "A"}, WEST)])
    path.write_text(path.read_text().replace("-73.5", "1e999"))
    assert "b.json" in refusal(path)


def test_swapped_latitude_and_longitude_are_recognised(tmp_path: Path) -> None:
    quebec = shapely.box(45.4, -73.5, 45.5, -73.4)
    tokyo = shapely.box(35.6, 139.6, 35.7, 139.7)
    for box in (quebec, tokyo):
        said = refusal(geojson(tmp_path / "b.json", [({"name": "A"}, box)]))
        assert "swapped" in said


@pytest.mark.parametrize(
    "box",
    [
        shapely.box(300_000, 5_030_000, 301_000, 5_031_000),
        shapely.box(-190, 45, -185, 46),
        shapely.box(10, 5_000, 20, 6_000),
    ],
)
def test_metres_labelled_as_degrees_are_refused(tmp_path: Path, box: shapely.Polygon) -> None:
    assert "no longitudes" in refusal(geojson(tmp_path / "b.json", [({"name": "A"}, box)]))


def test_a_slightly_invalid_ring_is_mended_and_noted(tmp_path: Path) -> None:
    ring = polygon(
        *[(-73.50, 45.40), (-73.40, 45.40), (-73.40, 45.50)],
        # A spike, and a loop of a few metres where the ring crosses itself.
        *[(-73.45, 45.50), (-73.45, 45.51), (-73.45, 45.50)],
        *[(-73.4999, 45.5000), (-73.5001, 45.4999), (-73.5001, 45.5001), (-73.50, 45.4998)],
        (-73.50, 45.40),
    )
    boundary = read_boundary(str(geojson(tmp_path / "b.json", [({"name": "A"}, ring)])))
    assert boundary.shapes[0].is_valid
    assert [note.key for note in boundary.notes] == ["boundary.note.mended"]
    assert area_m2(boundary.shapes[0]) == pytest.approx(
        area_m2(shapely.box(-73.50, 45.40, -73.40, 45.50)), rel=0.01
    )


@pytest.mark.parametrize(
    "ring",
    [
        polygon((-73.5, 45.4), (-73.4, 45.5), (-73.4, 45.4), (-73.5, 45.5), (-73.5, 45.4)),
        polygon((-73.5, 45.4), (-73.4, 45.5), (-73.5, 45.4), (-73.5, 45.4)),
    ],
    ids=["bow tie", "line"],
)
def test_a_ring_that_mending_would_change_is_refused(
    tmp_path: Path, ring: dict[str, object]
) -> None:
    assert "redraw" in refusal(geojson(tmp_path / "b.json", [({"name": "A"}, ring)]))


def test_an_outline_does_not_become_precise_by_being_copied(tmp_path: Path) -> None:
    rows = [
        ({"name": "A", "kind": "precise"}, WEST),
        ({"name": "B", "kind": "generalised"}, EAST),
    ]
    assert read_boundary(str(geojson(tmp_path / "b.json", rows))).provisional
    other = geojson(tmp_path / "c.json", [({"name": "A", "kind": "ville"}, WEST)])
    assert read_boundary(str(other)).kind == "precise"


@pytest.mark.parametrize(
    "text",
    [
        '{"elements": []}',
        '{"type": "Topology", "objects": {}}',
        '{"type": "FeatureCollection"}',
        '{"type": "FeatureCollection", "features": [1]}',
    ],
)
def test_other_json_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "b.geojson"
    path.write_text(text)
    assert "not GeoJSON" in refusal(path)


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    path = geojson(tmp_path / "b.json", [({"name": "A"}, WEST)])
    path.write_text(path.read_text(), encoding="utf-8-sig")
    assert read_boundary(str(path)).names == ("A",)


def test_text_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = geojson(tmp_path / "b.json", [({"name": "A"}, WEST)])
    path.write_bytes(path.read_bytes().replace(b'"A"', '"Québec"'.encode("cp1252")))
    assert "UTF-8" in refusal(path)


def test_json_nested_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text('{"type": "FeatureCollection", "features": ' + "[" * 200_000)
    assert "b.json" in refusal(path)


# --- GeoPackage


def test_a_layer_in_metres_is_read(tmp_path: Path) -> None:
    boxes = [
        shapely.box(310e3, 5030e3, 311e3, 5031e3),
        shapely.box(311e3, 5030e3, 312e3, 5031e3),
    ]
    boundary = read_boundary(str(geopackage(tmp_path / "b.gpkg", boxes, crs="EPSG:32188")))
    assert boundary.names == ("West", "East")
    assert area_m2(boundary.shapes[0]) == pytest.approx(1e6, rel=1e-3)


def test_without_a_coordinate_system_it_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="crs"):
        path = geopackage(tmp_path / "b.gpkg", [WEST, EAST], crs=None)
    assert "QGIS" in refusal(path)
    for number in (0, -1):
        with sqlite3.connect(path) as base:
            base.execute("UPDATE gpkg_geometry_columns SET srs_id = ?", (number,))
        assert "cities" in refusal(path)


def test_the_layer_boundaries_goes_first(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "b.gpkg", [EAST], ["Beat"], layer="beats")
    geopackage(path, [WEST], ["City"], layer="boundaries")
    assert read_boundary(str(path)).names == ("City",)


def test_the_only_layer_of_polygons_is_read(tmp_path: Path) -> None:
    point = shapely.Point(-73.4, 45.5)
    path = geopackage(tmp_path / "b.gpkg", [point], ["P"], layer="p", geometry_type="Point")
    assert "polygons" in refusal(path)
    geopackage(path, [WEST], ["City"], layer="areas", geometry_type="MultiPolygon")
    assert read_boundary(str(path)).names == ("City",)


def test_several_layers_to_choose_from_are_listed(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "b.gpkg", [WEST], ["A"], layer="first")
    geopackage(path, [EAST], ["B"], layer="second")
    said = refusal(path)
    assert "first (mixed shapes), second (mixed shapes)" in said


def test_the_columns_found_are_named(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "b.gpkg", [WEST, EAST], column="ville")
    assert "ville" in refusal(path)


def test_rows_without_shape_or_name_are_listed(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "a.gpkg", [WEST, None])
    assert "(features 2)" in refusal(path)
    path = geopackage(tmp_path / "b.gpkg", [WEST, EAST], ["A", None])
    assert "(features 2)" in refusal(path)


def test_a_geopackage_with_coordinates_that_are_no_numbers_is_refused(tmp_path: Path) -> None:
    with np.errstate(invalid="ignore"):
        broken = shapely.Polygon([(-73.5, 45.4), (math.nan, 45.4), (-73.4, 45.5)])
    path = geopackage(tmp_path / "b.gpkg", [broken], ["A"])
    assert "numbers" in refusal(path)


def test_coordinates_outside_their_projection_are_refused(tmp_path: Path) -> None:
    far = shapely.box(1e12, 1e12, 2e12, 2e12)
    assert "b.gpkg" in refusal(geopackage(tmp_path / "b.gpkg", [far], ["A"], crs="EPSG:32188"))


def test_heights_are_noted_after_a_move_too(tmp_path: Path) -> None:
    high = shapely.force_3d(shapely.box(310e3, 5030e3, 311e3, 5031e3), 30.0)
    path = geopackage(
        *(tmp_path / "b.gpkg", [high], ["A"], "EPSG:32188"), geometry_type="Polygon Z"
    )
    assert [note.key for note in read_boundary(str(path)).notes] == ["boundary.note.heights"]


@pytest.mark.parametrize("share", [0.001, 0.01, 0.3, 0.6, 0.9])
def test_a_file_cut_short_is_refused(tmp_path: Path, share: float) -> None:
    path = geopackage(tmp_path / "b.gpkg", [WEST, EAST])
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert "b.gpkg" in refusal(path)


def test_flipped_bytes_give_one_clear_message(tmp_path: Path) -> None:
    whole = geopackage(tmp_path / "whole.gpkg", [WEST, EAST]).read_bytes()
    chance = np.random.default_rng(0)
    path = tmp_path / "b.gpkg"
    for _ in range(60):
        content = np.frombuffer(whole, dtype=np.uint8).copy()
        at = chance.integers(100, len(content), 200)
        content[at] = chance.integers(0, 256, 200)
        path.write_bytes(content.tobytes())
        try:
            read_boundary(str(path))
        except BoundaryError as error:
            assert "b.gpkg" in str(error)  # noqa: PT017 - some files survive it


def test_another_sqlite_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.gpkg"
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE t (a)")
    assert "neither GeoJSON, GPKG, KML nor SHP" in refusal(path)


# --- what is no boundary


def test_a_missing_file(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "missing.gpkg")


def test_a_folder(tmp_path: Path) -> None:
    assert "folder" in refusal(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \n\t "])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "b.geojson"
    path.write_bytes(content)
    assert "empty" in refusal(path)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = geojson(tmp_path / "b.json", [({"name": "A"}, WEST)])
    path.chmod(0)
    assert "permissions" in refusal(path)


def test_a_web_page(tmp_path: Path) -> None:
    path = tmp_path / "b.geojson"
    path.write_text("<!DOCTYPE html><html><body>404</body></html>")
    assert "web page" in refusal(path)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.99])
def test_a_geojson_cut_short(tmp_path: Path, share: float) -> None:
    path = geojson(tmp_path / "b.json", [({"name": "A"}, WEST)])
    text = path.read_text()
    path.write_text(text[: int(share * len(text))])
    assert "line 1" in refusal(path)


@pytest.mark.parametrize("content", [b"\x00\x00\x27\x0a", b"name;lon;lat\n"])
def test_another_format(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "b.gpkg"
    path.write_bytes(content)
    assert "neither GeoJSON, GPKG, KML nor SHP" in refusal(path)


def test_an_archive_that_cannot_be_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "b.gpkg"
    path.write_bytes(b"PK\x03\x04zip")
    assert "The archive b.gpkg is damaged or protected" in refusal(path)


@pytest.mark.parametrize("name", ["b.gpkg", "b.geojson", "b.vrt"])
def test_a_virtual_layer_in_disguise_opens_nothing(tmp_path: Path, name: str) -> None:
    secret = geojson(tmp_path / "secret.geojson", [({"name": "Secret"}, WEST)])
    path = tmp_path / name
    path.write_text(
        f"<OGRVRTDataSource><OGRVRTLayer name='secret'><SrcDataSource>{secret}"
        "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )
    assert "Secret" not in refusal(path)


@pytest.mark.parametrize(
    "text",
    [
        "/vsicurl/https://example.org/b.geojson",
        "\\vsizip\\b.zip",
        "https://example.org/b.geojson",
        "HTTP://example.org/b.gpkg",
        "GPKG:b.gpkg:cities",
        "PG:dbname=x",
        "",
        "   ",
    ],
)
def test_nothing_is_fetched_from_elsewhere(text: str) -> None:
    assert "on this computer" in refusal(text)


@given(st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_text_gives_a_boundary_or_one_clear_line(text: str) -> None:
    try:
        assert read_boundary(text).names
    except BoundaryError as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017 - either is right


def test_a_very_long_name_is_not_echoed_whole() -> None:
    assert len(refusal("x" * 100_000)) < 1_000


# --- the record


def test_refuses_parts_that_contradict_each_other() -> None:
    shape = shapely.MultiPolygon([WEST])
    for names, shapes, kind in (
        (("A",), (), "precise"),
        ((), (), "precise"),
        (("A", "A"), (shape, shapely.MultiPolygon([EAST])), "precise"),
        ((" A",), (shape,), "precise"),
        (("",), (shape,), "precise"),
        (("A",), (shape,), "rough"),
        (("A",), (shapely.MultiPolygon(),), "precise"),
        (("A",), (WEST,), "precise"),
    ):
        with pytest.raises(BoundaryError):
            Boundary(names, shapes, kind, "test")


def test_every_message_exists_in_both_languages() -> None:
    texts = tomllib.loads(data_file("words/boundaries.toml").read_text("utf-8"))
    for key, text in texts.items():
        assert key.startswith("boundary.")
        assert set(text) == set(LANGUAGES)
        assert all(len(said.splitlines()) == 1 for said in text.values())


# A square and its neighbour to the east share the line 2-3; 7-10 is an exclave of the first.
NODES = {
    1: (-73.50, 45.40),
    2: (-73.45, 45.40),
    3: (-73.45, 45.50),
    4: (-73.50, 45.50),
    5: (-73.40, 45.40),
    6: (-73.40, 45.50),
    7: (-73.30, 45.40),
    8: (-73.29, 45.40),
    9: (-73.29, 45.41),
    10: (-73.30, 45.41),
}
WAYS = {10: (2, 3), 11: (3, 4, 1, 2), 12: (2, 5, 6, 3), 13: (7, 8, 9, 10, 7)}
WEST_TAGS = {"type": "boundary", "boundary": "administrative", "admin_level": "8", "name": "West"}
EAST_TAGS = WEST_TAGS | {"name": "East", "type": "multipolygon", "name:fr": "Côté-Est"}
RELATIONS = {1: ((10, 11, 13), WEST_TAGS), 2: ((10, 12), EAST_TAGS)}
_Relations = dict[int, tuple[tuple[int, ...], dict[str, str]]]


def osm_xml(
    path: Path,
    relations: Mapping[int, tuple[tuple[int, ...], dict[str, str]]],
    nodes: Mapping[int, tuple[float, float]] = NODES,
    ways: Mapping[int, tuple[int, ...]] = WAYS,
) -> Path:
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6">']
    for number, (lon, lat) in nodes.items():
        lines.append(f'<node id="{number}" lon="{lon}" lat="{lat}" version="1"/>')
    for number, members in ways.items():
        inside = "".join(f'<nd ref="{node}"/>' for node in members)
        lines.append(f'<way id="{number}" version="1">{inside}</way>')
    for number, (members, tags) in relations.items():
        inside = "".join(f'<member type="way" ref="{way}" role="outer"/>' for way in members)
        inside += "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        lines.append(f'<relation id="{number}" version="1">{inside}</relation>')
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def overpass(path: Path, relations: _Relations, form: str) -> Path:
    """Write an Overpass answer whose lines stand in ``members``, ``ways`` or ``nodes``."""

    def points(way: int) -> list[dict[str, float]]:
        return [{"lon": NODES[node][0], "lat": NODES[node][1]} for node in WAYS[way]]

    elements: list[dict[str, object]] = []
    for number, (ways, tags) in relations.items():
        members: list[dict[str, object]] = [{"type": "node", "ref": 1, "role": "admin_centre"}]
        for way in ways:
            member: dict[str, object] = {"type": "way", "ref": way, "role": "outer"}
            members.append(member | ({"geometry": points(way)} if form == "members" else {}))
        elements.append({"type": "relation", "id": number, "members": members, "tags": tags})
    if form != "members":
        for way, nodes in WAYS.items():
            lines = {"geometry": points(way)} if form == "ways" else {"nodes": nodes}
            elements.append({"type": "way", "id": way, **lines})
    if form == "nodes":
        for node, (lon, lat) in NODES.items():
            elements.append({"type": "node", "id": node, "lon": lon, "lat": lat})
    path.write_text(json.dumps({"version": 0.6, "elements": elements}), encoding="utf-8")
    return path


# --- relations of a source


def test_a_name_finds_its_relation_in_any_of_its_languages(tmp_path: Path) -> None:
    source = osm_xml(tmp_path / "s.osm", RELATIONS)
    boundary = read_boundary("osm:cote est", source)
    assert boundary.names == ("East",)
    assert boundary.kind == "precise"
    assert boundary.origin == "OpenStreetMap relation r2"
    assert boundary.shapes[0].equals(EAST)


def test_a_number_finds_its_relation_and_exclaves_are_kept(tmp_path: Path) -> None:
    boundary = read_boundary("OSM:r1", osm_xml(tmp_path / "s.osm", RELATIONS))
    assert boundary.names == ("West",)
    assert len(boundary.shapes[0].geoms) == 2


def test_a_level_gives_a_city_per_relation(tmp_path: Path) -> None:
    boundary = read_boundary("osm:admin_level=8", osm_xml(tmp_path / "s.osm", RELATIONS))
    assert boundary.names == ("West", "East")
    assert not boundary.notes


def test_relations_of_one_name_are_told_apart(tmp_path: Path) -> None:
    twins = {number: (ways, WEST_TAGS) for number, (ways, _) in RELATIONS.items()}
    source = osm_xml(tmp_path / "s.osm", twins)
    assert read_boundary("osm:admin_level=8", source).names == ("West (r1)", "West (r2)")
    said = refusal("osm:West", source)
    assert "osm:r1" in said
    assert "osm:r2" in said


@pytest.mark.parametrize("lost", ["way", "node", "closing"])
def test_a_cut_relation_is_refused_or_left_out_with_a_note(tmp_path: Path, lost: str) -> None:
    nodes = {number: at for number, at in NODES.items() if lost != "node" or number != 5}
    ways = {number: line for number, line in WAYS.items() if lost != "way" or number != 12}
    if lost == "closing":
        ways[12] = (2, 5, 6)
    source = osm_xml(tmp_path / "s.osm", RELATIONS, nodes, ways)
    said = refusal("osm:East", source)
    assert "East (r2)" in said
    assert "larger extract" in said
    level = read_boundary("osm:admin_level=8", source)
    assert level.names == ("West",)
    assert "East (r2)" in str(level.notes[0])


def test_a_level_that_is_not_there_gets_those_that_are(tmp_path: Path) -> None:
    said = refusal("osm:admin_level=6", osm_xml(tmp_path / "s.osm", RELATIONS))
    assert "8 (2)" in said


def test_an_unknown_name_or_number_is_refused(tmp_path: Path) -> None:
    source = osm_xml(tmp_path / "s.osm", RELATIONS)
    assert "East" in refusal("osm:Eest", source)
    assert "r99" in refusal("osm:r99", source)


@pytest.mark.parametrize("request_", ["osm:", "osm:boundary=police", "osm: admin_level=x"])
def test_a_request_that_makes_no_sense_gets_the_three_forms(tmp_path: Path, request_: str) -> None:
    assert "osm:r1234" in refusal(request_, osm_xml(tmp_path / "s.osm", RELATIONS))


def test_without_a_source_it_is_refused() -> None:
    assert "street source" in refusal("osm:West")


def test_xml_is_recognised_whatever_its_extension(tmp_path: Path) -> None:
    assert read_boundary("osm:r2", osm_xml(tmp_path / "s.xml", RELATIONS)).names == ("East",)


@pytest.mark.parametrize("form", ["members", "ways", "nodes"])
def test_an_overpass_answer_gives_the_same_shapes(tmp_path: Path, form: str) -> None:
    source = overpass(tmp_path / "s.json", RELATIONS, form)
    drawn = read_boundary("osm:admin_level=8", source)
    expected = read_boundary("osm:admin_level=8", osm_xml(tmp_path / "s.osm", RELATIONS))
    assert drawn.names == expected.names
    for one, other in zip(drawn.shapes, expected.shapes, strict=True):
        assert one.equals(other)


def test_an_overpass_answer_without_the_lines_is_refused(tmp_path: Path) -> None:
    source = overpass(tmp_path / "s.json", RELATIONS, "none")
    document = json.loads(source.read_text())
    document["elements"] = document["elements"][:2]
    source.write_text(json.dumps(document))
    assert "not whole" in refusal("osm:West", source)


@pytest.mark.parametrize(
    "content",
    [
        '{"elements": 5}',
        '{"elements": [{"type": "way"}]}',
        "{",
        '{"remark": "timeout"}',
        '{"elements": [{"type": ["way"], "id": 1}]}',
    ],
)
def test_a_broken_answer_is_refused(tmp_path: Path, content: str) -> None:
    source = tmp_path / "s.json"
    source.write_text(content)
    assert "cannot be read" in refusal("osm:West", source)


@pytest.mark.parametrize(
    "member",
    [
        5,
        {"type": "way"},
        {"type": "way", "ref": 1, "geometry": [{"lon": 1, "lat": 2}]},
        {"type": "way", "ref": 1, "geometry": [{"lon": math.nan, "lat": 2}, {"lon": 1, "lat": 2}]},
        {"type": "way", "ref": 1, "geometry": [{"lon": "a", "lat": 2}, {"lon": 1, "lat": 2}]},
        {"type": "way", "ref": 1, "geometry": 7},
    ],
)
def test_odd_members_are_refused(tmp_path: Path, member: object) -> None:
    relation = {"type": "relation", "id": 1, "tags": WEST_TAGS, "members": [member]}
    source = tmp_path / "s.json"
    source.write_text(json.dumps({"elements": [relation]}))
    assert "cannot be read" in refusal("osm:West", source)


def test_formats_without_relations_are_refused_by_name(tmp_path: Path) -> None:
    graph = tmp_path / "s.graphml"
    graph.write_text("<?xml version='1.0'?><graphml></graphml>")
    plan = geopackage(tmp_path / "plan.gpkg", [WEST], ["A"])
    for source in (graph, plan):
        assert source.name in refusal("osm:West", source)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("s.osm", b"<html><body>404</body></html>"),
        ("s.osm.pbf", b"<html><body>404</body></html>"),
        ("s.osm.pbf", b"\x00\x00\x00\x0d\x0a\x09OSMHeader"),
        ("s.osm", b"<osm version='0.6'><relation id='1'>"),
        ("s.txt", b"nothing"),
    ],
)
def test_a_broken_source_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    source = tmp_path / name
    source.write_bytes(content)
    assert name in refusal("osm:West", source)


def test_the_order_of_the_ways_in_a_source_changes_no_boundary(tmp_path: Path) -> None:
    ways = dict(reversed(WAYS.items()))
    turned = read_boundary("osm:r1", osm_xml(tmp_path / "t.osm", RELATIONS, ways=ways))
    assert turned == read_boundary("osm:r1", osm_xml(tmp_path / "s.osm", RELATIONS))


def test_a_missing_source_is_refused(tmp_path: Path) -> None:
    assert "does not exist" in refusal("osm:West", tmp_path / "s.osm.pbf")


def agglomeration(path: Path, without: Iterable[str] = ()) -> Path:
    """Write a source with the relations of the cities, each a little off its outline."""
    nodes: dict[int, tuple[float, float]] = {}
    ways: dict[int, tuple[int, ...]] = {}
    relations: _Relations = {}
    cities = [place for place in builtin_places() if place.kind == "city"]
    for place in sorted(cities, key=lambda city: city.relation or 77):
        if place.name in without:
            continue
        ring = read_boundary(place.name).shapes[0].geoms[0].exterior.coords[:-1]
        first = len(nodes) + 1
        for lon, lat in ring:
            nodes[len(nodes) + 1] = (round(lon + 1e-4, 7), lat)
        number = place.relation or 77
        ways[number] = (*range(first, first + len(ring)), first)
        relations[number] = ((number,), WEST_TAGS | {"name": place.name})
    return osm_xml(path, relations, nodes, ways)


# --- built-in places in a source


def test_the_precise_relation_wins(tmp_path: Path) -> None:
    boundary = read_boundary("brossard", agglomeration(tmp_path / "s.osm"))
    assert boundary.kind == "precise"
    assert boundary.names == ("Brossard",)
    assert boundary.origin == "OpenStreetMap relation r2812764"


def test_a_city_whose_number_is_not_known_is_found_by_name_and_place(tmp_path: Path) -> None:
    source = agglomeration(tmp_path / "s.osm")
    assert read_boundary("Saint-Bruno", source).kind == "precise"
    elsewhere = RELATIONS | {1: (RELATIONS[1][0], WEST_TAGS | {"name": "Saint-Hubert"})}
    far = osm_xml(tmp_path / "far.osm", elsewhere)
    assert read_boundary("Saint-Hubert", far).provisional


def test_the_agglomeration_is_precise_when_all_its_cities_are(tmp_path: Path) -> None:
    boundary = read_boundary("agglomération", agglomeration(tmp_path / "s.osm"))
    assert boundary.kind == "precise"
    assert boundary.names == CITIES


def test_it_is_generalised_as_a_whole_when_one_is_missing(tmp_path: Path) -> None:
    source = agglomeration(tmp_path / "s.osm", without=["Saint-Lambert"])
    boundary = read_boundary("agglomération", source)
    assert boundary.provisional
    assert boundary.names == CITIES
    assert "Saint-Lambert" in str(boundary.notes[0])


def test_a_source_without_relations_leaves_the_outline(tmp_path: Path) -> None:
    graph = tmp_path / "s.graphml"
    graph.write_text("<?xml version='1.0'?><graphml></graphml>")
    assert read_boundary("Longueuil", graph).provisional


# --- real files


@needs_shared
def test_liechtenstein_has_eleven_communes_with_their_exclaves() -> None:
    source = DATA / "networks" / "liechtenstein.osm.pbf"
    boundary = read_boundary("osm:admin_level=8", source)
    assert len(boundary.names) == 11
    assert max(len(shape.geoms) for shape in boundary.shapes) == 7
    country = read_boundary("osm:Liechtenstein", source).shapes[0]
    assert sum(map(area_m2, boundary.shapes)) == pytest.approx(area_m2(country), rel=1e-6)
    assert area_m2(country) / 1e6 == pytest.approx(160, rel=0.01)
    assert "Feldkirch" in str(boundary.notes[0])


@needs_shared
def test_monaco_has_six_whole_wards() -> None:
    boundary = read_boundary("osm:admin_level=10", DATA / "networks" / "monaco.osm.pbf")
    assert len(boundary.names) == 6
    assert "Jardin Exotique" in str(boundary.notes[0])


@needs_shared
def test_heidelberg_has_none() -> None:
    source = DATA / "networks" / "heidelberg.osm.pbf"
    assert "heidelberg" in refusal("osm:admin_level=8", source)


@needs_shared
def test_an_extract_cut_short_is_refused(tmp_path: Path) -> None:
    content = (DATA / "networks" / "monaco.osm.pbf").read_bytes()
    source = tmp_path / "cut.osm.pbf"
    source.write_bytes(content[: len(content) // 2])
    assert "cut.osm.pbf" in refusal("osm:Fontvieille", source)


@needs_shared
def test_a_source_read_only_stays_as_it_is(tmp_path: Path) -> None:
    copy = tmp_path / "m.osm.pbf"
    shutil.copy(DATA / "networks" / "monaco.osm.pbf", copy)
    read_boundary("osm:Fontvieille", copy)
    assert [path.name for path in tmp_path.iterdir()] == ["m.osm.pbf"]


@needs_shared
def test_the_precise_cities_match_the_outlines() -> None:
    path = DATA / "boundaries" / "longueuil_cities_osm.geojson"
    for feature in json.loads(path.read_text("utf-8"))["features"]:
        name = feature["properties"]["name"]
        precise = shapely.from_geojson(json.dumps(feature["geometry"]))
        drawn = shapely.union_all(read_boundary(name).shapes)
        shared = area_m2(shapely.intersection(precise, drawn))
        assert shared > 0.93 * area_m2(precise), name
