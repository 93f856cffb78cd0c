"""The columns of the layer ``beats``: how each is written from a beat, and read back."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from reso_geo.assess import REASONS, VERDICTS, SetAside
from reso_geo.plan import Beat, ModeFigures
from reso_geo.travel import MODES, SEASONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["beat_of", "beat_row"]


class _Column(NamedTuple):
    """What makes a cell of a value, and a value of a cell."""

    cell: Callable[[Any], object]
    value: Callable[[Any], object]


def _same(value: object) -> object:
    return value


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _or_null(text: str) -> str | None:
    return text or None


def _text(cell: object) -> str:
    return cell if isinstance(cell, str) else ""


def _reasons_of(cell: object) -> tuple[str, ...]:
    return tuple(cell.split(",")) if isinstance(cell, str) and cell else ()


def _in_json(parts: tuple[SetAside, ...]) -> str | None:
    """Write what tours leave out as JSON; None where they leave out nothing."""
    return json.dumps([asdict(part) for part in parts], ensure_ascii=False) if parts else None


def _parts_of(cell: str | None) -> tuple[SetAside, ...]:
    """Read what tours leave out; nothing where the cell is empty."""
    return tuple(
        SetAside(str(part["name"]), float(part["m"]), tuple(part["segment_ids"]))
        for part in json.loads(cell or "[]")
    )


_AS_IS = _Column(_same, _same)
_TEXT = _Column(_or_null, _text)
_NUMBER, _FLAG = _Column(_same, float), _Column(_same, bool)
_PERHAPS = _Column(_or_nan, lambda cell: None if cell is None else float(cell))
_COUNT = _Column(_or_nan, lambda cell: None if cell is None else int(cell))
_BEAT: Mapping[str, _Column] = {
    "beat_id": _AS_IS,
    "name": _AS_IS,
    "city": _TEXT,
    "district": _TEXT,
    "posts": _Column(_same, int),
    "residents": _COUNT,
    "street_km": _NUMBER,
    "load_s": _NUMBER,
}
_FIGURES: Mapping[str, _Column] = {
    "pass_s": _PERHAPS,
    "deadhead_s": _PERHAPS,
    "lower_bound_s": _NUMBER,
    "verdict": _AS_IS,
    "chance": _NUMBER,
    "reserve": _PERHAPS,
    "low_s": _PERHAPS,
    "high_s": _PERHAPS,
    "margin": _PERHAPS,
    "to_measure": _TEXT,
    "reasons": _Column(lambda reasons: ",".join(reasons) or None, _reasons_of),
    "exact": _FLAG,
    "every_weeks": _PERHAPS,
    "set_aside": _Column(_in_json, _parts_of),
    "cadence_share": _PERHAPS,
}
"""Of each mode, between the others."""
_MORE: Mapping[str, _Column] = {
    "locked": _FLAG,
    "counts": _COUNT,
    "counts_load_s": _PERHAPS,
    "description_fr": _TEXT,
    "description_en": _TEXT,
    "border_named": _PERHAPS,
}
_NEWER = frozenset({"border_named", "cadence_share"})
"""Not in all older files."""


def _name_of(mode: str, figure: str, season: str = "") -> str:
    """Return the name of a column; that of the plan's own season does not name it."""
    return "_".join(filter(None, (mode, season, figure.removeprefix("lower_"))))


def beat_row(beat: Beat, season: str) -> dict[str, object]:
    """Return the row of a beat.

    Parameters
    ----------
    beat
        With its figures.
    season
        Of the plan.

    Returns
    -------
    dict of str to object
        Cells by column, in the order of the layer.
    """
    row = {name: column.cell(getattr(beat, name)) for name, column in _BEAT.items()}
    for mode in MODES:
        figures = beat.figures(mode)
        for name, column in _FIGURES.items():
            row[_name_of(mode, name)] = column.cell(getattr(figures, name))
    row |= {name: column.cell(getattr(beat, name)) for name, column in _MORE.items()}
    for mode in MODES:
        figures = beat.figures(mode, other=True)
        for name, column in _FIGURES.items():
            row[_name_of(mode, name, _other(season))] = column.cell(getattr(figures, name))
    return row


def _other(season: str) -> str:
    return next(each for each in SEASONS if each != season)


def beat_of(row: Mapping[str, Any], season: str) -> Beat:
    """Return the beat of a row.

    Parameters
    ----------
    row
        Cells by column, as SQLite holds them.
    season
        Of the plan.

    Returns
    -------
    Beat
        Named by its id where it has no name.

    Raises
    ------
    KeyError, ValueError, TypeError
        When a column is missing or a cell cannot be used.
    """
    if not (row["posts"] >= 1 and np.isfinite(row["load_s"]) and np.isfinite(row["street_km"])):
        message = f"posts, load_s or street_km of {row['beat_id']}"
        raise ValueError(message)
    columns = {**_BEAT, **_MORE}
    values: dict[str, Any] = {
        name: each.value(_cell(row, name, name)) for name, each in columns.items()
    }
    if not isinstance(row["name"], str):
        values["name"] = row["beat_id"]
    for mode in MODES:
        values[mode] = _figures(row, mode)
        values[f"{mode}_other"] = _figures(row, mode, _other(season))
    return Beat(**values)


def _cell(row: Mapping[str, Any], name: str, column: str) -> Any:  # noqa: ANN401 - as SQLite has it
    return row.get(column) if name in _NEWER else row[column]


def _figures(row: Mapping[str, Any], mode: str, season: str = "") -> ModeFigures:
    values: dict[str, Any] = {
        name: column.value(_cell(row, name, _name_of(mode, name, season)))
        for name, column in _FIGURES.items()
    }
    if values["verdict"] not in VERDICTS or not set(values["reasons"]) <= set(REASONS):
        message = f"{mode}_verdict or {mode}_reasons of {row['beat_id']}"
        raise ValueError(message)
    return ModeFigures(**values)
