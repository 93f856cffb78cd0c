"""Cover: one pass of a beat, at the depth of a search, the fast or the final one."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Self, get_args

import numpy as np

from reso_geo.coverage.exact.branch_and_cut import Effort, glance, improve
from reso_geo.coverage.reduced_graph import ReducedGraphs, near_graph
from reso_geo.coverage.rural_postman import choose_links
from reso_geo.coverage.traversals import Traversals
from reso_geo.coverage.windy_postman import direct, links_around, turned
from reso_geo.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.coverage.graph import TravelGraph

__all__ = ["Depth", "SearchDepth", "Tour", "cover", "nested_tours"]

Depth = Literal["fast", "final"]
SearchDepth = Literal["search", "fast", "final"]

_DEPTHS = get_args(SearchDepth)
_NEAR_ENOUGH = 0.01
"""Where a tour is within this share of its bound, no relaxation is looked at for a better one."""
_MOST_AROUND = 1500
"""Most streets in such a relaxation: its time grows with their square."""


@dataclass(frozen=True, eq=False)
class Tour(Record):
    """One pass of a beat: the tour found, and what no tour can beat.

    Attributes
    ----------
    mode
        ``foot`` or ``bike``.
    pass_s
        Seconds of the tour found; infinite when no legal one exists.
    patrol_s
        The part of it spent on the first pass of the required segments.
    lower_bound_s
        No tour through the same segments takes less (proven).
    missed
        int64: required segments that are closed to this mode; not in the figures.
    steps
        Every segment that the tour passes, in no order; `reso_geo.coverage.walk_order` orders them.
    apart
        Parts that no path of the mode connects to the base; each is toured on its own.

    Examples
    --------
    >>> nothing = Traversals(np.empty(0, int), np.empty(0, bool), np.empty(0, bool))
    >>> Tour("foot", 110.0, 80.0, 100.0, np.empty(0, int), nothing, 0).exact
    False
    """

    mode: str
    pass_s: float
    patrol_s: float
    lower_bound_s: float
    missed: NDArray[np.int64]
    steps: Traversals
    apart: int

    @property
    def deadhead_s(self) -> float:
        """Seconds that cover nothing new."""
        return self.pass_s - self.patrol_s

    @property
    def exact(self) -> bool:
        """True when tour and bound meet and all of it is connected (times are exact)."""
        return not self.apart and self.pass_s <= self.lower_bound_s

    @property
    def gap(self) -> float:
        """Share of the tour that the bound does not explain."""
        return 1.0 - self.lower_bound_s / self.pass_s if self.pass_s else 0.0


def cover(
    graph: TravelGraph,
    segments: NDArray[np.int64],
    base: int,
    depth: SearchDepth = "fast",
    effort: Effort | None = None,
) -> Tour:
    """Find a short closed tour from the base through all segments, with a proven bound.

    On foot this is the undirected rural postman problem, exact by a minimum-weight T-join where the
    segments form one part (Edmonds and Johnson 1973); by bike it is the windy one (Win 1989).
    Deadhead may use any street of the mode, outside the beat too. The depth of a search takes a few
    milliseconds (see `reso_geo.coverage.rural_postman` and `reso_geo.coverage.windy_postman`); its
    bound is the T-join. By bike the fast depth then looks once where a linear relaxation of the
    streets around travels, for tens of milliseconds. The final depth goes on from there with
    cutting planes and branch and cut (`reso_geo.coverage.exact.branch_and_cut`).

    Parameters
    ----------
    graph
        From `travel_graph`.
    segments
        int64, shape (k,): required segments.
    base
        Junction where the tour starts and ends.
    depth
        ``search`` for use inside searches, ``fast`` for a draft, ``final`` for what is reported.
    effort
        Where the final depth stops; None for the usual effort, the same on every machine.

    Returns
    -------
    Tour
        Seconds, bound, and the segments that are closed to the mode. Parts that no path connects
        to the base are toured on their own, and counted in `Tour.apart`.

    Raises
    ------
    ValueError
        When the base is no junction of the graph, a segment is none of it or stands there twice, or
        there is no such depth.
    RuntimeError
        When the answer of the matching library fails its recheck.

    Examples
    --------
    Two streets of 100 and 80 ticks, joined by a path of 30 that nobody has to patrol:

    >>> from reso_geo.coverage import TravelGraph
    >>> u, v = np.array([0, 1, 2]), np.array([1, 2, 3])
    >>> transit = np.array([100.0, 30.0, 80.0])
    >>> patrol = np.array([120.0, 36.0, 96.0])
    >>> graph = TravelGraph("foot", 0.5, 4, u, v, transit, transit, patrol, patrol)
    >>> fast = cover(graph, np.array([0, 2]), base=0)
    >>> fast.patrol_s, fast.deadhead_s, fast.lower_bound_s, fast.exact
    (108.0, 120.0, 198.0, False)
    >>> final = cover(graph, np.array([0, 2]), base=0, depth="final")
    >>> final.pass_s, final.lower_bound_s, final.exact
    (228.0, 228.0, True)
    """
    return nested_tours(graph, [segments], base, depth, [effort])[0]


def nested_tours(
    graph: TravelGraph,
    nested: Sequence[NDArray[np.int64]],
    base: int,
    depth: SearchDepth = "fast",
    efforts: Sequence[Effort | None] | None = None,
) -> list[Tour]:
    """Cover some segments, and parts of them, each with a tour of its own.

    The paths around all of them are worked out once: those around a part are taken from these.

    Parameters
    ----------
    graph
        From `travel_graph`.
    nested
        int64, shape (k,) each: required segments, those of all others within the last ones.
    base
        Junction where all tours start and end.
    depth, efforts
        As in `cover`, an effort for each; None for the usual ones.

    Returns
    -------
    list of Tour
        One for each.

    Raises
    ------
    ValueError, RuntimeError
        As `cover`.
    """
    if depth not in _DEPTHS:
        message = f"depth must be one of {_DEPTHS}, got {depth!r}"
        raise ValueError(message)
    for segments in nested:
        _check(graph, segments, base)
    home = graph.component[base]
    last = nested[-1][np.isfinite(graph.least_patrol[nested[-1]])]
    city = ReducedGraphs(graph, np.sort(last[graph.component[graph.u[last]] == home]), base)
    return [
        _cover(city, segments, depth, effort or Effort())
        for segments, effort in zip(nested, efforts or [None] * len(nested), strict=True)
    ]


def _cover(
    city: ReducedGraphs, segments: NDArray[np.int64], depth: SearchDepth, effort: Effort
) -> Tour:
    graph, base = city.graph, city.base
    # In their own order: then the order in which a beat is given matters to no search.
    wanted = np.sort(segments)
    there = np.isfinite(graph.least_patrol[wanted])
    reached, missed = wanted[there], wanted[~there]
    component = graph.component[graph.u[reached]]
    homes = [graph.component[base], *np.setdiff1d(component, graph.component[base])]
    tours = []
    for home in homes:
        own = reached[component == home]
        near = city if home == homes[0] else ReducedGraphs(graph, own, int(graph.u[own[0]]))
        tour = _quick(graph, own, near.base, guided=depth != "search")
        tours.append(_deep(near, own, tour, effort) if depth == "final" else tour)
    cost = sum(tour.cost for tour in tours)
    return Tour(
        mode=graph.mode,
        pass_s=cost * graph.tick_s,
        patrol_s=sum(tour.patrol for tour in tours) * graph.tick_s,
        lower_bound_s=sum(tour.bound for tour in tours) * graph.tick_s,
        missed=missed,
        steps=Traversals.concatenated([tour.steps for tour in tours]),
        apart=len(homes) - 1,
    )


def _check(graph: TravelGraph, segments: NDArray[np.int64], base: int) -> None:
    """Refuse what is not in the graph."""
    if not 0 <= base < graph.node_count:
        message = f"the base must be a junction of the graph: {base} is none"
        raise ValueError(message)
    if len(segments) and not 0 <= segments.min() <= segments.max() < len(graph.u):
        message = "required segments must be segments of the graph"
        raise ValueError(message)
    if len(np.unique(segments)) < len(segments):
        message = "a required segment must not stand there twice"
        raise ValueError(message)


@dataclass(frozen=True)
class _PartTour:
    """A tour through one component's segments, in ticks."""

    steps: Traversals
    cost: float
    patrol: float
    bound: float

    @classmethod
    def of(cls, graph: TravelGraph, steps: Traversals, bound: float) -> Self:
        cost = steps.cost(graph)
        return cls(steps, float(cost.sum()), float(cost[steps.patrol].sum()), bound)


