"""The interactive map in a browser: what people see of it, do with it, and never get from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from grids import grid_plan
from selenium.webdriver.common.by import By

from reso_geo.maps import ladder_map, plan_map, save_map
from reso_geo.maps.web.colour_schemes import SCALE, VERDICT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

    from reso_geo import Plan
    from reso_geo.settings import PatrolSettings


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory, defaults: PatrolSettings) -> Plan:
    return grid_plan(tmp_path_factory.mktemp("grid"), defaults, 5)


@pytest.fixture(scope="module")
def saved(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save the plan's map in English."""
    path = tmp_path_factory.mktemp("map") / "map.html"
    save_map(plan_map(plan, "en"), path)
    return path


@pytest.fixture
def opened(chromium: Chrome, saved: Path) -> Iterator[Chrome]:
    """Open the map; after the test, nothing was complained of or asked for."""
    show(chromium, saved)
    yield chromium
    assert complaints(chromium) == []
    assert requests_of(chromium) == {saved.as_uri()}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_map_opens_without_error_or_request_in_its_language(
    chromium: Chrome, plan: Plan, tmp_path: Path, lang: str
) -> None:
    path = tmp_path / "map.html"
    save_map(plan_map(plan, lang), path)
    show(chromium, path)
    assert int(told(chromium, "beats")) == len(texts(chromium, ".beat-row")) == 4
    assert int(told(chromium, "streets")) == plan.network.required.sum()
    assert sum(inks(chromium).values()) > 3_000
    assert complaints(chromium) == []
    assert requests_of(chromium) == {path.as_uri()}
    assert chromium.execute_script("return performance.getEntriesByType('resource').length") == 0
    assert one(chromium, "html").get_attribute("lang") == lang
    text = one(chromium, "#panel").text
    french = ("Secteurs de patrouille", "À pied", "Usage interne", "fréquence possible")
    english = ("Patrol beats", "On foot", "Internal use", "achievable cadence")
    expected, other = (french, english) if lang == "fr" else (english, french)
    assert all(words in text for words in expected)
    assert not any(words in text for words in other)
    assert all(beat.beat_id in text and beat.name in text for beat in plan.beats)


def test_language_switches_in_the_same_page(opened: Chrome, plan: Plan) -> None:
    press(opened, "#open-1")
    press(opened, "#lang-0")
    assert one(opened, "html").get_attribute("lang") == "fr"
    text = one(opened, "#panel").text
    assert "Secteurs de patrouille" in text
    assert "dont parcours à vide" in text
    assert texts(opened, ".where") == [plan.beats[1].description_fr]
    assert opened.title.startswith("Secteurs de patrouille")
    assert one(opened, ".whole").text == "Tout voir"
    assert opened.execute_script("return document.activeElement.id") == "lang-0"
    press(opened, "#lang-1")
    assert texts(opened, ".where") == [plan.beats[1].description_en]
    assert "Secteurs" not in one(opened, "#panel").text


def test_row_opens_the_card_and_zooms(opened: Chrome, plan: Plan) -> None:
    wide = opened.execute_script("return map_plan.getZoom()")
    button = one(opened, "#open-2")
    button.send_keys("\n")
    assert one(opened, "#open-2").get_attribute("aria-expanded") == "true"
    assert opened.execute_script("return document.activeElement.id") == "open-2"
    card = one(opened, "#beat-2 .card").text
    for words in ("of which deadhead", "Load per week", plan.beats[2].description_en, "Posts"):
        assert words in card
    assert f"District {plan.beats[2].district}" in one(opened, "#open-2").text
    assert opened.execute_script("return map_plan.getZoom()") > wide
    press(opened, "#open-2")
    assert texts(opened, ".card") == []


def test_beat_that_is_clicked_on_the_map_opens_its_card(opened: Chrome) -> None:
    for k in (3, 0):
        click_beat(opened, k)
        assert [
            e.get_attribute("id")
            for e in opened.find_elements(By.CSS_SELECTOR, ".detail:not([hidden])")
        ] == [f"beat-{k}"]


def test_anchors_stand_in_the_card_of_their_beat_only(opened: Chrome, plan: Plan) -> None:
    seen = []
    for k in range(len(plan.beats)):
        press(opened, f"#open-{k}")
        seen += [k for text in texts(opened, ".places li") if text.startswith("École Nord")]
    assert len(seen) == 1


