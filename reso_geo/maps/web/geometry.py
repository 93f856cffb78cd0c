"""Outlines and colours of beats, and the grid that everything on the page lies on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

from reso_geo.maps.web.safe_json import chain, deltas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.plan import Plan

__all__ = [
    "PER_DEGREE",
    "PageGrid",
    "PageOutlines",
    "colours",
    "label_spots",
    "load_spots",
    "outlines",
    "simplified",
]

PER_DEGREE = 1_000_000
_OUTLINE_M = 3.0
"""How far a drawn line may be from the real one."""
_NEARLY = (0.02, 0.98)
_TOUCH_M, _COARSE_M = 1.5, 1.0
_LABEL_M = 10.0


@dataclass(frozen=True)
class PageOutlines:
    """The beats of one plan, in steps of the page's grid.

    Attributes
    ----------
    beats
        Rings of each beat's polygons, by beat and polygon.
    labels, bases
        Where the id of each beat stands, and its base.
    districts
        Rings of each district's polygons; empty without districts.
    """

    beats: list[list[list[list[int]]]]
    labels: list[list[int]]
    bases: list[list[int]]
    districts: list[list[list[list[int]]]]


class PageGrid:
    """Turns metres of a plan's CRS into whole steps from the south-west corner of all beats.

    Parameters
    ----------
    plans
        All that the page shows.
    """

    def __init__(self, plans: Sequence[Plan]) -> None:
        spots = np.concatenate([_corners(plan) for plan in plans])
        low, high = spots.min(axis=0), spots.max(axis=0)
        self.origin = int(low[0]), int(low[1])
        self.extent = int(high[0] - low[0]), int(high[1] - low[1])
        self._plan = plans[0]

    def opening(self) -> list[list[int]]:
        """Return the corners of what the page opens on: all, or where nearly all streets are.

        Returns
        -------
        list of two lists of int
            South-west and north-east, in steps.
        """
        network = self._plan.network
        streets = network.geometry[network.required & (self._plan.partition.beat_of >= 0)]
        xy = shapely.get_coordinates(streets)
        west, east = np.quantile(xy[:, 0], _NEARLY)
        south, north = np.quantile(xy[:, 1], _NEARLY)
        whole = shapely.total_bounds(self._plan.shapes)
        most = (whole[2] - whole[0]) * (whole[3] - whole[1])
        if (east - west) * (north - south) > most / 2.0:
            return [[0, 0], [*self.extent]]
        corners = np.array([[west, south], [east, north]])
        steps: list[list[int]] = self.steps(network.crs, corners).tolist()
        return steps

    def steps(self, crs: str, metres: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return points as whole steps.

        Parameters
        ----------
        crs
            Of the points.
        metres
            float64, shape (n, 2).

        Returns
        -------
        ndarray of int64, shape (n, 2)
            East and north of `origin`, in millionths of a degree.
        """
        return _degrees(crs, metres) - np.array(self.origin, dtype=np.int64)

    def chain(
        self, crs: str, lines: Sequence[shapely.Geometry] | NDArray[np.object_]
    ) -> tuple[list[int], list[int]]:
        """Return lines as `reso_geo.maps.web.safe_json.chain` writes them.

        Parameters
        ----------
        crs
            Of the lines.
        lines
            None of them empty.

        Returns
        -------
        tuple of two lists of int
            Steps and points of each.
        """
        xy, of = shapely.get_coordinates(lines, return_index=True)
        return chain(self.steps(crs, xy), of)

    def rings(self, crs: str, shape: shapely.Geometry) -> list[list[list[int]]]:
        """Return each polygon of a shape as its rings, the outer one first.

        Parameters
        ----------
        crs
            Of the shape.
        shape
            Polygon or MultiPolygon; may be empty.

        Returns
        -------
        list
            By polygon and ring, as `reso_geo.maps.web.safe_json.deltas` writes them.
        """
        return [
            [
                deltas(self.steps(crs, shapely.get_coordinates(ring)))
                for ring in (polygon.exterior, *polygon.interiors)
            ]
            for polygon in shapely.get_parts(shape)
        ]


def outlines(plan: Plan, grid: PageGrid) -> PageOutlines:
    """Turn the beats of a plan into what the map draws.

    Parameters
    ----------
    plan
        With its polygons.
    grid
        Of the page.

    Returns
    -------
    PageOutlines
        Beats that are neighbours share the same border points.
    """
    crs, shapes = plan.network.crs, simplified(plan.shapes)
    base_xy = plan.network.node_xy[plan.partition.base]
    districts = [
        shapely.union_all([shapes[k] for k, beat in enumerate(plan.beats) if beat.district == name])
        for name in (each.district for each in plan.districts)
    ]
    return PageOutlines(
        beats=[grid.rings(crs, shape) for shape in shapes],
        labels=grid.steps(crs, label_spots(plan.shapes, load_spots(plan))).tolist(),
        bases=grid.steps(crs, base_xy).tolist(),
        districts=[grid.rings(crs, shape) for shape in districts],
    )


