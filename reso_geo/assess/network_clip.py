"""What of the streets around a sector can matter to its tours; the rest only takes time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

from reso_geo.network import select
from reso_geo.parallel import MANY_SEGMENTS, side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from reso_geo.assess.sector import Sector
    from reso_geo.coverage import TravelGraph

__all__ = ["nearby"]

_ROUNDS = 6
_MOST_GATES = 200
"""With more, a sector is so large that looking for what to leave out costs what it saves."""


def nearby(sector: Sector, graphs: Iterable[TravelGraph]) -> Sector:
    """Drop the streets that no shortest path between two places of a sector needs.

    A tour leaves the sector at one of its gates, a junction with a street that is not its own, and
    comes back at another: between two gates one shortest path is enough. The best tour is as long
    without all other streets, and what is proven of it there is proven.

    Parameters
    ----------
    sector
        With all streets around it.
    graphs
        The modes and seasons in which it is toured, over all these streets.

    Returns
    -------
    Sector
        With fewer streets around it, in the same order; with all of them where it has more than
        200 gates.
    """
    network = sector.network
    own = (network.city >= 0) | network.required
    places = np.zeros(len(network.node_id), dtype=bool)
    places[[sector.base, *network.u[own].tolist(), *network.v[own].tolist()]] = True
    over = list(graphs)

    def passed_of(number: int) -> NDArray[np.bool_]:
        return _passed(over[number], places, own, sector.base)

    found = side_by_side(passed_of, range(len(over)), worth=len(network) >= MANY_SEGMENTS)
    kept = own.copy()
    for graph, passed in zip(over, found, strict=True):
        kept |= passed[graph.u] & passed[graph.v]
    # Its base stands on a street that is legal in some mode, be it not its own.
    kept |= np.isin(network.u, sector.base) | np.isin(network.v, sector.base)
    nodes = np.unique(np.concatenate((network.u[kept], network.v[kept])))
    counts = sector.counts_per_week
    return replace(
        sector,
        network=select(network, kept),
        base=int(np.searchsorted(nodes, sector.base)),
        stop_s=sector.stop_s[kept],
        counts_per_week=None if counts is None else counts[kept],
        known={},
        middle=None,
    )


def _passed(
    graph: TravelGraph, places: NDArray[np.bool_], own: NDArray[np.bool_], base: int
) -> NDArray[np.bool_]:
    """Find which junctions lie on the shortest paths that are kept between gates."""
    outside = np.isfinite(np.minimum(graph.forward, graph.backward)) & ~own
    leads_out = np.zeros(graph.node_count, dtype=bool)
    leads_out[graph.u[outside]] = leads_out[graph.v[outside]] = True
    leads_out[base] = True
    gates = np.flatnonzero(places & leads_out)
    if len(gates) > _MOST_GATES:
        return np.ones(graph.node_count, dtype=bool)
    passed = np.zeros(graph.node_count, dtype=bool)
    most = _farthest(graph, np.flatnonzero(places), gates, base)
    near = _between(graph, gates, float(most.max()))
    matrix, at = graph.matrix[near][:, near], np.searchsorted(near, gates)
    # The farthest go last: each is searched no farther than it has to be.
    for some in np.array_split(np.argsort(most, kind="stable"), _ROUNDS):
        if len(some):
            passed[near] |= _paths_back(matrix, at[some], at, float(most[some].max()))
    return passed


def _between(graph: TravelGraph, gates: NDArray[np.int64], most: float) -> NDArray[np.int64]:
    """Return junctions of shortest paths between gates: each is at most half-way from an end."""
    half = most / 2.0 + 1.0
    away = dijkstra(graph.matrix, indices=gates, min_only=True, limit=half)
    if not graph.symmetric:
        back = dijkstra(graph.matrix.T.tocsr(), indices=gates, min_only=True, limit=half)
        away = np.minimum(away, back)
    return np.flatnonzero(np.isfinite(away))


def _paths_back(
    matrix: csr_array, starts: NDArray[np.int64], ends: NDArray[np.int64], most: float
) -> NDArray[np.bool_]:
    """Find which junctions lie on one shortest path from each start to each end."""
    count = matrix.shape[0]
    _, before = dijkstra(matrix, indices=starts, return_predecessors=True, limit=most)
    before = before.ravel()
    passed = np.zeros(before.shape, dtype=bool)
    found = np.add.outer(np.arange(len(starts)) * count, ends).ravel()
    while len(found):
        passed[found] = True
        previous = before[found]
        led = previous >= 0
        found = np.unique(found[led] // count * count + previous[led])
        found = found[~passed[found]]
    on_some: NDArray[np.bool_] = np.asarray(passed.reshape(len(starts), count).any(axis=0))
    return on_some


def _farthest(
    graph: TravelGraph, places: NDArray[np.int64], gates: NDArray[np.int64], base: int
) -> NDArray[np.float64]:
    """Return the ticks of paths from each gate to every other: in the sector, or by the base."""
    at = np.searchsorted(places, gates)
    inside = dijkstra(graph.matrix[places][:, places], indices=at)[:, at]
    there = dijkstra(graph.matrix, indices=base)[gates]
    back = there if graph.symmetric else dijkstra(graph.matrix.T.tocsr(), indices=base)[gates]
    away: NDArray[np.float64] = np.minimum(inside, np.add.outer(back, there)).max(axis=1)
    return away
