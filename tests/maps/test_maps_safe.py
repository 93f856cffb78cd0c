"""What the interactive map shows of odd plans and names, and what it lets nobody do."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import folium
import pytest
import shapely
from browsing import (
    complaints,
    enter,
    one,
    press,
    requests_of,
    show,
    texts,
    told,
)
from grids import hostile_plan
from selenium.webdriver.common.by import By

from reso_geo import Plan, load_plan
from reso_geo.errors import UsageError
from reso_geo.maps import plan_map, save_map
from reso_geo.maps.web.safe_json import safe_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from selenium.webdriver import Chrome


@pytest.fixture(scope="module")
def hostile(plan: Plan) -> Plan:
    return hostile_plan(plan)


def test_names_are_shown_as_they_are(chromium: Chrome, hostile: Plan, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    save_map(plan_map(hostile), path)
    show(chromium, path)
    assert texts(chromium, ".beat-name") == [beat.name for beat in hostile.beats]
    assert texts(chromium, ".beat-city") == [beat.city for beat in hostile.beats]
    for k, beat in enumerate(hostile.beats):
        press(chromium, f"#open-{k}")
        assert beat.description_fr in texts(chromium, ".where")
        if texts(chromium, ".places li"):
            assert hostile.anchors.name[0] in texts(chromium, ".places li")[0]
    tips = chromium.execute_script(
        "const seen = []; map_plan.eachLayer(layer => {"
        " if (!(layer instanceof L.Polyline) || layer instanceof L.Polygon) return;"
        " for (const line of layer.getLatLngs()) { const at = L.latLng("
        "  (line[0].lat + line[1].lat) / 2, (line[0].lng + line[1].lng) / 2);"
        "  layer.fire('mouseover', {latlng: at});"
        "  const tip = document.querySelector('.tip strong');"
        "  if (tip) seen.push(tip.textContent); }"
        "}); return seen;"
    )
    assert set(tips) == set(hostile.network.name[hostile.network.required])
    enter(chromium, "#search", "alert")
    assert any("alert(1)" in text for text in texts(chromium, ".street"))
    shown = chromium.execute_script("return document.body.innerText")
    assert "1337" not in shown
    assert "1337" not in path.read_text(encoding="utf-8").replace(safe_json(1337), "")
    assert chromium.title.endswith(", ".join(hostile.boundary.names))
    assert complaints(chromium) == []
    assert requests_of(chromium) == {path.as_uri()}


def test_policy_stops_any_other_script(chromium: Chrome, plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    save_map(plan_map(plan), path)
    show(chromium, path)
    chromium.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        "document.body.append(s)"
    )
    assert chromium.execute_script("return window.ran === undefined")


def test_public_page_has_beats_and_streets_and_nothing_to_judge_them_by(
    chromium: Chrome, plan: Plan, tmp_path: Path
) -> None:
    path = tmp_path / "map.html"
    save_map(plan_map(plan, "en", "public"), path)
    show(chromium, path)
    press(chromium, "#open-0")
    assert len(texts(chromium, ".card")) == 1
    assert texts(chromium, ".toggle") == []
    assert "load" not in one(chromium, "#panel").text.lower()
    # One way to colour the beats, no mode and no season: nothing to choose but the language.
    chosen = "select, fieldset.choice:not(:has([name=lang])), #mode-bike, #season-winter"
    assert chromium.find_elements(By.CSS_SELECTOR, chosen) == []
    assert texts(chromium, "#lang-0 + label .unseen") == ["Français"]
    heads = chromium.find_elements(By.CSS_SELECTOR, "thead th button")
    assert [head.get_attribute("id") for head in heads] == ["sort-beat", "sort-street_km"]
    assert told(chromium, "scheme") == "beat"
    assert complaints(chromium) == []


def test_real_streets_open(
    chromium: Chrome, real_plan: Callable[[str], Path], tmp_path: Path
) -> None:
    path = tmp_path / "monaco.html"
    save_map(plan_map(load_plan(real_plan("monaco.osm.pbf") / "plan.gpkg")), path)
    show(chromium, path)
    assert int(told(chromium, "beats")) == len(texts(chromium, ".beat-row")) == 12
    assert complaints(chromium) == []


def test_a_beat_without_polygon_is_shown(chromium: Chrome, plan: Plan, tmp_path: Path) -> None:
    shapes = (shapely.MultiPolygon(), *plan.shapes[1:])
    path = tmp_path / "map.html"
    save_map(plan_map(dataclasses.replace(plan, shapes=shapes)), path)
    show(chromium, path)
    press(chromium, "#open-0")
    assert len(texts(chromium, ".beat-row")) == 4
    assert complaints(chromium) == []


def test_map_can_be_added_to(chromium: Chrome, plan: Plan, tmp_path: Path) -> None:
    decorated = plan_map(plan)
    folium.CircleMarker((45.505, -73.495), tooltip="école").add_to(decorated)
    layers = folium.FeatureGroup("écoles").add_to(decorated)
    folium.GeoJson(shapely.Point(-73.495, 45.502), marker=folium.Circle()).add_to(layers)
    folium.LayerControl().add_to(decorated)
    save_map(decorated, tmp_path / "map.html")
    show(chromium, tmp_path / "map.html")
    assert len(texts(chromium, ".beat-row")) == 4
    assert complaints(chromium) == []
    assert requests_of(chromium) == {(tmp_path / "map.html").as_uri()}


@pytest.mark.parametrize(
    "extra", [folium.Marker((45.5, -73.5)), folium.TileLayer("https://tiles.example/{z}", attr="x")]
)
def test_what_comes_from_elsewhere_is_not_saved(
    plan: Plan, tmp_path: Path, extra: folium.Element
) -> None:
    stock = list(folium.Map.default_js)
    decorated = plan_map(plan)
    extra.add_to(decorated)
    with pytest.raises(UsageError, match="https://"):
        save_map(decorated, tmp_path / "map.html")
    assert not list(tmp_path.iterdir())
    assert "Content-Security-Policy" not in decorated.page()
    assert folium.Map.default_js == stock
    assert "https://" not in plan_map(plan).page().split("leafletjs.com")[-1]
