"""Texts of the page: each in both languages, so that the page only chooses."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from reso_geo.i18n import LANGUAGES, decimal, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reso_geo.i18n import Phrase

__all__ = ["Text", "all_in_both", "both", "number", "percent", "phrase", "text"]

Text = str | list[str]
"""One text for both languages, or the French one and the English one."""
_NOTHING: Mapping[str, object] = MappingProxyType({})


def both(write: Callable[[str], str]) -> Text:
    """Write something in both languages.

    Parameters
    ----------
    write
        Gives the text for ``fr`` or ``en``.

    Returns
    -------
    str or list of str
        One text where both are the same.

    Examples
    --------
    >>> both(lambda lang: decimal(lang, 2.5)), both(lambda lang: decimal(lang, 2, 0))
    (['2,5', '2.5'], '2')
    """
    return _merged([write(lang) for lang in LANGUAGES])


def _merged(written: list[str]) -> Text:
    return written[0] if written[0] == written[1] else written


def all_in_both(write: Callable[[str], Mapping[str, str]]) -> dict[str, Text]:
    """Write several texts in both languages.

    Parameters
    ----------
    write
        Gives texts by the same keys for ``fr`` or ``en``.

    Returns
    -------
    dict of str to str or list of str
        See `both`.
    """
    each = [write(lang) for lang in LANGUAGES]
    return {key: _merged([texts[key] for texts in each]) for key in each[0]}


def text(key: str, values: Mapping[str, object] = _NOTHING) -> Text:
    """Return a sentence of the catalogue in both languages.

    Parameters
    ----------
    key, values
        As in `reso_geo.i18n.say`.

    Returns
    -------
    str or list of str
        See `both`.
    """
    return both(lambda lang: say(lang, key, values))


def phrase(sentence: Phrase) -> Text:
    """Return a phrase in both languages.

    Parameters
    ----------
    sentence
        With its values.

    Returns
    -------
    str or list of str
        See `both`.
    """
    return both(sentence.say)


def number(value: float, places: int = 1) -> Text:
    """Return a number in both languages.

    Parameters
    ----------
    value, places
        As in `reso_geo.i18n.decimal`.

    Returns
    -------
    str or list of str
        See `both`.
    """
    return both(lambda lang: decimal(lang, value, places))


def percent(share: float) -> Text:
    """Return a share in both languages.

    Parameters
    ----------
    share
        Zero or more.

    Returns
    -------
    str or list of str
        In whole per cent.
    """
    return both(lambda lang: f"{decimal(lang, 100.0 * share, 0)}\u00a0%")
