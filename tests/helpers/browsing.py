"""One browser for the tests of pages: it reports its console and every request."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

QUIET = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --force-prefers-reduced-motion "
    "--window-size=1280,800"
)
_MOST_WAIT_S = 60.0


@contextmanager
def browser(profile: Path) -> Iterator[Chrome]:
    """Start Chromium; the test is skipped where it is absent."""
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if binary is None or driver is None:
        pytest.skip("needs Debian's chromium and chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in (*QUIET.split(), f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    window = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield window
    finally:
        window.quit()


def show(window: Chrome, path: Path) -> None:
    """Open a page, with the logs of the one before thrown away."""
    window.get("about:blank")
    for log in ("browser", "performance"):
        window.get_log(log)  # type: ignore[no-untyped-call]
    window.get(path.as_uri())
    # On a busy machine the driver comes back before the page stands.
    there = (
        "return document.readyState === 'complete' && location.href.split('#')[0] === arguments[0]"
    )
    WebDriverWait(window, _MOST_WAIT_S).until(lambda w: w.execute_script(there, path.as_uri()))


def complaints(window: Chrome) -> list[object]:
    """Return what the console holds."""
    found: list[object] = window.get_log("browser")  # type: ignore[no-untyped-call]
    return found


def requests_of(window: Chrome) -> set[str]:
    """List what the page asked for, itself included, what it carries in itself not."""
    logged = [json.loads(entry["message"])["message"] for entry in window.get_log("performance")]  # type: ignore[no-untyped-call]
    return {
        message["params"]["request"]["url"]
        for message in logged
        if message["method"] == "Network.requestWillBeSent"
        and not message["params"]["request"]["url"].startswith("data:")
    }


def one(window: Chrome, selector: str) -> WebElement:
    return window.find_element(By.CSS_SELECTOR, selector)


def texts(window: Chrome, selector: str) -> list[str]:
    """Return the text of every such element, hidden ones too."""
    found: list[str] = window.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector
    )
    return found


def press(window: Chrome, selector: str) -> None:
    """Click as a person does, wherever the page is scrolled to."""
    window.execute_script(
        "const e = document.querySelector(arguments[0]);"
        "e.scrollIntoView({block: 'center'}); e.focus(); e.click()",
        selector,
    )


def enter(window: Chrome, selector: str, value: str) -> None:
    """Put a value into a control, as typing or sliding does."""
    window.execute_script(
        "const e = document.querySelector(arguments[0]); e.value = arguments[1];"
        "e.dispatchEvent(new Event(e.tagName === 'SELECT' ? 'change' : 'input'))",
        selector,
        value,
    )


def click_beat(window: Chrome, beat: int, zoom: int = 16) -> None:
    """Click beside the label of a beat on the map, as a mouse does."""
    window.execute_script(
        "const at = JSON.parse(document.getElementById('plan-data').textContent);"
        "const [x, y] = at.states[0].beats[arguments[0]].label;"
        "const spot = [(at.origin[1] + y) / 1e6, (at.origin[0] + x) / 1e6];"
        "map_plan.setView(spot, arguments[1], {animate: false});"
        "const box = map_plan.getContainer().getBoundingClientRect();"
        "const where = {bubbles: true, clientX: box.x + box.width / 2 + 9,"
        " clientY: box.y + box.height / 2 + 25};"
        "const canvas = document.querySelector('.leaflet-overlay-pane canvas');"
        "for (const kind of ['mousemove', 'mousedown', 'mouseup', 'click'])"
        " canvas.dispatchEvent(new MouseEvent(kind, where));",
        beat,
        zoom,
    )


@contextmanager
def screen(window: Chrome, wide: int) -> Iterator[None]:
    """Show the page on a screen of some width, a telephone's under 700 pixels."""
    size = {"width": wide, "height": 844, "deviceScaleFactor": 1, "mobile": wide < 700}
    window.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        window.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})  # type: ignore[no-untyped-call]


def told(window: Chrome, what: str) -> str:
    """Return what the map says of itself."""
    return one(window, "#map_plan").get_attribute(f"data-{what}") or ""


def inks(window: Chrome) -> dict[str, int]:
    """Count the pixels of each strong colour that the map's main canvas has drawn."""
    found: dict[str, int] = window.execute_script(
        "const c = document.querySelector('.leaflet-overlay-pane canvas');"
        "const copy = document.createElement('canvas');"
        "[copy.width, copy.height] = [c.width, c.height];"
        "const pen = copy.getContext('2d', {willReadFrequently: true}); pen.drawImage(c, 0, 0);"
        "const d = pen.getImageData(0, 0, c.width, c.height).data; const n = {};"
        "for (let i = 0; i < d.length; i += 4) if (d[i + 3] === 255) {"
        " const h = '#' + [0, 1, 2].map(k => d[i + k].toString(16).padStart(2, '0')).join('');"
        " n[h] = (n[h] || 0) + 1; } return n;"
    )
    return found
