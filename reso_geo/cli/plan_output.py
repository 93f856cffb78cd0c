"""What commands say of a new plan, of a route and of places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.assess import cadence_phrase, rule_phrase
from reso_geo.i18n import Phrase, duration, listed
from reso_geo.plan import assumptions_of, balance_phrase, enough_phrase, waiting_phrase
from reso_geo.report import Column, Table, beats_table, plan_summary, table_of
from reso_geo.travel import MODES

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.boundaries import Place
    from reso_geo.cli.console import Output
    from reso_geo.plan import Plan
    from reso_geo.routes import Route, RouteLoop

__all__ = ["loops_table", "places_table", "write_plan_summary"]


def loops_table(route: Route) -> Table:
    """Return the loops of a route.

    Parameters
    ----------
    route
        From `reso_geo.routes.plan_route`.

    Returns
    -------
    Table
        A row a loop.
    """
    columns: tuple[Column[tuple[int, RouteLoop]], ...] = (
        Column("route.loop", lambda row: row[0], "whole"),
        Column("stills.km", lambda row: row[1].length_m / 1000.0, "tenth"),
        Column("route.time", lambda row: row[1].seconds, "hours"),
        Column("route.streets", lambda row: listed(row[1].covered), empty="route.unnamed"),
    )
    return table_of("", columns, enumerate(route.loops, 1))


def places_table(places: tuple[Place, ...]) -> Table:
    """Return the built-in places.

    Parameters
    ----------
    places
        From the registry.

    Returns
    -------
    Table
        A row a place.
    """
    columns: tuple[Column[Place], ...] = (
        Column("column.name", "name"),
        Column("cli.kind", "kind", words="place"),
        Column("cli.population", "population", "whole"),
        Column("cli.km2", "territory_km2", "tenth"),
    )
    return table_of("", columns, places)


def write_plan_summary(output: Output, made: Plan, out: Path) -> None:
    """Describe what a plan came to, and where it was written.

    Parameters
    ----------
    output
        How the command answers.
    made
        The plan.
    out
        Its folder.
    """
    output.document(plan_summary(made, str(out / "plan.gpkg"), output.lang))
    output.table(beats_table(made))
    for mode in MODES:
        output.line(enough_phrase(made, mode))
    output.line(cadence_phrase(made.settings))
    output.line(rule_phrase(made.settings))
    output.line(balance_phrase(made))
    if (waits := waiting_phrase(made, "internal")) is not None:
        output.line(Phrase("plan.sentence", {"text": waits}))
    for each in made.districts:
        values = {
            "district": each.district,
            "hours": duration(output.lang, each.load_s),
            "posts": each.posts,
            "beats": listed(each.beats, 40),
        }
        output.line("cli.district", values)
    output.warnings((*made.balance_why, *made.warnings))
    if made.provisional:
        output.line("cli.provisional")
    output.assumptions(assumptions_of(made))
    output.line("cli.wrote_plan", {"folder": out})
