"""What several commands ask for in the same way."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from reso_geo.cli.talk import Talk
from reso_geo.errors import PlanError, UsageError
from reso_geo.words import LANGUAGES, Phrase

__all__ = [
    "Audience", "DrawnDate", "Json", "Lang", "PlanPath", "Quiet", "Verbose", "keep_input",
    "posts_of", "talk_for",
]  # fmt: skip

Lang = Annotated[str, typer.Option("--lang", help="help.lang", metavar="fr|en")]
Json = Annotated[bool, typer.Option("--json", help="help.json")]
Quiet = Annotated[bool, typer.Option("--quiet", help="help.quiet")]
DrawnDate = Annotated[str | None, typer.Option("--date", help="help.drawn_date")]
Verbose = Annotated[bool, typer.Option("--verbose", help="help.verbose")]
Audience = Annotated[
    str, typer.Option("--audience", help="help.audience", metavar="public|internal|restricted")
]
# The reader of a plan says why a file cannot be read; typer would only say that it does not fit.
PlanPath = Annotated[Path, typer.Argument(help="help.plan_path", metavar="PLAN", readable=False)]


def talk_for(lang: str, *, as_json: bool, quiet: bool, verbose: bool = False) -> Talk:
    """Take the standard output for the answers of a command.

    From here on what anything else prints goes to standard error.

    Parameters
    ----------
    lang
        What stands after ``--lang``.
    as_json, quiet, verbose
        Whether these flags are there.

    Returns
    -------
    Talk
        In that language.

    Raises
    ------
    UsageError
        When the language is not known.
    """
    if lang not in LANGUAGES:
        raise UsageError(Phrase("cli.unknown_lang", {"lang": lang}))
    answers, sys.stdout = sys.stdout, sys.stderr
    return Talk(lang, as_json, quiet, answers, verbose)


def keep_input(plan_path: Path, out: Path) -> None:
    """Refuse to write over the plan that is read.

    Parameters
    ----------
    plan_path, out
        What is read, and what is to be written.

    Raises
    ------
    PlanError
        When they are the same file.
    """
    if out.resolve() == plan_path.resolve():
        raise PlanError(Phrase("cli.same_file", {"path": out}))


def posts_of(words: list[str]) -> dict[str, int] | None:
    """Read the posts of single beats, such as ``GRE-02=2``.

    Parameters
    ----------
    words
        What stands after each ``--posts``.

    Returns
    -------
    dict of str to int
        Posts by beat id; None when there are none.

    Raises
    ------
    UsageError
        When a word is no id and number, or a beat stands there twice.
    """
    posts: dict[str, int] = {}
    for word in words:
        beat, _, number = word.rpartition("=")
        if not beat or not number.isdecimal() or beat in posts:
            raise UsageError(Phrase("cli.bad_posts", {"word": word}))
        posts[beat] = int(number)
    return posts or None
