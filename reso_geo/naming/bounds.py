"""What a beat can end at: streets, motorways, railways, rivers, green land, city limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.i18n import say
from reso_geo.naming.junk import is_junk
from reso_geo.naming.streets import PATHS, in_french

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from reso_geo.network import Barriers, StreetNetwork

__all__ = ["SLACK_M", "Bound", "BoundLines", "lines_of", "straight"]

SLACK_M = 8.0
"""Lines are compared without what wavers by less: a junction, a kerb, the corner of a lot."""
_REACH_M = MappingProxyType(
    {"motorway": 60.0, "railway": 60.0, "river": 60.0, "city_line": 5.0, "extent": 5.0}
)
_OTHERS_REACH_M = 40.0
_COUNTS = MappingProxyType({"city_line": 0.5})
"""A street along the city limit says more than the limit itself."""
_OTHERS_COUNT, _PATH_COUNTS = 1.0, 0.8
_NAMELESS = frozenset(("motorway", "railway", "river", "water", "city_line", "extent"))
"""Known by what they are, where they have no name."""
_JOINED_M = 30.0
_NUMBER = re.compile(r"(?:[A-Z]{1,3} ?)?\d+[a-zA-Z]?")


@dataclass(frozen=True, order=True)
class Bound:
    """What a beat ends at.

    Attributes
    ----------
    kind
        ``street``, ``motorway``, ``railway``, ``river``, a kind of land such as ``park`` or
        ``water``, or ``city_line``.
    name
        As on the map, or its number; empty for what has none.
    """

    kind: str
    name: str = ""

    def say(self, lang: str) -> str:
        """Return it as it stands in a sentence.

        Parameters
        ----------
        lang
            ``fr`` or ``en``.

        Returns
        -------
        str
            ``le boulevard Churchill``, ``the city limit``.

        Examples
        --------
        >>> Bound("street", "Boulevard Churchill").say("fr"), Bound("river", "Neckar").say("en")
        ('le boulevard Churchill', 'the river Neckar')
        >>> Bound("motorway", "30").say("fr"), Bound("motorway", "Autoroute 30").say("fr")
        ("l'autoroute 30", "l'autoroute 30")
        """
        if not self.name:
            return say(lang, f"naming.{self.kind}")
        kind = self.kind
        if kind in ("street", "motorway"):
            numbered = _NUMBER.fullmatch(self.name)
            kind = (kind if kind == "motorway" else "route") if numbered else "street"
        spoken = in_french(self.name)
        if kind == "street" or spoken != self.name:
            return spoken if lang == "fr" else self.name
        return say(lang, f"naming.{kind}_named", {"name": self.name})


@dataclass(frozen=True)
class BoundLines:
    """All that beats can end at, in straight lines; many belong to one bound.

    Attributes
    ----------
    bounds
        In order.
    line
        object (LineString), shape (k,): straight, in the network's CRS.
    ahead
        float64, shape (k, 2): direction of each, of length 1.
    of
        int64, shape (k,): index into `bounds`.
    reach_m, counts
        float64, shape (bounds,): within how many metres an outline runs along it, and what a metre
        of it counts for where there is another to tell.
    """

    bounds: tuple[Bound, ...]
    line: NDArray[np.object_]
    ahead: NDArray[np.float64]
    of: NDArray[np.int64]
    reach_m: NDArray[np.float64]
    counts: NDArray[np.float64]


def lines_of(
    network: StreetNetwork,
    cities: Sequence[shapely.MultiPolygon],
    extent: Sequence[shapely.MultiPolygon],
) -> BoundLines:
    """Return all that beats can end at.

    Parameters
    ----------
    network
        The streets, with barriers and land around them.
    cities
        Outlines that are real city limits, in the network's CRS.
    extent
        Outlines that are none, but the edge of what is known.

    Returns
    -------
    BoundLines
        Without what has no name that tells it from others.
    """
    drawn: dict[Bound, list[shapely.Geometry]] = {}
    for bound, shape in _drawn(network, cities, extent):
        drawn.setdefault(bound, []).append(shape)
    bounds = sorted(bound for bound in drawn if _tells(bound))
    place = np.repeat(np.arange(len(bounds)), [len(drawn[bound]) for bound in bounds])
    parts, owner = shapely.get_parts(
        np.array([shape for bound in bounds for shape in drawn[bound]], dtype=object),
        return_index=True,
    )
    whole = shapely.line_merge(shapely.multilinestrings(parts, indices=place[owner]))
    runs, of = shapely.get_parts(whole, return_index=True)
    xy, run = straight(runs)
    paths = _paths(network)
    return BoundLines(
        bounds=tuple(bounds),
        line=np.asarray(shapely.linestrings(xy)),
        ahead=_directions(xy),
        of=of[run],
        reach_m=np.array([_REACH_M.get(bound.kind, _OTHERS_REACH_M) for bound in bounds]),
        counts=np.array(
            [
                _PATH_COUNTS if bound in paths else _COUNTS.get(bound.kind, _OTHERS_COUNT)
                for bound in bounds
            ]
        ),
    )


def straight(lines: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Cut lines into straight ones, without what wavers by less than `SLACK_M`.

    Parameters
    ----------
    lines
        object (LineString or LinearRing), shape (n,), in metres.

    Returns
    -------
    tuple of (ndarray of float64, shape (k, 2, 2), ndarray of int64, shape (k,))
        Both ends of each straight line, and the line that it comes from.
    """
    lines = shapely.simplify(shapely.transform(lines, _to_millimetres), SLACK_M)
    xy, of = shapely.get_coordinates(lines, return_index=True)
    ends = np.stack((xy[:-1], xy[1:]), axis=1)
    real = (of[:-1] == of[1:]) & (ends[:, 0] != ends[:, 1]).any(axis=1)
    return ends[real], of[:-1][real]


