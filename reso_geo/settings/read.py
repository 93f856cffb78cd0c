"""Reading settings: the defaults, a user's file over them, and the JSON of a plan file."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import numpy as np

from reso_geo.atomic_files import data_file
from reso_geo.choices import meant, nearest, suggestion
from reso_geo.errors import SettingsError
from reso_geo.i18n import Phrase, listed
from reso_geo.records import kind_of, refuse_kind
from reso_geo.settings.classes import HIGHWAYS
from reso_geo.settings.patrol_settings import TABLES, PatrolSettings
from reso_geo.settings.rules import RULE_KINDS, RULE_TEXTS
from reso_geo.settings.values import LEVELS, SURFACES, Range, SeasonDates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    Figure: TypeAlias = float | tuple[float, float, float] | Range

__all__ = ["load_settings", "parse_settings", "parse_toml", "read_toml", "settings_of"]

_SPOT = re.compile(r"at line (\d+), column (\d+)")
_TAG_LISTS = ("never_required", "areas", "closing_gates")
_TAG = re.compile(r"[^=\s]+=[^=\s]+")
_Made = TypeVar("_Made")


def load_settings(  # noqa: PLR0913 - one keyword a setting
    path: str | PathLike[str] | None = None,
    *,
    foot_patrol_kmh: Figure | None = None,
    foot_transit_kmh: Figure | None = None,
    bike_patrol_kmh: Figure | None = None,
    bike_transit_kmh: Figure | None = None,
    winter_foot_factor: Figure | None = None,
    winter_bike_factor: Figure | None = None,
    winter_foot_surface: Mapping[str, Figure] | None = None,
    winter_bike_surface: Mapping[str, Figure] | None = None,
    bike_season: SeasonDates | tuple[str, str] | None = None,
    foot_slope_decay: Figure | None = None,
    foot_best_descent: Figure | None = None,
    bike_climb_loss: Figure | None = None,
    bike_descent_gain: Figure | None = None,
    steepest_slope: Figure | None = None,
    shifts_per_week: Figure | None = None,
    shift_h: Figure | None = None,
    patrol_share: Figure | None = None,
    relief: Figure | None = None,
    contacts_per_patrol_h: Figure | None = None,
    contact_min: Figure | None = None,
    count_min: Figure | None = None,
    foot_observed_km: Figure | None = None,
    foot_observed_h: Figure | None = None,
    bike_observed_km: Figure | None = None,
    bike_observed_h: Figure | None = None,
    cadence: Mapping[str, Figure] | None = None,
    streets: Mapping[str, object] | None = None,
    set_aside: Mapping[str, object] | None = None,
    odds: Mapping[str, object] | None = None,
) -> PatrolSettings:
    """Read the default settings, a user's file over them, and figures of one's own over both.

    Parameters
    ----------
    path
        A TOML file that overrides some values; None for the defaults alone.
    foot_patrol_kmh, foot_transit_kmh, bike_patrol_kmh, bike_transit_kmh
        As in `PatrolSettings`: one figure, which is low, central and high at once, or the three, or
        a `Range` with where they come from.
    winter_foot_factor, winter_bike_factor
        Such a figure.
    winter_foot_surface, winter_bike_surface
        Such figures by surface; other surfaces keep their own.
    bike_season
        First and last day, month-day.
    foot_slope_decay, foot_best_descent, bike_climb_loss, bike_descent_gain, steepest_slope
        Such figures.
    shifts_per_week, shift_h, patrol_share, relief, contacts_per_patrol_h, contact_min, count_min
        Such figures.
    foot_observed_km, foot_observed_h, bike_observed_km, bike_observed_h
        Such figures.
    cadence
        Such figures by value of the ``highway`` tag; others keep their own.
    streets, set_aside, odds
        Rules by name, as in the settings file; others keep their own.

    Returns
    -------
    PatrolSettings
        All values.

    Raises
    ------
    SettingsError
        When the file cannot be read, there is an unknown key, or a value out of order.

    Examples
    --------
    >>> load_settings().foot_patrol_kmh.central
    4.0
    >>> load_settings(contacts_per_patrol_h=(2, 4, 6)).contacts_per_patrol_h.high
    6
    """
    given = dict(locals())  # the settings by name, and the path
    if path is not None and not isinstance(path, str | PathLike):
        refuse_kind("path", path, "settings_path")
    del given["path"]
    own = {key: _plain(value) for key, value in given.items() if value is not None}
    tables = tomllib.loads(data_file("settings.toml").read_text(encoding="utf-8"))
    name = "settings.toml"
    if path is not None:
        name = Path(path).name
        tables = _override(tables, read_toml(Path(path)), name)
    if own:
        _build(tables, name)  # so that what the file has wrong is said in its name
        name = load_settings.__name__
    return _build(_override(tables, own, name), name)


def settings_of(given: object) -> PatrolSettings:
    """Return settings.

    Parameters
    ----------
    given
        Settings, or the path of a file of them; None for the defaults.

    Returns
    -------
    PatrolSettings
        All values.

    Raises
    ------
    UsageError
        When it is none of these.
    SettingsError
        When the file cannot be used.
    """
    if given is None or isinstance(given, str | PathLike):
        return load_settings(given)
    return kind_of("settings", given, PatrolSettings, "settings")


def read_toml(path: Path) -> dict[str, Any]:
    """Read the tables of a TOML file.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    dict
        As it stands there.

    Raises
    ------
    SettingsError
        When it cannot be read, or is no TOML; says where.
    """
    try:
        return parse_toml(path.read_text(encoding="utf-8-sig"), path)
    except OSError as error:
        raise SettingsError(Phrase("settings.unreadable", {"path": path, "why": error})) from error
    except UnicodeError as error:
        raise SettingsError(Phrase("settings.not_toml", {"path": path, "at": ""})) from error


def parse_toml(text: str, name: object) -> dict[str, Any]:
    """Read the tables of a TOML text.

    Parameters
    ----------
    text
        Of a file.
    name
        What an error calls it.

    Returns
    -------
    dict
        As it stands there.

    Raises
    ------
    SettingsError
        When it is no TOML; says where.
    """
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # no TOML, a number too long, too deep
        raise SettingsError(Phrase("settings.not_toml", {"path": name} | _spot(error))) from error


def _plain(value: object) -> object:
    """Return a value of Python as a settings file writes it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (Range, SeasonDates, *RULE_KINDS.values())):
        return {key: _plain(each) for key, each in vars(value).items()}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        value = tuple(value.tolist()) if value.ndim == 1 else value.tolist()
    figures = list(value) if isinstance(value, tuple | list) else []
    if len(figures) == len(LEVELS) and not any(isinstance(each, str) for each in figures):
        return dict(zip(LEVELS, map(_plain, figures), strict=True))
    return figures if isinstance(value, tuple) else value


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
        raise SettingsError(Phrase("settings.not_toml", {"path": "plan_info", "at": ""})) from error


