"""A city without a post: the beats of its neighbour hold its streets, or the reason is said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from plans import town

from reso_geo import CutRequest, Plan, PlanRequest, check_plan, make_plan, save_plan
from reso_geo.errors import InfeasibleError, UsageError
from reso_geo.i18n import say
from reso_geo.partition.apportion.beats_per_city import beats_per_area, host_cities
from reso_geo.partition.locks import LockedBeats, no_locks

if TYPE_CHECKING:
    from pathlib import Path

    from reso_geo.settings import PatrolSettings


@pytest.fixture(scope="module")
def plan(defaults: PatrolSettings) -> Plan:
    return town(defaults)


def test_a_city_without_a_post_is_held_by_its_neighbour_where_beats_cross(
    plan: Plan, tmp_path: Path
) -> None:
    cut = CutRequest(officers=3, seats={"West": 3, "East": 0}, cross_cities=True)
    made = make_plan(
        plan.network, settings=plan.settings, request=PlanRequest(cut), boundary=plan.boundary
    )
    assert [beat.beat_id for beat in made.beats] == ["WES-01", "WES-02", "WES-03"]
    assert (made.partition.beat_of[made.network.required] >= 0).all()
    assert made.balance[0] < 1.05
    save_plan(made, tmp_path / "plan.gpkg")
    assert check_plan(tmp_path / "plan.gpkg").valid


def test_without_crossing_the_reason_is_said_in_both_languages(plan: Plan) -> None:
    cut = CutRequest(officers=3, seats={"West": 3, "East": 0})
    with pytest.raises(UsageError, match="East: 0 posts, but streets to cover") as told:
        make_plan(
            plan.network, settings=plan.settings, request=PlanRequest(cut), boundary=plan.boundary
        )
    assert "--cross-cities" in str(told.value)
    assert "0 poste" in say("fr", "partition.seats_zero", {"cities": "Est"})


def test_unknown_cities_and_cities_that_nobody_meets_are_refused(plan: Plan) -> None:
    own = plan.network.city
    areas = [(city, (own == city).nonzero()[0]) for city in range(2)]
    with pytest.raises(UsageError, match="Unknown city: Est"):
        host_cities(plan.network, areas, {"West": 3, "East": 1, "Est": 0})
    with pytest.raises(InfeasibleError, match="meet none of a city that has posts"):
        host_cities(plan.network, areas, {"West": 0, "East": 0})
    apart = [(0, areas[0][1][:1]), (1, areas[1][1][-1:])]
    with pytest.raises(InfeasibleError, match="East: 0 posts"):
        host_cities(plan.network, apart, {"West": 3, "East": 0})


def test_no_post_for_a_city_that_the_boundary_lacks_is_an_unknown_city_and_no_streets(
    plan: Plan,
) -> None:
    for crossing in (False, True):
        seats = {"West": 2, "East": 1, "Easst": 0}
        cut = CutRequest(officers=3, seats=seats, cross_cities=crossing)
        with pytest.raises(UsageError, match=r"Unknown city: Easst\. Give a line .* mean “East”"):
            make_plan(
                plan.network,
                settings=plan.settings,
                request=PlanRequest(cut),
                boundary=plan.boundary,
            )


def test_a_missing_city_is_told_alone(plan: Plan) -> None:
    cut = CutRequest(officers=3, seats={"West": 3})
    with pytest.raises(UsageError, match=r"boundary\. Missing city: East\. Give a line") as told:
        make_plan(
            plan.network, settings=plan.settings, request=PlanRequest(cut), boundary=plan.boundary
        )
    assert "Unknown" not in str(told.value)


def test_a_city_without_streets_may_be_given_no_post_and_no_more(plan: Plan) -> None:
    network = replace(plan.network, cities=(*plan.network.cities, "Sea"))
    whole = beats_per_area(network, *asked(0), [0, 1], [9, 9], lambda: [1.0, 1.0])
    assert whole == [2, 1]
    with pytest.raises(UsageError, match="Sea: posts, but no street to cover"):
        beats_per_area(network, *asked(1), [0, 1], [9, 9], lambda: [1.0, 1.0])


def asked(sea: int) -> tuple[CutRequest, LockedBeats]:
    """Return posts for the two cities with streets, so many for one without, and no locks."""
    return CutRequest(officers=3 + sea, seats={"West": 2, "East": 1, "Sea": sea}), no_locks()
