"""Which street classes to leave out so that the rest fits."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess.evaluation import judged_part
from reso_geo.assess.least_posts import streets_fit
from reso_geo.assess.remedies.remedy import Fix
from reso_geo.coverage import reached
from reso_geo.i18n import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from reso_geo.assess.evaluation import Case

__all__ = ["class_fix"]

_MOST_SHARE = 0.5
_MOST_TRIALS = 16
"""Each is a tour of most of the sector."""


def class_fix(case: Case) -> Fix | None:
    """Find street classes without which a sector is feasible: few of them, and short ones.

    Single classes are tried first, the shortest before the others, then pairs in the same order,
    then three and more: the classes passed least often go first. What cannot fit even without
    deadhead, or leaves streets that no path of the mode connects to the base, is not toured.

    Parameters
    ----------
    case
        A sector in one mode and season.

    Returns
    -------
    Fix or None
        ``highway`` (with commas between several), their ``street_km`` and what is left, toured and
        judged without them. None where none of the first 16 choices does that makes up half of the
        streets or less: what is left would be another job.
    """
    network, required = case.sector.network, case.sector.required
    highway, length_m = network.highway[required].astype(str), network.length_m[required]
    metres = {each: float(length_m[highway == each].sum()) for each in np.unique(highway).tolist()}
    most_m, trials = _MOST_SHARE * length_m.sum(), 0
    for dropped in _choices(metres, _passes(case, highway)):
        gone_m = sum(metres[each] for each in dropped)
        left = required[~np.isin(highway, dropped)]
        if gone_m > most_m or not _may_fit(case, left):
            continue
        trials += 1
        if trials > _MOST_TRIALS:
            return None
        verdict = judged_part(case, left, case.sector.base, case.sector.posts)
        if verdict.verdict == "yes":
            figures: dict[str, float | int | str | None] = {
                "highway": listed(dropped),
                "street_km": gone_m / 1000.0,
                "left_km": float(length_m.sum() - gone_m) / 1000.0,
                "worst_chance": verdict.chance,
                "worst_margin": verdict.margin,
            }
            return Fix("drop_class", case.mode, case.season, figures)
    return None


def _choices(metres: Mapping[str, float], passes: Mapping[str, float]) -> Iterator[tuple[str, ...]]:
    """Return the classes to leave out together, in the order in which they are tried."""
    for count in (1, 2):
        some = combinations(sorted(metres), count)
        yield from sorted(some, key=lambda them: (sum(metres[each] for each in them), them))
    ranked = sorted(metres, key=lambda each: (passes[each], metres[each], each))
    for count in range(3, len(ranked)):
        yield tuple(ranked[:count])


def _passes(case: Case, highway: NDArray[np.str_]) -> dict[str, float]:
    """Return how often a week each class is passed."""
    cadence = case.needs.load.cadence[case.sector.required]
    return dict(zip(highway.tolist(), cadence.tolist(), strict=True))


def _may_fit(case: Case, left: NDArray[np.int64]) -> bool:
    """Return whether the streets that are left can be toured, and fit without any deadhead."""
    if not len(left):
        return False
    found = reached(case.graph, left, case.sector.base, case.needs.load.aside)
    posts, chance = case.sector.posts, case.verdict.target
    return not found.beyond and streets_fit(case.needs, found.toured, posts, chance)
