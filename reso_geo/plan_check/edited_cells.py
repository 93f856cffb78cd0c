"""Cells of an edited layer: what they say, and whether that is what was adopted."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import shapely
from pyproj.exceptions import ProjError

from reso_geo.boundaries.shapes import moved
from reso_geo.plan_check.findings import Edit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo.plan_file import Layer

__all__ = [
    "changed_rows",
    "flag_of",
    "in_crs",
    "lost_columns",
    "posts_of",
    "same_cell",
    "same_shape",
    "text_of",
]

_NEAR_M = 0.05
"""Shapes this near are the same: a layer that went through another CRS comes back so."""
_TRUE, _FALSE = frozenset({"1", "true", "t", "yes"}), frozenset({"0", "false", "f", "no"})


def text_of(cell: object) -> str:
    """Return the text of an id or a name.

    Parameters
    ----------
    cell
        Whatever a cell holds.

    Returns
    -------
    str
        Without blanks around it; empty for NULL; a whole number without a fraction.
    """
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def flag_of(cell: object) -> bool | None:
    """Return what a cell for yes or no says.

    Parameters
    ----------
    cell
        Whatever a cell holds.

    Returns
    -------
    bool or None
        None for what is neither.
    """
    text = text_of(cell).lower()
    return True if text in _TRUE else False if text in _FALSE else None


def posts_of(cell: object) -> int | None:
    """Return the number of posts in a cell.

    Parameters
    ----------
    cell
        Whatever a cell holds.

    Returns
    -------
    int or None
        None for what is no whole number from one up.
    """
    text = text_of(cell)
    return int(text) if text.isascii() and text.isdecimal() and int(text) > 0 else None


def same_cell(one: object, other: object) -> bool:
    """Return whether two cells say the same, whatever their types.

    Parameters
    ----------
    one, other
        Whatever cells hold.

    Returns
    -------
    bool
        Numbers may differ by what a detour through text leaves.
    """
    if one == other:
        return True
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return text_of(one) == text_of(other)


def same_shape(one: shapely.Geometry | None, other: shapely.Geometry | None) -> bool:
    """Return whether two shapes lie in the same place.

    Parameters
    ----------
    one, other
        In the same CRS; None for none.

    Returns
    -------
    bool
        True where no point is more than 5 cm off.
    """
    if one is None or other is None:
        return one is other
    if shapely.equals_exact(one, other, _NEAR_M):
        return True
    return bool(shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), _NEAR_M))


def lost_columns(name: str, found: Layer, adopted: Layer) -> list[Edit]:
    """List the columns that a layer had, and has no more.

    Parameters
    ----------
    name
        Of the layer.
    found, adopted
        As the file has it now, and as it was adopted.

    Returns
    -------
    list of Edit
        Empty when none is lost.
    """
    lost = tuple(each for each in adopted.columns if each not in found.columns)
    return [Edit("columns_lost", lost, {"layer": name})] if lost else []


def changed_rows(
    found: Sequence[Any], adopted: Sequence[Any], ids: Sequence[str]
) -> tuple[str, ...]:
    """List the rows in which a column differs.

    Parameters
    ----------
    found, adopted
        Cells of the same rows.
    ids
        Of the rows.

    Returns
    -------
    tuple of str
        Ids, in the order of the rows.
    """
    rows = zip(found, adopted, ids, strict=True)
    return tuple(each for one, other, each in rows if not same_cell(one, other))


def in_crs(layer: Layer, crs: str) -> tuple[Layer, str]:
    """Bring a layer into a CRS.

    Parameters
    ----------
    layer
        As it was read.
    crs
        That of the plan.

    Returns
    -------
    tuple of (Layer, str)
        The layer, and ``same``, ``reprojected``, or ``no_crs`` for one whose CRS is not known: it
        is taken for the plan's, and its shapes are compared with those adopted anyhow.
    """
    if layer.crs in ("", crs.upper()) or not len(layer.geometry):
        return layer, "same"
    try:
        shapes = moved(shapely.force_2d(layer.geometry), layer.crs, crs)
    except ProjError:
        return replace(layer, crs=crs), "no_crs"
    return replace(layer, geometry=shapes, crs=crs), "reprojected"
