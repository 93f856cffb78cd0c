"""What the page tells besides the plan's own figures: the other season, the tours, the reach.

The plan's season and its two modes stand in the plan, toured at the final depth. The other season
is toured here at the fast depth, or by the same tour timed again where that is shorter; so are the
tours that the page draws. All of it takes milliseconds a beat.
"""

from __future__ import annotations

import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

from reso_geo.assess import far_seconds, judge, needs_of
from reso_geo.assess.tours import measured
from reso_geo.coverage import travel_graph
from reso_geo.demand import place_anchors, stop_seconds
from reso_geo.plan.evaluate import mode_figures
from reso_geo.travel import MODES, SEASONS, travel_times

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reso_geo.assess import Needs
    from reso_geo.coverage import TravelGraph
    from reso_geo.plan import ModeFigures, Plan
    from reso_geo.workload import BeatLoad

__all__ = ["REACH_MIN", "Case", "Passes", "passes_of"]

REACH_MIN = (5.0, 10.0, 15.0, 20.0, 30.0)
"""Minutes from the base that the page tells apart."""
Case = tuple[str, str]
"""Mode and season."""


@dataclass(frozen=True)
class Passes:
    """Figures by mode and season, and what is drawn on request.

    Attributes
    ----------
    figures
        Of each beat, by mode and season.
    needed_s
        Seconds per week that each beat asks, likewise.
    besides
        Segments that the tour of each beat passes without covering anything new, likewise, each
        once; empty where nobody is to see tours.
    reach
        int64, shape (m,): how many of `REACH_MIN` are not enough to get to each segment from the
        base of its beat, by mode and season; likewise.
    """

    figures: Mapping[Case, tuple[ModeFigures, ...]]
    needed_s: Mapping[Case, tuple[float | None, ...]]
    besides: Mapping[Case, tuple[NDArray[np.int64], ...]]
    reach: Mapping[Case, NDArray[np.int64]]


def passes_of(plan: Plan, *, tours: bool, seasons: bool) -> Passes:
    """Work out what the page tells.

    Parameters
    ----------
    plan
        A complete plan.
    tours
        False where nobody is to see tours and reach.
    seasons
        False for the plan's season alone.

    Returns
    -------
    Passes
        By mode and season.
    """
    own = plan.request.season
    cases = {(mode, own): tuple(b.figures(mode) for b in plan.beats) for mode in MODES}
    needed = {case: _stored_needs(plan, figures) for case, figures in cases.items()}
    needed[plan.request.mode, own] = tuple(beat.load_s for beat in plan.beats)
    besides: dict[Case, tuple[NDArray[np.int64], ...]] = {}
    reach: dict[Case, NDArray[np.int64]] = {}
    for mode in MODES if tours or seasons else ():
        before: tuple[BeatLoad, ...] | None = None
        for season in sorted(SEASONS, key=lambda s: s != own):
            if season != own and not seasons:
                continue
            desk = _Desk(plan, mode, season)
            if tours or season != own:
                found = desk.measure(before)
                before = found
            if tours:
                besides[mode, season] = tuple(_besides(beat) for beat in found)
                reach[mode, season] = desk.reach()
            if season != own:
                cases[mode, season] = desk.judge(found)
                needed[mode, season] = _stored_needs(plan, cases[mode, season])
    return Passes(cases, needed, besides, reach)


class _Desk:
    """One mode and season of a plan."""

    def __init__(self, plan: Plan, mode: str, season: str) -> None:
        network, settings = plan.network, plan.settings
        same = season == plan.request.season
        times = plan.times if same else travel_times(network, settings, season)
        stop_s = stop_seconds(network, plan.anchors, place_anchors(network, plan.anchors))
        self.plan = plan
        self.graph: TravelGraph = travel_graph(network, times, mode)
        self.needs: Needs = needs_of(network, settings, mode, season, stop_s, _calls(plan))
        beat_of = np.where(network.required, plan.partition.beat_of, -1)
        order = np.argsort(beat_of, kind="stable")
        cuts = np.searchsorted(beat_of[order], np.arange(len(plan.beats) + 1))
        self.own = [order[a:b] for a, b in itertools.pairwise(cuts)]
        self.base: list[int] = plan.partition.base.tolist()

    def measure(self, before: tuple[BeatLoad, ...] | None) -> tuple[BeatLoad, ...]:
        """Tour each beat at the fast depth, side by side."""

        def toured(beat: int) -> BeatLoad:
            like = None if before is None else before[beat]
            return measured(self.graph, self.needs, self.own[beat], self.base[beat], None, like)

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return tuple(pool.map(toured, range(len(self.own))))

    def judge(self, found: tuple[BeatLoad, ...]) -> tuple[ModeFigures, ...]:
        """Judge each beat, with its posts."""
        told = []
        for load, own, base, beat in zip(found, self.own, self.base, self.plan.beats, strict=True):
            far_s = far_seconds(self.graph, self.needs, own, base)
            verdict = judge(self.needs, load, beat.posts, far_s)
            told.append(mode_figures(self.plan.network, load, verdict))
        return tuple(told)

    def reach(self) -> NDArray[np.int64]:
        """Return how far each segment is from the base of its beat, in steps of `REACH_MIN`."""
        band = np.full(len(self.plan.network), len(REACH_MIN), dtype=np.int64)
        steps = np.array(REACH_MIN) * 60.0 / self.graph.tick_s
        for own, base in zip(self.own, self.base, strict=True):
            away = dijkstra(self.graph.ways, indices=base, limit=steps[-1])
            nearer = np.minimum(away[self.graph.u[own]], away[self.graph.v[own]])
            band[own] = np.searchsorted(steps, nearer)
        return band


def _stored_needs(plan: Plan, figures: tuple[ModeFigures, ...]) -> tuple[float | None, ...]:
    """Compute the seconds per week that margins tell; None where there is no margin."""
    available_s = plan.settings.available_s("central")
    return tuple(
        None if each.margin is None else (1.0 - each.margin) * beat.posts * available_s
        for each, beat in zip(figures, plan.beats, strict=True)
    )


def _besides(beat: BeatLoad) -> NDArray[np.int64]:
    passage = beat.once.passage
    return np.unique(passage.segment[~passage.patrol])


def _calls(plan: Plan) -> NDArray[np.float64] | None:
    """Spread the calls of each beat over its streets; None where none were counted."""
    total = None
    for at in range(len(plan.beats)):
        spread = plan.calls_of(at)
        if spread is not None:
            total = spread if total is None else total + spread
    return total
