"""What a check found, as sentences, as a table and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.i18n import Phrase, decimal, say
from reso_geo.plan import balance_figures
from reso_geo.travel import MODES

if TYPE_CHECKING:
    from reso_geo.plan import Beat, Plan
    from reso_geo.plan_check import PlanCheck

__all__ = ["CHECK_COLUMNS", "check_effects", "check_rows", "check_summary"]

CHECK_COLUMNS = ("posts", "km", "before", "after", *MODES)


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
            name: "-" if beat is None else Phrase(f"verdict.{beat.figures(mode).verdict}")
            for name, beat in (("before", one), ("after", other))
        }
        phrase = Phrase("check.verdict_change", {"beat": beat_id, **words})
        row = phrase if row is None else Phrase("check.streets", {"first": row, "next": phrase})
    return Phrase("check.verdicts", {**values, "changes": row})


def _verdict_changed(mode: str, before: Beat | None, after: Beat | None) -> bool:
    if before is None or after is None:
        return True
    return before.figures(mode).verdict != after.figures(mode).verdict


def check_rows(check: PlanCheck, lang: str) -> list[list[str]]:
    """Return the beats that an edit changed, before and after.

    Parameters
    ----------
    check
        From `reso_geo.check_plan`.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    list of list of str
        A row a beat: its id, then the columns of `CHECK_COLUMNS`.
    """
    if check.after is None:
        return []
    return [
        _row(beat_id, one, other, lang)
        for beat_id, one, other in _pairs(check.before, check.after)
        if one is None or other is None or _told(one) != _told(other)
    ]


def _pairs(before: Plan, after: Plan) -> list[tuple[str, Beat | None, Beat | None]]:
    old = {beat.beat_id: beat for beat in before.beats}
    new = {beat.beat_id: beat for beat in after.beats}
    return [(each, old.get(each), new.get(each)) for each in {**old, **new}]


def _told(beat: Beat) -> tuple[object, ...]:
    return beat.posts, beat.street_km, beat.load_s, beat.foot.verdict, beat.bike.verdict


def _row(beat_id: str, before: Beat | None, after: Beat | None, lang: str) -> list[str]:
    both = (before, after)
    hours = ["-" if beat is None else decimal(lang, beat.load_s / 3600.0) for beat in both]
    verdicts = [
        _change(
            *("-" if b is None else say(lang, f"verdict.{b.figures(mode).verdict}") for b in both)
        )
        for mode in MODES
    ]
    posts = _change(*("-" if beat is None else str(beat.posts) for beat in both))
    km = _change(*("-" if beat is None else decimal(lang, beat.street_km) for beat in both))
    return [beat_id, posts, km, *hours, *verdicts]


def _change(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


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
    return {
        "plan": str(check.edited.path),
        "out": out,
        "valid": check.valid,
        "edited": check.edited.changed,
        "truth": check.edited.truth,
        "recomputed": after is not None,
        "edits": [
            {"kind": each.kind, "ids": list(each.ids), "what": each.what.say(lang)}
            for each in check.edited.edits
        ],
        "repairs": [
            {
                "kind": each.kind,
                "ids": list(each.ids),
                "beats": list(each.beats),
                "what": each.what.say(lang),
            }
            for each in check.repairs
        ],
        "problems": [
            {
                "kind": each.kind,
                "ids": list(each.ids),
                "beats": list(each.beats),
                "what": each.what.say(lang),
                "remedy": each.remedy.say(lang),
            }
            for each in check.problems
        ],
        "beats": []
        if after is None
        else [
            {"beat_id": beat_id, "before": _figures(one), "after": _figures(other)}
            for beat_id, one, other in _pairs(check.before, after)
        ],
        "balance": {
            "before": balance_figures(check.before),
            "after": None if after is None else balance_figures(after),
        },
        "verdicts": {
            mode: [
                {"beat_id": beat_id, **_both_verdicts(mode, one, other)}
                for beat_id, one, other in ([] if after is None else _pairs(check.before, after))
                if _verdict_changed(mode, one, other)
            ]
            for mode in MODES
        },
        "measured": list(check.measured),
    }


def _figures(beat: Beat | None) -> dict[str, object] | None:
    if beat is None:
        return None
    return {
        "posts": beat.posts,
        "street_km": beat.street_km,
        "load_s": beat.load_s,
        "residents": beat.residents,
        **{
            mode: {
                "pass_s": beat.figures(mode).pass_s,
                "verdict": beat.figures(mode).verdict,
                "reserve": beat.figures(mode).reserve,
                "margin": beat.figures(mode).margin,
            }
            for mode in MODES
        },
    }


def _both_verdicts(mode: str, before: Beat | None, after: Beat | None) -> dict[str, str | None]:
    return {
        name: None if beat is None else beat.figures(mode).verdict
        for name, beat in (("before", before), ("after", after))
    }
