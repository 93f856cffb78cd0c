"""Tidy borders: no land of a beat without its streets, no tongue or neck narrower than 30 m."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["faces_along", "merged", "tidy"]

_HALF_M = 15.0
_WIDER_M = 20.0
_LEAST_M2 = 60.0
_STUB_M, _CROSSING_M = 15.0, 60.0
_FLAT = 2
_SLACK_M = 12.0
_ROUNDS = 3


def tidy(
    shapes: NDArray[np.object_],
    lines: NDArray[np.object_],
    line_beat: NDArray[np.int64],
    firm: NDArray[np.bool_],
) -> NDArray[np.object_]:
    """Move tongues and exclaves without streets to the beat around, and widen narrow necks.

    Parameters
    ----------
    shapes
        object (Polygon or MultiPolygon), shape (k,): a valid coverage.
    lines
        Streets of the beats.
    line_beat
        int64: place in `shapes` of the beat of each street.
    firm
        bool, shape (k,): shapes from which no neighbour takes ground for a narrow place.

    Returns
    -------
    ndarray of object
        Shapes in the same order that cover the same ground.
    """
    tree = shapely.STRtree(lines)
    shapes = shapely.coverage_simplify(shapes, _SLACK_M, simplify_boundary=False)
    for _ in range(_ROUNDS):
        thin, of, core, core_of = _opened(shapes)
        in_use = _own_m(thin, of, lines, line_beat, tree) > _STUB_M
        wide, wide_of = _widened(thin[in_use], of[in_use], lines, line_beat, tree)
        lobe = np.flatnonzero(~_largest(core, core_of))
        idle = lobe[_own_m(core[lobe], core_of[lobe], lines, line_beat, tree) <= _STUB_M]
        spare = np.concatenate((thin[~in_use], core[idle]))
        spare_of = np.concatenate((of[~in_use], core_of[idle]))
        faces, label = faces_along(shapes, shapely.boundary(np.concatenate((spare, wide))))
        label = np.where(firm[label], label, _claimed(faces, label, wide, wide_of))
        loose = _within(faces, label, spare, spare_of)
        label = _given_away(faces, label, loose, len(shapes))
        shapes = merged(faces, label, len(shapes))
        part, part_of = _parts(shapes)
        rest = np.flatnonzero(~_largest(part, part_of))
        length = _own_m(part[rest], part_of[rest], lines, line_beat, tree)
        empty = np.zeros(len(part), dtype=bool)
        empty[rest[length <= _CROSSING_M]] = True
        label = _given_away(part, part_of, empty, len(shapes))
        shapes = merged(part, label, len(shapes))
        shapes = shapely.coverage_simplify(shapes, _SLACK_M, simplify_boundary=False)
    return shapes


def _parts(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    part, of = shapely.get_parts(shapes, return_index=True)
    flat = shapely.get_dimensions(part) == _FLAT
    return part[flat], of[flat]


def _largest(part: NDArray[np.object_], of: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which part is the largest of its shape."""
    order = np.lexsort((-shapely.area(part), of))
    largest = np.zeros(len(part), dtype=bool)
    largest[order[np.unique(of[order], return_index=True)[1]]] = True
    return largest


def _opened(
    shapes: NDArray[np.object_],
) -> tuple[NDArray[np.object_], NDArray[np.int64], NDArray[np.object_], NDArray[np.int64]]:
    """Return what is lost of each shape when it is opened and what is left, and whose it is."""
    core = shapely.buffer(shapes, -_HALF_M, join_style="mitre")
    core = shapely.buffer(core, _HALF_M + 0.01, join_style="mitre")
    # A buffer with mitres may cross itself.
    core = shapely.make_valid(core, method="structure", keep_collapsed=False)
    part, of = _parts(shapely.difference(shapes, core))
    large = shapely.area(part) > _LEAST_M2
    return part[large], of[large], *_parts(shapely.intersection(core, shapes))


def _own_m(
    part: NDArray[np.object_],
    of: NDArray[np.int64],
    lines: NDArray[np.object_],
    line_beat: NDArray[np.int64],
    tree: shapely.STRtree,
) -> NDArray[np.float64]:
    """Return the length of streets of its beat that lies in each part."""
    which, line = tree.query(part, predicate="intersects")
    own = line_beat[line] == of[which]
    which, line = which[own], line[own]
    inside = shapely.length(shapely.intersection(lines[line], part[which]))
    return np.bincount(which, weights=inside, minlength=len(part)).astype(np.float64)


