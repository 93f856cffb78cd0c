"""What a ladder of plans remembers: who held which streets, names, residents, calls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase
from reso_geo.plan_check import BeatRow, EditedPlan, annexed_now, counts_of, people_of
from reso_geo.rebalance import OldBeats
from reso_geo.records import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from reso_geo.demand import Counts
    from reso_geo.plan import Plan

__all__ = ["PlanHistory", "as_edited", "history_of"]


@dataclass(frozen=True, eq=False)
class PlanHistory(Record):
    """What is remembered of the plans so far.

    Attributes
    ----------
    beats
        Beats of each, the present one last.
    names
        Names of their beats by id, the last one that each had.
    people
        float64, shape (m,): residents along each segment, None where they are not known.
    counts
        Calls along each segment, None where none were counted.
    restore
        True when beats go back to those who held them.
    """

    beats: tuple[OldBeats, ...]
    names: Mapping[str, str]
    people: NDArray[np.float64] | None
    counts: Counts | None
    restore: bool = False

    def and_now(self, edited: EditedPlan) -> PlanHistory:
        """Remember a further plan.

        Parameters
        ----------
        edited
            The plan.

        Returns
        -------
        PlanHistory
            With the plan as the present one.
        """
        names = {row.beat_id: row.name for row in edited.beats if row.name}
        return replace(self, beats=(*self.beats, _old(edited)), names={**self.names, **names})


def history_of(
    edited: EditedPlan, earlier: Sequence[Plan] = (), *, restore: bool = False
) -> PlanHistory:
    """Begin to remember.

    Parameters
    ----------
    edited
        The present plan.
    earlier
        Those before it on the same streets, the first one first.
    restore
        True when beats go back to those who held them.

    Returns
    -------
    PlanHistory
        Of these plans.

    Raises
    ------
    UsageError
        When an earlier plan is on other streets.
    """
    known = people_of(edited), counts_of(edited)
    history = PlanHistory((), {}, *known, restore)
    for number, plan in enumerate(earlier, 1):
        if not np.array_equal(plan.network.segment_id, edited.network.segment_id):
            raise UsageError(Phrase("grow.other_streets", {"number": number}))
        history = history.and_now(as_edited(plan, edited.path))
    return history.and_now(edited)


def as_edited(plan: Plan, path: Path) -> EditedPlan:
    """Return a plan as it is read back from its file, unedited.

    Parameters
    ----------
    plan
        The plan.
    path
        Its file.

    Returns
    -------
    EditedPlan
        With nothing edited and nothing wrong.
    """
    rows = tuple(
        BeatRow(beat.beat_id, beat.name, beat.district, beat.posts, beat.locked, city)
        for beat, city in zip(plan.beats, plan.partition.city.tolist(), strict=True)
    )
    held = plan.partition.beat_of.copy()
    return EditedPlan(path, plan, plan.network, rows, held, plan.shapes, "none", (), ())


def _old(edited: EditedPlan) -> OldBeats:
    plan = edited.plan
    names, base = _bases(edited)
    return OldBeats(
        beat_of=edited.beat_of,
        beat_id=edited.beat_id,
        city=np.array([row.city for row in edited.beats], dtype=np.int64),
        posts=np.array([row.posts for row in edited.beats], dtype=np.int64),
        locked=np.array([row.locked for row in edited.beats], dtype=bool),
        cross_cities=bool((plan.partition.city < 0).any()),
        officers_per_beat=plan.request.cut.officers_per_beat,
        used=tuple(post.beat_id for post in plan.all_posts),
        base=base,
        base_name=names,
        annexed=annexed_now(edited.network, plan, edited.beats, edited.beat_of),
        waits=plan.request.coverage == "partial",
    )


def _bases(edited: EditedPlan) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the names and the junctions of bases; an edited beat keeps only one that was given."""
    was = edited.plan.partition
    before = {beat_id: beat for beat, beat_id in enumerate(was.beat_id)}
    names, base = [], []
    for beat, beat_id in enumerate(edited.beat_id):
        at = before.get(beat_id, -1)
        names.append(was.base_name[at] if at >= 0 else "")
        own = np.flatnonzero(edited.beat_of == beat)
        stays = at >= 0 and (names[-1] or np.array_equal(own, was.segments_of(at)))
        base.append(int(was.base[at]) if stays else -1)
    return tuple(names), np.array(base, dtype=np.int64)
