"""What changes against the plan before, as far as the plan itself remembers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reso_geo.plan import Ancestor, Beat, Plan

__all__ = ["Change", "change_of"]

_LEAST = 0.005
"""A share of a beat's streets below this is not worth a row."""


@dataclass(frozen=True)
class Change:
    """The last step of a plan's lineage.

    Attributes
    ----------
    kept_share
        Share of the street load that has the post it had.
    origins
        For each beat, in the order of the plan, where its streets come from, the largest first.
    new
        Beats that the plan before did not have.
    gone
        For each beat that is no more, those that have its streets now, most of them first.
    """

    kept_share: float
    origins: tuple[tuple[Beat, tuple[Ancestor, ...]], ...]
    new: tuple[Beat, ...]
    gone: tuple[tuple[str, tuple[Beat, ...]], ...]


def change_of(plan: Plan) -> Change | None:
    """Return what changed in the last step.

    Parameters
    ----------
    plan
        A complete plan.

    Returns
    -------
    Change or None
        None for a first plan.
    """
    step = max((row.step for row in plan.lineage), default=0)
    if step == 0:
        return None
    rows = [row for row in plan.lineage if row.step == step]
    load_s = _street_loads(plan)
    whole_s = max(sum(load_s.values()), 1e-9)
    kept_s = sum(load_s[r.beat_id] * r.load_share for r in rows if r.beat_id == r.parent_beat_id)
    origins = tuple(
        (beat, tuple(row for row in rows if row.beat_id == beat.beat_id)) for beat in plan.beats
    )
    before = {row.beat_id for row in plan.lineage if row.step == step - 1}
    before |= {row.parent_beat_id for row in rows} - {""}
    now = {beat.beat_id: beat for beat in plan.beats}
    gone = tuple((name, _heirs(name, rows, now, load_s)) for name in sorted(before - set(now)))
    return Change(
        kept_share=kept_s / whole_s,
        origins=tuple(
            (beat, tuple(row for row in own if row.load_share >= _LEAST)) for beat, own in origins
        ),
        new=tuple(beat for beat in plan.beats if beat.beat_id not in before),
        gone=gone,
    )


def _street_loads(plan: Plan) -> dict[str, float]:
    """Return the street load of each beat, that of counts left out as continuity leaves it out."""
    total_s, partition = plan.load.without_counts().total_s, plan.partition
    return {
        name: float(total_s[partition.segments_of(k)].sum())
        for k, name in enumerate(partition.beat_id)
    }


def _heirs(
    name: str, rows: list[Ancestor], now: dict[str, Beat], load_s: dict[str, float]
) -> tuple[Beat, ...]:
    """Return who has the streets of a beat that is no more, most of them first."""
    taken = [row for row in rows if row.parent_beat_id == name and row.load_share >= _LEAST]
    taken.sort(key=lambda row: -row.load_share * load_s[row.beat_id])
    return tuple(now[row.beat_id] for row in taken)
