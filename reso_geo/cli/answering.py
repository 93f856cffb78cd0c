"""The options that every command has: how it answers."""

from __future__ import annotations

from typing import Annotated, Any

import typer

__all__ = ["add_answering"]


def _answering(
    lang: Annotated[str, typer.Option(help="help.lang", metavar="fr|en")] = "fr",
    as_json: Annotated[bool, typer.Option("--json", help="help.json")] = False,  # noqa: FBT002 - a flag of the command line
    quiet: Annotated[bool, typer.Option("--quiet", help="help.quiet")] = False,  # noqa: FBT002 - a flag of the command line
    verbose: Annotated[bool, typer.Option("--verbose", help="help.verbose")] = False,  # noqa: FBT002 - a flag of the command line
) -> None:
    """Describe what every command can be asked of how it answers."""


def add_answering(command: Any) -> None:  # noqa: ANN401 - typer has no public name for it
    """Add the options of how a command answers; `reso_geo.cli.options.output_for` reads them.

    Parameters
    ----------
    command
        To add them to.
    """
    shared = typer.Typer(add_completion=False)
    shared.command()(_answering)
    for option in typer.main.get_command(shared).params:
        option.expose_value, option.callback = False, _keep  # type: ignore[assignment]
        command.params.append(option)


def _keep(context: typer.Context, param: typer.CallbackParam, value: object) -> object:
    context.meta[param.name or ""] = value
    return value
