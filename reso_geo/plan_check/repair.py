"""Repairing what has one sensible answer; the rest is the planner's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

from reso_geo.partition import held_segments, parts_of
from reso_geo.plan_check.findings import Repair
from reso_geo.plan_check.problems import annexed_now, segments_named
from reso_geo.plan_check.read import with_problems
from reso_geo.plan_check.street_names import with_street_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.plan_check.findings import EditedPlan, Problem

__all__ = ["repaired"]

_SMALL = 0.10
"""A part with more than this share of a beat's mean load is no stray: a planner decides on it."""
_ROUNDS = 5
_ROWS = {
    "segments_deleted": "rows_back",
    "segments_duplicated": "rows_merged",
    "beats_duplicated": "beats_merged",
    "beats_deleted": "beats_back",
}
"""Problems of rows that writing the plan again ends, and what to call that."""
_UNDECIDED = ("unknown_beat", "conflict")
_OUTLINES = frozenset({"gap", "overlap", "sliver", "outside"})
_PARTITION = frozenset({"unassigned", "empty_beat", "broken", "other_city", "lock_broken"})
"""Problems that are looked for again once all repairs are made."""


def repaired(edited: EditedPlan) -> tuple[EditedPlan, tuple[Repair, ...]]:
    """Repair what is unambiguous.

    Rows that were deleted come back with the beat they had; rows of one segment or one beat that
    say the same become one; streets across a city line go back to the beat they had; streets
    without a beat, and parts of a beat that are not connected to the rest, go to the beat they
    touch most, else to the nearest on foot, as long as they hold at most a tenth of a beat's mean
    load. No locked beat gives or takes. Outlines are drawn again from the streets.

    Parameters
    ----------
    edited
        From `read_edited_plan`.

    Returns
    -------
    tuple of (EditedPlan, tuple of Repair)
        With the problems that are left, and what was done.
    """
    assignments = _Assignments(edited)
    problems = []
    for problem in edited.problems:
        if problem.kind in _ROWS:
            assignments.rows(problem)
        elif problem.kind == "other_city":
            assignments.sent_back(problem)
        elif problem.kind not in _OUTLINES | _PARTITION:
            problems.append(problem)
    assignments.fill()
    for _ in range(_ROUNDS):
        if not assignments.gather():
            break
    outlines = [p for p in edited.problems if p.kind in _OUTLINES]
    if outlines:
        beats = tuple(dict.fromkeys(beat for p in outlines for beat in p.beats))
        assignments.done.append(Repair("outlines", beats, beats))
    left = replace(edited, beat_of=assignments.beat_of, problems=tuple(problems))
    return with_problems(left, assignments.disputed(problems), redrawn=True), with_street_names(
        assignments.done, edited.network
    )


