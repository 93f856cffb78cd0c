"""Cells of a CSV file: which encoding, which separator."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from reso_geo.tables.cells import is_blank
from reso_geo.tables.grid import Grid, Where, headers_and_rows, match_in
from reso_geo.tables.headers import matched
from reso_geo.words import Phrase

if TYPE_CHECKING:
    from reso_geo.tables.grid import TableFile
    from reso_geo.tables.headers import Wanted

__all__ = ["read_csv"]

_SEPARATORS = (";", ",", "\t")
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (BOM)",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
}


def read_csv(file: TableFile, wanted: Wanted) -> Grid:
    """Read the cells of a CSV file.

    Parameters
    ----------
    file
        Text in UTF-8, UTF-16 with its mark, or else Windows-1252.
    wanted
        The columns; the separator is the one that finds the most of them.

    Returns
    -------
    Grid
        With the rows as a spreadsheet numbers them. What is no such text is refused.
    """
    text, encoding = _text(file)
    separator = max(_SEPARATORS, key=lambda each: _found(text, each, wanted))
    records = _records(file, text, separator)
    header_row, headers, rows = headers_and_rows(records)
    if not header_row:
        file.refuse("empty_file")
    match = match_in(file, "", headers, wanted, has_shapes=False)
    for number, record in rows:
        if any(not is_blank(cell) for cell in record[len(headers) :]):
            values = {"row": number, "found": len(record), "expected": len(headers)}
            file.refuse("too_many_cells", values)
    named = Phrase("table.tab") if separator == "\t" else separator
    return Grid(
        Where(file, "", header_row, [number for number, _ in rows]),
        match,
        tuple(headers[at] for at in match.at),
        [[record[at] if at < len(record) else "" for at in match.at] for _, record in rows],
        None,
        Phrase("table.understood.csv", {"separator": named, "encoding": _NAMES[encoding]}),
    )


def _text(file: TableFile) -> tuple[str, str]:
    try:
        data = file.path.read_bytes()
    except OSError as error:
        file.refuse("unreadable", {"reason": error})
    marked = next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
    encodings = (marked,) if marked else ("utf-8", "cp1252")
    encoding = next((each for each in encodings if _is_text(data, each)), None)
    if encoding is None:
        file.refuse("unknown_format")
    return data.decode(encoding), encoding


def _is_text(data: bytes, encoding: str) -> bool:
    try:
        return "\x00" not in data.decode(encoding)
    except UnicodeError:
        return False


def _records(file: TableFile, text: str, separator: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    records: list[list[str]] = []
    try:
        records.extend(reader)
    except csv.Error:
        file.refuse("broken_csv", {"row": len(records) + 1})
    # Excel reads, and hides, a first line that names the separator.
    if records and records[0] and records[0][0].strip().lower() == "sep=":
        records[0] = []
    return records


def _found(text: str, separator: str, wanted: Wanted) -> tuple[int, int]:
    """Count the columns that a separator finds in the first line that is not blank."""
    lines = (line for line in text.splitlines() if line.strip(" \t;,"))
    first = next((line for line in lines if not line.lower().startswith("sep=")), "")
    headers = next(csv.reader([first], delimiter=separator), [])
    return len(matched(headers, wanted, has_shapes=False).columns), len(headers)
