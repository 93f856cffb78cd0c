"""What boundaries promise: a shape that can be trusted, or one line that says what to do."""

from __future__ import annotations

import itertools
import json
import runpy
import shutil
import sys
from typing import TYPE_CHECKING

import pytest
import shapely
from boundary_files import CITIES, WEST, geojson, refusal
from places import ROOT, SHARED

from reso_geo.atomic_files import data_file
from reso_geo.boundaries import builtin_places, read_boundary
from reso_geo.boundaries.shapes import area_m2
from reso_geo.i18n import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

DATA = SHARED / "data"
needs_shared = pytest.mark.skipif(
    not DATA.is_dir(), reason="needs the test data in ../shared/data, beside the checkout"
)
BOROUGHS = ("Le Vieux-Longueuil", "Saint-Hubert", "Greenfield Park")


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
