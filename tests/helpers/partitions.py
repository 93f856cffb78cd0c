"""Partitions made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.partition import Partition

if TYPE_CHECKING:
    from collections.abc import Sequence


def held(beat_of: Sequence[int], city: Sequence[int] = ()) -> Partition:
    """Return beats that hold the given segments."""
    count = max(beat_of) + 1
    return Partition(
        beat_of=np.array(beat_of, dtype=np.int64),
        beat_id=tuple(f"X-{beat + 1:02d}" for beat in range(count)),
        city=np.array(city or [0] * count, dtype=np.int64),
        posts=np.ones(count, dtype=np.int64),
        base=np.zeros(count, dtype=np.int64),
        joined={},
    )
