"""Ids of beats after a hand edit: spellings that are forgiven, beats that were renamed."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import shapely

from reso_geo.choices import id_form
from reso_geo.plan import near_ids
from reso_geo.plan_check.edited_cells import same_cell, same_shape, text_of
from reso_geo.plan_check.findings import Edit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reso_geo.plan_file import Layer

__all__ = ["MISTYPED", "read_ids"]

MISTYPED = 0.8
"""An id that is as much alike to one of the plan's may be that one, mistyped."""

_SAME_M2 = 1.0
"""Polygons that differ by less are one and the same."""
_FIGURES = ("street_km", "load_s", "foot_pass_s", "bike_pass_s")
"""Columns that QGIS leaves alone while an id is typed; together they tell a beat."""
_OF_A_BEAT = (("segments", "beat_id"), ("beats", "beat_id"), ("bases", "beat_id"),
              ("posts", "beat_id"), ("lineage", "beat_id"), ("lineage", "parent_beat_id"),
              ("tours", "beat_id"))  # fmt: skip

Layers = "dict[str, Layer]"


def read_ids(
    found: Mapping[str, Layer], adopted: Mapping[str, Layer]
) -> tuple[dict[str, Layer], dict[str, Layer], list[Edit]]:
    """Read the ids of beats as they were meant.

    A spelling that differs in case, blanks, hyphens or leading zeros is that of the beat that it
    fits. A beat whose id was changed in ``beats``, or on every one of its segments, is the same
    beat under a new id: its post, its officer and its streets stay.

    Parameters
    ----------
    found
        Layers of the file as it is now, in the plan's CRS.
    adopted
        Layers of the plan as it was adopted.

    Returns
    -------
    tuple of (dict of str to Layer, dict of str to Layer, list of Edit)
        The layers as they are meant, those of the adopted plan with the new ids, and what was
        forgiven or renamed.
    """
    was = [text_of(each) for each in adopted["beats"]["beat_id"]]
    rows = _column(found, "beats")
    written = _column(found, "segments")
    fits = _fitting(was, [*rows, *written])
    rows, written = ([fits.get(each, each) for each in column] for column in (rows, written))
    edits = [Edit("id_read", (new,), {"before": old}) for old, new in sorted(fits.items())]
    new_ids = _renamed_rows(found, adopted, rows, was) if rows else {}
    left = [each for each in was if each not in new_ids]
    new_ids |= _renamed_segments(found, adopted, written, left, [*rows, *new_ids.values()])
    rows, written = ([new_ids.get(each, each) for each in column] for column in (rows, written))
    edits += [Edit("beat_renamed", (new,), {"before": old}) for old, new in new_ids.items()]
    read = dict(found)
    for name, column in (("beats", rows), ("segments", written)):
        if column:
            read[name] = _with_ids(found[name], column)
    return read, _renamed(adopted, new_ids), edits


def _column(layers: Mapping[str, Layer], name: str) -> list[str]:
    """Return the ids in a layer; none where the layer or the column is gone."""
    layer = layers.get(name)
    return [] if layer is None else [text_of(each) for each in layer.columns.get("beat_id", ())]


def _with_ids(layer: Layer, ids: Sequence[str]) -> Layer:
    """Write ids into a layer; a cell that says the same stays as it was written."""
    cells = tuple(
        cell if text_of(cell) == text else text
        for cell, text in zip(layer["beat_id"], ids, strict=True)
    )
    return replace(layer, columns={**layer.columns, "beat_id": cells})


def _fitting(was: Sequence[str], written: Sequence[str]) -> dict[str, str]:
    """Return the id that is meant by each spelling that is not one of the plan's.

    New ids that differ in their spelling only are one: the one that stands there most often.
    """
    forms: dict[tuple[str, ...], set[str]] = {}
    for each in was:
        forms.setdefault(id_form(each), set()).add(each)
    fits: dict[str, str] = {}
    fresh: dict[tuple[str, ...], str] = {}
    for text, _ in Counter(written).most_common():
        form = id_form(text)
        if text in was or not form:
            continue
        same = forms.get(form, set())
        meant = next(iter(same)) if len(same) == 1 else text
        meant = meant if same else fresh.setdefault(form, text)
        if meant != text:
            fits[text] = meant
    return fits


