"""Markdown in which anyone's text stands literally, and a plan written in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reso_geo.plan import audience_text
from reso_geo.report.cells import visible
from reso_geo.report.tables import plan_tables, plan_title
from reso_geo.words import decimal, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reso_geo.plan import Plan
    from reso_geo.report.tables import Column, Table

__all__ = ["markdown", "plain"]

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~&!${}%@^]|(?<=\w):(?=//)|(?<=www)\.)", re.IGNORECASE)
_LIST_START = re.compile(r"^(\d{0,9})([-+=.)])")
_PLACES = {"whole": 0, "tenth": 1, "hundredth": 2}
_DASH = " \u2013 "
_LEFT_OUT = ("office.sheet.streets",)
"""Thousands of rows belong in a spreadsheet."""


def plain(text: str) -> str:
    r"""Keep a text from being read as Markdown, HTML, a formula, a link or a template.

    Parameters
    ----------
    text
        Anyone's text.

    Returns
    -------
    str
        On one line, with a backslash before each sign that a renderer would take for something.

    Examples
    --------
    >>> print(plain("*{{7}}* www.x.org"))
    \*\{\{7\}\}\* www\.x.org
    """
    return _LIST_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", visible(text)))


def markdown(plan: Plan, lang: str, audience: str) -> str:
    """Write the tables of a plan, but for that of its streets.

    Parameters
    ----------
    plan
        A complete plan.
    lang
        ``fr`` or ``en``.
    audience
        One of `reso_geo.words.AUDIENCES`.

    Returns
    -------
    str
        CommonMark with the tables of GitHub.
    """
    return "\n\n".join(_blocks(plan, lang, audience)) + "\n"


def _blocks(plan: Plan, lang: str, audience: str) -> Iterator[str]:
    yield f"# {plain(plan_title(plan, lang))}"
    marks = [audience_text(audience, lang)]
    if plan.provisional:
        marks.append(say(lang, "report.provisional"))
    yield f"**{plain(_DASH.join(marks))}**"
    for table in plan_tables(plan, lang, audience):
        if table.key not in _LEFT_OUT:
            yield f"## {plain(say(lang, table.key))}"
            yield _table(table, lang)
            yield from (plain(note) for note in table.notes)


def _table(table: Table, lang: str) -> str:
    heads = [plain(column.heads(lang)[0]) for column in table.columns]
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
        return plain(str(value))
    if column.kind == "share":
        return f"{decimal(lang, 100.0 * value, 0)}\u00a0%"
    if column.kind == "setting":
        figure = f"{value:g}"
        return figure.replace(".", ",") if lang == "fr" else figure
    return decimal(lang, value, _PLACES[column.kind])
