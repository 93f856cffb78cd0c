"""The tour of a beat as files: every street of it, in loops from the base, for whoever follows."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely
from drawing import draw, load
from pyproj import Geod, Transformer

from reso_geo import CutRequest, Plan, PlanRequest, load_plan, make_plan, save_plan
from reso_geo.errors import InfeasibleError, OutputError, UsageError
from reso_geo.i18n import duration
from reso_geo.plan.tours import bearings
from reso_geo.routes import Route, plan_route, save_route
from reso_geo.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

NS = {"g": "http://www.topografix.com/GPX/1/1"}
# Every element of GPX 1.1 that a route uses, with its children in the order of the schema.
CHILDREN = {
    "gpx": ("metadata", "wpt", "rte", "trk", "extensions"),
    "metadata": ("name", "desc", "author", "copyright", "link", "time", "keywords", "bounds"),
    "copyright": ("year", "license"),
    "rte": ("name", "cmt", "desc", "src", "link", "number", "type", "extensions", "rtept"),
    "trk": ("name", "cmt", "desc", "src", "link", "number", "type", "extensions", "trkseg"),
    "trkseg": ("trkpt", "extensions"),
    **dict.fromkeys(
        ("wpt", "rtept", "trkpt"),
        ("ele", "time", "magvar", "geoidheight", "name", "cmt", "desc", "src", "link", "type"),
    ),
}  # fmt: skip
MANY = {"trkpt", "rtept", "wpt", "rte", "trk", "trkseg", "link"}
FIVE_STREETS = """
A--B--C
|  |  |
D--E--F
"""
ONLY = "DRA-01"
"""The beat of a drawing cut into one."""


def plan_of(drawn: str, tags: Mapping[str, Mapping[str, str]] | None = None) -> Plan:
    """Cut a drawing into one beat."""
    request = PlanRequest(CutRequest(officers=1))
    return make_plan(
        load(draw(drawn, tags, step_m=100.0)), settings=load_settings(), request=request
    )


def required(plan: Plan, route: Route) -> NDArray[np.int64]:
    beat = plan.partition.beat_id.index(route.beat_id)
    return np.flatnonzero((plan.partition.beat_of == beat) & plan.network.required)


def gpx(route: Route, folder: Path, lang: str = "fr") -> ET.Element:
    save_route(route, folder / "r.gpx", lang)
    return ET.parse(folder / "r.gpx").getroot()  # noqa: S314 - what was just written


def geojson(route: Route, folder: Path, lang: str = "fr") -> dict[str, list[dict[str, dict]]]:
    save_route(route, folder / "r.geojson", lang)
    return json.loads((folder / "r.geojson").read_text(encoding="utf-8"))


def spots(elements: list[ET.Element]) -> NDArray[np.float64]:
    return np.array([(float(e.attrib["lon"]), float(e.attrib["lat"])) for e in elements])


def check_covered(plan: Plan, route: Route, lines: list[NDArray[np.float64]]) -> None:
    """Check on the ground that lines in degrees run along every street to cover."""
    to_metres = Transformer.from_crs("EPSG:4326", plan.network.crs, always_xy=True).transform
    passed = shapely.MultiLineString(
        [np.column_stack(to_metres(line[:, 0], line[:, 1])) for line in lines]
    ).buffer(0.05)
    streets = plan.network.geometry[required(plan, route)]
    left_m = shapely.length(shapely.difference(streets, passed))
    assert left_m.max() == 0.0
    assert shapely.length(streets).sum() > 1000.0


@pytest.mark.parametrize("mode", ["walk", "ride"])
def test_the_tracks_read_back_run_along_every_street_to_cover_and_return_to_the_base(
    mode: str, sample_plan: Plan, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    route: Route = request.getfixturevalue(mode)
    root = gpx(route, tmp_path)
    tracks = [spots(t.findall("g:trkseg/g:trkpt", NS)) for t in root.findall("g:trk", NS)]
    assert len(tracks) == len(route.loops) > 1
    check_covered(sample_plan, route, tracks)
    base = spots(root.findall("g:wpt", NS))
    assert len(base) == 1
    for track in tracks:
        assert (track[[0, -1]] == base).all()
    network = sample_plan.network
    at = network.node_xy[sample_plan.partition.base[0]]
    back = Transformer.from_crs("EPSG:4326", network.crs, always_xy=True).transform(*base[0])
    assert np.hypot(*(at - back)) < 0.05


@pytest.mark.parametrize("mode", ["walk", "ride"])
def test_the_legs_read_back_cover_every_street_once_and_hang_together(
    mode: str, sample_plan: Plan, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    route: Route = request.getfixturevalue(mode)
    answer = geojson(route, tmp_path)
    base, *legs = answer["features"]
    assert base["geometry"] == {"type": "Point", "coordinates": list(route.base)}
    lines = [np.array(leg["geometry"]["coordinates"]) for leg in legs]
    patrols = [k for k, leg in enumerate(legs) if leg["properties"]["kind"] == "patrol"]
    check_covered(sample_plan, route, [lines[k] for k in patrols])
    # Covered once: as many metres as there are streets.
    metres = sum(legs[k]["properties"]["length_m"] for k in patrols)
    assert metres == pytest.approx(sample_plan.network.length_m[required(sample_plan, route)].sum())
    geod = Geod(ellps="WGS84")
    places = [(leg["properties"]["loop"], leg["properties"]["leg"]) for leg in legs]
    assert places == sorted(set(places))
    clock = 0.0
    for k, leg in enumerate(legs):
        p = leg["properties"]
        assert geod.line_length(*lines[k].T) == pytest.approx(p["length_m"], rel=1e-3, abs=0.1)
        if p["leg"] == 1:
            clock = 0.0
            assert lines[k][0].tolist() == list(route.base)
            assert k == 0 or lines[k - 1][-1].tolist() == list(route.base)
        else:
            assert lines[k][0].tolist() == lines[k - 1][-1].tolist()
        assert p["from_s"] == pytest.approx(clock)
        clock += p["seconds"]
    assert lines[-1][-1].tolist() == list(route.base)


def test_times_are_those_of_the_tour_with_talks_and_each_loop_fits_a_shift(
    sample_plan: Plan, walk: Route
) -> None:
    settings, times = sample_plan.settings, sample_plan.times
    talked_min = settings.contacts_per_patrol_h.central * settings.contact_min.central
    talk = 60.0 / (60.0 - talked_min)
    for loop in walk.loops:
        assert loop.seconds <= 8 * 3600 * 0.45
        by_hand = sum(
            (times.foot_patrol_s if leg.kind == "patrol" else times.foot_s)[leg.segments].sum()
            for leg in loop.legs
        )
        assert loop.seconds == pytest.approx(by_hand * talk, abs=0.5)
    least = sample_plan.beats[0].foot.pass_s * talk
    # Loops walk what the tour does, and besides from the base to their first street and home again.
    there_and_back = 0.0
    for loop in walk.loops:
        for legs in (loop.legs, loop.legs[::-1]):
            way = itertools.takewhile(lambda leg: leg.kind == "transit", legs)
            there_and_back += sum(leg.seconds for leg in way)
    whole = sum(loop.seconds for loop in walk.loops)
    assert least * (1 - 1e-9) <= whole <= least * (1 + 1e-9) + there_and_back


def test_a_leg_is_one_street_moved_in_one_way(sample_plan: Plan, ride: Route) -> None:
    network = sample_plan.network
    for loop in ride.loops:
        for leg in loop.legs:
            assert {network.name[s] or network.ref[s] for s in leg.segments} == {leg.street}
        for one, two in zip(loop.legs, loop.legs[1:], strict=False):
            assert (one.street, one.kind, one.how) != (two.street, two.kind, two.how)


def test_a_bike_is_pushed_against_a_one_way_and_ridden_along_it() -> None:
    plan = plan_of("A--B--C", {"AB": {"highway": "residential", "name": "AB", "oneway": "yes"}})
    legs = [leg for loop in plan_route(plan, ONLY, "bike").loops for leg in loop.legs]
    on_ab = {(leg.how, leg.line[-1][0] > leg.line[0][0]) for leg in legs if leg.street == "AB"}
    assert on_ab == {("ride", True), ("push", False)}


def test_bearings_point_where_a_street_leaves_and_arrives() -> None:
    network = load(draw("A-B\n  |\n  C", {"ABC": {"highway": "residential"}}, step_m=100.0))
    ((leave, arrive),) = np.degrees(bearings(network))
    turned = network.node_id[network.u[0]] == ord("C")
    wanted = (90.0, 180.0) if turned else (0.0, -90.0)
    assert (leave, abs(arrive)) == pytest.approx((wanted[0], abs(wanted[1])), abs=0.5)


def test_gpx_keeps_to_its_schema(walk: Route, tmp_path: Path) -> None:
    root = gpx(walk, tmp_path)
    assert root.attrib["version"] == "1.1"
    assert root.attrib["creator"]
    for element in root.iter():
        assert element.tag.startswith(f"{{{NS['g']}}}")
        tags = [child.tag.rpartition("}")[2] for child in element]
        allowed = CHILDREN.get(element.tag.rpartition("}")[2], ())
        assert tags == sorted(tags, key=allowed.index)
        assert len({t for t in tags if t not in MANY}) == len([t for t in tags if t not in MANY])
    for element in root.iter(f"{{{NS['g']}}}rtept"):
        lon, lat = float(element.attrib["lon"]), float(element.attrib["lat"])
        assert -73.0 < lon < -72.0
        assert 45.0 < lat < 46.0
    time = root.findtext("g:metadata/g:time", namespaces=NS)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", time or "")
    rights = root.find("g:metadata/g:copyright", NS)
    assert rights is not None
    assert rights.attrib == {"author": "OpenStreetMap contributors"}
    assert "odbl" in (rights.findtext("g:license", namespaces=NS) or "")
    bounds = root.find("g:metadata/g:bounds", NS)
    assert bounds is not None
    track = spots(root.findall(".//g:trkpt", NS))
    assert [float(bounds.attrib[k]) for k in ("minlon", "minlat", "maxlon", "maxlat")] == [
        *track.min(axis=0), *track.max(axis=0)
    ]  # fmt: skip


@pytest.mark.parametrize(("lang", "cover"), [("fr", "Couvrir"), ("en", "Cover")])
def test_a_route_says_street_by_street_what_to_do(
    walk: Route, tmp_path: Path, lang: str, cover: str
) -> None:
    root = gpx(walk, tmp_path, lang)
    for loop, rte in zip(walk.loops, root.findall("g:rte", NS), strict=True):
        *points, end = rte.findall("g:rtept", NS)
        assert len(points) == len(loop.legs)
        for leg, point in zip(loop.legs, points, strict=True):
            told = point.findtext("g:desc", namespaces=NS) or ""
            assert leg.street in told
            assert told.startswith(cover) == (leg.kind == "patrol")
        assert spots([end]).tolist() == [list(walk.base)]
        assert duration(lang, loop.seconds) in (rte.findtext("g:desc", namespaces=NS) or "")
    told = root.findtext("g:metadata/g:desc", namespaces=NS) or ""
    assert told.startswith({"fr": "Usage interne", "en": "Internal use"}[lang])
    assert {"fr": "Minutes par rencontre", "en": "Minutes per contact"}[lang] in told
    answer = geojson(walk, tmp_path, lang)
    assert answer["description"] == told
    assert {f["properties"]["audience"] for f in answer["features"]} == {"internal"}
    assert "OpenStreetMap" in str(answer["attribution"])


HOSTILE = [
    "</name><script>alert(1)</script>",
    "a & b ]]> <!-- \"'",
    "one\x00two\x0bthree\ufffe\u202eend",
    "{beat} {0} %s",
    "\ud800lone",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_text_whatever_they_hold(name: str, tmp_path: Path) -> None:
    plan = plan_of(FIVE_STREETS)
    network = replace(plan.network, name=np.full(len(plan.network), name, dtype=object))
    beats = (replace(plan.beats[0], name=name),)
    route = plan_route(replace(plan, network=network, beats=beats), ONLY)
    root = gpx(route, tmp_path)
    (point, *_) = root.findall(".//g:rtept", NS)
    shown = point.findtext("g:name", namespaces=NS) or ""
    kept = [sign for sign in name if sign.isprintable()]
    assert shown.replace(" ", "") == "".join(kept).replace(" ", "")
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe]", shown)
    answer = geojson(route, tmp_path)
    assert answer["features"][1]["properties"]["street"] == shown
    assert shown in str(answer["name"])


def test_the_same_plan_gives_the_same_bytes(sample_plan: Plan, walk: Route, tmp_path: Path) -> None:
    save_plan(sample_plan, tmp_path / "plan.gpkg")
    again = plan_route(load_plan(tmp_path / "plan.gpkg"), walk.beat_id)
    for ending in ("gpx", "geojson"):
        save_route(walk, tmp_path / f"1.{ending}")
        save_route(again, tmp_path / f"2.{ending}")
        one, two = ((tmp_path / f"{k}.{ending}").read_bytes() for k in (1, 2))
        assert one == two


def test_a_plan_without_a_date_or_with_generalised_outlines_is_written_as_such(
    walk: Route, tmp_path: Path
) -> None:
    root = gpx(replace(walk, created="", unsettled=("draft", "provisional")), tmp_path)
    assert root.find("g:metadata/g:time", NS) is None
    said = root.findtext("g:metadata/g:desc", namespaces=NS) or ""
    assert "Brouillon" in said
    assert "provisoires" in said
    root = gpx(replace(walk, created="2024-05-06T01:00:00+02:00"), tmp_path)
    assert root.findtext("g:metadata/g:time", namespaces=NS) == "2024-05-05T23:00:00Z"


# What stands in the way.


def test_streets_apart_have_loops_of_their_own_and_a_warning(tmp_path: Path) -> None:
    plan = plan_of(FIVE_STREETS + "\n\nG--H--I\n|  |  |\nJ--K--L")
    route = plan_route(plan, ONLY)
    there = [route.starts_at_base(loop) for loop in route.loops]
    assert there == [True, False]
    assert "1" in str(route.warnings[0])
    root = gpx(route, tmp_path)
    tracks = [spots(t.findall("g:trkseg/g:trkpt", NS)) for t in root.findall("g:trk", NS)]
    check_covered(plan, route, tracks)
    starts = spots(root.findall("g:wpt", NS))
    assert [track[0].tolist() for track in tracks] == starts.tolist()
    assert [track[-1].tolist() for track in tracks] == starts.tolist()


def test_streets_closed_to_the_bike_are_left_out_and_said() -> None:
    plan = plan_of("A--B--C")
    times = replace(
        plan.times,
        **{
            f"bike_{what}_s": np.where(plan.network.name == "BC", np.inf, 60.0)
            for what in ("forward", "backward", "patrol_forward", "patrol_backward")
        },
    )
    route = plan_route(replace(plan, times=times), ONLY, "bike")
    assert {leg.street for loop in route.loops for leg in loop.legs} == {"AB"}
    assert "1" in str(route.warnings[0])


def test_a_ride_that_does_not_exist_is_infeasible_and_says_so() -> None:
    plan = plan_of("A--B--C")
    closed = np.full(len(plan.network), np.inf)
    times = replace(plan.times, bike_backward_s=closed, bike_patrol_backward_s=closed)
    with pytest.raises(InfeasibleError, match="legal tour by bike"):
        plan_route(replace(plan, times=times), ONLY, "bike")


def test_a_beat_that_the_mode_may_not_enter_is_infeasible() -> None:
    plan = plan_of(FIVE_STREETS)
    closed = np.full(len(plan.network), np.inf)
    times = replace(
        plan.times, bike_forward_s=closed, bike_backward_s=closed,
        bike_patrol_forward_s=closed, bike_patrol_backward_s=closed,
    )  # fmt: skip
    with pytest.raises(InfeasibleError, match="No street"):
        plan_route(replace(plan, times=times), ONLY, "bike")


def test_a_bike_in_winter_without_a_cleared_network_is_pushed_all_the_way() -> None:
    request = PlanRequest(CutRequest(officers=1), season="winter")
    plan = make_plan(
        load(draw(FIVE_STREETS, step_m=100.0)), settings=load_settings(), request=request
    )
    route = plan_route(plan, ONLY, "bike")
    assert {leg.how for loop in route.loops for leg in loop.legs} == {"push"}
    assert "pushed all the way" in " ".join(map(str, route.warnings))


def test_a_street_longer_than_a_shift_is_a_loop_of_its_own_and_said(tmp_path: Path) -> None:
    settings = tmp_path / "short.toml"
    settings.write_text("[shift_h]\nlow = 0.05\ncentral = 0.05\nhigh = 0.05\n", encoding="utf-8")
    drawn = load(draw("A--B--C\n|  |\nD--E", step_m=200.0))
    plan = make_plan(
        drawn, settings=load_settings(settings), request=PlanRequest(CutRequest(officers=1))
    )
    route = plan_route(plan, ONLY)
    assert len(route.loops) == len(required(plan, route))
    assert "Longer than the patrol" in " ".join(map(str, route.warnings))


def test_an_unknown_beat_mode_ending_or_audience_is_refused(
    sample_plan: Plan, walk: Route, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r'"VDE-O1".*VDE-01'):
        plan_route(sample_plan, "VDE-O1")
    with pytest.raises(UsageError, match="foot, bike"):
        plan_route(sample_plan, walk.beat_id, "car")
    with pytest.raises(UsageError, match=r"\.gpx, \.geojson"):
        save_route(walk, tmp_path / "r.kml")
    with pytest.raises(UsageError, match="not shown to the public"):
        save_route(walk, tmp_path / "r.gpx", audience="public")
    with pytest.raises(UsageError, match="everybody"):
        save_route(walk, tmp_path / "r.gpx", audience="everybody")
    with pytest.raises(UsageError, match="fr, en"):
        save_route(walk, tmp_path / "r.gpx", "de")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"r\.gpx"):
        save_route(walk, tmp_path / "file" / "r.gpx")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
