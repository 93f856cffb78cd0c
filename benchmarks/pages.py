"""The interactive map beside plain folium: file, building, first paint and memory.

    python benchmarks/pages.py PLAN.gpkg [--runs 3]

Plain folium is what an analyst writes: one `GeoJson` of the same streets with a colour by beat and
a tooltip, and one of the beats, on canvas. Its links give way to the map's own copy of Leaflet, so
that no network is timed. Every page is built in a process of its own, in seconds of the processor,
from a plan that is already read. Chromium opens each, and tells when its streets are painted and
what its heap holds after a collection. The exit code is 1 when a bar is missed.

Without tours, the page holds what folium's holds and more: the bar of building is held by that.
Tours, reach and the other season are measured again for each page, and shown in a row of their own.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

KINDS = ("folium", "reso_geo", "reso_geo with tours and seasons")
BARS = {"file": 1 / 5, "build": 1 / 2, "paint": 1 / 2, "memory": 2 / 3}
_LEAST_DRAWN = 5_000
_CLOCK = """
  // Leaflet draws in the first frame after the page's script; the next one finds it painted.
  document.addEventListener('DOMContentLoaded', () => requestAnimationFrame(() =>
    requestAnimationFrame(() => { window.painted = performance.now(); })));
"""
_ASK = """
  const done = arguments[0];
  const look = () => {
    if (window.painted === undefined) return setTimeout(look, 50);
    let drawn = 0;
    for (const canvas of document.querySelectorAll('canvas')) {
      const [wide, high] = [canvas.width, canvas.height];
      const inked = canvas.getContext('2d').getImageData(0, 0, wide, high).data;
      for (let i = 3; i < inked.length; i += 4) if (inked[i]) drawn += 1;
    }
    done([window.painted, drawn]);
  };
  look();
"""
_FLAGS = "--headless --no-sandbox --disable-gpu --no-first-run --enable-precise-memory-info"


def build(kind: str, plan_path: Path, out: Path) -> float:
    """Build one page, and give the seconds of the processor without reading and importing."""
    from reso_geo.maps import Showing, draw_plans, save_map  # noqa: PLC0415 - timed apart
    from reso_geo.plan_file import load_plan  # noqa: PLC0415 - timed apart

    plan = load_plan(plan_path)
    if kind == "folium":
        return _folium(plan_path, out)
    import folium  # noqa: F401, PLC0415 - so that neither side pays for the import

    begun = time.process_time()
    save_map(draw_plans((plan,), Showing(more=kind != "reso_geo")), out)
    return time.process_time() - begun


def _folium(plan_path: Path, out: Path) -> float:
    import folium  # noqa: PLC0415 - timed apart
    import geopandas as gpd  # noqa: PLC0415 - timed apart

    streets = gpd.read_file(plan_path, layer="segments")
    beats = gpd.read_file(plan_path, layer="beats").to_crs(4326)
    held = streets["required"].astype(bool) & streets["beat_id"].notna()
    begun = time.process_time()
    lines = streets.loc[held, ["name", "beat_id", "geometry"]].to_crs(4326)
    lines["name"] = lines["name"].fillna("")
    palette = ("#b85078", "#5098e8", "#404808", "#909808", "#1010f0", "#681058")
    colour = {beat: palette[k % 6] for k, beat in enumerate(beats["beat_id"])}
    west, south, east, north = beats.total_bounds
    drawn = folium.Map(((south + north) / 2, (west + east) / 2), tiles=None, prefer_canvas=True)
    folium.GeoJson(
        beats[["beat_id", "name", "geometry"]],
        style_function=lambda f: {"fillColor": colour[f["properties"]["beat_id"]], "weight": 1},
        tooltip=folium.GeoJsonTooltip(["beat_id", "name"]),
    ).add_to(drawn)
    folium.GeoJson(
        lines,
        style_function=lambda f: {"color": colour[f["properties"]["beat_id"]], "weight": 2},
        tooltip=folium.GeoJsonTooltip(["name", "beat_id"]),
    ).add_to(drawn)
    drawn.fit_bounds([[south, west], [north, east]])
    page = drawn.get_root().render()
    spent = time.process_time() - begun
    out.write_text(_offline(page), encoding="utf-8")
    return spent


def _offline(page: str) -> str:
    """Put Leaflet into folium's page in place of its links; this page needs no other of them."""
    from reso_geo.atomic_files import data_file  # noqa: PLC0415 - timed apart

    kept = [line for line in page.splitlines() if "https://" not in line or "<script>" in line]
    code = data_file("leaflet/leaflet.js").read_text(encoding="utf-8").split("//# source")[0]
    style = data_file("leaflet/leaflet.css").read_text(encoding="utf-8")
    head = f"<head><script>{code}</script><style>{style}</style>"
    return "\n".join(kept).replace("<head>", head, 1)


def browse(page: Path) -> tuple[float, float]:
    """Open a page: seconds until its streets are painted, megabytes of its heap."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*_FLAGS.split(), "--window-size=1280,800"):
        options.add_argument(flag)
    window = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        window.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _CLOCK})
        window.get(page.as_uri())
        painted, drawn = window.execute_async_script(_ASK)
        window.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
        heap = window.execute_cdp_cmd("Runtime.getHeapUsage", {})
        if drawn < _LEAST_DRAWN:
            message = f"{page.name} has drawn next to nothing"
            raise RuntimeError(message)
        return float(painted) / 1000.0, float(heap["usedSize"]) / 1e6
    finally:
        window.quit()


def measure(plan_path: Path, runs: int) -> dict[str, dict[str, float]]:
    """Measure every kind of page, the kinds in turn so that a busy machine is busy for all."""
    found: dict[str, dict[str, list[float]]] = {kind: {what: [] for what in BARS} for kind in KINDS}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(runs):
            for kind in KINDS:
                page = Path(folder) / "page.html"
                told = subprocess.run(  # noqa: S603 - this very file
                    [sys.executable, __file__, str(plan_path), "--build", kind, "--to", str(page)],
                    check=True,
                    capture_output=True,
                    text=True,
                )
                paint_s, heap_mb = browse(page)
                figures = {
                    "file": page.stat().st_size / 1e6,
                    "build": float(json.loads(told.stdout)),
                    "paint": paint_s,
                    "memory": heap_mb,
                }
                for what, figure in figures.items():
                    found[kind][what].append(figure)
    return {
        kind: {what: statistics.median(each) for what, each in figures.items()}
        for kind, figures in found.items()
    }


def main() -> int:
    """Print the table, and say which bars are missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("plan", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--build", choices=KINDS, help=argparse.SUPPRESS)
    parser.add_argument("--to", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.build:
        print(json.dumps(build(asked.build, asked.plan, asked.to)))
        return 0
    found = measure(asked.plan, asked.runs)
    print(f"{'':34}{'file MB':>9}{'build s':>9}{'paint s':>9}{'heap MB':>9}")
    for kind, figures in found.items():
        print(f"{kind:34}" + "".join(f"{figures[what]:9.2f}" for what in BARS))
    missed = []
    for what, bar in BARS.items():
        ratio = found["reso_geo"][what] / found["folium"][what]
        if what != "build":
            ratio = max(ratio, found[KINDS[2]][what] / found["folium"][what])
        missed += [what] if ratio > bar else []
        print(
            f"{what}: {ratio:.2f} of folium's, bar {bar:.2f} {'missed' if ratio > bar else 'held'}"
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
