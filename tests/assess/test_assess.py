"""The verdict: recomputed by hand, and monotone in what it depends on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawing import draw, load

from reso_geo import CutRequest, Plan, PlanRequest, load_settings, make_plan
from reso_geo.assess import VERDICTS, judge, needs_of
from reso_geo.coverage import travel_graph
from reso_geo.settings import Range
from reso_geo.travel import travel_times
from reso_geo.workload import measure_load

if TYPE_CHECKING:
    from reso_geo.assess import Verdict
    from reso_geo.settings import PatrolSettings


def verdict_of(plan: Plan, settings: PatrolSettings, beat: int, mode: str, season: str) -> Verdict:
    network = plan.network
    needs = needs_of(network, settings, mode, season, plan.load.stop_s)
    graph = travel_graph(network, travel_times(network, settings, season), mode)
    segments = np.flatnonzero((plan.partition.beat_of == beat) & network.required)
    measured = measure_load(graph, needs.load, segments, int(plan.partition.base[beat]))
    return judge(needs, measured, 1)


def same(value: float) -> Range:
    return Range(value, value, value, "", "")


def test_without_ranges_or_contacts_the_need_is_the_load_by_hand(sample_plan: Plan) -> None:
    # One cadence, one pace, almost no contacts: needed = patrol + deadhead of one pass a week.
    plain = replace(
        load_settings(),
        foot_patrol_kmh=same(4.0),
        foot_transit_kmh=same(5.0),
        contact_min=same(1e-9),
        cadence={"other": same(1.0)},
        shifts_per_week=same(5.0),
        patrol_share=same(0.5),
    )
    plan = replace(
        sample_plan, load=replace(sample_plan.load, stop_s=np.zeros(len(sample_plan.network)))
    )
    found = verdict_of(plan, plain, 0, "foot", "summer")
    own = (plan.partition.beat_of == 0) & plan.network.required
    patrol_s = plan.network.length_m[own].sum() / (4.0 / 3.6)
    assert found.needed_s[0] == pytest.approx(found.needed_s[2])
    assert found.needed_s[1] > patrol_s
    assert found.available_s == (72_000.0, 72_000.0, 72_000.0)
    assert found.margin == pytest.approx(1.0 - found.needed_s[1] / 72_000.0)
    assert found.every_weeks == pytest.approx(found.needed_s[1] / 72_000.0, rel=1e-6)


def test_the_sector_of_the_sample_is_hard_on_foot_in_winter_and_fine_by_bike_in_summer(
    sample_plan: Plan,
) -> None:
    greenhaven = [b for b, beat in enumerate(sample_plan.beats) if beat.city == "Greenhaven"]
    settings = load_settings()
    for beat in greenhaven:
        assert verdict_of(sample_plan, settings, beat, "foot", "winter").verdict != "yes"
        on_foot, by_bike = (
            verdict_of(sample_plan, settings, beat, mode, "summer") for mode in ("foot", "bike")
        )
        assert by_bike.margin > on_foot.margin


@pytest.mark.parametrize("mode", ["foot", "bike"])
def test_more_pace_never_worsens_and_more_cadence_never_betters_a_verdict(
    sample_plan: Plan, mode: str
) -> None:
    settings = load_settings()
    ranks = []
    for factor in (0.7, 1.0, 1.4):
        paces = {
            name: same(getattr(settings, name).central * factor)
            for name in (
                "foot_patrol_kmh",
                "foot_transit_kmh",
                "bike_patrol_kmh",
                "bike_transit_kmh",
            )
        }
        found = verdict_of(sample_plan, replace(settings, **paces), 1, mode, "summer")
        ranks.append((VERDICTS.index(found.verdict), -found.margin))
    assert ranks == sorted(ranks, reverse=True)
    margins = []
    for factor in (0.5, 1.0, 2.0):
        cadence = {name: same(value.central * factor) for name, value in settings.cadence.items()}
        found = verdict_of(sample_plan, replace(settings, cadence=cadence), 1, mode, "summer")
        margins.append(found.margin)
    assert margins == sorted(margins, reverse=True)


def test_low_central_and_high_need_are_in_order_and_a_shortfall_has_a_reason(
    sample_plan: Plan,
) -> None:
    for beat in range(len(sample_plan.beats)):
        found = verdict_of(sample_plan, load_settings(), beat, "foot", "winter")
        assert list(found.needed_s) == sorted(found.needed_s)
        assert list(found.available_s) == sorted(found.available_s)
        assert found.verdict == "yes" or found.reasons


def test_a_whole_town_is_too_much_for_one_post_and_says_why(defaults: PatrolSettings) -> None:
    town = load(draw("A-B-C\n| | |\nD-E-F\n| | |\nG-H-I", step_m=26_000.0))
    assert town.required_km > 600.0
    plan = make_plan(town, settings=defaults, request=PlanRequest(CutRequest(1)))
    assert plan.beats[0].foot.verdict == plan.beats[0].bike.verdict == "no"
    assert "too_long" in plan.beats[0].foot.reasons
    assert plan.beats[0].foot.margin < -5.0
