"""StreetNetwork: junctions and segments, each street once; who may use it; what was dropped.

`Barriers` are the motorways, railways and rivers beside them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import shapely

from reso_geo.boundaries import box_around
from reso_geo.errors import NetworkError
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
from reso_geo.network.build import build_network, local_crs
from reso_geo.network.conditions import clear_streets, place_elevations
from reso_geo.network.crossings import mark_crossings
from reso_geo.network.rules import apply_rules
from reso_geo.network.street_network import Dropped, StreetNetwork, components, select
from reso_geo.network.streets_file import Streets, load_streets, save_streets, streets_key
from reso_geo.network.within import (
    drop_unreachable,
    extent_of,
    near_line,
    nothing_inside,
    place_in,
    project_shapes,
    tally_dropped,
)
from reso_geo.osm import read_ways
from reso_geo.settings import PatrolSettings, load_settings
from reso_geo.words import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable

    from reso_geo.boundaries import Boundary
    from reso_geo.settings import StreetRules

__all__ = [
    "CROSSINGS",
    "MOTORWAY",
    "RAILWAY",
    "RIVER",
    "WIDE",
    "Barriers",
    "Dropped",
    "StreetNetwork",
    "Streets",
    "apply_rules",
    "build_network",
    "clear_streets",
    "components",
    "crossed_by",
    "crossing_code",
    "drop_unreachable",
    "extent_of",
    "load_network",
    "load_streets",
    "local_crs",
    "mark_crossings",
    "near_line",
    "place_elevations",
    "place_in",
    "project_shapes",
    "save_streets",
    "select",
    "streets_key",
    "tally_dropped",
]

# Farther than any walk between two streets of a beat; a way round beyond is twice as long.
_AROUND_M = 5000.0
# Read beyond that, so that a segment at the edge is cut where it would be in the whole file.
_RIM_M = 2000.0


def load_network(
    source: str | Path,
    boundary: Boundary | None = None,
    settings: PatrolSettings | None = None,
    progress: Callable[[float], None] | None = None,
) -> StreetNetwork:
    """Read the streets of a source: each once, with its city, and what patrol must pass.

    The motorways, railways and rivers between them come along (an OSMnx graph has but motorways).

    Parameters
    ----------
    source
        ``.osm.pbf``, ``.osm``, Overpass ``.json`` or OSMnx ``.graphml``.
    boundary
        The cities, from `reso_geo.read_boundary`; None takes the hull of the streets plus 50 m.
    settings
        The rules for required streets; None for the defaults.
    progress
        Called with the share of the reading that is done, from 0 to 1.

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
        When the source is missing, damaged, or holds no usable street.
    BoundaryError
        When no street to cover lies inside the boundary.

    Examples
    --------
    >>> from reso_geo.files import data_file
    >>> network = load_network(data_file("sample/sample.osm.pbf"))
    >>> network.crs, network.required_km > 100
    ('EPSG:32188', True)
    """
    rules = (settings or load_settings()).streets
    path = Path(source)
    if boundary is None:
        network = build_network(read_ways(path, rules, progress=progress))
        if not network.required.any():
            raise NetworkError(Phrase("network.nothing_to_cover", {"name": network.source.name}))
    else:
        network = _around(path, boundary, rules, progress)
    placed = place_in(network, boundary or extent_of(network))
    reachable = drop_unreachable(placed, rules.least_component_share)
    # The rules come late: only a street that is passed itself can stand for another.
    return mark_crossings(tally_dropped(apply_rules(reachable, rules)))


def _around(
    source: Path,
    boundary: Boundary,
    rules: StreetRules,
    progress: Callable[[float], None] | None,
) -> StreetNetwork:
    """Read the segments in and around a boundary."""
    near = box_around(boundary, _AROUND_M)
    ways = read_ways(source, rules, near.wider(_RIM_M), progress)
    middle = ways.middle or near.middle
    if not len(ways):
        raise nothing_inside(ways.source.name, middle, boundary)
    network = build_network(ways, shapely.union_all(boundary.shapes), near)
    if not len(network):
        raise nothing_inside(ways.source.name, middle, boundary)
    return network
