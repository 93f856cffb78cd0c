"""Coverage time: the shortest closed tour from a base through every required segment of a beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.coverage.graph import TravelGraph, travel_graph
from reso_geo.coverage.rural import Deadhead, deadhead_of
from reso_geo.coverage.windy import directed_cost_ms

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Cover", "Deadhead", "TravelGraph", "cover", "travel_graph"]


@dataclass(frozen=True)
class Cover:
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
    deadhead
        The edges travelled besides.

    Examples
    --------
    >>> nothing = Deadhead(np.empty(0, int), np.empty(0, int), 0, 0, 1, 0)
    >>> Cover("foot", 110.0, 80.0, 100.0, np.empty(0, int), nothing).exact
    False
    """

    mode: str
    pass_s: float
    patrol_s: float
    lower_bound_s: float
    missed: NDArray[np.int64]
    deadhead: Deadhead

    @property
    def deadhead_s(self) -> float:
        """Seconds that cover nothing new."""
        return self.pass_s - self.patrol_s

    @property
    def exact(self) -> bool:
        """True when tour and bound meet and all of it hangs together (times are exact)."""
        return not self.deadhead.apart and self.pass_s <= self.lower_bound_s

    @property
    def gap(self) -> float:
        """Share of the tour that the bound does not explain."""
        return 1.0 - self.lower_bound_s / self.pass_s if self.pass_s else 0.0


def cover(graph: TravelGraph, segments: NDArray[np.int64], base: int) -> Cover:
    """Find a short closed tour from the base through all segments, with a proven bound.

    On foot, one connected piece is solved exactly by a minimum-weight T-join (Edmonds and Johnson
    1973); several pieces are tied together (Frederickson 1979). By bike the same choice of streets
    is given its best legal directions (Win 1989). Deadhead may use any way of the mode, also
    outside the beat.

    Parameters
    ----------
    graph
        From `travel_graph`.
    segments
        int64, shape (k,): required segments.
    base
        Junction where the tour starts and ends.

    Returns
    -------
    Cover
        Seconds, bound, and the segments that are closed to the mode. Pieces that no way ties to the
        base are toured on their own, and counted in ``deadhead.apart``.

    Raises
    ------
    RuntimeError
        When the answer of the matching library fails its recheck.
    """
    cheapest = np.minimum(graph.patrol_forward_ms[segments], graph.patrol_backward_ms[segments])
    there = np.isfinite(cheapest)
    reached, missed = segments[there], segments[~there]
    deadhead = deadhead_of(graph, reached, base)
    least_ms = float(cheapest[there].sum())
    if graph.mode == "foot":
        pass_ms, patrol_ms = least_ms + deadhead.cost_ms, least_ms
    else:
        pass_ms, patrol_ms = directed_cost_ms(graph, reached, deadhead)
    return Cover(
        mode=graph.mode,
        pass_s=pass_ms * graph.tick_s,
        patrol_s=patrol_ms * graph.tick_s,
        lower_bound_s=(least_ms + deadhead.proven_ms) * graph.tick_s,
        missed=missed,
        deadhead=deadhead,
    )
