"""All beats of a region divide their streets again, each round by the last measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.districting.borders.search import BorderSearch
from reso_geo.districting.starts import above_zero

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reso_geo.districting.moves import Previous
    from reso_geo.districting.state import SearchState

__all__ = ["divide_all"]

_PATIENCE = 2
"""Rounds in a row that bring nothing, the most: one may worsen what the next one mends."""


def divide_all(
    state: SearchState,
    wanted_s: Callable[[], NDArray[np.float64]],
    cost: Callable[[], float],
    done: Callable[[], bool],
    rounds: int,
    previous: Previous | None = None,
) -> None:
    """Divide the streets of all neighbours again, loads above all, and keep the best of it.

    Parameters
    ----------
    state
        The beats, measured; changed in place.
    wanted_s
        Returns what each beat should have by the last measures, float64, shape (k,), in seconds per
        week or any part of them.
    cost
        Returns what all beats cost by the last measures.
    done
        Whether they are good enough.
    rounds
        How often, at most.
    previous
        Who held the streets before; None where that does not matter.
    """
    assignment, idle = state.assignment, 0
    best = cost(), assignment.labels()
    for _ in range(rounds):
        if idle == _PATIENCE or state.rules.late or done():
            break
        share, was = wanted_s(), assignment.labels()
        search = BorderSearch(
            assignment.region,
            above_zero(state.weight_s),
            share / share.sum(),
            state.rules.strict,
            state.bases,
            previous,
        )
        state.restore(search.run(was, 1))
        if np.array_equal(assignment.labels(), was):
            break
        now = cost(), assignment.labels()
        best, idle = (now, 0) if now[0] < best[0] else (best, idle + 1)
    state.restore(best[1])
