"""What a plan's file holds beside the plan: columns, layers and styles that a planner added."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

__all__ = ["STYLE_COLUMNS", "Extras"]

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
    columns
        Further columns by layer, a table of them with the layer's ids as its index.
    layers
        Further layers by name.
    styles
        Further styles, the values of `STYLE_COLUMNS` for each.
    """

    columns: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    layers: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    styles: Sequence[tuple[object, ...]] = ()

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """Names of the further columns, by layer."""
        return {layer: tuple(map(str, table.columns)) for layer, table in self.columns.items()}

    def widened(self, layer: str, table: pd.DataFrame) -> pd.DataFrame:
        """Give a layer with its further columns.

        Parameters
        ----------
        layer
            Its name.
        table
            With the ids of its rows in the first column.

        Returns
        -------
        DataFrame
            Of the same kind; empty cells where a row has nothing to add.
        """
        more = self.columns.get(layer)
        if more is None:
            return table
        found = more.reindex(table.iloc[:, 0])
        return table.assign(**{name: found[name].to_numpy() for name in self.names[layer]})
