"""`plan --beats`: beats that there are, from a file, judged as they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
from commands import answer, run

from reso_geo import load_plan, save_plan
from reso_geo.atomic_files import data_file

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo import Plan

BOUNDARY = data_file("sample/boundaries.geojson")
STREETS = data_file("sample/sample.osm.pbf")


@pytest.fixture(scope="module")
def quarters(sample_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of the sample's beats, with a column `Nom` and one of ids."""
    path = tmp_path_factory.mktemp("quarters") / "quartiers.geojson"
    frame = gpd.GeoDataFrame(
        {
            "Secteur": sample_plan.partition.beat_id,
            "Nom": [beat.name for beat in sample_plan.beats],
        },
        geometry=list(sample_plan.shapes),
        crs=sample_plan.network.crs,
    )
    frame.to_crs(4326).to_file(path, driver="GeoJSON")
    return path


def asked(quarters: Path, out: Path, *more: object) -> tuple[object, ...]:
    """Return the words of the command."""
    columns = ("--id", "secteur", "--name", "nom")
    given = ("--boundary", BOUNDARY, "--beats", quarters, *columns, "--draft", "--out", out)
    return "plan", STREETS, *given, *more


def test_the_beats_of_the_sample_come_back_from_their_polygons(
    sample_plan: Plan, quarters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = answer(capsys, *asked(quarters, tmp_path / "plan"))
    assert (code, told["coverage"], told["unserved"]["segments"]) == (0, "full", 0)
    made = load_plan(tmp_path / "plan" / "plan.gpkg")
    assert made.partition.beat_id == sample_plan.partition.beat_id
    # A border along a street leaves the last metres of side streets on its far side.
    same = made.partition.beat_of == sample_plan.partition.beat_of
    assert made.network.length_m[~same & made.network.required].sum() < 1500.0
    assert [beat.name for beat in made.beats] == [beat.name for beat in sample_plan.beats]
    assert [given.name for given in made.inputs if given.role == "beats"] == ["quartiers.geojson"]


def test_the_beats_of_a_plan_are_taken_street_by_street(
    sample_plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plan.gpkg"
    save_plan(sample_plan, path)
    words = ("--boundary", BOUNDARY, "--beats", path, "--name", "name", "--draft")
    code, told = answer(capsys, "plan", STREETS, *words, "--out", tmp_path / "again")
    assert (code, told["coverage"]) == (0, "full")
    made = load_plan(tmp_path / "again" / "plan.gpkg")
    assert made.partition.beat_id == sample_plan.partition.beat_id
    assert [beat.name for beat in made.beats] == [beat.name for beat in sample_plan.beats]
    np.testing.assert_array_equal(made.partition.beat_of, sample_plan.partition.beat_of)


def test_streets_outside_of_five_quarters_wait_and_a_quarter_may_have_two_posts(
    sample_plan: Plan, quarters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    five = tmp_path / "five.geojson"
    # Numbers as a column with an empty cell has them.
    numbered = gpd.read_file(quarters).iloc[::4].assign(Secteur=np.arange(1.0, 6.0))
    numbered.to_file(five, driver="GeoJSON")
    words = ("--posts", "1=2", "--officers", "6")
    code, told = answer(capsys, *asked(five, tmp_path / "plan", *words))
    assert (code, told["coverage"], told["officers"]) == (0, "partial", 6)
    assert [beat["beat_id"] for beat in told["beats"]] == ["1", "2", "3", "4", "5"]
    served = sum(beat["street_km"] for beat in told["beats"])
    assert told["unserved"]["km"] == pytest.approx(told["required_km"] - served)
    waiting = (sample_plan.partition.beat_of % 4 != 0) & sample_plan.network.required
    made = load_plan(tmp_path / "plan" / "plan.gpkg")
    assert made.network.length_m[made.unserved != waiting].sum() < 1500.0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--id", "numero"), "numero"),
        (("--officers", "3"), "17"),
        (("--seats", "seats.csv"), "--seats"),
        (("--beats", "none.geojson"), "none.geojson"),
        (("--posts", "XYZ-99=2"), "XYZ-99"),
    ],
)
def test_what_does_not_go_with_beats_is_one_line(
    quarters: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    said: str,
) -> None:
    assert run(*asked(quarters, tmp_path / "plan"), *words, "--quiet") == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not (tmp_path / "plan").exists()


def test_a_plan_needs_posts_or_beats(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("plan", STREETS, "--out", tmp_path / "plan") == 2
    error = capsys.readouterr().err
    assert "--officers" in error
    assert "--beats" in error
