"""Reading a plan back from its GeoPackage."""

from __future__ import annotations

import re
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo.errors import PlanError
from reso_geo.i18n import Phrase, listed
from reso_geo.plan_file.assemble import assemble_plan, info_of
from reso_geo.plan_file.connect import error_name, reading
from reso_geo.plan_file.digests import SCHEMAS, digests_of
from reso_geo.plan_file.layers import LAYERS, read_layer, tables_in
from reso_geo.plan_file.migrate import migrated_layers
from reso_geo.plan_file.tours import TOURS
from reso_geo.records import path_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike
    from pathlib import Path

    from reso_geo.plan import Plan
    from reso_geo.plan_file.layers import Layer

__all__ = ["NO_PLAN", "check_schema", "edited_layers", "load_plan", "no_plan", "opened"]

_LAYERS = ("segments", "junctions", "beats", "bases", "anchors", "boundaries", "plan_info")
_MORE = {*LAYERS, TOURS} - {*_LAYERS}
"""May be missing, as may the columns of lanes and crossings: then nothing is known of them."""
NO_PLAN = (KeyError, ValueError, TypeError, IndexError, AttributeError)
"""What goes wrong when the layers of a file are not those of a plan."""
_SQLITE = b"SQLite format 3\x00"
_MOST_LAYERS = 20
_UNDECODED = re.compile(r"decode to UTF-8 column '([^']*)'")
"""How Python's SQLite says that a text is none."""
_DERIVED = frozenset(
    {
        "foot_patrol_s",
        "bike_forward_s",
        "bike_backward_s",
        "bike_patrol_s",
        "cadence",
        "street_load_s",
        "near_line",
        "on_limit",
        "unserved",
    }
)
"""Columns of segments that are worked out again."""


def load_plan(path: str | PathLike[str], *, tours: bool = True) -> Plan:
    """Read a plan.

    Parameters
    ----------
    path
        A GeoPackage that `save_plan` wrote.
    tours
        False to leave the tours of its beats in the file, for who asks for none of them.

    Returns
    -------
    Plan
        As it was saved; times and street loads are worked out again from its settings.

    Raises
    ------
    PlanError
        When the file is missing, damaged, edited by hand, or no plan.
    UsageError
        When it is no path.
    """
    path = path_of(path)
    with opened(path) as base:
        # A view may be endless, and is nothing that this program writes.
        there = tables_in(base).keys()
        if not there >= set(_LAYERS):
            raise no_plan(base, path)
        wanted = [*_LAYERS, *sorted((there - (set() if tours else {TOURS})) & _MORE)]
        layers = {
            name: read_layer(base, name, _DERIVED if name == "segments" else ()) for name in wanted
        }
        info = info_of(layers)
        check_schema(info, path)
        edited = edited_layers(layers)
        if edited:
            values = {"path": path, "layers": ", ".join(edited)}
            raise PlanError(Phrase("plan_file.edited", values))
        plan = assemble_plan(migrated_layers(layers, info["schema"]), tours=tours)
    held = np.unique(plan.partition.beat_of[plan.network.required]).tolist()
    empty = [name for beat, name in enumerate(plan.partition.beat_id) if beat not in held]
    if empty or not plan.beats:
        raise PlanError(Phrase("plan_file.no_streets", {"path": path, "beats": listed(empty)}))
    return plan


@contextmanager
def opened(path: Path, damaged: str = "plan_file.damaged") -> Iterator[sqlite3.Connection]:
    """Open a plan's file for reading; what is wrong with it is said in one line.

    Parameters
    ----------
    path
        A GeoPackage.
    damaged
        Key of the sentence for a file that cannot be read to the end.

    Yields
    ------
    sqlite3.Connection
        Closed in the end.

    Raises
    ------
    PlanError
        When the file cannot be read or is no GeoPackage, or what is done with it in the block
        shows that it is damaged, locked, or no plan.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(len(_SQLITE))
    except OSError as error:
        values = {"path": path, "why": error}
        raise PlanError(Phrase("plan_file.unreadable", values)) from error
    if head != _SQLITE:
        raise PlanError(Phrase("plan_file.no_geopackage", {"path": path}))
    try:
        with reading(path) as base:
            yield base
    except PlanError:
        raise
    except OSError as error:
        raise PlanError(Phrase("plan_file.unreadable", {"path": path, "why": error})) from error
    except sqlite3.OperationalError as error:
        undecoded = _UNDECODED.search(str(error))
        if undecoded:
            values = {"path": path, "column": undecoded[1]}
            raise PlanError(Phrase("plan_file.bad_text", values)) from error
        locked = error_name(error).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
        key = "plan_file.locked" if locked else damaged
        raise PlanError(Phrase(key, {"path": path, "why": error})) from error
    except (sqlite3.Error, shapely.errors.ShapelyError, *NO_PLAN) as error:
        raise PlanError(Phrase(damaged, {"path": path, "why": repr(error)})) from error


def no_plan(base: sqlite3.Connection, path: Path) -> PlanError:
    """Return what to raise for a GeoPackage that is no plan: its layers are listed.

    Parameters
    ----------
    base
        The file, open.
    path
        Where it is.

    Returns
    -------
    PlanError
        Naming each layer with its kind.
    """
    rows = base.execute(
        "SELECT c.table_name, g.geometry_type_name FROM gpkg_contents c"
        " LEFT JOIN gpkg_geometry_columns g ON g.table_name = c.table_name ORDER BY 1"
    ).fetchall()
    layers = [Phrase("plan_file.layer", {"name": name, "kind": _kind(kind)}) for name, kind in rows]
    if not layers:
        return PlanError(Phrase("plan_file.no_layers", {"path": path}))
    row = layers[0]
    for each in layers[1:_MOST_LAYERS]:
        row = Phrase("plan_file.layers", {"first": row, "next": each})
    if len(layers) > _MOST_LAYERS:
        row = Phrase("plan_file.layers", {"first": row, "next": f"… ({len(layers)})"})
    return PlanError(Phrase("plan_file.no_plan", {"path": path, "layers": row}))


def _kind(geometry: str | None) -> Phrase:
    """Return what a layer holds, by the name that the format has for its geometry."""
    name = (geometry or "none").lower().removeprefix("multi")
    known = name if name in ("none", "point", "linestring", "polygon") else "shapes"
    return Phrase(f"plan_file.kind.{known}")


def check_schema(info: dict[str, str], path: Path) -> None:
    """Refuse a plan of another format.

    Parameters
    ----------
    info
        What the plan says of itself.
    path
        Its file.

    Raises
    ------
    PlanError
        When this version does not read that format.
    """
    if info.get("schema") not in SCHEMAS:
        values = {"path": path, "found": info.get("schema", "-"), "known": ", ".join(SCHEMAS)}
        raise PlanError(Phrase("plan_file.schema", values))


def edited_layers(layers: dict[str, Layer]) -> list[str]:
    """List what was edited by hand, so that the figures of a plan no longer hold.

    Parameters
    ----------
    layers
        Of a plan file.

    Returns
    -------
    list of str
        Names of the digests that differ; empty when nothing was edited.
    """
    info = info_of(layers)
    found = digests_of(layers["segments"], layers["beats"], layers["anchors"], info["schema"])
    return [name for name, sha in found.items() if sha != info[f"{name}_sha256"]]
