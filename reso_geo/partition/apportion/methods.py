"""How many posts each city gets."""

from __future__ import annotations

import heapq
import math
from types import MappingProxyType
from typing import TYPE_CHECKING

from reso_geo.choices import meant, named
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["SEAT_RULES", "huntington_hill", "sainte_lague", "seats_by_city"]


def seats_by_city(
    seats: Mapping[str, int], cities: Sequence[str], also: Sequence[str] = ()
) -> dict[str, int]:
    """Return the posts that a planner gives cities under the names that the boundary has.

    Parameters
    ----------
    seats
        Posts by city, in any case, with or without accents, ``St`` for ``Saint``.
    cities
        Those that must have posts.
    also
        Others that may have.

    Returns
    -------
    dict of str to int
        Posts by city.

    Raises
    ------
    UsageError
        When a city is unknown, missing, or stands there under two spellings.

    Examples
    --------
    >>> seats_by_city({"st-lambert": 2}, ["Saint-Lambert"])
    {'Saint-Lambert': 2}
    """
    known = [*cities, *also]
    found: dict[str, int] = {}
    unknown = []
    for text, posts in seats.items():
        city = named(text, known)
        if city is None:
            unknown.append(text)
        elif city in found:
            raise UsageError(Phrase("partition.seats_twice", {"city": city, "text": text}))
        else:
            found[city] = posts
    missing = sorted(set(cities) - set(found))
    if unknown or missing:
        told = {"unknown": unknown, "missing": missing}
        off: dict[str, object] = {
            kind: Phrase(f"partition.seats_{kind}", {"count": len(them), "names": listed(them)})
            if them
            else ""
            for kind, them in told.items()
        }
        near = meant(sorted(unknown), missing or known)
        raise UsageError(Phrase("partition.seats_names", off | {"meant": near}))
    return found


def sainte_lague(
    loads: Sequence[float], seats: int, most: Sequence[int] | None = None
) -> list[int]:
    """Share seats in proportion to loads, at least one each (Sainte-Laguë 1910, Webster 1832).

    Each seat goes to the party with the largest load / (2 x its seats + 1); a tie goes to the one
    that stands first.

    Parameters
    ----------
    loads
        Positive figures, such as seconds per week of each city.
    seats
        How many there are, at least one for each load.
    most
        The most that each can use; None for no limit.

    Returns
    -------
    list of int
        Seats in the order of the loads. Their sum is `seats`, or less where `most` allows no more.

    Raises
    ------
    ValueError
        When there are fewer seats than loads.

    Examples
    --------
    >>> sainte_lague([53.0, 24.0, 23.0], 7)
    [3, 2, 2]
    """
    return _divided(loads, seats, most, lambda given: 2.0 * given + 1.0)


def huntington_hill(
    loads: Sequence[float], seats: int, most: Sequence[int] | None = None
) -> list[int]:
    """Share seats in proportion to loads, at least one each (Huntington 1921, Hill 1911).

    Each seat goes to the party with the largest load / sqrt(n x (n + 1)), n being its seats, so
    that no seat could change hands and bring two loads per seat nearer to each other, as a share; a
    tie goes to the one that stands first. It gives small parties a little more than Sainte-Laguë.

    Parameters
    ----------
    loads
        Positive figures, such as seconds per week of each city.
    seats
        How many there are, at least one for each load.
    most
        The most that each can use; None for no limit.

    Returns
    -------
    list of int
        Seats in the order of the loads. Their sum is `seats`, or less where `most` allows no more.

    Raises
    ------
    ValueError
        When there are fewer seats than loads.

    Examples
    --------
    >>> loads = [500.0, 300.0, 100.0]
    >>> huntington_hill(loads, 5), sainte_lague(loads, 5)
    ([2, 2, 1], [3, 1, 1])
    """
    return _divided(loads, seats, most, lambda given: math.sqrt(given * (given + 1.0)))


SEAT_RULES: Mapping[str, Callable[[Sequence[float], int, Sequence[int] | None], list[int]]] = (
    MappingProxyType({"sainte-lague": sainte_lague, "huntington-hill": huntington_hill})
)
"""The named methods of sharing posts among cities."""


def _divided(
    loads: Sequence[float],
    seats: int,
    most: Sequence[int] | None,
    divisor: Callable[[int], float],
) -> list[int]:
    """Return seats one by one to the largest load / divisor, at least one each."""
    if seats < len(loads):
        message = f"{seats} seats cannot give one to each of {len(loads)}"
        raise ValueError(message)
    given = [1] * len(loads)
    queue = [(-load / divisor(1), place) for place, load in enumerate(loads)]
    heapq.heapify(queue)
    for _ in range(seats - len(loads)):
        while queue and most is not None and given[queue[0][1]] >= most[queue[0][1]]:
            heapq.heappop(queue)
        if not queue:
            break
        _, place = heapq.heappop(queue)
        given[place] += 1
        heapq.heappush(queue, (-loads[place] / divisor(given[place]), place))
    return given
