"""Whether figures still hold: digests of all that a beat's figures depend on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.fingerprint import fingerprint
from reso_geo.settings import settings_fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition
    from reso_geo.settings import PatrolSettings

__all__ = ["beat_keys"]


def beat_keys(
    network: StreetNetwork,
    judged: tuple[PatrolSettings, str, str],
    partition: Partition,
    stop_s: NDArray[np.float64],
    counts: Sequence[tuple[int | None, float | None]],
) -> tuple[str, ...]:
    """Compute the digest of all that the figures of each beat depend on.

    Parameters
    ----------
    network
        The streets.
    judged
        Settings, mode and season.
    partition
        Streets, posts and base of each beat.
    stop_s
        float64, shape (m,): seconds per week of anchor visits along each segment.
    counts
        Calls counted in each beat and for how many weeks; None where none were.

    Returns
    -------
    tuple of str
        In the order of the partition; equal digests have equal figures.
    """
    settings, mode, season = judged
    shared = fingerprint(network.ways_fingerprint, settings_fingerprint(settings), mode, season)
    found = []
    order = np.argsort(partition.beat_of, kind="stable")
    order = order[network.required[order]]
    ends = np.searchsorted(partition.beat_of[order], np.arange(len(counts) + 1))
    for beat, counted in enumerate(counts):
        own = order[ends[beat] : ends[beat + 1]]
        held = own, stop_s[own], int(partition.posts[beat]), int(partition.base[beat])
        found.append(fingerprint(shared, *held, *counted))
    return tuple(found)
