"""What a planner knows of streets besides their source: cleared, how high, which quarter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import scipy
import shapely

from reso_geo.boundaries import read_outlines
from reso_geo.boundaries.shapes import moved
from reso_geo.errors import BoundaryError, TableError
from reso_geo.i18n import Phrase, listed
from reso_geo.network.city_limits import neighbourhoods_of
from reso_geo.network.street_network import check_network, way_of
from reso_geo.tables import KINDS, read_table
from reso_geo.tables.features import first_bytes_of, is_geojson, is_geopackage
from reso_geo.tables.frames import Frame, frame_or_path
from reso_geo.tables.grid import TableFile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from reso_geo.boundaries import Outlines
    from reso_geo.boundaries.layers import OutlineSource
    from reso_geo.network.street_network import StreetNetwork
    from reso_geo.settings import StreetRules
    from reso_geo.tables.frames import TableSource

__all__ = [
    "clear_streets",
    "place_elevations",
    "with_neighbourhoods",
    "within",
]

_NO_NEIGHBOURHOODS = "none"
"""Instead of a file: those of OpenStreetMap, or of the plan before, are left aside."""
_NOTE = "network.neighbourhoods"
_REACH_M = 50.0
"""How far from a junction its elevation may have been measured."""


def clear_streets(network: StreetNetwork, source: TableSource, rules: StreetRules) -> StreetNetwork:
    """Mark the segments of the network that is cleared for bicycles in winter.

    Parameters
    ----------
    network
        Segments placed in cities.
    source
        A DataFrame or GeoDataFrame, or a file: GeoJSON or GeoPackage with lines, or CSV or XLSX
        with a column ``id`` (or ``segment_id``, ``way_id``) of segment ids or OSM way ids.
    rules
        How near a segment must run to a line, and with what share of its length.

    Returns
    -------
    StreetNetwork
        With `cleared` and `notes` changed.

    Raises
    ------
    TableError
        When the file cannot be read, has no line, or names no street of the network.
    """
    check_network(network)
    given = frame_or_path(source)
    name = {"path": given.path if isinstance(given, Frame) else given}
    if _has_lines(given):
        lines = read_table(source, (), located=True).places
        cleared = _along(network, _lines_of(network, lines, name), rules)
        unknown: list[str] = []
    else:
        ids = read_table(source, KINDS["cleared"]).text("id").tolist()
        cleared, unknown = _named(network, ids)
    if not cleared.any():
        raise TableError(Phrase("network.nothing_cleared", name))
    values = {"count": len(unknown), "ids": listed(unknown, 3)}
    notes = (Phrase("network.unknown_cleared", values),) if unknown else ()
    return replace(network, cleared=cleared, notes=(*network.notes, *notes))


def place_elevations(network: StreetNetwork, source: TableSource) -> StreetNetwork:
    """Assign junctions the elevation measured nearest to them, within 50 m.

    Parameters
    ----------
    network
        The streets; what their source says of elevations stays where the table has none.
    source
        A DataFrame or GeoDataFrame, or a file:
        CSV, XLSX, ODS, XLS, GeoJSON or GeoPackage with the column ``ele`` or ``altitude`` (metres),
        and ``lon`` and ``lat`` or a geometry.

    Returns
    -------
    StreetNetwork
        With `node_ele_m` changed.

    Raises
    ------
    TableError
        When the file cannot be read, a column is missing, a row cannot be used, or no row lies
        near a junction.
    """
    check_network(network)
    table = read_table(source, KINDS["elevations"], located=True)
    shapes = moved(shapely.force_2d(table.places), "EPSG:4326", network.crs)
    spots = shapely.get_coordinates(shapely.point_on_surface(shapes))
    near = np.isfinite(spots).all(axis=1)
    found = np.full(len(network.node_id), np.inf)
    if near.any():
        found, which = scipy.spatial.cKDTree(spots[near]).query(network.node_xy)
    if not (found <= _REACH_M).any():
        raise TableError(Phrase("network.elevations_elsewhere", {"path": table.where.file.path}))
    ele_m = table.number("ele")[near][which]
    return replace(network, node_ele_m=np.where(found <= _REACH_M, ele_m, network.node_ele_m))


def with_neighbourhoods(network: StreetNetwork, source: OutlineSource) -> StreetNetwork:
    """Place streets in the neighbourhoods that a planner knows, instead of any known before.

    Parameters
    ----------
    network
        Segments placed in cities.
    source
        A file or what is in memory, as `reso_geo.boundaries.read_outlines` takes it; ``none`` for
        no neighbourhoods.

    Returns
    -------
    StreetNetwork
        With `neighbourhood` and `notes` changed.

    Raises
    ------
    BoundaryError
        When the source cannot be used, or no street to cover lies in any.
    """
    check_network(network)
    notes = tuple(note for note in network.notes if note.key != _NOTE)
    bare = replace(network, neighbourhood=None, notes=notes)
    if isinstance(source, str) and source.strip().lower() == _NO_NEIGHBOURHOODS:
        return bare
    outlines = read_outlines(source)
    placed = within(bare, outlines)
    if placed.neighbourhood is None:
        values = {"file": outlines.origin, "source": network.source.name}
        raise BoundaryError(Phrase("network.no_neighbourhood", values))
    return replace(placed, notes=(*placed.notes, *outlines.notes))


def within(network: StreetNetwork, outlines: Outlines) -> StreetNetwork:
    """Place streets in neighbourhoods, where any holds a street to cover.

    Parameters
    ----------
    network
        Segments placed in cities.
    outlines
        In longitude and latitude (EPSG:4326).

    Returns
    -------
    StreetNetwork
        With `neighbourhood` and `notes` changed; the same where none holds any.
    """
    shapes = {name: moved(each, "EPSG:4326", network.crs) for name, each in outlines.shapes.items()}
    near = {name: each for name, each in shapes.items() if np.isfinite(each.bounds).all()}
    found = neighbourhoods_of(network.geometry, near) if near else None
    if found is None or not found[network.required].any():
        return network
    note = Phrase(_NOTE, {"origin": outlines.origin})
    return replace(network, neighbourhood=found, notes=(*network.notes, note))


def _has_lines(source: Frame | Path) -> bool:
    """Return whether the rows of a table are features: what names streets has none."""
    if isinstance(source, Frame):
        return hasattr(source.rows, "active_geometry_name")
    head = first_bytes_of(TableFile(source))
    return is_geojson(head) or is_geopackage(head)


def _lines_of(
    network: StreetNetwork, shapes: NDArray[np.object_], name: Mapping[str, object]
) -> NDArray[np.object_]:
    """Return the lines of a file in the CRS of the streets; points and polygons are refused."""
    if not (shapely.get_dimensions(shapes) == 1).all():
        raise TableError(Phrase("network.cleared_no_lines", name))
    lines: NDArray[np.object_] = moved(shapely.force_2d(shapes), "EPSG:4326", network.crs)
    return lines[np.isfinite(shapely.bounds(lines)).all(axis=1)]


def _along(
    network: StreetNetwork, lines: NDArray[np.object_], rules: StreetRules
) -> NDArray[np.bool_]:
    """Find which segments run along lines for enough of their length."""
    near_m = np.zeros(len(network))
    strip = shapely.union_all(shapely.buffer(lines, rules.cleared_distance_m))
    here = shapely.STRtree(network.geometry).query(strip, predicate="intersects")
    shapely.prepare(strip)
    near_m[here] = shapely.length(shapely.intersection(network.geometry[here], strip))
    cleared: NDArray[np.bool_] = near_m >= rules.cleared_share * shapely.length(network.geometry)
    return cleared & (near_m > 0.0)


def _named(network: StreetNetwork, ids: list[str]) -> tuple[NDArray[np.bool_], list[str]]:
    """Find which segments are named by their own id or that of their way, and what names none."""
    own = network.segment_id.astype(str)
    way = np.array([way_of(segment) for segment in own.tolist()], dtype=str)
    cleared = np.isin(own, ids) | np.isin(way, ids)
    known = set(own.tolist()) | set(way.tolist())
    return cleared, [name for name in ids if name not in known]
