"""Street load per segment, and the load of a beat with its deadhead."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.coverage import AsideRule, Effort, Reached, Tour, TravelGraph, nested_tours, reached
from reso_geo.errors import NetworkError
from reso_geo.records import FieldCheck, Record, usual_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.coverage import SearchDepth
    from reso_geo.network import StreetNetwork
    from reso_geo.settings import PatrolSettings
    from reso_geo.travel import TravelTimes

__all__ = [
    "BeatLoad",
    "StreetLoad",
    "measure_load",
    "nested_deadhead_s",
    "nested_levels",
    "street_load",
]

_IN_PART = Effort(budget=5_000_000, edges=0)


@dataclass(frozen=True, eq=False)
class StreetLoad(Record):
    """What each segment asks per week; arrays of shape (m,), zero where not required, read-only.

    Attributes
    ----------
    cadence
        Passes per week.
    walk_s
        Seconds per week of patrol along it.
    contact_s
        Seconds per week of talking with people met on that patrol.
    stop_s
        Seconds per week of visits to anchors.
    counted_s
        Seconds per week that counts of calls add; only while a plan is made, see
        `without_counts`.
    talk_factor
        Seconds on the street, talk included, for each second walked or ridden, deadhead too.
    aside
        How much of a beat may be set aside where the mode cannot reach it; None for nothing.
    """

    cadence: NDArray[np.float64]
    walk_s: NDArray[np.float64]
    contact_s: NDArray[np.float64]
    stop_s: NDArray[np.float64]
    counted_s: NDArray[np.float64]
    talk_factor: float = 1.0
    aside: AsideRule | None = None

    def __post_init__(self) -> None:
        """Check the arrays once, make them read-only."""
        check = FieldCheck("StreetLoad", NetworkError)
        arrays = [f.name for f in fields(self) if f.name not in ("talk_factor", "aside")]
        count = usual_length(*(getattr(self, name) for name in arrays))
        for name in arrays:
            check.figures(name, getattr(self, name), 0.0, rows=count)
            getattr(self, name).flags.writeable = False
        check.number("talk_factor", self.talk_factor, 1.0)

    @cached_property
    def total_s(self) -> NDArray[np.float64]:
        """Seconds per week of each segment: additive and conserved, shape (m,)."""
        total: NDArray[np.float64] = self.walk_s + self.contact_s + self.still_s
        total.flags.writeable = False
        return total

    @property
    def still_s(self) -> NDArray[np.float64]:
        """Seconds per week that no pace changes: visits and calls, shape (m,)."""
        return self.stop_s + self.counted_s

    def sum_s(self, segments: NDArray[np.int64]) -> float:
        """Compute the load of some segments together.

        Parameters
        ----------
        segments
            int64, shape (k,).

        Returns
        -------
        float
            Seconds per week. Each kind is summed on its own: the last digits of a sum over all
            would tell on which of these segments calls were counted.
        """
        kinds = (self.walk_s, self.contact_s, self.stop_s, self.counted_s)
        return sum(math.fsum(kind[segments]) for kind in kinds)

    def sorted_by(self, order: NDArray[np.int64]) -> StreetLoad:
        """Sort the segments in another order.

        Parameters
        ----------
        order
            int64, shape (m,): where each segment stands now.

        Returns
        -------
        StreetLoad
            The same loads.
        """
        aside = self.aside
        return StreetLoad(
            cadence=self.cadence[order],
            walk_s=self.walk_s[order],
            contact_s=self.contact_s[order],
            stop_s=self.stop_s[order],
            counted_s=self.counted_s[order],
            talk_factor=self.talk_factor,
            aside=None if aside is None else replace(aside, length_m=aside.length_m[order]),
        )

    def without_counts(self) -> StreetLoad:
        """Forget where the counts are: all that a plan may keep of each segment.

        Returns
        -------
        StreetLoad
            The same, without their load.
        """
        return replace(self, counted_s=np.zeros(len(self.counted_s)))


@dataclass(frozen=True, eq=False)
class BeatLoad(Record):
    """What a beat asks per week.

    Attributes
    ----------
    street_s
        Sum of its street loads, seconds per week; what is set aside is in it.
    reached
        Its required segments: those that tours go through, and parts out of reach.
    tours
        The nested passes, most frequent first: cadence, and one pass through all segments toured
        with that cadence or more. The last one goes through all of these.
    talk_factor
        Seconds on the street, talk included, for each second of deadhead.
    """

    street_s: float
    reached: Reached
    tours: tuple[tuple[float, Tour], ...]
    talk_factor: float = 1.0

    @property
    def segments(self) -> NDArray[np.int64]:
        """Its required segments, ascending: those toured, and what is set aside."""
        return np.sort(np.concatenate((self.reached.toured, *self.reached.aside)))

    @property
    def toured(self) -> NDArray[np.int64]:
        """Its required segments that tours go through."""
        return self.reached.toured

    @property
    def legal(self) -> bool:
        """True when a legal tour goes through all of them."""
        return not self.reached.beyond and bool(np.isfinite(self.once.pass_s))

    @property
    def once(self) -> Tour:
        """One pass of all that is toured."""
        return self.tours[-1][1]

    @property
    def deadhead_s(self) -> float:
        """Seconds per week of ways that cover nothing new, without talk."""
        return nested_deadhead_s(self.tours, [cadence for cadence, _ in self.tours])

    @property
    def load_s(self) -> float:
        """Seconds per week, deadhead and the talk on it included."""
        return self.street_s + self.talk_factor * self.deadhead_s


def street_load(
    network: StreetNetwork,
    times: TravelTimes,
    settings: PatrolSettings,
    mode: str,
    stop_s: NDArray[np.float64] | None = None,
    counts_per_week: NDArray[np.float64] | None = None,
) -> StreetLoad:
    """Compute the weekly load of each segment, at central values.

    An hour on the street holds n contacts of t minutes: walking takes 1 / (1 - n t / 60) times as
    long as it would without them, and what is more than the walk itself is `contact_s`.

    Parameters
    ----------
    network
        Segments and which are required.
    times
        Seconds per segment.
    settings
        Cadences and contacts.
    mode
        ``foot`` or ``bike``; a segment closed to the bike counts on foot.
    stop_s
        float64, shape (m,): seconds per week of anchor visits; None for none.
    counts_per_week
        float64, shape (m,): calls of each segment, each taking the minutes of the settings; None
        for none.

    Returns
    -------
    StreetLoad
        Seconds per week.

    Examples
    --------
    >>> from reso_geo import load_network, load_settings
    >>> from reso_geo.travel import travel_times
    >>> from reso_geo.atomic_files import data_file
    >>> network = load_network(data_file("sample/sample.osm.pbf"))
    >>> settings = load_settings()
    >>> times = travel_times(network, settings)
    >>> bool((street_load(network, times, settings, "foot").total_s[network.required] > 0).all())
    True
    """
    classes, index = np.unique(network.highway.astype(str), return_inverse=True)
    by_class = np.array([settings.cadence_of(name).central for name in classes])
    cadence = np.where(network.required, by_class[index], 0.0)
    patrol = np.minimum(*times.patrol_s(mode))
    patrol = np.where(np.isfinite(patrol), patrol, times.foot_patrol_s)
    walk = np.where(network.required, cadence * np.where(np.isfinite(patrol), patrol, 0.0), 0.0)
    factor = settings.talk_factor("central")
    stops = np.zeros(len(network)) if stop_s is None else stop_s.copy()
    calls = np.zeros(len(network)) if counts_per_week is None else counts_per_week
    counted = calls * settings.count_min.central * 60
    limits = settings.set_aside
    aside = AsideRule(network.length_m, limits.most_share, limits.most_m)
    return StreetLoad(cadence, walk, walk * (factor - 1.0), stops, counted, factor, aside)


def nested_deadhead_s(tours: tuple[tuple[float, Tour], ...], cadences: Sequence[float]) -> float:
    """Return the weekly deadhead of nested passes: sum of (c_i - c_(i+1)) x deadhead of tour i.

    Parameters
    ----------
    tours
        From `BeatLoad`, most frequent first.
    cadences
        Passes per week of each level, in the same order.

    Returns
    -------
    float
        Seconds per week. A tour with no legal ride counts with its lower bound.
    """
    weekly = 0.0
    for (_, tour), cadence, lower in zip(tours, cadences, [*cadences[1:], 0.0], strict=True):
        found = np.isfinite(tour.pass_s)
        deadhead = tour.deadhead_s if found else tour.lower_bound_s - tour.patrol_s
        weekly += (cadence - lower) * deadhead
    return weekly


def nested_levels(
    load: StreetLoad, toured: NDArray[np.int64]
) -> list[tuple[float, NDArray[np.int64]]]:
    """Return what each nested pass goes through.

    Parameters
    ----------
    load
        Street loads.
    toured
        int64, shape (k,): segments that tours of a beat go through.

    Returns
    -------
    list of (float, ndarray of int64)
        Cadences, the highest first, each with the segments of that cadence or more.
    """
    cadence = load.cadence[toured]
    levels = sorted(set(cadence.tolist()), reverse=True)
    return [(level, toured[cadence >= level]) for level in levels]


def measure_load(
    graph: TravelGraph,
    load: StreetLoad,
    segments: NDArray[np.int64],
    base: int,
    depth: SearchDepth = "search",
) -> BeatLoad:
    """Measure the load of a beat: its streets, and the deadhead of its nested passes.

    A pass at cadence c goes through the segments with cadence c or more; deadhead is paid for each
    pass, with the talk on it: f times the sum over levels of (c_i - c_(i+1)) x deadhead of the tour
    at level i.

    Parameters
    ----------
    graph
        The plan's mode.
    load
        Street loads.
    segments
        int64, shape (k,): required segments of the beat, at least one.
    base
        Junction where tours start and end.
    depth
        ``search`` inside searches, ``fast`` for a draft, ``final`` for what is reported; the passes
        through a part of the segments then get a few rounds of cuts only, since they count with a
        part of the deadhead.

    Returns
    -------
    BeatLoad
        Seconds per week. Tours leave out what is set aside; parts out of reach that are too much
        for that are toured on their own, so that their beat has a load to be balanced by.
    """
    within = reached(graph, segments, base, load.aside)
    levels = nested_levels(load, within.toured)
    efforts = [*[_IN_PART] * (len(levels) - 1), None]
    covers = nested_tours(graph, [own for _, own in levels], base, depth, efforts)
    tours = tuple((level, tour) for (level, _), tour in zip(levels, covers, strict=True))
    return BeatLoad(load.sum_s(segments), within, tours, load.talk_factor)
