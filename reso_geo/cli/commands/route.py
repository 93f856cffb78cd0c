"""The command that writes the tour of a beat."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer asks for it at run time
from typing import Annotated

import typer

from reso_geo.cli.options import PlanPath, keep_input, output_for
from reso_geo.cli.plan_output import loops_table
from reso_geo.plan_file import load_plan
from reso_geo.routes import check_target, plan_route, route_summary, save_route

__all__ = ["route"]


def route(
    context: typer.Context,
    plan_path: PlanPath,
    beat: Annotated[str, typer.Option(help="help.beat")],
    out: Annotated[Path, typer.Option(help="help.route_out")],
    mode: Annotated[str | None, typer.Option(help="help.route_mode", metavar="foot|bike")] = None,
    audience: Annotated[
        str, typer.Option(help="help.route_audience", metavar="internal|restricted")
    ] = "internal",
) -> None:
    """Write the tour of a beat, in shift-long loops."""
    output = output_for(context)
    keep_input(plan_path, out)
    check_target(out, audience)
    with output.stages() as begin:
        begin("progress.route")
        found = plan_route(load_plan(plan_path), beat, mode)
        save_route(found, out, output.lang, audience)
    output.document(route_summary(found, str(out), output.lang))
    output.table(loops_table(found))
    for phrase in found.notes:
        output.line(phrase)
    output.warnings(found.warnings)
    output.assumptions(found.assumptions)
    output.line("cli.wrote", {"path": out})
