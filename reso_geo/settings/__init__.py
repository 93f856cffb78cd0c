"""PatrolSettings: every pace, cadence, shift and dwell value, with its range, unit and source.

The values stand in ``data/settings.toml``. A user's own TOML file overrides any of them; a key that
does not exist is refused with the nearest one that does.
"""

from reso_geo.settings.figures import (
    ranges_of,
    settings_fingerprint,
    settings_toml,
    travel_figures,
)
from reso_geo.settings.patrol_settings import MOST_TALK_MIN, PatrolSettings
from reso_geo.settings.read import load_settings, parse_settings, settings_of
from reso_geo.settings.rules import OddsRules, SetAsideRules, StreetRules
from reso_geo.settings.tuning import Tuning, count, figure, share
from reso_geo.settings.values import LEVELS, SURFACES, Range, SeasonDates

__all__ = [
    "LEVELS",
    "MOST_TALK_MIN",
    "SURFACES",
    "OddsRules",
    "PatrolSettings",
    "Range",
    "SeasonDates",
    "SetAsideRules",
    "StreetRules",
    "Tuning",
    "count",
    "figure",
    "load_settings",
    "parse_settings",
    "ranges_of",
    "settings_fingerprint",
    "settings_of",
    "settings_toml",
    "share",
    "travel_figures",
]
