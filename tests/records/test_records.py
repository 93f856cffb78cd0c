"""Records built by hand are checked like files, compared by content, copied and pickled."""

from __future__ import annotations

import copy
import math
import pickle
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from plans import town

from reso_geo import CutRequest, Plan, PlanRequest, RebalanceRequest, assess, load_settings
from reso_geo.assess import AssessRequest, PostsRequest
from reso_geo.coverage import travel_graph
from reso_geo.demand import Anchors, Bases, Counts, Population, Residents
from reso_geo.errors import ResoGeoError, SettingsError, TableError
from reso_geo.plan import cover_absence
from reso_geo.rebalance import OldBeats
from reso_geo.settings import PatrolSettings, Range, SeasonDates
from reso_geo.workload import measure_load

if TYPE_CHECKING:
    from collections.abc import Iterator

OPTIONAL = {
    "CutRequest": {"posts", "seats"},
    "StreetNetwork": {"area"},
    "PlanRequest": {"created", "supervisors"},
    "PostsRequest": {"seats", "most"},
    "Sector": {"counts_per_week", "residents", "settings", "middle"},
    "Beat": {"residents", "counts", "counts_load_s", "border_named"},
    "ModeFigures": {
        "pass_s",
        "deadhead_s",
        "every_weeks",
        "margin",
        "reserve",
        "low_s",
        "high_s",
        "cadence_share",
    },
}
"""Fields that may be None."""
ENDLESS = {
    ("CutRequest", "time_limit_s"), ("RebalanceRequest", "time_limit_s"),
    *(("TravelTimes", f"{way}_s") for way in (
        "foot", "foot_patrol", "bike_forward", "bike_backward", "bike_patrol_forward",
        "bike_patrol_backward")),
}  # fmt: skip
"""Fields that may be infinite."""
SIGNED = {
    ("Anchors", "lon"), ("Anchors", "lat"), ("Bases", "lon"), ("Bases", "lat"),
    ("StreetNetwork", "node_xy"), ("StreetNetwork", "node_id"), ("StreetNetwork", "node_ele_m"),
    ("StreetNetwork", "oneway"), ("StreetNetwork", "twin_of"), ("StreetNetwork", "city"),
    ("StreetNetwork", "crossed"), ("OldBeats", "beat_of"), ("OldBeats", "city"),
    ("OldBeats", "base"), ("Partition", "beat_of"), ("Partition", "city"), ("Partition", "base"),
    ("ModeFigures", "margin"), ("ModeFigures", "reserve"),
}  # fmt: skip
"""Fields that may be -1, or are no count at all."""
ALONE = {
    ("Counts", "n"), ("Residents", "people"), ("OldBeats", "beat_of"), ("Partition", "beat_of"),
}  # fmt: skip
"""Arrays that none other goes with."""
KNOWN_BY_OTHERS = {("StreetNetwork", "node_ele_m")}
"""Fields where NaN stands for what is not known."""


def text(*values: str) -> np.ndarray[Any, Any]:
    return np.array(values, dtype=object)


@pytest.fixture(scope="module")
def plan(defaults: PatrolSettings) -> Plan:
    return town(defaults)


@pytest.fixture(scope="module")
def records(plan: Plan) -> dict[str, Any]:
    """Return one of each record that a user can build."""
    two = np.array([2.0, 1.0])
    spots = np.array([shapely.Point(8.7, 49.4), shapely.Point(8.71, 49.41)], dtype=object)
    count, held = len(plan.beats), plan.partition
    found = [
        Anchors(text("a", "b"), text("school", "shop"), two, two.copy(), two + 6.0, two + 47.0),
        Bases(text("a", "b"), text("", "X-1"), two + 6.0, two + 47.0),
        Population(spots, two.copy(), np.array([1, 2])),
        Residents(two.copy(), 1.0, ()),
        Counts(np.array([1, 0, 3]), 52.0, 0, 0, ()),
        CutRequest(3),
        PlanRequest(CutRequest(3)),
        PostsRequest(),
        AssessRequest(),
        RebalanceRequest(3, near=((8.7, 49.4),)),
        OldBeats(
            held.beat_of.copy(), held.beat_id, held.city.copy(), held.posts.copy(),
            np.zeros(count, dtype=bool), base=held.base.copy(),
        ),
        plan.boundary, plan.network, plan.settings, plan.settings.streets,
        plan.settings.bike_season, plan.settings.shift_h, plan.partition, plan.times, plan.load,
        plan.beats[0], plan.beats[0].foot, plan.beat(plan.beats[0].beat_id),
    ]  # fmt: skip
    return {type(record).__name__: record for record in found}


