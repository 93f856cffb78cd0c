"""Sidewalks and cycle tracks drawn beside some streets, with their crossings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sample.geometry import Array, cut, offset, stations
from sample.plan import Line

if TYPE_CHECKING:
    from collections.abc import Callable

    from sample.noding import Edge, Graph

SHORT = 42.0
BACK = 11.0
SIDEWALK = {"highway": "footway", "footway": "sidewalk", "surface": "concrete"}
CROSSING = {"highway": "footway", "footway": "crossing", "crossing": "marked"}


@dataclass
class Beside:
    """What to draw beside the edges of a street.

    Attributes
    ----------
    chosen : callable
        Whether an edge gets it.
    tags : dict of str
        Its tags.
    distance : float
        Metres from the axis.
    sides : tuple of float
        +1 for the left, -1 for the right.
    """

    chosen: Callable[[Edge], bool]
    tags: dict[str, str]
    distance: float
    sides: tuple[float, ...] = (1.0, -1.0)


def draw(graph: Graph, beside: Beside) -> list[Line]:
    """Draw the lines beside the chosen edges.

    Parameters
    ----------
    graph : Graph
        The street graph.
    beside : Beside
        What to draw, and where.

    Returns
    -------
    list of Line
        Side lines, corner links and crossings.
    """
    made: list[Line] = []
    ends: dict[int, dict[tuple[int, float], Array]] = {}
    picked = [e for e in graph.edges if e.length > SHORT and beside.chosen(e)]
    for edge in picked:
        middle = cut(edge.coords, BACK, float(stations(edge.coords)[-1]) - BACK)
        lanes = {side: offset(middle, side * beside.distance) for side in beside.sides}
        for side, lane in lanes.items():
            made.append(Line(lane, dict(beside.tags), "path"))
            ends.setdefault(edge.u, {})[id(edge), side] = lane[0]
            # seen from the far end, left and right change places
            ends.setdefault(edge.v, {})[id(edge), -side] = lane[-1]
        for k in (0, -1):
            across = [lane[k] for lane in lanes.values()]
            coords = np.vstack([across[0], middle[k], *across[1:]])
            made.append(Line(coords, dict(CROSSING), "path"))
    at = graph.at_node()
    for node, spots in sorted(ends.items()):
        made += _corners(at[node], node, spots, beside.tags)
    return made


def _corners(
    edges: list[Edge], node: int, spots: dict[tuple[int, float], Array], tags: dict[str, str]
) -> list[Line]:
    """Link the side lines of streets that follow one another around a junction."""

    def angle(edge: Edge) -> float:
        ahead = edge.coords if edge.u == node else edge.coords[::-1]
        return math.atan2(*(ahead[1] - ahead[0])[::-1])

    ring = sorted(edges, key=angle)
    with_lane = [k for k, edge in enumerate(ring) if any(key[0] == id(edge) for key in spots)]
    if len(with_lane) < len("ab"):
        return []
    made = []
    for k, nxt in zip(with_lane, [*with_lane[1:], with_lane[0]], strict=True):
        start = spots.get((id(ring[k]), 1.0))
        end = spots.get((id(ring[nxt]), -1.0))
        if start is None or end is None:
            continue
        over = (nxt - k) % len(ring) > 1
        made.append(Line(np.vstack([start, end]), dict(CROSSING if over else tags), "path"))
    return made
