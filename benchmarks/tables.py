"""Tables of benchmarks: one frozen dataclass a line, empty where nothing was measured."""

from __future__ import annotations

import csv
from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from _typeshed import DataclassInstance

__all__ = ["cells", "write"]


def cells(row: DataclassInstance) -> list[str]:
    """Return a line as texts."""
    values = (getattr(row, field.name) for field in fields(row))
    return [f"{value:.3f}" if isinstance(value, float) else _text(value) for value in values]


def _text(value: object) -> str:
    return "-" if value is None else str(value)


def write(rows: Sequence[DataclassInstance], out: Path | None) -> None:
    """Print a table as Markdown; write it as CSV."""
    names = [field.name for field in fields(rows[0])]
    print(f"\n| {' | '.join(names)} |\n|{'---|' * len(names)}")
    for row in rows:
        print(f"| {' | '.join(cells(row))} |")
    if out is not None:
        with out.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([names, *map(cells, rows)])
