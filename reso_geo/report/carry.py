"""Streets that differ between two extracts: as JSON and as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.i18n import say
from reso_geo.report.tables.csv_cells import number_cell, text_cell, write_rows

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.growth import Carried

__all__ = ["carried_summary", "save_carried"]

_KINDS = ("new", "gone", "moved")
_HEADS = ("carry.column.what", "change.column.name", "column.beat_id", "change.column.km")


def carried_summary(carried: Carried) -> dict[str, object]:
    """Return the streets that differ as JSON.

    Parameters
    ----------
    carried
        From `reso_geo.carry_over`.

    Returns
    -------
    dict
        For ``new``, ``gone`` and ``moved`` the kilometres, and every street with its beat.
    """
    return {
        what: {
            "km": carried.km(what),
            "streets": [
                {"name": each.name or None, "beat_id": each.beat_id or None, "km": each.km}
                for each in carried.streets
                if each.what == what
            ],
        }
        for what in _KINDS
    }


def save_carried(carried: Carried, path: Path, lang: str = "fr") -> None:
    """Write a row for each street that differs, as a spreadsheet of the language opens it.

    Parameters
    ----------
    carried
        From `reso_geo.carry_over`.
    path
        The ``.csv`` file to make or replace.
    lang
        ``fr`` or ``en``.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    rows = [
        [
            say(lang, f"carry.{each.what}"),
            text_cell(each.name or say(lang, "change.unnamed")),
            text_cell(each.beat_id),
            number_cell(lang, each.km),
        ]
        for each in carried.streets
    ]
    write_rows(path, lang, [say(lang, head) for head in _HEADS], rows)
