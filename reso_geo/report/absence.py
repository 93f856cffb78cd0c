"""Who covers an absence: as the JSON of the contract, sheets for officers, CSV and GeoJSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reso_geo.errors import UsageError
from reso_geo.i18n import Phrase, duration, say
from reso_geo.output_files import output_file
from reso_geo.plan import audience_text
from reso_geo.report.tables.csv_cells import number_cell, text_cell, write_rows
from reso_geo.report.tables.plan_tables import Column, Table
from reso_geo.report.tables.xlsx import Sheet, book_of

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from reso_geo.plan import Absence

__all__ = ["absence_summary", "absence_title", "check_absence_target", "save_absence"]

_KINDS = (".csv", ".xlsx", ".geojson")
_COLUMNS = (
    Column("office.column.street", width=44),
    Column("absence.column.taken_from", width=16),
    Column("column.street_km", "hundredth", 10),
    Column("absence.column.minutes", "whole", 16),
)


def absence_summary(found: Absence, lang: str = "fr") -> dict[str, object]:
    """Return who covers an absence in the JSON of the contract.

    Parameters
    ----------
    found
        From `reso_geo.cover_absence`.
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
            {key: row[key] for key in ("segment_id", "name", "beat_id")} for row in _rows(found)
        ],
        "beats": [
            {
                "beat_id": taker.beat.beat_id,
                "name": taker.beat.name,
                "posts": taker.posts,
                "km": taker.km,
                "load_s": taker.during.needed_s[1],
                "load_s_before": taker.beat.load_s,
                "available_s": taker.during.available_s[1],
                "every_weeks": taker.every_weeks,
                "every_weeks_during": taker.during.every_weeks,
                "margin_during": taker.during.margin,
                "verdict": taker.beat.figures(found.plan.request.mode).verdict,
                "verdict_during": taker.during.verdict,
            }
            for taker in found.takers
        ],
        "warnings": [phrase.say(lang) for phrase in found.warnings],
    }


def absence_title(found: Absence) -> Phrase:
    """Describe who is absent, when, and how much is shared.

    Parameters
    ----------
    found
        From `reso_geo.cover_absence`.

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
        From `reso_geo.cover_absence`.
    path
        ``.xlsx`` (a sheet an officer: by street, with times), ``.csv`` (a row a segment, as a
        spreadsheet of the language opens it) or ``.geojson`` (a line a segment, EPSG:4326), made
        or replaced.
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
    ending = path.suffix.lower()
    if ending == ".csv":
        _write_csv(found, path, lang)
    elif ending == ".geojson":
        _write_geojson(found, path)
    else:
        title, marks = absence_title(found).say(lang), [audience_text("internal", lang)]
        with output_file(path) as aside:
            aside.write_bytes(book_of(_sheets(found, lang), title, marks, lang))


def _sheets(found: Absence, lang: str) -> list[Sheet]:
    """Return a sheet for each officer who takes streets: by street, the longest first."""
    plan, mode = found.plan, found.plan.request.mode
    patrol = np.minimum(*plan.times.patrol_s(mode))
    patrol = np.where(np.isfinite(patrol), patrol, plan.times.foot_patrol_s)
    ids = plan.network.segment_id[found.segments].tolist()
    minutes = dict(zip(ids, (patrol[found.segments] / 60.0).tolist(), strict=True))
    taken: dict[str, dict[tuple[str, str], tuple[float, float]]] = {}
    for row in _rows(found):
        street = str(row["name"] or say(lang, "maps.unnamed")), str(row["taken_from"])
        streets = taken.setdefault(str(row["beat_id"]), {})
        km, time = streets.get(street, (0.0, 0.0))
        more = minutes[row["segment_id"]]
        streets[street] = km + float(row["length_m"] or 0.0) / 1000.0, time + more
    sheets = []
    for beat in (taker.beat for taker in found.takers if taker.beat.beat_id in taken):
        longest = sorted(taken[beat.beat_id].items(), key=lambda each: (-each[1][0], each[0]))
        rows = tuple((*street, *figures) for street, figures in longest)
        km, time = (sum(figures[at] for _, figures in longest) for at in range(2))
        whole = {"km": km, "time": duration(lang, 60.0 * time)}
        notes = (absence_title(found).say(lang), say(lang, "absence.sheet_note", whole))
        table = Table("absence.sheet", _COLUMNS, rows, notes)
        sheets.append(Sheet(beat.beat_id, f"{beat.beat_id} \u2013 {beat.name}", table))
    return sheets


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _rows(found: Absence) -> list[dict[str, str | float | None]]:
    """Return a row a street, those that one beat takes together."""
    network, partition = found.plan.network, found.plan.partition
    rows: list[dict[str, str | float | None]] = []
    for at in [*range(len(partition.beat_id)), -1]:
        rows += [
            {
                "segment_id": str(network.segment_id[segment]),
                "name": str(network.name[segment]) or None,
                "length_m": float(network.length_m[segment]),
                "taken_from": partition.beat_id[partition.beat_of[segment]],
                "beat_id": partition.beat_id[at] if at >= 0 else None,
            }
            for segment in found.segments[found.taken_by == at].tolist()
        ]
    return rows


def _write_csv(found: Absence, path: Path, lang: str) -> None:
    heads = [
        say(lang, "column.beat_id"),
        say(lang, "absence.column.taken_from"),
        say(lang, "column.segment_id"),
        say(lang, "column.name"),
        say(lang, "column.length_m"),
        say(lang, "absence.column.first"),
        say(lang, "absence.column.last"),
    ]
    days = [_day(found.first) or "", _day(found.last) or ""]
    rows = []
    for row in _rows(found):
        texts = [
            text_cell(str(row[key] or ""))
            for key in ("beat_id", "taken_from", "segment_id", "name")
        ]
        rows.append([*texts, number_cell(lang, float(row["length_m"] or 0.0)), *days])
    write_rows(path, lang, heads, rows)


def _write_geojson(found: Absence, path: Path) -> None:
    network = found.plan.network
    rows = _rows(found)
    place = {str(network.segment_id[at]): at for at in found.segments.tolist()}
    for row in rows:
        row |= {"from": _day(found.first), "to": _day(found.last)}
    lines = [network.geometry[place[str(row["segment_id"])]] for row in rows]
    import geopandas as gpd  # noqa: PLC0415 - slow to load, and nothing else here needs it

    table = gpd.GeoDataFrame(rows, geometry=lines, crs=network.crs)
    table = table.to_crs("EPSG:4326")
    with output_file(path) as aside:
        table.to_file(aside, driver="GeoJSON", layer="absence", engine="pyogrio")
