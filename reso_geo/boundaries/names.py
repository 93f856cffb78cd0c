"""Comparing place names as people type them, and suggesting the nearest ones."""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["folded", "nearest"]

_SPELT_OUT = {"st": "saint", "ste": "sainte"}
_LIKENESS = 0.5
_SUGGESTIONS = 3


def folded(name: str) -> str:
    """Give a name in the form in which two spellings of it are equal.

    Parameters
    ----------
    name
        A place name.

    Returns
    -------
    str
        Lower case, without accents, hyphens and apostrophes; ``St`` and ``Ste`` are spelt out.

    Examples
    --------
    >>> folded("St-Hubert") == folded("SAINT HUBERT")
    True
    """
    signs = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(sign for sign in signs if not unicodedata.combining(sign))
    words = re.sub(r"[^\w]|_", " ", plain).split()
    return " ".join(_SPELT_OUT.get(word, word) for word in words)


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Give the names that someone may have meant, best first.

    Parameters
    ----------
    name
        What was typed.
    known
        The names that exist.

    Returns
    -------
    list of str
        Three at most.

    Examples
    --------
    >>> nearest("Brosard", ["Boucherville", "Brossard"])
    ['Brossard']
    """
    by_form = {folded(each): each for each in known}
    wanted = folded(name)
    inside = [form for form in by_form if wanted and (wanted in form or form in wanted)]
    alike = difflib.get_close_matches(wanted, by_form, n=_SUGGESTIONS, cutoff=_LIKENESS)
    forms = list(dict.fromkeys([*alike, *inside]))[:_SUGGESTIONS]
    return [by_form[form] for form in forms]
