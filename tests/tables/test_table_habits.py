"""Tables as people keep them: what is hidden, added up, pasted twice or typed in other habits."""

from __future__ import annotations

import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import openpyxl
import pytest
import shapely
from places import DATA
from table_files import TITLES, all_told, anchors_csv, csv_of, refusal

from reso_geo.demand import read_anchors, read_population, read_roster, read_seats
from reso_geo.tables import KINDS, read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from reso_geo.i18n import Phrase

MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
)
SCHOOL = ["École A", "école", 2, 20, -73.4987, 45.5009]
PARK = ["Parc B", "parc", 1, 30, -73.4961, 45.5026]


def save_xlsx(
    path: Path, *sheets: tuple[str, Sequence[Sequence[object]], Callable[[Any], object] | None]
) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows, change in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if change is not None:
            change(sheet)
    book.save(path)
    return path


def save_ods(
    path: Path, *sheets: tuple[str, Sequence[Sequence[object]]], hidden: Iterable[str] = ()
) -> Path:
    """Write an OpenDocument workbook; a row that begins with ``~`` is hidden by a filter."""

    def cell(value: object) -> str:
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, date):
            day = value.isoformat()
            return f'<table:table-cell office:value-type="date" office:date-value="{day}"/>'
        if isinstance(value, int | float):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        text = f"<text:p>{value}</text:p>"
        return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'

    def row(values: Sequence[object]) -> str:
        first, *rest = values
        filtered = str(first).startswith("~")
        mark = ' table:visibility="filter"' if filtered else ""
        cells = map(cell, [str(first)[1:], *rest] if filtered else values)
        return f"<table:table-row{mark}>{''.join(cells)}</table:table-row>"

    tables = "".join(
        f'<table:table table:name="{name}" table:style-name="{"no" if name in hidden else "yes"}">'
        f"{''.join(map(row, rows))}</table:table>"
        for name, rows in sheets
    )
    space = "urn:oasis:names:tc:opendocument:xmlns"
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table">'
        f'<style:table-properties table:display="{shown}"/></style:style>'
        for name, shown in (("yes", "true"), ("no", "false"))
    )
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0" '
        f'xmlns:style="{space}:style:1.0"><office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", MANIFEST)
    return path


def names_in(path: Path) -> list[str]:
    return read_anchors(path).name.tolist()


# -- what the planner sees is what is read --------------------------------------------------------


def hide(sheet: Any) -> None:  # noqa: ANN401 - openpyxl has no types
    sheet.sheet_state = "hidden"


def hide_second_row(sheet: Any) -> None:  # noqa: ANN401 - openpyxl has no types
    sheet.row_dimensions[3].hidden = True


def test_the_visible_sheet_wins_over_a_hidden_one(tmp_path: Path) -> None:
    old = ("ancien", [TITLES, ["Vieux", *SCHOOL[1:]]], hide)
    path = save_xlsx(tmp_path / "a.xlsx", old, ("Ancrages", [TITLES, SCHOOL, PARK], None))
    assert names_in(path) == ["École A", "Parc B"]
    assert "sheet Ancrages; rows: 2" in all_told(read_anchors(path).understood)
    path = save_ods(
        tmp_path / "a.ods", old[:2], ("Ancrages", [TITLES, SCHOOL, PARK]), hidden=["ancien"]
    )
    assert names_in(path) == ["École A", "Parc B"]


def test_a_hidden_sheet_that_alone_has_the_columns_is_named_as_hidden(tmp_path: Path) -> None:
    path = save_xlsx(
        tmp_path / "a.xlsx", ("Notes", [["x"]], None), ("cache", [TITLES, SCHOOL], hide)
    )
    said = all_told(read_anchors(path).understood, "fr")
    assert "La feuille cache est masquée : elle est lue" in said


def test_a_second_visible_sheet_of_the_same_columns_is_told(tmp_path: Path) -> None:
    path = save_xlsx(
        tmp_path / "a.xlsx", ("2025", [TITLES, SCHOOL], None), ("2024", [TITLES, PARK], None)
    )
    assert names_in(path) == ["École A"]
    said = all_told(read_anchors(path).understood)
    assert "1 other sheet has the same columns and is not read: 2024" in said


def test_hidden_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    excel = save_xlsx(tmp_path / "a.xlsx", ("x", [TITLES, SCHOOL, PARK], hide_second_row))
    office = save_ods(tmp_path / "a.ods", ("x", [TITLES, SCHOOL, ["~Parc B", *PARK[1:]]]))
    for path in (excel, office):
        assert names_in(path) == ["École A"]
        assert "1 hidden row left out (3)" in all_told(read_anchors(path).understood)


