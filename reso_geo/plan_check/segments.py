"""What was done by hand to the rows of the layer ``segments``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.plan_check.edited_cells import (
    changed_rows,
    flag_of,
    lost_columns,
    same_shape,
    text_of,
)
from reso_geo.plan_check.findings import Edit, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reso_geo.plan_file import Layer

__all__ = ["OWN_COLUMNS", "SegmentRows", "read_segments"]

OWN_COLUMNS = ("beat_id", "required", "name")
"""Columns that a planner may edit."""


@dataclass(frozen=True)
class SegmentRows:
    """The rows of an edited layer, brought into the order of the plan's segments.

    Attributes
    ----------
    beat
        object (str), shape (m,): what `beat_id` says, empty for nothing.
    required
        bool, shape (m,).
    name
        object (str), shape (m,).
    deleted
        bool, shape (m,): segments whose row is gone.
    edits, problems
        What was found.
    """

    beat: NDArray[np.object_]
    required: NDArray[np.bool_]
    name: NDArray[np.object_]
    deleted: NDArray[np.bool_]
    edits: tuple[Edit, ...]
    problems: tuple[Problem, ...]


def read_segments(found: Layer, adopted: Layer, held: NDArray[np.bool_]) -> SegmentRows:
    """Compare an edited layer with the adopted one.

    Parameters
    ----------
    found
        As the file has it now, in the plan's CRS.
    adopted
        As it was adopted.
    held
        bool, shape (m,): segments that a beat must hold, and only these can be required.

    Returns
    -------
    SegmentRows
        A value that cannot be used, or whose row or column is gone, is as adopted.
    """
    ids = [str(each) for each in adopted["segment_id"]]
    given = [text_of(each) for each in found.newer("segment_id")]
    rows: dict[str, list[int]] = {}
    for row, segment in enumerate(given):
        rows.setdefault(segment, []).append(row)
    known = set(ids)
    problems = _strangers(found, rows, known) + _twice(found, rows, ids)
    deleted = np.array([segment not in rows for segment in ids], dtype=bool)
    if deleted.any():
        gone = [segment for segment in ids if segment not in rows]
        shape = shapely.union_all(adopted.geometry[deleted])
        problems += [Problem("segments_deleted", tuple(gone), geometry=shape)]
    there = np.flatnonzero(~deleted)
    own = [ids[place] for place in there]
    at = [
        _row_of(found, rows[segment], adopted["beat_id"][place])
        for segment, place in zip(own, there, strict=True)
    ]
    edits = lost_columns("segments", found, adopted)
    edits += _trimmed(found, at, own)
    beat = np.array([text_of(each) for each in adopted["beat_id"]], dtype=object)
    required = np.array([bool(each) for each in adopted["required"]], dtype=bool)
    name = np.array([text_of(each) for each in adopted["name"]], dtype=object)
    if "beat_id" in found.columns:
        beat[there] = [text_of(found["beat_id"][row]) for row in at]
        beat[deleted] = ""
    if "required" in found.columns:
        flags = [flag_of(found["required"][row]) for row in at]
        bad = tuple(each for each, flag in zip(own, flags, strict=True) if flag is None)
        problems += [Problem("bad_required", bad)] if bad else []
        wanted = required.copy()
        wanted[there] = [required[p] if f is None else f for p, f in zip(there, flags, strict=True)]
        edits += _required(wanted, required, held, ids)
        required = np.where(held, wanted, required)
    if "name" in found.columns:
        names = [text_of(found["name"][row]) for row in at]
        renamed = changed_rows(names, name[there].tolist(), own)
        edits += [Edit("streets_renamed", renamed)] if renamed else []
        name[there] = names
    edits += _put_back(found, adopted, at, there.tolist(), own)
    return SegmentRows(beat, required, name, deleted, tuple(edits), tuple(problems))


def _row_of(found: Layer, rows: list[int], adopted: object) -> int:
    """Return the row of a segment; of several, one with its adopted beat, else the first."""
    if len(rows) == 1 or "beat_id" not in found.columns:
        return rows[0]
    same = [row for row in rows if text_of(found["beat_id"][row]) == text_of(adopted)]
    return (same or rows)[0]


def _strangers(found: Layer, rows: dict[str, list[int]], known: set[str]) -> list[Problem]:
    """Find the rows that are no segment of the plan."""
    at = [row for segment, own in rows.items() if segment not in known for row in own]
    if not at:
        return []
    shapes = [found.geometry[row] for row in at if found.geometry[row] is not None]
    ids = tuple(text_of(found.newer("segment_id")[row]) or "NULL" for row in at)
    return [Problem("segments_added", ids, geometry=shapely.union_all(shapes))]


def _twice(found: Layer, rows: dict[str, list[int]], ids: list[str]) -> list[Problem]:
    """Find segments with several rows: the same each time, or saying different things."""
    alike: list[str] = []
    unlike: list[str] = []
    for segment in ids:
        own = rows.get(segment, [])
        if len(own) < 2:  # noqa: PLR2004 - one row is as it should be
            continue
        said = {
            (text_of(found.newer("beat_id")[row]), flag_of(found.newer("required")[row]))
            for row in own
        }
        (alike if len(said) == 1 else unlike).append(segment)
    kinds = (("segments_duplicated", alike), ("segments_contradict", unlike))
    return [
        Problem(
            kind,
            tuple(group),
            geometry=shapely.union_all([found.geometry[r] for s in group for r in rows[s]]),
        )
        for kind, group in kinds
        if group
    ]


def _trimmed(found: Layer, at: list[int], ids: list[str]) -> list[Edit]:
    """List the rows whose beat id has blanks around it or a number for a text."""
    cells = found.newer("beat_id")
    odd = [
        each for each, row in zip(ids, at, strict=True) if (cells[row] or "") != text_of(cells[row])
    ]
    return [Edit("trimmed", tuple(odd))] if odd else []


def _required(
    wanted: NDArray[np.bool_],
    adopted: NDArray[np.bool_],
    held: NDArray[np.bool_],
    ids: list[str],
) -> list[Edit]:
    groups = {
        "required_on": wanted & ~adopted & held,
        "required_off": ~wanted & adopted & held,
        "required_refused": (wanted != adopted) & ~held,
    }
    named = np.array(ids, dtype=object)
    return [Edit(kind, tuple(named[mask])) for kind, mask in groups.items() if mask.any()]


def _put_back(
    found: Layer, adopted: Layer, at: list[int], there: list[int], ids: Sequence[str]
) -> list[Edit]:
    """List what is not to be edited: it is worked out again, or put back as it was."""
    edits = []
    for column in adopted.columns:
        if column in (*OWN_COLUMNS, "segment_id") or column not in found.columns:
            continue
        cells, before = found[column], adopted[column]
        changed = changed_rows([cells[row] for row in at], [before[p] for p in there], ids)
        if changed:
            edits.append(Edit("put_back", changed, {"layer": "segments", "column": column}))
    if len(found.geometry):
        lines = zip(ids, at, there, strict=True)
        moved = [
            each
            for each, row, place in lines
            if not same_shape(found.geometry[row], adopted.geometry[place])
        ]
        edits += [Edit("lines_put_back", tuple(moved))] if moved else []
    return edits
