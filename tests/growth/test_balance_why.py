"""Why loads are no nearer to each other: what is said names the lock, the city or the streets."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from reso_geo import (
    CutRequest,
    Plan,
    PlanRequest,
    RebalanceRequest,
    check_plan,
    load_network,
    load_settings,
    make_plan,
    read_edited_plan,
    save_plan,
)
from reso_geo.boundaries import Boundary
from reso_geo.growth import rebalance_plan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ROWS, COLUMNS = 6, 40
WEST, SOUTH, EAST_STEP, NORTH_STEP = -73.5, 45.5, 0.0013, 0.0009

Planner = Callable[..., Plan]


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    """Return what plans a grid of 6 by 40 junctions, 100 m apart, in one city or two."""
    source: Path = tmp_path_factory.mktemp("grid") / "grid.json"
    nodes = [
        {"type": "node", "id": 1 + n, "lon": WEST + EAST_STEP * (n % COLUMNS), "lat": north}
        for n in range(ROWS * COLUMNS)
        for north in [SOUTH + NORTH_STEP * (n // COLUMNS)]
    ]
    lines = [[COLUMNS * r + c for c in range(COLUMNS)] for r in range(ROWS)]
    lines += [[COLUMNS * r + c for r in range(ROWS)] for c in range(COLUMNS)]
    ways = [
        {"type": "way", "id": k, "nodes": [1 + n for n in ids], "tags": {"highway": "residential"}}
        for k, ids in enumerate(lines, start=1)
    ]
    source.write_text(json.dumps({"elements": nodes + ways}), encoding="utf-8")

    def plan(
        request: CutRequest,
        earlier: Plan | None = None,
        lock: str = "",
        lines_at: Sequence[float] = (),
    ) -> Plan:
        settings = load_settings()
        east, north = WEST + EAST_STEP * COLUMNS, SOUTH + NORTH_STEP * ROWS
        shapes = tuple(
            shapely.MultiPolygon([shapely.box(one, SOUTH - 0.001, two, north)])
            for one, two in pairwise((WEST - 0.001, *lines_at, east))
        )
        boundary = Boundary(("A", "B")[: len(shapes)], shapes, "precise", "drawn", ())
        network = load_network(source, boundary, settings)
        locks = (lock,) if lock else ()
        return make_plan(
            network,
            settings=settings,
            request=PlanRequest(request),
            boundary=boundary,
            earlier=earlier,
            lock=locks,
        )

    return plan


def striped(planner: Planner, shares: Sequence[float]) -> Plan:
    """Plan beats that are stripes of the grid, with these shares of its width from the west on."""
    plan = planner(CutRequest(len(shares)))
    network = plan.network
    middle = (network.node_xy[network.u, 0] + network.node_xy[network.v, 0]) / 2.0
    west, east = network.node_xy[:, 0].min(), network.node_xy[:, 0].max()
    lines = west + (east - west) * np.cumsum(shares)[:-1]
    stripes = np.searchsorted(lines, middle)
    return replace(plan, partition=replace(plan.partition, beat_of=stripes))


def why(plan: Plan) -> dict[str, dict[str, object]]:
    """Return what is said by its key."""
    return {phrase.key: dict(phrase.values) for phrase in plan.balance_why}


def test_streets_that_a_locked_beat_encloses_name_the_lock(planner: Planner) -> None:
    before = striped(planner, (0.3, 0.2, 0.5))
    lock = before.beats[1].beat_id
    after = planner(CutRequest(4), before, lock)
    said = why(after)
    assert set(said) == {"plan.why_enclosed", "plan.why_locked"}
    values = said["plan.why_enclosed"]
    assert values["locks"] == lock
    west = next(
        beat
        for place, beat in enumerate(after.beats)
        if (before.partition.beat_of[after.partition.segments_of(place)] == 0).all()
    )
    assert west.beat_id in str(values["beats"])
    assert all(lock in phrase.say("fr") for phrase in after.balance_why)


def test_streets_too_few_for_a_post_that_a_lock_cuts_off_join_a_beat_and_name_the_lock(
    planner: Planner,
) -> None:
    before = striped(planner, (0.1, 0.3, 0.6))
    lock = before.beats[1].beat_id
    after = planner(CutRequest(4), before, lock)
    annexed = [phrase for phrase in after.warnings if phrase.key == "partition.joined_by_lock"]
    assert [phrase.values["locks"] for phrase in annexed] == [lock]
    (own,) = after.partition.annexed.values()
    assert (before.partition.beat_of[own] == 0).all()


def test_what_a_lock_cut_off_is_no_fault_of_the_plan_that_lists_it(
    planner: Planner, tmp_path: Path
) -> None:
    before = striped(planner, (0.1, 0.3, 0.6))
    after = planner(CutRequest(4), before, before.beats[1].beat_id)
    path = tmp_path / "plan.gpkg"
    save_plan(after, path)
    assert check_plan(path).valid
    edited = read_edited_plan(path)
    held = {name: after.partition.segments_of(b) for b, name in enumerate(after.partition.beat_id)}
    for name, own in held.items():
        made = rebalance_plan(edited, RebalanceRequest(4, lock=(name,))).plan
        assert made.annexed_ids == after.annexed_ids
        place = made.partition.beat_id.index(name)
        np.testing.assert_array_equal(made.partition.segments_of(place), own)


def test_a_lock_that_is_far_off_is_named_itself(planner: Planner) -> None:
    before = striped(planner, (0.5, 0.5))
    lock = before.beats[0].beat_id
    assert why(planner(CutRequest(4), before, lock))["plan.why_locked"]["beats"] == lock


def test_a_city_with_too_few_posts_names_the_city_and_no_lock(planner: Planner) -> None:
    said = why(
        planner(CutRequest(4, seats={"A": 1, "B": 3}), lines_at=(WEST + EAST_STEP * COLUMNS / 2.0,))
    )
    assert set(said) == {"plan.why_city"}
    assert said["plan.why_city"]["city"] in {"A", "B"}


def test_what_a_lock_leaves_to_the_others_is_not_called_cut_off(planner: Planner) -> None:
    before = striped(planner, (0.5, 0.5))
    lock = before.beats[0].beat_id
    said = why(planner(CutRequest(7), before, lock))
    assert set(said) == {"plan.why_locked", "plan.why_left_by_locks"}
    assert said["plan.why_left_by_locks"]["locks"] == lock
