"""Features of a file or a frame, moved to longitude and latitude, and how they are refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from reso_geo.i18n import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

__all__ = ["DEGREES", "Features", "Refusing", "Row", "in_degrees", "rows_of"]

DEGREES = CRS.from_epsg(4326)


class Refusing(Protocol):
    """A file being read, and how to say that it cannot be used."""

    @property
    def path(self) -> Path:
        """The file."""
        ...

    def refuse(self, key: str, values: Mapping[str, object] | None = None) -> NoReturn:
        """Raise an error that names the file.

        Parameters
        ----------
        key
            What is wrong: the last part of a key of the catalogue.
        values
            What goes into the sentence besides the file.
        """
        ...


@dataclass(frozen=True)
class Row:
    """A feature: its place in the file counted from 1, its values by column, its geometry."""

    number: int
    values: Mapping[str, object]
    shape: BaseGeometry | None


@dataclass(frozen=True)
class Features:
    """The features of a file in its order, in EPSG:4326, and the name of the CRS they had."""

    rows: list[Row]
    crs: str


def rows_of(columns: Mapping[str, Any], shapes: Iterable[BaseGeometry | None]) -> list[Row]:
    """Return features from their columns.

    Parameters
    ----------
    columns
        The cells of each column by its name.
    shapes
        The geometry of each feature.

    Returns
    -------
    list of Row
        Counted from 1.
    """
    return [
        Row(at + 1, {name: cells[at] for name, cells in columns.items()}, shape)
        for at, shape in enumerate(shapes)
    ]


def in_degrees(file: Refusing, rows: list[Row], crs: CRS) -> Features:
    """Return features with their geometries in longitude and latitude.

    Parameters
    ----------
    file
        What refuses coordinates that are no numbers.
    rows
        Features in a coordinate system of their own.
    crs
        That one.

    Returns
    -------
    Features
        In EPSG:4326.
    """
    odd = [r.number for r in rows if not np.isfinite(shapely.get_coordinates(r.shape)).all()]
    if odd:
        file.refuse("not_finite", {"rows": listed(odd)})
    name = ":".join(crs.to_authority() or (crs.name,))
    if crs.equals(DEGREES, ignore_axis_order=True):
        return Features(rows, name)
    try:
        move = Transformer.from_crs(crs, 4326, always_xy=True).transform
    except ProjError:
        file.refuse("unknown_crs")

    def moved(shape: BaseGeometry | None) -> BaseGeometry | None:
        if shape is None:
            return None
        return shapely.transform(
            shape,
            lambda points: np.column_stack([*move(points[:, 0], points[:, 1]), points[:, 2:]]),
            include_z=shape.has_z,
        )

    return Features([Row(row.number, row.values, moved(row.shape)) for row in rows], name)
