"""What changes for each beat: a table for a spreadsheet, and sentences to send to officers."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from reso_geo.i18n import Phrase, decimal, in_words, listed, say
from reso_geo.output_files import output_file
from reso_geo.report.officer_sheets import officer_sheet, save_officer_sheets
from reso_geo.report.plain import plain_text
from reso_geo.report.tables.csv_cells import write_csv
from reso_geo.report.tables.table import Column, Table, values_of
from reso_geo.report.tables.xlsx import XlsxSheet

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from reso_geo.growth import AnchorChange, BeatChange, PlanChange, StreetChange
    from reso_geo.plan import Plan
    from reso_geo.report.tables.table import Cell

__all__ = ["change_summary", "save_change_letters", "save_change_sheets", "save_change_table"]

_COLUMNS: tuple[Column[Any], ...] = (
    Column("column.beat_id"),
    Column("column.name"),
    Column("change.column.state"),
    Column("change.column.what"),
    Column("change.column.other"),
    Column("column.kind"),
    Column("change.column.name"),
    Column("change.column.km", kind="hundredth"),
    Column("change.column.part"),
    Column("change.column.residents", kind="hundredth"),
    Column("column.audience"),
)
_OF_OFFICERS: tuple[Column[None], ...] = (
    Column("change.column.what"),
    Column("change.column.other"),
)
_LEAST_KM = 0.1


def change_summary(change: PlanChange) -> dict[str, object]:
    """Return what changes, in short, as JSON.

    Parameters
    ----------
    change
        Of a plan that comes from another one.

    Returns
    -------
    dict
        Kilometres, residents, anchors, and kilometres gained and lost by beat.
    """
    return {
        **values_of(change, "moved_km", "residents", "anchors"),
        "beats": [
            {
                "beat_id": beat.beat_id,
                "state": beat.state,
                "gained_km": sum(each.km for each in beat.gained),
                "lost_km": sum(each.km for each in beat.lost),
            }
            for beat in change.beats
        ],
    }


def save_change_table(change: PlanChange, path: Path, lang: str = "fr") -> None:
    """Write a row a street or anchor that a beat gains or loses, for internal use.

    Parameters
    ----------
    change
        Of a plan that comes from another one.
    path
        The ``.csv`` file to make or replace, as a spreadsheet of the language opens it. Each street
        stands twice: with who gains it, and with who loses it.
    lang
        ``fr`` or ``en``.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    last = Phrase("maps.audience.internal")
    rows = tuple((*row, last) for beat in change.beats for row in _rows(beat))
    write_csv(Table("", _COLUMNS, rows), path, lang)


def _rows(beat: BeatChange) -> Iterator[tuple[Cell, ...]]:
    own = (beat.beat_id, beat.name, Phrase(f"change.state.{beat.state}"))
    if beat.unchanged:
        yield (*own, Phrase("change.same"), *[None] * 6)
    for what in ("gained", "lost"):
        said = Phrase(f"change.{what}")
        streets: Sequence[StreetChange] = getattr(beat, what)
        anchors: Sequence[AnchorChange] = getattr(beat, f"anchors_{what}")
        for street in streets:
            name = street.name or Phrase("change.unnamed")
            whole = Phrase("change.whole" if street.whole else "change.part")
            figures = (street.km, whole, street.residents)
            yield (*own, said, street.other, Phrase("change.street"), name, *figures)
        for anchor in anchors:
            kind = in_words("kind", anchor.kind) or Phrase("change.anchor")
            yield (*own, said, anchor.other, kind, anchor.name, *[None] * 3)


def save_change_letters(
    change: PlanChange, path: Path, lang: str = "fr", retired: Collection[str] = ()
) -> None:
    """Write a section a beat, in sentences that a planner can send to its officer.

    Parameters
    ----------
    change
        Of a plan that comes from another one.
    path
        The ``.md`` file to make or replace.
    lang
        ``fr`` or ``en``.
    retired
        Ids of beats that were asked to leave. Any other that has no place in the newer plan gets no
        section: it is listed as a candidate, since who leaves is a person's decision.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    text = "\n\n".join(_blocks(change, lang, retired)) + "\n"
    with output_file(path) as aside:
        aside.write_text(text, encoding="utf-8", newline="\n")


def save_change_sheets(
    change: PlanChange, plan: Plan, path: Path, lang: str = "fr", retired: Collection[str] = ()
) -> None:
    """Write what each officer takes over and hands over: by street, between which others, times.

    Parameters
    ----------
    change
        Of a plan that comes from another one.
    plan
        The newer plan.
    path
        ``.xlsx`` (a sheet an officer) or ``.docx`` (a page an officer), made or replaced.
    lang
        ``fr`` or ``en``.
    retired
        See `save_change_letters`.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    sheets = []
    for beat in _shown(change, retired):
        streets: dict[tuple[str, ...], tuple[int, ...]] = {
            (
                each.name or say(lang, "change.unnamed"),
                say(lang, f"change.{what}"),
                each.other or say(lang, "rebalance.nobody"),
            ): each.segments
            for what in ("gained", "lost")
            for each in getattr(beat, what)
        }
        lengths = {"before": beat.before_km, "after": beat.after_km}
        anchors = (_anchors_line(beat, what, lang) for what in ("gained", "lost"))
        notes = (say(lang, f"change.letter.{beat.state}", lengths), *filter(None, anchors))
        sheets.append(officer_sheet(plan, beat, streets, _OF_OFFICERS, notes, lang))
    if not sheets:
        title = say(lang, "change.same_title")
        sheets.append(XlsxSheet(title, title, Table("", _OF_OFFICERS, ())))
    values = {"before": change.before_posts, "after": change.after_posts}
    save_officer_sheets(plan, sheets, say(lang, "change.title", values), path, lang)


