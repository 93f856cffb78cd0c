"""reso-geo check as a planner runs it after an hour in QGIS."""

from __future__ import annotations

import itertools
import json
import shutil
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
from plans import assign, segments_of, sql, town

from reso_geo import Plan, check_plan, load_plan, save_plan
from reso_geo.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.settings import PatrolSettings


def run(*words: str | Path) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


@pytest.fixture(scope="module")
def saved(defaults: PatrolSettings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("town") / "plan.gpkg"
    save_plan(town(defaults), path)
    return path


@pytest.fixture
def copy(saved: Path, tmp_path: Path) -> Path:
    path = tmp_path / "plan.gpkg"
    shutil.copy(saved, path)
    return path


def test_an_unedited_plan_ends_with_0_and_one_line(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", saved, "--lang", "en") == 0
    said = capsys.readouterr().out
    assert said.startswith("Valid plan, as it was adopted: 3 beats, 3 posts")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "fr",
            ["Ce qui a changé", "Postes de 1 à 2 : EAS-01", "Avant (h)", "Plan valide", "--out"],
        ),
        ("en", ["What changed", "Posts from 1 to 2: EAS-01", "Before (h)", "Valid plan", "--out"]),
    ],
)
def test_a_valid_edit_ends_with_0_and_says_what_it_did(
    copy: Path, capsys: pytest.CaptureFixture[str], lang: str, words: list[str]
) -> None:
    sql(copy, "UPDATE beats SET posts = 2 WHERE beat_id = 'EAS-01'")
    assert run("check", copy, "--lang", lang) == 0
    said = capsys.readouterr().out
    assert [word for word in words if word not in said] == []


def test_problems_end_with_1_and_each_has_a_remedy(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = segments_of(copy, "WES-01")[0]
    assign(copy, None, lost)
    assert run("check", copy) == 1
    output = capsys.readouterr()
    assert lost in output.out
    assert "Remède :" in output.out
    assert not output.err


def test_repair_and_out_write_a_plan_that_opens_and_leave_the_old_one(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assign(copy, None, segments_of(copy, "WES-01")[0])
    before, out = copy.read_bytes(), tmp_path / "new" / "plan.gpkg"
    assert run("check", copy, "--repair", "--out", out, "--lang", "en") == 0
    said = capsys.readouterr().out
    assert "Repaired:" in said
    assert f"Written: {out}, recomputed." in said
    assert copy.read_bytes() == before
    assert (load_plan(out).partition.beat_of >= 0).all()
    assert run("check", out, "--full", "--quiet") == 0


def test_repair_without_out_is_a_rehearsal(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assign(copy, None, segments_of(copy, "WES-01")[0])
    before = copy.read_bytes()
    assert run("check", copy, "--repair", "--lang", "en") == 0
    assert "add --out NEW.gpkg to keep these repairs" in capsys.readouterr().out
    assert copy.read_bytes() == before


def test_what_is_no_plan_yet_is_written_with_its_problems(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assign(copy, "WES-9", segments_of(copy, "WES-01")[0])
    out = tmp_path / "new.gpkg"
    assert run("check", copy, "--out", out, "--lang", "en") == 1
    assert "It is no plan yet." in capsys.readouterr().out
    assert gpd.read_file(out, layer="problems")["kind"].tolist() == ["unknown_beat"]
    assert run("map", out, "--out", tmp_path / "map.html") == 2
    assert "reso-geo check" in capsys.readouterr().err


def test_json_has_codes_ids_figures_and_sentences(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, *_ = segments_of(copy, "WES-01")
    assign(copy, "NOPE", first)
    sql(copy, "UPDATE beats SET posts = 2 WHERE beat_id = 'EAS-01'")
    assert run("check", copy, "--json", "--lang", "en") == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["valid"], answer["recomputed"], answer["truth"]) == (False, False, "segments")
    (problem,) = answer["problems"]
    assert (problem["kind"], problem["ids"], problem["beats"]) == (
        "unknown_beat",
        [first],
        ["NOPE"],
    )
    assert "correct the id" in problem["remedy"]
    assign(copy, "WES-01", first)
    assert run("check", copy, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    east = next(beat for beat in answer["beats"] if beat["beat_id"] == "EAS-01")
    assert (east["before"]["posts"], east["after"]["posts"]) == (1, 2)
    assert answer["balance"]["before"] != answer["balance"]["after"]
    assert second


def test_bad_requests_end_with_2(copy: Path, tmp_path: Path) -> None:
    assert run("check", tmp_path / "nothing.gpkg") == 2
    assert run("check", copy, "--trust", "moi") == 2
    assert run("check", copy, "--out", copy) == 2
    assert run("check", copy, "--out", tmp_path / "new.csv") == 2
    (tmp_path / "page.gpkg").write_text("<html>404</html>")
    assert run("check", tmp_path / "page.gpkg") == 2
    sql(copy, "UPDATE adopted SET content = x'00'")
    assert run("check", copy) == 2


def test_a_block_moved_in_the_sample_is_recomputed_where_it_was_moved(
    sample_plan: Plan, tmp_path: Path
) -> None:
    """The built-in town: a few streets go from one beat to its neighbour in the same city."""
    plan, path = sample_plan, tmp_path / "plan.gpkg"
    network = plan.network
    save_plan(plan, path)
    partition = plan.partition
    ends = [
        np.unique((network.u[own], network.v[own]))
        for own in map(partition.segments_of, range(len(plan.beats)))
    ]
    giver, taker, border = next(
        (one, other, both)
        for one, other in itertools.combinations(range(len(plan.beats)), 2)
        if partition.city[one] == partition.city[other]
        and len(both := np.intersect1d(ends[one], ends[other])) > 0
    )
    own = partition.segments_of(giver)
    near = own[np.isin(network.u[own], border) | np.isin(network.v[own], border)]
    ids = partition.beat_id
    assign(path, ids[taker], *network.segment_id[near].tolist())
    check = check_plan(path, repair=True)
    assert check.valid
    assert {ids[giver], ids[taker]} <= set(check.measured)
    assert len(check.measured) <= 3
    assert check.after is not None
    km = [[each.beats[beat].street_km for beat in (giver, taker)] for each in (plan, check.after)]
    assert km[1][0] < km[0][0]
    assert sum(km[1]) == pytest.approx(sum(km[0]))