def _to_millimetres(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round, so that limits read from a file again are those that were written."""
    return np.round(xy, 3)


def _directions(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    along = xy[:, 1] - xy[:, 0]
    unit: NDArray[np.float64] = along / np.hypot(*along.T)[:, None]
    return unit


def _drawn(
    network: StreetNetwork,
    cities: Sequence[shapely.MultiPolygon],
    extent: Sequence[shapely.MultiPolygon],
) -> Iterator[tuple[Bound, shapely.Geometry]]:
    """Find each bound with each of its lines."""
    called = np.where(network.name != "", network.name, network.ref)
    for name, line in zip(called.tolist(), network.geometry, strict=True):
        yield Bound("street", name), line
    barriers = _named_barriers(network.barriers)
    yield from zip(barriers, network.barriers.geometry, strict=True)
    rivers = {bound.name for bound in barriers if bound.kind == "river" and bound.name}
    for area in network.basemap.land:
        kind = "river" if area.kind == "water" and area.name in rivers else area.kind
        yield Bound(kind, area.name), shapely.boundary(area.shape)
    for kind, shapes in (("city_line", cities), ("extent", extent)):
        for shape in shapes:
            yield Bound(kind), shapely.boundary(shape)


def _named_barriers(barriers: Barriers) -> list[Bound]:
    """Return each barrier; a part without a name has that of the one of its kind that it joins."""
    kinds = np.array(barriers.kind, dtype=object)
    spoken = [_spoken(*each) for each in zip(barriers.kind, barriers.name, strict=True)]
    names, lines = np.array(spoken, dtype=object), np.array(barriers.geometry, dtype=object)
    for kind in sorted(set(barriers.kind)):
        named, bare = (np.flatnonzero((kinds == kind) & has) for has in (names != "", names == ""))
        near = shapely.STRtree(lines[named]).query_nearest(
            lines[bare], max_distance=_JOINED_M, all_matches=False
        )
        names[bare[near[0]]] = names[named[near[1]]]
    return [Bound(*each) for each in zip(barriers.kind, names.tolist(), strict=True)]


def _spoken(kind: str, name: str) -> str:
    """Return the first of several names; a railway's number is for those who run it."""
    first = name.partition(";")[0].strip()
    return "" if is_junk(first) or (kind == "railway" and _NUMBER.fullmatch(first)) else first


def _tells(bound: Bound) -> bool:
    return not is_junk(bound.name) if bound.name else bound.kind in _NAMELESS


def _paths(network: StreetNetwork) -> frozenset[Bound]:
    """Find the names that only paths have."""
    path = np.isin(network.highway, tuple(PATHS))
    streets = set(network.name[~path].tolist())
    return frozenset(Bound("street", name) for name in set(network.name[path].tolist()) - streets)
