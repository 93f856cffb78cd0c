"""Which beat a street belongs to, where beats are polygons."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from reso_geo.errors import TableError, UsageError
from reso_geo.i18n import Phrase, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork

__all__ = ["beats_by_shape", "street_km"]

_BESIDE_LIMIT_M = 15.0


def beats_by_shape(
    network: StreetNetwork,
    held: NDArray[np.bool_],
    frame: Any,  # noqa: ANN401 - a GeoDataFrame
    at: NDArray[np.int64],
    ids: Sequence[str],
) -> tuple[NDArray[np.int64], tuple[Phrase, ...]]:
    """Find the beat of each segment, by where its middle lies.

    Parameters
    ----------
    network
        The streets, placed in their cities.
    held
        bool, shape (m,): segments that may be in a beat.
    frame
        Polygons, one row or more a beat.
    at
        int64: place in `ids` of the beat of each row.
    ids
        Of the beats.

    Returns
    -------
    of : ndarray of int64, shape (m,)
        Place of the beat of each segment, -1 for none.
    notes : tuple of Phrase
        Where beats overlap.

    Raises
    ------
    UsageError, TableError
        When the frame has no shapes, no CRS, or what is no surface.
    """
    if not hasattr(frame, "active_geometry_name") or frame.active_geometry_name is None:
        raise UsageError(Phrase("plan.no_beats", {"kind": type(frame).__name__}))
    if frame.crs is None:
        raise TableError(Phrase("table.frame_without_crs", {"file": type(frame).__name__}))
    shapes = shapely.make_valid(frame.geometry.to_crs(network.crs).to_numpy())
    flat = shapely.is_geometry(shapes) & (shapely.get_dimensions(shapes) == 2)  # noqa: PLR2004 - a surface
    if not flat.all():
        rows = listed(str(row + 1) for row in np.flatnonzero(~flat).tolist())
        raise TableError(Phrase("plan.beats_without_shape", {"rows": rows}))
    middles = shapely.line_interpolate_point(network.geometry, 0.5, normalized=True)
    segment, row = shapely.STRtree(shapes).query(middles, predicate="intersects")
    order = np.lexsort((at[row], segment))
    segment, beat = segment[order], at[row][order]
    of = np.full(len(network), -1, dtype=np.int64)
    of[segment[::-1]] = beat[::-1]  # the first beat, written last, stays
    of = _in_own_city(network, middles, of, shapes, at)
    met: dict[tuple[int, int], set[int]] = {}
    pairs = list(zip(segment.tolist(), beat.tolist(), strict=True))
    for (one, mine), (other, theirs) in pairwise(pairs):
        if one == other and mine != theirs and network.required[one] and held[one]:
            met.setdefault((mine, theirs), set()).add(one)
    notes = tuple(
        Phrase(
            "plan.beats_overlap",
            {"a": ids[a], "b": ids[b], "km": street_km(network, np.array(sorted(own)))},
        )
        for (a, b), own in sorted(met.items())
    )
    return of, notes


def _in_own_city(
    network: StreetNetwork,
    middles: NDArray[np.object_],
    of: NDArray[np.int64],
    shapes: NDArray[np.object_],
    at: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Move streets on a city limit from a beat of the other city to one beside them of their own.

    The city of a beat is where most of its streets to cover are.
    """
    asked = network.required & (of >= 0) & (network.city >= 0)
    count = len(network.cities)
    length_m = np.bincount(
        of[asked] * count + network.city[asked], network.length_m[asked], (at.max() + 1) * count
    )
    home = length_m.reshape(-1, count).argmax(axis=1)
    away = np.flatnonzero((of >= 0) & (network.city >= 0) & (home[of] != network.city))
    one, row = shapely.STRtree(shapes).query(
        middles[away], predicate="dwithin", distance=_BESIDE_LIMIT_M
    )
    own = home[at[row]] == network.city[away[one]]
    found = of.copy()
    found[away[one[own]][::-1]] = at[row[own]][::-1]
    return found


def street_km(network: StreetNetwork, segments: NDArray[np.int64]) -> float:
    """Return the length of some segments.

    Parameters
    ----------
    network
        The streets.
    segments
        int64: some of them.

    Returns
    -------
    float
        Kilometres.
    """
    return float(network.length_m[segments].sum() / 1000.0)
