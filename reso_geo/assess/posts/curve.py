"""The curve of the worst margin over the number of posts."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["CurvePoint", "best_so_far", "knee_of", "total_curve"]


@dataclass(frozen=True)
class CurvePoint:
    """One number of posts.

    Attributes
    ----------
    posts
        How many.
    worst_margin
        The best worst margin found with so many or fewer; None where each cut had a beat that no
        tour covers.
    beats_ok
        How many beats have the verdict yes in the cut that was tried with so many.
    verdicts
        How many have each verdict, in the order of `reso_geo.assess.VERDICTS`.
    """

    posts: int
    worst_margin: float | None
    beats_ok: int
    verdicts: tuple[int, int, int] = (0, 0, 0)

    @property
    def rank(self) -> float:
        """The margin to compare by: below all others where there is none."""
        return -math.inf if self.worst_margin is None else self.worst_margin


def best_so_far(points: Sequence[CurvePoint]) -> tuple[CurvePoint, ...]:
    """Assign each point the best margin up to it, so that it never falls.

    Parameters
    ----------
    points
        By posts, ascending.

    Returns
    -------
    tuple of CurvePoint
        As many, in the same order.
    """
    best: Iterable[CurvePoint] = accumulate(points, partial(max, key=attrgetter("rank")))
    return tuple(
        replace(point, worst_margin=other.worst_margin)
        for point, other in zip(points, best, strict=True)
    )


def total_curve(
    cities: Sequence[Sequence[CurvePoint]], needed: Sequence[int | None]
) -> tuple[CurvePoint, ...]:
    """Add up the curves of cities: for each margin, the fewest posts that reach it everywhere.

    Parameters
    ----------
    cities
        The curve of each, at least one point.
    needed
        The posts at which every beat of the city passes: their sum is a point of its own.

    Returns
    -------
    tuple of CurvePoint
        By posts, ascending; the margin never falls.
    """
    found: dict[int, CurvePoint] = {}
    for margin in sorted({point.rank for curve in cities for point in curve}):
        picked = [next((p for p in curve if p.rank >= margin), None) for curve in cities]
        known = [point for point in picked if point is not None]
        if len(known) < len(picked):
            break
        point = _together(known)
        found[point.posts] = point
    at_need = [
        point
        for curve, posts in zip(cities, needed, strict=True)
        for point in curve
        if point.posts == posts
    ]
    if len(at_need) == len(cities):
        point = _together(at_need)
        found[point.posts] = point
    return best_so_far([found[posts] for posts in sorted(found)])


def _together(points: Sequence[CurvePoint]) -> CurvePoint:
    return CurvePoint(
        sum(point.posts for point in points),
        min(points, key=lambda point: point.rank).worst_margin,
        sum(point.beats_ok for point in points),
        tuple(map(sum, zip(*(point.verdicts for point in points), strict=True))),  # type: ignore[arg-type]
    )


def knee_of(points: Sequence[CurvePoint]) -> int | None:
    """Find where a curve bends most: the point farthest above the line between its ends.

    Parameters
    ----------
    points
        By posts, ascending.

    Returns
    -------
    int or None
        Its posts; None where no point lies above that line.
    """
    known = [point for point in points if point.worst_margin is not None]
    if not known or known[-1].rank <= known[0].rank:
        return None
    first, last = known[0], known[-1]
    wide, high = last.posts - first.posts, last.rank - first.rank
    above = [
        ((point.rank - first.rank) / high - (point.posts - first.posts) / wide) for point in known
    ]
    return known[above.index(max(above))].posts if max(above) > 0.0 else None
