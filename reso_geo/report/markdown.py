"""A plan in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.i18n import say
from reso_geo.report.plain import plain_text
from reso_geo.report.tables.markdown import markdown_table
from reso_geo.report.tables.plan_tables import plan_marks, plan_tables, plan_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reso_geo.plan import Plan

__all__ = ["markdown"]

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
    yield f"**{plain_text(_DASH.join(plan_marks(plan, lang, audience)))}**"
    for table in plan_tables(plan, lang, audience, drawn):
        if table.key not in _LEFT_OUT:
            yield f"## {plain_text(say(lang, table.key))}"
            yield markdown_table(table, lang)
            yield from (plain_text(note) for note in table.notes)
