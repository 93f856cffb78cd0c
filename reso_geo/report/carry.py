"""Streets that differ between two extracts: as JSON and as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.report.tables.csv_cells import write_csv
from reso_geo.report.tables.table import Column, table_of

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.growth import CarriedPlan, CarriedStreet

__all__ = ["carried_summary", "save_carried"]

_KINDS = ("new", "gone", "moved")
_COLUMNS: tuple[Column[CarriedStreet], ...] = (
    Column("carry.column.what", "what", words="carry"),
    Column("change.column.name", "name", empty="change.unnamed"),
    Column("column.beat_id", "beat_id"),
    Column("change.column.km", "km", "hundredth"),
)


def carried_summary(carried: CarriedPlan) -> dict[str, object]:
    """Return the streets that differ as JSON.

    Parameters
    ----------
    carried
        From `reso_geo.growth.carry_over`.

    Returns
    -------
    dict
        For ``new``, ``gone`` and ``moved`` the kilometres, and every street with its beat.
    """
    return {
        what: {
            "km": carried.km(what),
            "streets": table_of(
                "", _COLUMNS, (each for each in carried.streets if each.what == what)
            ).records(),
        }
        for what in _KINDS
    }


def save_carried(carried: CarriedPlan, path: Path, lang: str = "fr") -> None:
    """Write a row for each street that differs, as a spreadsheet of the language opens it.

    Parameters
    ----------
    carried
        From `reso_geo.growth.carry_over`.
    path
        The ``.csv`` file to make or replace.
    lang
        ``fr`` or ``en``.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    write_csv(table_of("", _COLUMNS, carried.streets), path, lang)
