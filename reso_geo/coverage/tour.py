"""The tour itself: passages in an order that a person can follow, and loops that fit a shift.

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

from reso_geo.coverage.pairing import paired
from reso_geo.coverage.passage import Passage, over_links

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.coverage.cover import Cover
    from reso_geo.coverage.graph import TravelGraph

__all__ = ["Loop", "shift_loops", "walk_order"]


@dataclass(frozen=True)
class Loop:
    """A walk or ride from the base and back, its passages in order.

    Attributes
    ----------
    passage
        What is passed, in order; each row starts where the last one ended.
    seconds
        float64, shape (k,): time of each row, talks with people met included.
    """

    passage: Passage
    seconds: NDArray[np.float64]

    @property
    def total_s(self) -> float:
        """Seconds from the base back to the base."""
        return float(self.seconds.sum())


def walk_order(
    graph: TravelGraph, tour: Cover, base: int, bearing: NDArray[np.float64]
) -> tuple[Passage, ...]:
    """Put the passages of a tour in order.

    Parameters
    ----------
    graph
        The mode's ways.
    tour
        From `reso_geo.cover`, with the same base.
    base
        Junction where the first part starts and ends.
    bearing
        float64, shape (m, 2): direction of each segment as one leaves u and as one arrives at v,
        in radians.

    Returns
    -------
    tuple of Passage
        One closed walk from the base; then one for each piece that no way ties to it.

    Raises
    ------
    ValueError
        When there is no tour to put in order: no legal one exists.
    """
    passage = tour.passage
    if not np.isfinite(tour.pass_s):
        message = "a tour that does not exist has no order"
        raise ValueError(message)
    parts = paired(graph, passage, bearing, free=graph.symmetric)
    ordered = []
    for row, forward in parts:
        start = np.where(forward, graph.u[passage.segment[row]], graph.v[passage.segment[row]])
        at_base = np.flatnonzero(start == base)
        turn = -int(at_base[0]) if len(at_base) else 0
        rows = np.roll(row, turn)
        walk = Passage(passage.segment[rows], np.roll(forward, turn), passage.patrol[rows])
        ordered.append((not len(at_base), _patrolled_first(walk)))
    return tuple(walk for _, walk in sorted(ordered, key=lambda part: part[0]))


def _patrolled_first(walk: Passage) -> Passage:
    """Let the patrol of each segment be the first time that it is passed in that direction."""
    key = walk.segment * 2 + walk.forward
    patrolled = np.unique(key[walk.patrol])
    _, first = np.unique(key, return_index=True)
    patrol = np.zeros(len(key), dtype=bool)
    patrol[first] = np.isin(key[first], patrolled)
    return Passage(walk.segment.copy(), walk.forward.copy(), patrol)


def shift_loops(
    graph: TravelGraph, walk: Passage, base: int, shift_s: float, talk_share: float = 0.0
) -> tuple[Loop, ...]:
    """Split a closed walk into loops from the base that each fit a shift, in the least total time.

    Parameters
    ----------
    graph
        The mode's ways.
    walk
        In order, from `walk_order`.
    base
        Junction where every loop starts and ends.
    shift_s
        Seconds that a loop may take.
    talk_share
        Seconds of talk for each second of patrol.

    Returns
    -------
    tuple of Loop
        Together they patrol what the walk patrols. A loop takes longer than `shift_s` only when it
        holds a single patrolled segment that does not fit by itself.
    """
    rows = np.flatnonzero(walk.patrol)
    if not len(rows):
        return ()
    cost = walk.cost(graph) * graph.tick_s * np.where(walk.patrol, 1.0 + talk_share, 1.0)
    sofar = np.concatenate(([0.0], np.cumsum(cost)))
    tail = np.where(walk.forward, graph.u[walk.segment], graph.v[walk.segment])
    head = np.where(walk.forward, graph.v[walk.segment], graph.u[walk.segment])
    out, way_out = dijkstra(graph.ways, indices=base, return_predecessors=True)
    home, way_home = dijkstra(graph.ways.T.tocsr(), indices=base, return_predecessors=True)
    go, back = out[tail[rows]] * graph.tick_s, home[head[rows]] * graph.tick_s
    first = _least_splits(sofar[rows], sofar[rows + 1], go, back, shift_s)
    loops = []
    for start, end in zip(first, [*first[1:], len(rows)], strict=True):
        one, last = rows[start], rows[end - 1]
        middle = slice(one, last + 1)
        passage = Passage.joined(
            (
                _path(graph, way_out, base, int(tail[one]), turned=False),
                Passage(walk.segment[middle], walk.forward[middle], walk.patrol[middle]),
                _path(graph, way_home, base, int(head[last]), turned=True),
            )
        )
        seconds = passage.cost(graph) * graph.tick_s
        loops.append(Loop(passage, seconds * np.where(passage.patrol, 1.0 + talk_share, 1.0)))
    return tuple(loops)


def _least_splits(
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
    go: NDArray[np.float64],
    back: NDArray[np.float64],
    shift_s: float,
) -> list[int]:
    """Give the first patrolled row of each loop: the fewest overlong ones, then the least time."""
    count = len(begin)
    best = np.full(count + 1, np.inf)
    best[count] = 0.0
    follower = np.full(count, count, dtype=np.int64)
    for start in range(count - 1, -1, -1):
        length = go[start] + (end[start:] - begin[start]) + back[start:]
        fits = length <= shift_s
        fits[0] = True
        total = np.where(fits, length + best[start + 1 :], np.inf)
        choice = int(np.argmin(total))
        best[start], follower[start] = total[choice], start + 1 + choice
    first, start = [], 0
    while start < count:
        first.append(start)
        start = int(follower[start])
    return first


def _path(
    graph: TravelGraph, before: NDArray[np.int32], base: int, node: int, *, turned: bool
) -> Passage:
    """Follow a search from the base to a junction, or from there back to the base."""
    nodes: list[int] = [node]
    while nodes[-1] != base:
        nodes.append(int(before[nodes[-1]]))
    way: Sequence[int] = nodes if turned else nodes[::-1]
    step = np.array(way, dtype=np.int64)
    return over_links(graph, step[:-1], step[1:])
