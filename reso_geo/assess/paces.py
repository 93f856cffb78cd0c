"""Paces: the shifts of one pass, from paces and stops and from what patrols were seen to cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess.odds import DRAWS, TENTH, percentiles
from reso_geo.assess.time_budget import time_parts
from reso_geo.settings import LEVELS

if TYPE_CHECKING:
    from reso_geo.assess.evaluation import Case

__all__ = ["Paces", "paces_of"]


@dataclass(frozen=True)
class Paces:
    """Shifts of one full pass, said in two ways.

    Attributes
    ----------
    pass_km
        Kilometres of one pass, deadhead included.
    component_shifts
        10th percentile of the draws, central, 90th: from patrol and transit pace, talks with people
        met, and the share of the shift that is patrol. Visits to anchors are not in it.
    observed_shifts
        Low, central, high: from the kilometres that patrols were seen to cover in a shift.
    """

    pass_km: float
    component_shifts: tuple[float, float, float]
    observed_shifts: tuple[float, float, float]

    @property
    def agree(self) -> bool:
        """True when the two ranges meet."""
        component, observed = self.component_shifts, self.observed_shifts
        return component[0] <= observed[2] and observed[0] <= component[2]


def paces_of(case: Case) -> Paces | None:
    """Return the shifts of one pass in both ways.

    Parameters
    ----------
    case
        A sector in one mode and season.

    Returns
    -------
    Paces or None
        None where no legal tour exists, or where the bike is mostly pushed.
    """
    if not case.toured or not np.isfinite(case.beat.once.pass_s):
        return None
    needs = case.needs
    parts, drawn, central = time_parts(needs, case.beat), needs.factors, needs.central
    shifts = np.broadcast_to(parts.drawn(drawn).pass_s / drawn.shift_s, DRAWS)
    usual = float(parts.drawn(central).pass_s[0] / central.shift_s[0])
    low, high = percentiles(shifts, (TENTH, 1.0 - TENTH))
    fewest, often, most = (
        case.pass_km / needs.settings.observed_km(case.mode, level) for level in reversed(LEVELS)
    )
    return Paces(case.pass_km, (low, usual, high), (fewest, often, most))
