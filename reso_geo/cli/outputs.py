"""The commands that show a plan: its map, its tables and its note."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer asks for it at run time
from typing import Annotated

import typer

from reso_geo.cli.options import Audience, Json, Lang, PlanPath, Quiet, keep_input, talk_for
from reso_geo.errors import UsageError
from reso_geo.maps import STILL_ENDINGS, plan_map, save_map, save_picture
from reso_geo.plan_file import load_plan
from reso_geo.report import check_report_target, plan_report
from reso_geo.words import Phrase

__all__ = ["draw_map", "report"]


def draw_map(
    plan_path: PlanPath,
    out: Annotated[Path, typer.Option("--out", help="help.map_out")],
    audience: Audience = "internal",
    lang: Lang = "fr",
    as_json: Json = False,  # noqa: FBT002 - a flag of the command line
    quiet: Quiet = False,  # noqa: FBT002 - a flag of the command line
) -> None:
    """Draw a plan's map."""
    talk = talk_for(lang, as_json=as_json, quiet=quiet)
    keep_input(plan_path, out)
    ending = out.suffix.lower()
    if ending not in (".html", *STILL_ENDINGS):
        raise UsageError(Phrase("stills.ending", {"name": out.name}))
    if ending in STILL_ENDINGS:
        save_picture(load_plan(plan_path), out, talk.lang, audience)
    else:
        save_map(plan_map(load_plan(plan_path), talk.lang, audience), out)
    talk.document({"map": str(out)})
    talk.line("cli.wrote", {"path": out})


def report(
    plan_path: PlanPath,
    out: Annotated[Path, typer.Option("--out", help="help.report_out")],
    kind: Annotated[
        str | None, typer.Option("--kind", help="help.report_kind", metavar="table|note")
    ] = None,
    audience: Audience = "internal",
    lang: Lang = "fr",
    as_json: Json = False,  # noqa: FBT002 - a flag of the command line
    quiet: Quiet = False,  # noqa: FBT002 - a flag of the command line
) -> None:
    """Write a plan's tables, or its note."""
    talk = talk_for(lang, as_json=as_json, quiet=quiet)
    keep_input(plan_path, out)
    check_report_target(out, kind)
    plan_report(load_plan(plan_path), out, talk.lang, audience, kind)
    talk.document({"report": str(out)})
    talk.line("cli.wrote", {"path": out})
