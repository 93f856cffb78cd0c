"""Edges: ways cut where they meet, each once, chained where nothing but the way changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from reso_geo.network.connectivity import components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.osm import Ways

__all__ = ["Chain", "Edges", "chain_edges", "cut_ways", "end_of", "kind_of", "points_of"]

Chain: TypeAlias = list[tuple[int, bool]]
"""Edges in a row: the number of each, and whether it is run backwards."""


@dataclass(frozen=True)
class Edges:
    """Stretches of ways between junctions: points ``start:stop`` (stop included) of the table.

    Attributes
    ----------
    way
        int64, shape (k,): row of the way in the table.
    start, stop
        int64, shape (k,): positions of the first and the last point.
    tail, head
        int64, shape (k,): OSM ids of the junctions there.
    length_m
        float64, shape (k,): geodesic length.
    """

    way: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    length_m: NDArray[np.float64]


def cut_ways(ways: Ways, usable: NDArray[np.bool_], step_m: NDArray[np.float64]) -> Edges:
    """Cut the usable ways where they meet, end, touch themselves, turn back, or have a gate.

    Parameters
    ----------
    ways
        What a reader of `reso_geo.osm` gave.
    usable
        bool, shape (ways,): ways that somebody may use.
    step_m
        float64, shape (points,): metres from each point to the next of its way.

    Returns
    -------
    Edges
        In the order of their ways; perhaps none.
    """
    way_of = np.repeat(np.arange(len(ways)), np.diff(ways.first))
    at = np.flatnonzero(usable[way_of])
    ends = np.zeros(len(way_of), dtype=bool)
    ends[ways.first[:-1]] = True
    ends[ways.first[1:] - 1] = True
    turns = np.zeros(len(way_of), dtype=bool)
    turns[1:-1] = (ways.node_id[:-2] == ways.node_id[2:]) & (way_of[:-2] == way_of[2:])
    _, inverse, count = np.unique(ways.node_id[at], return_inverse=True, return_counts=True)
    gates = np.isin(ways.node_id[at], ways.gates)
    junction = (count[inverse] > 1) | ends[at] | turns[at] | gates
    cuts = at[junction]
    start, stop = cuts[:-1], cuts[1:]
    within = way_of[start] == way_of[stop]
    start, stop = start[within], stop[within]
    # Each sum on its own: a running one would carry what stands before it in the table.
    length_m = np.add.reduceat(step_m, np.column_stack((start, stop)).ravel())[::2]
    tail, head = _same_spots(ways.node_id[start], ways.node_id[stop], length_m)
    real = length_m > 0
    start, stop = start[real], stop[real]
    return Edges(way_of[start], start, stop, tail[real], head[real], length_m[real])


def _same_spots(
    tail: NDArray[np.int64], head: NDArray[np.int64], length_m: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Make one junction (the lowest) of those that a street of no length joins."""
    joins = length_m == 0
    if not (joins & (tail != head)).any():
        return tail, head
    nodes, place = np.unique(np.concatenate((tail, head)), return_inverse=True)
    u, v = place[: len(tail)], place[len(tail) :]
    label = components(len(nodes), u[joins], v[joins])
    _, first = np.unique(label, return_index=True)
    lowest = nodes[first][label]
    return lowest[u], lowest[v]


def chain_edges(ways: Ways, edges: Edges) -> list[Chain]:
    """Chain edges into segments through points where two meet and nothing but the way changes.

    In a source that is already simplified only the edges of one way are chained again.

    Parameters
    ----------
    ways
        What a reader of `reso_geo.osm` gave.
    edges
        From `cut_ways`.

    Returns
    -------
    list of Chain
        Each in the direction of its lowest way.
    """
    kind = kind_of(ways)[edges.way] if ways.segment_id is None else edges.way
    symmetric = ((ways.bike_forward == ways.bike_backward) & (ways.oneway == 0))[edges.way]
    count = len(edges.way)
    ends = np.concatenate((edges.tail, edges.head))
    order = np.argsort(ends, kind="stable")
    _, first, many = np.unique(ends[order], return_index=True, return_counts=True)
    two = first[many == 2]  # noqa: PLR2004 - a pair of edge ends
    a, b = order[two], order[two + 1]
    edge_a, edge_b = a % count, b % count
    flips = (a < count) == (b < count)
    joins = (edge_a != edge_b) & (kind[edge_a] == kind[edge_b])
    joins &= ~flips | (symmetric[edge_a] & symmetric[edge_b])
    other = np.full(2 * count, -1)
    other[a[joins]] = b[joins]
    other[b[joins]] = a[joins]
    return _walk_chains(edges, other)


def kind_of(ways: Ways) -> NDArray[np.int64]:
    """Return a number for all that must stay the same along a segment.

    Parameters
    ----------
    ways
        What a reader of `reso_geo.osm` gave.

    Returns
    -------
    ndarray of int64, shape (ways,)
        The same number for ways that differ in nothing that counts.
    """
    rows = zip(
        ways.highway, ways.name, ways.ref, ways.why, ways.foot.tolist(), ways.required.tolist(),
        ways.bike_forward.tolist(), ways.bike_backward.tolist(), ways.oneway.tolist(), strict=True,
    )  # fmt: skip
    numbers: dict[tuple[object, ...], int] = {}
    return np.array([numbers.setdefault(row, len(numbers)) for row in rows], dtype=np.int64)


def _walk_chains(edges: Edges, other: NDArray[np.int64]) -> list[Chain]:
    """Follow the joined edge ends; end ``p`` is the tail of edge p, ``p + count`` its head.

    Edges are in the order of their ways, so a chain runs in the direction of the one found first.
    """
    count = len(edges.way)
    partner = other.tolist()
    used = bytearray(count)
    chains = []
    for edge in range(count):
        if used[edge]:
            continue
        end = edge
        while partner[end] >= 0:
            back = (partner[end] + count) % (2 * count)
            if back % count == edge:
                break
            end = back
        chain = []
        while not used[end % count]:
            used[end % count] = 1
            chain.append((end % count, end >= count))
            onward = partner[(end + count) % (2 * count)]
            if onward < 0:
                break
            end = onward
        chains.append(chain)
    return chains


def end_of(edges: Edges, link: tuple[int, bool], *, first: bool) -> int:
    """Return the junction at one end of a link of a chain.

    Parameters
    ----------
    edges
        From `cut_ways`.
    link
        An edge, and whether it is run backwards.
    first
        Whether the end where the link begins is asked for.

    Returns
    -------
    int
        OSM id.
    """
    edge, backwards = link
    return int((edges.tail if first != backwards else edges.head)[edge])


def points_of(edges: Edges, chains: list[Chain]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the table positions of every chain's points in order, and the chain of each.

    Parameters
    ----------
    edges
        From `cut_ways`.
    chains
        From `chain_edges`.

    Returns
    -------
    tuple of ndarray of int64, shape (points,)
        Positions in the table of ways; the number of the chain.
    """
    runs: list[int] = []
    owners: list[int] = []
    start, stop = edges.start.tolist(), edges.stop.tolist()
    for chain in chains:
        for place, (edge, backwards) in enumerate(chain):
            run = range(start[edge], stop[edge] + 1)
            inner = run[::-1] if backwards else run
            runs.extend(inner if place == 0 else inner[1:])
        owners.append(len(runs))
    sizes = np.diff(np.concatenate(([0], owners)))
    return np.asarray(runs, dtype=np.int64), np.repeat(np.arange(len(chains)), sizes)
