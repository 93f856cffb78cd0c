"""When two plans are the same one: all but what saving and loading cannot keep."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from reso_geo.records import same_values

if TYPE_CHECKING:
    from reso_geo.boundaries import Boundary
    from reso_geo.demand import Anchors

__all__ = ["same_plan"]

_NEAR_DEG = 1e-8
"""What projecting there and back leaves of a place at most; a millimetre on the ground."""
_FIGURES = ("name", "kind", "visits_per_week", "minutes")
_APART = frozenset({"network", "boundary", "anchors"})


def same_plan(one: Any, other: Any) -> bool:  # noqa: ANN401 - plans, which are built on this
    """Return whether two plans are equal in all that a file keeps.

    Parameters
    ----------
    one, other
        Plans.

    Returns
    -------
    bool
        See `reso_geo.Plan`.
    """
    names = [f.name for f in fields(one) if f.name not in _APART]
    return (
        all(same_values(getattr(one, name), getattr(other, name)) for name in names)
        and replace(one.network, area=None) == replace(other.network, area=None)
        and _same_cities(one.boundary, other.boundary)
        and _same_anchors(one.anchors, other.anchors)
    )


def _same_cities(one: Boundary, other: Boundary) -> bool:
    about = [(each.names, each.kind, each.origin, each.notes) for each in (one, other)]
    return about[0] == about[1] and bool(
        shapely.equals_exact(
            shapely.normalize(list(one.shapes)), shapely.normalize(list(other.shapes)), _NEAR_DEG
        ).all()
    )


def _same_anchors(one: Anchors, other: Anchors) -> bool:
    return (
        len(one) == len(other)
        and all(same_values(getattr(one, each), getattr(other, each)) for each in _FIGURES)
        and bool(np.allclose(_places(one), _places(other), rtol=0.0, atol=_NEAR_DEG))
    )


def _places(anchors: Anchors) -> Any:  # noqa: ANN401 - an array, as numpy types it
    return np.stack((anchors.lon, anchors.lat))
