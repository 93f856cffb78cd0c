"""What there is to say about one sector, in no language yet: for a terminal and for a page."""

from __future__ import annotations

import math
from functools import reduce
from typing import TYPE_CHECKING

from reso_geo.assess import (
    cadence_phrase,
    chance_phrase,
    in_percent,
    in_tenths,
    rule_phrase,
    short_figure,
    verdict_of,
)
from reso_geo.choices import in_a_row
from reso_geo.i18n import Phrase
from reso_geo.plan import setting_phrase
from reso_geo.report.tables.table import Column, Table

if TYPE_CHECKING:
    from reso_geo.assess import Assessment, Case, Judgement

__all__ = [
    "MUCH",
    "VERDICT_COLUMNS",
    "answer",
    "case_name",
    "days_between",
    "ends_of",
    "exact",
    "judged_by",
    "sections",
    "sector_facts",
    "verdict_row",
    "verdict_table",
]  # fmt: skip

VERDICT_COLUMNS = ("case", "verdict", "needed", "available", "reserve", "weeks", "pass", "bound")
_NONE = Phrase("sheet.none")
_WEEK_DAYS, _LONG_DAYS, _EXACT = 7.0, 4.0, 1e-9
MUCH, _MOST_MATTERS = 0.05, 6
"""A chance that moves less, or is of one more assumption, is not told on paper."""


def case_name(case: Case) -> Phrase:
    """Return the name of a mode and season.

    Parameters
    ----------
    case
        A sector in one mode and season.

    Returns
    -------
    Phrase
        Such as "on foot, in winter".
    """
    mode, season = Phrase(f"assess.{case.mode}"), Phrase(f"assess.{case.season}")
    return Phrase("sheet.case", {"mode": mode, "season": season})


def sector_facts(found: Assessment) -> list[Phrase]:
    """Describe what was judged.

    Parameters
    ----------
    found
        From `reso_geo.assess`.

    Returns
    -------
    list of Phrase
        Streets, posts, base, residents where known, and what the time of a post is made of.
    """
    sector = found.sector
    values = {
        "km": sector.street_km,
        "segments": len(sector.required),
        "posts": sector.posts,
        "base": sector.base_name or Phrase("sheet.middle"),
    }
    said = [Phrase("sheet.facts", values)]
    if sector.residents is not None:
        said.append(Phrase("sheet.residents", {"residents": sector.residents}))
    settings = found.settings
    post = {
        "shifts": short_figure(settings.shifts_per_week.central),
        "hours": short_figure(settings.shift_h.central),
        "share": in_percent(settings.patrol_share.central),
        "relief": in_percent(settings.relief.central),
    }
    always = settings.relief.central == 1.0
    return [*said, Phrase("sheet.post_time" if always else "sheet.post_time_relief", post)]


def verdict_row(judgement: Judgement) -> tuple[Phrase, ...]:
    """Return the cells of one verdict.

    Parameters
    ----------
    judgement
        Of one mode and season.

    Returns
    -------
    tuple of Phrase
        In the order of `VERDICT_COLUMNS`.
    """
    case, verdict = judgement.case, judgement.case.verdict
    once = case.beat.once
    return (
        case_name(case),
        verdict.said,
        _range(tuple(s / 3600.0 if verdict.toured else None for s in verdict.needed_s), "h"),
        _range(tuple(second / 3600.0 for second in verdict.available_s), "h"),
        _percent(verdict.reserve),
        _interval(verdict.weeks),
        _hours(once.pass_s if case.beat.legal else math.inf),
        _hours(once.lower_bound_s),
    )


def verdict_table(found: Assessment) -> Table:
    """Return the verdicts.

    Parameters
    ----------
    found
        From `reso_geo.assess`.

    Returns
    -------
    Table
        A row a mode and season, in the columns of `VERDICT_COLUMNS`.
    """
    columns: list[Column[None]] = [Column(f"sheet.column.{name}") for name in VERDICT_COLUMNS]
    rows = tuple(verdict_row(judgement) for judgement in found.judgements.values())
    return Table("office.sheet.verdicts", tuple(columns), rows)


def judged_by(found: Assessment) -> list[Phrase]:
    """Return the cadence that verdicts are for, the one that fits, and what their words mean.

    Parameters
    ----------
    found
        From `reso_geo.assess`.

    Returns
    -------
    list of Phrase
        A sentence or a few each.
    """
    settings = found.settings
    asked = settings.cadence["other"].central
    fits = [
        Phrase(
            "sheet.fits_case",
            {"case": Phrase(f"case.{mode}.{season}"), "days": _rounded(days_between(asked, share))},
        )
        for (mode, season), each in found.judgements.items()
        if (share := each.case.verdict.cadence_share)
    ]
    said = [cadence_phrase(settings)]
    if fits:
        tenths = in_tenths(settings.odds.yes_from)
        said.append(Phrase("sheet.fits", {"cases": in_a_row(fits), "tenths": tenths}))
    return [*said, rule_phrase(settings)]


def days_between(asked: float, share: float) -> float:
    """Return the days between two passes of a street.

    Parameters
    ----------
    asked
        Passes a week.
    share
        That fits.

    Returns
    -------
    float
        Not rounded.
    """
    return _WEEK_DAYS / (asked * share)


def _rounded(days: float) -> float:
    """Round the time between two passes up: to a day, to a tenth of one where it is short."""
    parts = 1.0 if days >= _LONG_DAYS else 10.0
    return short_figure(math.ceil(days * parts - _EXACT) / parts)


