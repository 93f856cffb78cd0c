"""Sheets for officers: street by street, between which others, with the times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.i18n import listed, say
from reso_geo.network import components
from reso_geo.output_files import output_file
from reso_geo.report.note.write import pages_bytes
from reso_geo.report.tables.plan_tables import plan_marks
from reso_geo.report.tables.table import Column, Table
from reso_geo.report.tables.xlsx import XlsxSheet, book_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from reso_geo.growth import BeatChange
    from reso_geo.network import StreetNetwork
    from reso_geo.plan import Beat, Plan
    from reso_geo.report.tables.table import Cell

__all__ = ["OFFICER_ENDINGS", "officer_sheet", "patrol_seconds", "save_officer_sheets"]

OFFICER_ENDINGS = (".xlsx", ".docx")
"""A sheet for each officer, or a page."""
_MOST_PARTS = 2
_OPEN_END = "\u2026"


def officer_sheet(
    plan: Plan,
    beat: Beat | BeatChange,
    streets: Mapping[tuple[str, ...], Sequence[int]],
    columns: Sequence[Column[None]],
    notes: tuple[str, ...],
    lang: str,
) -> XlsxSheet:
    """List streets for the officer of a beat.

    Parameters
    ----------
    plan
        Whose streets they are.
    beat
        Of the officer.
    streets
        Segments by the name of their street and the texts of `columns`, in the order of the rows.
    columns
        What stands between the name of a street and its kilometres.
    notes
        What stands beneath.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    XlsxSheet
        With the minutes that covering each street once takes in the mode of the plan.
    """
    network, patrol_s = plan.network, patrol_seconds(plan)
    rows: list[tuple[Cell, ...]] = []
    for (name, *texts), segments in streets.items():
        own = np.asarray(segments, dtype=np.int64)
        km, minutes = float(network.length_m[own].sum()) / 1000.0, float(patrol_s[own].sum()) / 60.0
        rows.append((name, *texts, km, minutes, _between(network, own, lang)))
    whole = (
        Column("office.column.street", width=44, empty="maps.unnamed"),
        *columns,
        Column("column.street_km", kind="hundredth", width=10),
        Column("absence.column.minutes", kind="whole", width=16),
        Column("office.column.between", width=44),
    )
    table = Table("absence.sheet", whole, tuple(rows), notes)
    return XlsxSheet(beat.beat_id, f"{beat.beat_id} \u2013 {beat.name}", table)


def patrol_seconds(plan: Plan) -> NDArray[np.float64]:
    """Return what covering each street once takes in the mode of a plan, the quicker way.

    Parameters
    ----------
    plan
        Whose streets they are.

    Returns
    -------
    ndarray
        float64, shape (m,): seconds; on foot where the mode is not allowed.
    """
    patrol_s = np.minimum(*plan.times.patrol_s(plan.request.mode))
    return np.where(np.isfinite(patrol_s), patrol_s, plan.times.foot_patrol_s)


def _between(network: StreetNetwork, own: NDArray[np.int64], lang: str) -> str:
    """List the streets that meet the two ends of each connected part of one street."""
    nodes, at = np.unique(np.stack((network.u[own], network.v[own])), return_inverse=True)
    u, v = at.reshape(2, -1)
    times, label = np.bincount(np.concatenate((u, v))), components(len(nodes), u, v)
    parts = []
    for part in dict.fromkeys(label[u].tolist()):
        ends = nodes[(label == part) & (times == 1)].tolist()
        said = [_meeting(network, node, own, lang) for node in ends]
        parts.append(" \u2013 ".join(dict.fromkeys(said)))
    return listed((part for part in parts if part not in ("", _OPEN_END)), _MOST_PARTS)


def _meeting(network: StreetNetwork, node: int, own: NDArray[np.int64], lang: str) -> str:
    """Return another street at a junction; a dead end is called one, what has no name is open."""
    there = np.flatnonzero((network.u == node) | (network.v == node))
    if len(there) == 1:
        return say(lang, "office.dead_end")
    others = set(network.name[there].tolist()) - {network.name[own[0]], ""}
    return str(min(others, default=_OPEN_END))


def save_officer_sheets(
    plan: Plan, sheets: Sequence[XlsxSheet], title: str, path: Path, lang: str
) -> None:
    """Write a sheet or a page for each officer, for internal use.

    Parameters
    ----------
    plan
        Whose officers they are.
    sheets
        From `officer_sheet`, at least one.
    title
        Of the file.
    path
        The ``.xlsx`` or ``.docx`` file to make or replace.
    lang
        ``fr`` or ``en``.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    write = book_of if path.suffix.lower() == ".xlsx" else pages_bytes
    with output_file(path) as aside:
        aside.write_bytes(write(sheets, title, plan_marks(plan, lang, "internal"), lang))
