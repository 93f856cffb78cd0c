"""The number of posts that no cut can do with fewer of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess.odds import DRAWS, with_chance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.assess.time_budget import Needs
    from reso_geo.coverage import TravelGraph

__all__ = ["fewest_for", "streets_fit"]


def fewest_for(graph: TravelGraph, needs: Needs, segments: NDArray[np.int64], chance: float) -> int:
    """Compute a number of posts below which some beat must fail, however streets are cut.

    Street loads are conserved; deadhead is left out. In each draw a beat asks at least its central
    street load times the factor of the kind of load that the draw makes least of. A beat that has
    time enough with the chance has it in the draws in which that factor, over the time of a post,
    is at its quantile or above: its central load is then no more than one over that quantile, and
    so is the mean of all.

    Parameters
    ----------
    graph
        The mode's travel graph.
    needs
        For that mode.
    segments
        int64, shape (k,): required segments, at least one.
    chance
        That each beat must have of time enough.

    Returns
    -------
    int
        At least 1: a proven bound for beats that start on the main part of the ways. Streets
        outside that part may be set aside and are not counted.
    """
    group = graph.round_trip[graph.u[segments]]
    there = np.isfinite(graph.least_patrol[segments])
    there &= group == graph.round_trip[graph.v[segments]]
    most = 1
    for each in np.unique(group[there]).tolist():
        loads, rates = _by_part(needs, segments[there & (group == each)])
        walked = np.arange(len(loads)) < len(loads) - 2
        for some in (walked, np.ones(len(loads), dtype=bool)):
            usual = rates[some].mean(axis=1) * (loads[some] > 0.0)
            if not (held := usual > 0.0).any():
                continue
            least = (rates[some][held] / usual[held, np.newaxis]).min(axis=0)
            of_post = -with_chance(-least / needs.factors.post_s, chance)
            asked_s = float(loads[some][held] @ usual[held])
            most = max(most, math.ceil(asked_s * of_post - 1e-9))
    return most


def streets_fit(needs: Needs, segments: NDArray[np.int64], posts: int, chance: float) -> bool:
    """Return whether street loads alone leave the chance open, without any deadhead.

    Parameters
    ----------
    needs
        For the mode.
    segments
        int64, shape (k,): required segments.
    posts
        How many posts hold them.
    chance
        That is asked.

    Returns
    -------
    bool
        False where no tour can do.
    """
    loads, rates = _by_part(needs, segments)
    return bool((loads @ rates <= posts * needs.factors.post_s).mean() >= chance)


def _by_part(
    needs: Needs, segments: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return central seconds per week by part, and the factor of each in each draw.

    Parts are the kinds of way, then visits, then calls.
    """
    load, drawn = needs.load, needs.factors
    walk_s = np.bincount(needs.patrolled[segments], load.walk_s[segments], len(needs.ways.kinds))
    still = load.stop_s[segments].sum(), load.counted_s[segments].sum()
    rates = [*(drawn.talk * drawn.patrol * drawn.cadence), np.ones(1), drawn.call]
    return np.array([*walk_s, *still]), np.stack([np.broadcast_to(r, DRAWS) for r in rates])
