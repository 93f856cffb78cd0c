"""What an audience may read of a plan and its beats, in one language: for page, print and note."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reso_geo.i18n import decimal, duration, say
from reso_geo.plan import FEW, sees_inside, shown_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo.plan import Beat, ModeFigures, Plan

__all__ = ["beat_facts", "cadence_text", "facts_of", "mode_facts", "sums_of", "time_text"]

_NONE = "\u2013"


def beat_facts(beat: Beat, lang: str, audience: str) -> dict[str, str]:
    """List what is the same of a beat in all modes.

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
    dict of str to str
        Texts by what they tell, in order, without what is not known; for the public without loads
        and small counts.
    """
    facts = {
        "city": beat.city,
        "district": beat.district,
        "posts": str(beat.posts),
        "street_km": decimal(lang, beat.street_km),
        "residents": _count(beat.residents, lang, audience),
        "counts": _count(beat.counts, lang, audience),
        "load": time_text(beat.load_s, lang) if sees_inside(audience) else "",
    }
    return {key: text for key, text in facts.items() if text}


def mode_facts(figures: ModeFigures, lang: str) -> dict[str, str]:
    """List how a beat is judged in one mode and season; nothing of it is for the public.

    Parameters
    ----------
    figures
        Of the beat.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    dict of str to str
        Texts by what they tell.
    """
    found = figures.pass_s is not None
    bound = say(lang, "maps.exact") if figures.exact else time_text(figures.lower_bound_s, lang)
    return {
        "pass": time_text(figures.pass_s, lang) if found else say(lang, "maps.no_tour"),
        "deadhead": time_text(figures.deadhead_s, lang),
        "bound": bound if found else _NONE,
        "verdict": figures.said.say(lang),
        "spare": _signed_percent(lang, figures.reserve),
        "margin": _signed_percent(lang, figures.margin),
        "cadence": cadence_text(figures.every_weeks, lang),
        "fits": _NONE
        if figures.cadence_share is None
        else say(lang, "maps.fits_share", {"share": round(100 * figures.cadence_share)}),
    }


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
    key = "maps.one_officer" if posts == 1 else "maps.officers"
    case = [
        say(lang, f"maps.mode.{plan.request.mode}"),
        say(lang, f"maps.season.{plan.request.season}"),
    ]
    facts = [
        say(lang, key, {"count": posts}),
        *(case if sees_inside(audience) else ()),
        *([say(lang, "maps.made_on", {"date": plan.created[:10]})] if plan.created else ()),
    ]
    return [fact for fact in facts if fact]


def sums_of(plan: Plan, modes: Sequence[str], season: str, lang: str) -> dict[str, str]:
    """Add up a plan.

    Parameters
    ----------
    plan
        A complete plan.
    modes
        Whose odds are told; none for the public.
    season
        ``summer`` or ``winter``.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    dict of str to str
        Texts by what they tell: kilometres to cover, or those with an officer where some wait, and
        beats with time enough in each mode.
    """
    beats = plan.beats
    key = "served_km" if plan.unserved.any() else "total_km"
    sums = {key: decimal(lang, sum(beat.street_km for beat in beats), 0)}
    for mode in modes:
        found = plan.enough_in(mode, season)
        numbers = {name: getattr(found, name) for name in ("low", "central", "high")}
        sums[f"doable_{mode}"] = say(lang, "odds.of", {"count": len(beats), **numbers})
    return sums


def _count(counted: int | None, lang: str, audience: str) -> str:
    """Write a count of people or calls; in public, a small one is not told."""
    if counted is None:
        return ""
    few = shown_count(counted, audience) == FEW
    return say(lang, "maps.few") if few else decimal(lang, counted, 0)


def time_text(seconds: float | None, lang: str) -> str:
    """Write a duration.

    Parameters
    ----------
    seconds
        None or infinite for none.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    str
        A dash for none.
    """
    return _NONE if seconds is None or not math.isfinite(seconds) else duration(lang, seconds)


def _signed_percent(lang: str, share: float | None) -> str:
    if share is None or not math.isfinite(share):
        return _NONE
    percent = round(100.0 * share)
    sign = "\u2212" if percent < 0 else "+" if percent else ""
    return f"{sign}{decimal(lang, abs(percent), 0)}\u00a0%"


def cadence_text(every_weeks: float | None, lang: str) -> str:
    """Write how often every street can be passed.

    Parameters
    ----------
    every_weeks
        Weeks of one pass; None for none.
    lang
        ``fr`` or ``en``.

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
