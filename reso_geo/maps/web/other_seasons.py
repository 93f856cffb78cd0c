"""What the page tells besides the plan's own figures: the other season, the tours, the reach.

The tours stand in the plan: at the final depth in its season, at the fast depth in the other. Those
of a plan that an older version wrote are looked for here, all of them at the fast depth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

from reso_geo.plan import tour_beats, yard_of
from reso_geo.travel import MODES, SEASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reso_geo.coverage import TravelGraph
    from reso_geo.plan import ModeFigures, Plan
    from reso_geo.workload import BeatLoad

__all__ = ["REACH_MIN", "Case", "SeasonFigures", "season_figures"]

REACH_MIN = (5.0, 10.0, 15.0, 20.0, 30.0)
"""Minutes from the base that the page tells apart."""
Case = tuple[str, str]
"""Mode and season."""


@dataclass(frozen=True)
class SeasonFigures:
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


def season_figures(plan: Plan, *, tours: bool, seasons: bool) -> SeasonFigures:
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
    SeasonFigures
        By mode and season.
    """
    own = plan.request.season
    shown = [season for season in SEASONS if seasons or season == own]
    cases = {
        (mode, season): tuple(b.figures(mode, other=season != own) for b in plan.beats)
        for mode in MODES
        for season in sorted(shown, key=lambda season: season != own)
    }
    needed = {case: _stored_needs(plan, figures) for case, figures in cases.items()}
    needed[plan.request.mode, own] = tuple(beat.load_s for beat in plan.beats)
    besides: dict[Case, tuple[NDArray[np.int64], ...]] = {}
    reach: dict[Case, NDArray[np.int64]] = {}
    if not tours:
        return SeasonFigures(cases, needed, besides, reach)
    yard = yard_of(plan)
    yards = {own: yard} | {s: yard.in_season(s) for s in SEASONS if seasons and s != own}
    numbers = range(len(plan.beats))
    for mode in MODES:
        like: dict[int, BeatLoad] = {}
        for season, each in yards.items():
            found = tour_beats(each, mode, plan.partition, numbers, plan.kept_tours, like)
            loads = like = {beat: load for beat, (load, _) in found.items()}
            besides[mode, season] = tuple(_besides(loads[beat]) for beat in numbers)
            reach[mode, season] = _reach(plan, each.graphs[mode])
    return SeasonFigures(cases, needed, besides, reach)


def _reach(plan: Plan, graph: TravelGraph) -> NDArray[np.int64]:
    """Return how far each segment is from the base of its beat, in steps of `REACH_MIN`."""
    band = np.full(len(plan.network), len(REACH_MIN), dtype=np.int64)
    steps = np.array(REACH_MIN) * 60.0 / graph.tick_s
    for beat, base in enumerate(plan.partition.base.tolist()):
        own = plan.partition.segments_of(beat)
        own = own[plan.network.required[own]]
        away = dijkstra(graph.matrix, indices=base, limit=steps[-1])
        band[own] = np.searchsorted(steps, np.minimum(away[graph.u[own]], away[graph.v[own]]))
    return band


def _stored_needs(plan: Plan, figures: tuple[ModeFigures, ...]) -> tuple[float | None, ...]:
    """Compute the seconds per week that margins tell; None where there is no margin."""
    available_s = plan.settings.available_s("central")
    return tuple(
        None if each.margin is None else (1.0 - each.margin) * beat.posts * available_s
        for each, beat in zip(figures, plan.beats, strict=True)
    )


def _besides(beat: BeatLoad) -> NDArray[np.int64]:
    steps = beat.once.steps
    return np.unique(steps.segment[~steps.patrol])
