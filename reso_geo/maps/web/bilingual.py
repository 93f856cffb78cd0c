"""Texts of the page: each in both languages, so that the page only chooses."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING

from reso_geo.i18n import LANGUAGES, decimal, duration, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reso_geo.i18n import Phrase

__all__ = [
    "NONE", "Text", "both", "cadence", "number", "percent", "phrase", "signed_percent", "text",
    "time",
]  # fmt: skip

Text = str | list[str]
"""One text for both languages, or the French one and the English one."""
NONE = "\u2013"
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
    written = [write(lang) for lang in LANGUAGES]
    return written[0] if written[0] == written[1] else written


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


def time(seconds: float | None) -> Text:
    """Return a duration in both languages.

    Parameters
    ----------
    seconds
        None or infinite for none.

    Returns
    -------
    str or list of str
        A dash for none.
    """
    if seconds is None or not math.isfinite(seconds):
        return NONE
    return both(lambda lang: duration(lang, seconds))


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


def signed_percent(share: float | None) -> Text:
    """Return a share with its sign.

    Parameters
    ----------
    share
        Negative where something is short; None or infinite for none.

    Returns
    -------
    str or list of str
        In whole per cent, a dash for none.
    """
    if share is None or not math.isfinite(share):
        return NONE
    whole = round(100.0 * share)
    sign = "\u2212" if whole < 0 else "+" if whole else ""
    return both(lambda lang: f"{sign}{decimal(lang, abs(whole), 0)}\u00a0%")


def cadence(every_weeks: float | None) -> Text:
    """Return how often every street can be passed.

    Parameters
    ----------
    every_weeks
        Weeks of one pass; None for none.

    Returns
    -------
    str or list of str
        A dash for none.
    """
    if every_weeks is None or not math.isfinite(every_weeks) or every_weeks <= 0.0:
        return NONE
    if every_weeks < 1.0:
        return text("maps.times_a_week", {"times": 1.0 / every_weeks})
    return text("maps.every_weeks", {"weeks": every_weeks})
