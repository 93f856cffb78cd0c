"""What a public function does not take is refused in one sentence that names the argument."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely

from reso_geo import (
    Plan,
    RebalanceRequest,
    ResoGeoError,
    StreetNetwork,
    assess,
    check_plan,
    load_network,
    load_plan,
    load_settings,
    make_plan,
    plan_from_beats,
    plan_map,
    plan_report,
    posts_needed,
    read_boundary,
    read_edited_plan,
    rebalance_plan,
    save_map,
    save_plan,
    sector_in,
)
from reso_geo.growth import frontier, grow
from reso_geo.io import (
    clear_streets,
    count_per_segment,
    place_elevations,
    place_population,
    read_population,
    save_check,
    save_picture,
    save_reach,
    save_route,
    save_sheet,
    write_template,
)
from reso_geo.maps import ladder_map, overview_png
from reso_geo.plan import cover_absence
from reso_geo.routes import plan_route

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def refusals(n: Any, p: Any, d: Path) -> dict[str, tuple[Callable[[], object], str]]:  # noqa: ANN401
    """Return calls with a network, its plan and a folder, and what their refusal says."""
    return {
        # paths
        "load_plan": (lambda: load_plan(None), "path: NoneType"),  # type: ignore[arg-type]
        "save_plan": (lambda: save_plan(p, 5), "path: int"),  # type: ignore[arg-type]
        "save_map": (lambda: save_map(plan_map(p), 5), "path: int"),  # type: ignore[arg-type]
        "plan_report": (lambda: plan_report(p, 5), "path: int"),  # type: ignore[arg-type]
        "check_plan": (lambda: check_plan(5), "path: int"),  # type: ignore[arg-type]
        "read_edited_plan": (lambda: read_edited_plan(5), "path: int"),  # type: ignore[arg-type]
        "save_picture": (lambda: save_picture(p, b"a.png"), "path: bytes"),  # type: ignore[arg-type]
        "write_template": (lambda: write_template("seats", 5, "fr"), "path: int"),  # type: ignore[arg-type]
        "a plan in .txt": (lambda: save_plan(p, d / "p.txt"), ".gpkg"),
        # plans and what comes from elsewhere
        "save_plan of a text": (lambda: save_plan("x", d / "p.gpkg"), "plan: str"),  # type: ignore[arg-type]
        "plan_map of a text": (lambda: plan_map("x"), "make_plan or load_plan"),  # type: ignore[arg-type]
        "compare": (lambda: plan_map(p, compare="x"), "compare: str"),  # type: ignore[arg-type]
        "plan_report of a text": (lambda: plan_report("x", d / "p.csv"), "plan: str"),  # type: ignore[arg-type]
        "save_picture of a text": (lambda: save_picture("x", d / "p.png"), "plan: str"),  # type: ignore[arg-type]
        "save_map of a plan": (lambda: save_map(p, d / "p.html"), "plan_map"),  # type: ignore[arg-type]
        "save_check": (lambda: save_check(p, d / "p.gpkg"), "check: Plan"),  # type: ignore[arg-type]
        "save_reach": (lambda: save_reach(p, d / "p.gpkg"), "found: Plan"),  # type: ignore[arg-type]
        "save_sheet": (lambda: save_sheet(p, d / "p.md"), "found: Plan"),  # type: ignore[arg-type]
        "save_route": (lambda: save_route(p, d / "p.gpx"), "route: Plan"),  # type: ignore[arg-type]
        "cover_absence": (lambda: cover_absence("x", "y"), "plan: str"),  # type: ignore[arg-type]
        "assess a plan": (lambda: assess(p), "Plan.beat"),  # type: ignore[arg-type]
        "assess an id": (lambda: assess("OSM-01"), "sector: str"),  # type: ignore[arg-type]
        "assess a beat": (lambda: assess(p.beats[0]), "sector: Beat"),
        "assess by nothing": (
            lambda: assess(p.beat(p.beats[0].beat_id), request=5),  # type: ignore[arg-type]
            "request: int",
        ),
        "a beat by number": (lambda: p.beat(0), "beat_id: int"),
        "no request": (lambda: rebalance_plan(p), "officers=6"),
        "a number for a request": (lambda: rebalance_plan(p, 6), "request: int"),  # type: ignore[arg-type]
        "two requests": (
            lambda: rebalance_plan(p, RebalanceRequest(4), officers=5),
            "officers",
        ),
        "no plan to rebalance": (lambda: rebalance_plan(5, officers=3), "edited: int"),  # type: ignore[arg-type]
        "plan_route": (lambda: plan_route("x", "y"), "plan: str"),
        "grow": (lambda: grow("x", [4]), "start: str"),
        "frontier": (lambda: frontier("x", RebalanceRequest(4)), "edited: str"),
        "ladder_map": (lambda: ladder_map(["x"]), "plans: str"),
        "overview_png": (lambda: overview_png("x"), "plan: str"),
        # streets, settings, boundaries
        "place_elevations": (lambda: place_elevations("x", d), "network: str"),
        "clear_streets": (lambda: clear_streets("x", d, load_settings().streets), "network: str"),
        "sector_in": (lambda: sector_in("x"), "load_network"),  # type: ignore[arg-type]
        "sector_in settings": (lambda: sector_in(n, 3.8), "settings: float"),  # type: ignore[arg-type]
        "sector_in name": (lambda: sector_in(n, name=3), "name: int"),  # type: ignore[arg-type]
        "posts_needed": (lambda: posts_needed("x"), "load_network"),  # type: ignore[arg-type]
        "place_population": (lambda: place_population("x", None), "network: str"),  # type: ignore[arg-type]
        "count_per_segment": (lambda: count_per_segment("x", None), "network: str"),  # type: ignore[arg-type]
        "count_per_segment weeks": (
            lambda: count_per_segment(n, pd.DataFrame(), "x"),  # type: ignore[arg-type]
            "x weeks",
        ),
        "read_population": (lambda: read_population("a.csv", column=5), "column: int"),  # type: ignore[arg-type]
        "load_settings number": (lambda: load_settings(3.8), "foot_patrol_kmh=4.0"),  # type: ignore[arg-type]
        "load_settings dict": (lambda: load_settings({"a": 1}), "path: dict"),  # type: ignore[arg-type]
        "load_network settings": (lambda: load_network("x", settings=5), "settings: int"),  # type: ignore[arg-type]
        "load_network progress": (lambda: load_network("x", progress=5), "progress: int"),  # type: ignore[arg-type]
        "to_gdfs": (lambda: n.to_gdfs(crs=None), "EPSG:4326"),
        "plot": (lambda: p.plot(ax="x"), "ax: str"),
        # making plans
        "lock a number": (lambda: make_plan(n, officers=3, lock=5), "lock: int"),  # type: ignore[arg-type]
        "lock without a plan": (lambda: make_plan(n, officers=3, lock="A"), "earlier="),
        "earlier": (lambda: make_plan(n, officers=3, earlier="x"), "earlier: str"),  # type: ignore[arg-type]
        "settings": (lambda: make_plan(n, officers=3, settings=5), "settings: int"),  # type: ignore[arg-type]
        "progress": (lambda: make_plan(n, officers=3, progress="x"), "progress: str"),  # type: ignore[arg-type]
        "a Series of other people": (
            lambda: make_plan(n, officers=3, people=pd.Series([1.0, 2.0])),  # type: ignore[arg-type]
            "segment_id",
        ),
        "a boundary elsewhere": (
            lambda: make_plan(n, officers=3, boundary=shapely.box(0, 0, 1, 1)),
            "around 0.50, 0.50",
        ),
        "beats elsewhere": (
            lambda: plan_from_beats(n, p.beats_gdf(), boundary=shapely.box(0, 0, 1, 1)),
            "around 0.50, 0.50",
        ),
        "id of beats": (lambda: plan_from_beats(n, p.beats_gdf(), id=5), "id: int"),  # type: ignore[arg-type]
        "posts of beats": (lambda: plan_from_beats(n, p.beats_gdf(), posts=1.5), "1.5"),  # type: ignore[arg-type]
        "a list of posts": (
            lambda: plan_from_beats(n, p.beats_gdf(), posts=[1]),
            "posts: list",
        ),  # type: ignore[arg-type]
        "posts of no beat": (
            lambda: plan_from_beats(n, p.beats_gdf(), posts={"X": 2}),
            "posts names",
        ),
        "too many posts": (
            lambda: plan_from_beats(n, p.beats_gdf(), posts=10**6),
            "for 82 streets",
        ),
        "anchors": (lambda: make_plan(n, officers=3, anchors=5), "anchors: int"),
        "bases": (lambda: sector_in(n, bases=[1]), "bases: list"),
        "counts": (lambda: posts_needed(n, counts={}), "counts: dict"),
        "people": (lambda: make_plan(n, officers=3, people=5), "people: int"),
        # figures
        "a text for a figure": (
            lambda: load_settings(foot_patrol_kmh="3.8"),  # type: ignore[arg-type]
            "foot_patrol_kmh: '3.8'",
        ),
        "two figures": (lambda: load_settings(foot_patrol_kmh=(1, 2)), "all three"),  # type: ignore[arg-type]
        "a figure for a table": (lambda: load_settings(cadence=3), "cadence is a mapping"),  # type: ignore[arg-type]
        "a text in a table": (
            lambda: load_settings(cadence={"residential": "x"}),  # type: ignore[dict-item]
            'cadence={"residential": 4.0}',
        ),
        "a boundary of nothing": (lambda: read_boundary(5), "int"),  # type: ignore[arg-type]
    }


def test_every_function_refuses_the_wrong_kind_in_one_sentence(
    network: StreetNetwork, plan: Plan, tmp_path: Path
) -> None:
    wrong = {}
    for name, (call, said) in refusals(network, plan, tmp_path).items():
        with pytest.raises(ResoGeoError) as caught:
            call()
        sentences = [caught.value.message.say(lang) for lang in ("fr", "en")]
        if said not in sentences[1] or any("--" in each or "\n" in each for each in sentences):
            wrong[name] = sentences
    assert wrong == {}
    assert list(tmp_path.iterdir()) == []


def test_settings_take_three_figures_of_an_array() -> None:
    own = load_settings(foot_patrol_kmh=np.array([3.0, 4.0, 5.0]))  # type: ignore[arg-type]
    assert own.foot_patrol_kmh.low == 3.0
