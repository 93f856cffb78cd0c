"""Barriers: the motorways, railways and rivers that cut a place, and which of them is crossed."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

from reso_geo.errors import NetworkError
from reso_geo.i18n import Phrase

if TYPE_CHECKING:
    from reso_geo.boundaries import BoundingBox
    from reso_geo.osm import BarrierLines

__all__ = [
    "CROSSINGS",
    "MOTORWAY",
    "RAILWAY",
    "RIVER",
    "WIDE",
    "Barriers",
    "crossed_by",
    "crossing_code",
    "project_lines",
]

MOTORWAY, RAILWAY, RIVER, WIDE = 1, 2, 4, 8
"""What a segment crosses, to be added up: the flags of `StreetNetwork.crossed`."""

CROSSINGS = MappingProxyType(
    {"motorway": MOTORWAY, "railway": RAILWAY, "river": RIVER, "wide": WIDE}
)
"""The flag of each kind of crossing; the first three are the kinds of barriers."""

_KINDS = frozenset(CROSSINGS) - {"wide"}


@dataclass(frozen=True)
class Barriers:
    """Lines that cut a place, one for each part of an OpenStreetMap way.

    Attributes
    ----------
    kind
        ``motorway`` (with its links, and other roads closed to walkers like one), ``railway`` or
        ``river`` (canals too) of each.
    name
        Its name, else its number; empty where it has neither.
    geometry
        LineStrings in the CRS of the network that they belong to.

    Raises
    ------
    NetworkError
        When a kind is not known, or the three do not have the same length.

    Examples
    --------
    >>> line = shapely.LineString([(0, 0), (100, 0)])
    >>> len(Barriers(("river",), ("Neckar",), (line,)))
    1
    """

    kind: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    geometry: tuple[shapely.LineString, ...] = ()

    def __post_init__(self) -> None:
        """Check the kinds once."""
        unknown = sorted(set(self.kind) - _KINDS)
        if unknown or not len(self.kind) == len(self.name) == len(self.geometry):
            found = unknown[0] if unknown else f"{len(self.kind)}/{len(self.geometry)}"
            raise NetworkError(Phrase("network.bad_barriers", {"found": found}))

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.kind)


def crossed_by(code: int) -> tuple[str, ...]:
    """List what a segment crosses.

    Parameters
    ----------
    code
        Its value in `StreetNetwork.crossed`.

    Returns
    -------
    tuple of str
        Of ``motorway``, ``railway``, ``river`` and ``wide``, in this order; perhaps none.

    Examples
    --------
    >>> crossed_by(RAILWAY | RIVER)
    ('railway', 'river')
    """
    return tuple(kind for kind, flag in CROSSINGS.items() if code & flag)


def crossing_code(kinds: tuple[str, ...]) -> int:
    """Return the value in `StreetNetwork.crossed` for what is crossed.

    Parameters
    ----------
    kinds
        As `crossed_by` names them.

    Returns
    -------
    int
        The sum of their flags.

    Raises
    ------
    KeyError
        When a name is not known.

    Examples
    --------
    >>> crossing_code(("river", "wide"))
    12
    """
    return sum({CROSSINGS[kind] for kind in kinds})


def project_lines(lines: BarrierLines, crs: str, near: BoundingBox | None = None) -> Barriers:
    """Project the lines of a source as barriers.

    Parameters
    ----------
    lines
        In degrees (EPSG:4326).
    crs
        Projected CRS in metres.
    near
        Where they are wanted: those that pass through it are kept whole; None for everywhere.

    Returns
    -------
    Barriers
        In the order of their ways.
    """
    owner = np.repeat(np.arange(len(lines)), np.diff(lines.first))
    kept = np.ones(len(lines), dtype=bool)
    if near is not None:
        steps = near.meets(lines.lon, lines.lat, owner)
        kept = np.bincount(owner[:-1][steps], minlength=len(lines)) > 0
    project = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    at = kept[owner]
    xy = np.column_stack(project.transform(lines.lon[at], lines.lat[at]))
    drawn = np.split(xy, np.cumsum(np.diff(lines.first)[kept])[:-1]) if at.any() else []
    return Barriers(
        tuple(lines.kind[kept]), tuple(lines.name[kept]), tuple(map(shapely.LineString, drawn))
    )
