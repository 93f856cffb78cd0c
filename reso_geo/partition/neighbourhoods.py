"""Which beats hold the neighbourhoods that people know, and which of these stay whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.partition.partition import Partition

__all__ = ["WHOLE", "HeldNeighbourhood", "held_neighbourhoods"]

WHOLE = 0.9
"""A neighbourhood of which a beat holds so much of the load is whole."""
_LEAST = 0.05
"""One with less of the load of a mean beat is not told of."""


@dataclass(frozen=True)
class HeldNeighbourhood:
    """A neighbourhood, and who holds its streets.

    Attributes
    ----------
    name
        Of the neighbourhood.
    beats
        Its load in mean beats.
    share
        By beat id the share of its load, the largest first.
    """

    name: str
    beats: float
    share: dict[str, float]

    @property
    def whole(self) -> bool:
        """Whether one beat holds it, but for a tenth."""
        return max(self.share.values()) >= WHOLE

    @property
    def fits(self) -> bool:
        """Whether a mean beat can hold it, but for a tenth."""
        return self.beats * WHOLE <= 1.0


def held_neighbourhoods(
    network: StreetNetwork, partition: Partition, load_s: NDArray[np.float64]
) -> tuple[HeldNeighbourhood, ...]:
    """Return who holds the neighbourhoods with a twentieth of a mean beat's load or more.

    Parameters
    ----------
    network
        The streets.
    partition
        Beats over them.
    load_s
        float64, shape (m,): street load of each segment, seconds per week.

    Returns
    -------
    tuple of HeldNeighbourhood
        The heaviest first; empty where none is known.
    """
    if network.neighbourhood is None:
        return ()
    held = np.flatnonzero((partition.beat_of >= 0) & (network.neighbourhood != ""))
    names, place = np.unique(network.neighbourhood[held].astype(str), return_inverse=True)
    by_beat = np.zeros((len(names), len(partition.beat_id)))
    np.add.at(by_beat, (place, partition.beat_of[held]), load_s[held])
    mean_s = float(load_s[partition.beat_of >= 0].sum()) / len(partition.beat_id)
    total_s = by_beat.sum(axis=1)
    found = []
    for row in sorted(range(len(names)), key=lambda each: (-total_s[each], names[each])):
        if total_s[row] >= max(_LEAST * mean_s, 1e-9):
            share = by_beat[row] / total_s[row]
            order = [beat for beat in np.argsort(-share, kind="stable").tolist() if share[beat] > 0]
            shares = {partition.beat_id[beat]: float(share[beat]) for beat in order}
            found.append(HeldNeighbourhood(str(names[row]), float(total_s[row] / mean_s), shares))
    return tuple(found)
