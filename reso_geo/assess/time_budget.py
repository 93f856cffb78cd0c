"""Needs: what verdicts in one mode and season are computed from, at low, central and high need."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.records import Record
from reso_geo.settings import LEVELS
from reso_geo.travel import travel_times
from reso_geo.workload import StreetLoad, nested_deadhead_s, street_load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.settings import PatrolSettings
    from reso_geo.workload import BeatLoad

__all__ = ["OPPOSITE", "Needs", "needs_of"]

OPPOSITE = {"low": "high", "central": "central", "high": "low"}
"""The least time is needed at the highest pace, and meets the most time there is."""


@dataclass(frozen=True, eq=False)
class Needs(Record):
    """What verdicts in one mode and season are computed from.

    Attributes
    ----------
    settings
        All assumptions.
    mode
        ``foot`` or ``bike``.
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
    street
        object, shape (m,): the name of the street of each segment, empty where it has none.
    """

    settings: PatrolSettings
    mode: str
    season: str
    load: Mapping[str, StreetLoad]
    transit_s: Mapping[str, NDArray[np.float64]]
    summer_walk_s: NDArray[np.float64]
    open_m: NDArray[np.float64]
    length_m: NDArray[np.float64]
    street: NDArray[np.object_]

    def needed_s(self, beat: BeatLoad, level: str) -> float:
        """Compute the time a beat asks: its streets, the deadhead of its passes, talk on both.

        Parameters
        ----------
        beat
            Its tours.
        level
            ``low``, ``central`` or ``high`` need.

        Returns
        -------
        float
            Seconds per week; what is set aside asks for none.
        """
        load, central = self.load[level], self.load["central"].cadence[beat.toured]
        cadences = [
            float(load.cadence[beat.toured][central == cadence].max()) for cadence, _ in beat.tours
        ]
        deadhead_s = nested_deadhead_s(beat.tours, cadences) * self._slower(beat, level)
        return load.sum_s(beat.toured) + load.talk_factor * deadhead_s

    def pass_s(self, beat: BeatLoad, level: str) -> float:
        """Compute the time of one pass of every street of a beat, talk on all of it included.

        Parameters
        ----------
        beat
            Its tours.
        level
            ``low``, ``central`` or ``high`` need.

        Returns
        -------
        float
            Seconds; infinite where no legal tour exists.
        """
        here, central = (self.load[at] for at in (level, "central"))
        once_s, usual_s = (
            float((load.walk_s[beat.toured] / load.cadence[beat.toured]).sum())
            for load in (here, central)
        )
        patrol_s = beat.once.patrol_s * (once_s / usual_s if usual_s else 1.0)
        moving_s = patrol_s + beat.once.deadhead_s * self._slower(beat, level)
        return here.talk_factor * moving_s

    def still_s(self, beat: BeatLoad, level: str) -> float:
        """Return the time that no pace changes: visits to anchors and counted calls.

        Parameters
        ----------
        beat
            Its tours.
        level
            ``low``, ``central`` or ``high`` need.

        Returns
        -------
        float
            Seconds per week.
        """
        load = self.load[level]
        return math.fsum(load.stop_s[beat.toured]) + math.fsum(load.counted_s[beat.toured])

    def _slower(self, beat: BeatLoad, level: str) -> float:
        """Return how much longer deadhead takes at a level: as travelling its own streets does."""
        here, central = (self.transit_s[at][beat.toured] for at in (level, "central"))
        there = np.isfinite(central)
        return float(here[there].sum() / central[there].sum()) if there.any() else 1.0


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
        For `reso_geo.assess.judge`.
    """
    loads, transit_s = {}, {}
    for level in LEVELS:
        times = travel_times(network, settings, season, OPPOSITE[level])
        loads[level] = street_load(network, times, settings, mode, stop_s, level, counts_per_week)
        transit_s[level] = np.minimum(*times.transit_s(mode))
    in_summer = loads["central"]
    if season == "winter":
        summer = travel_times(network, settings, "summer")
        in_summer = street_load(network, summer, settings, mode, stop_s)
    moved = times.ridden if mode == "bike" else network.foot
    open_m = np.where(moved, network.length_m, 0.0)
    return Needs(
        settings=settings,
        mode=mode,
        season=season,
        load=loads,
        transit_s=transit_s,
        summer_walk_s=in_summer.walk_s,
        open_m=open_m,
        length_m=network.length_m,
        street=network.name,
    )
