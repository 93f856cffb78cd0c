"""The command that says who covers an absence."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer asks for it at run time
from typing import TYPE_CHECKING, Annotated

import typer

from reso_geo.choices import meant
from reso_geo.cli.options import PlanPath, keep_input, output_for, spelt
from reso_geo.demand import day_of, read_roster
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.plan import assumptions_of, beats_meant, cover_absence, one_beat
from reso_geo.plan_file import load_plan
from reso_geo.report import (
    absence_summary,
    absence_table,
    absence_title,
    check_absence_target,
    save_absence,
)

if TYPE_CHECKING:
    from datetime import date

    from reso_geo.cli.console import Output
    from reso_geo.demand import RosterRow
    from reso_geo.plan import Absence, Plan

__all__ = ["cover_absences"]


def cover_absences(
    context: typer.Context,
    plan_path: PlanPath,
    absent: Annotated[list[str], typer.Option(help="help.absent")],
    first: Annotated[str | None, typer.Option("--from", help="help.absence_from")] = None,
    last: Annotated[str | None, typer.Option("--to", help="help.absence_to")] = None,
    roster: Annotated[Path | None, typer.Option(help="help.roster")] = None,
    out: Annotated[Path | None, typer.Option(help="help.cover_out")] = None,
) -> None:
    """Describe who covers an absence, street by street."""
    output = output_for(context)
    days = _day("--from", first), _day("--to", last)
    if out is not None:
        keep_input(plan_path, out)
        check_absence_target(out)
        if roster is not None:
            keep_input(roster, out)
    rows = () if roster is None else read_roster(roster, output.note)
    with output.stages() as begin:
        begin("progress.absence")
        plan = load_plan(plan_path)
        gone: dict[str, int | None]
        names = [beat.name for beat in plan.beats]
        if roster is None:
            gone = dict.fromkeys(beats_meant(plan.partition.beat_id, names, absent))
        else:
            gone = _beats_of(plan, absent, rows, days, roster)
        some = {beat: posts for beat, posts in gone.items() if posts is not None}
        found = cover_absence(plan, list(gone), *days, begin, posts_away=some)
        if out is not None:
            save_absence(found, out, output.lang)
    output.document(absence_summary(found, output.lang))
    _write_answer(output, found)
    if out is not None:
        output.line("cli.wrote", {"path": out})


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    day = day_of(text)
    if day is None:
        raise UsageError(Phrase("absence.bad_day", {"option": option, "value": text}))
    return day


def _beats_of(
    plan: Plan,
    absent: list[str],
    rows: tuple[RosterRow, ...],
    days: tuple[date | None, date | None],
    path: Path,
) -> dict[str, int | None]:
    """Return beats that absent posts hold, and how many posts; None for a beat named itself."""
    there = [row for row in rows if row.during(*days)]
    ids, names = plan.partition.beat_id, [beat.name for beat in plan.beats]
    beats = {word: one_beat(ids, names, word) for word in dict.fromkeys(absent)}
    codes = {row.post.casefold() for row in there}
    whole = [
        ids[places[0]]
        for word, places in beats.items()
        if len(places) == 1 and word.casefold() not in codes
    ]
    posts = [word for word, places in beats.items() if len(places) != 1 or word.casefold() in codes]
    held = {
        post: [
            spelt(ids, names, row.beat_id)
            for row in there
            if row.post.casefold() == post.casefold()
        ]
        for post in posts
    }
    unknown = [post for post, beats in held.items() if not beats]
    if unknown:
        values = {
            "path": path,
            "unknown": listed(unknown),
            "known": listed(codes, len(codes)) or "-",
            "beats": listed(ids, len(ids)),
            "meant": meant(unknown, [*codes, *ids]),
        }
        raise UsageError(Phrase("absence.unknown_post", values))
    most = {beat.beat_id: beat.posts for beat in plan.beats}
    gone: dict[str, int | None] = dict.fromkeys(whole)
    for beat in dict.fromkeys(beat for beats in held.values() for beat in beats):
        if beat not in gone:
            away = sum(beat in beats for beats in held.values())
            gone[beat] = min(away, most.get(beat, away))
    return gone


def _write_answer(output: Output, found: Absence) -> None:
    output.line(absence_title(found))
    output.table(absence_table(found))
    output.warnings(found.warnings)
    output.assumptions(assumptions_of(found.plan))
