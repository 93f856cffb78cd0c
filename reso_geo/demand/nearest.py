"""The nearest street to cover, and the nearest junction on foot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.boundaries.shapes import moved
from reso_geo.records import Record, freeze

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork

__all__ = [
    "FAR_M",
    "Nearest",
    "nearest_junction",
    "nearest_required",
    "projected",
    "with_distances",
]

FAR_M = 500.0
"""What is farther from the streets than this is not on them: its place is probably wrong."""


@dataclass(frozen=True, eq=False)
class Nearest(Record):
    """What each of r shapes lies nearest to; arrays of shape (r,), read-only.

    Attributes
    ----------
    index
        int64: segment or junction, -1 for a shape more than 500 m from any.
    distance_m
        float64: how far the nearest is, also of a far shape; infinite without any.
    """

    index: NDArray[np.int64]
    distance_m: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self)


def projected(network: StreetNetwork, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Move shapes into the CRS of the streets.

    Parameters
    ----------
    network
        The streets.
    shapes
        Object (shapely), shape (r,), in EPSG:4326.

    Returns
    -------
    ndarray of object, shape (r,)
        In metres; None for a shape too far away to have a place there.
    """
    there: NDArray[np.object_] = moved(shapes, "EPSG:4326", network.crs)
    there[~np.isfinite(shapely.bounds(there).reshape(-1, 4)).all(axis=1)] = None
    return there


def nearest_required(network: StreetNetwork, shapes: NDArray[np.object_]) -> Nearest:
    """Assign each shape the nearest segment that patrol must pass.

    Parameters
    ----------
    network
        Segments placed in cities.
    shapes
        Object (shapely), shape (r,), from `projected`.

    Returns
    -------
    Nearest
        Segments.
    """
    required = np.flatnonzero(network.required)
    return _nearest(network.geometry[required], required, shapes)


def nearest_junction(network: StreetNetwork, shapes: NDArray[np.object_]) -> Nearest:
    """Assign each shape the nearest junction of a segment that is walked and lies in a city.

    Parameters
    ----------
    network
        Segments placed in cities.
    shapes
        Object (shapely), shape (r,), from `projected`.

    Returns
    -------
    Nearest
        Junctions.
    """
    walked = network.foot & (network.city >= 0)
    junctions = np.unique(np.concatenate((network.u[walked], network.v[walked])))
    spots = np.asarray(shapely.points(network.node_xy[junctions]), dtype=np.object_)
    return _nearest(spots, junctions, shapes)


def with_distances(names: Iterable[str], distance_m: Iterable[float]) -> list[str]:
    """Write each name with its distance, where there is one.

    Parameters
    ----------
    names
        Of r places.
    distance_m
        Metres, one for each; infinite for a place with none on the plan's map.

    Returns
    -------
    list of str
        Ready to be listed.

    Examples
    --------
    >>> with_distances(["School", "Home"], np.array([812.4, np.inf]))
    ['School (812 m)', 'Home']
    """
    return [
        f"{name} ({away:.0f} m)" if np.isfinite(away) else name
        for name, away in zip(names, distance_m, strict=True)
    ]


def _nearest(
    things: NDArray[np.object_], index: NDArray[np.int64], shapes: NDArray[np.object_]
) -> Nearest:
    """Find the nearest of some things, each known by an index, for each shape."""
    found = np.full(len(shapes), -1, dtype=np.int64)
    distance_m = np.full(len(shapes), np.inf)
    there = np.flatnonzero(~shapely.is_missing(shapes))
    if len(things) and len(there):
        (which, nearest), away_m = shapely.STRtree(things).query_nearest(
            shapes[there], return_distance=True, all_matches=False
        )
        distance_m[there[which]] = away_m
        found[there[which]] = np.where(away_m <= FAR_M, index[nearest], -1)
    return Nearest(found, distance_m)