def sections(found: Assessment) -> list[tuple[str, list[Phrase]]]:
    """Describe all that stands beside the verdicts.

    Parameters
    ----------
    found
        From `reso_geo.assess`.

    Returns
    -------
    list of (key of a title, list of Phrase)
        Without those that have nothing to say.
    """
    judged = list(found.judgements.values())
    said = [
        ("sheet.why", [s for judgement in judged for s in _why(judgement)]),
        ("sheet.fixes", [fix.phrase for fix in found.fixes] or _no_fix(found)),
        ("sheet.matters", [s for judgement in judged for s in _matters(judgement)]),
        ("sheet.paces", [s for judgement in judged for s in _paces(judgement)]),
        ("sheet.reach", [s for judgement in judged for s in _reach(judgement)]),
        ("sheet.notes", list(found.warnings)),
    ]
    return [(title, phrases) for title, phrases in said if phrases]


def answer(found: Assessment) -> Phrase:
    """Return the verdict of the first mode and season in one sentence, with what would help.

    Parameters
    ----------
    found
        From `reso_geo.assess`.

    Returns
    -------
    Phrase
        With the posts that would do, where some would.
    """
    case = next(iter(found.judgements.values())).case
    values = {"area": found.sector.name, "case": case_name(case), "verdict": case.verdict.said}
    for fix in found.fixes:
        if (fix.kind, fix.mode, fix.season) == ("posts", case.mode, case.season):
            more = {"posts": fix.figures["posts"], "odds": fix.phrase.values["odds"]}
            return Phrase("sheet.answer_posts", values | more)
    return Phrase("sheet.answer", values)


def _percent(share: float | None) -> Phrase:
    return _NONE if share is None else Phrase("sheet.percent", {"share": 100.0 * share})


def _range(values: tuple[float | None, ...], unit: str) -> Phrase:
    low, central, high = (_NONE if value is None else value for value in values)
    if low is central is high is _NONE:
        return _NONE
    return Phrase(f"sheet.range_{unit}", {"low": low, "central": central, "high": high})


def _interval(weeks: tuple[float | None, ...]) -> Phrase:
    """Write the time between two passes: in days where that is under a week throughout."""
    if all(each is None or each < 1.0 for each in weeks):
        days = tuple(None if each is None else _WEEK_DAYS * each for each in weeks)
        return _range(days, "days")
    return _range(weeks, "weeks")


def _hours(seconds: float) -> Phrase:
    if not math.isfinite(seconds):
        return _NONE
    return Phrase("sheet.hours", {"hours": seconds / 3600.0})


def _why(judgement: Judgement) -> list[Phrase]:
    case = case_name(judgement.case)
    return [
        Phrase("sheet.about", {"case": case, "text": reason.phrase})
        for reason in judgement.case.verdict.why
    ]


def _no_fix(found: Assessment) -> list[Phrase]:
    """Warn that nothing was found, where something was looked for."""
    fine = all(each.case.verdict.verdict == "yes" for each in found.judgements.values())
    return [] if fine or not found.request.fixes else [Phrase("sheet.no_fix")]


def _paces(judgement: Judgement) -> list[Phrase]:
    paces = judgement.paces
    if paces is None:
        return []
    names = "low", "central", "high", "fewest", "usual", "most"
    shifts = dict(zip(names, (*paces.component_shifts, *paces.observed_shifts), strict=True))
    values = {"case": case_name(judgement.case), "km": paces.pass_km, **shifts}
    return [Phrase("sheet.two_paces" if paces.agree else "sheet.paces_apart", values)]


def _matters(judgement: Judgement) -> list[Phrase]:
    """Return what to measure first, then the assumptions that move the chance most."""
    case = judgement.case
    settings, said = case.needs.settings, list[Phrase]()
    for each in case.verdict.matters:
        low, high = each.chance_low, each.chance_high
        if each.setting == case.verdict.to_measure:
            said.insert(0, Phrase("sheet.to_measure", ends_of(case, each.setting)))
        if each.move >= MUCH and len(said) < _MOST_MATTERS:
            chances: dict[str, Phrase | str] = {
                "chance_low": chance_phrase(low, verdict_of(low, settings.odds)),
                "chance_high": chance_phrase(high, verdict_of(high, settings.odds)),
            }
            said.append(Phrase("sheet.matter", ends_of(case, each.setting) | chances))
    return said


def ends_of(case: Case, key: str) -> dict[str, Phrase | str]:
    """Return the name of an assumption and its two ends.

    Parameters
    ----------
    case
        A sector in one mode and season.
    key
        As in the settings file.

    Returns
    -------
    dict
        ``case``, ``name``, and all digits of ``low`` and ``high``.
    """
    value = case.needs.settings.values()[key]
    ends: dict[str, Phrase | str] = {
        level: exact(f"{value.at(level):g}") for level in ("low", "high")
    }
    return {"case": case_name(case), "name": setting_phrase(key), **ends}


def exact(figure: str) -> Phrase | str:
    """Return all digits of a figure, with the decimal mark of a language.

    Parameters
    ----------
    figure
        As Python writes it.

    Returns
    -------
    Phrase or str
        A text where it has no decimals.
    """
    whole, dot, part = figure.partition(".")
    return Phrase("sheet.exact", {"whole": whole, "part": part}) if dot else whole


def _reach(judgement: Judgement) -> list[Phrase]:
    """Return how much is reached within each number of minutes, on one line."""
    if not judgement.reach or not judgement.case.toured:
        return []
    said = []
    for reach in judgement.reach:
        minutes, share = short_figure(reach.minutes), 100.0 * reach.load_share
        values = {"minutes": minutes, "share": share, "km": reach.street_km}
        said.append(Phrase("sheet.reached", values))
    line = reduce(lambda first, then: Phrase("sheet.then", {"first": first, "then": then}), said)
    return [Phrase("sheet.about", {"case": case_name(judgement.case), "text": line})]
