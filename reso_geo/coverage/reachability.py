"""What of a beat its mode cannot reach from the base, and how little of it may be set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.network import components
from reso_geo.records import Record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.coverage.graph import TravelGraph

__all__ = ["AsideRule", "Reached", "reached"]

_SAME = 1.0 + 1e-9
"""Sums of lengths may be off by so little."""


@dataclass(frozen=True, eq=False)
class AsideRule(Record):
    """How much of a beat may be set aside where a mode cannot reach it.

    Attributes
    ----------
    length_m
        float64, shape (m,): metres of each segment; read-only.
    most_share
        Of the required length of the beat, for all that is out of reach together.
    most_m
        Metres of each connected part of it.
    """

    length_m: NDArray[np.float64]
    most_share: float
    most_m: float

    def __post_init__(self) -> None:
        """Make the array read-only."""
        self.length_m.flags.writeable = False

    def allows(self, segments: NDArray[np.int64], parts: tuple[NDArray[np.int64], ...]) -> bool:
        """Return whether parts of a beat are little enough to be set aside.

        Parameters
        ----------
        segments
            int64, shape (k,): the required segments of the beat.
        parts
            Connected parts of them.

        Returns
        -------
        bool
            True where all together and each of them are within the limits, both included.
        """
        metres = [float(self.length_m[part].sum()) for part in parts]
        most_m = self.most_share * float(self.length_m[segments].sum())
        return sum(metres) <= most_m * _SAME and max(metres, default=0.0) <= self.most_m * _SAME


@dataclass(frozen=True, eq=False)
class Reached(Record):
    """The required segments of a beat, by what its mode can do with them.

    Attributes
    ----------
    toured
        int64: those that tours go through, in the order given.
    aside
        Connected parts that are set aside, the longest first; tours leave them out.
    beyond
        Connected parts out of reach that are too much to be set aside: then nothing is, and no
        tour covers the beat.
    """

    toured: NDArray[np.int64]
    aside: tuple[NDArray[np.int64], ...] = ()
    beyond: tuple[NDArray[np.int64], ...] = ()

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        for segments in (self.toured, *self.aside, *self.beyond):
            segments.flags.writeable = False


def reached(
    graph: TravelGraph, segments: NDArray[np.int64], base: int, rule: AsideRule | None = None
) -> Reached:
    """Find what of a beat a mode can get to from the base and come back from.

    Parameters
    ----------
    graph
        The mode's travel graph.
    segments
        int64, shape (k,): the required segments of the beat.
    base
        Junction where its tours start and end.
    rule
        What may be set aside; None for nothing.

    Returns
    -------
    Reached
        Parts out of reach are connected where their own segments meet.

    Examples
    --------
    A street of 400 m, and one of 5 m that no path leads to:

    >>> from reso_geo.coverage import TravelGraph
    >>> u, v, ticks = np.array([0, 2]), np.array([1, 3]), np.array([400.0, 5.0])
    >>> graph = TravelGraph("foot", 0.5, 4, u, v, ticks, ticks, ticks, ticks)
    >>> rule = AsideRule(ticks, most_share=0.02, most_m=300.0)
    >>> found = reached(graph, np.array([0, 1]), base=0, rule=rule)
    >>> found.toured.tolist(), [part.tolist() for part in found.aside], found.beyond
    ([0], [[1]], ())
    """
    home = graph.round_trip[base]
    there = np.isfinite(graph.least_patrol[segments])
    there &= graph.round_trip[graph.u[segments]] == home
    there &= graph.round_trip[graph.v[segments]] == home
    if there.all():
        return Reached(segments)
    parts = _connected(graph, segments[~there], rule)
    if rule is not None and there.any() and rule.allows(segments, parts):
        return Reached(segments[there], aside=parts)
    return Reached(segments, beyond=parts)


def _connected(
    graph: TravelGraph, segments: NDArray[np.int64], rule: AsideRule | None
) -> tuple[NDArray[np.int64], ...]:
    """Group segments by where they meet, the longest group first."""
    segments = np.sort(segments)
    nodes, at = np.unique(np.stack((graph.u[segments], graph.v[segments])), return_inverse=True)
    u, v = at.reshape(2, -1)
    label = components(len(nodes), u, v)[u]
    parts = [segments[label == each] for each in np.unique(label)]
    metres = [0.0 if rule is None else float(rule.length_m[part].sum()) for part in parts]
    order = sorted(range(len(parts)), key=lambda k: (-metres[k], int(parts[k][0])))
    return tuple(parts[k] for k in order)
