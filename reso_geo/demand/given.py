"""Anchors, bases, counts and residents as they come: records, tables, or files of them."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np

from reso_geo.demand.anchors import Anchors, no_anchors, read_anchors
from reso_geo.demand.bases import Bases, read_bases
from reso_geo.demand.counts import Counts, count_per_segment
from reso_geo.demand.population import Residents, place_population, read_population
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.records import FieldCheck, refuse_kind
from reso_geo.tables.frames import is_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork

    Notes: TypeAlias = tuple[Phrase, ...]

__all__ = ["anchors_of", "bases_of", "counts_of", "people_of"]

_Record = TypeVar("_Record")
_LEFT_OUT = tuple(f"table.skipped.{why}" for why in ("hidden", "total", "header", "doubled"))


def _read(
    argument: str, given: object, kind: type[_Record], read: Callable[[Any], _Record]
) -> tuple[_Record | None, Notes]:
    """Return a record as it is; whatever else was given is read into one, with what was not."""
    if given is None or isinstance(given, kind):
        return given, ()
    if not (isinstance(given, str | PathLike) or is_frame(given)):
        refuse_kind(argument, given, argument)
    made = read(given)
    understood: Notes = getattr(made, "understood", ())
    return made, _left_out(argument, understood)


def _left_out(argument: str, understood: Notes) -> Notes:
    """Return which rows of a table were left out, for who does not look at what was understood."""
    rows = [each.values for each in understood if each.key in _LEFT_OUT]
    if not rows:
        return ()
    count = sum(int(str(each["count"])) for each in rows)
    values = {"table": argument, "count": count, "rows": listed(each["rows"] for each in rows)}
    return (Phrase("demand.rows_left_out", values),)


def anchors_of(given: object) -> tuple[Anchors, Notes]:
    """Return anchors.

    Parameters
    ----------
    given
        Anchors, or what `reso_geo.read_anchors` reads; None for none.

    Returns
    -------
    tuple of (Anchors, tuple of Phrase)
        Perhaps without a row; and which rows of a table were left out.
    """
    anchors, notes = _read("anchors", given, Anchors, read_anchors)
    return no_anchors() if anchors is None else anchors, notes


def bases_of(given: object) -> tuple[Bases | None, Notes]:
    """Return bases.

    Parameters
    ----------
    given
        Bases, or what `reso_geo.demand.read_bases` reads; None for none.

    Returns
    -------
    tuple of (Bases or None, tuple of Phrase)
        None for none; and which rows of a table were left out.
    """
    return _read("bases", given, Bases, read_bases)


def counts_of(network: StreetNetwork, given: object) -> tuple[Counts | None, Notes]:
    """Return counts along the segments.

    Parameters
    ----------
    network
        The streets.
    given
        Counts, or what `reso_geo.demand.count_per_segment` reads, of a year; None for none.

    Returns
    -------
    tuple of (Counts or None, tuple of Phrase)
        None for none; and which rows of a table were left out.
    """
    return _read("counts", given, Counts, lambda table: count_per_segment(network, table))


def people_of(network: StreetNetwork, given: object) -> tuple[NDArray[np.float64] | None, Notes]:
    """Return residents along the segments.

    Parameters
    ----------
    network
        The streets.
    given
        float64, shape (m,), a Series by segment id, `reso_geo.demand.Residents`, or what
        `reso_geo.demand.read_population` reads; None where not known.

    Returns
    -------
    tuple of (ndarray of float64 or None, tuple of Phrase)
        Shape (m,), and what was left out.

    Raises
    ------
    UsageError
        When it is none of these, or there is not one finite number for each segment.
    """
    notes: Notes = ()
    people: NDArray[np.float64] | None = None
    if isinstance(given, np.ndarray):
        people = given
    elif isinstance(given, Residents):
        people, notes = given.people, given.notes
    elif isinstance(given, str | PathLike) or is_frame(given):
        population = read_population(given)
        found = place_population(network, population)
        people, notes = found.people, (*found.notes, *_left_out("people", population.understood))
    elif hasattr(given, "to_frame") and hasattr(given, "reindex"):
        people = _by_segment(network, given)
    elif given is not None:
        refuse_kind("people", given, "people")
    if people is not None:
        FieldCheck("Residents", UsageError).figures("people", people, 0.0, rows=len(network))
    return people, notes


def _by_segment(network: StreetNetwork, series: Any) -> NDArray[np.float64]:  # noqa: ANN401
    """Return the figures of a Series by segment id, zero for a segment that it does not name."""
    known = set(network.segment_id.tolist())
    if series.index.has_duplicates or not set(map(str, series.index)) <= known:
        refuse_kind("people", series, "people")
    try:
        return np.asarray(
            series.reindex(network.segment_id, fill_value=0.0).to_numpy(dtype=np.float64)
        )
    except (TypeError, ValueError):
        refuse_kind("people", series, "people")
