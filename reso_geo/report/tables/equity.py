"""What each city has of the posts, beside what it has of streets, residents, calls and load."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reso_geo.plan import shown_total
from reso_geo.report.tables.seat_quotients import beats_by_city

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo.plan import Beat, Plan

__all__ = ["CityShares", "equity_of"]

_CITIES = 2
"""So many are compared at least."""


@dataclass(frozen=True)
class CityShares:
    """One city; shares are of what all cities have.

    Attributes
    ----------
    city
        Its name.
    posts, posts_share
        Posts of its beats.
    street_km, km_share
        Kilometres to cover, with those that wait for an officer.
    waiting_km
        Those that wait.
    residents, residents_share, residents_per_post
        Who lives in its beats; None where that is not known, or may not be told.
    counts, counts_share
        Counted calls in its beats, likewise.
    load_share
        Of the time that all beats ask for.
    """

    city: str
    posts: int
    posts_share: float
    street_km: float
    km_share: float
    waiting_km: float
    residents: int | str | None
    residents_share: float | None
    residents_per_post: float | None
    counts: int | str | None
    counts_share: float | None
    load_share: float


def equity_of(plan: Plan, audience: str = "internal") -> tuple[CityShares, ...]:
    """Compare what cities have of the posts with what they have of all else.

    Parameters
    ----------
    plan
        A complete plan.
    audience
        One of `reso_geo.i18n.AUDIENCES`. Where the public may not know one city's residents or
        calls it is told no share of them, since the others would give that one away.

    Returns
    -------
    tuple of CityShares
        In the order of the beats; empty where beats may cross city lines, or there is one city.
    """
    by_city = beats_by_city(plan)
    if len(by_city) < _CITIES:
        return ()
    names, beats = list(by_city), list(by_city.values())
    network, waits = plan.network, plan.unserved
    km = network.length_m / 1000.0
    number = {beat.city: city for beat, city in zip(plan.beats, plan.partition.city, strict=True)}
    waiting_km = [float(km[waits & (network.city == number[name])].sum()) for name in names]
    street_km = [
        sum(beat.street_km for beat in own) + more
        for own, more in zip(beats, waiting_km, strict=True)
    ]
    posts = [sum(beat.posts for beat in own) for own in beats]
    load_share = _shares([sum(beat.load_s for beat in own) for own in beats])
    residents, residents_share = _told(beats, "residents", audience)
    counts, counts_share = _told(beats, "counts", audience)
    posts_share, km_share = _shares(posts), _shares(street_km)
    return tuple(
        CityShares(
            city=name,
            posts=posts[k],
            posts_share=posts_share[k],
            street_km=street_km[k],
            km_share=km_share[k],
            waiting_km=waiting_km[k],
            residents=residents[k],
            residents_share=residents_share[k],
            residents_per_post=_over(residents[k], posts[k]),
            counts=counts[k],
            counts_share=counts_share[k],
            load_share=load_share[k],
        )
        for k, name in enumerate(names)
    )


def _shares(amounts: Sequence[float]) -> list[float]:
    whole = sum(amounts)
    return [amount / whole if whole else 0.0 for amount in amounts]


def _over(amount: float | str | None, posts: int) -> float | None:
    return amount / posts if isinstance(amount, int) else None


def _told(
    beats: Sequence[tuple[Beat, ...]], name: str, audience: str
) -> tuple[list[int | str | None], list[float] | list[None]]:
    """Return what an audience may know of people by city, and the shares where all is told."""
    known = [shown_total((getattr(beat, name) for beat in own), audience) for own in beats]
    told = [each for each in known if isinstance(each, int)]
    return known, _shares(told) if len(told) == len(known) else [None] * len(known)
