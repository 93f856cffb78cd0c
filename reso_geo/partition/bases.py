"""Where the patrols of a beat start: at a place that was given, or in the middle of its load."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

from reso_geo.choices import check_ids, id_form
from reso_geo.districting.diagnostics import Diagnostic
from reso_geo.districting.starts import LARGEST, load_at_junctions, out_of_reach
from reso_geo.network import components, cost_matrix
from reso_geo.parallel import MANY_SEGMENTS, side_by_side
from reso_geo.partition.result import CutResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from reso_geo.coverage import TravelGraph
    from reso_geo.districting.starts import Starts
    from reso_geo.network import StreetNetwork
    from reso_geo.partition.partition import Partition

__all__ = ["keep_bases", "median_junction", "start_beats"]

_BATCH = 32
"""Junctions from which walks are measured at once: of no consequence but for time."""


def start_beats(
    network: StreetNetwork,
    graph: TravelGraph,
    load_s: NDArray[np.float64],
    partition: Partition,
    starts: Starts | None = None,
) -> CutResult:
    """Assign every beat of a partition its base.

    Parameters
    ----------
    network
        The streets.
    graph
        Of walking, whatever the mode of the plan.
    load_s
        float64, shape (m,): street load. A plan gives it without counts: a base next to the only
        caller of a beat would tell where that is.
    partition
        Beats over the streets.
    starts
        Places that were given; None for the middle of each beat's load.

    Returns
    -------
    CutResult
        The beats with their bases; which places are too far, and which beats no given place can
        serve: they start from the middle of their load.

    Raises
    ------
    UsageError
        When a place names a beat that there is not.
    """
    if starts is None:
        return CutResult(keep_bases(network, graph, load_s, partition, {}))
    starts = _as_spelt(starts, partition.beat_id)
    check_ids("partition.unknown_beat", set(starts.bases.beat_id) - {""}, partition.beat_id)
    given: dict[str, tuple[int, str]] = {}
    for beat, beat_id in enumerate(partition.beat_id):
        own = partition.segments_of(beat)
        found = starts.nearest(own[network.required[own]], beat_id)
        if found is not None:
            given[beat_id] = int(starts.junction[found]), str(starts.bases.name[found])
    diagnostics = []
    far = np.flatnonzero(starts.junction < 0)
    if len(far):
        places = tuple(starts.bases.name[far].tolist())
        away_m = tuple(starts.placed.distance_m[far].tolist())
        diagnostics.append(Diagnostic("far_bases", places=places, distances_m=away_m))
    alone = tuple(beat_id for beat_id in partition.beat_id if beat_id not in given)
    if alone:
        diagnostics.append(Diagnostic("no_base", alone))
    return CutResult(keep_bases(network, graph, load_s, partition, given), tuple(diagnostics))


def _as_spelt(starts: Starts, ids: tuple[str, ...]) -> Starts:
    """Read the beats that places name in any letter case, without zeros and hyphens."""
    spelt = {id_form(each): each for each in ids}
    named = [spelt.get(id_form(each), each) for each in starts.bases.beat_id.tolist()]
    bases = replace(starts.bases, beat_id=np.array(named, dtype=object))
    return replace(starts, bases=bases)


def keep_bases(
    network: StreetNetwork,
    graph: TravelGraph,
    load_s: NDArray[np.float64],
    partition: Partition,
    known: Mapping[str, tuple[int, str]],
) -> Partition:
    """Assign beats the bases that are known for them, and the others the middle of their load.

    Parameters
    ----------
    network, graph, load_s
        As for `start_beats`.
    partition
        Beats over the streets.
    known
        Junction and name (empty for one that no planner gave) of bases, by beat id.

    Returns
    -------
    Partition
        With its bases.
    """
    given = [known.get(beat_id, (-1, "")) for beat_id in partition.beat_id]
    base = np.array([junction for junction, _ in given], dtype=np.int64)

    def middle(beat: int) -> int:
        own = partition.segments_of(beat)
        required = own[network.required[own]]
        return median_junction(graph, network.node_id, load_s, own, required)

    without = np.flatnonzero(base < 0)
    worth = len(network) >= MANY_SEGMENTS
    base[without] = side_by_side(middle, without.tolist(), worth=worth)
    return replace(partition, base=base, base_name=tuple(name for _, name in given))


def median_junction(
    graph: TravelGraph,
    node_id: NDArray[np.int64],
    load_s: NDArray[np.float64],
    own: NDArray[np.int64],
    required: NDArray[np.int64],
) -> int:
    """Return the required junction with the least mean walk to a beat's load: its exact 1-median.

    The load of a segment sits half at each end; walks keep to the beat's own segments. A beat whose
    segments are not connected (regions that joined it) is walked over the whole foot network;
    what no path leads to counts as farther than any walk. Walks are measured from junctions that
    may still be best: a mean walk F(c) known at c leaves at least abs(F(c) - d(c, x)) at any x, by
    the triangle inequality.

    Parameters
    ----------
    graph
        Of walking.
    node_id
        int64, shape (n,): of two junctions as good, the one with the lower id is chosen.
    load_s
        float64, shape (m,): street load.
    own
        int64: all segments of the beat.
    required
        int64, shape (k,): those that are required, at least one.

    Returns
    -------
    int
        Index of the junction.
    """
    junctions, weight = load_at_junctions(graph, load_s, required)
    matrix, place = _beat_matrix(graph, own, junctions)
    total, far = int(weight.sum()), out_of_reach(weight)
    least = np.zeros(len(junctions), dtype=np.int64)
    cost = np.full(len(junctions), LARGEST)
    left = np.ones(len(junctions), dtype=bool)
    while len(rest := np.flatnonzero(left & (least <= cost.min()))):
        batch = rest[np.argsort(least[rest], kind="stable")[:_BATCH]]
        away = dijkstra(matrix, indices=place[batch])[:, place]
        walk = np.where(np.isfinite(away), away, far).astype(np.int64)
        cost[batch] = walk @ weight
        apart = np.abs(cost[batch][:, None] - total * walk).max(axis=0)
        least = np.maximum(least, apart)
        left[batch] = False
    best = np.flatnonzero(cost == cost.min())
    return int(junctions[best[np.argmin(node_id[junctions[best]])]])


def _beat_matrix(
    graph: TravelGraph, own: NDArray[np.int64], junctions: NDArray[np.int64]
) -> tuple[csr_array, NDArray[np.int64]]:
    """Return the walks within a beat and the place of its junctions in them."""
    own = own[np.isfinite(graph.forward[own])]
    nodes, ends = np.unique(np.concatenate((graph.u[own], graph.v[own])), return_inverse=True)
    u, v = ends[: len(own)], ends[len(own) :]
    place = np.searchsorted(nodes, junctions)
    if not np.isin(junctions, nodes).all() or len(set(components(len(nodes), u, v).tolist())) > 1:
        return _matrix_between(graph, junctions)
    return cost_matrix(len(nodes), u, v, graph.forward[own]), place


def _matrix_between(
    graph: TravelGraph, junctions: NDArray[np.int64]
) -> tuple[csr_array, NDArray[np.int64]]:
    """Return all that a shortest walk between two junctions may take, and their place in them.

    By way of the first junction no walk takes more than twice the longest from it, and no point of
    a walk is more than half of it from both ends.
    """
    _, first = np.unique(graph.component[junctions], return_index=True)
    longest = dijkstra(graph.matrix, indices=junctions[first], min_only=True)[junctions].max()
    away = dijkstra(graph.matrix, indices=junctions, min_only=True, limit=longest + 1.0)
    near = np.flatnonzero(np.isfinite(away))
    return graph.matrix[near][:, near], np.searchsorted(near, junctions)
