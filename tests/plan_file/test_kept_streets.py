"""The streets that a plan kept serve as a source of their own."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from reso_geo.atomic_files import data_file
from reso_geo.cli import main
from reso_geo.plan_file import load_plan

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = data_file("sample/sample.osm.pbf")
CITIES = data_file("sample/boundaries.geojson")


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a plan of two cities of the sample, with its kept streets."""
    out = tmp_path_factory.mktemp("first")
    cities = json.loads(CITIES.read_text(encoding="utf-8"))
    cities["features"] = cities["features"][-2:]
    two = out.parent / "two.geojson"
    two.write_text(json.dumps(cities), encoding="utf-8")
    words = ("--boundary", two, "--officers", 10, "--out", out, "--quiet")
    assert run("plan", SAMPLE, *words) == 0
    return out


@pytest.fixture(scope="module")
def kept(first: Path) -> Path:
    (path,) = first.glob("streets-*.gpkg")
    return path


def test_a_plan_on_kept_streets_is_the_plan_on_their_source(
    first: Path, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("plan", kept, "--officers", 10, "--out", tmp_path, "--lang", "en") == 0
    assert "Read: the streets of sample.osm.pbf in " in capsys.readouterr().out
    one, other = load_plan(first / "plan.gpkg"), load_plan(tmp_path / "plan.gpkg")
    np.testing.assert_array_equal(one.partition.beat_of, other.partition.beat_of)
    assert one.beats == other.beats
    assert one.boundary == other.boundary


def test_an_area_over_kept_streets_is_that_over_their_source(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lon, lat = -72.652, 45.906
    area = tmp_path / "area.geojson"
    area.write_text(shapely.to_geojson(shapely.box(lon - 0.003, lat - 0.002, lon, lat)))
    found = []
    for source in (kept, SAMPLE):
        assert run("assess", source, "--area", area, "--json") == 0
        found.append(json.loads(capsys.readouterr().out))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("plan", "--officers", 5, "--out", "x", "--boundary", CITIES), "have their boundary"),
        (("assess", "--beat", "PL-01"), "--beat names a beat of a plan"),
        (("plan", "--officers", 5, "--out", "x", "--settings", "own.toml"), "other street rules"),
        (("assess", "--area", CITIES, "--settings", "own.toml"), "other street rules"),
    ],
)
def test_what_does_not_go_with_them_is_refused(
    words: tuple[object, ...],
    sentence: str,
    kept: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.toml").write_text('[streets]\nrequired = ["residential"]\n')
    command, *rest = words
    assert run(command, kept, *rest, "--lang", "en") == 2
    assert sentence in " ".join(capsys.readouterr().err.split())
    assert [path.name for path in tmp_path.iterdir()] == ["own.toml"]


def test_streets_that_were_edited_are_refused(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / kept.name
    path.write_bytes(kept.read_bytes())
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("UPDATE streets_info SET record = replace(record, 'precise', 'extent')")
    assert run("plan", path, "--officers", 5, "--out", tmp_path / "x", "--lang", "en") == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "damaged, edited or of another version of reso_geo. Give the source" in said
