"""Digests of what a hand edit of a plan's file can change, and the format's number."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any, Protocol

import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["ANCHOR_COLUMNS", "FIGURE_COLUMNS", "NEWER_FIGURES", "SCHEMA", "SCHEMAS", "digests_of"]

SCHEMAS = ("5", "6", "7", "8")
"""The formats that are read, oldest first."""
SCHEMA = SCHEMAS[-1]
_MODE_COLUMNS = (
    "pass_s", "deadhead_s", "bound_s", "verdict", "margin", "reasons", "exact", "every_weeks",
    "reserve", "set_aside", "chance", "low_s", "high_s", "to_measure",
)  # fmt: skip
FIGURE_COLUMNS = (
    "beat_id", "city", "posts", "residents", "street_km", "load_s", "counts", "counts_load_s",
    *(f"{mode}_{column}" for mode in ("foot", "bike") for column in _MODE_COLUMNS),
)  # fmt: skip
"""Columns of beats that belong together: none can change without the others."""
NEWER_FIGURES: Mapping[str, tuple[str, ...]] = {
    "6": ("foot_reserve", "foot_set_aside", "bike_reserve", "bike_set_aside"),
    "8": tuple(
        f"{mode}_{column}"
        for mode in ("foot", "bike")
        for column in ("chance", "low_s", "high_s", "to_measure")
    ),
}
"""Those of them that came with a format, by its number: digests of older files lack them."""
ANCHOR_COLUMNS = ("name", "kind", "visits_per_week", "minutes")


class LayerTable(Protocol):
    """A layer, whether read by SQLite or about to be written."""

    def __getitem__(self, name: str, /) -> Any:  # noqa: ANN401 - a column of either
        """Return a column."""

    @property
    def geometry(self) -> Any:  # noqa: ANN401 - shapes of either
        """The shapes."""


def digests_of(
    segments: LayerTable, beats: LayerTable, anchors: LayerTable, schema: str = SCHEMA
) -> dict[str, str]:
    """Compute the digests of what a hand edit can change.

    Parameters
    ----------
    segments, beats, anchors
        Layers of a plan, in any order of rows.
    schema
        Number of the format of the file that the digests are compared with.

    Returns
    -------
    dict of str to str
        SHA-256 by name: ``segments`` over ids, beats and which are required; ``beats`` over ids and
        polygons; ``figures`` over the columns of beats that are worked out, and the posts;
        ``anchors`` over places and visits.
    """
    columns = [segments[name] for name in ("segment_id", "beat_id", "required")]
    return {
        "segments": _digest(columns),
        "beats": _digest([beats["beat_id"], _shapes(beats.geometry)]),
        "figures": _digest([beats[name] for name in _figure_columns(schema)]),
        "anchors": _digest(
            [*(anchors[name] for name in ANCHOR_COLUMNS), _shapes(anchors.geometry)]
        ),
    }


def _figure_columns(schema: str) -> tuple[str, ...]:
    """Return the columns of figures that a format has."""
    later = SCHEMAS[SCHEMAS.index(schema) + 1 :]
    newer = {name for number in later for name in NEWER_FIGURES.get(number, ())}
    return tuple(name for name in FIGURE_COLUMNS if name not in newer)


def _shapes(shapes: Iterable[shapely.Geometry | None]) -> list[str]:
    """Return each shape as text, however its parts are ordered."""
    return [
        "" if shape is None else shapely.to_wkb(shapely.normalize(shape), hex=True)
        for shape in shapes
    ]


def _digest(columns: Sequence[Iterable[object]]) -> str:
    rows = ("\t".join(_text(cell) for cell in row) for row in zip(*columns, strict=True))
    return hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()


def _text(cell: Any) -> str:  # noqa: ANN401 - whatever a cell holds
    """Write a cell alike for NULL, NaN and None, and for a number of any kind."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    number = float(cell)
    return "" if math.isnan(number) else repr(number)
