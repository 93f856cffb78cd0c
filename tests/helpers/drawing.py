r"""Street sources drawn in ASCII, small enough to check every figure by hand.

Letters and digits are points; ``-``, ``|``, ``/`` and ``\\`` join them. One character is a step of
a given number of metres. Every line between two points is a way of its own, a residential street
named after its points, unless the tags name it (``{"AB": {...}}``) or chain several into one way
(``{"ABC": {...}}``).
"""

from __future__ import annotations

import itertools
import json
import string
import tempfile
import textwrap
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import osmium
import shapely
from osmium.osm.mutable import Node, Relation, Way
from pyproj import Geod, Transformer

from reso_geo import StreetNetwork, load_network
from reso_geo.network import Barriers
from reso_geo.osm import NO_WAY, PUSH, RIDE, Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reso_geo.boundaries import Boundary
    from reso_geo.settings import PatrolSettings

LON, LAT = 8.7, 49.4
METRES = f"+proj=tmerc +lon_0={LON} +lat_0={LAT} +ellps=WGS84"
_TO_DEGREES = Transformer.from_crs(METRES, "EPSG:4326", always_xy=True)
TIMESTAMP = "2024-05-06T07:08:09Z"
FIRST_RELATION = 900
HOME = {"highway": "residential", "name": "Home Street"}
GEOD = Geod(ellps="WGS84")
_POINTS = frozenset(string.ascii_letters + string.digits)
_STEPS = {"-": (0, 1), "|": (1, 0), "\\": (1, 1), "/": (1, -1)}


def degrees(east_m: float, north_m: float) -> tuple[float, float]:
    """Return the longitude and latitude of a spot, with the seven decimals that OSM keeps."""
    lon, lat = _TO_DEGREES.transform(east_m, north_m)
    return round(lon, 7), round(lat, 7)


@dataclass(frozen=True)
class Drawing:
    """Points in metres east and north of a spot, and ways through them: (points, tags).

    A point's id is its character code, `ele` its tag of that name, `barriers` all tags of those
    that stand in the way; ways are numbered from 1 unless `way_ids` gives others; relations, from
    900, are ((way, role) of each member, tags).
    """

    spots: Mapping[str, tuple[float, float]]
    ways: Sequence[tuple[str, Mapping[str, str]]]
    way_ids: Sequence[int] = ()
    missing: frozenset[str] = field(default_factory=frozenset)
    ele: Mapping[str, str] = field(default_factory=dict)
    barriers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    relations: Sequence[tuple[Sequence[tuple[int, str]], Mapping[str, str]]] = ()

    def _nodes(self) -> list[tuple[int, float, float]]:
        kept = sorted(ord(name) for name in self.spots if name not in self.missing)
        return [(node, *degrees(*self.spots[chr(node)])) for node in kept]

    def _tags_of(self, node: int) -> dict[str, str]:
        ele = {"ele": self.ele[chr(node)]} if chr(node) in self.ele else {}
        return ele | dict(self.barriers.get(chr(node), {}))

    def _numbered(self) -> list[tuple[int, list[int], dict[str, str]]]:
        ids = self.way_ids or range(1, len(self.ways) + 1)
        return [
            (way_id, [ord(name) for name in names], dict(tags))
            for way_id, (names, tags) in zip(ids, self.ways, strict=True)
        ]

    def write(self, path: Path) -> Path:
        """Write an Overpass answer (.json), OSM XML (.osm) or PBF (.osm.pbf)."""
        if path.suffix == ".json":
            path.write_text(json.dumps(self.overpass()), encoding="utf-8")
            return path
        writer = osmium.SimpleWriter(str(path), overwrite=True)
        for node, lon, lat in self._nodes():
            tags = self._tags_of(node)
            writer.add_node(
                Node(id=node, location=(lon, lat), version=1, timestamp=TIMESTAMP, tags=tags)
            )
        for way_id, nodes, tags in self._numbered():
            writer.add_way(Way(id=way_id, nodes=nodes, tags=tags, version=1, timestamp=TIMESTAMP))
        for number, (members, tags) in enumerate(self.relations, start=FIRST_RELATION):
            writer.add_relation(
                Relation(
                    id=number,
                    members=[("w", way, role) for way, role in members],
                    tags=tags,
                    version=1,
                    timestamp=TIMESTAMP,
                )
            )
        writer.close()
        return path

    def overpass(self) -> dict[str, object]:
        """Return the Overpass answer."""
        nodes = [
            {"type": "node", "id": n, "lon": x, "lat": y, "tags": self._tags_of(n)}
            for n, x, y in self._nodes()
        ]
        ways = [{"type": "way", "id": i, "nodes": n, "tags": t} for i, n, t in self._numbered()]
        relations = [
            {
                "type": "relation",
                "id": number,
                "members": [{"type": "way", "ref": way, "role": role} for way, role in members],
                "tags": dict(tags),
            }
            for number, (members, tags) in enumerate(self.relations, start=FIRST_RELATION)
        ]
        return {
            "version": 0.6,
            "osm3s": {"timestamp_osm_base": TIMESTAMP},
            "elements": [*nodes, *ways, *relations],
        }


