"""Hold OSM objects and write them as a deterministic .osm.pbf."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import osmium
from osmium.osm import mutable
from pyproj import Transformer

if TYPE_CHECKING:
    from pathlib import Path

    from sample.geometry import Array

CENTRE = (-72.60, 45.90)
STAMP = "2026-06-01T00:00:00Z"
PLANE = f"+proj=tmerc +lon_0={CENTRE[0]} +lat_0={CENTRE[1]} +k=1 +x_0=0 +y_0=0 +ellps=GRS80"
DIGITS = 7

Tags = dict[str, str]
Member = tuple[str, int, str]


def to_degrees(coords: Array) -> list[tuple[float, float]]:
    """Project local metres to longitude and latitude, rounded as OSM does.

    Parameters
    ----------
    coords : Array
        Points in local metres.

    Returns
    -------
    list of tuple
        Longitude and latitude pairs.
    """
    lon, lat = _projection().transform(coords[:, 0], coords[:, 1])
    pairs = zip(np.round(lon, DIGITS).tolist(), np.round(lat, DIGITS).tolist(), strict=True)
    return [(float(x), float(y)) for x, y in pairs]


@cache
def _projection() -> Transformer:
    return Transformer.from_crs(PLANE, "EPSG:4326", always_xy=True)


@dataclass
class Store:
    """Nodes, ways and relations in the order they get their ids.

    Attributes
    ----------
    nodes : list of tuple
        Longitude, latitude of node 1, 2, ...
    ways : list of tuple
        Node ids and tags of way 1, 2, ...
    relations : list of tuple
        Members and tags of relation 1, 2, ...
    """

    nodes: list[tuple[float, float]] = field(default_factory=list)
    node_tags: dict[int, Tags] = field(default_factory=dict)
    ways: list[tuple[list[int], Tags]] = field(default_factory=list)
    relations: list[tuple[list[Member], Tags]] = field(default_factory=list)
    _by_spot: dict[tuple[float, float], int] = field(default_factory=dict)

    def node(self, spot: tuple[float, float]) -> int:
        """Return the node at a place, the same one each time.

        Parameters
        ----------
        spot : tuple of float
            Longitude and latitude, already rounded.

        Returns
        -------
        int
            The node's id.
        """
        if spot not in self._by_spot:
            self.nodes.append(spot)
            self._by_spot[spot] = len(self.nodes)
        return self._by_spot[spot]

    def way(self, coords: Array, tags: Tags) -> int:
        """Add a way.

        Parameters
        ----------
        coords : Array
            Vertices in local metres.
        tags : dict of str
            Tags.

        Returns
        -------
        int
            The way's id.
        """
        refs = [self.node(spot) for spot in to_degrees(coords)]
        refs = [ref for k, ref in enumerate(refs) if k == 0 or ref != refs[k - 1]]
        self.ways.append((refs, tags))
        return len(self.ways)

    def relation(self, members: list[Member], tags: Tags) -> int:
        """Add a relation.

        Parameters
        ----------
        members : list of tuple
            Type, id and role of each member.
        tags : dict of str
            Tags.

        Returns
        -------
        int
            The relation's id.
        """
        self.relations.append((members, tags))
        return len(self.relations)

    def write(self, path: Path) -> None:
        """Write everything as .osm.pbf.

        Parameters
        ----------
        path : Path
            The file; an older one is replaced.
        """
        header = osmium.io.Header()
        header.set("generator", "reso_geo make_sample (fictional)")
        header.set("osmosis_replication_timestamp", STAMP)
        west, south = np.min(np.array(self.nodes), axis=0)
        east, north = np.max(np.array(self.nodes), axis=0)
        box = osmium.osm.Box(float(west), float(south), float(east), float(north))
        header.add_box(box)
        path.unlink(missing_ok=True)
        with osmium.SimpleWriter(str(path), header=header) as writer:
            for k, spot in enumerate(self.nodes, start=1):
                tags = self.node_tags.get(k, {})
                writer.add_node(
                    mutable.Node(id=k, location=spot, tags=tags, version=1, timestamp=STAMP)
                )
            for k, (refs, tags) in enumerate(self.ways, start=1):
                writer.add_way(mutable.Way(id=k, nodes=refs, tags=tags, version=1, timestamp=STAMP))
            for k, (members, tags) in enumerate(self.relations, start=1):
                writer.add_relation(
                    mutable.Relation(id=k, members=members, tags=tags, version=1, timestamp=STAMP)
                )
