"""PatrolSettings: every pace, cadence, shift and dwell value, with its range, unit and source.

The values stand in ``data/settings.toml``. A user's own TOML file overrides any of them; a key that
does not exist is refused with the nearest one that does.
"""

from __future__ import annotations

import difflib
import itertools
import json
import math
import tomllib
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from reso_geo.errors import SettingsError
from reso_geo.files import data_file
from reso_geo.words import Phrase

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["LEVELS", "PatrolSettings", "Range", "StreetRules", "load_settings", "parse_settings"]

LEVELS = ("low", "central", "high")


@dataclass(frozen=True)
class Range:
    """A value with its uncertainty and where it comes from.

    Attributes
    ----------
    low, central, high
        The figures, ``0 < low <= central <= high``.
    unit
        In words, for people.
    source
        Where the figures come from.
    assumption
        True when no citable source gives them.

    Raises
    ------
    ValueError
        When a figure is not finite and positive, or the three are out of order.

    Examples
    --------
    >>> Range(3.6, 4.0, 4.5, "km/h", "a study").at("low")
    3.6
    """

    low: float
    central: float
    high: float
    unit: str
    source: str
    assumption: bool = False

    def __post_init__(self) -> None:
        """Check the figures once."""
        figures = (self.low, self.central, self.high)
        if not all(
            isinstance(f, (int, float)) and not isinstance(f, bool) and math.isfinite(f)
            for f in figures
        ) or not (0 < self.low <= self.central <= self.high):
            message = f"0 < low <= central <= high must hold, got {figures}"
            raise ValueError(message)

    def at(self, level: str) -> float:
        """Give one of the three figures.

        Parameters
        ----------
        level
            ``low``, ``central`` or ``high``.

        Returns
        -------
        float
            The figure.
        """
        return {"low": self.low, "central": self.central, "high": self.high}[level]


@dataclass(frozen=True)
class StreetRules:
    """Which streets are required, and when a way is a sidewalk or a twin carriageway.

    Attributes
    ----------
    required
        Values of the ``highway`` tag that patrol must pass.
    required_if_named
        Values that it must pass where the way has a name and is no sidewalk.
    sidewalk_distance_m, sidewalk_share
        A footway with this share of its length within this distance of one required street, and
        parallel to it, is a sidewalk.
    parallel_deg
        Two lines are parallel when their bearings differ by at most this, in degrees.
    twin_distance_m, twin_share
        Opposed one-ways at most this far apart over this share of the shorter one are twins.
    least_component_share
        A component that foot cannot reach is dropped below this share of the required length.
    """

    required: tuple[str, ...]
    required_if_named: tuple[str, ...]
    sidewalk_distance_m: float
    sidewalk_share: float
    parallel_deg: float
    twin_distance_m: float
    twin_share: float
    least_component_share: float


