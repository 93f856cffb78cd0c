"""The interactive map: what Chromium shows of it, and what can never leave or enter it."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import pytest
import shapely
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from reso_geo import CutRequest, Plan, PlanRequest, ResoGeoError, load_network, make_plan
from reso_geo.errors import UsageError
from reso_geo.maps import page, plan_map, save_map
from reso_geo.maps.encode import deltas, safe_json
from reso_geo.maps.shapes import colours, draw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

    from reso_geo import PatrolSettings

SIDE = 6
STEP = 0.002
QUIET = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --window-size=1280,800"
)
HOSTILE = (
    "{{7*191}}",
    "{% if 1 %}",
    "{#",
    "{{{%",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "<!--",
    "${alert(1)}",
    "`alert(1)`",
    "C:\\2019",
    "line\u2028break",
    "\u202eesrever\u2066",
    "l'Anse \"à\" l'Œuvre & fils",
    "\\{{7*191}}\\",
)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory, defaults: PatrolSettings) -> Plan:
    """Give four beats on a grid of twelve named streets."""
    nodes = [
        {"type": "node", "id": 1 + SIDE * r + c, "lat": 45.5 + STEP * r, "lon": -73.5 + STEP * c}
        for r in range(SIDE)
        for c in range(SIDE)
    ]
    lines = {f"rue {r}": [1 + SIDE * r + c for c in range(SIDE)] for r in range(SIDE)}
    lines |= {f"avenue {c}": [1 + SIDE * r + c for r in range(SIDE)] for c in range(SIDE)}
    ways = [
        {"type": "way", "id": k, "nodes": ids, "tags": {"highway": "residential", "name": name}}
        for k, (name, ids) in enumerate(lines.items(), start=1)
    ]
    source = tmp_path_factory.mktemp("grid") / "grid.json"
    source.write_text(json.dumps({"elements": nodes + ways}), encoding="utf-8")
    return make_plan(load_network(source), defaults, PlanRequest(CutRequest(4), supervisors=2))


@pytest.fixture(scope="module")
def hostile(plan: Plan) -> Plan:
    """Give the same plan with names that try to be code, everywhere a name can stand."""
    names = np.array([HOSTILE[k % len(HOSTILE)] for k in range(len(plan.network))], dtype=object)
    shape = plan.boundary.shapes[0]
    halves = [shapely.box(-80, 40, -73.495, 50), shapely.box(-73.495, 40, -70, 50)]
    cities = tuple(shapely.MultiPolygon([shapely.intersection(shape, half)]) for half in halves)
    boundary = dataclasses.replace(
        plan.boundary, names=(HOSTILE[0], HOSTILE[4]), shapes=cities, kind="generalised"
    )
    beats = tuple(
        dataclasses.replace(
            beat,
            name=HOSTILE[3 * k],
            city=HOSTILE[3 * k + 1],
            district=HOSTILE[3 * k + 2],
            description_fr=f"{HOSTILE[k]} {HOSTILE[-k]}",
        )
        for k, beat in enumerate(plan.beats)
    )
    network = dataclasses.replace(plan.network, name=names)
    return dataclasses.replace(plan, network=network, boundary=boundary, beats=beats)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Start a browser that reports its console and every request."""
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if browser is None or driver is None:
        pytest.skip("needs Debian's chromium and chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for flag in (*QUIET.split(), f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    window = webdriver.Chrome(options=options, service=Service(driver))
    yield window
    window.quit()


def show(chromium: Chrome, path: Path) -> None:
    """Open a page, with the logs of the one before thrown away."""
    chromium.get("about:blank")
    for log in ("browser", "performance"):
        chromium.get_log(log)  # type: ignore[no-untyped-call]
    chromium.get(path.as_uri())


def requests_of(chromium: Chrome) -> set[str]:
    """List what the page asked for, itself included, what it carries in itself not."""
    logged = [json.loads(entry["message"])["message"] for entry in chromium.get_log("performance")]  # type: ignore[no-untyped-call]
    return {
        message["params"]["request"]["url"]
        for message in logged
        if message["method"] == "Network.requestWillBeSent"
        and not message["params"]["request"]["url"].startswith("data:")
    }


def rows(chromium: Chrome) -> list[WebElement]:
    return chromium.find_elements(By.CSS_SELECTOR, ".beat-row")


def drawn(chromium: Chrome, what: str) -> int:
    return int(chromium.find_element(By.ID, "map_plan").get_attribute(f"data-{what}") or -1)


def inked(chromium: Chrome) -> int:
    """Count the pixels that the map's canvas has drawn on."""
    count: int = chromium.execute_script(
        "const c = document.querySelector('#map_plan canvas');"
        "const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        "let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i]) n += 1; return n;"
    )
    return count


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_map_opens_without_error_or_request_in_its_language(
    chromium: Chrome, plan: Plan, tmp_path: Path, lang: str
) -> None:
    path = tmp_path / "map.html"
    save_map(plan_map(plan, lang), path)
    show(chromium, path)
    assert drawn(chromium, "beats") == len(rows(chromium)) == 4
    assert drawn(chromium, "streets") == plan.network.required.sum()
    assert inked(chromium) > 10_000
    assert chromium.get_log("browser") == []  # type: ignore[no-untyped-call]
    assert requests_of(chromium) == {path.as_uri()}
    assert chromium.execute_script("return performance.getEntriesByType('resource').length") == 0
    assert chromium.find_element(By.TAG_NAME, "html").get_attribute("lang") == lang
    text = chromium.find_element(By.ID, "panel").text
    expected, other = ("Secteurs de patrouille", "À pied", "Usage interne"), "On foot"
    if lang == "en":
        expected, other = ("Patrol beats", "On foot", "Internal use"), "À pied"
    assert all(words in text for words in expected)
    assert other not in text
    assert all(beat.beat_id in text and beat.name in text for beat in plan.beats)


