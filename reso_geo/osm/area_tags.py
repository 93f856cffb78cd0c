"""Areas and gates: what of OpenStreetMap is walked across, and which points nobody passes.

An area is a closed way with ``area=yes``, or the rings of a multipolygon relation, with a
``highway`` tag; a closed way without it is a street that comes back to where it began.

A gate stops walkers and bicycles alike: whoever may walk through may push a bicycle, so that
``bicycle=no`` alone stops nobody. Where only ``bicycle=yes`` opens a gate that is closed on foot,
it stays closed to both: a junction is the same for both modes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.osm.tags import is_open

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reso_geo.settings import StreetRules

__all__ = ["is_area", "is_area_relation", "is_closed_gate", "is_on_ground", "without_direction"]

_NO_DIRECTION = frozenset(("oneway", "junction", "oneway:bicycle"))


def is_area(tags: Mapping[str, str], rules: StreetRules) -> bool:
    """Return whether a closed way is an area to walk across.

    Parameters
    ----------
    tags
        Its tags.
    rules
        Which tags make an area.

    Returns
    -------
    bool
        Whether it has one of them, and is a street.

    Examples
    --------
    >>> from reso_geo.settings import load_settings
    >>> rules = load_settings().streets
    >>> is_area({"highway": "pedestrian", "area": "yes"}, rules)
    True
    >>> is_area({"highway": "pedestrian"}, rules)
    False
    """
    return "highway" in tags and any(_has(tags, tag) for tag in rules.areas)


def is_area_relation(tags: Mapping[str, str], rules: StreetRules) -> bool:
    """Return whether a relation is an area to walk across.

    Parameters
    ----------
    tags
        Its tags.
    rules
        Which tags make an area.

    Returns
    -------
    bool
        Whether it is a multipolygon with one of them, and a street.
    """
    return tags.get("type") == "multipolygon" and is_area(tags, rules)


def without_direction(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags of an area without those that only a line can have.

    Parameters
    ----------
    tags
        As they stand.

    Returns
    -------
    dict
        Those that say nothing of a direction: across a square, one walks and rides both ways.
    """
    return {
        key: value
        for key, value in tags.items()
        if key not in _NO_DIRECTION and not key.endswith((":forward", ":backward"))
    }


def is_on_ground(tags: Mapping[str, str]) -> bool:
    """Return whether a way lies on the ground: on no bridge, in no tunnel, on no other layer.

    Parameters
    ----------
    tags
        Its tags.

    Returns
    -------
    bool
        Whether who comes to its end stands on the square around it.
    """
    return all(tags.get(key, "no") in ("no", "0") for key in ("bridge", "tunnel", "layer"))


def is_closed_gate(tags: Mapping[str, str], rules: StreetRules) -> bool:
    """Return whether a point is a gate that nobody passes, on foot or with a bicycle.

    Parameters
    ----------
    tags
        Its tags.
    rules
        Which tags close a gate.

    Returns
    -------
    bool
        Whether it has a ``barrier`` and one of them, and ``foot`` does not open it.

    Examples
    --------
    >>> from reso_geo.settings import load_settings
    >>> rules = load_settings().streets
    >>> is_closed_gate({"barrier": "gate", "access": "private"}, rules)
    True
    >>> is_closed_gate({"barrier": "gate", "access": "private", "foot": "yes"}, rules)
    False
    >>> is_closed_gate({"barrier": "bollard", "bicycle": "no"}, rules)
    False
    """
    if tags.get("barrier", "no") == "no" or is_open(tags.get("foot")):
        return False
    return any(_has(tags, tag) for tag in rules.closing_gates)


def _has(tags: Mapping[str, str], tag: str) -> bool:
    """Return whether a thing has a tag of the settings."""
    key, _, value = tag.partition("=")
    own = tags.get(key)
    return own is not None and (own == value or (value == "*" and own != "no"))
