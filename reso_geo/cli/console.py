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
from rich.table import Table
from rich.text import Text

from reso_geo.i18n import decimal, duration, listed, say
from reso_geo.plan import assumption_label
from reso_geo.report import VERDICT_COLUMNS, facts, sections, verdict_row
from reso_geo.travel import MODES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reso_geo.assess import Assessment
    from reso_geo.boundaries import Place
    from reso_geo.i18n import Phrase
    from reso_geo.plan import Plan
    from reso_geo.routes import Route

__all__ = ["Stage", "Talk", "fail"]

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
class Talk:
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

    def line(self, key: str, values: Mapping[str, object] | None = None) -> None:
        """Write a sentence to standard output.

        Parameters
        ----------
        key
            Of the catalogue.
        values
            What goes into its places.
        """
        if not self.quiet and not self.as_json:
            console = Console(file=self.out, soft_wrap=True, highlight=False)
            console.print(Text(say(self.lang, key, values or {})))

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

    def beats(self, plan: Plan) -> None:
        """Write a table of the beats.

        Parameters
        ----------
        plan
            A complete plan.
        """
        if self.quiet or self.as_json:
            return
        lang = self.lang
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column(say(lang, "column.beat_id"), no_wrap=True)
        table.add_column(say(lang, "column.name"), overflow="ellipsis", no_wrap=True)
        table.add_column(say(lang, "column.street_km"), justify="right", no_wrap=True)
        for mode in MODES:
            table.add_column(say(lang, f"cli.{mode}"), justify="right", no_wrap=True)
            table.add_column("", no_wrap=True)
        for beat in plan.beats:
            cells = [Text(beat.beat_id), Text(beat.name), Text(decimal(lang, beat.street_km))]
            for figures in (beat.figures(mode) for mode in MODES):
                hours = "-" if figures.pass_s is None else duration(lang, figures.pass_s)
                cells += [Text(hours), Text(say(lang, f"verdict.{figures.verdict}"))]
            table.add_row(*cells)
        self._print_table(table)

    def sector(self, found: Assessment) -> None:
        """Write the verdicts of a sector, and what there is to say about them.

        Parameters
        ----------
        found
            From `reso_geo.assess`.
        """
        if self.quiet or self.as_json:
            return
        lang = self.lang
        self.line("sheet.title", {"area": found.sector.name, "posts": found.sector.posts})
        for phrase in facts(found):
            self.line(phrase.key, phrase.values)
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in VERDICT_COLUMNS:
            table.add_column(say(lang, f"sheet.column.{name}"))
        for judgement in found.judgements.values():
            table.add_row(*(Text(cell.say(lang)) for cell in verdict_row(judgement)))
        self._print_table(table)
        for title, phrases in sections(found):
            self.line("cli.title", {"text": say(lang, title)})
            for phrase in phrases:
                self.line("cli.item", {"text": phrase})

    def loops(self, route: Route) -> None:
        """Write a table of a route's loops.

        Parameters
        ----------
        route
            From `reso_geo.plan_route`.
        """
        if self.quiet or self.as_json:
            return
        lang = self.lang
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column(say(lang, "route.loop"), justify="right", no_wrap=True)
        table.add_column("km", justify="right", no_wrap=True)
        table.add_column(say(lang, "route.time"), justify="right", no_wrap=True)
        table.add_column(say(lang, "route.streets"))
        for number, loop in enumerate(route.loops, 1):
            km, time = decimal(lang, loop.length_m / 1000.0), duration(lang, loop.seconds)
            streets = listed(loop.covered) or say(lang, "route.unnamed")
            table.add_row(Text(str(number)), Text(km), Text(time), Text(streets))
        self._print_table(table)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Write a table of short cells, all but the first to the right.

        Parameters
        ----------
        heads
            Of the columns, at least one.
        rows
            A cell a column.
        """
        if self.quiet or self.as_json:
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for place, head in enumerate(heads):
            table.add_column(Text(head), justify="right" if place else "left")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self._print_table(table)

    def assumptions(self, keys: tuple[str, ...]) -> None:
        """Name the settings without a published source that figures rest on.

        Parameters
        ----------
        keys
            As in the settings file; nothing is written where there are none.
        """
        if keys and not self.verbose:
            self.line("cli.assumptions_count", {"count": len(keys)})
        elif keys:
            names = "; ".join(assumption_label(key, self.lang) for key in keys)
            self.line("cli.assumptions", {"names": names})

    def places(self, places: tuple[Place, ...]) -> None:
        """Write a table of the built-in places.

        Parameters
        ----------
        places
            From the registry.
        """
        if self.quiet or self.as_json:
            return
        lang = self.lang
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column(say(lang, "column.name"))
        table.add_column(say(lang, "cli.kind"))
        table.add_column(say(lang, "cli.population"), justify="right")
        table.add_column("km²", justify="right")
        for place in places:
            people = "-" if place.population is None else decimal(lang, place.population, 0)
            area = "-" if place.territory_km2 is None else decimal(lang, place.territory_km2)
            kind = say(lang, f"place.{place.kind}")
            table.add_row(Text(place.name), Text(kind), Text(people), Text(area))
        self._print_table(table)

    def _print_table(self, table: Table) -> None:
        """Write a table as wide as the terminal, or wide enough for a file."""
        console = Console(file=self.out, highlight=False)
        if not console.is_terminal:
            console.width = _FILE_WIDTH
        console.print(table)
