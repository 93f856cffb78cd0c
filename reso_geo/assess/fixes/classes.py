"""Which street class to leave out so that the rest fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess.case import judged_part
from reso_geo.assess.fixes.record import Fix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.assess.case import Case

__all__ = ["class_fix"]

_MOST_SHARE = 0.5


def class_fix(case: Case) -> Fix | None:
    """Find the shortest street class without which a sector is feasible.

    Parameters
    ----------
    case
        A sector in one mode and season.

    Returns
    -------
    Fix or None
        ``highway``, its ``street_km`` and what is left, toured and judged without it. None where
        no class does that makes up half of the streets or less: what is left would be another job.
    """
    network, required = case.sector.network, case.sector.required
    highway, length_m = network.highway[required].astype(str), network.length_m[required]
    classes = sorted((float(length_m[highway == c].sum()), c) for c in np.unique(highway).tolist())
    for metres, dropped in classes:
        left = required[highway != dropped]
        if metres > _MOST_SHARE * length_m.sum() or not _may_fit(case, left):
            continue
        verdict = judged_part(case, left, case.sector.base, case.sector.posts)
        if verdict.verdict == "yes":
            figures = {
                "highway": dropped,
                "street_km": metres / 1000.0,
                "left_km": float(length_m.sum() - metres) / 1000.0,
                "worst_margin": verdict.margin,
            }
            return Fix("drop_class", case.mode, case.season, figures)
    return None


def _may_fit(case: Case, left: NDArray[np.int64]) -> bool:
    """Tell whether the streets that are left fit without any deadhead."""
    street_s = float(case.needs.load["high"].total_s[left].sum())
    return bool(len(left)) and street_s <= case.verdict.available_s[0]
