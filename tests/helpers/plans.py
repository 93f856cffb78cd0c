"""A small plan in a file, edited as a planner's tools do it: SQL as QGIS sends it, geopandas."""

from __future__ import annotations

import sqlite3
import string
from contextlib import closing, contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from drawing import Drawing, degrees, draw, load

from reso_geo import CutRequest, Plan, PlanRequest, make_plan
from reso_geo.boundaries import Boundary
from reso_geo.demand import Anchors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from reso_geo.i18n import Phrase
    from reso_geo.settings import PatrolSettings

COLUMNS, ROWS, APART_M = 8, 6, 120.0
_LINE_M = 530.0


def town_streets() -> Drawing:
    """Draw the streets of `town`: 8 by 6 junctions."""
    letters = iter(string.ascii_letters)
    text = "\n".join(
        "---".join(next(letters) for _ in range(COLUMNS)) if row % 2 == 0 else "|   " * COLUMNS
        for row in range(2 * ROWS - 1)
    )
    return draw(text, step_m=(30.0, 60.0))


def town(settings: PatrolSettings) -> Plan:
    """Cut a town of 8 by 6 junctions in two cities, West and East, into three beats."""
    west, middle, east = (
        degrees(x, y) for x, y in ((-60.0, 60.0), (_LINE_M, -660.0), (900.0, 60.0))
    )
    shapes = (
        shapely.box(west[0], middle[1], middle[0], west[1]),
        shapely.box(middle[0], middle[1], east[0], east[1]),
    )
    boundary = Boundary(
        ("West", "East"), tuple(shapely.MultiPolygon([s]) for s in shapes), "precise", "drawn", ()
    )
    network = load(town_streets(), boundary, settings)
    school = degrees(120.0, -120.0)
    anchors = Anchors(
        np.array(["School"], dtype=object),
        np.array(["school"], dtype=object),
        np.array([2.0]),
        np.array([15.0]),
        np.array([school[0]]),
        np.array([school[1]]),
    )
    people = np.where(network.required, 10.0, 0.0)
    request = PlanRequest(CutRequest(officers=3))
    return make_plan(
        network,
        settings=settings,
        request=request,
        boundary=boundary,
        anchors=anchors,
        people=people,
    )


@contextmanager
def editing(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file as QGIS does: with the functions that the format's triggers call."""
    with closing(sqlite3.connect(path)) as base, base:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            base.create_function(name, 1, lambda shape: int(shape is None))
        yield base


def sql(path: Path, *statements: str) -> None:
    """Run statements."""
    with editing(path) as base:
        for statement in statements:
            base.execute(statement)


def column(path: Path, question: str) -> list[object]:
    """Return the first column of an answer."""
    with closing(sqlite3.connect(path)) as base:
        return [row[0] for row in base.execute(question)]


def rewrite(path: Path, layer: str, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> None:
    """Read a layer with geopandas, change it, and write it back over the old one."""
    change(gpd.read_file(path, layer=layer)).to_file(path, layer=layer, driver="GPKG")


def assign(path: Path, beat: str | None, *segments: str) -> None:
    """Write a beat into the rows of some segments."""
    with editing(path) as base:
        rows = [(beat, segment) for segment in segments]
        base.executemany("UPDATE segments SET beat_id = ? WHERE segment_id = ?", rows)


def segments_of(path: Path, beat: str) -> list[str]:
    """Name the segments of a beat, in the order of their rows."""
    with closing(sqlite3.connect(path)) as base:
        asked = "SELECT segment_id FROM segments WHERE beat_id = ? ORDER BY fid"
        return [str(row[0]) for row in base.execute(asked, (beat,))]


def told(note: Phrase, place: str) -> object:
    """Return what a note says in one of its places."""
    return asdict(note)["values"][place]
