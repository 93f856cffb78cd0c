"""StreetNetwork: junctions and segments, each physical street once."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from reso_geo.errors import NetworkError
from reso_geo.fingerprint import fingerprint
from reso_geo.i18n import Phrase, listed
from reso_geo.network.basemap import Basemap
from reso_geo.network.connectivity import components, cost_matrix
from reso_geo.network.frames import frames_of, graph_of
from reso_geo.records import FieldCheck, Record, Shown, freeze, kind_of, usual_length

if TYPE_CHECKING:
    import geopandas as gpd
    import networkx as nx
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from reso_geo.network.barriers import Barriers
    from reso_geo.osm import Source
    from reso_geo.settings import StreetRules

__all__ = ["Dropped", "StreetNetwork", "check_network", "select", "way_of"]

_WIDE_LANES = 6
_NO_BASEMAP = Basemap()
_KINDS = {
    "u": "int64", "v": "int64", "length_m": "float64", "foot": "bool", "bike_forward": "int8",
    "bike_backward": "int8", "oneway": "int8", "required": "bool", "twin_of": "int64",
    "geometry": "object", "cleared": "bool", "lanes": "int8", "crossed": "uint8", "city": "int64",
}  # fmt: skip


@dataclass(frozen=True)
class Dropped:
    """Streets of one class that patrol does not have to pass, and why.

    Attributes
    ----------
    highway
        Their class.
    km
        Their length, each street once.
    why
        Reason code, such as ``private`` or ``sidewalk``.
    travelled
        True when they stay in the network for getting around.
    """

    highway: str
    km: float
    why: str
    travelled: bool


@dataclass(frozen=True, eq=False, repr=False)
class StreetNetwork(Shown, Record):
    """Streets between junctions, in a projected CRS; all arrays read-only.

    Attributes
    ----------
    source
        The file that the streets come from.
    crs
        Projected CRS in metres, such as ``EPSG:32188``.
    node_id
        int64, shape (n,): OSM id of each junction.
    node_xy
        float64, shape (n, 2), metres in `crs`.
    segment_id
        object (str), shape (m,): ``way:node-node``, unique, stable for the same source.
    u, v
        int64, shape (m,): indices of the junctions at the ends; `geometry` runs from u to v.
    length_m
        float64, shape (m,): geodesic length on WGS 84.
    highway, name, ref
        object (str), shape (m,).
    foot
        bool, shape (m,): walking is legal (both ways).
    bike_forward, bike_backward
        int8, shape (m,): `reso_geo.osm.NO_WAY`, ``RIDE`` or ``PUSH`` from u to v and back.
    oneway
        int8, shape (m,): 1 from u to v, -1 from v to u, 0 both ways (for vehicles).
    required
        bool, shape (m,): patrol must pass it.
    why
        object (str), shape (m,): reason code where not required, else empty.
    twin_of
        int64, shape (m,): the segment that stands for this carriageway, or -1.
    geometry
        object (LineString), shape (m,), in `crs`.
    surface
        object (str), shape (m,): one of `reso_geo.settings.SURFACES`, that of its longest part.
    cleared
        bool, shape (m,): of the network that is cleared for bicycles in winter.
    lanes
        int8, shape (m,): lanes of its longest part, both directions together; 0 where not known.
    crossed
        uint8, shape (m,): what the segment crosses, a sum of `reso_geo.network.MOTORWAY`,
        ``RAILWAY``, ``RIVER`` and ``WIDE``; 0 before `reso_geo.network.mark_crossings`. A barrier
        is crossed where the segment passes over it, under it or on the level; where the street is
        cut on the barrier itself, by the segments on the side with fewer of them, so that every
        way across uses just one. Running beside or along it does not count. A street of six lanes
        or more (`wide`) is crossed by what passes over or under it, and by every other street that
        ends on it.
    node_ele_m
        float64, shape (n,): metres above the sea of each junction, NaN where not known.
    cities
        Names of the boundary's cities; empty before `reso_geo.network.place_in`.
    city
        int64, shape (m,): index into `cities`, -1 outside.
    dropped
        What patrol does not pass, by class and reason.
    barriers
        The motorways, railways and rivers of the source; none where it holds none.
    notes
        What the planner should know of the source.
    basemap
        Land and places around the streets; empty where the source has none, or was not asked.
    rules
        Those by which `required` was chosen; None where they are not known.
    area
        object (str), shape (m,): the area (`reso_geo.osm.Ways.area`) of whose outline the segment
        is a part, or which it crosses; empty for a street. None where that is not known, as in a
        plan: nothing but the rules that make a street required asks.
    neighbourhood
        object (str), shape (m,): the smallest known neighbourhood around the segment, empty for
        none, as along an outline. None where none is known.

    Raises
    ------
    NetworkError
        When a segment id occurs twice, a length is not positive and finite, an end names no
        junction, or an elevation is infinite.
    """

    source: Source
    crs: str
    node_id: NDArray[np.int64]
    node_xy: NDArray[np.float64]
    segment_id: NDArray[np.object_]
    u: NDArray[np.int64]
    v: NDArray[np.int64]
    length_m: NDArray[np.float64]
    highway: NDArray[np.object_]
    name: NDArray[np.object_]
    ref: NDArray[np.object_]
    foot: NDArray[np.bool_]
    bike_forward: NDArray[np.int8]
    bike_backward: NDArray[np.int8]
    oneway: NDArray[np.int8]
    required: NDArray[np.bool_]
    why: NDArray[np.object_]
    twin_of: NDArray[np.int64]
    geometry: NDArray[np.object_]
    surface: NDArray[np.object_]
    cleared: NDArray[np.bool_]
    lanes: NDArray[np.int8]
    crossed: NDArray[np.uint8]
    node_ele_m: NDArray[np.float64]
    cities: tuple[str, ...]
    city: NDArray[np.int64]
    dropped: tuple[Dropped, ...]
    barriers: Barriers
    notes: tuple[Phrase, ...] = ()
    basemap: Basemap = _NO_BASEMAP
    rules: StreetRules | None = None
    area: NDArray[np.object_] | None = None
    neighbourhood: NDArray[np.object_] | None = None

    def __post_init__(self) -> None:
        """Check the arrays once and make them read-only."""
        self._check_arrays(FieldCheck("StreetNetwork", NetworkError))
        bad = np.flatnonzero(~(np.isfinite(self.length_m) & (self.length_m > 0)))
        if len(bad):
            ids = listed(self.segment_id[bad])
            raise NetworkError(Phrase("network.bad_length", {"ids": ids}))
        if len(set(self.segment_id)) < len(self.segment_id):
            raise NetworkError(Phrase("network.same_id", {"name": self.source.name}))
        ends = np.concatenate((self.u, self.v))
        if len(ends) and (ends.min() < 0 or ends.max() >= len(self.node_id)):
            raise NetworkError(Phrase("network.no_junction", {"name": self.source.name}))
        if np.isinf(self.node_ele_m).any():
            nodes = listed(self.node_id[np.isinf(self.node_ele_m)])
            raise NetworkError(Phrase("network.bad_elevation", {"nodes": nodes}))
        freeze(self)

    def _check_arrays(self, check: FieldCheck) -> None:
        """Check that every array holds what it should, and is as long as the others."""
        rows = usual_length(*(getattr(self, name) for name in ("segment_id", *_KINDS)))
        nodes = usual_length(self.node_id, self.node_xy, self.node_ele_m)
        for name in ("segment_id", "highway", "name", "ref", "why", "surface"):
            check.labels(name, getattr(self, name), rows)
        for name in ("area", "neighbourhood"):
            if getattr(self, name) is not None:
                check.labels(name, getattr(self, name), rows)
        for name, kind in _KINDS.items():
            check.array(name, getattr(self, name), kind, rows)
        check.array("node_id", self.node_id, "int64", nodes)
        check.array("node_xy", self.node_xy, "float64", nodes, 2)
        check.array("node_ele_m", self.node_ele_m, "float64", nodes)
        for row in np.flatnonzero(~np.isfinite(self.node_xy).all(axis=1))[:1].tolist():
            check.refuse(f"node_xy[{row}]", self.node_xy[row].tolist(), Phrase("record.number"))
        known = ~shapely.is_missing(self.geometry)
        lines = shapely.is_geometry(self.geometry)
        lines[lines] = shapely.get_type_id(self.geometry[lines]) == shapely.GeometryType.LINESTRING
        for row in np.flatnonzero(known & ~lines)[:1].tolist():
            wanted = Phrase("record.kind", {"kind": "shapely.LineString"})
            check.refuse(f"geometry[{row}]", self.geometry[row], wanted)
        check.text("crs", self.crs)
        check.texts("cities", self.cities)
        check.figures("city", self.city, -1, kind="int64")
        check.figures("twin_of", self.twin_of, -1, rows - 1, kind="int64")
        for name in ("bike_forward", "bike_backward"):
            check.figures(name, getattr(self, name), 0, 2, kind="int8")
        check.figures("oneway", self.oneway, -1, 1, kind="int8")
        check.figures("lanes", self.lanes, 0, kind="int8")

    def __len__(self) -> int:
        """Return the number of segments."""
        return len(self.segment_id)

    def summary(self) -> Phrase:
        """Return the streets, their length and their cities, in one sentence.

        Returns
        -------
        Phrase
            For people.
        """
        values = {
            "source": self.source.name,
            "count": len(self),
            "km": self.length_m.sum() / 1000.0,
            "required": self.required_km,
            "cities": listed(self.cities, 5) or "-",
            "crs": self.crs,
        }
        return Phrase("network.facts", values)

    def to_gdfs(self, crs: str = "EPSG:4326") -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
        """Return nodes and edges as `osmnx.graph_to_gdfs` does, two-way streets in both directions.

        Parameters
        ----------
        crs
            Of both frames: longitude and latitude as OSMnx has it, or a projected one, such as
            `crs` of the network.

        Returns
        -------
        nodes : GeoDataFrame
            By ``osmid``: ``y``, ``x``, ``street_count``, ``elevation`` (m) where known.
        edges : GeoDataFrame
            By ``(u, v, key)``: tags of OpenStreetMap (``bicycle`` in the direction of the edge),
            ``length`` (m), and by `StreetNetwork`: ``segment_id``, ``required``, ``why``, ``city``.

        Raises
        ------
        UsageError
            When there is no such CRS.
        """
        return frames_of(vars(self), self.cities, self.crs, crs)

    def to_networkx(self, crs: str = "EPSG:4326") -> nx.MultiDiGraph[int]:
        """Return the graph of `to_gdfs`, for NetworkX and OSMnx.

        Parameters
        ----------
        crs
            Of its coordinates.

        Returns
        -------
        networkx.MultiDiGraph
            One-way streets have one edge: walkers need ``osmnx.convert.to_undirected``.

        Raises
        ------
        UsageError
            When there is no such CRS.
        """
        return graph_of(*self.to_gdfs(crs))

    @property
    def required_km(self) -> float:
        """Length that patrol must pass, each street once."""
        return float(self.length_m[self.required].sum() / 1000.0)

    @cached_property
    def foot_matrix(self) -> csr_array:
        """Metres on foot between neighbouring junctions, a symmetric matrix, shape (n, n)."""
        on_foot = np.flatnonzero(self.foot)
        ends = self.u[on_foot], self.v[on_foot]
        return cost_matrix(len(self.node_id), *ends, self.length_m[on_foot])

    @cached_property
    def of_area(self) -> NDArray[np.bool_]:
        """Outlines of squares and lines across them, shape (m,)."""
        return np.zeros(len(self), dtype=bool) if self.area is None else self.area != ""

    @cached_property
    def wide(self) -> NDArray[np.bool_]:
        """Streets of six lanes or more, shape (m,): on one carriageway, or three on each of two."""
        paired = self.twin_of >= 0
        paired[self.twin_of[paired]] = True
        half = (self.lanes >= _WIDE_LANES // 2) & (self.oneway != 0) & paired
        wide: NDArray[np.bool_] = (self.lanes >= _WIDE_LANES) | half
        return wide

    @cached_property
    def travel_fingerprint(self) -> str:
        """Digest of all that measures along the streets depend on, but for what is required."""
        ways = (
            self.node_id, self.node_ele_m, self.u, self.v, self.length_m, self.highway,
            self.surface, self.foot, self.bike_forward, self.bike_backward, self.cleared,
            self.twin_of,
        )  # fmt: skip
        return fingerprint(*ways)

    @cached_property
    def foot_component(self) -> NDArray[np.int64]:
        """Component of each segment on foot, shape (m,), -1 where walking is not legal."""
        label = components(len(self.node_id), self.u[self.foot], self.v[self.foot])[self.u]
        return np.where(self.foot, label, -1)


def check_network(network: object) -> None:
    """Refuse what is no street network.

    Parameters
    ----------
    network
        As it was given.

    Raises
    ------
    UsageError
        When it is none.
    """
    kind_of("network", network, StreetNetwork, "network")


def way_of(segment_id: str) -> str:
    """Return the number of the way, or the area, that a segment is named after.

    Parameters
    ----------
    segment_id
        As in `StreetNetwork.segment_id`.

    Returns
    -------
    str
        Digits, perhaps after a minus sign.

    Examples
    --------
    >>> way_of("12:5-7"), way_of("area/12:5-9")
    ('12', '12')
    """
    return segment_id.partition(":")[0].removeprefix("area/")


def select(network: StreetNetwork, kept: NDArray[np.bool_]) -> StreetNetwork:
    """Return a network of some of the segments and the junctions at their ends.

    Parameters
    ----------
    network
        Segments between junctions.
    kept
        bool, shape (m,): which segments to keep.

    Returns
    -------
    StreetNetwork
        In the same order; a twin whose street is left out stands for none.
    """
    nodes, ends = np.unique(np.concatenate((network.u[kept], network.v[kept])), return_inverse=True)
    parts: dict[str, Any] = {}
    for f in fields(network):
        value = getattr(network, f.name)
        if isinstance(value, np.ndarray):
            parts[f.name] = value[nodes] if f.name.startswith("node_") else value[kept]
    place = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)
    parts["twin_of"] = place[network.twin_of[kept]]
    parts["u"], parts["v"] = np.split(ends.astype(np.int64), 2)
    return replace(network, **parts)
