"""The balanced network Voronoi diagram: connected, compact cells of wanted weight.

Every junction goes to the base that is nearest on foot, counting an offset per base; a cell is
connected because the path to its base stays in it. Of all ways to give a region's weight to given
bases in wanted shares, such a diagram walks least: offsets are the prices of a transport problem
(Cohen-Addad, Klein and Young 2018 in the plane, here on a street network). They are found by
Newton's method: where two cells meet in a street, an offset moves the meeting point by half of
itself, so that the weight on such streets is the derivative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.districting.region import Region

__all__ = ["Diagram", "balanced", "offsets_of", "walk_inside"]

_LEAST_GAIN = 0.995
"""Newton's method goes on where a step leaves less than this part of the error."""
_LEAST_DAMPING = 0.03
"""It ends where even so small a part of a step leaves more."""
_SHORTEST_M = 5.0
"""A shorter street where beats meet would promise a step without end."""


@dataclass(frozen=True)
class Diagram:
    """Cells around bases.

    Attributes
    ----------
    base
        int64, shape (k,): junction of each cell's base.
    offset_m
        float64, shape (k,): counted on top of each walk from the base; the least is zero.
    at_u, at_v
        int64, shape (s,): cell of each segment's ends.
    share_u
        float64, shape (s,): part of the segment that lies on the side of u, where cells meet.
    walk_m
        float64, shape (n,): walk of each junction from the base of its cell.
    weight
        float64, shape (k,): weight of each cell.
    """

    base: NDArray[np.int64]
    offset_m: NDArray[np.float64]
    at_u: NDArray[np.int64]
    at_v: NDArray[np.int64]
    share_u: NDArray[np.float64]
    walk_m: NDArray[np.float64]
    weight: NDArray[np.float64]

    @property
    def labels(self) -> NDArray[np.int64]:
        """The cell of each segment: the one that holds its longer part; connected."""
        return np.where(self.share_u >= 0.5, self.at_u, self.at_v)  # noqa: PLR2004 - half


def balanced(
    region: Region,
    start: tuple[NDArray[np.int64], NDArray[np.float64]],
    weight: NDArray[np.float64],
    target: NDArray[np.float64],
    rounds: int,
) -> Diagram:
    """Find the offsets that give each base's cell its wanted weight, as far as they can.

    Parameters
    ----------
    region
        The streets.
    start
        Junction of each base, int64, shape (k,), all different; and the offsets to begin with,
        float64, shape (k,).
    weight
        float64, shape (s,): what each segment counts for.
    target
        float64, shape (k,): wanted weight of each cell, positive; sums to all weight.
    rounds
        How many diagrams to look at.

    Returns
    -------
    Diagram
        The best of them.
    """
    base, offset = start
    best = _diagram(region, base, offset, weight)
    error = _error(best, target)
    step, damping = _newton_step(region, best, weight, target), 1.0
    for _ in range(rounds - 1):
        moved = best.offset_m + damping * step
        tried = _diagram(region, base, moved - moved.min(), weight)
        if _error(tried, target) < _LEAST_GAIN * error:
            best, error = tried, _error(tried, target)
            step, damping = _newton_step(region, best, weight, target), min(1.0, 1.6 * damping)
        elif (damping := 0.4 * damping) < _LEAST_DAMPING:
            break
    return best


def _error(diagram: Diagram, target: NDArray[np.float64]) -> float:
    return float(np.square(diagram.weight / target - 1.0).mean())


