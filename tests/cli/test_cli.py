"""The command line as a user runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pytest
from commands import SAMPLE, run
from drawing import draw

from reso_geo import StreetNetwork, load_network, read_boundary
from reso_geo.atomic_files import data_file, sha256_of
from reso_geo.i18n import say
from reso_geo.plan_file import load_plan


def test_the_demo_writes_a_map_a_plan_and_a_table(demo: Path) -> None:
    assert sorted(p.name for p in demo.iterdir()) == ["beats.csv", "map.html", "plan.gpkg"]
    assert len(gpd.read_file(demo / "plan.gpkg", layer="beats")) == 17


def test_the_module_runs_as_the_command_does() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reso_geo", "boundaries", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    names = [place["name"] for place in json.loads(done.stdout)["boundaries"]]
    assert "Longueuil" in names
    assert "Old Greenfield Park" in names
    assert not done.stderr


def test_json_is_the_only_thing_on_standard_output(
    towns: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    streets, cities = towns
    words = ("--officers", "5", "--boundary", cities, "--out", tmp_path, "--json")
    code = run("plan", streets, *words)
    output = capsys.readouterr()
    assert code == 0
    answer = json.loads(output.out)
    assert len(answer["beats"]) == answer["officers"] == 5
    assert Path(answer["plan"]) == tmp_path / "plan.gpkg"
    assert not output.err


def test_the_sample_reads_the_same_with_its_own_relations(sample_network: StreetNetwork) -> None:
    own = load_network(SAMPLE, read_boundary("osm:admin_level=8", Path(SAMPLE)))
    one, two = (
        {
            name: network.length_m[network.required & (network.city == number)].sum()
            for number, name in enumerate(network.cities)
        }
        for network in (sample_network, own)
    )
    assert len(one) == 5
    assert one == pytest.approx(two)


@pytest.mark.parametrize(("lang", "word"), [("fr", "moyenne"), ("en", "the mean")])
def test_people_read_their_language(
    towns: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    lang: str,
    word: str,
) -> None:
    streets, cities = towns
    asked = ("plan", streets, "--officers", "5", "--boundary", cities, "--out", tmp_path)
    run(*asked, "--lang", lang, "--verbose")
    said = capsys.readouterr().out
    assert word in said
    assert say(lang, "assumption.contact_min") in said
    assert f'lang="{lang}"' in (tmp_path / "map.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["demo", "plan", "map", "report", "route", "boundaries"])
def test_help_is_in_both_languages(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    pages = []
    for lang in ("fr", "en"):
        assert run(command, "--lang", lang, "--help") == 0
        pages.append(capsys.readouterr().out)
    assert "help." not in pages[0] + pages[1]
    assert "Langue" in pages[0]
    assert "Language" in pages[1]


def test_a_map_and_a_report_can_be_made_again_from_the_plan(demo: Path, tmp_path: Path) -> None:
    assert run("map", demo / "plan.gpkg", "--out", tmp_path / "map.html", "--quiet") == 0
    assert (tmp_path / "map.html").read_bytes() == (demo / "map.html").read_bytes()
    assert run("report", demo / "plan.gpkg", "--out", tmp_path / "b.csv", "--quiet") == 0
    assert (tmp_path / "b.csv").read_bytes() == (demo / "beats.csv").read_bytes()
    note = tmp_path / "n.docx"
    assert run("report", demo / "plan.gpkg", "--kind", "note", "--out", note, "--quiet") == 0
    assert note.read_bytes()[:2] == b"PK"


def test_a_plan_can_be_cut_anew_from_its_own_file(
    towns: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    streets, cities = towns
    assert run("plan", streets, "--officers", "5", "--boundary", cities, "--out", tmp_path) == 0
    capsys.readouterr()
    saved = tmp_path / "plan.gpkg"
    words = ("--officers", "5", "--out", tmp_path / "again", "--json")
    assert run("plan", saved, *words) == 0
    answer = json.loads(capsys.readouterr().out)
    loads = gpd.read_file(saved, layer="beats")["load_s"].tolist()
    assert [beat["load_s"] for beat in answer["beats"]] == loads
    assert run("plan", saved, *words, "--boundary", cities) == 2


def test_a_plan_is_never_written_over_the_plan_that_it_comes_from(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (demo / "plan.gpkg").read_bytes()
    assert run("plan", demo / "plan.gpkg", "--officers", "16", "--out", demo, "--lang", "en") == 2
    assert "would overwrite the plan" in capsys.readouterr().err
    assert (demo / "plan.gpkg").read_bytes() == before


def test_a_seats_table_sets_the_posts_of_each_city(
    towns: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    streets, cities = towns
    names = gpd.read_file(cities)["name"].tolist()
    seats = tmp_path / "seats.csv"
    seats.write_text(
        "city;posts\n" + "".join(f"{name};{2 if n == 0 else 1}\n" for n, name in enumerate(names)),
        encoding="utf-8-sig",
    )
    words = ("--officers", "3", "--boundary", cities, "--seats", seats, "--out", tmp_path, "--json")
    assert run("plan", streets, *words) == 0
    beats = json.loads(capsys.readouterr().out)["beats"]
    assert sum(beat["city"] == names[0] for beat in beats) == 2


def test_a_plan_on_generalised_outlines_is_provisional_and_lists_the_streets_near_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = draw("A-B-C\n| | |\nD-E-F", step_m=400.0)
    source = _moved(drawn.write(tmp_path / "streets.json"))
    words = ("--officers", "1", "--boundary", "Saint-Lambert", "--out", tmp_path / "o", "--json")
    assert run("plan", source, *words) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["provisional"]
    segments = gpd.read_file(tmp_path / "o" / "plan.gpkg", layer="segments")
    assert set(segments.loc[segments["near_line"], "segment_id"]) == set(answer["near_line"])
    assert answer["near_line"]
    page = (tmp_path / "o" / "map.html").read_text(encoding="utf-8")
    assert "provisoire" in page.lower()


def _moved(path: Path) -> Path:
    """Move a drawn source to Saint-Lambert."""
    answer = json.loads(path.read_text())
    for element in answer["elements"]:
        if element["type"] == "node":
            element["lon"] += -73.506 - 8.7
            element["lat"] += 45.500 - 49.4
    path.write_text(json.dumps(answer))
    return path


def test_a_template_is_read_back_by_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "anchors.xlsx"
    assert run("template", "anchors", "--out", table) == 0
    words = ("--boundary", data_file("sample/sector.geojson"), "--officers", "2", "--lang", "en")
    assert run("plan", SAMPLE, *words, "--anchors", table, "--out", tmp_path / "o") == 0
    assert "Read: " in capsys.readouterr().out


def test_an_interrupt_ends_in_one_line_with_nothing_written(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "reso_geo", "plan", SAMPLE, "--officers", "60", "--out"]
    with subprocess.Popen(
        [*words, str(tmp_path / "o"), "--lang", "en"],
        stderr=subprocess.PIPE,
        encoding="utf-8",
        # Progress is shown as on a terminal: it tells when the work is under way.
        env=os.environ | {"FORCE_COLOR": "1", "PYTHONUTF8": "1"},
    ) as run_:
        assert run_.stderr is not None
        shown = ""
        while "Cutting the beats" not in shown:
            shown += (sign := run_.stderr.read(1))
            assert sign, shown
        run_.send_signal(signal.SIGINT)
        _, rest = run_.communicate()
    assert run_.returncode == 130
    # Codes of the terminal, such as the one that shows the cursor again, are no text.
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "\n", rest).split("\n")
    told = [line for line in lines if re.search("[a-z]", line) and "Cutting" not in line]
    assert told == ["Error: Interrupted; nothing was left half-written."]
    assert not (tmp_path / "o").exists()


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert "boundaries" in capsys.readouterr().out


def test_season_of_a_date_and_what_is_cleared_reach_the_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    streets = draw("A---B---C", step_m=25.0).write(tmp_path / "streets.json")
    cleared, high = tmp_path / "cleared.csv", tmp_path / "high.csv"
    cleared.write_text("way_id\n1\n")
    high.write_text("lon,lat,ele\n8.7,49.4,100\n")
    words = ("--season", "auto", "--cleared", cleared, "--elevations", high, "--json")
    out = ("--out", tmp_path / "out", "--lang", "en")
    code = run("plan", streets, "--officers", 1, "--date", "2025-01-15", *words, *out)
    answer = json.loads(capsys.readouterr().out)
    assert (code, answer["season"]) == (0, "winter")
    assert "winter_bike_factor" in answer["assumptions"]
    assert any("cleared network only" in note for note in answer["warnings"])
    assert run("plan", streets, "--officers", 1, "--date", "2025-06-15", *words, *out) == 0
    assert json.loads(capsys.readouterr().out)["season"] == "summer"


def test_plan_names_each_input_with_its_digest_and_passes_on_what_it_keeps(tmp_path: Path) -> None:
    streets = draw("A---B---C\n|   |   |\nD---E---F", step_m=50.0).write(tmp_path / "s.osm.pbf")
    files = {
        "anchors": "name,kind,visits_per_week,minutes,lon,lat\nSchool,school,1,30,8.7,49.4\n",
        "population": "population,lon,lat\n40,8.7,49.4\n",
        "counts": "n,lon,lat\n3,8.7,49.4\n",
        "bases": "name,lon,lat\nStation,8.7,49.4\n",
        "cleared": "id\n1\n",
        "elevations": "lon,lat,ele\n8.7,49.4,100\n",
    }
    words: list[str | Path] = ["--officers", "1"]
    for role, text in files.items():
        (tmp_path / f"{role}.csv").write_text(text)
        words += [f"--{role}", tmp_path / f"{role}.csv"]
    area = tmp_path / "area.geojson"
    shape = {
        "type": "Polygon",
        "coordinates": [
            [[8.69, 49.39], [8.71, 49.39], [8.71, 49.41], [8.69, 49.41], [8.69, 49.39]]
        ],
    }
    area.write_text(json.dumps({"type": "Feature", "properties": {"name": "A"}, "geometry": shape}))
    assert run("plan", streets, *words, "--boundary", area, "--out", tmp_path / "one") == 0
    first = load_plan(tmp_path / "one" / "plan.gpkg")
    given = {each.role: each for each in first.inputs}
    assert set(given) == {"boundary", *files}
    for role, each in given.items():
        path = tmp_path / each.name
        assert path.stem == ("area" if role == "boundary" else role)
        assert each.sha256 == sha256_of(path)
    again = ("plan", tmp_path / "one" / "plan.gpkg", "--officers", "1")
    assert run(*again, "--anchors", tmp_path / "anchors.csv", "--out", tmp_path / "two") == 0
    second = load_plan(tmp_path / "two" / "plan.gpkg")
    roles = [each.role for each in second.inputs]
    assert sorted(roles) == ["anchors", "boundary", "cleared", "elevations", "plan"]


@pytest.mark.skipif(os.name != "posix", reason="closes the output as a POSIX shell does")
def test_a_closed_standard_output_is_no_failure(demo: Path, tmp_path: Path) -> None:
    page = tmp_path / "map.html"
    asked = [sys.executable, "-m", "reso_geo", "map", str(demo / "plan.gpkg"), "--out", str(page)]
    shell = ["sh", "-c", 'exec "$@" >&-', "sh", *asked]
    done = subprocess.run(shell, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert page.stat().st_size > 10_000
