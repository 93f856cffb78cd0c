"""Where new beats begin, and which posts leave: what asks the fewest streets to change hands."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import scipy
from scipy.sparse.csgraph import dijkstra

from reso_geo.districting.region import meetings
from reso_geo.districting.starts import above_zero
from reso_geo.partition.construct.initial import compact_start
from reso_geo.rebalance.min_cost_flow import Arc, cheapest_flow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.params import SearchRules
    from reso_geo.districting.region import Region
    from reso_geo.rebalance.params import SitingParams

__all__ = ["fair_shares", "leavers", "new_places", "relabelled"]


def new_places(
    region: Region,
    holder: NDArray[np.int64],
    weight_s: NDArray[np.float64],
    counts: tuple[int, int],
    rules: SearchRules,
    params: SitingParams,
) -> list[int]:
    """Return the junctions where new beats begin.

    Parameters
    ----------
    region
        The streets.
    holder
        int64, shape (s,): staying beat of each segment, all of them in one.
    weight_s
        float64, shape (s,): what each segment counts for.
    counts
        Beats that stay, and new ones.
    rules
        Tolerance and seed, and figures of first cuts.
    params
        Figures of the search.

    Returns
    -------
    list of int
        One a new beat, those first that the flow prefers.
    """
    old, new = counts
    if new > params.few:
        labels = _cut_again(region, weight_s, old + new, rules, params.tries)
        left = sorted(set(range(old + new)) - set(_matched(holder, labels, weight_s, counts)))
        return [_middle(region, np.flatnonzero(labels == number), weight_s) for number in left]
    places: list[int] = []
    now = holder.copy()
    for _ in range(new):
        numbers = old, len(places), new
        found = _best_place(region, now, weight_s, numbers, rules.tolerance, params.most_spots)
        places.append(found)
        near = _around(region, weight_s, places[-1], float(weight_s.sum()) / (old + new))
        now[near] = old + len(places) - 1
    return places


def _cut_again(
    region: Region, weight_s: NDArray[np.float64], count: int, rules: SearchRules, tries: int
) -> NDArray[np.int64]:
    """Cut a region as if there had been no beats."""
    share, construct = np.full(count, 1.0 / count), replace(rules.params.construct, tries=tries)
    weight = above_zero(weight_s)
    return compact_start(region, weight, share, rules.tolerance, rules.seed, construct)


def relabelled(
    home: NDArray[np.int64],
    labels: NDArray[np.int64],
    weight_s: NDArray[np.float64],
    counts: tuple[int, int],
) -> NDArray[np.int64]:
    """Return the beats of a new cut their numbers: an old beat is what it shares most with.

    Parameters
    ----------
    home
        int64, shape (s,): staying beat of each segment, below zero for none.
    labels
        int64, shape (s,): beat of each in the new cut.
    weight_s
        float64, shape (s,): what each segment counts for.
    counts
        Beats that stay, and new ones.

    Returns
    -------
    ndarray of int64, shape (s,)
        Beat of each segment, first those that stay, then the new ones.
    """
    old, count = counts[0], sum(counts)
    number = np.full(count, -1, dtype=np.int64)
    number[_matched(home, labels, weight_s, counts)] = np.arange(old)
    number[number < 0] = np.arange(old, count)
    return number[labels]


def _middle(region: Region, own: NDArray[np.int64], weight_s: NDArray[np.float64]) -> int:
    return region.middle_junction(own, weight_s) if len(own) else 0


def _matched(
    holder: NDArray[np.int64],
    labels: NDArray[np.int64],
    weight_s: NDArray[np.float64],
    counts: tuple[int, int],
) -> list[int]:
    """Return the part of a new cut that each old beat shares most with, all together."""
    old, all_ = counts[0], max(sum(counts), int(labels.max()) + 1)
    inside = holder >= 0
    key = holder[inside] * all_ + labels[inside]
    both = np.bincount(key, weight_s[inside], old * all_).reshape(old, all_)
    _, columns = scipy.optimize.linear_sum_assignment(both, maximize=True)
    return [int(column) for column in columns]


def _best_place(
    region: Region,
    holder: NDArray[np.int64],
    weight_s: NDArray[np.float64],
    counts: tuple[int, int, int],
    tolerance: float,
    most_spots: int,
) -> int:
    """Return the junction around which a new beat relieves the others by the cheapest flow."""
    old, placed, new = counts
    beats = old + placed
    load = np.bincount(holder, weight_s, beats).astype(np.float64)
    fair = float(weight_s.sum()) / (old + new)
    low, high = (1.0 - tolerance) * fair, (1.0 + tolerance) * fair
    pairs = _touching(region, holder)
    arcs = [Arc(a, b, 1.0) for a, b in pairs]
    # While more beats are to come, those that are there may stay fuller.
    top = max(high, (float(load.sum()) - (1.0 - tolerance) * fair) / beats * (1.0 + tolerance))
    lows = np.append(np.full(beats, low), low)
    highs = np.append(np.full(beats, top), high)
    found = []
    taken = np.unique(np.concatenate((region.u[holder >= old], region.v[holder >= old])))
    spots = _spots(region, holder, beats, most_spots)
    for spot in [spot for spot in spots if spot not in taken] or spots:
        near = _around(region, weight_s, spot, 1.3 * fair)
        held = np.bincount(holder[near], weight_s[near], beats)
        donors = np.flatnonzero(held > 0.02 * fair).tolist()
        more = [Arc(d, beats, 1.0, 1.5 * float(held[d])) for d in donors]
        cost, _ = cheapest_flow(np.append(load, 0.0), lows, highs, [*arcs, *more])
        found.append((round(cost / fair, 4), spot))
    return min(found)[1]


def _spots(region: Region, holder: NDArray[np.int64], beats: int, most: int) -> list[int]:
    """Return junctions where most beats meet, well apart, and the middle of each beat."""
    meets = meetings(region.u, region.v, holder)
    apart = 0.25 * float(np.hypot(*np.ptp(region.xy, axis=0))) / np.sqrt(beats)
    spots = [
        region.middle_junction(np.flatnonzero(holder == b), region.load_s)
        for b in range(beats)
        if (holder == b).any()
    ]
    for at in sorted(meets, key=lambda node: -len(meets[node])):
        if len(spots) >= most:
            break
        if (np.hypot(*(region.xy[spots] - region.xy[at]).T) > apart).all():
            spots.append(at)
    return sorted(set(spots))


def _around(
    region: Region, weight_s: NDArray[np.float64], spot: int, amount_s: float
) -> NDArray[np.int64]:
    """Return the streets nearest to a junction that ask for an amount together."""
    walk = dijkstra(region.matrix, indices=spot)
    away = np.minimum(walk[region.u], walk[region.v])
    order = np.argsort(away, kind="stable")
    last = int(np.searchsorted(np.cumsum(weight_s[order]), amount_s))
    return order[: last + 1]


def _touching(region: Region, holder: NDArray[np.int64]) -> list[tuple[int, int]]:
    meets = meetings(region.u, region.v, holder).values()
    return sorted({pair for beats in meets for pair in permutations(beats, 2)})


def leavers(
    region: Region,
    holder: NDArray[np.int64],
    weight_s: NDArray[np.float64],
    may_leave: Sequence[int],
    count: int,
    rules: SearchRules,
    params: SitingParams,
) -> list[tuple[int, float]]:
    """Choose the beats whose streets their neighbours can take with the fewest further moves.

    Parameters
    ----------
    region
        The streets.
    holder
        int64, shape (s,): beat of each segment, all of them in one.
    weight_s
        float64, shape (s,): what each segment counts for.
    may_leave
        Beats to choose from.
    count
        How many leave.
    rules
        Tolerance and seed, and figures of first cuts.
    params
        Figures of the search.

    Returns
    -------
    list of (int, float)
        Beats, and the load in seconds per week that must change hands among those that stay.
    """
    beats = int(holder.max()) + 1
    load = np.bincount(holder, weight_s, beats).astype(np.float64)
    pairs = _touching(region, holder)
    lost = np.bincount(holder, region.load_s, beats).astype(np.float64)
    gone: set[int] = set()

    def moves(some: set[int]) -> float:
        return _moves(load, pairs, some, rules.tolerance, params.leave_cost)

    if count > params.few:
        labels = _cut_again(region, weight_s, beats - count, rules, params.tries)
        gone = set(_far_from_new(holder, labels, weight_s, may_leave, beats, count))
        gone = _swapped(moves, lost, gone, may_leave, params.most_swaps)
        return [(beat, moves(gone)) for beat in sorted(gone)]
    chosen = []
    for _ in range(count):
        rest = [beat for beat in may_leave if beat not in gone]
        costs = [(moves(gone | {beat}), beat) for beat in rest]
        _, _, cost, beat = min((round(c + lost[b], 3), load[b], c, b) for c, b in costs)
        gone.add(beat)
        chosen.append((beat, cost))
    return chosen


def _swapped(
    moves: Callable[[set[int]], float],
    lost: NDArray[np.float64],
    gone: set[int],
    may_leave: Sequence[int],
    most: int,
) -> set[int]:
    """Swap who leaves while less is lost so, looking at the largest gains first."""
    best = moves(gone) + float(lost[sorted(gone)].sum())
    tried = 0
    helped = True
    while helped:
        helped = False
        stay = [beat for beat in may_leave if beat not in gone]
        swaps = sorted((lost[one] - lost[other], one, other) for one in stay for other in gone)
        for gain, one, other in swaps:
            if tried >= most or gain >= 0.0:
                break
            tried += 1
            changed = (gone - {other}) | {one}
            cost = moves(changed) + float(lost[sorted(changed)].sum())
            if cost < best - 1e-6:
                gone, best, helped = changed, cost, True
                break
    return gone


def _moves(
    load: NDArray[np.float64],
    pairs: list[tuple[int, int]],
    gone: set[int],
    tolerance: float,
    hop: float,
) -> float:
    """Return the load that must change hands among those that stay when some beats go."""
    fair = float(load.sum()) / (len(load) - len(gone))
    away = np.isin(np.arange(len(load)), sorted(gone))
    low = np.where(away, 0.0, (1.0 - tolerance) * fair)
    high = np.where(away, 0.0, (1.0 + tolerance) * fair)
    arcs = [Arc(a, b, hop if a in gone else 1.0) for a, b in pairs]
    return cheapest_flow(load, low, high, arcs)[0]


def fair_shares(
    region: Region,
    block: NDArray[np.int64],
    weight_s: NDArray[np.float64],
    stays: int,
    tolerance: float,
    params: SitingParams,
) -> NDArray[np.float64]:
    """Return how much each staying beat should hold once the streets of nobody are shared out.

    What nobody holds goes to neighbours by the cheapest flow; what a full one hands on later is
    still counted with it.

    Parameters
    ----------
    region
        The streets.
    block
        int64, shape (s,): staying beat of each segment, or a number from `stays` on that tells one
        block of streets of nobody from another.
    weight_s
        float64, shape (s,): what each segment counts for.
    stays
        How many beats stay.
    tolerance
        How far the load of a beat may be from the mean, as a share of it.
    params
        Figures of the search.

    Returns
    -------
    ndarray of float64, shape (stays,)
        Seconds per week; their sum is all that the region asks.
    """
    count = max(int(block.max()) + 1, stays)
    load = np.bincount(block, weight_s, count).astype(np.float64)
    fair = float(load.sum()) / stays
    staying = np.arange(count) < stays
    low = np.where(staying, (1.0 - params.inner * tolerance) * fair, 0.0)
    high = np.where(staying, (1.0 + params.inner * tolerance) * fair, 0.0)
    arcs = [Arc(a, b, 1.0 if a < stays else params.leave_cost) for a, b in _touching(region, block)]
    _, flow = cheapest_flow(load, low, high, arcs)
    wanted = load[:stays].copy()
    for arc, amount in zip(arcs, flow.tolist(), strict=True):
        if arc.giver >= stays > arc.taker:
            wanted[arc.taker] += amount
        elif arc.taker >= stays > arc.giver:
            wanted[arc.giver] -= amount
    wanted = np.maximum(wanted, 0.05 * fair)
    wanted *= float(load.sum()) / float(wanted.sum())
    return wanted


def _far_from_new(
    holder: NDArray[np.int64],
    labels: NDArray[np.int64],
    weight_s: NDArray[np.float64],
    may_leave: Sequence[int],
    beats: int,
    count: int,
) -> list[int]:
    """Return the beats that hold least of the cells of a cut again, each part having one."""
    cells = int(labels.max()) + 1
    both = np.bincount(holder * cells + labels, weight_s, beats * cells).astype(np.float64)
    both = both.reshape(beats, cells)
    must = np.ones(beats, dtype=bool)
    must[list(may_leave)] = False
    both[must] += float(weight_s.sum())
    rows, _ = scipy.optimize.linear_sum_assignment(both, maximize=True)
    order = [b for b in may_leave if b not in set(rows.tolist())]
    weakest = sorted(order, key=lambda b: (both[b].max(), b))[:count]
    spare = sorted(set(may_leave) - set(weakest), key=lambda b: (both[b].max(), b))
    return weakest + spare[: count - len(weakest)]
