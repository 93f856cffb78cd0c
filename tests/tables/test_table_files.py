"""Workbooks, layers and templates: which sheet is read, and what is no table at all."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from table_files import (
    ANCHORS,
    ANY,
    PEOPLE,
    SEATS,
    anchors,
    said,
    save_geojson,
    save_xlsx,
    told,
)

from reso_geo.errors import TableError, UsageError
from reso_geo.i18n import LANGUAGES
from reso_geo.tables import KINDS, read_table, write_template
from reso_geo.tables.kinds import LOCATED

if TYPE_CHECKING:
    from pathlib import Path

# -- workbooks ----------------------------------------------------------------------------------


def test_first_sheet_with_the_columns_is_read_with_typed_and_written_numbers(
    tmp_path: Path,
) -> None:
    path = save_xlsx(
        tmp_path / "s.xlsx",
        Notes=[["à lire"], ["un"]],
        Postes=[[], ["Ville", "Postes"], ["A", 1], [12, "2"], [None, None], ["C", 3.0]],
        Vieux=[["city", "posts"], ["Z", 9]],
    )
    table = read_table(path, SEATS)
    assert table.text("city").tolist() == ["A", "12", "C"]
    assert table.number("posts").tolist() == [1.0, 2.0, 3.0]
    assert table.where.numbers == [3, 4, 6]
    assert "XLSX, sheet Postes; rows: 3" in told(table)
    save_xlsx(path, data=[["amount"], ["1\u00a0234,5"], [0.5]])
    assert read_table(path, (ANY,)).number("amount").tolist() == [1234.5, 0.5]


@pytest.mark.parametrize(
    ("cell", "part"),
    [
        ("=1+1", "“=1+1”: the formula in cell B2 has no saved result"),
        ("#N/A", "“#N/A”: cell B2 holds an error of the spreadsheet"),
        (datetime(2026, 5, 1), "a date; the spreadsheet has probably"),  # noqa: DTZ001 - as typed
        (1.5, "not a whole number"),
    ],
)
def test_cell_of_a_workbook_without_a_number_is_named(
    cell: object, part: str, tmp_path: Path
) -> None:
    path = save_xlsx(tmp_path / "s.xlsx", Feuille=[["city", "posts"], ["A", cell]])
    with pytest.raises(TableError) as caught:
        read_table(path, SEATS)
    assert "s.xlsx, sheet Feuille, row 2 (headers in row 1), column posts" in said(caught)
    assert part in said(caught)


def test_formula_in_a_column_that_is_not_wanted_is_no_fault(tmp_path: Path) -> None:
    path = save_xlsx(tmp_path / "s.xlsx", Feuille=[["city", "posts", "x"], ["A", 1, "=1+1"]])
    assert len(read_table(path, SEATS)) == 1


def test_workbook_that_lacks_a_column_is_told_for_the_nearest_sheet(tmp_path: Path) -> None:
    path = save_xlsx(tmp_path / "s.xlsx", One=[["x"]], Two=[["city", "y"]])
    with pytest.raises(TableError, match=r"s.xlsx, sheet Two: missing columns: posts"):
        read_table(path, SEATS)


def test_archive_that_unfolds_too_far_or_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 5_000_000)
    with pytest.raises(TableError, match="a hundred times its size"):
        read_table(path, SEATS)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>')
    with pytest.raises(TableError, match="no readable XLSX or ODS workbook"):
        read_table(path, SEATS)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", b"nothing")
    with pytest.raises(TableError, match="no readable XLSX or ODS workbook"):
        read_table(path, SEATS)


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_damaged_workbook_is_read_or_refused_and_never_a_crash(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: int
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "s.xlsx"
    write_template("seats", path, "fr")
    data = bytearray(path.read_bytes())
    data[at % len(data)] = byte
    path.write_bytes(data[: max(at, 5)] if byte % 5 == 0 else data)
    with suppress(TableError):
        assert len(read_table(path, SEATS)) <= 5


# -- files that are no tables -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "part"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\n \n;;\n", "is empty"),
        ("page.csv", b"<!DOCTYPE html>", "web page"),
        ("vrt.gpkg", b"<OGRVRTDataSource>", "web page"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is damaged, protected or none at all"),
        ("noise.csv", bytes(range(256)), "neither CSV, XLSX, ODS, XLS, GeoJSON nor GPKG"),
        ("other.gpkg", b"SQLite format 3\x00" + bytes(100), "neither CSV, XLSX"),
        ("cut.gpkg", b"SQLite format 3\x00" + bytes(52) + b"GPKG" + bytes(90), "cut short"),
        ("cut.geojson", b'{"type": "FeatureCollection", "features": [', "cut short"),
        ("nan.geojson", b'{"type": "Point", "coordinates": [NaN, 1]}', "are no numbers"),
        ("other.json", b'{"a": 1}', "not GeoJSON"),
        ("quote.csv", b'city,posts\n"A,1\n', "quotation mark is not closed"),
    ],
)
def test_file_that_is_no_table_is_refused_in_one_line(
    name: str, data: bytes, part: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(TableError) as caught:
        read_table(tmp_path / name, SEATS)
    assert part in said(caught)
    assert name in said(caught)


@pytest.mark.parametrize(
    "path", ["/vsicurl/http://h/a.gpkg", "http://h/a.csv", "https://h/a.gpkg", "s3://h/a.csv"]
)
def test_path_that_leaves_this_computer_is_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(TableError, match="not a file on this computer"):
        read_table(type(tmp_path)(path), SEATS)


def test_missing_file_and_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="does not exist"):
        read_table(tmp_path / "none.csv", SEATS)
    with pytest.raises(TableError, match="is a folder"):
        read_table(tmp_path, SEATS)


def test_layer_is_the_one_with_the_columns_and_two_of_them_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    spot = [shapely.Point(-73.5, 45.5)]
    gpd.GeoDataFrame({"style": ["x"]}, geometry=spot, crs=4326).to_file(path, layer="other")
    gpd.GeoDataFrame({"POPULATION": [7]}, geometry=spot, crs=4326).to_file(path, layer="blocs")
    assert read_table(path, PEOPLE, located=True).number("population").tolist() == [7.0]
    gpd.GeoDataFrame({"population": [7]}, geometry=spot, crs=4326).to_file(path, layer="more")
    with pytest.raises(TableError, match=r"Several layers .* \(blocs \(points\), more \("):
        read_table(path, PEOPLE, located=True)


def test_layer_without_geometry_holds_a_table_and_one_without_a_crs_no_place(
    tmp_path: Path,
) -> None:
    path = tmp_path / "s.gpkg"
    pyogrio.write_dataframe(pd.DataFrame({"ville": ["A"], "postes": [2]}), path, layer="postes")
    assert read_table(path, SEATS).number("posts").tolist() == [2.0]
    bare = gpd.GeoDataFrame({"population": [7]}, geometry=[shapely.Point(1, 2)])
    with pytest.warns(UserWarning, match="crs"):
        bare.to_file(tmp_path / "bare.gpkg")
    with pytest.raises(TableError, match="has no coordinate system"):
        read_table(tmp_path / "bare.gpkg", PEOPLE, located=True)


def test_table_with_headers_alone_has_no_rows(tmp_path: Path) -> None:
    assert len(anchors(tmp_path)) == 0
    path = save_geojson(tmp_path / "a.geojson", [], [])
    assert len(read_table(path, ANCHORS, located=True).places) == 0


# -- templates ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_template_reads_back_the_same_from_every_format(
    kind: str, lang: str, tmp_path: Path
) -> None:
    tables = []
    for ending in (".csv", ".xlsx", ".geojson"):
        path = tmp_path / f"example{ending}"
        write_template(kind, path, lang)
        tables.append(read_table(path, KINDS[kind], located=kind in LOCATED))
    first, *others = tables
    assert len(first) >= 2
    for other in others:
        for column in first.columns:
            assert other.columns[column].tolist() == first.columns[column].tolist()
        inside = shapely.intersects(shapely.buffer(other.places, 1e-9), first.places)
        assert inside.all()


def test_template_has_the_habits_of_its_language(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_template("anchors", path, "fr")
    french = path.read_text(encoding="utf-8-sig")
    assert french.startswith("nom;genre;visites_par_semaine;minutes;longitude;latitude")
    assert ";1,5;" in french
    write_template("anchors", path, "en")
    english = path.read_text(encoding="utf-8-sig")
    assert english.startswith("name,kind,visits_per_week,minutes,lon,lat")
    assert ",1.5," in english


def test_template_of_an_unknown_kind_or_ending_is_refused_and_nothing_is_written(
    tmp_path: Path,
) -> None:
    with pytest.raises(
        UsageError, match="anchors, population, seats, counts, bases, roster, elevations, cleared"
    ):
        write_template("horses", tmp_path / "a.csv", "fr")
    with pytest.raises(UsageError, match=r"\.csv, \.xlsx, \.geojson"):
        write_template("seats", tmp_path / "a.doc", "fr")
    assert list(tmp_path.iterdir()) == []