def test_hidden_columns_are_read_only_where_no_visible_one_will_do(tmp_path: Path) -> None:
    def hide_places(sheet: Any) -> None:  # noqa: ANN401 - openpyxl has no types
        for column in "EF":
            sheet.column_dimensions[column].hidden = True

    path = save_xlsx(tmp_path / "a.xlsx", ("x", [TITLES, SCHOOL], hide_places))
    assert "hidden, but read: longitude, latitude" in all_told(read_anchors(path).understood)
    rows = [[*TITLES, "lon", "lat"], [*SCHOOL[:4], 0.5, 0.5, *SCHOOL[4:]]]
    path = save_xlsx(tmp_path / "b.xlsx", ("x", rows, hide_places))
    assert read_anchors(path).lon.tolist() == [-73.4987]


# -- where a table begins -------------------------------------------------------------------------


@pytest.mark.parametrize("above", [[["Ancrages 2025"], []], [["Point", None, "Effort"]], [[]] * 3])
def test_headers_are_found_below_titles(above: list[list[object]], tmp_path: Path) -> None:
    path = save_xlsx(tmp_path / "a.xlsx", ("x", [*above, TITLES, SCHOOL, PARK], None))
    assert names_in(path) == ["École A", "Parc B"]
    lines = [";".join("" if cell is None else str(cell) for cell in row) for row in above]
    body = anchors_csv(tmp_path / "a.csv", SCHOOL, PARK).read_text().splitlines()
    assert names_in(csv_of(tmp_path / "a.csv", *lines, *body)) == ["École A", "Parc B"]


def test_headers_over_two_rows_are_read_together(tmp_path: Path) -> None:
    def merge(sheet: Any) -> None:  # noqa: ANN401 - openpyxl has no types
        for column in "ABCD":
            sheet.merge_cells(f"{column}1:{column}2")
        sheet.merge_cells("E1:F1")

    upper, lower = [*TITLES[:4], "Lieu", None], [None] * 4 + TITLES[4:]
    path = save_xlsx(tmp_path / "a.xlsx", ("x", [upper, lower, SCHOOL, PARK], merge))
    assert names_in(path) == ["École A", "Parc B"]


@pytest.mark.parametrize(
    "headers",
    [
        "Ville;Nombre de policiers", "VILLE;POSTE", "villes;nb de postes", "Municipalités;Effectif",
        "town;Number of officers", "Commune;Policières et policiers", "City;Seat",
    ],
)  # fmt: skip
def test_near_words_of_a_header_are_understood(headers: str, tmp_path: Path) -> None:
    assert read_seats(csv_of(tmp_path / "s.csv", headers, "Brossard;3")) == {"Brossard": 3}


def test_a_header_that_is_nearly_right_is_asked_about(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "s.csv", "Ville;Pstes", "Brossard;3")
    assert "“Pstes”: did you mean posts?" in refusal(read_seats, path)
    assert "« Pstes » : vouliez-vous dire postes ?" in refusal(read_seats, path, "fr")


def test_the_same_figure_of_two_years_is_refused_and_one_of_them_may_be_asked_for(
    tmp_path: Path,
) -> None:
    path = csv_of(tmp_path / "p.csv", "Population 2016,Population 2021,lon,lat", "1,2,-73.5,45.5")
    assert "Population 2016, Population 2021" in refusal(read_population, path)
    assert read_population(path, "population_2021").people.tolist() == [2.0]


@pytest.mark.parametrize(
    ("separator", "encoding", "first"),
    [
        (";", "utf-8", ["sep=;"]), ("|", "utf-8", ["sep=|"]), ("\t", "utf-16", []),
        (";", "utf-16-le", []), (";", "utf-16-be", []), (";", "cp1252", ["Été 2025;;;;;"]),
    ],
)  # fmt: skip
def test_csv_is_understood_in_any_dress(
    separator: str, encoding: str, first: list[str], tmp_path: Path
) -> None:
    text = anchors_csv(tmp_path / "a.csv", SCHOOL, PARK).read_text().replace(";", separator)
    path = csv_of(tmp_path / "a.csv", *first, *text.splitlines(), encoding=encoding)
    assert names_in(path) == ["École A", "Parc B"]


# -- rows that are no rows ------------------------------------------------------------------------


def test_totals_that_add_up_are_left_out_and_told(tmp_path: Path) -> None:
    lines = ("Ville;Postes", "Longueuil;10", "Brossard;5", "Sous-total;15", "Sorel;2", "TOTAL;17")
    said: list[Phrase] = []
    seats = read_seats(csv_of(tmp_path / "s.csv", *lines), said.append)
    assert seats == {"Longueuil": 10, "Brossard": 5, "Sorel": 2}
    assert "2 rows of totals left out (4, 6)" in all_told(said)


def test_a_total_that_does_not_add_up_is_refused_by_row(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "s.csv", "Ville;Postes", "Longueuil;10", "Brossard;5", "Somme;16")
    assert "row 4 (headers in row 1)" in refusal(read_seats, path)
    assert "not the sum of the rows above" in refusal(read_seats, path)