NAMES = (
    "Anchors", "Bases", "Population", "Residents", "Counts", "CutRequest", "PlanRequest",
    "PostsRequest", "AssessRequest", "RebalanceRequest", "OldBeats", "Boundary", "StreetNetwork",
    "PatrolSettings", "StreetRules", "SeasonDates", "Range", "Partition", "TravelTimes",
    "StreetLoad", "Beat", "ModeFigures", "Sector",
)  # fmt: skip


def wrong_array(name: str, field: str, value: np.ndarray[Any, Any]) -> Iterator[object]:
    """Return arrays that cannot stand in place of one."""
    yield None
    yield value.tolist()
    yield np.stack((value, value))
    if (name, field) not in ALONE:
        yield np.concatenate((value, value[:1]))
    if value.dtype == object:
        yield value.astype(str) if isinstance(value[0], str) else text(*["x"] * len(value))
        if isinstance(value[0], str):
            yield np.array([None, *value[1:]], dtype=object)
            yield np.array([1.5, *value[1:]], dtype=object)
        return
    yield value.astype(object)
    yield value.astype(np.float32)
    if value.dtype.kind == "f" and (name, field) not in KNOWN_BY_OTHERS:
        yield with_first(value, math.nan)
    if value.dtype.kind == "f" and (name, field) not in ENDLESS:
        yield with_first(value, math.inf)
    if value.dtype.kind in "fi" and (name, field) not in SIGNED:
        yield with_first(value, -1)


def with_first(value: np.ndarray[Any, Any], first: float) -> np.ndarray[Any, Any]:
    changed = value.copy()
    changed.flat[0] = first
    return changed


def wrong_number(name: str, field: str) -> Iterator[object]:
    yield from (math.nan, -1, "3", True, [3], np.array([1.0, 2.0]))
    if (name, field) not in ENDLESS:
        yield math.inf


def wrong_values(name: str, field: str, value: object) -> Iterator[object]:
    """Return values that a field of such a record must refuse."""
    if isinstance(value, np.ndarray):
        if len(value):
            yield from (
                each
                for each in wrong_array(name, field, value)
                if each is not None or field not in OPTIONAL.get(name, ())
            )
    elif isinstance(value, bool):
        yield from ("yes", None, 3)
    elif isinstance(value, (int, float)):
        yield from (
            each
            for each in wrong_number(name, field)
            if not (type(each) is int and (name, field) in SIGNED)
        )
    elif isinstance(value, str):
        yield from (3, [value], b"x", math.nan)
        if field in ("mode", "season", "keep", "kind", "verdict", "seats_rule"):
            yield "boat"
    elif isinstance(value, tuple) and value and isinstance(value[0], str):
        yield from (None, 3, (None, *value[1:]), (3, *value[1:]))
    if field not in OPTIONAL.get(name, ()) and isinstance(value, (str, int, float)):
        yield None


UNTOUCHED = {
    # Figures that others are judged by, and what is not read from the field.
    ("StreetNetwork", "u"), ("StreetNetwork", "v"), ("StreetNetwork", "node_ele_m"),
    ("Population", "shapes"), ("StreetNetwork", "segment_id"),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in NAMES if name != "PatrolSettings"])
def test_what_cannot_be_is_refused_where_a_record_is_made(
    records: dict[str, Any], name: str
) -> None:
    record = records[name]
    assert replace(record) == record
    tried = 0
    for field in fields(record):
        value = getattr(record, field.name)
        for wrong in wrong_values(name, field.name, value):
            with pytest.raises(ResoGeoError) as caught:
                replace(record, **{field.name: wrong})
            tried += 1
            message = str(caught.value)
            assert len(message.splitlines()) == 1, message
            assert len(message) < 400, message
            assert caught.value.message.say("fr") != message  # type: ignore[attr-defined]
            if (name, field.name) not in UNTOUCHED:
                # People speak of posts where the field counts officers.
                called = {field.name.split("_")[0].rstrip("s")}
                called |= {"post"} if field.name.startswith("officers") else set()
                assert any(word in message for word in called), (field.name, message)
    assert tried > 5


@pytest.mark.parametrize("name", NAMES)
def test_records_are_equal_to_their_copies_which_stay_read_only(
    records: dict[str, Any], name: str
) -> None:
    record = records[name]
    for again in (pickle.loads(pickle.dumps(record)), copy.deepcopy(record), copy.copy(record)):  # noqa: S301 - our own
        assert again == record
        assert type(again) is type(record)
        assert all(not array.flags.writeable for array in arrays_of(again))


