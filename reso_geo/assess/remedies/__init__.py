"""Fixes: what would make a sector feasible, each run to see that it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.assess.remedies.cadence import (
    cadence_fix,
    pace_fix,
    patrol_share_fix,
    with_cadence,
)
from reso_geo.assess.remedies.classes import class_fix
from reso_geo.assess.remedies.posts import MOST_PARTS, fewest_posts, posts_fix
from reso_geo.assess.remedies.remedy import FIXES, Fix, Part
from reso_geo.parallel import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reso_geo.assess.evaluation import Case
    from reso_geo.assess.verdict import Verdict

__all__ = [
    "FIXES",
    "MOST_PARTS",
    "Fix",
    "Part",
    "cadence_fix",
    "class_fix",
    "fewest_posts",
    "fixes_for",
    "pace_fix",
    "patrol_share_fix",
    "posts_fix",
    "with_cadence",
]


def fixes_for(
    cases: Sequence[Case], seed: int = 0, progress: Callable[..., object] | None = None
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
        are feasible as they are, then posts, cadence, share of patrol, pace and street class for
        each one that is not.
    """
    hard = [case for case in cases if case.open]
    found: list[Fix | None] = []
    if any(case.verdict.verdict != "yes" for case in cases):
        found += [_as_it_is(case) for case in cases if case.verdict.verdict == "yes"]
    if hard and progress is not None:
        progress("progress.fixes")
    modes = list(dict.fromkeys(case.mode for case in hard))

    def answer(task: str | int) -> list[Fix | None]:
        if isinstance(task, int):
            case = hard[task]
            known = cadence_fix(case), patrol_share_fix(case), pace_fix(case)
            return [*known, class_fix(case)]
        return _posts_fixes([case for case in hard if case.mode == task], seed)

    tasks = [*modes, *range(len(hard))]
    done = dict(zip(tasks, side_by_side(answer, tasks), strict=True))
    for place, case in enumerate(hard):
        found += [done[case.mode].pop(0), *done[place]]
    return tuple(fix for fix in found if fix is not None)


def _posts_fixes(cases: Sequence[Case], seed: int) -> list[Fix | None]:
    """Find the posts for each season of one mode, with the parts of the season before in mind."""
    found: list[Fix | None] = []
    like = None
    for case in cases:
        found.append(posts_fix(case, seed, like))
        like = found[-1] or like
    return found


def _left(verdict: Verdict) -> dict[str, float | int | str | None]:
    return {"worst_chance": verdict.chance, "worst_margin": verdict.margin}


def _as_it_is(case: Case) -> Fix:
    return Fix("mode", case.mode, case.season, _left(case.verdict))
