"""Where the junctions and edges of an OSMnx graph are, in degrees, by the graph's own CRS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from reso_geo.errors import NetworkError
from reso_geo.i18n import Phrase

if TYPE_CHECKING:
    from pathlib import Path

    import networkx as nx
    import shapely

__all__ = ["Degrees", "degrees_of"]

_MOST_LON, _MOST_LAT = 180.0, 90.0
# A tenth of a micrometre at most: what a projection adds to the places there and back is less.
_DECIMALS = 9


@dataclass(frozen=True)
class Degrees:
    """Places of a graph in degrees (EPSG:4326).

    Attributes
    ----------
    places
        Longitude and latitude of each node.
    move
        What brings coordinates of the graph to degrees; None for those that are in degrees.
    """

    places: dict[str, tuple[float, float]]
    move: Transformer | None

    def line(self, line: shapely.LineString) -> list[tuple[float, float]]:
        """Return the places along an edge.

        Parameters
        ----------
        line
            Its geometry in the CRS of the graph.

        Returns
        -------
        list of tuple
            Longitude and latitude of each point.
        """
        x, y = (list(values) for values in list(zip(*line.coords, strict=True))[:2])
        return _moved(x, y, self.move)


def degrees_of(graph: nx.MultiGraph[str], path: Path | str) -> Degrees:
    """Find the places of a graph by its own CRS.

    Parameters
    ----------
    graph
        As OSMnx loads it.
    path
        Its file, or what a graph in memory is called.

    Returns
    -------
    Degrees
        Places of all nodes, and the way to those of edges.

    Raises
    ------
    NetworkError
        When its CRS is unknown, or its coordinates cannot be in it.
    """
    named = graph.graph.get("crs") or "EPSG:4326"
    x = [float(data["x"]) for _, data in graph.nodes(data=True)]
    y = [float(data["y"]) for _, data in graph.nodes(data=True)]
    small = bool((np.abs(x) <= _MOST_LON).all() and (np.abs(y) <= _MOST_LAT).all())
    try:
        crs = CRS.from_user_input(named)
    except CRSError as error:
        raise NetworkError(Phrase("osm.graph_crs", {"path": path, "crs": named})) from error
    if crs.is_projected == small:
        raise NetworkError(Phrase("osm.graph_crs", {"path": path, "crs": crs.name}))
    same = crs.is_geographic and crs.equals(CRS.from_epsg(4326), ignore_axis_order=True)
    move = None if same else Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    return Degrees(dict(zip(graph.nodes, _moved(x, y, move), strict=True)), move)


def _moved(
    x: list[float],
    y: list[float],
    move: Any,  # noqa: ANN401 - a Transformer, which is not typed
) -> list[tuple[float, float]]:
    if move is None:
        return list(zip(x, y, strict=True))
    lon, lat = (np.round(values, _DECIMALS).tolist() for values in move.transform(x, y))
    return list(zip(lon, lat, strict=True))
