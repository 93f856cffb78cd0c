"""The commands that show what comes with the program: examples of tables, and places."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path  # noqa: TC003 - typer asks for it at run time
from typing import Annotated

import typer

from reso_geo.boundaries import builtin_places
from reso_geo.cli.options import output_for
from reso_geo.cli.plan_output import places_table
from reso_geo.tables import write_template

__all__ = ["boundaries", "template"]


def template(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="help.template_kind")],
    out: Annotated[Path, typer.Option(help="help.template_out")],
) -> None:
    """Write an example of an input table."""
    output = output_for(context)
    write_template(kind, out, output.lang)
    output.document({"template": str(out)})
    output.line("cli.wrote", {"path": out})


def boundaries(
    context: typer.Context,
) -> None:
    """List the built-in places."""
    output, places = output_for(context), builtin_places()
    output.document({"boundaries": [asdict(place) for place in places]})
    output.table(places_table(places))