@pytest.mark.parametrize("last", ["TOTAL;300;;", ";Total 300;;", "Somme;;;"])
def test_a_total_of_people_is_not_counted_twice(last: str, tmp_path: Path) -> None:
    path = csv_of(
        tmp_path / "p.csv",
        "secteur;population;longitude;latitude",
        "A;100;-73,49;45,50",
        "B;200;-73,48;45,51",
        last,
    )
    found = read_population(path)
    assert found.people.tolist() == [100.0, 200.0]
    assert "1 row of a total left out (4)" in all_told(found.understood)
    assert "People in the table: 300.0" in all_told(found.understood)


def test_a_place_called_total_is_a_place(tmp_path: Path) -> None:
    path = anchors_csv(tmp_path / "a.csv", SCHOOL, ["Total", *PARK[1:]])
    assert names_in(path) == ["École A", "Total"]


def test_rows_pasted_twice_count_once_and_are_told(tmp_path: Path) -> None:
    path = anchors_csv(tmp_path / "a.csv", SCHOOL, PARK, SCHOOL, TITLES, [""] * 6, SCHOOL)
    found = read_anchors(path)
    assert found.name.tolist() == ["École A", "Parc B"]
    said = all_told(found.understood)
    assert "2 rows equal to another in all cells, counted only once (4, 7)" in said
    assert "1 row that repeats the headers left out (5)" in said
    assert "1 blank row between the others (6)" in said


def test_rows_that_differ_in_a_column_that_is_not_read_are_two_rows(tmp_path: Path) -> None:
    lines = ("id;population;lon;lat", "1;2;-73,5;45,5", "2;2;-73,5;45,5")
    assert len(read_population(csv_of(tmp_path / "p.csv", *lines))) == 2
    spot = shapely.Point(-73.5, 45.5)
    units = gpd.GeoDataFrame({"id": [1, 2], "population": [2, 2]}, geometry=[spot] * 2, crs=4326)
    units.to_file(tmp_path / "p.gpkg")
    assert len(read_population(tmp_path / "p.gpkg")) == 2
    units.assign(id=1).to_file(tmp_path / "twice.gpkg")
    assert len(read_population(tmp_path / "twice.gpkg")) == 1


def test_two_calls_may_be_alike_and_both_count(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "c.csv", "n,lon,lat", *["1,-73.5,45.5"] * 3)
    table = read_table(path, KINDS["counts"], located=True, private=True)
    assert table.number("n").sum() == 3
    assert "2 rows equal to another (3, 4): counted" in all_told(table.understood)


def test_one_place_with_other_values_is_kept_and_told(tmp_path: Path) -> None:
    path = anchors_csv(tmp_path / "a.csv", SCHOOL, ["ecole a", "école", 3, *SCHOOL[3:]])
    found = read_anchors(path)
    assert len(found) == 2
    assert "1 row has the name and the place of another (3)" in all_told(found.understood)


# -- .ods and .xls --------------------------------------------------------------------------------


def test_an_old_workbook_gives_days_numbers_and_its_visible_sheet() -> None:
    said: list[Phrase] = []
    first, second = read_roster(DATA / "roster.xls", said.append)
    assert (first.post, first.beat_id) == ("P01", "GRI-01")
    assert (first.first, first.last) == (date(2025, 7, 1), date(2025, 7, 21))
    assert (second.post, second.first, second.last) == ("2", date(2025, 7, 1), None)
    assert "XLS, sheet Horaire; rows: 2" in all_told(said)
    assert "does not tell which rows are hidden" in all_told(said)


def test_days_of_an_ods_are_days(tmp_path: Path) -> None:
    rows = [["poste", "secteur", "du", "au"], ["P01", "GRI-01", date(2025, 7, 1), None]]
    (row,) = read_roster(save_ods(tmp_path / "r.ods", ("x", rows)))
    assert (row.first, row.last) == (date(2025, 7, 1), None)


def test_an_ods_that_repeats_cells_without_end_is_refused(tmp_path: Path) -> None:
    path = save_ods(tmp_path / "a.ods", ("x", [["city", "posts"], ["A", 1]]))
    with zipfile.ZipFile(path) as archive:
        text = archive.read("content.xml").decode()
    rows, cells = 'table:number-rows-repeated="1000000"', 'table:number-columns-repeated="9000"'
    many = f"<table:table-row {rows}><table:table-cell {cells}"
    text = text.replace("<table:table-row><table:table-cell", many)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", text)
    assert "unfolded it would exceed" in refusal(read_seats, path)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_workbook_cut_short_is_refused_in_one_line(share: float, tmp_path: Path) -> None:
    xls = (DATA / "roster.xls").read_bytes()
    ods = save_ods(tmp_path / "r.ods", ("x", [["city", "posts"], ["A", 1]])).read_bytes()
    for name, whole in (("a.xls", xls), ("a.ods", ods)):
        (tmp_path / name).write_bytes(whole[: int(len(whole) * share)])
        assert refusal(read_roster, tmp_path / name)
