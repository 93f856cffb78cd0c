"""From the plan to shapes: water, corridors, city polygons, skeleton lines and faces to fill."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import linemerge, polygonize

from sample import layout
from sample.geometry import Array, curve, densify, offset

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

TRIM = 170.0
REACH = 70.0
EDGE = 5.0
HALF_DUAL = 9.5
HALF_MOTORWAY = 14.0
RAMP = 420.0


@dataclass
class Line:
    """One drawn line with its tags.

    Attributes
    ----------
    coords : Array
        Vertices.
    tags : dict of str
        OSM tags.
    group : str
        What it may join: street, motor, link, rail or path.
    rank : int
        The higher one keeps its place when two junctions are merged.
    """

    coords: Array
    tags: dict[str, str]
    group: str = "street"
    rank: int = 0


@dataclass
class Plan:
    """All shapes of the agglomeration in the drawing frame.

    Attributes
    ----------
    parks : list of tuple
        Park polygons found on the way, each with its name.
    """

    parks: list[tuple[str, Polygon]] = field(default_factory=list)

    @cached_property
    def river(self) -> LineString:
        """The river's centre line."""
        return LineString(curve(layout.RIVER))

    @cached_property
    def island(self) -> Polygon:
        """The island's shore."""
        disc = Point(0, 0).buffer(1.0, quad_segs=10)
        grown = affinity.scale(disc, *layout.ISLAND_SIZE)
        return affinity.translate(grown, *layout.ISLAND_CENTRE)

    @cached_property
    def water(self) -> Polygon:
        """The river's surface, the island left out."""
        along = np.linspace(0.0, self.river.length, 160)
        half = 62 + 12 * np.sin(along / 410.0) + 8 * np.sin(along / 170.0)
        centre = np.array([self.river.interpolate(at).coords[0] for at in along])
        band = Polygon(np.vstack([offset(centre, 1.0), offset(centre, -1.0)[::-1]]))
        width = np.concatenate([half, half[::-1]])[:, None]
        sides = np.vstack([centre, centre[::-1]])
        band = Polygon(sides + (np.array(band.exterior.coords)[:-1] - sides) * width)
        pool = shapely.buffer(self.island, 75.0)
        whole = shapely.union(band, pool).buffer(30).buffer(-30)
        shore = cast("Polygon", whole.intersection(self.frame)).exterior
        return Polygon(shore, [self.island.exterior.coords])

    @cached_property
    def frame(self) -> Polygon:
        """The agglomeration's outline before the no man's land is cut off."""
        return Polygon(layout.RING)

    @cached_property
    def motorway(self) -> LineString:
        """The motorway's axis."""
        return cast("LineString", LineString(curve(layout.MOTORWAY)).intersection(self.frame))

    @cached_property
    def rail(self) -> LineString:
        """The railway."""
        return cast("LineString", LineString(curve(layout.RAIL)).intersection(self.frame))

    @cached_property
    def cities(self) -> dict[str, Polygon]:
        """City polygons; together they are the agglomeration."""
        axis = np.array(self.motorway.coords)
        limits = [curve(points) for points in layout.LIMITS]
        limits += [axis[axis[:, 1] < layout.RIVER[5][1]], np.array(layout.NO_MANS_LAND)]
        limits += [np.array([*layout.POCKET, layout.POCKET[0]])]
        edges = [LineString(part) for part in limits]
        noded = shapely.unary_union([*edges, self.river, self.frame.exterior])
        pieces = list(polygonize(noded))
        nowhere = Point(layout.NO_MANS_POINT)
        pocket = Polygon(layout.POCKET)
        north = self._piece(pieces, (500.0, 2900.0))
        found = {name: [self._piece(pieces, seed)] for name, _, seed in layout.CITIES}
        first = layout.CITIES[0][0]
        taken = [part for parts in found.values() for part in parts]
        for piece in pieces:
            if piece not in taken and not piece.contains(nowhere):
                inside = pocket.contains(piece.representative_point())
                found[first if inside or not piece.touches(north) else layout.CITIES[2][0]].append(
                    piece
                )
        return {name: cast("Polygon", shapely.union_all(parts)) for name, parts in found.items()}

    @staticmethod
    def _piece(pieces: list[Polygon], at: tuple[float, float]) -> Polygon:
        return next(piece for piece in pieces if piece.contains(Point(at)))

    @cached_property
    def land(self) -> Polygon:
        """The agglomeration."""
        return cast("Polygon", shapely.union_all(list(self.cities.values())))

    @cached_property
    def sector(self) -> Polygon:
        """The western half of the English-named city, west of its dual carriageway."""
        axis = curve([(400, -1500), *layout.BOULEVARD_POINTS, (400, -3800)])
        west = np.vstack([axis, [[-2000, -3800], [-2000, -1500]]])
        return cast("Polygon", self.cities[layout.ENGLISH].intersection(Polygon(west)))

    @cached_property
    def dual(self) -> LineString:
        """The axis of the dual carriageway."""
        return LineString(curve(layout.BOULEVARD_POINTS))

    @cached_property
    def roads(self) -> list[tuple[layout.Road, LineString]]:
        """Skeleton roads, clipped to the land and trimmed to end on one another."""
        drawn = [(road, LineString(_longer(curve(road.points)))) for road in layout.SKELETON]
        drawn.append((layout.Road(layout.BOULEVARD, "secondary", []), self.dual))
        room = self.land.buffer(1.0 - EDGE)
        clipped = [(road, _longest(path.intersection(room))) for road, path in drawn]
        return [
            (road, trim(path, [other for _, other in clipped if other is not path]))
            for road, path in clipped
        ]

    @cached_property
    def ramps(self) -> list[Line]:
        """Ramps of the diamond interchanges."""
        made: list[Line] = []
        for road, path in self.roads:
            if road.name in layout.INTERCHANGES:
                here = cast("Point", path.intersection(self.motorway))
                for side in (-1.0, 1.0):
                    made += [self._ramp(path, here, side, ahead) for ahead in (-1.0, 1.0)]
        return made

    def _ramp(self, path: LineString, here: Point, side: float, ahead: float) -> Line:
        axis = self.motorway
        at = axis.project(here) + ahead * RAMP
        carriage = LineString(offset(np.array(axis.coords), side * HALF_MOTORWAY))
        on = carriage.interpolate(carriage.project(axis.interpolate(at)))
        near = axis.interpolate(axis.project(here) + ahead * RAMP * 0.55)
        bend = carriage.interpolate(carriage.project(near))
        # the axis runs south: its left is east
        foot = path.interpolate(path.project(here) + side * 85.0)
        points = [(on.x, on.y), (bend.x + side * 23.0, bend.y), (foot.x, foot.y)]
        coords = curve(points)
        coords[0], coords[-1] = points[0], points[-1]
        # traffic keeps to the right: off before the crossing, on after it
        forward = (ahead < 0) == (side < 0)
        tags = {"highway": "motorway_link", "oneway": "yes"}
        return Line(coords if forward else coords[::-1], tags, "link", 3)

    @cached_property
    def barrier(self) -> Polygon:
        """Where no street may run except the skeleton's own crossings."""
        river = Polygon(self.water.exterior).buffer(32.0)
        ramps = [LineString(ramp.coords).buffer(30.0) for ramp in self.ramps]
        parts = [river, self.motorway.buffer(48.0), self.rail.buffer(26.0), *ramps]
        return cast("Polygon", shapely.union_all(parts).simplify(1.0))

    @cached_property
    def faces(self) -> list[Polygon]:
        """Faces between skeleton roads and barriers, largest coordinates kept stable."""
        lines = [path for _, path in self.roads]
        rim = self.land.buffer(-EDGE).boundary
        noded = shapely.union_all([*lines, self.barrier.boundary, rim], grid_size=0.01)
        found = [
            face
            for face in polygonize(noded)
            if not self.barrier.contains(face.representative_point())
            and self.land.contains(face.representative_point())
        ]
        return sorted(found, key=lambda face: (round(face.centroid.x), round(face.centroid.y)))


