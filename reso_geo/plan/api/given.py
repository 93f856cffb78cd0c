"""What goes into a plan in memory, as it comes: tables, weights by segment, a depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from reso_geo.choices import check_choice
from reso_geo.coverage import Depth
from reso_geo.demand import anchors_of, counts_of, people_of
from reso_geo.errors import TableError
from reso_geo.i18n import Phrase, listed
from reso_geo.network import with_own_rules
from reso_geo.plan.evaluation_context import evaluation_context
from reso_geo.plan.parts import DRAFT
from reso_geo.settings import settings_of

if TYPE_CHECKING:
    from os import PathLike

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.plan.evaluation_context import EvaluationContext
    from reso_geo.plan.request import PlanRequest
    from reso_geo.settings import PatrolSettings

__all__ = ["measuring", "tour_depth"]

_WEEK_S = 7 * 24 * 3600.0


def extra_seconds(
    network: StreetNetwork, weights: object
) -> tuple[NDArray[np.float64] | None, tuple[Phrase, ...]]:
    """Return weights of one's own along the segments.

    Parameters
    ----------
    network
        The streets.
    weights
        Seconds per week by segment id: a Series or a mapping; None for none.

    Returns
    -------
    tuple of (ndarray of float64 or None, tuple of Phrase)
        Shape (m,), zero for a segment that is not named or not to cover; and what was left out.

    Raises
    ------
    TableError
        When a segment is not known or named twice, or a figure is none, negative, or more than a
        week.
    """
    if weights is None:
        return None, ()
    # A Series has the same two methods as a mapping, but for ids that stand there twice.
    if not (isinstance(weights, Mapping) or hasattr(weights, "items")) or hasattr(
        weights, "columns"
    ):
        raise TableError(Phrase("plan.weights_kind", {"kind": type(weights).__name__}))
    pairs = [(str(segment), value) for segment, value in weights.items()]
    place = {segment: at for at, segment in enumerate(network.segment_id)}
    seen: set[str] = set()
    wrong: dict[str, list[str]] = {"unknown": [], "twice": [], "figure": []}
    extra_s = np.zeros(len(network))
    for segment, value in pairs:
        if segment not in place:
            wrong["unknown"].append(segment)
        elif segment in seen:
            wrong["twice"].append(segment)
        elif not _is_time(value):
            wrong["figure"].append(f"{segment}: {value}")
        else:
            extra_s[place[segment]] = float(value)
        seen.add(segment)
    for why, ids in wrong.items():
        if ids:
            values = {"count": len(ids), "ids": listed(ids, 5)}
            raise TableError(Phrase(f"plan.weights_{why}", values))
    aside = ~network.required & (extra_s > 0.0)
    values = {"count": int(aside.sum()), "hours": extra_s[aside].sum() / 3600.0}
    notes = (Phrase("plan.weights_aside", values),) if aside.any() else ()
    return np.where(network.required, extra_s, 0.0), notes


def _is_time(value: Any) -> bool:  # noqa: ANN401 - whatever was given
    number = isinstance(value, int | float | np.integer | np.floating)
    return number and not isinstance(value, bool) and 0.0 <= float(value) <= _WEEK_S


def tour_depth(depth: object) -> tuple[Phrase, ...]:
    """Return what to say of a depth.

    Parameters
    ----------
    depth
        ``final`` or ``fast``.

    Returns
    -------
    tuple of Phrase
        A note for the fast one.

    Raises
    ------
    UsageError
        When there is no such depth.
    """
    check_choice(depth, get_args(Depth))
    return (Phrase(DRAFT),) if depth == "fast" else ()


def measuring(
    network: StreetNetwork,
    request: PlanRequest,
    settings: PatrolSettings | str | PathLike[str] | None,
    given: tuple[object, object, object, object],
    depth: Depth,
) -> tuple[EvaluationContext, NDArray[np.float64] | None, tuple[Phrase, ...]]:
    """Prepare what the beats of a new plan are measured with.

    Parameters
    ----------
    network
        The streets.
    request
        Mode, season, tolerance.
    settings
        All assumptions, or the path of a file of them; None for the defaults.
    given
        Anchors, people, counts and weights, as they came.
    depth
        How long tours are looked for.

    Returns
    -------
    tuple of (EvaluationContext, ndarray of float64 or None, tuple of Phrase)
        With residents along each segment, None where not known, and what to say of all that.
    """
    told = tour_depth(depth)
    used, own = with_own_rules(network, settings_of(settings))
    anchors, people, counts, weights = given
    residents, left_out = people_of(network, people)
    extra_s, aside = extra_seconds(network, weights)
    (found, of_anchors), (counted, of_counts) = anchors_of(anchors), counts_of(network, counts)
    context = evaluation_context(
        network, used, request, found, counted, extra_s=extra_s, depth=depth
    )
    return context, residents, (*own, *of_anchors, *left_out, *of_counts, *aside, *told)