def _renamed_rows(
    found: Mapping[str, Layer], adopted: Mapping[str, Layer], rows: list[str], was: list[str]
) -> dict[str, str]:
    """Find the beats whose id was changed in their row: the polygon or the figures tell them."""
    now = found["beats"]
    gone = [at for at, each in enumerate(was) if each not in rows]
    new = [at for at, each in enumerate(rows) if each and each not in was and rows.count(each) == 1]
    renamed: dict[str, str] = {}
    for alike in (_same_ground, _same_figures):
        pairs = [
            (one, other)
            for one in gone
            for other in new
            if alike(adopted["beats"], one, now, other)
        ]
        for one, other in pairs:
            sure = sum(one == a for a, _ in pairs) == 1 == sum(other == b for _, b in pairs)
            if sure and was[one] not in renamed and rows[other] not in renamed.values():
                renamed[was[one]] = rows[other]
    return renamed


def _same_ground(adopted: Layer, one: int, found: Layer, other: int) -> bool:
    if not len(found.geometry):
        return False
    before, now = adopted.geometry[one], found.geometry[other]
    if before is None or now is None or same_shape(before, now):
        return before is not None and now is not None
    apart = shapely.symmetric_difference(shapely.make_valid(before), shapely.make_valid(now))
    return float(apart.area) <= _SAME_M2


def _same_figures(adopted: Layer, one: int, found: Layer, other: int) -> bool:
    cells = [(adopted.newer(name)[one], found.newer(name)[other]) for name in _FIGURES]
    return cells[0][0] is not None and all(same_cell(*pair) for pair in cells)


def _renamed_segments(
    found: Mapping[str, Layer],
    adopted: Mapping[str, Layer],
    written: list[str],
    was: list[str],
    rows: list[str],
) -> dict[str, str]:
    """Find the beats that have another id on every one of their segments, and nowhere else."""
    if not written:
        return {}
    now = dict(zip(map(text_of, found["segments"].newer("segment_id")), written, strict=True))
    before = adopted["segments"]
    there: dict[str, Counter[str]] = {}
    for segment, beat in zip(before["segment_id"], before["beat_id"], strict=True):
        there.setdefault(text_of(beat), Counter())[now.get(str(segment), "")] += 1
    renamed: dict[str, str] = {}
    for old in was:
        ids = there.get(old, Counter())
        new = next(iter(ids), "")
        alone = all(old == other or new not in seen for other, seen in there.items())
        near = near_ids(new, there, MISTYPED)
        fresh = new not in {*was, *rows, *there} and (not near or old in near)
        if len(ids) == 1 and new and alone and fresh:
            renamed[old] = new
    return renamed


def _renamed(adopted: Mapping[str, Layer], new_ids: Mapping[str, str]) -> dict[str, Layer]:
    """Return the adopted plan with the new ids; ids of posts stay, as officers have them."""
    if not new_ids:
        return dict(adopted)

    def renamed(each: object) -> object:
        return new_ids.get(text_of(each), each)

    layers = dict(adopted)
    for name, column in _OF_A_BEAT:
        layer = layers.get(name)
        if layer is not None and column in layer.columns:
            cells = tuple(renamed(each) for each in layer[column])
            layers[name] = replace(layer, columns={**layer.columns, column: cells})
    info = layers["plan_info"]
    keyed: dict[str, Callable[[str], str]] = {"joined": lambda text: _rekeyed(text, new_ids)}
    keyed["request"] = lambda text: _with_posts(text, new_ids)
    values = tuple(
        keyed[key](value) if key in keyed else value
        for key, value in zip(info["key"], info["value"], strict=True)
    )
    layers["plan_info"] = replace(info, columns={**info.columns, "value": values})
    return layers


def _rekeyed(text: str, new_ids: Mapping[str, str]) -> str:
    return json.dumps({new_ids.get(key, key): value for key, value in json.loads(text).items()})


def _with_posts(text: str, new_ids: Mapping[str, str]) -> str:
    """Write the new ids into what a cut was asked for: the posts of single beats."""
    request = json.loads(text)
    posts = request.get("posts")
    request["posts"] = json.loads(_rekeyed(json.dumps(posts), new_ids)) if posts else posts
    return json.dumps(request)
