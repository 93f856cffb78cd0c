"""grow: a ladder of plans, each from the one before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reso_geo.errors import UsageError
from reso_geo.growth.history import as_edited, history_of
from reso_geo.growth.step import rebalance_plan
from reso_geo.i18n import Phrase
from reso_geo.plan import Plan, current_plan
from reso_geo.plan_check import EditedPlan
from reso_geo.rebalance import RebalanceRequest
from reso_geo.records import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reso_geo.growth.step import RebalancedPlan

__all__ = ["check_ladder", "grow", "ladder"]


def grow(
    start: EditedPlan | Plan,
    officers: Sequence[int],
    request: RebalanceRequest | None = None,
    date: str | None = None,
    progress: Callable[[str], object] | bool | None = None,  # noqa: FBT001 - as in `make_plan`
    *,
    restore: bool = False,
    earlier: Sequence[Plan] = (),
) -> tuple[RebalancedPlan, ...]:
    """Make a plan for each number of posts, each from the one before.

    Parameters
    ----------
    start
        The first plan: from `reso_geo.read_edited_plan`, valid or not, or as made or loaded.
    officers
        Posts of each step, in order; there may be more or fewer from one to the next.
    request
        Tolerance, locks, what to keep, time limit and seed of every step; its posts, and who it
        names to leave or where new beats begin, are not looked at. None for the plan's tolerance.
    date
        Of the new plans, YYYY-MM-DD; None for that of the first one.
    progress
        Called with the key of each stage as it begins; True for a line each on standard error.
    restore
        True when beats go back to those who held them: a number of posts that there was before gets
        the beats that it had then; who came last leaves first; a post that left returns with its
        id and its streets before any new one comes.
    earlier
        Plans before the first one on the same streets, the oldest first, to go back to as well; the
        oldest is then the one that `since_first` looks back to.

    Returns
    -------
    tuple of RebalancedPlan
        One a step.

    Raises
    ------
    InfeasibleError
        When a step has no such plan.
    UsageError
        When a size is out of range, or an earlier plan is on other streets.

    Examples
    --------
    >>> from reso_geo import load_network, make_plan, read_boundary
    >>> from reso_geo.atomic_files import data_file
    >>> boundary = read_boundary(str(data_file("sample/sector.geojson")))
    >>> network = load_network(data_file("sample/sample.osm.pbf"), boundary)
    >>> plan = make_plan(network, officers=2, boundary=boundary)
    >>> steps = grow(plan, [3, 2], restore=True)
    >>> [len(step.plan.beats) for step in steps]
    [3, 2]
    """
    return tuple(ladder(start, officers, request, date, progress, restore=restore, earlier=earlier))


def ladder(
    start: EditedPlan | Plan,
    officers: Sequence[int],
    request: RebalanceRequest | None = None,
    date: str | None = None,
    progress: Callable[[str], object] | bool | None = None,  # noqa: FBT001 - as in `make_plan`
    *,
    restore: bool = False,
    earlier: Sequence[Plan] = (),
) -> Iterator[RebalancedPlan]:
    """Make the plans of `grow` one by one, each when it is asked for.

    Parameters
    ----------
    start, officers, request, date, progress, restore, earlier
        As for `grow`.

    Yields
    ------
    RebalancedPlan
        One a step.

    Raises
    ------
    InfeasibleError
        When a step has no such plan.
    UsageError
        When a size is out of range.
    """
    if not isinstance(start, EditedPlan):
        start = as_edited(current_plan(kind_of("start", start, Plan, "plan_or_edited")), Path())
    edited = start
    check_ladder(edited, officers)
    history = history_of(edited, earlier, restore=restore)
    wishes = request or RebalanceRequest(officers[0], edited.plan.request.cut.tolerance)
    for number in officers:
        asked = replace(wishes, officers=number, retire=(), stay=(), split=(), near=())
        made = rebalance_plan(edited, asked, date=date, progress=progress, history=history)
        yield made
        edited = as_edited(made.plan, edited.path)
        history = history.and_now(edited)


def check_ladder(start: EditedPlan, officers: Sequence[int]) -> None:
    """Refuse sizes that no plan over these streets has.

    Parameters
    ----------
    start
        The first plan.
    officers
        Posts of each step.

    Raises
    ------
    UsageError
        When there is no step, or one has no post, or more posts than there are streets.
    """
    size = start.plan.request.cut.officers_per_beat
    most = size * int(start.network.required.sum())
    if not officers:
        raise UsageError(Phrase("grow.no_steps"))
    for step, number in enumerate(officers, 1):
        if not 1 <= number <= most:
            raise UsageError(
                Phrase("grow.bad_size", {"step": step, "officers": number, "most": most})
            )
