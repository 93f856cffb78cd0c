"""Rebalancing, once: city after city, each with the groups of beats that stay or share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.diagnostics import Diagnostic
from reso_geo.districting.starts import above_zero
from reso_geo.errors import InfeasibleError, UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.partition import Partition, annexed_beats, broken_beats, held_segments, in_order
from reso_geo.partition.apportion.beat_ids import beat_ids
from reso_geo.partition.components import city_segments, cut_area
from reso_geo.rebalance.beat_counts import beats_wanted, check_room, shared_from
from reso_geo.rebalance.rebalance_region import RegionRebalance
from reso_geo.rebalance.refine import RebalanceRefiner
from reso_geo.rebalance.result import LeavingPost, Rebalanced
from reso_geo.rebalance.siting.requested_sites import given_spots, nearest_junctions
from reso_geo.rebalance.unchanged import MeasuredBeats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.evaluator import Evaluator
    from reso_geo.districting.params import SearchRules
    from reso_geo.districting.problem import DistrictingProblem
    from reso_geo.districting.region import Region
    from reso_geo.rebalance.request import OldBeats, RebalanceRequest
    from reso_geo.rebalance.unchanged import Group

__all__ = ["Rebalancing"]


class Rebalancing:
    """One rebalance under way: city after city, region after region.

    Parameters
    ----------
    problem
        Streets, how they are travelled and what they ask.
    evaluator
        Measures beats.
    old
        The beats that there are.
    request
        Posts, locks, who leaves.
    worth_s
        float64, shape (m,): what it counts for that a segment keeps its beat, in seconds of load.
    rules
        What the search goes by.
    """

    def __init__(
        self,
        problem: DistrictingProblem,
        evaluator: Evaluator,
        old: OldBeats,
        request: RebalanceRequest,
        worth_s: NDArray[np.float64],
        rules: SearchRules,
    ) -> None:
        self._problem, self._evaluator = problem, evaluator
        self._network, self._load = problem.network, problem.load
        self._old, self._request, self._worth_s = old, request, worth_s
        self._rules, self._params = rules, request.params
        self._measured = MeasuredBeats(problem, evaluator, old, request.params.price)
        ids = np.array(old.beat_id, dtype=object)
        self._locked = old.locked | np.isin(ids, request.lock)
        self._stays = ~np.isin(ids, request.retire)
        self._firm = np.isin(ids, request.stay)
        self._left = [LeavingPost(name, "named") for name in request.retire]
        # Beats are numbered as the old ones, new ones behind.
        self._beat_of = np.full(len(problem.network), -1, dtype=np.int64)
        self._city = old.city.tolist()
        self._annexed: dict[int, list[NDArray[np.int64]]] = {}
        self._ground: dict[int, NDArray[np.int64]] = {}
        self._still: list[int] = []
        self._tried: list[Group] = []
        self._ended = True

    def made(self) -> Rebalanced:
        """Make all beats.

        Returns
        -------
        Rebalanced
            Every held segment in exactly one beat, but those that wait for an officer.

        Raises
        ------
        InfeasibleError
            When no such beats exist.
        UsageError
            When more new beats are placed than are asked for.
        """
        network, old = self._network, self._old
        held = held_segments(network)
        if old.waits:
            held &= old.beat_of >= 0
        cross = old.cross_cities
        self._ground = dict(city_segments(network, held, cross=cross))
        self._keep_locked(held)
        areas = city_segments(network, held, cross=cross)
        loose = self._stays & ~self._locked
        more = beats_wanted(old, self._stays, self._locked, self._request.officers)
        total = int(loose.sum()) + more
        at = self._city_of(areas, loose)
        room = [int(network.required[own].sum()) for _, own in areas]
        cities = [network.cities[city] for city, _ in areas if city >= 0] or list(network.cities)
        check_room(old, self._request.officers, self._locked, total, room, cities)
        loads = [self._load_of(own) for _, own in areas]
        there = [int((at == place).sum()) for place in range(len(areas))]
        requested = self._requested(areas, max(more, 0))
        least = [here + new for here, new in zip(there, requested, strict=True)]
        wanted = shared_from(loads, least, total, room) if areas else []
        for place, ((city, own), count) in enumerate(zip(areas, wanted, strict=True)):
            self._area(city, own, np.flatnonzero(at == place), count, requested=requested[place])
        return self._with_diagnostics(self._paid(self._refined(self._result())))

    def _refined(self, found: Rebalanced) -> Rebalanced:
        """Find the bases of the beats, and even out what is off from there."""
        refiner = RebalanceRefiner(
            self._problem, self._evaluator, self._old, self._worth_s, self._params
        )
        kept = [*np.flatnonzero(self._locked).tolist(), *self._still]
        names = [self._old.beat_id[beat] for beat in kept]
        made = refiner.refined(found.partition, self._rules, names)
        ended = found.ended and made.status == "done"
        return replace(found, partition=made.partition, ended=ended)

    def _paid(self, found: Rebalanced) -> Rebalanced:
        """Undo what moved among beats as many as before and did not pay for itself."""
        made, tolerance = found.partition, self._rules.tolerance
        for group in self._tried:
            made = self._measured.paid(group, made, tolerance)
        return replace(found, partition=made)

    def _with_diagnostics(self, found: Rebalanced) -> Rebalanced:
        """Add whether time was up, and which parts joined a beat without being connected to it."""
        made = found.partition
        locked = [self._old.beat_id[beat] for beat in np.flatnonzero(self._locked).tolist()]
        seconds = self._rules.time_limit_s
        late = [] if found.ended else [Diagnostic("rebalance_stopped", seconds=seconds)]
        annexed = annexed_beats(self._network, made.beat_of, made.beat_id, made.annexed, locked)
        return replace(found, diagnostics=(*late, *annexed))

    def _keep_locked(self, held: NDArray[np.bool_]) -> None:
        """Keep locked beats as they are, and their streets out of what is shared."""
        old = self._old
        bad = []
        for beat in np.flatnonzero(self._locked).tolist():
            own = np.flatnonzero((old.beat_of == beat) & held)
            self._stand(beat)
            held[own] = False
            if not self._network.required[own].any():
                bad.append(old.beat_id[beat])
        if bad:
            raise InfeasibleError(Phrase("rebalance.locked_empty", {"beats": listed(bad)}))

    def _stand(self, beat: int) -> None:
        """Keep a beat exactly as it is."""
        self._beat_of[self._old.beat_of == beat] = beat
        if beat in self._measured.annexed:
            self._annexed[beat] = [self._measured.annexed[beat]]

    def _city_of(
        self, areas: list[tuple[int, NDArray[np.int64]]], loose: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Return the area of each beat that stays: its city, or where it holds most."""
        old, at = self._old, np.full(len(self._old.beat_id), -1, dtype=np.int64)
        places = {city: place for place, (city, _) in enumerate(areas)}
        for beat in np.flatnonzero(loose).tolist():
            most = [float(self._worth_s[own[old.beat_of[own] == beat]].sum()) for _, own in areas]
            at[beat] = places.get(int(old.city[beat]), int(np.argmax(most)) if areas else -1)
        return at

    def _requested(self, areas: list[tuple[int, NDArray[np.int64]]], more: int) -> list[int]:
        """Return how many new beats the planner places in each area."""
        network, old, request = self._network, self._old, self._request
        ends = [np.concatenate((network.u[own], network.v[own])) for _, own in areas]
        spots = nearest_junctions(network, request.near)
        requested = [sum(bool((nodes == spot).any()) for spot in spots) for nodes in ends]
        for name in request.split:
            beat = old.beat_id.index(name)
            most = [int((old.beat_of[own] == beat).sum()) for _, own in areas]
            requested[int(np.argmax(most))] += 1
        if sum(requested) > more:
            values = {"places": sum(requested), "more": more}
            raise UsageError(Phrase("rebalance.too_many_places", values))
        return requested

    def _area(
        self,
        city: int,
        segments: NDArray[np.int64],
        stays: NDArray[np.int64],
        count: int,
        requested: int,
    ) -> None:
        """Share the streets of a city, among groups that stay as many each by itself."""
        apart = [] if count < len(stays) or requested else self._as_many(segments, stays, count)
        for group in apart:
            segments = np.setdiff1d(segments, group.segments)
            stays, count = np.setdiff1d(stays, group.beats), count - len(group.beats)
            self._share(city, group.segments, group.beats, len(group.beats))
        if count:
            self._share(city, segments, stays, count)

    def _even(self, city: int, group: Group) -> bool:
        """Return whether beats are within the tolerance, among themselves or with locked ones."""
        measured, tolerance = self._measured, self._rules.tolerance
        if measured.balance(group, tolerance).even:
            return True
        stays = np.flatnonzero(self._stays)
        around = measured.groups(self._ground[city], stays) if self._locked.any() else []
        return any(
            np.isin(group.beats, each.beats).all()
            and measured.balance(group, tolerance, around=each).even
            for each in around
        )

    def _as_many(
        self, segments: NDArray[np.int64], stays: NDArray[np.int64], count: int
    ) -> list[Group]:
        """Find the groups of beats in a city that stay as many as they are."""
        required = self._network.required
        groups = self._measured.groups(segments, stays)
        parties = [(each.segments, len(each.beats)) for each in groups]
        rest = np.setdiff1d(segments, np.concatenate([segments[:0], *(own for own, _ in parties)]))
        others = len(stays) - sum(here for _, here in parties)
        if (len(rest) or others) and not (others and required[rest].any()):
            return []  # Streets without a beat, or a beat without streets: all share with them.
        parties += [(rest, others)] if others else []
        wanted = shared_from(
            [self._load_of(own) for own, _ in parties],
            [here for _, here in parties],
            count,
            [int(required[own].sum()) for own, _ in parties],
        )
        return [each for each, more in zip(groups, wanted, strict=False) if more == len(each.beats)]

    def _share(
        self, city: int, segments: NDArray[np.int64], stays: NDArray[np.int64], count: int
    ) -> None:
        """Share streets among beats."""
        params, tied = self._rules.params, self._measured.attachments(stays)
        firm = count == len(stays)
        area = cut_area(self._problem, segments, count, self._load_of, params, tied, firm=firm)
        held = [self._held_in(region, stays) for region in area.regions]
        # A beat goes on where it holds most; one that holds nothing where a beat has most to do.
        most = np.array(held)
        at = np.where(most.sum(axis=0) > 0.0, np.argmax(most, axis=0), 0)
        there = [int((at == place).sum()) for place in range(len(area.regions))]
        room = [int(region.required.sum()) for region in area.regions]
        loads = [float(region.load_s.sum()) for region in area.regions]
        wanted = shared_from(loads, there, count, room)
        local = np.full(len(self._network), -1, dtype=np.int64)
        for place, (region, beats) in enumerate(zip(area.regions, wanted, strict=True)):
            self._region(city, region, stays[at == place], beats)
            local[region.segment] = self._beat_of[region.segment]
        for part, attachment in zip(area.annexed, area.attachment, strict=True):
            self._beat_of[part] = local[attachment]
            self._annexed.setdefault(int(local[attachment]), []).append(part)

    def _load_of(self, own: NDArray[np.int64]) -> float:
        return float(self._load.total_s[own].sum())

    def _held_in(self, region: Region, stays: NDArray[np.int64]) -> list[float]:
        own = self._old.beat_of[region.segment]
        worth = above_zero(self._worth_s[region.segment])
        return [float(worth[own == beat].sum()) for beat in stays.tolist()]

    def _region(self, city: int, region: Region, stays: NDArray[np.int64], count: int) -> None:
        """Share the streets of a region."""
        old, request = self._old, self._request
        spots = given_spots(self._network, region, old, request)
        as_many = count == len(stays) and not spots
        group = self._measured.group_of(region.segment, stays) if as_many else None
        if group is not None and self._even(city, group):
            self._beat_of[region.segment] = old.beat_of[region.segment]
            self._still += stays.tolist()
            return
        self._tried += [] if group is None else [group]
        rebalance = RegionRebalance(region, self._evaluator, self._rules, self._params, self._firm)
        found = rebalance.run(
            old.beat_of[region.segment],
            stays,
            old.posts[stays],
            (count, old.officers_per_beat),
            self._worth_s[region.segment],
            spots,
            None if group is None else [self._measured.base(beat) for beat in stays.tolist()],
        )
        self._ended &= found.ended
        for beat, moves_s, near in found.left:
            self._stays[beat] = False
            takers = tuple(old.beat_id[one] for one in near)
            self._left.append(LeavingPost(old.beat_id[beat], "chosen", takers, moves_s))
        first = len(self._city)
        self._city += [city] * found.new
        for beat in found.stays.tolist():
            self._city[beat] = city
        number = np.concatenate((found.stays, first + np.arange(found.new)))
        self._beat_of[region.segment] = number[found.labels]

    def _result(self) -> Rebalanced:
        """Sort the beats city by city, by their ids."""
        network, old = self._network, self._old
        olds = len(old.beat_id)
        new_cities = self._city[olds:]
        new = beat_ids(network.cities, new_cities, {*old.beat_id, *old.used})
        ids = [*old.beat_id, *new]
        posts = [*old.posts.tolist(), *([old.officers_per_beat] * len(new))]
        there = [*np.flatnonzero(self._stays).tolist(), *range(olds, len(ids))]
        made = in_order(self._beat_of, there, ids, self._city, posts, self._annexed)
        self._check(made)
        return Rebalanced(made, tuple(self._left), new, self._ended)

    def _check(self, made: Partition) -> None:
        """Refuse locked beats that fall apart; anything else would be our fault."""
        broken = [made.beat_id[beat] for beat in broken_beats(self._network, made)]
        locked = {self._old.beat_id[beat] for beat in np.flatnonzero(self._locked).tolist()}
        apart = sorted(set(broken) & locked)
        if apart:
            raise InfeasibleError(Phrase("rebalance.locked_apart", {"beats": listed(apart)}))
        if broken:
            message = f"beats {broken} are not connected"
            raise RuntimeError(message)
