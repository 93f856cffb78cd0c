"""The pages for those who do not see them, or not well: axe-core finds nothing serious on them."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from browsing import enter, press, screen, show
from grids import grid_plan

from reso_geo.maps import ladder_map, plan_map, save_map

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver import Chrome

    from reso_geo import Plan
    from reso_geo.settings import PatrolSettings


_ASK = """
  const done = arguments[0];
  axe.run(document).then(found => done(found.violations.map(
    v => [v.impact, v.id, v.nodes.map(n => n.target.join(' ')).slice(0, 3)])));
"""


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory, defaults: PatrolSettings) -> tuple[Plan, Plan]:
    folder = tmp_path_factory.mktemp("grid")
    return grid_plan(folder, defaults), grid_plan(folder, defaults, 5)


def serious(window: Chrome) -> list[object]:
    """Return the violations that axe-core calls serious or critical."""
    if not window.execute_script("return typeof axe === 'object'"):
        source = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
        window.execute_script(source)
    found: list[list[object]] = window.execute_async_script(_ASK)
    return [one for one in found if one[0] in {"serious", "critical"}]


def test_axe_finds_what_is_wrong(chromium: Chrome, tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    path.write_text("<html><body><img src=x><button></button></body></html>", encoding="utf-8")
    show(chromium, path)
    assert serious(chromium)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("wide", [390, 1280])
def test_demo_is_accessible_in_every_state(
    chromium: Chrome, sample_plan: Plan, tmp_path: Path, lang: str, wide: int
) -> None:
    path = tmp_path / "map.html"
    save_map(plan_map(sample_plan, lang), path)
    with screen(chromium, wide):
        show(chromium, path)
        assert serious(chromium) == []
        press(chromium, "#open-2")
        assert serious(chromium) == []
        enter(chromium, "#scheme", "beat")
        press(chromium, "#mode-bike")
        enter(chromium, "#search", "rue")
        assert serious(chromium) == []


def test_comparison_and_ladder_are_accessible(
    chromium: Chrome, plans: tuple[Plan, Plan], tmp_path: Path
) -> None:
    few, many = plans
    path = tmp_path / "map.html"
    save_map(plan_map(many, "en", compare=few), path)
    show(chromium, path)
    press(chromium, "#moved")
    assert serious(chromium) == []
    save_map(ladder_map([few, many], "fr"), path)
    show(chromium, path)
    enter(chromium, "#state", "1")
    assert serious(chromium) == []
