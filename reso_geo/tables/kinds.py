"""The columns that a table must have, and the kinds of input tables with the columns of each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from reso_geo.atomic_files import data_file

__all__ = ["KINDS", "LOCATED", "PLACE", "InputColumn"]


@dataclass(frozen=True)
class InputColumn:
    """A column that a table must have.

    Attributes
    ----------
    name
        Its name, also its English header.
    fr
        Its French header.
    also
        Other headers that are understood, in order of preference.
    within
        Smallest and largest number; None for text.
    whole
        The number has no fraction.
    filled
        An empty text is a fault; a number never may be empty.
    degrees
        Half of a place: its limits are judged together with the other half.
    optional
        A text that a table may go without: it is empty then.
    day
        The text is a day, ``YYYY-MM-DD`` once it is read.
    """

    name: str
    fr: str
    also: tuple[str, ...] = ()
    within: tuple[float, float] | None = None
    whole: bool = False
    filled: bool = False
    degrees: bool = False
    optional: bool = False
    day: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """All headers that stand for it, in order of preference."""
        return (self.name, self.fr, *self.also)


def _read() -> dict[str, tuple[InputColumn, ...]]:
    """Read the columns of each kind."""
    tables = tomllib.loads(data_file("columns.toml").read_text(encoding="utf-8"))
    return {kind: tuple(map(_column, columns)) for kind, columns in tables.items()}


def _column(values: dict[str, Any]) -> InputColumn:
    return InputColumn(**values | {k: tuple(v) for k, v in values.items() if isinstance(v, list)})


_COLUMNS = _read()
PLACE = _COLUMNS.pop("place")
"""Longitude, latitude and geometry: where a row lies."""
KINDS = MappingProxyType(_COLUMNS)
LOCATED = frozenset({"anchors", "population", "counts", "bases", "elevations"})
"""Kinds whose rows have a place: ``lon`` and ``lat``, or a geometry."""
