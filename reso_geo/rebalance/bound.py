"""The largest continuity that any method could reach: proven, from loads alone.

A post keeps no more than it had, and no more than fits the tolerance; new posts together hold at
least their smallest fair share, which others must give up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["continuity_bound"]


def continuity_bound(
    held_s: NDArray[np.float64],
    officers: int,
    tolerance: float,
    posts: NDArray[np.int64] | None = None,
    total_s: float | None = None,
) -> float:
    """Give the share of street load that at most keeps its post.

    With K old and K' new posts, loads W_i, total W, U = (1 + T) W / K', Lo = (1 - T) W / K':
    growing, the lesser of the sum of min(W_i, U) and of W - (K' - K) Lo; shrinking, the sum of
    min(W_i, U) over the best K' beats.

    Parameters
    ----------
    held_s
        float64, shape (k,): street load of each old beat, seconds per week.
    officers
        New posts, all beats together.
    tolerance
        How far the load per post may be from the mean, as a share of it.
    posts
        int64, shape (k,): posts of each old beat; None for one each. A beat with more holds as many
        times U, and stays or goes as a whole.
    total_s
        All street load, that of no old beat included; None for the sum of `held_s`.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> round(continuity_bound(np.ones(17), 18, 0.05), 4)
    0.9472
    >>> round(continuity_bound(np.ones(17), 16, 0.05), 4)
    0.9412
    """
    count = np.ones(len(held_s), dtype=np.int64) if posts is None else posts
    total = float(held_s.sum()) if total_s is None else total_s
    if total <= 0.0:
        return 1.0
    share = total / officers
    fits = np.minimum(held_s, (1.0 + tolerance) * share * count)
    new = officers - int(count.sum())
    if new >= 0:
        kept = min(float(fits.sum()), total - new * (1.0 - tolerance) * share)
    else:
        kept = _best(fits, count, officers)
    return min(1.0, kept / total)


def _best(fits: NDArray[np.float64], posts: NDArray[np.int64], officers: int) -> float:
    """Give the most that beats with so many posts together can keep."""
    best = np.zeros(officers + 1)
    for value, count in zip(fits.tolist(), posts.tolist(), strict=True):
        if count <= officers:
            best[count:] = np.maximum(best[count:], best[: officers + 1 - count] + value)
    return float(best[-1])
