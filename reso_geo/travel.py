"""TravelTimes: seconds per segment by mode, direction, patrol or transit, and season.

The only place where a length is divided by a pace. All times are whole milliseconds: sums of them
are exact, and so is every comparison between a tour and its bound.
"""

from __future__ import annotations

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


@dataclass(frozen=True)
class TravelTimes:
    """Seconds per segment, arrays of shape (m,), infinite where a way is not open; read-only.

    Attributes
    ----------
    season
        ``summer`` or ``winter``.
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
        Seconds in whole milliseconds.

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

    def at_pace(pace_kmh: float) -> NDArray[np.float64]:
        seconds: NDArray[np.float64] = np.round(network.length_m / (pace_kmh / 3.6), 3)
        return np.maximum(seconds, 0.001)

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
        foot_s=np.where(network.foot, walk, np.inf),
        foot_patrol_s=np.where(network.foot, walk_patrol, np.inf),
        bike_forward_s=by_bike(network.bike_forward, ride, walk),
        bike_backward_s=by_bike(network.bike_backward, ride, walk),
        bike_patrol_forward_s=by_bike(network.bike_forward, ride_patrol, walk_patrol),
        bike_patrol_backward_s=by_bike(network.bike_backward, ride_patrol, walk_patrol),
    )
