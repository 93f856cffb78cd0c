"""Tours that a plan keeps: what is drawn and judged later is what its figures were measured by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.assess.tours import measured
from reso_geo.coverage import Tour, Traversals, reached, walk_order
from reso_geo.parallel import MANY_SEGMENTS, side_by_side
from reso_geo.records import Record
from reso_geo.workload import BeatLoad, measure_load, nested_levels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from reso_geo.coverage import Depth, TravelGraph
    from reso_geo.network import StreetNetwork
    from reso_geo.partition import Partition
    from reso_geo.plan.evaluation_context import EvaluationContext
    from reso_geo.workload import StreetLoad

__all__ = ["KeptTours", "bearings", "tour_beats"]


@dataclass(frozen=True, eq=False)
class KeptTours(Record):
    """The nested passes of one beat in one mode and season.

    Attributes
    ----------
    beat_id, mode, season
        Which beat, how and when.
    depth
        ``final`` in the plan's season unless it was made in haste, ``fast`` in the other one.
    toured_with
        `reso_geo.coverage.TravelGraph.tour_key` of all that they depend on.
    levels
        Cadence and tour, as in `reso_geo.workload.BeatLoad`; traversals in order from the base.
    """

    beat_id: str
    mode: str
    season: str
    depth: Depth
    toured_with: str
    levels: tuple[tuple[float, Tour], ...]


def tour_beats(
    context: EvaluationContext,
    mode: str,
    partition: Partition,
    beats: Iterable[int],
    kept: Mapping[str, KeptTours],
    like: Mapping[int, BeatLoad] | None = None,
) -> dict[int, tuple[BeatLoad, KeptTours]]:
    """Tour beats side by side, but for those whose tours are kept.

    Parameters
    ----------
    context
        What they are measured with.
    mode
        ``foot`` or ``bike``.
    partition
        Streets and bases.
    beats
        Numbers of the beats.
    kept
        Tours by `KeptTours.toured_with`.
    like
        The same beats in another season, for the fast depth; None for that of the context.

    Returns
    -------
    dict of int to (BeatLoad, KeptTours)
        By number of the beat.
    """
    network, graph, needs = context.network, context.graphs[mode], context.needs[mode]
    load, limits = needs.load, context.settings.set_aside.limits
    depth: Depth = context.depth if like is None else "fast"
    bearing = bearings(network)

    def toured(beat: int) -> tuple[BeatLoad, KeptTours]:
        own = np.flatnonzero((partition.beat_of == beat) & network.required)
        base = int(partition.base[beat])
        key = graph.tour_key(own, base, limits)
        before = kept.get(key)
        if before is not None and depth == "final" != before.depth:
            before = None
        found = _kept_load(before, graph, load, own, base)
        if before is not None and found is not None:
            return found, replace(before, beat_id=partition.beat_id[beat])
        if like is None:
            found = measure_load(graph, load, own, base, depth)
        else:
            found = measured(graph, needs, own, base, None, like.get(beat))
        ordered = _ordered(graph, found, base, bearing, None if like is None else like.get(beat))
        name = partition.beat_id[beat]
        levels = ordered.tours
        return ordered, KeptTours(name, mode, context.request.season, depth, key, levels)

    numbers = list(beats)
    many = depth == "final" or len(network) >= MANY_SEGMENTS
    return dict(zip(numbers, side_by_side(toured, numbers, worth=many), strict=True))


def _kept_load(
    kept: KeptTours | None,
    graph: TravelGraph,
    load: StreetLoad,
    segments: NDArray[np.int64],
    base: int,
) -> BeatLoad | None:
    """Return what a beat asks by tours that were kept with its key.

    None where there are none, or where other streets are patrolled more often than then.
    """
    if kept is None:
        return None
    within = reached(graph, segments, base, load.aside)
    levels = nested_levels(load, within.toured)
    if [level for level, _ in levels] != [level for level, _ in kept.levels]:
        return None
    for (_, own), (_, tour) in zip(levels, kept.levels, strict=True):
        passed = np.concatenate((tour.steps.segment[tour.steps.patrol], tour.missed))
        if np.isfinite(tour.pass_s) and not np.array_equal(np.sort(passed), np.sort(own)):
            return None
    return BeatLoad(load.sum_s(segments), within, kept.levels, load.talk_factor)


def bearings(network: StreetNetwork) -> NDArray[np.float64]:
    """Return the direction of each segment as one leaves u and as one arrives at v.

    Parameters
    ----------
    network
        Segments with their geometry.

    Returns
    -------
    ndarray of float64, shape (m, 2)
        Radians from east, counterclockwise, in the network's CRS.
    """
    xy, of = shapely.get_coordinates(network.geometry, return_index=True)
    first = np.searchsorted(of, np.arange(len(network)))
    last = np.append(first[1:], len(of)) - 1
    leave, arrive = xy[first + 1] - xy[first], xy[last] - xy[last - 1]
    return np.column_stack(
        (np.arctan2(leave[:, 1], leave[:, 0]), np.arctan2(arrive[:, 1], arrive[:, 0]))
    )


def _ordered(
    graph: TravelGraph,
    found: BeatLoad,
    base: int,
    bearing: NDArray[np.float64],
    like: BeatLoad | None,
) -> BeatLoad:
    """Order all tours of a beat; one of another season that was timed again has its own order."""
    known = [] if like is None else [tour.steps for _, tour in like.tours]
    tours = tuple(
        (level, _timed(graph, tour, tour.steps))
        if any(tour.steps is each for each in known)
        else (level, _in_order(graph, tour, base, bearing))
        for level, tour in found.tours
    )
    return replace(found, tours=tours)


def _in_order(graph: TravelGraph, tour: Tour, base: int, bearing: NDArray[np.float64]) -> Tour:
    if not np.isfinite(tour.pass_s):
        return tour
    return _timed(graph, tour, Traversals.concatenated(walk_order(graph, tour, base, bearing)))


def _timed(graph: TravelGraph, tour: Tour, steps: Traversals) -> Tour:
    """Return a tour with its traversals in order, timed as whoever reads them back times them."""
    cost = steps.cost(graph)
    return replace(
        tour,
        steps=steps,
        pass_s=float(cost.sum()) * graph.tick_s,
        patrol_s=float(cost[steps.patrol].sum()) * graph.tick_s,
    )
