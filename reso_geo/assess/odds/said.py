"""A chance and a verdict in words, for people who never heard of percentiles."""

from __future__ import annotations

import math

from reso_geo.i18n import Phrase

__all__ = ["chance_phrase", "verdict_phrase"]

_LEAST = 0.05
"""Nearer to never or always than that, one of ten computations says too much."""
_EXACT = 1e-9


def chance_phrase(chance: float, verdict: str) -> Phrase:
    """Return a chance as computations in ten.

    Parameters
    ----------
    chance
        From 0 to 1.
    verdict
        That it gave: what is shown never reaches the chance of another verdict.

    Returns
    -------
    Phrase
        A yes is rounded down, what is uncertain towards the middle.
    """
    if chance in (0.0, 1.0):
        return Phrase("odds.all" if chance else "odds.none")
    if chance < _LEAST or chance > 1.0 - _LEAST:
        return Phrase("odds.less" if chance < _LEAST else "odds.more")
    tenths = 10.0 * chance
    down, up = math.floor(tenths + _EXACT), math.ceil(tenths - _EXACT)
    if verdict == "borderline":
        shown = down if tenths > 5.0 else up  # noqa: PLR2004 - the middle of ten
    else:
        shown = down if verdict == "yes" else round(tenths)
    return Phrase("odds.tenths", {"tenths": shown})


def verdict_phrase(verdict: str, chance: float, to_measure: str | None = None) -> Phrase:
    """Return a verdict with its chance.

    Parameters
    ----------
    verdict
        One of `reso_geo.assess.VERDICTS`.
    chance
        Of having time enough.
    to_measure
        The assumption that decides on its own; None or empty for none.

    Returns
    -------
    Phrase
        Such as "enough time, 9 computations in 10".
    """
    word = Phrase("verdict.measure" if to_measure else f"verdict.{verdict}")
    return Phrase("odds.verdict", {"verdict": word, "chance": chance_phrase(chance, verdict)})
