"""What a cut is worth: load, walk, broken beats, beats that a barrier cuts, where beats meet.

Nothing here asks the cutter, whoever it is: parts are found with networkx, walks with scipy, over
the streets as they were read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import networkx as nx
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from reso_geo.partition import median_junction
from reso_geo.tiling.fronts import MAIN_RANKS, rank_of
from reso_geo.workload import measure_load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo import StreetNetwork
    from reso_geo.coverage import Depth, TravelGraph
    from reso_geo.workload import StreetLoad

__all__ = [
    "NO_BASE",
    "Balance",
    "Meetings",
    "balance",
    "barrier_cut_beats",
    "base_of_beats",
    "beat_loads",
    "broken",
    "known_streets",
    "mean_walk_m",
    "meetings",
    "street_loads",
]

NO_BASE = -1
LEAST_APART = 0.05
"""Share of a beat's load behind a barrier from which on the barrier cuts the beat."""


class Meetings(NamedTuple):
    """Junctions where beats meet, those away from what people know, and the share of the others."""

    junctions: int
    loose: int
    share: float


def known_streets(network: StreetNetwork) -> NDArray[np.bool_]:
    """Find main streets (tertiary or higher) and segments that cross a barrier, shape (m,)."""
    known: NDArray[np.bool_] = (rank_of(network) < MAIN_RANKS) | (network.crossed != 0)
    return known


def meetings(
    network: StreetNetwork, beat_of: NDArray[np.int64], area_of: NDArray[np.int64]
) -> Meetings:
    """Count the junctions where beats of one area meet, and those that are loose.

    One is loose where no walkable segment at it that is in a beat is a main street or crosses a
    barrier. `area_of` (int64, shape (m,)) tells areas that are cut each on its own; where two of
    them meet, beats had no choice. How beats are drawn plays no part.
    """
    held = np.flatnonzero(network.foot & (beat_of >= 0))
    ends = np.concatenate((network.u[held], network.v[held]))
    met = _differing(ends, beat_of[held]) & ~_differing(ends, area_of[held])
    on = np.isin(np.arange(len(met)), ends[np.tile(known_streets(network)[held], 2)])
    junctions, loose = int(met.sum()), int((met & ~on).sum())
    return Meetings(junctions, loose, 1.0 - loose / junctions if junctions else 1.0)


