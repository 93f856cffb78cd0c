"""What beats are measured with, and digests of all that their figures depend on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess import Needs, needs_of
from reso_geo.coverage import TravelGraph, travel_graph
from reso_geo.demand import Anchors, Counts, place_anchors, stop_seconds
from reso_geo.districting import DistrictingProblem
from reso_geo.fingerprint import fingerprint
from reso_geo.settings import settings_fingerprint
from reso_geo.travel import MODES, TravelTimes, travel_times

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from reso_geo.coverage import Depth
    from reso_geo.demand import Bases, Nearest
    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition
    from reso_geo.plan.request import PlanRequest
    from reso_geo.settings import PatrolSettings
    from reso_geo.workload import StreetLoad

__all__ = ["EvaluationContext", "beat_keys", "evaluation_context"]


@dataclass(frozen=True)
class EvaluationContext:
    """What beats over some streets are measured with.

    Attributes
    ----------
    network
        The streets.
    settings
        All assumptions.
    request
        Mode, season, tolerance.
    anchors
        Places to visit.
    at
        The segment of each.
    counts
        Calls along each segment, None where none were counted.
    times
        Seconds per segment in the season.
    graphs
        Ways to travel, by mode.
    needs
        What verdicts are computed from, by mode.
    extra_s
        float64, shape (m,): see `reso_geo.plan.Plan`; None for none.
    depth
        How long tours are looked for in the season of the request.
    """

    network: StreetNetwork
    settings: PatrolSettings
    request: PlanRequest
    anchors: Anchors
    at: Nearest
    counts: Counts | None
    times: TravelTimes
    graphs: Mapping[str, TravelGraph]
    needs: Mapping[str, Needs]
    extra_s: NDArray[np.float64] | None = None
    depth: Depth = "final"

    @property
    def load(self) -> StreetLoad:
        """Street load in the plan's mode, counts included."""
        return self.needs[self.request.mode].load

    def problem(self, bases: Bases | None = None) -> DistrictingProblem:
        """Return the streets as they are cut among beats.

        Parameters
        ----------
        bases
            Places where patrols start; None to start each beat in the middle of its load.

        Returns
        -------
        DistrictingProblem
            In canonical order.
        """
        graph, walk = self.graphs[self.request.mode], self.graphs["foot"]
        return DistrictingProblem.of(self.network, graph, self.load, walk=walk, bases=bases)

    def in_season(self, season: str) -> EvaluationContext:
        """Prepare the same for another season.

        Parameters
        ----------
        season
            ``summer`` or ``winter``.

        Returns
        -------
        EvaluationContext
            All else equal.
        """
        request = replace(self.request, season=season)
        return evaluation_context(
            self.network, self.settings, request, self.anchors, self.counts, extra_s=self.extra_s
        )


def evaluation_context(  # noqa: PLR0913 - all that one plan is measured with
    network: StreetNetwork,
    settings: PatrolSettings,
    request: PlanRequest,
    anchors: Anchors,
    counts: Counts | None = None,
    times: TravelTimes | None = None,
    *,
    extra_s: NDArray[np.float64] | None = None,
    depth: Depth = "final",
) -> EvaluationContext:
    """Prepare what beats are measured with.

    Parameters
    ----------
    network
        The streets.
    settings
        All assumptions.
    request
        Mode and season.
    anchors
        Places to visit.
    counts
        Calls counted along each segment; None for none.
    times
        Seconds per segment in the season, where they are worked out already.
    extra_s
        float64, shape (m,): seconds per week that somebody asks for besides; None for none.
    depth
        ``final``, or ``fast`` for who wants an answer soon.

    Returns
    -------
    EvaluationContext
        For both modes.
    """
    at = place_anchors(network, anchors)
    stop_s = stop_seconds(network, anchors, at) + (0.0 if extra_s is None else extra_s)
    per_week = None if counts is None else counts.per_week
    times = travel_times(network, settings, request.season) if times is None else times
    graphs = {mode: travel_graph(network, times, mode) for mode in MODES}
    needs = {
        mode: needs_of(network, settings, mode, request.season, stop_s, per_week) for mode in MODES
    }
    given = network, settings, request, anchors, at, counts, times, graphs, needs
    return EvaluationContext(*given, extra_s, depth)


def beat_keys(
    network: StreetNetwork,
    judged: tuple[PatrolSettings, str, str],
    partition: Partition,
    stop_s: NDArray[np.float64],
    counts: Sequence[tuple[int | None, float | None]],
) -> tuple[str, ...]:
    """Compute the digest of all that the figures of each beat depend on.

    Parameters
    ----------
    network
        The streets.
    judged
        Settings, mode and season.
    partition
        Streets, posts and base of each beat.
    stop_s
        float64, shape (m,): seconds per week of anchor visits along each segment.
    counts
        Calls counted in each beat and for how many weeks; None where none were.

    Returns
    -------
    tuple of str
        In the order of the partition; equal digests have equal figures.
    """
    settings, mode, season = judged
    shared = fingerprint(network.travel_fingerprint, settings_fingerprint(settings), mode, season)
    found = []
    order = np.argsort(partition.beat_of, kind="stable")
    order = order[network.required[order]]
    ends = np.searchsorted(partition.beat_of[order], np.arange(len(counts) + 1))
    for beat, counted in enumerate(counts):
        own = order[ends[beat] : ends[beat + 1]]
        held = own, stop_s[own], int(partition.posts[beat]), int(partition.base[beat])
        found.append(fingerprint(shared, *held, *counted))
    return tuple(found)
