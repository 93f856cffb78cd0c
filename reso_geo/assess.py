"""The verdict: can the posts of a beat cover it, by mode, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.settings import LEVELS
from reso_geo.travel import travel_times
from reso_geo.workload import StreetLoad, nested_deadhead_s, street_load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.settings import PatrolSettings
    from reso_geo.workload import BeatLoad

__all__ = ["INNER_REASONS", "REASONS", "VERDICTS", "Needs", "Verdict", "judge", "needs_of"]

VERDICTS = ("yes", "borderline", "no")
REASONS = (
    "disconnected",
    "no_bike_access",
    "too_long",
    "detours",
    "anchors_exceed_time",
    "counts_exceed_time",
    "winter_pace",
)
INNER_REASONS = frozenset({"anchors_exceed_time", "counts_exceed_time"})
"""Those that tell of anchors or loads, which the public does not see."""
_MUCH_DEADHEAD = 0.35
_PACE_FOR = {"low": "high", "central": "central", "high": "low"}
"""The least time is needed at the highest pace, the most at the lowest."""


@dataclass(frozen=True)
class Verdict:
    """Whether a beat can be covered in the time that its posts have.

    Attributes
    ----------
    verdict
        ``yes`` when even the most time needed fits in the least there is, ``no`` when even the
        least does not fit in the most, no legal tour exists, or the bike is ridden nowhere, else
        ``borderline``; a beat whose parts no way of the mode ties together is ``borderline`` at
        best.
    needed_s
        Seconds per week: low, central, high.
    available_s
        Seconds per week of all posts of the beat: low, central, high.
    reasons
        Codes: ``too_long, detours, disconnected, winter_pace, no_bike_access,
        anchors_exceed_time, counts_exceed_time``.
    every_weeks
        The cadence that fits: every street is passed once in so many weeks, with its contacts, in
        the time that anchors and counts leave (central values). None when they leave none, or no
        tour exists.
    """

    verdict: str
    needed_s: tuple[float, float, float]
    available_s: tuple[float, float, float]
    reasons: tuple[str, ...]
    every_weeks: float | None

    @property
    def margin(self) -> float:
        """Share of the available time that is left, central values; negative when short."""
        return (self.available_s[1] - self.needed_s[1]) / self.available_s[1]


@dataclass(frozen=True)
class Needs:
    """What verdicts in one mode and season are computed from.

    Attributes
    ----------
    settings
        All assumptions.
    season
        ``summer`` or ``winter``.
    load
        Street load at each level of need.
    transit_s
        Seconds to travel each segment at each level of need, shape (m,).
    summer_walk_s
        float64, shape (m,): seconds per week of patrol in summer, central values.
    open_m
        float64, shape (m,): metres of each segment that the mode walks or rides; 0 where the bike
        is pushed.
    length_m
        float64, shape (m,): metres of each segment.
    """

    settings: PatrolSettings
    season: str
    load: Mapping[str, StreetLoad]
    transit_s: Mapping[str, NDArray[np.float64]]
    summer_walk_s: NDArray[np.float64]
    open_m: NDArray[np.float64]
    length_m: NDArray[np.float64]


def needs_of(
    network: StreetNetwork,
    settings: PatrolSettings,
    mode: str,
    season: str,
    stop_s: NDArray[np.float64],
    counts_per_week: NDArray[np.float64] | None = None,
) -> Needs:
    """Prepare the street loads at low, central and high need.

    Parameters
    ----------
    network
        The streets.
    settings
        All assumptions.
    mode, season
        As in `reso_geo.travel`.
    stop_s
        float64, shape (m,): seconds per week of anchor visits.
    counts_per_week
        float64, shape (m,): counted calls; None for none.

    Returns
    -------
    Needs
        For `judge`.
    """
    loads, transit_s = {}, {}
    for level in LEVELS:
        times = travel_times(network, settings, season, _PACE_FOR[level])
        loads[level] = street_load(network, times, settings, mode, stop_s, level, counts_per_week)
        transit_s[level] = np.minimum(*times.transit_s(mode))
    in_summer = loads["central"]
    if season == "winter":
        summer = travel_times(network, settings, "summer")
        in_summer = street_load(network, summer, settings, mode, stop_s)
    moved = times.ridden if mode == "bike" else network.foot
    open_m = np.where(moved, network.length_m, 0.0)
    return Needs(settings, season, loads, transit_s, in_summer.walk_s, open_m, network.length_m)


def judge(needs: Needs, beat: BeatLoad, posts: int) -> Verdict:
    """Compare the time a beat needs with the time its posts have.

    Parameters
    ----------
    needs
        From `needs_of`, for the mode in which `beat` was measured.
    beat
        The beat's tours.
    posts
        How many posts hold it.

    Returns
    -------
    Verdict
        With the codes of what stands in the way.
    """
    needed = {level: _needed_s(needs, beat, level) for level in LEVELS}
    toured = bool(np.isfinite(beat.once.pass_s))
    available = {level: posts * needs.settings.available_s(level) for level in LEVELS}
    nowhere = not needs.open_m[beat.segments].any()
    if nowhere or not toured or needed["low"] > available["high"]:
        verdict = "no"
    else:
        whole = not beat.once.apart
        verdict = "yes" if whole and needed["high"] <= available["low"] else "borderline"
    return Verdict(
        verdict,
        (needed["low"], needed["central"], needed["high"]),
        (available["low"], available["central"], available["high"]),
        _reasons(needs, beat, needed, available),
        _every_weeks(needs, beat, available["central"]),
    )


def _every_weeks(needs: Needs, beat: BeatLoad, available_s: float) -> float | None:
    """Give the weeks that one pass of every street takes, contacts included."""
    settings, still_s = needs.settings, needs.load["central"].still_s[beat.segments].sum()
    talk = settings.contacts_per_patrol_h.central * settings.contact_min.central / 60.0
    pass_s = beat.once.pass_s + beat.once.patrol_s * talk
    left_s = float(available_s - still_s)
    return pass_s / left_s if left_s > 0 and np.isfinite(pass_s) else None


def _needed_s(needs: Needs, beat: BeatLoad, level: str) -> float:
    """Give the seconds per week at a level: streets, and deadhead of the nested passes."""
    load, central = needs.load[level], needs.load["central"].cadence[beat.segments]
    cadences = [
        float(load.cadence[beat.segments][central == cadence].max()) for cadence, _ in beat.tours
    ]
    deadhead_s = nested_deadhead_s(beat.tours, cadences) * _slower(needs, beat, level)
    return float(load.total_s[beat.segments].sum()) + deadhead_s


def _slower(needs: Needs, beat: BeatLoad, level: str) -> float:
    """Give how much longer deadhead takes at a level: as travelling the beat's own streets does."""
    here, central = (needs.transit_s[at][beat.segments] for at in (level, "central"))
    there = np.isfinite(central)
    return float(here[there].sum() / central[there].sum()) if there.any() else 1.0


