"""Contacts are per hour on the street, talk included: all time walked or ridden is longer."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawing import Street, bare, draw
from hypothesis import given
from hypothesis import strategies as st
from places import DATA

from reso_geo import assess, load_plan, load_settings, sector_in
from reso_geo.assess import AssessRequest
from reso_geo.cli import main
from reso_geo.coverage import travel_graph
from reso_geo.errors import SettingsError
from reso_geo.plan_file.migrate import settings_from_5
from reso_geo.settings import LEVELS, PatrolSettings, Range, parse_settings
from reso_geo.travel import travel_times
from reso_geo.workload import measure_load, nested_deadhead_s, street_load

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo import Plan
    from reso_geo.assess import Case

OLD = DATA / "plan_schema5.gpkg"


def exactly(value: float) -> Range:
    return Range(value, value, value, "", "here")


def with_talk(given: PatrolSettings, number: float, minutes: float) -> PatrolSettings:
    return replace(given, contacts_per_patrol_h=exactly(number), contact_min=exactly(minutes))


def case_of(streets: list[Street], given: PatrolSettings) -> Case:
    sector = sector_in(bare(streets), given, "Town")
    asked = AssessRequest(("foot",), ("summer",), fixes=False)
    return assess(sector, given, asked).judgements["foot", "summer"].case


# The settings.


@pytest.mark.parametrize(
    ("number", "minutes", "factor"), [(5.0, 3.0, 4 / 3), (6.0, 8.0, 5.0), (1.0, 30.0, 2.0)]
)
def test_an_hour_on_the_street_is_talk_and_way(
    defaults: PatrolSettings, number: float, minutes: float, factor: float
) -> None:
    # 5 x 3 minutes of talk leave 45 of 60 to move, 6 x 8 leave 12, 1 x 30 leaves 30.
    assert with_talk(defaults, number, minutes).talk_factor("high") == pytest.approx(factor)


@pytest.mark.parametrize(("number", "minutes"), [(6.01, 8.0), (60.0, 1.0), (304.0, 3.0)])
def test_more_than_48_minutes_of_talk_in_an_hour_are_refused(
    defaults: PatrolSettings, number: float, minutes: float
) -> None:
    with pytest.raises(SettingsError, match="48"):
        with_talk(defaults, number, minutes)


@pytest.mark.parametrize(("high", "code"), [(9.6, 0), (9.7, 2)])
def test_settings_whose_highest_contacts_take_too_much_end_with_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], high: float, code: int
) -> None:
    # 9.6 x 5 = 48.
    own = tmp_path / "own.toml"
    given = f"[contacts_per_patrol_h]\nhigh = {high}\n[contact_min]\nhigh = 5.0\n"
    own.write_text(given, encoding="utf-8")
    source = draw("A---B---C", step_m=100.0).write(tmp_path / "s.osm.pbf")
    for lang in ("fr", "en"):
        words = ["--officers", "1", "--out", str(tmp_path / "plan"), "--settings", str(own)]
        with pytest.raises(SystemExit) as stop:
            main(["plan", str(source), *words, "--lang", lang])
        assert int(stop.value.code or 0) == code
        told = capsys.readouterr()
        if code:
            assert "contacts_per_patrol_h" in told.err
            assert "48" in told.err
            assert "Traceback" not in told.err


# Load.


def test_loads_of_a_plan_are_its_street_loads_and_the_deadhead_with_talk(
    sample_plan: Plan,
) -> None:
    plan, mode = sample_plan, sample_plan.request.mode
    graph = travel_graph(plan.network, plan.times, mode)
    factor = 60.0 / (60.0 - 5.0 * 3.0)
    assert plan.load.talk_factor == pytest.approx(factor)
    own = plan.network.required
    walked_s = plan.load.cadence[own] * plan.times.foot_patrol_s[own]
    assert plan.load.contact_s[own] == pytest.approx(walked_s * (factor - 1.0))
    deadhead_s = 0.0
    for beat in range(len(plan.beats)):
        own = np.flatnonzero((plan.partition.beat_of == beat) & plan.network.required)
        base = int(plan.partition.base[beat])
        found = measure_load(graph, plan.load, own, base, "final")
        deadhead_s += nested_deadhead_s(found.tours, [cadence for cadence, _ in found.tours])
    whole = sum(beat.load_s for beat in plan.beats)
    assert whole == pytest.approx(plan.load.total_s.sum() + factor * deadhead_s, rel=1e-9)


def test_visits_and_the_pass_itself_take_no_longer_for_contacts(defaults: PatrolSettings) -> None:
    network = bare([Street(0, 1, 1000.0)])
    times = travel_times(network, defaults)
    graph = travel_graph(network, times, "foot")
    beats = [
        measure_load(
            graph, street_load(network, times, given, "foot", np.array([600.0])), np.arange(1), 0
        )
        for given in (defaults, with_talk(defaults, 6.0, 5.0))
    ]
    assert beats[0].once.pass_s == beats[1].once.pass_s
    moving_s = 900.0 + 750.0
    assert beats[0].load_s == pytest.approx(600.0 + moving_s * 4 / 3, abs=0.01)
    assert beats[1].load_s == pytest.approx(600.0 + moving_s * 2.0, abs=0.01)


def test_the_cadence_that_fits_counts_the_talk(defaults: PatrolSettings) -> None:
    verdict = case_of([Street(0, 1, 1000.0)], defaults).verdict
    # 1,650 s there and back, four thirds of it on the street, in 16.2 h a week.
    assert verdict.every_weeks == pytest.approx(1650.0 * 4 / 3 / (16.2 * 3600.0), rel=1e-4)


@given(numbers=st.lists(st.floats(0.01, 13.0), min_size=2, max_size=6))
def test_more_contacts_never_raise_a_chance_or_a_margin(numbers: list[float]) -> None:
    found = []
    for number in sorted(numbers):
        given_now = replace(load_settings(), contacts_per_patrol_h=exactly(number))
        verdict = case_of([Street(0, 1, 12_000.0), Street(1, 2, 500.0)], given_now).verdict
        found.append((verdict.chance, verdict.margin, verdict.reserve))
    for figures in zip(*found, strict=True):
        assert list(figures) == sorted(figures, reverse=True)


# Settings of older plans.


def test_a_plan_of_format_5_keeps_its_street_loads() -> None:
    plan = load_plan(OLD)
    with closing(sqlite3.connect(OLD)) as base:
        rows = dict(base.execute("SELECT segment_id, street_load_s FROM segments"))
    stored = np.array([rows[name] or 0.0 for name in plan.network.segment_id])
    assert plan.load.total_s == pytest.approx(stored, rel=1e-9, abs=1e-6)
    # 5 contacts of 3 minutes came on top of an hour walked: 4 in an hour on the street.
    assert plan.settings.contacts_per_patrol_h.central == pytest.approx(4.0)
    assert plan.settings.set_aside == load_settings().set_aside


@given(
    number=st.lists(st.floats(0.1, 40.0), min_size=3, max_size=3),
    minutes=st.lists(st.floats(0.1, 5.9), min_size=3, max_size=3),
)
def test_any_contacts_of_format_5_are_read(number: list[float], minutes: list[float]) -> None:
    tables = json.loads(load_settings().to_json())
    del tables["set_aside"]
    for key, values in (("contacts_per_patrol_h", number), ("contact_min", minutes)):
        tables[key] |= dict(zip(LEVELS, sorted(values), strict=True))
    found = parse_settings(settings_from_5(json.dumps(tables)))
    on_top = tables["contacts_per_patrol_h"]["central"] * tables["contact_min"]["central"] / 60.0
    assert found.talk_factor("central") == pytest.approx(1.0 + on_top)
