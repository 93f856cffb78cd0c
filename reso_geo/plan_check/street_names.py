"""Streets as a planner knows them: by name, the ids of their segments in brackets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from reso_geo.boundaries.boundary import clean_name
from reso_geo.i18n import Phrase, listed
from reso_geo.plan_check.findings import Edit, Problem, Repair

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reso_geo.network import StreetNetwork

__all__ = ["with_street_names"]

_MOST_STREETS, _MOST_IDS = 5, 3
_Item = TypeVar("_Item", Edit, Problem, Repair)


def with_street_names(items: Iterable[_Item], network: StreetNetwork) -> tuple[_Item, ...]:
    """Add the names of streets to what is said of segments.

    Parameters
    ----------
    items
        Edits, problems or repairs; those that are about something else stay as they are.
    network
        The streets.

    Returns
    -------
    tuple of Edit, Problem or Repair
        With the streets in place of the bare ids in their sentences; their own ids stay.
    """
    place = {each: at for at, each in enumerate(network.segment_id.tolist())}

    def named(item: _Item) -> _Item:
        if not item.ids or any(each not in place for each in item.ids):
            return item
        streets: dict[str, list[str]] = {}
        for each in item.ids:
            at = place[each]
            streets.setdefault(clean_name(network.name[at] or network.ref[at]), []).append(each)
        return replace(item, values={**item.values, "ids": _streets(streets)})

    return tuple(named(item) for item in items)


def _streets(streets: dict[str, list[str]]) -> Phrase:
    """Join streets with commas, those with most segments first and those without a name last."""
    order = sorted(streets, key=lambda name: (not name, -len(streets[name])))
    phrases = [
        Phrase(
            "check.street" if name else "check.street_unnamed",
            {"name": name, "ids": listed(streets[name], _MOST_IDS)},
        )
        for name in order[:_MOST_STREETS]
    ]
    if len(order) > _MOST_STREETS:
        phrases.append(Phrase("check.more_streets", {"count": len(order) - _MOST_STREETS}))
    row = phrases[0]
    for each in phrases[1:]:
        row = Phrase("check.streets", {"first": row, "next": each})
    return row
