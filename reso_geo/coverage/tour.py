"""The tour itself: traversals in an order that a person can follow, and loops that fit a shift.

At every junction each way in is paired with the way out that turns least; that gives closed trails.
Where two of them meet, two pairs are exchanged at the least extra turning, until one trail is left:
an Euler tour (Hierholzer 1873) that prefers straight on. A long tour is split into loops from the
base by the shortest path over its cut points (route first, cluster second: Beasley 1983).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

from reso_geo.coverage.trail_pairing import paired, tails_and_heads
from reso_geo.coverage.traversals import Traversals, over_links
from reso_geo.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.coverage.cover import Tour
    from reso_geo.coverage.graph import TravelGraph

__all__ = ["Loop", "closed_walks", "patrolled", "shift_loops", "walk_order"]


@dataclass(frozen=True, eq=False)
class Loop(Record):
    """A walk or ride from the base and back, its traversals in order.

    Attributes
    ----------
    steps
        What is passed, in order; each row starts where the last one ended.
    seconds
        float64, shape (k,): time of each row, talks with people met included.
    """

    steps: Traversals
    seconds: NDArray[np.float64]

    @property
    def total_s(self) -> float:
        """Seconds from the base back to the base."""
        return float(self.seconds.sum())


def walk_order(
    graph: TravelGraph, tour: Tour, base: int, bearing: NDArray[np.float64]
) -> tuple[Traversals, ...]:
    """Order the traversals of a tour.

    Parameters
    ----------
    graph
        The mode's travel graph.
    tour
        From `reso_geo.coverage.cover`, with the same base.
    base
        Junction where the first part starts and ends.
    bearing
        float64, shape (m, 2): direction of each segment as one leaves u and as one arrives at v,
        in radians.

    Returns
    -------
    tuple of Traversals
        One closed walk from the base; then one for each part that no path connects to it.

    Raises
    ------
    ValueError
        When there is no tour to put in order: no legal one exists.
    """
    if not np.isfinite(tour.pass_s):
        message = "a tour that does not exist has no order"
        raise ValueError(message)
    steps = tour.steps
    at_base: list[Traversals] = []
    elsewhere: list[Traversals] = []
    for rows, forward in paired(graph, steps, bearing, free=graph.symmetric):
        tail, _ = tails_and_heads(graph, steps.segment[rows], forward)
        starts = np.flatnonzero(tail == base)
        turn = -int(starts[0]) if len(starts) else 0
        order = np.roll(rows, turn)
        walk = Traversals(steps.segment[order], np.roll(forward, turn), steps.patrol[order])
        own = np.unique(walk.segment[walk.patrol])
        walk = patrolled(graph, walk.segment, walk.forward, own)
        (at_base if len(starts) else elsewhere).append(walk)
    return (*at_base, *elsewhere)


def patrolled(
    graph: TravelGraph,
    segment: NDArray[np.int64],
    forward: NDArray[np.bool_],
    required: NDArray[np.int64],
) -> Traversals:
    """Set the patrol of each required segment to the first time that it is passed.

    Where patrol takes another surcharge one way than the other, it is the first time in the
    direction in which it takes less.

    Parameters
    ----------
    graph
        The mode's travel graph.
    segment, forward
        Shape (k,): what is passed, in order, and whether from u to v.
    required
        int64: segments to patrol.

    Returns
    -------
    Traversals
        In the same order; the least time that these traversals can take.
    """
    more, more_back = graph.patrol_more
    surcharge = np.where(forward, more[segment], more_back[segment])
    order = np.lexsort((surcharge, segment))
    first = order[np.unique(segment[order], return_index=True)[1]]
    patrol = np.zeros(len(segment), dtype=bool)
    patrol[first[np.isin(segment[first], required)]] = True
    return Traversals(segment.copy(), forward.copy(), patrol)


def closed_walks(graph: TravelGraph, steps: Traversals) -> tuple[Traversals, ...]:
    """Split traversals in order where one does not start where the one before it ended.

    Parameters
    ----------
    graph
        The mode's travel graph.
    steps
        From `walk_order`, joined.

    Returns
    -------
    tuple of Traversals
        One for each part that no path connects to the others.
    """
    tail, head = tails_and_heads(graph, steps.segment, steps.forward)
    breaks = np.flatnonzero(tail[1:] != head[:-1]) + 1
    parts = (np.split(each, breaks) for each in (steps.segment, steps.forward, steps.patrol))
    return tuple(Traversals(*each) for each in zip(*parts, strict=True) if len(each[0]))


def shift_loops(
    graph: TravelGraph, walk: Traversals, shift_s: float, talk_factor: float = 1.0
) -> tuple[Loop, ...]:
    """Split a closed walk into loops that each fit a shift.

    Parameters
    ----------
    graph
        The mode's travel graph.
    walk
        In order, from `walk_order`; every loop starts and ends where it does.
    shift_s
        Seconds that a loop may take.
    talk_factor
        Seconds on the street, talk included, for each second walked or ridden.

    Returns
    -------
    tuple of Loop
        Together they patrol what the walk patrols, in its order: the fewest loops that do, and of
        those the least time. A loop takes longer than `shift_s` only when it holds a single
        patrolled segment that does not fit by itself.

    Raises
    ------
    ValueError
        When the shift is no number above 0, or the factor none from 1 on.
    """
    if not (0.0 < shift_s < np.inf and 1.0 <= talk_factor < np.inf):
        message = "a shift takes some time, and talk no less than none"
        raise ValueError(message)
    rows = np.flatnonzero(walk.patrol)
    if not len(rows):
        return ()
    tail, head = tails_and_heads(graph, walk.segment, walk.forward)
    base = int(tail[0])
    sofar = np.concatenate(([0.0], np.cumsum(walk.cost(graph))))
    out, before_out = dijkstra(graph.matrix, indices=base, return_predecessors=True)
    home, before_home = dijkstra(graph.matrix.T.tocsr(), indices=base, return_predecessors=True)
    # Talk takes the same share of all time: what fits without it in so much less fits with it.
    shift = shift_s / talk_factor / graph.tick_s
    first = _fewest_splits(sofar[rows], sofar[rows + 1], out[tail[rows]], home[head[rows]], shift)
    loops = []
    for start, end in zip(first, [*first[1:], len(rows)], strict=True):
        one, last = rows[start], rows[end - 1]
        middle = slice(one, last + 1)
        steps = Traversals.concatenated(
            (
                _path(graph, before_out, base, int(tail[one]), turned=False),
                Traversals(walk.segment[middle], walk.forward[middle], walk.patrol[middle]),
                _path(graph, before_home, base, int(head[last]), turned=True),
            )
        )
        loops.append(Loop(steps, steps.cost(graph) * graph.tick_s * talk_factor))
    return tuple(loops)


def _fewest_splits(
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
    go: NDArray[np.float64],
    back: NDArray[np.float64],
    shift: float,
) -> list[int]:
    """Return the first patrolled row of each loop: the fewest loops, of those the least time."""
    count = len(begin)
    loops = np.zeros(count + 1, dtype=np.int64)
    total = np.zeros(count + 1)
    follower = np.full(count, count, dtype=np.int64)
    for start in range(count - 1, -1, -1):
        length = go[start] + (end[start:] - begin[start]) + back[start:]
        fits = np.flatnonzero(length <= shift)
        # A row that does not fit by itself is a loop of its own: none that holds it fits.
        fits = fits if len(fits) else np.array([0])
        after = start + 1 + fits
        time = length[fits] + total[after]
        choice = int(np.lexsort((-after, time, loops[after]))[0])
        follower[start] = after[choice]
        loops[start], total[start] = 1 + loops[after[choice]], time[choice]
    first, start = [], 0
    while start < count:
        first.append(start)
        start = int(follower[start])
    return first


def _path(
    graph: TravelGraph, before: NDArray[np.int32], base: int, node: int, *, turned: bool
) -> Traversals:
    """Follow a search from the base to a junction, or from there back to the base."""
    nodes: list[int] = [node]
    while nodes[-1] != base:
        nodes.append(int(before[nodes[-1]]))
    path: Sequence[int] = nodes if turned else nodes[::-1]
    step = np.array(path, dtype=np.int64)
    return over_links(graph, step[:-1], step[1:])
