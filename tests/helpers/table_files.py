"""Tables as files of every kind, and what is said when one is refused."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import openpyxl
import pytest

from reso_geo.errors import TableError
from reso_geo.i18n import LANGUAGES
from reso_geo.tables import KINDS, InputColumn, InputTable, read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from reso_geo.i18n import Phrase

ANCHORS, SEATS, PEOPLE = KINDS["anchors"], KINDS["seats"], KINDS["population"]
HEADERS = ["name", "kind", "visits_per_week", "minutes", "lon", "lat"]
TITLES = ["nom", "genre", "visites_par_semaine", "minutes", "longitude", "latitude"]
ANY = InputColumn("amount", "montant", within=(-1e300, 1e300))


def save_csv(path: Path, rows: Sequence[Sequence[object]], separator: str = ",") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    path.write_bytes(text.getvalue().encode())
    return path


def save_xlsx(path: Path, **sheets: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def save_geojson(path: Path, properties: Sequence[object], shapes: Sequence[object]) -> Path:
    features = [
        {"type": "Feature", "properties": each, "geometry": shape}
        for each, shape in zip(properties, shapes, strict=True)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def seats(path: Path, text: str | bytes) -> InputTable:
    path = path / "seats.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(path, SEATS)


def anchors(folder: Path, *rows: Sequence[object]) -> InputTable:
    return read_table(save_csv(folder / "a.csv", [HEADERS, *rows]), ANCHORS, located=True)


def told(table: InputTable) -> str:
    return " ".join(map(str, table.understood))


def said(caught: pytest.ExceptionInfo[TableError]) -> str:
    """Return an error's sentence, one line in both languages."""
    for lang in LANGUAGES:
        assert "\n" not in caught.value.message.say(lang)
        assert "{" not in caught.value.message.say(lang)
    return str(caught.value)


def csv_of(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def anchors_csv(path: Path, *rows: Sequence[object]) -> Path:
    text = (";".join(str(cell).replace(".", ",") for cell in row) for row in rows)
    return csv_of(path, ";".join(TITLES), *text)


def all_told(understood: Iterable[Phrase], lang: str = "en") -> str:
    return " ".join(phrase.say(lang) for phrase in understood)


def refusal(read: Callable[[Path], object], path: Path, lang: str = "en") -> str:
    with pytest.raises(TableError) as caught:
        read(path)
    for each in LANGUAGES:
        assert "\n" not in caught.value.message.say(each)
    return caught.value.message.say(lang)
