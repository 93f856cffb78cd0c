"""GeoJSON: every feature a city, in a shape that can be trusted, or one line what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely
from boundary_files import EAST, WEST, geojson, refusal

from reso_geo.boundaries import read_boundary
from reso_geo.boundaries.shapes import area_m2

if TYPE_CHECKING:
    from pathlib import Path


def polygon(*points: tuple[float, ...]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[list(point) for point in points]]}


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