class _Assignments:
    """Assignments on their way to a valid plan."""

    def __init__(self, edited: EditedPlan) -> None:
        self._edited = edited
        self._network = edited.network
        self._ids = edited.beat_id
        self._place = {s: at for at, s in enumerate(edited.network.segment_id.tolist())}
        self._adopted = self._adopted_beats()
        load_s = np.maximum(edited.plan.load.total_s, 0.0)
        self._load_s = load_s
        self._most_s = _SMALL * float(load_s.sum()) / max(len(self._ids), 1)
        self._free = np.array([not row.locked for row in edited.beats], dtype=bool)
        self._city = np.array([row.city for row in edited.beats], dtype=np.int64)
        self.beat_of = edited.beat_of.copy()
        self.done: list[Repair] = []

    def _adopted_beats(self) -> NDArray[np.int64]:
        """Return the adopted beat of each segment among those that there are now."""
        plan = self._edited.plan.partition
        now = [self._ids.index(each) if each in self._ids else -1 for each in plan.beat_id]
        return np.array([*now, -1], dtype=np.int64)[plan.beat_of]

    def _at(self, problem: Problem) -> NDArray[np.int64]:
        return np.array([self._place[each] for each in problem.ids], dtype=np.int64)

    def rows(self, problem: Problem) -> None:
        """Record rows that writing the plan again sets right."""
        if problem.kind == "segments_deleted":
            own = self._at(problem)
            self.beat_of[own] = np.where(
                self.beat_of[own] < 0, self._adopted[own], self.beat_of[own]
            )
        self.done.append(Repair(_ROWS[problem.kind], problem.ids, problem.beats))

    def sent_back(self, problem: Problem) -> None:
        """Assign streets of another city back to the beat they had, where that is there."""
        own = self._at(problem)
        own = own[(self._adopted[own] >= 0) & (self._adopted[own] != self.beat_of[own])]
        back = self._adopted[own]
        fits = (self._city[back] < 0) | (self._city[back] == self._network.city[own])
        own, back = own[fits], back[fits]
        if len(own):
            self.beat_of[own] = back
            self._note("sent_back", own, back)

    def fill(self) -> None:
        """Assign streets without a beat to the one that they touch most, unless they may wait."""
        if self._edited.plan.request.coverage == "partial":
            return
        named = segments_named(self._network, self._edited.problems, *_UNDECIDED)
        missing = held_segments(self._network) & (self.beat_of < 0) & ~named
        for city in np.unique(self._network.city[missing]).tolist():
            for part in parts_of(
                self._network, np.flatnonzero(missing & (self._network.city == city))
            ):
                self._give("filled", part, city)

    def gather(self) -> bool:
        """Return small parts of broken beats to the beats around them; tell whether any was."""
        moved = False
        edited = self._edited
        annexed = annexed_now(self._network, edited.plan, edited.beats, self.beat_of)
        for beat in np.flatnonzero(self._free).tolist():
            own = np.setdiff1d(np.flatnonzero(self.beat_of == beat), annexed.get(beat, []))
            for part in parts_of(self._network, own.astype(np.int64))[1:]:
                city = int(self._network.city[part[0]])
                moved |= self._give("gathered", part, city, beat)
        return moved

    def _give(self, kind: str, part: NDArray[np.int64], city: int, giver: int = -1) -> bool:
        """Assign a small part to a beat of its city that is not locked."""
        if self._load_s[part].sum() > self._most_s:
            return False
        able = self._free & ((self._city == city) | (self._city < 0))
        able &= np.arange(len(able)) != giver
        taker = self._touched(part, able)
        if taker < 0 and giver < 0:
            taker = self._nearest(part, able)
        if taker < 0:
            return False
        self.beat_of[part] = taker
        self._note(kind, part, np.full(len(part), taker))
        return True

    def _touched(self, part: NDArray[np.int64], able: NDArray[np.bool_]) -> int:
        """Return the beat with most street ends at the junctions of a part; -1 for none."""
        network, beat_of = self._network, self.beat_of
        nodes = np.unique((network.u[part], network.v[part]))
        others = np.setdiff1d(np.flatnonzero(beat_of >= 0), part)
        others = others[able[beat_of[others]]]
        ends = np.isin(network.u[others], nodes).astype(int) + np.isin(network.v[others], nodes)
        touches = np.bincount(beat_of[others], weights=ends, minlength=len(able))
        return int(np.argmax(touches)) if touches.any() else -1

    def _nearest(self, part: NDArray[np.int64], able: NDArray[np.bool_]) -> int:
        """Return the beat of the nearest street on foot; -1 where no way leads to any."""
        network, beat_of = self._network, self.beat_of
        others = np.flatnonzero(beat_of >= 0)
        others = others[able[beat_of[others]]]
        if not len(others):
            return -1
        nodes = np.unique((network.u[part], network.v[part]))
        away_m = dijkstra(network.foot_matrix, indices=nodes, min_only=True)
        reach_m = np.minimum(away_m[network.u[others]], away_m[network.v[others]])
        best = int(np.argmin(reach_m))
        return int(beat_of[others[best]]) if np.isfinite(reach_m[best]) else -1

    def _note(self, kind: str, segments: NDArray[np.int64], beats: NDArray[np.int64]) -> None:
        for beat in np.unique(beats).tolist():
            ids = self._network.segment_id[segments[beats == beat]].tolist()
            self.done.append(Repair(kind, tuple(ids), (self._ids[beat],)))

    def disputed(self, problems: list[Problem]) -> NDArray[np.bool_]:
        """Find which segments without a beat are named by problems of rows that are left."""
        return segments_named(self._network, problems, *_UNDECIDED) & (self.beat_of < 0)
