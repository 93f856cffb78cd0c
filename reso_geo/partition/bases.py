"""Where the patrols of a beat start: at a place that was given, or in the middle of its load."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from reso_geo.choices import id_form, meant
from reso_geo.demand import far_bases_note, place_bases
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.network import components
from reso_geo.parallel import MANY_SEGMENTS, side_by_side

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reso_geo.coverage import TravelGraph
    from reso_geo.demand import Bases
    from reso_geo.network import StreetNetwork
    from reso_geo.partition.partition import Partition

__all__ = ["Starts", "base_of", "keep_bases", "median_junction", "start_beats", "starts_of"]

_BATCH = 32
_LARGEST = 2**62


def base_of(
    network: StreetNetwork, load_s: NDArray[np.float64], required: NDArray[np.int64]
) -> int:
    """Return the required junction nearest to the middle of the load, as the crow flies.

    Searches measure beats from here. A tour through all required segments is as long from any other
    required junction; those through the streets that are patrolled more often are not, which is
    why kept beats, once they start from the middle of the walks (`median_junction`, slower to
    find), are evened again from there: see `reso_geo.partition.refine`.

    Parameters
    ----------
    network
        The streets.
    load_s
        float64, shape (m,): street load.
    required
        int64, shape (k,): required segments of the beat, at least one.

    Returns
    -------
    int
        Index of the junction.
    """
    middle = (network.node_xy[network.u[required]] + network.node_xy[network.v[required]]) / 2.0
    spot = np.average(middle, axis=0, weights=load_s[required] + 1e-9)
    ends = np.concatenate((network.u[required], network.v[required]))
    away = ((network.node_xy[ends] - spot) ** 2).sum(axis=1)
    return int(ends[away == away.min()].min())


@dataclass(frozen=True)
class Starts:
    """Places that were given for patrols to start from, and the walks from there.

    Attributes
    ----------
    network
        The streets.
    graph
        Of walking.
    bases
        The places.
    load_s
        float64, shape (m,): street load.
    junction
        int64, shape (b,): where each is on the streets, -1 for one that is too far.
    away
        float64, shape (b, n): walking ticks to every junction, infinite where there is no way.
    warnings
        Which places are too far.
    """

    network: StreetNetwork
    graph: TravelGraph
    bases: Bases
    load_s: NDArray[np.float64]
    junction: NDArray[np.int64]
    away: NDArray[np.float64]
    warnings: tuple[Phrase, ...]

    def base_at(self, required: NDArray[np.int64]) -> int:
        """Return the junction to measure a beat from while it has no id yet.

        Parameters
        ----------
        required
            int64, shape (k,): required segments of the beat, at least one.

        Returns
        -------
        int
            Index of the junction of the nearest place, or of the middle without one.
        """
        found = self.nearest(required)
        if found is None:
            return base_of(self.network, self.load_s, required)
        return int(self.junction[found])

    def of_any_beat(self) -> Starts:
        """Return the places that name no beat, for cuts whose beats have other ids.

        Returns
        -------
        Starts
            Without those that name one.
        """
        free = np.flatnonzero(self.bases.beat_id == "")
        every = self.bases
        bases = replace(
            every,
            name=every.name[free],
            beat_id=every.beat_id[free],
            lon=every.lon[free],
            lat=every.lat[free],
        )
        return replace(self, bases=bases, junction=self.junction[free], away=self.away[free])

    def nearest(self, required: NDArray[np.int64], beat_id: str = "") -> int | None:
        """Return the place with the least mean walk to a beat's load.

        Parameters
        ----------
        required
            int64, shape (k,): required segments of the beat.
        beat_id
            The beat: a place that names it comes before all others, one that names another beat is
            out. Empty while beats have no ids.

        Returns
        -------
        int or None
            Index of the place, the first of several as near; None when none can be reached.
        """
        junctions, weight = _weights(self.graph, self.load_s, required)
        away = self.away[:, junctions]
        there = np.isfinite(away)
        cost = np.where(there, away, _penalty(weight)) @ weight.astype(np.float64)
        reached = (self.junction >= 0) & there.any(axis=1)
        for whose in dict.fromkeys((beat_id, "")):
            rows = np.flatnonzero(reached & (self.bases.beat_id == whose))
            if len(rows):
                return int(rows[np.argmin(cost[rows])])
        return None


def starts_of(
    network: StreetNetwork, graph: TravelGraph, load_s: NDArray[np.float64], bases: Bases
) -> Starts:
    """Put given bases on the streets and walk from each to everywhere.

    Parameters
    ----------
    network
        The streets.
    graph
        Of walking.
    load_s
        float64, shape (m,): street load.
    bases
        Places that were given.

    Returns
    -------
    Starts
        Those more than 500 m from any junction are named in its warnings.
    """
    placed = place_bases(network, bases)
    away = np.full((len(bases), len(network.node_id)), np.inf)
    near = placed.index >= 0
    if near.any():
        away[near] = dijkstra(graph.ways, indices=placed.index[near])
    far = far_bases_note(bases, placed)
    return Starts(network, graph, bases, load_s, placed.index, away, (far,) if far else ())


def start_beats(
    network: StreetNetwork,
    graph: TravelGraph,
    load_s: NDArray[np.float64],
    partition: Partition,
    starts: Starts | None = None,
) -> Partition:
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
    Partition
        With its bases, and a warning that names the beats that no given place can serve: they
        start from the middle of their load.

    Raises
    ------
    UsageError
        When a place names a beat that there is not.
    """
    if starts is None:
        return keep_bases(network, graph, load_s, partition, {})
    starts = _as_spelt(starts, partition.beat_id)
    unknown = sorted(set(starts.bases.beat_id) - {"", *partition.beat_id})
    if unknown:
        values = {
            "unknown": listed(unknown),
            "known": listed(partition.beat_id, 20),
            "meant": meant(unknown, partition.beat_id),
        }
        raise UsageError(Phrase("partition.unknown_beat", values))
    given: dict[str, tuple[int, str]] = {}
    for beat, beat_id in enumerate(partition.beat_id):
        own = partition.segments_of(beat)
        found = starts.nearest(own[network.required[own]], beat_id)
        if found is not None:
            given[beat_id] = int(starts.junction[found]), str(starts.bases.name[found])
    warnings = partition.warnings + starts.warnings
    alone = [beat_id for beat_id in partition.beat_id if beat_id not in given]
    if alone:
        warnings += (Phrase("demand.no_base", {"beats": listed(alone)}),)
    return replace(keep_bases(network, graph, load_s, partition, given), warnings=warnings)


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
    segments do not are connected (regions that joined it) is walked over the whole foot network;
    what no way leads to counts as farther than any walk. Walks are measured from the junctions that
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
    junctions, weight = _weights(graph, load_s, required)
    ways, place = _ways(graph, own, junctions)
    total, far = int(weight.sum()), _penalty(weight)
    least = np.zeros(len(junctions), dtype=np.int64)
    cost = np.full(len(junctions), _LARGEST)
    left = np.ones(len(junctions), dtype=bool)
    while len(rest := np.flatnonzero(left & (least <= cost.min()))):
        batch = rest[np.argsort(least[rest], kind="stable")[:_BATCH]]
        away = dijkstra(ways, indices=place[batch])[:, place]
        walk = np.where(np.isfinite(away), away, far).astype(np.int64)
        cost[batch] = walk @ weight
        apart = np.abs(cost[batch][:, None] - total * walk).max(axis=0)
        least = np.maximum(least, apart)
        left[batch] = False
    best = np.flatnonzero(cost == cost.min())
    return int(junctions[best[np.argmin(node_id[junctions[best]])]])


