"""Plans that several files of tests are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from drawing import load
from plans import town, town_streets

from reso_geo import Plan, StreetNetwork, make_plan

if TYPE_CHECKING:
    from reso_geo.settings import PatrolSettings


@pytest.fixture(scope="module")
def network(defaults: PatrolSettings) -> StreetNetwork:
    return load(town_streets(), None, defaults)


@pytest.fixture(scope="module")
def plan(network: StreetNetwork) -> Plan:
    return make_plan(network, officers=3)


@pytest.fixture(scope="module")
def cities(defaults: PatrolSettings) -> Plan:
    """Return a plan of two cities, with a school and residents."""
    return town(defaults)
