"""Streets and cities: which city holds a segment, what lies outside, what foot cannot reach."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

from reso_geo.boundaries import Boundary
from reso_geo.boundaries.boundary import clean_name
from reso_geo.boundaries.shapes import NARROW_M, moved
from reso_geo.errors import BoundaryError
from reso_geo.i18n import Phrase, listed
from reso_geo.network.build import length_note, tally
from reso_geo.network.city_limits import between, limit_holders

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network.street_network import StreetNetwork

__all__ = [
    "drop_unreachable",
    "extent_of",
    "near_line",
    "nothing_inside",
    "on_limit",
    "place_in",
    "placed_for",
    "project_shapes",
    "tally_dropped",
]

_MOST_EXTENT_M = 2e6
"""Streets of one source that reach farther are no one place; projections do not go so far."""
_EXTENT_MARGIN_M = 50.0
_INSIDE_SHARE = 0.5
_BESIDE_M = 15.0
"""A street of a city lies in it, or at most so far from it: along its limit, or in a gap."""
_STRIP_M = 100.0
"""A gap between two limits up to this wide may be a mistake of the outlines, and is named."""


def extent_of(network: StreetNetwork) -> Boundary:
    """Return the hull of all segments plus 50 m, as one city named after the source.

    Parameters
    ----------
    network
        Segments in a projected CRS.

    Returns
    -------
    Boundary
        Of kind ``extent``.

    Raises
    ------
    BoundaryError
        When the streets reach farther than any place does: a point is somewhere else.
    """
    streets = shapely.linestrings(shapely.get_coordinates(network.geometry))
    hull = shapely.buffer(shapely.convex_hull(streets), _EXTENT_MARGIN_M)
    west, south, east, north = shapely.bounds(hull)
    wide_m = float(max(east - west, north - south))
    if not wide_m <= _MOST_EXTENT_M:
        values = {"source": network.source.name, "km": wide_m / 1000.0}
        raise BoundaryError(Phrase("network.too_wide", values))
    shape = shapely.transform(moved(hull, network.crs, "EPSG:4326"), _on_one_side)
    source = network.source.name
    name = clean_name(source.split(".")[0]) or clean_name(source) or "1"
    return Boundary((name,), (shapely.MultiPolygon([shape]),), "extent", network.source.name, ())


def _on_one_side(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring what the margin reaches beyond the 180th meridian back to it."""
    lon, lat = lonlat.T
    edge = math.copysign(180.0, float(np.median(lon)))
    return np.column_stack((np.where(np.abs(lon - edge) > 180.0, edge, lon), lat))  # noqa: PLR2004


def project_shapes(boundary: Boundary, crs: str) -> tuple[shapely.MultiPolygon, ...]:
    """Return a boundary's shapes in a projected CRS.

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
    return tuple(moved(shape, "EPSG:4326", crs) for shape in boundary.shapes)


def place_in(network: StreetNetwork, boundary: Boundary) -> StreetNetwork:
    """Assign each segment its city; outside, nothing is required.

    A segment across a city line belongs to the city with its longest share (tie: the lowest name).
    It is inside when at least half of it lies in the cities together, or in a gap between them that
    is narrower than 5 m. A segment of which 80 % lies within 10 m of a limit counts as inside and
    belongs to the first by name of the cities along whose outline it runs; shares are compared only
    for the others. Where that is not what the outlines say, and where streets lie between cities in
    none, the notes say so.

    Parameters
    ----------
    network
        Segments in a projected CRS.
    boundary
        The cities, in EPSG:4326.

    Returns
    -------
    StreetNetwork
        With `cities`, `city`, `required`, `why` and `notes` set.

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
    within_m = inside_m.sum(axis=0) + _length_in(between(shapes, NARROW_M), network)
    share = within_m / shapely.length(network.geometry)
    drawn = np.where(share >= _INSIDE_SHARE - 1e-9, longest, -1).astype(np.int64)
    holder = _holders(network, boundary, shapes)
    city = np.where(holder >= 0, holder, drawn)
    required = network.required & (city >= 0)
    if not required.any() and (city >= 0).any():
        values = {"source": network.source.name, "boundary": listed(boundary.names)}
        raise BoundaryError(Phrase("network.none_required_inside", values))
    if not required.any():
        to_degrees = Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
        here = to_degrees.transform(*np.median(network.node_xy, axis=0))
        raise nothing_inside(network.source.name, here, boundary)
    why = np.where(city >= 0, network.why, "outside")
    notes = network.notes + _limit_notes(network, shapes, drawn, city)
    return replace(
        network, cities=boundary.names, city=city, required=required, why=why, notes=notes
    )


