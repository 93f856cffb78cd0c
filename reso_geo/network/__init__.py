"""StreetNetwork: junctions and segments, each street once; who may use it; what was dropped.

`Barriers` are the motorways, railways and rivers beside them, `Basemap` is the land around them
with the names of its places.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import shapely

from reso_geo.boundaries import Outlines, box_around, read_boundary
from reso_geo.errors import NetworkError
from reso_geo.i18n import Phrase
from reso_geo.network.assign_cities import (
    drop_unreachable,
    extent_of,
    near_line,
    nothing_inside,
    on_limit,
    place_in,
    placed_for,
    project_shapes,
    tally_dropped,
)
from reso_geo.network.barriers import (
    CROSSINGS,
    MOTORWAY,
    RAILWAY,
    RIVER,
    WIDE,
    Barriers,
    crossed_by,
    crossing_code,
)
from reso_geo.network.basemap import RIM_M, Basemap, lay_out
from reso_geo.network.build import build_network, local_crs
from reso_geo.network.conditions import (
    clear_streets,
    place_elevations,
    with_neighbourhoods,
    within,
)
from reso_geo.network.connectivity import components, cost_matrix, sink_side
from reso_geo.network.crossings import mark_crossings
from reso_geo.network.duplicates.deduplicate import apply_rules
from reso_geo.network.gates import closed_gates
from reso_geo.network.missing_streets import check_gaps
from reso_geo.network.own_rules import with_own_rules
from reso_geo.network.street_network import Dropped, StreetNetwork, check_network, select
from reso_geo.network.streets_file import (
    CityStreets,
    is_streets_file,
    load_streets,
    save_streets,
    streets_key,
)
from reso_geo.osm import read_land, read_ways, street_source
from reso_geo.records import hearer
from reso_geo.settings import PatrolSettings, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    import geopandas as gpd
    import networkx as nx

    from reso_geo.boundaries import Boundary
    from reso_geo.boundaries.lookup import BoundarySource
    from reso_geo.osm.graphs.in_memory import StreetGraph
    from reso_geo.settings import StreetRules

    StreetSource: TypeAlias = (
        str | PathLike[str] | nx.Graph[Any] | tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]
    )

__all__ = [
    "CROSSINGS",
    "MOTORWAY",
    "RAILWAY",
    "RIVER",
    "WIDE",
    "Barriers",
    "Basemap",
    "CityStreets",
    "Dropped",
    "StreetNetwork",
    "apply_rules",
    "build_network",
    "check_network",
    "clear_streets",
    "components",
    "cost_matrix",
    "crossed_by",
    "crossing_code",
    "drop_unreachable",
    "extent_of",
    "is_streets_file",
    "load_network",
    "load_streets",
    "local_crs",
    "mark_crossings",
    "near_line",
    "on_limit",
    "place_elevations",
    "place_in",
    "placed_for",
    "project_shapes",
    "save_streets",
    "select",
    "sink_side",
    "streets_key",
    "tally_dropped",
    "with_neighbourhoods",
    "with_own_rules",
]

# Farther than any walk between two streets of a beat; a way round beyond is twice as long.
_AROUND_M = 5000.0
# Read beyond that, so that a segment at the edge is cut where it would be in the whole file.
_RIM_M = 2000.0
_STREETS_SHARE = 0.8
"""Of the time that reading takes, beside the land."""


def load_network(
    source: StreetSource,
    boundary: BoundarySource | None = None,
    settings: PatrolSettings | str | PathLike[str] | None = None,
    *,
    progress: Callable[[float], object] | bool | None = None,
    basemap: bool = True,
) -> StreetNetwork:
    """Read the streets of a source: each once, with its city, and what patrol must pass.

    The motorways, railways and rivers between them come along (an OSMnx graph has but motorways),
    and so do the land and the places around them (an OSMnx graph has none).

    Parameters
    ----------
    source
        ``.osm.pbf``, ``.osm``, Overpass ``.json`` or OSMnx ``.graphml``; or, in memory, a graph of
        OSMnx of any kind, or its nodes and edges as `osmnx.graph_to_gdfs` gives them.
    boundary
        The cities, from `reso_geo.read_boundary` or as it reads them; None takes the hull of the
        streets plus 50 m.
    settings
        The rules for required streets, or the path of a settings file; None for the defaults.
    progress
        Called with the share of the reading that is done, from 0 to 1; True for a line a tenth on
        standard error.
    basemap
        False leaves land, places and neighbourhoods aside, for who needs neither maps nor beats.

    Returns
    -------
    StreetNetwork
        All segments that somebody may use, in a projected CRS, those outside the cities too: a
        patrol may walk through them. With a boundary, those that pass through the box around it
        and 5 km more, the same from an extract of the city and from one of the whole province: a
        way round that leaves this box takes 10 km or more.

    Raises
    ------
    NetworkError
        When the source is missing, damaged, none of these, or holds no usable street.
    BoundaryError
        When the boundary cannot be read, or no street to cover lies inside it.
    UsageError
        When the settings or the progress are no such thing.

    Examples
    --------
    >>> from reso_geo.atomic_files import data_file
    >>> network = load_network(data_file("sample/sample.osm.pbf"))
    >>> network.crs, network.required_km > 100
    ('EPSG:32188', True)
    """
    rules, path = settings_of(settings).streets, street_source(source)
    if boundary is not None:
        boundary = read_boundary(boundary, path if isinstance(path, Path) else None)
    hear = hearer(progress)
    report = _part(hear, 0.0, _STREETS_SHARE if basemap else 1.0)
    if boundary is None:
        network = build_network(check_gaps(read_ways(path, rules, progress=report), None))
        if not network.required.any():
            raise NetworkError(Phrase("network.nothing_to_cover", {"name": network.source.name}))
    else:
        network = _around(path, boundary, rules, report)
    cities = boundary or extent_of(network)
    placed = place_in(network, cities)
    if basemap:
        report = _part(hear, _STREETS_SHARE, 1.0)
        near = None if boundary is None else box_around(boundary, RIM_M)
        land = read_land(path, near, report)
        around = shapely.buffer(shapely.union_all(project_shapes(cities, placed.crs)), RIM_M)
        placed = replace(placed, basemap=lay_out(land, placed.crs, around))
        placed = within(placed, Outlines(land.neighbourhoods, "OpenStreetMap"))
    return _noted(mark_crossings(tally_dropped(_ruled(placed, rules))))


def _ruled(placed: StreetNetwork, rules: StreetRules) -> StreetNetwork:
    """Drop what foot cannot reach, and apply the rules to the rest."""
    # The rules come late: only a street that is passed itself can stand for another.
    reachable = drop_unreachable(placed, rules.least_component_share)
    ruled = apply_rules(reachable, rules)
    # A component is small by what the rules leave of it: one of two carriageways, say.
    small = drop_unreachable(ruled, rules.least_component_share).why == "unreachable"
    # One of which nothing is required asks for nothing: others stand for its streets.
    component = ruled.foot_component
    small &= np.isin(component, component[ruled.required & ruled.foot])
    if not (small & (reachable.why != "unreachable")).any():
        return ruled
    left = replace(
        reachable,
        city=np.where(small, -1, reachable.city),
        required=reachable.required & ~small,
        why=np.where(small, "unreachable", reachable.why),
    )
    return apply_rules(left, rules)


def _noted(network: StreetNetwork) -> StreetNetwork:
    """Add notes on the squares of which the outline counts, and on gates that nobody passes."""
    notes = []
    squares = network.of_area & network.required
    if network.area is not None and squares.any():
        count = len(set(network.area[squares].tolist()))
        values = {"count": count, "km": network.length_m[squares].sum() / 1000.0}
        notes.append(Phrase("network.squares", values))
    if gates := closed_gates(network):
        notes.append(Phrase("network.gates", {"count": gates}))
    return replace(network, notes=(*network.notes, *notes))


def _part(
    progress: Callable[..., object] | None, begin: float, end: float
) -> Callable[[float], None]:
    """Return what tells the share of a part of the reading as one of the whole."""

    def report(share: float) -> None:
        if progress is not None:
            progress(begin + share * (end - begin))

    return report


def _around(
    source: Path | StreetGraph,
    boundary: Boundary,
    rules: StreetRules,
    progress: Callable[[float], None],
) -> StreetNetwork:
    """Read the segments in and around a boundary."""
    near = box_around(boundary, _AROUND_M)
    ways = read_ways(source, rules, near.wider(_RIM_M), progress)
    middle = ways.middle or near.middle
    if not len(ways):
        raise nothing_inside(ways.source.name, middle, boundary)
    inside = shapely.union_all(boundary.shapes)
    network = build_network(check_gaps(ways, inside), inside, near)
    if not len(network):
        raise nothing_inside(ways.source.name, middle, boundary)
    return network
