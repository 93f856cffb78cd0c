"""OSMnx graphs in memory, or their frames, as OSMnx would load them from a file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pandas as pd
import shapely

from reso_geo.errors import NetworkError
from reso_geo.i18n import Phrase
from reso_geo.tables.frames import is_frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import TypeAlias

    Edge: TypeAlias = tuple[object, object, int, Mapping[str, object]]

__all__ = ["StreetGraph", "street_graph"]

_TEXTS = frozenset(("osmid", "oneway", "reversed", "street_count", "from", "to"))
_ENDS = ["u", "v", "key"]


@dataclass(frozen=True)
class StreetGraph:
    """A graph of streets in memory.

    Attributes
    ----------
    graph
        Its nodes and their ids are texts, as are ids of ways and directions.
    name
        What it is called where a file would be named.
    notes
        What it does not hold.
    """

    graph: nx.MultiGraph[str]
    name: str = "OSMnx"
    notes: tuple[Phrase, ...] = ()

    @property
    def sha256(self) -> str:
        """Digest of all that it holds."""
        digest = hashlib.sha256(str(self.graph.graph.get("crs")).encode())
        nodes = sorted((node, sorted(data.items())) for node, data in self.graph.nodes(data=True))
        edges = sorted(
            (u, v, key, sorted((name, str(value)) for name, value in data.items()))
            for u, v, key, data in self.graph.edges(keys=True, data=True)
        )
        for part in (*nodes, *edges):
            digest.update(repr(part).encode())
        return digest.hexdigest()


def street_graph(source: object) -> StreetGraph:
    """Return a graph in memory as OSMnx loads it from a file.

    Parameters
    ----------
    source
        A graph of OSMnx, or its nodes and edges as `osmnx.graph_to_gdfs` gives them.

    Returns
    -------
    StreetGraph
        The same streets; the source is not changed.

    Raises
    ------
    NetworkError
        When it is neither, a frame lacks its index, its coordinates or its CRS, an edge is drawn as
        something else than one line, or none has a value of ``highway``.
    """
    if isinstance(source, nx.Graph):
        several: Any = source  # a multigraph, whose edges have keys
        edges: Iterable[Edge] = (
            several.edges(keys=True, data=True)
            if source.is_multigraph()
            else ((u, v, 0, data) for u, v, data in source.edges(data=True))
        )
        nodes = source.nodes(data=True)
        graph = _built(source.graph, nodes, edges, directed=source.is_directed())
        lost = (
            () if source.is_multigraph() else (Phrase("osm.one_edge", {"name": StreetGraph.name}),)
        )
        return StreetGraph(graph, notes=(*lost, *_unnamed(graph)))
    if isinstance(source, tuple | list) and len(source) == 2 and all(map(is_frame, source)):  # noqa: PLR2004 - nodes and edges
        graph, straight = _of_frames(*source)
        values = {"name": StreetGraph.name, "count": straight}
        bare = (Phrase("osm.straight_edges", values),) if straight else ()
        return StreetGraph(graph, notes=(*bare, *_unnamed(graph)))
    raise NetworkError(Phrase("osm.not_streets", {"kind": type(source).__name__}))


def _unnamed(graph: nx.MultiGraph[str]) -> tuple[Phrase, ...]:
    """Return how many edges do not say what street they are; refuse a graph where none does."""
    count = sum("highway" not in data for _, _, data in graph.edges(data=True))
    values = {"name": StreetGraph.name, "count": count}
    if count and count == graph.number_of_edges():
        raise NetworkError(Phrase("osm.no_highway", values))
    return (Phrase("osm.some_highway", values),) if count else ()


def _of_frames(nodes: pd.DataFrame, edges: pd.DataFrame) -> tuple[nx.MultiGraph[str], int]:
    """Build a graph of its frames; count the edges that are drawn as nothing."""
    if edges.index.nlevels == 1 and set(_ENDS) <= set(edges.columns):
        edges = edges.set_index(_ENDS)
    if edges.index.nlevels != len(_ENDS) or not edges.index.is_unique or not nodes.index.is_unique:
        raise NetworkError(Phrase("osm.frames_without_index"))
    if getattr(edges, "active_geometry_name", None) is None:
        raise NetworkError(Phrase("osm.frames_without_lines"))
    crs = edges.crs
    if crs is None:
        raise NetworkError(Phrase("osm.frames_without_crs"))
    own = nodes.crs if getattr(nodes, "active_geometry_name", None) is not None else None
    if own is not None and own != crs:
        raise NetworkError(Phrase("osm.frames_of_two_crs", {"nodes": str(own), "edges": str(crs)}))
    if not {"x", "y"} <= set(nodes.columns):
        if getattr(nodes, "active_geometry_name", None) is None:
            raise NetworkError(Phrase("osm.frames_without_places"))
        places = nodes.geometry.to_crs(crs)
        nodes = nodes.assign(x=places.x, y=places.y)
    lines = np.array(list(map(_line, edges.geometry)), dtype=object)
    edges = pd.DataFrame(edges.drop(columns=edges.active_geometry_name))
    if (shapely.get_num_coordinates(lines) > 2).any():  # noqa: PLR2004 - else each edge is a step
        edges["geometry"] = lines
    graph = _built(
        {"crs": crs},
        zip(nodes.index, _records(nodes), strict=True),
        ((*ends, data) for ends, data in zip(edges.index, _records(edges), strict=True)),
        # Only the edges of a graph without directions say between which ends they were drawn.
        directed=not {"from", "to"} <= set(edges.columns),
    )
    return graph, int(shapely.is_missing(lines).sum())


def _line(shape: Any) -> shapely.LineString | None:  # noqa: ANN401 - whatever a graph holds
    """Return the one line that an edge is drawn as, and refuse all else."""
    if _is_missing(shape):
        return None
    if isinstance(shape, shapely.MultiLineString):
        shape = shapely.line_merge(shape)
    if not isinstance(shape, shapely.LineString):
        kind = getattr(shape, "geom_type", type(shape).__name__)
        raise NetworkError(Phrase("osm.edge_no_line", {"kind": kind}))
    return None if shape.is_empty else shape


def _records(frame: pd.DataFrame) -> Iterator[dict[str, object]]:
    names = list(map(str, frame.columns))
    columns = [frame.iloc[:, at].tolist() for at in range(len(names))]
    for values in zip(*columns, strict=True) if columns else ({} for _ in range(len(frame))):
        yield dict(zip(names, values, strict=False))


def _built(
    about: Mapping[str, object],
    nodes: Iterable[tuple[object, Mapping[str, object]]],
    edges: Iterable[Edge],
    *,
    directed: bool,
) -> nx.MultiGraph[str]:
    kind: Any = nx.MultiDiGraph if directed else nx.MultiGraph
    graph: nx.MultiGraph[str] = kind(**dict(about))
    for node, data in nodes:
        graph.add_node(str(node), **_read(data))
    for u, v, key, data in edges:
        found = _read(data)
        if (line := _line(found.pop("geometry", None))) is not None:
            found["geometry"] = line
        graph.add_edge(str(u), str(v), key=key, **found)
    if bare := [node for node, data in graph.nodes(data=True) if not {"x", "y"} <= data.keys()]:
        raise NetworkError(Phrase("osm.nodes_without_places", {"ids": bare[0], "count": len(bare)}))
    if not len(graph):
        raise NetworkError(Phrase("osm.no_streets", {"path": StreetGraph.name}))
    return graph


def _read(data: Mapping[str, object]) -> dict[str, Any]:
    """Return attributes as they are read from a file: those that are there, ids as texts."""
    found: dict[str, Any] = {}
    for name, value in data.items():
        several = isinstance(value, list | tuple | set | np.ndarray)
        every: Any = value if several else [value]
        values = [each for each in every if not _is_missing(each)]
        if name in _TEXTS:
            values = [str(each) for each in values]
        if values:
            found[str(name)] = values if several else values[0]
    return found


def _is_missing(value: Any) -> bool:  # noqa: ANN401 - whatever a graph holds
    return value is None or (bool(pd.api.types.is_scalar(value)) and bool(pd.isna(value)))
