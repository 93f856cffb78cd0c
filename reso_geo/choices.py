"""Words and names to choose from, as people type them, and the nearest ones to suggest."""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING

from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase, listed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

__all__ = [
    "check_choice",
    "check_ids",
    "folded",
    "id_form",
    "in_a_row",
    "meant",
    "named",
    "nearest",
    "suggestion",
]

_SPELT_OUT = {"st": "saint", "ste": "sainte"}
_PART = re.compile(r"\d+|[^\W\d_]+")
_LIKENESS = 0.6
_SUGGESTIONS = 3
_LONG_ENOUGH = 3
"""Letters of a name that may be suggested because it stands inside what was typed."""


def folded(name: str) -> str:
    """Return a name in the form in which two spellings of it are equal.

    Parameters
    ----------
    name
        A place name, an id, a word.

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


def id_form(text: str) -> tuple[str, ...]:
    """Return the form in which two spellings of an id are equal.

    Parameters
    ----------
    text
        An id as somebody typed it.

    Returns
    -------
    tuple of str
        Its letters in lower case and its numbers without leading zeros, in order; blanks,
        hyphens and the like left out.

    Examples
    --------
    >>> id_form("VDE-02") == id_form(" vde 2 ")
    True
    """
    parts = _PART.findall(text.casefold())
    return tuple(str(int(part)) if part.isdecimal() else part for part in parts)


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Find the names that someone may have meant, best first.

    Parameters
    ----------
    name
        What was typed.
    known
        The names that exist.

    Returns
    -------
    list of str
        Three at most; none where nothing is like it.

    Examples
    --------
    >>> nearest("Brosard", ["Boucherville", "Brossard"])
    ['Brossard']
    """
    by_form: dict[str, str] = {}
    for each in known:
        by_form.setdefault(folded(each), each)
    wanted = folded(name)
    inside = [form for form in by_form if _within(wanted, form) or _within(form, wanted)]
    alike = difflib.get_close_matches(wanted, by_form, n=_SUGGESTIONS, cutoff=_LIKENESS)
    forms = list(dict.fromkeys([*alike, *inside]))[:_SUGGESTIONS]
    return [by_form[form] for form in forms]


def _within(short: str, long: str) -> bool:
    return len(short) >= _LONG_ENOUGH and short in long


def meant(unknown: str | Iterable[str], known: Iterable[str]) -> Phrase | str:
    """Return whether a known name was meant, ready to follow the sentence that refuses another.

    Parameters
    ----------
    unknown
        What was typed: one name, or several.
    known
        The names that exist.

    Returns
    -------
    Phrase or str
        A question that begins with a space; empty where nothing is like it.

    Examples
    --------
    >>> str(meant("Brosard", ["Boucherville", "Brossard"]))
    ' Did you mean “Brossard”?'
    >>> meant("x", ["Brossard"])
    ''
    """
    names = list(known)
    if isinstance(unknown, str):
        found = nearest(unknown, names)
    else:
        found = list(dict.fromkeys(near for each in unknown for near in nearest(each, names)[:1]))
    return suggestion(found)


def suggestion(names: Sequence[str]) -> Phrase | str:
    """Return the question whether one of some names was meant.

    Parameters
    ----------
    names
        Best first.

    Returns
    -------
    Phrase or str
        A question that begins with a space; empty for no name.

    Examples
    --------
    >>> str(suggestion(["foot", "bike"]))
    ' Did you mean “foot” or “bike”?'
    """
    if not names:
        return ""
    *others, last = (Phrase("choices.quoted", {"name": name}) for name in names[:8])
    either = Phrase("choices.or", {"a": in_a_row(others), "b": last}) if others else last
    return Phrase("choices.meant", {"names": either})


def in_a_row(phrases: Iterable[Phrase]) -> Phrase | str:
    """Join phrases with commas, in whichever language they are said.

    Parameters
    ----------
    phrases
        In order.

    Returns
    -------
    Phrase or str
        Empty for none.

    Examples
    --------
    >>> str(in_a_row(Phrase("choices.quoted", {"name": name}) for name in "ab"))
    '“a”, “b”'
    """
    row: Phrase | str = ""
    for each in phrases:
        row = Phrase("choices.and", {"a": row, "b": each}) if row else each
    return row


def named(text: str, known: Iterable[str]) -> str | None:
    """Find the one known name that a text stands for, in any case and with or without accents.

    Parameters
    ----------
    text
        What was typed.
    known
        The names that exist; one spelt exactly so goes first.

    Returns
    -------
    str or None
        None where there is none, or several are equally near.

    Examples
    --------
    >>> named("st lambert", ["Saint-Lambert", "Brossard"])
    'Saint-Lambert'
    """
    names = list(known)
    if text in names:
        return text
    wanted = folded(text)
    found = {name for name in names if wanted and folded(name) == wanted}
    return found.pop() if len(found) == 1 else None


def check_choice(value: object, known: Collection[str]) -> None:
    """Refuse a word that is none of those that are known.

    Parameters
    ----------
    value
        As a user wrote it.
    known
        The words to choose from.

    Raises
    ------
    UsageError
        When it is none of them; the message names them.

    Examples
    --------
    >>> check_choice("bkie", ("foot", "bike"))
    Traceback (most recent call last):
    ...
    reso_geo.errors.UsageError: "bkie" is not known. Choose one of foot, bike. Did you mean “bike”?
    """
    if value not in known:
        words = {"value": value, "known": listed(known, 20), "meant": meant(str(value), known)}
        raise UsageError(Phrase("choices.unknown", words))


def check_ids(key: str, wanted: Iterable[str], known: Sequence[str]) -> None:
    """Refuse ids that are none of those that are known.

    Parameters
    ----------
    key
        Of the sentence that refuses them.
    wanted
        As somebody asked for them.
    known
        The ids to choose from.

    Raises
    ------
    UsageError
        When one is none of them; the message names them all, and the nearest.
    """
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        values = {"unknown": listed(unknown), "known": listed(known, 20)}
        raise UsageError(Phrase(key, {**values, "meant": meant(unknown, known)}))
