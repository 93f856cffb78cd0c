"""Continuity: how much keeps its post, how much could, and who has whose streets now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.rebalance.continuity_bound import CityLoads, continuity_bound
from reso_geo.rebalance.min_cost_flow import Arc, cheapest_flow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition
    from reso_geo.rebalance.request import OldBeats

__all__ = ["PlanContinuity", "Share", "city_loads", "continuity_of"]


@dataclass(frozen=True)
class Share:
    """Streets that a beat has from an older one.

    Attributes
    ----------
    beat_id, from_id
        The beat as it is now, and the older one; `from_id` is empty for streets of no beat.
    kept_share
        Share of the older beat's street load that this one has now.
    load_share
        Share of this beat's street load that comes from the older one.
    """

    beat_id: str
    from_id: str
    kept_share: float
    load_share: float


@dataclass(frozen=True)
class PlanContinuity:
    """What keeps its post between two plans.

    Attributes
    ----------
    load_share
        Share of street load.
    bound
        What no plan with street loads per post in the tolerance, or as far from the mean as the
        beats now, can exceed: proven, see `continuity_bound`.
    reachable
        What flows of street load between neighbouring beats would leave within the same limits:
        an estimate, never less than what was reached.
    resident_share
        Share of residents, None where they are not known.
    moved_km
        Streets to cover that have another post than before, or had none.
    lineage
        Who has whose streets, in the order of the beats, the largest share first.
    """

    load_share: float
    bound: float
    reachable: float
    resident_share: float | None
    moved_km: float
    lineage: tuple[Share, ...]


def continuity_of(
    network: StreetNetwork,
    load_s: NDArray[np.float64],
    old: OldBeats,
    partition: Partition,
    tolerance: float,
    people: NDArray[np.float64] | None = None,
) -> PlanContinuity:
    """Work out what keeps its post.

    Parameters
    ----------
    network
        The streets.
    load_s
        float64, shape (m,): street load.
    old
        The beats before.
    partition
        The beats now.
    tolerance
        How far the load per post may be from the mean, as a share of it.
    people
        float64, shape (m,): residents along each segment; None where not known.

    Returns
    -------
    PlanContinuity
        By ids: a beat with its old id has its old post.
    """
    before = np.array([*old.beat_id, ""], dtype=object)[old.beat_of]
    now = np.array([*partition.beat_id, ""], dtype=object)[partition.beat_of]
    same = (before == now) & (now != "")
    total = max(float(load_s.sum()), 1e-9)
    cities = city_loads(network, load_s, old, partition)
    bound = continuity_bound(list(cities.values()), tolerance, total)
    moved = network.required & ~same & (now != "")
    residents = None
    if people is not None:
        everyone = float(people.sum())
        residents = float(people[same].sum()) / everyone if everyone else 1.0
    share = float(load_s[same].sum()) / total
    ranges = {city: loads.range_s(tolerance) for city, loads in cities.items()}
    estimate = min(bound, _reachable(network, load_s, old, partition, ranges))
    return PlanContinuity(
        load_share=share,
        bound=bound,
        reachable=max(estimate, share),
        resident_share=residents,
        moved_km=float(network.length_m[moved].sum() / 1000.0),
        lineage=_lineage(load_s, old, partition),
    )


def city_loads(
    network: StreetNetwork, load_s: NDArray[np.float64], old: OldBeats, partition: Partition
) -> dict[int, CityLoads]:
    """Add up street loads by city, before and after.

    Parameters
    ----------
    network
        The streets.
    load_s
        float64, shape (m,): street load.
    old
        The beats before, valid or not.
    partition
        The beats now, each in one city; where one may cross lines, all cities count as one.

    Returns
    -------
    dict of int to CityLoads
        By city, -1 for all of them. A street counts in the city of the beat that has it now, an
        old beat in the city that it is in now, one that left where it had most.
    """
    of_beat = _cities(partition)
    city = np.where((of_beat < 0).all(), -1, network.city)
    city = np.where(partition.beat_of >= 0, of_beat[partition.beat_of], city)
    now = dict(zip(partition.beat_id, range(len(partition.beat_id)), strict=True))
    there = [now.get(name, -1) for name in old.beat_id]
    cities = np.unique(of_beat)
    held = np.array(
        [
            np.bincount(old.beat_of[own], load_s[own], len(old.beat_id))
            for own in ((city == each) & (old.beat_of >= 0) for each in cities.tolist())
        ]
    )
    posts = np.where(np.array(there) >= 0, partition.posts[there], old.posts)
    at = np.where(np.array(there) >= 0, of_beat[there], cities[held.argmax(axis=0)])
    here = partition.beat_of >= 0
    load = np.bincount(partition.beat_of[here], load_s[here], len(partition.beat_id))
    found = {}
    for place, each in enumerate(cities.tolist()):
        own, new = at == each, of_beat == each
        per_post = load[new] / partition.posts[new]
        found[each] = CityLoads(
            held_s=held[place][own],
            posts=posts[own],
            total_s=float(load_s[city == each].sum()),
            posts_now=int(partition.posts[new].sum()),
            least_s=float(per_post.min()),
            most_s=float(per_post.max()),
        )
    return found


def _cities(partition: Partition) -> NDArray[np.int64]:
    """Return the city of each beat, -1 for all where one may cross lines."""
    crossing = bool((partition.city < 0).any())
    return np.full_like(partition.city, -1) if crossing else partition.city


def _lineage(load_s: NDArray[np.float64], old: OldBeats, partition: Partition) -> tuple[Share, ...]:
    count, olds = len(partition.beat_id), len(old.beat_id)
    here = partition.beat_of >= 0
    key = partition.beat_of[here] * (olds + 1) + old.beat_of[here] + 1
    both = np.bincount(key, load_s[here], count * (olds + 1)).reshape(count, olds + 1)
    had = np.bincount(old.beat_of + 1, load_s, olds + 1)
    rows = []
    for beat in range(count):
        for parent in np.argsort(-both[beat], kind="stable").tolist():
            load = float(both[beat, parent])
            if load > 0.0:
                from_id = old.beat_id[parent - 1] if parent else ""
                kept = load / float(had[parent])
                rows.append(
                    Share(partition.beat_id[beat], from_id, kept, load / float(both[beat].sum()))
                )
    return tuple(rows)


def _reachable(
    network: StreetNetwork,
    load_s: NDArray[np.float64],
    old: OldBeats,
    partition: Partition,
    ranges: Mapping[int, tuple[float, float]],
) -> float:
    """Estimate the continuity that flows between neighbours leave.

    Neighbours are beats that met in the old plan, and those that a new beat meets in the new one.
    Loads per post stay in the range of each city.
    """
    ids = [*old.beat_id, *(name for name in partition.beat_id if name not in old.beat_id)]
    place = {name: number for number, name in enumerate(ids)}
    now = np.array([place[name] for name in partition.beat_id] + [-1], dtype=np.int64)
    after = now[partition.beat_of]
    load = np.zeros(len(ids))
    np.add.at(load, old.beat_of[old.beat_of >= 0], load_s[old.beat_of >= 0])
    nobody = float(load_s[(old.beat_of < 0) & (after >= 0)].sum())
    low, high = np.zeros(len(ids)), np.zeros(len(ids))
    for beat, (city, posts) in enumerate(zip(_cities(partition), partition.posts, strict=True)):
        low[now[beat]], high[now[beat]] = (posts * limit for limit in ranges[city])
    pairs = _pairs(network, old.beat_of)
    pairs |= {(a, b) for a, b in _pairs(network, after) if max(a, b) >= len(old.beat_id)}
    stays = set(now[:-1].tolist())
    arcs = [Arc(a, b, 1.0 if a in stays else 0.0) for a, b in sorted(pairs)]
    _, flow = cheapest_flow(load, low, high, arcs)
    given = sum(f for arc, f in zip(arcs, flow.tolist(), strict=True) if arc.cost)
    gone = sum(float(load[b]) for b in range(len(ids)) if b not in stays)
    lost: float = (given + gone + nobody) / max(float(load_s.sum()), 1e-9)
    return max(0.0, 1.0 - lost)


def _pairs(network: StreetNetwork, beat_of: NDArray[np.int64]) -> set[tuple[int, int]]:
    """Return the beats that meet at a junction, both ways round."""
    own = np.flatnonzero(beat_of >= 0)
    node = np.concatenate((network.u[own], network.v[own]))
    both = np.unique(np.column_stack((node, np.tile(beat_of[own], 2))), axis=0)
    at: dict[int, list[int]] = {}
    for where, beat in both.tolist():
        at.setdefault(where, []).append(beat)
    return {(a, b) for here in at.values() for a in here for b in here if a != b}
