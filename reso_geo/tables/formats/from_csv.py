"""Cells of a CSV file: which encoding, which separator."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from reso_geo.i18n import Phrase
from reso_geo.tables.fault import is_blank
from reso_geo.tables.sheets import RawSheet, grid_of, head_of

if TYPE_CHECKING:
    from reso_geo.tables.grid import Grid, TableFile
    from reso_geo.tables.headers import Wanted

__all__ = ["read_csv"]

_SEPARATORS = (";", ",", "\t", "|")
_NAMED = re.compile(r"\ufeff?sep=(\S|\t)\s*$", re.IGNORECASE)
_BLANK = ' \r\n"\ufeff'
_HEAD = 4096
_FIRST_LINES, _LONGEST = 40, 10_000
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (BOM)",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
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
    if not text.strip("".join(_SEPARATORS) + _BLANK):
        file.refuse("empty_file")
    named = _named_separator(text)
    separators = _SEPARATORS if named is None else (named,)
    separator = max(separators, key=lambda each: _found(text, each, wanted))
    sheet = RawSheet(_records(file, text, separator))
    head = head_of(sheet, wanted)
    if not head.row:
        file.refuse("empty_file")
    for number, record in enumerate(sheet.records, 1):
        if number > head.row and not all(map(is_blank, record[len(head.headers) :])):
            values = {"row": number, "found": len(record), "expected": len(head.headers)}
            file.refuse("too_many_cells", values)
    shown_as = Phrase("table.tab") if separator == "\t" else separator
    understood = Phrase(
        "table.understood.csv", {"separator": shown_as, "encoding": _NAMES[encoding]}
    )
    return grid_of(file, sheet, head, wanted, "", understood)


def _text(file: TableFile) -> tuple[str, str]:
    try:
        data = file.path.read_bytes()
    except OSError as error:
        file.refuse("unreadable", {"reason": error})
    marked = next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
    marked = marked or _wide(data)
    encodings = (marked,) if marked else ("utf-8", "cp1252")
    encoding = next((each for each in encodings if _is_text(data, each)), None)
    if encoding is None:
        file.refuse("unknown_format")
    return data.decode(encoding), encoding


def _wide(data: bytes) -> str | None:
    """Return the encoding of a text whose every other byte is null, as UTF-16 without its mark."""
    halves = {"utf-16-le": data[1:_HEAD:2], "utf-16-be": data[:_HEAD:2]}
    return next((n for n, half in halves.items() if 2 * half.count(0) > len(half) > 0), None)


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
    if records and _named_separator(text) is not None:
        records[0] = []
    return records


def _named_separator(text: str) -> str | None:
    found = _NAMED.match(text.partition("\n")[0])
    return found[1] if found else None


def _found(text: str, separator: str, wanted: Wanted) -> tuple[int, int]:
    """Count the columns that a separator finds in the first lines, and their headers."""
    lines = [line[:_LONGEST] for line in text.splitlines()[:_FIRST_LINES]]
    head = head_of(RawSheet(list(csv.reader(lines, delimiter=separator))), wanted)
    return len(head.match.columns), len(head.headers)
