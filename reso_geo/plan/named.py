"""Beats as people name them: by id or by name, in any case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.choices import beat_ids

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reso_geo.plan.record import Plan

__all__ = ["beats_meant"]


def beats_meant(plan: Plan, wanted: Iterable[str]) -> list[str]:
    """Find the ids of beats that someone named by id or by name, in any case.

    Parameters
    ----------
    plan
        A plan.
    wanted
        As they were typed.

    Returns
    -------
    list of str
        In the order of the words; a word that stands for no beat, or for several, as it was typed.

    Examples
    --------
    >>> from reso_geo import CutRequest, PlanRequest, load_network, load_settings, make_plan
    >>> from reso_geo.files import data_file
    >>> network = load_network(data_file("sample/sample.osm.pbf"))
    >>> plan = make_plan(network, load_settings(), PlanRequest(CutRequest(officers=3)))
    >>> first = plan.beats[0]
    >>> beats_meant(plan, [first.beat_id.lower(), first.name.upper()]) == [first.beat_id] * 2
    True
    """
    return beat_ids(wanted, {beat.beat_id: beat.name for beat in plan.beats})
