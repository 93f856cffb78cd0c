"""Traversals: segments as a tour passes them, each row one traversal, in no order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.coverage.graph import TravelGraph

__all__ = ["Traversals", "over_links"]


@dataclass(frozen=True, eq=False)
class Traversals(Record):
    """Segments as they are passed, each row one traversal, in no order.

    Attributes
    ----------
    segment
        int64, shape (k,): the segment.
    forward
        bool, shape (k,): True from u to v.
    patrol
        bool, shape (k,): True on the first pass of a required segment.
    """

    segment: NDArray[np.int64]
    forward: NDArray[np.bool_]
    patrol: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        for array in (self.segment, self.forward, self.patrol):
            array.flags.writeable = False

    @classmethod
    def of(
        cls, segments: NDArray[np.int64], forward: NDArray[np.bool_], deadhead: Traversals
    ) -> Traversals:
        """Join the first pass of required segments and the deadhead.

        Parameters
        ----------
        segments, forward
            Shape (k,): the required segments and the direction of their first pass.
        deadhead
            What is passed besides.

        Returns
        -------
        Traversals
            Both.
        """
        first = np.ones(len(segments), dtype=bool)
        return cls.concatenated((cls(segments, forward, first), deadhead))

    @classmethod
    def concatenated(cls, parts: Sequence[Traversals]) -> Traversals:
        """Join traversals one after the other.

        Parameters
        ----------
        parts
            Any number of them.

        Returns
        -------
        Traversals
            All.
        """
        return cls(
            np.concatenate([np.empty(0, dtype=np.int64), *(part.segment for part in parts)]),
            np.concatenate([np.empty(0, dtype=bool), *(part.forward for part in parts)]),
            np.concatenate([np.empty(0, dtype=bool), *(part.patrol for part in parts)]),
        )

    def cost(self, graph: TravelGraph) -> NDArray[np.float64]:
        """Return the ticks of each traversal.

        Parameters
        ----------
        graph
            The graph that it runs on.

        Returns
        -------
        ndarray of float64, shape (k,)
            Infinite where the direction is closed.
        """
        there = np.where(
            self.patrol, graph.patrol_forward[self.segment], graph.forward[self.segment]
        )
        back = np.where(
            self.patrol, graph.patrol_backward[self.segment], graph.backward[self.segment]
        )
        cost: NDArray[np.float64] = np.where(self.forward, there, back)
        return cost


def over_links(graph: TravelGraph, tail: NDArray[np.int64], head: NDArray[np.int64]) -> Traversals:
    """Pass from junction to neighbouring junction by the cheapest path.

    Parameters
    ----------
    graph
        The mode's travel graph.
    tail, head
        int64, shape (k,): where each step starts and ends, a link between them.

    Returns
    -------
    Traversals
        Transit, one row for each step.
    """
    found, up = graph.links.between(tail, head), tail < head
    segment = np.where(up, graph.links.segment_there[found], graph.links.segment_back[found])
    return Traversals(segment, graph.u[segment] == tail, np.zeros(len(segment), dtype=bool))
