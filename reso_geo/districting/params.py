"""CutParams: the figures that the search for beats goes by, group by group.

They were chosen by trying round figures on the sample and on real towns, and are fitted to none:
`benchmarks/cutting.py` shows what a change does to balance, walk, barriers and time. Walks differ
by several per cent from seed to seed, so judge by three seeds or more. A group's docstring says
what else it was held against. Roundings that keep a division or a logarithm apart from zero are no
choices and stand beside the code that needs them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from reso_geo.settings import Tuning, count, figure, share

__all__ = [
    "BalanceParams",
    "BestFirstParams",
    "BorderParams",
    "ConstructParams",
    "CutParams",
    "DistrictParams",
    "RegionParams",
    "SearchRules",
]


@dataclass(frozen=True)
class RegionParams(Tuning):
    """What crossing a barrier counts for, and which regions get beats of their own.

    Attributes
    ----------
    barrier_m
        Metres of walking that crossing a motorway, a railway or a river counts for: more than any
        walk within a beat.
    wide_m
        The same for a wide road: about as much as a wait.
    outline_m
        The same for the outline of a neighbourhood.
    nearly_one
        A region with this share of a beat's load is a beat of its own, not a small region that
        joins another.
    """

    barrier_m: float = figure(1000.0)
    wide_m: float = figure(200.0)
    outline_m: float = figure(200.0)
    nearly_one: float = share(0.95)


@dataclass(frozen=True)
class ConstructParams(Tuning):
    """First cuts: how many are made, of how many beats at once, and how far each is improved.

    Attributes
    ----------
    at_once
        Beats that are cut at once; more are cut into groups of that size first. A few dozen
        balance well.
    turn_rad
        Standard deviation of the angle by which each bisection is turned, in radians.
    cut_share
        A beat with this share of its load across a barrier counts as cut by it.
    tries, moves, diagrams
        First cuts in other directions, how often the bases of each move to the middles of their
        beats, and how many diagrams even the weights each time.
    rough_moves, rough_diagrams
        The same for a cut that is only learned from, not kept, of at most `most_rough` beats; one
        of more would be too rough to learn from.
    most_rough
        Beats of the largest such cut.
    best_of
        First cuts of which the best is evened.
    starts
        Cuts that are evened, at most, where a beat stays beyond the tolerance; the last one has no
        regard to barriers.
    side_slack
        Sides of barriers may be off by this share of the tolerance; the beats in them still even
        out.
    """

    at_once: int = count(64, 2)
    turn_rad: float = figure(0.25)
    cut_share: float = share(0.05)
    tries: int = count(1)
    moves: int = count(5)
    diagrams: int = count(6)
    rough_moves: int = count(2)
    rough_diagrams: int = count(4)
    most_rough: int = count(32, 0)
    best_of: int = count(4)
    starts: int = count(3)
    side_slack: float = share(0.3)

    def rough(self, beats: int) -> ConstructParams:
        """Return what goes into a cut that is only learned from.

        Parameters
        ----------
        beats
            How many it has.

        Returns
        -------
        ConstructParams
            The usual where they are many.
        """
        if beats > self.most_rough:
            return self
        return replace(self, moves=self.rough_moves, diagrams=self.rough_diagrams)


@dataclass(frozen=True)
class BorderParams(Tuning):
    """Borders that people know: what their parts cost, and how two beats look for the cheapest.

    One is a side street that is left behind where it meets another side street.

    Attributes
    ----------
    main
        Parting a side street from a main street costs this times what the class of that counts for.
    barrier
        What it costs where a segment begins that crosses a motorway, a railway or a river.
    through
        More where a street is parted from its straight continuation.
    unnamed
        More where no street at the junction has a name.
    same_place
        More where a neighbourhood that fits in a beat is parted.
    outline
        What is parted on the outline of a neighbourhood costs this times as much.
    straight
        Cosine of the largest turn at which a street goes straight on.
    same_name
        By so much less such a turn counts where the name stays the same.
    walk
        What all walks of a mean beat count for.
    off, near
        What it counts for to be off the wanted load by one tolerance beyond the part `near` of it,
        within which a division has what is wanted; by two, four times as much.
    strict_off, strict_near
        The same for trades, whose borders are judged when they are measured.
    far
        Segments so many mean walks nearer to their own base stay with it.
    most_free
        Of the others the nearest to the border are divided, at most so many.
    sweeps, again
        How often all neighbours divide their streets by what is known first, and by what was
        learned from measures.
    """

    main: float = figure(1.0)
    barrier: float = figure(0.02)
    through: float = figure(0.5)
    unnamed: float = figure(0.2)
    same_place: float = figure(0.5)
    outline: float = share(0.5)
    straight: float = share(0.7)
    same_name: float = share(0.3)
    walk: float = figure(48.0)
    off: float = figure(5.0)
    near: float = share(0.3)
    strict_off: float = figure(200.0)
    strict_near: float = share(0.1)
    far: float = figure(2.0)
    most_free: int = count(1000, 2)
    sweeps: int = count(3, 0)
    again: int = count(2, 0)


@dataclass(frozen=True)
class BalanceParams(Tuning):
    """Trades that even out beats: what they are for, how many are tried, when they are enough.

    Attributes
    ----------
    split, split_less, split_least
        What lying on two sides of a barrier counts for, in squared tolerances off the target: at
        first, and less where it keeps beats from being even.
    any_share, full_share
        Of that: lying apart at all counts for as much as `any_share`, in full from the share
        `full_share` on.
    least_gain
        A trade stands that makes the beats that it changes cheaper by more than this share.
    border, border_first
        What a side street left behind counts for, in squared tolerances off the target; before
        pairs trade, while all beats divide their streets at once.
    rounds, most_in_flow
        How often all beats divide their streets at once, measured each time, and the most beats
        that this is tried for. More beats are of a few dozen streets each, which answer a move by
        such jumps that it does harm.
    near, fair
        Parts of the tolerance that pairs of beats, and three in a row, are brought to: measures at
        the final depth differ a little.
    near_first, many_effort
        Part of the tolerance, and of the usual work where beats are many, before they are evened
        once more from their bases.
    relays
        Parts of what would even three beats, that go from the first over the second to the third.
    most_thirds
        Beats behind each neighbour that such a relay is tried with.
    least_work, more_work
        Work after which a search stops, in segments looked at by measures: at least, and for each
        street to cover times the square root of the number of beats.
    much_apart, most_parts
        Share of a beat across a barrier from which on that is handed over, and how many parts.
    """

    split: float = figure(20.0)
    split_less: float = figure(2.0)
    split_least: float = figure(0.3)
    any_share: float = share(0.25)
    full_share: float = share(0.05, 1e-6)
    least_gain: float = share(0.02)
    border: float = figure(0.01)
    border_first: float = figure(0.04)
    rounds: int = count(4, 0)
    most_in_flow: int = count(64, 0)
    near: float = share(0.5)
    fair: float = share(0.58)
    near_first: float = share(0.8)
    many_effort: float = share(0.25)
    relays: tuple[float, ...] = share((1.0, 0.6))
    most_thirds: int = count(3, 0)
    least_work: int = count(100_000, 0)
    more_work: float = figure(1.2)
    much_apart: float = share(0.03)
    most_parts: int = count(3, 0)


@dataclass(frozen=True)
class BestFirstParams(Tuning):
    """Small places, searched through; held against the best of all cuts of a few dozen streets.

    Attributes
    ----------
    most_segments
        Segments of the largest region that is searched through.
    starts_a_segment
        First cuts for each of its segments.
    spread_rounds
        Diagrams that even the weights of each.
    descents
        The cheapest of them, from which a search goes down to the nearest local optimum.
    patience
        Cuts to go on from after the best one before the search ends.
    stray
        Every so many times, the search goes on from any cut, not from the cheapest.
    """

    most_segments: int = count(26, 0)
    starts_a_segment: int = count(20, 0)
    spread_rounds: int = count(4)
    descents: int = count(150, 0)
    patience: int = count(60, 0)
    stray: int = count(4)


@dataclass(frozen=True)
class DistrictParams(Tuning):
    """Districts of beats, by simulated annealing.

    Attributes
    ----------
    runs, steps
        Runs, and the steps of one, times the square root of the number of beats.
    hot, cold
        Heat at the beginning and at the end, in costs.
    lump
        Few large beats change the cost in steps; heat at the beginning is at least this part of
        them.
    even
        Deviation from the mean load that nobody notices: what it leaves free goes to the shape.
    border, split
        What a line as long as two neighbours share counts for, and a city in one more district, in
        squared `even`.
    melt, exchange
        Chances that a step cuts two districts again; that it does, or moves one beat each way.
    """

    runs: int = count(6)
    steps: float = figure(200.0)
    hot: float = figure(4.0, 1e-6)
    cold: float = figure(0.05, 1e-6)
    lump: float = figure(0.25)
    even: float = share(0.02, 1e-6)
    border: float = figure(0.3)
    split: float = figure(1.0)
    melt: float = share(0.15)
    exchange: float = share(0.55)


@dataclass(frozen=True)
class CutParams(Tuning):
    """All that a cut goes by besides what the planner asks for.

    Attributes
    ----------
    regions, construct, borders, balance, best_first, districts
        Figures of each part of the search.

    Examples
    --------
    >>> params = CutParams.from_toml("balance.near = 0.3")
    >>> params.balance.near, params.balance.fair
    (0.3, 0.58)
    """

    regions: RegionParams = RegionParams()
    construct: ConstructParams = ConstructParams()
    borders: BorderParams = BorderParams()
    balance: BalanceParams = BalanceParams()
    best_first: BestFirstParams = BestFirstParams()
    districts: DistrictParams = DistrictParams()

    def keeping_together(self) -> CutParams:
        """Return the same for neighbourhoods that a planner asks to keep whole, not only knows.

        Returns
        -------
        CutParams
            Parting them costs twice as much, and crossing their outline half as much again.
        """
        regions = replace(self.regions, outline_m=1.5 * self.regions.outline_m)
        borders = replace(self.borders, same_place=2.0 * self.borders.same_place)
        return replace(self, regions=regions, borders=borders)


@dataclass(frozen=True)
class SearchRules:
    """What one search goes by: how even, how long, and the figures of its parts.

    Attributes
    ----------
    tolerance
        How far the load of a beat may be from its target, as a share of it.
    time_limit_s
        Seconds from `began` on after which the best so far is kept.
    seed
        Of the first cuts.
    params
        All figures.
    began
        On the clock of `time.monotonic`.
    """

    tolerance: float
    time_limit_s: float = float("inf")
    seed: int = 0
    params: CutParams = CutParams()
    began: float = field(default_factory=time.monotonic)

    @property
    def strict(self) -> SearchRules:
        """The same where a division is for the loads above all: see `BorderParams`."""
        borders = self.params.borders
        borders = replace(borders, off=borders.strict_off, near=borders.strict_near)
        return replace(self, params=replace(self.params, borders=borders))

    @property
    def late(self) -> bool:
        """Whether time is up."""
        return time.monotonic() > self.began + self.time_limit_s
