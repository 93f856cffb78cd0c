"""Cutter: one city after another, each with its regions and the parts that join them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.diagnostics import Diagnostic
from reso_geo.districting.starts import above_zero, base_of
from reso_geo.partition.annexed import annexed_beats
from reso_geo.partition.components import cut_area, region_of
from reso_geo.partition.construct.initial import blocks
from reso_geo.partition.cut_region import RegionSearch
from reso_geo.partition.partition import in_order
from reso_geo.partition.result import CutResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.districting.evaluator import Evaluator
    from reso_geo.districting.params import SearchRules
    from reso_geo.districting.problem import DistrictingProblem
    from reso_geo.partition.components import CutArea
    from reso_geo.partition.cut_region import RegionCut
    from reso_geo.partition.locks import LockedBeats
    from reso_geo.partition.request import CutRequest

__all__ = ["Cutter"]


class Cutter:
    """Collects the beats of one area after another.

    Parameters
    ----------
    problem
        Streets, how they are travelled and what they ask.
    evaluator
        Measures beats.
    request
        Posts.
    rules
        What the search goes by.
    """

    def __init__(
        self,
        problem: DistrictingProblem,
        evaluator: Evaluator,
        request: CutRequest,
        rules: SearchRules,
    ) -> None:
        self._problem, self._evaluator, self._request = problem, evaluator, request
        self._network, self._total_s = problem.network, problem.load.total_s
        self._rules = rules
        self._beat_of = np.full(len(problem.network), -1, dtype=np.int64)
        self._beat_id: list[str] = []
        self._city: list[int] = []
        self._posts: list[int] = []
        self._annexed: dict[int, list[NDArray[np.int64]]] = {}
        self._kept: tuple[str, ...] = ()
        self._late = False

    def estimate(self, segments: NDArray[np.int64], areas: int = 1) -> float:
        """Estimate the load of a area, deadhead included, from blocks as large as beats.

        Parameters
        ----------
        segments
            int64: what the area holds.
        areas
            How many areas there are.

        Returns
        -------
        float
            Seconds per week.
        """
        params = self._rules.params
        region = region_of(self._network, self._total_s, segments, params=params)
        share = float(region.load_s.sum()) / max(float(self._total_s.sum()), 1e-9)
        beats = max(1, min(round(share * max(self._request.beats, areas)), len(segments)))
        evaluator = self._evaluator
        equal = np.full(beats, 1.0 / beats)
        draw, turn_rad = np.random.default_rng(0), params.construct.turn_rad
        block = blocks(region, above_zero(region.load_s), equal, draw, turn_rad)
        own = [segments[block == number] for number in range(beats)]
        return sum(evaluator.measure(o).load_s for o in own if self._network.required[o].any())

    def cut(self, city: int, segments: NDArray[np.int64], beat_id: Sequence[str]) -> None:
        """Cut one area into its beats, numbered from west to east.

        Parameters
        ----------
        city
            Index of the city, -1 for all of them together.
        segments
            int64: what the area holds.
        beat_id
            Ids of its beats, in the order of their numbers.
        """
        params = self._rules.params
        area = cut_area(self._problem, segments, len(beat_id), self.estimate, params)
        asked = self._request.posts or {}
        posts = np.array([asked.get(b, self._request.officers_per_beat) for b in beat_id])
        even = bool((posts == posts[0]).all())
        searches = [
            RegionSearch(region, self._evaluator, share, self._rules)
            for region, share in zip(area.regions, area.beats, strict=True)
        ]
        local = np.full(len(self._network), -1, dtype=np.int64)
        used = 0
        for region, search, share in zip(area.regions, searches, area.beats, strict=True):
            labels = search.quick() if share > 1 else np.zeros(len(region), dtype=np.int64)
            if even and share > 1:
                labels = self._taken(search.equal())
            local[region.segment] = used + labels
            used += share
        number = self._numbers(local, used)
        if not even:
            self._weigh(area, searches, local, posts[number])
        for part, attachment in zip(area.annexed, area.attachment, strict=True):
            local[part] = local[attachment]
        first, placed = len(self._city), local >= 0
        self._beat_of[placed] = first + number[local[placed]]
        self._city.extend([city] * used)
        self._beat_id.extend(beat_id)
        self._posts.extend(posts.tolist())
        for part in area.annexed:
            self._annexed.setdefault(int(self._beat_of[part[0]]), []).append(part)

    def _taken(self, found: RegionCut) -> NDArray[np.int64]:
        """Record whether a search ended in time, and return its beats."""
        self._late |= not found.ended
        return found.labels

    def _weigh(
        self,
        area: CutArea,
        searches: list[RegionSearch],
        local: NDArray[np.int64],
        posts: NDArray[np.int64],
    ) -> None:
        """Cut again so that each beat's load is in proportion to its posts."""
        used = 0
        for region, search, beats in zip(area.regions, searches, area.beats, strict=True):
            if beats > 1:
                own = posts[used : used + beats]
                found = search.unequal(local[region.segment] - used, own / own.sum())
                local[region.segment] = used + self._taken(found)
            used += beats

    def _numbers(self, local: NDArray[np.int64], count: int) -> NDArray[np.int64]:
        """Assign each beat its number: by its middle, west to east, then south to north."""
        network = self._network
        spots = []
        for beat in range(count):
            own = np.flatnonzero((local == beat) & network.required)
            base = network.node_xy[base_of(network, self._total_s, own)]
            spots.append((float(base[0]), float(base[1]), beat))
        number = np.empty(count, dtype=np.int64)
        number[[beat for _, _, beat in sorted(spots)]] = np.arange(count)
        return number

    def keep(self, locked: LockedBeats) -> None:
        """Keep locked beats as they are.

        Parameters
        ----------
        locked
            Their segments are in no area that was cut.
        """
        self._kept = locked.beat_id
        for beat, own in enumerate(locked.segments):
            number = len(self._city)
            self._beat_of[own] = number
            self._city.append(locked.city[beat])
            self._beat_id.append(locked.beat_id[beat])
            self._posts.append(locked.posts[beat])
            if len(locked.annexed[beat]):
                self._annexed[number] = [locked.annexed[beat]]

    def result(self) -> CutResult:
        """Return what was cut: city by city, beats in the order of their ids, without bases."""
        ids = self._beat_id
        every = range(len(ids))
        made = in_order(self._beat_of, every, ids, self._city, self._posts, self._annexed)
        kept = self._kept
        found = [*annexed_beats(self._network, made.beat_of, made.beat_id, made.annexed, kept)]
        if not self._total_s[self._network.required].any():
            found.append(Diagnostic("no_load"))
        if self._late:
            found.append(Diagnostic("cut_stopped", seconds=self._rules.time_limit_s))
        return CutResult(made, tuple(found))
