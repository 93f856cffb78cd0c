"""KML, shapefiles and layers to choose from: what planners are handed by others."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from reso_geo.boundaries import read_boundary
from reso_geo.errors import BoundaryError
from reso_geo.i18n import LANGUAGES
from reso_geo.network import streets_key
from reso_geo.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

WEST = shapely.box(-73.50, 45.40, -73.45, 45.50)
EAST = shapely.box(-73.45, 45.40, -73.40, 45.50)
SEVERAL = "several layers to choose from (villes (areas), anciennes (areas), notes (points))"


def towns(column: str = "NOM") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({column: ["Éville", "Ouest"]}, geometry=[EAST, WEST], crs=4326)


def shapefile(path: Path, crs: int = 4326, encoding: str = "UTF-8") -> Path:
    towns().to_crs(crs).to_file(path, encoding=encoding)
    return path


def zipped(path: Path, parts: Iterable[Path], folder: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.write(part, f"{folder}{part.name}")
    return path


def refusal(path: object, lang: str = "en") -> str:
    with pytest.raises(BoundaryError) as caught:
        read_boundary(str(path))
    for each in LANGUAGES:
        assert "\n" not in caught.value.message.say(each)
    return caught.value.message.say(lang)


def check_towns(path: Path) -> str:
    """Check that a file gives both towns where they are, and return what was noted."""
    boundary = read_boundary(str(path))
    assert boundary.names == ("Éville", "Ouest")
    for shape, town in zip(boundary.shapes, (EAST, WEST), strict=True):
        assert shape.symmetric_difference(town).area < 1e-6 * town.area
    return " ".join(note.say("en") for note in boundary.notes)


@pytest.mark.parametrize("crs", [4326, 32188, 3857])
def test_a_shapefile_is_read_by_its_own_coordinate_system(crs: int, tmp_path: Path) -> None:
    assert check_towns(shapefile(tmp_path / "villes.shp", crs)) == ""


def test_parts_in_capitals_are_parts(tmp_path: Path) -> None:
    for part in shapefile(tmp_path / "villes.shp", 32188).parent.iterdir():
        part.rename(part.with_name(part.name.upper()))
    check_towns(tmp_path / "VILLES.SHP")


@pytest.mark.parametrize("encoding", ["UTF-8", "cp1252"])
def test_accents_are_right_without_a_word_on_the_encoding(encoding: str, tmp_path: Path) -> None:
    path = shapefile(tmp_path / "villes.shp", encoding=encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    check_towns(path)


def test_degrees_without_a_prj_are_taken_for_degrees_and_that_is_said(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "villes.shp")
    path.with_suffix(".prj").unlink()
    assert "villes.prj is missing" in check_towns(path)


def test_metres_without_a_prj_are_refused(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "villes.shp", 32188)
    path.with_suffix(".prj").unlink()
    assert "villes.prj is missing" in refusal(path)
    assert "villes.prj manque" in refusal(path, "fr")


@pytest.mark.parametrize("ending", [".shx", ".dbf"])
def test_a_missing_part_is_named(ending: str, tmp_path: Path) -> None:
    path = shapefile(tmp_path / "villes.shp")
    path.with_suffix(ending).unlink()
    assert f"lacks parts of itself (villes{ending})" in refusal(path)
    archive = zipped(tmp_path / "villes.zip", tmp_path.glob("villes.*"))
    assert f"lacks parts of itself (villes{ending})" in refusal(archive)


@pytest.mark.parametrize("name", ["villes.shp.zip", "villes.zip"])
def test_a_zipped_shapefile_is_read(name: str, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    shapefile(tmp_path / "a" / "v.shp", 32188)
    check_towns(zipped(tmp_path / name, (tmp_path / "a").iterdir(), "dossier/"))


def test_an_archive_with_none_or_several_is_refused_by_name(tmp_path: Path) -> None:
    for name in ("a", "b"):
        shapefile(tmp_path / f"{name}.shp")
    assert "several files to choose from (a.shp, b.shp)" in refusal(
        zipped(tmp_path / "two.zip", sorted(tmp_path.glob("?.*")))
    )
    assert "neither .shp nor .kml (content: a.dbf)" in refusal(
        zipped(tmp_path / "none.zip", [tmp_path / "a.dbf"])
    )
    (tmp_path / "cut.zip").write_bytes((tmp_path / "two.zip").read_bytes()[:900])
    assert "damaged or protected" in refusal(tmp_path / "cut.zip")


def test_a_damaged_shapefile_is_refused_in_one_line(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "villes.shp")
    whole = path.read_bytes()
    path.write_bytes(whole[:150])
    assert "villes.shp" in refusal(path)


def test_the_key_of_kept_streets_follows_all_parts_of_a_shapefile(tmp_path: Path) -> None:
    path, source = shapefile(tmp_path / "villes.shp"), tmp_path / "x.osm"
    source.write_text("<osm/>")
    rules = load_settings().streets
    before = streets_key(source, str(path), rules)
    towns().assign(NOM=["Autre", "Ouest"]).to_file(path, encoding="UTF-8")
    assert streets_key(source, str(path), rules) != before


def kml(path: Path) -> Path:
    towns("Name").to_file(path, driver="KML")
    return path


def test_kml_and_kmz_are_read(tmp_path: Path) -> None:
    assert check_towns(kml(tmp_path / "doc.kml")) == ""
    assert check_towns(zipped(tmp_path / "villes.kmz", [tmp_path / "doc.kml"])) == ""


def test_marks_of_a_kml_that_are_no_areas_are_left_out_and_told(tmp_path: Path) -> None:
    path = kml(tmp_path / "villes.kml")
    mark = "<Placemark><name>x</name><Point><coordinates>-73.4,45.4,0</coordinates></Point>"
    path.write_text(path.read_text().replace("<Placemark", f"{mark}</Placemark><Placemark", 1))
    assert "villes.kml: 1 mark that is no area is left out" in check_towns(path)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE x [<!ENTITY a "b">]><kml>&a;</kml>',
        "<kml><!-- <OGRVRTDataSource><OGRVRTLayer/> --></kml>",
        "<html><kml/></html>",
        "<osm/>",
    ],
)
def test_xml_that_is_no_plain_kml_opens_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.kml").write_text(text)
    assert "a web page or XML" in refusal(tmp_path / "a.kml")


def test_a_kml_cut_short_is_refused_in_one_line(tmp_path: Path) -> None:
    path = kml(tmp_path / "villes.kml")
    path.write_text(path.read_text()[:600])
    assert "The KML villes.kml is cut short or damaged" in refusal(path)


def test_layers_to_choose_from_are_listed_with_their_kinds(tmp_path: Path) -> None:
    path = tmp_path / "villes.gpkg"
    towns().to_file(path, layer="villes")
    towns().to_file(path, layer="anciennes")
    towns().set_geometry([shapely.Point(-73.4, 45.4)] * 2).to_file(path, layer="notes")
    assert SEVERAL in refusal(path)
    assert "villes (surfaces), anciennes (surfaces), notes (points)" in refusal(path, "fr")