def _longer(coords: Array) -> Array:
    first, last = coords[0] - coords[1], coords[-1] - coords[-2]
    start = coords[0] + first / np.hypot(*first) * REACH
    end = coords[-1] + last / np.hypot(*last) * REACH
    return np.vstack([start, coords, end])


def _longest(shape: BaseGeometry) -> LineString:
    parts = list(getattr(shape, "geoms", [shape]))
    merged = linemerge(parts) if len(parts) > 1 else parts[0]
    pieces: list[LineString] = list(getattr(merged, "geoms", [merged]))
    return max(pieces, key=lambda part: part.length)


def trim(path: LineString, others: list[LineString]) -> LineString:
    """Cut the short overshoots of a road at both ends.

    Parameters
    ----------
    path : LineString
        The road.
    others : list of LineString
        The roads it may end on.

    Returns
    -------
    LineString
        The road, starting and ending on another road where one is near its end.
    """
    points = shapely.get_parts(path.intersection(shapely.union_all(others)))
    along = [path.project(Point(p.coords[0])) for p in points]
    far = path.length - REACH
    start = min((at for at in along if at < TRIM), key=lambda at: abs(at - REACH), default=0.0)
    end = min(
        (at for at in along if at > path.length - TRIM),
        key=lambda at: abs(at - far),
        default=path.length,
    )
    return LineString(shapely.ops.substring(path, start, end).coords)


