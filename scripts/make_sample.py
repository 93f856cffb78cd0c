"""Draw the built-in sample: a fictional agglomeration of five cities.

Run ``python scripts/make_sample.py`` to write ``data/sample/`` again; the same bytes each time.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely
from sample import layout
from sample.clean import (
    add_roundabout,
    build_over,
    drop_stubs,
    keep_connected,
    on_foot,
    pull_back,
)
from sample.dress import dress
from sample.export import (
    add_areas,
    add_cities,
    add_places,
    add_points,
    add_streets,
    anchors,
    feature,
    write_geojson,
)
from sample.geometry import CORE, line, warp, warp_shape
from sample.names import words
from sample.noding import Edge, Graph, as_lines, bad_crossings, node_lines
from sample.osm import Store, to_degrees
from sample.plan import Plan
from sample.sidewalks import SIDEWALK, Beside
from sample.sidewalks import draw as draw_beside
from sample.streets import RAIL_TRAIL, SEED, draw

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

OUT = Path(__file__).resolve().parents[1] / "data" / "sample"
OLD_TOWN = 420.0
ROUNDABOUT = (3740.0, -1660.0)
BRIDGE = {"bridge": "yes", "layer": "1"}
TUNNEL = {"tunnel": "yes", "layer": "-1"}
REQUIRED = set(
    words("residential living_street pedestrian unclassified tertiary secondary primary")
)
README = """# The sample: a fictional agglomeration

Five cities that do not exist, drawn by a program so that a demo runs anywhere, offline.
Nothing here is copied from OpenStreetMap or from any other map; the place where it lies
(near longitude -72.60, latitude 45.90) is only there to have somewhere to stand, and every
street, city, anchor and figure is invented.

| File | What it holds |
| --- | --- |
| `sample.osm.pbf` | Streets, paths, river, rail, parks, places and city limits, in OSM tags |
| `boundaries.geojson` | The five cities: `name`, `population` |
| `sector.geojson` | One sector of Greenhaven, the part of "Old Greenfield Park" |
| `anchors.geojson` | Places to visit: `name`, `kind`, `visits_per_week`, `minutes` |

