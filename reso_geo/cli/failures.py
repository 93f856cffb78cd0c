"""How a command ends that could not do what was asked: an exit code, one sentence, a document.

What an input can cause ends with 2, an impossible request with 1, a fault of the program with 70.
"""

from __future__ import annotations

import os
import re
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from reso_geo.choices import meant
from reso_geo.errors import ResoGeoError
from reso_geo.i18n import Phrase, say

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["INTERRUPTED", "Failure", "failure_of"]

_BAD_INPUT, _FAULT, INTERRUPTED = 2, 70, 130
_PACKAGE = Path(__file__).parents[1]
_READER = re.compile(r"(?:read|load)_")
"""How the names of functions begin that read the file, or the words, which they take first."""
_NO_COMMAND = re.compile(r"No such command ['\"](.*?)['\"]\.", re.DOTALL)
_EXTRA = re.compile(r"unexpected extra arguments?(?:\(s\))? \((.*)\)", re.DOTALL)
"""What typer writes in English of words that it does not understand."""


@dataclass(frozen=True)
class Failure:
    """Why a command failed.

    Attributes
    ----------
    exit_code
        What it ends with.
    message
        What is wrong, where, and what to do.
    unexpected
        Whether nothing in the program foresaw it, so that its trace may help.
    """

    exit_code: int
    message: Phrase
    unexpected: bool = False

    def document(self, lang: str, command: str) -> dict[str, dict[str, str]]:
        """Return the failure for another program.

        Parameters
        ----------
        lang
            ``fr`` or ``en``.
        command
            What was run, such as ``reso-geo plan``: the place and the way to its help where the
            sentence names none.

        Returns
        -------
        dict
            ``{"error": {"code", "what", "where", "do"}}``; the code is the same in all languages.
        """
        where, what, do = (" ".join(part.split()) for part in self.message.parts(lang))
        told = {
            "code": self.message.key,
            "what": what,
            "where": where or command,
            "do": do or say(lang, "cli.see_help", {"command": command}),
        }
        return {"error": told}


def failure_of(  # noqa: PLR0911 - one kind a line
    error: BaseException, command: str = "reso-geo", commands: Collection[str] = ()
) -> Failure:
    """Find how a command ends with an exception.

    Parameters
    ----------
    error
        What was raised.
    command
        What was run, such as ``reso-geo plan``.
    commands
        The names of all commands, to suggest one.

    Returns
    -------
    Failure
        2 for what was raised while a file was read, whatever it is, and for what the system
        refuses; 70 for what nothing but a fault of the program explains.
    """
    if isinstance(error, ResoGeoError):
        return Failure(error.exit_code, error.message)
    if isinstance(error, typer.TyperException):
        return Failure(_BAD_INPUT, _usage(error, command, commands))
    if isinstance(error, KeyboardInterrupt):
        return Failure(INTERRUPTED, Phrase("cli.interrupted"))
    if isinstance(error, MemoryError):
        return Failure(_BAD_INPUT, Phrase("cli.no_memory"), unexpected=True)
    source = _source_read(error)
    if isinstance(error, OSError) and (error.filename or source is None):
        values = {"path": error.filename or Phrase("cli.unnamed_file"), "why": error}
        return Failure(_BAD_INPUT, Phrase("cli.system", values))
    kind = type(error).__name__
    if source is not None:
        values = {"path": source, "kind": kind}
        return Failure(_BAD_INPUT, Phrase("cli.unreadable", values), unexpected=True)
    values = {"place": _place(error), "kind": kind}
    return Failure(_FAULT, Phrase("cli.fault", values), unexpected=True)


def _source_read(error: BaseException) -> str | None:
    """Return what a reader of the package was reading as it failed, as its caller named it."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        path = Path(frame.f_code.co_filename)
        inside = path.is_relative_to(_PACKAGE) and not path.is_relative_to(_PACKAGE / "cli")
        if inside and _READER.match(frame.f_code.co_name):
            source = frame.f_locals.get(frame.f_code.co_varnames[0])
            if isinstance(source, (str, os.PathLike)):
                return str(source)
    return None


def _place(error: BaseException) -> str:
    """Return the line of the package where an exception came from, in short."""
    found = "reso_geo"
    for frame, line in traceback.walk_tb(error.__traceback__):
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(_PACKAGE):
            found = f"{path.relative_to(_PACKAGE.parent).as_posix()}:{line}"
    return found


def _usage(error: typer.TyperException, command: str, commands: Collection[str]) -> Phrase:
    """Describe in the catalogue's words what was wrong with the options; the name tells which."""
    text, values = error.format_message(), dict[str, object](command=command)
    parameter = getattr(error, "param", None)
    name = parameter.opts[0] if parameter is not None else getattr(error, "option_name", "")
    kind = type(error).__name__
    if kind in ("MissingParameter", "NoSuchOption", "BadParameter"):
        return Phrase(f"cli.{kind}", values | {"name": name})
    if kind == "BadOptionUsage":
        key = "cli.needs_value" if "requires" in text else "cli.takes_no_value"
        return Phrase(key, values | {"name": name})
    if found := _NO_COMMAND.search(text):
        values |= {"name": found[1], "meant": meant(found[1], commands)}
        return Phrase("cli.no_command", values)
    if found := _EXTRA.search(text):
        return Phrase("cli.too_many_words", values | {"words": found[1]})
    return Phrase("cli.usage", values | {"why": text.rstrip(".")})
