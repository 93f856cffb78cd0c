"""The help of commands in the reader's language: also the words that typer itself writes."""

from __future__ import annotations

import re
from typing import Any

import typer.core

from reso_geo.i18n import say

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
    """The commands together; their help is in one language."""
