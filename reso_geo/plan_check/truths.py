"""Two truths, one rule: assignments of segments, or polygons of beats, whichever was edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.plan_check.findings import Edit, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.plan_check.beats import BeatRows

__all__ = ["TRUTHS", "Decision", "decide", "longest_share"]

TRUTHS = ("segments", "polygons")
_OUTSIDE = 0.5
"""A segment with less of its length in any polygon is in none."""
_SAME_M = 0.01


@dataclass(frozen=True)
class Decision:
    """Which beat holds each segment, and which truth said so.

    Attributes
    ----------
    beat
        object (str), shape (m,): beat id as it was written, empty for none.
    truth
        ``none``, ``segments``, ``polygons`` or ``both``.
    edits, problems
        What moved; the segments on which the two contradict each other.
    """

    beat: NDArray[np.object_]
    truth: str
    edits: tuple[Edit, ...]
    problems: tuple[Problem, ...]


def decide(
    network: StreetNetwork,
    held: NDArray[np.bool_],
    adopted: NDArray[np.object_],
    written: NDArray[np.object_],
    before: tuple[Sequence[str], Sequence[shapely.Geometry]],
    rows: BeatRows,
    *,
    trust: str | None = None,
) -> Decision:
    """Decide which beat holds each segment.

    Where only one of the two was edited it wins. Where both were, they may still say the same; a
    segment on which they do not is a conflict, unless one is to be trusted.

    Parameters
    ----------
    network
        The streets.
    held
        bool, shape (m,): segments that a beat must hold.
    adopted, written
        object (str), shape (m,): beat ids when the plan was adopted, and as they are written now.
    before
        Ids and polygons of the adopted beats.
    rows
        The beats as they are now.
    trust
        ``segments`` or ``polygons``, for where both were edited; None for neither.

    Returns
    -------
    Decision
        A segment under dispute keeps no beat.
    """
    moved = held & (written != adopted)
    drawn = _by_polygons(network, held, adopted, before, rows) if rows.redrawn else adopted
    redrawn = bool(rows.redrawn)
    edits = [Edit("redrawn", tuple(sorted(rows.redrawn)))] if redrawn else []
    apart = held & (written != drawn)
    problems: tuple[Problem, ...] = ()
    if not moved.any() and not redrawn:
        beat, truth = written, "none"
    elif trust is not None and apart.any():
        beat, truth = (written, "segments") if trust == "segments" else (drawn, "polygons")
        edits.append(Edit("overruled", _ids(network, apart), {"truth": trust}))
    elif redrawn and not moved.any():
        beat, truth = drawn, "polygons"
    elif not redrawn or not apart.any():
        beat, truth = written, "segments"
    else:
        beat, truth = np.where(apart, "", written).astype(object), "both"
        beats = sorted({str(b) for b in (*written[apart], *drawn[apart]) if b})
        where = shapely.union_all(network.geometry[apart])
        problems = (Problem("conflict", _ids(network, apart), tuple(beats), geometry=where),)
    changed = held & (beat != adopted) & (beat != "") & ~(apart & (truth == "both"))
    edits += _moves(network, changed, adopted, beat)
    stray = ~held & (written != adopted)
    if stray.any():
        edits.append(Edit("not_held", _ids(network, stray)))
    return Decision(np.where(held, beat, "").astype(object), truth, tuple(edits), problems)


def _ids(network: StreetNetwork, mask: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(network.segment_id[mask].tolist())


def _moves(
    network: StreetNetwork,
    changed: NDArray[np.bool_],
    before: NDArray[np.object_],
    after: NDArray[np.object_],
) -> list[Edit]:
    """Describe what went from which beat to which."""
    pairs: dict[tuple[str, str], list[int]] = {}
    for segment in np.flatnonzero(changed).tolist():
        pairs.setdefault((before[segment], after[segment]), []).append(segment)
    edits = []
    for (one, other), segments in sorted(pairs.items()):
        own = np.array(segments)
        km = float(network.length_m[own[network.required[own]]].sum() / 1000.0)
        values = {"before": one or "-", "after": other, "km": km}
        edits.append(Edit("moved", tuple(network.segment_id[own].tolist()), values))
    return edits


def _by_polygons(
    network: StreetNetwork,
    held: NDArray[np.bool_],
    adopted: NDArray[np.object_],
    before: tuple[Sequence[str], Sequence[shapely.Geometry]],
    rows: BeatRows,
) -> NDArray[np.object_]:
    """Assign each segment the beat that its ground went to; where that stayed, so does it.

    Adopted polygons follow the nearest street, so that a segment may lie in its neighbour's to
    begin with: what counts is where the polygon of its longest share is another than before.
    """
    ids = [row.beat_id for row in rows.beats]
    drawn = [
        s for s, row in zip(rows.shapes, rows.beats, strict=True) if row.beat_id not in rows.gone
    ]
    now_ids = [each for each in ids if each not in rows.gone]
    old = longest_share(network, held, before[0], before[1], adopted)
    new = longest_share(network, held, now_ids, drawn, adopted)
    lost = np.isin(adopted.astype(str), sorted(rows.gone)) & (new == "")
    # A beat whose row was deleted keeps what no other polygon took.
    return np.where((old != new) & ~lost, new, adopted).astype(object)


def longest_share(
    network: StreetNetwork,
    held: NDArray[np.bool_],
    ids: Sequence[str],
    shapes: Sequence[shapely.Geometry],
    first: NDArray[np.object_],
) -> NDArray[np.object_]:
    """Assign each segment the polygon with its longest share.

    Parameters
    ----------
    network
        The streets.
    held
        bool, shape (m,): which segments are asked for.
    ids, shapes
        Of the polygons, in the CRS of the streets.
    first
        object (str), shape (m,): of polygons with equal shares, the one to take; else the first.

    Returns
    -------
    ndarray of object (str), shape (m,)
        Ids; empty where less than half of a segment lies in any polygon.
    """
    best_m = np.zeros(len(network))
    found = np.full(len(network), "", dtype=object)
    lines = network.geometry
    tree = shapely.STRtree(lines)
    for beat_id, shape in zip(ids, shapes, strict=True):
        if shape is None or shapely.is_empty(shape):
            continue
        near = tree.query(shape, predicate="intersects")
        near = near[held[near]]
        inside_m = shapely.length(shapely.intersection(lines[near], shape))
        gain = inside_m - best_m[near]
        taken = near[(gain > _SAME_M) | ((gain > -_SAME_M) & (first[near] == beat_id))]
        best_m[near] = np.maximum(best_m[near], inside_m)
        found[taken] = beat_id
    found[best_m < _OUTSIDE * shapely.length(lines)] = ""
    return found
