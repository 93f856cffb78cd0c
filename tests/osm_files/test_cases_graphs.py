"""OSMnx graphs of any kind give the same streets; a place on the 180th meridian is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import osmnx as ox
import pytest
import shapely
from objects import grid, write

from reso_geo import StreetNetwork, load_network, read_boundary
from reso_geo.cli import main
from reso_geo.errors import BoundaryError, NetworkError
from reso_geo.osm import PUSH, RIDE
from reso_geo.plan_file import load_plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GRID_KM = 4.906
FOLDER = "15_graphml"


@pytest.mark.parametrize(
    "name",
    [
        "a_plain", "b_projected", "c_consolidated", "d_text_ids", "e_lists", "f_no_reversed",
        "g_undirected",
    ],
)  # fmt: skip
def test_each_kind_of_graph_has_its_right_kilometres(shared_cases: Path, name: str) -> None:
    network = load_network(shared_cases / FOLDER / f"{name}.graphml")
    assert network.required_km == pytest.approx(GRID_KM, abs=0.002)
    # All lie where the plain one does: a metre is more than any projection there and back.
    plain = load_network(shared_cases / FOLDER / "a_plain.graphml")
    assert network.crs == plain.crs
    here, there = (shapely.union_all(n.geometry) for n in (network, plain))
    assert shapely.hausdorff_distance(here, there) < 0.1


@pytest.mark.parametrize("name", ["a_plain", "b_projected", "f_no_reversed", "g_undirected"])
def test_one_way_street_is_ridden_forward_only(shared_cases: Path, name: str) -> None:
    network = load_network(shared_cases / FOLDER / f"{name}.graphml")
    one_way = network.name == "Rue 1"
    assert network.length_m[one_way].sum() == pytest.approx(501.4, abs=0.1)
    assert (network.oneway != 0).tolist() == one_way.tolist()
    assert (network.bike_forward[one_way] == RIDE).all()
    assert (network.bike_backward[one_way] == PUSH).all()
    eastward = network.node_xy[network.v, 0] > network.node_xy[network.u, 0]
    assert eastward[one_way].all()


def test_edge_of_a_one_way_and_a_two_way_street_is_said(shared_cases: Path) -> None:
    network = load_network(shared_cases / FOLDER / "e_lists.graphml")
    said = [str(note) for note in network.notes if "one-way and two-way" in str(note)]
    assert len(said) == 1
    assert "5 edges" in said[0]
    assert "0.5 km" in said[0]


def graph_of(*edges: tuple[str, str, dict[str, object]], **about: object) -> nx.MultiDiGraph[str]:
    """Return a graph of points A, B and C, 100 m apart from west to east."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(
        **{"crs": "epsg:4326", "simplified": True} | about
    )
    for place, name in enumerate("ABC"):
        graph.add_node(name, x=8.7 + 0.001383 * place, y=49.4)
    for u, v, data in edges:
        graph.add_edge(u, v, **{"osmid": 7, "highway": "residential", "length": 100.0} | data)
    return graph


def saved(graph: nx.MultiDiGraph[str], path: Path) -> StreetNetwork:
    ox.save_graphml(graph, path)
    return load_network(path)


def bearing_east(network: StreetNetwork) -> list[bool]:
    x = network.node_xy[:, 0]
    return (x[network.v] > x[network.u]).tolist()


def test_graph_without_the_one_way_attribute_is_one_way_where_no_edge_leads_back(
    tmp_path: Path,
) -> None:
    graph = graph_of(("A", "B", {}), ("C", "B", {"osmid": 8}), ("B", "C", {"osmid": 8}))
    network = saved(graph, tmp_path / "bare.graphml")
    assert sorted(network.oneway.tolist()) == [0, 1]
    assert bearing_east(network)[int(np.flatnonzero(network.oneway)[0])]


def test_mixed_edge_without_a_way_back_is_one_way(tmp_path: Path) -> None:
    mixed = {"oneway": [True, False], "reversed": [False, True]}
    network = saved(graph_of(("B", "A", mixed)), tmp_path / "mixed.graphml")
    assert network.oneway.tolist() == [1]
    assert bearing_east(network) == [False]


def test_one_way_ring_stays_one_way(tmp_path: Path) -> None:
    ring = shapely.LineString([(8.7, 49.4), (8.701, 49.4), (8.701, 49.401), (8.7, 49.4)])
    graph = graph_of(
        ("A", "A", {"oneway": True, "geometry": ring}), ("A", "B", {"oneway": False, "osmid": 8})
    )
    network = saved(graph, tmp_path / "ring.graphml")
    assert network.oneway[network.u == network.v].tolist() == [1]


def test_one_way_of_a_graph_without_directions_runs_as_it_was_drawn(tmp_path: Path) -> None:
    # Its first point in the file is A, but it was drawn, and is driven, from B to A.
    graph = ox.convert.to_undirected(graph_of(("B", "A", {"oneway": True})))
    network = saved(graph, tmp_path / "undirected.graphml")
    assert network.oneway.tolist() == [1]
    assert bearing_east(network) == [False]


