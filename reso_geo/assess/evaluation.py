"""Case: a sector in one mode and season, with its tours and its verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

from reso_geo.assess.obstacle import obstacle_of
from reso_geo.assess.time_budget import needs_of
from reso_geo.assess.tours import LIMITED, measured, with_known
from reso_geo.assess.verdict import judge
from reso_geo.coverage import travel_graph
from reso_geo.settings import travel_figures
from reso_geo.travel import travel_times

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.assess.obstacle import Obstacle
    from reso_geo.assess.sector import Sector
    from reso_geo.assess.time_budget import Needs
    from reso_geo.assess.verdict import Verdict
    from reso_geo.coverage import Effort, TravelGraph
    from reso_geo.settings import PatrolSettings
    from reso_geo.workload import BeatLoad

__all__ = [
    "Case",
    "case_of",
    "far_seconds",
    "judged_part",
    "judged_quickly",
    "judged_streets",
]

_FAR = 0.9


@dataclass(frozen=True)
class Case:
    """A sector in one mode and season.

    Attributes
    ----------
    sector
        The streets.
    needs
        What verdicts are computed from.
    graph
        The mode's travel graph.
    beat
        The sector's tours.
    far_s
        Seconds from the base to the far streets: nine tenths of the load are nearer.
    obstacle
        The barrier that explains its detours; None where there are few, or none does.
    verdict
        For the posts of the sector.
    effort
        Where the final depth of its tours stops.
    """

    sector: Sector
    needs: Needs
    graph: TravelGraph
    beat: BeatLoad
    far_s: float
    obstacle: Obstacle | None
    verdict: Verdict
    effort: Effort

    @property
    def mode(self) -> str:
        """``foot`` or ``bike``."""
        return self.needs.mode

    @property
    def season(self) -> str:
        """``summer`` or ``winter``."""
        return self.needs.season

    @property
    def toured(self) -> bool:
        """True when a legal tour exists and half of the streets or more are open to the mode."""
        return self.verdict.toured and "no_bike_access" not in self.verdict.reasons

    @property
    def open(self) -> bool:
        """True when something can be done about the verdict, and has to be."""
        return self.verdict.verdict != "yes" and "no_bike_access" not in self.verdict.reasons

    @property
    def pass_km(self) -> float:
        """Kilometres of one pass, deadhead included."""
        passed = self.beat.once.steps.segment
        return float(self.sector.network.length_m[passed].sum() / 1000.0)

    def judged_with(self, settings: PatrolSettings) -> Verdict:
        """Judge the sector under other settings.

        Parameters
        ----------
        settings
            With the same paces, and cadences in the same order, the same tours are judged; with
            others it is toured again.

        Returns
        -------
        Verdict
            For the posts of the sector.
        """
        sector, usual = self.sector, self.needs.load.cadence
        old = self.needs.settings
        if (
            travel_figures(settings) != travel_figures(old)
            or settings.set_aside.limits != old.set_aside.limits
        ):
            return case_of(sector, settings, self.mode, self.season, self.effort).verdict
        needs = needs_of(
            sector.network, settings, self.mode, self.season, sector.stop_s, sector.counts_per_week
        )
        now = needs.load.cadence[self.beat.toured]
        before = usual[self.beat.toured]
        if (
            len(np.unique(np.column_stack((before, now)), axis=0)) > len(self.beat.tours)
            or (np.argsort(now, kind="stable") != np.argsort(before, kind="stable")).any()
        ):
            return case_of(sector, settings, self.mode, self.season, self.effort).verdict
        tours = tuple((float(now[before == level].max()), t) for level, t in self.beat.tours)
        factor = needs.load.talk_factor
        again = replace(self.beat, tours=tours, talk_factor=factor)
        return judge(needs, again, sector.posts, self.far_s, self.obstacle)


def case_of(
    sector: Sector,
    settings: PatrolSettings,
    mode: str,
    season: str,
    effort: Effort = LIMITED,
    like: Case | None = None,
    known: tuple[float, float, float] | None = None,
) -> Case:
    """Measure a sector in one mode and season, and judge it.

    Parameters
    ----------
    sector
        The streets.
    settings
        All assumptions.
    mode, season
        As in `reso_geo.travel`.
    effort
        Where the final depth stops.
    like
        The same sector and mode in another season: its tour is as legal in this one, and only
        timed again; the fast depth proves the bound.
    known
        Pass, deadhead and bound in seconds of a tour through these streets, measured in this mode
        and season with these settings; None to take what the sector knows of them.

    Returns
    -------
    Case
        With its tours, each beside its proven bound.
    """
    network = sector.network
    graph = travel_graph(network, travel_times(network, settings, season), mode)
    needs = needs_of(network, settings, mode, season, sector.stop_s, sector.counts_per_week)
    key = graph.tour_key(sector.required, sector.base, settings.set_aside.limits)
    known = known or sector.known.get(key)
    quick = known is not None or like is not None
    beat = measured(
        graph,
        needs,
        sector.required,
        sector.base,
        None if quick else effort,
        None if like is None else like.beat,
    )
    if known is not None:
        beat = with_known(beat, *known)
    far_s = far_seconds(graph, needs, sector.required, sector.base)
    verdict = judge(needs, beat, sector.posts, far_s, matters=True)
    obstacle = None
    if "detours" in verdict.reasons:
        obstacle = obstacle_of(network, graph, sector.required, sector.base)
        verdict = judge(needs, beat, sector.posts, far_s, obstacle, matters=True)
    return Case(sector, needs, graph, beat, far_s, obstacle, verdict, effort)


def judged_part(case: Case, own: NDArray[np.int64], base: int, posts: int) -> Verdict:
    """Judge some of a sector's streets on their own.

    Parameters
    ----------
    case
        The sector in one mode and season.
    own
        int64, shape (k,): some of its required segments, at least one.
    base
        Junction where their patrols start.
    posts
        How many posts hold them.

    Returns
    -------
    Verdict
        From tours of the fast depth where that says yes, or where not even the proven bounds of
        these tours would; else of the final one.
    """
    far_s = far_seconds(case.graph, case.needs, own, base)
    return judged_streets(case.graph, case.needs, own, base, case.effort, posts, far_s)


def judged_streets(
    graph: TravelGraph,
    needs: Needs,
    own: NDArray[np.int64],
    base: int,
    effort: Effort = LIMITED,
    posts: int = 1,
    far_s: float | None = None,
) -> Verdict:
    """Judge some streets, with tours at the final depth only where it may turn the verdict.

    Parameters
    ----------
    graph
        The mode's travel graph.
    needs
        For that mode.
    own
        int64, shape (k,): required segments, at least one.
    base
        Junction where patrols start.
    effort
        Where the final depth stops.
    posts
        How many posts hold them.
    far_s
        As in `reso_geo.assess.judge`.

    Returns
    -------
    Verdict
        From tours of the fast depth where that says yes, or where not even the proven bounds of
        these tours would; else of the final one.
    """
    found, final = judged_quickly(graph, needs, own, base, posts, far_s)
    if final:
        return found
    return judge(needs, measured(graph, needs, own, base, effort), posts, far_s)


def judged_quickly(
    graph: TravelGraph,
    needs: Needs,
    own: NDArray[np.int64],
    base: int,
    posts: int = 1,
    far_s: float | None = None,
) -> tuple[Verdict, bool]:
    """Judge some streets with tours at the fast depth.

    Parameters
    ----------
    graph
        The mode's travel graph.
    needs
        For that mode.
    own
        int64, shape (k,): required segments, at least one.
    base
        Junction where patrols start.
    posts
        How many posts hold them.
    far_s
        As in `reso_geo.assess.judge`.

    Returns
    -------
    verdict : Verdict
        From these tours.
    final : bool
        True when the final depth says yes just where this does: it is yes, or not even tours as
        short as the proven bounds would make it so.
    """
    quick = measured(graph, needs, own, base, None)
    found = judge(needs, quick, posts, far_s)
    if found.verdict == "yes":
        return found, True
    at_best = tuple(
        (level, replace(tour, pass_s=tour.lower_bound_s)) for level, tour in quick.tours
    )
    return found, judge(needs, replace(quick, tours=at_best), posts).verdict != "yes"


def far_seconds(graph: TravelGraph, needs: Needs, segments: NDArray[np.int64], base: int) -> float:
    """Return how long it takes from the base to the far streets, in transit.

    Parameters
    ----------
    graph
        The mode's travel graph.
    needs
        With the load of each street.
    segments
        int64, shape (k,): required segments.
    base
        Junction.

    Returns
    -------
    float
        Seconds one way, the mean of there and back; nine tenths of the load that can be reached are
        nearer. Zero where none can.
    """
    there = dijkstra(graph.matrix, indices=base)
    back = there if graph.symmetric else dijkstra(graph.matrix.T.tocsr(), indices=base)
    away = (there + back) / 2.0 * graph.tick_s
    at = np.minimum(away[graph.u[segments]], away[graph.v[segments]])
    reached = np.isfinite(at)
    if not reached.any():
        return 0.0
    order = np.argsort(at[reached], kind="stable")
    share = needs.load.total_s[segments][reached][order].cumsum()
    place = int(np.searchsorted(share, _FAR * share[-1]))
    return float(at[reached][order][min(place, len(order) - 1)])
