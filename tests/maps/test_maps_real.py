"""The interactive map of real cities: it opens offline, answers every control, and stays light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from browsing import (
    click_beat,
    complaints,
    enter,
    inks,
    one,
    press,
    requests_of,
    screen,
    show,
    texts,
    told,
)

from reso_geo import CutRequest, Plan, PlanRequest, load_network, load_plan, make_plan
from reso_geo.maps import plan_map, save_map

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

    from reso_geo.settings import PatrolSettings


MOST_BYTES = 4_000_000
MOST_CUT_S = 5.0
"""A page is the same however even its beats are."""


@dataclass(frozen=True)
class Page:
    """A saved map and what it shows."""

    plan: Plan
    path: Path


@pytest.fixture(scope="module", params=["heidelberg", "liechtenstein"])
def page(
    request: pytest.FixtureRequest,
    real_plan: Callable[[str], Path],
    shared_data: Path,
    defaults: PatrolSettings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Page:
    """Draw many streets, and many beats."""
    if request.param == "heidelberg":
        plan = load_plan(real_plan("heidelberg.osm.pbf") / "plan.gpkg")
    else:
        network = load_network(shared_data / "networks" / "liechtenstein.osm.pbf")
        plan = make_plan(
            network,
            settings=defaults,
            request=PlanRequest(CutRequest(300, time_limit_s=MOST_CUT_S)),
        )
    path = tmp_path_factory.mktemp(request.param) / "map.html"
    save_map(plan_map(plan, "en"), path)
    return Page(plan, path)


@pytest.fixture
def opened(chromium: Chrome, page: Page) -> Iterator[Chrome]:
    """Open the map; after the test, nothing was complained of or asked for."""
    show(chromium, page.path)
    yield chromium
    assert complaints(chromium) == []
    assert requests_of(chromium) == {page.path.as_uri()}


def test_page_is_light_and_shows_every_beat_and_street(opened: Chrome, page: Page) -> None:
    plan = page.plan
    assert page.path.stat().st_size <= MOST_BYTES
    assert texts(opened, ".beat-id bdi") == [beat.beat_id for beat in plan.beats]
    assert int(told(opened, "beats")) == len(plan.beats)
    assert int(told(opened, "streets")) == plan.network.required.sum()
    assert sum(inks(opened).values()) > 3_000


def test_beat_that_is_chosen_is_told_and_zoomed_to(opened: Chrome, page: Page) -> None:
    wide, shapes = opened.execute_script("return map_plan.getZoom()"), page.plan.shapes
    # A beat of woods may be as wide as the town.
    small = min(range(len(shapes)), key=lambda beat: shapes[beat].area)
    press(opened, f"#open-{small}")
    assert page.plan.beats[small].description_en in one(opened, f"#beat-{small} .card").text
    assert opened.execute_script("return map_plan.getZoom()") > wide
    press(opened, f"#open-{small}")
    assert texts(opened, ".card") == []


def test_beat_that_is_clicked_on_the_map_opens_its_card(opened: Chrome) -> None:
    for beat in (7, 0):
        click_beat(opened, beat, 18)
        assert opened.execute_script(
            "return [...document.querySelectorAll('.detail:not([hidden])')].map(e => e.id)"
        ) == [f"beat-{beat}"]


def test_list_is_sorted_and_searched(opened: Chrome, page: Page) -> None:
    beats = page.plan.beats
    press(opened, "#sort-street_km")
    by_km = sorted(beats, key=lambda beat: round(1000 * beat.street_km))
    assert texts(opened, ".beat-id bdi") == [beat.beat_id for beat in by_km]
    press(opened, "#sort-beat")
    enter(opened, "#search", beats[3].beat_id)
    assert beats[3].beat_id in texts(opened, ".beat-id bdi")
    assert len(texts(opened, ".beat-row")) < len(beats)
    enter(opened, "#search", "")
    assert len(texts(opened, ".beat-row")) == len(beats)


def test_street_is_found_with_its_beats(opened: Chrome, page: Page) -> None:
    network, plan = page.plan.network, page.plan
    # As typed on a keyboard without the city's signs: the street with most segments to cover.
    names, count = np.unique(network.name[network.required].astype(str), return_counts=True)
    name = str(max(zip(count[names != ""], names[names != ""], strict=True))[1])
    held = network.required & (network.name == name)
    expected = {plan.beats[k].beat_id for k in set(plan.partition.beat_of[held].tolist())}
    enter(opened, "#search", name.upper().replace("Ü", "U").replace("Ö", "O").replace("Ä", "A"))
    assert expected <= set(texts(opened, ".beat-id bdi"))
    assert any(text.startswith(name) for text in texts(opened, ".street"))
    press(opened, "#street-0")
    assert int(told(opened, "found")) > 0


def test_language_mode_season_and_colouring_change_what_is_shown(
    opened: Chrome,
) -> None:
    summer_foot = texts(opened, "td.time")
    press(opened, "#mode-bike")
    assert texts(opened, "td.time") != summer_foot
    press(opened, "#season-winter")
    assert told(opened, "season") == "winter"
    press(opened, "#mode-foot")
    press(opened, "#season-summer")
    assert texts(opened, "td.time") == summer_foot
    before = inks(opened)
    enter(opened, "#scheme", "beat")
    assert inks(opened) != before
    press(opened, "#lang-0")
    assert one(opened, "html").get_attribute("lang") == "fr"
    assert "Secteurs de patrouille" in one(opened, "#panel").text


@pytest.mark.parametrize("wide", [1280, 390])
def test_page_fits_the_screen(opened: Chrome, wide: int) -> None:
    with screen(opened, wide):
        press(opened, "#open-1")
        box = "return [document.documentElement.scrollWidth, window.innerWidth]"
        needed, there = opened.execute_script(box)
        assert needed <= there == wide
