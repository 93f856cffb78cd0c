"""Older formats of a plan's file, brought to the newest one; the only place that knows them.

A file is never changed by reading it. Its own digests are made of the columns that its format had,
so whether it was edited is asked before anything is migrated.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reso_geo.plan_file.digests import SCHEMA, SCHEMAS
from reso_geo.words import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reso_geo.plan_file.layers import Layer

__all__ = ["migrated_layers", "migration_notes"]


def migrated_layers(layers: Mapping[str, Layer], schema: str) -> dict[str, Layer]:
    """Return the layers of a plan's file with the names and columns of the newest format.

    Parameters
    ----------
    layers
        Of a plan's file, or of the adopted plan inside it.
    schema
        Number of their format, one of `reso_geo.plan_file.digests.SCHEMAS`.

    Returns
    -------
    dict of str to Layer
        In the same order; ``plan_info`` keeps the number of the format that was read, which
        says how its digests were made.
    """
    found = dict(layers)
    for number in SCHEMAS[SCHEMAS.index(schema) : -1]:
        found = _STEPS[number](found)
    return found


def migration_notes(schema: str) -> tuple[Phrase, ...]:
    """Return what a reader should know of a plan that an older version wrote.

    Parameters
    ----------
    schema
        Number of the format that was read.

    Returns
    -------
    tuple of Phrase
        Empty for the newest format.
    """
    if schema == SCHEMA:
        return ()
    return (Phrase("plan_file.migrated", {"found": schema}),)


def _from_5(layers: dict[str, Layer]) -> dict[str, Layer]:
    """Rename the column that hid a method of every GeoDataFrame."""
    if "segments" not in layers:
        return layers
    return layers | {"segments": _renamed(layers["segments"], "crosses", "crossed")}


def _renamed(layer: Layer, old: str, new: str) -> Layer:
    """Return a layer with a column of another name, where it has one by the old name only."""
    if old not in layer.columns or new in layer.columns:
        return layer
    columns = {new if name == old else name: values for name, values in layer.columns.items()}
    return replace(layer, columns=columns)


_STEPS: Mapping[str, Callable[[dict[str, Layer]], dict[str, Layer]]] = {"5": _from_5}
"""What brings each older format to the next one."""
