"""TravelTimes: seconds per segment by mode, direction, patrol or transit, and season.

The only place where a length is divided by a pace. All times are whole ticks of about half a
millisecond: sums of them are exact, and so is every comparison between a tour and its bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.osm import NO_WAY, RIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.settings import PatrolSettings

__all__ = ["MODES", "SEASONS", "TravelTimes", "travel_times"]

MODES = ("foot", "bike")
SEASONS = ("summer", "winter")

_TICKS_EXPONENT = 10
"""A metre on foot takes between 2 ** 10 and 2 ** 11 ticks."""


@dataclass(frozen=True)
class TravelTimes:
    """Seconds per segment, arrays of shape (m,), infinite where a way is not open; read-only.

    Attributes
    ----------
    season
        ``summer`` or ``winter``.
    tick_s
        Every finite time is a whole multiple of this many seconds, itself a power of two.
    foot_s
        Transit on foot, the same both ways.
    foot_patrol_s
        Patrol on foot, the same both ways.
    bike_forward_s, bike_backward_s
        Transit by bike from u to v and back; at foot pace where the bike is pushed.
    bike_patrol_forward_s, bike_patrol_backward_s
        Patrol by bike, likewise.
    """

    season: str
    tick_s: float
    foot_s: NDArray[np.float64]
    foot_patrol_s: NDArray[np.float64]
    bike_forward_s: NDArray[np.float64]
    bike_backward_s: NDArray[np.float64]
    bike_patrol_forward_s: NDArray[np.float64]
    bike_patrol_backward_s: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        for f in fields(self):
            value = getattr(self, f.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    def transit_s(self, mode: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the transit seconds of a mode, forward and backward.

        Parameters
        ----------
        mode
            ``foot`` or ``bike``.

        Returns
        -------
        tuple of two ndarray of float64, shape (m,)
            From u to v and back.
        """
        if mode == "foot":
            return self.foot_s, self.foot_s
        return self.bike_forward_s, self.bike_backward_s

    def patrol_s(self, mode: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the patrol seconds of a mode, forward and backward.

        Parameters
        ----------
        mode
            ``foot`` or ``bike``.

        Returns
        -------
        tuple of two ndarray of float64, shape (m,)
            From u to v and back.
        """
        if mode == "foot":
            return self.foot_patrol_s, self.foot_patrol_s
        return self.bike_patrol_forward_s, self.bike_patrol_backward_s


def travel_times(
    network: StreetNetwork, settings: PatrolSettings, season: str = "summer", level: str = "central"
) -> TravelTimes:
    """Turn lengths into seconds.

    Parameters
    ----------
    network
        Segments with their legal use.
    settings
        The paces.
    season
        ``summer`` or ``winter``; winter multiplies the paces by the settings' factors.
    level
        Which figure of each pace: ``low`` (slow), ``central`` or ``high`` (fast).

    Returns
    -------
    TravelTimes
        Seconds in whole ticks.

    Examples
    --------
    >>> from reso_geo import load_network, load_settings
    >>> from reso_geo.files import data_file
    >>> network = load_network(data_file("sample/sample.osm.pbf"))
    >>> times = travel_times(network, load_settings())
    >>> bool((times.foot_patrol_s >= times.foot_s)[network.foot].all())
    True
    """
    winter = season == "winter"
    foot_left = settings.winter_foot_factor.at(level) if winter else 1.0
    bike_left = settings.winter_bike_factor.at(level) if winter else 1.0

    tick_s = _tick_s(settings.foot_transit_kmh.at(level))

    def at_pace(pace_kmh: float) -> NDArray[np.float64]:
        ticks = np.round(network.length_m / (pace_kmh / 3.6) / tick_s)
        return np.maximum(ticks, 1.0) * tick_s

    def by_bike(
        use: NDArray[np.int8], ride: NDArray[np.float64], push: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        return np.where(use == RIDE, ride, np.where(use == NO_WAY, np.inf, push))

    walk = at_pace(settings.foot_transit_kmh.at(level) * foot_left)
    walk_patrol = at_pace(settings.foot_patrol_kmh.at(level) * foot_left)
    ride = at_pace(settings.bike_transit_kmh.at(level) * bike_left)
    ride_patrol = at_pace(settings.bike_patrol_kmh.at(level) * bike_left)
    return TravelTimes(
        season=season,
        tick_s=tick_s,
        foot_s=np.where(network.foot, walk, np.inf),
        foot_patrol_s=np.where(network.foot, walk_patrol, np.inf),
        bike_forward_s=by_bike(network.bike_forward, ride, walk),
        bike_backward_s=by_bike(network.bike_backward, ride, walk),
        bike_patrol_forward_s=by_bike(network.bike_forward, ride_patrol, walk_patrol),
        bike_patrol_backward_s=by_bike(network.bike_backward, ride_patrol, walk_patrol),
    )


def _tick_s(pace_kmh: float) -> float:
    """Give the grain of all times: a power of two that goes with the walking pace.

    At twice the pace the grain is half as long, so every time is halved exactly; and sums of
    multiples of a power of two are exact in float64, in any order.
    """
    _, exponent = math.frexp(3.6 / pace_kmh)
    return math.ldexp(1.0, exponent - 1 - _TICKS_EXPONENT)
