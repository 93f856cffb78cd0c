"""What matters, for a sector or a plan: a table, and a picture with one tornado a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.assess import chance_phrase, verdict_of
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase, listed, say
from reso_geo.plan import sees_inside, setting_phrase
from reso_geo.report.sector.sentences import MUCH, case_name, ends_of, exact
from reso_geo.report.tables.table import Column, Table
from reso_geo.settings import ranges_of
from reso_geo.travel import MODES

if TYPE_CHECKING:
    from reso_geo.assess import Assessment, Case, Matter
    from reso_geo.maps.print.tornado import Tornado, TornadoBar
    from reso_geo.plan import Plan, PlanMatter

__all__ = ["matters_picture", "matters_table", "plan_matters_picture"]

_TEN, _MOST = 10.0, 8
_BAR = ("name", "low", "high")
_COLUMNS = ("case", "name", "low", "chance_low", "high", "chance_high")


def matters_table(found: Assessment) -> Table | None:
    """List how far each assumption moves the chances.

    Parameters
    ----------
    found
        From `reso_geo.assess`.

    Returns
    -------
    Table or None
        For each mode and season the largest moves first, without what hardly moves anything; None
        where nothing moves a chance.
    """
    columns: list[Column[None]] = [Column(f"matters.column.{name}") for name in _COLUMNS]
    rows = tuple(
        tuple(_cells(judged.case, each)[name] for name in _COLUMNS)
        for judged in found.judgements.values()
        for each in _moving(judged.case)
    )
    return Table("office.sheet.matters", tuple(columns), rows) if rows else None


def matters_picture(found: Assessment, lang: str = "fr") -> bytes | None:
    """Draw how far each assumption moves the chances.

    Parameters
    ----------
    found
        From `reso_geo.assess`.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    bytes or None
        A PNG with a tornado for each mode and season; None where nothing moves a chance.
    """
    from reso_geo.maps.print.tornado import tornado_png  # noqa: PLC0415 - loads matplotlib

    cases = [judged.case for judged in found.judgements.values() if _moving(judged.case)]
    if not cases:
        return None
    title = say(lang, "matters.title", {"area": found.sector.name})
    asked = [_tornado(case, lang) for case in cases]
    return tornado_png(title, asked, say(lang, "matters.foot"))


def plan_matters_picture(plan: Plan, lang: str, audience: str) -> bytes:
    """Draw how far each assumption moves the number of beats with time enough.

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
    bytes
        A PNG with a tornado for each mode.

    Raises
    ------
    UsageError
        For the public, whom no verdict is told, and where nothing moves that number.
    """
    from reso_geo.maps.print.tornado import Tornado, tornado_png  # noqa: PLC0415 - loads matplotlib

    if not sees_inside(audience):
        raise UsageError(Phrase("matters.not_public"))
    asked = []
    for mode in MODES:
        counted = plan.enough_in(mode)
        bars = [_plan_bar(plan, each, lang) for each in counted.matters[:_MOST]]
        bars = [each for each in bars if abs(each.at_high - each.at_low) >= MUCH]
        if bars:
            asked.append(
                Tornado(
                    title=say(lang, f"case.{mode}.{plan.request.season}"),
                    axis=say(lang, "matters.axis_beats"),
                    usual=sum(beat.figures(mode).chance for beat in plan.beats),
                    most=len(plan.beats),
                    bars=tuple(bars),
                )
            )
    if not asked:
        raise UsageError(Phrase("matters.none_in_plan"))
    title = say(lang, "matters.title", {"area": listed(plan.boundary.names)})
    return tornado_png(title, asked, say(lang, "matters.foot"))


def _plan_bar(plan: Plan, matter: PlanMatter, lang: str) -> TornadoBar:
    from reso_geo.maps.print.tornado import TornadoBar  # noqa: PLC0415 - likewise

    value = ranges_of(plan.settings)[matter.setting]
    low, high = (_said(exact(f"{value.at(level):g}"), lang) for level in ("low", "high"))
    name = setting_phrase(matter.setting).say(lang)
    return TornadoBar(name, low, high, matter.beats_low, matter.beats_high)


def _moving(case: Case) -> tuple[Matter, ...]:
    return tuple(each for each in case.verdict.matters if each.move >= MUCH)[:_MOST]


def _cells(case: Case, matter: Matter) -> dict[str, Phrase | str]:
    rules = case.needs.settings.odds
    low, high = matter.chance_low, matter.chance_high
    return ends_of(case, matter.setting) | {
        "chance_low": chance_phrase(low, verdict_of(low, rules)),
        "chance_high": chance_phrase(high, verdict_of(high, rules)),
    }


def _tornado(case: Case, lang: str) -> Tornado:
    from reso_geo.maps.print.tornado import Tornado, TornadoBar, Zone  # noqa: PLC0415 - likewise

    rules, bars = case.needs.settings.odds, []
    for each in _moving(case):
        name, low, high = (_said(ends_of(case, each.setting)[key], lang) for key in _BAR)
        bars.append(TornadoBar(name, low, high, _TEN * each.chance_low, _TEN * each.chance_high))
    edges = (0.0, _TEN * rules.no_up_to, _TEN * rules.yes_from, _TEN)
    words = [say(lang, f"short.{code}") for code in ("no", "borderline", "yes")]
    return Tornado(
        title=_said(case_name(case), lang),
        axis=say(lang, "matters.axis"),
        usual=_TEN * case.verdict.chance,
        most=_TEN,
        bars=tuple(bars),
        zones=tuple(map(Zone, words, edges, edges[1:])),
    )


def _said(text: Phrase | str, lang: str) -> str:
    return text if isinstance(text, str) else text.say(lang)
