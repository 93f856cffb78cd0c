"""The undirected rural postman: deadhead that joins the required pieces and evens every junction.

With one required piece the minimum-weight T-join is the answer (Edmonds and Johnson 1973). With
several, two classical starts are tried (Frederickson 1979): join first and tie what is left apart
by doubled paths, or tie the pieces by a tree and join that. The better one is pruned of pairs of
copies that hold nothing together. The T-join of the required segments alone is a lower bound, since
every closed tour contains one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.network import components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.coverage.graph import TravelGraph

__all__ = ["Deadhead", "deadhead_of"]


@dataclass(frozen=True)
class Deadhead:
    """Edges to travel besides the required segments, so that all is one even, connected graph.

    Attributes
    ----------
    edge
        int64, shape (k,): edges of the travel graph, ascending.
    copies
        int64, shape (k,): how often each is travelled, at least once.
    cost_ms
        What they cost together.
    proven_ms
        No choice costs less.
    pieces
        Connected pieces of the required segments with the base.
    apart
        How many of them no way of the mode ties to the base; each is toured on its own.
    """

    edge: NDArray[np.int64]
    copies: NDArray[np.int64]
    cost_ms: int
    proven_ms: int
    pieces: int
    apart: int


def deadhead_of(graph: TravelGraph, segments: NDArray[np.int64], base: int) -> Deadhead:
    """Find cheap deadhead for a closed tour from the base through all segments.

    Parameters
    ----------
    graph
        The mode's travel graph.
    segments
        int64, shape (k,): required segments.
    base
        Junction where the tour starts and ends.

    Returns
    -------
    Deadhead
        With its proven bound.
    """
    u, v = graph.u[segments], graph.v[segments]
    odd = _odd(graph, u, v)
    join, proven_ms = graph.t_join(odd)
    pieces = _piece_numbers(graph, u, v, base)
    count = int(pieces.max()) + 1
    apart = len(np.unique(graph.component[pieces >= 0])) - 1
    copies = np.zeros(len(graph.a), dtype=np.int64)
    copies[join] = 1
    if count > 1:
        copies = min(
            (_join_then_tie(graph, u, v, base, copies), _tie_then_join(graph, odd, pieces)),
            key=lambda choice: int((choice * graph.cost_ms).sum()),
        )
        copies = _pruned(graph, u, v, base, copies, apart)
    edge = np.flatnonzero(copies)
    cost_ms = int((copies[edge] * graph.cost_ms[edge]).sum())
    return Deadhead(edge, copies[edge], cost_ms, proven_ms, count, apart)


def _odd(graph: TravelGraph, u: NDArray[np.int64], v: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Give the junctions where an odd number of street ends meet (a loop has two)."""
    ends = np.bincount(np.concatenate((u, v)), minlength=graph.node_count)
    odd: NDArray[np.bool_] = ends % 2 == 1
    return odd


def _piece_numbers(
    graph: TravelGraph, u: NDArray[np.int64], v: NDArray[np.int64], base: int
) -> NDArray[np.int64]:
    """Give each junction the piece that streets u-v and the base form there, or -1."""
    node, place = np.unique(np.concatenate((u, v, [base])), return_inverse=True)
    numbers = np.full(graph.node_count, -1, dtype=np.int64)
    numbers[node] = components(len(node), place[: len(u)], place[len(u) : -1])
    return numbers


def _with_copies(
    graph: TravelGraph, u: NDArray[np.int64], v: NDArray[np.int64], copies: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    edges = np.flatnonzero(copies)
    return np.concatenate((u, graph.a[edges])), np.concatenate((v, graph.b[edges]))


def _join_then_tie(
    graph: TravelGraph,
    u: NDArray[np.int64],
    v: NDArray[np.int64],
    base: int,
    join: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Even all junctions first, then walk to what is still apart and back."""
    copies = join.copy()
    pieces = _piece_numbers(graph, *_with_copies(graph, u, v, copies), base)
    if pieces.max() > 0:
        copies[graph.connect(pieces)] += 2
    return copies


def _tie_then_join(
    graph: TravelGraph, odd: NDArray[np.bool_], pieces: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Tie the pieces by a tree of shortest paths first, then even all junctions."""
    tree = graph.connect(pieces)
    ends = np.bincount(np.concatenate((graph.a[tree], graph.b[tree])), minlength=graph.node_count)
    join, _ = graph.t_join(odd ^ (ends % 2 == 1))
    copies = np.zeros(len(graph.a), dtype=np.int64)
    copies[tree] += 1
    copies[join] += 1
    return copies


def _pruned(
    graph: TravelGraph,
    u: NDArray[np.int64],
    v: NDArray[np.int64],
    base: int,
    copies: NDArray[np.int64],
    apart: int,
) -> NDArray[np.int64]:
    """Take out pairs of copies that hold nothing together, dearest first."""
    copies = np.where(copies > 2, 2 - copies % 2, copies)  # noqa: PLR2004 - two copies tie as well
    doubled = np.flatnonzero(copies == 2)  # noqa: PLR2004 - a pair
    for edge in doubled[np.argsort(-graph.cost_ms[doubled], kind="stable")]:
        copies[edge] = 0
        if _piece_numbers(graph, *_with_copies(graph, u, v, copies), base).max() > apart:
            copies[edge] = 2
    return copies
