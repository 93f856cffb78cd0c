"""TravelTimes: seconds per segment by mode, direction, patrol or transit, season, and slope.

The only place where a length is divided by a pace. All times are whole ticks of about half a
millisecond: sums of them are exact, and so is every comparison between a tour and its bound.

Winter slows a mode by what the way is made of. Outside the bike season a bicycle is ridden on the
cleared network only, and pushed elsewhere. Where the elevations of both ends of a segment are
known, its mean slope S changes the pace:

- On foot by Tobler's hiking function (1993), W = 6 exp(-3.5 |S + 0.05|) km/h, taken relative to
  S = 0. A closed tour climbs as much as it descends, so the price of a segment is the mean of its
  times up and down: the same both ways, which keeps the problem on foot undirected.
- By bike by Parkin and Rotheram (2010): 0.4002 m/s slower for each 1 % of climb and 0.2379 m/s
  faster for each 1 % of descent than the 6.01 m/s on the flat, taken relative to the latter. Where
  riding up would be slower than walking, the bike goes at foot pace.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from reso_geo.choices import in_a_row
from reso_geo.errors import NetworkError, SettingsError
from reso_geo.i18n import Phrase
from reso_geo.osm import NO_WAY, PUSH, RIDE
from reso_geo.records import FieldCheck, Record, usual_length
from reso_geo.settings import ranges_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.settings import PatrolSettings

    Figures: TypeAlias = float | NDArray[np.float64]

__all__ = [
    "MODES", "SEASONS", "Mode", "Season", "TravelTimes", "ride_share", "slopes", "travel_notes",
    "travel_times", "walk_share",
]  # fmt: skip

Mode = Literal["foot", "bike"]
"""How a patrol moves; a bike is pushed where it may not be ridden."""
Season = Literal["summer", "winter"]
"""When: the dates of the bike season stand in the settings."""
MODES: tuple[str, ...] = get_args(Mode)
SEASONS: tuple[str, ...] = get_args(Season)

_TICKS_EXPONENT = 10
"""A metre on foot takes between 2 ** 10 and 2 ** 11 ticks."""
_MOST_TICKS = 2.0**53
"""Whole numbers up to this are exact in float64."""
_LEAST_SHARE = 1e-3
"""A climb on which a rider would come to a stand; walking is faster there."""


@dataclass(frozen=True, eq=False)
class TravelTimes(Record):
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
    ridden
        bool: the bike is ridden, not pushed, in one direction at least.

    Raises
    ------
    NetworkError
        When a time is not positive or not a number, or the arrays do not fit together.
    """

    season: str
    tick_s: float
    foot_s: NDArray[np.float64]
    foot_patrol_s: NDArray[np.float64]
    bike_forward_s: NDArray[np.float64]
    bike_backward_s: NDArray[np.float64]
    bike_patrol_forward_s: NDArray[np.float64]
    bike_patrol_backward_s: NDArray[np.float64]
    ridden: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Check the times once, before a graph library meets them, and make them read-only."""
        check = FieldCheck("TravelTimes", NetworkError)
        count = usual_length(*(getattr(self, f.name) for f in fields(self)))
        check.word("season", self.season, SEASONS)
        check.number("tick_s", self.tick_s, 0.0)
        for f in fields(self):
            if f.name in ("season", "tick_s"):
                continue
            value = getattr(self, f.name)
            timed = f.name != "ridden"
            check.array(f.name, value, "float64" if timed else "bool", count)
            for row in np.flatnonzero(timed & ~(value > 0))[:1].tolist():
                check.refuse(f"{f.name}[{row}]", float(value[row]), Phrase("travel.positive"))
            value.flags.writeable = False

    def transit_s(self, mode: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the transit seconds of a mode, forward and backward.

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
        """Return the patrol seconds of a mode, forward and backward.

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
    network: StreetNetwork, settings: PatrolSettings, season: str = "summer"
) -> TravelTimes:
    """Turn lengths into seconds, at the central paces.

    Parameters
    ----------
    network
        Segments with their legal use, surface, and elevations where known.
    settings
        The paces.
    season
        ``summer`` or ``winter``; winter multiplies the paces by the settings' factors.

    Returns
    -------
    TravelTimes
        Seconds in whole ticks.

    Raises
    ------
    SettingsError
        When a pace is so small that a segment takes for ever.

    Examples
    --------
    >>> from reso_geo import load_network, load_settings
    >>> from reso_geo.atomic_files import data_file
    >>> network = load_network(data_file("sample/sample.osm.pbf"))
    >>> times = travel_times(network, load_settings())
    >>> bool((times.foot_patrol_s >= times.foot_s)[network.foot].all())
    True
    """
    tick_s = _tick_s(settings.foot_transit_kmh.central)
    left = {mode: _winter_left(network, settings, mode, season) for mode in MODES}
    slope, steepest = slopes(network), settings.steepest_slope.central
    decay, best = settings.foot_slope_decay.central, settings.foot_best_descent.central
    walking = walk_share(slope, decay, best, steepest)
    loss, gain = settings.bike_climb_loss.central, settings.bike_descent_gain.central
    climbing, descending = (ride_share(s, loss, gain, steepest) for s in (slope, -slope))

    def at_pace(pace_kmh: float, share: NDArray[np.float64]) -> NDArray[np.float64]:
        with np.errstate(all="ignore"):
            ticks = np.round(network.length_m / (pace_kmh / 3.6) / share / tick_s)
        if not (ticks < _MOST_TICKS).all():
            raise SettingsError(Phrase("travel.no_pace", {"pace": f"{pace_kmh:g}"}))
        return np.maximum(ticks, 1.0) * tick_s

    def on_foot(pace_kmh: float) -> NDArray[np.float64]:
        return at_pace(pace_kmh, left["foot"] * walking)

    walk = on_foot(settings.foot_transit_kmh.central)
    walk_patrol = on_foot(settings.foot_patrol_kmh.central)
    uses = [_winter_use(network, settings, use, season) for use in _bike_uses(network)]

    def by_bike(pace_kmh: float, push: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        times = []
        for use, share in zip(uses, (climbing, descending), strict=True):
            ride = at_pace(pace_kmh, left["bike"] * share)
            # Where a climb makes riding slower than walking, the rider gets off.
            ride = np.where(share < 1.0, np.minimum(ride, push), ride)
            times.append(np.where(use == RIDE, ride, np.where(use == NO_WAY, np.inf, push)))
        return times

    forward, backward = by_bike(settings.bike_transit_kmh.central, walk)
    patrol_forward, patrol_backward = by_bike(settings.bike_patrol_kmh.central, walk_patrol)
    return TravelTimes(
        season=season,
        tick_s=tick_s,
        foot_s=np.where(network.foot, walk, np.inf),
        foot_patrol_s=np.where(network.foot, walk_patrol, np.inf),
        bike_forward_s=forward,
        bike_backward_s=backward,
        bike_patrol_forward_s=patrol_forward,
        bike_patrol_backward_s=patrol_backward,
        ridden=(uses[0] == RIDE) | (uses[1] == RIDE),
    )


def slopes(network: StreetNetwork) -> NDArray[np.float64]:
    """Return the mean slope of each segment.

    Parameters
    ----------
    network
        Segments, and elevations of their junctions where known.

    Returns
    -------
    ndarray of float64, shape (m,)
        Rise from u to v over length; NaN where the elevation of an end is not known.
    """
    rise_m: NDArray[np.float64] = network.node_ele_m[network.v] - network.node_ele_m[network.u]
    return rise_m / network.length_m


def travel_notes(
    network: StreetNetwork, settings: PatrolSettings, season: str
) -> tuple[Phrase, ...]:
    """Describe what the planner should know of the times: odd paces, the bike in winter, slopes.

    Parameters
    ----------
    network
        The streets.
    settings
        The paces.
    season
        ``summer`` or ``winter``.

    Returns
    -------
    tuple of Phrase
        Empty when all is as usual.
    """
    said = list(settings.doubts())
    measured = [
        Phrase(
            "settings.measured_one", {"name": Phrase(f"assumption.{key}"), "shifts": each.shifts}
        )
        for key, each in ranges_of(settings).items()
        if each.shifts
    ]
    if measured:
        said.append(Phrase("settings.measured", {"names": in_a_row(measured)}))
    length_m = network.length_m
    if season == "winter" and not settings.bike_season.all_year:
        first, last = settings.bike_season.central
        values: dict[str, object] = {"first": first, "last": last}
        if network.cleared.any():
            cleared_m = float(length_m[network.cleared].sum())
            here = network.cleared & network.required
            share = float(length_m[here].sum() / length_m[network.required].sum())
            values |= {"km": cleared_m / 1000.0, "share": 100.0 * share}
            said.append(Phrase("travel.cleared_only", values))
        else:
            said.append(Phrase("travel.no_bike_in_winter", values))
    known = np.isfinite(slopes(network))
    if known.any():
        share = 100.0 * float(length_m[known].sum() / length_m.sum())
        said.append(Phrase("travel.slopes", {"share": share}))
    return tuple(said)


def _tick_s(pace_kmh: float) -> float:
    """Return the grain of all times: a power of two that goes with the walking pace.

    At twice the pace the grain is half as long, so every time is halved exactly; and sums of
    multiples of a power of two are exact in float64, in any order.
    """
    _, exponent = math.frexp(3.6 / pace_kmh)
    return math.ldexp(1.0, exponent - 1 - _TICKS_EXPONENT)


def _winter_left(
    network: StreetNetwork, settings: PatrolSettings, mode: str, season: str
) -> NDArray[np.float64]:
    """Return the share of a mode's pace that the season leaves on each segment."""
    if season != "winter":
        return np.ones(len(network))
    surfaces, which = np.unique(network.surface.astype(str), return_inverse=True)
    left = [settings.winter_left(mode, surface) for surface in surfaces.tolist()]
    return np.array(left, dtype=np.float64)[which]


def _bike_uses(network: StreetNetwork) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    return network.bike_forward, network.bike_backward


def _winter_use(
    network: StreetNetwork, settings: PatrolSettings, use: NDArray[np.int8], season: str
) -> NDArray[np.int8]:
    """Return what a bicycle may do: outside its season, what is not cleared is not ridden."""
    if season != "winter" or settings.bike_season.all_year:
        return use
    pushed = np.where(network.foot, PUSH, NO_WAY).astype(np.int8)
    return np.where((use == RIDE) & ~network.cleared, pushed, use)


def _steepness(slope: Figures, steepest: Figures) -> NDArray[np.float64]:
    """Return slopes between the steepest that counts up and down; flat where not known."""
    return np.clip(np.nan_to_num(slope, nan=0.0), -np.asarray(steepest), steepest)


def walk_share(
    slope: Figures, decay: Figures, best_descent: Figures, steepest: Figures
) -> NDArray[np.float64]:
    """Compute the share of the flat pace that a slope leaves on foot, there and back: Tobler 1993.

    Parameters
    ----------
    slope
        Rise over length; NaN, where it is not known, counts as flat.
    decay, best_descent, steepest
        See `reso_geo.settings.PatrolSettings`; arrays that go with each other.

    Returns
    -------
    ndarray of float64
        Above 0 and at most 1.
    """
    steep = _steepness(slope, steepest)
    longer = sum(np.exp(decay * np.abs(s + best_descent)) for s in (steep, -steep))
    share: NDArray[np.float64] = np.exp(decay * np.asarray(best_descent)) * 2.0 / longer
    return share


def ride_share(
    slope: Figures, climb_loss: Figures, descent_gain: Figures, steepest: Figures
) -> NDArray[np.float64]:
    """Compute the share of the flat pace by bike in the direction of a slope.

    After Parkin and Rotheram 2010.

    Parameters
    ----------
    slope
        Rise over length; NaN, where it is not known, counts as flat.
    climb_loss, descent_gain, steepest
        See `reso_geo.settings.PatrolSettings`; arrays that go with each other.

    Returns
    -------
    ndarray of float64
        Above 0; more than 1 downhill.
    """
    percent = 100.0 * _steepness(slope, steepest)
    share = 1.0 - climb_loss * np.maximum(percent, 0.0) + descent_gain * np.maximum(-percent, 0.0)
    return np.maximum(share, _LEAST_SHARE)