def _diagram(
    region: Region,
    base: NDArray[np.int64],
    offset: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> Diagram:
    nodes, count = len(region.xy), len(base)
    low, high, cost = region.simple_edges
    ends = (
        np.concatenate((low, high, np.full(count, nodes))),
        np.concatenate((high, low, base)),
    )
    # An arc of no cost would read as "no path".
    costs = np.concatenate((cost, cost, offset + 1e-6))
    graph = csr_array(coo_array((costs, ends), shape=(nodes + 1, nodes + 1)))
    away, before = dijkstra(graph, indices=nodes, return_predecessors=True)
    away, before = away[:nodes], before[:nodes]
    root = np.where(before == nodes, np.arange(nodes), before)
    while not np.array_equal(onward := root[root], root):
        root = onward
    number = np.full(nodes, -1, dtype=np.int64)
    number[base] = np.arange(count)
    labels = number[root]
    at_u, at_v = labels[region.u], labels[region.v]
    length = np.maximum(region.cost_m, 1e-3)
    share = np.clip((away[region.v] - away[region.u] + length) / (2.0 * length), 0.0, 1.0)
    share = np.where(at_u == at_v, 1.0, share)
    held = np.zeros(count)
    held += np.bincount(at_u, weight * share, count)
    held += np.bincount(at_v, weight * (1.0 - share), count)
    return Diagram(
        base=base,
        offset_m=offset,
        at_u=at_u,
        at_v=at_v,
        share_u=share,
        walk_m=away - offset[labels],
        weight=held,
    )


def offsets_of(
    region: Region, labels: NDArray[np.int64], base: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the offsets whose diagram comes nearest to some cells.

    Where two cells meet, the walks from both bases should be as long, offsets counted: a system of
    one equation a meeting, solved by least squares.

    Parameters
    ----------
    region
        The streets.
    labels
        int64, shape (s,): cell of each segment.
    base
        int64, shape (k,): junction of each cell's base.

    Returns
    -------
    ndarray of float64, shape (k,)
        Metres; the least is zero.
    """
    count, nodes = len(base), len(region.xy)
    held, walk = _walks_inside(region, labels, base)
    node, here = np.divmod(held, count)
    pair = np.flatnonzero((node[:-1] == node[1:]) & np.isfinite(walk[:-1] + walk[1:]))
    slope, pull = np.zeros((count, count)), np.zeros(count)
    one, two = here[pair], here[pair + 1]
    gap = np.clip(walk[pair + 1] - walk[pair], -nodes * 1e3, nodes * 1e3)
    np.add.at(slope, (np.concatenate((one, two)), np.concatenate((two, one))), -1.0)
    np.add.at(pull, one, gap)
    np.add.at(pull, two, -gap)
    slope[np.arange(count), np.arange(count)] = -slope.sum(axis=1) + 1e-9
    offset = np.zeros(count)
    offset += np.linalg.lstsq(slope, pull, rcond=None)[0]
    offset -= offset.min()
    return offset


def walk_inside(
    region: Region, labels: NDArray[np.int64], base: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the walk to both ends of each segment from its cell's base, inside of the cell.

    Parameters
    ----------
    region
        The streets.
    labels
        int64, shape (s,): cell of each segment.
    base
        int64, shape (k,): junction of each cell's base.

    Returns
    -------
    tuple of ndarray of float64, shape (s,)
        Metres to u and to v.
    """
    held, walk = _walks_inside(region, labels, base)
    at_u = np.searchsorted(held, region.u * len(base) + labels)
    at_v = np.searchsorted(held, region.v * len(base) + labels)
    return walk[at_u], walk[at_v]


def _walks_inside(
    region: Region, labels: NDArray[np.int64], base: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the places (junction times count, plus cell) that cells hold, and the walk to each."""
    count = len(base)
    keys = np.concatenate((region.u, region.v)) * count + np.tile(labels, 2)
    held, place = np.unique(keys, return_inverse=True)
    u, v = place[: len(region)], place[len(region) :]
    inside = csr_array(coo_array((region.cost_m + 1e-6, (u, v)), shape=(len(held), len(held))))
    wanted = base * count + np.arange(count)
    start = np.minimum(np.searchsorted(held, wanted), len(held) - 1)
    start = start[held[start] == wanted]
    return held, dijkstra(inside, directed=False, indices=start, min_only=True)


def _newton_step(
    region: Region,
    diagram: Diagram,
    weight: NDArray[np.float64],
    target: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the change of offsets that would even the weights if streets went on for ever."""
    count = len(target)
    meet = np.flatnonzero(diagram.at_u != diagram.at_v)
    one, two = diagram.at_u[meet], diagram.at_v[meet]
    rate = np.maximum(weight[meet], 1e-6 * target.mean())
    rate /= 2.0 * np.maximum(region.cost_m[meet], _SHORTEST_M)
    slope = np.zeros((count, count))
    np.add.at(slope, (np.concatenate((one, two)), np.concatenate((two, one))), np.tile(-rate, 2))
    total = -slope.sum(axis=1)
    slope[np.arange(count), np.arange(count)] = 1.01 * total + 1e-6 * total.mean() + 1e-12
    step = np.linalg.solve(slope, diagram.weight - target)
    reach = 0.4 * float(np.hypot(*np.ptp(region.xy, axis=0))) / np.sqrt(count)
    limited: NDArray[np.float64] = np.clip(step - np.median(step), -reach, reach)
    return limited
