"""What a plan's file holds beside the plan: what a planner added in QGIS or with other programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

__all__ = ["KEYS", "STYLE_COLUMNS", "Extras"]

KEYS = {
    "segments": "segment_id",
    "beats": "beat_id",
    "bases": "beat_id",
    "junctions": "node_id",
    "boundaries": "name",
    "posts": "post_id",
}
"""Layers whose rows have an id, by which further columns find their row again."""
STYLE_COLUMNS = (
    "f_table_name", "f_geometry_column", "styleName", "styleQML", "styleSLD", "useAsDefault",
    "description",
)  # fmt: skip
"""What QGIS keeps of a style, but for who made it."""


@dataclass(frozen=True)
class Extras:
    """What goes into a plan's file beside the plan.

    Attributes
    ----------
    source
        The file that it comes from; None where only layers are added.
    columns
        Names of further columns, by layer; one of `KEYS`.
    ids
        Ids of beats that have another id in the new plan, and that id.
    things
        Names of further tables, views, triggers and indexes.
    styles
        Further styles, the values of `STYLE_COLUMNS` for each.
    layers
        Further layers by name, made by the program.
    """

    source: Path | None = None
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    things: tuple[str, ...] = ()
    styles: Sequence[tuple[object, ...]] = ()
    layers: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def id_of(self, layer: str, cell: object) -> str:
        """Return the id that a row of the source has in the new plan.

        Parameters
        ----------
        layer
            One of `KEYS`.
        cell
            Its id in the source.

        Returns
        -------
        str
            The same but for a beat that has another.
        """
        text = " ".join(str(cell).split())
        return self.ids.get(text, text) if KEYS[layer] == "beat_id" else text
