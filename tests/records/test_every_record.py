"""Every class of records there is can be pickled and copied, and stays what it was."""

from __future__ import annotations

import copy
import pickle
import pkgutil
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from plans import town

import reso_geo
from reso_geo import (
    RebalanceRequest,
    assess,
    check_plan,
    read_edited_plan,
    rebalance_plan,
    save_plan,
    sector_in,
)
from reso_geo.assess import AssessRequest, time_parts
from reso_geo.coverage import reached, shift_loops
from reso_geo.demand import Bases, Counts, Population, Shifts, place_anchors, place_population
from reso_geo.growth.history import history_of
from reso_geo.partition import lock_beats
from reso_geo.plan import cover_absence
from reso_geo.plan.current import yard_of
from reso_geo.rebalance import OldBeats
from reso_geo.records import Record
from reso_geo.routes import plan_route
from reso_geo.workload import BeatLoad

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reso_geo.settings import PatrolSettings


def kinds(kind: type[Any] = Record) -> set[type[Any]]:
    """Return every class of records of the package."""
    for module in pkgutil.walk_packages(reso_geo.__path__, "reso_geo."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    below = set(kind.__subclasses__())
    return below.union(*(kinds_below(each) for each in below))


def kinds_below(kind: type[Any]) -> set[type[Any]]:
    below = set(kind.__subclasses__())
    return below.union(*(kinds_below(each) for each in below))


def records_in(value: object) -> Iterator[Record]:
    """Return all records in a value, itself included."""
    if isinstance(value, Record):
        yield value
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from records_in(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from records_in(each)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from records_in(each)


@pytest.fixture(scope="module")
def found(
    defaults: PatrolSettings, tmp_path_factory: pytest.TempPathFactory
) -> dict[type[Any], Record]:
    """Return one record of each class, of all that comes of a plan."""
    plan = town(defaults)
    first = plan.beats[0].beat_id
    path = tmp_path_factory.mktemp("records") / "plan.gpkg"
    save_plan(plan, path)
    edited = read_edited_plan(path)
    spots = np.array([shapely.Point(8.7, 49.4)], dtype=object)
    people = Population(spots, np.array([3.0]), np.array([1]))
    held = plan.partition
    count = len(held.beat_id)
    where = {"lon": np.array([8.7]), "lat": np.array([49.4])}
    names = np.array([""], dtype=object)
    yard, tours = yard_of(plan), [each for each in plan.tours if each.mode == "foot"]
    walk = tours[0].levels[-1][1].steps
    load = BeatLoad(0.0, reached(yard.graphs["foot"], np.array([0]), 0), tours[0].levels)
    asked = time_parts(yard.needs["foot"], load)
    one = np.ones(1)
    results = (
        asked,
        asked.drawn(yard.needs["foot"].factors),
        Shifts(np.zeros(1, dtype=np.int64), np.array(["foot"], dtype=object), one, one, one),
        plan,
        edited,
        check_plan(path),
        assess(plan.beat(first), request=AssessRequest()),
        sector_in(plan.network, defaults, "Town", anchors=plan.anchors),
        cover_absence(plan, [first]),
        plan_route(plan, first, "foot"),
        history_of(edited),
        rebalance_plan(edited, RebalanceRequest(4)),
        lock_beats(held, [first]),
        shift_loops(yard.graphs["foot"], walk, 1e6),
        yard,
        people,
        place_population(plan.network, people),
        place_anchors(plan.network, plan.anchors),
        Counts(np.zeros(len(plan.network), dtype=np.int64), 52.0, 0, 0, ()),
        Bases(names, names.copy(), **where),
        OldBeats(
            held.beat_of.copy(), held.beat_id, held.city.copy(), held.posts.copy(),
            np.zeros(count, dtype=bool), base=held.base.copy(),
        ),
    )  # fmt: skip
    return {type(record): record for result in results for record in records_in(result)}


def test_every_class_of_records_is_pickled_and_copied(found: dict[type[Any], Record]) -> None:
    every = kinds()
    assert len(every) > 20
    assert {kind.__name__ for kind in every - found.keys()} == set()
    for kind, record in found.items():
        for again in (pickle.loads(pickle.dumps(record)), copy.copy(record), copy.deepcopy(record)):  # noqa: S301 - our own
            assert type(again) is kind
            assert again == record, kind
