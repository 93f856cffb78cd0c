"""Reading a plan's file after a hand edit, whatever was done to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.choices import check_choice
from reso_geo.errors import PlanError
from reso_geo.i18n import Phrase, listed
from reso_geo.network import tally_dropped
from reso_geo.partition import held_segments
from reso_geo.plan_check.beats import read_beats
from reso_geo.plan_check.edited_cells import in_crs, text_of
from reso_geo.plan_check.findings import BeatRow, Edit, EditedPlan, Problem
from reso_geo.plan_check.ids import read_ids
from reso_geo.plan_check.layers import (
    OWN_LAYERS,
    added_columns,
    kept_columns,
    layer_edits,
    read_anchor_rows,
)
from reso_geo.plan_check.new_beats import begin_beats, meant_ids
from reso_geo.plan_check.problems import find_problems, polygon_problems, segments_named
from reso_geo.plan_check.segments import read_segments
from reso_geo.plan_check.street_names import with_street_names
from reso_geo.plan_check.truths import TRUTHS, decide
from reso_geo.plan_file import (
    TOURS,
    added_things,
    adopted_layers,
    assemble_plan,
    check_schema,
    edited_layers,
    info_of,
    migrated_layers,
    no_plan,
    opened,
    read_layer,
    tables_in,
)
from reso_geo.records import path_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from os import PathLike
    from pathlib import Path

    from numpy.typing import NDArray

    from reso_geo.network import StreetNetwork
    from reso_geo.plan import Plan
    from reso_geo.plan_check.beats import BeatRows
    from reso_geo.plan_check.segments import SegmentRows
    from reso_geo.plan_check.truths import Decision
    from reso_geo.plan_file import Layer

__all__ = ["read_edited_plan", "with_problems"]

_BY_HAND = "by_hand"
"""Why a segment is not required that was."""


def read_edited_plan(path: str | PathLike[str], trust: str | None = None) -> EditedPlan:
    """Read a plan's file as it is now, edited or damaged by hand, and say how it differs.

    This is where `check_plan` starts, and a rebalance of a plan that need not be valid: it takes
    ``edited.network``, ``edited.beat_of`` (-1 where no beat holds a segment) and
    ``edited.beats``, and may name ``edited.problems`` as what was wrong.

    Parameters
    ----------
    path
        A GeoPackage that `reso_geo.save_plan` wrote, edited since or not; it is not changed.
    trust
        ``segments`` or ``polygons``: which of the two wins where both were edited and contradict
        each other; None for neither.

    Returns
    -------
    EditedPlan
        Only one of the two edited: it wins. Assignments that win leave polygons to be drawn again;
        polygons that win give each segment whose ground went to another beat to that one.

    Raises
    ------
    PlanError
        When the file cannot be read, is locked, is of another format or no plan at all, or was
        edited after another program dropped the copy of the adopted plan.
    UsageError
        When `trust` is not known.
    """
    path = path_of(path)
    if trust is not None:
        check_choice(trust, TRUTHS)
    with opened(path, "check.unreadable") as base:
        found, adopted, edits = _layers(base, path)
        things, lost = added_things(base, OWN_LAYERS)
        crs = adopted["segments"].crs
        anchors, bad_anchors = read_anchor_rows(found.get("anchors"), crs)
        edits += layer_edits(found, adopted)
        found, adopted, renamed = read_ids(found, adopted)
        tours = {TOURS: _with_ids(found[TOURS], _new_ids(renamed))} if TOURS in found else {}
        plan = assemble_plan({**adopted, **tours, "anchors": anchors})
    edits += renamed
    held = held_segments(plan.network)
    segments = read_segments(found.get("segments", adopted["segments"]), adopted["segments"], held)
    rows = read_beats(found.get("beats", adopted["beats"]), adopted["beats"], plan.network.cities)
    network = _network(plan.network, segments)
    written = np.array([text_of(each) for each in adopted["segments"]["beat_id"]], dtype=object)
    was = plan.partition.beat_id, plan.shapes
    trusted = np.where(segments.deleted, written, segments.beat).astype(object)
    none = np.full(len(network), "", dtype=object)
    before, now = (np.where(held, each, none) for each in (written, trusted))
    rows = begin_beats(network, plan.load.total_s, before, now, rows)
    decision = decide(network, held, written, trusted, was, rows, trust=trust)
    added = added_columns(found, adopted)
    edits += [*segments.edits, *rows.edits, *decision.edits]
    kept = kept_columns(added)
    edits += _added(added, kept, things, lost)
    fresh = _anchors_edited(found, adopted)
    edits += [Edit("anchors_edited", ("anchors",))] if fresh else []
    problems = [*segments.problems, *rows.problems, *bad_anchors, *decision.problems]
    edited = _placed(path, plan, network, rows, segments.deleted, decision, problems)
    return replace(
        edited,
        edits=with_street_names((*edits, *edited.edits), network),
        anchors_edited=fresh,
        added_columns=kept,
        added_things=tuple(things),
        new_ids=_new_ids(renamed),
    )


def _layers(
    base: sqlite3.Connection, path: Path
) -> tuple[dict[str, Layer], dict[str, Layer], list[Edit]]:
    """Read the layers that there are and those adopted, in the plan's CRS and newest format.

    Name those that were in another CRS.
    """
    adopted = adopted_layers(base)
    there = tables_in(base).keys()
    names = (
        [*adopted, "anchors", TOURS] if adopted else sorted(there & (OWN_LAYERS - {"layer_styles"}))
    )
    found = {name: read_layer(base, name, {"fid"}) for name in names if name in there}
    if not adopted:
        missing = {"segments", "beats", "anchors", "plan_info"} - set(found)
        if missing:
            raise no_plan(base, path)
    info = info_of(adopted or found)
    check_schema(info, path)
    if not adopted:
        if edited_layers(found):
            raise PlanError(Phrase("plan_file.no_copy", {"path": path}))
        found = migrated_layers(found, info["schema"])
        return found, {name: each for name, each in found.items() if name != "anchors"}, []
    found, adopted = (migrated_layers(each, info["schema"]) for each in (found, adopted))
    crs = adopted["segments"].crs
    moved = {name: in_crs(layer, crs) for name, layer in found.items()}
    edits = []
    for kind in ("reprojected", "no_crs"):
        odd = tuple(name for name, (_, state) in moved.items() if state == kind)
        edits += [Edit(kind, odd)] if odd else []
    return {name: layer for name, (layer, _) in moved.items()}, adopted, edits


def _network(network: StreetNetwork, rows: SegmentRows) -> StreetNetwork:
    """Return the streets with the names and required segments of the file."""
    if np.array_equal(rows.required, network.required) and np.array_equal(rows.name, network.name):
        return network
    off = network.required & ~rows.required
    why = np.where(off, _BY_HAND, np.where(rows.required, "", network.why)).astype(object)
    gone = tuple(each for each in network.dropped if not each.travelled)
    edited = replace(network, required=rows.required, name=rows.name, why=why)
    if np.array_equal(rows.required, network.required):
        return edited
    return tally_dropped(replace(edited, dropped=gone))


def _anchors_edited(found: dict[str, Layer], adopted: dict[str, Layer]) -> bool:
    if "anchors" not in found:
        return True
    layers = {name: adopted[name] for name in ("segments", "beats", "plan_info")}
    try:
        return "anchors" in edited_layers(layers | {"anchors": found["anchors"]})
    except (KeyError, ValueError, TypeError):
        return True


def _added(
    columns: dict[str, tuple[str, ...]],
    kept: dict[str, tuple[str, ...]],
    things: list[str],
    lost: list[str],
) -> list[Edit]:
    """List what somebody added, what is kept of it and what is not."""
    every = {f"{name}.{column}" for name, own in columns.items() for column in own}
    stay = {f"{name}.{column}" for name, own in kept.items() for column in own}
    groups = {
        "columns_added": tuple(sorted(stay)),
        "layers_added": tuple(things),
        "not_kept": (*sorted(every - stay), *lost),
    }
    return [Edit(kind, names) for kind, names in groups.items() if names]


def _new_ids(edits: list[Edit]) -> dict[str, str]:
    """Return the id that a beat has now, by each that its rows in the file may have."""
    ids: dict[str, str] = {}
    for edit in edits:
        before, now = str(edit.values["before"]), edit.ids[0]
        ids = {old: now if new == before else new for old, new in ids.items()} | {before: now}
    return ids


def _with_ids(tours: Layer, ids: Mapping[str, str]) -> Layer:
    """Return tours by the ids that beats have now."""
    known = tuple(ids.get(str(each), each) for each in tours["beat_id"])
    return replace(tours, columns={**tours.columns, "beat_id": known})


def _placed(
    path: Path,
    plan: Plan,
    network: StreetNetwork,
    rows: BeatRows,
    deleted: NDArray[np.bool_],
    decision: Decision,
    problems: list[Problem],
) -> EditedPlan:
    """Apply the decision to the beats that there are, and find what is wrong with it."""
    beat = np.where(deleted, "", decision.beat).astype(object)
    named = set(beat.tolist())
    kept = [
        place
        for place, row in enumerate(rows.beats)
        if row.beat_id not in rows.gone | rows.begun or row.beat_id in named
    ]
    beats = [rows.beats[place] for place in kept]
    index = {row.beat_id: number for number, row in enumerate(beats)}
    beat_of = np.array([index.get(each, -1) for each in beat.tolist()], dtype=np.int64)
    unknown = (beat != "") & (beat_of < 0)
    problems = problems + _unknown(network, beat, unknown, tuple(index))
    removed = tuple(sorted(rows.gone - named))
    missing = tuple(sorted(rows.gone & named))
    edits = [Edit("beat_removed", removed)] if removed else []
    if missing:
        problems = [*problems, Problem("beats_deleted", missing, missing)]
    if not (plan.partition.city < 0).any():
        beats = [_in_city(network, row, beat_of == number) for number, row in enumerate(beats)]
    shapes = _whole(plan, [rows.shapes[place] for place in kept], beats, rows.gone)
    edited = EditedPlan(
        path,
        plan,
        network,
        tuple(beats),
        beat_of,
        shapes,
        decision.truth,
        tuple(edits),
        tuple(problems),
    )
    disputed = unknown | deleted | segments_named(network, problems, "conflict")
    return with_problems(edited, disputed)


def _unknown(
    network: StreetNetwork,
    beat: NDArray[np.object_],
    unknown: NDArray[np.bool_],
    known: tuple[str, ...],
) -> list[Problem]:
    """List the segments of each beat that there is not, and the beats that may be meant."""
    problems = []
    for name in sorted(set(beat[unknown].tolist())):
        own = np.flatnonzero(unknown & (beat == name))
        nodes = np.unique((network.u[own], network.v[own]))
        beside = np.isin(network.u, nodes) | np.isin(network.v, nodes)
        meant = meant_ids(name, known, set(beat[beside].tolist()))
        key = "check.meant" if meant else "check.no_meant"
        values = {
            "known": listed(known, 20),
            "hint": Phrase(key, {"meant": listed(meant), "known": listed(known, 20)}),
        }
        ids, where = network.segment_id[own].tolist(), shapely.union_all(network.geometry[own])
        problems.append(Problem("unknown_beat", tuple(ids), (name,), values, where))
    return problems


def _in_city(network: StreetNetwork, row: BeatRow, own: NDArray[np.bool_]) -> BeatRow:
    """Assign a new beat the city with most of its streets; one that was there stays in its own."""
    if row.city >= 0 or not own.any() or not len(network.cities):
        return row
    weight_m = np.where(network.required, network.length_m, 1e-6 * network.length_m)[own]
    city = network.city[own]
    return replace(
        row, city=int(np.argmax(np.bincount(city[city >= 0], weights=weight_m[city >= 0])))
    )


def _whole(
    plan: Plan,
    shapes: list[shapely.MultiPolygon],
    beats: list[BeatRow],
    gone: frozenset[str],
) -> tuple[shapely.MultiPolygon, ...]:
    """Assign a beat whose row is gone its old ground, less what others took of it."""
    old = dict(zip(plan.partition.beat_id, plan.shapes, strict=True))
    others = shapely.union_all(
        [s for s, row in zip(shapes, beats, strict=True) if row.beat_id not in gone]
    )
    return tuple(
        shapely.MultiPolygon(
            [
                p
                for p in shapely.get_parts(shapely.difference(old[row.beat_id], others))
                if isinstance(p, shapely.Polygon)
            ]
        )
        if row.beat_id in gone
        else shape
        for shape, row in zip(shapes, beats, strict=True)
    )


def with_problems(
    edited: EditedPlan, disputed: NDArray[np.bool_], *, redrawn: bool = False
) -> EditedPlan:
    """Add what is wrong with the partition, and with the polygons where they stand.

    Parameters
    ----------
    edited
        With the problems of its rows.
    disputed
        bool, shape (m,): segments without a beat that these problems name.
    redrawn
        True where polygons will be drawn again from the segments.

    Returns
    -------
    EditedPlan
        With all problems.
    """
    args = edited.network, edited.plan, edited.beats
    problems = [*edited.problems, *find_problems(*args, edited.beat_of, disputed)]
    if edited.truth in ("none", "polygons") and not redrawn:
        problems += polygon_problems(*args, edited.shapes)
    return replace(edited, problems=with_street_names(problems, edited.network))
