"""Which ground goes to which beat, so that borders run along lines that people know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array

from reso_geo.tiling.expansion import Touching, relabelled
from reso_geo.tiling.fronts import MAIN_RANKS, rank_of
from reso_geo.tiling.inside import LOT_M
from reso_geo.tiling.samples import middles
from reso_geo.tiling.tidy import faces_along, merged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.tiling.fronts import Fronts

__all__ = ["BorderGround", "lines_beside"]

_NEAR_M, _STEP_M = 100.0, 16.0
_CLOSED_M = 20.0
"""Half the gap between two streets of a beat that its outline does not enter."""
_CLOSE_M = 12.0
_SIMPLE_M = 3.0
_ROUGH_M = 12.0
_ALONG_M, _ALONG_BARRIER_M = 38.0, 55.0
_ALONG = np.cos(np.radians(22.0))
_BARRIER, _KNOWN, _STREET = 0.25, 0.3, 0.6
"""What a metre of border costs on a barrier, along one or a main street, and along another street.
"""
_ON_M = 1.0
_OUT = np.array([1.5, 6.0, 6.0, 6.0, 1e3])
_OUT.flags.writeable = False
"""What a metre of a street in the polygon of another beat costs, by level."""


@dataclass(frozen=True, eq=False)
class BorderGround:
    """Ground cut along the borders as they are, barriers, and lines beside the streets of beats.

    Attributes
    ----------
    faces
        object (Polygon), shape (f,).
    label
        int64, shape (f,): the beat that has each as borders are.
    touching
        What borders between them cost: their length, less along a street, still less along a main
        street or a barrier, and least on a barrier itself.
    face, beat, holder
        int64, shape (p,): where there is a part of a street, a beat that may have it in its
        polygon, and the beat that it belongs to. That is another one in the lots of a street of
        the first where that part ends on that street.
    part_m
        float64, shape (p,): the length of that part.
    count
        The number of beats.
    """

    faces: NDArray[np.object_]
    label: NDArray[np.int64]
    touching: Touching
    face: NDArray[np.int64]
    beat: NDArray[np.int64]
    holder: NDArray[np.int64]
    part_m: NDArray[np.float64]
    count: int

    @classmethod
    def of(
        cls,
        network: StreetNetwork,
        beat_of: NDArray[np.int64],
        own: NDArray[np.int64],
        fronts: Fronts,
        beside: NDArray[np.object_],
        shapes: NDArray[np.object_],
    ) -> BorderGround:
        """Cut the ground of a city.

        Parameters
        ----------
        network
            The streets and the barriers.
        beat_of
            int64, shape (m,): place in `shapes` of the beat of each segment.
        own
            Segments that count.
        fronts
            Of them, with the same beats.
        beside
            From `lines_beside`.
        shapes
            object (Polygon or MultiPolygon), shape (k,): a valid coverage.

        Returns
        -------
        BorderGround
            With the borders of the shapes.
        """
        shapes = shapely.coverage_simplify(shapes, _ROUGH_M, simplify_boundary=False)
        border = _inner(shapes)
        barriers = np.array(network.barriers.geometry, dtype=object)
        barriers = barriers[shapely.dwithin(border, barriers, _NEAR_M)]
        barriers = np.asarray(shapely.linestrings(_straight(barriers)))
        lines = np.concatenate((beside, barriers))
        faces, label = faces_along(shapes, lines[shapely.dwithin(border, lines, _NEAR_M)])
        near = np.flatnonzero(shapely.dwithin(border, network.geometry[own], _NEAR_M))
        touching = _touching(network, border, barriers, faces)
        parts = _parts(network, beat_of, own, near, fronts, faces, len(shapes))
        return cls(faces, label, touching, *parts, len(shapes))

    def settled(self, level: NDArray[np.int64]) -> NDArray[np.object_]:
        """Return shapes for which borders, and streets in polygons of others, cost least.

        Parameters
        ----------
        level
            int64, shape (k,): how dear it is to leave the streets of each beat out; from 1 on in
            the lots of others as well.

        Returns
        -------
        ndarray of object (Polygon or MultiPolygon), shape (k,)
            They cover the same ground.
        """
        kept = (self.beat == self.holder) | (level[self.holder] == 0)
        cost = self.part_m * _OUT[level[self.holder]]
        gain = coo_array(
            (cost[kept], (self.face[kept], self.beat[kept])), shape=(len(self.faces), self.count)
        )
        return merged(self.faces, relabelled(self.label, self.touching, gain), self.count)


def _inner(shapes: NDArray[np.object_]) -> shapely.MultiLineString:
    """Return the borders between shapes, prepared for questions of what is near."""
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    edge = shapely.boundary(shapes)
    shared = shapely.get_parts(shapely.intersection(edge[one[one < two]], edge[two[one < two]]))
    border: shapely.MultiLineString = shapely.multilinestrings(
        shared[shapely.get_dimensions(shared) == 1]
    )
    shapely.prepare(border)
    return border


def _straight(lines: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the straight pieces of lines, shape (p, 2, 2)."""
    parts = shapely.get_parts(shapely.simplify(lines, _SIMPLE_M))
    xy, of = shapely.get_coordinates(parts, return_index=True)
    same = of[1:] == of[:-1]
    return np.stack((xy[:-1][same], xy[1:][same]), axis=1)


