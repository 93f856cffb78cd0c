"""The assumptions of a plan that no citable source gives, and how to name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.i18n import Phrase, in_words, say, worded
from reso_geo.settings import LEVELS, SURFACES, SeasonDates
from reso_geo.travel import MODES, slopes

if TYPE_CHECKING:
    from reso_geo.assess import Assessment, PostsNeeded
    from reso_geo.network import StreetNetwork
    from reso_geo.plan.plan import Plan
    from reso_geo.settings import PatrolSettings

__all__ = [
    "assumption_label",
    "assumption_text",
    "assumptions_of",
    "posts_assumptions",
    "season_text",
    "sector_assumptions",
    "setting_phrase",
    "settings_used",
    "source_text",
]

_SLOPE = ("foot_slope_decay", "foot_best_descent", "bike_climb_loss", "bike_descent_gain",
          "steepest_slope")  # fmt: skip
_OBSERVED = ("foot_observed", "bike_observed")
"""What patrols were seen to cover: shown beside verdicts, in no figure of a plan."""


def assumptions_of(plan: Plan) -> tuple[str, ...]:
    """List the settings without a citable source that a plan's figures rest on.

    Parameters
    ----------
    plan
        A complete plan.

    Returns
    -------
    tuple of str
        Keys as in the settings file; those of winter only for a plan in winter and its surfaces,
        those of slopes only where elevations are known, that of calls only where they were
        counted, none of what patrols were seen to cover.
    """
    used = settings_used(plan)
    return tuple(key for key in plan.settings.assumptions() if key in used)


def settings_used(plan: Plan) -> tuple[str, ...]:
    """List the settings that a plan's figures rest on, with a citable source or without.

    Parameters
    ----------
    plan
        A complete plan.

    Returns
    -------
    tuple of str
        Keys as in the settings file, in its order.
    """
    unused = _unused(
        plan.network,
        winter=plan.request.season == "winter",
        ridden=bool(plan.times.ridden.any()),
        counted=plan.counts_weeks is not None,
    )
    unused += _OBSERVED
    return tuple(key for key in plan.settings.values() if not key.startswith(unused))


def sector_assumptions(found: Assessment) -> tuple[str, ...]:
    """List the settings without a citable source that the verdicts of a sector rest on.

    Parameters
    ----------
    found
        From `reso_geo.assess`.

    Returns
    -------
    tuple of str
        Keys as in the settings file, likewise.
    """
    winter = found.judgements.get(("bike", "winter"))
    unused = _unused(
        found.sector.network,
        winter="winter" in found.request.seasons,
        ridden=winter is not None and bool(winter.case.needs.open_m.any()),
        counted=found.sector.counts_per_week is not None,
    )
    other = [mode for mode in MODES if mode not in found.request.modes]
    return _named(found.settings, (*unused, *(f"{mode}_" for mode in other)))


def posts_assumptions(found: PostsNeeded) -> tuple[str, ...]:
    """List the settings without a citable source that a number of posts rests on.

    Parameters
    ----------
    found
        From `reso_geo.posts_needed`.

    Returns
    -------
    tuple of str
        Keys as in the settings file, likewise.
    """
    winter = found.request.season == "winter"
    ridden = winter and found.request.mode == "bike" and bool(found.network.cleared.any())
    unused = _unused(found.network, winter=winter, ridden=ridden, counted=found.counted)
    return _named(found.settings, (*unused, *_OBSERVED))


def _unused(
    network: StreetNetwork, *, winter: bool, ridden: bool, counted: bool
) -> tuple[str, ...]:
    """Return what the keys of settings begin with that figures do not rest on."""
    unused: tuple[str, ...] = ()
    if not winter:
        unused += ("winter_", "bike_season")
    elif not ridden:
        unused += ("winter_bike_",)
    for surface in set(SURFACES) - set(network.surface.tolist()):
        unused += (f"winter_foot_surface.{surface}", f"winter_bike_surface.{surface}")
    if not counted:
        unused += ("count_min",)
    if not np.isfinite(slopes(network)).any():
        unused += _SLOPE
    return unused


def _named(settings: PatrolSettings, unused: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key for key in settings.assumptions() if not key.startswith(unused))


def assumption_label(key: str, lang: str) -> str:
    """Return the label of a setting.

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
    return setting_phrase(key).say(lang)


def setting_phrase(key: str) -> Phrase:
    """Return the label of a setting, in no language yet.

    Parameters
    ----------
    key
        As in the settings file.

    Returns
    -------
    Phrase
        For people.
    """
    setting, _, part = key.partition(".")
    named: Phrase | str = part
    if setting.endswith("_surface"):
        named = Phrase(f"surface.{part}")
    elif setting == "cadence":
        named = in_words("street", part)
    return Phrase(f"assumption.{setting}", {"street": named})


def source_text(settings: PatrolSettings, key: str, lang: str) -> str:
    """Write where the figures of a setting come from.

    Parameters
    ----------
    settings
        All assumptions.
    key
        As in the settings file.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    str
        In the language for what comes with reso_geo; a planner's own words as they stand.
    """
    own = settings.values()[key].source
    return worded(lang, "source", key) if own == worded("en", "source", key) else own


def season_text(dates: SeasonDates, level: str, lang: str) -> str:
    """Write a season.

    Parameters
    ----------
    dates
        Its first and last day.
    level
        ``low``, ``central`` or ``high``.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    str
        With the names of the months.
    """
    first, last = dates.at(level)
    return say(lang, "season.dates", {"first": first, "last": last})


def assumption_text(settings: PatrolSettings, key: str, lang: str) -> str:
    """Describe a setting with its three figures.

    Parameters
    ----------
    settings
        All assumptions.
    key
        As in the settings file.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    str
        For people.
    """
    value = settings.values()[key]
    if isinstance(value, SeasonDates):
        shown = {level: season_text(value, level, lang) for level in LEVELS}
    else:
        shown = {level: f"{value.at(level):g}" for level in LEVELS}
        if lang == "fr":
            shown = {level: figure.replace(".", ",") for level, figure in shown.items()}
    return say(lang, "maps.assumption", {"name": assumption_label(key, lang), **shown})
