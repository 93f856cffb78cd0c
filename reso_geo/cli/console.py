"""Speaking to the user: language, results, progress, errors."""

from __future__ import annotations

import json
import sys
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TextIO

from rich.console import Console
from rich.status import Status
from rich.table import Table as Grid
from rich.text import Text

from reso_geo.i18n import Phrase, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reso_geo.assess import Assessment
    from reso_geo.report import Table

__all__ = ["Output", "Stage", "fail"]

_FILE_WIDTH = 140
_MOST_WARNINGS = 5


class Stage(Protocol):
    """Shows which stage is under way."""

    def __call__(self, key: str, share: float = 0.0, /) -> None:
        """Show a stage.

        Parameters
        ----------
        key
            Of the catalogue.
        share
            How much of it is done, from 0 to 1; 0 shows none.
        """


def fail(lang: str, message: Phrase) -> None:
    """Write an error to standard error, on one line.

    Parameters
    ----------
    lang
        ``fr`` or ``en``.
    message
        What is wrong, where, and what to do.
    """
    text = " ".join(message.say(lang).split())
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(f"{say(lang, 'cli.error')}{text}\n")


@dataclass(frozen=True)
class Output:
    """How a command answers.

    Attributes
    ----------
    lang
        ``fr`` or ``en``.
    as_json
        One JSON document on standard output, nothing else there.
    quiet
        Nothing but errors (and JSON where asked for).
    out
        The standard output; None where the process has none.
    verbose
        Also what most readers need not see, such as each assumption.
    """

    lang: str
    as_json: bool
    quiet: bool
    out: TextIO | None
    verbose: bool = False

    def line(self, key: str | Phrase, values: Mapping[str, object] | None = None) -> None:
        """Write a sentence to standard output.

        Parameters
        ----------
        key
            Of the catalogue; or the sentence itself.
        values
            What goes into its places.
        """
        if not self.quiet and not self.as_json:
            console = Console(file=self.out, soft_wrap=True, highlight=False)
            said = Phrase(key, values or {}) if isinstance(key, str) else key
            console.print(Text(said.say(self.lang)))

    def lines(self, phrases: Iterable[Phrase], key: str = "cli.item") -> None:
        """Write sentences to standard output, each on a line of its own.

        Parameters
        ----------
        phrases
            All of them.
        key
            Of the sentence of the catalogue that each stands in.
        """
        for phrase in phrases:
            self.line(key, {"text": phrase})

    def warnings(self, phrases: Sequence[Phrase]) -> None:
        """Write warnings to standard output, at most five of a kind.

        Parameters
        ----------
        phrases
            All of them.
        """
        kinds = Counter(phrase.key for phrase in phrases)
        told: Counter[str] = Counter()
        for phrase in phrases:
            told[phrase.key] += 1
            if told[phrase.key] <= _MOST_WARNINGS:
                self.line("cli.warning", {"text": phrase})
            elif told[phrase.key] == kinds[phrase.key]:
                self.line("cli.more_warnings", {"count": kinds[phrase.key] - _MOST_WARNINGS})

    def note(self, phrase: Phrase) -> None:
        """Write what was understood of an input to standard output.

        Parameters
        ----------
        phrase
            What was understood.
        """
        self.line("cli.understood", {"text": phrase})

    def aside(self, phrase: Phrase) -> None:
        """Write what goes on to standard error, when it is a terminal.

        Parameters
        ----------
        phrase
            What goes on.
        """
        console = Console(stderr=True, highlight=False)
        if not self.quiet and console.is_terminal:
            console.print(Text(phrase.say(self.lang)))

    def document(self, content: Mapping[str, object] | list[object]) -> None:
        """Write the JSON document, where it was asked for.

        Parameters
        ----------
        content
            What to write; infinite and missing numbers are refused.
        """
        if self.as_json and self.out is not None:
            narrow = (self.out.encoding or "").lower().replace("-", "") != "utf8"
            text = json.dumps(content, ensure_ascii=narrow, indent=2, allow_nan=False)
            self.out.write(f"{text}\n")

    @contextmanager
    def stages(self) -> Iterator[Stage]:
        """Show which stage is under way on standard error, when it is a terminal.

        Yields
        ------
        callable
            Takes the key of a stage as it begins, and again with the share of it that is done.
        """
        console = Console(stderr=True)
        if self.quiet or not console.is_terminal:
            yield lambda *_: None
            return
        with Status("", console=console) as status:

            def show(key: str, share: float = 0.0) -> None:
                done = f" {100.0 * share:.0f} %" if share else ""
                status.update(f"{say(self.lang, key)}...{done}")

            yield show

    def sector(self, found: Assessment, *, details: bool = False) -> None:
        """Write the verdicts of a sector: the answer, then its figures.

        Parameters
        ----------
        found
            From `reso_geo.assess`.
        details
            True to write all that there is to say about them, too.
        """
        # Slow to load for an error alone.
        from reso_geo.report import answer, judged_by, sections, sector_facts, verdict_table  # noqa: PLC0415

        if self.quiet or self.as_json:
            return
        self.line(answer(found))
        for phrase in sector_facts(found):
            self.line(phrase)
        self.table(verdict_table(found))
        for phrase in judged_by(found):
            self.line(phrase)
        for title, phrases in sections(found):
            if details or title == "sheet.notes":
                self.line("cli.title", {"text": say(self.lang, title)})
                self.lines(phrases)
        if not details:
            self.line("sheet.more")

    def table(self, content: Table) -> None:
        """Write a table as wide as the terminal, or wide enough for a file: figures on the right.

        Parameters
        ----------
        content
            What to write.
        """
        if self.quiet or self.as_json:
            return
        content = content.for_people
        drawn = Grid(box=None, pad_edge=False, header_style="bold")
        for column, head in zip(content.columns, content.heads(self.lang), strict=True):
            drawn.add_column(
                Text(head),
                justify="left" if column.is_text else "right",
                overflow="ellipsis" if column.kind == "name" else "fold",
                no_wrap=column.kind == "name",
            )
        for row in content.texts(self.lang):
            drawn.add_row(*map(Text, row))
        console = Console(file=self.out, highlight=False)
        if not console.is_terminal:
            console.width = _FILE_WIDTH
        console.print(drawn)

    def assumptions(self, keys: tuple[str, ...]) -> None:
        """Write the settings without a published source that figures rest on.

        Parameters
        ----------
        keys
            As in the settings file; nothing is written where there are none.
        """
        from reso_geo.plan import assumption_label  # noqa: PLC0415 - slow to load for an error

        if keys and not self.verbose:
            self.line("cli.assumptions_count", {"count": len(keys)})
        elif keys:
            names = "; ".join(assumption_label(key, self.lang) for key in keys)
            self.line("cli.assumptions", {"names": names})