def skeleton_lines(plan: Plan) -> list[Line]:
    """Lines of the skeleton: roads, motorway, ramps, railway, footbridges.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    list of Line
        Lines of the drawing frame.
    """
    ranks = {"primary": 9, "secondary": 8, "tertiary": 7}
    made: list[Line] = []
    for road, path in plan.roads:
        tags = {"highway": road.kind, "name": road.name}
        coords = densify(np.array(path.coords))
        if path.equals(plan.dual) or (road.name == layout.BOULEVARD and not road.points):
            made += _dual(coords, tags)
        else:
            made.append(Line(coords, tags, rank=ranks.get(road.kind, 6)))
    axis = np.array(plan.motorway.coords)
    tags = {"highway": "motorway", "oneway": "yes", "ref": "993", "name": "autoroute des Semailles"}
    made.append(Line(offset(axis, -HALF_MOTORWAY), tags, "motor", 9))
    made.append(Line(offset(axis, HALF_MOTORWAY)[::-1], tags, "motor", 9))
    made += plan.ramps
    rail = {"railway": "rail", "gauge": "1435", "name": "Subdivision des Aulnes"}
    made.append(Line(np.array(plan.rail.coords), rail, "rail", 9))
    for road in layout.FOOTBRIDGES:
        foot = {"highway": road.kind, "name": road.name}
        if road.kind == "cycleway":
            foot |= {"foot": "designated", "bicycle": "designated"}
        made.append(Line(curve(road.points), foot, rank=5))
    return made


def _dual(coords: Array, tags: dict[str, str]) -> list[Line]:
    """Split a boulevard's axis into two carriageways that meet at both ends."""
    share = np.ones(len(coords))
    share[[0, -1]] = 0.0
    made = []
    for side in (1.0, -1.0):
        moved = coords + (offset(coords, side * HALF_DUAL) - coords) * share[:, None]
        # the axis runs south: its left (east) side carries traffic north
        ordered = moved[::-1] if side > 0 else moved
        lanes = {"oneway": "yes", "lanes": "2", "maxspeed": "50"}
        made.append(Line(ordered, tags | lanes, rank=8))
    return made
