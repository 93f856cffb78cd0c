"""Both sides of a street in one beat: a second carriageway goes where the first one lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.assignment import Assignment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.region import Region
    from reso_geo.network import StreetNetwork

__all__ = ["with_twins"]


def with_twins(
    network: StreetNetwork, region: Region, labels: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    """Return second carriageways to the beat of their street, where both beats are connected then.

    Nobody has to patrol them, and deadhead may leave a beat: no load changes.

    Parameters
    ----------
    network
        The streets.
    region
        Those that were cut.
    labels
        int64, shape (s,): beat of each segment, connected.
    count
        Number of beats.

    Returns
    -------
    ndarray of int64, shape (s,)
        Beat of each segment, connected.
    """
    twin = network.twin_of[region.segment]
    street = np.searchsorted(region.segment, twin)
    inside = (twin >= 0) & (region.load_s == 0.0) & ~region.required & (street < len(region))
    inside[inside] = region.segment[street[inside]] == twin[inside]
    apart = [s for s in np.flatnonzero(inside).tolist() if labels[s] != labels[street[s]]]
    if not apart:
        return labels
    assignment = Assignment(region, labels, count)
    while True:
        left = [s for s in apart if not _moved(assignment, s, assignment.beat_of[int(street[s])])]
        if len(left) == len(apart):
            return assignment.labels()
        apart = left


def _moved(assignment: Assignment, segment: int, beat: int) -> bool:
    """Assign a segment to a beat that it meets, unless it holds its own beat together."""
    if beat not in assignment.beats_at(segment) or assignment.side_of(segment):
        return False
    assignment.give(segment, beat)
    return True