@pytest.mark.parametrize(
    "change",
    [
        lambda graph: graph.graph.update(crs="epsg:32632"),
        lambda graph: graph.graph.update(crs="moon"),
        lambda graph: graph.nodes["A"].update(x=477_000.0, y=5_472_000.0),
    ],
)
def test_graph_whose_coordinates_do_not_fit_its_crs_is_refused_by_that_name(
    tmp_path: Path, change: Callable[[nx.MultiDiGraph[str]], None]
) -> None:
    graph = graph_of(("A", "B", {"oneway": False}))
    change(graph)
    with pytest.raises(NetworkError, match="CRS"):
        saved(graph, tmp_path / "wrong.graphml")


def test_graph_in_another_datum_and_projection_lies_where_it_lay(tmp_path: Path) -> None:
    graph = graph_of(("A", "B", {"oneway": False}), ("B", "C", {"oneway": False, "osmid": 8}))
    plain = saved(graph, tmp_path / "plain.graphml")
    there = saved(ox.project_graph(graph, to_crs="epsg:3857"), tmp_path / "mercator.graphml")
    assert there.crs == plain.crs
    assert there.length_m == pytest.approx(plain.length_m, abs=0.001)
    assert there.node_xy == pytest.approx(plain.node_xy, abs=0.001)


def bounds_file(path: Path, *boxes: tuple[float, float, float, float]) -> Path:
    shape = shapely.MultiPolygon([shapely.box(*box) for box in boxes])
    feature = {
        "type": "Feature", "properties": {"name": "Ville"}, "geometry": shape.__geo_interface__
    }  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


SOUTH, NORTH = -16.802, -16.794


@pytest.mark.parametrize(
    "boxes",
    [
        [(179.98, SOUTH, 180.0, NORTH), (-180.0, SOUTH, -179.98, NORTH)],
        [(179.98, SOUTH, 180.02, NORTH)],
        [(-180.02, SOUTH, -179.98, NORTH)],
        [(-179.98, SOUTH, 179.98, NORTH)],
    ],
)
def test_boundary_astride_the_180th_meridian_is_refused_in_plain_words(
    tmp_path: Path, boxes: list[tuple[float, float, float, float]]
) -> None:
    path = bounds_file(tmp_path / "town.geojson", *boxes)
    with pytest.raises(BoundaryError, match="180th meridian") as caught:
        read_boundary(str(path))
    assert "180e méridien" in caught.value.message.say("fr")


@pytest.mark.parametrize("ending", [".osm", ".osm.pbf", ".json"])
@pytest.mark.parametrize("corner", [179.998, -180.0025])
def test_streets_astride_the_180th_meridian_are_refused_in_plain_words(
    tmp_path: Path, ending: str, corner: float
) -> None:
    things = [
        t if t.place is None else type(t)(**vars(t) | {"place": (turned(t.place[0]), t.place[1])})
        for t in grid(corner, -16.8)
    ]
    path = write(tmp_path / f"astride{ending}", things)
    with pytest.raises(NetworkError, match="180th meridian"):
        load_network(path)


def turned(lon: float) -> float:
    """Bring a longitude between -180 and 180."""
    return round((lon + 180.0) % 360.0 - 180.0, 7)


@pytest.mark.parametrize("corner", [179.9949, -179.9999, -179.9])
@pytest.mark.parametrize("bounded", [False, True])
def test_town_on_one_side_of_the_180th_meridian_is_planned_and_read_again(
    tmp_path: Path, corner: float, *, bounded: bool
) -> None:
    # Six avenues are 470 m apart in all: the first town ends 30 m before the meridian.
    source = write(tmp_path / "town.osm", grid(corner, -16.8))
    side = (179.98, SOUTH, 180.0, NORTH) if corner > 0 else (-180.0, SOUTH, -179.8, NORTH)
    argv = ["plan", str(source), "--officers", "1", "--out", str(tmp_path / "out")]
    if bounded:
        argv += ["--boundary", str(bounds_file(tmp_path / "side.geojson", side))]
    plan = tmp_path / "out" / "plan.gpkg"
    for words in (
        argv,
        ["check", str(plan)],
        ["map", str(plan), "--out", str(tmp_path / "map.html")],
    ):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 0
    assert load_plan(plan).network.required_km == pytest.approx(4.9, abs=0.02)


def test_shared_town_astride_is_refused_and_its_neighbour_is_planned(shared_cases: Path) -> None:
    folder = shared_cases / "31_dateline_boundary"
    for name in ("cut", "past"):
        with pytest.raises(BoundaryError, match="180th meridian"):
            read_boundary(str(folder / f"{name}.geojson"))
    with pytest.raises(NetworkError, match="180th meridian"):
        load_network(folder / "astride.osm")
    west = read_boundary(str(folder / "west.geojson"))
    for boundary in (west, None):
        network = load_network(folder / "west.osm", boundary)
        assert network.required_km == pytest.approx(4.90, abs=0.02)
