"""StreetNetwork: junctions and segments, each street once; who may use it; what was dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from reso_geo.network.build import build_network, local_crs
from reso_geo.network.conditions import clear_streets, place_elevations
from reso_geo.network.rules import apply_rules
from reso_geo.network.street_network import Dropped, StreetNetwork, components
from reso_geo.network.within import (
    drop_unreachable,
    extent_of,
    near_line,
    place_in,
    project_shapes,
    tally_dropped,
)
from reso_geo.osm import read_ways
from reso_geo.settings import PatrolSettings, load_settings
from reso_geo.words import Phrase

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.boundaries import Boundary
from reso_geo.errors import NetworkError

__all__ = [
    "Dropped",
    "StreetNetwork",
    "apply_rules",
    "build_network",
    "clear_streets",
    "components",
    "drop_unreachable",
    "extent_of",
    "load_network",
    "local_crs",
    "near_line",
    "place_elevations",
    "place_in",
    "project_shapes",
    "tally_dropped",
]


def load_network(
    source: Path, boundary: Boundary | None = None, settings: PatrolSettings | None = None
) -> StreetNetwork:
    """Read the streets of a source: each once, with its city, and what patrol must pass.

    Parameters
    ----------
    source
        ``.osm.pbf``, ``.osm``, Overpass ``.json`` or OSMnx ``.graphml``.
    boundary
        The cities, from `reso_geo.read_boundary`; None takes the hull of the streets plus 50 m.
    settings
        The rules for required streets; None for the defaults.

    Returns
    -------
    StreetNetwork
        All segments that somebody may use, in a projected CRS, those outside the cities too:
        a patrol may walk through them.

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
    inside = None if boundary is None else shapely.union_all(boundary.shapes)
    network = build_network(read_ways(source, rules), inside)
    if not network.required.any():
        raise NetworkError(Phrase("network.nothing_to_cover", {"name": network.source.name}))
    placed = place_in(network, boundary or extent_of(network))
    reachable = drop_unreachable(placed, rules.least_component_share)
    # The rules come last: only a street that is passed itself can stand for another.
    return tally_dropped(apply_rules(reachable, rules))
