"""Layers of a GeoPackage, files that are no boundary, and the record that comes of them all."""

from __future__ import annotations

import math
import os
import sqlite3
import tomllib
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from boundary_files import EAST, WEST, geojson, geopackage, refusal
from hypothesis import given, settings
from hypothesis import strategies as st

from reso_geo.atomic_files import data_file
from reso_geo.boundaries import Boundary, read_boundary
from reso_geo.boundaries.shapes import area_m2
from reso_geo.errors import BoundaryError
from reso_geo.i18n import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

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
