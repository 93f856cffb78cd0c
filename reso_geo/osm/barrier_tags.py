"""Lines that cut a place: what of OpenStreetMap is a motorway, a railway or a river on the ground.

Trams are none, since people walk across them; nor is what runs in a tunnel or a culvert, what is
not in use, or the sidings, spurs and yards beside a railway that is a barrier itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.records import freeze
from reso_geo.settings.classes import TAG_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["LINE_KEYS", "LINE_TAGS", "BarrierLines", "lanes_of", "line_kind", "lines_of"]

LINE_TAGS: Mapping[str, list[str]] = TAG_WORDS["lines"]
"""Tags of the lines that are no streets, by key."""
LINE_KEYS = tuple(LINE_TAGS)

_KINDS = MappingProxyType({"railway": "railway", "waterway": "river"})
_FAST = frozenset(("motorway", "motorway_link", "trunk", "trunk_link"))
_COUNT = re.compile(r"\d{1,2}", re.ASCII)


@dataclass(frozen=True)
class BarrierLines:
    """Lines that cut a place; points of line ``i`` are ``first[i]:first[i + 1]``.

    Attributes
    ----------
    way_id
        int64, shape (lines,), in order; a way that the source holds in parts occurs as often.
    kind
        object (str), shape (lines,): ``motorway``, ``railway`` or ``river``.
    name
        object (str), shape (lines,): name, else ref; empty where the way has neither.
    first
        int64, shape (lines + 1,): offsets into the points.
    lon, lat
        float64, shape (points,), degrees (EPSG:4326).
    """

    way_id: NDArray[np.int64]
    kind: NDArray[np.object_]
    name: NDArray[np.object_]
    first: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self)

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.way_id)


def line_kind(tags: Mapping[str, str]) -> str:
    """Return what kind of barrier a way is.

    Parameters
    ----------
    tags
        Its tags. A street that may be walked, such as a trunk road with a sidewalk, is no barrier:
        that is not asked here.

    Returns
    -------
    str
        ``motorway``, ``railway`` or ``river``; empty for what is none.

    Examples
    --------
    >>> line_kind({"waterway": "canal"}), line_kind({"railway": "rail", "service": "yard"})
    ('river', '')
    >>> line_kind({"highway": "trunk"}), line_kind({"highway": "trunk", "tunnel": "yes"})
    ('motorway', '')
    """
    highway = tags.get("highway")
    if highway is not None:
        fast = highway in _FAST or tags.get("motorroad") == "yes"
        kind = "motorway" if fast else ""
    elif "service" in tags:
        kind = ""
    else:
        kind = next((_KINDS[key] for key in LINE_KEYS if tags.get(key) in LINE_TAGS[key]), "")
    return kind if tags.get("tunnel", "no") == "no" else ""


def lanes_of(tags: Mapping[str, str]) -> int:
    """Return the number of lanes of a street.

    Parameters
    ----------
    tags
        Its tags.

    Returns
    -------
    int
        Of both directions together; 0 where no tag tells.

    Examples
    --------
    >>> lanes_of({"lanes": "6"}), lanes_of({"lanes:forward": "2", "lanes:backward": "1"})
    (6, 3)
    """
    if "lanes" in tags:
        keys: tuple[str, ...] = ("lanes",)
    elif "lanes:forward" in tags:
        keys = ("lanes:forward", "lanes:backward")
    else:
        return 0
    counts = [_COUNT.fullmatch(tags.get(key, "").strip()) for key in keys]
    return sum(int(count[0]) for count in counts if count)


def lines_of(
    found: Sequence[tuple[int, str, str]], points: Sequence[Sequence[tuple[int, float, float]]]
) -> BarrierLines:
    """Return lines as a table.

    Parameters
    ----------
    found
        Way id, kind and name of each.
    points
        (node id, lon, lat) along each, two or more.

    Returns
    -------
    BarrierLines
        In the order of their ways.
    """
    order = sorted(range(len(found)), key=lambda place: found[place][0])
    rows = [found[place] for place in order]
    spots = [(lon, lat) for place in order for _, lon, lat in points[place]]
    lonlat = np.array(spots, dtype=np.float64).reshape(-1, 2)
    return BarrierLines(
        way_id=np.array([way_id for way_id, _, _ in rows], dtype=np.int64),
        kind=np.array([kind for _, kind, _ in rows], dtype=object),
        name=np.array([name for _, _, name in rows], dtype=object),
        first=np.cumsum([0, *(len(points[place]) for place in order)], dtype=np.int64),
        lon=lonlat[:, 0].copy(),
        lat=lonlat[:, 1].copy(),
    )
