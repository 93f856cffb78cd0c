"""The command that says how many posts are needed."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer asks for it at run time
from typing import TYPE_CHECKING, Annotated

import typer

from reso_geo.assess import PostsRequest, posts_needed
from reso_geo.cli.commands.calibrate import observed_settings
from reso_geo.cli.demand_inputs import read_inputs
from reso_geo.cli.options import CountsWeeks, Season, keep_input, output_for
from reso_geo.cli.season import Conditions, season_of
from reso_geo.cli.street_source import read_ground
from reso_geo.demand import read_seats
from reso_geo.errors import InfeasibleError
from reso_geo.i18n import Phrase
from reso_geo.plan import posts_assumptions
from reso_geo.report import (
    check_seats_target,
    curve_table,
    needed_table,
    posts_sentences,
    posts_summary,
    save_seats,
)

if TYPE_CHECKING:
    from reso_geo.assess import PostsNeeded
    from reso_geo.cli.console import Output

__all__ = ["posts"]


def posts(  # noqa: PLR0913, PLR0917 - one option a parameter
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="help.source")],
    boundary: Annotated[str | None, typer.Option(help="help.boundary")] = None,
    mode: Annotated[str, typer.Option(help="help.posts_mode", metavar="foot|bike")] = ("foot"),
    season: Season = "summer",
    date: Annotated[str | None, typer.Option(help="help.assess_date")] = None,
    settings: Annotated[Path | None, typer.Option(help="help.settings")] = None,
    observed: Annotated[Path | None, typer.Option(help="help.observed")] = None,
    anchors: Annotated[Path | None, typer.Option(help="help.anchors")] = None,
    counts: Annotated[Path | None, typer.Option(help="help.counts")] = None,
    counts_weeks: CountsWeeks = None,
    bases: Annotated[Path | None, typer.Option(help="help.bases")] = None,
    cleared: Annotated[Path | None, typer.Option(help="help.cleared")] = None,
    elevations: Annotated[Path | None, typer.Option(help="help.elevations")] = None,
    seats_rule: Annotated[
        str, typer.Option(help="help.seats_rule", metavar="sainte-lague|huntington-hill")
    ] = "sainte-lague",
    seats: Annotated[Path | None, typer.Option(help="help.posts_seats")] = None,
    most: Annotated[int | None, typer.Option(help="help.most")] = None,
    tolerance: Annotated[float, typer.Option(help="help.tolerance")] = 0.05,
    seed: Annotated[int, typer.Option(help="help.seed")] = 0,
    out: Annotated[Path | None, typer.Option(help="help.posts_out")] = None,
) -> None:
    """Return how many posts are needed, city by city."""
    output = output_for(context)
    if out is not None:
        keep_input(source, out)
        check_seats_target(out)
    given = Conditions(observed_settings(output, settings, observed), cleared, elevations)
    request = PostsRequest(
        mode=mode,
        season=season_of(season, date, given.settings),
        seats_rule=seats_rule,
        seats=None if seats is None else read_seats(seats, output.note),
        most=most,
        tolerance=tolerance,
        seed=seed,
    )
    tables = read_inputs(anchors, (None, ""), bases, counts, counts_weeks)
    with output.stages() as begin:
        ground = read_ground(source, boundary, given.settings, None, begin)
        network = given.on(ground.network)
        visits = ground.anchors if tables.anchors is None else tables.anchors
        placed = tables.on(network, given.settings, visits)
        found = posts_needed(
            network,
            given.settings,
            request,
            anchors=visits,
            progress=begin,
            counts=placed.counts,
            bases=tables.bases,
        )
    output.lines((*tables.understood, *placed.notes), "cli.understood")
    output.document(posts_summary(found, output.lang))
    output.warnings((*ground.warnings, *found.warnings))
    _write_answer(output, found)
    if found.total is None:
        why = next(city.why for city in found.cities if city.why is not None)
        raise InfeasibleError(Phrase("posts.total_none", {"why": why}))
    if out is not None:
        save_seats(found, out, output.lang)
        output.line("posts.wrote", {"path": out, "total": found.total})


def _write_answer(output: Output, found: PostsNeeded) -> None:
    request, total = found.request, found.total
    values = {
        "mode": Phrase(f"assess.{request.mode}"),
        "season": Phrase(f"assess.{request.season}"),
    }
    output.line("posts.title", values)
    output.table(needed_table(found))
    output.table(curve_table(found.curve))
    output.lines(posts_sentences(found))
    if found.knee is not None:
        enough = found.total is not None and found.knee >= found.total
        output.line("posts.knee" if enough else "posts.knee_short", {"posts": found.knee})
    if total is not None:
        output.line("posts.total", {"total": total})
    output.assumptions(posts_assumptions(found))
