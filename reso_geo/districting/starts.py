"""Starts: places that were given for patrols to start from; the middle of a beat without one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

from reso_geo.demand import place_bases

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.coverage import TravelGraph
    from reso_geo.demand import Bases, Nearest
    from reso_geo.network import StreetNetwork

__all__ = [
    "LARGEST",
    "Starts",
    "above_zero",
    "base_of",
    "least_load",
    "load_at_junctions",
    "out_of_reach",
    "starts_of",
]

LARGEST = 2**62
"""More than any sum of walks by weights, and a whole number that 64 bits hold."""
_PARTS = 2**20
"""Of the load of a segment, so that sums are whole numbers."""
_LEAST = 1e-8
"""What counts for streets that ask nothing, as a share of the mean: in no unit, so that loads that
are all as many times as large are cut alike."""


def above_zero(load_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return loads of which none is zero, so that each part of them can be shared.

    Parameters
    ----------
    load_s
        float64, shape (n,): none below zero.

    Returns
    -------
    ndarray of float64, shape (n,)
        Each with the same very small part of their mean added; all one where all are zero.

    Examples
    --------
    >>> above_zero(np.zeros(2)).tolist()
    [1.0, 1.0]
    """
    return load_s + least_load(load_s)


def least_load(load_s: NDArray[np.float64]) -> float:
    """Return what counts for a street that asks nothing.

    Parameters
    ----------
    load_s
        float64, shape (n,): none below zero.

    Returns
    -------
    float
        A very small part of their mean; one where all are zero.
    """
    return _LEAST * float(load_s.sum()) / max(len(load_s), 1) or 1.0


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
    spot = np.average(middle, axis=0, weights=above_zero(load_s[required]))
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
    placed
        Where each is on the streets: see `reso_geo.demand.place_bases`.
    away
        float64, shape (b, n): walking ticks to every junction, infinite where there is no path.
    """

    network: StreetNetwork
    graph: TravelGraph
    bases: Bases
    load_s: NDArray[np.float64]
    placed: Nearest
    away: NDArray[np.float64]

    @property
    def junction(self) -> NDArray[np.int64]:
        """Junction of each place, -1 for one that is too far."""
        return self.placed.index

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
        junctions, weight = load_at_junctions(self.graph, self.load_s, required)
        away = self.away[:, junctions]
        there = np.isfinite(away)
        cost = np.where(there, away, out_of_reach(weight)) @ weight.astype(np.float64)
        reached = (self.junction >= 0) & there.any(axis=1)
        for whose in dict.fromkeys((beat_id, "")):
            rows = np.flatnonzero(reached & (self.bases.beat_id == whose))
            if len(rows):
                return int(rows[np.argmin(cost[rows])])
        return None


def starts_of(
    network: StreetNetwork, graph: TravelGraph, load_s: NDArray[np.float64], bases: Bases
) -> Starts:
    """Place given bases on the streets and walk from each to everywhere.

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
        Those more than 500 m from any junction have none.
    """
    placed = place_bases(network, bases)
    away = np.full((len(bases), len(network.node_id)), np.inf)
    near = placed.index >= 0
    if near.any():
        away[near] = dijkstra(graph.matrix, indices=placed.index[near])
    return Starts(network, graph, bases, load_s, placed, away)


def load_at_junctions(
    graph: TravelGraph, load_s: NDArray[np.float64], required: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return required junctions and the load at each, in whole parts so that sums are exact.

    Parameters
    ----------
    graph
        Of walking.
    load_s
        float64, shape (m,): street load, half of it at each end.
    required
        int64, shape (k,): required segments.

    Returns
    -------
    tuple of (ndarray of int64, ndarray of int64)
        Junctions, ascending, and the load at each in parts of the largest of a segment.
    """
    ends = np.concatenate((graph.u[required], graph.v[required]))
    junctions, at = np.unique(ends, return_inverse=True)
    most_s = float(load_s[required].max(initial=0.0)) or 1.0
    parts = np.maximum(np.rint(_PARTS / most_s * load_s[required]), 1.0)
    weight = np.bincount(at, weights=np.tile(parts, 2)).astype(np.int64)
    return junctions, weight


def out_of_reach(weight: NDArray[np.int64]) -> int:
    """Return ticks that no walk takes, and that can be summed with these weights all the same.

    Parameters
    ----------
    weight
        int64, shape (n,): from `load_at_junctions`.

    Returns
    -------
    int
        More than any walk.
    """
    return LARGEST // (int(weight.sum()) + 1)
