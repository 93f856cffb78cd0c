"""From ways to segments: cut at junctions, joined where only a way's id changes, measured.

A junction is a point where more than two street edges meet, where a street ends, or where its
class, name, legal use or direction changes. Lengths are geodesic (WGS 84) between all points of a
street, so that a projection has no part in any figure.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Geod, Transformer

from reso_geo.errors import NetworkError
from reso_geo.i18n import Phrase
from reso_geo.network.areas.area_lines import ACROSS
from reso_geo.network.areas.crossed_areas import lay_out_areas
from reso_geo.network.barriers import project_lines
from reso_geo.network.duplicates.coincident import join_points
from reso_geo.network.duplicates.drawn_again import drawn_once
from reso_geo.network.gates import gate_of, shut_gates
from reso_geo.network.noding import chain_edges, cut_ways, end_of, points_of
from reso_geo.network.street_network import Dropped, StreetNetwork, select
from reso_geo.osm import NO_WAY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reso_geo.boundaries import BoundingBox
    from reso_geo.network.duplicates.coincident import MergedPoints
    from reso_geo.network.noding import Chain, Edges
    from reso_geo.osm import Ways

__all__ = ["build_network", "length_note", "local_crs", "tally"]

_GEOD = Geod(ellps="WGS84")
_LEAST_KM_M = 50.0
_NOTHING: Mapping[str, object] = MappingProxyType({})
_OF_WAYS = (
    "highway", "name", "ref", "foot", "bike_forward", "bike_backward", "oneway", "required", "why",
    "area",
)  # fmt: skip
"""What a segment has from the way that leads it."""
_MTM8_BOX = (-75.0, 44.9, -72.0, 62.0)


def local_crs(lon: float, lat: float) -> str:
    """Return the projected CRS, in metres, in which a place is drawn.

    Parameters
    ----------
    lon, lat
        Its middle, degrees (EPSG:4326).

    Returns
    -------
    str
        ``EPSG:32188`` (MTM zone 8) in its Québec zone, else the UTM zone on WGS 84.

    Examples
    --------
    >>> local_crs(-73.5, 45.5), local_crs(8.7, 49.4)
    ('EPSG:32188', 'EPSG:32632')
    """
    west, south, east, north = _MTM8_BOX
    if west <= lon <= east and south <= lat <= north:
        return "EPSG:32188"
    zone = min(int((lon + 180.0) // 6.0) + 1, 60)
    return f"EPSG:{32600 + zone if lat >= 0 else 32700 + zone}"


def build_network(
    ways: Ways, inside: shapely.Geometry | None = None, near: BoundingBox | None = None
) -> StreetNetwork:
    """Cut ways into segments, each physical street once.

    Parameters
    ----------
    ways
        What a reader of `reso_geo.osm` gave.
    inside
        Area (EPSG:4326) in which ways that nobody may use are counted; None for everywhere.
    near
        Where segments are wanted: those that pass through it are kept whole; None for everywhere.

    Returns
    -------
    StreetNetwork
        Before the sidewalk and twin rules, outside any boundary, no crossing marked yet.

    Raises
    ------
    NetworkError
        When nothing can be walked or cycled, or a coordinate lies outside the Earth.
    """
    _check_coordinates(ways)
    ways = lay_out_areas(ways, _step_lengths(ways))
    usable = ways.foot | (ways.bike_forward != NO_WAY) | (ways.bike_backward != NO_WAY)
    if not usable.any():
        raise NetworkError(Phrase("network.nothing_usable", {"name": ways.source.name}))
    joined = join_points(ways, usable)
    ways = joined.ways
    step_m = _step_lengths(ways)
    edges, again = drawn_once(ways, cut_ways(ways, usable, step_m), joined.was)
    edges = shut_gates(ways, edges)
    if not len(edges.way):
        raise NetworkError(Phrase("network.nothing_usable", {"name": ways.source.name}))
    chains = chain_edges(ways, edges)
    closed = _closed(ways, ~usable, step_m, inside)
    network = _assemble(ways, edges, chains, closed, near)
    network = _with_notes(network, joined, again, inside)
    return network if near is None else select(network, _passing(ways, edges, chains, near))


def _with_notes(
    network: StreetNetwork, joined: MergedPoints, again: Edges, inside: shapely.Geometry | None
) -> StreetNetwork:
    """Add what was joined, and what was drawn again, to what the planner should know."""
    ways, rows = joined.ways, joined.at
    twice = ways.highway[again.way], again.length_m
    if inside is not None:
        here = shapely.contains_xy(inside, ways.lon[rows], ways.lat[rows])
        there = shapely.contains_xy(inside, ways.lon[again.start], ways.lat[again.start])
        rows, twice = rows[here], (twice[0][there], twice[1][there])
    count = len(np.unique(ways.node_id[rows]))
    notes, dropped = network.notes, network.dropped
    if count:
        notes += (Phrase("network.joined_points", {"count": count}),)
    if len(twice[0]):
        notes += (length_note("network.drawn_again", float(twice[1].sum())),)
        why = np.full(len(twice[0]), "drawn_twice", dtype=object)
        dropped += tally(twice[0], why, twice[1], travelled=False)
    return replace(network, notes=notes, dropped=dropped)


def _passing(ways: Ways, edges: Edges, chains: list[Chain], near: BoundingBox) -> NDArray[np.bool_]:
    """Find which chains pass through a box."""
    points, owner = points_of(edges, chains)
    steps = near.meets(ways.lon[points], ways.lat[points], owner)
    return np.bincount(owner[:-1][steps], minlength=len(chains)) > 0


def _check_coordinates(ways: Ways) -> None:
    bad = ~(np.abs(ways.lon) <= 180.0) | ~(np.abs(ways.lat) <= 90.0)  # noqa: PLR2004 - degrees
    if bad.any():
        way = ways.way_id[np.searchsorted(ways.first, np.argmax(bad), side="right") - 1]
        raise NetworkError(Phrase("network.bad_coordinate", {"name": ways.source.name, "way": way}))


def _step_lengths(ways: Ways) -> NDArray[np.float64]:
    """Return the metres from each point to the next of its way; 0 at the last one."""
    step_m = np.zeros(len(ways.lon))
    step_m[:-1] = _GEOD.inv(ways.lon[:-1], ways.lat[:-1], ways.lon[1:], ways.lat[1:])[2]
    step_m[ways.first[1:] - 1] = 0.0
    return step_m


def _closed(
    ways: Ways,
    closed: NDArray[np.bool_],
    step_m: NDArray[np.float64],
    inside: shapely.Geometry | None,
) -> tuple[Dropped, ...]:
    """Count the ways that nobody may use, by class and reason."""
    length_m = np.add.reduceat(step_m, ways.first[:-1])
    if inside is not None:
        middle = (ways.first[:-1] + ways.first[1:]) // 2
        closed = closed & shapely.contains_xy(inside, ways.lon[middle], ways.lat[middle])
    return tally(ways.highway[closed], ways.why[closed], length_m[closed], travelled=False)


def tally(
    highway: NDArray[np.object_],
    why: NDArray[np.object_],
    length_m: NDArray[np.float64],
    *,
    travelled: bool,
) -> tuple[Dropped, ...]:
    """Sum lengths by class and reason.

    Parameters
    ----------
    highway, why
        object (str), shape (k,): class and reason code of each street.
    length_m
        float64, shape (k,): metres.
    travelled
        Whether these streets stay in the network.

    Returns
    -------
    tuple of Dropped
        Sorted by reason, then by class.
    """
    total: dict[tuple[str, str], float] = {}
    for reason, street, metres in zip(why, highway, length_m, strict=True):
        total[reason, street] = total.get((reason, street), 0.0) + metres
    return tuple(
        Dropped(street, metres / 1000.0, reason, travelled)
        for (reason, street), metres in sorted(total.items())
    )


def length_note(key: str, metres: float, values: Mapping[str, object] = _NOTHING) -> Phrase:
    """Return a sentence with a length: in kilometres, or in metres where that would be 0.0 km.

    Parameters
    ----------
    key
        Of the sentence in kilometres (``km``); that in metres (``m``) has ``_m`` behind it.
    metres
        The length.
    values
        What else it says.

    Returns
    -------
    Phrase
        Of either key.
    """
    if metres < _LEAST_KM_M:
        return Phrase(f"{key}_m", {"m": max(round(metres), 1), **values})
    return Phrase(key, {"km": metres / 1000.0, **values})


def _assemble(
    ways: Ways,
    edges: Edges,
    chains: list[Chain],
    closed: tuple[Dropped, ...],
    near: BoundingBox | None,
) -> StreetNetwork:
    """Return the chains as the arrays of a network."""
    lead = np.array(
        [min(chain, key=lambda k: (ways.way_id[edges.way[k[0]]], k[0]))[0] for chain in chains]
    )
    way = edges.way[lead]
    tail = np.array([end_of(edges, chain[0], first=True) for chain in chains])
    head = np.array([end_of(edges, chain[-1], first=False) for chain in chains])
    points, owner = points_of(edges, chains)
    middle = (float(np.median(ways.lon)), float(np.median(ways.lat)))
    crs = local_crs(*(middle if near is None else near.middle))
    project = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    xy = np.column_stack(project.transform(ways.lon[points], ways.lat[points]))
    node_id, ends = np.unique(np.concatenate((tail, head)), return_inverse=True)
    node_xy = np.empty((len(node_id), 2))
    firsts = np.searchsorted(owner, np.arange(len(chains)))
    lasts = np.searchsorted(owner, np.arange(len(chains)), side="right") - 1
    node_xy[ends[: len(chains)]] = xy[firsts]
    node_xy[ends[len(chains) :]] = xy[lasts]
    node_ele_m = np.full(len(node_id), np.nan)
    ele_m = ways.ele_m[points[np.concatenate((firsts, lasts))]]
    node_ele_m[ends[np.isfinite(ele_m)]] = ele_m[np.isfinite(ele_m)]
    surface, chain_of = ways.surface[edges.way].astype(str), _chain_of(edges, chains)
    empty = np.full(len(chains), -1, dtype=np.int64)
    ready = ways.segment_id
    ids = _ids(ways, way, tail, head, keyed=ways.keyed and ready is None)
    if ready is not None:
        whole = np.bincount(owner) == np.diff(ways.first)[way]
        ids = np.where(whole, ready[way], ids)
    return StreetNetwork(
        source=ways.source,
        crs=crs,
        node_id=node_id,
        node_xy=node_xy,
        segment_id=ids,
        u=ends[: len(chains)].astype(np.int64),
        v=ends[len(chains) :].astype(np.int64),
        length_m=np.array([edges.length_m[[p for p, _ in chain]].sum() for chain in chains]),
        **{name: getattr(ways, name)[way] for name in _OF_WAYS},
        twin_of=empty,
        geometry=np.asarray(shapely.linestrings(xy, indices=owner)),
        surface=_longest(surface, edges.length_m, chain_of).astype(object),
        cleared=np.zeros(len(chains), dtype=bool),
        lanes=_longest(ways.lanes[edges.way], edges.length_m, chain_of),
        crossed=np.zeros(len(chains), dtype=np.uint8),
        node_ele_m=node_ele_m,
        cities=(),
        city=empty.copy(),
        dropped=closed,
        barriers=project_lines(ways.lines, crs, near),
        notes=ways.notes,
    )


def _longest(
    values: NDArray[Any], length_m: NDArray[np.float64], chain_of: NDArray[np.int64]
) -> NDArray[Any]:
    """Assign each chain the value of its longest part (tie: the lowest, or first by letter)."""
    groups, group = np.unique(values, return_inverse=True)
    total_m = np.zeros((chain_of.max() + 1, len(groups)))
    np.add.at(total_m, (chain_of, group), length_m)
    longest: NDArray[Any] = groups[np.argmax(np.round(total_m, 3), axis=1)]
    return longest


def _chain_of(edges: Edges, chains: list[Chain]) -> NDArray[np.int64]:
    """Return the chain of each edge."""
    order = [edge for chain in chains for edge, _ in chain]
    chain_of = np.empty(len(edges.way), dtype=np.int64)
    chain_of[order] = np.repeat(np.arange(len(chains)), [len(chain) for chain in chains])
    return chain_of


def _ids(
    ways: Ways,
    way: NDArray[np.int64],
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    *,
    keyed: bool,
) -> NDArray[np.object_]:
    """Return ids ``way:node-node``; the rare second one between the same ends gets ``#2``.

    With keys: ``way:node-node-0``, then ``way:node-node-1``. Lines across a square:
    ``area/way:node-node``, with the relation's id where it is one.
    """
    seen: dict[str, int] = {}
    ids = []
    across = (ways.why[way] == ACROSS).tolist()
    for number, a, b, over in zip(
        ways.way_id[way].tolist(), tail.tolist(), head.tolist(), across, strict=True
    ):
        plain = f"{'area/' if over else ''}{number}:{gate_of(a)}-{gate_of(b)}"
        before = seen.get(plain, 0)
        seen[plain] = before + 1
        counted = keyed and not over
        ids.append(f"{plain}-{before}" if counted else f"{plain}#{before + 1}" if before else plain)
    return np.array(ids, dtype=object)
