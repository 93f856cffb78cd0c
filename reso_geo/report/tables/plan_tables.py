"""The tables of a plan, once for every file that shows them: what an audience may see, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.assess import cadence_phrase, rule_phrase
from reso_geo.i18n import Phrase, decimal, listed, say
from reso_geo.plan import (
    assumption_label,
    audience_text,
    enough_phrase,
    season_text,
    sees_inside,
    setting_phrase,
    settings_used,
    shown_notes,
    shown_total,
    source_text,
    waiting_phrase,
)
from reso_geo.report.tables.beat_columns import FIGURES, beat_columns
from reso_geo.report.tables.equity import equity_of
from reso_geo.report.tables.plan_change import change_of
from reso_geo.report.tables.seat_quotients import seats_of, seats_sentences
from reso_geo.report.tables.table import Column, Table, table_of
from reso_geo.settings import LEVELS, Range, SeasonDates, ranges_of
from reso_geo.travel import MODES

if TYPE_CHECKING:
    from reso_geo.plan import Beat, Plan, PlanMatter
    from reso_geo.report.tables.equity import CityShares
    from reso_geo.report.tables.seat_quotients import CitySeats
    from reso_geo.report.tables.table import Cell

__all__ = ["plan_marks", "plan_tables", "plan_title"]

_HOUR_S = 3600.0
_ROLES = frozenset(
    ("boundary", "settings", "anchors", "population", "counts", "bases", "seats", "cleared")
) | {"elevations", "keep_together", "beats", "plan"}


_SHEET = ("beat_id", "name", "city", "district", "posts", "street_km", "residents", "counts")
_JUDGED = (
    "word",
    "chance",
    "reserve",
    "low_s",
    "high_s",
    "margin",
    "to_measure",
    "every_weeks",
    "cadence_share",
    "pass_s",
    "deadhead_s",
    "bound_s",
    "reasons",
)


def plan_tables(plan: Plan, lang: str, audience: str, drawn: str = "") -> tuple[Table, ...]:
    """Return all tables of a plan.

    Parameters
    ----------
    plan
        A complete plan.
    lang
        ``fr`` or ``en``.
    audience
        One of `reso_geo.i18n.AUDIENCES`.
    drawn
        The day that it says it was drawn on; empty for none.

    Returns
    -------
    tuple of Table
        Those that have something to say.
    """
    tables = (
        _beats(plan, audience),
        _verdicts(plan, audience),
        _matters(plan, audience),
        _streets(plan),
        _seats(plan, lang, audience),
        _equity(plan, audience),
        _change(plan, lang, audience),
        _settings(plan, lang) if sees_inside(audience) else None,
        _about(plan, lang, audience, drawn),
    )
    return tuple(table.without_empty() for table in tables if table is not None)


def plan_title(plan: Plan, lang: str) -> str:
    """Describe what a report is about: beats, where, and of which day.

    Parameters
    ----------
    plan
        A complete plan.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    str
        On one line.
    """
    values = {"place": listed(plan.boundary.names), "date": plan.created[:10]}
    return say(lang, "office.title" if plan.created else "office.title_undated", values)


def plan_marks(plan: Plan, lang: str, audience: str) -> list[str]:
    """Return what stands on every page: the classification, and what is not settled.

    Parameters
    ----------
    plan
        A plan.
    lang
        ``fr`` or ``en``.
    audience
        One of `reso_geo.i18n.AUDIENCES`.

    Returns
    -------
    list of str
        In words.
    """
    return [audience_text(audience, lang), *(say(lang, f"report.{x}") for x in plan.unsettled)]


def _beats(plan: Plan, audience: str) -> Table:
    columns = beat_columns((*_SHEET, "load_s", "border_named", "description"), audience)
    return table_of("office.sheet.beats", columns, plan.beats, audience)


def _verdicts(plan: Plan, audience: str) -> Table | None:
    if not sees_inside(audience):
        return None
    season = Phrase(f"maps.season.{plan.request.season}")
    columns: list[Column[tuple[Beat, str]]] = [
        Column("column.beat_id", lambda row: row[0].beat_id),
        Column("column.name", lambda row: row[0].name, width=30),
        Column("office.column.mode", lambda row: row[1], words="maps.mode"),
        Column("office.column.season", lambda _: season, width=9),
    ]
    for name in _JUDGED:
        column = FIGURES[name]
        columns.append(column.within(column.head, lambda row: row[0].figures(row[1])))
    rows = ((beat, mode) for beat in plan.beats for mode in MODES)
    return table_of("office.sheet.verdicts", columns, rows)


def _matters(plan: Plan, audience: str) -> Table | None:
    """List how far each assumption moves the number of beats with time enough."""
    if not sees_inside(audience):
        return None
    values = ranges_of(plan.settings)
    columns: tuple[Column[tuple[str, PlanMatter]], ...] = (
        Column("office.column.mode", lambda row: row[0], words="maps.mode"),
        Column("office.column.setting", lambda row: setting_phrase(row[1].setting), width=50),
        Column("office.column.at_low", lambda row: values[row[1].setting].low, "hundredth"),
        Column("office.column.beats_low", lambda row: row[1].beats_low, "tenth", 14),
        Column("office.column.at_high", lambda row: values[row[1].setting].high, "hundredth"),
        Column("office.column.beats_high", lambda row: row[1].beats_high, "tenth", 14),
    )
    rows = [(mode, each) for mode in MODES for each in plan.enough_in(mode).matters]
    return table_of("office.sheet.matters", columns, rows) if rows else None


def _streets(plan: Plan) -> Table:
    """List the streets of each beat, the longest first: name and kilometres to cover."""
    columns: tuple[Column[None], ...] = (
        Column("column.beat_id"),
        Column("column.name", width=30),
        Column("office.column.street", width=44, empty="maps.unnamed"),
        Column("column.street_km", kind="hundredth", width=10),
    )
    network, rows = plan.network, []
    for at, beat in enumerate(plan.beats):
        own = plan.partition.segments_of(at)
        own = own[network.required[own]]
        said = np.where(network.name[own] == "", network.ref[own], network.name[own])
        names, which = np.unique(said.astype(str), return_inverse=True)
        km = np.bincount(which, network.length_m[own], len(names)) / 1000.0
        rows += [
            (beat.beat_id, beat.name, str(names[k]), float(km[k]))
            for k in np.lexsort((names, -km)).tolist()
        ]
    return Table("office.sheet.streets", columns, tuple(rows))


def _seats(plan: Plan, lang: str, audience: str) -> Table | None:
    seats = seats_of(plan)
    if seats is None:
        return None
    columns: tuple[Column[CitySeats], ...] = (
        Column("column.city", "city", width=24),
        Column("office.column.beats", lambda city: len(city.beats), "whole"),
        Column("column.street_km", lambda city: sum(b.street_km for b in city.beats), "tenth"),
        Column(
            "column.residents",
            lambda city: shown_total((beat.residents for beat in city.beats), audience),
            "whole",
        ),
        Column("column.load_h", "load_s", "hours", inside=True),
        Column("office.column.exact", "exact", "hundredth", inside=True),
        Column("column.posts", "posts", "whole", 9),
        Column("office.column.by_rule", "by_rule", "whole", 14),
        Column(
            "office.column.last_h", lambda city: city.last_s / _HOUR_S, "hundredth", 20, inside=True
        ),
        Column(
            "office.column.next_h", lambda city: city.next_s / _HOUR_S, "hundredth", 20, inside=True
        ),
    )
    told = seats_sentences(seats, lang) if sees_inside(audience) else ()
    return table_of("office.sheet.seats", columns, seats.cities, audience, told)


def _equity(plan: Plan, audience: str) -> Table | None:
    rows = equity_of(plan, audience)
    if not rows:
        return None
    waits = any(row.waiting_km for row in rows)
    columns: tuple[Column[CityShares], ...] = (
        Column("column.city", "city", width=24),
        Column("column.posts", "posts", "whole", 9),
        Column("office.column.of_posts", "posts_share", "share"),
        Column("column.street_km", "street_km", "tenth"),
        Column("office.column.of_km", "km_share", "share"),
        Column(
            "office.column.waiting_km", lambda row: row.waiting_km if waits else None, "tenth", 16
        ),
        Column("column.residents", "residents", "whole"),
        Column("office.column.of_residents", "residents_share", "share"),
        Column("office.column.per_post", "residents_per_post", "whole", 14),
        Column("column.counts", "counts", "whole"),
        Column("office.column.of_counts", "counts_share", "share"),
        Column("office.column.of_load", "load_share", "share", inside=True),
    )
    return table_of("office.sheet.equity", columns, rows, audience)


def _change(plan: Plan, lang: str, audience: str) -> Table | None:
    """List where the streets of each beat come from, and where those of beats that left are."""
    change = change_of(plan)
    if change is None:
        return None
    columns: tuple[Column[None], ...] = (
        Column("column.beat_id"),
        Column("column.name", width=30),
        Column("office.column.what", width=14),
        Column("office.column.from", width=40, empty="office.nobody"),
        Column("office.column.share", kind="share", width=14),
    )
    inside = sees_inside(audience)
    rows: list[tuple[Cell, ...]] = []
    for beat, origins in change.origins:
        what = Phrase("office.new" if beat in change.new else "office.kept")
        for origin in origins:
            share = origin.load_share if inside else None
            rows.append((beat.beat_id, beat.name, what, origin.parent_beat_id, share))
    for name, heirs in change.gone:
        to = Phrase("office.gone_to", {"beats": listed(beat.beat_id for beat in heirs)})
        rows.append((name, "", Phrase("office.gone"), to, None))
    values = {"share": decimal(lang, 100.0 * change.kept_share, 1)}
    kept = (say(lang, "office.kept_share", values),) if inside else ()
    return Table("office.sheet.change", columns, tuple(rows), kept)


def _settings(plan: Plan, lang: str) -> Table:
    values = plan.settings.values()
    columns: tuple[Column[None], ...] = (
        Column("office.column.setting", width=60),
        *(Column(f"office.column.{level}", kind="setting") for level in LEVELS),
        Column("office.column.sourced", width=18),
        Column("office.column.source", width=90),
    )
    rows: list[tuple[Cell, ...]] = []
    for key in settings_used(plan):
        value = values[key]
        figures = [_figure(value, each, lang) for each in LEVELS]
        sourced = Phrase("office.no" if value.assumption else "office.yes")
        source = source_text(plan.settings, key, lang)
        rows.append((assumption_label(key, lang), *figures, sourced, source))
    return Table("office.sheet.settings", columns, tuple(rows))


def _figure(value: Range | SeasonDates, level: str, lang: str) -> float | str:
    if isinstance(value, SeasonDates):
        return season_text(value, level, lang)
    return value.at(level)


def _about(plan: Plan, lang: str, audience: str, drawn: str) -> Table:
    columns: tuple[Column[None], ...] = (
        Column("office.column.item", width=32),
        Column("office.column.value", width=110),
    )
    source = plan.network.source
    dated = {"name": source.name, "date": source.timestamp[:10]}
    mode, season = (
        Phrase(f"maps.mode.{plan.request.mode}"),
        Phrase(f"maps.season.{plan.request.season}"),
    )
    inside = sees_inside(audience)
    rows: list[tuple[str, str]] = [
        ("place", listed(plan.boundary.names, 40)),
        ("date", plan.created[:10]),
        ("drawn", drawn),
        ("audience", audience_text(audience, lang)),
        ("posts", str(sum(beat.posts for beat in plan.beats))),
        ("waiting", _waiting(plan, lang, audience)),
        ("case", say(lang, "sheet.case", {"mode": mode, "season": season}) if inside else ""),
        *(("state", say(lang, f"report.{each}")) for each in plan.unsettled),
        ("streets", say(lang, "office.dated", dated) if dated["date"] else source.name),
        ("method", say(lang, "maps.method_pass") if inside else ""),
        ("odds", _odds(plan, lang) if inside else ""),
        ("method", cadence_phrase(plan.settings).say(lang) if inside else ""),
        ("method", rule_phrase(plan.settings).say(lang) if inside else ""),
        *(("warning", note.say(lang)) for note in shown_notes(plan, audience)),
        ("credit", say(lang, "maps.credit")),
    ]
    said = [(say(lang, f"office.about.{key}"), text) for key, text in rows if text]
    if inside:
        said += [
            (say(lang, "office.about.input", {"role": _role(given.role, lang)}), given.name)
            for given in plan.inputs
        ]
    return Table("office.sheet.about", columns, tuple(said))


def _waiting(plan: Plan, lang: str, audience: str) -> str:
    waits = waiting_phrase(plan, audience)
    return "" if waits is None else waits.say(lang)


def _odds(plan: Plan, lang: str) -> str:
    return " ".join(enough_phrase(plan, mode).say(lang) for mode in MODES)


def _role(role: str, lang: str) -> str:
    return say(lang, f"office.role.{role}") if role in _ROLES else role
