"""Running a command: one answer on standard output, and no exception that ends in a traceback."""

from __future__ import annotations

import io
import os
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn

import typer

from reso_geo.cli.app import commands_in
from reso_geo.cli.console import Output, fail
from reso_geo.cli.failures import INTERRUPTED, failure_of
from reso_geo.cli.standard_output import keep_for_answers
from reso_geo.errors import InfeasibleError
from reso_geo.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

__all__ = ["main"]

_PROGRAM = "reso-geo"
_WITH_RESULT = (InfeasibleError.exit_code, INTERRUPTED)
"""Exit codes that may come with a result: what was found before the command had to end."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit.

    Parameters
    ----------
    arguments
        Words after the program's name; None takes them from the process.
    """
    words = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    keep_for_answers()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    options = words[: words.index("--")] if "--" in words else words
    lang, answers, code = _language(options), sys.stdout, 0
    if sys.unraisablehook is sys.__unraisablehook__:
        # What is left of a failed write may fail again as it is taken away: it was said once.
        sys.unraisablehook = _say_nothing
    try:
        code = _run(words, lang, as_json="--json" in options, verbose="--verbose" in options)
        if answers is not None:
            answers.flush()
    except BrokenPipeError:
        # The reader (head, less) has seen enough.
        _leave(answers)
    except OSError as error:
        _leave(answers)
        failure = failure_of(error)
        if code < failure.exit_code:  # else it was said
            fail(lang, failure.message)
            code = failure.exit_code
    sys.exit(code)


def _say_nothing(_: object) -> None:
    """Drop what was raised where nobody can catch it."""


def _leave(answers: TextIO) -> None:
    """Send what is left in the buffer nowhere, so that nothing complains when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), answers.fileno())


def _run(words: list[str], lang: str, *, as_json: bool, verbose: bool) -> int:
    """Run a command and write its one answer; return the exit code."""
    answers, commands = sys.stdout, commands_in(lang)
    command = " ".join([_PROGRAM, *(word for word in words[:1] if word in commands.commands)])
    # A document is held back until it is known to be the answer.
    encoding = getattr(answers, "encoding", None) or "utf-8"
    held = io.TextIOWrapper(io.BytesIO(), encoding, "replace", newline="") if as_json else None
    code, failure = 0, None
    try:
        code = _invoke(commands, words, held or answers)
    except (Exception, KeyboardInterrupt) as error:
        if isinstance(error, BrokenPipeError) and held is None:
            raise
        failure = failure_of(error, command, commands.commands)
        code = failure.exit_code
        if failure.unexpected and verbose:
            traceback.print_exception(error)
        fail(lang, failure.message)
    if held is None or answers is None:
        return code
    held.seek(0)
    result = held.read()
    if failure is None or (result and code in _WITH_RESULT):
        answers.write(result)
    else:
        told = failure.document(lang, command)
        Output(lang, as_json=True, quiet=True, out=answers).document(told)
    return code


def _invoke(commands: typer.core.TyperGroup, words: list[str], answers: TextIO | None) -> int:
    """Run a command whose answer goes to a stream; return the exit code."""
    before, sys.stdout = sys.stdout, answers
    try:
        with commands.make_context(_PROGRAM, list(words)) as context:
            return commands.invoke(context) or 0
    except typer.Exit as ended:
        return ended.exit_code
    finally:
        sys.stdout = before


def _language(words: Sequence[str]) -> str:
    """Find the language before the arguments are understood, for help and usage errors."""
    for place, argument in enumerate(words):
        name, _, value = argument.partition("=")
        if name == "--lang":
            found = value or next(iter(words[place + 1 :]), "")
            return found if found in LANGUAGES else "fr"
    return "fr"
