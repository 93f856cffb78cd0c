"""Write the drawn agglomeration as OSM objects and GeoJSON pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon, mapping
from shapely.ops import linemerge, polygonize

from sample import layout
from sample.clean import on_foot
from sample.geometry import Array, line, warp, warp_shape
from sample.names import words
from sample.osm import Store, to_degrees
from sample.strokes import strokes

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.random import Generator
    from shapely.geometry.base import BaseGeometry

    from sample.noding import Edge, Graph
    from sample.plan import Plan

SLACK = 0.08
ARC_SLACK = 0.8
KINDS = words(
    "school|community|rooming_house|shop_street|library|park|hlm|seniors|metro_bus|food_bank"
)
ANCHORS = words(
    "École Sainte-Cunégonde|Centre communautaire L'Ancrage|Maison de chambres du Passeur|"
    "Rue marchande Principale|Bibliothèque Aglaé-Painchaud|Parc des Draveurs|"
    "HLM Les Mélèzes|Résidence du Grand-Duc|Terminus Beaulac|Comptoir alimentaire L'Épi|"
    "Churchfield Elementary School|Greenhaven Community Hall|Kingsmere Rooming House|"
    "Queensland Drive Shops|Prescott Public Library|Ainslie Park|Thistle Court Housing|"
    "Foxglove Seniors' Residence|Churchfield Bus Loop|St-Andrew's Food Bank|"
    "École des Mésanges|Maison des jeunes Le Tremplin|Chambres Chez Ovide|"
    "Halles de la Savane|Bibliothèque du Vallon|Parc de la Crête|HLM Place Boisclair|"
    "Manoir Évangéline|Gare de l'Aubépine|Frigo partagé de l'Anse|École de l'Orée|"
    "Carrefour familial Saint-Élie|Chambres du Vieux-Rail|Marché du Rivage|"
    "Bibliothèque de l'Anse|Parc du Lavoir"
)


def add_streets(store: Store, graph: Graph) -> None:
    """Add the graph's edges, joined into ways where their tags agree.

    Parameters
    ----------
    store : Store
        Where the objects go.
    graph : Graph
        The finished graph.
    """

    def key(edge: Edge) -> tuple[str, tuple[tuple[str, str], ...]]:
        return (edge.line.group, tuple(sorted(edge.line.tags.items())))

    for stroke in strokes(graph, key):
        first = stroke[0][0]
        oneway = first.line.tags.get("oneway") == "yes"
        if oneway and not stroke[0][1]:
            stroke = [(edge, not ahead) for edge, ahead in stroke[::-1]]  # noqa: PLW2901
        if oneway and not all(ahead for _, ahead in stroke):
            for edge, _ in stroke:
                store.way(_slim(edge.coords), edge.line.tags)
            continue
        parts = [
            _slim(edge.coords) if ahead else _slim(edge.coords)[::-1] for edge, ahead in stroke
        ]
        coords = np.vstack([parts[0], *[part[1:] for part in parts[1:]]])
        store.way(coords, dict(first.line.tags))


def _slim(coords: Array) -> Array:
    return np.array(line(coords).simplify(SLACK).coords)


def add_points(store: Store, graph: Graph) -> None:
    """Tag level crossings and turning circles.

    Parameters
    ----------
    store : Store
        Where the objects go.
    graph : Graph
        The finished graph.
    """
    for node, edges in sorted(graph.at_node().items()):
        groups = {edge.line.group for edge in edges}
        tags: dict[str, str] = {}
        if "rail" in groups and len(groups) > 1:
            tags = {"railway": "level_crossing"}
        elif len(edges) == 1 and edges[0].line.tags.get("highway") == "residential":
            gated = edges[0].line.tags.get("access") == "private"
            tags = {"barrier": "gate"} if gated else {"highway": "turning_circle"}
        if tags:
            ref = store.node(to_degrees(graph.spots[node][None, :])[0])
            store.node_tags[ref] = tags


def add_areas(store: Store, plan: Plan) -> None:
    """Add the river, its surface, the island and the parks.

    Parameters
    ----------
    store : Store
        Where the objects go.
    plan : Plan
        The plan, with its parks.
    """
    river = warp_shape(plan.river.intersection(plan.land))
    for part in shapely.get_parts(river):
        if part.length > 1.0:
            coords = np.array(part.simplify(SLACK).coords)
            store.way(coords, {"waterway": "river", "name": layout.RIVER_NAME})
    water = cast("Polygon", warp_shape(plan.water).simplify(SLACK))
    outer = store.way(np.array(water.exterior.coords), {})
    inner = [
        store.way(np.array(ring.coords), {"place": "islet", "name": "Île aux Hérons"})
        for ring in water.interiors
    ]
    tags = {"type": "multipolygon", "natural": "water", "water": "river"}
    members = [("w", outer, "outer"), *[("w", ref, "inner") for ref in inner]]
    store.relation(members, tags | {"name": layout.RIVER_NAME})
    titles = iter(("Parc de la Crête", "Parc des Draveurs", "Parc du Lavoir", "Ainslie Park"))
    for name, shape in plan.parks:
        park = warp_shape(shape).simplify(SLACK)
        if isinstance(park, Polygon) and not park.is_empty:
            named = {"name": next(titles, "")} if name else {}
            tags = {"leisure": "park"} | {k: v for k, v in named.items() if v}
            store.way(np.array(park.exterior.coords), tags)


def add_places(store: Store) -> None:
    """Add the names of neighbourhoods, suburbs and a hamlet.

    Parameters
    ----------
    store : Store
        Where the objects go; last, so that no other node changes its id.
    """
    for name, kind, point in layout.PLACES:
        spot = to_degrees(warp(np.array([point])))[0]
        store.node_tags[store.node(spot)] = {"place": kind, "name": name}


def city_arcs(plan: Plan) -> list[LineString]:
    """Limits between cities, each once, in local metres.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    list of LineString
        Arcs that meet only at their ends.
    """
    rings = shapely.union_all([city.boundary for city in plan.cities.values()])
    merged = shapely.get_parts(linemerge(list(shapely.get_parts(rings))))
    arcs = [warp_shape(arc).simplify(ARC_SLACK) for arc in merged]
    return sorted(arcs, key=lambda arc: (round(arc.coords[0][0]), round(arc.coords[0][1])))


def add_cities(store: Store, plan: Plan) -> dict[str, Polygon]:
    """Add the boundary relations.

    Parameters
    ----------
    store : Store
        Where the objects go.
    plan : Plan
        The plan.

    Returns
    -------
    dict of Polygon
        City polygons in degrees, on the same nodes.
    """
    arcs = city_arcs(plan)
    shapes = {name: warp_shape(city) for name, city in plan.cities.items()}
    border = {"boundary": "administrative", "admin_level": "8"}
    refs = [store.way(np.array(arc.coords), dict(border)) for arc in arcs]
    found: dict[str, Polygon] = {}
    for name, people, _ in layout.CITIES:
        edge = shapes[name].boundary.buffer(4.0)
        mine = [k for k, arc in enumerate(arcs) if edge.contains(arc)]
        tags = border | {"type": "boundary", "name": name, "population": str(people)}
        store.relation([("w", refs[k], "outer") for k in mine], tags)
        lines = [LineString([store.nodes[n - 1] for n in store.ways[refs[k] - 1][0]]) for k in mine]
        polygons = list(polygonize(lines))
        found[name] = max(polygons, key=lambda part: part.area)
    return found


def anchors(graph: Graph, plan: Plan, rng: Generator) -> list[dict[str, Any]]:
    """Place the anchors a few metres from streets all over the cities.

    Parameters
    ----------
    graph : Graph
        The street graph.
    plan : Plan
        The plan.
    rng : Generator
        Source of randomness.

    Returns
    -------
    list of dict
        GeoJSON features.
    """
    kinds = ("residential", "tertiary", "secondary", "living_street")
    streets = [e for e in graph.edges if on_foot(e) and e.line.tags.get("highway") in kinds]
    middles = [line(e.coords).interpolate(0.5, normalized=True) for e in streets]
    shapes = {name: warp_shape(city) for name, city in plan.cities.items()}
    english = set(range(10, 20))
    others = [name for name in shapes if name != layout.ENGLISH]
    features = []
    for k, name in enumerate(ANCHORS):
        city = layout.ENGLISH if k in english else others[(0, 0, 1, 2, 3)[k % 5]]
        inside = [m for m in middles if shapes[city].contains(m)]
        spot = inside[int(rng.integers(len(inside)))]
        near = np.array([[spot.x + 9.0, spot.y + 9.0]])
        values = {
            "name": name,
            "kind": KINDS[k % 10],
            "visits_per_week": float(rng.choice([0.5, 1.0, 1.5, 2.0, 3.0])),
            "minutes": int(rng.choice([10, 15, 20, 30, 45])),
        }
        features.append(feature(Point(to_degrees(near)[0]), values))
    return features


def feature(shape: BaseGeometry, values: dict[str, Any]) -> dict[str, Any]:
    """Make a GeoJSON feature.

    Parameters
    ----------
    shape : BaseGeometry
        Its geometry, in degrees.
    values : dict
        Its columns.

    Returns
    -------
    dict
        The feature.
    """
    return {"type": "Feature", "properties": values, "geometry": mapping(shape)}


def write_geojson(path: Path, features: list[dict[str, Any]]) -> None:
    """Write features as GeoJSON, one per line.

    Parameters
    ----------
    path : Path
        The file.
    features : list of dict
        The features.
    """
    rows = ",\n".join(json.dumps(item, ensure_ascii=False) for item in features)
    text = f'{{"type": "FeatureCollection", "features": [\n{rows}\n]}}\n'
    path.write_text(text, encoding="utf-8", newline="\n")
