"""Draws: every assumption drawn within its range, the same draws for every question.

Scrambled Sobol points fill the ranges more evenly than pseudo-random ones: with 4,096 of them a
share of draws is met to about 0.003.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.atomic_files import data_file
from reso_geo.records import Record
from reso_geo.settings import ranges_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reso_geo.settings import PatrolSettings, Range

__all__ = ["DRAWS", "Draws", "drawn_settings", "draws_of", "held_at"]

DRAWS = 4096
_DIMENSIONS = 64
"""More than there are settings: a class of streets more leaves the draws of the others alone."""
_SCALE = 2.0**30
_NEVER = "_observed_"
_WITH = {"foot_transit_kmh": "foot_patrol_kmh", "bike_transit_kmh": "bike_patrol_kmh"}
"""Who walks briskly does so on patrol and between two streets: one draw for both paces."""


@dataclass(frozen=True, eq=False)
class Draws(Record):
    """The draws of all settings.

    Attributes
    ----------
    values
        float64, shape (draws,), by key of the setting; of shape (1,) where it has no range.
    """

    values: Mapping[str, NDArray[np.float64]]

    def __post_init__(self) -> None:
        """Freeze the draws."""
        for array in self.values.values():
            array.flags.writeable = False
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    def __getitem__(self, key: str) -> NDArray[np.float64]:
        """Return the draws of a setting.

        Parameters
        ----------
        key
            As in the settings file.

        Returns
        -------
        ndarray of float64
            One a draw, or a single one that holds for all.
        """
        return self.values[key]


def drawn_settings(settings: PatrolSettings) -> tuple[str, ...]:
    """List the assumptions that are drawn: those with a range, two paces of a mode as one.

    Parameters
    ----------
    settings
        All assumptions.

    Returns
    -------
    tuple of str
        Keys as in the settings file, in its order; of two paces that of patrol, unless only the
        other one has a range.
    """
    wide = [key for key, value in _numeric(settings).items() if value.low < value.high]
    return tuple(key for key in wide if _WITH.get(key) not in wide)


def draws_of(settings: PatrolSettings) -> Draws:
    """Draw every assumption from the triangular distribution over its range.

    Parameters
    ----------
    settings
        All assumptions.

    Returns
    -------
    Draws
        The same for the same settings.
    """
    points, numeric = _points(), _numeric(settings)
    place = {key: number for number, key in enumerate(numeric)}
    found = {}
    for key, value in numeric.items():
        if value.low == value.high:
            found[key] = np.array([value.central])
        else:
            found[key] = _triangular(points[:, place[_WITH.get(key, key)] % _DIMENSIONS], value)
    return Draws(found)


def held_at(draws: Draws, settings: PatrolSettings, ends: Mapping[str, str]) -> Draws:
    """Hold some assumptions at a figure of their range; the others are drawn as ever.

    Parameters
    ----------
    draws
        Of these settings.
    settings
        All assumptions.
    ends
        ``low``, ``central`` or ``high`` by key of `drawn_settings`.

    Returns
    -------
    Draws
        The paces of a mode are held together.
    """
    held = dict(ends) | {key: ends[other] for key, other in _WITH.items() if other in ends}
    values = ranges_of(settings)
    found = {key: np.array([values[key].at(level)]) for key, level in held.items()}
    return Draws({**draws.values, **found})


def _numeric(settings: PatrolSettings) -> dict[str, Range]:
    """Return the settings that have a place among the draws, whether they have a range or not."""
    return {key: value for key, value in ranges_of(settings).items() if _NEVER not in key}


@cache
def _points() -> NDArray[np.float64]:
    """Return the points, shape (draws, dimensions): those of `scipy.stats.qmc.Sobol`.

    See `scripts/draw_points.py`, which made the file.
    """
    shift, *directions = np.loadtxt(data_file("sobol.csv"), np.int64, delimiter=",", unpack=True)
    number = np.arange(DRAWS)
    gray = number ^ (number >> 1)
    whole = np.tile(shift, (DRAWS, 1))
    for bit, direction in enumerate(directions):
        whole[(gray >> bit) & 1 == 1] ^= direction
    points: NDArray[np.float64] = whole / _SCALE
    points.flags.writeable = False
    return points


def _triangular(share: NDArray[np.float64], value: Range) -> NDArray[np.float64]:
    """Return the figures below which these shares of a triangular distribution lie."""
    low, central, high = value.low, value.central, value.high
    rising = low + np.sqrt(share * (high - low) * (central - low))
    falling = high - np.sqrt((1.0 - share) * (high - low) * (high - central))
    return np.where(share * (high - low) < central - low, rising, falling)
