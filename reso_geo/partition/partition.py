"""Partition: every held segment in exactly one beat, and what can be checked about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.network import components
from reso_geo.records import FieldCheck, Record, Shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.canonical_order import Order
    from reso_geo.network import StreetNetwork

__all__ = [
    "Partition",
    "beats_met",
    "broken_beats",
    "held_segments",
    "in_order",
    "sorted_by",
    "trading_groups",
    "unserved_segments",
]


@dataclass(frozen=True, eq=False, repr=False)
class Partition(Shown, Record):
    """Beats over the segments of a network; index b stands for one beat everywhere.

    Attributes
    ----------
    beat_of
        int64, shape (m,): beat index of each segment, -1 for one that no beat holds; read-only.
    beat_id
        Ids, unique.
    city
        int64, shape (k,): index into the network's cities, -1 when a beat may cross them.
    posts
        int64, shape (k,): posts of each beat.
    base
        int64, shape (k,): junction where tours start.
    annexed
        Segments that foot cannot reach inside their city, by beat index: the only exception to
        connected beats.
    base_name
        What the place of each base is called, empty where none was given.
    """

    beat_of: NDArray[np.int64]
    beat_id: tuple[str, ...]
    city: NDArray[np.int64]
    posts: NDArray[np.int64]
    base: NDArray[np.int64]
    annexed: dict[int, NDArray[np.int64]]
    base_name: tuple[str, ...] = ()

    def summary(self) -> Phrase:
        """Return what it is in one sentence.

        Returns
        -------
        Phrase
            For people.
        """
        held = int((self.beat_of >= 0).sum())
        values = {
            "count": len(self.beat_id),
            "posts": int(self.posts.sum()),
            "held": held,
        }
        return Phrase("partition.facts", {**values, "ids": listed(self.beat_id)})

    def __post_init__(self) -> None:
        """Check all once; make the arrays read-only; no base has a name unless it was given."""
        check = FieldCheck("Partition", UsageError)
        check.texts("beat_id", self.beat_id)
        count = len(self.beat_id)
        check.figures("beat_of", self.beat_of, -1, count - 1, kind="int64")
        check.figures("city", self.city, -1, rows=count, kind="int64")
        check.figures("posts", self.posts, 0, rows=count, kind="int64")
        check.figures("base", self.base, -1, rows=count, kind="int64")
        check.texts("base_name", self.base_name)
        if not self.base_name:
            object.__setattr__(self, "base_name", ("",) * len(self.beat_id))
        for array in (self.beat_of, self.city, self.posts, self.base):
            array.flags.writeable = False

    def segments_of(self, beat: int) -> NDArray[np.int64]:
        """Return the segments of a beat.

        Parameters
        ----------
        beat
            Beat index.

        Returns
        -------
        ndarray of int64
            Ascending.
        """
        return np.flatnonzero(self.beat_of == beat)


def sorted_by(partition: Partition, order: Order) -> Partition:
    """Return a partition over the segments and junctions of a network in another order.

    Parameters
    ----------
    partition
        Of the network as it is.
    order
        Which segment and junction then stands at each place.

    Returns
    -------
    Partition
        The same beats.
    """
    return replace(
        partition,
        beat_of=partition.beat_of[order.segment],
        base=order.junctions(partition.base),
        annexed={beat: order.places(own) for beat, own in partition.annexed.items()},
    )


def in_order(
    beat_of: NDArray[np.int64],
    beats: Iterable[int],
    beat_id: Sequence[str],
    city: Sequence[int],
    posts: Sequence[int],
    annexed: Mapping[int, Sequence[NDArray[np.int64]]],
) -> Partition:
    """Sort beats city by city, by their ids.

    Parameters
    ----------
    beat_of
        int64, shape (m,): number of the beat of each segment, -1 for none.
    beats
        Numbers of those that there are.
    beat_id, city, posts
        Of each number.
    annexed
        The parts that joined, by number.

    Returns
    -------
    Partition
        Without bases.
    """
    order = sorted(beats, key=lambda beat: (city[beat], beat_id[beat]))
    place = np.full(len(beat_id) + 1, -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    whole = {int(place[beat]): np.sort(np.concatenate(own)) for beat, own in annexed.items()}
    return Partition(
        beat_of=place[beat_of],
        beat_id=tuple(beat_id[beat] for beat in order),
        city=np.array([city[beat] for beat in order], dtype=np.int64),
        posts=np.array([posts[beat] for beat in order], dtype=np.int64),
        base=np.full(len(order), -1, dtype=np.int64),
        annexed=dict(sorted(whole.items())),
    )


def held_segments(network: StreetNetwork) -> NDArray[np.bool_]:
    """Find which segments must be in a beat: walkable, in a city, in a kept component.

    Parameters
    ----------
    network
        Segments placed in cities.

    Returns
    -------
    ndarray of bool, shape (m,)
        True for the held ones.
    """
    return network.foot & (network.city >= 0)


def unserved_segments(network: StreetNetwork, beat_of: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Find the streets to cover that no beat holds: those wait for an officer.

    Parameters
    ----------
    network
        Segments placed in cities.
    beat_of
        int64, shape (m,): beat of each segment, -1 for none.

    Returns
    -------
    ndarray of bool, shape (m,)
        True for those that wait.
    """
    waiting: NDArray[np.bool_] = held_segments(network) & network.required & (beat_of < 0)
    return waiting


