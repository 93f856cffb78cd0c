"""What several commands ask for in the same way."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reso_geo.cli.console import Output
from reso_geo.errors import PlanError, UsageError
from reso_geo.i18n import LANGUAGES, Phrase
from reso_geo.plan import beats_meant, one_beat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo.plan import Plan, PlanRequest

__all__ = [
    "Audience",
    "CountsWeeks",
    "DrawnDate",
    "Keep",
    "NearMean",
    "PlanPath",
    "PopulationColumn",
    "Season",
    "Trust",
    "keep_folder",
    "keep_input",
    "named_in",
    "output_for",
    "posts_of",
    "spelt",
]  # fmt: skip

_NEW_ID = re.compile(r"([A-Za-z]+)[-_ ]?(\d+)")

DrawnDate = Annotated[str | None, typer.Option("--date", help="help.drawn_date")]
Audience = Annotated[
    str, typer.Option("--audience", help="help.audience", metavar="public|internal|restricted")
]
Season = Annotated[str, typer.Option(help="help.season", metavar="summer|winter|auto")]
CountsWeeks = Annotated[float | None, typer.Option("--counts-weeks", help="help.counts_weeks")]
PopulationColumn = Annotated[
    str, typer.Option("--population-column", help="help.population_column")
]
Keep = Annotated[str, typer.Option("--keep", help="help.keep", metavar="load|residents|anchors")]
NearMean = Annotated[float | None, typer.Option("--tolerance", help="help.rebalance_tolerance")]
Trust = Annotated[
    str | None, typer.Option("--trust", help="help.check_trust", metavar="segments|polygons")
]
# The reader of a plan says why a file cannot be read; typer would only say that it does not fit.
PlanPath = Annotated[Path, typer.Argument(help="help.plan_path", metavar="PLAN", readable=False)]


def output_for(context: typer.Context) -> Output:
    """Return how a command answers on the standard output.

    From here on what anything else prints goes to standard error.

    Parameters
    ----------
    context
        Of the call, with what `reso_geo.cli.answering.add_answering` asked for.

    Returns
    -------
    Output
        In that language.

    Raises
    ------
    UsageError
        When the language is not known.
    """
    lang, as_json, quiet, verbose = (
        context.meta[name] for name in ("lang", "as_json", "quiet", "verbose")
    )
    if lang not in LANGUAGES:
        raise UsageError(Phrase("cli.unknown_lang", {"lang": lang}))
    answers, sys.stdout = sys.stdout, sys.stderr
    return Output(lang, as_json, quiet, answers, verbose)


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


def keep_folder(source: Path, out: Path) -> None:
    """Refuse a file where a folder is asked for, and to write over what is read.

    Parameters
    ----------
    source, out
        What is read, and the folder of the new plan.

    Raises
    ------
    UsageError
        When something else than a folder has its name.
    PlanError
        When the source is the folder's plan.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(Phrase("cli.out_is_file", {"path": out}))
    keep_input(source, out / "plan.gpkg")


def spelt(ids: Sequence[str], names: Sequence[str], word: str) -> str:
    """Spell the id of a beat as its plan does.

    Parameters
    ----------
    ids, names
        Of the beats of the plan.
    word
        What names one of them.

    Returns
    -------
    str
        Its id; what stands for none, or for several, as it is.
    """
    places = one_beat(ids, names, word)
    return ids[places[0]] if len(places) == 1 else word


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
        beat, _, number = (part.strip() for part in word.rpartition("="))
        # A new cut names its beats so: the initials of the city, and a number of two digits.
        if found := _NEW_ID.fullmatch(beat):
            beat = f"{found[1].upper()}-{int(found[2]):02d}"
        if not beat or not number.isdecimal() or beat in posts:
            raise UsageError(Phrase("cli.bad_posts", {"word": word}))
        posts[beat] = int(number)
    return posts or None


def named_in(
    earlier: Plan | None, request: PlanRequest, lock: Sequence[str]
) -> tuple[PlanRequest, tuple[str, ...]]:
    """Return the ids of an earlier plan's beats in place of the words that name them.

    Parameters
    ----------
    earlier
        The plan that a new cut starts from; None for a street source.
    request
        What is asked for; posts of single beats may name them in any case.
    lock
        Beats to keep, by id or name in any case.

    Returns
    -------
    tuple of (PlanRequest, tuple of str)
        The request, and the ids of the beats to keep.

    Raises
    ------
    UsageError
        When the plan has no such beat.
    """
    if earlier is None:
        return request, tuple(lock)
    ids, names = earlier.partition.beat_id, [beat.name for beat in earlier.beats]
    if request.cut.posts:
        posts = {spelt(ids, names, word): count for word, count in request.cut.posts.items()}
        request = replace(request, cut=replace(request.cut, posts=posts))
    return request, beats_meant(ids, names, lock)
