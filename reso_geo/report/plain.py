"""Anyone's text inside Markdown: shown as it stands, never read as markup."""

from __future__ import annotations

import re

__all__ = ["plain_text"]

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~&!@]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
_BREAKS = re.compile("[\x00-\x20\x7f\u0085\u2028\u2029]+")


def plain_text(text: str) -> str:
    r"""Keep a text from being read as Markdown or HTML, and on one line.

    Parameters
    ----------
    text
        Anyone's text.

    Returns
    -------
    str
        With a backslash before what would be markup, a link or an address.

    Examples
    --------
    >>> print(plain_text("<b>Rue *A*"))
    \<b\>Rue \*A\*
    """
    return _MARKUP.sub(r"\\\1", _BREAKS.sub(" ", text))
