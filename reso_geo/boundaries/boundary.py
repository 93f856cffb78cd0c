"""The record of a boundary: named shapes that never overlap, where they come from, how good."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from reso_geo.boundaries.shapes import apart, astride, overlaps
from reso_geo.errors import BoundaryError
from reso_geo.i18n import Phrase, listed
from reso_geo.records import FieldCheck

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["KINDS", "Boundary", "clean_name", "file_name", "one_line"]

KINDS = ("precise", "generalised", "extent")
_LONGEST_NAME = 200


def one_line(text: str) -> str:
    r"""Return a text in NFC, on one line, without anything invisible.

    Parameters
    ----------
    text
        Anything a file or a person wrote.

    Returns
    -------
    str
        The text; empty when nothing is left.

    Examples
    --------
    >>> one_line("  Old\tGreenfield Park ")
    'Old Greenfield Park'
    """
    signs = (sign for sign in text if unicodedata.category(sign) != "Cf")
    printable = (" " if unicodedata.category(sign)[0] == "C" else sign for sign in signs)
    return " ".join(unicodedata.normalize("NFC", "".join(printable)).split())


def clean_name(text: str) -> str:
    """Return a name as it is kept: `one_line`, 200 characters at most.

    Parameters
    ----------
    text
        A name as a file has it.

    Returns
    -------
    str
        The name; empty when nothing is left.

    Examples
    --------
    >>> clean_name(" Brossard")
    'Brossard'
    """
    return one_line(text)[:_LONGEST_NAME].rstrip()


def file_name(path: Path) -> str:
    """Return a file's name as messages and credits show it.

    Parameters
    ----------
    path
        A file.

    Returns
    -------
    str
        Its name without folders.

    Examples
    --------
    >>> from reso_geo.atomic_files import data_file
    >>> file_name(data_file("boundaries/registry.toml"))
    'registry.toml'
    """
    return one_line(path.name)


def _grouped(number: float) -> str:
    return f"{number:_.0f}".replace("_", "\u00a0")


@dataclass(frozen=True)
class Boundary:
    """Where patrol takes place: one named shape per city.

    Attributes
    ----------
    names
        One per city, unique, in NFC, in the order of the source.
    shapes
        One per name, in longitude and latitude (EPSG:4326), valid; no two share more than 1 m². A
        strip narrower than 5 m that two share is left to the first by name.
    kind
        ``precise``, ``generalised`` (an outline drawn from a few figures) or ``extent`` (the hull
        of the streets).
    origin
        The credit: a file's name, an OpenStreetMap relation, or what an outline was drawn from.
    notes
        What was repaired or assumed on reading.

    Raises
    ------
    BoundaryError
        When cities overlap by more than 1 m² and such a strip, or the parts contradict each other.

    Examples
    --------
    >>> shape = shapely.MultiPolygon([shapely.box(-73.5, 45.4, -73.4, 45.5)])
    >>> Boundary(("Longueuil",), (shape,), "generalised", "by hand").provisional
    True
    """

    names: tuple[str, ...]
    shapes: tuple[shapely.MultiPolygon, ...]
    kind: str
    origin: str
    notes: tuple[Phrase, ...] = ()

    def __post_init__(self) -> None:
        """Check everything once, where the record is made."""
        check = FieldCheck("Boundary", BoundaryError)
        check.texts("names", self.names)
        if not isinstance(self.shapes, tuple):
            check.refuse("shapes", self.shapes, Phrase("boundary.tuple"))
        check.text("kind", self.kind)
        check.text("origin", self.origin)
        if self.kind not in KINDS:
            values: dict[str, object] = {"kind": self.kind, "kinds": listed(KINDS)}
            raise BoundaryError(Phrase("boundary.unknown_kind", values))
        self._check_names()
        self._check_shapes()
        shapes = apart(self.shapes, self.names)
        if shapes != self.shapes:
            object.__setattr__(self, "shapes", shapes)
        pairs = overlaps(shapes)
        if pairs:
            found = listed(
                f"{self.names[i]} + {self.names[j]} ({_grouped(area)} m²)" for i, j, area in pairs
            )
            raise BoundaryError(Phrase("boundary.overlap", {"origin": self.origin, "pairs": found}))

    def _check_names(self) -> None:
        unclean = [name for name in self.names if not name or name != clean_name(name)]
        fits = len(self.names) == len(self.shapes) > 0
        if unclean or not fits or len(set(self.names)) < len(self.names):
            values: dict[str, object] = {
                "origin": self.origin,
                "names": listed(repr(name) for name in self.names),
                "shapes": len(self.shapes),
            }
            raise BoundaryError(Phrase("boundary.bad_names", values))

    def _check_shapes(self) -> None:
        if astride(shapely.get_coordinates(self.shapes)[:, 0]):
            raise BoundaryError(Phrase("boundary.meridian", {"origin": self.origin}))
        bad = [
            name
            for name, shape in zip(self.names, self.shapes, strict=True)
            if not isinstance(shape, shapely.MultiPolygon) or shape.is_empty or not shape.is_valid
        ]
        if bad:
            values: dict[str, object] = {"origin": self.origin, "names": listed(bad)}
            raise BoundaryError(Phrase("boundary.bad_shapes", values))

    @property
    def provisional(self) -> bool:
        """Whether the outlines are generalised, so that a plan on them is only provisional."""
        return self.kind == "generalised"
