"""What has to be known, or decided, for the time to be enough: a cadence, a share, a pace."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reso_geo.assess.odds import with_chance
from reso_geo.assess.remedies.remedy import Fix
from reso_geo.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from reso_geo.assess.evaluation import Case
    from reso_geo.settings import PatrolSettings, Range

__all__ = ["cadence_fix", "pace_fix", "patrol_share_fix", "with_cadence"]

_STEPS = 100
_LEAST = 0.05
_BESIDE = {"seven_share": 0.7, "eight_share": 0.8, "nine_share": 0.9}
"""Chances whose cadences stand beside each other."""
_MOST = 3.0
"""A range moved farther is another job."""


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
    cadence = {name: _times(each, share) for name, each in settings.cadence.items()}
    return replace(settings, cadence=cadence)


def cadence_fix(case: Case, chance: float | None = None) -> Fix | None:
    """Find the share of the cadences asked for with which the time is enough.

    Parameters
    ----------
    case
        A sector in one mode and season.
    chance
        That is asked; None for that of a yes.

    Returns
    -------
    Fix or None
        ``cadence_share`` in whole per cent, and ``weeks`` between two passes of a street that is
        asked for once a week; the shares for 7, 8 and 9 computations in 10; judged with each. None
        where even 5 % does not fit, since visits or calls take the time, or no tour exists.
    """
    verdict = case.verdict
    share = verdict.odds.cadence_share(verdict.target if chance is None else chance)
    if not (verdict.toured and _LEAST <= share < 1.0):
        return None
    figures = {"cadence_share": share, "weeks": 1.0 / share}
    for name, asked in _BESIDE.items():
        figures[name] = _cadence_for(case, asked)
    return _verified(case, "cadence", with_cadence, share, figures, chance)


def _cadence_for(case: Case, chance: float) -> float:
    """Return the share of the cadences that has a chance, in whole per cent, at most all of it."""
    steps = min(_STEPS, round(_STEPS * case.verdict.odds.cadence_share(chance)))
    while steps:
        again = case.judged_with(with_cadence(case.needs.settings, steps / _STEPS))
        if again.chance >= chance:
            break
        steps -= 1
    return steps / _STEPS


def patrol_share_fix(case: Case, chance: float | None = None) -> Fix | None:
    """Find the share of the shift spent on patrol with which the time is enough.

    Parameters
    ----------
    case
        A sector in one mode and season.
    chance
        That is asked; None for that of a yes.

    Returns
    -------
    Fix or None
        ``patrol_share``, central, the whole range moved in proportion; judged with it.
        Beside it the usual one, with its range. None where it would be more than the shift, or no
        tour exists.
    """
    margins = case.verdict.odds.margins
    times = math.ceil(-_STEPS * _sure(case, margins - 1.0, chance) - 1e-9) / _STEPS
    usual = case.needs.settings.patrol_share
    if not times > 1.0 or usual.high * times > 1.0:
        return None

    def with_share(settings: PatrolSettings, times: float) -> PatrolSettings:
        return replace(settings, patrol_share=_times(settings.patrol_share, times))

    figures = {
        "patrol_share": usual.central * times,
        "usual_share": usual.central,
        "usual_share_low": usual.low,
        "usual_share_high": usual.high,
    }
    return _verified(case, "patrol_share", with_share, times, figures, chance)


def pace_fix(case: Case, chance: float | None = None) -> Fix | None:
    """Find the pace with which the time is enough.

    Parameters
    ----------
    case
        A sector in one mode and season.
    chance
        That is asked; None for that of a yes.

    Returns
    -------
    Fix or None
        ``pace_kmh`` on patrol, central, both ranges of the mode moved in proportion; toured again
        and judged with it. Beside it the usual one, with its range. None where nobody keeps that
        pace, or no tour exists.
    """
    shares = case.verdict.odds.cadence_shares
    times = math.ceil(_STEPS / _sure(case, shares, chance) - 1e-9) / _STEPS
    names = [f"{case.mode}_{part}_kmh" for part in ("patrol", "transit")]
    if not 1.0 < times <= _MOST:
        return None

    def with_pace(settings: PatrolSettings, times: float) -> PatrolSettings:
        paces: dict[str, Any] = {name: _times(getattr(settings, name), times) for name in names}
        return replace(settings, **paces)

    try:
        if len(with_pace(case.needs.settings, times).doubts()) > len(case.needs.settings.doubts()):
            return None
    except SettingsError:
        return None
    pace: Range = getattr(case.needs.settings, names[0])
    figures = {
        "pace_kmh": pace.central * times,
        "usual_kmh": pace.central,
        "usual_kmh_low": pace.low,
        "usual_kmh_high": pace.high,
    }
    return _verified(case, "pace", with_pace, times, figures, chance)


def _times(value: Range, share: float) -> Range:
    return replace(
        value, low=value.low * share, central=value.central * share, high=value.high * share
    )


def _sure(case: Case, figures: NDArray[np.float64], chance: float | None) -> float:
    """Return the figure that is reached with the chance; a figure that does nothing for none."""
    if not case.verdict.toured:
        return 1.0
    found = with_chance(figures, case.verdict.target if chance is None else chance)
    return found or 1.0


def _verified(
    case: Case,
    kind: str,
    changed: Callable[[PatrolSettings, float], PatrolSettings],
    times: float,
    figures: dict[str, float],
    chance: float | None,
) -> Fix | None:
    """Judge a sector with other settings, and return what is told of them where they do."""
    verdict = case.judged_with(changed(case.needs.settings, times))
    if verdict.chance < (verdict.target if chance is None else chance):
        return None
    told = {**figures, "worst_chance": verdict.chance, "worst_margin": verdict.margin}
    return Fix(kind, case.mode, case.season, told)
