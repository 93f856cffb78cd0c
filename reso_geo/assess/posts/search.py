"""The search for the smallest number of posts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from reso_geo.assess.posts.result import PostsTrial

__all__ = ["fewest_that_pass"]


def fewest_that_pass(trial: Callable[[int], PostsTrial], bound: int, most: int) -> int | None:
    """Find a number of posts that passes while one fewer does not.

    From the bound up, each step goes as far as the worst beat asks, at most to the double; then the
    last gap is halved until it is closed. Were passing certain once it begins, this would be the
    smallest number.

    Parameters
    ----------
    trial
        Cuts and judges a number of posts, and remembers it.
    bound
        Below this none can pass, at least 1.
    most
        Above this none is tried.

    Returns
    -------
    int or None
        None where none up to `most` was found.
    """
    failed, posts = bound - 1, bound
    if posts > most:
        return None
    while not (found := trial(posts)).passes:
        if posts >= most or found.hopeless:
            return None
        failed = posts
        step = found.over if 1.0 < found.over < 2.0 else 2.0  # noqa: PLR2004 - doubling
        posts = min(most, max(posts + 1, math.ceil(posts * step)))
    while posts - failed > 1:
        middle = (posts + failed) // 2
        if trial(middle).passes:
            posts = middle
        else:
            failed = middle
    return posts
