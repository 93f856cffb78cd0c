"""Needs: what verdicts in one mode and season are computed from, and the time a beat asks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess.odds.draws import Draws, drawn_settings, draws_of, held_at
from reso_geo.assess.odds.factors import Factors, WayKinds, factors_of, ways_of
from reso_geo.records import Record
from reso_geo.travel import travel_times
from reso_geo.workload import StreetLoad, street_load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reso_geo.coverage import Tour
    from reso_geo.network import StreetNetwork
    from reso_geo.settings import PatrolSettings
    from reso_geo.workload import BeatLoad

__all__ = ["NeededTime", "Needs", "TimeParts", "needs_of", "time_parts"]


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
        Street load, central values.
    transit_s
        float64, shape (2, m): seconds to travel each segment, from u to v and back, central values.
    ways
        The kinds of way that draws tell apart.
    patrolled
        int64, shape (m,): of which kind each segment is in the direction that is patrolled.
    draws
        Of all assumptions.
    factors
        What the draws make of each kind.
    in_summer
        The same in summer; None for needs that are.
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
    load: StreetLoad
    transit_s: NDArray[np.float64]
    ways: WayKinds
    patrolled: NDArray[np.int64]
    draws: Draws
    factors: Factors
    in_summer: Needs | None
    open_m: NDArray[np.float64]
    length_m: NDArray[np.float64]
    street: NDArray[np.object_]

    @cached_property
    def ends(self) -> Mapping[str, tuple[Factors, Factors]]:
        """Factors with one assumption at its low and at its high end, by its key.

        Without those that make no difference to these ways, as winter to those of summer.
        """
        keys = drawn_settings(self.settings)
        ends = {key: (self._held({key: "low"}), self._held({key: "high"})) for key in keys}
        return {key: (low, high) for key, (low, high) in ends.items() if low != high}

    @cached_property
    def central(self) -> Factors:
        """Factors with every assumption at its central figure: one draw."""
        return self._held(dict.fromkeys(drawn_settings(self.settings), "central"))

    def _held(self, ends: Mapping[str, str]) -> Factors:
        held = held_at(self.draws, self.settings, ends)
        return factors_of(self.ways, self.settings, held)


@dataclass(frozen=True, eq=False)
class NeededTime(Record):
    """The time that a beat asks in each draw; arrays of shape (draws,) or (1,).

    Attributes
    ----------
    patrol_s
        Seconds per week of patrol along its streets, talk included.
    deadhead_s
        Seconds per week of ways that cover nothing new, talk included.
    stop_s
        Seconds per week of visits to anchors.
    counted_s
        Seconds per week of counted calls.
    pass_s
        Seconds of one pass of every street, talk included; infinite where no legal tour exists.
    """

    patrol_s: NDArray[np.float64]
    deadhead_s: NDArray[np.float64]
    stop_s: float
    counted_s: NDArray[np.float64]
    pass_s: NDArray[np.float64]

    @property
    def moving_s(self) -> NDArray[np.float64]:
        """Seconds per week that another cadence or pace would change."""
        return self.patrol_s + self.deadhead_s

    @property
    def still_s(self) -> NDArray[np.float64]:
        """Seconds per week that no pace changes."""
        return self.stop_s + self.counted_s

    @property
    def total_s(self) -> NDArray[np.float64]:
        """Seconds per week."""
        return self.moving_s + self.still_s

    def weeks(self, available_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute the cadence that fits: all is passed once in so many weeks.

        Parameters
        ----------
        available_s
            Seconds per week of all posts, likewise.

        Returns
        -------
        ndarray of float64
            With contacts, in the time that visits and calls leave; infinite where they leave none.
        """
        left_s = self._left_s(available_s)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(left_s > 0.0, self.pass_s / left_s, np.inf)

    def cadence_shares(self, available_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute the share of all cadences asked for that fits.

        Parameters
        ----------
        available_s
            Seconds per week of all posts, likewise.

        Returns
        -------
        ndarray of float64
            Above one where more passes would fit; 0 where visits and calls leave no time.
        """
        return self._left_s(available_s) / self.moving_s

    def _left_s(self, available_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the time that visits and calls leave."""
        return np.maximum(available_s - self.still_s, 0.0)


@dataclass(frozen=True, eq=False)
class TimeParts(Record):
    """The time that a beat asks at central values, by kind of way: what draws weigh again.

    Attributes
    ----------
    patrol_s
        float64, shape (kinds,): seconds per week of patrol.
    passes
        The nested passes, most frequent first: cadence, kinds of way of the streets that are passed
        just so often, and the deadhead of one pass by kind.
    once_s
        float64, shape (kinds,): seconds of patrol in one pass of every street.
    stop_s, counted_s
        Seconds per week of visits to anchors, and of counted calls.
    toured
        True where a legal tour exists.
    """

    patrol_s: NDArray[np.float64]
    passes: tuple[tuple[float, NDArray[np.int64], NDArray[np.float64]], ...]
    once_s: NDArray[np.float64]
    stop_s: float
    counted_s: float
    toured: bool

    def drawn(self, factors: Factors) -> NeededTime:
        """Compute the time in each draw.

        Parameters
        ----------
        factors
            Of the needs that it is made from, some of them held perhaps.

        Returns
        -------
        NeededTime
            All parts.
        """
        once_s = self.once_s @ factors.patrol + self.passes[-1][-1] @ factors.transit
        return NeededTime(
            patrol_s=factors.talk * self._patrol_s(factors),
            deadhead_s=factors.talk * self._deadhead_s(factors),
            stop_s=self.stop_s,
            counted_s=self.counted_s * factors.call,
            pass_s=factors.talk * once_s if self.toured else np.full(1, np.inf),
        )

    def way_s(self, factors: Factors) -> NDArray[np.float64]:
        """Compute the time on the way, without talk, in each draw.

        Parameters
        ----------
        factors
            As for `drawn`.

        Returns
        -------
        ndarray of float64
            Seconds per week, shape (draws,) or (1,).
        """
        return self._patrol_s(factors) + self._deadhead_s(factors)

    def _patrol_s(self, factors: Factors) -> NDArray[np.float64]:
        weekly: NDArray[np.float64] = self.patrol_s @ (factors.patrol * factors.cadence)
        return weekly

    def _deadhead_s(self, factors: Factors) -> NDArray[np.float64]:
        """Return the deadhead of all nested passes: each costs what is more often than the next."""
        if factors.cadence.shape[1] == 1 and (factors.cadence == 1.0).all():
            often = [cadence for cadence, *_ in self.passes]
            less = [*often[1:], 0.0]
            weekly = sum(
                (each - other) * by_kind
                for each, other, (*_, by_kind) in zip(often, less, self.passes, strict=True)
            )
            return np.asarray(weekly @ factors.transit, dtype=np.float64)
        drawn = [
            cadence * factors.cadence[kinds].max(axis=0, initial=0.0 if len(kinds) else 1.0)
            for cadence, kinds, _ in self.passes
        ]
        for at in reversed(range(len(drawn) - 1)):
            # A draw may turn the order of two classes round: who passes both passes either.
            drawn[at] = np.maximum(drawn[at], drawn[at + 1])
        total = np.zeros(1)
        for each, less_often, (*_, by_kind) in zip(
            drawn, [*drawn[1:], np.zeros(1)], self.passes, strict=True
        ):
            total = total + (each - less_often) * (by_kind @ factors.transit)
        return total


def time_parts(needs: Needs, beat: BeatLoad, measured: Needs | None = None) -> TimeParts:
    """Sort the time that a beat asks by kind of way.

    Parameters
    ----------
    needs
        From `needs_of`.
    beat
        Its tours.
    measured
        The needs of the season in which it was toured; None for `needs`.

    Returns
    -------
    TimeParts
        What is set aside asks for none. A deadhead lasts by the ways that it goes over.
    """
    load, own = needs.load, beat.toured
    kind, often = needs.patrolled[own], load.cadence[own]

    def summed(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        return _by_kind(needs, kind, seconds)

    once_s = summed(load.walk_s[own] / often)
    if measured is None and beat.legal and (usual_s := float(once_s.sum())):
        once_s *= beat.once.patrol_s / usual_s
    cadence = (measured or needs).load.cadence[own]
    return TimeParts(
        patrol_s=summed(load.walk_s[own]),
        passes=tuple(
            (level, np.unique(kind[cadence == level]), _deadhead_by_kind(needs, tour, measured))
            for level, tour in beat.tours
        ),
        once_s=once_s,
        stop_s=math.fsum(load.stop_s[own]),
        counted_s=math.fsum(load.counted_s[own]),
        toured=beat.legal,
    )


def _deadhead_by_kind(needs: Needs, tour: Tour, measured: Needs | None) -> NDArray[np.float64]:
    """Return the central seconds of the deadhead of a tour on each kind of way."""
    found, kinds = math.isfinite(tour.pass_s), len(needs.ways.kinds)
    deadhead_s = tour.deadhead_s if found else tour.lower_bound_s - tour.patrol_s
    steps, everywhere = tour.steps, np.ones(len(tour.steps.patrol), dtype=bool)
    # Where all is passed once, what is left is patrol in the slower direction: over all of it.
    for rows in (~steps.patrol, everywhere):
        where = (1 - steps.forward[rows].astype(np.int64), steps.segment[rows])
        seconds, then = needs.transit_s[where], (measured or needs).transit_s[where]
        then_s = float(then.sum())
        if 0.0 < then_s < math.inf:
            seconds = np.where(np.isfinite(seconds), seconds, then)
            return _by_kind(needs, needs.ways.kind[where], seconds) * (deadhead_s / then_s)
    return np.full(kinds, deadhead_s / kinds)


def _by_kind(
    needs: Needs, kind: NDArray[np.int64], seconds: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.bincount(kind, seconds, len(needs.ways.kinds)).astype(np.float64)


def needs_of(
    network: StreetNetwork,
    settings: PatrolSettings,
    mode: str,
    season: str,
    stop_s: NDArray[np.float64],
    counts_per_week: NDArray[np.float64] | None = None,
) -> Needs:
    """Prepare the street loads and what the draws make of them.

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
    times = travel_times(network, settings, season)
    transit_s = np.stack(times.transit_s(mode))
    ridden = np.zeros(transit_s.shape, dtype=bool)
    if mode == "bike":
        ridden = times.ridden & (transit_s != times.foot_s)
    ways, draws = ways_of(network, settings, season, ridden), draws_of(settings)
    patrol_s = np.stack(times.patrol_s(mode))
    faster = np.argmin(patrol_s, axis=0)
    given = network, settings, mode
    moved = times.ridden if mode == "bike" else network.foot
    return Needs(
        settings=settings,
        mode=mode,
        season=season,
        load=street_load(network, times, settings, mode, stop_s, counts_per_week),
        transit_s=transit_s,
        ways=ways,
        patrolled=ways.kind[faster, np.arange(len(network))],
        draws=draws,
        factors=factors_of(ways, settings, draws),
        in_summer=None
        if season == "summer"
        else needs_of(*given, "summer", stop_s, counts_per_week),
        open_m=np.where(moved, network.length_m, 0.0),
        length_m=network.length_m,
        street=network.name,
    )
