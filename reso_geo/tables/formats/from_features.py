"""Cells of a GeoJSON, a GeoPackage or a frame: which layer, and the geometries of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reso_geo.i18n import Phrase
from reso_geo.tables.fault import shown
from reso_geo.tables.features import (
    fields_of,
    layers_note,
    layers_of,
    read_geojson,
    read_geopackage,
)
from reso_geo.tables.frames import read_frame
from reso_geo.tables.grid import Grid, TableFile, Where, match_in
from reso_geo.tables.headers import Wanted, matched
from reso_geo.tables.skipped import skipped_notes, sorted_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reso_geo.tables.feature_rows import Features
    from reso_geo.tables.frames import Frame

__all__ = ["from_frame", "from_geojson", "from_geopackage"]


def from_geojson(file: TableFile, wanted: Wanted) -> Grid:
    """Read the cells of a GeoJSON file.

    Parameters
    ----------
    file
        One whose first bytes say that it is JSON.
    wanted
        The columns.

    Returns
    -------
    Grid
        Without a header row: rows are features, counted from 1.
    """
    features = read_geojson(file)
    understood = Phrase("table.understood.geojson", {"crs": features.crs})
    return _of_features(file, features, wanted, understood)


def from_frame(frame: Frame, wanted: Wanted) -> Grid:
    """Read the cells of a table in memory.

    Parameters
    ----------
    frame
        A DataFrame, or a GeoDataFrame.
    wanted
        The columns.

    Returns
    -------
    Grid
        Without a header row: rows are counted from 1.
    """
    file = TableFile(frame.path)
    features = read_frame(file, frame.rows)
    located = any(row.shape is not None for row in features.rows)
    form = Phrase("table.understood.located", {"crs": features.crs}) if located else ""
    understood = Phrase("table.understood.frame", {"located": form})
    return _of_features(file, features, wanted, understood)


def _of_features(file: TableFile, features: Features, wanted: Wanted, understood: Phrase) -> Grid:
    headers = list(dict.fromkeys(name for row in features.rows for name in row.values))
    if not features.rows:
        headers = [column.name for column in wanted.columns]
    return _grid(file, "", features, headers, wanted, understood)


def from_geopackage(file: TableFile, wanted: Wanted) -> Grid:
    """Read the cells of the layer of a GeoPackage that has the columns.

    Parameters
    ----------
    file
        One whose first bytes say that it is a GeoPackage.
    wanted
        The columns; no other is read.

    Returns
    -------
    Grid
        Without a header row. A file where no layer has the columns, or several have, is refused.
    """
    layers = layers_of(file)
    if not layers:
        file.refuse("no_layer")
    fields = {layer: fields_of(file, layer) for layer in layers}
    found = {
        layer: matched(fields[layer], wanted, has_shapes=kind != "none")
        for layer, kind in layers.items()
    }
    whole = [layer for layer, match in found.items() if not match.missing]
    if len(whole) > 1:
        file.refuse("which_layer", {"layers": layers_note({name: layers[name] for name in whole})})
    layer = min(found, key=lambda each: len(found[each].missing))
    part = Phrase("table.part.layer", {"name": shown(layer)})
    # Places may stand in columns of a layer whose rows have no geometry.
    has_shapes = layers[layer] != "none"
    match = match_in(file, part, fields[layer], wanted, has_shapes=has_shapes)
    # Rows that agree in all columns were pasted twice; private ones may agree, and are not read.
    read = [fields[layer][at] for at in match.at] if wanted.private else fields[layer]
    features = read_geopackage(file, layer, read)
    understood = Phrase("table.understood.gpkg", {"layer": shown(layer), "crs": features.crs})
    return _grid(file, part, features, fields[layer], wanted, understood)


def _grid(
    file: TableFile,
    part: Phrase | str,
    features: Features,
    headers: Sequence[str],
    wanted: Wanted,
    understood: Phrase,
) -> Grid:
    has_shapes = any(row.shape is not None for row in features.rows) or not features.rows
    match = match_in(file, part, headers, wanted, has_shapes=has_shapes)
    shapes = [row.shape for row in features.rows] if wanted.located and has_shapes else None
    records = [(row.number, [row.values.get(name) for name in headers]) for row in features.rows]
    kept, skipped, faults = sorted_out(records, match, shapes, repeats=wanted.private)
    names = tuple(headers[at] for at in match.at)
    return Grid(
        Where(file, part, None, [records[at][0] for at in kept]),
        match,
        names,
        [[records[at][1][column] for column in match.at] for at in kept],
        None if shapes is None else [shapes[at] for at in kept],
        understood,
        skipped_notes(skipped),
        {(at, names[0] if names else ""): fault for at, fault in faults.items()},
    )
