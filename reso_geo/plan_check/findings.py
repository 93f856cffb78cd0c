"""The records of a check: what was edited, what is wrong, and the plan as it stands now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reso_geo.i18n import Phrase, listed
from reso_geo.records import Record, Shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    import shapely
    from numpy.typing import NDArray

    from reso_geo.demand import Anchors
    from reso_geo.network import StreetNetwork
    from reso_geo.plan import Plan

__all__ = ["UNFINISHED", "BeatRow", "Edit", "EditedPlan", "PlanCheck", "Problem", "Repair"]

UNFINISHED = frozenset({"conflict", "unassigned", "unknown_beat", "empty_beat"})
"""Kinds of problems with which the streets are in no whole partition: nothing can be recomputed."""


_ADDED = frozenset({"columns_added", "layers_added"})
"""Kinds of edits that leave the plan itself as it was."""


@dataclass(frozen=True)
class Edit:
    """One kind of difference between a plan's file and the plan that was adopted.

    Attributes
    ----------
    kind
        Code, such as ``moved`` or ``renamed``; the catalogue has ``check.edit.`` and the code.
    ids
        Of the segments, beats, columns or layers.
    values
        What else goes into the sentence.
    """

    kind: str
    ids: tuple[str, ...]
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def what(self) -> Phrase:
        """The sentence."""
        values = {"ids": listed(self.ids), "count": len(self.ids), **self.values}
        return Phrase(f"check.edit.{self.kind}", values)


@dataclass(frozen=True)
class _Finding:
    """What is said of some segments and beats."""

    kind: str
    ids: tuple[str, ...]
    beats: tuple[str, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)

    def _said(self, of: str) -> Phrase:
        told = {"ids": listed(self.ids), "count": len(self.ids), "beats": listed(self.beats)}
        return Phrase(f"check.{of}.{self.kind}", {**told, **self.values})


@dataclass(frozen=True)
class Problem(_Finding):
    """Something that keeps an edited plan from being a valid one.

    Attributes
    ----------
    kind
        Code, such as ``broken`` or ``gap``; the catalogue has ``check.problem.`` and
        ``check.remedy.`` and the code.
    ids
        Of the segments concerned, or of the beats where no segment is.
    beats
        Ids of the beats concerned.
    values
        What else goes into the sentences.
    geometry
        Where it is, in the plan's CRS; None where it is nowhere.
    """

    geometry: shapely.Geometry | None = field(default=None, compare=False)

    @property
    def what(self) -> Phrase:
        """What is wrong, and where."""
        return self._said("problem")

    @property
    def remedy(self) -> Phrase:
        """What to do."""
        return self._said("remedy")


@dataclass(frozen=True)
class Repair(_Finding):
    """One thing that a repair did.

    Attributes
    ----------
    kind
        Code; the catalogue has ``check.repair.`` and the code.
    ids
        Of the segments or beats.
    beats
        Ids of the beats that got them.
    values
        What else goes into the sentence.
    """

    @property
    def what(self) -> Phrase:
        """The sentence."""
        return self._said("repair")


@dataclass(frozen=True)
class BeatRow:
    """A beat as its row in the file has it now; what is derived is left out.

    Attributes
    ----------
    beat_id, name, district
        Texts; `name` may be empty.
    posts
        At least one.
    locked
        True when a new cut must keep it.
    city
        Index into the network's cities, -1 when it may cross them.
    """

    beat_id: str
    name: str
    district: str
    posts: int
    locked: bool
    city: int


@dataclass(frozen=True, eq=False, repr=False)
class EditedPlan(Shown, Record):
    """A plan's file after a hand edit, valid or not: where a check and a rebalance start.

    The streets are those of the adopted plan, whatever was done to their rows, so that `beat_of`
    and every other array of shape (m,) follow `plan.network`.

    Attributes
    ----------
    path
        The file.
    plan
        The plan as it was adopted, with the anchors of the file as it is now.
    network
        Its streets, with the names and required segments of the file as it is now.
    beats
        The beats after the edit; index b stands for one of them in `beat_of` and `shapes`.
    beat_of
        int64, shape (m,): beat index of each segment, -1 for one that no beat holds; read-only.
    shapes
        Polygon of each beat as the file has it, empty where it has none.
    truth
        ``none`` where assignments and polygons are as adopted, ``segments`` or ``polygons`` for
        the one that was followed, ``both`` where they contradict each other.
    edits
        What differs from the adopted plan.
    problems
        What is wrong, from the rows and from the partition; empty for a valid plan.
    anchors_edited
        True when anchors were changed.
    added_columns
        Names of columns that somebody added, by layer.
    added_things
        Names of tables, views, triggers and indexes that somebody added.
    new_ids
        Ids of beats by those that rows of the file have, where the two differ.
    """

    path: Path
    plan: Plan
    network: StreetNetwork
    beats: tuple[BeatRow, ...]
    beat_of: NDArray[np.int64]
    shapes: tuple[shapely.MultiPolygon, ...]
    truth: str
    edits: tuple[Edit, ...]
    problems: tuple[Problem, ...]
    anchors_edited: bool = False
    added_columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    added_things: tuple[str, ...] = ()
    new_ids: Mapping[str, str] = field(default_factory=dict)

    def summary(self) -> Phrase:
        """Return what it is in one sentence.

        Returns
        -------
        Phrase
            For people.
        """
        values = {"path": self.path.name, "count": len(self.beats)}
        more = {"edits": len(self.edits), "problems": len(self.problems)}
        return Phrase("check.edited", values | more)

    def __post_init__(self) -> None:
        """Make the array read-only."""
        self.beat_of.flags.writeable = False

    @property
    def beat_id(self) -> tuple[str, ...]:
        """Ids of the beats."""
        return tuple(row.beat_id for row in self.beats)

    @property
    def anchors(self) -> Anchors:
        """Places to visit, as the file has them now."""
        return self.plan.anchors

    @property
    def changed(self) -> bool:
        """True when more was done than adding columns and layers."""
        return any(edit.kind not in _ADDED for edit in self.edits)

    @property
    def finished(self) -> bool:
        """True when every segment has its beat and every beat a street to cover."""
        return not any(problem.kind in UNFINISHED for problem in self.problems)


@dataclass(frozen=True, repr=False)
class PlanCheck(Shown):
    """What a check found.

    Attributes
    ----------
    edited
        The file as it is, repaired where that was asked for; its problems are those left.
    before
        The plan as it was adopted.
    after
        The plan recomputed; None where it cannot be while problems of `UNFINISHED` are left.
    repairs
        What the repair did; empty without one.
    measured
        Ids of the beats that were measured again.
    """

    edited: EditedPlan
    before: Plan
    after: Plan | None
    repairs: tuple[Repair, ...]
    measured: tuple[str, ...]

    def summary(self) -> Phrase:
        """Return how many problems are left and beats were measured again, in one sentence.

        Returns
        -------
        Phrase
            For people.
        """
        values = {"count": len(self.problems), "beats": len(self.measured)}
        return Phrase("check.facts" if self.problems else "check.facts_valid", values)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is still wrong."""
        return self.edited.problems

    @property
    def valid(self) -> bool:
        """True when nothing is wrong (any more)."""
        return not self.problems
