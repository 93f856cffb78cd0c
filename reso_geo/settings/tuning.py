"""Tuning: figures that a search goes by, each with its limits; read from TOML and checked once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from reso_geo.choices import meant
from reso_geo.errors import SettingsError
from reso_geo.i18n import Phrase, listed
from reso_geo.records import FieldCheck
from reso_geo.settings.read import parse_toml, read_toml

if TYPE_CHECKING:
    from os import PathLike

__all__ = ["Tuning", "count", "figure", "share"]


def figure(default: float | tuple[float, ...], low: float = 0.0, high: float = math.inf) -> Any:  # noqa: ANN401 - as `field`
    """Return a field of a `Tuning` that holds a number, or a tuple of numbers.

    Parameters
    ----------
    default
        Its usual value; a whole number for a field that holds no other.
    low, high
        What each number lies between, both included.

    Returns
    -------
    dataclasses.Field
        With its limits.
    """
    return field(default=default, metadata={"low": low, "high": high})


def share(default: float | tuple[float, ...], low: float = 0.0) -> Any:  # noqa: ANN401 - as `field`
    """Return a field that holds a share of something, at most all of it.

    Parameters
    ----------
    default
        Its usual value.
    low
        The least.

    Returns
    -------
    dataclasses.Field
        With its limits.
    """
    return figure(default, low, 1.0)


def count(default: int, low: int = 1) -> Any:  # noqa: ANN401 - as `field`
    """Return a field that holds a whole number.

    Parameters
    ----------
    default
        Its usual value.
    low
        The least.

    Returns
    -------
    dataclasses.Field
        With its limits.
    """
    return figure(default, low)


class Tuning:
    """A frozen dataclass of figures with limits, and of groups of such figures.

    Raises
    ------
    SettingsError
        When a figure is not finite, is none, or is beyond its limits; names the group and it.
    """

    def __post_init__(self) -> None:
        """Check all once."""
        check = FieldCheck(type(self).__name__, SettingsError)
        for each in fields(self):  # type: ignore[arg-type]
            value = getattr(self, each.name)
            if isinstance(each.default, Tuning):
                if type(value) is not type(each.default):
                    kind = {"kind": type(each.default).__name__}
                    check.refuse(each.name, value, Phrase("record.kind", kind))
            elif isinstance(each.default, tuple):
                if not isinstance(value, tuple) or not value:
                    check.refuse(each.name, value, Phrase("record.numbers"))
                for row, one in enumerate(value):
                    check.number(f"{each.name}[{row}]", one, **each.metadata)
            else:
                whole = isinstance(each.default, int)
                check.number(each.name, value, **each.metadata, whole=whole)

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Self:
        """Return the usual figures but for some.

        Parameters
        ----------
        values
            Figures by name, lists and mappings as a file has them.

        Returns
        -------
        Tuning
            Of this class.

        Raises
        ------
        SettingsError
            When there is no such figure, with the nearest that there is, or as for the class.
        """
        usual: dict[str, object] = {each.name: each.default for each in fields(cls)}  # type: ignore[arg-type]
        found: dict[str, Any] = {}
        for name, value in values.items():
            if name not in usual:
                near = meant(name, usual) or Phrase("settings.known", {"known": listed(usual, 60)})
                said = {"path": cls.__name__, "key": name, "meant": near}
                raise SettingsError(Phrase("settings.unknown", said))
            group = usual[name]
            if isinstance(group, Tuning) and isinstance(value, Mapping):
                found[name] = group.of(value)
            else:
                found[name] = tuple(value) if isinstance(value, list) else value
        return cls(**found)

    @classmethod
    def from_toml(cls, source: str | PathLike[str]) -> Self:
        """Return the usual figures but for those of a file.

        Parameters
        ----------
        source
            A TOML file, or its text: a string with an equals sign is text.

        Returns
        -------
        Tuning
            Of this class.

        Raises
        ------
        SettingsError
            When the file cannot be read or is no TOML, or as for `of`.
        """
        if isinstance(source, str) and "=" in source:
            return cls.of(parse_toml(source, cls.__name__))
        return cls.of(read_toml(Path(source)))
