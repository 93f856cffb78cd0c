"""What goes into a plan in memory, as it comes: tables, weights by segment, who hears of stages."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import numpy as np

from reso_geo.boundaries import Boundary, read_boundary
from reso_geo.choices import check_choice
from reso_geo.coverage import Depth
from reso_geo.demand import (
    Anchors,
    Bases,
    Counts,
    Residents,
    count_per_segment,
    no_anchors,
    place_population,
    read_anchors,
    read_bases,
    read_population,
)
from reso_geo.errors import TableError, UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.network import StreetNetwork, with_own_rules
from reso_geo.plan.yardstick import yardstick
from reso_geo.records import Door
from reso_geo.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reso_geo.plan.request import PlanRequest
    from reso_geo.plan.yardstick import Yardstick
    from reso_geo.settings import PatrolSettings

__all__ = ["bases_of", "boundary_of", "check_network", "measuring", "stages", "tour_depth"]

_WEEK_S = 7 * 24 * 3600.0
_Record = TypeVar("_Record")


def _read(given: object, kind: type[_Record], read: Callable[[Any], _Record]) -> _Record | None:
    """Return a record as it is; whatever else was given is read into one."""
    return given if given is None or isinstance(given, kind) else read(given)


def check_network(network: object) -> None:
    """Refuse what is no street network.

    Parameters
    ----------
    network
        As it was given.

    Raises
    ------
    UsageError
        When it is none.
    """
    if not isinstance(network, StreetNetwork):
        raise UsageError(Phrase("plan.no_network", {"kind": type(network).__name__}))


def boundary_of(given: object) -> Boundary | None:
    """Return a boundary.

    Parameters
    ----------
    given
        One, or what `reso_geo.read_boundary` reads; None for none.

    Returns
    -------
    Boundary or None
        None for none.
    """
    return _read(given, Boundary, read_boundary)


def anchors_of(given: object) -> Anchors:
    """Return anchors.

    Parameters
    ----------
    given
        Anchors, or what `reso_geo.read_anchors` reads; None for none.

    Returns
    -------
    Anchors
        Perhaps without a row.
    """
    return _read(given, Anchors, read_anchors) or no_anchors()


def bases_of(given: object) -> Bases | None:
    """Return bases.

    Parameters
    ----------
    given
        Bases, or what `reso_geo.demand.read_bases` reads; None for none.

    Returns
    -------
    Bases or None
        None for none.
    """
    return _read(given, Bases, read_bases)


def counts_of(network: StreetNetwork, given: object) -> Counts | None:
    """Return counts along the segments.

    Parameters
    ----------
    network
        The streets.
    given
        Counts, or what `reso_geo.demand.count_per_segment` reads, of a year; None for none.

    Returns
    -------
    Counts or None
        None for none.
    """
    return _read(given, Counts, lambda table: count_per_segment(network, table))


def people_of(
    network: StreetNetwork, given: object
) -> tuple[NDArray[np.float64] | None, tuple[Phrase, ...]]:
    """Return residents along the segments.

    Parameters
    ----------
    network
        The streets.
    given
        float64, shape (m,), `reso_geo.demand.Residents`, or what `reso_geo.demand.read_population`
        reads; None where not known.

    Returns
    -------
    tuple of (ndarray of float64 or None, tuple of Phrase)
        Shape (m,), and what was left out.
    """
    notes: tuple[Phrase, ...] = ()
    people: NDArray[np.float64] | None
    if given is None or isinstance(given, np.ndarray):
        people = given
    else:
        found = _read(
            given, Residents, lambda table: place_population(network, read_population(table))
        )
        people, notes = (None, ()) if found is None else (found.people, found.notes)
    if people is not None:
        Door("Residents", UsageError).figures("people", people, 0.0, rows=len(network))
    return people, notes


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
    # A Series has the same two doors as a mapping, but for ids that stand there twice.
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
    return (Phrase("plan.fast_tours"),) if depth == "fast" else ()


def measuring(
    network: StreetNetwork,
    request: PlanRequest,
    settings: PatrolSettings | None,
    given: tuple[object, object, object, object],
    depth: Depth,
) -> tuple[Yardstick, NDArray[np.float64] | None, tuple[Phrase, ...]]:
    """Prepare what the beats of a new plan are measured with.

    Parameters
    ----------
    network
        The streets.
    request
        Mode, season, tolerance.
    settings
        All assumptions; None for the defaults.
    given
        Anchors, people, counts and weights, as they came.
    depth
        How long tours are looked for.

    Returns
    -------
    tuple of (Yardstick, ndarray of float64 or None, tuple of Phrase)
        With residents along each segment, None where not known, and what to say of all that.
    """
    told = tour_depth(depth)
    used, own = with_own_rules(network, load_settings() if settings is None else settings)
    anchors, people, counts, weights = given
    residents, left_out = people_of(network, people)
    extra_s, aside = extra_seconds(network, weights)
    found, counted = anchors_of(anchors), counts_of(network, counts)
    yard = yardstick(network, used, request, found, counted, extra_s=extra_s, depth=depth)
    return yard, residents, (*own, *left_out, *aside, *told)


def stages(
    progress: Callable[[str], object] | bool | None,  # noqa: FBT001 - as in `make_plan`
) -> Callable[[str], object] | None:
    """Return what hears of each stage.

    Parameters
    ----------
    progress
        Called with the key of each stage; True for a line each on standard error.

    Returns
    -------
    callable or None
        None for silence.
    """
    if progress is True:
        return lambda key: sys.stderr.write(f"{Phrase(key)}\n")
    return progress or None