def _shown(change: PlanChange, retired: Collection[str]) -> list[BeatChange]:
    """Return whom something changes for, but for those whose leaving nobody has asked for."""
    return [
        beat
        for beat in change.beats
        if not beat.unchanged and (beat.state != "left" or beat.beat_id in retired)
    ]


def _blocks(change: PlanChange, lang: str, retired: Collection[str]) -> Iterator[str]:
    left = [beat.beat_id for beat in change.beats if beat.state == "left"]
    candidates = [beat for beat in left if beat not in retired]
    values = {"before": change.before_posts, "after": change.after_posts}
    yield f"# {say(lang, 'change.title', values)}"
    yield f"*{say(lang, 'sheet.audience')}*"
    yield say(lang, "change.all", {"km": change.moved_km, "more": _more(change, lang)})
    for beat in _shown(change, retired):
        yield f"## {beat.beat_id} · {plain_text(beat.name)}"
        lengths = {"before": beat.before_km, "after": beat.after_km}
        yield say(lang, f"change.letter.{beat.state}", lengths)
        lines = [*_lines(beat, "gained", lang), *_lines(beat, "lost", lang)]
        yield "\n".join(f"- {line}" for line in lines)
    if candidates:
        yield f"## {say(lang, 'change.candidates_title')}"
        count = len(candidates)
        yield say(lang, "change.candidates", {"beats": listed(candidates, count), "count": count})
    same = [beat.beat_id for beat in change.beats if beat.unchanged]
    if same:
        yield f"## {say(lang, 'change.same_title')}"
        yield listed(same, len(same))
    yield plain_text(say(lang, "sheet.credit"))


def _more(change: PlanChange, lang: str) -> str:
    """Return how many residents and anchors change their officer, where there are any."""
    anchors = "" if not change.anchors else say(lang, "change.anchors", {"count": change.anchors})
    return _people(lang, change.residents or 0.0) + anchors


def _people(lang: str, residents: float) -> str:
    if residents < 1.0:
        return ""
    return say(lang, "change.people", {"count": decimal(lang, residents, 0)})


def _lines(beat: BeatChange, what: str, lang: str) -> Iterator[str]:
    """Describe what a beat gains or loses: a line for each other beat, then the anchors."""
    streets: Sequence[StreetChange] = getattr(beat, what)
    for other, group in groupby(streets, lambda each: each.other):
        own = list(group)
        values = {
            "other": other or say(lang, "rebalance.nobody"),
            "length": _length(lang, sum(each.km for each in own)),
            "people": _people(lang, sum(each.residents or 0.0 for each in own)),
            "streets": ", ".join(_street(lang, each) for each in own),
        }
        yield say(lang, f"change.letter.{what}", values)
    if anchors := _anchors_line(beat, what, lang, plain_text):
        yield anchors


def _anchors_line(beat: BeatChange, what: str, lang: str, shown: Callable[[str], str] = str) -> str:
    """List the anchors that a beat gains or loses; nothing where there are none."""
    anchors: Sequence[AnchorChange] = getattr(beat, f"anchors_{what}")
    nobody = say(lang, "rebalance.nobody")
    names = ", ".join(f"{shown(each.name)} ({each.other or nobody})" for each in anchors)
    return say(lang, f"change.letter.anchors_{what}", {"names": names}) if names else ""


def _street(lang: str, street: StreetChange) -> str:
    length = _length(lang, street.km)
    if not street.name:
        return say(lang, "change.letter.unnamed", {"length": length})
    key = "change.letter.whole" if street.whole else "change.letter.part"
    return say(lang, key, {"name": plain_text(street.name), "length": length})


def _length(lang: str, km: float) -> str:
    """Write kilometres, or metres where there are few."""
    if km < _LEAST_KM:
        return f"{round(1000.0 * km)}\u00a0m"
    return f"{decimal(lang, km)}\u00a0km"
