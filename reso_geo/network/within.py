"""Streets and cities: which city holds a segment, what lies outside, what foot cannot reach."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Transformer

from reso_geo.boundaries import Boundary
from reso_geo.errors import BoundaryError
from reso_geo.network.build import tally
from reso_geo.words import Phrase, listed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network.street_network import StreetNetwork

__all__ = [
    "drop_unreachable",
    "extent_of",
    "near_line",
    "nothing_inside",
    "place_in",
    "project_shapes",
    "tally_dropped",
]

_EXTENT_MARGIN_M = 50.0
_INSIDE_SHARE = 0.5


def extent_of(network: StreetNetwork) -> Boundary:
    """Give the hull of all segments plus 50 m, as one city named after the source.

    Parameters
    ----------
    network
        Segments in a projected CRS.

    Returns
    -------
    Boundary
        Of kind ``extent``.
    """
    streets = shapely.linestrings(shapely.get_coordinates(network.geometry))
    hull = shapely.buffer(shapely.convex_hull(streets), _EXTENT_MARGIN_M)
    shape = shapely.transform(_moved(hull, network.crs, "EPSG:4326"), _on_one_side)
    name = network.source.name.split(".")[0]
    return Boundary((name,), (shapely.MultiPolygon([shape]),), "extent", network.source.name, ())


def _on_one_side(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring what the margin reaches beyond the 180th meridian back to it."""
    lon, lat = lonlat.T
    edge = math.copysign(180.0, float(np.median(lon)))
    return np.column_stack((np.where(np.abs(lon - edge) > 180.0, edge, lon), lat))  # noqa: PLR2004


def project_shapes(boundary: Boundary, crs: str) -> tuple[shapely.MultiPolygon, ...]:
    """Give a boundary's shapes in a projected CRS.

    Parameters
    ----------
    boundary
        Shapes in EPSG:4326.
    crs
        Where to, in metres.

    Returns
    -------
    tuple of MultiPolygon
        One a city.
    """
    return tuple(_moved(shape, "EPSG:4326", crs) for shape in boundary.shapes)


def _moved(shape: Any, before: str, after: str) -> Any:  # noqa: ANN401 - any geometry, same kind back
    move: Any = Transformer.from_crs(before, after, always_xy=True).transform
    return shapely.transform(shape, move, interleaved=False)


def place_in(network: StreetNetwork, boundary: Boundary) -> StreetNetwork:
    """Give each segment its city; outside, nothing is required.

    A segment across a city line belongs to the city with its longest share (tie: the lowest name).
    It is inside when at least half of it lies in the cities together.

    Parameters
    ----------
    network
        Segments in a projected CRS.
    boundary
        The cities, in EPSG:4326.

    Returns
    -------
    StreetNetwork
        With `cities`, `city`, `required` and `why` set.

    Raises
    ------
    BoundaryError
        When no required segment lies inside.
    """
    shapes = project_shapes(boundary, network.crs)
    inside_m = np.zeros((len(shapes), len(network)))
    tree = shapely.STRtree(network.geometry)
    for row, shape in enumerate(shapes):
        shapely.prepare(shape)
        within = tree.query(shape, predicate="contains_properly")
        touching = np.setdiff1d(tree.query(shape, predicate="intersects"), within)
        inside_m[row, within] = shapely.length(network.geometry[within])
        inside_m[row, touching] = shapely.length(
            shapely.intersection(network.geometry[touching], shape)
        )
    by_name = np.argsort(np.array(boundary.names, dtype=object), kind="stable")
    longest = by_name[np.argmax(np.round(inside_m[by_name], 3), axis=0)]
    share = inside_m.sum(axis=0) / shapely.length(network.geometry)
    city = np.where(share >= _INSIDE_SHARE - 1e-9, longest, -1).astype(np.int64)
    required = network.required & (city >= 0)
    if not required.any() and (city >= 0).any():
        values = {"source": network.source.name, "boundary": listed(boundary.names)}
        raise BoundaryError(Phrase("network.none_required_inside", values))
    if not required.any():
        to_degrees = Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
        here = to_degrees.transform(*np.median(network.node_xy, axis=0))
        raise nothing_inside(network.source.name, here, boundary)
    why = np.where(city >= 0, network.why, "outside")
    return replace(network, cities=boundary.names, city=city, required=required, why=why)


def nothing_inside(source: str, here: tuple[float, float], boundary: Boundary) -> BoundaryError:
    """Say where the streets are and where the boundary is.

    Parameters
    ----------
    source
        Name of the file that the streets come from.
    here
        Longitude and latitude in their middle.
    boundary
        The cities.

    Returns
    -------
    BoundaryError
        To be raised.
    """
    there = shapely.MultiPolygon([p for s in boundary.shapes for p in s.geoms]).centroid
    values = {
        "source": source,
        "boundary": listed(boundary.names),
        "here": f"{here[1]:.2f}, {here[0]:.2f}",
        "there": f"{there.y:.2f}, {there.x:.2f}",
    }
    same = values["here"] == values["there"]
    return BoundaryError(
        Phrase("network.nothing_in_so_small" if same else "network.nothing_inside", values)
    )


def near_line(
    network: StreetNetwork, shapes: tuple[shapely.MultiPolygon, ...], within_m: float
) -> NDArray[np.bool_]:
    """Tell which required segments lie near a city line.

    Parameters
    ----------
    network
        Segments in a projected CRS.
    shapes
        Outline of each city, in the same CRS.
    within_m
        How near, in metres.

    Returns
    -------
    ndarray of bool, shape (m,)
        True for required segments that come that near to an outline.
    """
    lines = np.array([shape.boundary for shape in shapes], dtype=object)
    found = shapely.STRtree(network.geometry).query(lines, predicate="dwithin", distance=within_m)
    near = np.zeros(len(network), dtype=bool)
    near[found[1]] = True
    near &= network.required
    return near


def drop_unreachable(network: StreetNetwork, least_share: float) -> StreetNetwork:
    """Leave out the small components that foot cannot reach at all.

    Parameters
    ----------
    network
        Segments placed in cities.
    least_share
        A component with less than this share of the required length is dropped, unless it is the
        largest.

    Returns
    -------
    StreetNetwork
        Their segments have no city, are not required, and `why` is ``unreachable``.
    """
    component = network.foot_component
    walked = network.foot & (network.city >= 0)
    weight_m = np.where(network.required, network.length_m, 0.0)
    total_m = np.bincount(component[walked], weights=weight_m[walked])
    small = total_m < least_share * weight_m.sum()
    small[np.argmax(total_m)] = False
    gone = walked & small[np.where(component < len(small), component, 0)]
    return replace(
        network,
        city=np.where(gone, -1, network.city),
        required=network.required & ~gone,
        why=np.where(gone, "unreachable", network.why),
    )


def tally_dropped(network: StreetNetwork) -> StreetNetwork:
    """Count what patrol does not pass inside the cities, beside what nobody may use.

    Parameters
    ----------
    network
        Segments placed in cities.

    Returns
    -------
    StreetNetwork
        With `dropped` completed.
    """
    here = ~network.required & ((network.city >= 0) | (network.why == "unreachable"))
    travelled = tally(
        network.highway[here], network.why[here], network.length_m[here], travelled=True
    )
    return replace(network, dropped=network.dropped + travelled)
