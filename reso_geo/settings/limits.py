"""Limits of each setting: beyond them a figure is a slip of the pen, not an assumption."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from reso_geo.errors import SettingsError
from reso_geo.i18n import Phrase
from reso_geo.settings.values import Range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reso_geo.settings.values import SeasonDates

__all__ = ["check_limits", "limits_of"]

_SURFACE, _CADENCE = (1e-9, 1.0), (1e-6, 168.0)
_LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "foot_patrol_kmh": (0.0, 20.0),  # a marathon in world record time
        "foot_transit_kmh": (0.0, 20.0),
        "bike_patrol_kmh": (0.0, 39.5),  # who rides faster sees nothing
        "bike_transit_kmh": (0.0, 60.0),
        "winter_foot_factor": _SURFACE,
        "winter_bike_factor": _SURFACE,
        "winter_foot_surface": _SURFACE,
        "winter_bike_surface": _SURFACE,
        "foot_slope_decay": (1e-9, 20.0),
        "foot_best_descent": (1e-9, 0.5),
        "bike_climb_loss": (1e-9, 1.0),
        "bike_descent_gain": (1e-9, 1.0),
        "steepest_slope": (1e-9, 1.0),
        "shifts_per_week": (1e-9, 21.0),  # three a day
        "shift_h": (1e-9, 24.0),
        "patrol_share": (1e-9, 1.0),
        "contacts_per_patrol_h": (1e-9, 480.0),
        "contact_min": (1e-9, 480.0),  # a shift
        "count_min": (1e-9, 1440.0),  # a day
        "foot_observed_km": (0.01, 100.0),
        "foot_observed_h": (0.01, 24.0),
        "bike_observed_km": (0.01, 500.0),
        "bike_observed_h": (0.01, 24.0),
        "cadence": _CADENCE,  # once an hour, day and night
    }
)


def limits_of(key: str) -> tuple[float, float]:
    """Return the limits of a setting.

    Parameters
    ----------
    key
        As in the settings file, such as ``cadence.residential``.

    Returns
    -------
    tuple of two float
        What its figures lie between, both included, in its own unit.

    Examples
    --------
    >>> limits_of("cadence.residential")
    (1e-06, 168.0)
    """
    return _LIMITS[key.partition(".")[0]]


def check_limits(values: Mapping[str, Range | SeasonDates]) -> None:
    """Refuse a figure that no patrol has.

    Parameters
    ----------
    values
        Settings by key.

    Raises
    ------
    SettingsError
        When one is beyond its limits; names it and the limits.
    """
    for key, value in values.items():
        if not isinstance(value, Range):
            continue
        least, most = limits_of(key)
        if not least <= value.low <= value.high <= most:
            said = {"key": key, "low": f"{value.low:g}", "high": f"{value.high:g}"}
            said |= {"least": f"{least:g}", "most": f"{most:g}"}
            raise SettingsError(Phrase("settings.beyond", said))
