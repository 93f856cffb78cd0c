"""What was measured once is used again only where everything that it depends on is the same."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from plans import town

from reso_geo import (
    CutRequest,
    Plan,
    PlanRequest,
    assess,
    load_plan,
    make_plan,
    save_plan,
    sector_in,
)
from reso_geo.assess import AssessRequest, case_of
from reso_geo.cli import main
from reso_geo.errors import SettingsError, UsageError
from reso_geo.plan import Given, build_plan, cover_absence, current_plan, evaluation_context
from reso_geo.plan.current import spread_counts, spread_people
from reso_geo.settings import PatrolSettings, Range, SeasonDates

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo import StreetNetwork
    from reso_geo.assess import Assessment, Sector
    from reso_geo.demand import Anchors

SCALED = (
    "foot_patrol_kmh", "foot_transit_kmh", "bike_patrol_kmh", "bike_transit_kmh",
    "foot_slope_decay", "foot_best_descent", "bike_climb_loss", "bike_descent_gain",
    "shifts_per_week", "shift_h", "contacts_per_patrol_h", "contact_min", "count_min",
)  # fmt: skip
SHARES = ("winter_foot_factor", "winter_bike_factor", "patrol_share", "steepest_slope")
ALL_YEAR, WARM = ("01-01", "12-31"), ("04-01", "10-31")
FEW = hypothesis_settings(max_examples=25, deadline=None)


def scaled(value: Range, share: float) -> Range:
    return replace(
        value, low=value.low * share, central=value.central * share, high=value.high * share
    )


def hilly(network: StreetNetwork) -> StreetNetwork:
    """Assign streets slopes, surfaces, three classes and a cleared network."""
    count = len(network)
    classes = np.array(["residential", "tertiary", "residential", "unclassified"], dtype=object)
    surfaces = np.array(["paved", "ground", "compacted"], dtype=object)
    return replace(
        network,
        highway=classes[np.arange(count) % 4],
        surface=surfaces[np.arange(count) % 3],
        cleared=np.arange(count) % 2 == 0,
        node_ele_m=3.0 * np.cos(np.arange(len(network.node_id))),
    )


@pytest.fixture(scope="module")
def plan(defaults: PatrolSettings) -> Plan:
    """Return the town with hills, three beats of one post."""
    flat = town(defaults)
    people = np.where(flat.network.required, 10.0, 0.0)
    request = PlanRequest(CutRequest(officers=3))
    return make_plan(
        hilly(flat.network),
        settings=defaults,
        request=request,
        boundary=flat.boundary,
        anchors=flat.anchors,
        people=people,
    )


@st.composite
def other_settings(draw: st.DrawFn, usual: PatrolSettings) -> PatrolSettings:
    """Change some of the figures."""
    share = st.sampled_from([0.5, 0.8, 1.25])
    changed: dict[str, object] = {
        key: scaled(getattr(usual, key), draw(share))
        for key in draw(st.lists(st.sampled_from(SCALED), unique=True, max_size=4))
    }
    for key in draw(st.lists(st.sampled_from(SHARES), unique=True, max_size=2)):
        changed[key] = scaled(getattr(usual, key), draw(st.sampled_from([0.5, 0.8])))
    if draw(st.booleans()):
        name = draw(st.sampled_from(["tertiary", "residential", "other"]))
        near = {key: scaled(each, 0.7) for key, each in usual.cadence.items()}
        changed["cadence"] = near if draw(st.booleans()) else {**usual.cadence, name: TWICE}
    if draw(st.booleans()):
        dates = draw(st.sampled_from([ALL_YEAR, WARM]))
        changed["bike_season"] = SeasonDates(dates, dates, dates, "month-day", "drawn")
    if draw(st.booleans()):
        surface = usual.winter_foot_surface
        changed["winter_foot_surface"] = {key: scaled(each, 0.6) for key, each in surface.items()}
    try:
        return replace(usual, **changed)  # type: ignore[arg-type]
    except SettingsError:  # cadences out of order
        changed.pop("cadence", None)
        return replace(usual, **changed)  # type: ignore[arg-type]


TWICE = Range(14.0, 14.0, 14.0, "passes per week", "drawn")
CASES = st.tuples(st.sampled_from(["foot", "bike"]), st.sampled_from(["summer", "winter"]))


def figures(found: Assessment) -> list[float]:
    """Return all figures of an assessment in one row; -1 for what is not there."""
    rows: list[float] = []
    for judged in found.judgements.values():
        once, verdict = judged.case.beat.once, judged.case.verdict
        rows += [once.pass_s, once.lower_bound_s, verdict.margin, *verdict.needed_s]
        rows += [-1.0 if verdict.every_weeks is None else verdict.every_weeks]
        rows += [float(["yes", "borderline", "no"].index(verdict.verdict)), judged.case.far_s]
    return rows


def beat_figures(plan: Plan) -> list[object]:
    return [
        (beat.beat_id, beat.posts, beat.load_s, beat.street_km, beat.foot, beat.bike)
        for beat in plan.beats
    ]


def without_some(network: StreetNetwork, every: int) -> StreetNetwork:
    """Take some streets out of what is to be covered."""
    return replace(network, required=network.required & (np.arange(len(network)) % every != 0))


def fresh(plan: Plan) -> Plan:
    """Measure all beats of a plan with what the plan has, and nothing that was measured before."""
    required = plan.network.required
    yard = evaluation_context(
        plan.network, plan.settings, plan.request, plan.anchors, spread_counts(plan, required)
    )
    return build_plan(
        yard, plan.boundary, plan.partition, Given(people=spread_people(plan, required))
    )


@FEW
@given(data=st.data())
def test_a_beat_of_a_plan_has_the_figures_of_a_fresh_measure_under_any_settings(
    plan: Plan, data: st.DataObject
) -> None:
    settings = data.draw(other_settings(plan.settings))
    mode, season = data.draw(CASES)
    kept = plan.beat(data.draw(st.sampled_from(plan.partition.beat_id)))
    if data.draw(st.booleans()):
        kept = replace(kept, network=without_some(kept.network, 7))
    asked = AssessRequest((mode,), (season,), fixes=False)
    assert kept.known
    again = assess(replace(kept, known={}), settings, asked)
    assert figures(assess(kept, settings, asked)) == pytest.approx(figures(again), rel=1e-9)


def test_half_the_pace_is_twice_the_pass_and_its_bound(plan: Plan) -> None:
    usual = plan.settings
    slow = replace(
        usual,
        foot_patrol_kmh=scaled(usual.foot_patrol_kmh, 0.5),
        foot_transit_kmh=scaled(usual.foot_transit_kmh, 0.5),
    )
    asked = AssessRequest(("foot",), ("summer",), fixes=False)
    for beat in plan.beats:
        case = (
            assess(plan.beat(beat.beat_id), settings=slow, request=asked)
            .judgements["foot", "summer"]
            .case
        )
        assert beat.foot.pass_s is not None
        assert case.beat.once.pass_s == pytest.approx(2.0 * beat.foot.pass_s, rel=1e-3)
        assert case.beat.once.lower_bound_s == pytest.approx(2.0 * beat.foot.pass_s, rel=1e-3)


def test_the_tours_of_the_plan_are_used_where_they_hold(plan: Plan) -> None:
    asked = AssessRequest(("foot",), ("summer",), fixes=False)
    beat = plan.beats[0]
    sector = plan.beat(beat.beat_id)
    marked = dict.fromkeys(sector.known, (1.0, 0.5, 0.25))
    told = assess(replace(sector, known=marked), request=asked).judgements["foot", "summer"]
    assert told.case.beat.once.pass_s == 1.0
    more = scaled(plan.settings.shift_h, 0.5)
    fewer_hours = replace(plan.settings, shift_h=more)
    told = assess(replace(sector, known=marked), fewer_hours, asked).judgements["foot", "summer"]
    assert told.case.beat.once.pass_s == 1.0


@FEW
@given(data=st.data())
def test_a_plan_with_other_assumptions_has_the_figures_of_a_fresh_one(
    plan: Plan, data: st.DataObject
) -> None:
    mode, season = data.draw(CASES)
    changed = replace(
        plan,
        settings=data.draw(other_settings(plan.settings)),
        request=replace(plan.request, mode=mode, season=season),
    )
    if data.draw(st.booleans()):
        changed = replace(changed, network=without_some(plan.network, 7))
    if data.draw(st.booleans()):
        double = replace(plan.anchors, visits_per_week=2.0 * plan.anchors.visits_per_week)
        changed = replace(changed, anchors=double)
    told, expected = current_plan(changed), fresh(changed)
    assert beat_figures(told) == beat_figures(expected)
    assert not told.outdated
    assert [beat.name for beat in told.beats] == [beat.name for beat in plan.beats]
    assert np.array_equal(told.load.total_s, expected.load.total_s)
    assert np.array_equal(told.times.foot_s, expected.times.foot_s)


def test_a_plan_as_it_was_made_or_read_is_not_measured_again(plan: Plan, tmp_path: Path) -> None:
    assert current_plan(plan) is plan
    save_plan(plan, tmp_path / "plan.gpkg")
    again = load_plan(tmp_path / "plan.gpkg")
    assert not again.outdated
    assert again.beats == plan.beats
    assert current_plan(again) is again


def test_a_beat_that_nothing_changed_for_is_not_measured_again(plan: Plan) -> None:
    own = np.flatnonzero(plan.network.required & (plan.partition.beat_of == 0))
    required = plan.network.required.copy()
    required[own[0]] = False
    changed = replace(plan, network=replace(plan.network, required=required))
    assert changed.outdated == {0}


@FEW
@given(data=st.data())
def test_absences_are_shared_by_the_loads_of_the_settings_in_force(
    plan: Plan, data: st.DataObject
) -> None:
    changed = replace(plan, settings=data.draw(other_settings(plan.settings)))
    absent = [plan.partition.beat_id[0]]
    told = cover_absence(changed, absent)
    expected = cover_absence(fresh(changed), absent)
    assert np.array_equal(told.taken_by, expected.taken_by)
    for one, other in zip(told.takers, expected.takers, strict=True):
        assert one.beat.load_s == other.beat.load_s
        assert one.during == other.during
        assert one.every_weeks == other.every_weeks


def test_settings_edited_inside_a_plan_file_are_not_taken_for_those_of_its_figures(
    plan: Plan, tmp_path: Path
) -> None:
    path = tmp_path / "plan.gpkg"
    save_plan(plan, path)
    slow = replace(plan.settings, foot_patrol_kmh=scaled(plan.settings.foot_patrol_kmh, 0.5))
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("UPDATE plan_info SET value = ? WHERE key = 'settings'", (slow.to_json(),))
    read = load_plan(path)
    assert read.outdated == {0, 1, 2}
    assert beat_figures(current_plan(read)) == beat_figures(fresh(replace(plan, settings=slow)))


@FEW
@given(data=st.data())
def test_a_sector_taken_under_some_settings_is_that_of_the_settings_it_is_judged_by(
    plan: Plan, data: st.DataObject
) -> None:
    settings = data.draw(other_settings(plan.settings))
    asked = AssessRequest(*[(each,) for each in data.draw(CASES)], fixes=False)
    kept = sector_in(plan.network, plan.settings, "Town", anchors=plan.anchors)
    again = sector_in(plan.network, settings, "Town", anchors=plan.anchors)
    one, other = assess(kept, settings, asked), assess(again, settings, asked)
    assert one.sector.base == other.sector.base
    assert figures(one) == figures(other)


def test_a_base_that_was_given_stays_under_other_settings(plan: Plan) -> None:
    sector = sector_in(plan.network, plan.settings, "Town")
    moved: Sector = replace(sector, base=sector.base + 1)
    settings = replace(plan.settings, shift_h=scaled(plan.settings.shift_h, 0.5))
    asked = AssessRequest(("foot",), ("summer",), fixes=False)
    assert assess(moved, settings, asked).sector.base == sector.base + 1


@FEW
@given(data=st.data())
def test_a_case_judged_with_other_settings_is_the_case_of_those(
    plan: Plan, data: st.DataObject
) -> None:
    settings = data.draw(other_settings(plan.settings))
    mode, season = data.draw(CASES)
    sector = replace(plan.beat(plan.partition.beat_id[0]), known={})
    told = case_of(sector, plan.settings, mode, season).judged_with(settings)
    expected = case_of(sector, settings, mode, season).verdict
    assert told.margin == pytest.approx(expected.margin, rel=1e-9)
    assert told.needed_s == pytest.approx(expected.needed_s, rel=1e-9)
    assert told.verdict == expected.verdict


@pytest.mark.parametrize("season", ["summer", "winter"])
def test_the_command_line_judges_a_beat_by_the_settings_that_are_given(
    plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str], season: str
) -> None:
    path, toml = tmp_path / "plan.gpkg", tmp_path / "slow.toml"
    save_plan(plan, path)
    toml.write_text("foot_patrol_kmh = 2.0\nfoot_transit_kmh = 2.5\n", encoding="utf-8")
    beat_id = plan.partition.beat_id[1]
    words = ["assess", str(path), "--beat", beat_id, "--settings", str(toml)]
    with pytest.raises(SystemExit, match="0"):
        main([*words, "--season", season, "--mode", "foot", "--json"])
    known = json.loads(capsys.readouterr().out)["foot"][season]
    two, faster = (Range(x, x, x, "km/h", "") for x in (2.0, 2.5))
    slow = replace(plan.settings, foot_patrol_kmh=two, foot_transit_kmh=faster)
    changed = replace(plan, settings=slow, request=replace(plan.request, season=season))
    by_hand = fresh(changed).beats[1].foot
    assert known["pass_s"] == pytest.approx(by_hand.pass_s, rel=1e-9)
    assert known["lower_bound_s"] == pytest.approx(by_hand.lower_bound_s, rel=1e-9)
    assert known["verdict"] == by_hand.verdict


def test_an_unknown_beat_is_refused_with_the_ids_that_may_be_meant(plan: Plan) -> None:
    beat_id = plan.partition.beat_id[0]
    with pytest.raises(UsageError, match=beat_id):
        plan.beat(beat_id.replace("0", "O"))


def test_anchors_elsewhere_make_the_figures_of_a_plan_out_of_date(plan: Plan) -> None:
    anchors: Anchors = replace(plan.anchors, minutes=plan.anchors.minutes + 30.0)
    changed = replace(plan, anchors=anchors)
    assert len(changed.outdated) == 1
