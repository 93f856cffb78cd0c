"""Streets as OSMnx has them: frames of nodes and edges, and the graph of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase
from reso_geo.records import refuse_kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import networkx as nx
    from numpy.typing import NDArray

__all__ = ["frames_of", "graph_of"]

_KEPT = ("segment_id", "highway", "name", "ref", "surface", "required", "why")
_RIDE = 1
_RIDING = np.array(["no", "yes", "dismount"], dtype=object)


def frames_of(
    columns: Mapping[str, NDArray[Any]], cities: tuple[str, ...], before: str, after: str
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return nodes and edges as `osmnx.graph_to_gdfs` does.

    Parameters
    ----------
    columns
        The arrays of a `StreetNetwork` by name.
    cities
        Their names.
    before, after
        CRS of the streets, and of the frames.

    Returns
    -------
    tuple of two GeoDataFrame
        See `StreetNetwork.to_gdfs`.

    Raises
    ------
    UsageError
        When `after` is no CRS that is known.
    """
    # Both are slow to load, which only who asks for frames should pay.
    import geopandas as gpd  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    if after is None:
        refuse_kind("crs", after, "crs")
    xy, lines = columns["node_xy"], columns["geometry"]
    try:
        points = gpd.GeoSeries(shapely.points(xy), crs=before).to_crs(after)
        geometry = gpd.GeoSeries(lines, crs=before).to_crs(after)
    except CRSError as error:
        raise UsageError(Phrase("network.unknown_crs", {"crs": after})) from error
    ends = np.concatenate((columns["u"], columns["v"]))
    about = {
        "y": points.y.to_numpy(),
        "x": points.x.to_numpy(),
        "street_count": np.bincount(ends, minlength=len(xy)),
        "elevation": columns["node_ele_m"],
    }
    if np.isnan(about["elevation"]).all():
        del about["elevation"]
    nodes = gpd.GeoDataFrame(
        about,
        geometry=points.array,
        index=pd.Index(columns["node_id"], name="osmid"),
    )
    at, reverse = _directions(columns["oneway"])
    begin, end = (columns["node_id"][columns[name][at]] for name in ("u", "v"))
    data: dict[str, Any] = {name: columns[name][at] for name in _KEPT}
    along, against = columns["bike_forward"][at], columns["bike_backward"][at]
    along, against = np.where(reverse, (against, along), (along, against))
    both = (columns["oneway"][at] != 0) & (against == _RIDE)
    names = np.array([*cities, ""], dtype=object)
    ways = (segment.partition(":")[0].rpartition("/")[2] for segment in data["segment_id"])
    lanes = columns["lanes"][at]
    data["surface"] = np.where(data["surface"] == "unknown", "", data["surface"])
    data |= {
        "osmid": [int(way) for way in ways],
        "lanes": np.where(lanes > 0, lanes.astype(str), ""),
        "oneway": columns["oneway"][at] != 0,
        "reversed": reverse,
        "length": columns["length_m"][at],
        "foot": np.where(columns["foot"][at], "yes", "no"),
        "bicycle": _RIDING[along],
        "oneway:bicycle": np.where(both, "no", ""),
        "city": names[columns["city"][at]],
    }
    line = geometry.to_numpy()[at]
    edges = gpd.GeoDataFrame(
        data, geometry=np.where(reverse, shapely.reverse(line), line), crs=points.crs
    )
    edges["u"], edges["v"] = np.where(reverse, (end, begin), (begin, end))
    edges["key"] = edges.groupby(["u", "v"]).cumcount()
    return nodes, edges.set_index(["u", "v", "key"])


def _directions(oneway: NDArray[np.int8]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the segment of each edge, and whether it runs against it."""
    at = np.concatenate((np.flatnonzero(oneway >= 0), np.flatnonzero(oneway <= 0)))
    reverse = np.arange(len(at)) >= (oneway >= 0).sum()
    order = np.argsort(at, kind="stable")
    return at[order], reverse[order]


def graph_of(nodes: gpd.GeoDataFrame, edges: gpd.GeoDataFrame) -> nx.MultiDiGraph[int]:
    """Return the graph of nodes and edges, as OSMnx downloads one.

    Parameters
    ----------
    nodes, edges
        From `frames_of`.

    Returns
    -------
    networkx.MultiDiGraph
        Attributes that are not known, or empty, are left out.
    """
    import osmnx as ox  # noqa: PLC0415 - slow to load

    bare = edges.drop(columns="geometry").replace("", None).astype(object)
    bare["geometry"] = edges.geometry
    about = {"crs": edges.crs, "simplified": True}
    return ox.graph_from_gdfs(nodes, bare.set_geometry("geometry"), graph_attrs=about)
