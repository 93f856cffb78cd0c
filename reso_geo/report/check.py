"""What a check found, as sentences, as a table and as JSON."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from reso_geo.i18n import Phrase, decimal
from reso_geo.plan import balance_figures
from reso_geo.report.tables.table import Column, table_of, values_of
from reso_geo.travel import MODES

if TYPE_CHECKING:
    from collections.abc import Callable

    from reso_geo.plan import Beat, Plan
    from reso_geo.plan_check import PlanCheck
    from reso_geo.report.tables.table import Table

__all__ = ["check_effects", "check_summary", "check_table"]

_Pair = tuple[str, "Beat | None", "Beat | None"]


def check_effects(check: PlanCheck) -> list[Phrase]:
    """Describe what an edit did to balance, within cities and over the whole plan, and to verdicts.

    Parameters
    ----------
    check
        From `reso_geo.check_plan`.

    Returns
    -------
    list of Phrase
        Empty where the plan was not recomputed, or nothing was edited.
    """
    if check.after is None or check.after is check.before:
        return []
    values = {
        f"{end}_{where}_{when}": 100.0 * share
        for when, plan in zip(("before", "after"), _plans(check), strict=True)
        for where, shares in (("all", plan.balance), ("city", plan.balance_within))
        for end, share in zip(("max", "min"), shares, strict=True)
    }
    return [Phrase("check.balance", values), *(_verdicts(check, mode) for mode in MODES)]


def _plans(check: PlanCheck) -> tuple[Plan, Plan]:
    return check.before, check.before if check.after is None else check.after


def _verdicts(check: PlanCheck, mode: str) -> Phrase:
    """Return whose verdict is another than before; of a new beat, what it is."""
    changed = [each for each in _pairs(*_plans(check)) if _verdict_changed(mode, *each[1:])]
    values: dict[str, object] = {"mode": Phrase(f"check.by_{mode}")}
    if not changed:
        return Phrase("check.verdicts_stay", values)
    row: Phrase | None = None
    for beat_id, one, other in changed:
        words = {
            name: "-" if beat is None else beat.figures(mode).said
            for name, beat in (("before", one), ("after", other))
        }
        phrase = Phrase("check.verdict_change", {"beat": beat_id, **words})
        row = phrase if row is None else Phrase("check.streets", {"first": row, "next": phrase})
    return Phrase("check.verdicts", {**values, "changes": row})


def _verdict_changed(mode: str, before: Beat | None, after: Beat | None) -> bool:
    if before is None or after is None:
        return True
    return before.figures(mode).verdict != after.figures(mode).verdict


def check_table(check: PlanCheck) -> Table:
    """Return the beats that an edit changed, before and after.

    Parameters
    ----------
    check
        From `reso_geo.check_plan`.

    Returns
    -------
    Table
        A row a beat; empty where the plan was not recomputed.
    """
    columns: tuple[Column[_Pair], ...] = (
        Column("column.beat_id", lambda pair: pair[0]),
        Column("check.column.posts", _change(lambda beat, _: str(beat.posts))),
        Column("check.column.km", _change(lambda beat, lang: decimal(lang, beat.street_km))),
        Column("check.column.before", lambda pair: _load_h(pair[1]), "tenth"),
        Column("check.column.after", lambda pair: _load_h(pair[2]), "tenth"),
        Column("check.column.foot", _change(lambda b, lang: b.foot.said.say(lang))),
        Column("check.column.bike", _change(lambda b, lang: b.bike.said.say(lang))),
    )
    changed = (
        (beat_id, one, other)
        for beat_id, one, other in _pairs(*_plans(check))
        if one is None or other is None or _compared(one) != _compared(other)
    )
    return table_of("", columns, changed if check.after is not None else ())


def _load_h(beat: Beat | None) -> float | None:
    return None if beat is None else beat.load_s / 3600.0


def _change(write: Callable[[Beat, str], str]) -> Callable[[_Pair], Callable[[str], str]]:
    """Write something of a beat before and after, once where it is the same."""

    def written(pair: _Pair, lang: str) -> str:
        before, after = ("-" if beat is None else write(beat, lang) for beat in pair[1:])
        return after if before == after else f"{before} \u2192 {after}"

    return lambda pair: partial(written, pair)


def _pairs(before: Plan, after: Plan) -> list[_Pair]:
    old = {beat.beat_id: beat for beat in before.beats}
    new = {beat.beat_id: beat for beat in after.beats}
    return [(each, old.get(each), new.get(each)) for each in {**old, **new}]


def _compared(beat: Beat) -> tuple[object, ...]:
    return beat.posts, beat.street_km, beat.load_s, beat.foot.verdict, beat.bike.verdict


def check_summary(check: PlanCheck, out: str | None, lang: str = "fr") -> dict[str, object]:
    """Return what a check found as JSON can hold it.

    Parameters
    ----------
    check
        From `reso_geo.check_plan`.
    out
        The file that was written; None for none.
    lang
        Language of the sentences; keys and codes are the same in all.

    Returns
    -------
    dict
        Codes, ids, sentences; seconds and kilometres where the name says so.
    """
    after = check.after
    pairs = [] if after is None else _pairs(check.before, after)
    return {
        "plan": str(check.edited.path),
        "out": out,
        "valid": check.valid,
        "edited": check.edited.changed,
        "truth": check.edited.truth,
        "recomputed": after is not None,
        "coverage": check.before.request.coverage,
        "unserved_km": (after or check.before).waiting_km,
        "draft": (after or check.before).draft,
        "edits": [_said(each, lang, "kind", "ids", "what") for each in check.edited.edits],
        "repairs": [_said(each, lang, "kind", "ids", "beats", "what") for each in check.repairs],
        "problems": [
            _said(each, lang, "kind", "ids", "beats", "what", "remedy") for each in check.problems
        ],
        "beats": [
            {"beat_id": beat_id, "before": _figures(one), "after": _figures(other)}
            for beat_id, one, other in pairs
        ],
        "balance": {
            "before": balance_figures(check.before),
            "after": None if after is None else balance_figures(after),
        },
        "verdicts": {
            mode: [
                {"beat_id": beat_id, **_both_verdicts(mode, one, other)}
                for beat_id, one, other in pairs
                if _verdict_changed(mode, one, other)
            ]
            for mode in MODES
        },
        "measured": list(check.measured),
    }


def _said(item: object, lang: str, *names: str) -> dict[str, object]:
    """Return attributes for JSON, sentences in a language."""
    found = values_of(item, *names)
    return {key: v.say(lang) if isinstance(v, Phrase) else v for key, v in found.items()}


def _figures(beat: Beat | None) -> dict[str, object] | None:
    if beat is None:
        return None
    modes = {
        mode: values_of(beat.figures(mode), "pass_s", "verdict", "chance", "reserve", "margin")
        for mode in MODES
    }
    return {**values_of(beat, "posts", "street_km", "load_s", "residents"), **modes}


def _both_verdicts(mode: str, before: Beat | None, after: Beat | None) -> dict[str, str | None]:
    return {
        name: None if beat is None else beat.figures(mode).verdict
        for name, beat in (("before", before), ("after", after))
    }
