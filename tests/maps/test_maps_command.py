"""The command map: one plan, two, or the steps of a ladder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from grids import grid_plan

from reso_geo import save_plan
from reso_geo.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.settings import PatrolSettings


def run(*words: object) -> int:
    """Run the command line in English, and give its exit code."""
    with pytest.raises(SystemExit) as ended:
        main([*map(str, words), "--lang", "en"])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def labels(page: Path) -> list[list[str]]:
    """Name the states of a page."""
    text = page.read_text(encoding="utf-8").split('id="plan-data">')[1].split("</script>")[0]
    found: dict[str, Any] = json.loads(text)
    return [state["label"] for state in found["states"]]


@pytest.fixture(scope="module")
def ladder(tmp_path_factory: pytest.TempPathFactory, defaults: PatrolSettings) -> Path:
    """Return a folder with plans for 4, 5 and 3 posts, in that order."""
    folder = tmp_path_factory.mktemp("ladder")
    for name, officers in (("2-4", 4), ("9-5", 5), ("10-3", 3)):
        (folder / name).mkdir()
        save_plan(grid_plan(folder, defaults, officers), folder / name / "plan.gpkg")
    return folder


def test_plans_are_compared_or_put_on_a_slider(ladder: Path, tmp_path: Path) -> None:
    out = tmp_path / "map.html"
    first, second = ladder / "2-4" / "plan.gpkg", ladder / "9-5" / "plan.gpkg"
    assert run("map", second, "--compare", first, "--out", out, "--quiet") == 0
    assert [label[1] for label in labels(out)] == ["Before: 4 posts", "After: 5 posts"]
    assert run("map", first, second, "--out", out, "--quiet") == 0
    assert [label[1] for label in labels(out)] == ["4 posts", "5 posts"]
    assert run("map", ladder / "2-4", "--out", out, "--quiet") == 0
    assert labels(out) == [["4 postes", "4 posts"]]
    assert run("map", ladder, "--out", out, "--quiet") == 0
    assert [label[1] for label in labels(out)] == ["4 posts", "5 posts", "3 posts"]


def test_what_cannot_be_drawn_together_is_refused_in_one_line(
    ladder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, other = ladder / "2-4" / "plan.gpkg", ladder / "9-5" / "plan.gpkg"
    before = plan.read_bytes()
    assert run("map", plan, other, "--compare", plan, "--out", tmp_path / "m.html") == 2
    assert run("map", tmp_path, "--out", tmp_path / "m.html") == 2
    assert run("map", other, "--compare", plan, "--out", plan) == 2
    assert run("map", other, "--compare", tmp_path / "none.gpkg", "--out", tmp_path / "m.html") == 2
    assert capsys.readouterr().err.count("\n") == 4
    assert plan.read_bytes() == before
    assert not list(tmp_path.iterdir())
