"""The commands that show a plan: its map, its tables and its note."""

from __future__ import annotations

import re
from pathlib import Path  # noqa: TC003 - typer asks for it at run time
from typing import Annotated

import typer

from reso_geo.cli.options import Audience, DrawnDate, PlanPath, keep_input, output_for
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase
from reso_geo.maps import STILL_ENDINGS, ladder_map, plan_map, save_map, save_picture
from reso_geo.plan_file import load_plan
from reso_geo.report import check_report_target, plan_report

__all__ = ["draw_map", "report", "steps_of"]

_NUMBER = re.compile(r"(\D*)(\d*)")


def draw_map(
    context: typer.Context,
    plan_paths: Annotated[
        list[Path], typer.Argument(help="help.map_plans", metavar="PLAN...", readable=False)
    ],
    out: Annotated[Path, typer.Option(help="help.map_out")],
    compare: Annotated[Path | None, typer.Option(help="help.compare")] = None,
    audience: Audience = "internal",
    date: DrawnDate = None,
) -> None:
    """Draw a plan's map, alone, beside an earlier plan, or with the steps of a ladder."""
    output = output_for(context)
    paths = steps_of(plan_paths)
    if compare is not None and len(paths) > 1:
        raise UsageError(Phrase("cli.compare_one"))
    for path in (*paths, *(() if compare is None else (compare,))):
        keep_input(path, out)
    ending = out.suffix.lower()
    if ending not in (".html", *STILL_ENDINGS):
        raise UsageError(Phrase("stills.ending", {"name": out.name}))
    plans = [load_plan(path) for path in paths]
    if ending in STILL_ENDINGS and (len(plans) > 1 or compare is not None):
        raise UsageError(Phrase("cli.one_picture"))
    if ending in STILL_ENDINGS:
        save_picture(plans[0], out, output.lang, audience, date=date)
    elif len(plans) > 1:
        save_map(ladder_map(plans, output.lang, audience, date=date), out)
    else:
        before = None if compare is None else load_plan(compare)
        save_map(plan_map(plans[0], output.lang, audience, compare=before, date=date), out)
    output.document({"map": str(out)})
    output.line("cli.wrote", {"path": out})


def steps_of(paths: list[Path]) -> list[Path]:
    """Find the plan files that are meant.

    Parameters
    ----------
    paths
        Plan files, or folders of a ladder.

    Returns
    -------
    list of Path
        A folder gives its ``plan.gpkg``; one without gives that of each of its folders, in the
        order of their names, with numbers in them counted.

    Raises
    ------
    UsageError
        When a folder holds none.
    """
    found: list[Path] = []
    for path in paths:
        steps = [path]
        if path.is_dir():
            own = path / "plan.gpkg"
            steps = [own] if own.is_file() else sorted(path.glob("*/plan.gpkg"), key=_counted)
        if not steps:
            raise UsageError(Phrase("cli.no_steps", {"path": path}))
        found += steps
    return found


def _counted(path: Path) -> list[tuple[int, str]]:
    """Sort step-2 before step-10."""
    return [(int(part or 0), word) for word, part in _NUMBER.findall(path.parent.name)]


def report(
    context: typer.Context,
    plan_path: PlanPath,
    out: Annotated[Path, typer.Option(help="help.report_out")],
    kind: Annotated[
        str | None, typer.Option(help="help.report_kind", metavar="table|note|matters")
    ] = None,
    audience: Audience = "internal",
    date: DrawnDate = None,
) -> None:
    """Write a plan's tables, or its note."""
    output = output_for(context)
    keep_input(plan_path, out)
    check_report_target(out, kind)
    plan_report(load_plan(plan_path), out, output.lang, audience, kind=kind, date=date)
    output.document({"report": str(out)})
    output.line("cli.wrote", {"path": out})
