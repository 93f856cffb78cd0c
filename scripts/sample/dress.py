"""Give the streets their names and tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import Point

from sample import layout, names
from sample.geometry import CORE, Array, line, warp
from sample.strokes import strokes

if TYPE_CHECKING:
    from numpy.random import Generator
    from shapely.geometry import Polygon

    from sample.noding import Edge, Graph

Stroke = list[tuple["Edge", bool]]
LOCAL = {"residential", "unclassified", "track"}
ENGLISH_SHARE = {"Greenhaven": 0.72, "Mont-Aubépine": 0.25}
OLD_TOWN = 560.0
SHORT = 75.0
CONTRAFLOW = 4
CLOSED = 9
PATH_NAMES = [
    "Passage des Écoliers",
    "Sentier du Lavoir",
    "Fox Walk",
    "Passage N.-D.",
    "Le Raccourci",
]


def local_key(edge: Edge) -> str | None:
    """Kind of an unnamed local street, else nothing.

    Parameters
    ----------
    edge : Edge
        The edge.

    Returns
    -------
    str or None
        Its ``highway`` value.
    """
    tags = edge.line.tags
    kind = tags.get("highway")
    return kind if kind in LOCAL and "name" not in tags and "junction" not in tags else None


def _middle(stroke: Stroke) -> Array:
    edge = stroke[len(stroke) // 2][0]
    return np.array(line(edge.coords).interpolate(0.5, normalized=True).coords[0])


def _length(stroke: Stroke) -> float:
    return sum(edge.length for edge, _ in stroke)


def _tag(stroke: Stroke, tags: dict[str, str]) -> None:
    """Add tags; a one-way needs its edges drawn in walking order."""
    for edge, forward in stroke:
        if "oneway" in tags and not forward:
            edge.u, edge.v, edge.coords = edge.v, edge.u, edge.coords[::-1]
        edge.line.tags = edge.line.tags | tags


def dress(graph: Graph, cities: dict[str, Polygon], rng: Generator) -> None:
    """Name and tag all local streets and paths.

    Parameters
    ----------
    graph : Graph
        The street graph, changed in place.
    cities : dict of Polygon
        City polygons in local metres.
    rng : Generator
        Source of randomness.
    """
    found = strokes(graph, local_key)
    _name(found, cities, rng)
    core = warp(CORE[None, :])[0]
    old = [s for s in found if np.hypot(*(_middle(s) - core)) < OLD_TOWN]
    old.sort(key=lambda s: (round(np.hypot(*(_middle(s) - core)), 3), round(_length(s), 3)))
    _old_town(old, rng)
    kept = {id(s) for s in old}
    _suburbs([s for s in found if id(s) not in kept], graph, rng)
    _paths(graph, rng)


def _name(found: list[Stroke], cities: dict[str, Polygon], rng: Generator) -> None:
    french, english = names.french(rng), names.english(rng)
    odd = iter(names.SPECIAL)
    for shape in cities.values():
        shapely.prepare(shape)
    for k, stroke in enumerate(found):
        kind = stroke[0][0].line.tags["highway"]
        dull = _length(stroke) < SHORT or kind == "track"
        if dull and rng.random() < 0.9:  # noqa: PLR2004 - a share
            continue
        spot = Point(_middle(stroke))
        city = next((name for name, shape in cities.items() if shape.contains(spot)), "")
        name = next(english if rng.random() < ENGLISH_SHARE.get(city, 0.03) else french)
        if k % 97 == 5 and city != layout.ENGLISH:  # noqa: PLR2004 - now and then
            name = next(odd, name)
        _tag(stroke, {"name": name})


def _old_town(old: list[Stroke], rng: Generator) -> None:
    long = [stroke for stroke in old if _length(stroke) > 2 * SHORT]
    _tag(long[0][:2], {"highway": "pedestrian", "name": "place de l'Église"})
    _tag(long[1][:2], {"highway": "pedestrian"})
    for stroke in long[2:6]:
        _tag(stroke, {"highway": "living_street"})
    for k, stroke in enumerate(long[6:]):
        if k % 2 == 0:
            turned = stroke if rng.random() < 0.5 else [(e, not f) for e, f in stroke[::-1]]  # noqa: PLR2004
            _tag(turned, {"oneway": "yes"})
            if k % CONTRAFLOW == 0:
                _tag(stroke, {"oneway:bicycle": "no", "cycleway": "opposite_lane"})


def _suburbs(found: list[Stroke], graph: Graph, rng: Generator) -> None:
    at = graph.at_node()
    lone: list[Stroke] = []
    for stroke in found:
        ends = {node for edge, _ in stroke for node in (edge.u, edge.v)}
        dead = sum(len(at[node]) == 1 for node in ends)
        if len(stroke) == 1 and dead == 1 and stroke[0][0].length > SHORT:
            lone.append(stroke)
        elif rng.random() < 0.02:  # noqa: PLR2004 - a share
            _tag(stroke, {"oneway": "yes"})
    closed = {"highway": "construction", "construction": "residential"}
    for k, stroke in enumerate(lone[:: max(1, len(lone) // CLOSED)]):
        if stroke[0][0].line.tags["highway"] == "residential":
            _tag(stroke, closed if k % CONTRAFLOW == 1 else {"access": "private"})


def _paths(graph: Graph, rng: Generator) -> None:
    for edge in graph.edges:
        tags = edge.line.tags
        if edge.line.group != "path" or tags.get("highway") != "footway" or "name" in tags:
            continue
        roll = rng.random()
        extra: dict[str, str] = {}
        if roll < 0.12:  # noqa: PLR2004 - a share
            extra = {"name": PATH_NAMES[int(rng.integers(len(PATH_NAMES)))]}
        elif roll < 0.2:  # noqa: PLR2004 - a share
            extra = {"bicycle": "dismount"}
        elif roll < 0.35:  # noqa: PLR2004 - a share
            extra = {"highway": "path", "surface": "compacted"}
        elif roll < 0.4:  # noqa: PLR2004 - a share
            extra = {"highway": "cycleway", "foot": "yes"}
        elif roll < 0.42 and edge.length < 3 * SHORT:  # noqa: PLR2004 - a share
            extra = {"highway": "steps", "incline": "up"}
        edge.line.tags = tags | extra
