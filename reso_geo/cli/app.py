"""The commands."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reso_geo.atomic_files import data_file
from reso_geo.boundaries import builtin_places
from reso_geo.cli.commands.assess import assess_sector
from reso_geo.cli.commands.calibrate import calibrate, observed_settings
from reso_geo.cli.commands.check import check
from reso_geo.cli.commands.cover import cover_absences
from reso_geo.cli.commands.grow import grow
from reso_geo.cli.commands.posts import posts
from reso_geo.cli.commands.rebalance import rebalance
from reso_geo.cli.commands.route import route
from reso_geo.cli.commands.show import draw_map, report
from reso_geo.cli.demand_inputs import DemandInputs, read_inputs
from reso_geo.cli.help_pages import Command, Commands
from reso_geo.cli.options import (
    CountsWeeks,
    PopulationColumn,
    Season,
    add_answering,
    keep_folder,
    named_in,
    output_for,
    posts_of,
)
from reso_geo.cli.plan_output import places_table, write_plan_summary
from reso_geo.cli.season import Conditions, season_of
from reso_geo.cli.street_source import INPUT_ROLES, inputs_of, read_ground
from reso_geo.demand import read_anchors, read_seats
from reso_geo.i18n import say
from reso_geo.maps import plan_map, save_map
from reso_geo.osm import DownloadOptions, download_network
from reso_geo.output_files import output_folder
from reso_geo.partition import CutRequest
from reso_geo.plan import PlanRequest, make_plan
from reso_geo.plan_file import save_plan
from reso_geo.report import plan_report
from reso_geo.settings import load_settings
from reso_geo.tables import write_template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reso_geo.cli.console import Output

__all__ = ["commands_in"]

app = typer.Typer(
    name="reso-geo",
    cls=Commands,
    help="help.app",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_DEMO_OFFICERS = 17


@app.command(cls=Command, help="help.demo")
def demo(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="help.demo_out")] = Path("reso_demo"),
) -> None:
    """Plan the built-in sample from its streets to its map."""
    output = output_for(context)
    boundary = str(data_file("sample/boundaries.geojson"))
    tables = DemandInputs(read_anchors(data_file("sample/anchors.geojson")))
    request = PlanRequest(CutRequest(officers=_DEMO_OFFICERS))
    source = data_file("sample/sample.osm.pbf")
    given = Conditions(load_settings())
    files: dict[str, str | Path | None] = {
        "boundary": boundary,
        "anchors": data_file("sample/anchors.geojson"),
    }
    _plan(output, source, boundary, tables, request, given, out, files=files, keep_streets=False)


@app.command(cls=Command, help="help.plan")
def plan(  # noqa: PLR0913, PLR0917 - one option a parameter
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="help.source")],
    officers: Annotated[int, typer.Option(help="help.officers")],
    out: Annotated[Path, typer.Option(help="help.out")],
    boundary: Annotated[str | None, typer.Option(help="help.boundary")] = None,
    keep_together: Annotated[
        str | None, typer.Option(help="help.keep_together", metavar="FILE|none")
    ] = None,
    mode: Annotated[str, typer.Option(help="help.mode", metavar="foot|bike")] = "foot",
    season: Season = "summer",
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
    officers_per_beat: Annotated[int, typer.Option(help="help.officers_per_beat")] = 1,
    posts: Annotated[list[str] | None, typer.Option(help="help.beat_posts", metavar="ID=N")] = None,
    lock: Annotated[list[str] | None, typer.Option(help="help.lock", metavar="ID")] = None,
    seats: Annotated[Path | None, typer.Option(help="help.seats")] = None,
    cross_cities: Annotated[bool, typer.Option("--cross-cities", help="help.cross_cities")] = False,  # noqa: FBT002 - a flag of the command line
    supervisors: Annotated[int | None, typer.Option(help="help.supervisors")] = None,
    tolerance: Annotated[float, typer.Option(help="help.tolerance")] = 0.05,
    time_limit: Annotated[float, typer.Option(help="help.time_limit")] = 600.0,
    date: Annotated[str | None, typer.Option(help="help.date")] = None,
    seed: Annotated[int, typer.Option(help="help.seed")] = 0,
) -> None:
    """Cut beats and write the plan, its map and its table."""
    output = output_for(context)
    chosen = observed_settings(output, settings, observed)
    request = PlanRequest(
        CutRequest(
            officers=officers,
            officers_per_beat=officers_per_beat,
            posts=posts_of(posts or []),
            seats=None if seats is None else read_seats(seats, output.note),
            cross_cities=cross_cities,
            tolerance=tolerance,
            time_limit_s=time_limit,
            seed=seed,
        ),
        mode,
        season_of(season, date, chosen),
        date,
        supervisors,
    )
    tables = read_inputs(anchors, (population, population_column), bases, counts, counts_weeks)
    given = Conditions(chosen, cleared, elevations)
    files = {role: context.params[role] for role in INPUT_ROLES}
    _plan(
        output, source, boundary, tables, request, given, out,
        files=files, lock=lock or (), keep_together=keep_together,
    )  # fmt: skip


def _plan(  # noqa: PLR0913 - all that one plan and the demo differ in
    output: Output,
    source: Path,
    boundary: str | None,
    tables: DemandInputs,
    request: PlanRequest,
    given: Conditions,
    out: Path,
    *,
    files: Mapping[str, str | Path | None],
    keep_streets: bool = True,
    lock: Sequence[str] = (),
    keep_together: str | None = None,
) -> None:
    """Make a plan and write it with its map and table."""
    settings = given.settings
    output.lines(tables.understood, "cli.understood")
    keep_folder(source, out)
    with output.stages() as begin:
        ground = read_ground(source, boundary, settings, out, begin)
        request, lock = named_in(ground.earlier, request, lock)
        network = given.on(ground.network)
        anchors = ground.anchors if tables.anchors is None else tables.anchors
        placed = tables.on(network, settings, anchors)
        made = make_plan(
            network,
            request=request,
            settings=settings,
            boundary=ground.boundary,
            keep_together=keep_together,
            anchors=anchors,
            people=placed.people,
            progress=begin,
            counts=placed.counts,
            bases=tables.bases,
            earlier=ground.earlier,
            lock=lock,
            inputs=inputs_of(files, source, ground.earlier),
        )
        begin("progress.write")
        with output_folder(out) as aside:
            save_plan(made, aside / "plan.gpkg", output.lang)
            save_map(plan_map(made, output.lang), aside / "map.html")
            plan_report(made, aside / "beats.csv", output.lang)
            if keep_streets:
                ground.keep(aside)
    output.lines((*ground.understood, *placed.notes), "cli.understood")
    output.warnings(ground.warnings)
    write_plan_summary(output, made, out)


app.command("map", cls=Command, help="help.map")(draw_map)
app.command(cls=Command, help="help.report")(report)
app.command("assess", cls=Command, help="help.assess")(assess_sector)
app.command(cls=Command, help="help.posts")(posts)
app.command("cover", cls=Command, help="help.cover")(cover_absences)
app.command(cls=Command, help="help.route")(route)
app.command(cls=Command, help="help.check")(check)
app.command(cls=Command, help="help.rebalance")(rebalance)
app.command(cls=Command, help="help.grow")(grow)
app.command(cls=Command, help="help.calibrate")(calibrate)


@app.command(cls=Command, help="help.download")
def download(  # noqa: PLR0913, PLR0917 - one option a parameter
    context: typer.Context,
    place: Annotated[str, typer.Argument(help="help.place")],
    out: Annotated[Path, typer.Option(help="help.download_out")],
    contact: Annotated[str, typer.Option(help="help.contact")] = "",
    refresh: Annotated[bool, typer.Option("--refresh", help="help.refresh")] = False,  # noqa: FBT002 - a flag of the command line
    max_age: Annotated[float, typer.Option(help="help.max_age")] = 30.0,
    tile_km: Annotated[float, typer.Option(help="help.tile_km")] = 50.0,
    cache: Annotated[Path | None, typer.Option(help="help.cache")] = None,
    overpass_url: Annotated[
        str, typer.Option(help="help.overpass_url")
    ] = DownloadOptions.overpass_url,
    nominatim_url: Annotated[
        str, typer.Option(help="help.nominatim_url")
    ] = DownloadOptions.nominatim_url,
) -> None:
    """Fetch the streets of a place from OpenStreetMap."""
    output = output_for(context)
    options = DownloadOptions(
        contact=contact,
        overpass_url=overpass_url,
        nominatim_url=nominatim_url,
        cache=cache,
        refresh=refresh,
        max_age_days=max_age,
        tile_km=tile_km,
        tell=output.aside,
    )
    path = download_network(place, out, options)
    output.document({"streets": str(path)})
    output.line("cli.wrote", {"path": path})


@app.command(cls=Command, help="help.template")
def template(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="help.template_kind")],
    out: Annotated[Path, typer.Option(help="help.template_out")],
) -> None:
    """Write an example of an input table."""
    output = output_for(context)
    write_template(kind, out, output.lang)
    output.document({"template": str(out)})
    output.line("cli.wrote", {"path": out})


@app.command(cls=Command, help="help.boundaries")
def boundaries(
    context: typer.Context,
) -> None:
    """List the built-in places."""
    output, places = output_for(context), builtin_places()
    output.document({"boundaries": [asdict(place) for place in places]})
    output.table(places_table(places))


def commands_in(lang: str) -> typer.core.TyperGroup:
    """Return the commands, with the texts of the catalogue for the keys that they name.

    Parameters
    ----------
    lang
        ``fr`` or ``en``.

    Returns
    -------
    typer.core.TyperGroup
        All of them.
    """
    command = typer.main.get_group(app)
    for each in command.commands.values():
        add_answering(each)
    for each in (command, *command.commands.values()):
        each.help = say(lang, each.help or "help.app")
        if isinstance(each, (Command, Commands)):
            each.lang = lang
        for parameter in each.params:
            key = getattr(parameter, "help", None) or ""
            if key.startswith("help."):
                setattr(parameter, "help", say(lang, key))  # noqa: B010 - not all kinds have it
    return command