def _quick(
    graph: TravelGraph, segments: NDArray[np.int64], base: int, *, guided: bool
) -> _PartTour:
    """Find a tour without a search; without a legal one it is empty and infinite."""
    links, proven = choose_links(graph, graph.likely, segments, base)
    if not graph.symmetric:
        _, proven = graph.least_t_joins.join(graph.odd(segments))
    least = float(graph.least_patrol[segments].sum())
    steps = direct(graph, segments, links)
    if steps is None:
        return _PartTour(Traversals.concatenated(()), math.inf, least, least + proven)
    tour = _PartTour.of(graph, steps, least + proven)
    return tour if graph.symmetric or not guided else _guided(graph, segments, base, links, tour)


def _guided(
    graph: TravelGraph,
    segments: NDArray[np.int64],
    base: int,
    links: NDArray[np.int64],
    tour: _PartTour,
) -> _PartTour:
    """Look at the streets around a tour for a shorter one."""
    if tour.cost * (1.0 - _NEAR_ENOUGH) <= tour.bound:
        return tour
    ends = np.concatenate([graph.u[segments], graph.v[segments], [base]])
    around = np.union1d(links, links_around(graph, ends))
    if len(around) + len(segments) > _MOST_AROUND:
        return tour
    near = near_graph(graph, segments, base, around)
    better, bound = glance(near.graph, near.required, near.base, tour.cost)
    # What no tour among some streets beats, one elsewhere may.
    bound = max(bound, tour.bound) if len(around) == len(graph.links.a) else tour.bound
    if better is None:
        return replace(tour, bound=bound)
    if near.graph.symmetric:
        better = turned(near.graph, better)
    return _PartTour.of(graph, near.expanded(graph, better), bound)


def _deep(
    city: ReducedGraphs, segments: NDArray[np.int64], tour: _PartTour, effort: Effort
) -> _PartTour:
    """Go on from a tour of the fast depth to the final one."""
    graph = city.graph
    if effort.near(tour.cost, tour.bound):
        return tour
    if not effort.rounds_for(len(segments) * (1 if graph.symmetric else 2)):
        return tour
    near = city.nested(segments)
    if not effort.rounds_for(near[0].columns):
        return tour
    small = near[0].graph
    better, bound = improve(small, near[0].required, near[0].base, tour.cost, effort)
    if math.isinf(bound):
        # No legal tour exists: what one would take at least stays a figure.
        return tour
    bound = max(bound, tour.bound)
    if better is None:
        return replace(tour, bound=bound)
    if small.symmetric and not graph.symmetric:
        better = turned(small, better)
    for inner, outer in zip(near, (*(each.graph for each in near[1:]), graph), strict=True):
        better = inner.expanded(outer, better)
    return _PartTour.of(graph, better, bound)