def _differing(ends: NDArray[np.int64], label: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Find junctions whose segments differ in a label."""
    least = np.full(ends.max() + 1, np.iinfo(np.int64).max)
    most = np.full(ends.max() + 1, -1)
    np.minimum.at(least, ends, np.tile(label, 2))
    np.maximum.at(most, ends, np.tile(label, 2))
    differing: NDArray[np.bool_] = most > least
    return differing


class Balance(NamedTuple):
    """Largest and smallest load over the mean of all beats asked for, empty ones included."""

    most: float
    least: float


def balance(loads_s: NDArray[np.float64]) -> Balance:
    """Return max/mean and min/mean of loads per post, shape (k,), one post to a beat."""
    mean = loads_s.mean()
    return Balance(float(loads_s.max() / mean), float(loads_s.min() / mean))


def street_loads(
    beat_of: NDArray[np.int64], load_s: NDArray[np.float64], beats: int
) -> NDArray[np.float64]:
    """Return the street load of each beat, shape (beats,): all that peers can balance."""
    held = beat_of >= 0
    loads_s: NDArray[np.float64] = np.bincount(
        beat_of[held], weights=load_s[held], minlength=beats
    ).astype(np.float64)
    return loads_s


def base_of_beats(
    network: StreetNetwork,
    walk: TravelGraph,
    load_s: NDArray[np.float64],
    beat_of: NDArray[np.int64],
    beats: int,
) -> NDArray[np.int64]:
    """Assign every beat the same kind of base, whoever cut it: its exact 1-median.

    This is `reso_geo.partition.median_junction`, the required junction with the least mean walk to
    the beat's load; `NO_BASE` for a beat without required segments.
    """
    base = np.full(beats, NO_BASE, dtype=np.int64)
    for beat in range(beats):
        own = np.flatnonzero(beat_of == beat)
        required = own[network.required[own]]
        if len(required):
            base[beat] = median_junction(walk, network.node_id, load_s, own, required)
    return base


def beat_loads(
    network: StreetNetwork,
    graph: TravelGraph,
    load: StreetLoad,
    beat_of: NDArray[np.int64],
    base: NDArray[np.int64],
    depth: Depth,
) -> NDArray[np.float64]:
    """Return seconds per week of each beat, shape (k,): street load and deadhead at a depth."""
    loads_s = np.zeros(len(base))
    for beat in np.flatnonzero(base != NO_BASE).tolist():
        own = np.flatnonzero((beat_of == beat) & network.required)
        loads_s[beat] = measure_load(graph, load, own, int(base[beat]), depth).load_s
    return loads_s


def mean_walk_m(
    network: StreetNetwork,
    load_s: NDArray[np.float64],
    beat_of: NDArray[np.int64],
    base: NDArray[np.int64],
) -> float:
    """Return the load-weighted mean walk from the base, in metres.

    The walk of a segment is the mean over its two ends of the shortest foot time (transit) from
    the base over the whole foot network, in metres at equal pace: that is, of the shortest length.
    Every segment counts with its street load.
    """
    ways = _ways_m(network)
    walked, weight = 0.0, 0.0
    for beat in np.flatnonzero(base != NO_BASE).tolist():
        own = np.flatnonzero((beat_of == beat) & (load_s > 0))
        away = dijkstra(ways, indices=int(base[beat]))
        walk = (away[network.u[own]] + away[network.v[own]]) / 2.0
        walked += float(walk @ load_s[own])
        weight += float(load_s[own].sum())
    return walked / weight


def _ways_m(network: StreetNetwork) -> csr_array:
    """Return metres between neighbouring junctions on foot, the shortest of parallel ways."""
    way = np.flatnonzero(network.foot & (network.u != network.v))
    tail = np.concatenate((network.u[way], network.v[way]))
    head = np.concatenate((network.v[way], network.u[way]))
    length_m = np.tile(network.length_m[way], 2)
    size = len(network.node_id)
    order = np.argsort(length_m, kind="stable")
    _, first = np.unique((tail * size + head)[order], return_index=True)
    kept = order[first]
    return csr_array((length_m[kept], (tail[kept], head[kept])), shape=(size, size))


def broken(network: StreetNetwork, beat_of: NDArray[np.int64], beats: int) -> int:
    """Count the beats whose segments are not connected, and those that hold none."""
    return sum(len(_parts(network, np.flatnonzero(beat_of == beat))) != 1 for beat in range(beats))


def barrier_cut_beats(
    network: StreetNetwork,
    load_s: NDArray[np.float64],
    beat_of: NDArray[np.int64],
    crosses: NDArray[np.bool_],
) -> list[int]:
    """Find the beats that a barrier cuts.

    A beat is cut by a barrier when, without the segments that cross one (`crossed`, bool, shape
    (m,)), its required segments fall into two or more parts over the rest of the beat's held
    segments and the parts apart from the largest hold at least 5 % of its load. Parts are
    measured in street load, and so is the beat, with its required segments that cross a barrier.
    """
    cut = []
    for beat in np.unique(beat_of[beat_of >= 0]).tolist():
        own = np.flatnonzero(beat_of == beat)
        required = own[network.required[own]]
        parts_s = [
            float(load_s[part[network.required[part]]].sum())
            for part in _parts(network, own[~crosses[own]])
            if network.required[part].any()
        ]
        apart_s = sum(parts_s) - max(parts_s, default=0.0)
        if len(parts_s) > 1 and apart_s >= LEAST_APART * float(load_s[required].sum()):
            cut.append(beat)
    return cut


def _parts(network: StreetNetwork, own: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the connected parts of some segments."""
    streets: nx.Graph[int] = nx.Graph()
    streets.add_edges_from(zip(network.u[own].tolist(), network.v[own].tolist(), strict=True))
    part_of = {
        junction: part
        for part, junctions in enumerate(nx.connected_components(streets))
        for junction in junctions
    }
    label = np.array([part_of[junction] for junction in network.u[own].tolist()], dtype=np.int64)
    return [own[label == part] for part in np.unique(label).tolist()]