def test_mode_and_season_change_every_figure(opened: Chrome, plan: Plan) -> None:
    def passes() -> list[str]:
        return texts(opened, "td.time")

    summer_foot = passes()
    assert len(set(summer_foot)) >= 1
    press(opened, "#mode-bike")
    assert told(opened, "mode") == "bike"
    summer_bike = passes()
    assert all(a != b for a, b in zip(summer_foot, summer_bike, strict=True))
    press(opened, "#season-winter")
    assert told(opened, "season") == "winter"
    # No street is cleared: the bike is pushed all the way.
    assert set(texts(opened, ".beat-row .verdict")) == {"✕not enough 0/10"}
    press(opened, "#mode-foot")
    assert all(a != b for a, b in zip(summer_foot, passes(), strict=True))
    assert "On foot, winter." in texts(opened, "caption")[0]
    assert texts(opened, ".sums dd")[2] == f"0 of {len(plan.beats)} (0 to 0)"
    press(opened, "#season-summer")
    assert passes() == summer_foot


def test_colours_of_map_list_and_legend_go_together(opened: Chrome, plan: Plan) -> None:
    assert told(opened, "scheme") == "cadence"
    known = {"cadence", "verdict", "time", "load", "beat"}
    options = opened.find_elements(By.CSS_SELECTOR, "#scheme option")
    assert {option.get_attribute("value") for option in options} == known
    enter(opened, "#scheme", "verdict")
    opened.execute_script("map_plan.setZoom(16, {animate: false})")
    colours = {VERDICT[beat.foot.verdict] for beat in plan.beats}
    ink = inks(opened)
    assert all(ink.get(colour, 0) > 100 for colour in colours)
    for colour in set(VERDICT.values()) - colours:
        assert ink.get(colour, 0) == 0
    legend = texts(opened, "#legend-classes li")
    assert legend[0].startswith("✓")
    signs = set(texts(opened, ".swatch"))
    assert signs == {sign for sign in ("✓", "◐", "✕") if any(s == sign for s in signs)}
    assert {label[-1] for label in texts(opened, ".beat-label span")} == signs
    press(opened, "#mode-bike")
    press(opened, "#season-winter")
    assert inks(opened).get(VERDICT["no"], 0) > 100
    enter(opened, "#scheme", "load")
    assert "of the mean" in one(opened, "section.legend").text
    enter(opened, "#scheme", "beat")
    assert texts(opened, "#legend-classes li") == []
    assert "neighbouring" in one(opened, "section.legend").text
    swatches = opened.execute_script(
        "return [...document.querySelectorAll('.swatch')]"
        ".map(e => e.style.getPropertyValue('--class'))"
    )
    ink = inks(opened)
    assert len(set(swatches)) > 1
    assert all(ink.get(colour, 0) > 50 for colour in swatches)


def test_list_sorts_both_ways_by_every_column(opened: Chrome, plan: Plan) -> None:
    def ids() -> list[str]:
        return texts(opened, ".beat-id bdi")

    usual = [beat.beat_id for beat in plan.beats]
    assert ids() == usual
    press(opened, "#sort-street_km")
    by_km = sorted(plan.beats, key=lambda beat: round(1000 * beat.street_km))
    assert ids() == [beat.beat_id for beat in by_km]
    heads = opened.find_elements(By.CSS_SELECTOR, "th[aria-sort]")
    assert [h.get_attribute("aria-sort") for h in heads].count("ascending") == 1
    press(opened, "#sort-street_km")
    kms = [beat.street_km for beat in plan.beats]
    assert [round(float(km), 1) for km in texts(opened, "td.km")] == sorted(
        (round(km, 1) for km in kms), reverse=True
    )
    assert opened.execute_script("return document.activeElement.id") == "sort-street_km"
    for column in ("pass", "verdict", "cadence"):
        press(opened, f"#sort-{column}")
        assert sorted(ids()) == sorted(usual)
    press(opened, "#sort-beat")
    assert ids() == usual


def test_street_is_found_offline_with_its_beats(opened: Chrome, plan: Plan) -> None:
    held = plan.partition.beat_of[plan.network.name == "avenue 3"]
    expected = {plan.beats[k].beat_id for k in set(held.tolist())}
    enter(opened, "#search", "12, AVENÜE 3")
    found = texts(opened, ".street")
    assert len(found) == len(expected)
    assert all(text.startswith("avenue 3") for text in found)
    assert {text.split("beat ")[1].split(" ")[0] for text in found} == expected
    assert set(texts(opened, ".beat-id bdi")) == expected
    assert f"{len(expected)}/4" in one(opened, ".status").text
    before = opened.execute_script("return map_plan.getCenter()")
    press(opened, "#street-0")
    assert opened.execute_script("return map_plan.getCenter()") != before
    assert int(told(opened, "found")) > 0
    assert inks(opened).get(SCALE[0], 0) >= 0
    assert len(texts(opened, ".card")) == 1
    enter(opened, "#search", "no such street")
    assert texts(opened, ".beat-row") == []
    assert "No street or beat" in one(opened, ".status").text
    enter(opened, "#search", plan.beats[1].beat_id.lower())
    assert plan.beats[1].beat_id in texts(opened, ".beat-id bdi")
    enter(opened, "#search", "")
    assert len(texts(opened, ".beat-row")) == 4