def _override(tables: dict[str, Any], own: dict[str, Any], name: str) -> dict[str, Any]:
    """Apply a user's tables over the defaults, key by key."""
    merged = dict(tables)
    for key, value in own.items():
        if key not in tables:
            _refuse_unknown("", key, tables, name)
        if key in (*TABLES, *RULE_KINDS) and not isinstance(value, dict):
            own_words = name == load_settings.__name__
            said = "settings.no_mapping" if own_words else "settings.no_table"
            raise SettingsError(Phrase(said, {"path": name, "key": key}))
        if key in TABLES:
            parts = (*HIGHWAYS, "other") if key == "cadence" else tables[key]
            told = _adopted(value, merged[key]) if key == "cadence" else value
            for part in told:
                if part not in parts:
                    _refuse_unknown(f"{key}.", part, parts, name)
            merged[key] = merged[key] | {
                part: _override_range(merged[key].get(part, {}), f"{key}.{part}", v, name)
                for part, v in told.items()
            }
        elif key in RULE_KINDS:
            _check_rules(key, value, tables[key], name)
            merged[key] = merged[key] | value
        else:
            merged[key] = _override_range(merged[key], key, value, name)
    return merged


def _adopted(own: dict[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return cadences with who adopted them and when, where the table says so for all."""
    said = {name: str(own[name]) for name in ("adopted_by", "adopted_on") if name in own}
    if not said:
        return own
    own = {part: value for part, value in own.items() if part not in said}
    whole = (v if isinstance(v, dict) else dict.fromkeys(LEVELS, v) for v in own.values())
    given = dict(zip(own, whole, strict=True))
    kept = {part: {"source": value["source"]} for part, value in known.items()}
    return {part: said | part_own for part, part_own in {**kept, **given}.items()}


def _check_rules(key: str, own: Mapping[str, Any], known: Iterable[str], name: str) -> None:
    """Refuse a rule that there is not, or a street class that OpenStreetMap does not have."""
    for rule, value in own.items():
        if rule not in known:
            _refuse_unknown(f"{key}.", rule, known, name)
        if key == "streets":
            _check_classes(rule, value, name)


def _override_range(old: dict[str, Any], key: str, own: object, name: str) -> dict[str, Any]:
    """Apply a user's values over one range; a single figure, or season, stands for all three."""
    if isinstance(own, (int, float)) or (key == "bike_season" and isinstance(own, list)):
        own = dict.fromkeys(LEVELS, own)
    if not isinstance(own, dict) and name == load_settings.__name__ and key != "bike_season":
        table, dot, part = key.partition(".")
        one, three = (f'{{"{part}": {n}}}' if dot else n for n in ("4.0", "(3, 4, 5)"))
        values = {
            "key": key,
            "value": repr(own),
            "one": f"{table}={one}",
            "three": f"{table}={three}",
        }
        raise SettingsError(Phrase("settings.no_figure", values))
    if not isinstance(own, dict):
        raise SettingsError(Phrase("settings.no_table", {"path": name, "key": key}))
    known = [f.name for f in fields(Range)]
    for part in own:
        if part not in known:
            _refuse_unknown(f"{key}.", part, known, name)
    default = {"unit": "passes per week", "source": name, "assumption": False}
    return default | old | {"source": name} | own


def _check_classes(rule: str, classes: object, name: str) -> None:
    """Refuse a list of street classes with one that OpenStreetMap does not have."""
    listing = classes if rule.startswith("required") and isinstance(classes, list) else []
    for word in listing:
        if isinstance(word, str) and word not in HIGHWAYS:
            near = meant(word, HIGHWAYS) or Phrase(
                "settings.known", {"known": listed(HIGHWAYS, 60)}
            )
            values = {"path": name, "key": f"streets.{rule}", "word": word, "meant": near}
            raise SettingsError(Phrase("settings.unknown_class", values))


def _refuse_unknown(table: str, part: str, known: Iterable[str], name: str) -> NoReturn:
    """Refuse a key for which a table, whose name ends in a dot, has no place."""
    near = [f"{table}{each}" for each in nearest(part, known)]
    there = listed((f"{table}{each}" for each in known), 60)
    told = suggestion(near) or Phrase("settings.known", {"known": there})
    values = {"path": name, "key": f"{table}{part}", "meant": told}
    raise SettingsError(Phrase("settings.unknown", values))


def _spot(error: Exception) -> dict[str, object]:
    """Return where in a file its reader gave up, without what it said in English."""
    found = _SPOT.search(str(error))
    values = {"line": found[1], "column": found[2]} if found else {}
    return {"at": Phrase("settings.at", values) if values else ""}


def _range(key: str, table: dict[str, Any], name: str) -> Range:
    if lacking := [level for level in LEVELS if level not in table]:
        values = {"path": name, "key": key, "levels": listed(lacking)}
        raise SettingsError(Phrase("settings.lacking", values))
    return _made(Range, key, table, name)


def _made(kind: Callable[..., _Made], key: str, table: dict[str, Any], name: str) -> _Made:
    """Make a record of a table; what it refuses is told by the file and the key."""
    values: dict[str, object] = {"path": name, "key": key}
    try:
        return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in table.items()})
    except SettingsError as error:
        said = error.message
        if isinstance(said, Phrase) and said.key == "record.refused":
            values |= {**said.values, "key": f"{key}.{said.values['field']}"}
            raise SettingsError(Phrase("settings.refused", values)) from error
        raise SettingsError(Phrase("settings.bad_value", values | {"why": said})) from error