@dataclass(frozen=True)
class PatrolSettings:
    """All assumptions of a plan.

    Attributes
    ----------
    foot_patrol_kmh, foot_transit_kmh, bike_patrol_kmh, bike_transit_kmh
        Paces: patrol (looking, greeting) and transit (deadhead).
    winter_foot_factor, winter_bike_factor
        What winter leaves of them.
    shifts_per_week, shift_h, patrol_share
        The time of one post.
    contacts_per_patrol_h, contact_min
        How often a patrol stops to talk, and for how long.
    cadence
        Passes per week by value of the ``highway`` tag; ``other`` for the rest.
    streets
        The rules that make a street required.

    Raises
    ------
    SettingsError
        When a share is above one, or the cadences of two classes change order between low, central
        and high: nested passes (see `reso_geo.workload`) need one order.
    """

    foot_patrol_kmh: Range
    foot_transit_kmh: Range
    bike_patrol_kmh: Range
    bike_transit_kmh: Range
    winter_foot_factor: Range
    winter_bike_factor: Range
    shifts_per_week: Range
    shift_h: Range
    patrol_share: Range
    contacts_per_patrol_h: Range
    contact_min: Range
    cadence: Mapping[str, Range]
    streets: StreetRules

    def __post_init__(self) -> None:
        """Check once that shares are shares and cadences keep their order; freeze them."""
        for name in ("winter_foot_factor", "winter_bike_factor", "patrol_share"):
            if getattr(self, name).high > 1.0:
                raise SettingsError(Phrase("settings.no_share", {"key": name}))
        ordered = sorted(self.cadence.items(), key=lambda item: item[1].central)
        for (lower, a), (upper, b) in itertools.pairwise(ordered):
            same = a.central == b.central
            for level in ("low", "high"):
                if a.at(level) > b.at(level) or (same and a.at(level) != b.at(level)):
                    raise SettingsError(
                        Phrase("settings.cadence_order", {"a": lower, "b": upper, "level": level})
                    )
        object.__setattr__(self, "cadence", MappingProxyType(dict(sorted(self.cadence.items()))))

    def cadence_of(self, highway: str) -> Range:
        """Give the cadence of a street class.

        Parameters
        ----------
        highway
            Value of the ``highway`` tag.

        Returns
        -------
        Range
            Passes per week.
        """
        return self.cadence.get(highway, self.cadence["other"])

    def available_s(self, level: str) -> float:
        """Give the patrol time of one post.

        Parameters
        ----------
        level
            ``low``, ``central`` or ``high``.

        Returns
        -------
        float
            Seconds per week: shifts x hours x share of the shift spent on patrol.

        Examples
        --------
        >>> round(load_settings().available_s("central") / 3600, 1)
        16.2
        """
        shifts, hours, share = (
            value.at(level) for value in (self.shifts_per_week, self.shift_h, self.patrol_share)
        )
        return shifts * hours * 3600.0 * share

    def assumptions(self) -> tuple[str, ...]:
        """Name the values that no citable source gives.

        Returns
        -------
        tuple of str
            Keys as in the settings file, in its order.
        """
        flat = {f.name: getattr(self, f.name) for f in fields(self)}
        flat |= {f"cadence.{name}": value for name, value in self.cadence.items()}
        return tuple(
            name for name, value in flat.items() if isinstance(value, Range) and value.assumption
        )

    def to_json(self) -> str:
        """Write all values as one line of JSON, for the plan file.

        Returns
        -------
        str
            What `parse_settings` reads back.
        """
        tables = {f.name: getattr(self, f.name) for f in fields(self)}
        tables["cadence"] = {name: asdict(value) for name, value in self.cadence.items()}
        plain = {k: v if isinstance(v, dict) else asdict(v) for k, v in tables.items()}
        return json.dumps(plain, ensure_ascii=False, sort_keys=True)


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
        raise SettingsError(
            Phrase("settings.unreadable", {"path": path, "why": error.strerror})
        ) from error
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
        if key in ("cadence", "streets") and not isinstance(value, dict):
            raise SettingsError(Phrase("settings.no_table", {"path": name, "key": key}))
        if key == "cadence":
            merged[key] = merged[key] | {
                street: _override_range(merged[key].get(street, {}), f"cadence.{street}", v, name)
                for street, v in value.items()
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
    """Lay a user's figures over one range; a single figure stands for all three."""
    if isinstance(own, (int, float)):
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


def _unknown(key: str, known: Mapping[str, object] | list[str], name: str) -> SettingsError:
    near = difflib.get_close_matches(key, list(known), n=1, cutoff=0.0)
    return SettingsError(Phrase("settings.unknown", {"path": name, "key": key, "near": near[0]}))


def _range(key: str, table: dict[str, Any], name: str) -> Range:
    try:
        return Range(**table)
    except (TypeError, ValueError) as error:
        raise SettingsError(
            Phrase("settings.bad_value", {"path": name, "key": key, "why": error})
        ) from error


def _frozen_lists(rules: dict[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in rules.items()}


def _build(tables: dict[str, Any], name: str) -> PatrolSettings:
    rules = tables["streets"]
    for key, value in rules.items():
        listed = key.startswith("required")
        if listed and not (
            isinstance(value, list | tuple) and all(isinstance(v, str) for v in value)
        ):
            raise SettingsError(Phrase("settings.bad_list", {"path": name, "key": key}))
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not listed and not (number and 0 <= value < math.inf):
            raise SettingsError(
                Phrase("settings.bad_value", {"path": name, "key": key, "why": repr(value)})
            )
    cadence = {k: _range(f"cadence.{k}", v, name) for k, v in tables["cadence"].items()}
    if "other" not in cadence:
        msg = "cadence.other"
        raise KeyError(msg)
    return PatrolSettings(
        **{k: _range(k, v, name) for k, v in tables.items() if k not in ("cadence", "streets")},
        cadence=cadence,
        streets=StreetRules(**_frozen_lists(rules)),
    )
