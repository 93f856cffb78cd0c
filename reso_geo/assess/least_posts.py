"""The number of posts that no cut can do with fewer of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.assess.time_budget import Needs
    from reso_geo.coverage import TravelGraph

__all__ = ["fewest_for"]


def fewest_for(graph: TravelGraph, needs: Needs, segments: NDArray[np.int64]) -> int:
    """Compute a number of posts below which some beat must fail, however streets are cut.

    Parameters
    ----------
    graph
        The mode's travel graph.
    needs
        For that mode.
    segments
        int64, shape (k,): required segments, at least one.

    Returns
    -------
    int
        At least 1. Street loads are conserved, so this is their sum at high need over the least
        time of a post, deadhead left out: a proven bound for beats that start on the main part of
        the ways. Streets outside that part may be set aside and are not counted.
    """
    load_s = needs.load["high"].total_s[segments]
    group = graph.round_trip[graph.u[segments]]
    there = np.isfinite(graph.least_patrol[segments])
    there &= group == graph.round_trip[graph.v[segments]]
    by_group = np.bincount(group[there], load_s[there]) if there.any() else np.zeros(1)
    return max(1, math.ceil(float(by_group.max()) / needs.settings.available_s("low") - 1e-9))
