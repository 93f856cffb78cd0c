"""Factors: how much longer or shorter each kind of way takes in each draw than at central values.

A tour is measured once, at central values. Its time is a sum of parts, each on one kind of way
(walked or ridden, its surface in winter, its slope where slopes have a range, its class where
cadences have one): a draw gives each part another weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from reso_geo.records import Record
from reso_geo.settings import ranges_of
from reso_geo.travel import ride_share, slopes, walk_share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reso_geo.assess.odds.draws import Draws
    from reso_geo.network import StreetNetwork
    from reso_geo.settings import PatrolSettings

__all__ = ["Factors", "WayKinds", "factors_of", "ways_of"]

_SLOPE = (
    "foot_slope_decay", "foot_best_descent", "bike_climb_loss", "bike_descent_gain",
    "steepest_slope",
)  # fmt: skip
_SLOPE_STEP = 0.01
_HOUR_S = 3600.0


@dataclass(frozen=True, eq=False)
class WayKinds(Record):
    """The kinds of way of a network in one mode and season.

    Attributes
    ----------
    kind
        int64, shape (2, m): the kind of each segment, from u to v and back.
    kinds
        For each kind: ``foot`` or ``bike``, surface (empty in summer), slope (0 where slopes have
        no range), street class (empty where cadences have no range).
    """

    kind: NDArray[np.int64]
    kinds: tuple[tuple[str, str, float, str], ...]


@dataclass(frozen=True, eq=False)
class Factors(Record):
    """What the draws make of central figures; arrays of shape (draws,) or (1,), by kind of way.

    Attributes
    ----------
    patrol, transit
        Shape (kinds, draws): seconds for each second at central pace.
    cadence
        Shape (kinds, draws): passes for each pass at central values.
    talk
        Seconds on the street, talk included, for each second walked or ridden.
    call
        Seconds for each second that counted calls take at central values.
    shift_s, post_s
        Seconds of patrol of one shift, and of one post in a week.
    """

    patrol: NDArray[np.float64]
    transit: NDArray[np.float64]
    cadence: NDArray[np.float64]
    talk: NDArray[np.float64]
    call: NDArray[np.float64]
    shift_s: NDArray[np.float64]
    post_s: NDArray[np.float64]


def ways_of(
    network: StreetNetwork, settings: PatrolSettings, season: str, ridden: NDArray[np.bool_]
) -> WayKinds:
    """Sort the segments of a network by what draws do to them.

    Parameters
    ----------
    network
        The streets.
    settings
        All assumptions.
    season
        ``summer`` or ``winter``.
    ridden
        bool, shape (2, m): the mode rides there, from u to v and back.

    Returns
    -------
    WayKinds
        As few kinds as the ranges allow.
    """
    values = settings.values()

    def wide(*keys: str) -> bool:
        return any(values[key].low != values[key].high for key in keys)

    surface: object = ""
    highway: object = ""
    slope: object = 0.0
    if season == "winter":
        surface = network.surface.astype(str)
    if wide(*(f"cadence.{name}" for name in settings.cadence)):
        known = network.highway.astype(str)
        highway = np.where(np.isin(known, list(settings.cadence)), known, "other")
    if wide(*_SLOPE):
        rise = np.nan_to_num(slopes(network), nan=0.0)
        slope = np.round(np.stack((rise, -rise)) / _SLOPE_STEP) * _SLOPE_STEP
    given: tuple[Any, ...] = np.where(ridden, "bike", "foot"), surface, slope, highway
    parts = np.broadcast_arrays(*given)
    found = [np.unique(part, return_inverse=True) for part in parts]
    sizes = [len(each) for each, _ in found]
    code = np.ravel_multi_index([at for _, at in found], sizes)
    codes, kind = np.unique(code, return_inverse=True)
    places = np.unravel_index(codes, sizes)
    columns = [each[at].tolist() for (each, _), at in zip(found, places, strict=True)]
    return WayKinds(kind.astype(np.int64), tuple(zip(*columns, strict=True)))


def factors_of(ways: WayKinds, settings: PatrolSettings, draws: Draws) -> Factors:
    """Compute what the draws make of central figures.

    Parameters
    ----------
    ways
        The kinds of way.
    settings
        All assumptions.
    draws
        Of them.

    Returns
    -------
    Factors
        All 1 where nothing has a range.
    """
    central = {key: value.central for key, value in ranges_of(settings).items()}

    def longer(mode: str, pace: str, surface: str, slope: float) -> NDArray[np.float64]:
        keys = [f"{mode}_{pace}_kmh"]
        if surface:
            keys += [f"winter_{mode}_factor", f"winter_{mode}_surface.{surface}"]
        ratio = np.ones(1)
        for key in keys:
            if key in central:
                ratio = ratio * (central[key] / draws[key])
        return ratio * _steeper(mode, slope, central, draws) if slope else ratio

    def over_kinds(rows: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        return np.stack(np.broadcast_arrays(*rows))

    kinds = ways.kinds
    talk_min = draws["contacts_per_patrol_h"] * draws["contact_min"]
    shift_s = draws["shift_h"] * _HOUR_S * draws["patrol_share"]
    cadence = [f"cadence.{highway}" if highway else "" for *_, highway in kinds]
    return Factors(
        patrol=over_kinds([longer(m, "patrol", s, slope) for m, s, slope, _ in kinds]),
        transit=over_kinds([longer(m, "transit", s, slope) for m, s, slope, _ in kinds]),
        cadence=over_kinds([draws[k] / central[k] if k else np.ones(1) for k in cadence]),
        talk=1.0 / (1.0 - talk_min / 60.0),
        call=draws["count_min"] / central["count_min"],
        shift_s=shift_s,
        post_s=draws["shifts_per_week"] * draws["relief"] * shift_s,
    )


def _steeper(
    mode: str, slope: float, central: Mapping[str, float], draws: Draws
) -> NDArray[np.float64]:
    """Return how much longer a slope takes than at the central figures of slopes."""
    keys = (*(key for key in _SLOPE if key.startswith(f"{mode}_")), "steepest_slope")
    share = walk_share if mode == "foot" else ride_share
    usual = share(slope, *(central[key] for key in keys))
    return usual / share(slope, *(draws[key] for key in keys))
