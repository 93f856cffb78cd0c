"""Fixes: what would make a sector feasible, each run to see that it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.assess.fixes.cadence import cadence_fix, with_cadence
from reso_geo.assess.fixes.classes import class_fix
from reso_geo.assess.fixes.posts import MOST_PARTS, fewest_posts, posts_fix
from reso_geo.assess.fixes.record import FIXES, Fix, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reso_geo.assess.case import Case

__all__ = [
    "FIXES",
    "MOST_PARTS",
    "Fix",
    "Part",
    "cadence_fix",
    "class_fix",
    "fewest_posts",
    "fixes_for",
    "posts_fix",
    "with_cadence",
]


def fixes_for(
    cases: Sequence[Case], seed: int = 0, progress: Callable[[str], None] | None = None
) -> tuple[Fix, ...]:
    """Find what would make a sector feasible.

    Parameters
    ----------
    cases
        The sector in every mode and season that was asked for.
    seed
        Of all that is drawn by chance.
    progress
        Called with the key of each stage as it begins.

    Returns
    -------
    tuple of Fix
        Empty where every verdict is yes, or where nothing does. First the modes and seasons that
        are feasible as they are, then posts, cadence and street class for each one that is not.
    """
    begin = progress or (lambda _: None)
    hard = [case for case in cases if case.open]
    found: list[Fix | None] = []
    if any(case.verdict.verdict != "yes" for case in cases):
        found += [_as_it_is(case) for case in cases if case.verdict.verdict == "yes"]
    parted: dict[str, Fix] = {}
    for case in hard:
        begin("progress.fixes")
        posts = posts_fix(case, seed, parted.get(case.mode))
        if posts is not None:
            parted[case.mode] = posts
        found += [posts, cadence_fix(case), class_fix(case)]
    return tuple(fix for fix in found if fix is not None)


def _as_it_is(case: Case) -> Fix:
    return Fix("mode", case.mode, case.season, {"worst_margin": case.verdict.margin})
