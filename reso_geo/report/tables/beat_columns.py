"""What every table has to say of a beat and of how it is judged in a mode."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from reso_geo.i18n import say
from reso_geo.naming import NAMED_ENOUGH
from reso_geo.plan import reason_phrases, sees_inside, setting_phrase
from reso_geo.report.tables.table import Column, Table, table_of
from reso_geo.travel import MODES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo.plan import Beat, ModeFigures, Plan
    from reso_geo.report.tables.table import Cell

__all__ = ["BEAT", "FIGURES", "beat_columns", "beats_table", "in_mode"]


def _reasons(figures: ModeFigures) -> Cell:
    reasons = reason_phrases(figures)
    return (lambda lang: " ".join(each.say(lang) for each in reasons)) if reasons else ""


def _to_measure(figures: ModeFigures) -> Cell:
    return setting_phrase(figures.to_measure) if figures.to_measure else ""


def _bound_s(figures: ModeFigures) -> float | None:
    return None if figures.pass_s is None else figures.lower_bound_s


_BEAT: tuple[Column[Beat], ...] = (
    Column("column.beat_id", "beat_id"),
    Column("column.name", "name", "name", 30),
    Column("column.description", "description", width=90),
    Column("column.border_named", "border_named", "share", 10, inside=True),
    Column("column.city", "city", width=20),
    Column("column.district", "district"),
    Column("column.posts", "posts", "whole", 9),
    Column("column.street_km", "street_km", "tenth", 10),
    Column("column.residents", "residents", "people"),
    Column("column.counts", "counts", "people"),
    Column("column.load_h", "load_s", "hours", inside=True),
    Column("", "counts_load_s"),
)
_FIGURES: tuple[Column[ModeFigures], ...] = (
    Column("office.column.verdict", "verdict", words="verdict"),
    Column("office.column.verdict", "word", words="verdict"),
    Column("office.column.verdict", lambda figures: figures.said, json="said"),
    Column("office.column.chance", "chance", "share", 9),
    Column("office.column.reserve", "reserve", "share", 9),
    Column("office.column.low", "low_s", "hours", 12),
    Column("office.column.high", "high_s", "hours", 12),
    Column("office.column.margin", "margin", "share", 9),
    Column("office.column.to_measure", _to_measure, json="to_measure", width=30),
    Column("office.column.every_weeks", "every_weeks", "hundredth", 18),
    Column("office.column.cadence_share", "cadence_share", "share", 18),
    Column("office.column.pass_h", "pass_s", "hours"),
    Column("office.column.deadhead_h", "deadhead_s", "hours", 14),
    Column("office.column.bound_h", _bound_s, "hours", json="bound_s"),
    Column("office.column.reasons", _reasons, width=80, json="reasons"),
    Column("", "lower_bound_s"),
    Column("", "exact"),
    Column("", "gap", "share"),
)
BEAT = MappingProxyType({column.key: column for column in _BEAT})
"""Columns of a beat, whatever the mode, by their keys in JSON."""
FIGURES = MappingProxyType({column.key: replace(column, inside=True) for column in _FIGURES})
"""Columns of how a beat is judged in one mode, likewise; none is for the public."""


def beat_columns(names: Sequence[str], audience: str) -> list[Column[Beat]]:
    """Return some of the columns of `BEAT`.

    Parameters
    ----------
    names
        Which.
    audience
        One of `reso_geo.i18n.AUDIENCES`; who plans reads with where a beat lies how much of its
        border has no name, where that is much.

    Returns
    -------
    list of Column
        In the order of the names.
    """
    told = replace(BEAT["description"], value=lambda beat: partial(_planned, beat))
    own = {**BEAT, "description": told} if sees_inside(audience) else BEAT
    return [own[name] for name in names]


def _planned(beat: Beat, lang: str) -> str:
    """Return where a beat lies, with what is not said."""
    told = beat.description(lang)
    if not told or beat.border_named is None or beat.border_named >= NAMED_ENOUGH:
        return told
    values = {"told": told, "share": round(100.0 * (1.0 - beat.border_named))}
    return say(lang, "naming.unnamed", values)


def in_mode(mode: str, name: str, head: str) -> Column[Beat]:
    """Return a column of `FIGURES` for beats.

    Parameters
    ----------
    mode
        ``foot`` or ``bike``.
    name
        Which of `FIGURES`.
    head
        Its heading.

    Returns
    -------
    Column
        Of the mode.
    """
    return FIGURES[name].within(head, lambda beat: beat.figures(mode))


def beats_table(plan: Plan) -> Table:
    """Return the beats for a terminal.

    Parameters
    ----------
    plan
        A complete plan.

    Returns
    -------
    Table
        Kilometres, and for each mode the time of a pass and the verdict.
    """
    columns = [BEAT["beat_id"], BEAT["name"], BEAT["street_km"]]
    for mode in MODES:
        columns += [in_mode(mode, "pass_s", f"cli.{mode}")]
        columns.append(in_mode(mode, "said", "office.column.verdict"))
    return table_of("", columns, plan.beats)
