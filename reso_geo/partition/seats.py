"""How many posts each city gets."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["sainte_lague"]


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
    if seats < len(loads):
        message = f"{seats} seats cannot give one to each of {len(loads)}"
        raise ValueError(message)
    given = [1] * len(loads)
    queue = [(-load / 3.0, place) for place, load in enumerate(loads)]
    heapq.heapify(queue)
    for _ in range(seats - len(loads)):
        while queue and most is not None and given[queue[0][1]] >= most[queue[0][1]]:
            heapq.heappop(queue)
        if not queue:
            break
        _, place = heapq.heappop(queue)
        given[place] += 1
        heapq.heappush(queue, (-loads[place] / (2 * given[place] + 1), place))
    return given
