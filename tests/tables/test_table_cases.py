"""Tables of the cases, as the user runs them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from reso_geo.cli import main
from reso_geo.demand import read_roster
from reso_geo.plan_file import load_plan

if TYPE_CHECKING:
    from pathlib import Path


# -- the cases, as the user runs them -------------------------------------------------------------


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


@pytest.fixture
def case(shared_cases: Path) -> Path:
    return shared_cases / "19_tables"


@pytest.mark.parametrize(
    ("name", "anchors", "sentence"),
    [
        ("a_hidden.xlsx", 2, "feuille Ancrages"),
        ("b_title.xlsx", 2, ""),
        ("c_two_headers.xlsx", 2, ""),
        ("f_cp1252.csv", 2, "Windows-1252"),
        ("g_filtered.xlsx", 1, "1 ligne masquée laissée de côté (3)"),
        ("m_twice.xlsx", 2, "1 ligne identique à une autre, comptée une seule fois (3)"),
    ],
)
def test_anchors_of_the_cases_are_those_that_the_user_sees(
    name: str,
    anchors: int,
    sentence: str,
    case: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ("--officers", 2, "--anchors", case / name, "--out", tmp_path)
    assert run("plan", case / "grid.osm", *words) == 0
    assert sentence in " ".join(capsys.readouterr().out.split())
    plan = load_plan(tmp_path / "plan.gpkg")
    assert len(plan.anchors) == anchors
    assert "École A" in plan.anchors.name.tolist()


@pytest.mark.parametrize(
    ("option", "name", "sentence"),
    [
        ("--anchors", "d_formula.xlsx", "cell D2 has no saved result"),
        ("--anchors", "n_swapped.xlsx", "row 3 (headers in row 1), column longitude / latitude"),
        ("--population", "h_pop.csv", "row 2 (headers in row 1), column population: “12 345 hab.”"),
    ],
)
def test_what_cannot_be_read_rightly_is_refused_by_cell(
    option: str,
    name: str,
    sentence: str,
    case: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ("--officers", 2, option, case / name, "--out", tmp_path, "--lang", "en")
    assert run("plan", case / "grid.osm", *words) == 2
    assert sentence in " ".join(capsys.readouterr().err.split())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "people"),
    [("e_pop.csv", 2468), ("l_pop.csv", 300), ("l2_pop.csv", 300), ("o_pop.gpkg", 1000)],
)
def test_people_of_the_cases_are_counted_once(
    name: str, people: int, case: Path, tmp_path: Path
) -> None:
    words = ("--officers", 2, "--population", case / name, "--out", tmp_path, "--quiet")
    assert run("plan", case / "grid.osm", *words) == 0
    beats = load_plan(tmp_path / "plan.gpkg").beats
    assert sum(beat.residents or 0 for beat in beats) == pytest.approx(people)


def test_a_city_of_the_seats_may_be_spelt_short(case: Path, tmp_path: Path) -> None:
    words = ("--officers", 2, "--boundary", case / "two.geojson", "--seats", case / "k_seats.csv")
    assert run("plan", case / "grid.osm", *words, "--out", tmp_path, "--quiet") == 0
    assert load_plan(tmp_path / "plan.gpkg").boundary.names == ("Saint-Lambert", "Brossard")


@pytest.mark.parametrize("name", ["i_roster.xlsx", "j_roster.csv"])
def test_july_of_the_rosters_is_july(name: str, case: Path) -> None:
    rows = read_roster(case / name)
    assert (rows[0].first, rows[0].last) == (date(2025, 7, 1), date(2025, 7, 21))
    assert [row.beat_id for row in rows] == ["GRI-01", "GRI-02"]


@pytest.mark.parametrize(
    ("option", "name"),
    [
        ("--anchors", "03_xlsx_xml/anchors.xlsx"), ("--seats", "03_xlsx_xml/seats.xlsx"),
        ("--anchors", "13_geojson_crs/anchors.geojson"),
        ("--elevations", "13_geojson_crs/elev.geojson"),
        ("--population", "13_geojson_crs/pop.geojson"),
        ("--boundary", "13_geojson_crs/pop.geojson"),
    ],
)  # fmt: skip
def test_hostile_tables_end_in_one_line(
    option: str, name: str, case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = case.parent / "hostile" / name
    words = ("--officers", 2, option, path, "--out", tmp_path, "--lang", "en")
    assert run("plan", case / "grid.osm", *words) == 2
    assert "Error: " in capsys.readouterr().err
