"""Whole plans on drawn streets: cases that a rule alone does not show."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from drawing import Street, bare, degrees, draw, load
from plans import town_streets

from reso_geo import CutRequest, Plan, PlanRequest, make_plan
from reso_geo.assess import judge, needs_of
from reso_geo.boundaries import Boundary
from reso_geo.cli import main
from reso_geo.coverage import cover, travel_graph
from reso_geo.errors import BoundaryError, UsageError
from reso_geo.osm import NO_WAY
from reso_geo.travel import travel_times
from reso_geo.workload import measure_load

if TYPE_CHECKING:
    from pathlib import Path

    from drawing import Drawing

    from reso_geo.settings import PatrolSettings


def planned(drawing: Drawing, officers: int, settings: PatrolSettings) -> Plan:
    network = load(drawing, settings=settings)
    return make_plan(network, settings=settings, request=PlanRequest(CutRequest(officers)))


def test_a_boulevard_on_the_city_line_keeps_the_carriageway_inside(
    defaults: PatrolSettings,
) -> None:
    #  C-----------D   outside, the longer one
    #  ------------    the city's line
    #   A---------B    inside
    boulevard = {"highway": "primary", "name": "Grand", "oneway": "yes"}
    drawing = draw(
        """
        C-----------D
        | A-------B |
        E-----------F
        """,
        {"DC": boulevard, "AB": boulevard},
        step_m=15.0,
    )
    south, north = degrees(-500.0, -500.0), degrees(700.0, -8.0)
    shape = shapely.MultiPolygon([shapely.box(*south, *north)])
    network = load(drawing, Boundary(("Town",), (shape,), "precise", "drawn", ()), defaults)
    stands_for = network.twin_of[network.twin_of >= 0]
    assert network.required[stands_for].all()
    assert (network.required & (network.highway == "primary")).any()


def test_two_pieces_of_about_one_beat_each_get_one_beat_each(defaults: PatrolSettings) -> None:
    plan = planned(draw("A---B---C\n\nD---E---F", step_m=100.0), 2, defaults)
    assert sorted(len(plan.partition.segments_of(beat)) for beat in range(2)) == [2, 2]
    assert not plan.partition.annexed


def test_small_pieces_get_beats_when_the_large_one_has_too_few_streets(
    defaults: PatrolSettings,
) -> None:
    plan = planned(draw("A---------B\n\nC---D", step_m=100.0), 2, defaults)
    assert len(plan.beats) == 2


def test_a_beat_without_a_legal_ride_is_no_by_bike(defaults: PatrolSettings) -> None:
    # From 1 to 2 the street may be ridden one way only, and nothing leads back: half of the beat.
    network = bare([Street(0, 1), Street(1, 2, forward=1, backward=NO_WAY)])
    graph = travel_graph(network, travel_times(network, defaults), "bike")
    both = np.array([0, 1])
    assert cover(graph, both, 0).pass_s == np.inf
    needs = needs_of(network, defaults, "bike", "summer", np.zeros(2))
    found = judge(needs, measure_load(graph, needs.load, both, 0), 1)
    assert found.verdict == "no"
    assert found.reasons == ("disconnected",)
    assert found.why[0].figures["m"] == 100.0
    assert found.every_weeks is None
    assert found.margin is None


def test_streets_in_two_parts_have_no_tour(defaults: PatrolSettings) -> None:
    plan = planned(draw("A-B\n\nC-D", step_m=100.0), 1, defaults)
    assert plan.beats[0].foot.verdict == "no"
    assert plan.beats[0].foot.reasons == ("disconnected",)
    assert plan.beats[0].foot.margin is None
    assert plan.beats[0].foot.pass_s is None
    # It has a load all the same: all of its streets, each part toured on its own.
    assert plan.beats[0].load_s > plan.load.total_s.sum()


def test_a_street_of_no_length_joins_its_ends(tmp_path: Path) -> None:
    path = draw("A---B C---D", {"AB": {}, "CD": {}}, step_m=50.0).write(tmp_path / "s.json")
    answer = json.loads(path.read_text())
    for element in answer["elements"]:
        element.setdefault("tags", {"highway": "residential"}) if element["type"] == "way" else None
    place = {e["id"]: e for e in answer["elements"] if e["type"] == "node"}
    place[ord("C")] |= {key: place[ord("B")][key] for key in ("lat", "lon")}
    link = {"type": "way", "id": 9, "nodes": [ord("B"), ord("C")], "tags": {"highway": "service"}}
    ways = [e | {"tags": {"highway": "residential"}} for e in answer["elements"] if "nodes" in e]
    path.write_text(json.dumps(answer | {"elements": [*place.values(), *ways, link]}))
    out = tmp_path / "o"
    with pytest.raises(SystemExit) as stop:
        main(["plan", str(path), "--officers", "1", "--out", str(out), "--quiet"])
    assert stop.value.code == 0


def test_a_city_without_a_street_to_cover_is_named(defaults: PatrolSettings) -> None:
    (west, south), (east, north), (far, _) = (
        degrees(x, y) for x, y in ((-500.0, -500.0), (1000.0, 500.0), (2000.0, 0.0))
    )
    town, desert = shapely.box(west, south, east, north), shapely.box(east, south, far, north)
    shapes = tuple(shapely.MultiPolygon([shape]) for shape in (town, desert))
    boundary = Boundary(("Town", "Desert"), shapes, "precise", "drawn", ())
    network = load(draw("A---B---C", step_m=100.0), boundary, defaults)
    plan = make_plan(
        network, settings=defaults, request=PlanRequest(CutRequest(1)), boundary=boundary
    )
    assert any("Desert" in str(warning) for warning in plan.warnings)


def test_a_boundary_around_paths_alone_says_so(defaults: PatrolSettings) -> None:
    drawing = draw("A-B-C---D", {"AB": {"highway": "track"}}, step_m=100.0)
    shape = shapely.box(*degrees(-50.0, -50.0), *degrees(150.0, 50.0))
    boundary = Boundary(("Wood",), (shapely.MultiPolygon([shape]),), "precise", "drawn", ())
    with pytest.raises(BoundaryError, match=r"Wood.*larger boundary"):
        load(drawing, boundary, defaults)


def test_residents_are_counted_once(defaults: PatrolSettings) -> None:
    network = load(town_streets())
    people = np.where(network.required, 2.5, 0.0)
    plan = make_plan(network, settings=defaults, request=PlanRequest(CutRequest(5)), people=people)
    counted = sum(beat.residents or 0 for beat in plan.beats)
    assert counted == pytest.approx(people.sum(), abs=len(plan.beats))


def test_a_seed_below_zero_and_seats_without_cities_are_refused() -> None:
    with pytest.raises(UsageError, match="seed"):
        CutRequest(3, seed=-1)
    with pytest.raises(UsageError, match="cross_cities"):
        replace(CutRequest(3, cross_cities=True), seats={"A": 3})
