"""A chance and a verdict in words, for people who never heard of percentiles."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reso_geo.i18n import Phrase

if TYPE_CHECKING:
    from reso_geo.settings import PatrolSettings

__all__ = [
    "cadence_phrase", "chance_phrase", "in_percent", "in_tenths", "rule_phrase", "short_figure",
    "verdict_phrase",
]  # fmt: skip

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


def verdict_phrase(
    verdict: str, chance: float, to_measure: str | None = None, *, short: bool = False
) -> Phrase:
    """Return a verdict with its chance.

    Parameters
    ----------
    verdict
        One of `reso_geo.assess.VERDICTS`.
    chance
        Of having time enough.
    to_measure
        The assumption that decides on its own; None or empty for none.
    short
        True where there is little room.

    Returns
    -------
    Phrase
        Such as "enough time, 9 computations in 10". Of any other verdict it says that the chance is
        one of having time enough, which is easily read the other way round.
    """
    code, tenths = "measure" if to_measure else verdict, chance_phrase(chance, verdict)
    if not short:
        values = {"verdict": Phrase(f"verdict.{code}"), "chance": tenths}
        if verdict == "yes":
            return Phrase("odds.verdict", values)
        if tenths.key == "odds.none":
            return Phrase("odds.verdict_never", values)
        only = verdict == "no" and tenths.key == "odds.tenths"
        return Phrase("odds.verdict_few" if only else "odds.verdict_some", values)
    few = Phrase(f"{tenths.key}_short", tenths.values)
    return Phrase("odds.short", {"verdict": Phrase(f"short.{code}"), "chance": few})


def rule_phrase(settings: PatrolSettings) -> Phrase:
    """Return what the words of verdicts mean, and what they do not: once in every output.

    Parameters
    ----------
    settings
        With the thresholds.

    Returns
    -------
    Phrase
        A few sentences.
    """
    rules = settings.odds
    values = {"yes": in_tenths(rules.yes_from), "no": in_tenths(rules.no_up_to)}
    return Phrase("odds.rule", values)


def in_tenths(chance: float) -> float | int:
    """Return a chance as computations in ten.

    Parameters
    ----------
    chance
        A threshold, from 0 to 1.

    Returns
    -------
    float or int
        A whole number where it is one.

    Examples
    --------
    >>> in_tenths(0.8), in_tenths(0.75)
    (8, 7.5)
    """
    return short_figure(10.0 * chance)


def in_percent(share: float) -> float | int:
    """Return a share as per cent.

    Parameters
    ----------
    share
        Of one.

    Returns
    -------
    float or int
        A whole number where it is one, so that no ``.0`` is shown.

    Examples
    --------
    >>> in_percent(0.82), in_percent(0.825)
    (82, 82.5)
    """
    return short_figure(100.0 * share)


def cadence_phrase(settings: PatrolSettings) -> Phrase:
    """Return the cadence that verdicts are for, and who adopted it where the settings say so.

    Parameters
    ----------
    settings
        With the cadence of ordinary streets.

    Returns
    -------
    Phrase
        One sentence.
    """
    asked = settings.cadence["other"]
    values: dict[str, object] = {"times": short_figure(asked.central)}
    if not asked.adopted_by:
        return Phrase("odds.cadence", values)
    values |= {"by": asked.adopted_by, "on": asked.adopted_on or Phrase("odds.undated")}
    return Phrase("odds.cadence_by", values)


def short_figure(figure: float) -> float | int:
    """Return a whole number where it is one, so that no ``.0`` is shown.

    Parameters
    ----------
    figure
        Finite.

    Returns
    -------
    float or int
        The same, to the billionth.

    Examples
    --------
    >>> short_figure(8.0), short_figure(7.5)
    (8, 7.5)
    """
    return round(figure) if abs(figure - round(figure)) < _EXACT else figure
