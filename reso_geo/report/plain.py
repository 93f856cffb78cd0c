"""Anyone's text inside Markdown: shown as it stands, never read as markup."""

from __future__ import annotations

import re

from reso_geo.report.tables.csv_cells import visible

__all__ = ["plain_text"]

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~&!${}%@^]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
_LIST_START = re.compile(r"^(\d{0,9})([-+=.)])")


def plain_text(text: str) -> str:
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
    >>> print(plain_text("*{{7}}* www.x.org"))
    \*\{\{7\}\}\* www\.x.org
    """
    return _LIST_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", visible(text)))
