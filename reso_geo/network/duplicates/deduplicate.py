"""Each street once: drawn twice, sidewalks beside a street, the second of two carriageways.

The last two compare stretches (10 m at most) of one line with the straight parts of another: how
much of the line runs within a distance of the other, and parallel to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.network.street_network import way_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network.street_network import StreetNetwork
    from reso_geo.settings import StreetRules

__all__ = ["apply_rules"]

_PIECE_M = 10.0


def apply_rules(network: StreetNetwork, rules: StreetRules) -> StreetNetwork:
    """Mark streets drawn twice, sidewalks and twin carriageways: travelled, not required.

    Parameters
    ----------
    network
        Segments as built from a source.
    rules
        Distances, angle and shares.

    Returns
    -------
    StreetNetwork
        With `required`, `why` and `twin_of` changed, and these `rules`.
    """
    walk_classes = np.isin(network.highway, rules.required_if_named)
    required, why, twin_of = network.required.copy(), network.why.copy(), network.twin_of.copy()
    again = _drawn_again(network, walk_classes)
    required[again] = False
    why[again] = "drawn_twice"
    streets = np.flatnonzero(required & ~walk_classes & ~network.of_area)
    sidewalks = _sidewalks(network, streets, rules)
    twins, stands_for = _twins(network, streets[network.oneway[streets] != 0], rules)
    required[sidewalks] = False
    why[sidewalks] = "sidewalk"
    required[twins] = False
    why[twins] = "twin"
    twin_of[twins] = stands_for
    return replace(network, required=required, why=why, twin_of=twin_of, rules=rules)


def _drawn_again(network: StreetNetwork, walk_classes: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Find the required segments over the same points as another (a square's edge on a street).

    A street stands for a path, then the lowest way for the others.
    """
    ends = np.sort(np.column_stack((network.u, network.v)), axis=1)
    _, group, count = np.unique(ends, axis=0, return_inverse=True, return_counts=True)
    way = _way_numbers(network)
    candidates = np.flatnonzero(network.required & (count[group] > 1)).tolist()
    candidates.sort(key=lambda s: (bool(walk_classes[s]), way[s], network.segment_id[s]))
    seen: set[bytes] = set()
    again = []
    for s in candidates:
        line = shapely.normalize(shapely.remove_repeated_points(network.geometry[s])).wkb
        if line in seen:
            again.append(s)
        seen.add(line)
    return np.array(sorted(again), dtype=np.int64)


@dataclass(frozen=True)
class _Parts:
    """Straight parts of some segments: owner, ends, length and bearing (radians)."""

    owner: NDArray[np.int64]
    a: NDArray[np.float64]
    b: NDArray[np.float64]
    length_m: NDArray[np.float64]
    bearing: NDArray[np.float64]


def _parts(network: StreetNetwork, segments: NDArray[np.int64]) -> _Parts:
    """Return the straight parts of segments, one-ways in their driving direction."""
    xy, index = shapely.get_coordinates(network.geometry[segments], return_index=True)
    same = index[1:] == index[:-1]
    a, b, owner = xy[:-1][same], xy[1:][same], segments[index[1:][same]]
    against = network.oneway[owner] == -1
    a[against], b[against] = b[against], a[against]
    step = b - a
    return _Parts(owner, a, b, np.hypot(*step.T), np.arctan2(step[:, 1], step[:, 0]))


def _short_edges(parts: _Parts) -> tuple[_Parts, NDArray[np.float64]]:
    """Cut parts into stretches of at most 10 m; give them and their middles."""
    count = np.maximum(np.ceil(parts.length_m / _PIECE_M).astype(np.int64), 1)
    of = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    step = (parts.b - parts.a)[of] / count[of, None]
    a = parts.a[of] + step * place[:, None]
    cut = _Parts(parts.owner[of], a, a + step, (parts.length_m / count)[of], parts.bearing[of])
    return cut, a + step / 2


def _beside(
    line: _Parts, other: _Parts, distance_m: float, most_rad: float, turned_rad: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], _Parts]:
    """Find the stretches of `line` that run beside parts of `other`.

    Give the stretch and the part of each find, and the stretches. `turned_rad` is pi for opposed
    directions; 0 compares lines without a direction.
    """
    stretches, middle = _short_edges(line)
    lines = np.asarray(shapely.linestrings(np.stack((other.a, other.b), axis=1)))
    tree = shapely.STRtree(lines)
    stretch, part = tree.query(shapely.points(middle), predicate="dwithin", distance=distance_m)
    turn = stretches.bearing[stretch] - other.bearing[part] - turned_rad
    period = 2 * np.pi if turned_rad else np.pi
    off = np.abs((turn + period / 2) % period - period / 2)
    near = (off <= most_rad) & (stretches.owner[stretch] != other.owner[part])
    return stretch[near], part[near], stretches


