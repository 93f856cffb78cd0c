"""Bases: the junction with the least mean walk to a beat's load, or the places that were given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
from drawing import Street, bare, degrees, draw, load, segment
from hypothesis import given
from hypothesis import strategies as st

from reso_geo import CutRequest, PlanRequest, make_plan
from reso_geo.coverage import TravelGraph, cover, travel_graph
from reso_geo.demand import Bases
from reso_geo.districting import DistrictingProblem, starts_of
from reso_geo.districting.diagnostics import Diagnostic
from reso_geo.errors import UsageError
from reso_geo.partition import Partition, cut_beats, median_junction, start_beats
from reso_geo.plan.balance import sentence_of
from reso_geo.travel import travel_times
from reso_geo.workload import street_load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo import StreetNetwork
    from reso_geo.settings import PatrolSettings


def walk_of(network: StreetNetwork, settings: PatrolSettings) -> TravelGraph:
    return travel_graph(network, travel_times(network, settings), "foot")


def one_beat(network: StreetNetwork, beat_of: Sequence[int] | None = None) -> Partition:
    """Hold every segment in one beat, or in those that are told."""
    held = np.array([0] * len(network) if beat_of is None else beat_of)
    count = int(held.max()) + 1
    return Partition(
        beat_of=held,
        beat_id=tuple(f"B-{beat + 1:02d}" for beat in range(count)),
        city=np.zeros(count, dtype=np.int64),
        posts=np.ones(count, dtype=np.int64),
        base=np.zeros(count, dtype=np.int64),
        annexed={},
    )


def at(*places: tuple[str, float, float], beats: Sequence[str] = ()) -> Bases:
    """Return bases by name, metres east and metres north, and the beats that they are for."""
    lon, lat = np.array([degrees(east_m, north_m) for _, east_m, north_m in places]).T
    names = np.array([name for name, _, _ in places], dtype=object)
    return Bases(names, np.array(beats or [""] * len(places), dtype=object), lon, lat)


def walks(
    network: StreetNetwork, graph: TravelGraph, own: NDArray[np.int64], load_s: NDArray[np.float64]
) -> dict[int, float]:
    """Return the mean walk from each required junction by networkx."""
    streets = nx.Graph()
    for k in own.tolist():
        u, v, ticks = int(graph.u[k]), int(graph.v[k]), float(graph.forward[k])
        if ticks < streets.get_edge_data(u, v, {"ticks": np.inf})["ticks"]:
            streets.add_edge(u, v, ticks=ticks)
    required = own[network.required[own]]
    mean = {}
    for junction in {*network.u[required].tolist(), *network.v[required].tolist()}:
        away = nx.single_source_dijkstra_path_length(streets, junction, weight="ticks")
        both = [(away[int(network.u[k])] + away[int(network.v[k])]) / 2.0 for k in required]
        mean[junction] = float(np.average(both, weights=load_s[required]))
    return mean


def test_base_of_a_street_that_pulls_more_is_nearer_to_it(defaults: PatrolSettings) -> None:
    network = bare([Street(k, k + 1) for k in range(6)])
    graph, own = walk_of(network, defaults), np.arange(6)
    for heavy, middle in ((None, 3), (0, 1), (5, 5)):
        load_s = np.where(own == heavy, 1e4, 100.0)
        assert median_junction(graph, network.node_id, load_s, own, own) == middle


def test_of_junctions_as_good_the_one_with_the_lower_id_is_the_base(
    defaults: PatrolSettings,
) -> None:
    network = bare([Street(0, 1), Street(1, 2), Street(2, 3), Street(3, 0)])
    graph, own = walk_of(network, defaults), np.arange(4)
    for ids, best in (([5, 6, 7, 8], 0), ([8, 7, 6, 5], 3)):
        assert median_junction(graph, np.array(ids), np.ones(4), own, own) == best


@given(st.integers(0, 2**32 - 1))
def test_no_junction_has_a_lesser_mean_walk_by_brute_force(
    defaults: PatrolSettings, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 60))
    tree = [(int(rng.integers(0, k)), k) for k in range(1, count)]
    more = rng.integers(0, count, size=(count // 2, 2)).tolist()  # also loops and parallels
    network = bare(
        [
            Street(u, v, float(rng.integers(20, 400)), required=bool(k == 0 or rng.random() < 0.7))
            for k, (u, v) in enumerate([*tree, *more])
        ]
    )
    graph, own = walk_of(network, defaults), np.arange(len(network))
    load_s = rng.integers(1, 2000, len(network)).astype(float)
    found = median_junction(graph, network.node_id, load_s, own, own[network.required])
    mean = walks(network, graph, own, load_s)
    assert mean[found] == pytest.approx(min(mean.values()), rel=1e-9)


def test_bases_of_the_sample_are_those_of_brute_force(
    sample_network: StreetNetwork, defaults: PatrolSettings
) -> None:
    network, graph = sample_network, walk_of(sample_network, defaults)
    asked = street_load(network, travel_times(network, defaults), defaults, "foot")
    partition = cut_beats(
        DistrictingProblem.of(network, graph, asked), CutRequest(17, tolerance=0.2)
    ).partition
    load_s = asked.total_s
    started = start_beats(network, graph, load_s, partition).partition
    assert started.base_name == ("",) * 17
    for beat in range(0, 17, 4):
        own = partition.segments_of(beat)
        mean = walks(network, graph, own, load_s)
        assert mean[int(started.base[beat])] == pytest.approx(min(mean.values()), rel=1e-4)


def test_walk_keeps_to_the_beat_unless_its_pieces_do_not_hang_together(
    defaults: PatrolSettings,
) -> None:
    # A path 0-1-2-3-4, and a short cut 0-4 of another beat.
    network = bare([*(Street(k, k + 1) for k in range(4)), Street(4, 0, 10.0)])
    graph, load_s = walk_of(network, defaults), np.array([300.0, 1.0, 1.0, 300.0, 1.0])
    path = np.arange(4)
    inside = walks(network, graph, path, load_s)
    assert median_junction(graph, network.node_id, load_s, path, path) == min(
        inside, key=lambda junction: (round(inside[junction], 6), junction)
    )
    # Without its middle the path is in two pieces: then the short cut is walked.
    apart = np.array([0, 3])
    assert median_junction(graph, network.node_id, load_s, apart, apart) in {0, 4}


def test_piece_that_no_way_leads_to_gives_its_base_to_the_larger_load(
    defaults: PatrolSettings,
) -> None:
    network = bare([Street(0, 1), Street(2, 3), Street(3, 4)])
    graph, own = walk_of(network, defaults), np.arange(3)
    assert median_junction(graph, network.node_id, np.array([10.0, 90.0, 90.0]), own, own) == 3
    assert median_junction(graph, network.node_id, np.array([900.0, 9.0, 9.0]), own, own) == 0


def test_base_on_any_required_junction_changes_no_tour(defaults: PatrolSettings) -> None:
    network = load(draw("A-B-C\n|   |\nD-E-F-G", step_m=50.0), settings=defaults)
    graph, own = walk_of(network, defaults), np.arange(len(network))
    tours = {cover(graph, own, base, "final").pass_s for base in range(len(network.node_id))}
    assert len(tours) == 1


# -- given bases --------------------------------------------------------------------------------

STREET = "A-B-C-D-E-F-G"


def test_every_beat_starts_from_the_given_place_nearest_to_its_load(
    defaults: PatrolSettings,
) -> None:
    network = load(draw(STREET, step_m=100.0), settings=defaults)
    graph, load_s = walk_of(network, defaults), np.full(len(network), 60.0)
    west = [segment(network, ends) for ends in ("AB", "BC", "CD")]
    halves = one_beat(network, [0 if k in west else 1 for k in range(len(network))])
    places = at(("West", 10.0, 40.0), ("East", 1150.0, -40.0))
    starts = starts_of(network, graph, load_s, places)
    found = start_beats(network, graph, load_s, halves, starts)
    started = found.partition
    assert started.base_name == ("West", "East")
    assert [chr(network.node_id[base]) for base in started.base] == ["A", "G"]
    assert found.diagnostics == ()


def test_place_that_names_a_beat_serves_it_alone_however_far(defaults: PatrolSettings) -> None:
    network = load(draw(STREET, step_m=100.0), settings=defaults)
    graph, load_s = walk_of(network, defaults), np.full(len(network), 60.0)
    west = [segment(network, ends) for ends in ("AB", "BC", "CD")]
    halves = one_beat(network, [0 if k in west else 1 for k in range(len(network))])
    places = at(("West", 0.0, 0.0), ("East", 1200.0, 0.0), beats=("B-02", ""))
    starts = starts_of(network, graph, load_s, places)
    started = start_beats(network, graph, load_s, halves, starts).partition
    assert started.base_name == ("East", "West")
    alone = starts_of(network, graph, load_s, at(("West", 0.0, 0.0), beats=("B-02",)))
    found = start_beats(network, graph, load_s, halves, alone)
    assert found.partition.base_name == ("", "West")
    assert found.diagnostics == (Diagnostic("no_base", ("B-01",)),)
    unknown = starts_of(network, graph, load_s, at(("West", 0.0, 0.0), beats=("B-07",)))
    with pytest.raises(UsageError, match=r"B-07.*B-01, B-02"):
        start_beats(network, graph, load_s, halves, unknown)


def test_place_far_off_or_out_of_reach_is_left_out_and_told(defaults: PatrolSettings) -> None:
    # A-B and C-D: nobody walks from one to the other.
    network = load(draw("A-B\n\nC-D", step_m=100.0), settings=defaults)
    graph, load_s = walk_of(network, defaults), np.full(2, 60.0)
    apart = one_beat(network, [0 if k == segment(network, "AB") else 1 for k in range(2)])
    places = at(("Here", 0.0, 0.0), ("There", 9000.0, 0.0))
    starts = starts_of(network, graph, load_s, places)
    found = start_beats(network, graph, load_s, apart, starts)
    assert found.partition.base_name == ("Here", "")
    far, alone = (str(sentence_of(one)) for one in found.diagnostics)
    assert "There (8" in far
    assert "Here" not in far
    assert "B-02" in alone


def test_base_off_the_streets_to_cover_makes_the_tour_and_the_load_longer(
    defaults: PatrolSettings,
) -> None:
    drawing = draw("A-B-C---D", {"CD": {"highway": "track"}}, step_m=100.0)
    network = load(drawing, settings=defaults)
    request = PlanRequest(CutRequest(1))
    usual = make_plan(network, settings=defaults, request=request)
    given_ = make_plan(network, settings=defaults, request=request, bases=at(("Post", 800.0, 20.0)))
    assert given_.partition.base_name == ("Post",)
    assert chr(network.node_id[given_.partition.base[0]]) == "D"
    there_and_back_s = 2 * network.length_m[segment(network, "CD")] / (4.8 / 3.6)
    longer_s = given_.beats[0].foot.pass_s - usual.beats[0].foot.pass_s  # type: ignore[operator]
    assert longer_s == pytest.approx(there_and_back_s, abs=0.01)
    on_the_street_s = longer_s * defaults.talk_factor("central")
    assert given_.beats[0].load_s - usual.beats[0].load_s == pytest.approx(on_the_street_s)


def test_search_evens_out_what_given_bases_cost(defaults: PatrolSettings) -> None:
    # A station at the west end of a long street: the eastern beat must get fewer streets.
    network = load(draw("-".join("ABCDEFGHIJKLMNOPQ"), step_m=50.0), settings=defaults)
    request = PlanRequest(CutRequest(2))
    plan = make_plan(network, settings=defaults, request=request, bases=at(("Station", 0.0, 0.0)))
    west, east = sorted(plan.beats, key=lambda beat: -beat.street_km)
    assert west.street_km > 1.2 * east.street_km
    assert plan.balance[0] < 1.15