def draw(
    text: str,
    tags: Mapping[str, Mapping[str, str]] | None = None,
    step_m: float | tuple[float, float] = 10.0,
    missing: str = "",
) -> Drawing:
    """Read an ASCII drawing; `step_m` is one number, or (a column's, a line's).

    The ways of `tags` come first, in its order and direction; then all other lines as they stand.

    >>> draw("A--B").ways
    [('AB', {'highway': 'residential', 'name': 'AB'})]
    """
    east_m, north_m = step_m if isinstance(step_m, tuple) else (step_m, step_m)
    rows = textwrap.dedent(text).strip("\n").splitlines()
    signs = {(r, c): sign for r, row in enumerate(rows) for c, sign in enumerate(row)}
    places = {place: sign for place, sign in signs.items() if sign in _POINTS}
    spots = {name: (c * east_m, -r * north_m) for (r, c), name in places.items()}
    ways = [(chain, tag) for chain, tag in (tags or {}).items()]
    chained = {frozenset(pair) for chain, _ in ways for pair in itertools.pairwise(chain)}
    for (r, c), name in places.items():
        for mark, (down, right) in _STEPS.items():
            reach = 1
            while signs.get((r + down * reach, c + right * reach)) == mark:
                reach += 1
            end = places.get((r + down * reach, c + right * reach))
            if reach > 1 and end and frozenset((name, end)) not in chained:
                ways.append((name + end, {"highway": "residential", "name": name + end}))
    return Drawing(spots, ways, missing=frozenset(missing))


def load(
    drawing: Drawing,
    boundary: Boundary | None = None,
    settings: PatrolSettings | None = None,
    ending: str = ".json",
) -> StreetNetwork:
    """Write a drawing to a file and read it as a user's source is read."""
    with tempfile.TemporaryDirectory() as folder:
        return load_network(drawing.write(Path(folder) / f"drawing{ending}"), boundary, settings)


def segment(network: StreetNetwork, ends: str) -> int:
    """Return the one segment between two points, whichever way it runs."""
    wanted = sorted(ord(name) for name in ends)
    nodes = np.sort(np.column_stack((network.node_id[network.u], network.node_id[network.v])))
    (found,) = np.flatnonzero((nodes == wanted).all(axis=1))
    return int(found)


def ends_of(network: StreetNetwork) -> list[str]:
    """Return the points at both ends of every segment, as two letters in order, sorted."""
    u, v = network.node_id[network.u].tolist(), network.node_id[network.v].tolist()
    return sorted("".join(sorted((chr(a), chr(b)))) for a, b in zip(u, v, strict=True))


