"""Who covers an absence: as the JSON of the contract, sheets for officers, CSV and GeoJSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase, duration, say
from reso_geo.report.officer_sheets import (
    OFFICER_ENDINGS,
    officer_sheet,
    patrol_seconds,
    save_officer_sheets,
)
from reso_geo.report.tables.csv_cells import write_csv
from reso_geo.report.tables.features import write_features
from reso_geo.report.tables.table import Column, Table, table_of

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from reso_geo.plan import Absence, CoveringBeat
    from reso_geo.report.tables.xlsx import XlsxSheet

__all__ = [
    "absence_summary",
    "absence_table",
    "absence_title",
    "check_absence_target",
    "save_absence",
]

_KINDS = (".csv", ".geojson", *OFFICER_ENDINGS)
_COLUMNS: tuple[Column[None], ...] = (Column("absence.column.taken_from", width=16),)


def absence_summary(found: Absence, lang: str = "fr") -> dict[str, object]:
    """Return who covers an absence in the JSON of the contract.

    Parameters
    ----------
    found
        From `reso_geo.plan.cover_absence`.
    lang
        Language of the sentences; keys and codes are the same in all.

    Returns
    -------
    dict
        Seconds, kilometres, codes; ready for ``json.dumps``.
    """
    return {
        "absent": list(found.absent),
        "from": _day(found.first),
        "to": _day(found.last),
        "mode": found.plan.request.mode,
        "season": found.plan.request.season,
        "streets": [
            {key: row[key] for key in ("segment_id", "name", "beat_id")}
            for row in _streets(found).records()
        ],
        "beats": absence_table(found).records(),
        "warnings": [phrase.say(lang) for phrase in found.warnings],
    }


def absence_table(found: Absence) -> Table:
    """Return who takes how much, and what that does to their own beat.

    Parameters
    ----------
    found
        From `reso_geo.plan.cover_absence`.

    Returns
    -------
    Table
        A row a beat.
    """
    mode = found.plan.request.mode
    columns: tuple[Column[CoveringBeat], ...] = (
        Column("column.beat_id", "beat.beat_id", json="beat_id"),
        Column("", "beat.name", json="name"),
        Column("", "posts"),
        Column("absence.column.km", "km", "tenth"),
        Column("", lambda each: each.during.needed_s[1], json="load_s"),
        Column("", "beat.load_s", json="load_s_before"),
        Column("", lambda each: each.during.available_s[1], json="available_s"),
        Column("absence.column.before", "every_weeks", "hundredth"),
        Column(
            "absence.column.during", "during.every_weeks", "hundredth", json="every_weeks_during"
        ),
        Column("absence.column.margin", "during.margin", "share", json="margin_during"),
        Column("", lambda each: each.beat.figures(mode).verdict, json="verdict"),
        Column("absence.column.verdict", "during.verdict", json="verdict_during", words="verdict"),
    )
    return table_of("", columns, found.takers)


def absence_title(found: Absence) -> Phrase:
    """Describe who is absent, when, and how much is shared.

    Parameters
    ----------
    found
        From `reso_geo.plan.cover_absence`.

    Returns
    -------
    Phrase
        One sentence.
    """
    days = {"first": _day(found.first), "last": _day(found.last)}
    key = "open" if found.first is None else "from"
    if found.last is not None:
        key = "to" if found.first is None else "from_to"
    values = {
        "absent": ", ".join(found.absent),
        "days": Phrase(f"absence.{key}", days),
        "km": sum(taker.km for taker in found.takers),
        "beats": sum(taker.km > 0.0 for taker in found.takers),
    }
    return Phrase("absence.title", values)


def check_absence_target(path: Path) -> None:
    """Refuse an ending that an absence is not written with.

    Parameters
    ----------
    path
        The file to write.

    Raises
    ------
    UsageError
        Before anything is worked out.
    """
    if path.suffix.lower() not in _KINDS:
        raise UsageError(Phrase("absence.unknown_kind", {"path": path}))


def save_absence(found: Absence, path: Path, lang: str = "fr") -> None:
    """Write which beat takes which street.

    Parameters
    ----------
    found
        From `reso_geo.plan.cover_absence`.
    path
        ``.xlsx`` or ``.docx`` (a sheet or a page an officer: by street, with times), ``.csv`` (a
        row a segment, as a spreadsheet of the language opens it) or ``.geojson`` (a line a
        segment, EPSG:4326), made or replaced.
    lang
        ``fr`` or ``en``.

    Raises
    ------
    UsageError
        When the name has another ending.
    OutputError
        When the file cannot be written.
    """
    check_absence_target(path)
    ending, streets = path.suffix.lower(), _streets(found)
    if ending == ".csv":
        write_csv(streets, path, lang)
    elif ending == ".geojson":
        lines = found.plan.network.geometry[[at for at, _ in _taken(found)]]
        write_features(streets.records(), lines, found.plan.network.crs, path, "absence")
    else:
        title = absence_title(found).say(lang)
        save_officer_sheets(found.plan, _sheets(found, lang), title, path, lang)


def _sheets(found: Absence, lang: str) -> list[XlsxSheet]:
    """Return a sheet for each officer who takes streets: by street, the longest first."""
    plan, network, patrol_s = found.plan, found.plan.network, patrol_seconds(found.plan)
    taken: dict[str, dict[tuple[str, ...], list[int]]] = {}
    for segment, beat_id in _taken(found):
        name = str(network.name[segment] or say(lang, "maps.unnamed"))
        street = name, plan.partition.beat_id[plan.partition.beat_of[segment]]
        taken.setdefault(beat_id, {}).setdefault(street, []).append(segment)
    sheets = []
    for beat in (taker.beat for taker in found.takers if taker.beat.beat_id in taken):
        streets = taken[beat.beat_id]
        km = {street: float(network.length_m[own].sum()) for street, own in streets.items()}
        longest = {key: streets[key] for key in sorted(km, key=lambda key: (-km[key], key))}
        every = np.concatenate(list(streets.values()))
        time = duration(lang, float(patrol_s[every].sum()))
        whole = {"km": float(network.length_m[every].sum()) / 1000.0, "time": time}
        notes = (absence_title(found).say(lang), say(lang, "absence.sheet_note", whole))
        sheets.append(officer_sheet(plan, beat, longest, _COLUMNS, notes, lang))
    return sheets


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _taken(found: Absence) -> list[tuple[int, str]]:
    """List the segments with who takes them over, those that one beat takes together."""
    beat_id = found.plan.partition.beat_id
    return [
        (segment, beat_id[at] if at >= 0 else "")
        for at in [*range(len(beat_id)), -1]
        for segment in found.segments[found.taken_by == at].tolist()
    ]


def _streets(found: Absence) -> Table:
    network, partition = found.plan.network, found.plan.partition
    columns: tuple[Column[tuple[int, str]], ...] = (
        Column("column.beat_id", lambda row: row[1], json="beat_id"),
        Column(
            "absence.column.taken_from",
            lambda row: partition.beat_id[partition.beat_of[row[0]]],
            json="taken_from",
        ),
        Column("column.segment_id", lambda row: str(network.segment_id[row[0]]), json="segment_id"),
        Column("column.name", lambda row: str(network.name[row[0]]), json="name"),
        Column(
            "column.length_m",
            lambda row: float(network.length_m[row[0]]),
            "hundredth",
            json="length_m",
        ),
        Column("absence.column.first", lambda _: _day(found.first), "day", json="from"),
        Column("absence.column.last", lambda _: _day(found.last), "day", json="to"),
    )
    return table_of("", columns, _taken(found))
