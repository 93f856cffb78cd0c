"""Examples of input tables, as a person of either language would write them."""

from __future__ import annotations

import csv
import json
import tomllib
from typing import TYPE_CHECKING, Any

import shapely

from reso_geo.atomic_files import data_file
from reso_geo.choices import check_choice
from reso_geo.errors import UsageError
from reso_geo.i18n import LANGUAGES, Phrase
from reso_geo.output_files import output_file
from reso_geo.records import path_of
from reso_geo.tables.kinds import KINDS, LOCATED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike
    from pathlib import Path

__all__ = ["write_template"]

_Cell = str | int | float
_PLACE = {"en": ("lon", "lat"), "fr": ("longitude", "latitude")}


def write_template(kind: str, path: str | PathLike[str], lang: str) -> None:
    """Write an example of an input table, to be filled in.

    Parameters
    ----------
    kind
        ``anchors``, ``population``, ``seats``, ``counts``, ``bases``, ``roster``, ``elevations`` or
        ``cleared``.
    path
        The file to make or replace, ``.csv``, ``.xlsx`` or ``.geojson``.
    lang
        ``fr`` or ``en``: the headers, and in CSV the separator and the decimal mark.

    Raises
    ------
    UsageError
        When there is no such kind, or the ending is another.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "postes.csv"
    >>> write_template("seats", path, "fr")
    >>> path.read_text(encoding="utf-8-sig").splitlines()[0]
    'ville;postes'
    """
    path = path_of(path)
    check_choice(lang, LANGUAGES)
    if kind not in KINDS:
        known = {"kind": kind, "kinds": ", ".join(KINDS)}
        raise UsageError(Phrase("table.unknown_kind", known))
    writers = {".csv": _write_csv, ".xlsx": _write_xlsx, ".geojson": _write_geojson}
    write = writers.get(path.suffix.lower())
    if write is None:
        endings = {"path": path.name, "endings": ", ".join(writers)}
        raise UsageError(Phrase("table.unknown_ending", endings))
    with output_file(path) as aside:
        write(aside, kind, lang)


def _examples(kind: str, lang: str) -> list[dict[str, _Cell]]:
    """Return the rows of an example, by the names of columns in code."""
    text = data_file(f"templates/{kind}.toml").read_text(encoding="utf-8")
    return [
        {name: cell[lang] if isinstance(cell, dict) else cell for name, cell in row.items()}
        for row in tomllib.loads(text)["rows"]
    ]


def _headers(kind: str, lang: str) -> dict[str, str]:
    """Return the header of each column of a kind, by its name in code."""
    headers = {column.name: column.fr if lang == "fr" else column.name for column in KINDS[kind]}
    if kind in LOCATED:
        headers |= dict(zip(("lon", "lat"), _PLACE[lang], strict=True))
    return headers


def _sheet(kind: str, lang: str) -> list[Sequence[_Cell]]:
    headers = _headers(kind, lang)
    rows = [[row[name] for name in headers] for row in _examples(kind, lang)]
    return [list(headers.values()), *rows]


def _write_csv(path: Path, kind: str, lang: str) -> None:
    # The byte order mark is what makes Excel read accents.
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";" if lang == "fr" else ",")
        for row in _sheet(kind, lang):
            writer.writerow([_in_csv(cell, lang) for cell in row])


def _in_csv(cell: _Cell, lang: str) -> str:
    is_fraction = isinstance(cell, float) and lang == "fr"
    return str(cell).replace(".", ",") if is_fraction else str(cell)


def _write_xlsx(path: Path, kind: str, lang: str) -> None:
    import openpyxl  # type: ignore[import-untyped]  # noqa: PLC0415 - slow to load

    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = kind
    for row in _sheet(kind, lang):
        sheet.append(row)
    book.save(path)


def _write_geojson(path: Path, kind: str, lang: str) -> None:
    headers = _headers(kind, lang)
    features = [
        {
            "type": "Feature",
            "properties": {headers[column.name]: row[column.name] for column in KINDS[kind]},
            "geometry": _shape(row) if kind in LOCATED or "outline" in row else None,
        }
        for row in _examples(kind, lang)
    ]
    document = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _shape(row: Mapping[str, _Cell]) -> object:
    """Return the outline or line of a row that has one, else its point."""
    if "outline" in row:
        return json.loads(shapely.to_geojson(shapely.from_wkt(str(row["outline"]))))
    return json.loads(shapely.to_geojson(shapely.Point(float(row["lon"]), float(row["lat"]))))