def same(
    one: StreetNetwork,
    other: StreetNetwork,
    but: frozenset[str] = frozenset(("source", "cities")),
) -> None:
    """Check that two networks agree value for value, in all but the file they come from."""
    for f in fields(StreetNetwork):
        a, b = getattr(one, f.name), getattr(other, f.name)
        if f.name in but:
            continue
        if f.name == "geometry":
            a, b = shapely.to_wkb(a), shapely.to_wkb(b)
        if isinstance(a, np.ndarray):
            assert a.dtype == b.dtype, f.name
            np.testing.assert_array_equal(a, b, err_msg=f.name)
        else:
            assert a == b, f.name


@dataclass(frozen=True)
class Street:
    """A segment of a bare network: ends, metres, and its use."""

    u: int
    v: int
    length_m: float = 100.0
    required: bool = True
    foot: bool = True
    forward: int = RIDE
    backward: int = RIDE
    highway: str = "residential"
    surface: str = "unknown"
    cleared: bool = False


def bare(
    streets: Sequence[Street], nodes: int | None = None, ele_m: Sequence[float] | None = None
) -> StreetNetwork:
    """Return a network of segments with given lengths and no place on Earth."""
    count = len(streets)
    nodes = nodes or 1 + max(max(s.u, s.v) for s in streets)

    def column(name: str, dtype: type) -> np.ndarray:
        return np.array([getattr(s, name) for s in streets], dtype=dtype)

    texts = np.full(count, "", dtype=object)
    required = column("required", bool)
    return StreetNetwork(
        source=Source("bare", "", ""),
        crs="EPSG:32632",
        node_id=np.arange(nodes),
        node_xy=np.zeros((nodes, 2)),
        segment_id=np.array([f"{i}:{s.u}-{s.v}" for i, s in enumerate(streets)], dtype=object),
        u=column("u", np.int64),
        v=column("v", np.int64),
        length_m=column("length_m", np.float64),
        highway=column("highway", object),
        name=texts.copy(),
        ref=texts.copy(),
        foot=column("foot", bool),
        bike_forward=column("forward", np.int8),
        bike_backward=column("backward", np.int8),
        oneway=np.zeros(count, dtype=np.int8),
        required=required,
        why=np.where(required, "", "other_class").astype(object),
        twin_of=np.full(count, -1),
        geometry=np.full(count, None, dtype=object),
        surface=column("surface", object),
        cleared=column("cleared", bool),
        lanes=np.zeros(count, dtype=np.int8),
        crossed=np.zeros(count, dtype=np.uint8),
        node_ele_m=np.full(nodes, np.nan) if ele_m is None else np.array(ele_m, dtype=float),
        cities=("Bareville",),
        city=np.zeros(count, dtype=np.int64),
        dropped=(),
        barriers=Barriers(),
    )


def kilometres(drawing: Drawing) -> float:
    """Measure all ways of a drawing, point by point, as the Earth is."""
    return sum(
        GEOD.inv(*degrees(*drawing.spots[a]), *degrees(*drawing.spots[b]))[2]
        for names, _ in drawing.ways
        for a, b in itertools.pairwise(names)
    )


# A little of everything: footway, steps, a motorway, what is private and both kinds of one-way.
TOWN = draw(
    """
    A---B---C-------D
    |   |   |       |
    |   E---F---G   H
    |   |        \\
    I---J---K     L---M
    """,
    {
        "BEJ": {"highway": "tertiary", "name": "Grand'Rue", "oneway": "yes"},
        "EFG": {"highway": "footway", "name": "Sentier des Érables"},
        "CD": {"highway": "residential", "name": "Chemin", "oneway": "-1"},
        "GL": {"highway": "steps"},
        "LM": {"highway": "residential", "access": "private"},
        "JK": {"highway": "motorway"},
    },
    step_m=25.0,
)

__all__ = [
    "GEOD",
    "HOME",
    "NO_WAY",
    "PUSH",
    "RIDE",
    "TOWN",
    "Drawing",
    "Street",
    "bare",
    "degrees",
    "draw",
    "ends_of",
    "kilometres",
    "load",
    "same",
    "segment",
]
