"""Streets of the page: the lines of all its plans, each once, with their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.maps.web.safe_json import chain, runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.maps.web.geometry import PageGrid
    from reso_geo.plan import Plan

__all__ = ["PageStreets", "sheet_of"]

_STREET_M = 0.5
"""How far a drawn line may be from the real one."""


@dataclass(frozen=True)
class PageStreets:
    """The streets of a page, numbered in the order in which they are drawn.

    Attributes
    ----------
    names
        Every name once.
    name
        Which of them each street has, as runs.
    step, points
        The lines, as `reso_geo.maps.web.safe_json.chain` writes them.
    at
        For each plan the number of each of its segments, shape (m,), or -1.
    beat
        For each plan the beat of each street, -1 for none, as runs.
    waiting
        For each plan the streets that wait for an officer, ascending, as steps.
    """

    names: list[str]
    name: list[int]
    step: list[int]
    points: list[int]
    at: tuple[NDArray[np.int64], ...]
    beat: tuple[list[int], ...]
    waiting: tuple[list[int], ...]


def sheet_of(
    plans: Sequence[Plan], grid: PageGrid, besides: Sequence[Sequence[NDArray[np.int64]]]
) -> PageStreets:
    """Collect the streets of a page: what some plan covers, and what its tours pass besides.

    Parameters
    ----------
    plans
        All that the page shows.
    grid
        Of the page.
    besides
        For each plan, segments that some tour passes.

    Returns
    -------
    PageStreets
        Ordered by beat and name of the first plan; what later plans add comes after.
    """
    number: dict[str, int] = {}
    lines, named = [], []
    covered = [_covered(plan) for plan in plans]
    waiting = [np.flatnonzero(plan.unserved) for plan in plans]
    passed = [np.unique(np.concatenate([np.empty(0, np.int64), *each])) for each in besides]
    for plan, segments in zip((*plans, *plans, *plans), (*covered, *waiting, *passed), strict=True):
        network, ids = plan.network, plan.network.segment_id
        fresh = [s for s in segments.tolist() if ids[s] not in number]
        number |= {str(ids[s]): len(number) + k for k, s in enumerate(fresh)}
        simple = shapely.simplify(network.geometry[fresh], _STREET_M)
        xy, of = shapely.get_coordinates(simple, return_index=True)
        cuts = np.searchsorted(of, np.arange(1, len(fresh)))
        if fresh:
            lines += np.split(grid.steps(network.crs, xy), cuts)
        named += [network.name[s] or network.ref[s] for s in fresh]
    step, points = _chained(lines)
    names = {"": 0}
    of_name = [names.setdefault(name, len(names)) for name in named]
    at = tuple(
        np.array([number.get(s, -1) for s in plan.network.segment_id.tolist()], dtype=np.int64)
        for plan in plans
    )
    return PageStreets(
        names=list(names),
        name=runs(np.array(of_name, dtype=np.int64)),
        step=step,
        points=points,
        at=at,
        beat=tuple(
            runs(_beats(plan, covers, where, len(number)))
            for plan, covers, where in zip(plans, covered, at, strict=True)
        ),
        waiting=tuple(
            np.diff(np.sort(where[own]), prepend=0).tolist()
            for own, where in zip(waiting, at, strict=True)
        ),
    )


def _covered(plan: Plan) -> NDArray[np.int64]:
    """List what a plan covers, by beat and name."""
    network, beat_of = plan.network, plan.partition.beat_of
    own = np.flatnonzero(network.required & (beat_of >= 0))
    name = network.name[own].astype(str)
    return own[np.lexsort((own, name, beat_of[own]))]


def _beats(
    plan: Plan, covered: NDArray[np.int64], at: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    beat = np.full(count, -1, dtype=np.int64)
    beat[at[covered]] = plan.partition.beat_of[covered]
    return beat


def _chained(lines: list[NDArray[np.int64]]) -> tuple[list[int], list[int]]:
    of = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    return chain(np.concatenate(lines), of)
