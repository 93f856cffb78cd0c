"""The cadence that fits in the time there is."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from reso_geo.assess.remedies.remedy import Fix

if TYPE_CHECKING:
    from reso_geo.assess.evaluation import Case
    from reso_geo.settings import PatrolSettings

__all__ = ["cadence_fix", "with_cadence"]

_STEPS = 100
_LEAST = 0.05


def with_cadence(settings: PatrolSettings, share: float) -> PatrolSettings:
    """Return settings with all cadences multiplied.

    Parameters
    ----------
    settings
        All assumptions.
    share
        Above zero.

    Returns
    -------
    PatrolSettings
        The order of the cadences is the same.
    """
    cadence = {
        name: replace(
            each, low=each.low * share, central=each.central * share, high=each.high * share
        )
        for name, each in settings.cadence.items()
    }
    return replace(settings, cadence=cadence)


def cadence_fix(case: Case) -> Fix | None:
    """Find the share of the cadences asked for that fits for certain.

    Parameters
    ----------
    case
        A sector in one mode and season.

    Returns
    -------
    Fix or None
        ``cadence_share`` in whole per cent, and ``weeks`` between two passes of a street that is
        asked for once a week; judged with it. None where even 5 % does not fit, since visits or
        calls take the time, or no tour exists.
    """
    if not case.verdict.toured:
        return None
    still_s = case.needs.still_s(case.beat, "high")
    moving_s = case.verdict.needed_s[2] - still_s
    room_s = case.verdict.available_s[0] - still_s
    share = math.floor(_STEPS * room_s / moving_s + 1e-9) / _STEPS
    if not _LEAST <= share < 1.0:
        return None
    verdict = case.judged_with(with_cadence(case.needs.settings, share))
    if verdict.verdict != "yes":
        return None
    figures = {"cadence_share": share, "weeks": 1.0 / share, "worst_margin": verdict.margin}
    return Fix("cadence", case.mode, case.season, figures)
