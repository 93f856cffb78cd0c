"""How QGIS shows a plan: beats by colour, segments by beat, columns under readable names."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from types import MappingProxyType
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from reso_geo.i18n import is_key, say
from reso_geo.plan_file.extras import STYLE_COLUMNS
from reso_geo.plan_file.layers import tables_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from reso_geo.plan import Plan

__all__ = ["add_styles", "added_styles"]

_COLOURS = ("184,80,120", "80,152,232", "64,72,8", "144,152,8", "16,16,240", "104,16,88")
_BARRIER_COLOURS = MappingProxyType(
    {"motorway": "176,96,32", "railway": "72,72,72", "river": "72,136,192"}
)
_LAND_COLOURS = MappingProxyType(
    {
        "wood": "176,208,160",
        "reserve": "208,228,200",
        "park": "192,224,176",
        "cemetery": "196,212,196",
        "water": "168,204,228",
    }
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
_VERDICTS = MappingProxyType(
    {"yes": ("✔", "72,160,152"), "borderline": ("≈", "208,160,16"), "no": ("✘", "152,48,48")}
)
"""Icon and colour of each verdict."""
_OWN = ("reso_geo", "reso_geo_verdict")


def add_styles(
    path: Path,
    plan: Plan,
    tables: Mapping[str, pd.DataFrame],
    lang: str,
    others: Sequence[tuple[object, ...]] = (),
) -> None:
    """Add QGIS's style table to a plan file.

    Beats show by colour, with their id and an icon for the verdict in the plan's mode; a second
    style colours them by verdict. Segments show by beat.

    Parameters
    ----------
    path
        A GeoPackage with the layers ``beats``, ``segments``, ``barriers`` and ``land``.
    plan
        Whose beats are coloured.
    tables
        Each layer; columns that have a name in words are shown by it.
    lang
        Language of the column names shown.
    others
        Styles that somebody else made, the values of `reso_geo.plan_file.extras.STYLE_COLUMNS` for
        each. For a layer that has a default among them, it stays the default.

    Raises
    ------
    sqlite3.Error
        When the file cannot be written.
    """
    beats = {
        beat.beat_id: (beat.beat_id, _COLOURS[number % len(_COLOURS)])
        for number, beat in enumerate(plan.beats)
    }
    barriers, land = (
        {kind: (say(lang, f"{group}.{kind}"), colour) for kind, colour in colours.items()}
        for group, colours in (("barrier", _BARRIER_COLOURS), ("land", _LAND_COLOURS))
    )
    verdicts = {
        code: (f"{icon} {say(lang, f'verdict.{code}')}", colour)
        for code, (icon, colour) in _VERDICTS.items()
    }
    mode, plain, by_verdict = plan.request.mode, *_OWN
    edited = {(layer, name) for layer, _, name, *_ in others}
    taken = {name for name, _, _, _, _, default, _ in others if default}
    styles = {
        ("beats", plain): ("fill", "beat_id", beats, _label(mode)),
        ("beats", by_verdict): ("fill", f"{mode}_verdict", verdicts, _label(mode)),
        ("segments", plain): ("line", "beat_id", beats, ""),
        ("barriers", plain): ("line", "kind", barriers, ""),
        ("land", plain): ("fill", "kind", land, ""),
    }
    own = []
    for (layer, name), style in styles.items():
        if (layer, name) not in edited:
            names = (column for column in tables[layer].columns if is_key(f"column.{column}"))
            qml = _style(*style, {column: say(lang, f"column.{column}") for column in names})
            own.append((layer, "geom", name, qml, None, name == plain and layer not in taken, ""))
    with closing(sqlite3.connect(path)) as base, base:
        base.execute(f"CREATE TABLE layer_styles ({', '.join(_FIELDS)})")
        base.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES (?, ?, ?)",
            ("layer_styles", "attributes", "layer_styles"),
        )
        base.executemany(
            f"INSERT INTO layer_styles ({', '.join(STYLE_COLUMNS)}, f_table_catalog,"  # noqa: S608 - our own names
            f" f_table_schema, owner) VALUES ({'?, ' * len(STYLE_COLUMNS)}'', '', '')",
            [*own, *others],
        )


def added_styles(base: sqlite3.Connection) -> list[tuple[object, ...]]:
    """Read the styles of a plan's file that somebody added or saved again in QGIS.

    Parameters
    ----------
    base
        An open GeoPackage.

    Returns
    -------
    list of tuple
        The values of `reso_geo.plan_file.extras.STYLE_COLUMNS` for each.
    """
    if "layer_styles" not in tables_in(base):
        return []
    asked = ", ".join(STYLE_COLUMNS)
    rows = base.execute(
        f"SELECT {asked}, update_time FROM layer_styles ORDER BY id"  # noqa: S608 - our own names
    ).fetchall()
    # QGIS writes down when it saved a style; those of a plan have the plan's own date.
    dates = Counter(row[-1] for row in rows if row[2] in _OWN)
    own = dates.most_common(1)[0][0] if dates else None
    return [tuple(row[:-1]) for row in rows if row[2] not in _OWN or row[-1] != own]


def _label(mode: str) -> str:
    """Return QGIS's expression for the id of a beat and the icon of its verdict."""
    cases = " ".join(f"WHEN '{code}' THEN '{icon}'" for code, (icon, _) in _VERDICTS.items())
    return f"\"beat_id\" || ' ' || CASE \"{mode}_verdict\" {cases} ELSE '' END"


def _style(
    shape: str,
    by: str,
    classes: dict[str, tuple[str, str]],
    label: str,
    names: dict[str, str],
) -> str:
    """Write a QML document: a category for each value (label, colour), an alias for each column."""
    root = ET.Element("qgis", version="3.28", styleCategories="Symbology|Labeling|Fields")
    renderer = ET.SubElement(root, "renderer-v2", type="categorizedSymbol", attr=by)
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for place, (value, (text, colour)) in enumerate(classes.items()):
        ET.SubElement(
            categories, "category", value=value, label=text, symbol=str(place), render="true"
        )
        _symbol(symbols, shape, str(place), colour)
    aliases = ET.SubElement(root, "aliases")
    for place, (column, name) in enumerate(names.items()):
        ET.SubElement(aliases, "alias", index=str(place), field=column, name=name)
    if label:
        labels = ET.SubElement(ET.SubElement(root, "labeling", type="simple"), "settings")
        ET.SubElement(labels, "text-style", fieldName=label, isExpression="1", fontSize="10")
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
