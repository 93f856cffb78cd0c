"""A plan as CSV for a spreadsheet and as JSON for a program."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess import INNER_REASONS
from reso_geo.demand import place_anchors
from reso_geo.errors import UsageError
from reso_geo.plan import assumption_label, assumptions_of
from reso_geo.report.cells import number_cell, text_cell, write_rows
from reso_geo.travel import MODES
from reso_geo.words import AUDIENCES, LANGUAGES, Phrase, say

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.plan import Beat, ModeFigures, Plan

__all__ = ["plan_report", "plan_summary"]

_LEAST_TOLD = 10


def plan_report(plan: Plan, path: Path, lang: str = "fr", audience: str = "internal") -> None:
    """Write a row a beat, as a spreadsheet of the language opens it.

    Parameters
    ----------
    plan
        A complete plan.
    path
        The ``.csv`` file to make or replace: UTF-8 with a mark, semicolons and decimal commas in
        French, commas and decimal points in English. Text that a spreadsheet would take for a
        formula starts with an apostrophe.
    lang
        ``fr`` or ``en``.
    audience
        ``public`` (no loads, nothing about anchors, residents and calls under 10 masked),
        ``internal`` or ``restricted``; named in every row.

    Raises
    ------
    UsageError
        When the path does not end in ``.csv``, or the audience is not known.
    PlanError
        When the file cannot be written.
    """
    if path.suffix.lower() != ".csv":
        raise UsageError(Phrase("report.unknown_kind", {"path": path}))
    if audience not in AUDIENCES:
        values = {"value": audience, "known": ", ".join(AUDIENCES)}
        raise UsageError(Phrase("plan.unknown_word", values))
    marks = {
        "outlines": say(lang, "report.provisional") if plan.provisional else "",
        "assumptions": "; ".join(assumption_label(key, lang) for key in assumptions_of(plan)),
        "audience": say(lang, f"maps.audience.{audience}"),
    }
    district_s = {each.district: each.load_s for each in plan.districts}
    rows = [_row(beat, district_s, lang, audience) | marks for beat in plan.beats]
    heads = [say(lang, f"column.{column}") for column in rows[0]]
    write_rows(path, lang, heads, [list(row.values()) for row in rows])


def _row(beat: Beat, district_s: dict[str, float], lang: str, audience: str) -> dict[str, str]:
    public = audience == "public"
    row = {
        "beat_id": text_cell(beat.beat_id),
        "name": text_cell(beat.name),
        "description": text_cell(beat.description(lang)),
        "city": text_cell(beat.city),
        "district": text_cell(beat.district),
        "posts": str(beat.posts),
        "residents": _count(beat.residents, public=public),
        "counts": _count(beat.counts, public=public),
        "street_km": number_cell(lang, beat.street_km),
    }
    if not public:
        row["load_h"] = number_cell(lang, beat.load_s / 3600.0)
        row["district_load_h"] = _hours(lang, district_s.get(beat.district))
    # A margin and the pass together give the load away, and with it a masked count.
    told = not (public and beat.counts is not None)
    for mode in MODES:
        figures = beat.figures(mode)
        gap_pct = None if figures.gap is None else 100.0 * figures.gap
        row |= {
            f"{mode}_pass_h": _hours(lang, figures.pass_s),
            f"{mode}_deadhead_h": _hours(lang, figures.deadhead_s),
            f"{mode}_gap_pct": number_cell(lang, gap_pct),
            f"{mode}_verdict": say(lang, f"verdict.{figures.verdict}"),
            f"{mode}_margin_pct": number_cell(lang, 100.0 * figures.margin if told else None),
            f"{mode}_every_weeks": number_cell(lang, figures.every_weeks if told else None),
            f"{mode}_reasons": ", ".join(
                say(lang, f"reason.{reason}")
                for reason in figures.reasons
                if not (public and reason in INNER_REASONS)
            ),
        }
    return row


def _count(people: int | None, *, public: bool) -> str:
    """Write a count of people or calls; in public, a small one is not told."""
    if people is None:
        return ""
    return f"<{_LEAST_TOLD}" if public and people < _LEAST_TOLD else str(people)


def _hours(lang: str, seconds: float | None) -> str:
    return number_cell(lang, None if seconds is None else seconds / 3600.0)


def plan_summary(plan: Plan, path: str, lang: str = "fr") -> dict[str, object]:
    """Give a plan's figures in the JSON of the contract.

    Parameters
    ----------
    plan
        A complete plan.
    path
        Where the plan was written.
    lang
        Language of the sentences; keys and codes are the same in all.

    Returns
    -------
    dict
        Seconds, kilometres, codes; ready for ``json.dumps``.
    """
    largest, smallest = plan.balance
    return {
        "plan": path,
        "officers": plan.request.cut.officers,
        "mode": plan.request.mode,
        "season": plan.request.season,
        "created": plan.created,
        "provisional": plan.provisional,
        "near_line": plan.network.segment_id[plan.near_line].tolist(),
        "anchors": _anchors_summary(plan),
        "counts_weeks": plan.counts_weeks,
        "required_km": plan.network.required_km,
        "beats": [_beat_summary(beat) for beat in plan.beats],
        "districts": [asdict(each) for each in plan.districts],
        "balance": {
            "max_over_mean": largest,
            "min_over_mean": smallest,
            "why": [phrase.say(lang) for phrase in plan.partition.balance_why],
        },
        "dropped": [
            {
                "class": dropped.highway,
                "km": dropped.km,
                "why": dropped.why,
                "travelled": dropped.travelled,
            }
            for dropped in plan.network.dropped
        ],
        "joined": plan.joined_ids,
        "assumptions": list(assumptions_of(plan)),
        "warnings": [phrase.say(lang) for phrase in plan.warnings],
    }


def _anchors_summary(plan: Plan) -> dict[str, object]:
    """Give how far the anchors are from their streets, and how many are too far from any."""
    placed = place_anchors(plan.network, plan.anchors)
    away_m = placed.distance_m[placed.index >= 0]
    return {
        "placed": len(away_m),
        "far": len(plan.anchors) - len(away_m),
        "median_m": float(np.median(away_m)) if len(away_m) else None,
        "worst_m": float(away_m.max()) if len(away_m) else None,
    }


def _beat_summary(beat: Beat) -> dict[str, object]:
    return {
        "beat_id": beat.beat_id,
        "name": beat.name,
        "description": {lang: beat.description(lang) for lang in LANGUAGES},
        "city": beat.city or None,
        "district": beat.district or None,
        "posts": beat.posts,
        "street_km": beat.street_km,
        "residents": beat.residents,
        "counts": beat.counts,
        "load_s": beat.load_s,
        "counts_load_s": beat.counts_load_s,
        **{mode: _figures_summary(beat.figures(mode)) for mode in MODES},
    }


def _figures_summary(figures: ModeFigures) -> dict[str, object]:
    return {
        "pass_s": figures.pass_s,
        "deadhead_s": figures.deadhead_s,
        "lower_bound_s": figures.lower_bound_s,
        "exact": figures.exact,
        "gap": figures.gap,
        "verdict": figures.verdict,
        "margin": figures.margin,
        "every_weeks": figures.every_weeks,
        "reasons": list(figures.reasons),
    }
