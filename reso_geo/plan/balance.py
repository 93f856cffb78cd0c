"""How even a plan is, why its beats are no nearer to their mean load, and what else was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess import chance_phrase, verdict_of
from reso_geo.demand import far_bases_phrase
from reso_geo.i18n import Phrase, listed
from reso_geo.partition import beats_met, held_neighbourhoods, trading_groups
from reso_geo.plan.audience import sees_inside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.diagnostics import Diagnostic
    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition
    from reso_geo.plan.parts import Beat
    from reso_geo.plan.plan import Plan
    from reso_geo.rebalance import LeavingPost

__all__ = [
    "balance_figures", "balance_phrase", "balance_why", "enough_phrase", "leaving_phrase",
    "neighbourhoods_phrase",
    "sentence_of", "waiting_phrase",
]  # fmt: skip

_TRADED, _JOINED, _NEAR, _SPLIT = 3, 5, 6, 5
"""So many ids of segments, of beats, or neighbourhoods, are said, the others counted."""
_MUCH = 0.1
"""A beat with less of a neighbourhood is not said to share it."""


def balance_figures(plan: Plan) -> dict[str, object]:
    """Return how even a plan is, as the JSON of the contract has it.

    Parameters
    ----------
    plan
        A complete plan.

    Returns
    -------
    dict
        Largest and smallest load per post as shares of the mean: over the plan, and within cities.
    """
    (largest, smallest), (most, least) = plan.balance, plan.balance_within
    return {
        "max_over_mean": largest,
        "min_over_mean": smallest,
        "within_cities": {"max_over_mean": most, "min_over_mean": least},
    }


def balance_phrase(plan: Plan) -> Phrase:
    """Return how even a plan is: within its cities, and over all of it.

    Parameters
    ----------
    plan
        A complete plan.

    Returns
    -------
    Phrase
        With load per post in per cent of the mean.
    """
    (high, low), (most, least) = plan.balance, plan.balance_within
    values = {"max": 100.0 * high, "min": 100.0 * low, "most": 100.0 * most, "least": 100.0 * least}
    one = len({beat.city for beat in plan.beats}) == 1
    return Phrase("plan.balance" if one else "plan.balance_cities", values)


def waiting_phrase(plan: Plan, audience: str) -> Phrase | None:
    """Return how much waits for an officer.

    Parameters
    ----------
    plan
        A complete plan.
    audience
        One of `reso_geo.i18n.AUDIENCES`; the public is told of streets only.

    Returns
    -------
    Phrase or None
        None where every street to cover is in a beat.
    """
    if not plan.unserved.any():
        return None
    values: dict[str, object] = {"km": plan.waiting_km}
    if plan.waiting_residents is None or not sees_inside(audience):
        return Phrase("plan.waiting", values)
    return Phrase("plan.waiting_residents", values | {"residents": plan.waiting_residents})


def enough_phrase(plan: Plan, mode: str) -> Phrase:
    """Return how many beats have time enough, and the chance that all have.

    Parameters
    ----------
    plan
        A complete plan.
    mode
        ``foot`` or ``bike``; in the plan's season.

    Returns
    -------
    Phrase
        Counted over the draws that all beats share.
    """
    found, rules = plan.enough_in(mode), plan.settings.odds
    every = chance_phrase(found.all_chance, verdict_of(found.all_chance, rules))
    case = Phrase(f"case.{mode}.{found.season}")
    numbers = {name: getattr(found, name) for name in ("low", "central", "high")}
    return Phrase("odds.plan", {"case": case, "count": len(plan.beats), "all": every, **numbers})


def balance_why(
    network: StreetNetwork, partition: Partition, beats: Sequence[Beat], tolerance: float
) -> tuple[Phrase, ...]:
    """Describe which beats miss the tolerance, and what holds them there.

    It is a lock, or what locks leave to the others; or streets whose posts are whole, in a city, in
    a part that no foot path joins to the rest, or in what locked beats enclose; or that no trade
    has brought them nearer.

    Parameters
    ----------
    network
        The streets.
    partition
        Beats over them.
    beats
        Their figures.
    tolerance
        How far a load per post may be from the mean, as a share of it.

    Returns
    -------
    tuple of Phrase
        Empty when every load per post is within the tolerance of the mean.
    """
    per_post = np.array([beat.load_s / beat.posts for beat in beats])
    mean = float(per_post.mean())
    missed = np.abs(per_post / mean - 1.0) > tolerance
    locked = np.array([beat.locked for beat in beats])
    phrases = []
    if (missed & locked).any():
        far = np.flatnonzero(missed & locked)
        phrases.append(
            Phrase("plan.why_locked", {"beats": _ids(partition, far), "count": len(far)})
        )
    whole = trading_groups(network, partition)
    free = trading_groups(network, partition, [beat.beat_id for beat in beats if beat.locked])
    for group in free:
        if not missed[group].any():
            continue
        inside = np.abs(per_post[group] / per_post[group].mean() - 1.0).max()
        values = {
            "city": beats[group[0]].city or listed(network.cities),
            "posts": sum(beats[beat].posts for beat in group),
            "share": 100.0 * float(per_post[group].mean() / mean),
            "beats": _ids(partition, group[missed[group]]),
        }
        key = "plan.why_beats"
        if inside <= tolerance and len(group) < len(beats):
            without = next(each for each in whole if group[0] in each)
            locks = np.intersect1d(without, np.flatnonzero(locked))
            apart = sum(bool(np.isin(other, without).any()) for other in free) > 1
            key, around = _held_by(network, partition, group, locks, apart=apart)
            values["locks"] = _ids(partition, around)
        phrases.append(Phrase(key, values))
    return tuple(phrases)


def _held_by(
    network: StreetNetwork,
    partition: Partition,
    group: NDArray[np.int64],
    locks: NDArray[np.int64],
    *,
    apart: bool,
) -> tuple[str, NDArray[np.int64]]:
    """Describe what keeps the load of a whole group off the mean, and which locked beats do.

    They cut it off from others, if there are any, or leave it what they do not hold.
    """
    if not apart:
        return "plan.why_left_by_locks" if len(locks) else "plan.why_city", locks
    own = np.flatnonzero(np.isin(partition.beat_of, group))
    around = np.intersect1d(beats_met(network, partition.beat_of, own), locks)
    return "plan.why_enclosed" if len(around) else "plan.why_city", around


def _ids(partition: Partition, beats: NDArray[np.int64]) -> str:
    return listed(partition.beat_id[beat] for beat in beats.tolist())


def neighbourhoods_phrase(
    network: StreetNetwork, partition: Partition, load_s: NDArray[np.float64]
) -> tuple[Phrase, ...]:
    """Describe which neighbourhoods stay whole, and which beats share the others.

    Those that would fit in a beat are said first.

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
    tuple of Phrase
        One, or none where no neighbourhood is known.
    """
    found = held_neighbourhoods(network, partition, load_s)
    if not found:
        return ()
    split = sorted((each for each in found if not each.whole), key=lambda each: not each.fits)
    texts = []
    for each in split:
        parts = [
            f"{beat} {100.0 * share:.0f} %" for beat, share in each.share.items() if share >= _MUCH
        ]
        texts.append(f"{each.name} ({', '.join(parts)})")
    values = {
        "count": len(found),
        "whole": len(found) - len(split),
        "large": sum(not each.fits for each in split),
        "split": listed(texts, _SPLIT),
    }
    return (Phrase("plan.neighbourhoods_split" if split else "plan.neighbourhoods", values),)


def sentence_of(found: Diagnostic) -> Phrase:
    """Return the sentence for the planner.

    Parameters
    ----------
    found
        What there is to know.

    Returns
    -------
    Phrase
        With what is counted, and its size.
    """
    if found.kind == "far_bases":
        return far_bases_phrase(found.places, found.distances_m)
    if found.kind == "no_base":
        return Phrase("demand.no_base", {"beats": listed(found.beats)})
    if found.kind == "blocked":
        return _blocked(found)
    if found.kind == "joined":
        return _annexed(found)
    if found.kind == "cut_stopped":
        return Phrase("partition.time_limit", {"limit": found.seconds})
    return Phrase("partition.no_load" if found.kind == "no_load" else "rebalance.time_limit", {})


def _blocked(found: Diagnostic) -> Phrase:
    beat, *others = found.beats
    off, *after = (100.0 * share for share in found.shares)
    values: dict[str, object] = {"beat": beat, "off": off}
    if not others:
        return Phrase("partition.blocked_alone", values)
    values |= {"other": others[0], "ids": listed(found.segment_ids, _TRADED)}
    return Phrase("partition.blocked", values | {"after": after[0], "other_after": after[1]})


def _annexed(found: Diagnostic) -> Phrase:
    beat, *locks = found.beats
    values: dict[str, object] = {
        "beat": beat,
        "count": len(found.segment_ids),
        "km": found.length_m / 1000.0,
        "ids": listed(found.segment_ids, _JOINED),
    }
    if locks:
        return Phrase("partition.joined_by_lock", values | {"locks": listed(locks)})
    return Phrase("partition.joined", values)


def leaving_phrase(left: LeavingPost) -> Phrase:
    """Return the sentence about a post that leaves.

    Parameters
    ----------
    left
        Which, and why.

    Returns
    -------
    Phrase
        Who chose it, and who takes its streets.
    """
    values: dict[str, object] = {"beat": left.beat_id}
    if left.reason != "named":
        values["near"] = listed(left.near, _NEAR) or "-"
    if left.reason == "chosen":
        values["hours"] = left.moves_s / 3600.0
    elif left.reason == "youngest":
        values["posts"] = left.posts
    return Phrase(f"rebalance.left_{left.reason}", values)
