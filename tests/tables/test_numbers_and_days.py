"""Numbers and days as people type them: read in each habit, or refused by row."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
from table_files import all_told, anchors_csv, csv_of, refusal

from reso_geo.demand import read_anchors, read_population, read_roster

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.i18n import Phrase

# -- places ---------------------------------------------------------------------------------------


def test_a_second_point_of_a_feature_never_passes_without_a_word(tmp_path: Path) -> None:
    one = shapely.MultiPoint([(-73.5, 45.5)])
    two = shapely.MultiPoint([(-73.5, 45.5), (-73.4, 45.5)])
    columns = {"name": ["a"], "kind": ["x"], "visits": [1], "minutes": [5]}
    gpd.GeoDataFrame(columns, geometry=[one], crs=4326).to_crs(32188).to_file(tmp_path / "1.gpkg")
    found = read_anchors(tmp_path / "1.gpkg")
    assert (found.lon[0], found.lat[0]) == pytest.approx((-73.5, 45.5), abs=1e-7)
    gpd.GeoDataFrame(columns, geometry=[two], crs=4326).to_file(tmp_path / "2.gpkg")
    said = refusal(read_anchors, tmp_path / "2.gpkg")
    assert "feature 1, column geometry: “2”: several points in one feature" in said


def test_an_anchor_drawn_as_an_area_is_told(tmp_path: Path) -> None:
    columns = {"name": ["a"], "kind": ["x"], "visits": [1], "minutes": [5]}
    area = gpd.GeoDataFrame(columns, geometry=[shapely.box(-73.5, 45.5, -73.4, 45.6)], crs=4326)
    area.to_file(tmp_path / "a.geojson")
    said = all_told(read_anchors(tmp_path / "a.geojson").understood)
    assert "1 anchor drawn as a line or an area counts at one point of it" in said


@pytest.mark.parametrize(("lon", "lat"), [(8.70, 49.40), (-73.50, 45.50), (151.2, -33.9)])
def test_one_swapped_row_is_named_wherever_the_town_is(
    lon: float, lat: float, tmp_path: Path
) -> None:
    rows = [[f"{n}", "x", 1, 1, lon + n / 100, lat] for n in range(3)]
    path = anchors_csv(tmp_path / "a.csv", *rows, ["z", "x", 1, 1, lat, lon])
    assert "row 5 (headers in row 1), column longitude / latitude" in refusal(read_anchors, path)
    assert "swapped" in refusal(read_anchors, path)


# -- numbers and days -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["1\u202f234", "1 234", "1'234", "1\u2019234", "1234", "1\u00a0234,0"]
)
def test_thousands_are_read_in_each_habit(text: str, tmp_path: Path) -> None:
    path = csv_of(tmp_path / "p.csv", "population;X;Y", f"{text};-73,49;45,50")
    assert read_population(path).people.tolist() == [1234.0]


@pytest.mark.parametrize("text", ["12 345 hab.", "45 %", "vrai", "1.234", "1.234,5", "deux"])
def test_what_is_no_clear_number_is_refused_by_row(text: str, tmp_path: Path) -> None:
    path = csv_of(tmp_path / "p.csv", "population;X;Y", f"{text};-73,49;45,50")
    said = refusal(read_population, path)
    assert said.startswith(f"p.csv, row 2 (headers in row 1), column population: “{text}”")


def test_ten_bad_rows_are_named_at_once_and_the_others_counted(tmp_path: Path) -> None:
    rows = [["a", "x", "often", 5, -73.5, 45.5]] * 8 + [["a", "x", 1, "long", -73.5, 45.5]] * 6
    path = anchors_csv(tmp_path / "a.csv", *([f"{n}", *row[1:]] for n, row in enumerate(rows)))
    said = refusal(read_anchors, path)
    assert "rows 2, 3, 4, 5, 6, 7, 8, 9 (headers in row 1), column visites_par_semaine" in said
    assert "Also rows 10, 11 (headers in row 1), column minutes: “long”" in said
    assert said.endswith("Other rows to correct: 4.")


@pytest.mark.parametrize(
    "cell",
    [
        "2025-07-01", "01/07/2025", "1-7-2025", "01.07.2025", "1er juillet 2025", "1 juil. 2025",
        "1st July 2025", "2025/07/01", "45839", "2025-07-01 00:00:00",
    ],
)  # fmt: skip
def test_days_are_read_in_french_habits_and_as_spreadsheets_count_them(
    cell: str, tmp_path: Path
) -> None:
    path = csv_of(tmp_path / "r.csv", "poste;secteur;du;au", f"P01;GRI-01;{cell};")
    assert read_roster(path)[0].first == date(2025, 7, 1)


def test_how_days_were_read_is_told(tmp_path: Path) -> None:
    said: list[Phrase] = []
    lines = ("poste;secteur;du;au", "P01;GRI-01;01/07/2025;", "P02;GRI-02;45839;")
    read_roster(csv_of(tmp_path / "r.csv", *lines), said.append)
    assert "Dates lues le jour d'abord : « 01/07/2025 » est le 2025-07-01." in all_told(said, "fr")
    assert "45839 is 2025-07-01" in all_told(said)


@pytest.mark.parametrize(
    "cell", ["07/13/2025", "31/02/2025", "01/07/25", "01/07/2025", "July", "2025"]
)
def test_a_day_of_two_readings_is_refused(cell: str, tmp_path: Path) -> None:
    path = csv_of(tmp_path / "r.csv", "post,beat,from,to", f"P01,GRI-01,{cell},")
    said = refusal(read_roster, path)
    assert f"row 2 (headers in row 1), column from: “{cell}”" in said
    assert "date" in said
