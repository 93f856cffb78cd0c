"""What the page says and shows: only what is listed here ever reaches it.

Everything is written out in the page's language, so that the page itself computes nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reso_geo.assess import INNER_REASONS
from reso_geo.maps.palette import PALETTE
from reso_geo.maps.shapes import PER_DEGREE, Drawing, colours, draw
from reso_geo.plan import assumption_text, assumptions_of
from reso_geo.words import decimal, duration, say

if TYPE_CHECKING:
    from reso_geo.plan import Beat, ModeFigures, Plan
    from reso_geo.words import Phrase

__all__ = ["BeatTold", "beat_told", "content", "facts_of", "place_of", "sums_of"]

_PUBLIC_NOTES = ("boundary.", "network.", "partition.", "travel.")
_FEW = 10
_LABELS = (
    "title", "map_label", "whole", "zoom_in", "zoom_out", "beat", "district", "street_km", "foot",
    "bike", "table", "pass", "deadhead", "bound", "verdict", "margin", "cadence", "why", "unnamed",
    "base", "legend", "legend_street", "legend_beat", "legend_city", "legend_district",
    "legend_colours", "warnings", "method", "assumptions", "credit",
)  # fmt: skip
_NONE = "\u2013"


def content(plan: Plan, lang: str, audience: str) -> dict[str, object]:
    """Give all that the page needs, ready for `reso_geo.maps.encode.safe_json`.

    Parameters
    ----------
    plan
        What to show.
    lang
        ``fr`` or ``en``.
    audience
        One of `reso_geo.words.AUDIENCES`. The public sees neither bases nor loads nor what tells
        of anchors.

    Returns
    -------
    dict
        Texts and whole numbers.
    """
    drawing = draw(plan)
    public = audience == "public"
    return {
        "text": {label: say(lang, f"maps.{label}") for label in _LABELS},
        "head": _head(plan, lang, audience),
        "beats": _beats(plan, drawing, lang, public=public),
        "about": _about(plan, lang, public=public),
        "origin": drawing.origin,
        "extent": drawing.extent,
        "per_degree": PER_DEGREE,
        "cities": drawing.cities,
        "districts": drawing.districts,
        "streets": _streets(plan, drawing),
    }


def place_of(plan: Plan) -> str:
    """Name where the plan lies.

    Parameters
    ----------
    plan
        With its boundary.

    Returns
    -------
    str
        The cities; without a boundary, the name of the street source.
    """
    return ", ".join(plan.boundary.names)


@dataclass(frozen=True)
class BeatTold:
    """What an audience may read of a beat, in its language.

    Attributes
    ----------
    facts
        What is the same in all modes: label and value.
    foot, bike
        Texts by name: ``pass``, ``verdict_text``, ``cadence`` and more.
    """

    facts: list[tuple[str, str]]
    foot: dict[str, object]
    bike: dict[str, object]


def beat_told(beat: Beat, lang: str, *, public: bool) -> BeatTold:
    """Write out what may be read of a beat.

    Parameters
    ----------
    beat
        Of a plan.
    lang
        ``fr`` or ``en``.
    public
        Whether all the world reads it.

    Returns
    -------
    BeatTold
        For the public without loads, reasons that tell of anchors, and small counts.
    """
    # A margin and the pass together give the load away, and with it a masked count.
    told = not (public and beat.counts is not None)
    return BeatTold(
        _facts(beat, lang, public=public),
        _mode(beat.foot, lang, public=public, told=told),
        _mode(beat.bike, lang, public=public, told=told),
    )


def facts_of(plan: Plan, lang: str) -> list[str]:
    """Say what a plan was made for.

    Parameters
    ----------
    plan
        A complete plan.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    list of str
        How many officers, their mode, the season, and the date where it is known.
    """
    posts = sum(beat.posts for beat in plan.beats)
    team = "maps.one_officer" if posts == 1 else "maps.officers"
    facts = [
        say(lang, team, {"count": posts}),
        say(lang, f"maps.mode.{plan.request.mode}"),
        say(lang, f"maps.season.{plan.request.season}"),
        plan.created[:10],
    ]
    return [fact for fact in facts if fact]


def sums_of(plan: Plan, lang: str) -> list[tuple[str, str]]:
    """Add up a plan.

    Parameters
    ----------
    plan
        A complete plan.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    list of (str, str)
        Figure and what it is: kilometres to cover, beats doable on foot and by bike.
    """
    beats = plan.beats
    doable = {
        mode: sum(beat.figures(mode).verdict == "yes" for beat in beats)
        for mode in ("foot", "bike")
    }
    sums = [(decimal(lang, sum(beat.street_km for beat in beats), 0), say(lang, "maps.total_km"))]
    for mode, count in doable.items():
        share = say(lang, "maps.of", {"count": count, "total": len(beats)})
        sums.append((share, say(lang, f"maps.doable_{mode}")))
    return sums


def _head(plan: Plan, lang: str, audience: str) -> dict[str, object]:
    return {
        "place": place_of(plan),
        "facts": facts_of(plan, lang),
        "audience": say(lang, f"maps.audience.{audience}"),
        "provisional": say(lang, "maps.provisional") if plan.provisional else "",
        "sums": sums_of(plan, lang),
    }


def _beats(plan: Plan, drawing: Drawing, lang: str, *, public: bool) -> list[dict[str, object]]:
    number = colours(plan.shapes)
    several = len({beat.city for beat in plan.beats}) > 1
    shown = []
    for k, beat in enumerate(plan.beats):
        told = beat_told(beat, lang, public=public)
        one: dict[str, object] = {
            "id": beat.beat_id,
            "name": beat.name,
            "city": beat.city if several else "",
            "district": beat.district,
            "where": beat.description(lang),
            "km": decimal(lang, beat.street_km),
            "colour": PALETTE[number[k] % len(PALETTE)],
            # A seventh number, which only beats in several pieces can need, is told by dashes.
            "dashed": number[k] >= len(PALETTE),
            "facts": told.facts,
            "foot": told.foot,
            "bike": told.bike,
            "rings": drawing.beats[k],
            "label": drawing.labels[k],
            "size": round(plan.shapes[k].area),
        }
        if not public:
            one["base"] = drawing.bases[k]
            one["base_name"] = name = plan.partition.base_name[k]
            one["facts"] = [*told.facts, (say(lang, "maps.base"), name)] if name else told.facts
        shown.append(one)
    return shown


def _facts(beat: Beat, lang: str, *, public: bool) -> list[tuple[str, str]]:
    """List what is the same in all modes: label and value."""
    facts = [
        ("city", beat.city),
        ("district", beat.district),
        ("posts", str(beat.posts)),
        ("residents", _count(beat.residents, lang, public=public)),
        ("counts", _count(beat.counts, lang, public=public)),
        ("load", "" if public else _time(lang, beat.load_s)),
    ]
    return [(say(lang, f"maps.{label}"), value) for label, value in facts if value]


def _count(counted: int | None, lang: str, *, public: bool) -> str:
    """Write a count of people or calls; in public, a small one is not told."""
    if counted is None:
        return ""
    return say(lang, "maps.few") if public and counted < _FEW else decimal(lang, counted, 0)


def _mode(figures: ModeFigures, lang: str, *, public: bool, told: bool) -> dict[str, object]:
    found = figures.pass_s is not None
    reasons = [code for code in figures.reasons if not (public and code in INNER_REASONS)]
    bound = say(lang, "maps.exact") if figures.exact else _time(lang, figures.lower_bound_s)
    return {
        "pass": _time(lang, figures.pass_s) if found else say(lang, "maps.no_tour"),
        "deadhead": _time(lang, figures.deadhead_s),
        "bound": bound if found else _NONE,
        "verdict": figures.verdict,
        "verdict_text": say(lang, f"verdict.{figures.verdict}"),
        "margin": _signed_percent(lang, figures.margin) if told else _NONE,
        "cadence": _cadence(lang, figures.every_weeks) if told else _NONE,
        "reasons": [say(lang, f"reason.{code}") for code in reasons],
    }


def _time(lang: str, seconds: float | None) -> str:
    return _NONE if seconds is None or not math.isfinite(seconds) else duration(lang, seconds)


def _signed_percent(lang: str, share: float) -> str:
    if not math.isfinite(share):
        return _NONE
    percent = round(100.0 * share)
    sign = "\u2212" if percent < 0 else "+" if percent else ""
    return f"{sign}{decimal(lang, abs(percent), 0)}\u00a0%"


def _cadence(lang: str, every_weeks: float | None) -> str:
    if every_weeks is None or not math.isfinite(every_weeks) or every_weeks <= 0.0:
        return _NONE
    if every_weeks < 1.0:
        return say(lang, "maps.times_a_week", {"times": 1.0 / every_weeks})
    return say(lang, "maps.every_weeks", {"weeks": every_weeks})


def _about(plan: Plan, lang: str, *, public: bool) -> dict[str, object]:
    warnings = [note for note in plan.warnings if not public or _for_public(note)]
    if not public:
        warnings.extend(plan.partition.balance_why)
    source = plan.network.source
    dated = "maps.source" if source.timestamp else "maps.source_undated"
    sources = [say(lang, dated, {"name": source.name, "date": source.timestamp[:10]})]
    if plan.boundary.kind != "extent":
        sources.append(say(lang, "maps.outline_source", {"origin": plan.boundary.origin}))
    return {
        "warnings": [note.say(lang) for note in warnings],
        "method": [say(lang, "maps.method_pass"), say(lang, "maps.method_verdict"), *sources],
        "assumptions": [assumption_text(plan.settings, key, lang) for key in assumptions_of(plan)],
    }


def _for_public(note: Phrase) -> bool:
    """Tell whether a note names neither anchors nor loads."""
    return note.key.startswith(_PUBLIC_NOTES)


def _streets(plan: Plan, drawing: Drawing) -> dict[str, object]:
    """List each street once; those of a beat stand together, `count` of them."""
    names: dict[str, int] = {"": 0}
    of_name = [
        names.setdefault(name or ref, len(names))
        for name, ref in zip(
            plan.network.name[drawing.segments].tolist(),
            plan.network.ref[drawing.segments].tolist(),
            strict=True,
        )
    ]
    beat_of = plan.partition.beat_of[drawing.segments].tolist()
    count = [0] * len(plan.beats)
    for beat in beat_of:
        count[beat] += 1
    return {"names": list(names), "name": of_name, "count": count, "line": drawing.lines}
