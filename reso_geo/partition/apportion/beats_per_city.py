"""How many beats each city gets, and with how many posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.errors import InfeasibleError, UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.partition.apportion.beat_ids import city_of_id
from reso_geo.partition.apportion.methods import sainte_lague, seats_by_city

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.partition.locks import LockedBeats
    from reso_geo.partition.request import CutRequest

__all__ = ["beats_per_area", "host_cities"]


def beats_per_area(
    network: StreetNetwork,
    request: CutRequest,
    locked: LockedBeats,
    areas: Sequence[int],
    room: Sequence[int],
    loads: Callable[[], list[float]],
) -> list[int]:
    """Share the beats that are to be cut among the cities.

    Parameters
    ----------
    network
        The streets.
    request
        Posts asked for.
    locked
        Beats that stay; their posts come off those of their cities.
    areas
        Index of each city that has streets to cut, -1 for all of them together.
    room
        Required segments of each.
    loads
        Works out the load of each, deadhead included; asked only where it matters.

    Returns
    -------
    list of int
        New beats of each, at least one.

    Raises
    ------
    InfeasibleError
        When a city would get none, or more than it has required segments.
    UsageError
        When the seats or the posts of single beats do not fit the cities.
    """
    new = _new_beats(request, locked)
    if new < len(areas):
        raise _too_few(network, request, locked, areas)
    if not areas:
        if new:
            held = {"beats": listed(locked.beat_id), "posts": sum(locked.posts)}
            raise InfeasibleError(Phrase("partition.locks_leave_nothing", held))
        return []
    if list(areas) == [-1]:
        counts = [new]
    elif request.seats is not None:
        counts = _given(network, request, locked, areas)
    else:
        counts = sainte_lague(loads(), new, room) if len(areas) > 1 else [new]
    if sum(counts) < new or any(c > r for c, r in zip(counts, room, strict=True)):
        values = {"beats": new, "segments": sum(room)}
        raise InfeasibleError(Phrase("partition.more_beats_than_segments", values))
    return counts


def _new_beats(request: CutRequest, locked: LockedBeats) -> int:
    """Return the beats that are still to be cut."""
    both = sorted(set(request.posts or {}) & set(locked.beat_id))
    if both:
        raise UsageError(Phrase("partition.locked_posts", {"beats": listed(both)}))
    named = request.posts or {}
    rest = request.officers - sum(named.values()) - sum(locked.posts)
    if rest % request.officers_per_beat:
        values = {
            "officers": request.officers,
            "per_beat": request.officers_per_beat,
            "named": sum(named.values()) + sum(locked.posts),
        }
        raise UsageError(Phrase("partition.no_whole_posts", values))
    return len(named) + rest // request.officers_per_beat


def _too_few(
    network: StreetNetwork, request: CutRequest, locked: LockedBeats, areas: Sequence[int]
) -> InfeasibleError:
    names = listed([network.cities[city] for city in areas if city >= 0] or network.cities)
    if len(locked):
        values: dict[str, object] = {
            "beats": listed(locked.beat_id),
            "count": len(locked),
            "posts": sum(locked.posts),
            "officers": request.officers,
            "names": names,
            "least": sum(locked.posts) + len(areas) * request.officers_per_beat,
        }
        return InfeasibleError(Phrase("partition.locks_leave_nobody", values))
    values = {"beats": request.beats, "cities": len(areas), "names": names}
    return InfeasibleError(Phrase("partition.fewer_posts_than_cities", values))


def _given(
    network: StreetNetwork, request: CutRequest, locked: LockedBeats, areas: Sequence[int]
) -> list[int]:
    """Return the new beats of each city where the planner says its posts."""
    names = [network.cities[city] for city in areas]
    held = sorted({network.cities[city] for city in locked.city if city >= 0} - set(names))
    empty = sorted(set(network.cities) - {*names, *held})
    seats = seats_by_city(request.seats or {}, names, [*held, *empty])
    if idle := [city for city in empty if seats.get(city)]:
        raise UsageError(Phrase("partition.seats_idle", {"names": listed(idle)}))
    if without := [city for city in names if not seats[city]]:
        raise UsageError(Phrase("partition.seats_zero", {"cities": listed(without)}))
    if sum(seats.values()) != request.officers:
        values: dict[str, object] = {"sum": sum(seats.values()), "officers": request.officers}
        raise UsageError(Phrase("partition.seats_sum", values))
    counts = []
    for city, name in zip(areas, names, strict=True):
        named = {
            beat: posts
            for beat, posts in (request.posts or {}).items()
            if city_of_id(network.cities, beat) == city
        }
        kept = sum(p for p, c in zip(locked.posts, locked.city, strict=True) if c == city)
        rest = seats[name] - sum(named.values()) - kept
        if rest < 0 or rest % request.officers_per_beat or not (rest or named):
            raise UsageError(Phrase("partition.seats_city", {"city": name, "posts": seats[name]}))
        counts.append(len(named) + rest // request.officers_per_beat)
    return counts


def host_cities(
    network: StreetNetwork,
    areas: Sequence[tuple[int, NDArray[np.int64]]],
    seats: Mapping[str, int],
) -> tuple[list[tuple[int, NDArray[np.int64]]], dict[str, int]]:
    """Return the streets of cities without a post to the city that they meet most.

    Parameters
    ----------
    network
        The streets.
    areas
        Index of each city that has streets to cut, and its segments.
    seats
        Posts by the name of a city.

    Returns
    -------
    tuple of (list of (int, ndarray of int64), dict of str to int)
        The cities that have posts, with the segments of those that they host, and their posts.

    Raises
    ------
    InfeasibleError
        When the streets of a city without a post meet those of no city that has one.
    UsageError
        When there is no city of a name.
    """
    seats = seats_by_city(seats, [network.cities[city] for city, _ in areas], network.cities)
    own = {city: segments for city, segments in areas if seats.get(network.cities[city], 1)}
    guests = {city: segments for city, segments in areas if city not in own}
    while guests:
        near = {
            (city, host): _shared(network, segments, own[host])
            for city, segments in guests.items()
            for host in own
        }
        best = max(near, key=lambda pair: near[pair], default=None)
        if best is None or not near[best]:
            values = {"cities": listed(network.cities[city] for city in guests)}
            raise InfeasibleError(Phrase("partition.seats_nobody_near", values))
        city, host = best
        own[host] = np.sort(np.concatenate((own[host], guests.pop(city))))
    return list(own.items()), {city: posts for city, posts in seats.items() if posts}


def _shared(network: StreetNetwork, one: NDArray[np.int64], other: NDArray[np.int64]) -> int:
    """Count the junctions at which two groups of segments meet."""
    ends, others = (np.concatenate((network.u[own], network.v[own])) for own in (one, other))
    return len(np.intersect1d(ends, others))
