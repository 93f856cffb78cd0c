"""Commands as a user runs them, and files that have what a command needs and no more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from drawing import degrees, draw

from reso_geo.atomic_files import data_file
from reso_geo.cli import main

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = str(data_file("sample/sample.osm.pbf"))
CITIES = str(data_file("sample/boundaries.geojson"))
REAL_PLANS = {
    "heidelberg.osm.pbf": ["--officers", "17"],
    "liechtenstein.osm.pbf": ["--officers", "17", "--boundary", "osm:admin_level=8"],
    "outremont_walk.graphml": ["--officers", "8"],
    "montreal_nord_walk.graphml": ["--officers", "8"],
    "anjou_walk.overpass.json": ["--officers", "16"],
    "monaco.osm.pbf": ["--officers", "12"],
}
"""Whole plans of real streets, each made once in a run of the tests: file, and what is asked."""
GRID = """
a---b---c---d---e---f
|   |   |   |   |   |
g---h---i---j---k---l
|   |   |   |   |   |
m---n---o---p---q---r
|   |   |   |   |   |
s---t---u---v---w---x
|   |   |   |   |   |
y---z---A---B---C---D
|   |   |   |   |   |
E---F---G---H---I---J
|   |   |   |   |   |
K---L---M---N---O---P
|   |   |   |   |   |
Q---R---S---T---U---V
"""
"""82 streets, in each of two cities more than a cut searches through one by one."""


def run(*words: object) -> int:
    """Run a command in this process; give its exit code."""
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


def answer(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, Any]:
    """Run a command in this process; give its exit code and its answer in JSON."""
    capsys.readouterr()
    return run(*words, "--json"), json.loads(capsys.readouterr().out)


def two_towns(folder: Path, step_m: tuple[float, float]) -> tuple[Path, Path]:
    """Write the grid, and a boundary of two cities, the west larger than the east.

    `step_m` is the width of a letter and of a line, in metres.
    """
    wide, high = step_m
    features = []
    for name, west, east in (("West", -1.8, 13.8), ("East", 13.8, 21.8)):
        # Both cities measure from the same latitude, so that they share their border.
        (left, north), (right, _) = degrees(west * wide, 0.0), degrees(east * wide, 0.0)
        bottom, top = north - 17.0 * high / 1e5, north + 2.0 * high / 1e5
        geometry = json.loads(shapely.to_geojson(shapely.box(left, bottom, right, top)))
        features.append({"type": "Feature", "properties": {"name": name}, "geometry": geometry})
    boundary = folder / "towns.geojson"
    boundary.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return draw(GRID, step_m=step_m).write(folder / "grid.osm.pbf"), boundary
