"""What the map draws: outlines, colours and streets, in whole millionths of a degree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

from reso_geo.maps.encode import deltas
from reso_geo.network import project_shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.plan import Plan

__all__ = ["PER_DEGREE", "Drawing", "colours", "draw", "label_spots"]

PER_DEGREE = 1_000_000
_OUTLINE_M, _STREET_M = 3.0, 0.5
"""How far a drawn line may be from the real one."""
_TOUCH_M = 0.5
_LABEL_M = 10.0


@dataclass(frozen=True)
class Drawing:
    """A plan's shapes, in millionths of a degree east and north of `origin`.

    Attributes
    ----------
    origin
        Longitude and latitude of the south-west corner, in millionths of a degree.
    extent
        Width and height.
    beats
        Rings of each beat's polygons, by beat and polygon.
    labels, bases
        Where the id of each beat stands, and its base.
    cities
        Rings of each city's polygons.
    districts
        Rings of each district's polygons; empty without districts.
    segments
        Indices of the drawn segments: required and held, by beat.
    lines
        One each.
    """

    origin: tuple[int, int]
    extent: tuple[int, int]
    beats: list[list[list[list[int]]]]
    labels: list[list[int]]
    bases: list[list[int]]
    cities: list[list[list[list[int]]]]
    districts: list[list[list[list[int]]]]
    segments: NDArray[np.int64]
    lines: list[list[int]]


class _Grid:
    """Turns metres of a plan's CRS into whole steps from the south-west corner of its beats."""

    def __init__(self, plan: Plan) -> None:
        self._move = Transformer.from_crs(plan.network.crs, "EPSG:4326", always_xy=True)
        spots = self._degrees(shapely.get_coordinates([*plan.shapes, *_required(plan.network)]))
        low, high = spots.min(axis=0), spots.max(axis=0)
        self.origin = int(low[0]), int(low[1])
        self.extent = int(high[0] - low[0]), int(high[1] - low[1])

    def _degrees(self, metres: NDArray[np.float64]) -> NDArray[np.int64]:
        lon, lat = self._move.transform(metres[:, 0], metres[:, 1])
        spots: NDArray[np.int64] = np.rint(np.column_stack((lon, lat)) * PER_DEGREE).astype(
            np.int64
        )
        return spots

    def steps(self, metres: NDArray[np.float64]) -> NDArray[np.int64]:
        """Give points as whole steps, shape (n, 2)."""
        return self._degrees(metres) - np.array(self.origin, dtype=np.int64)

    def lines(self, lines: Sequence[shapely.Geometry] | NDArray[np.object_]) -> list[list[int]]:
        """Give each line as `deltas`."""
        coordinates, of = shapely.get_coordinates(lines, return_index=True)
        cuts = np.searchsorted(of, np.arange(1, len(lines)))
        return [deltas(part) for part in np.split(self.steps(coordinates), cuts)]

    def rings(self, shape: shapely.Geometry) -> list[list[list[int]]]:
        """Give each polygon of a shape as its rings, the outer one first."""
        return [
            self.lines([polygon.exterior, *polygon.interiors])
            for polygon in shapely.get_parts(shape)
        ]


def draw(plan: Plan) -> Drawing:
    """Turn a plan into what the map draws.

    Parameters
    ----------
    plan
        With its polygons.

    Returns
    -------
    Drawing
        Beats that are neighbours share the same border points.
    """
    network, grid = plan.network, _Grid(plan)
    beat_of = plan.partition.beat_of
    drawn = np.flatnonzero(network.required & (beat_of >= 0))
    drawn = drawn[np.argsort(beat_of[drawn], kind="stable")]
    cities = _simple(project_shapes(plan.boundary, network.crs))
    base_xy = network.node_xy[plan.partition.base]
    simple = _simple(plan.shapes)
    districts = [
        shapely.union_all([simple[k] for k, beat in enumerate(plan.beats) if beat.district == name])
        for name in (each.district for each in plan.districts)
    ]
    return Drawing(
        origin=grid.origin,
        extent=grid.extent,
        beats=[grid.rings(shape) for shape in simple],
        labels=grid.steps(label_spots(plan.shapes, base_xy)).tolist(),
        bases=grid.steps(base_xy).tolist(),
        cities=[grid.rings(shape) for shape in cities],
        districts=[grid.rings(shape) for shape in districts],
        segments=drawn,
        lines=grid.lines(shapely.simplify(network.geometry[drawn], _STREET_M)),
    )


def colours(shapes: Sequence[shapely.Geometry]) -> list[int]:
    """Give polygons numbers, never the same to two that share a border.

    Parameters
    ----------
    shapes
        In a CRS in metres.

    Returns
    -------
    list of int
        From zero; at most six numbers when each shape is in one piece, as on any plane map.

    Examples
    --------
    >>> colours([shapely.box(0, 0, 9, 9), shapely.box(9, 0, 18, 9), shapely.box(18, 0, 27, 9)])
    [0, 1, 0]
    """
    import networkx as nx  # noqa: PLC0415 - slow to load, and nothing else here needs it

    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(shapes)))
    wide = shapely.buffer(shapes, _TOUCH_M)
    one, two = shapely.STRtree(wide).query(wide, predicate="intersects")
    one, two = one[one < two], two[one < two]
    # Borders of two cities need not share their points: some length inside a thin margin will do.
    shared = shapely.length(shapely.intersection(wide[one], shapely.boundary(shapes)[two]))
    border = shared > 4.0 * _TOUCH_M
    graph.add_edges_from(sorted(zip(one[border].tolist(), two[border].tolist(), strict=True)))
    number = nx.greedy_color(graph, strategy="smallest_last")
    return [number[shape] for shape in range(len(shapes))]


def _required(network: StreetNetwork) -> NDArray[np.object_]:
    return network.geometry[network.required & (network.city >= 0)]


def _simple(shapes: Sequence[shapely.Geometry]) -> list[shapely.Geometry]:
    """Leave out what the eye cannot see, the same points on both sides of each border."""
    simple: list[shapely.Geometry] = shapely.coverage_simplify(list(shapes), _OUTLINE_M).tolist()
    return simple


def label_spots(
    shapes: Sequence[shapely.MultiPolygon], otherwise: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the spot farthest inside each shape's largest part.

    Parameters
    ----------
    shapes
        In a CRS in metres; a shape may be empty.
    otherwise
        float64, shape (n, 2): the spot of an empty shape.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        In the same CRS.
    """
    spots = otherwise.copy()
    for k, shape in enumerate(shapes):
        if not shape.is_empty:
            largest = max(shape.geoms, key=lambda part: part.area)
            circle = shapely.maximum_inscribed_circle(largest, _LABEL_M)
            spots[k] = shapely.get_coordinates(circle)[0]
    return spots
