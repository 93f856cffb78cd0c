"""What was done by hand to the rows of the layer ``beats``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from reso_geo.plan_check.edited_cells import (
    flag_of,
    lost_columns,
    posts_of,
    same_cell,
    same_shape,
    text_of,
)
from reso_geo.plan_check.findings import BeatRow, Edit, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reso_geo.plan_file import Layer

__all__ = ["BeatRows", "read_beats"]

_OWN = ("beat_id", "name", "district", "posts", "locked")
_MOVED_M2 = 1.0
"""A polygon that differs by less was not edited: it went through another CRS or program."""


@dataclass(frozen=True)
class BeatRows:
    """The rows of an edited layer: adopted beats first, in their order, then new ones.

    Attributes
    ----------
    beats
        One a beat that the file or the adopted plan has.
    shapes
        Polygon of each, empty where there is none.
    gone
        Ids of adopted beats without a row.
    redrawn
        Ids of beats whose polygon is not the adopted one, new ones among them.
    edits, problems
        What was found.
    begun
        Ids of beats without a row that begin by the ids of their streets.
    """

    beats: tuple[BeatRow, ...]
    shapes: tuple[shapely.MultiPolygon, ...]
    gone: frozenset[str]
    redrawn: frozenset[str]
    edits: tuple[Edit, ...]
    problems: tuple[Problem, ...]
    begun: frozenset[str] = frozenset()


def read_beats(found: Layer, adopted: Layer, cities: tuple[str, ...]) -> BeatRows:
    """Compare an edited layer with the adopted one.

    Parameters
    ----------
    found
        As the file has it now, in the plan's CRS.
    adopted
        As it was adopted.
    cities
        Names of the plan's cities.

    Returns
    -------
    BeatRows
        A value that cannot be used, or whose column is gone, is as adopted.
    """
    before = {text_of(each): row for row, each in enumerate(adopted["beat_id"])}
    rows: dict[str, list[int]] = {}
    for row, each in enumerate(found.newer("beat_id")):
        rows.setdefault(text_of(each), []).append(row)
    problems: list[Problem] = []
    if "" in rows:
        own = rows.pop("")
        shape = _union_of(found, own)
        problems.append(Problem("beats_unnamed", ("NULL",) * len(own), geometry=shape))
    ids = [*before, *(each for each in rows if each not in before)]
    edits = lost_columns("beats", found, adopted)
    beats, shapes, redrawn = [], [], set()
    for beat_id in ids:
        own, at = rows.get(beat_id, []), before.get(beat_id)
        was = {} if at is None else {name: cells[at] for name, cells in adopted.columns.items()}
        now = {name: cells[own[0]] for name, cells in found.columns.items()} if own else was
        values = {name: now.get(name, was.get(name)) for name in _OWN}
        beat, bad = _beat(beat_id, values, was, cities)
        beats.append(beat)
        problems += bad
        if own:
            problems += _twice(found, beat_id, own)
            edits += _edits(beat, now, was)
        shape = _union_of(found, own)
        old = adopted.geometry[at] if at is not None else None
        if own and old is not None and shape.is_empty:
            edits.append(Edit("shape_put_back", (beat_id,)))
            shape = old
        shapes.append(shape)
        if own and _differs(shape, old):
            redrawn.add(beat_id)
    edits = _together(edits)
    gone = frozenset(before) - frozenset(rows)
    return BeatRows(
        tuple(beats), tuple(shapes), gone, frozenset(redrawn), tuple(edits), tuple(problems)
    )


def _union_of(found: Layer, rows: list[int]) -> shapely.MultiPolygon:
    """Return the ground of some rows; one that crosses itself is mended."""
    shapes = [found.geometry[row] for row in rows if len(found.geometry)]
    whole = shapely.union_all(
        [shapely.make_valid(shapely.force_2d(each)) for each in shapes if each is not None]
        if len(shapes) > 1
        else [shapely.force_2d(each) for each in shapes if each is not None]
    )
    if not whole.is_valid:
        whole = shapely.make_valid(whole)
    parts = [
        part
        for each in shapely.get_parts(whole)
        for part in shapely.get_parts(each)
        if isinstance(part, shapely.Polygon) and not part.is_empty
    ]
    return shapely.MultiPolygon(parts)


def _differs(shape: shapely.MultiPolygon, old: shapely.Geometry | None) -> bool:
    if old is None:
        return not shape.is_empty
    if same_shape(shape, old):
        return False
    return float(shapely.symmetric_difference(shape, shapely.make_valid(old)).area) > _MOVED_M2


def _beat(
    beat_id: str,
    values: Mapping[str, object],
    was: Mapping[str, object],
    cities: tuple[str, ...],
) -> tuple[BeatRow, list[Problem]]:
    posts, locked = posts_of(values["posts"]), flag_of(values["locked"])
    problems = []
    if posts is None and (was or text_of(values["posts"])):
        told = {"value": text_of(values["posts"]) or "NULL"}
        problems.append(Problem("bad_posts", (beat_id,), (beat_id,), told))
    if locked is None and text_of(values["locked"]):
        told = {"value": text_of(values["locked"])}
        problems.append(Problem("bad_locked", (beat_id,), (beat_id,), told))
    city = text_of(was.get("city"))
    row = BeatRow(
        beat_id,
        text_of(values["name"]),
        text_of(values["district"]),
        posts or posts_of(was.get("posts")) or 1,
        bool(flag_of(was.get("locked"))) if locked is None else locked,
        cities.index(city) if city in cities else -1,
    )
    return row, problems


def _twice(found: Layer, beat_id: str, rows: list[int]) -> list[Problem]:
    """Warn that a beat has several rows: a polygon that was split, or two beats with one id."""
    if len(rows) == 1:
        return []
    said = {
        (text_of(found.newer("posts")[row]), text_of(found.newer("district")[row])) for row in rows
    }
    kind = "beats_duplicated" if len(said) == 1 else "beats_contradict"
    values = {"rows": len(rows)}
    return [Problem(kind, (beat_id,), (beat_id,), values, _union_of(found, rows))]


def _edits(beat: BeatRow, now: Mapping[str, object], was: Mapping[str, object]) -> list[Edit]:
    """Describe what differs in the row of a beat."""
    if not was:
        return [Edit("beat_added", (beat.beat_id,), {"posts": beat.posts})]
    edits = []
    for column, before in was.items():
        after = now.get(column, before)
        if column == "beat_id" or same_cell(before, after):
            continue
        values = {"before": text_of(before) or "-", "after": text_of(after) or "-"}
        if column not in _OWN:
            edits.append(Edit("put_back", (beat.beat_id,), {"layer": "beats", "column": column}))
        elif column == "locked":
            if (flag_of(before) or False) != beat.locked:
                edits.append(Edit("locked" if beat.locked else "unlocked", (beat.beat_id,)))
        elif column != "posts" or posts_of(after) is not None:
            edits.append(Edit(f"{column}_edited", (beat.beat_id,), values))
    return edits


def _together(edits: list[Edit]) -> list[Edit]:
    """Join what is the same for several beats."""
    ids: dict[tuple[object, ...], list[str]] = {}
    first: dict[tuple[object, ...], Edit] = {}
    for edit in edits:
        key = (edit.kind, *sorted((name, str(value)) for name, value in edit.values.items()))
        ids.setdefault(key, []).extend(edit.ids)
        first.setdefault(key, edit)
    return [Edit(edit.kind, tuple(ids[key]), edit.values) for key, edit in first.items()]
