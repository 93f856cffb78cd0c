"""Two beats divide their streets again: the cheapest border at which so much load is on each side.

A division weighs the cost of the border against the walk from each base, and against how far both
are from the loads that they should have. Minimum cuts propose it (see
`reso_geo.districting.borders.minimum_cuts`); several pairs may divide at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.borders.costs import MeetingCosts
from reso_geo.districting.borders.minimum_cuts import PairedStreets, cuts_at_prices
from reso_geo.districting.region import parts
from reso_geo.districting.starts import above_zero

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.params import BorderParams
    from reso_geo.districting.region import Region

__all__ = ["Neighbours", "divided", "reconnected"]

_GAIN = 1e-6
_EXCHANGES = 3


@dataclass(frozen=True)
class Neighbours:
    """Two beats that meet, by the segments of both, and what they divide them again for.

    Attributes
    ----------
    own
        int64, shape (o,): places of the segments of both in their region, ascending.
    weight
        float64, shape (o,): what each counts for, in mean loads, positive.
    away
        float64, shape (o,): how much farther each is from the second base, in mean walks.
    kept
        float64, shape (o,): what a mean load of each counts for in the second beat rather than in
        the first, beside its walk: who held it before.
    was
        bool, shape (o,): those of the second beat.
    at_base
        int64 each: places of those at each base, which stay.
    amount
        Load that should go from the first to the second, in mean loads; negative the other way.
    """

    own: NDArray[np.int64]
    weight: NDArray[np.float64]
    away: NDArray[np.float64]
    kept: NDArray[np.float64]
    was: NDArray[np.bool_]
    at_base: tuple[NDArray[np.int64], NDArray[np.int64]]
    amount: float

    def staying(self, params: BorderParams) -> NDArray[np.bool_]:
        """Return which segments stay where they are: those far inside, and at the base.

        Parameters
        ----------
        params
            How far is far.

        Returns
        -------
        ndarray of bool, shape (2, o)
            Those that stay in the first, and in the second.
        """
        inside = np.where(self.was, -self.away, self.away)
        far, most = inside > params.far, params.most_free
        if len(inside) > most:
            far |= inside > np.partition(inside, most)[most]
        stay = np.array((far & ~self.was, far & self.was))
        for own, base in zip(stay, self.at_base, strict=True):
            own[base] = True
        return stay


def divided(
    region: Region,
    pairs: Sequence[Neighbours],
    tolerance: float,
    params: BorderParams,
) -> list[NDArray[np.bool_] | None]:
    """Divide the streets of pairs of beats along cheaper borders, or to what is wanted.

    What a division costs is its border, the walks from both bases, and how far it is off the aim.

    Parameters
    ----------
    region
        The streets.
    pairs
        The beats, each pair by itself.
    tolerance
        How far off a beat may be, as a share of a mean load.
    params
        What borders, walks and loads that are off count for.

    Returns
    -------
    list of (ndarray of bool, shape (o,), or None)
        Which segments the second of each pair holds then; None where nothing costs less than what
        is.
    """
    if not pairs:
        return []
    given, count = _paired(region, pairs, params), len(pairs)
    best = np.concatenate([pair.was for pair in pairs])
    amount = np.array([pair.amount for pair in pairs])
    wanted = given.sums(given.weight * best, count) + amount

    def costs(second: NDArray[np.bool_]) -> NDArray[np.float64]:
        away = np.abs(given.sums(given.weight * second, count) - wanted) / tolerance
        out = np.maximum(away - params.near, 0.0)
        cost: NDArray[np.float64] = given.costs(second, count) + params.off * out * out
        return cost

    least, better = costs(best) - _GAIN, np.zeros(count, dtype=bool)
    stay = np.concatenate([pair.staying(params) for pair in pairs], axis=1)
    near = np.full(count, params.near * tolerance)
    own = np.concatenate([pair.own for pair in pairs])
    for second, searched in cuts_at_prices(given, (stay[0], stay[1]), wanted, near):
        hoped = searched & (costs(second) < least)
        if not hoped.any():
            continue
        here = np.flatnonzero(hoped[given.pair])
        found = best.copy()
        found[here], whole = reconnected(region, own[here], second[here], given.pair[here], count)
        cost = costs(found)
        gained = hoped & whole & (cost < least)
        best = np.where(gained[given.pair], found, best)
        least, better = np.where(gained, cost, least), better | gained
    start = np.searchsorted(given.pair, np.arange(1, count))
    return [
        second if gained else None
        for second, gained in zip(np.split(best, start), better.tolist(), strict=True)
    ]


def _paired(region: Region, pairs: Sequence[Neighbours], params: BorderParams) -> PairedStreets:
    """Return the streets of pairs one after the other."""
    sizes = [len(pair.own) for pair in pairs]
    number = np.repeat(np.arange(len(pairs)), sizes)
    first = np.cumsum([0, *sizes])
    among = [region.meeting.among(pair.own, len(region)) for pair in pairs]
    meetings = MeetingCosts(
        np.concatenate([m.first + start for m, start in zip(among, first, strict=False)]),
        np.concatenate([m.second + start for m, start in zip(among, first, strict=False)]),
        np.concatenate([m.cost for m in among]),
    )
    weight = np.concatenate([pair.weight for pair in pairs])
    away = params.walk * np.concatenate([pair.away for pair in pairs])
    pull = weight * (away + np.concatenate([pair.kept for pair in pairs]))
    return PairedStreets(np.arange(len(weight)), number, weight, pull, meetings)


def reconnected(
    region: Region,
    own: NDArray[np.int64],
    second: NDArray[np.bool_],
    pair: NDArray[np.int64],
    count: int,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Exchange what two beats hold apart from their largest parts, until both are connected.

    Parameters
    ----------
    region
        The streets.
    own
        int64, shape (o,): places of the segments of all pairs.
    second
        bool, shape (o,): those of the second beat of their pair.
    pair
        int64, shape (o,): number of the pair of each, from zero on.
    count
        Number of pairs.

    Returns
    -------
    tuple of ndarray of bool, shapes (o,) and (count,)
        Those of the second beats then, and the pairs whose beats are both connected; False where
        that does not come to an end, or a beat has nothing.
    """
    load_s = above_zero(region.load_s)[own]
    for _ in range(_EXCHANGES):
        beat = 2 * pair + second
        part = parts(region, own, beat)
        weight = np.bincount(part, load_s)
        of = np.zeros(len(weight), dtype=np.int64)
        of[part] = beat
        held = np.bincount(of, minlength=2 * count).reshape(-1, 2)
        whole = (held == 1).all(axis=1)
        open_ = (held >= 1).all(axis=1) & ~whole
        if not open_.any():
            break
        order = np.lexsort((-np.arange(len(weight)), weight, of))
        largest = order[np.flatnonzero(np.diff(of[order], append=-1))]
        apart = np.isin(part, largest, invert=True) & open_[pair]
        second = second ^ apart
    return second, whole