def _reasons(
    needs: Needs,
    beat: BeatLoad,
    needed: Mapping[str, float],
    available: Mapping[str, float],
) -> tuple[str, ...]:
    """Give the codes of what keeps a beat from a plain yes, and of what no pace can mend."""
    high, central = needs.load["high"], needs.load["central"]
    street_s = float((high.walk_s + high.contact_s)[beat.segments].sum())
    stop_s, counted_s = (
        float(asked[beat.segments].sum()) for asked in (high.stop_s, high.counted_s)
    )
    walk_s = float(central.walk_s[beat.segments].sum())
    detour_share = beat.deadhead_s / (walk_s + beat.deadhead_s)
    moving_s = needed["central"] - float(central.still_s[beat.segments].sum())
    summer_walk_s = float(needs.summer_walk_s[beat.segments].sum())
    in_summer_s = needed["central"] - moving_s * (1.0 - summer_walk_s / walk_s if walk_s else 0.0)
    winter = needs.season == "winter" and in_summer_s <= available["central"] < needed["central"]
    much_deadhead = (
        detour_share > _MUCH_DEADHEAD or street_s + stop_s + counted_s <= available["low"]
    )
    short = needed["high"] > available["low"]
    open_m, length_m = (m[beat.segments].sum() for m in (needs.open_m, needs.length_m))
    closed = bool(len(beat.once.missed)) or open_m < length_m / 2.0
    codes = (
        ("disconnected", beat.once.apart > 0),
        ("no_bike_access", closed or not np.isfinite(beat.once.pass_s)),
        ("too_long", short and street_s > available["low"]),
        (
            "detours",
            short and much_deadhead,
        ),
        ("anchors_exceed_time", short and stop_s > available["low"] / 2.0),
        ("counts_exceed_time", short and counted_s > available["low"] / 2.0),
        ("winter_pace", short and winter),
    )
    found = tuple(code for code, holds in codes if holds)
    return found if found or not short else ("too_long",)
