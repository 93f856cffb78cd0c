"""Join edges into streets: through every junction the straightest pair goes on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from sample.geometry import Array
    from sample.noding import Edge, Graph

STRAIGHT = math.radians(38.0)
REACH = 12.0


def _heading(edge: Edge, node: int) -> float:
    """Direction in which an edge leaves a node."""
    coords: Array = edge.coords if edge.u == node else edge.coords[::-1]
    away = np.hypot(*(coords - coords[0]).T)
    far = int(np.argmax(away > REACH)) or len(coords) - 1
    step = coords[far] - coords[0]
    return math.atan2(step[1], step[0])


def _pairs(graph: Graph, key: Callable[[Edge], Hashable]) -> dict[tuple[int, int], int]:
    """For an edge at a node, the edge that continues it."""
    index = {id(edge): k for k, edge in enumerate(graph.edges)}
    follow: dict[tuple[int, int], int] = {}
    for node, edges in graph.at_node().items():
        options = []
        for a, first in enumerate(edges):
            for second in edges[a + 1 :]:
                if first is second or key(first) is None or key(first) != key(second):
                    continue
                turn = _heading(first, node) - _heading(second, node)
                bend = abs(math.pi - abs((turn + math.pi) % (2 * math.pi) - math.pi))
                if bend < STRAIGHT or len(edges) == len("ab"):
                    options.append((round(bend, 6), index[id(first)], index[id(second)]))
        for _, i, j in sorted(options):
            if (i, node) not in follow and (j, node) not in follow:
                follow[i, node] = j
                follow[j, node] = i
    return follow


def strokes(graph: Graph, key: Callable[[Edge], Hashable]) -> list[list[tuple[Edge, bool]]]:
    """Group edges into streets.

    Parameters
    ----------
    graph : Graph
        The graph.
    key : callable
        Only edges with equal keys join; ``None`` keeps an edge out.

    Returns
    -------
    list of list
        Each street as its edges in order, with whether each is walked from u to v.
    """
    follow = _pairs(graph, key)
    used: set[int] = set()
    found: list[list[tuple[Edge, bool]]] = []
    starts = [
        (k, node)
        for k, edge in enumerate(graph.edges)
        for node in (edge.u, edge.v)
        if (k, node) not in follow
    ]
    starts += [(k, edge.u) for k, edge in enumerate(graph.edges)]
    for start, entry in starts:
        if start in used or key(graph.edges[start]) is None:
            continue
        chain: list[tuple[Edge, bool]] = []
        k, node = start, entry
        while k not in used:
            used.add(k)
            edge = graph.edges[k]
            forward = edge.u == node
            chain.append((edge, forward))
            node = edge.v if forward else edge.u
            k = follow.get((k, node), k)
        found.append(chain)
    return found
