"""Each street once: which of the edges that run over the same points is kept."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from reso_geo.network.noding import Edges, kind_of
from reso_geo.osm import NO_WAY, RIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.osm import Ways

__all__ = ["drawn_once"]


def drawn_once(ways: Ways, edges: Edges, was: NDArray[np.int64]) -> tuple[Edges, Edges]:
    """Keep each street once, drawn twice over the same ids or over other ids at the same places.

    Over the same ids only an edge that is alike in all that counts is the same street: what differs
    may be a path beside a street. Over other ids, one that lets pass everybody whom the other lets
    pass, and is required where that is, stands for it, whatever it is called.

    Parameters
    ----------
    ways
        With the points joined that lie at one place.
    edges
        From `reso_geo.network.noding.cut_ways`.
    was
        int64, shape (points,): id of each point before it was joined.

    Returns
    -------
    tuple of Edges
        What is kept, and what was drawn again over other ids.
    """
    again = _drawn_again(ways, edges, was)
    kept = _part(edges, ~again)
    return _part(kept, _first_alike(ways, kept)), _part(edges, again)


def _part(edges: Edges, kept: NDArray[np.bool_]) -> Edges:
    return Edges(*(getattr(edges, f.name)[kept] for f in fields(Edges)))


def _first_alike(ways: Ways, edges: Edges) -> NDArray[np.bool_]:
    """Find which edges are the lowest of those that run over the same points alike."""
    ends = np.sort(np.column_stack((edges.tail, edges.head)), axis=1)
    rows = np.column_stack((ends, kind_of(ways)[edges.way], edges.stop - edges.start))
    _, group, count = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    two_way = (ways.bike_forward == ways.bike_backward) & (ways.oneway == 0)
    kept = np.ones(len(edges.way), dtype=bool)
    seen: set[tuple[int, ...]] = set()
    for edge in np.flatnonzero(count[group] > 1).tolist():
        run = ways.node_id[edges.start[edge] : edges.stop[edge] + 1].tolist()
        points = min(run, run[::-1]) if two_way[edges.way[edge]] else run
        key = (int(group[edge]), *points)
        kept[edge] = key not in seen
        seen.add(key)
    return kept


def _drawn_again(ways: Ways, edges: Edges, was: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Find which edges another stands for that runs over the same places, by other ids.

    Where streets run together every point is shared, so that each edge there is one step.
    """
    again = np.zeros(len(edges.way), dtype=bool)
    met = np.isin(np.concatenate((edges.tail, edges.head)), ways.node_id[was != ways.node_id])
    step = np.flatnonzero((edges.stop - edges.start == 1) & np.all(met.reshape(2, -1), axis=0))
    ends = np.sort(np.column_stack((edges.tail[step], edges.head[step])), axis=1)
    order = np.lexsort(ends.T)
    bounds = np.flatnonzero((ends[order][1:] != ends[order][:-1]).any(axis=1)) + 1
    for group in np.split(step[order], bounds):
        if len(group) > 1 and _of_other_ids(edges, was, group):
            again[_stood_for(ways, edges, np.sort(group).tolist())] = True
    return again


def _of_other_ids(edges: Edges, was: NDArray[np.int64], group: NDArray[np.int64]) -> bool:
    """Return whether the edges ran over points of more than one pair of ids."""
    before = np.sort(np.column_stack((was[edges.start[group]], was[edges.stop[group]])), axis=1)
    return bool((before != before[0]).any())


def _stood_for(ways: Ways, edges: Edges, group: list[int]) -> list[int]:
    """Find the edges of one step that another stands for: named before unnamed, then lowest."""
    use = {edge: _use(ways, edges, edge) for edge in group}

    def covers(one: int, other: int) -> bool:
        return all(a >= b for a, b in zip(use[one], use[other], strict=True))

    def rank(edge: int) -> tuple[bool, int, int]:
        way = edges.way[edge]
        return not ways.name[way], int(ways.way_id[way]), edge

    return [
        other
        for other in group
        if any(
            covers(one, other) and (not covers(other, one) or rank(one) < rank(other))
            for one in group
            if one != other
        )
    ]


def _use(ways: Ways, edges: Edges, edge: int) -> tuple[Any, ...]:
    """List who may pass, from the lower end to the higher and back, and whether patrol must."""
    way = edges.way[edge]
    ride = [_ease(ways.bike_forward[way]), _ease(ways.bike_backward[way])]
    if edges.tail[edge] > edges.head[edge]:
        ride.reverse()
    return bool(ways.required[way]), bool(ways.foot[way]), *ride


def _ease(use: int) -> int:
    """Order what a bicycle may do: nothing, be pushed, ride."""
    return 0 if use == NO_WAY else 2 if use == RIDE else 1