def colours(shapes: Sequence[shapely.Geometry]) -> list[int]:
    """Return polygons numbers, never the same to two that share a border.

    Parameters
    ----------
    shapes
        In a CRS in metres.

    Returns
    -------
    list of int
        From zero; at most six numbers when each shape is connected, as on any plane map.

    Examples
    --------
    >>> colours([shapely.box(0, 0, 9, 9), shapely.box(9, 0, 18, 9), shapely.box(18, 0, 27, 9)])
    [0, 1, 0]
    """
    import networkx as nx  # noqa: PLC0415 - slow to load, and nothing else here needs it

    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(shapes)))
    coarse = shapely.simplify(np.asarray(shapes, dtype=object), _COARSE_M)
    wide = shapely.buffer(coarse, _TOUCH_M, quad_segs=1)
    one, two = shapely.STRtree(wide).query(wide, predicate="intersects")
    one, two = one[one < two], two[one < two]
    # Borders of two cities need not share their points: some length inside a thin margin will do.
    shared = shapely.length(shapely.intersection(wide[one], shapely.boundary(coarse)[two]))
    border = shared > 4.0 * _TOUCH_M
    graph.add_edges_from(sorted(zip(one[border].tolist(), two[border].tolist(), strict=True)))
    number = nx.greedy_color(graph, strategy="smallest_last")
    return [number[shape] for shape in range(len(shapes))]


def simplified(shapes: Sequence[shapely.Geometry]) -> list[shapely.Geometry]:
    """Drop what the eye cannot see, the same points on both sides of each border.

    Parameters
    ----------
    shapes
        Polygons that do not overlap, in a CRS in metres.

    Returns
    -------
    list
        In their order.
    """
    simple: list[shapely.Geometry] = shapely.coverage_simplify(list(shapes), _OUTLINE_M).tolist()
    return simple


def _corners(plan: Plan) -> NDArray[np.int64]:
    """Return the corners of a box around all that a plan shows."""
    network = plan.network
    streets = network.geometry[network.required & (network.city >= 0)]
    west, south, east, north = shapely.total_bounds([*plan.shapes, *streets])
    box = shapely.segmentize(shapely.box(west, south, east, north), (east - west) / 8.0)
    return _degrees(network.crs, shapely.get_coordinates(box))


def _degrees(crs: str, metres: NDArray[np.float64]) -> NDArray[np.int64]:
    move = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    lon, lat = move.transform(metres[:, 0], metres[:, 1])
    spots: NDArray[np.int64] = np.rint(np.column_stack((lon, lat)) * PER_DEGREE).astype(np.int64)
    return spots


def load_spots(plan: Plan) -> NDArray[np.float64]:
    """Return the middle of the load of each beat.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    ndarray of float64, shape (k, 2)
        In the CRS of its network; the base of a beat without load.
    """
    beat_of, network = plan.partition.beat_of, plan.network
    at = np.flatnonzero(network.required & (beat_of >= 0))
    middle = shapely.line_interpolate_point(network.geometry[at], 0.5, normalized=True)
    spots: NDArray[np.float64] = network.node_xy[plan.partition.base].astype(np.float64)
    load_s = np.bincount(beat_of[at], weights=plan.load.total_s[at])
    loaded = np.flatnonzero(load_s > 0.0)
    for axis, along in enumerate(shapely.get_coordinates(middle).T):
        moment = np.bincount(beat_of[at], weights=plan.load.total_s[at] * along)
        spots[loaded, axis] = moment[loaded] / load_s[loaded]
    return spots


def label_spots(
    shapes: Sequence[shapely.MultiPolygon], wanted: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return spots well inside each shape's largest part, near those wanted.

    Parameters
    ----------
    shapes
        In a CRS in metres; a shape may be empty.
    wanted
        float64, shape (n, 2): where each label should stand.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        In the same CRS: no nearer to an edge than half as far as any spot of the part can be, and
        where it is wanted for an empty shape.
    """
    spots = wanted.copy()
    for k, shape in enumerate(shapes):
        if not shape.is_empty:
            largest = max(shape.geoms, key=lambda part: part.area)
            circle = shapely.maximum_inscribed_circle(largest, _LABEL_M)
            inner = shapely.buffer(largest, -shapely.length(circle) / 2.0)
            nearest = shapely.shortest_line(inner, shapely.Point(wanted[k]))
            spots[k] = shapely.get_coordinates(circle if nearest is None else nearest)[0]
    return spots
