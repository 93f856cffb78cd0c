"""Tidy borders: no land of a beat without its streets, no tongue or neck narrower than 30 m."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["tidy"]

_HALF_M = 15.0
_WIDER_M = 20.0
_LEAST_M2 = 60.0
_STUB_M = 15.0
_SLACK_M = 10.0
_ROUNDS = 3


def tidy(
    shapes: NDArray[np.object_],
    lines: NDArray[np.object_],
    line_beat: NDArray[np.int64],
    firm: NDArray[np.bool_],
) -> NDArray[np.object_]:
    """Give tongues and exclaves without streets to the beat around, and widen narrow necks.

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
    for _ in range(_ROUNDS):
        thin, of = _thin_parts(shapes)
        length = _own_m(thin, of, lines, line_beat, tree)
        wide, wide_of = _widened(
            thin[length > _STUB_M], of[length > _STUB_M], lines, line_beat, tree
        )
        spare, spare_of = thin[length <= _STUB_M], of[length <= _STUB_M]
        faces, label = _faces(shapes, np.concatenate((spare, wide)))
        label = np.where(firm[label], label, _claimed(faces, label, wide, wide_of))
        loose = _within(faces, label, spare, spare_of)
        label = _given_away(faces, label, loose, len(shapes))
        shapes, label = _merged(faces, label, len(shapes))
        part, part_of = _parts(shapes)
        main = np.zeros(len(part), dtype=bool)
        order = np.lexsort((-shapely.area(part), part_of))
        main[order[np.unique(part_of[order], return_index=True)[1]]] = True
        rest = np.flatnonzero(~main)
        length = _own_m(part[rest], part_of[rest], lines, line_beat, tree)
        empty = np.zeros(len(part), dtype=bool)
        empty[rest[length <= _STUB_M]] = True
        label = _given_away(part, part_of, empty, len(shapes))
        shapes, _ = _merged(part, label, len(shapes))
        shapes = shapely.coverage_simplify(shapes, _SLACK_M, simplify_boundary=False)
    return shapes


def _parts(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    part, of = shapely.get_parts(shapes, return_index=True)
    flat = shapely.get_dimensions(part) == 2
    return part[flat], of[flat]


def _thin_parts(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return what is lost of each shape when it is opened, and whose it is."""
    core = shapely.buffer(shapes, -_HALF_M, join_style="mitre")
    core = shapely.buffer(core, _HALF_M + 0.01, join_style="mitre")
    part, of = _parts(shapely.difference(shapes, core))
    large = shapely.area(part) > _LEAST_M2
    return part[large], of[large]


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
    total: NDArray[np.float64] = np.bincount(which, weights=inside, minlength=len(part))
    return total


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


def _faces(
    shapes: NDArray[np.object_], more: NDArray[np.object_]
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Cut shapes along the outlines of more shapes; return the faces and whose each is."""
    noded = shapely.union_all(np.concatenate((shapely.boundary(shapes), shapely.boundary(more))))
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
    """Give faces to the one beat that widens there; who has narrow places there keeps them."""
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
    """Give each loose face to the beat with which it shares the longest edge."""
    label = label.copy()
    at = np.flatnonzero(loose)
    one, two = shapely.STRtree(faces).query(faces[at], predicate="intersects")
    one = at[one]
    apart = one != two
    one, two = one[apart], two[apart]
    edge_m = shapely.length(
        shapely.intersection(shapely.boundary(faces[one]), shapely.boundary(faces[two]))
    )
    firm = ~loose[two]
    shared = np.zeros((len(faces), 0))
    del shared
    key = one * count + label[two]
    total = (
        np.bincount(np.unique(key[firm], return_inverse=True)[1], weights=edge_m[firm])
        if firm.any()
        else np.zeros(0)
    )
    keys = np.unique(key[firm])
    order = np.argsort(total, kind="stable")
    chosen = keys[order]
    good = total[order] > 0
    label[chosen[good] // count] = chosen[good] % count
    return label


def _merged(
    faces: NDArray[np.object_], label: NDArray[np.int64], count: int
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    merged = np.array(
        [shapely.coverage_union_all(faces[label == each]) for each in range(count)], dtype=object
    )
    return merged, label
