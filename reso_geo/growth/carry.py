"""carry_over: a plan on the streets of a newer extract.

A segment keeps its beat by its id; one with another id takes the beat whose old segments it runs
along; what is new joins the nearest of the streets that it is connected to.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Transformer

from reso_geo.demand.nearest import nearest_junction
from reso_geo.errors import UsageError
from reso_geo.growth.history import as_edited
from reso_geo.i18n import Phrase, listed
from reso_geo.partition import held_segments
from reso_geo.plan import evaluation_context

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.plan import Plan
    from reso_geo.plan_check import EditedPlan

__all__ = ["CarriedPlan", "CarriedStreet", "carry_over"]

_NEAR_M = 15.0
_LEAST_SHARE = 0.5
"""A segment is an older one under another id where as much of it or more runs along that."""
_LEAST_COMMON = 0.05
_BY_HAND = "by_hand"


@dataclass(frozen=True)
class CarriedStreet:
    """Streets of one name and beat that differ between two extracts.

    Attributes
    ----------
    what
        ``new``: to cover now and not before; ``gone``: the other way round; ``moved``: where an
        older one was, under another id or cut elsewhere.
    name
        On the map; empty for all streets without one.
    beat_id
        The beat that has or had it; empty for none.
    km
        Length to cover.
    """

    what: str
    name: str
    beat_id: str
    km: float


@dataclass(frozen=True)
class CarriedPlan:
    """A plan on the streets of a newer extract.

    Attributes
    ----------
    edited
        The plan on these streets, to be rebalanced: what its beats ask is not known yet.
    streets
        What differs, beat by beat.
    """

    edited: EditedPlan
    streets: tuple[CarriedStreet, ...]

    def km(self, what: str) -> float:
        """Add up one kind of difference.

        Parameters
        ----------
        what
            ``new``, ``gone`` or ``moved``.

        Returns
        -------
        float
            Kilometres to cover.
        """
        return sum(street.km for street in self.streets if street.what == what)


def carry_over(edited: EditedPlan, network: StreetNetwork) -> CarriedPlan:
    """Move a plan to the streets of a newer extract.

    Anchors, residents and calls of each beat, bases, locks, elevations, the cleared network and
    streets that were left out by hand are kept.

    Parameters
    ----------
    edited
        From `reso_geo.read_edited_plan`: any plan, valid or not.
    network
        From `reso_geo.load_network`, with the boundary and settings of the plan.

    Returns
    -------
    CarriedPlan
        Every segment that is connected to an older one in a beat.

    Raises
    ------
    UsageError
        When hardly any of the streets are those of the plan.
    """
    if network.cities != edited.network.cities:
        raise UsageError(Phrase("carry.other_cities", {"cities": listed(edited.network.cities)}))
    return _Carry(edited, network).carried()


class _Carry:
    """Old and new streets side by side."""

    def __init__(self, edited: EditedPlan, network: StreetNetwork) -> None:
        self._edited, self._old = edited, edited.network
        known = {name: at for at, name in enumerate(self._old.segment_id.tolist())}
        ids = network.segment_id.tolist()
        self._same = np.array([known.get(name, -1) for name in ids], dtype=np.int64)
        self._new = _with_conditions(network, self._old, self._same)
        self._partial = edited.plan.request.coverage == "partial"
        self._shape = _in_crs(self._old.geometry, self._old.crs, network.crs)
        self._along, self._older, self._along_m = self._pairs()

    def _pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Return segments of no old id, old ones beside them, and how far they run along these."""
        old, new = (
            np.flatnonzero(held_segments(self._old)),
            np.flatnonzero(held_segments(self._new)),
        )
        tree = shapely.STRtree(self._shape[old])
        one, two = tree.query(self._new.geometry[new], predicate="dwithin", distance=_NEAR_M)
        one, two = new[one], old[two]
        strip = shapely.buffer(self._shape[two], _NEAR_M, quad_segs=2)
        return one, two, shapely.length(shapely.intersection(self._new.geometry[one], strip))

    def carried(self) -> CarriedPlan:
        old, new, covered = self._old, self._new, self._covered()
        if new.length_m[covered].sum() < _LEAST_COMMON * old.length_m[old.required].sum():
            raise UsageError(Phrase("carry.other_streets", {"source": new.source.name}))
        beat_of = self._holders(self._edited.beat_of)
        return CarriedPlan(self._on(beat_of), self._streets(covered, beat_of))

    def _holders(self, old_of: NDArray[np.int64]) -> NDArray[np.int64]:
        """Assign each new segment a beat: by its id, by where it runs, or by what it joins."""
        beat = old_of[self._older]
        inside = beat >= 0
        metres = np.zeros((len(self._new), int(max(old_of.max(initial=0), 0)) + 1))
        np.add.at(metres, (self._along[inside], beat[inside]), self._along_m[inside])
        beside = np.zeros(len(self._new), dtype=bool)
        fresh = np.flatnonzero((self._same < 0) & (metres.sum(axis=1) > 0.0))
        held = self._shape[old_of >= 0]
        beside[fresh] = _share_beside(self._new.geometry[fresh], held) >= _LEAST_SHARE
        beat_of = np.where(beside, metres.argmax(axis=1), -1)
        # An id of old keeps its beat, wherever the street was moved to.
        beat_of = np.where(self._same >= 0, old_of[self._same], beat_of)
        beat_of[~held_segments(self._new)] = -1
        return _spread(self._new, beat_of, self._same < 0 if self._partial else None)

    def _covered(self) -> NDArray[np.bool_]:
        """Find which new segments to cover were to be covered before."""
        new, required = self._new, self._old.required
        covered = new.required & (self._same >= 0) & required[self._same]
        fresh = np.flatnonzero(new.required & (self._same < 0))
        share = _share_beside(new.geometry[fresh], self._shape[required])
        covered[fresh[share >= _LEAST_SHARE]] = True
        return covered

    def _gone(self) -> NDArray[np.bool_]:
        """Find which old segments were to be covered and nothing is there now."""
        old, new = self._old, self._new
        gone = old.required.copy()
        gone[self._same[(self._same >= 0) & new.required]] = False
        lost = np.flatnonzero(gone)
        share = _share_beside(self._shape[lost], new.geometry[new.required])
        gone[lost[share >= _LEAST_SHARE]] = False
        return gone

    def _streets(
        self, covered: NDArray[np.bool_], beat_of: NDArray[np.int64]
    ) -> tuple[CarriedStreet, ...]:
        old, new = self._old, self._new
        kinds = (
            ("new", new, new.required & ~covered, beat_of),
            ("gone", old, self._gone(), self._edited.beat_of),
            ("moved", new, covered & (self._same < 0), beat_of),
        )
        ids = (*self._edited.beat_id, "")
        found = []
        for what, network, chosen, holder in kinds:
            km: dict[tuple[str, str], float] = {}
            for at in np.flatnonzero(chosen).tolist():
                key = ids[holder[at]], str(network.name[at])
                km[key] = km.get(key, 0.0) + float(network.length_m[at]) / 1000.0
            order = sorted(km.items(), key=lambda row: (row[0][0], -round(row[1], 6), row[0][1]))
            found += [CarriedStreet(what, name, beat, length) for (beat, name), length in order]
        return tuple(found)

    def _now(self, old: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the new segments that have the ids of some old ones."""
        return np.flatnonzero((self._same >= 0) & np.isin(self._same, old))

    def _on(self, beat_of: NDArray[np.int64]) -> EditedPlan:
        """Return the plan on the new streets; figures of its beats hold no more."""
        plan, new = self._edited.plan, self._new
        # Residents and calls are known by the beats as adopted, whatever was edited since.
        adopted = self._holders(plan.partition.beat_of)
        points = shapely.points(self._old.node_xy[plan.partition.base])
        spots = _in_crs(np.asarray(points, dtype=np.object_), self._old.crs, new.crs)
        at = {node: place for place, node in enumerate(new.node_id.tolist())}
        ids = self._old.node_id[plan.partition.base].tolist()
        near = nearest_junction(new, spots).index.tolist()
        first = [int(new.u[np.argmax(adopted == beat)]) for beat in range(len(ids))]
        base = [
            at.get(node, close if close >= 0 else own)
            for node, close, own in zip(ids, near, first, strict=True)
        ]
        known = {beat: self._now(own) for beat, own in plan.partition.annexed.items()}
        partition = replace(
            plan.partition,
            beat_of=adopted,
            base=np.array(base, dtype=np.int64),
            annexed={beat: own[adopted[own] == beat] for beat, own in known.items()},
        )
        old_notes = {str(phrase) for phrase in plan.network.notes}
        warnings = tuple(phrase for phrase in plan.warnings if str(phrase) not in old_notes)
        extra_s = _on(new, plan)
        context = evaluation_context(
            new, plan.settings, plan.request, plan.anchors, extra_s=extra_s
        )
        on_new = replace(
            plan,
            network=new,
            partition=partition,
            load=context.load,
            times=context.times,
            warnings=warnings,
            tours=(),
            extra_s=extra_s,
        )
        # Said to have other anchors, so that no beat keeps the figures it had on the old streets.
        return replace(
            as_edited(on_new, self._edited.path),
            beats=self._edited.beats,
            beat_of=beat_of,
            shapes=self._edited.shapes,
            problems=self._edited.problems,
            anchors_edited=True,
        )


def _on(new: StreetNetwork, plan: Plan) -> NDArray[np.float64] | None:
    """Return the seconds asked besides of the segments that have kept their ids."""
    if plan.extra_s is None:
        return None
    known = dict(zip(plan.network.segment_id, plan.extra_s.tolist(), strict=True))
    return np.array([known.get(segment, 0.0) for segment in new.segment_id])


def _share_beside(shapes: NDArray[np.object_], others: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the share of each line that lies within 15 m of any of the others."""
    share = np.zeros(len(shapes))
    one, two = shapely.STRtree(others).query(shapes, predicate="dwithin", distance=_NEAR_M)
    if not len(one):
        return share
    order = np.argsort(one, kind="stable")
    which, first = np.unique(one[order], return_index=True)
    strips = np.split(shapely.buffer(others[two[order]], _NEAR_M, quad_segs=2), first[1:])
    near = np.array([shapely.union_all(each) for each in strips], dtype=object)
    inside = shapely.length(shapely.intersection(shapes[which], near))
    share[which] = inside / np.maximum(shapely.length(shapes[which]), 1e-9)
    return share


def _in_crs(shapes: NDArray[np.object_], before: str, after: str) -> NDArray[np.object_]:
    if before == after:
        return shapes
    move: Any = Transformer.from_crs(before, after, always_xy=True).transform
    return np.asarray(shapely.transform(shapes, move, interleaved=False), dtype=np.object_)


def _with_conditions(
    network: StreetNetwork, old: StreetNetwork, same: NDArray[np.int64]
) -> StreetNetwork:
    """Keep what came from other files than the streets, and what was left out by hand."""
    there = same >= 0
    by_hand = there & (old.why[same] == _BY_HAND) & network.required
    known = dict(zip(old.node_id.tolist(), old.node_ele_m.tolist(), strict=True))
    ele_m = np.array([known.get(node, np.nan) for node in network.node_id.tolist()])
    return replace(
        network,
        required=network.required & ~by_hand,
        why=np.where(by_hand, _BY_HAND, network.why).astype(object),
        cleared=network.cleared | (there & old.cleared[same]),
        neighbourhood=_neighbourhoods(network, old, same),
        node_ele_m=np.where(np.isnan(network.node_ele_m), ele_m, network.node_ele_m),
    )


def _neighbourhoods(
    network: StreetNetwork, old: StreetNetwork, same: NDArray[np.int64]
) -> NDArray[np.object_] | None:
    """Return the neighbourhoods that were known, with those that the source has for new streets."""
    if old.neighbourhood is None:
        return None
    found = np.where(same >= 0, old.neighbourhood[same], "")
    if network.neighbourhood is not None:
        known = np.isin(network.neighbourhood.astype(str), np.unique(found.astype(str)))
        found = np.where((same < 0) & known, network.neighbourhood, found)
    return found.astype(object)


def _spread(
    network: StreetNetwork, beat_of: NDArray[np.int64], among: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """Join streets without a beat, all or some, to the nearest ones that have one, along them."""
    held = held_segments(network)
    at: dict[int, list[int]] = {}
    missing = held & (beat_of < 0) & (True if among is None else among)
    for segment in np.flatnonzero(missing).tolist():
        for node in {int(network.u[segment]), int(network.v[segment])}:
            at.setdefault(node, []).append(segment)
    found = beat_of.copy()
    ends = np.column_stack((network.u, network.v))
    queue = [
        (0.0, int(beat_of[segment]), node)
        for segment in np.flatnonzero(held & (beat_of >= 0)).tolist()
        for node in ends[segment].tolist()
        if node in at
    ]
    heapq.heapify(queue)
    while queue:
        away_m, beat, node = heapq.heappop(queue)
        for segment in at.pop(node, ()):
            if found[segment] < 0:
                found[segment] = beat
            for other in ends[segment].tolist():
                if other in at:
                    heapq.heappush(queue, (away_m + float(network.length_m[segment]), beat, other))
    return found
