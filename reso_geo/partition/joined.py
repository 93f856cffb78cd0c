"""What is said of pieces that joined a beat they do not hang together with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.partition.record import beats_met
from reso_geo.words import Phrase, listed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork

__all__ = ["joined_notes"]

_FEW = 5


def joined_notes(
    network: StreetNetwork,
    beat_of: NDArray[np.int64],
    beat_id: Sequence[str],
    joined: Mapping[int, NDArray[np.int64]],
    locked: Collection[str],
) -> tuple[Phrase, ...]:
    """Say which segments joined a beat from elsewhere, and which locked beats cut them off.

    Parameters
    ----------
    network
        The streets.
    beat_of
        int64, shape (m,): beat of each segment, -1 for none.
    beat_id
        Ids of the beats.
    joined
        Segments that joined, by beat.
    locked
        Ids of the beats that are locked; what joined one of them before has no other reason now.

    Returns
    -------
    tuple of Phrase
        One for each beat that has any.
    """
    notes = []
    for beat, own in sorted(joined.items()):
        values: dict[str, object] = {
            "beat": beat_id[beat],
            "count": len(own),
            "km": float(network.length_m[own].sum() / 1000.0),
            "ids": listed(network.segment_id[own].tolist(), _FEW),
        }
        beside = [beat_id[met] for met in beats_met(network, beat_of, own).tolist()]
        locks = [name for name in beside if name in locked and beat_id[beat] not in locked]
        if locks:
            notes.append(Phrase("partition.joined_by_lock", values | {"locks": listed(locks)}))
        else:
            notes.append(Phrase("partition.joined", values))
    return tuple(notes)
