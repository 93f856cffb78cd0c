"""posts_needed: from streets to the smallest number of posts, city by city."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess.least_posts import fewest_for, streets_fit
from reso_geo.assess.posts.result import ASKED, CityPosts, OneFewer, PostsNeeded, PostsRequest
from reso_geo.assess.posts.search import fewest_that_pass
from reso_geo.assess.posts.trials import ModeGround, PostsTrials
from reso_geo.assess.sector import only
from reso_geo.assess.time_budget import needs_of
from reso_geo.assess.tours import LIMITED
from reso_geo.coverage import travel_graph
from reso_geo.demand import (
    anchors_of,
    bases_of,
    counts_of,
    far_bases_note,
    place_anchors,
    place_bases,
    stop_seconds,
)
from reso_geo.errors import InfeasibleError, UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.network import check_network, with_own_rules
from reso_geo.partition import SEAT_RULES, held_segments, seats_by_city
from reso_geo.records import hearer, kind_of
from reso_geo.settings import settings_of
from reso_geo.travel import travel_notes, travel_times

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from numpy.typing import NDArray

    from reso_geo.assess.posts.result import PostsTrial
    from reso_geo.assess.time_budget import Needs
    from reso_geo.coverage import Effort, TravelGraph
    from reso_geo.demand import Anchors, Bases, Counts
    from reso_geo.network import StreetNetwork
    from reso_geo.settings import PatrolSettings
    from reso_geo.tables.frames import TableSource

__all__ = ["posts_needed"]

_OTHER = {"foot": "bike", "bike": "foot"}
_FAR_TIMES, _FAR_MORE = 4, 8
"""A search that nobody limits goes to so many times the proven bound and so many more."""


@dataclass(frozen=True)
class _Ground:
    """What all cities share."""

    network: StreetNetwork
    mode_ground: ModeGround
    other: ModeGround
    walk: TravelGraph
    bases: Bases | None
    effort: Effort


class _Clock:
    """Tells how far the search is: cities count by their street loads."""

    def __init__(self, begin: Callable[..., object], shares: list[float]) -> None:
        self._begin, self._shares = begin, shares
        self._city, self._left = 0, 1.0

    def city(self, number: int) -> None:
        """Begin a city."""
        self._city, self._left = number, 1.0
        self.step()

    def step(self) -> None:
        """Describe one more cut: each is taken for a sixth of what is left."""
        done = sum(self._shares[: self._city]) + self._shares[self._city] * (1.0 - self._left)
        self._left *= 5.0 / 6.0
        self._begin("progress.posts", done)


def posts_needed(  # noqa: PLR0913 - all that the load of streets is made of
    network: StreetNetwork,
    settings: PatrolSettings | str | PathLike[str] | None = None,
    request: PostsRequest | None = None,
    *,
    anchors: Anchors | TableSource | None = None,
    progress: Callable[[str, float], object] | bool | None = None,
    counts: Counts | TableSource | None = None,
    bases: Bases | TableSource | None = None,
    effort: Effort = LIMITED,
) -> PostsNeeded:
    """Find the smallest number of posts so that one post can cover each beat.

    Each city is cut on its own, as in a plan: first into 1, 2, 4 ... beats up to the proven bound,
    for the curve, then further until every beat has the verdict yes, and the last gap is halved
    until one post fewer fails. Tours are at the fast depth in the search; at the answer and at one
    fewer they get the final depth wherever it may turn a verdict.

    Parameters
    ----------
    network
        Segments placed in cities.
    settings
        All assumptions, or the path of a file of them; None for the defaults.
    request
        Mode, season, how posts are shared; None for all by default.
    anchors
        Places to visit, as `reso_geo.read_anchors` reads them; None for none.
    progress
        Called with the key of a stage and the share of it that is done, from 0 to 1; True for
        lines on standard error.
    counts
        Calls counted along each segment, or as `reso_geo.demand.count_per_segment` reads those of
        a year; None for none.
    bases
        Places where patrols start, as `reso_geo.demand.read_bases` reads them; None to start each
        beat in the middle of its load.
    effort
        Where the final depth of the tours stops; by default after a few rounds of cuts.

    Returns
    -------
    PostsNeeded
        The curve, what each city needs, and how sure it is that one post fewer fails.

    Raises
    ------
    InfeasibleError
        When at most fewer posts are allowed than there are cities.
    UsageError
        When the seats that are given name an unknown city, leave one out or give it none,
        or the settings ask for other rules for streets than those that the network was read with.

    Examples
    --------
    >>> from reso_geo import load_network, load_settings
    >>> from reso_geo.atomic_files import data_file
    >>> network = load_network(data_file("sample/sample.osm.pbf"))
    >>> found = posts_needed(network, load_settings(), PostsRequest(most=2))
    >>> found.total is None, [point.posts for point in found.curve]
    (True, [1, 2])
    """
    check_network(network)
    if request is not None:
        kind_of("request", request, PostsRequest, "request")
    request = request or PostsRequest()
    begin = hearer(progress) or (lambda *_: None)
    settings, own = with_own_rules(network, settings_of(settings))
    (visits, of_anchors), (counts, of_counts) = anchors_of(anchors), counts_of(network, counts)
    bases, of_bases = bases_of(bases)
    own = (*own, *of_anchors, *of_counts, *of_bases)
    begin("progress.posts", 0.0)
    cities = [c for c in range(len(network.cities)) if _own(network, c).any()]
    names = [network.cities[city] for city in cities]
    if request.seats is not None:
        request = replace(request, seats=seats_by_city(request.seats, names))
    _check(request, names)
    stop_s = stop_seconds(network, visits, place_anchors(network, visits))
    per_week = None if counts is None else counts.per_week

    def in_mode(mode: str, season: str) -> ModeGround:
        times = travel_times(network, settings, season)
        needs = needs_of(network, settings, mode, season, stop_s, per_week)
        return ModeGround(travel_graph(network, times, mode), needs)

    here = in_mode(request.mode, request.season)
    walk = here.graph
    if request.mode != "foot":
        walk = travel_graph(network, travel_times(network, settings, request.season), "foot")
    ground = _Ground(
        network,
        here,
        in_mode(_OTHER[request.mode], "summer"),
        walk,
        None if bases is None else bases.of_any_beat(),
        effort,
    )
    street_s = here.needs.load.total_s
    loads = [float(street_s[_own(network, city)].sum()) for city in cities]
    clock = _Clock(begin, [load / sum(loads) for load in loads])
    ends = [0] * len(cities)
    if request.most is not None:
        ends = SEAT_RULES[request.seats_rule](loads, request.most, None)
    found = []
    for number, (city, end) in enumerate(zip(cities, ends, strict=True)):
        clock.city(number)
        found.append(_city_posts(ground, request, city, (len(cities) - 1, end), clock.step))
    warnings = (*own, *network.notes, *travel_notes(network, settings, request.season))
    if bases is not None and (far := far_bases_note(bases, place_bases(network, bases))):
        warnings += (far,)
    counted = counts is not None
    return PostsNeeded(request, settings, tuple(found), network, counted, warnings)


def _own(network: StreetNetwork, city: int) -> NDArray[np.bool_]:
    own: NDArray[np.bool_] = network.required & (network.city == city)
    return own


def _check(request: PostsRequest, names: list[str]) -> None:
    """Refuse too few posts for the cities, and seats that do not match them."""
    if request.most is not None and request.most < len(names):
        values = {"most": request.most, "cities": len(names), "names": listed(names)}
        raise InfeasibleError(Phrase("posts.fewer_than_cities", values))
    if request.seats is None:
        return
    for name, posts in request.seats.items():
        if posts < 1:
            raise UsageError(Phrase("partition.seats_city", {"city": name, "posts": posts}))


def _city_posts(
    ground: _Ground,
    request: PostsRequest,
    city: int,
    room: tuple[int, int],
    report: Callable[[], None],
) -> CityPosts:
    """Find what one city needs; `room`: what the others take at least, and where its curve ends."""
    network, needs = ground.network, ground.mode_ground.needs
    name = network.cities[city]
    inside = only(network, held_segments(network) & (network.city == city), name)
    own = np.flatnonzero(inside.required)
    others, end = room
    bound = fewest_for(ground.mode_ground.graph, needs, own, needs.settings.odds.yes_from)
    most = _FAR_TIMES * bound + _FAR_MORE if request.most is None else request.most - others
    most = min(most, len(own))
    trials = PostsTrials(
        inside, ground.mode_ground, request, ground.effort, ground.walk, ground.bases, report
    )
    for posts in _doubled(min(bound, most)):
        trials.at(posts)
    why = _too_long(network, needs, own)
    needed = None if why else _needed(trials, bound, most)
    if needed is None and why is None:
        why = _not_found(trials.finally_at(trials.all[-1].posts), name, bound)
    if end:
        trials.at(min(end, most))
    given = None
    if request.seats is not None:
        given = trials.finally_at(min(request.seats[name], len(own)))
    by_chance = _by_chance(trials, ground.mode_ground, own, needed, most)
    fewer = None if needed is None else _one_fewer(trials, needed, bound, request.tolerance)
    other_ok = None if needed is None else trials.passing_in(ground.other, needed)
    return CityPosts(name, bound, trials.all, needed, fewer, other_ok, given, why, by_chance)


def _by_chance(
    trials: PostsTrials, ground: ModeGround, own: NDArray[np.int64], needed: int | None, most: int
) -> tuple[tuple[float, int | None], ...]:
    """Find the posts for each chance that is told; those for less are no more than for more."""
    usual = ground.needs.settings.odds
    found: dict[float, int | None] = {usual.yes_from: needed}
    for chance in ASKED:
        if chance in found or needed is None or chance <= usual.no_up_to:
            continue
        bound = min(fewest_for(ground.graph, ground.needs, own, chance), most)
        least = needed if chance > usual.yes_from else 1
        most_now = most if chance > usual.yes_from else needed
        found[chance] = _needed(trials.asking(chance), max(bound, least), most_now)
    return tuple((chance, found.get(chance)) for chance in ASKED)


def _doubled(last: int) -> list[int]:
    """Return 1, 2, 4 ... and the last one; of two near each other, the last alone."""
    return [*(2**power for power in range(last.bit_length()) if 3 * 2**power <= 2 * last), last]


def _needed(trials: PostsTrials, bound: int, most: int) -> int | None:
    """Find the answer at the fast depth, and let the final depth lower it as far as it can."""
    needed = fewest_that_pass(trials.at, bound, most)
    while needed is not None and needed > bound and trials.finally_at(needed - 1).passes:
        needed -= 1
    if needed is not None:
        trials.finally_at(needed)
    return needed


def _too_long(network: StreetNetwork, needs: Needs, own: NDArray[np.int64]) -> Phrase | None:
    """Find a street that asks for more than one post has: then no number of posts does."""
    longest = int(own[np.argmax(needs.load.total_s[own])])
    if streets_fit(needs, np.array([longest]), 1, needs.settings.odds.yes_from):
        return None
    values = {
        "city": network.cities[network.city[longest]],
        "street": network.name[longest] or "-",
        "id": network.segment_id[longest],
    }
    return Phrase("posts.street_too_long", values)


def _not_found(last: PostsTrial, city: str, bound: int) -> Phrase:
    """Describe why the largest number that was tried does not do."""
    failed = last.posts - last.beats_ok
    values: dict[str, object] = {"city": city, "posts": last.posts, "failed": failed}
    if last.over > 1.0 or not last.codes:
        return Phrase("posts.not_found", {**values, "bound": bound})
    return Phrase("posts.not_time", {**values, "reason": Phrase(f"reason.{last.codes[0]}")})


def _one_fewer(trials: PostsTrials, needed: int, bound: int, tolerance: float) -> OneFewer | None:
    """Judge one post fewer, and say how sure it is that it fails."""
    if needed == 1:
        return None
    fewer = trials.finally_at(needed - 1)
    if needed == bound:
        return OneFewer(fewer, "proven")
    if fewer.mean_over > 1.0:
        return OneFewer(fewer, "measured")
    even = fewer.over <= (1.0 + tolerance) * fewer.mean_over
    return OneFewer(fewer, "uncertain" if even else "uneven")
