"""A plan in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.i18n import decimal, say
from reso_geo.plan import audience_text
from reso_geo.report.plain import plain_text
from reso_geo.report.tables.plan_tables import plan_tables, plan_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reso_geo.plan import Plan
    from reso_geo.report.tables.plan_tables import Column, Table

__all__ = ["markdown"]

_PLACES = {"whole": 0, "tenth": 1, "hundredth": 2}
_DASH = " \u2013 "
_LEFT_OUT = ("office.sheet.streets",)
"""Thousands of rows belong in a spreadsheet."""


def markdown(plan: Plan, lang: str, audience: str, drawn: str = "") -> str:
    """Write the tables of a plan, but for that of its streets.

    Parameters
    ----------
    plan
        A complete plan.
    lang
        ``fr`` or ``en``.
    audience
        One of `reso_geo.i18n.AUDIENCES`.
    drawn
        The day that it says it was drawn on; empty for none.

    Returns
    -------
    str
        CommonMark with the tables of GitHub.
    """
    return "\n\n".join(_blocks(plan, lang, audience, drawn)) + "\n"


def _blocks(plan: Plan, lang: str, audience: str, drawn: str) -> Iterator[str]:
    yield f"# {plain_text(plan_title(plan, lang))}"
    marks = [audience_text(audience, lang)]
    if plan.provisional:
        marks.append(say(lang, "report.provisional"))
    yield f"**{plain_text(_DASH.join(marks))}**"
    for table in plan_tables(plan, lang, audience, drawn):
        if table.key not in _LEFT_OUT:
            yield f"## {plain_text(say(lang, table.key))}"
            yield _table(table, lang)
            yield from (plain_text(note) for note in table.notes)


def _table(table: Table, lang: str) -> str:
    heads = [plain_text(column.heads(lang)[0]) for column in table.columns]
    marks = ["---" if column.kind == "text" else "---:" for column in table.columns]
    rows = [
        [_cell(value, column, lang) for column, value in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, marks, *rows))


def _cell(value: object, column: Column, lang: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, int | float):
        return plain_text(str(value))
    if column.kind == "share":
        return f"{decimal(lang, 100.0 * value, 0)}\u00a0%"
    if column.kind == "setting":
        figure = f"{value:g}"
        return figure.replace(".", ",") if lang == "fr" else figure
    return decimal(lang, value, _PLACES[column.kind])
