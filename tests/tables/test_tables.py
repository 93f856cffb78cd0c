"""Input tables: what is understood in any format and habit, and how a bad row is named."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from table_files import (
    ANCHORS,
    ANY,
    HEADERS,
    PEOPLE,
    SEATS,
    anchors,
    said,
    save_csv,
    save_geojson,
    save_xlsx,
    seats,
    told,
)

from reso_geo.errors import TableError
from reso_geo.tables import InputColumn, InputTable, read_table
from reso_geo.tables.cell_values import Marks, marks_of, number_of, text_of
from reso_geo.tables.fault import Fault

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    ["École du Passeur", "school", 1.5, 20, -73.512345, 45.498765],
    ["Café «Chez Zoé»; coin", "shop", 0.25, 7.5, -73.5, 45.5],
]


def point(lon: float, lat: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": [lon, lat]}


def same(one: InputTable, other: InputTable) -> bool:
    return all(
        one.columns[name].tolist() == other.columns[name].tolist() for name in one.columns
    ) and bool(shapely.equals_exact(one.places, other.places, 1e-9).all())


@pytest.fixture
def plain_anchors(tmp_path: Path) -> InputTable:
    return read_table(save_csv(tmp_path / "plain.csv", [HEADERS, *ROWS]), ANCHORS, located=True)


# -- the same rows, whatever the format ---------------------------------------------------------


def test_same_rows_through_four_formats_give_equal_tables(
    tmp_path: Path, plain_anchors: InputTable
) -> None:
    properties = [dict(zip(HEADERS[:4], row[:4], strict=True)) for row in ROWS]
    frame = gpd.GeoDataFrame(
        pd.DataFrame(properties),
        geometry=[shapely.Point(row[4:]) for row in ROWS],
        crs=4326,
    )
    frame.to_crs(32188).to_file(tmp_path / "a.gpkg", layer="places")
    paths = [
        save_xlsx(tmp_path / "a.xlsx", data=[HEADERS, *ROWS]),
        save_geojson(tmp_path / "a.geojson", properties, [point(*row[4:]) for row in ROWS]),
        tmp_path / "a.gpkg",
    ]
    for path in paths:
        assert same(read_table(path, ANCHORS, located=True), plain_anchors)
    assert "layer places, coordinates EPSG:32188" in told(
        read_table(paths[-1], ANCHORS, located=True)
    )
    assert plain_anchors.number("minutes").tolist() == [20.0, 7.5]
    assert plain_anchors.text("name").tolist() == [row[0] for row in ROWS]


def test_format_is_told_by_the_first_bytes_and_not_by_the_ending(
    tmp_path: Path, plain_anchors: InputTable
) -> None:
    path = save_xlsx(tmp_path / "a.csv", data=[HEADERS, *ROWS])
    assert same(read_table(path, ANCHORS, located=True), plain_anchors)


def test_csv_as_french_excel_writes_it_is_understood(
    tmp_path: Path, plain_anchors: InputTable
) -> None:
    text = (
        "Nom;Genre;Visites par semaine;MINUTES;Longitude;Latitude\r\n"
        "École du Passeur;school;1,5;20;-73,512345;45,498765\r\n"
        ";;;;;\r\n"
        '"Café «Chez Zoé»; coin";shop;0,25;7,5;-73,5;45,5\r\n'
    )
    path = tmp_path / "points d'ancrage.csv"
    for encoding, shown in (
        ("cp1252", "Windows-1252"),
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 (BOM)"),
        ("utf-16", "UTF-16"),
    ):
        path.write_bytes(text.encode(encoding))
        table = read_table(path, ANCHORS, located=True)
        assert same(table, plain_anchors)
        assert f"CSV, separator “;”, encoding {shown}; rows: 2" in told(table)
        assert "Nom → name, Genre → kind, Visites par semaine → visits_per_week" in told(table)
        assert "decimal comma" in told(table)


def test_tabs_and_a_line_that_names_the_separator_are_understood(tmp_path: Path) -> None:
    table = seats(tmp_path, "Ville\tPostes\nPort-Lajoie, Nord\t3\n")
    assert table.text("city").tolist() == ["Port-Lajoie, Nord"]
    assert "separator “tab”" in told(table)
    table = seats(tmp_path, "sep=;\nVille;Postes\nPort-Lajoie;3\n")
    assert table.where.numbers == [3]


def test_geometry_in_a_csv_may_be_written_as_text(tmp_path: Path) -> None:
    square = shapely.box(-73.51, 45.49, -73.5, 45.5)
    path = save_csv(tmp_path / "p.csv", [["WKT", "Population"], [square.wkt, 12]])
    assert read_table(path, PEOPLE, located=True).places[0].equals(square)
    save_csv(path, [["WKT", "Population"], ["POLYGON ((", 12]])
    with pytest.raises(TableError, match="column WKT: the geometry is empty or unreadable"):
        read_table(path, PEOPLE, located=True)


def test_columns_of_degrees_serve_where_features_have_no_geometry(tmp_path: Path) -> None:
    path = save_geojson(
        tmp_path / "a.json", [{"population": 5, "lon": -73.5, "lat": "45,5"}], [None]
    )
    assert read_table(path, PEOPLE, located=True).places[0] == shapely.Point(-73.5, 45.5)


# -- headers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        "city,posts", "CITY,Posts", " Ville ,POSTES", "ville,postes", "Municipalité,agents",
        "ci ty,po_sts",
    ],
)  # fmt: skip
def test_header_is_known_in_both_languages_in_any_case_with_or_without_accents(
    headers: str, tmp_path: Path
) -> None:
    assert seats(tmp_path, f"{headers}\nPort-Lajoie,3\n").number("posts").tolist() == [3.0]


def test_header_of_the_column_goes_before_its_other_names(tmp_path: Path) -> None:
    table = seats(tmp_path, "ville,city,posts\nx,Port-Lajoie,3\n")
    assert table.text("city").tolist() == ["Port-Lajoie"]
    assert "Columns not read: ville." in told(table)


def test_same_header_twice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        seats(tmp_path, "city,posts,Posts\nPort-Lajoie,3,4\n")
    assert "seats.csv: several headers say the same: posts, Posts." in said(caught)


def test_missing_column_is_named_beside_those_that_were_found(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        seats(tmp_path, "city,number\nPort-Lajoie,3\n")
    assert "missing columns: posts (headers found: city, number)" in said(caught)
    path = save_csv(tmp_path / "a.csv", [HEADERS[:4], ROWS[0][:4]])
    with pytest.raises(TableError, match="missing columns: lon, lat"):
        read_table(path, ANCHORS, located=True)


def test_columns_that_look_personal_are_dropped_and_told_by_name_only(tmp_path: Path) -> None:
    personal = ["Courriel", "Téléphone", "Matricule", "Nom de l'agent", "e-mail", "Officer"]
    rows = [["city", "posts", "remarque", *personal], ["Port-Lajoie", 3, "ok", *["SECRET"] * 6]]
    for path in (
        save_csv(tmp_path / "s.csv", rows),
        save_xlsx(tmp_path / "s.xlsx", data=rows),
        save_geojson(tmp_path / "s.geojson", [dict(zip(*rows, strict=True))], [None]),
    ):
        table = read_table(path, SEATS)
        assert f"Columns that look personal, left out: {', '.join(personal)}." in told(table)
        assert "Columns not read: remarque." in told(table)
        assert "SECRET" not in repr(table)


# -- numbers ------------------------------------------------------------------------------------


@given(st.floats(-1e15, 1e15), st.sampled_from([".", ","]), st.sampled_from(["", ","]))
@example(1234.5, ",", ",")
@example(1500.0, ",", ",")
def test_number_reads_back_the_same_in_either_habit(value: float, mark: str, group: str) -> None:
    text = f"{value:,.6f}".replace(",", "\u202f" if group else "").replace(".", mark)
    assert number_of(text, ANY, marks_of([text])) == pytest.approx(float(f"{value:.6f}"), abs=1e-9)


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_typed_number_is_taken_as_it_is(value: float) -> None:
    assert number_of(value, ANY, Marks(point=False, comma=False)) == value
    assert number_of(np.float32(value), ANY, Marks(point=False, comma=False)) == value


@pytest.mark.parametrize(
    ("others", "meant"),
    [(["0,5"], 1.5), (["-73.5"], 1500.0), ([], None), (["0,5", "0.5"], None)],
)
def test_comma_of_two_readings_is_settled_by_the_rest_of_the_table_or_refused(
    others: list[str], meant: float | None
) -> None:
    value = number_of("1,500", ANY, marks_of(["1,500", *others]))
    if meant is None:
        assert isinstance(value, Fault)
        assert value.why.key == "table.why.ambiguous"
    else:
        assert value == meant


def test_comma_of_two_readings_is_settled_by_the_limits_of_the_column() -> None:
    lon = InputColumn("lon", "longitude", within=(-180.0, 180.0), degrees=True)
    assert number_of("-73,512", lon, marks_of(["-73,512"])) == -73.512


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12.0), ("+3", 3.0), (" 1 234 ", 1234.0), ("1\u00a0234,5", 1234.5), ("1e3", 1000.0),
        ("1,234.5", 1234.5), ("1,234,567", 1234567.0), ("\u22123", -3.0), (".5", 0.5),
    ],
)  # fmt: skip
def test_number_written_by_a_person_is_understood(text: str, value: float) -> None:
    assert number_of(text, ANY, marks_of([text])) == value


@pytest.mark.parametrize(
    "text", ["often", "nan", "inf", "1e999", "12 34", "1.234,5", "1,2,3", "20 min", "0x10", "1_0"]
)
def test_what_is_no_number_is_not_taken_for_one(text: str) -> None:
    fault = number_of(text, ANY, marks_of([text]))
    assert isinstance(fault, Fault)
    assert (fault.value, fault.why.key) == (text, "table.why.not_number")


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        (None, "blank"), (" ", "blank"), (float("nan"), "blank"), (float("inf"), "not_number"),
        (True, "not_number"), (datetime(2026, 5, 1), "date"),  # noqa: DTZ001 - as Excel gives it
        (-1, "range"), ("1,5", "not_whole"), (1.5, "not_whole"), (1e9, "range"),
    ],
)  # fmt: skip
def test_number_of_posts_is_whole_and_within_its_limits(cell: object, key: str) -> None:
    fault = number_of(cell, SEATS[1], marks_of([cell]))
    assert isinstance(fault, Fault)
    assert fault.why.key == f"table.why.{key}"


# -- texts --------------------------------------------------------------------------------------


@given(st.text(st.characters(codec="cp1252", exclude_characters="\ufeff"), min_size=1))
def test_garbled_accents_are_found_and_what_was_meant_is_told(text: str) -> None:
    try:
        garbled = text.encode().decode("cp1252")
    except UnicodeDecodeError:
        return
    if text.isascii() or not garbled.strip():
        return
    fault = text_of(garbled, ANCHORS[0])
    assert isinstance(fault, Fault)
    assert fault.why.key == "table.why.mojibake"


@pytest.mark.parametrize("text", ["École", "SÃO PAULO", "Île-aux-Âmes", "«Zoé»", "naïve", "日本"])
def test_whole_accents_are_no_fault(text: str) -> None:
    assert text_of(text, ANCHORS[0]) == text


def test_garbled_name_is_refused_with_its_row_and_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        seats(tmp_path, "ville,postes\nBrossard,1\nValÃ©e,2\n")
    assert "row 3 (headers in row 1), column ville: “ValÃ©e”: garbled accents" in said(caught)
    assert "“Valée” is probably meant" in said(caught)
    assert "CSV UTF-8" in said(caught)
    with pytest.raises(TableError, match="accented letters are lost"):
        seats(tmp_path, "ville,postes\nVal\ufffde,2\n")


# -- bad rows -----------------------------------------------------------------------------------


def test_bad_rows_are_named_at_once_as_the_spreadsheet_numbers_them(
    tmp_path: Path,
) -> None:
    text = '\ncity,posts\n"Port\nLajoie",1\n\nA,two\nB,1.5\nC,3\nD,-1\n'
    with pytest.raises(TableError) as caught:
        seats(tmp_path, text)
    assert said(caught) == (
        "seats.csv, row 5 (headers in row 2), column posts: “two”: not a number; "
        "write digits only, such as 12 or 1.5. Also row 6 (headers in row 2), column posts: “1.5”: "
        "not a whole number; write it without decimals. Also row 8 (headers in row 2), "
        "column posts: “-1”: out of range; a number from 0 to 100000 is needed."
    )
    assert caught.value.exit_code == 2


def test_bad_feature_and_bad_row_of_a_layer_are_named(tmp_path: Path) -> None:
    path = save_geojson(
        tmp_path / "p.geojson",
        [{"population": 5}, {"population": "many"}],
        [point(-73.5, 45.5)] * 2,
    )
    with pytest.raises(TableError) as caught:
        read_table(path, PEOPLE, located=True)
    assert "p.geojson, feature 2, column population: “many”: not a number" in said(caught)
    frame = gpd.GeoDataFrame(
        {"population": [5.0, -5.0]}, geometry=[shapely.Point(-73.5, 45.5)] * 2, crs=4326
    )
    frame.to_file(tmp_path / "p.gpkg", layer="blocs")
    with pytest.raises(TableError) as caught:
        read_table(tmp_path / "p.gpkg", PEOPLE, located=True)
    assert "p.gpkg, layer blocs, feature 2, column population: “-5.0”: out of" in said(caught)


def test_value_that_is_shown_stays_short_and_on_one_line(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        seats(tmp_path, f'city,posts\nA,"x\ny{{0.__class__}}{"z" * 500}"\n')
    assert "“x y{0.__class__}zz" in str(caught.value)
    assert len(str(caught.value)) < 250
    assert "\n" not in str(caught.value)


def test_cells_beyond_the_headers_are_refused_and_missing_ones_are_blank(tmp_path: Path) -> None:
    assert seats(tmp_path, "city,posts\nA,1,,\n").number("posts").tolist() == [1.0]
    with pytest.raises(TableError, match=r"row 2: 3 cells for 2 headers; put values"):
        seats(tmp_path, "city,posts\nA,1,5\n")
    with pytest.raises(TableError, match="column posts: empty cell"):
        seats(tmp_path, "city,posts\nA\n")
    with pytest.raises(TableError, match="column city: empty cell"):
        seats(tmp_path, "city,posts\n,3\n")


@pytest.mark.parametrize(
    ("lon", "lat", "part"),
    [
        (45.5, -73.5, "“45.5 / -73.5”: latitude and longitude seem swapped"),
        (45.5, -95.2, "latitude and longitude seem swapped"),
        (300_000, 5_040_000, "convert the coordinates to degrees"),
        (-73.5, 95, "not a longitude and a latitude"),
        (-200, 45.5, "not a longitude and a latitude"),
        (0, 0, "probably an address that was not found"),
        ("", 45.5, "column lon: empty cell"),
        ("NaN", 45.5, "“NaN”: not a number"),
    ],
)
def test_place_that_cannot_be_is_refused_with_what_to_do(
    lon: object, lat: object, part: str, tmp_path: Path
) -> None:
    with pytest.raises(TableError) as caught:
        anchors(tmp_path, ROWS[0], ["x", "y", 1, 1, lon, lat])
    assert part in said(caught)
    assert "row 3" in said(caught)


def test_feature_without_a_place_or_with_a_swapped_one_is_refused(tmp_path: Path) -> None:
    two = [{"population": 5}] * 2
    path = save_geojson(tmp_path / "p.geojson", two, [point(-73.5, 45.5), None])
    with pytest.raises(TableError, match="feature 2, column geometry: the geometry is empty"):
        read_table(path, PEOPLE, located=True)
    save_geojson(path, two, [point(-73.5, 45.5), point(45.5, -73.5)])
    with pytest.raises(TableError, match=r"feature 2, column geometry: .* seem swapped"):
        read_table(path, PEOPLE, located=True)
