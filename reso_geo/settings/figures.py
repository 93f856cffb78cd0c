"""The figures of settings alone, to tell whether what was measured with them still holds."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from reso_geo.fingerprint import fingerprint
from reso_geo.settings.values import Range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reso_geo.settings.patrol_settings import PatrolSettings

__all__ = ["ranges_of", "settings_fingerprint", "settings_toml", "travel_figures"]

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


def ranges_of(settings: PatrolSettings) -> dict[str, Range]:
    """Return the values that are figures with a range: all but the dates of the season.

    Parameters
    ----------
    settings
        All assumptions.

    Returns
    -------
    dict of str to Range
        By key, in the order of the settings file.
    """
    values = settings.values().items()
    return {key: value for key, value in values if isinstance(value, Range)}


def settings_toml(ranges: Mapping[str, Range]) -> str:
    """Write ranges as a settings file.

    Parameters
    ----------
    ranges
        By key.

    Returns
    -------
    str
        TOML, each range with its unit and source.
    """
    lines = []
    for key, value in ranges.items():
        lines.append(f"[{key}]")
        told = {name: part for name, part in asdict(value).items() if part != ""}
        lines += [f"{name} = {json.dumps(part, ensure_ascii=False)}" for name, part in told.items()]
        lines.append("")
    return "\n".join(lines)


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
