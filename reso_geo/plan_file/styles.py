"""How QGIS shows a plan: beats by colour, segments by beat, columns under readable names."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from types import MappingProxyType
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from reso_geo.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.plan import Plan

__all__ = ["add_styles"]

_COLOURS = ("184,80,120", "80,152,232", "64,72,8", "144,152,8", "16,16,240", "104,16,88")
_BARRIER_COLOURS = MappingProxyType(
    {"motorway": "176,96,32", "railway": "72,72,72", "river": "72,136,192"}
)
_FIELDS = (
    "id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL",
    "f_table_catalog TEXT(256)",
    "f_table_schema TEXT(256)",
    "f_table_name TEXT(256)",
    "f_geometry_column TEXT(256)",
    "styleName TEXT(30)",
    "styleQML TEXT",
    "styleSLD TEXT",
    "useAsDefault BOOLEAN",
    "description TEXT",
    "owner TEXT(30)",
    "ui TEXT(30)",
    "update_time DATETIME",
)
_SEGMENT_ALIASES = (
    "segment_id", "length_m", "highway", "name", "city", "required", "twin_of", "beat_id",
    "foot_s", "foot_patrol_s", "bike_forward_s", "bike_backward_s", "cadence", "street_load_s",
    "lanes", "crosses",
)  # fmt: skip
_BEAT_ALIASES = (
    "beat_id", "name", "city", "district", "posts", "residents", "street_km", "load_s",
    "foot_pass_s", "foot_deadhead_s", "foot_bound_s", "foot_verdict", "foot_margin",
    "foot_reasons", "bike_pass_s", "bike_deadhead_s", "bike_bound_s", "bike_verdict",
    "bike_margin", "bike_reasons", "locked", "counts", "counts_load_s",
    "description_fr", "description_en",
)  # fmt: skip
_BARRIER_ALIASES = ("kind", "name")


def add_styles(path: Path, plan: Plan, lang: str) -> None:
    """Add QGIS's style table to a plan file.

    Parameters
    ----------
    path
        A GeoPackage with the layers ``beats``, ``segments`` and ``barriers``.
    plan
        Whose beats are coloured.
    lang
        Language of the column names shown.

    Raises
    ------
    sqlite3.Error
        When the file cannot be written.
    """
    beats = {
        beat.beat_id: (beat.beat_id, _COLOURS[number % len(_COLOURS)])
        for number, beat in enumerate(plan.beats)
    }
    barriers = {
        kind: (say(lang, f"barrier.{kind}"), colour) for kind, colour in _BARRIER_COLOURS.items()
    }
    rows = [
        ("beats", _style("fill", "beat_id", beats, _BEAT_ALIASES, lang)),
        ("segments", _style("line", "beat_id", beats, _SEGMENT_ALIASES, lang)),
        ("barriers", _style("line", "kind", barriers, _BARRIER_ALIASES, lang)),
    ]
    with closing(sqlite3.connect(path)) as base, base:
        base.execute(f"CREATE TABLE layer_styles ({', '.join(_FIELDS)})")
        base.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES (?, ?, ?)",
            ("layer_styles", "attributes", "layer_styles"),
        )
        base.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,"
            " f_geometry_column, styleName, styleQML, useAsDefault, description, owner)"
            " VALUES ('', '', ?, 'geom', 'reso_geo', ?, 1, '', '')",
            rows,
        )


def _style(
    shape: str,
    by: str,
    classes: dict[str, tuple[str, str]],
    columns: tuple[str, ...],
    lang: str,
) -> str:
    """Write a QML document: a category for each value (label, colour), an alias for each column."""
    root = ET.Element("qgis", version="3.28", styleCategories="Symbology|Labeling|Fields")
    renderer = ET.SubElement(root, "renderer-v2", type="categorizedSymbol", attr=by)
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for place, (value, (label, colour)) in enumerate(classes.items()):
        ET.SubElement(
            categories, "category", value=value, label=label, symbol=str(place), render="true"
        )
        _symbol(symbols, shape, str(place), colour)
    aliases = ET.SubElement(root, "aliases")
    for place, column in enumerate(columns):
        ET.SubElement(
            aliases, "alias", index=str(place), field=column, name=say(lang, f"column.{column}")
        )
    if shape == "fill":
        labels = ET.SubElement(ET.SubElement(root, "labeling", type="simple"), "settings")
        ET.SubElement(labels, "text-style", fieldName="beat_id", fontSize="10")
    return "<!DOCTYPE qgis>" + ET.tostring(root, encoding="unicode")


def _symbol(symbols: ET.Element, kind: str, name: str, colour: str) -> None:
    symbol = ET.SubElement(symbols, "symbol", type=kind, name=name, alpha="1")
    fill = kind == "fill"
    layer = ET.SubElement(symbol, "layer", {"class": "SimpleFill" if fill else "SimpleLine"})
    options = ET.SubElement(layer, "Option", type="Map")
    values = (
        {"color": f"{colour},70", "outline_color": f"{colour},255", "outline_width": "0.6"}
        if fill
        else {"line_color": f"{colour},255", "line_width": "0.5"}
    )
    for key, value in values.items():
        ET.SubElement(options, "Option", name=key, value=value, type="QString")
