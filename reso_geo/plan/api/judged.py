"""The same beats in another season or under other settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reso_geo.network import with_own_rules
from reso_geo.plan.api.given import tour_depth
from reso_geo.plan.current import measured_again, spread_counts
from reso_geo.plan.evaluation_context import evaluation_context
from reso_geo.plan.parts import DRAFT
from reso_geo.records import hearer
from reso_geo.settings import settings_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from reso_geo.coverage import Depth
    from reso_geo.plan.plan import Plan
    from reso_geo.settings import PatrolSettings

__all__ = ["judged"]

_OF_THE_CASE = ("travel.", "settings.", "plan.set_aside_", DRAFT)
"""What is said of one season and its settings begins so, and is found again."""


def judged(
    plan: Plan,
    season: str | None,
    settings: PatrolSettings | str | PathLike[str] | None,
    mode: str | None,
    depth: Depth,
    progress: Callable[[str], object] | bool | None,  # noqa: FBT001 - as in `PlanMethods.judged`
) -> Plan:
    """Measure and judge the beats of a plan again.

    Parameters
    ----------
    plan
        Whose beats.
    season, settings, mode
        None for those of the plan.
    depth
        How long tours are looked for.
    progress
        As for `reso_geo.make_plan`.

    Returns
    -------
    Plan
        See `reso_geo.Plan.judged`.

    Raises
    ------
    UsageError
        When a word is not known, or the settings ask for other rules for streets.
    """
    told, hear = tour_depth(depth), hearer(progress)
    used, own = with_own_rules(
        plan.network, plan.settings if settings is None else settings_of(settings)
    )
    request = replace(
        plan.request,
        season=plan.request.season if season is None else season,
        mode=plan.request.mode if mode is None else mode,
    )
    notes = tuple(each for each in plan.warnings if not each.key.startswith(_OF_THE_CASE))
    context = evaluation_context(
        plan.network,
        used,
        request,
        plan.anchors,
        spread_counts(plan, plan.network.required),
        extra_s=plan.extra_s,
        depth=depth,
    )
    said = (*notes, *(each for each in own if each not in notes), *told)
    return measured_again(plan, context, said, progress=hear)
