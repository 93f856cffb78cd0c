"""Streets in memory: OSMnx graphs and their frames go in as files do, and come out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import networkx as nx
import numpy as np
import osmnx as ox
import pytest
import shapely
from drawing import draw, load

from reso_geo import StreetNetwork, load_network
from reso_geo.errors import NetworkError, ResoGeoError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.settings import PatrolSettings

FOLDER = "15_graphml"
KINDS = (
    "a_plain", "b_projected", "c_consolidated", "d_text_ids", "e_lists", "f_no_reversed",
    "g_undirected",
)  # fmt: skip
SQUARE = """
a---b---c
|   |   |
d---e---f
"""


def block(*, simplified: bool = True, crs: str = "EPSG:4326") -> nx.MultiDiGraph[Any]:
    """Return a square block with one two-way street bent in the middle, and one one-way street."""
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(crs=crs, simplified=simplified)
    for node, x, y in ((1, 8.70, 49.40), (2, 8.701, 49.40), (3, 8.701, 49.401), (4, 8.70, 49.401)):
        graph.add_node(node, x=x, y=y)
    for way, (u, v) in enumerate(((1, 2), (2, 3), (3, 4), (4, 1)), start=11):
        data = {"osmid": way, "highway": "residential", "name": f"Rue {way}", "length": 100.0}
        graph.add_edge(u, v, **data, oneway=way == 11, reversed=False)
        if way != 11:
            graph.add_edge(v, u, **data, oneway=False, reversed=True)
    return graph


def same(one: StreetNetwork, other: StreetNetwork) -> bool:
    """Compare streets by id, whatever their order."""
    mine, theirs = (
        {
            segment: (way, name, required, str(line))
            for segment, way, name, required, line in zip(
                network.segment_id, network.oneway, network.name, network.required,
                network.geometry, strict=True,
            )
        }
        for network in (one, other)
    )  # fmt: skip
    return mine == theirs


@pytest.mark.parametrize("kind", KINDS)
def test_graph_in_memory_and_its_frames_give_the_streets_of_its_file(
    shared_cases: Path, kind: str
) -> None:
    path = shared_cases / FOLDER / f"{kind}.graphml"
    dtypes = {"osmid": str} if kind == "d_text_ids" else {}
    graph = ox.load_graphml(path, node_dtypes=dtypes)
    of_file = load_network(str(path))
    assert same(load_network(graph), of_file)
    assert same(load_network(ox.graph_to_gdfs(graph)), of_file)


@pytest.mark.parametrize("simplified", [True, False])
def test_small_graph_is_read_with_its_one_way_street(*, simplified: bool) -> None:
    graph = block(simplified=simplified)
    before = nx.utils.graphs_equal(graph, graph.copy())
    network = load_network(graph)
    assert nx.utils.graphs_equal(graph, block(simplified=simplified)) is before is True
    assert network.name[network.oneway != 0].tolist() == ["Rue 11"]
    assert network.required_km == pytest.approx(4 * 0.092, abs=0.04)
    assert network.source.name == "OSMnx"
    assert len(network.source.sha256) == 64


def test_digest_of_a_graph_tells_it_from_another_and_not_from_itself() -> None:
    graph, other = block(), block()
    other.edges[1, 2, 0]["name"] = "Other"
    digests = [load_network(each).source.sha256 for each in (graph, block(), other)]
    assert digests[0] == digests[1] != digests[2]


def test_graph_that_is_no_multigraph_is_read_too() -> None:
    assert same(load_network(nx.DiGraph(block())), load_network(block()))


def test_frames_with_ends_as_columns_and_places_as_points_alone_are_read() -> None:
    nodes, edges = ox.graph_to_gdfs(block())
    network = load_network((nodes[["geometry"]], edges.reset_index()))
    assert same(network, load_network((nodes, edges)))
    assert len(network) == 4


def test_attributes_that_frames_do_not_know_are_none() -> None:
    nodes, edges = ox.graph_to_gdfs(block())
    edges["name"] = [None, float("nan"), *edges["name"].iloc[2:]]
    assert not {"nan", "None"} & set(load_network((nodes, edges)).name.tolist())


def broken() -> list[tuple[str, object]]:
    """Return what cannot be streets, with a word of what must be said of each."""
    nodes, edges = ox.graph_to_gdfs(block())
    bare = block()
    del bare.nodes[2]["x"]
    return [
        ("int", 3), ("NoneType", None), ("list", [1, 2]), ("DataFrame", nodes),
        ("index", (nodes, edges.reset_index(drop=True))),
        ("coordinate system", (nodes, edges.set_crs(None, allow_override=True))),
        ("x and y", (nodes.drop(columns=["x", "y", "geometry"]), edges)),
        ("x and y", bare), ("no street", nx.MultiDiGraph(crs="EPSG:4326")),
        ("CRS", block(crs="EPSG:32632")),
        ("x and y", (nodes.iloc[1:], edges)),
    ]  # fmt: skip


@pytest.mark.parametrize("at", range(11))
def test_what_is_no_source_of_streets_is_refused_in_a_sentence(at: int) -> None:
    word, source = broken()[at]
    with pytest.raises(NetworkError) as caught:
        load_network(source)  # type: ignore[arg-type]
    assert word in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_streets_come_out_as_osmnx_has_them(defaults: PatrolSettings) -> None:
    network = load(draw(SQUARE), None, defaults)
    nodes, edges = network.to_gdfs()
    assert nodes.crs == edges.crs == "EPSG:4326"
    assert nodes.index.name == "osmid"
    assert edges.index.names == ["u", "v", "key"]
    assert len(edges) == 2 * len(network)
    assert edges["length"].sum() == pytest.approx(2 * network.length_m.sum())
    graph = network.to_networkx()
    ox.convert.validate_graph(graph)
    stats = ox.basic_stats(graph)
    assert stats["street_length_total"] == pytest.approx(network.length_m.sum())
    assert stats["n"] == len(network.node_id)
    assert ox.distance.nearest_nodes(ox.project_graph(graph), *network.node_xy[0]) in graph


def test_each_edge_runs_from_its_first_junction_to_its_second(defaults: PatrolSettings) -> None:
    network = load(draw(SQUARE), None, defaults)
    nodes, edges = network.to_gdfs(network.crs)
    assert edges.crs == network.crs
    for (u, v, _), line in edges.geometry.items():  # type: ignore[misc]
        assert line.coords[0] == nodes.loc[u, ["x", "y"]].to_numpy().tolist() or line.coords[
            0
        ] == tuple(nodes.loc[u, ["x", "y"]])
        assert line.coords[-1] == tuple(nodes.loc[v, ["x", "y"]])


def test_one_way_street_has_one_edge_along_its_direction() -> None:
    network = load_network(block())
    _, edges = network.to_gdfs()
    assert edges[edges["oneway"]].index.tolist() == [(1, 2, 0)]
    assert len(edges) == 7
    against = load_network(ox.graph_from_gdfs(*network.to_gdfs()).reverse())
    assert against.to_gdfs()[1].query("oneway").index.tolist() == [(2, 1, 0)]


def test_streets_that_come_out_go_in_again(sample_network: StreetNetwork) -> None:
    again = load_network(sample_network.to_networkx())
    assert len(again) == len(sample_network)
    assert again.length_m.sum() == pytest.approx(sample_network.length_m.sum())
    foot = [n.length_m[n.foot].sum() for n in (again, sample_network)]
    assert foot[0] == pytest.approx(foot[1])
    ridden = [np.sort(n.bike_forward + n.bike_backward).tolist() for n in (again, sample_network)]
    assert ridden[0] == ridden[1]


def test_unknown_crs_is_refused_in_a_sentence(defaults: PatrolSettings) -> None:
    with pytest.raises(UsageError, match="EPSG:1"):
        load(draw(SQUARE), None, defaults).to_gdfs("EPSG:1")


def test_a_network_at_the_prompt_fits_a_line(defaults: PatrolSettings) -> None:
    network = load(draw(SQUARE), None, defaults)
    assert repr(network).startswith("<StreetNetwork: ")
    assert "7 segments" in repr(network)
    assert len(repr(network)) < 300
    page = network._repr_html_()
    assert page.startswith("<b>StreetNetwork</b>: ")
    assert "<table>" not in page


def test_errors_of_graphs_are_errors_of_the_house() -> None:
    assert issubclass(NetworkError, ResoGeoError)


def test_ids_of_segments_that_a_frame_holds_are_kept(defaults: PatrolSettings) -> None:
    network = load(draw(SQUARE), None, defaults)
    for source in (network.to_gdfs(), network.to_networkx()):
        again = load_network(source)
        assert sorted(again.segment_id) == sorted(network.segment_id)
    nodes, edges = network.to_gdfs()
    edges["segment_id"] = "same"
    assert "same" not in load_network((nodes, edges)).segment_id


def drawn_as(shape: object) -> tuple[object, object]:
    """Return frames whose first edge is drawn as something else."""
    nodes, edges = ox.graph_to_gdfs(block())
    edges["geometry"] = [shape, *edges.geometry.iloc[1:]]
    return nodes, edges


def test_a_line_in_parts_is_joined_and_what_is_no_line_is_refused() -> None:
    (x, y), (z, w) = ox.graph_to_gdfs(block())[1].geometry.iloc[0].coords
    middle = (x + z) / 2, (y + w) / 2
    whole = load_network(drawn_as(shapely.MultiLineString([[(x, y), middle], [middle, (z, w)]])))  # type: ignore[arg-type]
    assert whole.required_km == pytest.approx(load_network(block()).required_km)
    apart = shapely.MultiLineString([[(x, y), middle], [(0, 0), (1, 1)]])
    for shape in (shapely.Point(x, y), apart):
        with pytest.raises(NetworkError, match=shape.geom_type):
            load_network(drawn_as(shape))  # type: ignore[arg-type]


def test_what_frames_and_graphs_lack_is_said_once() -> None:
    def notes(source: Any) -> list[str]:  # noqa: ANN401 - any of them
        keys = [note.key for note in load_network(source).notes]
        return [key for key in keys if key in ("osm.straight_edges", "osm.one_edge")]

    assert notes(drawn_as(None)) == ["osm.straight_edges"]
    assert notes(nx.Graph(block())) == ["osm.one_edge"]
    assert notes(block()) == []


def test_frames_that_do_not_go_together_are_refused() -> None:
    nodes, edges = ox.graph_to_gdfs(block())
    for source, word in (
        ((nodes, edges.drop(columns="geometry")), "column of geometries"),
        ((nodes.to_crs("EPSG:32632"), edges), "EPSG:32632"),
        ((nodes, edges.drop(columns="highway")), "highway"),
    ):
        with pytest.raises(NetworkError, match=word):
            load_network(source)


def test_a_boundary_is_taken_as_a_plan_takes_it() -> None:
    box = shapely.box(8.0, 49.0, 9.0, 50.0)
    for boundary in (box, {"Town": box}, gpd.GeoSeries([box], index=["Town"], crs="EPSG:4326")):
        assert len(load_network(block(), boundary=boundary).cities) == 1  # type: ignore[arg-type]
    with pytest.raises(ResoGeoError, match=r"0\.50, 0\.50"):
        load_network(block(), boundary=shapely.box(0, 0, 1, 1))
