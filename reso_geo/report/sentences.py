"""What there is to say about one sector, in no language yet: for a terminal and for a page."""

from __future__ import annotations

import math
from functools import reduce
from typing import TYPE_CHECKING

from reso_geo.i18n import Phrase
from reso_geo.report.tables.table import Column, Table

if TYPE_CHECKING:
    from reso_geo.assess import Assessment, Case, Judgement

__all__ = [
    "VERDICT_COLUMNS",
    "case_name",
    "sections",
    "sector_facts",
    "short_figure",
    "verdict_row",
    "verdict_table",
]  # fmt: skip

VERDICT_COLUMNS = ("case", "verdict", "needed", "available", "margin", "weeks", "pass", "bound")
_NONE = Phrase("sheet.none")
_WEEK_DAYS = 7.0


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
        Streets, posts, base, and residents where known.
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
    return said


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
        Phrase(f"verdict.{verdict.verdict}"),
        _range(tuple(s / 3600.0 if verdict.toured else None for s in verdict.needed_s), "h"),
        _range(tuple(second / 3600.0 for second in verdict.available_s), "h"),
        _range(tuple(None if m is None else 100.0 * m for m in verdict.margins), "percent"),
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
        ("sheet.paces", [s for judgement in judged for s in _paces(judgement)]),
        ("sheet.contacts", [s for judgement in judged for s in _contacts(judgement)]),
        ("sheet.reach", [s for judgement in judged for s in _reach(judgement)]),
        ("sheet.notes", list(found.warnings)),
    ]
    return [(title, phrases) for title, phrases in said if phrases]


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


def _contacts(judgement: Judgement) -> list[Phrase]:
    found, case = judgement.contacts, judgement.case
    if found is None:
        return []
    rate = case.needs.settings.contacts_per_patrol_h
    values = {
        "case": case_name(case),
        "yes": _NONE if found.yes_up_to is None else found.yes_up_to,
        "even": _NONE if found.even_at is None else found.even_at,
        "no": 0.0 if found.no_above is None else found.no_above,
        "low": rate.low,
        "high": rate.high,
    }
    return [Phrase("sheet.flips", values)]


def short_figure(figure: float) -> float | int:
    """Return a whole number where it is one, so that no ``.0`` is shown.

    Parameters
    ----------
    figure
        Any.

    Returns
    -------
    float or int
        The same.
    """
    return int(figure) if float(figure).is_integer() else figure


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
