"""Tours: the passes that a verdict rests on, measured or taken from what is known already."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.coverage import Effort, Tour, cover, reached
from reso_geo.workload import BeatLoad, nested_levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.assess.time_budget import Needs
    from reso_geo.coverage import TravelGraph

__all__ = ["LIMITED", "measured", "with_known"]

LIMITED = Effort(budget=10_000_000, edges=0)
"""A few rounds of cuts, no search with whole copies: within about one per cent in one second."""


def measured(
    graph: TravelGraph,
    needs: Needs,
    segments: NDArray[np.int64],
    base: int,
    effort: Effort | None,
    like: BeatLoad | None = None,
) -> BeatLoad:
    """Measure the load of some streets; only the pass of all of them gets the final depth.

    Parameters
    ----------
    graph
        The mode's travel graph.
    needs
        For that mode.
    segments
        int64, shape (k,): required segments, at least one.
    base
        Junction where tours start and end.
    effort
        Where the final depth stops; None for the fast depth.
    like
        Streets measured in another season: a tour through the same ones that is as legal in this
        season is only timed again, where that makes it shorter than what the fast depth finds.

    Returns
    -------
    BeatLoad
        For `reso_geo.assess.judge`.
    """
    load = needs.load
    within = reached(graph, segments, base, load.aside)
    own = within.toured
    if like is not None and not np.array_equal(like.toured, own):
        like = None
    *more, (least, _) = nested_levels(load, own)
    before = () if like is None else like.tours[:-1]
    tours = []
    for number, (level, often) in enumerate(more):
        again = _timed_again(graph, often, before[number][1]) if number < len(before) else None
        tours.append((level, cover(graph, often, base) if again is None else again))
    whole = cover(graph, own, base, "fast" if effort is None else "final", effort)
    again = None if like is None else _timed_again(graph, own, like.once)
    if again is not None and again.pass_s < whole.pass_s and again.apart == whole.apart:
        whole = replace(again, lower_bound_s=whole.lower_bound_s)
    street_s = load.sum_s(segments)
    return BeatLoad(street_s, within, (*tours, (least, whole)), load.talk_factor)


def with_known(beat: BeatLoad, pass_s: float, deadhead_s: float, bound_s: float) -> BeatLoad:
    """Replace the tour of all streets by what was measured before, where that is shorter.

    Parameters
    ----------
    beat
        Measured at the fast depth.
    pass_s, deadhead_s, bound_s
        Seconds of one pass of the same streets in the same mode and season.

    Returns
    -------
    BeatLoad
        With these seconds.
    """
    *more, (level, tour) = beat.tours
    if not pass_s <= tour.pass_s:
        return beat
    known = replace(tour, pass_s=pass_s, patrol_s=pass_s - deadhead_s, lower_bound_s=bound_s)
    return replace(beat, tours=(*more, (level, known)))


def _timed_again(graph: TravelGraph, segments: NDArray[np.int64], other: Tour) -> Tour | None:
    """Return a tour of another season with the times of this one; None where a street is closed.

    None as well where it goes through other streets. Its bound is what patrol alone takes.
    """
    steps, least = other.steps, graph.least_patrol[segments]
    if steps.segment.max(initial=-1) >= len(graph.u):
        return None
    cost = steps.cost(graph) * graph.tick_s
    open_now = np.isfinite(least)
    same = np.array_equal(np.sort(segments[~open_now]), np.sort(other.missed)) and np.array_equal(
        np.sort(segments[open_now]), np.sort(steps.segment[steps.patrol])
    )
    if not same or not np.isfinite(other.pass_s) or not np.isfinite(cost).all():
        return None
    return replace(
        other,
        pass_s=float(cost.sum()),
        patrol_s=float(cost[steps.patrol].sum()),
        lower_bound_s=float(least[open_now].sum() * graph.tick_s),
    )
