"""What moved between two plans: who keeps what, and whose streets are whose now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.plan import Plan

__all__ = ["Moves", "moves_of"]


@dataclass(frozen=True)
class Moves:
    """What moved on the way from one plan to the next; shares are of street load or of length.

    Attributes
    ----------
    share
        Continuity: share of all that keeps its post.
    moved_km
        Streets to cover that have another post than before, or had none.
    kept
        For each beat now, the share of the beat with the same id before that it still has; None
        for a new one.
    sources
        For each beat now, the others whose streets it has and their share of it, largest first;
        an empty id for streets of no beat.
    gone
        Ids of the beats that are no more.
    """

    share: float
    moved_km: float
    kept: tuple[float | None, ...]
    sources: tuple[tuple[tuple[str, float], ...], ...]
    gone: tuple[str, ...]


def moves_of(before: Plan, after: Plan, *, by_load: bool) -> Moves:
    """Compare two plans, street by street.

    Parameters
    ----------
    before, after
        Over the same streets, or over others: a street is the same when its id is.
    by_load
        True for shares of the later plan's street load; False for shares of length, which tell
        nothing of anchors.

    Returns
    -------
    Moves
        By ids: a beat with its old id has its old post.

    Notes
    -----
    A street counts when the later plan has it: as `reso_geo.rebalance.continuity_of` does.
    """
    network = after.network
    weight = after.load.total_s if by_load else np.where(network.required, network.length_m, 0.0)
    was = _beats_before(before, after)
    now = np.array([*after.partition.beat_id, ""], dtype=object)[after.partition.beat_of]
    same = (was == now) & (now != "")
    moved = network.required & ~same & (now != "")
    old_ids = before.partition.beat_id
    kept: list[float | None] = []
    sources = []
    for name in after.partition.beat_id:
        here = now == name
        had = float(weight[was == name].sum())
        held = float(weight[here & same].sum())
        kept.append((held / had if had else 0.0) if name in old_ids else None)
        sources.append(_shares(was[here & ~same], weight[here & ~same], weight[here]))
    gone = tuple(name for name in old_ids if name not in after.partition.beat_id)
    return Moves(
        share=float(weight[same].sum()) / max(float(weight.sum()), 1e-9),
        moved_km=float(network.length_m[moved].sum() / 1000.0),
        kept=tuple(kept),
        sources=tuple(sources),
        gone=gone,
    )


def _beats_before(before: Plan, after: Plan) -> NDArray[np.object_]:
    """Return the old beat of each of the later plan's segments, empty for none."""
    ids = np.array([*before.partition.beat_id, ""], dtype=object)[before.partition.beat_of]
    if np.array_equal(before.network.segment_id, after.network.segment_id):
        return ids
    held = dict(zip(before.network.segment_id.tolist(), ids.tolist(), strict=True))
    return np.array([held.get(s, "") for s in after.network.segment_id.tolist()], dtype=object)


def _shares(
    of: NDArray[np.object_], weight: NDArray[np.float64], whole: NDArray[np.float64]
) -> tuple[tuple[str, float], ...]:
    """Add weights up by id, as shares of a whole, largest first."""
    total = max(float(whole.sum()), 1e-9)
    found = [(str(name), float(weight[of == name].sum()) / total) for name in sorted(set(of))]
    return tuple(sorted((each for each in found if each[1] > 0.0), key=lambda each: -each[1]))
