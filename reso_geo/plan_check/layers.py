"""What was done by hand to the rest of a plan's file: other layers, columns, styles, anchors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.demand import is_shelter
from reso_geo.plan_check.edited_cells import same_cell, same_shape, text_of
from reso_geo.plan_check.findings import Edit, Problem
from reso_geo.plan_file import ADOPTED, ANCHOR_COLUMNS, KEYS, LAYERS, TOURS, Layer

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "OWN_LAYERS",
    "PROBLEMS",
    "added_columns",
    "kept_columns",
    "layer_edits",
    "read_anchor_rows",
]

PROBLEMS = "problems"
"""The layer that a check adds."""
OWN_LAYERS = frozenset({*LAYERS, TOURS, "layer_styles", ADOPTED, PROBLEMS})
_KEPT = ("segments", "beats", "anchors")
"""Layers whose edits are read row by row."""
_DERIVED_ANCHOR_COLUMNS = ("segment_id", "distance_m")


def layer_edits(found: Mapping[str, Layer], adopted: Mapping[str, Layer]) -> list[Edit]:
    """List the layers that are not to be edited and were, or that are gone: they are put back.

    Parameters
    ----------
    found
        Layers of the file as it is now, in the plan's CRS.
    adopted
        Layers of the plan as it was adopted.

    Returns
    -------
    list of Edit
        One for layers that are gone, one for layers that were edited.
    """
    gone = tuple(name for name in (*adopted, "anchors") if name not in found)
    edits = [Edit("layers_lost", gone)] if gone else []
    others = [name for name in adopted if name in found and name not in _KEPT]
    changed = [name for name in others if not _same(found[name], adopted[name])]
    if "bases" in changed and (moved := _moved_bases(found["bases"], adopted["bases"])):
        edits.append(Edit("bases_put_back", moved))
        changed.remove("bases")
    return edits + ([Edit("layers_put_back", tuple(changed))] if changed else [])


def _moved_bases(found: Layer, adopted: Layer) -> tuple[str, ...]:
    """List the beats whose base lies elsewhere than it did."""
    if not len(found.geometry) or len(found.newer("beat_id")) != len(found.geometry):
        return ()
    now = dict(zip(map(text_of, found.newer("beat_id")), found.geometry, strict=True))
    was = zip(map(text_of, adopted["beat_id"]), adopted.geometry, strict=True)
    return tuple(beat for beat, place in was if beat in now and not same_shape(now[beat], place))


def _same(found: Layer, adopted: Layer) -> bool:
    if len(found.geometry) != len(adopted.geometry):
        return False
    for name, cells in adopted.columns.items():
        now = found.columns.get(name)
        if now is None or len(now) != len(cells):
            return False
        if not all(same_cell(one, other) for one, other in zip(now, cells, strict=True)):
            return False
    return all(same_shape(*pair) for pair in zip(found.geometry, adopted.geometry, strict=True))


def read_anchor_rows(layer: Layer | None, crs: str) -> tuple[Layer, list[Problem]]:
    """Return the anchors that can be used, with the columns that are allowed.

    Parameters
    ----------
    layer
        As the file has it now, in the plan's CRS; None where it is gone.
    crs
        That of the plan.

    Returns
    -------
    tuple of (Layer, list of Problem)
        A shelter is left out, as on reading a table; a row without a place or with a figure that
        makes no sense is left out and named.
    """
    rows, shapes, bad = [], [], []
    for row in range(0 if layer is None else len(layer.geometry)):
        assert layer is not None  # noqa: S101 - there are rows
        name, kind = (text_of(layer.newer(column)[row]) for column in ("name", "kind"))
        figures = [_figure(layer.newer(column)[row]) for column in ANCHOR_COLUMNS[2:]]
        shape = layer.geometry[row]
        if is_shelter(name, kind):
            continue
        if (
            None in figures
            or shape is None
            or not np.isfinite(shapely.get_coordinates(shape)).all()
            or shape.is_empty
        ):
            bad.append(name or str(row + 1))
            continue
        rows.append((name, kind, *figures))
        shapes.append(shapely.point_on_surface(shapely.force_2d(shape)))
    cells = list(zip(*rows, strict=True)) or [()] * len(ANCHOR_COLUMNS)
    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = shapes
    problems = [Problem("bad_anchors", tuple(bad))] if bad else []
    return Layer(dict(zip(ANCHOR_COLUMNS, cells, strict=True)), geometry, crs), problems


def _figure(cell: object) -> float | None:
    try:
        number = float(text_of(cell).replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0.0 else None


def added_columns(
    found: Mapping[str, Layer], adopted: Mapping[str, Layer]
) -> dict[str, tuple[str, ...]]:
    """List the columns that somebody added, by layer.

    Parameters
    ----------
    found
        Layers of the file as it is now.
    adopted
        Layers of the plan as it was adopted.

    Returns
    -------
    dict of str to tuple of str
        Layers without any are left out.
    """
    known = {name: set(layer.columns) for name, layer in adopted.items()}
    known["anchors"] = {*ANCHOR_COLUMNS, *_DERIVED_ANCHOR_COLUMNS}
    added = {
        name: tuple(column for column in layer.columns if column not in known[name])
        for name, layer in found.items()
        if name in known
    }
    return {name: columns for name, columns in added.items() if columns}


def kept_columns(added: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the added columns that go into a new plan: those of layers whose rows have an id.

    Parameters
    ----------
    added
        From `added_columns`.

    Returns
    -------
    dict of str to tuple of str
        By layer; never of anchors, which keep the columns that are allowed.
    """
    return {name: columns for name, columns in added.items() if name in KEYS}
