"""What several test files need."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from browsing import browser
from hypothesis import settings
from places import SHARED

from reso_geo import (
    CutRequest,
    Plan,
    PlanRequest,
    StreetNetwork,
    load_network,
    load_settings,
    make_plan,
    read_anchors,
    read_boundary,
)
from reso_geo.atomic_files import data_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

    from reso_geo.settings import PatrolSettings

# Pages carry the day on which they are drawn: no test depends on which it is.
os.environ["SOURCE_DATE_EPOCH"] = "1790000000"
# A slow machine is no failure.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the test data beside the checkout; the test is skipped where it is absent."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("needs the test data in ../shared/data, beside the checkout")
    return folder


@pytest.fixture(scope="session")
def shared_cases() -> Path:
    """Folder of the cases beside the checkout; the test is skipped where it is absent."""
    folder = SHARED / "cases"
    if not folder.is_dir():
        pytest.skip("needs the cases in ../shared/cases, beside the checkout")
    return folder


@pytest.fixture(scope="session")
def defaults() -> PatrolSettings:
    """Return the settings that come with reso_geo."""
    return load_settings()


@pytest.fixture(scope="session")
def sample_network() -> StreetNetwork:
    """Return the built-in sample, in its five cities."""
    boundary = read_boundary(str(data_file("sample/boundaries.geojson")))
    return load_network(data_file("sample/sample.osm.pbf"), boundary)


@pytest.fixture(scope="session")
def sample_plan(sample_network: StreetNetwork, defaults: PatrolSettings) -> Plan:
    """Return the demo's plan: the sample with its anchors, 17 posts on foot in summer."""
    return make_plan(
        sample_network,
        settings=defaults,
        request=PlanRequest(CutRequest(officers=17)),
        boundary=read_boundary(str(data_file("sample/boundaries.geojson"))),
        anchors=read_anchors(data_file("sample/anchors.geojson")),
    )


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Return a browser of one test file's own."""
    with browser(tmp_path_factory.mktemp("chromium")) as window:
        yield window
