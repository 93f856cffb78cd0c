"""The help of commands in the reader's language: also the words that typer itself writes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import typer.core

from reso_geo.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Command", "Commands"]

_WORDS = (
    (r"^Usage:", "usage"),
    (r"^Arguments:", "arguments"),
    (r"^Options:", "options"),
    (r"^Commands:", "commands"),
    (r"COMMAND \[ARGS\]\.\.\.", "command_args"),
    (r"\[required\]", "required"),
    (r"\[default:", "default"),
    (r"Show this message and exit\.", "help"),
)
"""What typer writes in English, and the keys of the catalogue."""
_VALUES = {"<path>": "path", "<str>": "text", "<int>": "whole", "<float>": "number"}
_VALUE = re.compile(r"(<(?:path|str|int|float)>)( *)")


def _translated(text: str, lang: str) -> str:
    """Return a page of help with typer's own words in a language."""
    for pattern, key in _WORDS:
        text = re.sub(pattern, say(lang, f"typer.{key}"), text, flags=re.MULTILINE)

    def value(found: re.Match[str]) -> str:
        """Keep what stands behind it in its column."""
        name = say(lang, f"typer.{_VALUES[found[1]]}")
        room = len(found[0]) - len(name)
        return name + " " * max(room, min(1, len(found[2])))

    return _VALUE.sub(value, text)


class _InOneLanguage:
    """What has a page of help, in one language.

    Attributes
    ----------
    lang
        ``fr`` or ``en``.
    """

    lang = "fr"

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401 - typer has no public name for it
        """Write the help.

        Parameters
        ----------
        ctx
            Of the call.

        Returns
        -------
        str
            In the language of the commands.
        """
        page: str = super().get_help(ctx)  # type: ignore[misc]
        return _translated(page, self.lang)


class Command(_InOneLanguage, typer.core.TyperCommand):
    """A command whose help is in one language."""


class Commands(_InOneLanguage, typer.core.TyperGroup):
    """The commands together; their help is in one language.

    Attributes
    ----------
    load
        Takes the name of a command, returns it with its options; what stands in the list of
        commands until then has a name and one sentence.
    """

    load: Callable[[str], Any]

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:  # noqa: ANN401 - typer has no public name for it
        """Return the command that is called, with all its options.

        Parameters
        ----------
        ctx
            Of the call.
        args
            What was asked for, the name of the command first.

        Returns
        -------
        tuple
            Its name, the command, and what stands behind the name.
        """
        name, command, rest = super().resolve_command(ctx, args)
        return name, self.load(name) if name and command else None, rest
