"""The verdicts of one sector as the JSON of the contract."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from reso_geo.assess import cadence_phrase, rule_phrase, set_aside_of
from reso_geo.plan import sector_assumptions
from reso_geo.report.sector.sentences import days_between
from reso_geo.report.tables.table import values_of

if TYPE_CHECKING:
    from reso_geo.assess import Assessment, Case, Fix, Judgement, Paces, Part, Reach

__all__ = ["reach_figures", "sector_summary"]


def sector_summary(found: Assessment, lang: str = "fr") -> dict[str, object]:
    """Return the verdicts of a sector in the JSON of the contract.

    Parameters
    ----------
    found
        From `reso_geo.assess`.
    lang
        Language of the sentences; keys and codes are the same in all.

    Returns
    -------
    dict
        Seconds, kilometres, codes; ready for ``json.dumps``. ``low``, ``central`` and ``high`` are
        the seconds needed per week: 10th percentile of the draws, central values, 90th percentile.
    """
    sector = found.sector
    modes: dict[str, dict[str, object]] = {mode: {} for mode in found.request.modes}
    for (mode, season), judgement in found.judgements.items():
        modes[mode][season] = _judgement(judgement, lang)
    return {
        "area": sector.name,
        "street_km": sector.street_km,
        "segments": len(sector.required),
        "posts": sector.posts,
        "residents": sector.residents,
        "base": {
            "node_id": int(sector.network.node_id[sector.base]),
            "name": sector.base_name or None,
        },
        **modes,
        "odds": {
            **asdict(found.settings.odds),
            "rule": rule_phrase(found.settings).say(lang),
            "cadence": cadence_phrase(found.settings).say(lang),
        },
        "fixes": [_fix(fix, lang) for fix in found.fixes],
        "assumptions": list(sector_assumptions(found)),
        "warnings": [phrase.say(lang) for phrase in found.warnings],
    }


def _judgement(judgement: Judgement, lang: str) -> dict[str, object]:
    case, verdict = judgement.case, judgement.case.verdict
    once = case.beat.once
    toured = case.beat.legal
    low, central, high = verdict.needed_s if verdict.toured else (None, None, None)
    least, usual, most = verdict.available_s
    return {
        "pass_s": once.pass_s if toured else None,
        "deadhead_s": once.deadhead_s if toured else None,
        "lower_bound_s": once.lower_bound_s,
        "exact": toured and once.exact,
        "gap": once.gap if toured else None,
        "pass_km": case.pass_km if toured else None,
        "low": low,
        "central": central,
        "high": high,
        "available": {"low": least, "central": usual, "high": most},
        **values_of(verdict, "verdict", "chance", "reserve", "margin", "every_weeks"),
        "cadence_share": verdict.cadence_share,
        "cadence_days": _cadence_days(case),
        "every_weeks_range": list(verdict.weeks),
        "reasons": list(verdict.reasons),
        "why": [
            {"code": reason.code, **reason.figures, "text": reason.phrase.say(lang)}
            for reason in verdict.why
        ],
        "set_aside": [asdict(p) for p in set_aside_of(case.sector.network, case.beat)],
        "shifts_per_pass": _paces(judgement.paces),
        "matters": [asdict(each) for each in verdict.matters],
        "to_measure": verdict.to_measure,
        "reach": [reach_figures(reach) for reach in judgement.reach],
    }


def _cadence_days(case: Case) -> dict[str, float] | None:
    """Return the days between two passes that fit, by class of the streets to cover."""
    network, share = case.sector.network, case.verdict.cadence_share
    if share is None:
        return None
    classes = sorted(set(network.highway[case.sector.required].tolist()))
    asked = {name: case.needs.settings.cadence_of(name).central for name in classes}
    return {name: days_between(often, share) for name, often in asked.items()}


def reach_figures(reach: Reach) -> dict[str, object]:
    """Return how much is reached as JSON.

    Parameters
    ----------
    reach
        Within some minutes.

    Returns
    -------
    dict
        Minutes, kilometres, share of the load.
    """
    return values_of(reach, "minutes", "street_km", "load_share")


def _paces(paces: Paces | None) -> dict[str, object] | None:
    if paces is None:
        return None
    return {
        "component": list(paces.component_shifts),
        "observed": list(paces.observed_shifts),
        "agree": paces.agree,
    }


def _fix(fix: Fix, lang: str) -> dict[str, object]:
    parts = {"parts": [_part(part) for part in fix.parts]} if fix.parts else {}
    return {
        **values_of(fix, "kind", "mode", "season"),
        **fix.figures,
        **parts,
        "text": fix.phrase.say(lang),
        "verified": True,
    }


def _part(part: Part) -> dict[str, object]:
    told = values_of(part, "street_km", "base", "verdict", "chance", "margin")
    return {**told, "segments": list(part.segment_ids)}
