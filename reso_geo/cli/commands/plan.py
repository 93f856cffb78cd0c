"""The commands that cut beats: of any streets, and of the built-in sample."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from reso_geo.atomic_files import data_file
from reso_geo.cli.commands.calibrate import observed_settings
from reso_geo.cli.demand_inputs import DemandInputs, read_inputs
from reso_geo.cli.options import (
    CountsWeeks,
    PopulationColumn,
    Season,
    keep_folder,
    named_in,
    output_for,
    posts_of,
)
from reso_geo.cli.plan_output import write_plan_summary
from reso_geo.cli.season import Conditions, season_of
from reso_geo.cli.street_source import INPUT_ROLES, inputs_of, read_ground
from reso_geo.demand import read_anchors, read_seats
from reso_geo.errors import PlanError, UsageError
from reso_geo.i18n import Phrase, listed
from reso_geo.maps import plan_map, save_map
from reso_geo.output_files import output_folder
from reso_geo.partition import CutRequest
from reso_geo.plan import (
    PlanRequest,
    beats_by_street,
    id_text,
    make_plan,
    plan_from_beats,
    read_beats,
)
from reso_geo.plan_file import load_plan, save_plan
from reso_geo.report import plan_report
from reso_geo.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from reso_geo.cli.console import Output
    from reso_geo.coverage import Depth
    from reso_geo.network import StreetNetwork
    from reso_geo.plan import Plan

__all__ = ["demo", "plan"]

_DEMO_OFFICERS = 17


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


def plan(  # noqa: PLR0913, PLR0917 - one option a parameter
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="help.source")],
    out: Annotated[Path, typer.Option(help="help.out")],
    officers: Annotated[int | None, typer.Option(help="help.officers")] = None,
    beats: Annotated[Path | None, typer.Option(help="help.beats")] = None,
    beat_column: Annotated[
        str, typer.Option("--id", help="help.beat_column", metavar="COLUMN")
    ] = "beat_id",
    name_column: Annotated[
        str | None, typer.Option("--name", help="help.name_column", metavar="COLUMN")
    ] = None,
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
    draft: Annotated[bool, typer.Option("--draft", help="help.draft")] = False,  # noqa: FBT002 - a flag of the command line
    date: Annotated[str | None, typer.Option(help="help.date")] = None,
    seed: Annotated[int, typer.Option(help="help.seed")] = 0,
) -> None:
    """Cut beats, or take those that there are, and write the plan, its map and its table."""
    output = output_for(context)
    existing = None
    if beats is not None:
        no_cut = {
            "--officers-per-beat": officers_per_beat != 1,
            "--lock": bool(lock),
            "--seats": seats is not None,
            "--keep-together": keep_together is not None,
            "--cross-cities": cross_cities,
            "--supervisors": supervisors is not None,
        }
        if asked := [name for name, given in no_cut.items() if given]:
            raise UsageError(Phrase("cli.beats_with", {"options": listed(asked)}))
        keep_folder(beats, out)
        existing = _existing(output, beats, (beat_column, name_column), posts_of(posts or []))
        officers = existing.officers(officers)
    if officers is None:
        raise UsageError(Phrase("cli.no_officers"))
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
        files=files, lock=lock or (), keep_together=keep_together, draft=draft,
        existing=existing,
    )  # fmt: skip


class _Existing(NamedTuple):
    """Beats that there are: their polygons, columns, posts by id, and the plan they come from."""

    frame: gpd.GeoDataFrame
    id: str
    name: str | None
    posts: dict[str, int]
    plan: Plan | None

    def on(self, network: StreetNetwork) -> pd.DataFrame | gpd.GeoDataFrame:
        """Return the beat of each street where a plan on the same streets says it, or polygons."""
        if self.plan is None:
            return self.frame
        return beats_by_street(self.frame, self.plan, network, self.id)

    def officers(self, asked: int | None) -> int:
        """Return the posts of all beats, which may be asked for as well."""
        ids = set(map(id_text, self.frame[self.id].dropna()))
        count = len(ids - set(self.posts)) + sum(self.posts.values())
        if asked not in (None, count):
            values = {"asked": asked, "count": count}
            raise UsageError(Phrase("cli.beats_officers", values))
        return count


def _existing(
    output: Output, path: Path, columns: tuple[str, str | None], posts: dict[str, int] | None
) -> _Existing:
    frame, notes = read_beats(path, *columns)
    output.lines(notes, "cli.understood")
    plan = None
    if path.suffix.lower() == ".gpkg" and columns[0].casefold() == "beat_id":
        with suppress(PlanError):  # any other file, or one whose beats were drawn by hand since
            plan = load_plan(path, tours=False)
    return _Existing(frame, *columns, posts or {}, plan)


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
    draft: bool = False,
    existing: _Existing | None = None,
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
        inputs = inputs_of(files, source, ground.earlier)
        depth: Depth = "fast" if draft else "final"
        if existing is None:
            made = make_plan(
                network,
                request=request,
                settings=settings,
                boundary=ground.boundary,
                keep_together=keep_together,
                anchors=anchors,
                people=placed.people,
                depth=depth,
                progress=begin,
                counts=placed.counts,
                bases=tables.bases,
                earlier=ground.earlier,
                lock=lock,
                inputs=inputs,
            )
        else:
            made = plan_from_beats(
                network,
                existing.on(network),
                id=existing.id,
                name=existing.name,
                posts=existing.posts,
                settings=settings,
                mode=request.mode,  # type: ignore[arg-type]
                season=request.season,  # type: ignore[arg-type]
                tolerance=request.cut.tolerance,
                boundary=ground.boundary,
                anchors=anchors,
                people=placed.people,
                counts=placed.counts,
                bases=tables.bases,
                depth=depth,
                progress=begin,
                created=request.created,
                inputs=inputs,
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
