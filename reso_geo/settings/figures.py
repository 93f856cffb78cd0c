"""The figures of settings alone, to tell whether what was measured with them still holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.fingerprint import fingerprint

if TYPE_CHECKING:
    from reso_geo.settings.patrol_settings import PatrolSettings

__all__ = ["settings_fingerprint", "travel_figures"]

_OF_TRAVEL = (
    "foot_patrol_", "foot_transit_", "foot_slope_", "foot_best_", "bike_patrol_", "bike_transit_",
    "bike_climb_", "bike_descent_", "bike_season", "winter_", "steepest_slope",
)  # fmt: skip


def settings_fingerprint(settings: PatrolSettings) -> str:
    """Compute a digest of all figures: their sources and the street rules do not count.

    Parameters
    ----------
    settings
        All assumptions.

    Returns
    -------
    str
        The same for the same figures.
    """
    odds = settings.odds
    figures = (part for row in _figures(settings) for part in row)
    return fingerprint(*figures, odds.yes_from, odds.no_up_to)


def travel_figures(settings: PatrolSettings) -> tuple[object, ...]:
    """Return the figures that times along the streets depend on.

    Parameters
    ----------
    settings
        All assumptions.

    Returns
    -------
    tuple
        Keys and figures of paces, winter and slopes.
    """
    return tuple(row for row in _figures(settings) if row[0].startswith(_OF_TRAVEL))


def _figures(settings: PatrolSettings) -> list[tuple[str, object, object, object]]:
    return [(key, v.low, v.central, v.high) for key, v in sorted(settings.values().items())]
