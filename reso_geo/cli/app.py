"""The commands by name; each is loaded when it is called, so that help is there at once."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer

from reso_geo.cli.answering import add_answering
from reso_geo.cli.help_pages import Command, Commands
from reso_geo.i18n import say

__all__ = ["commands_in"]

_COMMANDS = {
    "demo": "plan.demo",
    "plan": "plan.plan",
    "map": "show.draw_map",
    "report": "show.report",
    "assess": "assess.assess_sector",
    "posts": "posts.posts",
    "cover": "cover.cover_absences",
    "route": "route.route",
    "check": "check.check",
    "rebalance": "rebalance.rebalance",
    "grow": "grow.grow",
    "calibrate": "calibrate.calibrate",
    "download": "download.download",
    "template": "built_in.template",
    "boundaries": "built_in.boundaries",
}
"""Where the function of each command is, below `reso_geo.cli.commands`."""


def commands_in(lang: str) -> Commands:
    """Return the commands, with the texts of the catalogue for the keys that they name.

    Parameters
    ----------
    lang
        ``fr`` or ``en``.

    Returns
    -------
    Commands
        All of them.
    """
    named: dict[str, Any] = {
        name: Command(name, help=say(lang, f"help.{name}"), rich_markup_mode=None)
        for name in _COMMANDS
    }
    group = Commands(
        name="reso-geo", commands=named, help=say(lang, "help.app"), rich_markup_mode=None
    )
    group.lang, group.load = lang, lambda name: _loaded(name, lang)
    return group


def _loaded(name: str, lang: str) -> Any:  # noqa: ANN401 - typer has no public name for it
    """Load a command with all its options, in a language."""
    module, function = _COMMANDS[name].split(".")
    alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    work = getattr(import_module(f"reso_geo.cli.commands.{module}"), function)
    alone.command(name, cls=Command, help=say(lang, f"help.{name}"))(work)
    command: Any = typer.main.get_command(alone)
    add_answering(command)
    command.lang = lang
    for parameter in command.params:
        key = getattr(parameter, "help", None) or ""
        if key.startswith("help."):
            setattr(parameter, "help", say(lang, key))  # noqa: B010 - not all kinds have it
    return command
