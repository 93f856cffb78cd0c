"""QGIS projects inside a plan's file: their layers are those of the file that they lie in."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.sax.saxutils import escape

from reso_geo.plan_file.layers import tables_in

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

__all__ = ["PROJECTS", "carry_projects"]

PROJECTS = "qgis_projects"
_MOST_BYTES = 100_000_000
"""A project that unpacks to more is taken over as it is."""


def carry_projects(
    source: sqlite3.Connection, base: sqlite3.Connection, old: Path, new: str
) -> None:
    """Copy QGIS projects; their paths to the old file lead to the new one.

    Parameters
    ----------
    source, base
        The old file and the new one, open.
    old
        The old file.
    new
        Name of the new one, without its folder.

    Raises
    ------
    sqlite3.Error
        When the file cannot be written.
    """
    if PROJECTS not in tables_in(base):
        base.execute(tables_in(source)[PROJECTS])
    rows = source.execute("SELECT name, metadata, content FROM qgis_projects").fetchall()
    base.executemany(
        "INSERT OR REPLACE INTO qgis_projects (name, metadata, content) VALUES (?, ?, ?)",
        [(name, metadata, _led(content, old, new)) for name, metadata, content in rows],
    )


def _led(content: object, old: Path, new: str) -> object:
    """Return a project whose paths name another file; what is no project comes back as it is.

    QGIS keeps a zipped project as hexadecimal digits.
    """
    if not isinstance(content, (str, bytes)):
        return content
    text = content if isinstance(content, str) else content.decode("latin-1")
    try:
        packed = bytes.fromhex(text)
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > _MOST_BYTES:
                return content
            files = [(entry, archive.read(entry)) for entry in entries]
        again = io.BytesIO()
        with zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry, data in files:
                own = entry.filename.lower().endswith(".qgs")
                archive.writestr(entry, _with_name(data.decode(), old, new) if own else data)
    except (ValueError, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        return content
    digits = again.getvalue().hex()
    return digits if isinstance(content, str) else digits.encode()


def _with_name(text: str, old: Path, new: str) -> str:
    """Write the new name where a path leads to the old file, from its folder or from the root."""
    places = (str(old.resolve()), old.resolve().as_posix(), f"./{old.name}", old.name)
    spelt = {escape(form(place), {'"': "&quot;"}) for place in places for form in (str, quote)}
    either = "|".join(re.escape(each) for each in sorted(spelt, key=len, reverse=True))
    led = escape(f"./{new}", {'"': "&quot;"})
    return re.sub(rf"(?<=[\"'>=])(?:{either})(?=[|\"'<])", lambda _: led, text)