def broken_beats(network: StreetNetwork, partition: Partition) -> list[int]:
    """Find the beats that are not connected, apart from the regions listed in `annexed`.

    Parameters
    ----------
    network
        The streets.
    partition
        Beats over them.

    Returns
    -------
    list of int
        Beat indices; empty when all is well.
    """
    broken = []
    for beat in range(len(partition.beat_id)):
        own = partition.segments_of(beat)
        own = np.setdiff1d(own, partition.annexed.get(beat, np.empty(0, dtype=np.int64)))
        label = components(len(network.node_id), network.u[own], network.v[own])
        if len(np.unique(label[network.u[own]])) > 1:
            broken.append(beat)
    return broken


def beats_met(
    network: StreetNetwork, beat_of: NDArray[np.int64], own: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the beats that hold a street at a junction of some segments, their own among them.

    Parameters
    ----------
    network
        The streets.
    beat_of
        int64, shape (m,): beat of each segment, -1 for none.
    own
        int64: the segments.

    Returns
    -------
    ndarray of int64
        Ascending.
    """
    ends = np.concatenate((network.u[own], network.v[own]))
    met = np.unique(beat_of[np.isin(network.u, ends) | np.isin(network.v, ends)])
    return met[met >= 0]


def trading_groups(
    network: StreetNetwork, partition: Partition, kept: Collection[str] = ()
) -> list[NDArray[np.int64]]:
    """Group the beats among which streets can change hands: one city, one connected region.

    Parameters
    ----------
    network
        The streets.
    partition
        Beats over them.
    kept
        Ids of beats that trade with none, and are in no group.

    Returns
    -------
    list of ndarray of int64
        Beat indices, ascending, the group of the first beat first.
    """
    annexed = np.concatenate([np.empty(0, dtype=np.int64), *partition.annexed.values()])
    free = np.array([name not in kept for name in partition.beat_id])
    groups: list[NDArray[np.int64]] = []
    for city in np.unique(partition.city).tolist():
        beats = np.flatnonzero((partition.city == city) & free)
        own = np.setdiff1d(np.flatnonzero(np.isin(partition.beat_of, beats)), annexed)
        label = components(len(network.node_id), network.u[own], network.v[own])
        region = label[network.u[own]]
        pairs = np.unique(np.column_stack((region, partition.beat_of[own])), axis=0)
        groups += [pairs[pairs[:, 0] == number, 1] for number in np.unique(pairs[:, 0])]
    return sorted(groups, key=lambda group: int(group[0]))
