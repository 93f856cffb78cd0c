"""What an audience may read of a plan and its beats, in one language: for pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reso_geo.i18n import decimal, duration, say
from reso_geo.plan import FEW, reason_phrases, sees_inside, told_count

if TYPE_CHECKING:
    from reso_geo.plan import Beat, ModeFigures, Plan

__all__ = ["BeatTold", "beat_told", "cadence_told", "facts_of", "sums_of"]

_NONE = "\u2013"


@dataclass(frozen=True)
class BeatTold:
    """What an audience may read of a beat, in its language.

    Attributes
    ----------
    facts
        What is the same in all modes: label and value.
    foot, bike
        Texts by name: ``pass``, ``verdict_text``, ``cadence`` and more; empty for the public.
    """

    facts: list[tuple[str, str]]
    foot: dict[str, object]
    bike: dict[str, object]


def beat_told(beat: Beat, lang: str, audience: str) -> BeatTold:
    """Write out what may be read of a beat.

    Parameters
    ----------
    beat
        Of a plan.
    lang
        ``fr`` or ``en``.
    audience
        One of `reso_geo.i18n.AUDIENCES`.

    Returns
    -------
    BeatTold
        For the public without any figure of how beats are judged, and small counts.
    """
    facts = _facts(beat, lang, audience)
    if not sees_inside(audience):
        return BeatTold(facts, {}, {})
    return BeatTold(facts, _mode(beat.foot, lang), _mode(beat.bike, lang))


def facts_of(plan: Plan, lang: str, audience: str) -> list[str]:
    """List what a plan was made for.

    Parameters
    ----------
    plan
        A complete plan.
    lang
        ``fr`` or ``en``.
    audience
        One of `reso_geo.i18n.AUDIENCES`.

    Returns
    -------
    list of str
        How many posts, for whom beats are judged their mode and the season, and the date where it
        is known.
    """
    posts = sum(beat.posts for beat in plan.beats)
    team = "maps.one_officer" if posts == 1 else "maps.officers"
    case = [
        say(lang, f"maps.mode.{plan.request.mode}"),
        say(lang, f"maps.season.{plan.request.season}"),
    ]
    facts = [
        say(lang, team, {"count": posts}),
        *(case if sees_inside(audience) else ()),
        *([say(lang, "maps.made_on", {"date": plan.created[:10]})] if plan.created else ()),
    ]
    return [fact for fact in facts if fact]


def sums_of(plan: Plan, lang: str, audience: str) -> list[tuple[str, str]]:
    """Add up a plan.

    Parameters
    ----------
    plan
        A complete plan.
    lang
        ``fr`` or ``en``.
    audience
        One of `reso_geo.i18n.AUDIENCES`.

    Returns
    -------
    list of (str, str)
        Figure and what it is: kilometres to cover, and beats doable on foot and by bike, which are
        not for the public.
    """
    beats = plan.beats
    doable = {
        mode: sum(beat.figures(mode).verdict == "yes" for beat in beats)
        for mode in ("foot", "bike")
    }
    sums = [(decimal(lang, sum(beat.street_km for beat in beats), 0), say(lang, "maps.total_km"))]
    for mode, count in doable.items() if sees_inside(audience) else ():
        share = say(lang, "maps.of", {"count": count, "total": len(beats)})
        sums.append((share, say(lang, f"maps.doable_{mode}")))
    return sums


def _facts(beat: Beat, lang: str, audience: str) -> list[tuple[str, str]]:
    """List what is the same in all modes: label and value."""
    facts = [
        ("city", beat.city),
        ("district", beat.district),
        ("posts", str(beat.posts)),
        ("residents", _count(beat.residents, lang, audience)),
        ("counts", _count(beat.counts, lang, audience)),
        ("load", _time(lang, beat.load_s) if sees_inside(audience) else ""),
    ]
    return [(say(lang, f"maps.{label}"), value) for label, value in facts if value]


def _count(counted: int | None, lang: str, audience: str) -> str:
    """Write a count of people or calls; in public, a small one is not told."""
    if counted is None:
        return ""
    few = told_count(counted, audience) == FEW
    return say(lang, "maps.few") if few else decimal(lang, counted, 0)


def _mode(figures: ModeFigures, lang: str) -> dict[str, object]:
    found = figures.pass_s is not None
    bound = say(lang, "maps.exact") if figures.exact else _time(lang, figures.lower_bound_s)
    return {
        "pass": _time(lang, figures.pass_s) if found else say(lang, "maps.no_tour"),
        "deadhead": _time(lang, figures.deadhead_s),
        "bound": bound if found else _NONE,
        "verdict": figures.verdict,
        "verdict_text": say(lang, f"verdict.{figures.verdict}"),
        "margin": _signed_percent(lang, figures.margin),
        "reserve": _signed_percent(lang, figures.reserve),
        "cadence": cadence_told(lang, figures.every_weeks),
        "reasons": [reason.say(lang) for reason in reason_phrases(figures)],
    }


def _time(lang: str, seconds: float | None) -> str:
    return _NONE if seconds is None or not math.isfinite(seconds) else duration(lang, seconds)


def _signed_percent(lang: str, share: float | None) -> str:
    if share is None or not math.isfinite(share):
        return _NONE
    percent = round(100.0 * share)
    sign = "\u2212" if percent < 0 else "+" if percent else ""
    return f"{sign}{decimal(lang, abs(percent), 0)}\u00a0%"


def cadence_told(lang: str, every_weeks: float | None) -> str:
    """Write how often every street can be passed.

    Parameters
    ----------
    lang
        ``fr`` or ``en``.
    every_weeks
        Weeks of one pass; None for none.

    Returns
    -------
    str
        Times a week where that is more than once; a dash for none.
    """
    if every_weeks is None or not math.isfinite(every_weeks) or every_weeks <= 0.0:
        return _NONE
    if every_weeks < 1.0:
        return say(lang, "maps.times_a_week", {"times": 1.0 / every_weeks})
    return say(lang, "maps.every_weeks", {"weeks": every_weeks})
