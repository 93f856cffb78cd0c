"""A grid of named streets, cut into beats, and names that try to be code."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import numpy as np
import shapely

from reso_geo import CutRequest, Plan, PlanRequest, load_network, make_plan
from reso_geo.demand import Anchors

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.settings import PatrolSettings

SIDE = 6
STEP = 0.002
HOSTILE = (
    "{{7*191}}",
    "{% if 1 %}",
    "{#",
    "{{{%",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "<!--",
    "${alert(1)}",
    "`alert(1)`",
    "C:\\2019",
    "line\u2028break",
    "\u202eesrever\u2066",
    "l'Anse \"à\" l'Œuvre & fils",
    "\\{{7*191}}\\",
)


def grid_plan(folder: Path, settings: PatrolSettings, officers: int = 4) -> Plan:
    """Cut a grid of twelve named streets into beats, in two districts, with a school."""
    nodes = [
        {"type": "node", "id": 1 + SIDE * r + c, "lat": 45.5 + STEP * r, "lon": -73.5 + STEP * c}
        for r in range(SIDE)
        for c in range(SIDE)
    ]
    lines = {f"rue {r}": [1 + SIDE * r + c for c in range(SIDE)] for r in range(SIDE)}
    lines |= {f"avenue {c}": [1 + SIDE * r + c for r in range(SIDE)] for c in range(SIDE)}
    ways = [
        {"type": "way", "id": k, "nodes": ids, "tags": {"highway": "residential", "name": name}}
        for k, (name, ids) in enumerate(lines.items(), start=1)
    ]
    source = folder / "grid.json"
    source.write_text(json.dumps({"elements": nodes + ways}), encoding="utf-8")
    request = PlanRequest(CutRequest(officers), supervisors=2)
    return make_plan(
        load_network(source), settings=settings, request=request, anchors=school("\u00c9cole Nord")
    )


def school(name: str) -> Anchors:
    """Return one place to visit, at a corner of the grid."""
    name_of, kind = np.array([name], dtype=object), np.array(["school"], dtype=object)
    return Anchors(
        name_of, kind, np.array([2.0]), np.array([15.0]), np.array([-73.5]), np.array([45.5])
    )


def hostile_plan(plan: Plan) -> Plan:
    """Return the same plan with names that try to be code, everywhere a name can stand."""
    names = np.array([HOSTILE[k % len(HOSTILE)] for k in range(len(plan.network))], dtype=object)
    shape = plan.boundary.shapes[0]
    halves = [shapely.box(-80, 40, -73.495, 50), shapely.box(-73.495, 40, -70, 50)]
    cities = tuple(shapely.MultiPolygon([shapely.intersection(shape, half)]) for half in halves)
    boundary = dataclasses.replace(
        plan.boundary, names=(HOSTILE[0], HOSTILE[4]), shapes=cities, kind="generalised"
    )
    beats = tuple(
        dataclasses.replace(
            beat,
            name=HOSTILE[3 * k],
            city=HOSTILE[3 * k + 1],
            district=HOSTILE[3 * k + 2],
            description_fr=f"{HOSTILE[k]} {HOSTILE[-k]}",
        )
        for k, beat in enumerate(plan.beats)
    )
    network = dataclasses.replace(plan.network, name=names)
    anchors = school("".join(HOSTILE))
    return dataclasses.replace(
        plan, network=network, boundary=boundary, beats=beats, anchors=anchors
    )
