"""What is set aside: required streets that a mode cannot reach, by name and with their metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from reso_geo.network import StreetNetwork
    from reso_geo.workload import BeatLoad

__all__ = ["SetAside", "set_aside_of"]


@dataclass(frozen=True)
class SetAside:
    """A connected part of a beat that tours leave out since the mode cannot reach it.

    Attributes
    ----------
    name
        Of its streets, the longest first; empty where they have none.
    m
        Length of its required segments, metres.
    segment_ids
        These segments.
    """

    name: str
    m: float
    segment_ids: tuple[str, ...]


def set_aside_of(network: StreetNetwork, beat: BeatLoad) -> tuple[SetAside, ...]:
    """List what the tours of a beat leave out.

    Parameters
    ----------
    network
        The streets.
    beat
        Its tours.

    Returns
    -------
    tuple of SetAside
        The longest first; empty where all is toured, or where so much is out of reach that nothing
        is set aside.
    """
    found = []
    for part in beat.reached.aside:
        by_length = part[np.argsort(-network.length_m[part], kind="stable")]
        names = dict.fromkeys(name for name in network.name[by_length].tolist() if name)
        metres = float(network.length_m[part].sum())
        found.append(SetAside(", ".join(names), metres, tuple(network.segment_id[part].tolist())))
    return tuple(found)
