"""Obstacle: the barrier that explains a detour, found by touring the sector as if it were not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy
import shapely

from reso_geo.coverage import TravelGraph, cover

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork

__all__ = ["Obstacle", "obstacle_of"]

_ACROSS_M = 300.0
"""The longest straight link over a barrier: over a river or a yard, to the next street."""
_LEAST_SHARE = 0.1
"""What saves less of the deadhead explains no detour: the fast depth may be off by as much."""
_MAIN_SHARE = 0.5


@dataclass(frozen=True)
class Obstacle:
    """What a detour goes around.

    Attributes
    ----------
    kind
        ``motorway``, ``railway`` or ``river``.
    name
        Of the line that half of the missing links or more would cross; empty where none stands out.
    share
        Share of the deadhead of one pass that links across would save.
    """

    kind: str
    name: str
    share: float


def obstacle_of(
    network: StreetNetwork, graph: TravelGraph, segments: NDArray[np.int64], base: int
) -> Obstacle | None:
    """Find the kind of barrier that costs a sector most.

    The sector is toured as it is, and again for each kind with straight links across its lines:
    from each of the sector's junctions to the nearest one beyond, 300 m away at most, in both
    directions, at the pace that the mode travels the sector's streets. What the deadhead loses is
    what the kind explains. Both tours are of the fast depth.

    Parameters
    ----------
    network
        The streets, and the barriers between them.
    graph
        The mode's travel graph.
    segments
        int64, shape (k,): the required segments of the sector.
    base
        Junction where its patrols start.

    Returns
    -------
    Obstacle or None
        None where no kind of barrier explains a tenth of the deadhead.
    """
    now = cover(graph, segments, base)
    if now.apart or not 0.0 < now.deadhead_s < np.inf:
        return None
    found = []
    for kind in sorted(set(network.barriers.kind)):
        pairs, names = _across(network, segments, kind)
        if not len(pairs):
            continue
        tour = cover(_linked(network, graph, segments, pairs), segments, base)
        share = 1.0 - tour.deadhead_s / now.deadhead_s
        if share >= _LEAST_SHARE:
            used = np.unique(tour.steps.segment - len(network))
            found.append(Obstacle(kind, _main([names[link] for link in used[used >= 0]]), share))
    return max(found, key=lambda obstacle: obstacle.share, default=None)


def _across(
    network: StreetNetwork, segments: NDArray[np.int64], kind: str
) -> tuple[NDArray[np.int64], list[str]]:
    """Return pairs of the sector's junctions on either side of the nearest line, and its name."""
    barriers = network.barriers
    rows = zip(barriers.kind, barriers.geometry, barriers.name, strict=True)
    own = [(line, name) for of, line, name in rows if of == kind]
    lines, named = np.array([line for line, _ in own], dtype=object), [name for _, name in own]
    nodes = np.unique(np.concatenate((network.u[segments], network.v[segments])))
    tree = shapely.STRtree(lines)
    spots = shapely.points(network.node_xy[nodes])
    close = np.unique(tree.query(spots, predicate="dwithin", distance=_ACROSS_M)[0])
    nodes = nodes[close]
    places = network.node_xy[nodes]
    pairs = (
        scipy.spatial.cKDTree(places).query_pairs(_ACROSS_M, output_type="ndarray").reshape(-1, 2)
    )
    crossing, line = tree.query(shapely.linestrings(places[pairs]), predicate="intersects")
    # The nearest beyond for each, seen from either end.
    pairs = np.concatenate((pairs[crossing], pairs[crossing][:, ::-1]))
    line = np.tile(line, 2)
    length_m = np.hypot(*(places[pairs[:, 0]] - places[pairs[:, 1]]).T)
    order = np.lexsort((length_m, pairs[:, 0]))
    _, first = np.unique(pairs[order, 0], return_index=True)
    nearest = order[first]
    return nodes[pairs[nearest]], [named[at] for at in line[nearest].tolist()]


def _linked(
    network: StreetNetwork,
    graph: TravelGraph,
    segments: NDArray[np.int64],
    pairs: NDArray[np.int64],
) -> TravelGraph:
    """Add straight links to a graph, after its own segments."""
    transit = np.minimum(graph.forward, graph.backward)[segments]
    open_now = np.isfinite(transit)
    ticks_per_m = transit[open_now].sum() / network.length_m[segments][open_now].sum()
    length_m = np.hypot(*(network.node_xy[pairs[:, 0]] - network.node_xy[pairs[:, 1]]).T)
    cost = np.maximum(np.rint(length_m * ticks_per_m), 1.0)
    return replace(
        graph,
        u=np.concatenate((graph.u, pairs[:, 0])),
        v=np.concatenate((graph.v, pairs[:, 1])),
        forward=np.concatenate((graph.forward, cost)),
        backward=np.concatenate((graph.backward, cost)),
        patrol_forward=np.concatenate((graph.patrol_forward, cost)),
        patrol_backward=np.concatenate((graph.patrol_backward, cost)),
    )


def _main(names: list[str]) -> str:
    """Return the name that stands for at least half of the links."""
    if not names:
        return ""
    name, times = Counter(names).most_common(1)[0]
    return name if times >= _MAIN_SHARE * len(names) else ""