def test_row_opens_the_card_and_zooms(chromium: Chrome, plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    save_map(plan_map(plan, "en"), path)
    show(chromium, path)
    wide = chromium.execute_script("return map_plan.getZoom()")
    button = chromium.find_elements(By.CSS_SELECTOR, "button.beat")[2]
    button.send_keys("\n")
    assert button.get_attribute("aria-expanded") == "true"
    card = chromium.find_element(By.ID, "beat-2")
    assert card.is_displayed()
    assert "of which deadhead" in card.text
    assert "Load per week" in card.text
    assert plan.beats[2].description_en in card.text
    assert f"District {plan.beats[2].district}" in button.text
    assert chromium.execute_script("return map_plan.getZoom()") > wide
    chromium.execute_script("map_plan.eachLayer(l => l.getElement && l.getElement()?.click())")
    assert len(chromium.find_elements(By.CSS_SELECTOR, ".detail:not([hidden])")) <= 1


def test_names_are_shown_as_they_are(chromium: Chrome, hostile: Plan, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    save_map(plan_map(hostile), path)
    show(chromium, path)
    for row in rows(chromium):
        row.click()
        names = chromium.execute_script(
            "return [...document.querySelectorAll("
            "'.beat-name, .detail:not([hidden]) dd, .detail:not([hidden]) .where')]"
            ".map(e => e.textContent)"
        )
        assert {beat.name for beat in hostile.beats} <= set(names)
        assert {beat.description_fr for beat in hostile.beats} & set(names)
    tips = chromium.execute_script(
        "const seen = []; map_plan.eachLayer(layer => { if (layer.street === undefined) return;"
        "layer.fire('mouseover', {latlng: layer.getCenter()}, true);"
        "seen.push(document.querySelector('.tip strong').textContent); }); return seen;"
    )
    assert set(tips) == set(hostile.network.name[hostile.network.required])
    shown = chromium.execute_script("return document.body.innerText")
    assert "1337" not in shown
    assert "1337" not in path.read_text(encoding="utf-8").replace(safe_json(1337), "")
    assert chromium.title.endswith(", ".join(hostile.boundary.names))
    cities = chromium.execute_script(
        "return [...document.querySelectorAll('.beat-city')].map(e => e.textContent)"
    )
    assert cities == [beat.city for beat in hostile.beats]
    assert chromium.get_log("browser") == []  # type: ignore[no-untyped-call]
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


def test_real_streets_open(
    chromium: Chrome, defaults: PatrolSettings, shared_data: Path, tmp_path: Path
) -> None:
    network = load_network(shared_data / "networks" / "monaco.osm.pbf")
    path = tmp_path / "monaco.html"
    save_map(plan_map(make_plan(network, defaults, PlanRequest(CutRequest(5)))), path)
    show(chromium, path)
    assert drawn(chromium, "beats") == len(rows(chromium)) == 5
    assert chromium.get_log("browser") == []  # type: ignore[no-untyped-call]


def test_same_plan_gives_the_same_bytes(hostile: Plan, tmp_path: Path) -> None:
    first, second = plan_map(hostile), plan_map(hostile)
    assert first.page() == first.page() == second.page()
    save_map(first, tmp_path / "one.html")
    second.save(tmp_path / "two.html")
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()
    assert str(tmp_path.parent.parent) not in first.page()


def content_of(drawn_map: folium.Map) -> dict[str, Any]:
    text = drawn_map.page().split('id="plan-data">')[1].split("</script>")[0]
    found: dict[str, Any] = json.loads(text)
    return found


def test_public_map_has_neither_bases_nor_loads(plan: Plan) -> None:
    few = dataclasses.replace(plan.beats[0], residents=7)
    known = dataclasses.replace(plan, beats=(few, *plan.beats[1:]))
    inside = content_of(plan_map(known, "en"))
    outside = content_of(plan_map(known, "en", "public"))
    assert inside["head"]["audience"] == "Internal use"
    assert outside["head"]["audience"] == "Public"
    assert all("base" in beat for beat in inside["beats"])
    assert not any("base" in beat for beat in outside["beats"])
    assert "Load per week" in json.dumps(inside["beats"])
    assert "Load per week" not in json.dumps(outside["beats"])
    assert ["Residents", "7"] in inside["beats"][0]["facts"]
    assert ["Residents", "under 10"] in outside["beats"][0]["facts"]
    assert not outside["about"]["warnings"]


def test_limits_of_districts_are_drawn_where_there_are_districts(plan: Plan) -> None:
    assert len(content_of(plan_map(plan))["districts"]) == 2
    none = tuple(dataclasses.replace(beat, district="") for beat in plan.beats)
    assert content_of(plan_map(dataclasses.replace(plan, beats=none)))["districts"] == []


def test_provisional_outlines_are_marked(plan: Plan, hostile: Plan) -> None:
    assert content_of(plan_map(plan, "en"))["head"]["provisional"] == ""
    assert "Provisional" in content_of(plan_map(hostile, "en"))["head"]["provisional"]


def test_a_beat_without_tour_or_figure_is_shown(plan: Plan) -> None:
    none = dataclasses.replace(
        plan.beats[0].bike,
        pass_s=None,
        deadhead_s=None,
        margin=-float("inf"),
        every_weeks=None,
        verdict="no",
        reasons=("no_bike_access",),
    )
    beats = (dataclasses.replace(plan.beats[0], bike=none), *plan.beats[1:])
    shown = content_of(plan_map(dataclasses.replace(plan, beats=beats), "en"))["beats"][0]["bike"]
    assert {shown[key] for key in ("deadhead", "bound", "margin", "cadence")} == {"\u2013"}
    assert "no tour" in shown.values()


def test_a_beat_without_polygon_is_shown(chromium: Chrome, plan: Plan, tmp_path: Path) -> None:
    shapes = (shapely.MultiPolygon(), *plan.shapes[1:])
    path = tmp_path / "map.html"
    save_map(plan_map(dataclasses.replace(plan, shapes=shapes)), path)
    show(chromium, path)
    rows(chromium)[0].click()
    assert len(rows(chromium)) == 4
    assert chromium.get_log("browser") == []  # type: ignore[no-untyped-call]


def test_map_can_be_added_to(chromium: Chrome, plan: Plan, tmp_path: Path) -> None:
    decorated = plan_map(plan)
    folium.CircleMarker((45.505, -73.495), tooltip="école").add_to(decorated)
    layers = folium.FeatureGroup("écoles").add_to(decorated)
    folium.GeoJson(shapely.Point(-73.495, 45.502), marker=folium.Circle()).add_to(layers)
    folium.LayerControl().add_to(decorated)
    save_map(decorated, tmp_path / "map.html")
    show(chromium, tmp_path / "map.html")
    assert len(rows(chromium)) == 4
    assert chromium.get_log("browser") == []  # type: ignore[no-untyped-call]
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


@pytest.mark.parametrize("name", ["map.pdf", "map", "map.htm"])
def test_other_endings_are_refused(plan: Plan, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"\.html"):
        save_map(plan_map(plan), tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("lang", "audience"), [("de", "internal"), ("fr", "secret")])
def test_unknown_words_are_refused(plan: Plan, lang: str, audience: str) -> None:
    with pytest.raises(UsageError, match=r"Choose one of"):
        plan_map(plan, lang, audience)


def test_missing_leaflet_says_to_reinstall(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = page.data_file
    monkeypatch.setattr(
        page, "data_file", lambda name: tmp_path if name.startswith("leaflet/") else real(name)
    )
    with pytest.raises(ResoGeoError, match="Reinstall"):
        plan_map(plan)


def test_neighbours_share_their_borders_and_no_colour(plan: Plan) -> None:
    number = colours(plan.shapes)
    for k, one in enumerate(plan.shapes):
        for m, two in enumerate(plan.shapes[:k]):
            if shapely.intersection(one, two).length > 1:
                assert number[k] != number[m]
    corners = []
    for polygons in draw(plan).beats:
        rings = [np.array(ring).reshape(-1, 2).cumsum(axis=0) for ring in polygons[0]]
        corners.append(shapely.Polygon(rings[0]))
    assert shapely.coverage_is_valid(corners)


@pytest.mark.parametrize("text", HOSTILE)
def test_json_holds_any_text_and_no_code(text: str) -> None:
    written = safe_json({text: [text, {"{": "{"}]})
    assert json.loads(written) == {text: [text, {"{": "{"}]}
    assert not any(sign in written for sign in ("{{", "{%", "{#", "<", ">", "&", "\u2028"))


def test_json_refuses_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        safe_json({"km": float("nan")})


def test_points_come_back_from_their_steps() -> None:
    points = np.array([[5, 5], [7, 4], [7, 4], [0, 0]])
    back = np.array(deltas(points)).reshape(-1, 2).cumsum(axis=0)
    assert back.tolist() == [[5, 5], [7, 4], [0, 0]]
    assert deltas(np.zeros((1, 2), dtype=np.int64)) == [0, 0]
    assert deltas(np.zeros((0, 2), dtype=np.int64)) == []


def test_build_refuses_another_leaflet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(__file__).resolve().parents[1] / "hatch_build.py"
    spec = importlib.util.spec_from_file_location("hatch_build", path)
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    monkeypatch.setattr(build, "_carried", lambda _: b"another file")
    hook = build.LeafletHook(str(tmp_path), {}, None, None, str(tmp_path), "wheel")
    with pytest.raises(RuntimeError, match=r"leaflet\.js .*SHA-256"):
        hook.initialize("standard", {})
    assert not (tmp_path / "data").exists()
