"""What changes for each beat between two plans: streets by name, residents and anchors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.demand import place_anchors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.plan import Plan
    from reso_geo.plan_check import EditedPlan

__all__ = ["AnchorChange", "BeatChange", "PlanChange", "StreetChange", "change_between"]


@dataclass(frozen=True)
class StreetChange:
    """A street, or a part of it, that another beat has now.

    Attributes
    ----------
    name
        On the map; empty for all streets without one.
    other
        The beat that it comes from, or goes to; empty for none.
    km
        Length to cover that changes.
    whole
        True when it is all that the older beat had of the street.
    residents
        Along it, an estimate; None where they are not known.
    segments
        What changes hands of it, in the network of the newer plan.
    """

    name: str
    other: str
    km: float
    whole: bool
    residents: float | None
    segments: tuple[int, ...] = ()


@dataclass(frozen=True)
class AnchorChange:
    """A place to visit that another beat has now.

    Attributes
    ----------
    name, kind
        As in the plan.
    other
        The beat that it comes from, or goes to; empty for none.
    """

    name: str
    kind: str
    other: str


@dataclass(frozen=True)
class BeatChange:
    """What changes for one beat.

    Attributes
    ----------
    beat_id, name
        Of the beat; as it is now, or was.
    state
        ``stays``, ``new``, ``returned`` or ``left``.
    before_km, after_km
        Its streets to cover.
    gained, lost
        Streets that it has from others and that others have from it, by the other beat with most
        first, then the longest first.
    anchors_gained, anchors_lost
        Places to visit, likewise.
    """

    beat_id: str
    name: str
    state: str
    before_km: float
    after_km: float
    gained: tuple[StreetChange, ...]
    lost: tuple[StreetChange, ...]
    anchors_gained: tuple[AnchorChange, ...]
    anchors_lost: tuple[AnchorChange, ...]

    @property
    def unchanged(self) -> bool:
        """True when it neither gains nor loses anything."""
        return not (self.gained or self.lost or self.anchors_gained or self.anchors_lost)


@dataclass(frozen=True)
class PlanChange:
    """What changes between two plans on the same streets.

    Attributes
    ----------
    before_posts, after_posts
        Posts in all.
    beats
        Those of the newer plan in its order, then those that left.
    moved_km
        Streets to cover that have another beat than before, or had none.
    residents
        Along these, an estimate; None where they are not known.
    anchors
        Places to visit that have another beat.
    created
        Date of the newer plan.
    """

    before_posts: int
    after_posts: int
    beats: tuple[BeatChange, ...]
    moved_km: float
    residents: float | None
    anchors: int
    created: str


def change_between(
    before: EditedPlan,
    after: Plan,
    people: NDArray[np.float64] | None = None,
    returned: Sequence[str] = (),
) -> PlanChange:
    """Work out what changes for each beat.

    Parameters
    ----------
    before
        The older plan, over the streets of the newer one.
    after
        The newer plan.
    people
        float64, shape (m,): residents along each segment; None where they are not known.
    returned
        Ids of beats that the older plan has not, but an earlier one had.

    Returns
    -------
    PlanChange
        What one beat gains another loses, but for streets that no beat held.
    """
    return _Changes(before, after, people, returned).all()


class _Changes:
    """Two plans side by side: whose each segment was, and whose it is."""

    def __init__(
        self,
        before: EditedPlan,
        after: Plan,
        people: NDArray[np.float64] | None,
        returned: Sequence[str],
    ) -> None:
        self._before, self._after = before, after
        self._network: StreetNetwork = after.network
        self._people, self._returned = people, set(returned)
        self._was = np.array([*before.beat_id, ""], dtype=object)[before.beat_of]
        now = after.partition
        self._is = np.array([*now.beat_id, ""], dtype=object)[now.beat_of]
        self._at = place_anchors(self._network, after.anchors).index
        other = self._was != self._is
        self._moved: NDArray[np.int64] = np.flatnonzero(other & self._network.required)
        self._gained, self._lost = self._streets()

    def all(self) -> PlanChange:
        network, people = self._network, self._people
        here = self._at[self._at >= 0]
        return PlanChange(
            before_posts=sum(row.posts for row in self._before.beats),
            after_posts=int(self._after.partition.posts.sum()),
            beats=tuple(self._beat(*each) for each in self._ids()),
            moved_km=float(network.length_m[self._moved].sum() / 1000.0),
            residents=None if people is None else float(people[self._moved].sum()),
            anchors=int((self._was[here] != self._is[here]).sum()),
            created=self._after.created,
        )

    def _ids(self) -> list[tuple[str, str, str]]:
        """Return id, name and state of every beat."""
        rows, old = [], {row.beat_id: row.name for row in self._before.beats}
        for beat in self._after.beats:
            fresh = "returned" if beat.beat_id in self._returned else "new"
            rows.append((beat.beat_id, beat.name, "stays" if beat.beat_id in old else fresh))
        there = {beat_id for beat_id, _, _ in rows}
        return rows + [(one, name, "left") for one, name in old.items() if one not in there]

    def _beat(self, beat_id: str, name: str, state: str) -> BeatChange:
        length_m, required = self._network.length_m, self._network.required
        before_m, after_m = (
            float(length_m[required & (held == beat_id)].sum()) for held in (self._was, self._is)
        )
        return BeatChange(
            beat_id=beat_id,
            name=name,
            state=state,
            before_km=before_m / 1000.0,
            after_km=after_m / 1000.0,
            gained=_ordered(self._gained.get(beat_id, [])),
            lost=_ordered(self._lost.get(beat_id, [])),
            anchors_gained=self._anchors(self._is, self._was, beat_id),
            anchors_lost=self._anchors(self._was, self._is, beat_id),
        )

    def _streets(self) -> tuple[dict[str, list[StreetChange]], dict[str, list[StreetChange]]]:
        """Add up the segments of a name that go from one beat to another."""
        network, people = self._network, self._people
        moved: dict[tuple[str, str, str], list[int]] = {}
        had: dict[tuple[str, str], float] = {}
        for at in np.flatnonzero(network.required).tolist():
            key = str(self._was[at]), str(network.name[at])
            had[key] = had.get(key, 0.0) + float(network.length_m[at])
        for at in self._moved.tolist():
            row = str(self._was[at]), str(self._is[at]), str(network.name[at])
            moved.setdefault(row, []).append(at)
        gained: dict[str, list[StreetChange]] = {}
        lost: dict[str, list[StreetChange]] = {}
        for (giver, taker, name), own in moved.items():
            length_m = sum(network.length_m[own].tolist())
            whole = length_m > had[giver, name] - 1e-6
            along = None if people is None else sum(people[own].tolist())
            for side, one, other in ((gained, taker, giver), (lost, giver, taker)):
                street = StreetChange(name, other, length_m / 1000.0, whole, along, tuple(own))
                side.setdefault(one, []).append(street)
        return gained, lost

    def _anchors(
        self, has: NDArray[np.object_], other: NDArray[np.object_], beat_id: str
    ) -> tuple[AnchorChange, ...]:
        anchors = self._after.anchors
        found = [
            AnchorChange(str(anchors.name[row]), str(anchors.kind[row]), str(other[at]))
            for row, at in enumerate(self._at.tolist())
            if at >= 0 and has[at] == beat_id and other[at] != beat_id
        ]
        return tuple(sorted(found, key=lambda each: (each.other, each.name)))


def _ordered(changes: list[StreetChange]) -> tuple[StreetChange, ...]:
    """Group what goes to or comes from the same beat, the most first."""
    total: dict[str, float] = {}
    for each in changes:
        total[each.other] = total.get(each.other, 0.0) + each.km
    order = {other: (-round(km, 6), other) for other, km in total.items()}
    return tuple(sorted(changes, key=lambda c: (order[c.other], -round(c.km, 6), c.name)))