`python scripts/make_sample.py` writes the four files again, the same bytes each time with the
same libraries (`--out DIR` writes them elsewhere). The plan (roads, river, limits) stands in
`scripts/sample/layout.py`; each face between the roads is filled with a grid, crescents,
yards or park paths that follow its sides; then everything is noded, named and tagged.
"""


def build(plan: Plan) -> Graph:
    """Draw, node and clean the street graph.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    Graph
        The graph, its streets named, its bridges cut.
    """
    lines = draw(plan)
    path = next(p for r, p in plan.roads if r.name == layout.RAIL_TUNNEL)
    under = warp_shape(path.intersection(plan.rail.buffer(15.0)))
    apart = under.buffer(6.0)
    graph = node_lines(lines, 9.0, 1.5, apart)
    for _ in range(2):
        graph = node_lines(as_lines(graph), 3.0, 1.0, apart)
        drop_stubs(graph)
        pull_back(graph)
        drop_stubs(graph)
    keep_connected(graph, warp_shape(plan.island))
    add_roundabout(graph, warp(np.array([ROUNDABOUT]))[0])
    rng = np.random.default_rng(SEED)
    dress(graph, {name: warp_shape(city) for name, city in plan.cities.items()}, rng)
    beside = [item for choice in _beside() for item in draw_beside(graph, choice)]
    graph = node_lines([*as_lines(graph), *beside], 1.6, 0.8, apart)
    graph = node_lines(as_lines(graph), 1.2, 0.5, apart)
    _cross_over(graph, plan, under)
    return graph


def _cross_over(graph: Graph, plan: Plan, under: BaseGeometry) -> None:
    """Turn the parts of streets over water and motorway into bridges, under the rail a tunnel."""
    water = warp_shape(plan.water).buffer(7.0)
    axis = warp_shape(plan.motorway)
    rail = warp_shape(plan.rail)
    trail = [e for e in graph.edges if _named(e, RAIL_TRAIL)]
    graph.edges = [e for e in graph.edges if not _named(e, RAIL_TRAIL)]
    build_over(graph, axis.buffer(27.0), BRIDGE, {"street", "path"})
    graph.edges += trail
    build_over(graph, water, BRIDGE, {"street", "path", "motor"})
    build_over(graph, rail.buffer(32.0), BRIDGE, {"motor"})
    tunnel = Graph(graph.spots, [e for e in graph.edges if _named(e, layout.RAIL_TUNNEL)])
    rest = [e for e in graph.edges if not _named(e, layout.RAIL_TUNNEL)]
    build_over(tunnel, under.buffer(5.0), TUNNEL, {"street"})
    graph.spots, graph.edges = tunnel.spots, [*rest, *tunnel.edges]


def _named(edge: Edge, name: str) -> bool:
    return edge.line.tags.get("name") == name


def _beside() -> list[Beside]:
    """Choose the streets with a sidewalk or a cycle track of their own."""
    core = warp(CORE[None, :])[0]

    def old(edge: Edge) -> bool:
        kinds = REQUIRED - {"pedestrian", "living_street", "unclassified"}
        away = np.hypot(*(edge.coords[len(edge.coords) // 2] - core))
        return edge.line.tags.get("highway") in kinds and bool(away < OLD_TOWN)

    def dual(edge: Edge) -> bool:
        return _named(edge, layout.BOULEVARD) and edge.line.tags.get("oneway") == "yes"

    def avenue(edge: Edge) -> bool:
        return _named(edge, "avenue Bellehumeur")

    def aubepine(edge: Edge) -> bool:
        south = edge.coords[:, 1].max() < -500.0  # noqa: PLR2004 - south of the railway
        return _named(edge, "boulevard de l'Aubépine") and bool(south)

    track = {"highway": "cycleway", "foot": "no", "name": "Piste de l'Aubépine"}
    return [
        Beside(old, SIDEWALK, 7.0),
        Beside(dual, SIDEWALK, 7.5, (-1.0,)),
        Beside(avenue, {"highway": "footway"}, 7.0),
        Beside(aubepine, track, 7.0, (1.0,)),
    ]


def write(plan: Plan, graph: Graph, out: Path) -> Store:
    """Write the files.

    Parameters
    ----------
    plan : Plan
        The plan.
    graph : Graph
        The finished graph.
    out : Path
        The directory.

    Returns
    -------
    Store
        The OSM objects.
    """
    out.mkdir(parents=True, exist_ok=True)
    store = Store()
    add_streets(store, graph)
    add_points(store, graph)
    add_areas(store, plan)
    cities = add_cities(store, plan)
    add_places(store)
    store.write(out / "sample.osm.pbf")
    people = {name: count for name, count, _ in layout.CITIES}
    pages = [feature(cities[name], {"name": name, "population": people[name]}) for name in people]
    write_geojson(out / "boundaries.geojson", pages)
    smooth = cast("shapely.Polygon", warp_shape(plan.sector).simplify(0.5))
    ring = np.array(smooth.exterior.coords)
    sector = shapely.Polygon(to_degrees(ring))
    columns = {"name": "Old Greenfield Park", "city": layout.ENGLISH}
    write_geojson(out / "sector.geojson", [feature(sector, columns)])
    rng = np.random.default_rng(SEED + 1)
    write_geojson(out / "anchors.geojson", anchors(graph, plan, rng))
    (out / "README.md").write_text(README, encoding="utf-8", newline="\n")
    return store


def figures(plan: Plan, graph: Graph) -> None:
    """Print how much street there is, by class, by city and in the sector.

    Parameters
    ----------
    plan : Plan
        The plan.
    graph : Graph
        The finished graph.
    """
    usable = [edge for edge in graph.edges if on_foot(edge)]
    print(f"segments: {len(usable)}")
    kinds: defaultdict[str, float] = defaultdict(float)
    for edge in graph.edges:
        kinds[edge.line.tags.get("highway", "rail")] += edge.length / 1000
    print("km by class:", {kind: round(kinds[kind], 1) for kind in sorted(kinds)})
    shapes = {name: warp_shape(city) for name, city in plan.cities.items()}
    sector = warp_shape(plan.sector)
    streets = shapely.union_all([line(e.coords) for e in usable])
    for name, shape in shapes.items():
        km = streets.intersection(shape).length / 1000
        print(f"{name}: {km:.1f} km, {shape.area / 1e6:.2f} km2")
    wanted = [e for e in usable if e.line.tags["highway"] in REQUIRED or _named_path(e)]
    required = shapely.union_all([line(e.coords) for e in wanted])
    km = required.intersection(sector).length / 1000
    print(f"sector: {km:.1f} km required, {sector.area / 1e6:.2f} km2")


def _named_path(edge: Edge) -> bool:
    return "name" in edge.line.tags and edge.line.tags.get("foot") != "no"


def check(graph: Graph) -> None:
    """Stop when two streets cross at grade without a shared node.

    Parameters
    ----------
    graph : Graph
        The finished graph.
    """
    bad = [
        (a, b)
        for a, b in bad_crossings(graph)
        if a.line.tags.get("layer") == b.line.tags.get("layer")
    ]
    if bad:
        where = [tuple(np.round(a.coords[0])) for a, _ in bad]
        print(f"{len(bad)} crossings without a shared node: {where}", file=sys.stderr)
        raise SystemExit(1)


def main() -> None:
    """Write the sample and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, help="directory to write to")
    out = parser.parse_args().out
    plan = Plan()
    graph = build(plan)
    check(graph)
    store = write(plan, graph, out)
    size = (out / "sample.osm.pbf").stat().st_size / 1000
    print(f"{size:.0f} kB, {len(store.nodes)} nodes, {len(store.ways)} ways")
    figures(plan, graph)


if __name__ == "__main__":
    main()
