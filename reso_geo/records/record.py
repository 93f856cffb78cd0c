"""Record: a frozen dataclass with arrays, compared by content; a copy is checked as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import ClassVar

import numpy as np

__all__ = ["Record", "freeze", "same_values"]


class Record:
    """A frozen dataclass with arrays: compared by content, and checked again when copied."""

    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        """Compare all fields, arrays by content."""
        if type(self) is not type(other):
            return NotImplemented
        return all(same_values(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))  # type: ignore[arg-type]

    def __reduce__(self) -> tuple[object, tuple[type, dict[str, object]]]:
        """Return how a copy is made: from the fields, which are checked and frozen again."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]
        plain = {k: dict(v) if isinstance(v, Mapping) else v for k, v in values.items()}
        return _rebuilt, (type(self), plain)


def freeze(record: object) -> None:
    """Make the arrays of a record read-only.

    Parameters
    ----------
    record
        A dataclass whose fields are checked.
    """
    for value in vars(record).values():
        if isinstance(value, np.ndarray):
            value.flags.writeable = False


def _rebuilt(kind: type, values: dict[str, object]) -> object:
    return kind(**values)


def same_values(one: object, other: object) -> bool:
    """Return whether two values of fields are equal, arrays by content.

    Parameters
    ----------
    one, other
        Values; tuples and mappings of them too.

    Returns
    -------
    bool
        NaN is equal to NaN.
    """
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        if not (isinstance(one, np.ndarray) and isinstance(other, np.ndarray)):
            return False
        floats = one.dtype.kind == other.dtype.kind == "f"
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=floats)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same_values(one[key], other[key]) for key in one)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same_values, one, other))
    return bool(one == other)
