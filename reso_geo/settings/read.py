"""Reading settings: the defaults, a user's file over them, and the JSON of a plan file."""

from __future__ import annotations

import difflib
import json
import math
import re
import tomllib
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from reso_geo.errors import SettingsError
from reso_geo.files import data_file
from reso_geo.settings.record import TABLES, PatrolSettings, StreetRules
from reso_geo.settings.values import LEVELS, SURFACES, Range, SeasonDates
from reso_geo.words import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["load_settings", "parse_settings"]

_TAG_LISTS = ("never_required", "areas", "closing_gates")
_LISTS = ("required", "required_if_named", "car_tunnels", *_TAG_LISTS)
_TAG = re.compile(r"[^=\s]+=[^=\s]+")


def load_settings(path: Path | None = None) -> PatrolSettings:
    """Read the default settings, and a user's file over them.

    Parameters
    ----------
    path
        A TOML file that overrides some values; None for the defaults alone.

    Returns
    -------
    PatrolSettings
        All values.

    Raises
    ------
    SettingsError
        When the file cannot be read, has an unknown key, or a value out of order.

    Examples
    --------
    >>> load_settings().foot_patrol_kmh.central
    4.0
    """
    tables = tomllib.loads(data_file("settings.toml").read_text(encoding="utf-8"))
    if path is None:
        return _build(tables, "settings.toml")
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(Phrase("settings.unreadable", {"path": path, "why": error})) from error
    except ValueError as error:  # no TOML, no UTF-8, or a number too long to read
        raise SettingsError(Phrase("settings.not_toml", {"path": path, "why": error})) from error
    return _build(_override(tables, own, path.name), path.name)


def parse_settings(text: str) -> PatrolSettings:
    """Read settings back from the JSON of `PatrolSettings.to_json`.

    Parameters
    ----------
    text
        JSON.

    Returns
    -------
    PatrolSettings
        All values.

    Raises
    ------
    SettingsError
        When the text is not such JSON.

    Examples
    --------
    >>> parse_settings(load_settings().to_json()) == load_settings()
    True
    """
    try:
        return _build(json.loads(text), "plan_info")
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(
            Phrase("settings.not_toml", {"path": "plan_info", "why": error})
        ) from error


def _override(tables: dict[str, Any], own: dict[str, Any], name: str) -> dict[str, Any]:
    """Lay a user's tables over the defaults, key by key."""
    merged = dict(tables)
    for key, value in own.items():
        if key not in tables:
            raise _unknown(key, tables, name)
        if key in (*TABLES, "streets") and not isinstance(value, dict):
            raise SettingsError(Phrase("settings.no_table", {"path": name, "key": key}))
        if key in TABLES:
            for part in value if key != "cadence" else ():  # any class can have a cadence
                if part not in tables[key]:
                    msg = f"{key}.{part}"
                    raise _unknown(msg, [f"{key}.{k}" for k in tables[key]], name)
            merged[key] = merged[key] | {
                part: _override_range(merged[key].get(part, {}), f"{key}.{part}", v, name)
                for part, v in value.items()
            }
        elif key == "streets":
            for rule in value:
                if rule not in tables[key]:
                    msg = f"streets.{rule}"
                    raise _unknown(msg, [f"streets.{r}" for r in tables[key]], name)
            merged[key] = merged[key] | value
        else:
            merged[key] = _override_range(merged[key], key, value, name)
    return merged


def _override_range(old: dict[str, Any], key: str, own: object, name: str) -> dict[str, Any]:
    """Lay a user's values over one range; a single figure, or season, stands for all three."""
    if isinstance(own, (int, float)) or (key == "bike_season" and isinstance(own, list)):
        own = dict.fromkeys(LEVELS, own)
    if not isinstance(own, dict):
        raise SettingsError(Phrase("settings.no_table", {"path": name, "key": key}))
    known = [f.name for f in fields(Range)]
    for part in own:
        if part not in known:
            msg = f"{key}.{part}"
            raise _unknown(msg, [f"{key}.{k}" for k in known], name)
    default = {"unit": "passes per week", "source": name, "assumption": False}
    return default | old | {"source": name} | own


def _unknown(key: str, known: Iterable[str], name: str) -> SettingsError:
    near = difflib.get_close_matches(key, list(known), n=1, cutoff=0.0)
    return SettingsError(Phrase("settings.unknown", {"path": name, "key": key, "near": near[0]}))


def _range(key: str, table: dict[str, Any], name: str) -> Range:
    try:
        return Range(**table)
    except (TypeError, ValueError) as error:
        raise SettingsError(
            Phrase("settings.bad_value", {"path": name, "key": key, "why": error})
        ) from error


def _season(key: str, table: dict[str, Any], name: str) -> SeasonDates:
    dates: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in table.items()}
    try:
        return SeasonDates(**dates)
    except (TypeError, ValueError) as error:
        raise SettingsError(
            Phrase("settings.bad_season", {"path": name, "key": key, "why": error})
        ) from error


def _frozen_lists(rules: dict[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in rules.items()}


def _build(tables: dict[str, Any], name: str) -> PatrolSettings:
    rules = tables["streets"]
    for key, value in rules.items():
        listed = key in _LISTS
        if listed and not (
            isinstance(value, list | tuple) and all(isinstance(v, str) for v in value)
        ):
            raise SettingsError(Phrase("settings.bad_list", {"path": name, "key": key}))
        for tag in value if key in _TAG_LISTS else ():
            if not _TAG.fullmatch(tag):
                values = {"path": name, "key": key, "tag": repr(tag)}
                raise SettingsError(Phrase("settings.bad_tag", values))
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not listed and not (number and 0 <= value < math.inf):
            raise SettingsError(
                Phrase("settings.bad_value", {"path": name, "key": key, "why": repr(value)})
            )
    needed = {"cadence": {"other"}} | dict.fromkeys(TABLES[1:], set(SURFACES) - {"paved"})
    for key in TABLES:
        if lacking := needed[key] - set(tables[key]):
            msg = f"{key}.{min(lacking)}"
            raise KeyError(msg)
    ranges: dict[str, Any] = {
        table: {k: _range(f"{table}.{k}", v, name) for k, v in tables[table].items()}
        for table in TABLES
    }
    apart = (*TABLES, "streets", "bike_season")
    ranges |= {k: _range(k, v, name) for k, v in tables.items() if k not in apart}
    return PatrolSettings(
        **ranges,
        bike_season=_season("bike_season", tables["bike_season"], name),
        streets=StreetRules(**_frozen_lists(rules)),
    )