def placed_for(network: StreetNetwork, boundary: Boundary) -> StreetNetwork:
    """Return a network in the cities of a boundary.

    Parameters
    ----------
    network
        As `reso_geo.load_network` placed it, perhaps in other cities.
    boundary
        The cities, in EPSG:4326.

    Returns
    -------
    StreetNetwork
        The same one where its cities have these names, in this order, and the streets to cover of
        each lie in it, or along its limit.

    Raises
    ------
    BoundaryError
        When no required segment lies inside.
    """
    if network.cities == boundary.names and network.required.any():
        shapes = np.array(project_shapes(boundary, network.crs), dtype=object)
        shapely.prepare(shapes)
        city, streets = network.city[network.required], network.geometry[network.required]
        if shapely.dwithin(shapes[city], streets, _BESIDE_M).all():
            return network
    known = tuple(each for each in network.dropped if not each.travelled)
    placed = place_in(replace(network, dropped=known), boundary)
    least_share = 0.0 if network.rules is None else network.rules.least_component_share
    return tally_dropped(drop_unreachable(placed, least_share))


def _length_in(ground: shapely.Geometry, network: StreetNetwork) -> NDArray[np.float64]:
    """Measure how much of each segment lies on some ground."""
    inside_m = np.zeros(len(network))
    met = shapely.STRtree(network.geometry).query(ground, predicate="intersects")
    inside_m[met] = shapely.length(shapely.intersection(network.geometry[met], ground))
    return inside_m


def _holders(
    network: StreetNetwork, boundary: Boundary, shapes: tuple[shapely.MultiPolygon, ...]
) -> NDArray[np.int64]:
    """Find the city of each segment on a limit, -1 for the others; a mere extent is no limit."""
    if boundary.kind == "extent":
        return np.full(len(network), -1, dtype=np.int64)
    return limit_holders(network.geometry, shapes, boundary.names)


def on_limit(network: StreetNetwork, boundary: Boundary) -> NDArray[np.bool_]:
    """Find the segments on a city limit.

    Parameters
    ----------
    network
        Segments placed in cities.
    boundary
        The cities, in EPSG:4326.

    Returns
    -------
    ndarray of bool, shape (m,)
        True for segments that a city holds and of which 80 % lies within 10 m of an outline.
    """
    shapes = project_shapes(boundary, network.crs)
    on: NDArray[np.bool_] = (_holders(network, boundary, shapes) >= 0) & (network.city >= 0)
    return on


def _limit_notes(
    network: StreetNetwork,
    shapes: tuple[shapely.MultiPolygon, ...],
    drawn: NDArray[np.int64],
    city: NDArray[np.int64],
) -> tuple[Phrase, ...]:
    """List the streets that a limit alone would put elsewhere, and those between cities in none."""
    lost_m = np.where(city < 0, _length_in(between(shapes, _STRIP_M), network), 0.0)
    lost = lost_m >= _INSIDE_SHARE * shapely.length(network.geometry)
    found = (("network.on_limit", city != drawn), ("network.in_no_city", lost))
    notes: tuple[Phrase, ...] = ()
    for key, chosen in found:
        those = np.flatnonzero(chosen & network.required)
        if len(those):
            metres = float(network.length_m[those].sum())
            notes += (length_note(key, metres, {"names": _names(network, those)}),)
    return notes


def _names(network: StreetNetwork, segments: NDArray[np.int64]) -> str:
    """List the streets of some segments, longest first; the id of a segment without a name."""
    length_m: dict[str, float] = {}
    for s in segments.tolist():
        name: str = network.name[s] or network.segment_id[s]
        length_m[name] = length_m.get(name, 0.0) + float(network.length_m[s])
    longest = sorted(length_m, key=lambda name: (-round(length_m[name], 3), name))
    return listed(longest)


def nothing_inside(source: str, here: tuple[float, float], boundary: Boundary) -> BoundaryError:
    """Describe where the streets are and where the boundary is.

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
    """Find which required segments lie near a city line.

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
    """Drop the small components that foot cannot reach at all.

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