def _weights(
    graph: TravelGraph, load_s: NDArray[np.float64], required: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return required junctions and the load at each, in whole tenths so that sums are exact."""
    ends = np.concatenate((graph.u[required], graph.v[required]))
    junctions, at = np.unique(ends, return_inverse=True)
    tenths = np.maximum(np.rint(10.0 * load_s[required]), 1.0)
    weight = np.bincount(at, weights=np.tile(tenths, 2)).astype(np.int64)
    return junctions, weight


def _penalty(weight: NDArray[np.int64]) -> int:
    """Return ticks that no walk takes, and that can be summed with these weights all the same."""
    return _LARGEST // (int(weight.sum()) + 1)


def _ways(
    graph: TravelGraph, own: NDArray[np.int64], junctions: NDArray[np.int64]
) -> tuple[csr_array, NDArray[np.int64]]:
    """Return the ways to walk within a beat and the place of its junctions in them."""
    own = own[np.isfinite(graph.forward[own])]
    nodes, ends = np.unique(np.concatenate((graph.u[own], graph.v[own])), return_inverse=True)
    u, v = ends[: len(own)], ends[len(own) :]
    place = np.searchsorted(nodes, junctions)
    if not np.isin(junctions, nodes).all() or len(set(components(len(nodes), u, v).tolist())) > 1:
        return _ways_between(graph, junctions)
    # Of parallel ways the shortest; a sparse matrix would add them up.
    low, high = np.minimum(u, v), np.maximum(u, v)
    order = np.lexsort((graph.forward[own], high, low))
    order = order[low[order] != high[order]]
    kept = order[np.diff(low[order] * len(nodes) + high[order], prepend=-1) != 0]
    ticks = np.tile(graph.forward[own][kept], 2)
    ends_of = (np.concatenate((low[kept], high[kept])), np.concatenate((high[kept], low[kept])))
    return csr_array(coo_array((ticks, ends_of), shape=(len(nodes), len(nodes)))), place


def _ways_between(
    graph: TravelGraph, junctions: NDArray[np.int64]
) -> tuple[csr_array, NDArray[np.int64]]:
    """Return all ways that a shortest walk between two junctions may take, and their place in them.

    By way of the first junction no walk takes more than twice the longest from it, and no point of
    a walk is more than half of it from both ends.
    """
    _, first = np.unique(graph.component[junctions], return_index=True)
    longest = dijkstra(graph.ways, indices=junctions[first], min_only=True)[junctions].max()
    away = dijkstra(graph.ways, indices=junctions, min_only=True, limit=longest + 1.0)
    near = np.flatnonzero(np.isfinite(away))
    return graph.ways[near][:, near], np.searchsorted(near, junctions)
