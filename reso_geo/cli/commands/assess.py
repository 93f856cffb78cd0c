"""The command that judges one sector."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer asks for it at run time
from typing import Annotated

import typer

from reso_geo.assess import VERDICTS, Assessment, AssessRequest, assess
from reso_geo.choices import check_choice
from reso_geo.cli.commands.calibrate import observed_settings
from reso_geo.cli.demand_inputs import read_inputs
from reso_geo.cli.options import CountsWeeks, PopulationColumn, keep_input, output_for
from reso_geo.cli.season import Conditions, season_of
from reso_geo.cli.sector_source import Area, find_sector
from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase
from reso_geo.plan import sector_assumptions
from reso_geo.report import (
    check_sector_target,
    save_matters,
    save_reach,
    save_sector_note,
    save_sheet,
    sector_summary,
)
from reso_geo.travel import MODES, SEASONS

__all__ = ["assess_sector"]


def assess_sector(  # noqa: PLR0913, PLR0917 - one option a parameter
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="help.source")],
    area: Annotated[str | None, typer.Option(help="help.assess_area")] = None,
    beat: Annotated[str | None, typer.Option(help="help.assess_beat")] = None,
    posts: Annotated[int | None, typer.Option(help="help.assess_posts")] = None,
    mode: Annotated[str | None, typer.Option(help="help.assess_modes", metavar="foot|bike")] = None,
    season: Annotated[
        str | None, typer.Option(help="help.assess_seasons", metavar="summer|winter|auto")
    ] = None,
    date: Annotated[str | None, typer.Option(help="help.assess_date")] = None,
    settings: Annotated[Path | None, typer.Option(help="help.settings")] = None,
    observed: Annotated[Path | None, typer.Option(help="help.observed")] = None,
    anchors: Annotated[Path | None, typer.Option(help="help.anchors")] = None,
    population: Annotated[Path | None, typer.Option(help="help.population")] = None,
    population_column: PopulationColumn = "population",
    counts: Annotated[Path | None, typer.Option(help="help.counts")] = None,
    counts_weeks: CountsWeeks = None,
    bases: Annotated[Path | None, typer.Option(help="help.bases")] = None,
    cleared: Annotated[Path | None, typer.Option(help="help.cleared")] = None,
    elevations: Annotated[Path | None, typer.Option(help="help.elevations")] = None,
    minutes: Annotated[str, typer.Option(help="help.minutes")] = "10,20,30",
    no_fixes: Annotated[bool, typer.Option("--no-fixes", help="help.no_fixes")] = False,  # noqa: FBT002 - a flag of the command line
    details: Annotated[bool, typer.Option("--details", help="help.details")] = False,  # noqa: FBT002 - a flag of the command line
    fail_on: Annotated[
        str | None, typer.Option(help="help.fail_on", metavar="no|borderline")
    ] = None,
    out: Annotated[list[Path] | None, typer.Option(help="help.assess_out")] = None,
    seed: Annotated[int, typer.Option(help="help.seed")] = 0,
) -> None:
    """Judge a sector."""
    output = output_for(context)
    wanted = Area(source, area, beat, posts)
    failing = _failing(fail_on)
    targets = out or []
    for path in targets:
        keep_input(source, path)
        check_sector_target(path)
    given = Conditions(observed_settings(output, settings, observed), cleared, elevations)
    request = AssessRequest(
        modes=MODES if mode is None else (mode,),
        seasons=SEASONS if season is None else (season_of(season, date, given.settings),),
        minutes=_minutes(minutes),
        fixes=not no_fixes,
        seed=seed,
    )
    tables = read_inputs(anchors, (population, population_column), bases, counts, counts_weeks)
    with output.stages() as begin:
        place = find_sector(wanted, tables, given, settings, begin)
        found = assess(place.sector, place.settings, request, progress=begin)
        for path in targets:
            _save(found, path, output.lang)
    output.lines((*tables.understood, *place.notes), "cli.understood")
    output.document(sector_summary(found, output.lang))
    output.sector(found, details=details)
    output.assumptions(sector_assumptions(found))
    for path in targets:
        output.line("cli.wrote", {"path": path})
    if any(judged.case.verdict.verdict in failing for judged in found.judgements.values()):
        raise typer.Exit(code=1)


def _save(found: Assessment, path: Path, lang: str) -> None:
    """Write what the ending asks for: the sheet, the note, or the reach."""
    ending = path.suffix.lower()
    if ending == ".md":
        save_sheet(found, path, lang)
    elif ending in (".docx", ".pdf"):
        save_sector_note(found, path, lang)
    elif ending == ".png":
        save_matters(found, path, lang)
    else:
        save_reach(found, path)


def _failing(asked: str | None) -> tuple[str, ...]:
    """Return the verdicts that end the command with exit code 1."""
    if asked is None:
        return ()
    # From the best to the worst: what is asked for, and all that is worse.
    bad = VERDICTS[1:]
    check_choice(asked, bad)
    return bad[bad.index(asked) :]


def _minutes(text: str) -> tuple[float, ...]:
    """Read numbers with commas between them; none where there is nothing."""
    try:
        return tuple(sorted({float(part) for part in text.split(",") if part.strip()}))
    except ValueError as error:
        raise UsageError(Phrase("assess.not_minutes", {"text": text})) from error