def _shares(
    network: StreetNetwork,
    stretches: _Parts,
    stretch: NDArray[np.int64],
    group: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the share of each segment's length beside each group (segment, group, share).

    A stretch counts once for a group, however many of its parts are near.
    """
    pairs = np.unique(np.column_stack((stretch, group)), axis=0)
    owner = stretches.owner[pairs[:, 0]]
    found, inverse = np.unique(np.column_stack((owner, pairs[:, 1])), axis=0, return_inverse=True)
    beside_m = np.bincount(inverse, weights=stretches.length_m[pairs[:, 0]], minlength=len(found))
    drawn_m = shapely.length(network.geometry[found[:, 0]])
    return found[:, 0], found[:, 1], beside_m / drawn_m


def _sidewalks(
    network: StreetNetwork, streets: NDArray[np.int64], rules: StreetRules
) -> NDArray[np.int64]:
    """Find the untagged sidewalks: footways beside one required street."""
    open_ways = np.isin(network.why, ("", "unnamed_path"))
    walks = (network.highway == "footway") & ~network.of_area
    footways = np.flatnonzero(walks & network.foot & open_ways)
    if not len(footways) or not len(streets):
        return footways[:0]
    line, other = _parts(network, footways), _parts(network, streets)
    stretch, part, stretches = _beside(
        line, other, rules.sidewalk_distance_m, np.radians(rules.parallel_deg), 0.0
    )
    street = _street_numbers(network)
    footway, _, share = _shares(network, stretches, stretch, street[other.owner[part]])
    return np.unique(footway[share >= rules.sidewalk_share])


def _street_numbers(network: StreetNetwork) -> NDArray[np.int64]:
    """Assign each segment the number of its street: its name, or where it has none its way."""
    ways = _way_numbers(network).astype(str).astype(object)
    keys = np.where(network.name == "", ways, network.name)
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def _way_numbers(network: StreetNetwork) -> NDArray[np.int64]:
    """Return the way that each segment is named after: 9 comes before 10."""
    return np.array([way_of(segment_id) for segment_id in network.segment_id], np.int64)


def _twins(
    network: StreetNetwork, oneways: NDArray[np.int64], rules: StreetRules
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find carriageways that another stands for (segment, the one that stands for it).

    Longest first (then lowest id), each is kept unless a kept one runs beside it: no segment
    leans on one that is itself dropped.
    """
    none = np.empty(0, dtype=np.int64)
    if not len(oneways):
        return none, none
    parts = _parts(network, oneways)
    stretch, part, stretches = _beside(
        parts, parts, rules.twin_distance_m, np.radians(rules.parallel_deg), np.pi
    )
    a, b = stretches.owner[stretch], parts.owner[part]
    same = network.name[a] == network.name[b]
    named = (network.name[a] != "") | (network.name[b] != "")
    same_ref = (network.ref[a] == network.ref[b]) & ((network.ref[a] != "") | ~named)
    same = (same & named) | same_ref
    short, long, share = _shares(network, stretches, stretch[same], b[same])
    beside: dict[int, list[tuple[float, str, int]]] = {}
    for s, other, part_of in zip(short.tolist(), long.tolist(), share.tolist(), strict=True):
        if part_of >= rules.twin_share:
            beside.setdefault(s, []).append((-part_of, network.segment_id[other], other))
    length_m, way = np.round(network.length_m, 3), _way_numbers(network)
    order = sorted(oneways.tolist(), key=lambda s: (-length_m[s], way[s], network.segment_id[s]))
    rank = {s: place for place, s in enumerate(order)}
    kept: set[int] = set()
    stands_for: dict[int, int] = {}
    for s in order:
        partners = [p for _, _, p in sorted(beside.get(s, ())) if rank[p] < rank[s] and p in kept]
        if partners:
            stands_for[s] = partners[0]
        else:
            kept.add(s)
    twins = np.array(sorted(stands_for), dtype=np.int64)
    return twins, np.array([stands_for[s] for s in twins.tolist()], dtype=np.int64)