def _widened(
    thin: NDArray[np.object_],
    of: NDArray[np.int64],
    lines: NDArray[np.object_],
    line_beat: NDArray[np.int64],
    tree: shapely.STRtree,
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return the ground around the streets of a beat in its narrow places."""
    which, line = tree.query(thin, predicate="intersects")
    own = line_beat[line] == of[which]
    which, line = which[own], line[own]
    street = shapely.intersection(lines[line], thin[which])
    return shapely.buffer(street, _WIDER_M, quad_segs=2), of[which]


def faces_along(
    shapes: NDArray[np.object_], lines: NDArray[np.object_]
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Cut shapes along lines.

    Parameters
    ----------
    shapes
        object (Polygon or MultiPolygon), shape (k,): a valid coverage.
    lines
        object (LineString or MultiLineString).

    Returns
    -------
    faces
        object (Polygon), shape (n,): they cover the same ground.
    label
        int64, shape (n,): the shape in which each lies.
    """
    noded = shapely.union_all(np.concatenate((shapely.boundary(shapes), lines)))
    faces = shapely.get_parts(shapely.polygonize([*shapely.get_parts(noded)]))
    spot = shapely.point_on_surface(faces)
    at, of = shapely.STRtree(shapes).query(spot, predicate="intersects")
    label = np.full(len(faces), -1)
    label[at] = of
    return faces[label >= 0], label[label >= 0]


def _claimed(
    faces: NDArray[np.object_],
    label: NDArray[np.int64],
    wide: NDArray[np.object_],
    of: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Assign faces to the one beat that widens there; who has narrow places there keeps them."""
    spot = shapely.point_on_surface(faces)
    at, which = shapely.STRtree(wide).query(spot, predicate="intersects")
    low, high = np.full(len(faces), len(label)), np.full(len(faces), -1)
    np.minimum.at(low, at, of[which])
    np.maximum.at(high, at, of[which])
    return np.where(low == high, low, label)


def _within(
    faces: NDArray[np.object_],
    label: NDArray[np.int64],
    spare: NDArray[np.object_],
    of: NDArray[np.int64],
) -> NDArray[np.bool_]:
    at, which = shapely.STRtree(spare).query(
        shapely.point_on_surface(faces), predicate="intersects"
    )
    found = np.zeros(len(faces), dtype=bool)
    found[at[label[at] == of[which]]] = True
    return found


def _given_away(
    faces: NDArray[np.object_], label: NDArray[np.int64], loose: NDArray[np.bool_], count: int
) -> NDArray[np.int64]:
    """Assign each loose face to the beat with which it shares the longest edge."""
    label = label.copy()
    at = np.flatnonzero(loose)
    one, two = shapely.STRtree(faces).query(faces[at], predicate="intersects")
    one = at[one]
    apart = one != two
    one, two = one[apart], two[apart]
    edge_m = shapely.length(
        shapely.intersection(shapely.boundary(faces[one]), shapely.boundary(faces[two]))
    )
    shared = ~loose[two] & (edge_m > 0.0)
    keys, of = np.unique((one * count + label[two])[shared], return_inverse=True)
    longest_last = keys[np.argsort(np.bincount(of, weights=edge_m[shared]), kind="stable")]
    label[longest_last // count] = longest_last % count
    return label


def merged(faces: NDArray[np.object_], label: NDArray[np.int64], count: int) -> NDArray[np.object_]:
    """Merge the faces of each label.

    Parameters
    ----------
    faces
        object (Polygon), shape (n,): they do not overlap.
    label
        int64, shape (n,): from 0.
    count
        The number of labels.

    Returns
    -------
    ndarray of object (Polygon or MultiPolygon), shape (count,)
        Empty where no face has the label.
    """
    own = np.full(count, shapely.MultiPolygon(), dtype=object)
    for each in np.unique(label).tolist():
        own[each] = shapely.coverage_union_all(faces[label == each])
    return own
