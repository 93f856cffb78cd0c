"""Parts that belong to a beat without being connected to it: which may, and which locks did it.

A part of a city that foot cannot reach inside it joins a beat whole, and so does what locked beats
cut off. A plan lists them; whoever cuts, locks, rebalances, grows or checks asks here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.diagnostics import Diagnostic
from reso_geo.network import components
from reso_geo.partition.partition import beats_met, held_segments

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork

__all__ = ["annexed_beats", "annexed_parts", "parts_of"]


def parts_of(network: StreetNetwork, segments: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Group segments by what is connected on foot, the longest required part first.

    Parameters
    ----------
    network
        The streets.
    segments
        int64: segments that foot may use.

    Returns
    -------
    list of ndarray of int64
        None for no segments; ties go to the lowest segment.
    """
    label = components(len(network.node_id), network.u[segments], network.v[segments])
    own = label[network.u[segments]]
    parts = [segments[own == number] for number in np.unique(own)]
    weight_m = np.where(network.required, network.length_m, 0.0)
    return sorted(parts, key=lambda part: (-weight_m[part].sum(), part[0]))


def annexed_parts(
    network: StreetNetwork,
    beat_of: NDArray[np.int64],
    city_of: Sequence[int],
    listed: Mapping[int, NDArray[np.int64]] | None = None,
) -> dict[int, NDArray[np.int64]]:
    """Find the parts of beats that need not be connected to the rest of them.

    They are the parts of a city, whole, that foot cannot reach inside it, whichever beat has them,
    and the parts that the plan lists for their beat: locked beats may have cut these off.

    Parameters
    ----------
    network
        The streets.
    beat_of
        int64, shape (m,): beat index of each segment, -1 for none.
    city_of
        City of each beat, -1 for one that may cross lines.
    listed
        Segments that joined when the plan was made, by beat index; None for none.

    Returns
    -------
    dict of int to ndarray of int64
        By beat index, ascending. Of a beat that is made of such parts only, one joined none: the
        longest that is not listed, if there is any.
    """
    held = held_segments(network)
    regions: dict[int, set[bytes]] = {}
    annexed = {}
    for beat, city in enumerate(city_of):
        parts = parts_of(network, np.flatnonzero(beat_of == beat))
        if len(parts) <= 1:
            continue
        if city not in regions:
            ground = np.flatnonzero(held & ((network.city == city) | (city < 0)))
            regions[city] = {part.tobytes() for part in parts_of(network, ground)}
        told = [bool(np.isin(part, (listed or {}).get(beat, part[:0])).all()) for part in parts]
        may = [
            is_told or part.tobytes() in regions[city]
            for part, is_told in zip(parts, told, strict=True)
        ]
        if all(may):
            may[told.index(False) if False in told else 0] = False
        if any(may):
            annexed[beat] = np.sort(
                np.concatenate([p for p, free in zip(parts, may, strict=True) if free])
            )
    return annexed


def annexed_beats(
    network: StreetNetwork,
    beat_of: NDArray[np.int64],
    beat_id: Sequence[str],
    annexed: Mapping[int, NDArray[np.int64]],
    locked: Collection[str],
) -> tuple[Diagnostic, ...]:
    """List which segments joined a beat from elsewhere, and which locked beats cut them off.

    Parameters
    ----------
    network
        The streets.
    beat_of
        int64, shape (m,): beat of each segment, -1 for none.
    beat_id
        Ids of the beats.
    annexed
        Segments that joined, by beat.
    locked
        Ids of the beats that are locked; what joined one of them before has no other reason now.

    Returns
    -------
    tuple of Diagnostic
        One for each beat that has any.
    """
    found = []
    for beat, own in sorted(annexed.items()):
        # A lock in another city is no reason, where beats do not cross lines.
        city = np.unique(network.city[beat_of == beat])
        near = beat_of if len(city) > 1 else np.where(network.city == city[0], beat_of, -1)
        beside = [beat_id[met] for met in beats_met(network, near, own).tolist()]
        locks = [name for name in beside if name in locked and beat_id[beat] not in locked]
        ids = tuple(network.segment_id[own].tolist())
        length_m = float(network.length_m[own].sum())
        found.append(Diagnostic("joined", (beat_id[beat], *locks), ids, length_m=length_m))
    return tuple(found)
