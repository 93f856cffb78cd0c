"""The plan that the tests of maps draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from grids import grid_plan

if TYPE_CHECKING:
    from reso_geo import Plan
    from reso_geo.settings import PatrolSettings


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory, defaults: PatrolSettings) -> Plan:
    return grid_plan(tmp_path_factory.mktemp("grid"), defaults)
