"""Places that people say they live in, and which of them tell of a beat."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.naming.junk import is_junk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition

__all__ = ["DistinctivePlace", "distinctive_places"]

_REACH_M = MappingProxyType(
    {
        "town": 2000.0,
        "borough": 2000.0,
        "suburb": 1500.0,
        "village": 1500.0,
        "quarter": 1000.0,
        "neighbourhood": 800.0,
        "hamlet": 600.0,
    }
)
"""How far a place of each kind reaches where no other is nearer: a settlement, not a territory."""
_AT_THE_EDGE_M = 30.0
"""A place on the street between two beats lies in both."""
_LEAST = 0.05
"""Share of a beat's streets that a place must reach to tell of the beat."""
_HALF, _MOST = 0.5, 2.0 / 3.0
"""Share of a place that a beat must hold to have it from the edge, or to bear its name alone."""


@dataclass(frozen=True)
class DistinctivePlace:
    """A place in a beat.

    Attributes
    ----------
    name
        As on the map.
    whole
        True where the beat holds two thirds of the place, so that its name can stand for the beat.
    size_m
        Length of all its streets, in whichever beats, in metres.
    """

    name: str
    whole: bool
    size_m: float


def distinctive_places(
    network: StreetNetwork, partition: Partition
) -> tuple[tuple[DistinctivePlace, ...], ...]:
    """List the places in each beat, the most distinctive first.

    Each street to cover belongs to the place of its city that is nearest in proportion to how far
    such places reach. A place tells of the beat in which it lies: by the length of its streets
    there, times the share of all its streets that this is. It does not when these are under a
    twentieth of the beat. A place lies in the beat that holds more than half of it and has a
    street at most 30 m away, else in the one whose street is nearest.

    Parameters
    ----------
    network
        The streets, with their `basemap`.
    partition
        Beats over them.

    Returns
    -------
    tuple of tuple of DistinctivePlace
        One list a beat.
    """
    count = len(partition.beat_id)
    places = network.basemap.places
    held = np.flatnonzero((partition.beat_of >= 0) & network.required)
    if not places or not len(held):
        return ((),) * count
    length_m = network.length_m[held]
    beat = partition.beat_of[held]
    street, home = _nearest_street(network, partition)
    nearest = _nearest_place(network, held, network.city[street])
    owned = nearest >= 0
    inside_m = np.zeros((len(places), count))
    np.add.at(inside_m, (nearest[owned], beat[owned]), length_m[owned])
    size_m = inside_m.sum(axis=1)
    share = inside_m / np.maximum(size_m, 1.0)[:, None]
    beat_m = np.bincount(beat, weights=length_m, minlength=count)
    lies = _at_the_edge(network, partition) & (share > _HALF)
    unclaimed = np.flatnonzero(~lies.any(axis=1))
    lies[unclaimed, home[unclaimed]] = True
    lies &= inside_m >= _LEAST * np.maximum(beat_m, 1.0)
    found = []
    for own in range(count):
        rows = [
            row for row in np.flatnonzero(lies[:, own]).tolist() if not is_junk(places[row].name)
        ]
        told = {row: round(float(inside_m[row, own] * share[row, own]), 3) for row in rows}
        rows.sort(key=lambda row: (-told[row], places[row].name, row))
        found.append(
            tuple(
                DistinctivePlace(
                    places[row].name, bool(share[row, own] > _MOST), float(size_m[row])
                )
                for row in rows
            )
        )
    return tuple(found)


def _nearest_street(
    network: StreetNetwork, partition: Partition
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the nearest street of each place that a beat holds, and that beat."""
    walked = np.flatnonzero(partition.beat_of >= 0)
    tree = shapely.STRtree(network.geometry[walked])
    street = walked[tree.nearest(_points(network))]
    return street, partition.beat_of[street]


def _points(network: StreetNetwork) -> NDArray[np.object_]:
    return np.array([place.point for place in network.basemap.places], dtype=object)


def _nearest_place(
    network: StreetNetwork, held: NDArray[np.int64], city: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the place of each street, -1 for one that no place of its city reaches."""
    middle = shapely.get_coordinates(
        shapely.line_interpolate_point(network.geometry[held], 0.5, normalized=True)
    )
    best = np.full(len(held), -1, dtype=np.int64)
    least = np.ones(len(held))
    for number, (place, home) in enumerate(zip(network.basemap.places, city, strict=True)):
        away = np.hypot(middle[:, 0] - place.point.x, middle[:, 1] - place.point.y)
        away /= _REACH_M[place.kind]
        nearer = (away < least) & (network.city[held] == home)
        best[nearer], least[nearer] = number, away[nearer]
    return best


def _at_the_edge(network: StreetNetwork, partition: Partition) -> NDArray[np.bool_]:
    """Find which places have a street of which beats beside them, shape (places, beats)."""
    walked = np.flatnonzero(partition.beat_of >= 0)
    tree = shapely.STRtree(network.geometry[walked])
    place, street = tree.query(_points(network), predicate="dwithin", distance=_AT_THE_EDGE_M)
    beside = np.zeros((len(network.basemap.places), len(partition.beat_id)), dtype=bool)
    beside[place, partition.beat_of[walked[street]]] = True
    return beside