def test_reach_and_tour_of_a_beat_are_drawn_on_request(opened: Chrome, plan: Plan) -> None:
    press(opened, "#open-0")
    assert told(opened, "overlay") == ""
    press(opened, "#reach-on")
    assert one(opened, "#reach-on").get_attribute("aria-pressed") == "true"
    bands = [int(n) for n in told(opened, "overlay").split()[1:]]
    own = plan.network.required & (plan.partition.beat_of == 0)
    assert sum(bands) == own.sum()
    assert bands[-1] == 0
    assert "minutes of travel" in one(opened, "section.legend").text.lower()
    press(opened, "#mode-bike")
    by_bike = [int(n) for n in told(opened, "overlay").split()[1:]]
    assert by_bike[0] >= bands[0]
    press(opened, "#mode-foot")
    press(opened, "#tour-on")
    kind, covered, besides = told(opened, "overlay").split()
    assert kind == "tour"
    assert int(covered) == own.sum()
    # Twelve streets that cross: some must be passed twice.
    assert int(besides) > 0
    assert "deadhead" in one(opened, "section.legend").text
    press(opened, "#tour-on")
    assert told(opened, "overlay") == ""


def test_two_plans_are_compared(chromium: Chrome, plan: Plan, later: Plan, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    save_map(plan_map(later, "en", compare=plan), path)
    show(chromium, path)
    assert texts(chromium, ".steps .option") == ["Before: 4 posts", "After: 5 posts"]
    was = [(*plan.partition.beat_id, "")[b] for b in plan.partition.beat_of]
    now = [(*later.partition.beat_id, "")[b] for b in later.partition.beat_of]
    required = later.network.required.tolist()
    moved = sum(r and a != b for r, a, b in zip(required, was, now, strict=True))
    assert int(told(chromium, "moved")) == moved > 0
    assert len(texts(chromium, ".beat-row")) == 5
    assert "of the street load keeps its post" in one(chromium, "p.change").text
    fresh = next(k for k, b in enumerate(later.beats) if b.beat_id not in plan.partition.beat_id)
    press(chromium, f"#open-{fresh}")
    assert "New beat." in texts(chromium, "ul.change li")
    press(chromium, "#moved")
    assert told(chromium, "moved") == ""
    press(chromium, "#state-0")
    assert len(texts(chromium, ".beat-row")) == 4
    assert int(told(chromium, "beats")) == 4
    assert chromium.find_elements(By.CSS_SELECTOR, "p.change") == []
    assert texts(chromium, ".card") == []
    assert complaints(chromium) == []
    assert requests_of(chromium) == {path.as_uri()}


def test_slider_moves_along_a_ladder(
    chromium: Chrome, plan: Plan, later: Plan, tmp_path: Path
) -> None:
    path = tmp_path / "map.html"
    save_map(ladder_map([plan, later, plan], "en"), path)
    show(chromium, path)
    assert len(texts(chromium, ".beat-row")) == 4
    enter(chromium, "#state", "1")
    assert len(texts(chromium, ".beat-row")) == 5
    slider = one(chromium, "#state")
    assert slider.get_attribute("aria-valuetext") == "5 posts"
    press(chromium, "#moved")
    assert int(told(chromium, "moved")) > 0
    press(chromium, "#later")
    assert told(chromium, "state") == "2"
    gone = set(later.partition.beat_id) - set(plan.partition.beat_id)
    assert all(name in one(chromium, "p.change").text for name in gone)
    assert one(chromium, "#later").get_attribute("disabled") is not None
    press(chromium, "#open-0")
    assert texts(chromium, "#tour-on") == []
    assert complaints(chromium) == []
    assert requests_of(chromium) == {path.as_uri()}


@pytest.mark.parametrize("wide", [320, 390, 1280, 2560])
def test_page_fits_the_screen(opened: Chrome, wide: int) -> None:
    with screen(opened, wide):
        press(opened, "#open-1")
        box = "return [document.documentElement.scrollWidth, window.innerWidth]"
        needed, there = opened.execute_script(box)
        assert needed <= there == wide
        cards = opened.execute_script(
            "const c = document.querySelector('.card').getBoundingClientRect();"
            "return [c.left, c.right]"
        )
        assert 0 <= cards[0] < cards[1] <= wide


def test_print_leaves_the_controls_out(opened: Chrome) -> None:
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})  # type: ignore[no-untyped-call]
    try:
        assert not one(opened, "#search").is_displayed()
        assert one(opened, ".beats").is_displayed()
        assert one(opened, "#legend-classes").is_displayed()
    finally:
        opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})  # type: ignore[no-untyped-call]
