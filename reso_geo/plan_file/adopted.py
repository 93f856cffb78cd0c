"""The plan as it was adopted, kept inside its file so that a hand edit can be told from it.

A table ``adopted`` holds each layer but the anchors, compressed: QGIS does not list it, and what a
planner moves or deletes can be named and put back. Of the anchors only a digest is kept: a place
that was deleted from the plan must be gone.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.plan_file.layers import LAYERS, Layer, read_layer, tables_in

if TYPE_CHECKING:
    import sqlite3

__all__ = ["ADOPTED", "adopt", "adopted_layers"]

ADOPTED = "adopted"
_NEWER = ("land", "places")
"""Not in older files."""
_LAYERS = tuple(name for name in LAYERS if name not in ("anchors", *_NEWER))
_ROW_ID = frozenset({"fid"})


def adopt(base: sqlite3.Connection) -> None:
    """Keep the layers of a plan's file as they are now.

    Parameters
    ----------
    base
        An open GeoPackage that all layers were written to, and nothing else.

    Raises
    ------
    sqlite3.Error
        When the file cannot be written.
    """
    base.execute(f"CREATE TABLE {ADOPTED} (layer TEXT PRIMARY KEY, content BLOB NOT NULL)")
    rows = [(name, _packed(read_layer(base, name, _ROW_ID))) for name in (*_LAYERS, *_NEWER)]
    base.executemany(f"INSERT INTO {ADOPTED} VALUES (?, ?)", rows)  # noqa: S608 - our own name


def adopted_layers(base: sqlite3.Connection) -> dict[str, Layer]:
    """Read the layers of a plan as they were when it was adopted.

    Parameters
    ----------
    base
        An open GeoPackage.

    Returns
    -------
    dict of str to Layer
        Empty where the file has lost them, as when another program wrote it again.

    Raises
    ------
    ValueError, KeyError, TypeError
        When what was kept is damaged.
    """
    if ADOPTED not in tables_in(base):
        return {}
    rows = base.execute(f"SELECT layer, content FROM {ADOPTED}").fetchall()  # noqa: S608 - our own name
    layers = {str(name): _unpacked(content) for name, content in rows}
    return layers if set(_LAYERS) <= set(layers) else {}


def _packed(layer: Layer) -> bytes:
    """Return the columns as a line of JSON, then the length of each shape, then the shapes."""
    shapes = [wkb or b"" for wkb in shapely.to_wkb(layer.geometry)]
    head = {"crs": layer.crs, "rows": len(shapes), "columns": layer.columns}
    lengths = np.array([len(shape) for shape in shapes], dtype="<u4").tobytes()
    text = json.dumps(head, ensure_ascii=False).encode()
    return zlib.compress(b"".join((text, b"\n", lengths, *shapes)))


def _unpacked(content: bytes) -> Layer:
    try:
        text, _, rest = zlib.decompress(content).partition(b"\n")
    except zlib.error as error:
        raise ValueError(str(error)) from error
    head = json.loads(text)
    lengths = np.frombuffer(rest, dtype="<u4", count=head["rows"])
    ends = 4 * head["rows"] + np.cumsum(lengths, dtype=np.int64)
    wkb = np.empty(head["rows"], dtype=object)
    for row, (end, length) in enumerate(zip(ends.tolist(), lengths.tolist(), strict=True)):
        wkb[row] = rest[end - length : end] if length else None
    columns = {name: tuple(values) for name, values in head["columns"].items()}
    return Layer(columns, shapely.from_wkb(wkb), head["crs"])
