"""One beat's tour on foot and by bike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reso_geo.routes import plan_route

if TYPE_CHECKING:
    from reso_geo import Plan
    from reso_geo.routes import Route


@pytest.fixture(scope="module")
def walk(sample_plan: Plan) -> Route:
    return plan_route(sample_plan, sample_plan.beats[0].beat_id)


@pytest.fixture(scope="module")
def ride(sample_plan: Plan) -> Route:
    return plan_route(sample_plan, sample_plan.beats[0].beat_id, "bike")
