"""The tables of a plan, once for every file that shows them: what an audience may see, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reso_geo.i18n import LANGUAGES, Phrase, decimal, listed, say
from reso_geo.plan import (
    assumption_label,
    audience_text,
    reason_phrases,
    season_text,
    sees_inside,
    settings_used,
    source_text,
    told_count,
    told_notes,
    told_total,
)
from reso_geo.report.tables.plan_change import change_of
from reso_geo.report.tables.seat_quotients import seats_of, seats_sentences
from reso_geo.settings import LEVELS, Range, SeasonDates
from reso_geo.travel import MODES

if TYPE_CHECKING:
    from reso_geo.plan import Ancestor, Plan

__all__ = ["Column", "Table", "plan_tables", "plan_title"]

_HOUR_S = 3600.0
_ROLES = frozenset(
    ("boundary", "settings", "anchors", "population", "counts", "bases", "seats", "cleared")
) | {"elevations", "plan"}


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    key
        Of its heading in the catalogue.
    kind
        ``text``, ``whole``, ``tenth`` (one decimal), ``hundredth`` or ``share`` (of 1, shown in per
        cent).
    width
        In signs.
    """

    key: str
    kind: str = "text"
    width: int = 12

    def heads(self, lang: str) -> tuple[str, str]:
        """Return its heading in both languages.

        Parameters
        ----------
        lang
            The one that comes first.

        Returns
        -------
        tuple of two str
            Of the catalogue.
        """
        other = next(each for each in LANGUAGES if each != lang)
        return say(lang, self.key), say(other, self.key)


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes
    ----------
    key
        Of its title in the catalogue.
    columns, rows
        A row has a cell a column: text, number, or None for nothing. A count that may not be told
        is text.
    notes
        What stands beneath.
    """

    key: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[object, ...], ...]
    notes: tuple[str, ...] = ()

    def without_empty(self) -> Table:
        """Leave out the columns in which no row has anything.

        Returns
        -------
        Table
            With its first column at least.
        """
        kept = [
            at
            for at in range(len(self.columns))
            if at == 0 or any(row[at] not in (None, "") for row in self.rows)
        ]
        rows = tuple(tuple(row[at] for at in kept) for row in self.rows)
        return Table(self.key, tuple(self.columns[at] for at in kept), rows, self.notes)


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
        _beats(plan, lang, audience),
        _verdicts(plan, lang, audience),
        _streets(plan, lang),
        _seats(plan, lang, audience),
        _change(plan, lang, audience),
        _settings(plan, lang, audience),
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


def _beats(plan: Plan, lang: str, audience: str) -> Table:
    columns = (
        Column("column.beat_id"),
        Column("column.name", width=30),
        Column("column.city", width=20),
        Column("column.district"),
        Column("column.posts", "whole", 9),
        Column("column.street_km", "tenth", 10),
        Column("column.residents", "whole"),
        Column("column.counts", "whole"),
        Column("column.load_h", "tenth"),
        Column("column.description", width=90),
    )
    inside = sees_inside(audience)
    rows = tuple(
        (
            beat.beat_id,
            beat.name,
            beat.city,
            beat.district,
            beat.posts,
            beat.street_km,
            told_count(beat.residents, audience),
            told_count(beat.counts, audience),
            beat.load_s / _HOUR_S if inside else None,
            beat.description(lang),
        )
        for beat in plan.beats
    )
    return Table("office.sheet.beats", columns, rows)


def _verdicts(plan: Plan, lang: str, audience: str) -> Table | None:
    if not sees_inside(audience):
        return None
    columns = (
        Column("column.beat_id"),
        Column("column.name", width=30),
        Column("office.column.mode"),
        Column("office.column.season", width=9),
        Column("office.column.verdict"),
        Column("office.column.margin", "share", 9),
        Column("office.column.reserve", "share", 12),
        Column("office.column.every_weeks", "hundredth", 18),
        Column("office.column.pass_h", "tenth"),
        Column("office.column.deadhead_h", "tenth", 14),
        Column("office.column.bound_h", "tenth"),
        Column("office.column.reasons", width=80),
    )
    rows = []
    for beat in plan.beats:
        for mode in MODES:
            figures = beat.figures(mode)
            found = figures.pass_s is not None
            rows.append(
                (
                    beat.beat_id,
                    beat.name,
                    say(lang, f"maps.mode.{mode}"),
                    say(lang, f"maps.season.{plan.request.season}"),
                    say(lang, f"verdict.{figures.verdict}"),
                    figures.margin,
                    figures.reserve,
                    figures.every_weeks,
                    _hours(figures.pass_s),
                    _hours(figures.deadhead_s),
                    _hours(figures.lower_bound_s) if found else None,
                    " ".join(reason.say(lang) for reason in reason_phrases(figures)),
                )
            )
    return Table("office.sheet.verdicts", columns, tuple(rows))


def _streets(plan: Plan, lang: str) -> Table:
    """List the streets of each beat, the longest first: name and kilometres to cover."""
    columns = (
        Column("column.beat_id"),
        Column("column.name", width=30),
        Column("office.column.street", width=44),
        Column("column.street_km", "hundredth", 10),
    )
    network, rows = plan.network, []
    for at, beat in enumerate(plan.beats):
        own = plan.partition.segments_of(at)
        own = own[network.required[own]]
        said = np.where(network.name[own] == "", network.ref[own], network.name[own])
        names, which = np.unique(said.astype(str), return_inverse=True)
        km = np.bincount(which, network.length_m[own], len(names)) / 1000.0
        rows += [
            (beat.beat_id, beat.name, str(names[k]) or say(lang, "maps.unnamed"), float(km[k]))
            for k in np.lexsort((names, -km)).tolist()
        ]
    return Table("office.sheet.streets", columns, tuple(rows))


def _seats(plan: Plan, lang: str, audience: str) -> Table | None:
    seats = seats_of(plan)
    if seats is None:
        return None
    columns = (
        Column("column.city", width=24),
        Column("office.column.beats", "whole"),
        Column("column.street_km", "tenth"),
        Column("column.residents", "whole"),
        Column("column.load_h", "tenth"),
        Column("office.column.exact", "hundredth"),
        Column("column.posts", "whole", 9),
        Column("office.column.by_rule", "whole", 14),
        Column("office.column.last_h", "hundredth", 20),
        Column("office.column.next_h", "hundredth", 20),
    )
    inside = sees_inside(audience)
    rows = []
    for city in seats.cities:
        known = (city.load_s / _HOUR_S, city.exact) if inside else (None, None)
        arithmetic = (city.last_s / _HOUR_S, city.next_s / _HOUR_S) if inside else (None, None)
        rows.append(
            (
                city.city,
                len(city.beats),
                sum(beat.street_km for beat in city.beats),
                told_total((beat.residents for beat in city.beats), audience),
                *known,
                city.posts,
                city.by_rule,
                *arithmetic,
            )
        )
    said = seats_sentences(seats, lang) if inside else ()
    return Table("office.sheet.seats", columns, tuple(rows), said)


def _change(plan: Plan, lang: str, audience: str) -> Table | None:
    """List where the streets of each beat come from, and where those of beats that left are."""
    change = change_of(plan)
    if change is None:
        return None
    columns = (
        Column("column.beat_id"),
        Column("column.name", width=30),
        Column("office.column.what", width=14),
        Column("office.column.from", width=40),
        Column("office.column.share", "share", 14),
    )
    rows: list[tuple[object, ...]] = []
    for beat, origins in change.origins:
        what = say(lang, "office.new" if beat in change.new else "office.kept")
        for origin in origins:
            share = origin.load_share if sees_inside(audience) else None
            rows.append((beat.beat_id, beat.name, what, _origin(origin, lang), share))
    for name, heirs in change.gone:
        to = say(lang, "office.gone_to", {"beats": listed(beat.beat_id for beat in heirs)})
        rows.append((name, "", say(lang, "office.gone"), to, None))
    kept_share = decimal(lang, 100.0 * change.kept_share, 1)
    said = say(lang, "office.kept_share", {"share": kept_share})
    kept = (said,) if sees_inside(audience) else ()
    return Table("office.sheet.change", columns, tuple(rows), kept)


def _origin(origin: Ancestor, lang: str) -> str:
    return origin.parent_beat_id or say(lang, "office.nobody")


def _settings(plan: Plan, lang: str, audience: str) -> Table | None:
    if not sees_inside(audience):
        return None
    columns = (
        Column("office.column.setting", width=60),
        Column("office.column.low", "setting"),
        Column("office.column.central", "setting"),
        Column("office.column.high", "setting"),
        Column("office.column.sourced", width=18),
        Column("office.column.source", width=90),
    )
    values, rows = plan.settings.values(), []
    for key in settings_used(plan):
        value = values[key]
        figures = [_figure(value, each, lang) for each in LEVELS]
        sourced = say(lang, "office.no" if value.assumption else "office.yes")
        source = source_text(plan.settings, key, lang)
        rows.append((assumption_label(key, lang), *figures, sourced, source))
    return Table("office.sheet.settings", columns, tuple(rows))


def _figure(value: Range | SeasonDates, level: str, lang: str) -> float | str:
    if isinstance(value, SeasonDates):
        return season_text(value, level, lang)
    return value.at(level)


def _about(plan: Plan, lang: str, audience: str, drawn: str) -> Table:
    columns = (Column("office.column.item", width=32), Column("office.column.value", width=110))
    source = plan.network.source
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
        ("case", say(lang, "sheet.case", {"mode": mode, "season": season}) if inside else ""),
        ("outlines", say(lang, "report.provisional") if plan.provisional else ""),
        ("streets", _dated(lang, source.name, source.timestamp[:10])),
        ("method", say(lang, "maps.method_pass") if inside else ""),
        ("method", say(lang, "maps.method_verdict") if inside else ""),
        *(("warning", note.say(lang)) for note in told_notes(plan, audience)),
        ("credit", say(lang, "maps.credit")),
    ]
    said = [(say(lang, f"office.about.{key}"), text) for key, text in rows if text]
    if inside:
        said += [
            (say(lang, "office.about.input", {"role": _role(given.role, lang)}), given.name)
            for given in plan.inputs
        ]
    return Table("office.sheet.about", columns, tuple(said))


def _role(role: str, lang: str) -> str:
    return say(lang, f"office.role.{role}") if role in _ROLES else role


def _dated(lang: str, name: str, date: str) -> str:
    return say(lang, "office.dated", {"name": name, "date": date}) if date else name


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None or not np.isfinite(seconds) else float(seconds) / _HOUR_S
