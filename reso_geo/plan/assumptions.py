"""The assumptions of a plan that no citable source gives, and how to name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.settings import LEVELS, SURFACES, SeasonDates
from reso_geo.travel import slopes
from reso_geo.words import say

if TYPE_CHECKING:
    from reso_geo.plan.record import Plan

__all__ = ["assumption_label", "assumption_text", "assumptions_of"]

_SLOPE = ("foot_slope_decay", "foot_best_descent", "bike_climb_loss", "bike_descent_gain",
          "steepest_slope")  # fmt: skip


def assumptions_of(plan: Plan) -> tuple[str, ...]:
    """Name the settings without a citable source that a plan's figures rest on.

    Parameters
    ----------
    plan
        A complete plan.

    Returns
    -------
    tuple of str
        Keys as in the settings file; those of winter only for a plan in winter and its surfaces,
        those of slopes only where elevations are known, that of calls only where they were
        counted.
    """
    unused: tuple[str, ...] = ("foot_observed", "bike_observed")
    if plan.request.season != "winter":
        unused += ("winter_", "bike_season")
    elif not plan.times.ridden.any():
        unused += ("winter_bike_",)
    for surface in set(SURFACES) - set(plan.network.surface.tolist()):
        unused += (f"winter_foot_surface.{surface}", f"winter_bike_surface.{surface}")
    if plan.counts_weeks is None:
        unused += ("count_min",)
    if not np.isfinite(slopes(plan.network)).any():
        unused += _SLOPE
    return tuple(key for key in plan.settings.assumptions() if not key.startswith(unused))


def assumption_label(key: str, lang: str) -> str:
    """Name a setting.

    Parameters
    ----------
    key
        As in the settings file.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    str
        For people.

    Examples
    --------
    >>> assumption_label("winter_foot_surface.ground", "en")
    'Share of the winter pace left on foot: earth, grass or sand'
    """
    setting, _, part = key.partition(".")
    if setting.endswith("_surface"):
        part = say(lang, f"surface.{part}")
    return say(lang, f"assumption.{setting}", {"street": part})


def assumption_text(plan: Plan, key: str, lang: str) -> str:
    """Name a setting with its three figures.

    Parameters
    ----------
    plan
        Whose settings they are.
    key
        As in the settings file.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    str
        For people.
    """
    value = plan.settings.values()[key]
    if isinstance(value, SeasonDates):
        shown = {level: "\u2009\u2013\u2009".join(value.at(level)) for level in LEVELS}
    else:
        shown = {level: f"{value.at(level):g}" for level in LEVELS}
        if lang == "fr":
            shown = {level: figure.replace(".", ",") for level, figure in shown.items()}
    return say(lang, "maps.assumption", {"name": assumption_label(key, lang), **shown})
