"""Team: which beats stay, and how many each city and each connected region of it gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.choices import check_ids
from reso_geo.errors import InfeasibleError, UsageError
from reso_geo.i18n import Phrase, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.rebalance.request import OldBeats, RebalanceRequest

__all__ = ["beats_wanted", "check_names", "check_room", "shared_from"]


def check_names(old: OldBeats, request: RebalanceRequest) -> None:
    """Refuse wishes for beats that there are not, and the leaving of locked ones.

    Parameters
    ----------
    old
        The beats that there are.
    request
        What is asked for.

    Raises
    ------
    UsageError
        Naming the ids.
    """
    asked = (*request.lock, *request.retire, *request.stay, *request.split)
    check_ids("rebalance.unknown_beat", asked, old.beat_id)
    locked = {name for name, lock in zip(old.beat_id, old.locked, strict=True) if lock}
    both = sorted((locked | set(request.lock)) & {*request.retire, *request.split})
    if both:
        raise UsageError(Phrase("rebalance.locked_too", {"beats": listed(both)}))


def beats_wanted(
    old: OldBeats, staying: NDArray[np.bool_], locked: NDArray[np.bool_], officers: int
) -> int:
    """Return how many beats more (or, below zero, fewer) there will be than stay so far.

    Parameters
    ----------
    old
        The beats that there are.
    staying
        bool, shape (k,): those whose post is not named to leave.
    locked
        bool, shape (k,): those that must stay.
    officers
        Posts wanted.

    Returns
    -------
    int
        New beats, or minus the number of beats that leave.

    Raises
    ------
    InfeasibleError
        When whole beats do not make up the posts, with the nearest number that they do.
    """
    posts = int(old.posts[staying].sum())
    size = old.officers_per_beat
    if officers < posts:
        loose = old.posts[staying & ~locked]
        size = int(np.bincount(loose).argmax()) if len(loose) else 1
        least = int(old.posts[staying & locked].sum())
        if officers < least or (officers == least and least == 0) or not len(loose):
            values = {
                "officers": officers,
                "beats": listed(np.array(old.beat_id, dtype=object)[staying & locked].tolist(), 20),
                "least": max(least, 1),
            }
            raise InfeasibleError(Phrase("rebalance.locks_need_more", values))
    more, rest = divmod(officers - posts, size)
    if rest:
        values = {"officers": officers, "size": size, "nearest": posts + size * (more + 1)}
        raise InfeasibleError(Phrase("rebalance.no_whole_beats", values))
    return more


def check_room(
    old: OldBeats,
    officers: int,
    locked: NDArray[np.bool_],
    total: int,
    room: Sequence[int],
    cities: Sequence[str],
) -> None:
    """Refuse what cannot be, naming the nearest that can.

    Parameters
    ----------
    old
        The beats that there are.
    officers
        Posts wanted.
    locked
        bool, shape (k,): beats that stay exactly as they are.
    total
        Beats wanted outside of the locked ones.
    room
        Segments to cover there, city by city.
    cities
        Names of these cities; of all where beats may cross lines.

    Raises
    ------
    InfeasibleError
        When there are fewer beats than cities, or more than segments.
    """
    kept = int(old.posts[locked].sum())
    held: dict[str, object] = {"beats": listed(np.array(old.beat_id)[locked].tolist(), 20)}
    if total > 0 and not room:
        raise InfeasibleError(Phrase("partition.locks_leave_nothing", held | {"posts": kept}))
    if total < len(room):
        values: dict[str, object] = {
            "officers": officers,
            "names": listed(cities),
            "outside": Phrase("rebalance.outside_locks", held) if locked.any() else "",
            "nearest": kept + old.officers_per_beat * len(room),
        }
        raise InfeasibleError(Phrase("rebalance.too_few", values))
    if total > sum(room):
        values = {"beats": total, "segments": sum(room)}
        raise InfeasibleError(Phrase("partition.more_beats_than_segments", values))


def shared_from(
    loads: Sequence[float], there: Sequence[int], beats: int, most: Sequence[int]
) -> list[int]:
    """Share beats in proportion to loads (Sainte-Laguë), starting from those that are there.

    One after another is added where the load per beat is largest, or taken where it is smallest.

    Parameters
    ----------
    loads
        Load of each party.
    there
        Beats of each that stay.
    beats
        How many there are to be, at least one a party.
    most
        The most that each can use.

    Returns
    -------
    list of int
        None falls below what is there unless beats must leave; none is without a beat.

    Raises
    ------
    ValueError
        When there are fewer beats than parties, or more than they can use.

    Examples
    --------
    >>> shared_from([60.0, 40.0], [3, 2], 6, [9, 9])
    [4, 2]
    >>> shared_from([60.0, 40.0], [3, 2], 4, [9, 9])
    [2, 2]
    """
    if not len(loads) <= beats <= sum(most):
        message = f"{beats} beats cannot be shared among {len(loads)} with room for {sum(most)}"
        raise ValueError(message)
    given = [min(max(count, 1), top) for count, top in zip(there, most, strict=True)]
    places = range(len(given))
    while sum(given) < beats:
        open_ = [p for p in places if given[p] < most[p]]
        given[max(open_, key=lambda p: (loads[p] / (2 * given[p] + 1), -p))] += 1
    while sum(given) > beats:
        open_ = [p for p in places if given[p] > 1]
        given[min(open_, key=lambda p: (loads[p] / (2 * given[p] - 1), -p))] -= 1
    return given
