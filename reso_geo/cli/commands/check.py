"""The command that checks a plan after a hand edit."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer asks for it at run time
from typing import TYPE_CHECKING, Annotated

import typer

from reso_geo.cli.options import PlanPath, Trust, keep_input, output_for
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.plan import waiting_phrase
from reso_geo.plan_check import TRUTHS, check_plan, save_check
from reso_geo.report import check_effects, check_summary, check_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reso_geo.cli.console import Output
    from reso_geo.plan import Plan
    from reso_geo.plan_check import PlanCheck

__all__ = ["check"]

_PROBLEMS = 1


def check(
    context: typer.Context,
    plan_path: PlanPath,
    full: Annotated[bool, typer.Option("--full", help="help.check_full")] = False,  # noqa: FBT002 - a flag of the command line
    repair: Annotated[bool, typer.Option("--repair", help="help.check_repair")] = False,  # noqa: FBT002 - a flag of the command line
    out: Annotated[Path | None, typer.Option(help="help.check_out")] = None,
    trust: Trust = None,
) -> None:
    """Check a plan after a hand edit."""
    output = output_for(context)
    if out is not None:
        keep_input(plan_path, out)
        if out.suffix.lower() != ".gpkg":
            raise UsageError(Phrase("check.out_kind", {"path": out}))
    lost: tuple[str, ...] = ()
    with output.stages() as begin:
        found = check_plan(plan_path, trust=trust, repair=repair, full=full, progress=begin)
        if out is not None:
            begin("progress.write")
            lost = save_check(found, out, output.lang)
    output.document(check_summary(found, None if out is None else str(out), output.lang))
    _write_answer(output, found)
    _write_output(output, found, out)
    if lost:
        output.line("check.not_taken", {"ids": listed(lost)})
    if not found.valid:
        raise typer.Exit(_PROBLEMS)


def _write_answer(output: Output, found: PlanCheck) -> None:
    """Describe what changed, what was repaired, what is wrong, and what it does to the figures."""
    _listed(output, "check.edits", [edit.what for edit in found.edited.edits])
    if found.edited.truth in TRUTHS:
        output.line(f"check.truth.{found.edited.truth}")
    _listed(output, "check.repairs", [done.what for done in found.repairs])
    values = {"count": len(found.problems), "path": found.edited.path.name}
    problems = [{"what": each.what, "remedy": each.remedy} for each in found.problems]
    _listed(output, "check.problems_left", [Phrase("check.problem", p) for p in problems], values)
    if found.after is None:
        output.line("check.not_recomputed")
    else:
        _write_figures(output, found, found.after)


def _listed(
    output: Output, title: str, items: Sequence[Phrase], values: Mapping[str, object] | None = None
) -> None:
    """Write a title and its items; nothing where there are none."""
    if items:
        output.line(title, values or {})
    output.lines(items)


def _write_figures(output: Output, found: PlanCheck, after: Plan) -> None:
    table = check_table(found)
    if table.rows:
        output.table(table)
    if found.before.draft:
        output.line("cli.draft" if after.draft else "check.finished")
    for phrase in check_effects(found):
        output.line(phrase)
    output.lines((w for w in after.warnings if w.key == "check.estimated"), "cli.warning")
    if found.valid:
        values = {
            "beats": len(after.beats),
            "posts": sum(beat.posts for beat in after.beats),
            "km": after.network.required_km,
        }
        key = "edited" if found.edited.changed or found.repairs else "unedited"
        output.line(f"check.valid_{key}", values)
        if (waits := waiting_phrase(after, "internal")) is not None:
            output.line(Phrase("check.partial", {"text": waits}))


def _write_output(output: Output, found: PlanCheck, out: Path | None) -> None:
    if out is None:
        if found.repairs:
            output.line("check.repairs_not_written")
        elif found.after is not None and found.edited.changed:
            output.line("check.original_stands")
    elif found.after is None:
        output.line("check.wrote_copy", {"path": out})
        if found.repairs:
            output.line("check.repairs_wait")
    else:
        output.line("check.wrote_problems" if found.problems else "check.wrote", {"path": out})
