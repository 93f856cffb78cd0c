"""What the tags of a way mean: who may use it, and whether patrol must pass it.

Access follows the OpenStreetMap wiki's hierarchy (a mode's own tag before ``vehicle`` before
``access``) with these choices, each counted in the reports:

- ``foot=no`` on a street whose sidewalk is mapped separately, and ``foot=use_sidepath``: the street
  stays walkable, since patrol passes it on the sidewalk beside it.
- ``bicycle=use_sidepath``: the street stays ridable, since the side path runs along it.
- ``trunk`` is walkable only where a tag or a sidewalk says so.
- A list such as ``agricultural;forestry`` closes a way when each of its values does.
- A value of ``bicycle`` that the wiki does not know, such as ``shared``, counts as none.
- ``bicycle:forward`` and ``bicycle:backward`` overrule a one-way street; ``vehicle:backward`` and
  the like count where no ``bicycle`` tag speaks.
- A bicycle is pushed wherever walking is legal and riding is not, steps excepted unless they have a
  ramp; it is pushed against a one-way street.
- ``level`` makes a path one inside a building where none of its floors is the ground and no bridge
  carries it.
- A tunnel (``tunnel=yes``) of a street for cars is walkable, since no tag closes it, and not
  required where no tag says that people walk there. A passage through a building is no tunnel.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reso_geo.settings.classes import TAG_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reso_geo.settings import StreetRules

__all__ = [
    "NODE_TAGS",
    "NO_WAY",
    "PUSH",
    "RIDE",
    "WAY_TAGS",
    "WayRules",
    "is_open",
    "understand",
]

NO_WAY, RIDE, PUSH = 0, 1, 2
"""What a bicycle may do in a direction: nothing, ride, or be pushed."""

WAY_TAGS: tuple[str, ...] = tuple(TAG_WORDS["way_tags"])
"""Every tag that decides something here: what ``osmnx.settings.useful_tags_way`` has to keep."""
NODE_TAGS: tuple[str, ...] = tuple(TAG_WORDS["node_tags"])
"""The same of points, gates above all: what ``osmnx.settings.useful_tags_node`` has to keep."""

_YES, _NO = frozenset(TAG_WORDS["yes"]), frozenset(TAG_WORDS["no"])
_SIDEWALK_APART = frozenset(("separate", "both;separate"))
_HAS_SIDEWALK = frozenset(("yes", "both", "left", "right", "separate"))
_SIDEWALK_KEYS = ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")

_STREETS = frozenset(TAG_WORDS["streets"])
_FOOT = _STREETS | frozenset(TAG_WORDS["walked"])
_BIKE = _STREETS | frozenset(("cycleway", "path"))
_TRUNK = frozenset(("trunk", "trunk_link"))
_MOTORWAY = frozenset(("motorway", "motorway_link"))
_UNBUILT = frozenset(TAG_WORDS["unbuilt"])
_WALK_OPEN = frozenset(("footway", "path", "cycleway"))
_CROSSES = frozenset(("sidewalk", "crossing", "traffic_island"))
_CONTRAFLOW = frozenset(TAG_WORDS["contraflow"])
_LANE_KEYS = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
_ONEWAY = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1}

_INSIDE = _WALK_OPEN | frozenset(("corridor", "pedestrian", "steps"))
_FLOORS = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*(?:-\s*([+-]?\d+(?:\.\d+)?)\s*)?", re.ASCII)
_WHY_NEVER: Mapping[str, str] = TAG_WORDS["never"]


class WayRules(NamedTuple):
    """What the tags of one way say.

    Attributes
    ----------
    foot
        True when walking is legal, both ways.
    bike_forward, bike_backward
        `NO_WAY`, `RIDE` or `PUSH` along the way's direction and against it.
    oneway
        1 or -1 for a street that is one-way for vehicles, 0 otherwise.
    required
        True when patrol must pass it, before the sidewalk and twin rules.
    why
        Reason code for a way that is not required; empty for one that is.
    """

    foot: bool
    bike_forward: int
    bike_backward: int
    oneway: int
    required: bool
    why: str


def understand(tags: Mapping[str, str], rules: StreetRules) -> WayRules:
    """Read the tags of one way.

    Parameters
    ----------
    tags
        The way's tags, ``highway`` among them.
    rules
        Which classes are required.

    Returns
    -------
    WayRules
        Legal use by mode and direction, and whether it is required.

    Examples
    --------
    >>> from reso_geo.settings import load_settings
    >>> rules = load_settings().streets
    >>> understand({"highway": "residential", "oneway": "yes"}, rules)
    WayRules(foot=True, bike_forward=1, bike_backward=2, oneway=1, required=True, why='')
    >>> understand({"highway": "footway"}, rules).why
    'unnamed_path'
    """
    highway = tags["highway"]
    foot = _walkable(tags, highway)
    rides = _ridable(tags, highway)
    oneway = _oneway(tags)
    if not foot and not rides:
        return WayRules(foot=False, bike_forward=NO_WAY, bike_backward=NO_WAY, oneway=oneway,
                        required=False, why=_why_closed(tags, highway))  # fmt: skip
    forward, backward = _bike_ways(tags, highway, oneway, foot=foot, rides=rides)
    why = _why_not_required(tags, highway, rules) if foot else "no_foot"
    return WayRules(foot, forward, backward, oneway, not why, why)


def is_open(value: str | None) -> bool:
    """Return whether a value of an access tag lets people in.

    Parameters
    ----------
    value
        Of ``foot``, say; None where there is no such tag.

    Returns
    -------
    bool
        Whether it says so.

    Examples
    --------
    >>> is_open("permissive"), is_open("private"), is_open(None)
    (True, False, False)
    """
    return value in _YES


def _sidewalk_values(tags: Mapping[str, str]) -> list[str]:
    return [tags[key] for key in _SIDEWALK_KEYS if key in tags]


def _closed(value: str | None) -> bool:
    """Return whether a value of an access tag, or each of a list of them, keeps people out."""
    return value is not None and all(one.strip() in _NO for one in value.split(";"))


def _walkable(tags: Mapping[str, str], highway: str) -> bool:
    own = tags.get("foot")
    if own is not None:
        if own == "use_sidepath":
            return highway in _FOOT
        if _closed(own):
            return any(value in _SIDEWALK_APART for value in _sidewalk_values(tags))
        return highway in _FOOT or (highway not in _UNBUILT and own in _YES)
    if tags.get("motorroad") == "yes" or _closed(tags.get("access")):
        return False
    if highway in _TRUNK:
        return any(value in _HAS_SIDEWALK for value in _sidewalk_values(tags))
    return highway in _FOOT


def _ridable(tags: Mapping[str, str], highway: str) -> bool:
    own = tags.get("bicycle")
    if own in _YES or own in ("use_sidepath", "optional_sidepath"):
        return highway not in _UNBUILT and highway not in _MOTORWAY and highway != "steps"
    if own == "dismount" or _closed(own):
        return False
    if tags.get("motorroad") == "yes" or _closed(tags.get("vehicle", tags.get("access"))):
        return False
    return highway in _BIKE


def _oneway(tags: Mapping[str, str]) -> int:
    value = tags.get("oneway")
    if value is None and tags.get("junction") in ("roundabout", "circular"):
        return 1
    return _ONEWAY.get(value or "", 0)


def _bike_oneway(tags: Mapping[str, str], oneway: int) -> int:
    own = tags.get("oneway:bicycle")
    if own is not None:
        return _ONEWAY.get(own, 0)
    for key in _LANE_KEYS:
        if tags.get(key) in _CONTRAFLOW or tags.get(f"{key}:oneway") in ("no", "-1"):
            return 0
    return oneway


def _bike_ways(
    tags: Mapping[str, str], highway: str, oneway: int, *, foot: bool, rides: bool
) -> tuple[int, int]:
    ramp = "yes" in (tags.get("ramp"), tags.get("ramp:bicycle"))
    pushed = PUSH if foot and (highway != "steps" or ramp) else NO_WAY
    if not rides:
        return pushed, pushed
    way = _bike_oneway(tags, oneway)
    forward = _open_that_way(tags, "forward", otherwise=way >= 0)
    backward = _open_that_way(tags, "backward", otherwise=way <= 0)
    return (RIDE if forward else pushed), (RIDE if backward else pushed)


def _open_that_way(tags: Mapping[str, str], way: str, *, otherwise: bool) -> bool:
    """Return whether a ridable street may be ridden in a direction, by its tags for it."""
    own = tags.get(f"bicycle:{way}")
    if own is not None:
        return own in _YES
    kept_out = _closed(tags.get(f"vehicle:{way}", tags.get(f"access:{way}")))
    return otherwise and ("bicycle" in tags or not kept_out)


def _why_closed(tags: Mapping[str, str], highway: str) -> str:
    if highway in _MOTORWAY or highway in _TRUNK or tags.get("motorroad") == "yes":
        return "motorway"
    if highway in _UNBUILT:
        return "construction"
    if "private" in (tags.get("access"), tags.get("foot"), tags.get("service")):
        return "private"
    return "no_access" if highway in _FOOT else "not_a_street"


def _why_not_required(tags: Mapping[str, str], highway: str, rules: StreetRules) -> str:
    crosses = highway in _WALK_OPEN and any(tags.get(key) in _CROSSES for key in _WALK_OPEN)
    named = highway in rules.required_if_named and bool(tags.get("name"))
    never = next((tag for tag in rules.never_required if _has(tags, highway, tag)), "")
    verdicts = (
        (never, never and _why_never(tags, never)),
        (_is_car_tunnel(tags, highway, rules), "car_tunnel"),
        (highway in rules.required, ""),
        (crosses, "sidewalk"),
        (named, ""),
        (highway in _WALK_OPEN, "unnamed_path"),
        (highway in ("track", "steps", "service"), highway),
        (highway in _TRUNK, "trunk"),
        (highway.endswith("_link"), "link"),
    )
    return next((why for holds, why in verdicts if holds), "other_class")


def _has(tags: Mapping[str, str], highway: str, tag: str) -> bool:
    """Return whether a way has a tag of the settings."""
    key, _, value = tag.partition("=")
    own = tags.get(key)
    if own is None or value not in ("*", own):
        return False
    if key == "level" and value == "*":
        on_bridge = tags.get("bridge", "no") != "no"
        return highway in _INSIDE and not on_bridge and not _touches_ground(own)
    return value == own or own != "no"


def _touches_ground(level: str) -> bool:
    """Return whether one of the floors is the ground, or what is written names none.

    ``1``, ``-1;0``, ``-1-2`` (from -1 to 2) and ``0.5`` are floors.
    """
    for part in level.split(";"):
        found = _FLOORS.fullmatch(part)
        if found is None:
            return True
        ends = [float(end) for end in found.groups() if end is not None]
        if min(ends) <= 0 <= max(ends):
            return True
    return False


def _why_never(tags: Mapping[str, str], tag: str) -> str:
    """Return the reason code of a tag that keeps a way from being required."""
    key = tag.partition("=")[0]
    return _WHY_NEVER.get(f"{key}={tags[key]}") or _WHY_NEVER.get(key, "excluded_tag")


def _is_car_tunnel(tags: Mapping[str, str], highway: str, rules: StreetRules) -> bool:
    """Return whether cars drive and nobody walks in a tunnel."""
    if highway not in rules.car_tunnels or tags.get("tunnel") != "yes":
        return False
    walked = tags.get("foot") in _YES
    return not walked and not any(value in _HAS_SIDEWALK for value in _sidewalk_values(tags))
