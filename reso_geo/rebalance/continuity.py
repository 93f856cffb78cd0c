"""Continuity: how much keeps its post, how much could, and who has whose streets now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.rebalance.bound import continuity_bound
from reso_geo.rebalance.flow import Arc, cheapest_flow
from reso_geo.rebalance.land import loads_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition
    from reso_geo.rebalance.request import OldBeats

__all__ = ["Continuity", "Share", "continuity_of"]


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
class Continuity:
    """What keeps its post between two plans.

    Attributes
    ----------
    load_share
        Share of street load.
    bound
        What street loads and tolerance allow at most, see `continuity_bound`. Balance counts the
        deadhead too, so that a plan whose new beats have much of it may keep a little more.
    reachable
        What flows of street load between neighbouring beats would leave: an estimate, never less
        than what was reached.
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
) -> Continuity:
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
    Continuity
        By ids: a beat with its old id has its old post.
    """
    before = np.array([*old.beat_id, ""], dtype=object)[old.beat_of]
    now = np.array([*partition.beat_id, ""], dtype=object)[partition.beat_of]
    same = (before == now) & (now != "")
    total = max(float(load_s.sum()), 1e-9)
    here = old.beat_of >= 0
    held = loads_of(old.beat_of[here], load_s[here], len(old.beat_id))
    officers = int(partition.posts.sum())
    bound = continuity_bound(held, officers, tolerance, old.posts, total)
    moved = network.required & ~same & (now != "")
    residents = None
    if people is not None:
        everyone = float(people.sum())
        residents = float(people[same].sum()) / everyone if everyone else 1.0
    share = float(load_s[same].sum()) / total
    estimate = min(bound, _reachable(network, load_s, old, partition, tolerance))
    return Continuity(
        load_share=share,
        bound=bound,
        reachable=max(estimate, share),
        resident_share=residents,
        moved_km=float(network.length_m[moved].sum() / 1000.0),
        lineage=_lineage(load_s, old, partition),
    )


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
    tolerance: float,
) -> float:
    """Estimate the continuity that flows between neighbours leave.

    Neighbours are beats that met in the old plan, and those that a new beat meets in the new one.
    """
    ids = [*old.beat_id, *(name for name in partition.beat_id if name not in old.beat_id)]
    place = {name: number for number, name in enumerate(ids)}
    now = np.array([place[name] for name in partition.beat_id] + [-1], dtype=np.int64)
    after = now[partition.beat_of]
    load = np.zeros(len(ids))
    np.add.at(load, old.beat_of[old.beat_of >= 0], load_s[old.beat_of >= 0])
    nobody = float(load_s[(old.beat_of < 0) & (after >= 0)].sum())
    posts = np.zeros(len(ids))
    posts[now[:-1]] = partition.posts
    fair = float(load_s.sum()) / float(posts.sum())
    low, high = (1.0 - tolerance) * fair * posts, (1.0 + tolerance) * fair * posts
    # A locked beat, or one alone in its city, is where it is for good reason.
    alone = np.isin(np.arange(len(ids)), now[:-1]) & (load > 0.0)
    fixed = alone & np.append(old.locked, np.zeros(len(ids) - len(old.locked), dtype=bool))
    low, high = np.where(fixed, 0.0, low), np.where(fixed, np.inf, high)
    high = np.where(np.isinf(high), float(load_s.sum()), high)
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
    """Give the beats that meet at a junction, both ways round."""
    own = np.flatnonzero(beat_of >= 0)
    node = np.concatenate((network.u[own], network.v[own]))
    both = np.unique(np.column_stack((node, np.tile(beat_of[own], 2))), axis=0)
    at: dict[int, list[int]] = {}
    for where, beat in both.tolist():
        at.setdefault(where, []).append(beat)
    return {(a, b) for here in at.values() for a in here for b in here if a != b}