def arrays_of(record: object) -> list[np.ndarray[Any, Any]]:
    """Return all arrays of a record, and of the records in it."""
    found: list[np.ndarray[Any, Any]] = []
    for field in fields(record):  # type: ignore[arg-type]
        value = getattr(record, field.name)
        if isinstance(value, np.ndarray):
            found.append(value)
        elif is_dataclass(value) and not isinstance(value, type):
            found += arrays_of(value)
    return found


def test_a_plan_is_equal_to_its_pickle_and_has_the_same_figures(plan: Plan) -> None:
    again = pickle.loads(pickle.dumps(plan))  # noqa: S301 - our own
    assert again == plan
    assert copy.deepcopy(plan) == plan
    assert len(arrays_of(again)) > 30
    assert all(not array.flags.writeable for array in arrays_of(again))
    assert not again.outdated
    fewer = replace(plan, beats=(replace(plan.beats[0], load_s=1.0), *plan.beats[1:]))
    assert fewer != plan
    moved = plan.network.length_m.copy()
    moved[0] += 1.0
    assert replace(plan, network=replace(plan.network, length_m=moved)) != plan


def test_results_are_pickled_too(plan: Plan) -> None:
    first = plan.beats[0].beat_id
    asked = AssessRequest(("foot",), ("summer",), fixes=False)
    graph = travel_graph(plan.network, plan.times, "foot")
    own = np.flatnonzero(plan.network.required & (plan.partition.beat_of == 0))
    measured = measure_load(graph, plan.load, own, int(plan.partition.base[0]))
    for result in (
        assess(plan.beat(first), request=asked), cover_absence(plan, [first]), graph, measured,
    ):  # fmt: skip
        assert pickle.loads(pickle.dumps(result)) == result  # noqa: S301 - our own


def test_negative_visits_are_refused_with_the_row(plan: Plan) -> None:
    visits = np.array([-40.0])
    with pytest.raises(TableError, match=r"Anchors\.visits_per_week\[0\] is -40\.0") as caught:
        replace(plan.anchors, visits_per_week=visits)
    assert "0" in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("foot_patrol_kmh", 40.0), ("foot_transit_kmh", 21.0), ("bike_patrol_kmh", 40.0),
        ("bike_transit_kmh", 61.0), ("shift_h", 25.0), ("shifts_per_week", 40.0),
        ("contact_min", 1e300), ("count_min", 1e6), ("contacts_per_patrol_h", 1e6),
        ("patrol_share", 1.5), ("winter_foot_factor", 1.2), ("steepest_slope", 2.0),
        ("foot_slope_decay", 1e3), ("foot_patrol_kmh", 10**400),
    ],
)  # fmt: skip
def test_a_setting_that_no_patrol_has_is_refused_with_its_limits(key: str, value: float) -> None:
    with pytest.raises(SettingsError) as caught:
        replace(load_settings(), **{key: Range(value, value, value, "unit", "here")})  # type: ignore[arg-type]
    assert (key in str(caught.value)) or value > 1e300


@pytest.mark.parametrize("value", [1e308, 200.0, 1e-12])
def test_a_cadence_that_no_patrol_has_is_refused(value: float) -> None:
    usual = load_settings()
    each = Range(value, value, value, "passes per week", "here")
    with pytest.raises(SettingsError, match=r"cadence\.residential"):
        replace(usual, cadence={**usual.cadence, "residential": each})


def test_the_parts_of_settings_are_of_their_kind() -> None:
    usual = load_settings()
    dates = ("04-01", "10-31")
    season = SeasonDates(dates, dates, dates, "", "")
    wrong: list[dict[str, Any]] = [
        {"shift_h": season}, {"bike_season": usual.shift_h}, {"streets": None},
        {"cadence": {"other": 3.0}}, {"cadence": None}, {"shift_h": 8.0},
        {"cadence": {"residential": usual.shift_h}},
    ]  # fmt: skip
    for changed in wrong:
        with pytest.raises(SettingsError, match=next(iter(changed))):
            replace(usual, **changed)
    for part, value in (
        ("required", "residential"), ("required", (1,)), ("twin_share", 1.5),
        ("twin_distance_m", -1.0), ("parallel_deg", math.nan), ("cleared_share", None),
    ):  # fmt: skip
        with pytest.raises(SettingsError, match=part):
            replace(usual.streets, **{part: value})
