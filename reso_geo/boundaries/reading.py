"""A boundary file while it is read: how it is refused, and the notes on it so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from reso_geo.boundaries.boundary import file_name
from reso_geo.errors import BoundaryError
from reso_geo.i18n import Phrase, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from reso_geo.tables.feature_rows import Row

__all__ = ["Inner", "Reading"]


@dataclass
class Reading:
    """What is known while one file is read: its path for the messages, and the notes so far."""

    path: Path
    notes: list[Phrase] = field(default_factory=list)

    def at(self, path: Path, broken: str) -> Inner:
        """Return the same reading for a file that was taken out of this one.

        Parameters
        ----------
        path
            Where that file lies.
        broken
            What is said when it cannot be read: the last part of a key of the catalogue.

        Returns
        -------
        Inner
            It refuses in the name of this file.
        """
        return Inner(self, path, broken)

    def refuse(self, key: str, values: Mapping[str, object] | None = None) -> NoReturn:
        """Raise a BoundaryError that names the file.

        Parameters
        ----------
        key
            Of the catalogue, without its first part.
        values
            What goes into the sentence besides the file.

        Raises
        ------
        BoundaryError
            Always.
        """
        where = {"file": file_name(self.path)}
        raise BoundaryError(Phrase(f"boundary.{key}", where | dict(values or {})))

    def refuse_rows(self, key: str, rows: Iterable[Row]) -> None:
        """Raise a BoundaryError that names the file and these rows, if there are any.

        Parameters
        ----------
        key
            Of the catalogue, without its first part.
        rows
            Those that cannot be used.

        Raises
        ------
        BoundaryError
            When there is a row.
        """
        numbers = [row.number for row in rows]
        if numbers:
            self.refuse(key, {"rows": listed(numbers)})

    def note(self, key: str, values: Mapping[str, object]) -> None:
        """Keep a note on what was repaired or assumed.

        Parameters
        ----------
        key
            Of the catalogue, without its first part.
        values
            What goes into the sentence besides the file.
        """
        where = {"file": file_name(self.path)}
        self.notes.append(Phrase(f"boundary.note.{key}", where | dict(values)))


@dataclass(frozen=True)
class Inner:
    """A file that is read for another, which the planner knows."""

    outer: Reading
    path: Path
    broken: str

    def refuse(self, key: str, values: Mapping[str, object] | None = None) -> NoReturn:
        """Raise a BoundaryError that names the file that the planner knows.

        Parameters
        ----------
        key
            Of the catalogue, without its first part.
        values
            What goes into the sentence besides the file.

        Raises
        ------
        BoundaryError
            Always.
        """
        self.outer.refuse(self.broken if key == "broken_geopackage" else key, values)
