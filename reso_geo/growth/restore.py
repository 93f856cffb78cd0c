"""restored: a plan with a number of posts that it had before goes back to the beats of then.

A post is as old as the smallest plan that it was in. Who is youngest leaves first, and streets go
to whoever held them in the nearest of the earlier plans among those that stay.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.rebalance import LeavingPost, rebalance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.districting import DistrictingProblem
    from reso_geo.partition import Partition
    from reso_geo.rebalance import OldBeats, Rebalanced, RebalanceRequest
    from reso_geo.workload import StreetLoad

__all__ = ["restored"]

_MOST_TAKERS = 6


def restored(
    problem: DistrictingProblem,
    load: StreetLoad,
    history: Sequence[OldBeats],
    request: RebalanceRequest,
    worth_s: NDArray[np.float64],
) -> Rebalanced:
    """Make balanced beats out of the present ones, as near as can be to those of an earlier plan.

    The earlier plan is the latest of those with as many posts; without one, that with the fewest
    posts more; without such a one, the largest, which then grows on.

    Parameters
    ----------
    problem
        Streets, how they are travelled and what they ask.
    load
        Street loads of the network as it was given.
    history
        Beats of all plans so far, the present one last.
    request
        Posts, tolerance, seed; nobody is named to leave.
    worth_s
        float64, shape (m,): what it counts for that a segment has its holder, in seconds of load.

    Returns
    -------
    Rebalanced
        `left` and `new` against the present plan; beats that come back are not among the new.

    Raises
    ------
    InfeasibleError
        When no such beats exist.
    """
    used = tuple(dict.fromkeys(name for old in history for name in (*old.beat_id, *old.used)))
    place = _nearest(history, request.officers)
    old = replace(history[place], used=used)
    age = _ages(history)
    leaving, decided = _leaving(old, age, request.officers)
    stay = tuple(name for name in old.beat_id if name not in leaving)
    found, reasons = None, {}
    deadline = time.monotonic() + request.time_limit_s
    if not decided:
        firm = _firm(old, age, leaving)
        asked = replace(request, retire=leaving, stay=firm)
        found = rebalance(problem, old, asked, worth_s)
        stay = tuple(name for name in stay if name in found.partition.beat_id)
        reasons = {one.beat_id: one for one in found.left}
    if found is None or len(stay) < len(old.beat_id):
        target = _target(history, place, old, stay)
        rest = replace(request, time_limit_s=max(0.0, deadline - time.monotonic()))
        found = rebalance(problem, target, rest, worth_s)
    return _against(history, age, load, found, reasons)


def _nearest(history: Sequence[OldBeats], officers: int) -> int:
    """Return the latest of the smallest plans with enough posts, or else of the largest."""
    sizes = [int(old.posts.sum()) for old in history]
    enough = [size for size in sizes if size >= officers]
    size = min(enough) if enough else max(sizes)
    return max(place for place, each in enumerate(sizes) if each == size)


def _ages(history: Sequence[OldBeats]) -> dict[str, int]:
    """Return the posts of the smallest plan that each beat was in; the largest is the youngest."""
    age: dict[str, int] = {}
    for old in history:
        size = int(old.posts.sum())
        for name in old.beat_id:
            age[name] = min(size, age.get(name, size))
    return age


def _leaving(old: OldBeats, age: dict[str, int], officers: int) -> tuple[tuple[str, ...], bool]:
    """Retire whole generations, the youngest first; return whether that leaves as many as asked."""
    left = int(old.posts.sum())
    if left < officers:
        return (), False
    leaving: list[str] = []
    for size in sorted({age[name] for name in old.beat_id}, reverse=True):
        young = [
            (name, posts)
            for name, posts, locked in zip(old.beat_id, old.posts, old.locked, strict=True)
            if age[name] == size and not locked
        ]
        fewer = left - sum(int(posts) for _, posts in young)
        if fewer < officers:
            break
        left = fewer
        leaving += [name for name, _ in young]
    return tuple(leaving), left == officers


def _firm(old: OldBeats, age: dict[str, int], leaving: tuple[str, ...]) -> tuple[str, ...]:
    """Return the beats that are older than the youngest of those that have not left."""
    there = [name for name in old.beat_id if name not in leaving]
    youngest = max(age[name] for name in there)
    return tuple(name for name in there if age[name] < youngest)


def _target(
    history: Sequence[OldBeats], place: int, old: OldBeats, stay: tuple[str, ...]
) -> OldBeats:
    """Return the streets of those who leave to whoever held them before, from plan to plan."""
    kept = [beat for beat, name in enumerate(old.beat_id) if name in stay]
    number = {old.beat_id[beat]: at for at, beat in enumerate(kept)}
    locked = {old.beat_id[beat] for beat in kept if old.locked[beat]}
    beat_of = _renumbered(old, number)
    for earlier in reversed(history[:place]):
        open_ = {name: at for name, at in number.items() if name not in locked}
        before = _renumbered(earlier, open_)
        beat_of = np.where(beat_of < 0, before, beat_of)
    names = tuple(old.base_name[beat] for beat in kept)
    return replace(
        old,
        beat_of=beat_of,
        beat_id=tuple(number),
        city=old.city[kept],
        posts=old.posts[kept],
        locked=old.locked[kept],
        # The middle of what a beat had is that of what it has now only where both are the same.
        base=np.where(np.array(names, dtype=object) == "", -1, old.base[kept]).astype(np.int64),
        base_name=names,
        annexed={at: old.annexed[beat] for at, beat in enumerate(kept) if beat in old.annexed},
    )


def _renumbered(old: OldBeats, number: dict[str, int]) -> NDArray[np.int64]:
    """Assign each segment the number of its beat, -1 where that has none."""
    place = np.array([*(number.get(name, -1) for name in old.beat_id), -1], dtype=np.int64)
    return place[old.beat_of]


def _against(
    history: Sequence[OldBeats],
    age: dict[str, int],
    load: StreetLoad,
    found: Rebalanced,
    reasons: dict[str, LeavingPost],
) -> Rebalanced:
    """Describe who left and who is new since the present plan."""
    now, first = history[-1], int(history[0].posts.sum())
    left = []
    for beat, name in enumerate(now.beat_id):
        if name in found.partition.beat_id:
            continue
        near = _takers(now.beat_of == beat, load, found.partition)
        youngest = LeavingPost(name, "youngest", tuple(near), posts=age[name])
        left.append(youngest if age[name] > first else reasons.get(name, youngest))
    new = tuple(name for name in found.new if name not in age)
    return replace(found, left=tuple(left), new=new)


def _takers(own: NDArray[np.bool_], load: StreetLoad, made: Partition) -> list[str]:
    """List the beats that take most of some streets, the most first."""
    taken = made.beat_of[own]
    there = taken >= 0
    share = np.bincount(taken[there], load.total_s[own][there], len(made.beat_id))
    order = np.argsort(-share, kind="stable").tolist()
    return [made.beat_id[beat] for beat in order if share[beat] > 0.0][:_MOST_TAKERS]
