"""Older formats of a plan's file, brought to the newest one; the only place that knows them.

A file is never changed by reading it. Its own digests are made of the columns that its format had,
so whether it was edited is asked before anything is migrated.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from reso_geo.i18n import Phrase
from reso_geo.plan_file.digests import NEWER_FIGURES, SCHEMAS
from reso_geo.settings import LEVELS, MOST_TALK_MIN, load_settings
from reso_geo.travel import MODES, SEASONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reso_geo.plan_file.layers import Layer

__all__ = ["WITHOUT_TOURS", "migrated_layers", "migration_notes", "settings_from_5"]

_COUNTED_OTHERWISE = frozenset({"5"})
WITHOUT_TOURS = frozenset({"5", "6"})
"""Formats that kept no tours."""
_ROUNDED = 1.0 - 1e-12
"""A product of two rounded figures stays within its limit."""


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
        Empty where its figures count as they do now.
    """
    values = {"found": schema}
    notes = [Phrase("plan_file.migrated", values)] if schema in _COUNTED_OTHERWISE else []
    notes += [] if schema == SCHEMAS[-1] else [Phrase("plan_file.judged_again", values)]
    return tuple(notes)


def _from_5(layers: dict[str, Layer]) -> dict[str, Layer]:
    """Rename the column that hid a method of every GeoDataFrame; count contacts by the street."""
    found = dict(layers)
    if "segments" in layers:
        found["segments"] = _renamed(layers["segments"], "crosses", "crossed")
    if "beats" in layers:
        found["beats"] = _with_empty(layers["beats"], NEWER_FIGURES["6"])
    if "plan_info" in layers:
        found["plan_info"] = _with_settings(layers["plan_info"], settings_from_5)
    return found


def settings_from_5(text: str) -> str:
    """Convert contacts per hour walked, without their talk, to contacts per hour on the street.

    n contacts of t minutes came on top of each hour walked: so many in 1 + n t / 60 hours on the
    street. All three figures are divided by that of the central values, so that they keep their
    order and the street loads of the plan, made of central values, are what they were. The limit of
    48 minutes of talk in an hour did not stand then; the highest figures are lowered to it.

    Parameters
    ----------
    text
        The settings of a plan of format 5, as JSON.

    Returns
    -------
    str
        As JSON of the newest format.
    """
    tables = json.loads(text)
    rate, minutes = tables["contacts_per_patrol_h"], tables["contact_min"]
    longer = 1.0 + rate["central"] * minutes["central"] / 60.0
    for level in LEVELS:
        rate[level] /= longer
    most = MOST_TALK_MIN * _ROUNDED
    minutes["high"] = min(minutes["high"], max(minutes["central"], most / rate["high"]))
    rate["high"] = max(rate["central"], min(rate["high"], most / minutes["high"]))
    defaults = json.loads(load_settings().to_json())
    rate["unit"] = defaults["contacts_per_patrol_h"]["unit"]
    return json.dumps({"set_aside": defaults["set_aside"]} | tables, ensure_ascii=False)


def _with_settings(layer: Layer, converted: Callable[[str], str]) -> Layer:
    """Return ``plan_info`` with its settings converted."""
    values = tuple(
        converted(value) if key == "settings" else value
        for key, value in zip(layer["key"], layer["value"], strict=True)
    )
    return replace(layer, columns={**layer.columns, "value": values})


def _with_empty(layer: Layer, names: tuple[str, ...]) -> Layer:
    """Return a layer with columns that its format did not have, empty."""
    return replace(layer, columns={**{name: layer.newer(name) for name in names}, **layer.columns})


def _renamed(layer: Layer, old: str, new: str) -> Layer:
    """Return a layer with a column of another name, where it has one by the old name only."""
    if old not in layer.columns or new in layer.columns:
        return layer
    columns = {new if name == old else name: values for name, values in layer.columns.items()}
    return replace(layer, columns=columns)


def _from_6(layers: dict[str, Layer]) -> dict[str, Layer]:
    """Keep no tours: there were none, and whoever needs one finds it."""
    return layers


def _from_7(layers: dict[str, Layer]) -> dict[str, Layer]:
    """Add what odds need: whoever assembles the plan judges it again."""
    found = dict(layers)
    if "plan_info" in layers:
        info = layers["plan_info"]
        season = dict(zip(info["key"], info["value"], strict=True))["season"]
        found["plan_info"] = _with_settings(info, _with_odds)
        if "beats" in layers:
            found["beats"] = _unjudged(layers["beats"], season)
    return found


def _with_odds(text: str) -> str:
    """Add the settings that there were not to those of a plan of format 7, as JSON."""
    defaults = json.loads(load_settings().to_json())
    added = {key: defaults[key] for key in ("odds", "relief")}
    return json.dumps(added | json.loads(text), ensure_ascii=False)


def _unjudged(layer: Layer, season: str) -> Layer:
    """Return beats with every column of figures: no chance, and the other season like their own."""
    beats = _with_empty(layer, NEWER_FIGURES["8"])
    none = {f"{mode}_chance": (0.0,) * len(layer.geometry) for mode in MODES}
    columns = {**beats.columns, **none}
    other = next(each for each in SEASONS if each != season)
    for name in [each for each in columns if each.partition("_")[0] in MODES]:
        mode, _, figure = name.partition("_")
        columns[f"{mode}_{other}_{figure}"] = columns[name]
    return replace(beats, columns=columns)


_STEPS: Mapping[str, Callable[[dict[str, Layer]], dict[str, Layer]]] = {
    "5": _from_5,
    "6": _from_6,
    "7": _from_7,
}
"""What brings each older format to the next one."""
