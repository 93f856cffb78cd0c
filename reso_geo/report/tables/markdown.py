"""A table in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reso_geo.i18n import decimal
from reso_geo.report.plain import plain_text

if TYPE_CHECKING:
    from reso_geo.report.tables.table import Cell, Column, Table

__all__ = ["markdown_table"]


def markdown_table(table: Table, lang: str) -> str:
    """Write a table.

    Parameters
    ----------
    table
        With text of anyone, which is shown as it stands.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    str
        As GitHub reads it, figures on the right.
    """
    heads = [plain_text(head) for head in table.heads(lang)]
    marks = ["---" if column.is_text else "---:" for column in table.columns]
    rows = [
        [_cell(value, column, lang) for column, value in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, marks, *rows))


def _cell(value: Cell, column: Column[Any], lang: str) -> str:
    shown = column.shown(value, lang)
    if shown is None or isinstance(shown, str):
        return plain_text(shown or "")
    if column.kind == "setting":
        figure = f"{shown:g}"
        return figure.replace(".", ",") if lang == "fr" else figure
    return decimal(lang, shown, column.places) + ("\u00a0%" if column.kind == "share" else "")
