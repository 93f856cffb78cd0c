"""Gates that nobody passes: the streets on both sides end there.

Where two streets, or two parts of one, meet at a gate, they end in two junctions at the same spot.
Where three or more do, the gate closes what branches off: parts of one class and name stay joined,
unless they all are of one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network.noding import Edges
    from reso_geo.network.street_network import StreetNetwork
    from reso_geo.osm import Ways

__all__ = ["closed_gates", "gate_of", "shut_gates"]

_FAR_SIDES = 1 << 51
"""Above all ids of OpenStreetMap and the points within squares."""
_MOST_SIDES, _MOST_IDS = 1 << 5, 1 << 44
_THREE = 3


def shut_gates(ways: Ways, edges: Edges) -> Edges:
    """Part the edges that meet at a gate.

    Parameters
    ----------
    ways
        What a reader of `reso_geo.osm` gave.
    edges
        From `reso_geo.network.noding.cut_ways`, which cuts at gates.

    Returns
    -------
    Edges
        One side of a gate keeps its junction, those beyond have junctions of their own, with ids
        that `gate_of` reads.
    """
    ends = np.concatenate((edges.tail, edges.head))
    at_gate = np.flatnonzero(np.isin(ends, ways.gates))
    if not len(at_gate):
        return edges
    arms: dict[int, list[int]] = defaultdict(list)
    for end in at_gate.tolist():
        arms[int(ends[end])].append(end)
    way = np.concatenate((edges.way, edges.way))
    for gate, own in arms.items():
        # In the order of the ways, then along each: the head of an edge, then the tail of the next.
        own.sort(key=lambda end: (int(way[end]), _position(edges, end), end < len(edges.way)))
        for side, group in enumerate(_sides(ways, way, own)):
            ends[group] = _beyond(gate, side) if side else gate
    tail, head = np.split(ends, 2)
    return replace(edges, tail=tail, head=head)


def gate_of(node: int) -> int:
    """Return the gate that a junction belongs to.

    Parameters
    ----------
    node
        Id of any junction.

    Returns
    -------
    int
        The point of the source: `node` itself unless it is the far side of a gate.

    Examples
    --------
    >>> gate_of(12)
    12
    """
    if node < _FAR_SIDES:
        return node
    number = (node - _FAR_SIDES) // _MOST_SIDES
    return -(number // 2) if number % 2 else number // 2


def closed_gates(network: StreetNetwork) -> int:
    """Count the gates that part streets of the cities, those that nobody reaches for a gate too.

    Parameters
    ----------
    network
        Segments placed in cities.

    Returns
    -------
    int
        Points of the source.
    """
    here = (network.city >= 0) | (network.why == "unreachable")
    nodes = np.unique(network.node_id[np.concatenate((network.u[here], network.v[here]))])
    return len({gate_of(node) for node in nodes[nodes >= _FAR_SIDES].tolist()})


def _position(edges: Edges, end: int) -> int:
    """Return the place in the table of the point at an end; heads are numbered after all tails."""
    count = len(edges.way)
    return int(edges.start[end] if end < count else edges.stop[end - count])


def _beyond(gate: int, side: int) -> int:
    number = (abs(gate) % _MOST_IDS) * 2 + (gate < 0)
    return _FAR_SIDES + number * _MOST_SIDES + side % _MOST_SIDES


def _sides(ways: Ways, way: NDArray[np.int64], ends: list[int]) -> list[list[int]]:
    """Group the ends at a gate by the side on which they stay, what runs through first.

    It keeps the junction, so that what branches off has a far side, by which the gate is counted.
    """
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for end in ends:
        alike[ways.highway[way[end]], ways.name[way[end]]].append(end)
    apart = len(ends) < _THREE or len(alike) == 1
    if apart:
        return [[end] for end in ends]
    return sorted(alike.values(), key=len, reverse=True)