def lines_beside(
    network: StreetNetwork, beat_of: NDArray[np.int64], streets: NDArray[np.int64]
) -> NDArray[np.object_]:
    """Return lines at the depth of a lot around the streets of each beat and its main streets.

    Parameters
    ----------
    network
        The streets.
    beat_of
        int64, shape (m,): beat of each segment.
    streets
        Those near borders.

    Returns
    -------
    ndarray of object (LineString)
        Of two points each.
    """
    main = rank_of(network) < MAIN_RANKS
    lines = []
    for beat in np.unique(beat_of[streets]).tolist():
        mine = streets[beat_of[streets] == beat]
        every = shapely.simplify(network.geometry[mine], _SIMPLE_M)
        wide = shapely.union_all(shapely.buffer(every, LOT_M + _CLOSED_M, quad_segs=2))
        lines.append(shapely.buffer(wide, -_CLOSED_M, quad_segs=2))
        broad = shapely.line_merge(shapely.union_all(every[main[mine]]))
        lines += [
            shapely.buffer(broad, depth_m, cap_style="flat", join_style="mitre")
            for depth_m in (LOT_M, _CLOSE_M)
        ]
    edge = shapely.boundary(np.array(lines, dtype=object))
    return np.asarray(shapely.linestrings(_straight(edge)))


def _touching(
    network: StreetNetwork,
    border: shapely.MultiLineString,
    barriers: NDArray[np.object_],
    faces: NDArray[np.object_],
) -> Touching:
    """Return which faces touch, and what the border between them would cost."""
    rings, of = shapely.get_rings(faces, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    side = np.stack((xy[:-1][same], xy[1:][same]), axis=1)
    face = of[ring[:-1][same]]
    turned = np.lexsort((side[:, :, 1], side[:, :, 0]), axis=1)[:, 0] == 1
    side[turned] = side[turned, ::-1]
    order = np.lexsort(side.reshape(-1, 4).T)
    side, face = side[order], face[order]
    twin = np.flatnonzero((side[1:] == side[:-1]).all(axis=(1, 2)))
    first, second, side = face[twin], face[twin + 1], side[twin]
    near = np.flatnonzero(shapely.dwithin(border, network.geometry, 2 * _NEAR_M))
    main = rank_of(network)[near] < MAIN_RANKS
    known = _along(side, _straight(network.geometry[near[main]]), _ALONG_M)
    ends = shapely.get_coordinates(barriers).reshape(-1, 2, 2)
    known |= _along(side, ends, _ALONG_BARRIER_M)
    named = np.where(_along(side, ends, _ON_M), _BARRIER, _KNOWN)
    street = known.copy()
    others = near[~main & network.foot[near]]
    street[~known] = _along(side[~known], _straight(network.geometry[others]), _ALONG_M)
    length_m = np.hypot(*(side[:, 1] - side[:, 0]).T)
    price = np.where(known, named, np.where(street, _STREET, 1.0))
    return Touching(first, second, length_m * price)


def _along(
    sides: NDArray[np.float64], lines: NDArray[np.float64], near_m: float
) -> NDArray[np.bool_]:
    """Return which straight sides have a straight line near their middle in the same direction."""
    found = np.zeros(len(sides), dtype=bool)
    one, two = shapely.STRtree(np.asarray(shapely.linestrings(lines))).query(
        shapely.points(sides.mean(axis=1)), predicate="dwithin", distance=near_m
    )
    way, other = (each[:, 1] - each[:, 0] for each in (sides[one], lines[two]))
    size = np.hypot(*way.T) * np.hypot(*other.T)
    found[one[np.abs((way * other).sum(axis=1)) >= _ALONG * size]] = True
    return found


def _parts(
    network: StreetNetwork,
    beat_of: NDArray[np.int64],
    own: NDArray[np.int64],
    near: NDArray[np.int64],
    fronts: Fronts,
    faces: NDArray[np.object_],
    count: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return parts of streets: face, beat that may have it, beat that holds it, and metres."""
    far = np.setdiff1d(own, own[near])
    along_m, of = middles(network.geometry[own[near]], _STEP_M)
    segment = np.concatenate((own[near][of], far))
    along_m = np.concatenate((along_m, shapely.length(network.geometry[far]) / 2.0))
    spots = shapely.line_interpolate_point(network.geometry[segment], along_m)
    share = np.bincount(segment, minlength=len(network))[segment]
    metres = shapely.length(network.geometry[segment]) / share
    face, spot = shapely.STRtree(spots).query(faces, predicate="intersects")
    face_of = np.full(len(spots), -1)
    face_of[spot] = face
    sides = np.unique(fronts.side_street * count + fronts.of_beat)
    lots, front = shapely.STRtree(network.geometry[fronts.segment]).query(
        spots[: len(of)], predicate="dwithin", distance=LOT_M + 1.0
    )
    holder = beat_of[fronts.segment[front]]
    ends = np.isin(segment[lots] * count + holder, sides)
    also = np.unique(lots[ends] * count + holder[ends])
    spot = np.concatenate((np.arange(len(spots)), also // count))
    beat = np.concatenate((beat_of[segment], also % count))
    there = face_of[spot] >= 0
    spot = spot[there]
    return face_of[spot], beat[there], beat_of[segment[spot]], metres[spot]
