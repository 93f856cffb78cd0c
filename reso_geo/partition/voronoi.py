"""A compact, connected start: the balanced network Voronoi diagram.

Every junction goes to the base that is nearest on foot, counting an offset per base; a cell is
connected because the path to its base stays in it. Offsets rise for heavy cells and fall for light
ones, and bases move to the middle of their cells (Lloyd), as in balanced centroidal power diagrams
(Cohen-Addad, Klein and Young 2018), here on a street network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.cluster.vq import kmeans2
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Piece", "voronoi_start"]

_LLOYD_ROUNDS = 12
_BALANCE_ROUNDS = 40


@dataclass(frozen=True)
class Piece:
    """A connected piece of a city, with junctions numbered from zero.

    Attributes
    ----------
    segment
        int64, shape (s,): indices into the network.
    u, v
        int64, shape (s,): ends.
    node
        int64, shape (n,): the network's junction of each.
    xy
        float64, shape (n, 2), metres.
    length_m
        float64, shape (s,): the same pace everywhere, so lengths compare as times do.
    load_s
        float64, shape (s,): seconds per week, those of joined pieces on their gateways.
    required
        bool, shape (s,).
    """

    segment: NDArray[np.int64]
    u: NDArray[np.int64]
    v: NDArray[np.int64]
    node: NDArray[np.int64]
    xy: NDArray[np.float64]
    length_m: NDArray[np.float64]
    load_s: NDArray[np.float64]
    required: NDArray[np.bool_]

    @property
    def middle(self) -> NDArray[np.float64]:
        """Middle of each segment's chord, shape (s, 2), metres."""
        return (self.xy[self.u] + self.xy[self.v]) / 2.0


def voronoi_start(
    piece: Piece, share: NDArray[np.float64], seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cut a piece into connected, compact, roughly balanced cells.

    Parameters
    ----------
    piece
        The streets.
    share
        float64, shape (k,): wanted share of the load of each cell, positive, sum one.
    seed
        Of the first bases.

    Returns
    -------
    cell : ndarray of int64, shape (s,)
        Cell of each segment.
    base : ndarray of int64, shape (k,)
        Junction of each cell's base.
    """
    count = len(share)
    base = _first_bases(piece, count, seed)
    reach = float(np.hypot(*np.ptp(piece.xy, axis=0))) / np.sqrt(count)
    scale_m = max(reach, 1.0)
    offset = np.zeros(count)
    best: tuple[float, NDArray[np.int64], NDArray[np.int64]] | None = None
    for turn in range(_LLOYD_ROUNDS + _BALANCE_ROUNDS):
        cell = _cells(piece, base, offset)
        load = np.bincount(cell, weights=piece.load_s, minlength=count)
        off = load / np.maximum(share * load.sum(), 1e-9) - 1.0
        worst = float(np.abs(off).max())
        if turn >= _LLOYD_ROUNDS and (best is None or worst < best[0]):
            best = worst, cell, base.copy()
        if turn < _LLOYD_ROUNDS:
            base = _middles(piece, cell, base)
        step = 0.25 if turn < _LLOYD_ROUNDS else 0.25 / (1.0 + 0.05 * (turn - _LLOYD_ROUNDS))
        offset += step * scale_m * np.clip(off, -1.0, 1.0)
        offset = np.minimum(offset - offset.min(), 2.0 * scale_m)
    if best is None:
        message = "no round of balancing was run"
        raise RuntimeError(message)
    return best[1], best[2]


def _first_bases(piece: Piece, count: int, seed: int) -> NDArray[np.int64]:
    """Spread bases over the load: k-means on the middles of the loaded segments."""
    loaded = np.flatnonzero(piece.required)
    repeat = np.ceil(piece.load_s[loaded] / max(piece.load_s[loaded].mean(), 1e-9)).astype(int)
    points = np.repeat(piece.middle[loaded], np.clip(repeat, 1, 20), axis=0)
    if count < len(loaded):
        middle, _ = kmeans2(points, count, seed=np.random.default_rng(seed), minit="++")
    else:
        middle = piece.middle[loaded]
    tree = cKDTree(piece.xy)
    used: set[int] = set()
    bases = []
    for spot in middle[:count]:
        near = np.atleast_1d(tree.query(spot, k=min(count + 1, len(piece.xy)))[1])
        free = next((int(n) for n in near if int(n) not in used), int(near[0]))
        used.add(free)
        bases.append(free)
    return np.array(bases, dtype=np.int64)


def _cells(piece: Piece, base: NDArray[np.int64], offset: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give each segment the cell of its end that is nearer to a base, offsets counted."""
    nodes, count = len(piece.xy), len(base)
    start = np.concatenate((piece.u, piece.v, np.full(count, nodes)))
    end = np.concatenate((piece.v, piece.u, base))
    cost = np.concatenate((piece.length_m, piece.length_m, offset + 1e-6))
    order = np.lexsort((cost, end, start))
    kept = np.concatenate(([True], (np.diff(start[order]) != 0) | (np.diff(end[order]) != 0)))
    least = order[kept]
    graph = csr_array((cost[least], (start[least], end[least])), shape=(nodes + 1, nodes + 1))
    away, before = dijkstra(graph, indices=nodes, return_predecessors=True)
    root = np.where(before[:nodes] == nodes, np.arange(nodes), before[:nodes])
    while True:
        onward = root[root]
        if np.array_equal(onward, root):
            break
        root = onward
    label = np.full(nodes, -1, dtype=np.int64)
    label[base[::-1]] = np.arange(count)[::-1]
    nearer = np.where(away[piece.u] <= away[piece.v], piece.u, piece.v)
    return label[root[nearer]]


def _middles(piece: Piece, cell: NDArray[np.int64], base: NDArray[np.int64]) -> NDArray[np.int64]:
    """Move each base to the required junction nearest to the middle of its cell's load."""
    moved = base.copy()
    middle, weight = piece.middle, piece.load_s + 1e-6
    for number in range(len(base)):
        own = np.flatnonzero((cell == number) & piece.required)
        if len(own):
            spot = np.average(middle[own], axis=0, weights=weight[own])
            ends = np.concatenate((piece.u[own], piece.v[own]))
            moved[number] = ends[np.argmin(((piece.xy[ends] - spot) ** 2).sum(axis=1))]
    _, first = np.unique(moved, return_index=True)
    doubled = np.setdiff1d(np.arange(len(base)), first)
    moved[doubled] = base[doubled]
    return moved
