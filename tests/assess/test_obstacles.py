"""What lies around a sector: the barrier that explains its detours, the streets that matter."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from drawing import draw, load
from scipy.sparse.csgraph import dijkstra

from reso_geo import CutRequest, PlanRequest, assess, load_network, make_plan, sector_in
from reso_geo.assess import AssessRequest, Sector, case_of, obstacle_of, only
from reso_geo.assess.network_clip import nearby
from reso_geo.coverage import cover, travel_graph
from reso_geo.i18n import say
from reso_geo.maps.web.payload import Showing, content
from reso_geo.network import Barriers
from reso_geo.settings import Range
from reso_geo.travel import MODES, SEASONS, travel_times

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo import StreetNetwork
    from reso_geo.coverage import TravelGraph
    from reso_geo.settings import PatrolSettings

# Two streets of 1,200 m, 150 m apart, that only a street at the west end joins.
HORSESHOE = """
A------------B

C------------D
"""


def horseshoe(kinds: tuple[str, ...], names: tuple[str, ...]) -> StreetNetwork:
    tags = {"BACD": {"highway": "residential", "name": "Fer à cheval"}}
    network = load(draw(HORSESHOE, tags, step_m=(92.3, 75.0)))
    west, south, east, north = shapely.total_bounds(network.geometry)
    middle = (south + north) / 2.0
    line = shapely.LineString([(west + 20.0, middle), (east + 50.0, middle)])
    return replace(network, barriers=Barriers(kinds, names, (line,) * len(kinds)))


def graph_of(
    network: StreetNetwork, settings: PatrolSettings, mode: str = "foot", season: str = "summer"
) -> TravelGraph:
    return travel_graph(network, travel_times(network, settings, season), mode)


def test_a_barrier_that_a_detour_goes_around_is_named_with_what_it_costs(
    defaults: PatrolSettings,
) -> None:
    network = horseshoe(("railway",), ("CN",))
    graph, base = graph_of(network, defaults), int(np.argmin(network.node_xy[:, 0]))
    own = np.flatnonzero(network.required)
    found = obstacle_of(network, graph, own, base)
    assert found is not None
    assert (found.kind, found.name) == ("railway", "CN")
    # All 2,550 m are walked back now; with a way across at the east end, 150 m are walked twice.
    assert found.share == pytest.approx(1.0 - 150.0 / 2550.0, abs=0.01)


def test_a_detour_without_a_barrier_or_beside_one_has_none_to_blame(
    defaults: PatrolSettings,
) -> None:
    network = horseshoe((), ())
    graph, own = graph_of(network, defaults), np.flatnonzero(network.required)
    assert obstacle_of(network, graph, own, 0) is None
    far = shapely.transform(
        shapely.LineString([(0.0, -60.0), (2000.0, -60.0)]),
        lambda xy: xy + shapely.total_bounds(network.geometry)[:2],
    )
    beside = replace(network, barriers=Barriers(("river",), ("Neckar",), (far,)))
    assert obstacle_of(beside, graph, own, 0) is None


def test_the_name_of_a_barrier_is_told_only_where_it_stands_out(defaults: PatrolSettings) -> None:
    network = horseshoe(("river",), ("",))
    found = obstacle_of(network, graph_of(network, defaults), np.flatnonzero(network.required), 0)
    assert found is not None
    assert (found.kind, found.name) == ("river", "")


@pytest.mark.parametrize(
    ("name", "told"),
    [("CN", {"fr": "(voie ferrée : CN)", "en": "(railway: CN)"}),
     ("", {"fr": "(voie ferrée)", "en": "(railway)"})],
)  # fmt: skip
def test_the_reason_says_how_much_of_the_walk_is_due_to_the_barrier(
    defaults: PatrolSettings, name: str, told: dict[str, str]
) -> None:
    busy = Range(0.02, 0.02, 0.02, "", "")
    settings = replace(defaults, patrol_share=busy)
    sector = sector_in(horseshoe(("railway",), (name,)), settings, "Town")
    case = case_of(sector, settings, "foot", "summer")
    (reason,) = (reason for reason in case.verdict.why if reason.code == "detours")
    figures = reason.figures
    assert case.obstacle is not None
    assert figures["barrier_share"] == float(figures["share"]) * case.obstacle.share
    assert case.judged_with(settings).why == case.verdict.why
    for lang, words in told.items():
        assert words in reason.phrase.say(lang)


def squares_of(network: StreetNetwork, count: int) -> list[Sector]:
    """Take squares of some 500 m out of a network as sectors."""
    middle = shapely.get_coordinates(shapely.centroid(network.geometry))
    spots = np.random.default_rng(3).choice(np.flatnonzero(network.required), count, replace=False)
    found = []
    for spot in spots.tolist():
        held = (np.abs(middle - middle[spot]).max(axis=1) < 250.0) & network.foot
        own = only(network, held & (network.city >= 0), "square")
        found.append(Sector("square", own, 1, int(network.u[spot]), "", np.zeros(len(network))))
    return found


@pytest.fixture(scope="module")
def monaco(shared_data: Path, defaults: PatrolSettings) -> StreetNetwork:
    return load_network(shared_data / "networks" / "monaco.osm.pbf", None, defaults)


def test_leaving_out_far_streets_lengthens_no_way_and_moves_no_tour_beyond_its_bounds(
    monaco: StreetNetwork, defaults: PatrolSettings
) -> None:
    for whole in squares_of(monaco, 3):
        graphs = {
            (mode, season): graph_of(whole.network, defaults, mode, season)
            for mode in MODES
            for season in SEASONS
        }
        near = nearby(whole, graphs.values())
        assert len(near.network) < len(whole.network) / 2
        ids = near.network.segment_id[near.required].tolist()
        assert ids == whole.network.segment_id[whole.required].tolist()
        assert near.network.node_id[near.base] == whole.network.node_id[whole.base]
        for (mode, season), before in graphs.items():
            after = graph_of(near.network, defaults, mode, season)
            ends = [
                np.unique(np.concatenate((s.network.u[s.required], s.network.v[s.required])))
                for s in (whole, near)
            ]
            away = [
                dijkstra(graph.matrix, indices=own)[:, own]
                for graph, own in zip((before, after), ends, strict=True)
            ]
            assert np.array_equal(*away)
            one, two = (
                cover(graph, s.required, s.base) for graph, s in ((before, whole), (after, near))
            )
            assert one.apart == two.apart
            assert two.lower_bound_s <= one.pass_s
            assert one.lower_bound_s <= two.pass_s


def test_the_verdict_on_the_streets_that_matter_is_that_on_all_streets(
    monaco: StreetNetwork, defaults: PatrolSettings
) -> None:
    (whole,) = squares_of(monaco, 1)
    found = assess(whole, defaults, AssessRequest(("foot",), ("summer",), fixes=False))
    case = found.judgements["foot", "summer"].case
    plain = case_of(whole, defaults, "foot", "summer")
    assert case.verdict.verdict == plain.verdict.verdict
    assert case.verdict.needed_s == pytest.approx(plain.verdict.needed_s, rel=0.01)
    assert case.far_s == plain.far_s
    assert found.sector.network is whole.network


def test_a_plan_says_where_the_base_is_far_but_not_to_the_public(defaults: PatrolSettings) -> None:
    network = load(draw("A---B---C---D---E", step_m=75.0))
    # Ten minutes of patrol a shift: to streets that begin 300 m away and back takes most of it.
    words = say("en", "reason.far_reach")
    hurried = replace(defaults, patrol_share=Range(0.02, 0.02, 0.02, "", ""))
    for settings, far in ((hurried, True), (defaults, False)):
        made = make_plan(network, settings=settings, request=PlanRequest(CutRequest(1)))
        assert ("far_reach" in made.beats[0].foot.reasons) is far
        assert (words in json.dumps(content([made], Showing()))) is far
        assert words not in json.dumps(content([made], Showing(audience="public")))