def _build(tables: dict[str, Any], name: str) -> PatrolSettings:
    rules = tables["streets"]
    for key, value in rules.items():
        if key in RULE_TEXTS and not (
            isinstance(value, list | tuple) and all(isinstance(v, str) for v in value)
        ):
            raise SettingsError(Phrase("settings.bad_list", {"path": name, "key": key}))
        for tag in value if key in _TAG_LISTS else ():
            if not _TAG.fullmatch(tag):
                values = {"path": name, "key": key, "tag": repr(tag)}
                raise SettingsError(Phrase("settings.bad_tag", values))
    needed = {"cadence": {"other"}} | dict.fromkeys(TABLES[1:], set(SURFACES) - {"paved"})
    for key in TABLES:
        if lacking := needed[key] - set(tables[key]):
            msg = f"{key}.{min(lacking)}"
            raise KeyError(msg)
    ranges: dict[str, Any] = {
        table: {k: _range(f"{table}.{k}", v, name) for k, v in tables[table].items()}
        for table in TABLES
    }
    apart = (*TABLES, *RULE_KINDS, "bike_season")
    ranges |= {k: _range(k, v, name) for k, v in tables.items() if k not in apart}
    made: dict[str, Any] = {k: _made(kind, k, tables[k], name) for k, kind in RULE_KINDS.items()}
    season = _made(SeasonDates, "bike_season", tables["bike_season"], name)
    return PatrolSettings(**ranges, **made, bike_season=season)
