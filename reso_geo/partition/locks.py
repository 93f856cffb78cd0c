"""LockedBeats: beats of an earlier cut that a new one leaves exactly as they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.choices import check_ids
from reso_geo.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.canonical_order import Order
    from reso_geo.partition.partition import Partition

__all__ = ["LockedBeats", "lock_beats", "no_locks"]


@dataclass(frozen=True, eq=False)
class LockedBeats(Record):
    """Beats that keep their segments, posts and ids.

    Attributes
    ----------
    beat_id
        Their ids.
    segments
        int64: what each holds.
    posts
        Posts of each.
    city
        Index of the city of each, -1 for one that may cross lines.
    annexed
        Which of its segments foot cannot reach inside its city, for each.
    """

    beat_id: tuple[str, ...]
    segments: tuple[NDArray[np.int64], ...]
    posts: tuple[int, ...]
    city: tuple[int, ...]
    annexed: tuple[NDArray[np.int64], ...]

    def __len__(self) -> int:
        """Return the number of locked beats."""
        return len(self.beat_id)

    def sorted_by(self, order: Order) -> LockedBeats:
        """Return the same beats of a network in another order.

        Parameters
        ----------
        order
            Which segment then stands at each place.

        Returns
        -------
        LockedBeats
            With their segments there.
        """
        return replace(
            self,
            segments=tuple(map(order.places, self.segments)),
            annexed=tuple(map(order.places, self.annexed)),
        )


def no_locks() -> LockedBeats:
    """Return the locks of a cut that keeps nothing.

    Returns
    -------
    LockedBeats
        Empty.
    """
    return LockedBeats((), (), (), (), ())


def lock_beats(partition: Partition, beat_ids: Sequence[str]) -> LockedBeats:
    """Lock beats of a partition.

    Parameters
    ----------
    partition
        An earlier cut of the same streets.
    beat_ids
        Which beats to keep; one that stands there twice counts once.

    Returns
    -------
    LockedBeats
        In the order of the partition.

    Raises
    ------
    UsageError
        When the partition has no such beat.
    """
    check_ids("partition.unknown_lock", beat_ids, partition.beat_id)
    kept = [beat for beat, name in enumerate(partition.beat_id) if name in set(beat_ids)]
    nothing = np.empty(0, dtype=np.int64)
    return LockedBeats(
        beat_id=tuple(partition.beat_id[beat] for beat in kept),
        segments=tuple(partition.segments_of(beat) for beat in kept),
        posts=tuple(int(partition.posts[beat]) for beat in kept),
        city=tuple(int(partition.city[beat]) for beat in kept),
        annexed=tuple(partition.annexed.get(beat, nothing) for beat in kept),
    )
