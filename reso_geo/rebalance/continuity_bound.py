"""The largest continuity that any method could reach: proven, from street loads alone, by city."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["CityLoads", "continuity_bound"]

_ROUNDING = 1.0 + 1e-12
"""Sums of the same loads in another order differ by less."""


@dataclass(frozen=True)
class CityLoads:
    """Street loads of a city before and after: of all of them together where beats may cross lines.

    Attributes
    ----------
    held_s
        float64, shape (k,): street load in the city of each old beat, seconds per week.
    posts
        int64, shape (k,): posts of each: those it has now where it is still there, else those that
        it had.
    total_s
        All street load of the city, that of no beat included.
    posts_now
        Posts of the beats that there are now.
    least_s, most_s
        The smallest and the largest street load per post of these.
    """

    held_s: NDArray[np.float64]
    posts: NDArray[np.int64]
    total_s: float
    posts_now: int
    least_s: float
    most_s: float

    def range_s(self, tolerance: float) -> tuple[float, float]:
        """Return the range that loads per post are looked for in.

        Parameters
        ----------
        tolerance
            How far the load per post may be from the city's mean, as a share of it.

        Returns
        -------
        tuple of (float, float)
            The tolerance about the mean, widened to the beats that there are now.
        """
        mean_s = self.total_s / max(self.posts_now, 1)
        least_s = min((1.0 - tolerance) * mean_s, self.least_s)
        return least_s, max((1.0 + tolerance) * mean_s, self.most_s)


def continuity_bound(
    cities: Sequence[CityLoads], tolerance: float, total_s: float | None = None
) -> float:
    """Compute the share of street load that at most keeps its post.

    For a city with loads W_i and posts p_i of its old beats, K old and K' new posts and total W,
    let U = max((1 + T) W / K', largest load per post now) and Lo = min((1 - T) W / K', smallest).
    It keeps at most, growing (K' >= K), the lesser of the sum of min(W_i, p_i U) and of
    W - (K' - K) Lo; shrinking, the sum of min(W_i, p_i U) over the best beats with K' posts.

    No plan whose loads per post are all from Lo to U keeps more, and the plan returned is such a
    plan by the choice of Lo and U, so that what was reached is never above. Proof: let S be the old
    beats of the city that are still there. Beat i of S keeps streets that it had and has, so no
    more than W_i, and no more than it holds now, which is p_i U at most. The beats of S have K'
    posts at most, so that the kept load is that of some beats with K' posts: this is the bound
    when shrinking, and not more than the sum over all beats otherwise. Growing, the posts of S are
    K at most too, so that beats that are new here have K' - K posts or more and hold (K' - K) Lo
    or more; nothing of that is kept, and what is kept lies in the rest of W. A plan's beats hold
    streets of one city each, or all cities count as one; so the sum over the cities is a bound for
    all.

    Parameters
    ----------
    cities
        Street loads of each.
    tolerance
        How far the load per post may be from the mean, as a share of it.
    total_s
        All street load; None for that of the cities.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> held = np.ones(17)
    >>> posts = np.ones(17, dtype=np.int64)
    >>> grown = CityLoads(held, posts, 17.0, posts_now=18, least_s=17 / 18, most_s=17 / 18)
    >>> round(continuity_bound([grown], 0.05), 4)
    0.9472
    >>> fewer = CityLoads(held, posts, 17.0, posts_now=16, least_s=17 / 16, most_s=17 / 16)
    >>> round(continuity_bound([fewer], 0.05), 4)
    0.9412
    """
    total = sum(city.total_s for city in cities) if total_s is None else total_s
    if total <= 0.0:
        return 1.0
    return min(1.0, sum(_most_kept_s(city, tolerance) for city in cities) / total * _ROUNDING)


def _most_kept_s(city: CityLoads, tolerance: float) -> float:
    least_s, most_s = city.range_s(tolerance)
    fits = np.minimum(city.held_s, most_s * city.posts)
    new = city.posts_now - int(city.posts.sum())
    if new < 0:
        return _best(fits, city.posts, city.posts_now)
    return min(float(fits.sum()), city.total_s - new * least_s)


def _best(fits: NDArray[np.float64], posts: NDArray[np.int64], officers: int) -> float:
    """Return the most that beats with so many posts together can keep."""
    best = np.zeros(officers + 1)
    for value, count in zip(fits.tolist(), posts.tolist(), strict=True):
        if count <= officers:
            best[count:] = np.maximum(best[count:], best[: officers + 1 - count] + value)
    return float(best[-1])
