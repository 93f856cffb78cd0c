"""Names of beats: the streets that residents know them by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition

__all__ = ["name_beats"]

_LONGEST = 60


def name_beats(network: StreetNetwork, partition: Partition) -> tuple[str, ...]:
    """Name each beat after its two most telling streets, such as ``Churchill / Vieux-Parc``.

    A street tells of a beat when it is long there and lies nowhere else: its length in the beat
    times the share of its whole length that lies in it. A beat without a named street takes its
    id; a name that another beat has already is told apart by the id.

    Parameters
    ----------
    network
        The streets.
    partition
        Beats over them.

    Returns
    -------
    tuple of str
        One name a beat, all different.
    """
    held = (partition.beat_of >= 0) & network.required & (network.name != "")
    inside_m: dict[tuple[int, str], float] = {}
    whole_m: dict[str, float] = {}
    for segment in np.flatnonzero(held).tolist():
        name, metres = network.name[segment], float(network.length_m[segment])
        key = int(partition.beat_of[segment]), name
        inside_m[key] = inside_m.get(key, 0.0) + metres
        whole_m[name] = whole_m.get(name, 0.0) + metres
    streets: list[list[tuple[float, str]]] = [[] for _ in partition.beat_id]
    for (beat, name), metres in inside_m.items():
        streets[beat].append((-metres * metres / whole_m[name], name))
    names: list[str] = []
    for beat_id, found in zip(partition.beat_id, streets, strict=True):
        name = " / ".join(name for _, name in sorted(found)[:2])[:_LONGEST] or beat_id
        names.append(name if name not in names else f"{name} ({beat_id})")
    return tuple(names)
