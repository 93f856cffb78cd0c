"""The command that makes a plan out of an older one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path  # noqa: TC003 - typer asks for it at run time
from typing import TYPE_CHECKING, Annotated

import typer

from reso_geo.atomic_files import sha256_of
from reso_geo.cli.options import Keep, NearMean, PlanPath, Trust, keep_folder, output_for
from reso_geo.cli.plan_output import write_plan_summary
from reso_geo.demand import read_bases
from reso_geo.errors import UsageError
from reso_geo.growth import carry_over, frontier, rebalance_plan
from reso_geo.i18n import Phrase
from reso_geo.maps import plan_map, save_map
from reso_geo.network import load_network
from reso_geo.output_files import output_folder
from reso_geo.plan import Input, beats_meant
from reso_geo.plan_check import read_edited_plan
from reso_geo.plan_file import save_plan
from reso_geo.rebalance import RebalanceRequest
from reso_geo.report import (
    carried_summary,
    frontier_table,
    lineage_table,
    plan_report,
    rebalance_summary,
    save_carried,
    save_change_letters,
    save_change_sheets,
    save_change_table,
    save_frontier,
    save_frontier_picture,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo.cli.console import Output, Stage
    from reso_geo.growth import CarriedPlan, FrontierPoint, RebalancedPlan
    from reso_geo.plan import Plan
    from reso_geo.plan_check import EditedPlan

__all__ = ["rebalance", "write_step"]


def rebalance(  # noqa: PLR0913, PLR0917 - one option a parameter
    context: typer.Context,
    plan_path: PlanPath,
    out: Annotated[Path, typer.Option(help="help.out")],
    officers: Annotated[int | None, typer.Option(help="help.rebalance_officers")] = None,
    streets: Annotated[Path | None, typer.Option(help="help.streets")] = None,
    lock: Annotated[
        list[str] | None, typer.Option(help="help.rebalance_lock", metavar="ID")
    ] = None,
    retire: Annotated[list[str] | None, typer.Option(help="help.retire", metavar="ID")] = None,
    split: Annotated[list[str] | None, typer.Option(help="help.split", metavar="ID")] = None,
    new_near: Annotated[Path | None, typer.Option(help="help.new_near")] = None,
    keep: Keep = "load",
    tolerance: NearMean = None,
    trust: Trust = None,
    with_frontier: Annotated[bool, typer.Option("--frontier", help="help.frontier")] = False,  # noqa: FBT002 - a flag of the command line
    time_limit: Annotated[float, typer.Option(help="help.time_limit")] = 600.0,
    date: Annotated[str | None, typer.Option(help="help.date")] = None,
    seed: Annotated[int, typer.Option(help="help.seed")] = 0,
) -> None:
    """Make a plan out of an older one and write it with its map and table."""
    output = output_for(context)
    keep_folder(plan_path, out)
    if officers is None and streets is None:
        raise UsageError(Phrase("carry.needs_officers"))
    spots = None if new_near is None else read_bases(new_near)
    with output.stages() as begin:
        edited = read_edited_plan(plan_path, trust)
        before = edited.plan
        carried = None if streets is None else _carried(edited, streets, begin)
        if carried is not None:
            edited = carried.edited
            date = edited.network.source.timestamp or None if date is None else date
        ids, names = edited.beat_id, [row.name for row in edited.beats]
        request = RebalanceRequest(
            officers=sum(row.posts for row in edited.beats) if officers is None else officers,
            tolerance=edited.plan.request.cut.tolerance if tolerance is None else tolerance,
            lock=beats_meant(ids, names, lock or ()),
            retire=beats_meant(ids, names, retire or ()),
            split=beats_meant(ids, names, split or ()),
            near=() if spots is None else tuple(zip(spots.lon, spots.lat, strict=True)),
            keep=keep,
            time_limit_s=time_limit,
            seed=seed,
        )
        made = rebalance_plan(edited, request, date=date, progress=begin)
        points = frontier(edited, request, progress=begin) if with_frontier else ()
        begin("progress.write")
        made = write_step(
            made, before, plan_path, out, output.lang, carried, retired=request.retire
        )
        if points:
            save_frontier(points, out / "frontier.csv", output.lang)
            save_frontier_picture(points, out / "frontier.png", output.lang)
    _write_answer(output, made, out, carried, points)


def _carried(edited: EditedPlan, streets: Path, begin: Stage) -> CarriedPlan:
    """Move the plan to newer streets, read as its own were."""
    plan = edited.plan
    network = load_network(
        streets,
        plan.boundary,
        plan.settings,
        progress=lambda share: begin("progress.read", share),
    )
    return carry_over(edited, network)


def write_step(
    made: RebalancedPlan,
    before: Plan,
    parent: Path,
    out: Path,
    lang: str,
    carried: CarriedPlan | None = None,
    *,
    retired: Sequence[str] = (),
) -> RebalancedPlan:
    """Write a plan that comes from another one, all of its files or none.

    Parameters
    ----------
    made
        The plan.
    before
        The one that it comes from, for the map of what moved.
    parent
        Its file.
    out
        Folder to write to.
    lang
        ``fr`` or ``en``.
    carried
        The older plan on newer streets; None where it is on the same.
    retired
        Beats that were asked to leave.

    Returns
    -------
    RebalancedPlan
        The plan, which names its parent.
    """
    digest = sha256_of(parent)
    kept = tuple(each for each in made.plan.inputs if each.role != "plan")
    plan = replace(made.plan, inputs=(*kept, Input("plan", parent.name, digest)))
    with output_folder(out) as aside:
        save_plan(plan, aside / "plan.gpkg", lang, parent_sha256=digest)
        save_map(plan_map(plan, lang), aside / "map.html")
        save_map(plan_map(plan, lang, compare=before), aside / "change.html")
        plan_report(plan, aside / "beats.csv", lang)
        save_change_table(made.change, aside / "change.csv", lang)
        save_change_letters(made.change, aside / "change.md", lang, retired)
        for name in ("change.xlsx", "change.docx"):
            save_change_sheets(made.change, plan, aside / name, lang, retired)
        if carried is not None:
            save_carried(carried, aside / "streets.csv", lang)
    return replace(made, plan=plan)


def _write_answer(
    output: Output,
    made: RebalancedPlan,
    out: Path,
    carried: CarriedPlan | None,
    points: Sequence[FrontierPoint],
) -> None:
    """Describe what was wrong, who keeps what, and what the plan came to."""
    output.lines(made.wrong, "rebalance.was_wrong")
    if output.as_json:
        summary = rebalance_summary(made, str(out / "plan.gpkg"), output.lang)
        more = {} if carried is None else {"streets": carried_summary(carried)}
        tried = {"frontier": frontier_table(points).records()} if points else {}
        output.document({**summary, **more, **tried})
        return
    if carried is not None:
        output.line("carry.found", {what: carried.km(what) for what in ("new", "gone", "moved")})
    kept = made.continuity
    output.table(lineage_table(kept, made.plan.partition.beat_id))
    values = {
        "share": 100.0 * kept.load_share,
        "bound": 100.0 * kept.bound,
        "reachable": 100.0 * kept.reachable,
        "km": kept.moved_km,
    }
    output.line("rebalance.continuity", values)
    if kept.resident_share is not None:
        output.line("rebalance.residents", {"share": 100.0 * kept.resident_share})
    if points:
        output.table(frontier_table(points))
    write_plan_summary(output, made.plan, out)
    output.line("change.wrote")
