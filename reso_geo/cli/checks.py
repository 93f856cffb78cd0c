"""The command that checks a plan after a hand edit."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer asks for it at run time
from typing import TYPE_CHECKING, Annotated

import typer

from reso_geo.cli.options import Json, Lang, PlanPath, Quiet, keep_input, talk_for
from reso_geo.errors import UsageError
from reso_geo.plan_check import check_plan, save_check
from reso_geo.report import CHECK_COLUMNS, check_balance, check_rows, check_summary
from reso_geo.words import Phrase, say

if TYPE_CHECKING:
    from reso_geo.cli.talk import Talk
    from reso_geo.plan_check import PlanCheck

__all__ = ["check"]

_PROBLEMS = 1


def check(  # noqa: PLR0913, PLR0917 - one option a parameter
    plan_path: PlanPath,
    full: Annotated[bool, typer.Option("--full", help="help.check_full")] = False,  # noqa: FBT002 - a flag of the command line
    repair: Annotated[bool, typer.Option("--repair", help="help.check_repair")] = False,  # noqa: FBT002 - a flag of the command line
    out: Annotated[Path | None, typer.Option("--out", help="help.check_out")] = None,
    trust: Annotated[
        str | None, typer.Option("--trust", help="help.check_trust", metavar="segments|polygons")
    ] = None,
    lang: Lang = "fr",
    as_json: Json = False,  # noqa: FBT002 - a flag of the command line
    quiet: Quiet = False,  # noqa: FBT002 - a flag of the command line
) -> None:
    """Check a plan after a hand edit."""
    talk = talk_for(lang, as_json=as_json, quiet=quiet)
    if out is not None:
        keep_input(plan_path, out)
        if out.suffix.lower() != ".gpkg":
            raise UsageError(Phrase("check.out_kind", {"path": out}))
    with talk.stages() as begin:
        found = check_plan(plan_path, trust=trust, repair=repair, full=full, progress=begin)
        if out is not None:
            begin("progress.write")
            save_check(found, out, talk.lang)
    talk.document(check_summary(found, None if out is None else str(out), talk.lang))
    _tell(talk, found)
    _tell_written(talk, found, out)
    if not found.valid:
        raise typer.Exit(_PROBLEMS)


def _tell(talk: Talk, found: PlanCheck) -> None:
    """Say what changed, what was repaired, what is wrong, and what it does to the figures."""
    edited = found.edited
    if edited.edits:
        talk.line("check.edits")
        for edit in edited.edits:
            talk.line("cli.item", {"text": edit.what})
    if edited.truth in ("segments", "polygons"):
        talk.line(f"check.truth.{edited.truth}")
    if found.repairs:
        talk.line("check.repairs")
        for done in found.repairs:
            talk.line("cli.item", {"text": done.what})
    if found.problems:
        talk.line("check.problems_left", {"count": len(found.problems), "path": edited.path.name})
        for problem in found.problems:
            told = Phrase("check.problem", {"what": problem.what, "remedy": problem.remedy})
            talk.line("cli.item", {"text": told})
    if found.after is None:
        talk.line("check.not_recomputed")
        return
    rows = check_rows(found, talk.lang)
    if rows:
        heads = [say(talk.lang, f"check.column.{name}") for name in CHECK_COLUMNS]
        talk.table([say(talk.lang, "column.beat_id"), *heads], rows)
    balance = check_balance(found)
    if balance is not None:
        talk.line(balance.key, balance.values)
    for phrase in found.after.warnings:
        if phrase.key == "check.estimated":
            talk.line("cli.warning", {"text": phrase})
    if found.valid:
        values = {
            "beats": len(found.after.beats),
            "posts": sum(beat.posts for beat in found.after.beats),
            "km": found.after.network.required_km,
        }
        key = "edited" if edited.edits or found.repairs else "unedited"
        talk.line(f"check.valid_{key}", values)


def _tell_written(talk: Talk, found: PlanCheck, out: Path | None) -> None:
    if out is None:
        if found.repairs:
            talk.line("check.repairs_not_written")
        elif found.after is not None and found.edited.edits:
            talk.line("check.original_stands")
    elif found.after is None:
        talk.line("check.wrote_copy", {"path": out})
    else:
        talk.line("check.wrote_problems" if found.problems else "check.wrote", {"path": out})
