"""Which segments cross a barrier: over it, under it, or on the level where both share a point.

On the level, a barrier parts the ground around the shared point into sides. Where a street is cut
at that point, the segments on the side with the most of them lie before the barrier and the others
cross it: whoever passes from one side to the other there uses a crossing segment, and none is
counted on both sides. The coordinates of shared points are equal to the last digit, since both
come from the same point of the source.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.network.barriers import CROSSINGS, WIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network.street_network import StreetNetwork

__all__ = ["mark_crossings"]

# A bearing fits between two numbers of spots with room to spare.
_SPOT = 8.0


@dataclass(frozen=True)
class _Steps:
    """Straight parts of some lines: both ends, and the number of the line."""

    a: NDArray[np.float64]
    b: NDArray[np.float64]
    owner: NDArray[np.int64]


def mark_crossings(network: StreetNetwork) -> StreetNetwork:
    """Find which segments cross barriers and streets of six lanes or more.

    Parameters
    ----------
    network
        Segments with their barriers, after the rule of twin carriageways.

    Returns
    -------
    StreetNetwork
        With `crossed` set.
    """
    crossed = np.zeros(len(network), dtype=np.uint8)
    tree = shapely.STRtree(network.geometry)
    kinds = np.array(network.barriers.kind, dtype=object)
    lines = np.array(network.barriers.geometry, dtype=object)
    for kind, flag in CROSSINGS.items():
        if not (kinds == kind).any():
            continue
        barrier = _steps(lines[kinds == kind], np.arange((kinds == kind).sum()))
        streets = _near(network, tree, barrier)
        crossed[_over_or_under(streets, barrier)] |= flag
        crossed[_on_the_level(streets, barrier)] |= flag
    crossed[_meeting_wide(network, tree)] |= WIDE
    return replace(network, crossed=crossed)


def _steps(lines: NDArray[np.object_], numbers: NDArray[np.int64]) -> _Steps:
    """Return the straight parts of lines, those of no length left out."""
    xy, index = shapely.get_coordinates(lines, return_index=True)
    real = (index[1:] == index[:-1]) & (xy[1:] != xy[:-1]).any(axis=1)
    return _Steps(xy[:-1][real], xy[1:][real], numbers[index[1:][real]])


def _drawn(steps: _Steps) -> NDArray[np.object_]:
    return np.asarray(shapely.linestrings(np.stack((steps.a, steps.b), axis=1)))


def _near(network: StreetNetwork, tree: shapely.STRtree, barrier: _Steps) -> _Steps:
    """Return the straight parts of the segments that come near a barrier."""
    near = np.unique(tree.query(_drawn(barrier))[1])
    return _steps(network.geometry[near], near)


def _over_or_under(streets: _Steps, barrier: _Steps) -> NDArray[np.int64]:
    """Find the segments that pass a barrier between its points and their own."""
    street, line = shapely.STRtree(_drawn(barrier)).query(_drawn(streets))
    p, q, a, b = streets.a[street], streets.b[street], barrier.a[line], barrier.b[line]
    shared = np.zeros(len(p), dtype=bool)
    for one in (p, q):
        for other in (a, b):
            shared |= (one == other).all(axis=1)
    passed = (_left_of(a, b, p) != _left_of(a, b, q)) & (_left_of(p, q, a) != _left_of(p, q, b))
    found: NDArray[np.int64] = streets.owner[street[passed & ~shared]]
    return found


def _left_of(
    a: NDArray[np.float64], b: NDArray[np.float64], spot: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Find which spots lie to the left of the lines from a to b, or on them."""
    to, off = b - a, spot - a
    left: NDArray[np.bool_] = to[:, 0] * off[:, 1] - to[:, 1] * off[:, 0] >= 0
    return left


def _arms(steps: _Steps) -> tuple[NDArray[np.complex128], NDArray[np.float64], NDArray[np.int64]]:
    """Return what leads away from each point: the point, the bearing (radians) and the owner."""
    at, to = np.concatenate((steps.a, steps.b)), np.concatenate((steps.b, steps.a))
    bearing = np.arctan2(*(to - at).T[::-1])
    return at[:, 0] + 1j * at[:, 1], bearing, np.concatenate((steps.owner, steps.owner))


def _on_the_level(streets: _Steps, barrier: _Steps) -> NDArray[np.int64]:
    """Find the segments that lead from a point of a barrier to another side than most do there.

    Of sides with as many, the first one counted from due west against the clock stands for most.
    What runs along the barrier itself lies on no side.
    """
    at, bearing, owner = _arms(streets)
    line_at, line_bearing, _ = _arms(barrier)
    spots = np.intersect1d(at, line_at)
    if not len(spots):
        return streets.owner[:0]
    there, on_line = np.isin(at, spots), np.isin(line_at, spots)
    limits = np.unique(_turned(spots, line_at[on_line], line_bearing[on_line]))
    first = np.searchsorted(limits, np.arange(len(spots)) * _SPOT)
    many = np.diff([*first, len(limits)])
    turned = _turned(spots, at[there], bearing[there])
    spot = np.searchsorted(spots, at[there])
    parted = (many[spot] > 1) & ~np.isin(turned, limits)
    spot, turned, owner = spot[parted], turned[parted], owner[there][parted]
    side = first[spot] + (np.searchsorted(limits, turned) - first[spot]) % many[spot]
    count = np.bincount(side, minlength=len(limits))
    # Sorted so, the fullest side of a spot stands where its first side stood.
    fullest = np.lexsort((-count, np.repeat(np.arange(len(spots)), many)))[first]
    across: NDArray[np.int64] = owner[side != fullest[spot]]
    return across


def _turned(
    spots: NDArray[np.complex128], at: NDArray[np.complex128], bearing: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return one number for a spot and a bearing from it, that grows with both."""
    turned: NDArray[np.float64] = np.searchsorted(spots, at) * _SPOT + (bearing + np.pi)
    return turned


def _meeting_wide(network: StreetNetwork, tree: shapely.STRtree) -> NDArray[np.int64]:
    """Find the segments that pass over or under a wide street, or end on one.

    Not the street itself, where it goes on under the same name with fewer lanes.
    """
    wide = np.flatnonzero(network.wide)
    if not len(wide):
        return wide
    street = _steps(network.geometry[wide], wide)
    meets = np.zeros(len(network), dtype=bool)
    meets[_over_or_under(_near(network, tree, street), street)] = True
    goes_on = np.zeros(len(network), dtype=bool)
    _, name = np.unique(network.name.astype(str), return_inverse=True)
    ends = np.concatenate((network.u[wide], network.v[wide]))
    named = ends + len(network.node_id) * np.tile(name[wide], 2)
    for end in (network.u, network.v):
        meets |= np.isin(end, ends)
        goes_on |= np.isin(end + len(network.node_id) * name, named) & (network.name != "")
    return np.flatnonzero(meets & ~goes_on & ~network.wide)
